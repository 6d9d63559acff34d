"""exp, log, sqrt, pi and ln 2 of balls: Arb is the witness; domains, exact and extreme cases by hand."""

import math
import random
from collections.abc import Callable
from fractions import Fraction

import flint
import pytest
from arb_witness import compare, from_arb, point_of, random_ball, spell
from hypothesis import given, settings, strategies as st

from refimpl.errors import DomainError, UndecidedDomain, Unsupported
from refimpl.numbers import Ball, ball, constants, elementary
from refimpl.numbers.balls import unrounded
from refimpl.numbers.constants import ln2, ln2_fixed, pi, pi_fixed
from refimpl.numbers.elementary import exp, log, sqrt
from refimpl.numbers.kinds import precision

FIXED = settings(deadline=None, derandomize=True)
"""The same examples in every run, however busy the machine."""

COUNTS = {50: 15_000, 200: 1_400, 1000: 1_300}
"""Points per function, by digits."""

RATIONALS = st.fractions(min_value=-50, max_value=50, max_denominator=1000)

BY_DIGITS = pytest.mark.parametrize("digits", COUNTS)


def near_one(rng: random.Random, prec: int) -> Ball:
    """1 ± 2^-j, roughly, with and without a radius."""
    bits = prec - rng.randint(0, 3)
    away = rng.getrandbits(max(1, bits - rng.randint(1, bits))) * rng.choice((-1, 1))
    return unrounded((1 << bits) + away, rng.choice((0, 0, rng.getrandbits(rng.randint(1, 28)))), -bits, prec)


@BY_DIGITS
def test_exp_against_arb(digits: int) -> None:
    rng, prec = random.Random(digits), precision(digits)
    for i in range(COUNTS[digits]):
        reach = (8, 8, 8, prec, 40)[i % 5]
        x = random_ball(rng, prec, reach)
        if x.r.bit_length() + x.e > 30:
            continue
        compare(exp, flint.arb.exp, rng, [x], f"exp {i}")


@BY_DIGITS
def test_log_against_arb(digits: int) -> None:
    rng, prec = random.Random(digits + 1), precision(digits)
    for i in range(COUNTS[digits]):
        x = random_ball(rng, prec, (3, 60, 10**6)[i % 3], positive=True) if i % 4 else near_one(rng, prec)
        compare(log, flint.arb.log, rng, [x], f"log {i}", extra=prec + 100)


@BY_DIGITS
def test_sqrt_against_arb(digits: int) -> None:
    rng, prec = random.Random(digits + 2), precision(digits)
    for i in range(COUNTS[digits]):
        compare(sqrt, flint.arb.sqrt, rng, [random_ball(rng, prec, (3, 10**6)[i % 2], True)], f"sqrt {i}")


@pytest.mark.parametrize("name", ["exp", "log", "sqrt"])
def test_low_precisions_against_arb(name: str) -> None:
    """Few bits let the smallest forgotten error show."""
    rng, function = random.Random(name), getattr(elementary, name)
    for i in range(10_000):
        x = random_ball(rng, rng.randint(2, 40), (1, 4, 20)[i % 3], positive=name != "exp")
        if x.r.bit_length() + x.e > 30:
            continue
        compare(function, getattr(flint.arb, name), rng, [x], f"{name} {i}", width=False)


def test_series_are_as_good_as_promised() -> None:
    for n in (2, 5, 26, 239):
        flint.ctx.prec = 600
        for sign, truth in ((1, (1 / flint.arb(n)).atanh()), (-1, (1 / flint.arb(n)).atan())):
            exact = from_arb(truth, 600)
            assert exact is not None
            for p in range(1, 300):
                value, error = constants._series(n, p, sign)
                assert unrounded(value, error, -p, 600).contains_ball(exact)


def test_constants_against_arb() -> None:
    flint.ctx.prec = 11_000
    for ours, fixed, theirs in ((pi, pi_fixed, flint.arb.pi()), (ln2, ln2_fixed, flint.arb.const_log2())):
        truth = from_arb(theirs, 11_000)
        assert truth is not None
        for prec in [*range(2, 1200), 1279, 1280, 1281, 3333, 9975]:
            assert ours(prec).contains_ball(truth)
            # wrong by at most one unit, as every user of it counts
            assert unrounded(fixed(prec), 1, -prec, prec).contains_ball(truth)
            assert ours(prec).rad <= Fraction(8, 2**prec)


def test_the_cached_constants_are_as_good_as_promised() -> None:
    flint.ctx.prec = 1000
    for cached, theirs in (
        (constants._pi_cached, flint.arb.pi()),
        (constants._ln2_cached, flint.arb.const_log2()),
    ):
        truth = from_arb(theirs, 1000)
        assert truth is not None
        for p in range(1, 400):
            assert unrounded(cached(p), 1, -p, p + 2).contains_ball(truth)


def test_a_point_of_exp_is_as_good_as_promised() -> None:
    """The bound z of (E) itself, not only what is left of it after the final rounding."""
    rng = random.Random(7)
    for _ in range(3000):
        w = rng.randint(8, 300)
        m, e = rng.getrandbits(80) - (1 << 79), -79 + rng.randint(-90, 70)
        s, f, z = elementary._exp_point(m, e, w)
        flint.ctx.prec = w + 200
        error = from_arb(flint.arb((m, e)) - flint.arb((s, f)).log(), w + 200)
        assert error is not None
        assert unrounded(0, z, -w, w).contains_ball(error), (m, e, w)


def test_a_fixed_log_is_as_good_as_promised() -> None:
    """The bound z of (L) itself."""
    rng = random.Random(8)
    for _ in range(3000):
        w = rng.randint(10, 900)
        g = rng.randrange(int(0.703 * 2**10) << (w - 10), int(1.41 * 2**10) << (w - 10))
        y, z = elementary._log_fixed(g, w)
        flint.ctx.prec = w + 200
        error = from_arb(flint.arb((g, -w)).log() - flint.arb((y, -w)), w + 200)
        assert error is not None
        assert unrounded(0, z, -w, w).contains_ball(error), (g, w)
        assert z < 64


def test_log_does_not_trust_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    rng, prec = random.Random(9), 180
    start = elementary._log_start
    for spoil in (2**-60, -(2**-40), 2**-20, -0.01, 0.1):

        def spoiled(g: int, w: int, spoil: float = spoil) -> tuple[int, int]:
            y, f = start(g, w)
            return y + int(spoil * 2**-f), f

        monkeypatch.setattr(elementary, "_log_start", spoiled)
        for _ in range(200):
            x = random_ball(rng, prec, 3, positive=True)
            flint.ctx.prec = prec + 300
            point = point_of(rng, x)
            truth = from_arb(flint.arb((point.m, point.e)).log(), prec)
            assert truth is not None
            assert log(x).contains_ball(truth), spell([x])


@pytest.mark.parametrize("digits", [1, 2, 3, 5, 15, 50, 3000])
def test_every_precision_works(digits: int) -> None:
    numbers = ball(digits)
    flint.ctx.prec = numbers.pi().prec + 200
    for text in ("2", "1/3", "0.999", "1e30", "7e-20"):
        x = numbers(text)
        truth = from_arb(flint.arb((x.m, x.e), (x.r, x.e)), x.prec)
        assert truth is not None
        for function, inverse in ((elementary.log, elementary.exp), (elementary.sqrt, lambda y: y * y)):
            back = inverse(function(x))
            assert back.contains_ball(truth) or back.contains(Fraction(x.mid))
            assert back.rad <= x.mid * Fraction(2**12, 2**x.prec)


def test_log_keeps_its_digits_near_one() -> None:
    for j in (1, 10, 52, 53, 54, 60, 100, 150, 172):
        for x in (1 + Fraction(1, 2**j), 1 - Fraction(1, 2**j)):
            y = log(Ball.of(x, 175))
            assert y.rad < abs(y.mid) / 10**50


def test_exact_values() -> None:
    one, zero = Ball.of(1, 100), Ball.of(0, 100)
    assert exp(zero).is_exact
    assert exp(zero) == 1
    assert log(one).is_exact
    assert log(one) == 0
    assert sqrt(zero).is_exact
    for square in (
        Fraction(9),
        Fraction(9, 16),
        Fraction(1, 2**400),
        Fraction(3**60),
        3**20 * Fraction(4) ** 1000,
    ):
        root = sqrt(Ball.of(square, 100))
        assert root.is_exact
        assert root.mid**2 == square


def test_wide_arguments() -> None:
    assert exp(Ball.between(-100, 3, 100)).contains_ball(Ball.between(Fraction(1, 10**40), 20, 100))
    assert exp(Ball.between(-(10**9), 3, 100)).upper < Fraction(202, 10)
    assert exp(Ball.between(-(2**4097), -(2**4096), 100)).certainly_less(Ball.of(Fraction(1, 2**1000), 100))
    assert log(Ball.between(Fraction(1, 1000), 1000, 100)).upper < 7
    assert sqrt(Ball.between(0, 4, 100)).contains_ball(Ball.between(0, 2, 100))
    assert sqrt(Ball.between(0, 4, 100)).lower >= -Fraction(1, 10**9)
    # a long integer with a radius: the end points are exact, not rounded to few bits
    x = Ball(10**30, 1, 0, 200)
    assert (log(exp(x)) - x).overlaps(Ball.of(0, 10))
    assert log(exp(x)).rad < 4


def test_huge_arguments() -> None:
    huge = Ball.of(1, 100) * 2
    for _ in range(13):
        huge = huge * huge
    for x in (huge, huge * huge, Ball(1, 1, 10**30, 100) + Ball(1, 0, 10**30 + 3, 100)):
        with pytest.raises(Unsupported):
            exp(x)
        small = exp(-x)
        assert small.certainly_less(Ball.of(Fraction(1, 2**10000), 100))
        assert not small.certainly_less(Ball.of(0, 100))
        assert "2^" in repr(small)
    flint.ctx.prec = 300
    for k in (100, 1000, 4000):
        # log exp x = x also where k ln 2 takes thousands of bits
        x = Ball.of(2**k + 1, 4100)
        assert (log(exp(x)) - x).contains(0)
        assert log(exp(x)).rad < Fraction(1, 2**90 if k == 4000 else 2**3000)


def test_domains() -> None:
    def of(low: int, high: int) -> Ball:
        return Ball.between(low, high, 60)

    outside: list[tuple[Callable[[Ball], Ball], Ball]] = [
        (log, of(0, 0)),
        (log, of(-1, -1)),
        (log, of(-2, 0)),
        (log, of(-5, -3)),
        (sqrt, of(-1, -1)),
        (sqrt, of(-3, -2)),
    ]
    for function, x in outside:
        with pytest.raises(DomainError) as caught:
            function(x)
        assert not isinstance(caught.value, UndecidedDomain)
    for function, x in [(log, of(-1, 1)), (log, of(0, 1)), (sqrt, of(-1, 1)), (sqrt, of(-1, 0))]:
        with pytest.raises(UndecidedDomain):
            function(x)


@FIXED
@given(RATIONALS, RATIONALS, st.integers(20, 300))
def test_identities(a: Fraction, b: Fraction, prec: int) -> None:
    x, y = Ball.of(a, prec), Ball.of(b, prec)
    assert exp(x + y).overlaps(exp(x) * exp(y))
    assert sqrt(abs(x)) ** 2 == 0 if not a else (sqrt(abs(x)) ** 2).overlaps(abs(x))
    assert (exp(x) * exp(-x)).contains(1)
    if a > 0 and b > 0:
        assert log(x * y).overlaps(log(x) + log(y))
        assert log(x / y).overlaps(log(x) - log(y))


def test_monotone_enclosures_meet_binary64() -> None:
    """Binary64 is right to 1 unit: a check that needs no witness library."""
    rng = random.Random(10)
    for _ in range(500):
        value = rng.uniform(1e-3, 30)
        x = Ball.of(Fraction(value), 120)
        for ours, theirs in ((exp, math.exp), (log, math.log), (sqrt, math.sqrt)):
            assert abs(float(ours(x).mid) - theirs(value)) <= 4 * math.ulp(theirs(value))
