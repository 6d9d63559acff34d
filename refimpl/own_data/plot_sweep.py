"""A drawing of several K: J and its elbow, the mean silhouettes and their best K."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from refimpl.oracle.values import Cell
from refimpl.own_data import looks
from refimpl.own_data.job import Outcome
from refimpl.own_data.report_sweep import habits


@dataclass(frozen=True)
class Panel:
    """A line over K."""

    name: str
    heights: Sequence[float]
    chosen: int | None
    """The K to be marked."""
    words: str
    """Which K that is."""
    logarithmic: bool = False
    """Whether the axis of the heights is; they must be positive then."""


def draw(title: str, form: str, ks: Sequence[int], panels: Sequence[Panel]) -> bytes:
    """Return the drawing as "svg" or "png"."""
    with looks.style():
        figure = Figure(figsize=(5.6 * len(panels), 4.4), layout="constrained")
        for j, (axes, panel) in enumerate(zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True)):
            _line(axes, ks, panel, looks.colour(j))
        figure.suptitle(looks.plain(title), parse_math=False)
        return looks.saved(figure, form)


def panels(outcome: Outcome) -> list[Callable[[Axes, Outcome], None]]:
    """Return what can be drawn of the task choose_k.sweep."""
    bent, best = habits(outcome.found.results)
    drawn = (
        ("distortion", "distortion J", bent, "elbow"),
        ("silhouette", "mean silhouette", best, "best"),
        ("ratio", "within / between", None, "ratio"),
    )
    return [partial(_measure, drawn=measure, colour=looks.colour(j)) for j, measure in enumerate(drawn)]


def _measure(axes: Axes, outcome: Outcome, *, drawn: tuple[str, str, int | None, str], colour: str) -> None:
    name, title, chosen, words = drawn
    ks, heights = (cast(list[Cell], outcome.found.results[column]) for column in ("k", name))
    known = sorted((int(str(k)), x) for k, x in zip(ks, heights, strict=True) if x is not None)
    _line(axes, [k for k, _ in known], Panel(title, looks.floats([x for _, x in known]), chosen, words), colour)


def _line(axes: Axes, ks: Sequence[int], panel: Panel, colour: str) -> None:
    axes.plot(ks, panel.heights, marker="o", color=colour, gid=f"line-{panel.words}")
    if panel.chosen is not None:
        at = (panel.chosen, panel.heights[list(ks).index(panel.chosen)])
        axes.plot(*([x] for x in at), marker="o", markersize=13, fillstyle="none", color="black", gid="chosen")
        words = f"{panel.words}: K = {panel.chosen}"
        axes.annotate(words, at, xytext=(12, 8), textcoords="offset points", bbox=looks.BOX)
    axes.set_xlabel("K")
    axes.set_ylabel(panel.name)
    axes.margins(y=0.1)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    if panel.logarithmic:
        axes.set_yscale("log")
    else:
        axes.ticklabel_format(axis="y", useOffset=False)
