"""Drawings of silhouettes: a bar for each row, cluster below cluster, the longest first (Rousseeuw 1987, figure 2)."""

from collections.abc import Callable
from typing import cast

from matplotlib.axes import Axes

from refimpl.oracle.values import Cell
from refimpl.own_data import looks
from refimpl.own_data.job import Outcome

GAP = 0.03
"""Between two clusters, as a share of the number of rows."""


def panels(outcome: Outcome) -> list[Callable[[Axes, Outcome], None]]:
    """Return what can be drawn."""
    return [_draw_samples if "samples" in outcome.found.results else _draw_classes]


def _draw_samples(axes: Axes, outcome: Outcome) -> None:
    samples = looks.floats(cast(list[Cell], outcome.found.results["samples"]))
    labels, names = outcome.request.clusters()
    below, ticks = 0.0, []
    for k in range(len(names)):
        own = sorted((s for s, label in zip(samples, labels, strict=True) if label == k), reverse=True)
        places = [below + i for i in range(len(own))]
        axes.barh(places, own, height=1.0, color=looks.colour(k), linewidth=0, gid=f"cluster-{k}")
        ticks.append(below + (len(own) - 1) / 2)
        below += len(own) + GAP * len(samples)
    _finish(axes, outcome, ticks, [looks.plain(f"{name} ({labels.count(k)})") for k, name in enumerate(names)])


def _draw_classes(axes: Axes, outcome: Outcome) -> None:
    found = looks.floats(cast(list[Cell], outcome.found.results["clusters"]))
    labels, names = outcome.request.clusters()
    present = [k for k in range(len(names)) if k in labels]
    axes.barh(range(len(found)), found, color=[looks.colour(k) for k in present], gid="classes")
    _finish(axes, outcome, [*range(len(found))], [looks.plain(f"{names[k]} ({labels.count(k)})") for k in present])


def _finish(axes: Axes, outcome: Outcome, ticks: list[float], names: list[str]) -> None:
    """Draw the mean, and name the axes."""
    (mean,) = looks.floats([cast(Cell, outcome.found.results["mean"])])
    axes.axvline(mean, color="black", linestyle="--", linewidth=1, label=f"mean {mean:.3f}", gid="mean")
    axes.axvline(0, color="grey", linewidth=0.8)
    axes.set_yticks(ticks, names, parse_math=False)
    axes.invert_yaxis()
    axes.set_xlabel("silhouette")
    looks.name_below(axes)
