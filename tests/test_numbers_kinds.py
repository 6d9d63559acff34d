"""The four kinds: what each makes of values and text, its functions, its errors, and what they share."""

import math
import subprocess
import sys
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from hypothesis import given, settings, strategies as st

from refimpl.errors import BadInput, DomainError, UndecidedDomain, Unsupported
from refimpl.numbers import EXACT, FLOAT, Ball, N, Numbers, ball, high, rational

FIXED = settings(deadline=None, derandomize=True)
"""The same examples in every run, however busy the machine."""

KINDS: list[Numbers[Any]] = [EXACT, FLOAT, high(30), ball(30)]
INEXACT = KINDS[1:]
BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def horner(kind: Numbers[N], x: N) -> N:
    """An expression with every operation that `Number` offers."""
    y = (2 - x * 3 + x / 2) ** 3 - 1 / (1 + x) + abs(-x) + x**-1 + (5 + x) * x - x / (x + kind("1/3")) + 2 * x
    return y if x < 4 and x <= x + 1 and x > -1 and x < 9 else -y


def test_all_kinds_agree() -> None:
    exact = horner(EXACT, EXACT("3/7"))
    assert isinstance(exact, Fraction)
    assert abs(horner(FLOAT, FLOAT("3/7")) - float(exact)) < 1e-13
    assert abs(rational_of(horner(high(30), high(30)("3/7"))) - exact) < Fraction(1, 10**27)
    enclosure = horner(ball(30), ball(30)("3/7"))
    assert enclosure.contains(exact)
    assert enclosure.rad < Fraction(1, 10**28)


def rational_of(x: Any) -> Fraction:
    """An mpf exactly."""
    sign, man, exponent, _ = x._mpf_
    return (-1) ** sign * int(man) * Fraction(2) ** exponent


def test_names() -> None:
    assert [kind.name for kind in KINDS] == ["exact", "float", "high(30)", "ball(30)"]
    assert [repr(kind) for kind in KINDS] == ["EXACT", "FLOAT", "high(30)", "ball(30)"]
    assert high(30) is high(30)
    assert ball(30) is ball(30)
    assert ball(31) is not ball(30)


@BY_KIND
def test_values(kind: Numbers[Any]) -> None:
    for value in (0, 17, -3, "17", "-1.5", "31/32", "0x1.8p-3", Fraction(-5, 4), 0.375, 2.0**-60):
        assert kind(value) == rational(value)
    for refused in (math.nan, math.inf, -math.inf, "nan", "1/0", "", " 1", "inf", "1e999999999"):
        with pytest.raises(BadInput):
            kind(refused)
    for other in (None, [1], 1j, b"1"):
        with pytest.raises(BadInput):
            kind(other)  # type: ignore[arg-type]


@FIXED
@given(st.fractions() | st.floats(allow_nan=False, allow_infinity=False).map(Fraction))
def test_conversions_are_exact_correctly_rounded_or_enclosing(value: Fraction) -> None:
    assert EXACT(value) == value
    assert FLOAT(value) == float(value)
    assert ball(30)(value).contains(value)
    assert ball(30)(value).rad <= abs(value) / 10**30
    # correctly rounded to 53 bits is what Python's own float is, where exponents allow it
    context = high(15)
    assert context._context.prec == 53  # type: ignore[attr-defined]
    if not value or 1e-300 < abs(value) < 1e300:
        assert rational_of(context(value)) == Fraction(float(value))


def test_no_global_precision_is_touched() -> None:
    before = mpmath.mp.prec
    x = high(200)("1/3")
    assert mpmath.mp.prec == before
    with mpmath.workdps(5):
        assert high(200)("1/3") == x
        assert high(200).exp(x) == high(200).exp(x)
        assert abs(rational_of(x * 3) - 1) < Fraction(1, 10**199)
    assert rational_of(high(50).pi()) != rational_of(high(60).pi())
    assert abs(rational_of(high(50).pi()) - rational_of(high(60).pi())) < Fraction(1, 10**49)


@pytest.mark.parametrize("kind", INEXACT, ids=lambda kind: kind.name)
def test_functions(kind: Numbers[Any]) -> None:
    close = 1e-14
    assert abs(kind.exp(kind(1)) - kind("2.718281828459045")) < kind(close)
    assert abs(kind.log(kind(2)) - kind("0.6931471805599453")) < kind(close)
    assert abs(kind.sqrt(kind(2)) - kind("1.4142135623730951")) < kind(close)
    assert abs(kind.pi() - kind("3.141592653589793")) < kind(close)
    assert kind.sqrt(kind("9/16")) == kind("3/4")
    assert kind.exp(kind(0)) == 1
    assert kind.log(kind(1)) == 0
    assert kind.sqrt(kind(0)) == 0
    for domain in (lambda: kind.log(kind(0)), lambda: kind.log(kind(-1)), lambda: kind.sqrt(kind(-1))):
        with pytest.raises(DomainError) as caught:
            domain()
        assert not isinstance(caught.value, UndecidedDomain)
    for wrong in (lambda: kind(1) / 0, lambda: 1 / kind(0)):
        with pytest.raises(ArithmeticError):
            wrong()


def test_exact_functions() -> None:
    assert EXACT.sqrt(Fraction(9, 16)) == Fraction(3, 4)
    assert EXACT.sqrt(Fraction(0)) == 0
    assert EXACT.sqrt(Fraction(10**200, 7**80)) == Fraction(10**100, 7**40)
    assert EXACT.exp(Fraction(0)) == 1
    assert EXACT.log(Fraction(1)) == 0
    for irrational in (
        lambda: EXACT.sqrt(Fraction(2)),
        lambda: EXACT.sqrt(Fraction(1, 2)),
        lambda: EXACT.exp(Fraction(1)),
        lambda: EXACT.log(Fraction(2)),
        EXACT.pi,
    ):
        with pytest.raises(Unsupported, match=r"ball\(digits\)"):
            irrational()
    for domain in (
        lambda: EXACT.sqrt(Fraction(-1)),
        lambda: EXACT.log(Fraction(0)),
        lambda: EXACT.log(Fraction(-1)),
    ):
        with pytest.raises(DomainError):
            domain()


def test_binary64_reports_its_limits() -> None:
    with pytest.raises(BadInput, match="binary64"):
        FLOAT("1e400")
    with pytest.raises(DomainError):
        FLOAT.exp(1000.0)
    assert FLOAT.exp(-1000.0) == 0
    assert FLOAT("1e-400") == 0
    assert FLOAT("0.1") == 0.1
    assert FLOAT(2**53 + 1) == 2.0**53


@pytest.mark.parametrize("digits", [1, 50, 200, 1000, 3000])
def test_digits_are_kept(digits: int) -> None:
    numbers = ball(digits)
    for x in (
        numbers("1/3"),
        numbers.pi(),
        numbers.exp(numbers("1.5")),
        numbers.log(numbers(3)),
        numbers.sqrt(numbers(3)),
    ):
        assert isinstance(x, Ball)
        assert x.rad < abs(x.mid) / 10**digits
    assert high(digits)("1/3") != 0


@pytest.mark.parametrize("make", [ball, high])
@pytest.mark.parametrize("digits", [0, -5])
def test_digits_are_positive(make: Any, digits: int) -> None:
    with pytest.raises(BadInput):
        make(digits)


def test_importing_the_package_leaves_mpmath_alone() -> None:
    code = "import sys, refimpl.numbers; sys.exit('mpmath' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
