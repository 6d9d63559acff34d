"""Balls: real numbers that are known to lie within a radius of a midpoint, all of it on Python ints.

Legend
------
m, r, e    the ball is the closed interval [(m - r) · 2^e, (m + r) · 2^e], with integers m, r >= 0 and e
n, s, f    the same three letters of a second operand
prec       the number of bits that midpoints keep

1. `enclose` (R) shortens midpoint and radius and pays for it with a wider radius; every operation ends there.
2. Sums (S), products (P) and quotients (Q) enclose the values for all points of the operands.
3. Comparisons answer only when all points of both balls agree on the answer, and else raise Undecided.
"""

from __future__ import annotations

from fractions import Fraction
from typing import final

from refimpl.errors import BadInput, DomainError, Undecided, UndecidedDomain
from refimpl.numbers.dyadic import compare, fraction, shifted

LONG_RADIUS = 1 << 60
"""A radius beyond this is shortened to 30 bits, together with the midpoint's digits below it."""

_new = object.__new__


@final
class Ball:
    """An interval that certainly contains the number meant; treat it as immutable.

    Operators take Ball, int and Fraction on either side. Of two precisions the larger one wins.
    """

    __slots__ = ("e", "m", "prec", "r")

    m: int
    "the midpoint's integer"
    r: int
    "the radius' integer, in the same unit 2^e"
    e: int
    "the exponent of the unit, of any size"
    prec: int
    "bits that midpoints keep"

    def __init__(self, m: int, r: int, e: int, prec: int) -> None:
        """The ball (m ± r) · 2^e, rounded outwards to `prec` bits; BadInput if r < 0 or prec < 2."""
        if r < 0 or prec < 2:
            raise BadInput(f"a ball needs a radius >= 0 and at least 2 bits, not r = {r}, prec = {prec}")
        x = enclose(m, r, e, prec)
        self.m, self.r, self.e, self.prec = x.m, x.r, x.e, prec

    @classmethod
    def of(cls, value: int | Fraction, prec: int) -> Ball:
        """The narrowest ball of `prec` bits around an exact number; exact itself if the number is short."""
        p, q = value.numerator, value.denominator
        if q & (q - 1) == 0:
            return enclose(p, 0, 1 - q.bit_length(), prec)
        # k makes the quotient prec or prec + 1 bits long; the floor is less than 1 below it.
        k = max(0, prec + q.bit_length() - p.bit_length())
        return enclose((p << k) // q, 1, -k, prec)

    @classmethod
    def between(cls, lower: Fraction | int, upper: Fraction | int, prec: int) -> Ball:
        """A ball that contains the closed interval [lower, upper]; BadInput if lower > upper."""
        if lower > upper:
            raise BadInput(f"an interval needs lower <= upper, not {lower} > {upper}")
        if lower == upper:
            return cls.of(lower, prec)
        return hull(cls.of(lower, prec + 2), cls.of(upper, prec + 2), prec)

    def at(self, prec: int) -> Ball:
        """The same ball with another precision, rounded outwards where its midpoint is longer."""
        return Ball(self.m, self.r, self.e, prec)

    # ------------------------------------------------------------------ what is inside

    @property
    def mid(self) -> Fraction:
        """The midpoint, exactly."""
        return fraction(self.m, self.e)

    @property
    def rad(self) -> Fraction:
        """The radius, exactly."""
        return fraction(self.r, self.e)

    @property
    def lower(self) -> Fraction:
        """The smallest number inside, exactly."""
        return fraction(self.m - self.r, self.e)

    @property
    def upper(self) -> Fraction:
        """The largest number inside, exactly."""
        return fraction(self.m + self.r, self.e)

    @property
    def is_exact(self) -> bool:
        """Whether the ball is a single number."""
        return not self.r

    def contains(self, value: Fraction | int) -> bool:
        """Whether an exact number lies inside."""
        # (m - r) 2^e <= p/q <= (m + r) 2^e, multiplied by q > 0
        p, q = value.numerator, value.denominator
        low, high = (self.m - self.r) * q, (self.m + self.r) * q
        return compare(low, self.e, p, 0) <= 0 <= compare(high, self.e, p, 0)

    def contains_ball(self, other: Ball) -> bool:
        """Whether every point of the other ball lies inside."""
        return (
            compare(self.m - self.r, self.e, other.m - other.r, other.e) <= 0
            and compare(self.m + self.r, self.e, other.m + other.r, other.e) >= 0
        )

    def overlaps(self, other: Ball) -> bool:
        """Whether the two balls have a point in common."""
        return not (self.certainly_less(other) or other.certainly_less(self))

    def certainly_less(self, other: Ball) -> bool:
        """Whether every point of this ball is smaller than every point of the other."""
        return compare(self.m + self.r, self.e, other.m - other.r, other.e) < 0

    # ------------------------------------------------------------------ arithmetic

    def __add__(self, other: Ball | int | Fraction) -> Ball:
        y = other if isinstance(other, Ball) else _operand(other, self.prec)
        return _sum(self, y, y.m) if y is not None else NotImplemented

    def __radd__(self, other: int | Fraction) -> Ball:
        y = _operand(other, self.prec)
        return _sum(self, y, y.m) if y is not None else NotImplemented

    def __sub__(self, other: Ball | int | Fraction) -> Ball:
        y = other if isinstance(other, Ball) else _operand(other, self.prec)
        return _sum(self, y, -y.m) if y is not None else NotImplemented

    def __rsub__(self, other: int | Fraction) -> Ball:
        y = _operand(other, self.prec)
        return _sum(y, self, -self.m) if y is not None else NotImplemented

    def __mul__(self, other: Ball | int | Fraction) -> Ball:
        if not isinstance(other, Ball):
            if isinstance(other, Fraction):
                return self * other.numerator / other.denominator
            y = _operand(other, self.prec)
            if y is None:
                return NotImplemented
            other = y
        m, r, n, s = self.m, self.r, other.m, other.r
        # (P) (m + a)(n + b) - mn = an + bm + ab for |a| <= r, |b| <= s
        if r or s:
            r = r * abs(n) + s * (abs(m) + r)
        return enclose(m * n, r, self.e + other.e, self.prec if self.prec >= other.prec else other.prec)

    def __rmul__(self, other: int | Fraction) -> Ball:
        return self * other

    def __truediv__(self, other: Ball | int | Fraction) -> Ball:
        if isinstance(other, Fraction):
            return self * other.denominator / other.numerator
        y = other if isinstance(other, Ball) else _operand(other, self.prec)
        return _quotient(self, y) if y is not None else NotImplemented

    def __rtruediv__(self, other: int | Fraction) -> Ball:
        y = _operand(other, self.prec)
        return _quotient(y, self) if y is not None else NotImplemented

    def __pow__(self, n: int) -> Ball:
        """x^n by repeated squaring; x^0 = 1 also for x = 0, and a negative n divides."""
        if not isinstance(n, int):
            return NotImplemented
        if self.r and self.r * abs(n) << 4 > abs(self.m):
            return _wide_power(self, n)
        # Squaring doubles a relative error and adds a rounding, so that x^n collects about 2 |n| of them;
        # as many bits more than |n| has hide them.
        one = unrounded(1, 0, 0, self.prec)
        if not n:
            return one
        x = power = self if -3 < n < 3 else self.at(self.prec + n.bit_length() + 4)
        for bit in f"{abs(n):b}"[1:]:
            power = power * power
            if bit == "1":
                power = power * x
        return (power if n > 0 else _quotient(one, power)).at(self.prec)

    def __neg__(self) -> Ball:
        return unrounded(-self.m, self.r, self.e, self.prec)

    def __abs__(self) -> Ball:
        if abs(self.m) >= self.r:
            return unrounded(abs(self.m), self.r, self.e, self.prec)
        # 0 lies inside: |x| fills [0, |m| + r], whose midpoint and radius are half of that.
        return unrounded(abs(self.m) + self.r, abs(self.m) + self.r, self.e - 1, self.prec)

    # ------------------------------------------------------------------ order

    def __lt__(self, other: Ball | int | Fraction) -> bool:
        pair = _comparable(self, other)
        return _less(*pair) if pair else NotImplemented

    def __gt__(self, other: Ball | int | Fraction) -> bool:
        pair = _comparable(self, other)
        return _less(pair[1], pair[0]) if pair else NotImplemented

    def __le__(self, other: Ball | int | Fraction) -> bool:
        pair = _comparable(self, other)
        return not _less(pair[1], pair[0]) if pair else NotImplemented

    def __ge__(self, other: Ball | int | Fraction) -> bool:
        pair = _comparable(self, other)
        return not _less(*pair) if pair else NotImplemented

    def __eq__(self, other: object) -> bool:
        if isinstance(other, float):
            raise TypeError("a ball is not compared with a float; convert the float to a Fraction first")
        pair = _comparable(self, other)
        if not pair:
            return NotImplemented
        x, y = pair
        if x.r == 0 == y.r:
            return compare(x.m, x.e, y.m, y.e) == 0
        if x.overlaps(y):
            raise Undecided(f"{x} and {y} overlap, so that they may be equal or not; ask with more digits")
        return False

    def __bool__(self) -> bool:
        """Whether the number is not zero."""
        return self != 0

    def __repr__(self) -> str:
        from refimpl.numbers.printing import shown

        return shown(self)


def unrounded(m: int, r: int, e: int, prec: int) -> Ball:
    """The ball as it stands, its midpoint as long as it is."""
    x: Ball = _new(Ball)
    x.m = m
    x.r = r
    x.e = e
    x.prec = prec
    return x


def enclose(m: int, r: int, e: int, prec: int) -> Ball:
    """(R) A ball of at most `prec` bits that contains (m ± r) · 2^e; exact if r = 0 and nothing is lost."""
    # Proof. Let k bits be dropped. |m/2^k - floor(m/2^k)| < 1 and r/2^k < floor(r/2^k) + 1, so that every
    # point of the old ball lies within floor(r/2^k) + 2 units 2^(e+k) of the new midpoint. With r = 0 the old
    # ball is a point within 1 unit of the new midpoint, or is that midpoint if the dropped bits are 0.
    # (A negative midpoint may become -2^prec, of prec + 1 bits, which harms nothing.)
    k = m.bit_length() - prec
    if k > 0:
        if r:
            r = (r >> k) + 2
        elif m & ((1 << k) - 1):
            r = 1
        m >>= k
        e += k
    if r > LONG_RADIUS:
        # Digits of m far below the radius mean nothing: the same step once more, relative growth 2^-28.
        k = r.bit_length() - 30
        r = (r >> k) + 2
        m >>= k
        e += k
    x: Ball = _new(Ball)
    x.m = m
    x.r = r
    x.e = e
    x.prec = prec
    return x


def hull(a: Ball, b: Ball, prec: int) -> Ball:
    """A ball of `prec` bits that contains both balls and all that lies between them."""
    ends = [(x.m + sign * x.r, x.e) for x in (a, b) for sign in (-1, 1)]
    top = max((m.bit_length() + e for m, e in ends if m), default=0)
    # In units 2^f the larger end has prec + 2 bits: floors and ceilings of shifts <= prec + 2 cost little.
    f = top - prec - 2
    low = min(shifted(m, e - f) for m, e in ends)
    high = max(-shifted(-m, e - f) for m, e in ends)
    # A wide hull keeps ends of 58 bits or so, rounded outwards, rather than a radius that is shortened below.
    k = (high - low).bit_length() - 59
    if k > 0:
        low, high, f = low >> k, -(-high >> k), f + k
    # [low, high] · 2^f has the midpoint (low + high)/2 and the radius (high - low)/2.
    return enclose(low + high, high - low, f - 1, prec)


def _operand(value: object, prec: int) -> Ball | None:
    """An int or Fraction as a ball; None for any other type, which the operators then refuse."""
    if isinstance(value, int):
        return unrounded(value, 0, 0, prec)
    if isinstance(value, Fraction):
        return Ball.of(value, prec)
    return None


def _sum(a: Ball, b: Ball, n: int) -> Ball:
    """(S) (m ± r) · 2^e + (n ± s) · 2^f, where n is b's midpoint or its negative; radii add."""
    prec = a.prec if a.prec >= b.prec else b.prec
    e, f = a.e, b.e
    d = e - f
    if d >= 0:
        if d <= 2 * prec + 64:
            return enclose((a.m << d) + n, (a.r << d) + b.r, f, prec)
        return _far_sum(a.m, a.r, e, n, b.r, f, prec)
    if d >= -2 * prec - 64:
        return enclose(a.m + (n << -d), a.r + (b.r << -d), e, prec)
    return _far_sum(n, b.r, b.e, a.m, a.r, a.e, prec)


def _far_sum(m: int, r: int, e: int, n: int, s: int, f: int, prec: int) -> Ball:
    """The sum where e exceeds f by so much that aligning might fill the memory."""
    if not m and not r:
        return enclose(n, s, f, prec)
    # |n| + s < 2^t. Lengthen m by k bits; if 2^(f + t) is at most one unit of the longer m, then the whole
    # second operand moves the sum by less than that unit, which the radius takes up.
    t = max(n.bit_length(), s.bit_length()) + 1
    k = max(0, prec + 1 - m.bit_length())
    if f + t <= e - k:
        return enclose(m << k, (r << k) + (1 if n or s else 0), e - k, prec)
    # Otherwise e - f < t + k: n is itself longer than prec bits, so that aligning costs no more than n did.
    return enclose((m << (e - f)) + n, (r << (e - f)) + s, f, prec)


def _quotient(a: Ball, b: Ball) -> Ball:
    """(Q) (m ± r) · 2^e / ((n ± s) · 2^f); an error if 0 lies in the divisor."""
    m, r, n, s = a.m, a.r, b.m, b.r
    least = abs(n) - s
    if least <= 0:
        if not n and not s:
            raise DomainError("division by zero")
        raise UndecidedDomain(f"the divisor {b} may be zero; ask with more digits")
    prec = a.prec if a.prec >= b.prec else b.prec
    if not m and not r:
        return unrounded(0, 0, 0, prec)
    # k makes the quotient at least prec bits long.
    k = max(0, prec + n.bit_length() - m.bit_length())
    q, rest = divmod(m << k, n)
    if r or s:
        # (m + a)/(n + b) - m/n = (a - b m/n)/(n + b), in modulus at most (r + s |m/n|) / (|n| - s). In units
        # 2^-k, |m/n| <= |q| + 1; floor + 1 bounds the fraction from above, and q's own floor costs 1 more.
        r = ((r << k) + s * (abs(q) + 1)) // least + 2
    elif rest:
        r = 1
    return enclose(q, r, a.e - b.e - k, prec)


def _wide_power(x: Ball, n: int) -> Ball:
    """x^n, n != 0, by the end points: monotone on each side of 0, and everywhere for odd n > 0."""
    around_zero = x.r >= abs(x.m)
    if around_zero and n < 0:
        raise UndecidedDomain(f"{x} may be zero, which has no negative powers; ask with more digits")
    few = min(x.prec, 64)
    ends = hull(unrounded(x.m - x.r, 0, x.e, few) ** n, unrounded(x.m + x.r, 0, x.e, few) ** n, x.prec)
    return hull(ends, unrounded(0, 0, 0, few), x.prec) if around_zero and n % 2 == 0 else ends


def _comparable(x: Ball, other: object) -> tuple[Ball, Ball] | None:
    """Two balls in the same order as the ball and the other number, without any rounding."""
    if isinstance(other, Ball):
        return x, other
    if isinstance(other, int):
        return x, unrounded(other, 0, 0, x.prec)
    if isinstance(other, Fraction):
        # x < p/q as qx < p, with q > 0
        p, q = other.numerator, other.denominator
        return unrounded(x.m * q, x.r * q, x.e, x.prec), unrounded(p, 0, 0, x.prec)
    return None


def _less(a: Ball, b: Ball) -> bool:
    """Whether a < b for all points of both, or a >= b for all; else Undecided."""
    if compare(a.m + a.r, a.e, b.m - b.r, b.e) < 0:
        return True
    if compare(a.m - a.r, a.e, b.m + b.r, b.e) >= 0:
        return False
    raise Undecided(f"{a} and {b} overlap, so that their order is not known; ask with more digits")
