"""The kinds of number a computation can be done in, each with its own exp, log, sqrt and pi.

kind            numbers        what is certain
----            -------        ---------------
EXACT           Fraction       everything; there is no exp, log or sqrt unless the result is rational
FLOAT           float          nothing: binary64
high(digits)    mpmath's mpf   nothing: each operation is rounded, errors are not counted
ball(digits)    Ball           every number lies in its ball
"""

from __future__ import annotations

import functools
import math
from fractions import Fraction
from typing import Protocol, Self, TypeVar, cast

from refimpl.errors import BadInput, DomainError, Unsupported
from refimpl.numbers import constants, elementary
from refimpl.numbers.balls import Ball
from refimpl.numbers.text import parse


class Number(Protocol):
    """What a computation may do with a number: + - * / with its like and with int, powers, abs and order.

    Fraction, float, Ball and mpf are such numbers.
    """

    def __add__(self, other: Self | int, /) -> Self: ...
    def __radd__(self, other: int, /) -> Self: ...
    def __sub__(self, other: Self | int, /) -> Self: ...
    def __rsub__(self, other: int, /) -> Self: ...
    def __mul__(self, other: Self | int, /) -> Self: ...
    def __rmul__(self, other: int, /) -> Self: ...
    def __truediv__(self, other: Self | int, /) -> Self: ...
    def __rtruediv__(self, other: int, /) -> Self: ...
    def __pow__(self, exponent: int, /) -> Self: ...
    def __neg__(self) -> Self: ...
    def __abs__(self) -> Self: ...
    def __lt__(self, other: Self | int, /) -> bool: ...
    def __le__(self, other: Self | int, /) -> bool: ...
    def __gt__(self, other: Self | int, /) -> bool: ...
    def __ge__(self, other: Self | int, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...


class Mpf(Number, Protocol):
    """A number of mpmath, whose modulus is man · 2^exp."""

    @property
    def man(self) -> int:
        """The integer."""

    @property
    def exp(self) -> int:
        """The exponent of 2."""


N = TypeVar("N", bound=Number)
"""The type of number of a computation: the same comes out as goes in."""


class Numbers(Protocol[N]):
    """A kind of number: makes numbers and evaluates functions that are not rational."""

    @property
    def name(self) -> str:
        """How reports name the kind: "exact", "float", "high(50)", "ball(50)"."""

    def __call__(self, value: int | str | Fraction | float) -> N:
        """The number of this kind nearest to a value, or around it; BadInput for NaN, infinity, bad text."""

    def exp(self, x: N) -> N:
        """e^x."""

    def log(self, x: N) -> N:
        """The natural logarithm; DomainError unless x > 0."""

    def sqrt(self, x: N) -> N:
        """The square root; DomainError if x < 0."""

    def pi(self) -> N:
        """The number pi."""


def rational(value: int | str | Fraction | float) -> Fraction:
    """The value exactly: text is parsed, a float is its binary value; BadInput for NaN and infinity."""
    if isinstance(value, str):
        return parse(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise BadInput(f"a number must be finite, not {value}; remove or replace such entries first")
    if not isinstance(value, int | float | Fraction):
        raise BadInput(f"a number is an int, str, Fraction or float, not {type(value).__name__}; convert it")
    return Fraction(value)


class _Exact:
    """Fractions: whatever is rational is exact."""

    name = "exact"

    def __call__(self, value: int | str | Fraction | float) -> Fraction:
        return rational(value)

    def exp(self, x: Fraction) -> Fraction:
        if x == 0:
            return Fraction(1)
        raise Unsupported("the exponential of a rational other than 0 is irrational; compute in ball(digits)")

    def log(self, x: Fraction) -> Fraction:
        if x <= 0:
            raise DomainError("the logarithm needs a positive argument")
        if x == 1:
            return Fraction(0)
        raise Unsupported("the logarithm of a rational other than 1 is irrational; compute in ball(digits)")

    def sqrt(self, x: Fraction) -> Fraction:
        if x < 0:
            raise DomainError("the square root needs an argument >= 0")
        # p/q is in lowest terms: a rational square exactly if p and q are squares.
        p, q = math.isqrt(x.numerator), math.isqrt(x.denominator)
        if p * p == x.numerator and q * q == x.denominator:
            return Fraction(p, q)
        raise Unsupported("the square root of this rational is irrational; compute in ball(digits)")

    def pi(self) -> Fraction:
        raise Unsupported("pi is irrational; compute in ball(digits)")

    def __repr__(self) -> str:
        return "EXACT"


class _Float:
    """Binary64, as the hardware and the platform's libm compute."""

    name = "float"

    def __call__(self, value: int | str | Fraction | float) -> float:
        try:
            return float(rational(value))  # a quotient of integers is rounded correctly
        except OverflowError:
            raise BadInput("a number exceeds the range of binary64; compute in ball(digits)") from None

    def exp(self, x: float) -> float:
        try:
            return math.exp(x)
        except OverflowError:
            raise DomainError(f"exp({x}) exceeds the largest binary64 number") from None

    def log(self, x: float) -> float:
        if x <= 0:
            raise DomainError(f"the logarithm needs a positive argument, not {x}")
        return math.log(x)

    def sqrt(self, x: float) -> float:
        if x < 0:
            raise DomainError(f"the square root needs an argument >= 0, not {x}")
        return math.sqrt(x)

    def pi(self) -> float:
        return math.pi

    def __repr__(self) -> str:
        return "FLOAT"


class _Context(Protocol):
    """What is used of an mpmath context."""

    dps: int

    def exp(self, x: Mpf) -> Mpf: ...
    def log(self, x: Mpf) -> Mpf: ...
    def sqrt(self, x: Mpf) -> Mpf: ...
    def mpf(self, x: object) -> Mpf: ...
    @property
    def pi(self) -> Mpf: ...


class _High:
    """mpmath's numbers in a context of their own, so that no global precision matters."""

    def __init__(self, digits: int) -> None:
        import mpmath

        self.name = f"high({digits})"
        self._context = cast(_Context, mpmath.MPContext())
        self._context.dps = digits

    def __call__(self, value: int | str | Fraction | float) -> Mpf:
        return self._context.mpf(rational(value))

    def exp(self, x: Mpf) -> Mpf:
        return self._context.exp(x)

    def log(self, x: Mpf) -> Mpf:
        if x <= 0:
            raise DomainError("the logarithm needs a positive argument")
        return self._context.log(x)

    def sqrt(self, x: Mpf) -> Mpf:
        if x < 0:
            raise DomainError("the square root needs an argument >= 0")
        return self._context.sqrt(x)

    def pi(self) -> Mpf:
        return self._context.mpf(self._context.pi)

    def __repr__(self) -> str:
        return self.name


class _Balls:
    """Balls of enough bits for so many digits."""

    def __init__(self, digits: int) -> None:
        self.name = f"ball({digits})"
        self.prec = precision(digits)

    def __call__(self, value: int | str | Fraction | float) -> Ball:
        return Ball.of(rational(value), self.prec)

    def exp(self, x: Ball) -> Ball:
        return elementary.exp(x)

    def log(self, x: Ball) -> Ball:
        return elementary.log(x)

    def sqrt(self, x: Ball) -> Ball:
        return elementary.sqrt(x)

    def pi(self) -> Ball:
        return constants.pi(self.prec)

    def __repr__(self) -> str:
        return self.name


def precision(digits: int) -> int:
    """The bits of so many digits, 10^digits < 2^(3.322 digits), and 8 more; BadInput unless digits >= 1."""
    if digits < 1:
        raise BadInput(f"the number of digits must be at least 1, not {digits}")
    return digits * 3322 // 1000 + 9


EXACT: Numbers[Fraction] = _Exact()
"""Fractions."""

FLOAT: Numbers[float] = _Float()
"""Binary64."""


@functools.cache
def high(digits: int) -> Numbers[Mpf]:
    """Floating-point numbers of so many decimal digits, by mpmath."""
    precision(digits)
    return _High(digits)


@functools.cache
def ball(digits: int) -> Numbers[Ball]:
    """Balls of so many decimal digits."""
    return _Balls(digits)
