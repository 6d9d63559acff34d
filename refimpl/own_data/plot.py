"""Drawings of an outcome: the objective by iteration, and the clusters or components where the dimension allows.

Only this module and those that it needs import matplotlib, by its objects and without its global state. The same
outcome gives the same bytes: no date, no version, no random identifiers, and nobody's own style.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias, cast

from refimpl.dbscan import NOISE
from refimpl.errors import BadInput
from refimpl.oracle.values import Cell
from refimpl.own_data.job import Outcome
from refimpl.own_data.request import Request

try:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from refimpl.own_data import looks, plot_matrices, plot_mixtures, plot_silhouettes, plot_sweep, plot_trees
    from refimpl.own_data.looks import COLOURS, MARKERS, MOST_NAMED
except ImportError as error:
    raise BadInput(f"matplotlib cannot be imported ({error}); run: pip install 'refimpl[plot]'") from None

__all__ = ["COLOURS", "FORMATS", "MARKERS", "check", "draw", "form_of"]

FORMATS = ("svg", "png")

Panel: TypeAlias = Callable[[Axes, Outcome], None]

OBJECTIVES = {
    "log_likelihood": "log-likelihood",
    "distortion": "distortion J",
    "cost": "cost J",
    "loss": "loss",
    "eigenvalue": "Rayleigh quotient",
}
"""What the trace of a result has, by its name."""


def form_of(path: Path) -> str:
    """Return "svg" or "png", as the name of a file tells. Raises BadInput."""
    form = path.suffix.lower().lstrip(".")
    if form not in FORMATS:
        raise BadInput(f"--plot {path} does not end in .svg or .png; give one of these names")
    return form


def check(request: Request, path: Path) -> str:
    """Return "svg" or "png", before anything is computed. Raises BadInput where nothing can be drawn."""
    form = form_of(path)
    name, d = request.task.name, len(request.table.columns)
    if request.is_graph:
        raise BadInput(f"{name} has no drawing; leave --plot out")
    names = {output.name for output in request.task.outputs}
    if name == "gmm.e_step":
        if d > 2:
            raise BadInput(f"{name} is drawn in one or two dimensions; choose --columns, or leave --plot out")
    elif name == "bernoulli.e_step":
        raise BadInput(f"{name} has no iterations and no parameters to draw; leave --plot out")
    elif not (names & {*OBJECTIVES, "scores", "samples", "clusters", "heights"} and name != "kmeans.optimum"):
        if "labels" not in names or request.is_preprocessing:
            raise BadInput(f"{name} has no iterations and no labels to draw; leave --plot out")
        if d != 2:
            raise BadInput(f"{name} is drawn in two dimensions; choose two --columns, or leave --plot out")
    return form


def draw(outcome: Outcome, form: str) -> bytes:
    """Return the drawing as "svg" or "png"."""
    request = outcome.request
    panels = _panels(outcome)
    with looks.style():
        figure = Figure(figsize=(5.6 * len(panels), 4.4), layout="constrained")
        for axes, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
            panel(axes, outcome)
        figure.suptitle(looks.plain(f"{request.task.name}, {Path(request.table.source).name}"), parse_math=False)
        return looks.saved(figure, form)


def _panels(outcome: Outcome) -> list[Panel]:
    found, request = outcome.found, outcome.request
    panels: list[Panel] = []
    if request.is_mixture:
        panels += plot_mixtures.panels(outcome)
    elif request.is_matrix:
        panels += plot_matrices.panels(outcome)
    elif request.task.name == "choose_k.sweep":
        return plot_sweep.panels(outcome)
    elif "names" in found.results:
        return plot_silhouettes.panels(outcome)
    elif "heights" in found.results:
        return plot_trees.panels(outcome)
    elif "labels" in found.results and len(request.table.columns) == 2 and not _is_table(request):
        panels.append(_draw_clusters)
    if len(found.trace) > 1 or not panels or (found.trace and not request.is_mixture):
        panels.append(_draw_objective)
    if "theta" in found.results:
        panels.append(_draw_theta)
    return panels


def _is_table(request: Request) -> bool:
    """Return whether the rows are dissimilarities, and no points that can be drawn."""
    return "dissimilarity" in request.task.input.__struct_fields__ and request.measure == "table"


def _draw_clusters(axes: Axes, outcome: Outcome) -> None:
    results, table = outcome.found.results, outcome.request.table
    points = [[float(x) for x in row] for row in table.rows]
    labels = cast(list[int], results["labels"])
    centers = [looks.floats(row) for row in cast(list[Sequence[Cell]], results.get("centers", []))]
    centers += [points[m] for m in cast(list[int], results.get("medoids", []))]
    k = max(len(centers), max(labels) + 1)
    for j in range(k):
        mine = [x for x, label in zip(points, labels, strict=True) if label == j]
        axes.scatter(
            [x for x, _ in mine],
            [y for _, y in mine],
            s=looks.size(len(points)),
            marker=looks.marker(j),
            color=looks.colour(j),
            linewidths=0,
            alpha=0.75,
            label=f"cluster {j} ({len(mine)})",
            gid=f"cluster-{j}",
        )
    noise = [x for x, label in zip(points, labels, strict=True) if label == NOISE]
    if noise:
        columns = [x for x, _ in noise], [y for _, y in noise]
        axes.scatter(
            *columns, s=looks.size(len(points)), marker="x", color="black", label=f"noise ({len(noise)})", gid="noise"
        )
    if centers:
        columns = [x for x, _ in centers], [y for _, y in centers]
        axes.scatter(*columns, s=100, marker="X", color="black", edgecolors="white", label="centers", gid="centers")
        for j, center in enumerate(centers if k <= MOST_NAMED else []):
            at = (center[0], center[1])
            axes.annotate(str(j), at, xytext=(8, 7), textcoords="offset points", bbox=looks.BOX)
    looks.name_axes(axes, *table.columns)
    if k <= MOST_NAMED:
        looks.name_below(axes)


def _draw_objective(axes: Axes, outcome: Outcome) -> None:
    name = next(said for result, said in OBJECTIVES.items() if result in outcome.found.results)
    steps = [step.step for step in outcome.found.trace]
    looks.draw_lines(axes, name, {name: (steps, looks.floats([step.objective for step in outcome.found.trace]))})


def _draw_theta(axes: Axes, outcome: Outcome) -> None:
    steps = [step.step for step in outcome.found.trace]
    pairs = [looks.floats(step.theta or ()) for step in outcome.found.trace]
    lines = {f"coin {coin}": (steps, [pair[i] for pair in pairs]) for i, coin in enumerate("AB")}
    looks.draw_lines(axes, "probability of heads", lines)
    axes.legend(frameon=False)
