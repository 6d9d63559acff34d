"""Drawings of trees: every merge is a bracket at its height over the two clusters that it joins."""

from collections.abc import Callable
from typing import cast

from matplotlib.axes import Axes

from refimpl.certify.dendrograms import sizes
from refimpl.oracle.values import Cell
from refimpl.own_data import looks
from refimpl.own_data.job import Outcome

MOST_ROWS = 40
"""Rows that can be named below a tree."""

ABOVE = "#555555"
"""The colour of merges above the cut, or of all where nothing is cut."""


def panels(outcome: Outcome) -> list[Callable[[Axes, Outcome], None]]:
    """Return what can be drawn."""
    return [_draw_tree]


def _draw_tree(axes: Axes, outcome: Outcome) -> None:
    results = outcome.found.results
    parents, heights = cast(list[int], results["parents"]), looks.floats(cast(list[Cell], results["heights"]))
    labels = cast(list[int], results.get("labels", []))
    n = len(heights) + 1
    parts: list[list[int]] = [[] for _ in range(2 * n - 1)]
    for child, parent in enumerate(parents):
        parts[parent].append(child)
    leaves = _leaves(parents, parts)
    places = [0.0] * (2 * n - 1)
    for place, leaf in enumerate(leaves):
        places[leaf] = float(place)
    tops = [0.0] * n + heights
    names: list[int | None] = [labels[i] if labels else None for i in range(n)]
    for t, height in enumerate(heights):
        a, b = parts[n + t]
        places[n + t] = (places[a] + places[b]) / 2
        names.append(names[a] if names[a] == names[b] else None)
        name = names[n + t]
        colour = ABOVE if name is None else looks.colour(name)
        xs, ys = [places[a], places[a], places[b], places[b]], [tops[a], height, height, tops[b]]
        axes.plot(xs, ys, color=colour, linewidth=1.2, gid=f"merge-{t}")
    if labels:
        k = max(labels) + 1
        for j in range(k):
            axes.plot([], [], color=looks.colour(j), label=f"cluster {j} ({labels.count(j)})")
        if 1 < k <= looks.MOST_NAMED:
            level = (heights[n - k] + (heights[n - k - 1] if k < n else 0.0)) / 2
            axes.axhline(level, color="black", linestyle="--", linewidth=0.8, gid="cut")
        if k <= looks.MOST_NAMED:
            looks.name_below(axes)
    axes.grid(visible=False, axis="x")
    axes.set_ylim(bottom=0)
    axes.set_ylabel(f"height ({outcome.request.param('method')})")
    if n <= MOST_ROWS:
        axes.set_xticks(range(n), [str(leaf) for leaf in leaves], fontsize="small", rotation=90 if n > 20 else 0)
    else:
        axes.set_xticks([])
    axes.set_xlabel("row, counted from 0" if n <= MOST_ROWS else f"{n} rows")


def _leaves(parents: list[int], parts: list[list[int]]) -> list[int]:
    """Return the items from left to right, the larger of two clusters first."""
    counts, waiting, found = sizes(parents), [len(parts) - 1], []
    while waiting:
        cluster = waiting.pop()
        if parts[cluster]:
            waiting += sorted(parts[cluster], key=lambda part: (counts[part], -part))
        else:
            found.append(cluster)
    return found
