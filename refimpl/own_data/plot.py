"""Drawings of an outcome: the objective by iteration and, in two dimensions, the clusters.

The only module that imports matplotlib, by its objects and without its global state. The same outcome gives the
same bytes: no date, no version, no random identifiers, and nobody's own style.
"""

import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from refimpl.errors import BadInput
from refimpl.numbers import parse
from refimpl.oracle.values import Cell
from refimpl.own_data.job import Outcome
from refimpl.own_data.request import Request

try:
    import matplotlib
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator
except ImportError as error:
    raise BadInput(f"matplotlib cannot be imported ({error}); run: pip install 'refimpl[plot]'") from None

FORMATS = ("svg", "png")

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f")
"""Okabe and Ito's, which people who do not see all colours can tell apart."""

MARKERS = ("o", "s", "^", "D", "v", "P", "*", "<", "h", ">", "p")
"""As many as colours would repeat in step with them: 7 and 11 have no common divisor."""

MOST_NAMED = 20
"""Clusters that a legend can name."""


def check(request: Request, path: Path) -> str:
    """Return "svg" or "png", before anything is computed. Raises BadInput where nothing can be drawn."""
    form = path.suffix.lower().lstrip(".")
    if form not in FORMATS:
        raise BadInput(f"--plot {path} does not end in .svg or .png; give one of these names")
    names = {output.name for output in request.task.outputs}
    if not (names & {"distortion", "log_likelihood"} and request.task.name != "kmeans.optimum"):
        if "labels" not in names:
            raise BadInput(f"{request.task.name} has no iterations and no labels to draw; leave --plot out")
        if len(request.table.columns) != 2:
            raise BadInput(f"{request.task.name} is drawn in two dimensions; choose two --columns, or leave --plot out")
    return form


def draw(outcome: Outcome, form: str) -> bytes:
    """Return the drawing as "svg" or "png"."""
    found, request = outcome.found, outcome.request
    clusters = "labels" in found.results and len(request.table.columns) == 2
    coins = "theta" in found.results
    panels = bool(found.trace) + clusters + coins
    with matplotlib.rc_context(), warnings.catch_warnings():
        _style()
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a box in a PNG is no reason for a warning
        figure = Figure(figsize=(5.6 * panels, 4.4), layout="constrained")
        axes = iter(figure.subplots(1, panels, squeeze=False)[0])
        if clusters:
            _draw_clusters(next(axes), outcome)
        if found.trace:
            _draw_objective(next(axes), outcome)
        if coins:
            _draw_theta(next(axes), outcome)
        figure.suptitle(_plain(f"{request.task.name}, {Path(request.table.source).name}"), parse_math=False)
        out = io.BytesIO()
        metadata = {"Date": None, "Creator": None} if form == "svg" else {"Software": None}
        figure.savefig(out, format=form, dpi=150, metadata=metadata)
    return out.getvalue()


def _style() -> None:
    """Set the style of one drawing, whatever a person's own matplotlibrc says."""
    matplotlib.rcdefaults()
    matplotlib.rc("svg", hashsalt="refimpl", fonttype="none")  # text stays text: it can be searched, in any script
    matplotlib.rc("axes", grid=True)
    matplotlib.rc("axes.spines", top=False, right=False)
    matplotlib.rc("grid", alpha=0.3)


def _draw_clusters(axes: Axes, outcome: Outcome) -> None:
    results, table = outcome.found.results, outcome.request.table
    points = [[float(x) for x in row] for row in table.rows]
    labels = cast(list[int], results["labels"])
    centers = [_floats(row) for row in cast(list[Sequence[Cell]], results.get("centers", []))]
    k = max(len(centers), max(labels) + 1)
    for j in range(k):
        mine = [x for x, label in zip(points, labels, strict=True) if label == j]
        axes.scatter(
            [x for x, _ in mine],
            [y for _, y in mine],
            s=22 if len(points) <= 1000 else 7,
            marker=MARKERS[j % len(MARKERS)],
            color=COLOURS[j % len(COLOURS)],
            linewidths=0,
            alpha=0.75,
            label=f"cluster {j} ({len(mine)})",
            gid=f"cluster-{j}",
        )
    if centers:
        columns = [x for x, _ in centers], [y for _, y in centers]
        axes.scatter(*columns, s=100, marker="X", color="black", edgecolors="white", label="centers", gid="centers")
        for j, center in enumerate(centers if k <= MOST_NAMED else []):
            box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}
            axes.annotate(str(j), (center[0], center[1]), xytext=(8, 7), textcoords="offset points", bbox=box)
    axes.set_xlabel(_plain(table.columns[0]), parse_math=False)
    axes.set_ylabel(_plain(table.columns[1]), parse_math=False)
    if k <= MOST_NAMED:
        axes.legend(fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3, frameon=False)


def _draw_objective(axes: Axes, outcome: Outcome) -> None:
    coins = "theta" in outcome.found.results
    name = "log-likelihood" if coins else "distortion J"
    steps = [step.step for step in outcome.found.trace]
    _draw_lines(axes, name, {name: (steps, _floats([step.objective for step in outcome.found.trace]))})


def _draw_theta(axes: Axes, outcome: Outcome) -> None:
    steps = [step.step for step in outcome.found.trace]
    pairs = [_floats(step.theta or ()) for step in outcome.found.trace]
    lines = {f"coin {coin}": (steps, [pair[i] for pair in pairs]) for i, coin in enumerate("AB")}
    _draw_lines(axes, "probability of heads", lines)
    axes.legend(frameon=False)


def _draw_lines(axes: Axes, name: str, lines: dict[str, tuple[list[int], list[float]]]) -> None:
    for j, (label, (steps, heights)) in enumerate(lines.items()):
        marker = MARKERS[j] if len(steps) <= 60 else ""
        axes.plot(steps, heights, marker=marker, color=COLOURS[j], label=label, gid=f"line-{j}", markersize=5)
    axes.set_xlabel("iteration")
    axes.set_ylabel(name)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.ticklabel_format(axis="y", useOffset=False)


def _floats(cells: Sequence[Cell]) -> list[float]:
    return [float(parse(str(cell))) for cell in cells]


def _plain(name: str) -> str:
    """Return a name without characters that no drawing can hold."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
