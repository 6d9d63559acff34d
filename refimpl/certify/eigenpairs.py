"""Eigenvalues and eigenvectors of a symmetric rational matrix, proven from approximate eigenvectors alone.

Notation: symmetric A, n x n, eigenvalues l_1 >= ... >= l_n; m given vectors v_i, neither of unit length nor orthogonal;
x_i = v_i / |v_i|, rho_i = x_i.A x_i, e_i = |A x_i - rho_i x_i|; |.| of a matrix is its largest singular value.

    1. residual   e_i^2 = |A x_i|^2 - rho_i^2, and |A x_i - c x_i|^2 = e_i^2 + (rho_i - c)^2 for every c     (R1)
    2. group      let sum_(j != i) |x_i.x_j| <= delta < 1 for each of g vectors, and c be any number. With   (R2)
                  h^2 = sum_i (e_i^2 + (rho_i - c)^2) / (1 - delta), at least g eigenvalues lie in
                  J = [c - h, c + h]; for one vector c = rho and h = e (Kahan 1967, for orthonormal vectors)
    3. count      if the J of all groups are disjoint, and all eigenvalues but m are proven to lie below     (R3)
                  them, then every J has exactly as many eigenvalues as vectors, and these are the m largest
    4. value      let l be the only eigenvalue in (a, b), a < rho < b: rho - e^2 / (b - rho) <= l            (R4)
                  <= rho + e^2 / (rho - a) (Temple 1928, Kato 1949)
    5. angle      let A x_i = sum_j m_ij x_j + r_i for any numbers m_ij, q^2 = sum (m_ij - c [i = j])^2,       (R5)
                  |r|^2 = sum |r_i|^2, and d the distance of c from all eigenvalues outside J. If q < d, the
                  sine of the angle between any vector of the group's space and the space of the eigenvectors
                  that belong to J is at most s = |r| / ((1 - delta)^(1/2) (d - q)); for one vector m = c = rho
                  and s = e / d (Davis and Kahan 1970)
    6. entries    of the unit eigenvector u with u.x >= 0: |u - x| <= sqrt(2) s                              (R6)
    7. projector  let P project onto the eigenvectors' space: |P - sum_i x_i x_i^T| <= s + delta             (R7)

Proof of 2. For x = sum y_i x_i, |(A - c) x| <= sum |y_i| |(A - c) x_i| <= |y| (1 - delta)^(1/2) h by (R1) and Cauchy,
and |x|^2 >= (1 - delta) |y|^2, because the Gram matrix of the x_i has ones on its diagonal (Gershgorin). So the x_i are
independent, and x.(A - c)^2 x <= h^2 x.x on a space of dimension g: at least g of the eigenvalues (l - c)^2 are at most
h^2 (Courant and Fischer). 3. Each J has no fewer eigenvalues than vectors, and all J together have no more than m.
4. (mu - a)(mu - l) >= 0 for every eigenvalue mu, whether mu <= a, mu = l or mu >= b, so that 0 <= x.(A - a)(A - l) x =
e^2 + (rho - a)(rho - l); and the same with b. Nothing below l means rho >= l, nothing above it rho <= l. 5. For W with
the columns (I - P) x_i, (A - c) W is W (M - c)^T plus the columns (I - P) r_i, because A and P commute. In Frobenius'
norm d |W| <= |(A - c) W| <= q |W| + |r|. The distance of a unit vector x = sum y_i x_i from the range of P is |W y|, at
most |W| |y| <= |W| (1 - delta)^(-1/2). 6. |u - x|^2 = 2 - 2 cos = 2 sin^2 / (1 + cos). 7. Let S project onto the
group's space. P - S = P (I - S) - (I - P) S, two terms with orthogonal ranges that act on orthogonal spaces, so that
|P - S| is the larger of their norms. Both are (1 - t^2)^(1/2), where t is the least singular value of the g x g matrix
of the inner products between orthonormal bases of the two spaces, and the second one is at most s by 5. Finally
sum x_i x_i^T has on the group's space the eigenvalues of the Gram matrix, all within delta of 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, isqrt
from typing import cast

from refimpl import linear
from refimpl.certify.definite import bound
from refimpl.certify.residuals import Group, Integers, ceiling, disjoint, residual
from refimpl.errors import BadInput, Refuted
from refimpl.linear import Matrix, Vector

ROOT_TWO = Fraction(99, 70)
"""More than sqrt(2): 99^2 = 2 * 70^2 + 1."""

SPARE = 32
"""Bits of bounds beyond those that vectors have."""

EXACT = 256
"""Bits of a unit vector beyond SPARE where the given one is exactly an eigenvector."""


@dataclass(frozen=True)
class Enclosure:
    """One eigenvalue, or several that the vectors do not tell apart, and what is proven of their eigenvectors."""

    indices: range
    """From 0, in descending order with multiplicity: exactly these eigenvalues lie in [lower, upper]."""
    lower: Fraction
    """None of them is below."""
    upper: Fraction
    """None of them is above."""
    vectors: list[list[Fraction]]
    """c, rows of length n: the given vectors brought to unit length, nearly."""
    sine: Fraction
    """s of (R5), or 1 if that is less."""
    radius: Fraction | None
    """The entries of the unit eigenvector u with u.v >= 0 are within it of those of c; None for several."""
    projector: Fraction
    """The entries of the projector P are within it of those of the sum of c c^T."""


def enclose(
    matrix: Matrix[Fraction],
    vectors: Matrix[Fraction],
    beyond: Fraction | None = None,
    clusters: Sequence[Sequence[int]] = (),
) -> list[Enclosure]:
    """Return enclosures of the m largest eigenvalues, descending, and of their eigenvectors.

    vectors: m rows that are nearly eigenvectors, in this order; beyond: where m < n, a number about the middle between
    the m-th eigenvalue and the next one, which is proven to lie there; clusters: lists of neighbours that are not to be
    told apart, in addition to those that cannot. Raises BadInput, or Refuted where anything is not proven.
    """
    n, d = linear.shape(matrix, "matrix")
    m, width = linear.shape(vectors, "vectors")
    if d != n or any(matrix[i][j] != matrix[j][i] for i in range(n) for j in range(i)):
        raise BadInput("the matrix is not symmetric; give the same number on both sides of the diagonal")
    if width != n or m > n:
        raise BadInput(f"vectors is {m} x {width} for a matrix of {n} rows; give at most {n} vectors of that length")
    (cleared,), unit = linear.cleared(matrix)
    a = cast(Integers, cleared)
    v = []
    for i, vector in enumerate(vectors):
        if not any(vector):
            raise Refuted(f"vector {i} is zero, which is no eigenvector")
        integers = cast(Sequence[int], linear.cleared([vector])[0][0][0])
        divisor = gcd(*integers)
        v.append([y // divisor for y in integers])
    bits = max(max(map(abs, x)) for x in v).bit_length() + SPARE
    scale = 2 * bits
    residuals = [residual(a, x, scale) for x in v]
    groups = disjoint(residuals, {i for cluster in clusters for i in cluster if i - 1 in cluster}, scale)
    below = None
    if m < n:
        if beyond is None:
            raise Refuted(f"the other {n - m} eigenvalues need a bound, and none is given")
        proven = bound(a, v, [Fraction(x.low, 1 << scale) for x in residuals], beyond * unit) * (1 << scale)
        below = ceiling(proven.numerator, proven.denominator)
        if below >= groups[-1].bottom:
            raise Refuted("the other eigenvalues are not proven to lie below those that are given")
    # Now (R3) holds: in J of each group are as many eigenvalues as vectors.
    found = []
    for k in reversed(range(len(groups))):
        above = groups[k - 1].bottom if k else None
        found.append(_enclosure(groups[k], below, above, v, (unit, bits)))
        below = groups[k].top
    return found[::-1]


def _enclosure(group: Group, below: int | None, above: int | None, v: Integers, units: tuple[int, int]) -> Enclosure:
    """Return what (R4) to (R7) prove if all other eigenvalues are at most `below` or at least `above`."""
    members, low, high, half, delta, spread, rest = group
    unit, bits = units
    one = 1 << 2 * bits
    lower, upper = group.bottom, group.top
    if len(members) == 1:
        # rho - e^2 / (b - rho) <= l <= rho + e^2 / (rho - a)                              (R4)
        lower = max(lower, low if above is None else low - ceiling(half * half, above - high))
        upper = min(upper, high if below is None else high + ceiling(half * half, low - below))
    distances = ([] if below is None else [low - below]) + ([] if above is None else [above - high])
    # s = |r| / ((1 - delta)^(1/2) (d - q)), and a sine is 1 at most                       (R5)
    s = Fraction(0)
    if distances:
        d = min(distances) - spread
        s = Fraction(rest, d) if rest < d else Fraction(1)
    # so many bits of c that its rounding does not matter
    bits = max(bits, s.denominator.bit_length() - s.numerator.bit_length() + SPARE) if s else bits + EXACT
    centers = [_unit(v[i], bits) for i in members]
    off = max(error for _, error in centers)
    return Enclosure(
        members,
        Fraction(lower, unit * one),
        Fraction(upper, unit * one),
        [c for c, _ in centers],
        s,
        # |u - c| <= |u - x| + |x - c|                                                     (R6)
        ROOT_TWO * s + off if len(members) == 1 else None,
        # |c_j c_k - x_j x_k| <= off (|c_j| + |x_k|) <= 3 off for each vector              (R7)
        s + Fraction(delta, one) + 3 * len(members) * off,
    )


def _unit(v: Sequence[int], bits: int) -> tuple[list[Fraction], Fraction]:
    """Return c near x = v / |v|, in units of 2^-bits, and a bound of all |c_j - x_j|."""
    square = linear.integer_dot(v, v)
    length = (square.bit_length() + 1) // 2
    # |v_j| <= |v| < 2^length, and `inverse` is less than 1 below 2^(bits + length) / |v|: then v_j times it is off by
    # less than 2^length, which is one unit, and the shift takes away less than another.
    inverse = isqrt((1 << 2 * (bits + length)) // square)
    products = [y * inverse for y in v]
    exact = inverse * inverse * square == 1 << 2 * (bits + length) and not any(y % (1 << length) for y in products)
    return [Fraction(y >> length, 1 << bits) for y in products], Fraction(0 if exact else 2, 1 << bits)


def check_values(enclosures: Sequence[Enclosure], values: Vector[Fraction], half: Fraction) -> None:
    """Raise Refuted unless every eigenvalue is proven to lie within `half` of the value given for it."""
    for enclosure in enclosures:
        for i in enclosure.indices:
            if not values[i] - half <= enclosure.lower <= enclosure.upper <= values[i] + half:
                raise Refuted(f"eigenvalue {i} is not proven to be the value that is given")


def check_vectors(enclosures: Sequence[Enclosure], vectors: Matrix[Fraction], half: Fraction) -> None:
    """Raise Refuted unless the entries of each unit eigenvector, or of its negative, are within `half` of those given.

    Of several eigenvalues that are not told apart this is asked of the entries of the projector onto their space.
    """
    for enclosure in enclosures:
        given = [vectors[i] for i in enclosure.indices]
        if enclosure.radius is not None:
            (c,), (x,) = enclosure.vectors, given
            off = min(max(abs(p - sign * q) for p, q in zip(c, x, strict=True)) for sign in (1, -1)) + enclosure.radius
        else:
            (p, q), unit = linear.cleared(linear.transpose(enclosure.vectors), linear.transpose(given))
            pairs = [(i, j) for i in range(len(p)) for j in range(i + 1)]
            off = max(abs(linear.dot(p[i], p[j]) - linear.dot(q[i], q[j])) for i, j in pairs)
            off = Fraction(off) / unit**2 + enclosure.projector
        if off > half:
            raise Refuted(f"the eigenvectors of {enclosure.indices} are not proven to be those that are given")
