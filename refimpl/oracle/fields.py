"""The types of input: what is decoded, and what the JSON Schemas and the documentation are made of.

Lists may be of any length here: the rooms know which lengths make sense, and say so with the right kind.
"""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

Number: TypeAlias = Annotated[
    str,
    Meta(
        description='an integer "17", a rational "31/6", a decimal or a hex float "0x1.8p-3"',
        extra_json_schema={"maxLength": 4000},
    ),
]
Holes: TypeAlias = Annotated[
    list[list[Number | None]], Meta(description="rows of equal length; null stands for an entry that is missing")
]
Text: TypeAlias = Annotated[
    str, Meta(description="any text, never read as a number", extra_json_schema={"maxLength": 4000})
]
Texts: TypeAlias = Annotated[list[Text], Meta(description="a list of texts")]
Row: TypeAlias = Annotated[list[Number], Meta(description="a list of numbers")]
Matrix: TypeAlias = Annotated[list[list[Number]], Meta(description="rows of equal length")]
Matrices: TypeAlias = Annotated[list[list[list[Number]]], Meta(description="a square matrix for each component")]
Bits: TypeAlias = Annotated[list[list[int | str]], Meta(description="rows of equal length, each entry 0 or 1")]
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


class DissimilarityMedoids(Struct, frozen=True, forbid_unknown_fields=True):
    """N x N dissimilarities, row n as point n sees the others, and the indices of K points."""

    dissimilarity: Matrix
    medoids: Wholes


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


class MatrixVector(Struct, frozen=True, forbid_unknown_fields=True):
    """A symmetric D x D matrix and a vector of length D."""

    matrix: Matrix
    vector: Row


class Factors(Struct, frozen=True, forbid_unknown_fields=True):
    """An N x M matrix without negative entries, and its factors, N x R and R x M."""

    matrix: Matrix
    w: Matrix
    h: Matrix


class PointsWithHoles(Struct, frozen=True, forbid_unknown_fields=True):
    """N points in D dimensions, some of whose entries are missing."""

    points: Holes


class Categories(Struct, frozen=True, forbid_unknown_fields=True):
    """The categories of N rows."""

    categories: Texts
