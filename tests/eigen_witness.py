"""Symmetric matrices whose eigenpairs are known, and Arb's eigenvalues with their multiplicities."""

import random
from collections.abc import Sequence
from fractions import Fraction as Q
from math import lcm
from typing import Any, NamedTuple

import flint
from hypothesis import strategies as st
from strategies import RANGES

Rows = list[list[Q]]


class Known(NamedTuple):
    """A matrix and all that is known of it."""

    matrix: Rows
    values: list[Q]
    """Descending."""
    vectors: Rows
    """Exact unit eigenvectors, rows in the order of the values."""


def known(values: Sequence[Any], seed: int = 1) -> Known:
    """A full matrix with these eigenvalues: H diag(values) H^T, where H is a product of rational reflections."""
    source, n = random.Random(seed), len(values)
    rows = [[Q(i == j) for j in range(n)] for i in range(n)]
    for _ in range(2):
        w = [source.randint(-3, 3) + 4 * Q(i == 0) for i in range(n)]
        square = sum(x * x for x in w)
        for row in rows:
            factor = 2 * sum(x * y for x, y in zip(row, w, strict=True)) / square
            row[:] = [x - factor * y for x, y in zip(row, w, strict=True)]
    exact = sorted(map(Q, values), reverse=True)
    matrix = [
        [sum((l * u[i] * u[j] for l, u in zip(exact, rows, strict=True)), Q(0)) for j in range(n)] for i in range(n)
    ]
    return Known(matrix, exact, rows)


def laeuchli(e: Q, n: int = 3) -> Rows:
    """Eigenvalues n + e^2, and e^2 again and again."""
    return [[1 + e * e * (i == j) for j in range(n)] for i in range(n)]


def hilbert(n: int) -> Rows:
    """Eigenvalues of all orders of magnitude."""
    return [[Q(1, i + j + 1) for j in range(n)] for i in range(n)]


def random_symmetric(n: int, seed: int = 1, reach: int = 9) -> Rows:
    """Integers of both signs."""
    source = random.Random(seed)
    rows = [[source.randint(-reach, reach) for _ in range(n)] for _ in range(n)]
    return [[Q(rows[max(i, j)][min(i, j)]) for j in range(n)] for i in range(n)]


@st.composite
def symmetric(draw: st.DrawFn, most: int = 5, least: int = 1) -> Rows:
    """Entries of one range; small integers make ties and zeros."""
    n, entries = draw(st.integers(least, most)), draw(st.sampled_from(RANGES))
    rows = [[draw(entries) for _ in range(i + 1)] for i in range(n)]
    return [[rows[max(i, j)][min(i, j)] for j in range(n)] for i in range(n)]


def eigenvalues(matrix: Rows, bits: int = 600) -> list[tuple[Q, Q]]:
    """Arb's enclosures of all eigenvalues, descending, as often as they occur."""
    n, unit = len(matrix), lcm(*(x.denominator for row in matrix for x in row))
    integers = flint.fmpz_mat(n, n, [int(x * unit) for row in matrix for x in row])
    before = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        found = [(root.real, times) for root, times in integers.charpoly().complex_roots()]
    finally:
        flint.ctx.prec = before
    ends = [(*ends_of(x), times) for x, times in found]
    return sorted(((low / unit, high / unit) for low, high, times in ends for _ in range(times)), reverse=True)


def middles(matrix: Rows) -> list[Q]:
    """Eigenvalues that Arb encloses, descending, to 60 digits: multiplicities come from factors of the polynomial."""
    flint.ctx.prec = 300
    rational = flint.fmpq_mat([[flint.fmpq(x.numerator, x.denominator) for x in row] for row in matrix])
    roots = [z.real for z, multiplicity in rational.charpoly().complex_roots() for _ in range(multiplicity)]
    assert all(x.rad() < 1e-60 for x in roots)
    middles = [x.mid().man_exp() for x in roots]
    return sorted((Q(int(m)) * Q(2) ** int(e) for m, e in middles), reverse=True)


def ends_of(x: flint.arb) -> tuple[Q, Q]:
    """The end points of Arb's ball."""
    (m, e), (r, f) = x.mid().man_exp(), x.rad().man_exp()
    mid, radius = int(m) * Q(2) ** int(e), int(r) * Q(2) ** int(f)
    return mid - radius, mid + radius


def image(matrix: Rows, v: Sequence[Q]) -> list[Q]:
    """A v."""
    return [dot(row, v) for row in matrix]


def dot(x: Sequence[Q], y: Sequence[Q]) -> Q:
    """x.y"""
    return sum((a * b for a, b in zip(x, y, strict=True)), Q(0))


def projector(vectors: Sequence[Sequence[Q]]) -> Rows:
    """The sum of v v^T."""
    n = len(vectors[0])
    return [[sum((v[i] * v[j] for v in vectors), Q(0)) for j in range(n)] for i in range(n)]
