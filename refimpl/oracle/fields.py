"""The types of input and parameters: what is decoded, and what the JSON Schemas and the documentation are made of.

Lists may be of any length here: the rooms know which lengths make sense, and say so with the right kind.
"""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

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


class PointsLabels(Struct, frozen=True, forbid_unknown_fields=True):
    """N x D points and N labels."""

    points: Matrix
    labels: Wholes


class PointsStarts(Struct, frozen=True, forbid_unknown_fields=True):
    """N x D points, and centers to start K-means from, K x D, for each K that is tried."""

    points: Matrix
    starts: Matrices


class Graph(Struct, frozen=True, forbid_unknown_fields=True):
    """Weights of the edges of an undirected graph, n x n and symmetric; a loop stands there with twice its weight."""

    weights: Matrix


class GraphLabels(Graph, frozen=True, forbid_unknown_fields=True):
    """The same, and a label for each node."""

    labels: Wholes


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


class Components(Ddof, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The same, and how many components are kept."""

    components: Whole


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


class MatrixVector(Struct, frozen=True, forbid_unknown_fields=True):
    """A symmetric D x D matrix and a vector of length D."""

    matrix: Matrix
    vector: Row


class Factors(Struct, frozen=True, forbid_unknown_fields=True):
    """An N x M matrix without negative entries, and its factors, N x R and R x M."""

    matrix: Matrix
    w: Matrix
    h: Matrix
