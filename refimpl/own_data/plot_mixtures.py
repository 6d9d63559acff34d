"""Drawings of mixtures: points in the colours of their responsibilities, and each component as it is.

gmm, two columns   ellipses at 1 and 2 standard deviations
gmm, one column    the density, and those of the components below it, over a strip of the points
bernoulli          the probabilities as images where D is a square, else as bars
binomial           the share of heads of each round, and the coins' probabilities as lines
"""

import math
from collections.abc import Callable, Sequence
from typing import cast

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Ellipse
from matplotlib.ticker import MaxNLocator

from refimpl.oracle.values import Cell, Tree
from refimpl.own_data import looks
from refimpl.own_data.coins import columns
from refimpl.own_data.job import Outcome

DEVIATIONS = {1: "-", 2: "--"}
"""Standard deviations at which ellipses are drawn, and their lines."""

GRID = 300
"""Places at which a density is computed."""

GAP = 2
"""Pixels between images."""


def panels(outcome: Outcome) -> list[Callable[[Axes, Outcome], None]]:
    """Return what can be drawn of the components."""
    name, d = outcome.request.task.name, len(outcome.request.table.columns)
    if name.startswith("gmm."):
        return [_draw_plane] if d == 2 else [_draw_line] if d == 1 else []
    if name.startswith("binomial."):
        return [_draw_rounds]
    side = math.isqrt(d)
    return [_draw_images if side * side == d and side > 1 else _draw_bars]


def _rows(outcome: Outcome, name: str) -> list[list[float]]:
    tree = cast(list[Sequence[Cell]], outcome.found.results.get(name, []))
    return [looks.floats(row) for row in tree]


def _row(outcome: Outcome, name: str) -> list[float]:
    return looks.floats(cast(list[Cell], outcome.found.results.get(name, [])))


def _blends(outcome: Outcome) -> list[tuple[float, ...]]:
    """Return the colour of each row: those of the components, in the proportions of their responsibilities."""
    found = []
    for row in _rows(outcome, "responsibilities"):
        parts = [[min(r, 1.0) * x for x in to_rgb(looks.colour(k))] for k, r in enumerate(row)]
        found.append(tuple(min(sum(channel), 1.0) for channel in zip(*parts, strict=True)))
    return found


def _scatter(axes: Axes, outcome: Outcome, points: Sequence[tuple[float, float] | None]) -> None:
    """Draw each row in its colour, with the mark of the component that is most responsible for it."""
    labels, blends = cast(list[Cell], outcome.found.results["labels"]), _blends(outcome)
    count = len(_rows(outcome, "responsibilities")[0])
    for j in (*range(count), None):
        mine = [(x, blend) for x, blend, label in zip(points, blends, labels, strict=True) if x and label == j]
        if not mine and j is None:
            continue
        name, mark = ("undecided", ".") if j is None else (f"component {j}", looks.marker(j))
        axes.scatter(
            [x for (x, _), _ in mine],
            [y for (_, y), _ in mine],
            s=looks.size(len(points)),
            marker=mark,
            color=[blend for _, blend in mine],
            linewidths=0,
            alpha=0.75,
            gid="undecided" if j is None else f"cluster-{j}",
        )
        if count <= looks.MOST_NAMED:  # in the colour of the component, which no point may have
            axes.scatter(
                [], [], marker=mark, color="grey" if j is None else looks.colour(j), label=f"{name} ({len(mine)})"
            )


def _draw_plane(axes: Axes, outcome: Outcome) -> None:
    table, results = outcome.request.table, outcome.found.results
    _scatter(axes, outcome, [(float(x), float(y)) for x, y in table.rows])
    means, covariances = _rows(outcome, "means"), cast(list[Tree], results.get("covariances", []))
    for k, (mean, tree) in enumerate(zip(means, covariances, strict=True)):
        for deviations, line in DEVIATIONS.items():
            width, height, angle = ellipse([looks.floats(row) for row in cast(list[list[Cell]], tree)])
            patch = Ellipse(
                (mean[0], mean[1]),
                2 * deviations * width,
                2 * deviations * height,
                angle=angle,
                fill=False,
                edgecolor=looks.colour(k),
                linestyle=line,
                linewidth=1.5,
                gid=f"ellipse-{k}-{deviations}",
            )
            axes.add_patch(patch)
        if len(means) <= looks.MOST_NAMED:
            at = (mean[0], mean[1])
            axes.annotate(str(k), at, xytext=(8, 7), textcoords="offset points", bbox=looks.BOX)
    if means:
        columns = [x for x, _ in means], [y for _, y in means]
        axes.scatter(*columns, s=100, marker="X", color="black", edgecolors="white", label="means", gid="means")
    axes.autoscale_view()
    looks.name_axes(axes, *_names(outcome))
    looks.name_below(axes)


def _names(outcome: Outcome) -> list[str]:
    table = outcome.request.table
    return [f"{name}, scaled" if table.spans else name for name in table.columns]


def ellipse(covariance: Sequence[Sequence[float]]) -> tuple[float, float, float]:
    """Return the standard deviations along the axes of a covariance, 2 x 2, and the angle of the first in degrees."""
    (a, b), (_, c) = covariance
    middle, spread = (a + c) / 2, math.hypot((a - c) / 2, b)
    # the eigenvalues middle +- spread; the first eigenvector has the angle atan2(2 b, a - c) / 2
    angle = math.degrees(math.atan2(2 * b, a - c) / 2)
    return math.sqrt(middle + spread), math.sqrt(max(middle - spread, 0.0)), angle


def _draw_line(axes: Axes, outcome: Outcome) -> None:
    points = [float(x) for (x,) in outcome.request.table.rows]
    weights, means = _row(outcome, "weights"), _rows(outcome, "means")
    variances = [
        looks.floats(cast(list[list[Cell]], m)[0])[0]
        for m in cast(list[Tree], outcome.found.results.get("covariances", []))
    ]
    edge = (max(points) - min(points)) / 10
    xs = [min(points) - edge + i * (max(points) - min(points) + 2 * edge) / (GRID - 1) for i in range(GRID)]
    total, highest = [0.0] * GRID, 1.0
    for k, (weight, (mean,), variance) in enumerate(zip(weights, means, variances, strict=True)):
        scale = weight / math.sqrt(2 * math.pi * variance)
        ys = [scale * math.exp(-((x - mean) ** 2) / (2 * variance)) for x in xs]
        axes.plot(xs, ys, color=looks.colour(k), linestyle="--", gid=f"density-{k}")
        total = [a + b for a, b in zip(total, ys, strict=True)]
    if weights:
        axes.plot(xs, total, color="black", gid="density", label="density")
        highest = max(total)
    _scatter(axes, outcome, [(x, -0.06 * highest) for x in points])
    looks.name_axes(axes, _names(outcome)[0], "density")
    looks.name_below(axes)


def _draw_rounds(axes: Axes, outcome: Outcome) -> None:
    heads, tails = columns(outcome.request.table)
    shares = [(float(n), h / (h + t)) if h + t else None for n, (h, t) in enumerate(zip(heads, tails, strict=True))]
    _scatter(axes, outcome, shares)
    for k, (weight, p) in enumerate(zip(_row(outcome, "weights"), _row(outcome, "probabilities"), strict=True)):
        axes.axhline(p, color=looks.colour(k), gid=f"coin-{k}", label=f"coin {k}, weight {weight:.3g}")
    looks.name_axes(axes, "round", "share of heads")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_ylim(-0.03, 1.03)
    looks.name_below(axes)


def _draw_images(axes: Axes, outcome: Outcome) -> None:
    rows, side = _rows(outcome, "probabilities"), math.isqrt(len(outcome.request.table.columns))
    across = math.ceil(math.sqrt(len(rows)))
    for k, (row, weight) in enumerate(zip(rows, _row(outcome, "weights"), strict=True)):
        left, top = k % across * (side + GAP), k // across * (side + GAP)
        edges = [[start + i for i in range(side + 1)] for start in (left, top)]
        image = [row[i * side : (i + 1) * side] for i in range(side)]
        axes.pcolormesh(*edges, image, cmap="Greys", vmin=0, vmax=1, gid=f"image-{k}")
        axes.text(left, top - GAP / 4, f"component {k}, weight {weight:.3g}", fontsize="small")
    axes.invert_yaxis()
    axes.set_aspect("equal")
    axes.set_axis_off()


def _draw_bars(axes: Axes, outcome: Outcome) -> None:
    rows, weights, names = _rows(outcome, "probabilities"), _row(outcome, "weights"), outcome.request.table.columns
    width = 0.8 / len(rows)
    for k, (row, weight) in enumerate(zip(rows, weights, strict=True)):
        places = [j - 0.4 + (k + 0.5) * width for j in range(len(row))]
        bars = axes.bar(places, row, width, color=looks.colour(k), label=f"component {k}, weight {weight:.3g}")
        for j, bar in enumerate(bars):
            bar.set_gid(f"bar-{k}-{j}")
    if len(names) <= looks.MOST_NAMED:
        axes.set_xticks(range(len(names)), [looks.plain(name) for name in names], rotation=30, parse_math=False)
    axes.set_ylabel("probability of a 1")
    axes.legend(fontsize="small", frameon=False)
