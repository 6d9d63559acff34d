"""What the characteristic polynomial of a symmetric rational matrix knows exactly, where enclosures only know nearly.

Notation: A, n x n, multiplied by L so that its entries are integers without a common divisor; p(x) = det(x I - L A),
whose n roots are real, the eigenvalues times L; p_1 = p, p_(k+1) = gcd(p_k, p_k'); adj(x I - L A) the adjugate, whose
entries are polynomials.

    1. equal     N_k roots of p_k in an interval: N_k - N_(k+1) eigenvalues there, each counted once, have  (M1)
                 multiplicity k or more, because the roots of p_(k+1) are those of p_k, a multiplicity less
    2. rational  p is monic with integer coefficients, so that a rational eigenvalue is an integer over L   (M2)
                 and an eigenvalue as often as the null space of A - l I has dimensions
    3. zero      for a simple eigenvalue l with the unit eigenvector u, adj(L l I - L A) = p'(L l) u u^T.   (M3)
                 So f.u = 0 for a vector f exactly if the polynomial f.adj(x I - L A) e_k has the root
                 L l, whichever k has u_k != 0; that is, if its greatest common divisor with p has it.
                 Where row i of A is 0, l u_i = 0 needs no polynomial

The coefficients of a column of the adjugate are m_0 = e_k, m_j = L A m_(j-1) + c_j e_k, with those c_j of p (Faddeev
and LeVerrier). Meant for a dozen rows or so.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import ceil, floor, gcd as gcd_of

from refimpl import linear
from refimpl.certify.eigenpairs import Enclosure
from refimpl.certify.polynomials import Polynomial, derivative, gcd, primitive, roots
from refimpl.errors import Refuted
from refimpl.linear import Matrix, Vector, integer_dot


class Characteristic:
    """The characteristic polynomial of a matrix, found when it is first asked for."""

    def __init__(self, matrix: Matrix[Fraction]) -> None:
        """Take a symmetric rational matrix."""
        (cleared,), unit = linear.cleared(matrix)
        divisor = gcd_of(*(int(x) for row in cleared for x in row)) or 1
        self._matrix = [[int(x) // divisor for x in row] for row in cleared]
        self._unit = Fraction(unit, divisor)

    @cached_property
    def _polynomial(self) -> Polynomial:
        # monic, so that it is primitive as it is
        matrix = [[Fraction(x) for x in row] for row in self._matrix]
        return [int(x) for x in linear.characteristic(matrix)]

    @cached_property
    def _reduced(self) -> list[Polynomial]:
        polynomials = [self._polynomial]
        while len(polynomials[-1]) > 1:
            polynomials.append(gcd(polynomials[-1], derivative(polynomials[-1])))
        return polynomials

    def multiplicities(self, enclosure: Enclosure) -> list[int]:
        """Return the multiplicities of the distinct eigenvalues in an enclosure, descending.  (M1)

        [g] for g eigenvalues proves that they are equal, and [1, 1] that two are not. Raises Refuted where the
        enclosure does not hold as many eigenvalues as it says.
        """
        # the last polynomial is constant, so that its count is 0
        counts = [roots(p, enclosure.lower * self._unit, enclosure.upper * self._unit) for p in self._reduced]
        if counts[0] != len(enclosure.indices):
            raise Refuted(f"the enclosure of {enclosure.indices} holds {counts[0]} eigenvalues")
        distinct = [n - m for n, m in pairwise(counts)]
        return [sum(d > i for d in distinct) for i in range(distinct[0])]

    def candidate(self, enclosure: Enclosure) -> Fraction | None:
        """Return the only number in an enclosure that may be a rational eigenvalue, or None.  (M2)

        Raises Refuted where the enclosure is so wide that several numbers come into question.
        """
        first, last = ceil(enclosure.lower * self._unit), floor(enclosure.upper * self._unit)
        if first < last:
            raise Refuted(f"the enclosure of {enclosure.indices} is too wide to tell whether it is rational")
        return first / self._unit if first == last else None

    def vanish(self, enclosure: Enclosure, forms: Sequence[Vector[Fraction]]) -> list[bool]:
        """Return for each vector f whether f.u = 0 for the eigenvector u of a simple eigenvalue.  (M3)"""
        apart = enclosure.lower > 0 or enclosure.upper < 0
        idle = [apart and not any(row) for row in self._matrix]
        found = [all(still or not x for x, still in zip(f, idle, strict=True)) for f in forms]
        column = self._column(enclosure) if not all(found) else []
        low, high = enclosure.lower * self._unit, enclosure.upper * self._unit
        for i, f in enumerate(forms):
            if not found[i]:
                (cleared,), _ = linear.cleared([f])
                entry = primitive(integer_dot([int(x) for x in cleared[0]], m) for m in column)
                # all roots of a divisor of p are real, and p has one root in the enclosure
                found[i] = roots(gcd(self._polynomial, entry), low, high) == 1
        return found

    def _column(self, enclosure: Enclosure) -> list[list[int]]:
        """Return the coefficients of a column of the adjugate that is not 0 at the eigenvalue."""
        (u,), n = enclosure.vectors, len(self._matrix)
        k = max(range(n), key=lambda i: abs(u[i]))
        if enclosure.radius is None or abs(u[k]) <= enclosure.radius:
            raise Refuted(f"no entry of the eigenvector of {enclosure.indices} is proven to differ from 0")
        # m_0 = e_k, m_j = L A m_(j-1) + c_j e_k                                            (M3)
        column = [[int(i == k) for i in range(n)]]
        for c in self._polynomial[1:n]:
            following = [integer_dot(row, column[-1]) for row in self._matrix]
            following[k] += c
            column.append(following)
        return column


def eigenspace(a: Matrix[Fraction], value: Fraction) -> list[list[Fraction]]:
    """Return orthogonal vectors that span the null space of A - value I, the same for everybody.  (M2)"""
    n = len(a)
    rows = [[y - value if i == j else y for j, y in enumerate(row)] for i, row in enumerate(a)]
    pivots: list[int] = []
    for j in range(n):
        # the reduced row echelon form, which no choice of pivots changes
        i = next((i for i in range(len(pivots), n) if rows[i][j]), None)
        if i is None:
            continue
        r = len(pivots)
        rows[r], rows[i] = rows[i], rows[r]
        rows[r] = [y / rows[r][j] for y in rows[r]]
        rows = [
            row if i == r or not row[j] else [y - row[j] * z for y, z in zip(row, rows[r], strict=True)]
            for i, row in enumerate(rows)
        ]
        pivots.append(j)
    found: list[list[Fraction]] = []
    for free in (j for j in range(n) if j not in pivots):
        v = [Fraction(j == free) for j in range(n)]
        for r, j in enumerate(pivots):
            v[j] = -rows[r][free]
        for w in found:
            share = linear.dot(v, w) / linear.dot(w, w)
            v = [y - share * z for y, z in zip(v, w, strict=True)]
        found.append(v)
    return found
