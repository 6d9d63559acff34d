"""All eigenpairs of a small symmetric matrix in binary64, by Jacobi's rotations (Jacobi 1846).

Notation: symmetric A, n x n, with entries of modulus at most 1; eigenvalues l_1 >= ... >= l_n, unit eigenvectors u_j.

    1. rotate   with theta = (a_qq - a_pp) / (2 a_pq), t = +-1 / (|theta| + sqrt(theta^2 + 1)) the smaller
                root of t^2 + 2 theta t = 1, c = 1 / sqrt(1 + t^2), s = t c: the rotation of the axes p, q  (J1)
                by these makes a_pq zero
    2. sweep    rotate for every p < q in order, until all entries off the diagonal are negligible          (J2)
    3. correct  x = sum over j outside a block of u_j (u_j . b) / (l_j - l_k), the solution of              (J3)
                (A - l_k I) x = b that is orthogonal to the block's eigenvectors

Only + - * / and sqrt are used, all sums in order: the same numbers come out on every machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from refimpl import linear
from refimpl.linear import Matrix

NEGLIGIBLE = 2.0**-60
"""An entry off the diagonal of at most so much is taken for 0; the largest entry of A is 1 or nearly so."""

SWEEPS = 60
"""Five to ten suffice for any matrix: near the end every sweep squares what is left."""


@dataclass(frozen=True)
class Jacobi:
    """What is known of A."""

    values: list[float]
    """l, length n, descending."""
    vectors: list[list[float]]
    """u, n rows of length n."""

    def correct(self, b: Sequence[float], k: int, block: range) -> list[float]:
        """Return x of (J3) for an index k of the block."""
        x = [0.0] * len(b)
        for j, u in enumerate(self.vectors):
            if j not in block:
                # u_j (u_j . b) / (l_j - l_k)                                              (J3)
                factor = linear.dot(u, b) / (self.values[j] - self.values[k])
                x = [y + factor * z for y, z in zip(x, u, strict=True)]
        return x


def eigenpairs(matrix: Matrix[float]) -> Jacobi:
    """Return all eigenpairs, those with equal values in the order of the axes.  (J2)"""
    n = len(matrix)
    a = [list(row) for row in matrix]
    u = [[float(i == j) for j in range(n)] for i in range(n)]
    for _ in range(SWEEPS):
        large = [(p, q) for p in range(n) for q in range(p + 1, n) if abs(a[p][q]) > NEGLIGIBLE]
        if not large:
            break
        for p, q in large:
            if abs(a[p][q]) > NEGLIGIBLE:
                _rotate(a, u, p, q)
    order = sorted(range(n), key=lambda i: (-a[i][i], i))
    return Jacobi([a[i][i] for i in order], [u[i] for i in order])


def _rotate(a: list[list[float]], u: list[list[float]], p: int, q: int) -> None:
    """Make a_pq zero, and turn the rows of u along.  (J1)"""
    entry = a[p][q]
    theta = (a[q][q] - a[p][p]) / (2 * entry)
    t = 1 / (abs(theta) + sqrt(theta * theta + 1))
    if theta < 0:
        t = -t
    c = 1 / sqrt(t * t + 1)
    s = t * c
    diagonal = a[p][p] - t * entry, a[q][q] + t * entry
    for rows in (a, u):
        x, y = rows[p], rows[q]
        rows[p] = [c * g - s * h for g, h in zip(x, y, strict=True)]
        rows[q] = [s * g + c * h for g, h in zip(x, y, strict=True)]
    for row, g, h in zip(a, a[p], a[q], strict=True):
        row[p], row[q] = g, h
    a[p][p], a[q][q] = diagonal
    a[p][q] = a[q][p] = 0.0
