"""Jets: numbers that carry their partial derivatives, so that a formula differentiates itself (forward mode).

    (a, a') + (b, b') = (a + b, a' + b')        (a, a') (b, b') = (a b, a' b + a b')
    (a, a') / (b, b') = (q, (a' - q b') / b), q = a / b        ln (a, a') = (ln a, a' / a)

A jet is compared by its value. On balls every derivative is enclosed, on Fractions it is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Generic

from refimpl import linear
from refimpl.numbers import N, Numbers


class Jet(Generic[N]):
    """A number and its slopes in so many directions."""

    __slots__ = ("slopes", "value")

    def __init__(self, value: N, slopes: Sequence[N]) -> None:
        """Take both as they are."""
        self.value, self.slopes = value, slopes

    def _chained(self, value: N, slope: N) -> Jet[N]:
        """Return f of the jet, given f and f' at its value."""
        return Jet(value, [slope * s for s in self.slopes])

    def __add__(self, other: Jet[N] | int) -> Jet[N]:
        if isinstance(other, int):
            return Jet(self.value + other, self.slopes)
        return Jet(self.value + other.value, [s + t for s, t in zip(self.slopes, other.slopes, strict=True)])

    __radd__ = __add__

    def __neg__(self) -> Jet[N]:
        return Jet(-self.value, [-s for s in self.slopes])

    def __sub__(self, other: Jet[N] | int) -> Jet[N]:
        return self + -other

    def __rsub__(self, other: int) -> Jet[N]:
        return -self + other

    def __mul__(self, other: Jet[N] | int) -> Jet[N]:
        if isinstance(other, int):
            return Jet(self.value * other, [s * other for s in self.slopes])
        a, b = self.value, other.value
        return Jet(a * b, [s * b + t * a for s, t in zip(self.slopes, other.slopes, strict=True)])

    __rmul__ = __mul__

    def __truediv__(self, other: Jet[N] | int) -> Jet[N]:
        if isinstance(other, int):
            return Jet(linear.quotient(self.value, other), [linear.quotient(s, other) for s in self.slopes])
        q = linear.quotient(self.value, other.value)
        pairs = zip(self.slopes, other.slopes, strict=True)
        return Jet(q, [linear.quotient(s - q * t, other.value) for s, t in pairs])

    def __rtruediv__(self, other: int) -> Jet[N]:
        return self**0 * other / self

    def __pow__(self, n: int) -> Jet[N]:
        if n == 0:
            return Jet(self.value**0, [self.value**0 - 1] * len(self.slopes))
        return self._chained(self.value**n, self.value ** (n - 1) * n)

    def __abs__(self) -> Jet[N]:
        return -self if self.value < 0 else self

    def __eq__(self, other: object) -> bool:
        return bool(self.value == (other.value if isinstance(other, Jet) else other))

    def __lt__(self, other: Jet[N] | int) -> bool:
        return self.value < (other.value if isinstance(other, Jet) else other)

    def __le__(self, other: Jet[N] | int) -> bool:
        return self.value <= (other.value if isinstance(other, Jet) else other)

    def __gt__(self, other: Jet[N] | int) -> bool:
        return self.value > (other.value if isinstance(other, Jet) else other)

    def __ge__(self, other: Jet[N] | int) -> bool:
        return self.value >= (other.value if isinstance(other, Jet) else other)


class Jets(Generic[N]):
    """The kind of number of jets over another kind."""

    def __init__(self, numbers: Numbers[N], directions: int) -> None:
        """Take the kind of values and slopes, and how many directions there are."""
        self.name = f"jets of {numbers.name}"
        self._numbers, self._none = numbers, [numbers(0)] * directions

    def __call__(self, value: int | str | Fraction | float) -> Jet[N]:
        """Return a constant."""
        return Jet(self._numbers(value), self._none)

    def exp(self, x: Jet[N]) -> Jet[N]:
        """Return e^x."""
        power = self._numbers.exp(x.value)
        return x._chained(power, power)

    def log(self, x: Jet[N]) -> Jet[N]:
        """Return ln x."""
        return x._chained(self._numbers.log(x.value), linear.quotient(x.value**0, x.value))

    def sqrt(self, x: Jet[N]) -> Jet[N]:
        """Return the square root of x > 0."""
        root = self._numbers.sqrt(x.value)
        return x._chained(root, linear.quotient(root**0, root * 2))

    def pi(self) -> Jet[N]:
        """Return the constant pi."""
        return Jet(self._numbers.pi(), self._none)


def variables(values: Sequence[N]) -> list[Jet[N]]:
    """Return each value as the variable of a direction of its own."""
    return [Jet(x, [x**0 if i == j else x**0 - 1 for j in range(len(values))]) for i, x in enumerate(values)]
