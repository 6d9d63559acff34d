"""What may be asked of an implementation: the input, the parameters and the results of every task."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from refimpl.errors import BadInput
from refimpl.oracle.fields import (
    BitsMixture,
    BitsResponsibilities,
    Categories,
    DissimilarityMedoids,
    Factors,
    Graph,
    GraphLabels,
    HeadsTailsTheta,
    MatrixVector,
    Points,
    PointsCenters,
    PointsLabels,
    PointsLabelsCenters,
    PointsMixture,
    PointsResponsibilities,
    PointsStarts,
    PointsWithHoles,
    RoundsMixture,
)
from refimpl.oracle.params import (
    Chosen,
    Clusters,
    Components,
    Covariance,
    Ddof,
    Density,
    Estimate,
    EstimateIterations,
    Iterations,
    Linkage,
    Nothing,
    Rate,
)
from refimpl.oracle.values import Tree

Kind: TypeAlias = Literal["labels", "numbers", "count"]


@dataclass(frozen=True)
class Output:
    """One named result."""

    name: str
    kind: Kind
    """labels: indices of clusters, or of points that stand for them; count: an integer that must agree; numbers: judged
    by digits."""
    shape: str
    """As printed in the table of tasks."""
    degree: int = 0
    """The power with which the result scales with the points: 1 for centers, 2 for the distortion."""
    vectors: Literal["", "row", "rows", "columns"] = ""
    """Whether it is made of eigenvectors, whose signs are not judged, or of what goes with each of them."""


@dataclass(frozen=True)
class Task:
    """One thing that may be asked."""

    name: str
    input: type[Struct]
    params: type[Struct]
    outputs: tuple[Output, ...]
    matched: bool = False
    """Whether clusters may be numbered otherwise than by the start."""
    attained: str = ""
    """Of an optimum its value: any labels that attain it will do, and they are judged by what they attain."""


_LABELS = Output("labels", "labels", "N")
_CENTERS = Output("centers", "numbers", "K x D", 1)
_DISTORTION = Output("distortion", "numbers", "number", 2)
_COST = Output("cost", "numbers", "number", 1)
_LLOYD = (_LABELS, _CENTERS, _DISTORTION)
_COINS = (
    Output("responsibilities", "numbers", "N, of coin A"),
    Output("counts", "numbers", "[[heads, tails] of A, of B]"),
    Output("theta", "numbers", "2"),
    Output("log_likelihood", "numbers", "number"),
)

_EXPECTATION = (
    Output("responsibilities", "numbers", "N x K"),
    Output("log_likelihood", "numbers", "number"),
)
_GAUSSIANS = (
    Output("weights", "numbers", "K"),
    Output("means", "numbers", "K x D", 1),
    Output("covariances", "numbers", "K x D x D", 2),
)
_BERNOULLIS = (Output("weights", "numbers", "K"), Output("probabilities", "numbers", "K x D"))
_COINS_OF_ANY_WEIGHT = (Output("weights", "numbers", "K"), Output("probabilities", "numbers", "K"))
_RATE = Output("rate", "numbers", "number")
_MODULARITY = Output("modularity", "numbers", "number")
_CODELENGTH = Output("codelength", "numbers", "number")

TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        Task(
            "moments.covariance",
            Points,
            Ddof,
            (
                Output("mean", "numbers", "D", 1),
                Output("covariance", "numbers", "D x D", 2),
                Output("correlation", "numbers", "D x D"),
            ),
        ),
        Task("kmeans.assign", PointsCenters, Nothing, (_LABELS,)),
        Task("kmeans.update", PointsLabelsCenters, Nothing, (_CENTERS,)),
        Task("kmeans.step", PointsCenters, Nothing, _LLOYD, matched=True),
        Task("kmeans.run", PointsCenters, Iterations, _LLOYD, matched=True),
        Task(
            "kmeans.fit",
            PointsCenters,
            Nothing,
            (*_LLOYD, Output("iterations", "count", "integer")),
            matched=True,
        ),
        Task("kmeans.online", PointsCenters, Rate, (_LABELS, _CENTERS), matched=True),
        Task("kmeans.optimum", Points, Clusters, (_DISTORTION, _LABELS), attained="distortion"),
        Task("kmeans.seeding", Points, Chosen, (Output("probabilities", "numbers", "N"),)),
        Task(
            "kmedoids.run",
            DissimilarityMedoids,
            Iterations,
            (_LABELS, Output("medoids", "labels", "K"), _COST),
            matched=True,
        ),
        Task("kmedians.run", PointsCenters, Iterations, (_LABELS, _CENTERS, _COST), matched=True),
        Task(
            "silhouette.samples",
            PointsLabels,
            Nothing,
            (Output("samples", "numbers", "N"), Output("mean", "numbers", "number")),
        ),
        Task(
            "silhouette.clusters",
            PointsLabels,
            Nothing,
            (Output("clusters", "numbers", "K"), Output("mean", "numbers", "number")),
        ),
        Task(
            "choose_k.sweep",
            PointsStarts,
            Nothing,
            (
                Output("distortion", "numbers", "S, one for each start", 2),
                Output("silhouette", "numbers", "S, means"),
                Output("ratio", "numbers", "S, within over between"),
            ),
        ),
        Task(
            "linkage.fit",
            Points,
            Linkage,
            (Output("parents", "labels", "2N-2"), Output("heights", "numbers", "N-1, ascending", 1)),
            matched=True,
        ),
        Task("dbscan.fit", Points, Density, (_LABELS, Output("core", "labels", "N, 0 or 1")), matched=True),
        Task("modularity.score", GraphLabels, Nothing, (_MODULARITY,)),
        Task("modularity.optimum", Graph, Nothing, (_MODULARITY, _LABELS), attained="modularity"),
        Task("map_equation.score", GraphLabels, Nothing, (_CODELENGTH,)),
        Task("map_equation.optimum", Graph, Nothing, (_CODELENGTH, _LABELS), attained="codelength"),
        Task("coins.step", HeadsTailsTheta, Nothing, _COINS),
        Task("coins.run", HeadsTailsTheta, Iterations, _COINS),
        Task("coins.fixed_point", HeadsTailsTheta, Nothing, (*_COINS, _RATE)),
        Task("gmm.e_step", PointsMixture, Nothing, _EXPECTATION),
        Task("gmm.m_step", PointsResponsibilities, Estimate, _GAUSSIANS),
        Task("gmm.step", PointsMixture, Estimate, (*_EXPECTATION, *_GAUSSIANS), matched=True),
        Task("gmm.run", PointsMixture, EstimateIterations, (*_EXPECTATION, *_GAUSSIANS), matched=True),
        Task(
            "gmm.fixed_point",
            PointsMixture,
            Covariance,
            (*_EXPECTATION, *_GAUSSIANS, _RATE),
            matched=True,
        ),
        Task("bernoulli.e_step", BitsMixture, Nothing, _EXPECTATION),
        Task("bernoulli.m_step", BitsResponsibilities, Nothing, _BERNOULLIS),
        Task("bernoulli.step", BitsMixture, Nothing, (*_EXPECTATION, *_BERNOULLIS), matched=True),
        Task("bernoulli.run", BitsMixture, Iterations, (*_EXPECTATION, *_BERNOULLIS), matched=True),
        Task(
            "bernoulli.fixed_point",
            BitsMixture,
            Nothing,
            (*_EXPECTATION, *_BERNOULLIS, _RATE),
            matched=True,
        ),
        Task("binomial.step", RoundsMixture, Nothing, (*_EXPECTATION, *_COINS_OF_ANY_WEIGHT), matched=True),
        Task(
            "binomial.run",
            RoundsMixture,
            Iterations,
            (*_EXPECTATION, *_COINS_OF_ANY_WEIGHT),
            matched=True,
        ),
        Task(
            "binomial.fixed_point",
            RoundsMixture,
            Nothing,
            (*_EXPECTATION, *_COINS_OF_ANY_WEIGHT, _RATE),
            matched=True,
        ),
        Task(
            "power.run",
            MatrixVector,
            Iterations,
            (Output("vector", "numbers", "D", vectors="row"), Output("eigenvalue", "numbers", "number", 1)),
        ),
        Task(
            "pca.fit",
            Points,
            Components,
            (
                Output("mean", "numbers", "D", 1),
                Output("variances", "numbers", "L", 2),
                Output("ratio", "numbers", "L"),
                Output("components", "numbers", "L x D", vectors="rows"),
                Output("scores", "numbers", "N x L", 1, vectors="columns"),
            ),
        ),
        Task(
            "nmf.run",
            Factors,
            Iterations,
            (
                Output("w", "numbers", "N x R"),
                Output("h", "numbers", "R x M"),
                Output("loss", "numbers", "number", 2),
            ),
        ),
        Task("preprocess.min_max", Points, Nothing, (Output("points", "numbers", "N x D"),)),
        Task("preprocess.impute_mean", PointsWithHoles, Nothing, (Output("points", "numbers", "N x D", 1),)),
        Task("preprocess.codes", Categories, Nothing, (_LABELS,)),
        Task("preprocess.one_hot", Categories, Nothing, (Output("matrix", "numbers", "N x C"),)),
    )
}
"""Every task by its name; a name never changes its meaning."""


def task_named(name: str) -> Task:
    """Return a task. Raises BadInput that lists the names."""
    try:
        return TASKS[name]
    except KeyError:
        raise BadInput(f"there is no task {name!r}; the tasks are {', '.join(TASKS)}") from None


def check(task: Task, given: dict[str, Tree], params: dict[str, Tree]) -> None:
    """Raise BadInput, which names the field, unless input and params have the task's fields and types."""
    for where, found, expected in (("input", given, task.input), ("params", params, task.params)):
        try:
            msgspec.convert(found, expected)
        except msgspec.ValidationError as error:
            raise BadInput(f"{where}: {error}") from None
