"""Drawings of a sweep over K: the elbow of J, and the mean silhouettes beside the ratio of distances."""

from collections.abc import Callable
from typing import cast

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from refimpl.oracle.values import Cell
from refimpl.own_data import looks
from refimpl.own_data.job import Outcome

LABELS = {"distortion": "J", "silhouette": "mean silhouette, large is good", "ratio": "within / between, small is good"}


def panels(outcome: Outcome) -> list[Callable[[Axes, Outcome], None]]:
    """Return what can be drawn."""
    return [_draw_distortions, _draw_measures]


def _draw_distortions(axes: Axes, outcome: Outcome) -> None:
    _draw_line(axes, outcome, "distortion", 0)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("distortion J")


def _draw_measures(axes: Axes, outcome: Outcome) -> None:
    _draw_line(axes, outcome, "silhouette", 0)
    _draw_line(axes, outcome, "ratio", 1)
    axes.axhline(0, color="grey", linewidth=0.8)
    looks.name_below(axes)


def _draw_line(axes: Axes, outcome: Outcome, name: str, j: int) -> None:
    results = outcome.found.results
    pairs = zip(cast(list[int], results["k"]), cast(list[Cell], results[name]), strict=True)
    known = sorted((k, x) for k, x in pairs if x is not None)
    heights = looks.floats([x for _, x in known])
    ks, colour = [k for k, _ in known], looks.colour(j)
    axes.plot(ks, heights, marker=looks.marker(j), color=colour, label=LABELS[name], gid=name)
    axes.set_xlabel("number of clusters K")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
