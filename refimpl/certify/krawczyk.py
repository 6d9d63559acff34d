"""Fixed points of a map F: existence and uniqueness in a box, and convergence of a run to them.

Notation: F maps R^m to itself, J is its derivative, G = F - id; X a box, y its center, Y any matrix,
V a basis of R^m, |.| the largest modulus of a vector, ||.|| the row-sum norm that belongs to it.

    1. exists    K(X) = y - Y G(y) + (I - Y (J(X) - I)) (X - y). If K(X) lies in the interior of X,
                 then F has exactly one fixed point in X. (Krawczyk 1969; Neumaier 1990, 5.1.8)  (F1)
    2. basin     P = {c + V z: |z| <= rho}. If ||V^-1 J V|| <= q < 1 on P, the fixed point has  (F2)
                 |V^-1 (theta* - c)| <= delta and q (rho + delta) + delta <= rho, then F maps P
                 into P, and every run that enters P converges to theta*, faster than any q' > q.
    3. enters    boxes B_0, ..., B_T with F(B_t) in B_(t+1), B_0 the start and B_T in P          (F3)
    4. rate      the largest root of p(x) = det(x I - J(theta*))                                 (F4)

Proof of 2. For theta in P the segment from theta* to theta lies in P, which is convex, so that
V^-1 (F(theta) - theta*) = (integral of V^-1 J V over it) V^-1 (theta - theta*), in modulus at most
q |V^-1 (theta - theta*)| <= q (rho + delta). Add delta for the way from theta* to c. The same holds with P cut to
a convex set that F maps into itself, such as [0, 1]^m for probabilities.

All enclosures are balls; a `Refuted` says which inclusion failed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

from refimpl import linear
from refimpl.errors import Refuted
from refimpl.numbers import Ball, ball
from refimpl.numbers.kinds import precision

Point: TypeAlias = Sequence[Fraction]
Box: TypeAlias = Sequence[Ball]
Map: TypeAlias = Callable[[Box], Box]
Derivative: TypeAlias = Callable[[Box], Sequence[Sequence[Ball]]]

APPROXIMATE = 2**80
"""Denominator of the entries of the preconditioner Y, which may be any matrix."""

ELIMINATION = 60
"""Digits of the balls in which matrices are inverted."""


@dataclass(frozen=True)
class Basin:
    """P of (F2)."""

    center: Point
    """c, length m."""
    basis: Sequence[Point]
    """V, m x m; columns near the eigenvectors of J make the norm nearly the spectral radius."""
    radius: Fraction
    """rho."""


def enclose(center: Point, radius: Fraction, digits: int) -> list[Ball]:
    """Return the box of all points within `radius` of the center in every coordinate."""
    return [Ball.between(c - radius, c + radius, precision(digits)) for c in center]


def check_exists(f: Map, derivative: Derivative, center: Point, radius: Fraction, digits: int) -> None:
    """Raise Refuted unless (F1) proves a unique fixed point within `radius` of the center."""
    box = enclose(center, radius, digits)
    slopes = _minus_identity(derivative(box))
    y = enclose(center, Fraction(0), digits)
    residual = [a - b for a, b in zip(f(y), y, strict=True)]
    inverse = [[_short(x) for x in row] for row in linear.inverse([[_ball(_short(x)) for x in row] for row in slopes])]
    for i, row in enumerate(inverse):
        image = y[i]
        for k, entry in enumerate(row):
            image = image - residual[k] * entry
        for j in range(len(box)):
            # I - Y (J(X) - I)                                                             (F1)
            defect = ball(digits)(int(i == j))
            for k, entry in enumerate(row):
                defect = defect - slopes[k][j] * entry
            image = image + defect * (box[j] - y[j])
        if not (center[i] - radius < image.lower and image.upper < center[i] + radius):
            raise Refuted(f"the Krawczyk image leaves the box in coordinate {i}, so no fixed point is proven")


def check_basin(
    derivative: Derivative, basin: Basin, center: Point, radius: Fraction, digits: int, *, unit: bool = True
) -> Fraction:
    """Return q < 1 of (F2) for the fixed point within `radius` of `center`.

    unit: whether P is cut to [0, 1]^m, which F maps into itself.

    Raises Refuted, or Undecided or DomainError where P is so large that the derivative cannot be enclosed on it.
    """
    basis = [[_ball(v) for v in row] for row in basin.basis]
    inverse = linear.inverse(basis)
    hull = []
    for c, row in zip(basin.center, basin.basis, strict=True):
        reach = basin.radius * sum(abs(v) for v in row)
        low, high = c - reach, c + reach
        if unit:
            low, high = max(low, Fraction(0)), min(high, Fraction(1))
        hull.append(Ball.between(low, high, precision(digits)))
    slopes = derivative(hull)
    # V^-1 J V
    columns = [linear.matvec(slopes, column) for column in linear.transpose(basis)]
    product = linear.transpose([linear.matvec(inverse, column) for column in columns])
    q = max(linear.total(abs(x).upper for x in row) for row in product)
    delta = max(abs(z).upper for z in _coordinates(basin, enclose(center, radius, digits)))
    if not (q < 1 and q * (basin.radius + delta) + delta <= basin.radius):
        raise Refuted("the map is not proven to contract the basin about the fixed point")
    return q


def check_run(
    f: Map,
    derivative: Derivative,
    boxes: Sequence[tuple[Point, Fraction]],
    digits: int,
    blocks: Sequence[int] | None = None,
) -> None:
    """Raise Refuted unless F maps every box (center, radius) into the next one.  (F3)

    F(B) lies in F(y) + J(B) (B - y): unlike F evaluated on B this does not widen where F contracts. J is enclosed
    once for all boxes from each index in `blocks` up to the next one, on their hull; for each box without blocks.
    """
    begins = range(len(boxes)) if blocks is None else blocks
    if not boxes or not begins or begins[0] != 0 or any(a >= b for a, b in pairwise([*begins, len(boxes)])):
        raise Refuted("the blocks of a run begin with its first box, and each has a box of its own")
    for begin, end in pairwise([*begins, len(boxes)]):
        slopes = derivative(hull_of(boxes[begin:end], digits)) if any(radius for _, radius in boxes[begin:end]) else []
        for t in range(begin, min(end, len(boxes) - 1)):
            (center, radius), (next_center, next_radius) = boxes[t], boxes[t + 1]
            y = enclose(center, Fraction(0), digits)
            reach = enclose([Fraction(0)] * len(y), radius, digits)
            for i, (x, c) in enumerate(zip(f(y), next_center, strict=True)):
                image = x + linear.dot(slopes[i], reach) if radius else x
                if not (c - next_radius <= image.lower and image.upper <= c + next_radius):
                    raise Refuted(f"state {t + 1} of the run does not contain the image of state {t}, coordinate {i}")


def hull_of(boxes: Sequence[tuple[Point, Fraction]], digits: int) -> list[Ball]:
    """Return a box that contains all these boxes, and all points between them."""
    sides = zip(*([(c - radius, c + radius) for c in center] for center, radius in boxes), strict=True)
    return [Ball.between(min(l for l, _ in side), max(h for _, h in side), precision(digits)) for side in sides]


def check_enters(basin: Basin, center: Point, radius: Fraction, digits: int) -> None:
    """Raise Refuted unless the box lies in the basin."""
    if any(abs(z).upper > basin.radius for z in _coordinates(basin, enclose(center, radius, digits))):
        raise Refuted("the last state of the run does not lie in the basin")


def check_rate(slopes: Sequence[Sequence[Ball | Fraction]], rate: Fraction, half: Fraction) -> None:
    """Raise Refuted unless the spectral radius of J, all of whose eigenvalues are real, is within `half` of rate.

    Between rate - half and rate + half p changes sign, and so has a root. Beyond it has none: all derivatives of p are
    positive at rate + half, so that by Taylor's formula p(rate + half + x) > 0 for x >= 0; and those of p(-x), up to
    the sign of its leading term, at rate - half, so that no root lies below half - rate either.      (F4)
    """
    polynomial = linear.characteristic(slopes)
    mirrored = [x if i % 2 == 0 else -x for i, x in enumerate(polynomial)]
    above, below = _taylor(polynomial, rate + half), _taylor(mirrored, rate - half)
    if half == 0:
        proven = rate >= 0 and above[-1] == 0 and all(x >= 0 for x in (*above, *below))
    else:
        sign = _taylor(polynomial, rate - half)[-1]
        proven = rate >= half and sign < 0 and all(x > 0 for x in (*above, *below))
    if not proven:
        raise Refuted("rate is not the spectral radius of the map's derivative at the fixed point")


def _taylor(polynomial: Sequence[Ball | Fraction], x: Fraction) -> list[Ball | Fraction]:
    """Return p^(i)(x) / i! for i = m, ..., 0, by Horner's scheme again and again."""
    coefficients = list(polynomial)
    for end in range(len(coefficients), 1, -1):
        for i in range(1, end):
            coefficients[i] = coefficients[i] + coefficients[i - 1] * x
    return coefficients


def _coordinates(basin: Basin, box: Box) -> list[Ball]:
    """Return V^-1 (box - c)."""
    inverse = linear.inverse([[_ball(v) for v in row] for row in basin.basis])
    offset = [b - c for b, c in zip(box, basin.center, strict=True)]
    return [linear.total(x * v for x, v in zip(offset, row, strict=True)) for row in inverse]


def _ball(x: Fraction) -> Ball:
    return ball(ELIMINATION)(x)


def _short(x: Ball) -> Fraction:
    """Return a short number near the ball's midpoint."""
    return Fraction(round(x.mid * APPROXIMATE), APPROXIMATE)


def _minus_identity(matrix: Sequence[Sequence[Ball]]) -> list[list[Ball]]:
    return [[x - int(i == j) for j, x in enumerate(row)] for i, row in enumerate(matrix)]
