"""What may be asked of an implementation: the input, the parameters and the results of every task.

The types below are what is decoded, what the JSON Schemas are made of, and what the documentation prints.
Lists may be of any length here: the rooms know which lengths make sense, and say so with the right kind.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from refimpl.errors import BadInput
from refimpl.oracle.values import Tree

Number: TypeAlias = Annotated[
    str,
    Meta(
        description='an integer "17", a rational "31/6", a decimal or a hex float "0x1.8p-3"',
        extra_json_schema={"maxLength": 4000},
    ),
]
Row: TypeAlias = Annotated[list[Number], Meta(description="a list of numbers")]
Matrix: TypeAlias = Annotated[list[list[Number]], Meta(description="rows of equal length")]
Matrices: TypeAlias = Annotated[list[list[list[Number]]], Meta(description="a square matrix for each component")]
Bits: TypeAlias = Annotated[list[list[int | str]], Meta(description="rows of equal length, each entry 0 or 1")]
CovarianceName: TypeAlias = Annotated[
    Literal["full", "tied", "diag", "spherical"],
    Meta(description="what covariances are estimated; they are written as K x D x D in any case"),
]
Whole: TypeAlias = Annotated[int | str, Meta(description="an integer, as a number or as text")]
Wholes: TypeAlias = Annotated[list[int | str], Meta(description="a list of integers")]


class Points(Struct, frozen=True, forbid_unknown_fields=True):
    """N points in D dimensions."""

    points: Matrix


class PointsCenters(Struct, frozen=True, forbid_unknown_fields=True):
    """N x D points and K x D centers."""

    points: Matrix
    centers: Matrix


class PointsLabelsCenters(Struct, frozen=True, forbid_unknown_fields=True):
    """N x D points, N labels from 0 to K-1, and the centers that empty clusters keep."""

    points: Matrix
    labels: Wholes
    centers: Matrix


class HeadsTailsTheta(Struct, frozen=True, forbid_unknown_fields=True):
    """Heads and tails of N rounds, and the probabilities of heads of coins A and B."""

    heads: Wholes
    tails: Wholes
    theta: Row


class PointsMixture(Struct, frozen=True, forbid_unknown_fields=True):
    """N x D points and K Gaussian components."""

    points: Matrix
    weights: Row
    means: Matrix
    covariances: Matrices


class PointsResponsibilities(Struct, frozen=True, forbid_unknown_fields=True):
    """N x D points and N x K responsibilities."""

    points: Matrix
    responsibilities: Matrix


class BitsMixture(Struct, frozen=True, forbid_unknown_fields=True):
    """N rows of D bits, K weights, and K x D probabilities of a 1."""

    rows: Bits
    weights: Row
    probabilities: Matrix


class BitsResponsibilities(Struct, frozen=True, forbid_unknown_fields=True):
    """N rows of D bits and N x K responsibilities."""

    rows: Bits
    responsibilities: Matrix


class RoundsMixture(Struct, frozen=True, forbid_unknown_fields=True):
    """Heads and tails of N rounds, and K coins: their weights and their probabilities of heads."""

    heads: Wholes
    tails: Wholes
    weights: Row
    probabilities: Row


class Nothing(Struct, frozen=True, forbid_unknown_fields=True):
    """No parameters."""


class Ddof(Struct, frozen=True, forbid_unknown_fields=True):
    """The divisor is N - ddof."""

    ddof: Whole


class Iterations(Struct, frozen=True, forbid_unknown_fields=True):
    """How many steps are taken."""

    iterations: Whole


class Covariance(Struct, frozen=True, forbid_unknown_fields=True):
    """What covariances are estimated."""

    covariance_type: CovarianceName = "full"


class Estimate(Covariance, frozen=True, forbid_unknown_fields=True):
    """The same, and what is added to their diagonals."""

    regularisation: Number = "0"


class EstimateIterations(Estimate, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The same, and how many steps are taken."""

    iterations: Whole


class Rate(Struct, frozen=True, forbid_unknown_fields=True):
    """A fixed rate, or "1/n" where n counts the points that the center has received."""

    rate: Number


class Clusters(Struct, frozen=True, forbid_unknown_fields=True):
    """How many clusters at most."""

    k: Whole


class Chosen(Struct, frozen=True, forbid_unknown_fields=True):
    """Indices of the points that are centers already."""

    chosen: Wholes


Kind: TypeAlias = Literal["labels", "numbers", "count"]


@dataclass(frozen=True)
class Output:
    """One named result."""

    name: str
    kind: Kind
    """labels: indices of clusters; count: an integer that must agree; numbers: judged by digits."""
    shape: str
    """As printed in the table of tasks."""
    degree: int = 0
    """The power with which the result scales with the points: 1 for centers, 2 for the distortion."""


@dataclass(frozen=True)
class Task:
    """One thing that may be asked."""

    name: str
    input: type[Struct]
    params: type[Struct]
    outputs: tuple[Output, ...]
    matched: bool = False
    """Whether clusters may be numbered otherwise than by the start."""


_LABELS = Output("labels", "labels", "N")
_CENTERS = Output("centers", "numbers", "K x D", 1)
_DISTORTION = Output("distortion", "numbers", "number", 2)
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
        Task("kmeans.optimum", Points, Clusters, (_DISTORTION, _LABELS)),
        Task("kmeans.seeding", Points, Chosen, (Output("probabilities", "numbers", "N"),)),
        Task("coins.step", HeadsTailsTheta, Nothing, _COINS),
        Task("coins.run", HeadsTailsTheta, Iterations, _COINS),
        Task("coins.fixed_point", HeadsTailsTheta, Nothing, (*_COINS, _RATE)),
        Task("gmm.e_step", PointsMixture, Nothing, _EXPECTATION),
        Task("gmm.m_step", PointsResponsibilities, Estimate, _GAUSSIANS),
        Task("gmm.step", PointsMixture, Estimate, (*_EXPECTATION, *_GAUSSIANS), matched=True),
        Task("gmm.run", PointsMixture, EstimateIterations, (*_EXPECTATION, *_GAUSSIANS), matched=True),
        Task("gmm.fixed_point", PointsMixture, Covariance, (*_EXPECTATION, *_GAUSSIANS, _RATE), matched=True),
        Task("bernoulli.e_step", BitsMixture, Nothing, _EXPECTATION),
        Task("bernoulli.m_step", BitsResponsibilities, Nothing, _BERNOULLIS),
        Task("bernoulli.step", BitsMixture, Nothing, (*_EXPECTATION, *_BERNOULLIS), matched=True),
        Task("bernoulli.run", BitsMixture, Iterations, (*_EXPECTATION, *_BERNOULLIS), matched=True),
        Task("bernoulli.fixed_point", BitsMixture, Nothing, (*_EXPECTATION, *_BERNOULLIS, _RATE), matched=True),
        Task("binomial.step", RoundsMixture, Nothing, (*_EXPECTATION, *_COINS_OF_ANY_WEIGHT), matched=True),
        Task("binomial.run", RoundsMixture, Iterations, (*_EXPECTATION, *_COINS_OF_ANY_WEIGHT), matched=True),
        Task(
            "binomial.fixed_point",
            RoundsMixture,
            Nothing,
            (*_EXPECTATION, *_COINS_OF_ANY_WEIGHT, _RATE),
            matched=True,
        ),
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
    for where, fields, expected in (("input", given, task.input), ("params", params, task.params)):
        try:
            msgspec.convert(fields, expected)
        except msgspec.ValidationError as error:
            raise BadInput(f"{where}: {error}") from None
