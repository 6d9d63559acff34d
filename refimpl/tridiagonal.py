"""The largest eigenvalues of a symmetric matrix and their eigenvectors in binary64, at a cost of about 4/3 n^3.

Notation: symmetric A, n x n, with entries of modulus at most 1; T tridiagonal with diagonal d_1, ..., d_n and e_i
beside it; Q orthogonal; l_1 >= l_2 >= ... eigenvalues, z_j unit eigenvectors of T, Q z_j those of A.

    1. reduce    A = Q T Q^T by reflections I - 2 w w^T, w along x - alpha e_1 for the part x below the      (H1)
                 diagonal of a column, alpha = -+|x|; on the rest, with p = B w and h = 2 (p - (w . p) w),
                 B <- B - w h^T - h w^T (Householder 1958)
    2. below     q_1 = d_1 - x, q_i = d_i - x - e_(i-1)^2 / q_(i-1): as many of them are negative as         (H2)
                 there are eigenvalues below x (Givens 1954), so that bisection finds every eigenvalue
    3. solve     (T - x I) y = b by elimination with row exchanges; a vanishing pivot is made a tiny one     (H3)
    4. iterate   y <- (T - l_j I)^-1 y from a fixed start, orthogonal to the z of nearby eigenvalues         (H4)
    5. correct   x = Q y, (T - l_k I) y = Q^T b, b and y orthogonal to the z of a block                      (H5)

An l_k that happens to be an eigenvalue of T beyond binary64 makes y a huge multiple of z_k, and what is wanted of it is
lost in its rounding; a neighbour of l_k serves then.

Only + - * / and sqrt are used, all sums in order: the same numbers come out on every machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from refimpl import linear
from refimpl.linear import Matrix

EPSILON = 2.0**-52
"""The spacing of binary64 numbers at 1."""

NEARBY = 1e-3
"""Eigenvalues whose distance is at most this part of the norm have eigenvectors that must be kept apart."""

ITERATIONS = 3
"""Two steps of (H4) suffice in general, and one more does no harm."""

AWAY = (0.0, 4.0, -4.0, 16.0)
"""Shifts from l_k that are tried, in roundings of the norm."""

LARGE = 2.0**30
"""A solution larger than the right side by more than this is useless."""

IRREGULAR = 0.6180339887498949
"""Multiples of it, modulo 1, are the start of (H4): no eigenvector of interest is orthogonal to all such."""


@dataclass(frozen=True)
class Tridiagonal:
    """T and Q of a matrix, and its largest eigenvalues."""

    diagonal: list[float]
    """d, length n."""
    beside: list[float]
    """e, length n - 1."""
    mirrors: list[list[float]]
    """w, n - 2 of them; the i-th acts on the last n - 1 - i coordinates."""
    values: list[float]
    """The largest eigenvalues, descending: those of the vectors and the next one, where there is one."""
    basis: list[list[float]]
    """z, rows of length n."""
    vectors: list[list[float]]
    """Q z, rows of length n."""

    def correct(self, b: Sequence[float], k: int, block: range) -> list[float]:
        """Return x of (H5) for an index k of the block."""
        y = list(b)
        for i, w in enumerate(self.mirrors, 1):
            y[i:] = _mirrored(y[i:], w)
        near = [self.basis[j] for j in block]
        right = _without(y, near)
        scale = max(map(abs, self.diagonal)) + 2 * max(map(abs, self.beside))
        for away in AWAY:
            y = _solve(self.diagonal, self.beside, self.values[k] + away * EPSILON * scale, right)
            if max(map(abs, y)) * scale <= LARGE * max(map(abs, right)):
                break
        return _turned(_without(y, near), self.mirrors)


def eigenpairs(matrix: Matrix[float], count: int, apart: float) -> Tridiagonal:
    """Return at least `count` pairs, and so many that the next eigenvalue is smaller by more than `apart`."""
    d, e, mirrors = _reduce(matrix)
    n = known = len(d)
    # every eigenvalue lies within a row sum of 0 (Gershgorin)
    norm = max(abs(x) + y + z for x, y, z in zip(d, [0.0, *map(abs, e)], [*map(abs, e), 0.0], strict=True))
    values: list[float] = []
    while len(values) < n:
        values.append(_eigenvalue(d, e, len(values), values[-1] if values else norm, norm))
        if len(values) > count and values[-2] - values[-1] > apart:
            known = len(values) - 1
            break
    basis: list[list[float]] = []
    for j in range(known):
        near = [z for z, x in zip(basis, values, strict=False) if abs(x - values[j]) <= NEARBY * norm]
        z = [0.5 + (IRREGULAR * (i + 1) * (j + 1)) % 1.0 for i in range(n)]
        for _ in range(ITERATIONS):
            # y <- (T - l_j I)^-1 y                                                        (H4)
            z = _unit(_without(_without(_unit(_solve(d, e, values[j], z)), near), near))
        basis.append(z)
    return Tridiagonal(d, e, mirrors, values, basis, [_turned(z, mirrors) for z in basis])


def _reduce(matrix: Matrix[float]) -> tuple[list[float], list[float], list[list[float]]]:
    """Return (d, e, mirrors).  (H1)"""
    d, e, mirrors = [], [], []
    rest = [list(row) for row in matrix]
    while len(rest) > 2:
        d.append(rest[0][0])
        x = rest[0][1:]
        rest = [row[1:] for row in rest[1:]]
        length = sqrt(linear.dot(x, x))
        alpha = -length if x[0] > 0 else length
        e.append(alpha)
        w = _unit([x[0] - alpha, *x[1:]])
        mirrors.append(w)
        p = [linear.dot(row, w) for row in rest]
        middle = linear.dot(p, w)
        h = [2 * (a - middle * b) for a, b in zip(p, w, strict=True)]
        # B <- B - w h^T - h w^T                                                           (H1)
        rest = [
            [a - (g * y + f * z) for a, y, z in zip(row, h, w, strict=True)]
            for row, g, f in zip(rest, w, h, strict=True)
        ]
    d.extend(row[i] for i, row in enumerate(rest))
    e.extend(rest[0][1:])
    return d, e, mirrors


def _eigenvalue(d: Sequence[float], e: Sequence[float], index: int, high: float, norm: float) -> float:
    """Return the eigenvalue that `index` others exceed, none of which is below it; it is at most `high`.  (H2)"""
    squares = [0.0, *(x * x for x in e)]
    high, low = high + 4 * EPSILON * norm, -norm - 4 * EPSILON * norm
    tiny = max(EPSILON * EPSILON * norm, 1e-300)
    while high - low > 2 * EPSILON * norm:
        middle = (low + high) / 2
        # q_i = d_i - x - e_(i-1)^2 / q_(i-1)                                              (H2)
        q, below = 1.0, 0
        for x, square in zip(d, squares, strict=True):
            if -tiny < q < tiny:
                q = -tiny if q < 0 else tiny
            q = x - middle - square / q
            if q < 0:
                below += 1
        if len(d) - below > index:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _solve(d: Sequence[float], e: Sequence[float], shift: float, b: Sequence[float]) -> list[float]:
    """Return y with (T - shift I) y = b.  (H3)"""
    n = len(d)
    tiny = max(EPSILON * max(max(map(abs, d)), max(map(abs, e))), 1e-300)
    eliminated = []
    # the row at work has the entries p, q in columns i, i + 1 and r on the right
    p, q, r = d[0] - shift, e[0], b[0]
    for i in range(1, n):
        under, middle, after, right = e[i - 1], d[i] - shift, e[i] if i < n - 1 else 0.0, b[i]
        if abs(under) > abs(p):
            factor = p / under
            eliminated.append((under, middle, after, right))
            p, q, r = q - factor * middle, -factor * after, r - factor * right
        else:
            if abs(p) < tiny:
                p = -tiny if p < 0 else tiny
            factor = under / p
            eliminated.append((p, q, 0.0, r))
            p, q, r = middle - factor * q, after, right - factor * r
    if abs(p) < tiny:
        p = -tiny if p < 0 else tiny
    y = [0.0] * (n + 1)
    y[n - 1] = r / p
    for i in range(n - 2, -1, -1):
        p, q, after, r = eliminated[i]
        y[i] = (r - q * y[i + 1] - after * y[i + 2]) / p
    return y[:n]


def _turned(z: Sequence[float], mirrors: Sequence[Sequence[float]]) -> list[float]:
    """Return Q z."""
    y = list(z)
    for i in range(len(mirrors), 0, -1):
        y[i:] = _mirrored(y[i:], mirrors[i - 1])
    return y


def _mirrored(y: Sequence[float], w: Sequence[float]) -> list[float]:
    """Return (I - 2 w w^T) y."""
    factor = 2 * linear.dot(w, y)
    return [a - factor * b for a, b in zip(y, w, strict=True)]


def _without(y: list[float], basis: Sequence[Sequence[float]]) -> list[float]:
    """Return y without its part in the space of these orthonormal vectors."""
    for z in basis:
        factor = linear.dot(z, y)
        y = [a - factor * b for a, b in zip(y, z, strict=True)]
    return y


def _unit(y: Sequence[float]) -> list[float]:
    """Return y / |y|, or y if that is 0."""
    largest = max(map(abs, y))
    if largest == 0:
        return list(y)
    y = [a / largest for a in y]
    length = sqrt(linear.dot(y, y))
    return [a / length for a in y]
