"""Candidates: the members nearest each center, out of as many clusters as the elbow tells (Peking lecture, example 2).

Notation as in `kmeans`; J_K the lowest distortion found with K clusters.

    1. ratio     the K at which (J_(K-1) / J_K) / (J_K / J_(K+1)) is greatest, the least such K on a tie:      (CS1)
                 up to K each cluster more divides J by much, from there on by little
    2. rank      the members of a cluster by |x_n - mu_k|^2, which is exact; the lowest index on a tie           (CS2)
    3. each      the first M of every cluster, or all of a smaller one                                           (CS3)
    4. in all    C of them: the first of every cluster, then the second of every one, and so on; of a round      (CS4)
                 for which C does not suffice those of least distance, the lowest index on a tie

Why not the bend of `choose_k.elbow`. It is a difference of J, and where K begins at 1 or 2 the first falls are so much
larger than all others that it hardly ever sees anything else. (CS1) is the bend of ln J, compared without a logarithm:
it does not depend on the unit of J, and a K that halves J counts alike wherever it stands. Noise counts alike as well:
where J is a matter of few points, far beyond the elbow, (CS1) is restless.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from refimpl import linear
from refimpl.errors import BadInput, Unsupported
from refimpl.linear import Matrix
from refimpl.numbers import EXACT, Ball, Numbers


@dataclass(frozen=True)
class Member:
    """A point that is chosen, or may be."""

    row: int
    """The index of the point."""
    cluster: int
    rank: int
    """0 for the nearest of its cluster."""
    square: Fraction
    """|x_n - mu_k|^2, exact."""


def ratios(distortions: Mapping[int, Fraction]) -> dict[int, Fraction | None]:
    """Return J_(K-1) J_(K+1) / J_K^2 of every K between the least and the greatest; None where J_K is 0.

    Raises BadInput unless there are three or more neighbouring K.
    """
    ks = sorted(distortions)
    if len(ks) < 3 or any(b - a != 1 for a, b in pairwise(ks)):
        raise BadInput(f"distortions has the K {ks}; give three or more, without a gap")
    return {
        k: Fraction(distortions[k - 1] * distortions[k + 1], distortions[k] ** 2) if distortions[k] else None
        for k in ks[1:-1]
    }


def elbow(distortions: Mapping[int, Fraction]) -> int:
    """Return the K of the greatest ratio; the first K with J = 0 where there is one. Raises BadInput.  (CS1)"""
    found = ratios(distortions)
    choice = min(found)
    for k, ratio in found.items():
        best = found[choice]
        if best is not None and (ratio is None or ratio > best):
            choice = k
    return choice


def ranked(points: Matrix[Fraction], labels: Sequence[int], centers: Matrix[Fraction]) -> list[list[Member]]:
    """Return the members of each cluster, the nearest to its center first.  (CS2)"""
    (integers, means), unit = linear.cleared(points, centers)
    squares = [linear.squared_distance(x, means[label]) for x, label in zip(integers, labels, strict=True)]
    found = []
    for k in range(len(centers)):
        order = sorted((square, n) for n, (square, label) in enumerate(zip(squares, labels, strict=True)) if label == k)
        found.append([Member(n, k, i, linear.quotient(s, unit * unit)) for i, (s, n) in enumerate(order)])
    return found


def each(members: Sequence[Sequence[Member]], count: int) -> list[Member]:
    """Return the first `count` of every cluster. Raises BadInput unless count is at least 1.  (CS3)"""
    if count < 1:
        raise BadInput(f"{count} of every cluster are asked for; give at least 1")
    return [member for cluster in members for member in cluster[:count]]


def in_all(members: Sequence[Sequence[Member]], count: int) -> list[Member]:
    """Return `count` members, cluster by cluster. Raises BadInput unless there are so many.  (CS4)"""
    every = [member for cluster in members for member in cluster]
    if not 1 <= count <= len(every):
        raise BadInput(f"{count} of {len(every)} rows are asked for; give a number from 1 to {len(every)}")
    chosen = sorted(every, key=lambda m: (m.rank, m.square, m.row))[:count]
    return sorted(chosen, key=lambda m: (m.cluster, m.rank))


def distance(member: Member, numbers: Numbers[Ball]) -> Ball | Fraction:
    """Return |x_n - mu_k|, exact where it is rational."""
    try:
        return EXACT.sqrt(member.square)
    except Unsupported:
        return numbers.sqrt(numbers(member.square))
