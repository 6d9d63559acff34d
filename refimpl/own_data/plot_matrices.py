"""Drawings of principal components: what share of the variance each has, and the rows in the plane of the first two."""

from collections.abc import Callable, Sequence
from typing import cast

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from refimpl.oracle.values import Cell
from refimpl.own_data import looks
from refimpl.own_data.job import Outcome

MOST_ROWS_NAMED = 30
"""Rows whose number stands beside their mark."""


def panels(outcome: Outcome) -> list[Callable[[Axes, Outcome], None]]:
    """Return what can be drawn; of nmf.run and power.run the objective alone."""
    return [_draw_shares, _draw_scores] if "scores" in outcome.found.results else []


def _row(outcome: Outcome, name: str) -> list[float]:
    return looks.floats(cast(list[Cell], outcome.found.results[name]))


def _draw_shares(axes: Axes, outcome: Outcome) -> None:
    """Draw a bar for the share of each component, and the line of the shares up to it."""
    ratio, cumulated = _row(outcome, "ratio"), _row(outcome, "cumulated")
    places = range(len(ratio))
    axes.set_axisbelow(True)
    for l, bar in enumerate(axes.bar(places, ratio, color=looks.colour(0), label="ratio")):
        bar.set_gid(f"bar-{l}")
    mark = looks.marker(0) if len(ratio) <= 60 else ""
    axes.plot(places, cumulated, color=looks.colour(1), marker=mark, label="cumulated", gid="cumulated")
    axes.set_ylim(0, 1.05)
    axes.set_xlabel("component")
    axes.set_ylabel("share of the total variance")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    looks.name_below(axes)


def _draw_scores(axes: Axes, outcome: Outcome) -> None:
    """Draw each row at its scores in the first two components, or in a strip where there is one component."""
    scores = [looks.floats(row) for row in cast(list[Sequence[Cell]], outcome.found.results["scores"])]
    ratio = _row(outcome, "ratio")
    xs, ys = [row[0] for row in scores], [row[1] if len(row) > 1 else 0.0 for row in scores]
    axes.scatter(
        xs, ys, s=looks.size(len(xs)), marker=looks.marker(0), color=looks.colour(0), linewidths=0, gid="scores"
    )
    if len(xs) <= MOST_ROWS_NAMED:
        for n, place in enumerate(zip(xs, ys, strict=True)):
            axes.annotate(str(n), place, xytext=(4, 4), textcoords="offset points", fontsize="small")
    axes.axhline(0, color="grey", linewidth=0.8, zorder=0.5)
    axes.axvline(0, color="grey", linewidth=0.8, zorder=0.5)
    names = [f"score in component {l} ({100 * share:.1f} %)" for l, share in enumerate(ratio[:2])]
    looks.name_axes(axes, names[0], names[1] if len(names) > 1 else "")
    if len(names) == 1:
        axes.set_yticks([])
    else:
        axes.set_aspect("equal", adjustable="datalim")  # distances are those of the points, as far as two axes show
