"""Where eigenvalues of a symmetric integer matrix lie, by exact residuals: (R1) to (R3) of `eigenpairs`, its letters.

Bounds are integers in units of 2^-scale, always rounded outwards; those of norms on matrices are of Frobenius' norm.
For the eigenvectors x_i themselves rho_i is an integer, and with it all that follows is exact.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import isqrt
from typing import NamedTuple, TypeAlias

from refimpl.errors import Refuted
from refimpl.linear import integer_dot

Integers: TypeAlias = Sequence[Sequence[int]]


class Residual(NamedTuple):
    """A vector v of any length but 0, and its rho and e."""

    v: Sequence[int]
    """Length n."""
    image: Sequence[int]
    """A v."""
    square: int
    """v.v"""
    low: int
    """At most rho."""
    high: int
    """At least rho."""
    error: int
    """At least e."""


class Group(NamedTuple):
    """Some vectors, and what (R2) and (R5) say of them."""

    members: range
    """The indices of the vectors."""
    low: int
    """At most c, which is rho for one vector."""
    high: int
    """At least c."""
    half: int
    """At least h."""
    delta: int
    """At least delta."""
    spread: int
    """At least q."""
    rest: int
    """At least |r| (1 - delta)^(-1/2)."""

    @property
    def bottom(self) -> int:
        """No point of J is below."""
        return self.low - self.half

    @property
    def top(self) -> int:
        """No point of J is above."""
        return self.high + self.half


def residual(a: Integers, v: Sequence[int], scale: int) -> Residual:
    """Return rho and e.  (R1)"""
    image = [integer_dot(row, v) for row in a]
    square, product = integer_dot(v, v), integer_dot(v, image)
    # rho = v.Av / v.v, and e^2 (v.v)^2 = |Av|^2 v.v - (v.Av)^2
    error = ceiling(root(square * integer_dot(image, image) - product * product << 2 * scale), square)
    return Residual(v, image, square, (product << scale) // square, ceiling(product << scale, square), error)


def disjoint(residuals: Sequence[Residual], joined: set[int], scale: int) -> list[Group]:
    """Return the vectors in groups of neighbours whose J are disjoint and descend, the joined ones with those before.

    Raises Refuted where the vectors do not descend, or those of a group are not proven to be independent.
    """
    for i, (before, x) in enumerate(pairwise(residuals), 1):
        if i not in joined and x.low - x.error > before.high + before.error:
            raise Refuted(f"vector {i} belongs to a larger eigenvalue than vector {i - 1}, but they should descend")
    begins = [0, *(i for i in range(1, len(residuals)) if i not in joined)]
    groups: list[Group] = []
    for begin, end in pairwise([*begins, len(residuals)]):
        groups.append(together(residuals, range(begin, end), scale))
        while len(groups) > 1 and groups[-1].top >= groups[-2].bottom:
            groups[-2:] = [together(residuals, range(groups[-2].members.start, end), scale)]
    return groups


def together(residuals: Sequence[Residual], members: range, scale: int) -> Group:
    """Return the group of these vectors. Raises Refuted unless they are proven to be independent.  (R2)"""
    chosen = [residuals[i] for i in members]
    if len(chosen) == 1:
        (x,) = chosen
        return Group(members, x.low, x.high, x.error, 0, 0, x.error)
    sums = [0] * len(chosen)
    for i, x in enumerate(chosen):
        for j, y in enumerate(chosen[:i]):
            # |x_i.x_j| = |v_i.v_j| / (|v_i|^2 |v_j|^2)^(1/2)
            product = ceiling(abs(integer_dot(x.v, y.v)) << scale, isqrt(x.square * y.square))
            sums[i] += product
            sums[j] += product
    one, delta = 1 << scale, max(sums)
    if delta >= one:
        raise Refuted(f"vectors {members[0]} to {members[-1]} are not proven to be independent")
    c = sum(x.low for x in chosen) // len(chosen)
    # h^2 = sum_i (e_i^2 + (rho_i - c)^2) / (1 - delta)                                    (R2)
    total = sum(x.error**2 + max(abs(x.low - c), abs(x.high - c)) ** 2 for x in chosen)
    spread = rest = 0
    columns = list(zip(*(x.v for x in chosen), strict=True))
    for x in chosen:
        # (A - c) v_i = sum_j k_j v_j + what is left, for integers k near the best; m_ij - c [i = j] = k_j |v_j| / |v_i|
        shifted = [(y << scale) - c * z for y, z in zip(x.image, x.v, strict=True)]
        k = [integer_dot(y.v, shifted) // y.square for y in chosen]
        left = [y - integer_dot(k, column) for y, column in zip(shifted, columns, strict=True)]
        spread += ceiling(sum(y * y * z.square for y, z in zip(k, chosen, strict=True)), x.square)
        rest += ceiling(integer_dot(left, left), x.square)
    half, rest = (root(ceiling(y * one, one - delta)) for y in (total, rest))
    return Group(members, c, c, half, delta, root(spread), rest)


def ceiling(a: int, b: int) -> int:
    """Return the least integer that is at least a / b, b > 0."""
    return -(-a // b)


def root(x: int) -> int:
    """Return the least integer that is at least the square root of x >= 0."""
    return isqrt(x - 1) + 1 if x else 0
