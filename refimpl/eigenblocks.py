"""Steps 1 to 5 of `eigenbasis`: start in binary64, refine in integers, resolve what is close. Its letters and tags.

A vector v of `bits` bits is the list of integers 2^bits v. All exponents are of 2; numbers relative to 2^size, the
least power above the entries of A, are what binary64 sees of A.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import frexp, ldexp
from typing import NamedTuple, Protocol, TypeAlias

from refimpl import jacobi, linear, tridiagonal
from refimpl.errors import RefimplError
from refimpl.linear import integer_dot
from refimpl.numbers.dyadic import shifted

FEW = 12
"""Rows up to which Jacobi's rotations are faster."""

HARDLY = 2.0**-26
"""Eigenvalues nearer to each other than this part of the row-sum norm form a block."""

GUARD = 8
"""Bits beyond those that are wanted."""

STEP = 52
"""Bits that V has beyond those that are right; a step gains less."""

LEAST = 4
"""Bits that every step must gain."""

Integers: TypeAlias = Sequence[Sequence[int]]


class Start(Protocol):
    """What is known of a matrix in binary64."""

    @property
    def values(self) -> list[float]:
        """Descending: those of the vectors, and the next one where there is one."""

    @property
    def vectors(self) -> list[list[float]]:
        """Orthonormal rows."""

    def correct(self, b: Sequence[float], k: int, block: range) -> list[float]:
        """Return x with (A - l_k I) x = b, where b and x are orthogonal to the block's eigenvectors."""


class Found(NamedTuple):
    """An approximate eigenvector v and its exact image A v, in the units of A as integers."""

    v: Sequence[int]
    """2^bits v, length n."""
    image: Sequence[int]
    """2^bits A v, length n."""
    bits: int
    """The common scale."""
    keep: int
    """Bits of v that are worth keeping."""


def eigenpairs(a: Integers, count: int, bits: int, floor: int) -> tuple[list[list[Found]], Fraction | None]:
    """Return at least `count` eigenpairs, tied ones in one group, and the next eigenvalue, nearly.

    Eigenvalues whose differences are below 2^floor are tied.
    """
    n, size = len(a), bits_of(a)
    axes = [Found([int(i == j) for j in range(n)], row, 0, bits) for i, row in enumerate(a)]
    if n == 1 or size == 0 or size <= floor:
        return [axes], None  # (E5)
    one = 1 << size
    rows = [[x / one for x in row] for row in a]
    tied = ldexp(1.0, floor - size)
    apart = max(tied, HARDLY * max(linear.total(map(abs, row)) for row in rows))
    start: Start = jacobi.eigenpairs(rows) if n <= FEW else tridiagonal.eigenpairs(rows, count, apart)  # (E1)
    l, end = start.values, 0
    groups: list[list[Found]] = []
    while end < count:
        begin, end = end, end + 1
        while end < n and l[end - 1] - l[end] <= apart:
            end += 1
        block = range(begin, end)
        # In a block differences down to 2^-bits matter, and their eigenvectors are wanted to as many bits again.
        found = axes if len(block) == n else _refined(a, start, block, bits if len(block) == 1 else 2 * bits)
        # Where apart = tied, all of a block is tied. Elsewhere its small matrix is smaller by 2^26 / n than this one.
        groups.extend([found] if len(block) == 1 or apart == tied else _resolved(found, bits, floor))
    return groups, Fraction(l[end]) * one if end < n else None


def _refined(a: Integers, start: Start, block: range, bits: int) -> list[Found]:
    """Return an orthonormal basis of the space that belongs to the block.  (E2)"""
    n, size, l = len(a), bits_of(a), start.values
    gap = min(l[i - 1] - l[i] for i in (block.start, block.stop) if 0 < i < n)
    goal = frexp(gap)[1] - bits - GUARD  # of the residual, relative to 2^size
    most = 2 * n.bit_length() + GUARD - goal
    p, left = 53, 0
    v: Integers = [[int(ldexp(x, p)) for x in start.vectors[k]] for k in block]
    while True:
        v = _orthonormal(v, p)
        image = [[integer_dot(row, x) for row in a] for x in v]
        # R = A V - V M, with 2 p bits                                                     (E2)
        m = [[x >> p for x in row] for row in _products(v, image)]
        r = [_minus([z << p for z in y], _combined(v, row)) for y, row in zip(image, m, strict=True)]
        before, left = left, bits_of(r) - 2 * p - size
        if not any(map(any, r)) or left <= goal:
            break
        if left > before - LEAST:
            raise RefimplError("binary64 gives no start from which eigenvectors can be refined")
        # D_k = (A - l_k I)^-1 R_k, as integers 2^e times units of 2^-(2 p + size)          (E2)
        exponents = [bits_of([row]) - 60 for row in r]
        d = [
            [int(x) for x in start.correct([float(shifted(y, -e)) for y in row], k, block)]
            for k, e, row in zip(block, exponents, r, strict=True)
        ]
        exponents = [e - 2 * p - size for e in exponents]
        largest = max(bits_of([row]) + e for row, e in zip(d, exponents, strict=True))
        more = max(0, min(most, STEP - largest) - p)
        p += more
        # V <- V - D                                                                       (E2)
        v = [
            [(x << more) - shifted(y, e + p) for x, y in zip(row, column, strict=True)]
            for row, column, e in zip(v, d, exponents, strict=True)
        ]
    more = max(0, most - p)
    if more:  # the residual vanished early, but lengths are not yet right to so many bits
        p += more
        v = _orthonormal([[x << more for x in row] for row in v], p)
        image = [[integer_dot(row, x) for row in a] for x in v]
    return [Found(x, y, p, p) for x, y in zip(v, image, strict=True)]


def _orthonormal(v: Integers, p: int) -> Integers:
    """Return V with V^T V = I up to rounding, for vectors of p bits.  (E3)"""
    one = 1 << 2 * p
    while True:
        h = [[x - (one if i == j else 0) for j, x in enumerate(row)] for i, row in enumerate(_products(v, v))]
        deviation = bits_of(h)
        if deviation <= p + 2 * len(v[0]).bit_length() + 2:
            return v
        if deviation > 2 * p - 2:
            raise RefimplError("binary64 gives no start with independent eigenvectors")
        # V <- V - V (V^T V - I) / 2                                                       (E3)
        v = [_minus(x, [y >> 2 * p + 1 for y in _combined(v, row)]) for x, row in zip(v, h, strict=True)]


def _resolved(block: list[Found], bits: int, floor: int) -> list[list[Found]]:
    """Return the eigenvectors in the space of the block.  (E4)"""
    p = block[0].bits
    v, image = [x.v for x in block], [x.image for x in block]
    m, gram = _products(v, image), _products(v, v)
    c = sum(m[i][i] for i in range(len(m))) // len(m)
    # M - c V^T V, with 2 p bits                                                           (E4)
    small = [[x - (c * y >> 2 * p) for x, y in zip(row, line, strict=True)] for row, line in zip(m, gram, strict=True)]
    groups, _ = eigenpairs(small, len(m), bits, floor + 2 * p)
    # All bits of V are worth keeping, and where V = I those of y: A y is then as good as (A - c I) y.
    return [
        [Found(_combined(v, y.v), _combined(image, y.v), p + y.bits, p or y.keep) for y in group] for group in groups
    ]


def bits_of(rows: Integers) -> int:
    """Return the least b for which all entries lie between -2^b and 2^b."""
    return max(max(map(max, rows)), -min(map(min, rows))).bit_length()


def _products(v: Integers, w: Integers) -> list[list[int]]:
    """Return all v_i.w_j, which are symmetric where w is v or A v."""
    lower = [[integer_dot(x, y) for y in w[: i + 1]] for i, x in enumerate(v)]
    return [[lower[max(i, j)][min(i, j)] for j in range(len(v))] for i in range(len(v))]


def _minus(x: Sequence[int], y: Sequence[int]) -> list[int]:
    return [a - b for a, b in zip(x, y, strict=True)]


def _combined(rows: Integers, y: Sequence[int]) -> list[int]:
    """Return the sum of y_k times the k-th row."""
    if len(rows) == 1:
        return [x * y[0] for x in rows[0]]
    return [integer_dot(column, y) for column in zip(*rows, strict=True)]
