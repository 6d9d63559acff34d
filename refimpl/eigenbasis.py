"""The largest eigenvalues of a symmetric rational matrix and their eigenvectors, to any number of digits.

Notation: symmetric A, n x n, as integers over one denominator; t bits are wanted, relative to the largest entry of A;
eigenvalues l_1 >= ... >= l_n; a block is a range of them that binary64 can hardly tell apart, V (n x g) its vectors.

    1. start        all in binary64: `jacobi` for few rows, `tridiagonal` for many; a block ends where the    (E1)
                    next eigenvalue is so far away that every step of refinement gains some digits
    2. refine       V orthonormal; M = V^T A V; R = A V - V M, exact in integers; V <- V - D, where           (E2)
                    (A - l_k I) D_k = R_k is solved in binary64, orthogonal to the block. A step gains what
                    binary64 knows of A, relative to the distance to the nearest eigenvalue outside: 13
                    digits at best; V has no more bits than the next step can use
    3. orthonormal  V <- V - V (V^T V - I) / 2 squares the deviation from I                                   (E3)
    4. resolve      in a block of several the eigenpairs (m, y) of the small matrix M - c V^T V, c its mean,  (E4)
                    are found in the same way, from step 1: without c the differences of the eigenvalues
                    are all that there is. Eigenvectors are the V y (Rayleigh and Ritz)
    5. tied         a matrix all of whose entries are below 2^-t of the largest entry of A has equal          (E5)
                    eigenvalues, for all that is wanted: any orthonormal basis serves
    6. value        the Rayleigh quotient v.Av / v.v, whose error is the square of that of v                  (E6)

Steps 1 to 5 are `eigenblocks`. If V is off by an angle a, then M is off by a^2 |A| only: R is of the order a |A|, and
so is what V lacks. Refinement ends where |A v - l v| is 2^-t of the distance from l to the nearest other eigenvalue,
however small that is: so much proves t bits of v. Nothing is proven here: `certify.eigenpairs` proves eigenpairs,
wherever they come from.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from refimpl import linear
from refimpl.eigenblocks import GUARD, Integers, bits_of, eigenpairs
from refimpl.errors import BadInput
from refimpl.linear import Matrix, integer_dot
from refimpl.numbers.dyadic import fraction, shifted

FREE = 8
"""Digits that come from binary64 at no cost; fewer are not worth a distinction."""


@dataclass(frozen=True)
class Eigenbasis:
    """The largest eigenpairs, approximately."""

    values: list[Fraction]
    """Descending, dyadic; those that are apart are off by about the square of what the vectors are off by."""
    vectors: list[list[Fraction]]
    """Rows of length n, dyadic, of unit length and orthogonal; the first of the largest entries is positive."""
    clusters: list[list[int]]
    """All indices in groups: eigenvalues of one group are equal to the wanted digits; their vectors span a space."""
    beyond: Fraction | None
    """A short number between the last of the values and the next eigenvalue; None if there is no next."""


def leading(matrix: Matrix[Fraction], count: int, digits: int) -> Eigenbasis:
    """Return the `count` largest eigenpairs, and more if a cluster would be cut, to `digits` decimal digits.

    Entries of unit vectors are right to so many digits after the point, values at least to so many relative to the
    largest entry of the matrix; eigenvalues that differ by less than that are a cluster. Raises BadInput.
    """
    n, d = linear.shape(matrix, "matrix")
    if d != n or any(matrix[i][j] != matrix[j][i] for i in range(n) for j in range(i)):
        raise BadInput("the matrix is not symmetric; give the same number on both sides of the diagonal")
    if not 1 <= count <= n or digits < 1:
        raise BadInput(f"count is {count} and digits {digits} for {n} rows; give 1 <= count <= {n} and digits >= 1")
    (cleared,), unit = linear.cleared(matrix)
    a = cast(Integers, cleared)
    bits = max(digits, FREE) * 10 // 3 + 3  # 10/3 > log2(10)
    size = bits_of(a)
    groups, after = eigenpairs(a, count, bits, size - bits)
    scale = 2 * bits + GUARD - size + unit.bit_length()
    values: list[Fraction] = []
    vectors: list[list[Fraction]] = []
    clusters: list[list[int]] = []
    for group in groups:
        # v.Av / v.v                                                                       (E6)
        pairs = sorted(
            ((Fraction(integer_dot(x.v, x.image), integer_dot(x.v, x.v)), x) for x in group),
            key=lambda pair: -pair[0],
        )
        if len(values) >= count:
            after = pairs[0][0]
            break
        clusters.append(list(range(len(values), len(values) + len(group))))
        for quotient, (v, _, length, keep) in pairs:
            values.append(_dyadic(quotient / unit, scale))
            vectors.append([fraction(y, -keep) for y in _signed([shifted(y, keep - length) for y in v], keep - bits)])
    return Eigenbasis(values, vectors, clusters, None if after is None else _between(after / unit, values[-1]))


def _dyadic(x: Fraction, scale: int) -> Fraction:
    """Return the multiple of 2^-scale that is nearest to x."""
    return fraction(round(x * Fraction(2) ** scale), -scale)


def _signed(v: list[int], doubtful: int) -> list[int]:
    """Return v or -v: the first of the entries of largest modulus, up to so many bits, is positive."""
    largest = max(map(abs, v)) - (1 << max(doubtful, 0))
    return v if next(x for x in v if abs(x) >= largest) > 0 else [-x for x in v]


def _between(low: Fraction, high: Fraction) -> Fraction:
    """Return a short number near the middle."""
    gap = high - low
    return _dyadic((low + high) / 2, gap.denominator.bit_length() - gap.numerator.bit_length() + 4)
