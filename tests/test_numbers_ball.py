"""Ball arithmetic: Arb and exact Fractions are the witnesses; order, domains and extremes by hand."""

import copy
import operator
import pickle
import random
from collections.abc import Callable
from fractions import Fraction

import flint
import pytest
from arb_witness import compare, random_ball
from hypothesis import assume, given, settings, strategies as st

from refimpl.errors import BadInput, DomainError, Undecided, UndecidedDomain, Unsupported
from refimpl.numbers import Ball
from refimpl.numbers.balls import LONG_RADIUS, enclose, hull, unrounded
from refimpl.numbers.dyadic import compare as compare_dyadic
from refimpl.numbers.kinds import precision

FIXED = settings(deadline=None, derandomize=True)
"""The same examples in every run, however busy the machine."""

COUNTS = {50: 13_000, 200: 1_300, 1000: 1_300}
"""Points per operator, by digits."""

BY_DIGITS = pytest.mark.parametrize("digits", COUNTS)
OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}

# ---------------------------------------------------------------------- against Arb


@BY_DIGITS
@pytest.mark.parametrize("symbol", OPERATORS)
def test_operators_against_arb(symbol: str, digits: int) -> None:
    rng, prec, operation = random.Random(f"{symbol}{digits}"), precision(digits), OPERATORS[symbol]
    for i in range(COUNTS[digits]):
        reach = (2, 60, 3 * prec)[i % 3]
        # of two precisions the larger wins
        x, y = random_ball(rng, prec, reach), random_ball(rng, prec if i % 7 else 60, reach)
        if symbol == "/" and abs(y.m) <= y.r:
            with pytest.raises(UndecidedDomain):
                x / y
            continue
        # sums of points are exact in Arb, so that not even an end point may be missed
        compare(operation, operation, rng, [x, y], f"{symbol} {i}", extra=9 * prec + 200)


@BY_DIGITS
def test_powers_against_arb(digits: int) -> None:
    rng, prec = random.Random(digits), precision(digits)
    for i in range(COUNTS[digits]):
        x = random_ball(rng, prec, (2, 60)[i % 2])
        n = rng.choice((2, 3, rng.randint(-20, 20), rng.randint(-20, 20), rng.randint(-(10**6), 10**6)))
        if n < 0 and abs(x.m) <= x.r:
            with pytest.raises(UndecidedDomain):
                x**n
            continue
        compare(lambda v, n=n: v**n, lambda v, n=n: v**n, rng, [x], f"**{n} {i}", extra=100)


@BY_DIGITS
def test_abs_and_negative_against_arb(digits: int) -> None:
    rng, prec = random.Random(digits + 1), precision(digits)
    for i in range(COUNTS[digits]):
        x = random_ball(rng, prec, 60)
        if i % 3 == 0:
            x = unrounded(x.m >> rng.randint(prec - 40, prec), x.r, x.e, prec)
        compare(abs, abs, rng, [x], f"abs {i}")
        assert (-x).lower == -x.upper
        assert (-x).upper == -x.lower


# ---------------------------------------------------------------------- against exact fractions

rationals = st.fractions(min_value=-1000, max_value=1000, max_denominator=10**6)
precisions = st.integers(2, 120)


@st.composite
def balls_and_points(draw: st.DrawFn) -> tuple[Ball, Fraction]:
    """A ball together with a rational number inside it."""
    prec = draw(precisions)
    if draw(st.booleans()):
        x = draw(rationals)
        return Ball.of(x, prec), x
    ends = sorted((draw(rationals), draw(rationals)))
    t = draw(st.fractions(min_value=0, max_value=1, max_denominator=50))
    return Ball.between(*ends, prec), ends[0] + t * (ends[1] - ends[0])


@FIXED
@given(balls_and_points(), balls_and_points())
def test_a_result_contains_what_exact_arithmetic_gives(a: tuple[Ball, Fraction], b: tuple[Ball, Fraction]) -> None:
    (x, p), (y, q) = a, b
    assert x.contains(p)
    for operation in OPERATORS.values():
        if operation is operator.truediv and abs(y.m) <= y.r:
            with pytest.raises(DomainError):
                operation(x, y)
            continue
        assert operation(x, y).contains(operation(p, q))
        if q or operation is not operator.truediv:
            # exact operands on either side
            assert operation(x, q).contains(operation(p, q))
        assert operation(p, y).contains(operation(p, q))
        assert operation(p.numerator, y).contains(operation(Fraction(p.numerator), q))
        if q.numerator or operation is not operator.truediv:
            assert operation(x, q.numerator).contains(operation(p, Fraction(q.numerator)))
    for n in (0, 1, 2, 3, 7):
        assert (x**n).contains(p**n)
        if not x.contains(0):
            assert (x**-n).contains(p**-n)
    assert abs(x).contains(abs(p))
    assert (-x).contains(-p)
    assert x.at(10).contains_ball(x)
    assert hull(x, y, 10).contains_ball(x)
    assert hull(x, y, 200).contains_ball(y)


@FIXED
@given(balls_and_points(), balls_and_points())
def test_comparisons_never_lie(a: tuple[Ball, Fraction], b: tuple[Ball, Fraction]) -> None:
    (x, p), (y, q) = a, b
    for relation in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne):
        for left, right in ((x, y), (x, q), (p, y), (x, q.numerator), (p.numerator, y)):
            a_low, a_high = _ends(left)
            b_low, b_high = _ends(right)
            # all answers that points of the two can give: at the ends, or where they meet
            possible = {relation(u, v) for u in (a_low, a_high) for v in (b_low, b_high)}
            if a_low <= b_high and b_low <= a_high:
                possible.add(relation(0, 0))
            if len(possible) == 1:
                assert possible == {relation(left, right)}
            else:
                with pytest.raises(Undecided):
                    relation(left, right)
    assert x.overlaps(y) == (max(x.lower, y.lower) <= min(x.upper, y.upper))
    assert x.certainly_less(y) == (x.upper < y.lower)
    assert x.contains_ball(y) == (x.lower <= y.lower and y.upper <= x.upper)


def _ends(x: Ball | Fraction | int) -> tuple[Fraction, Fraction]:
    return (x.lower, x.upper) if isinstance(x, Ball) else (Fraction(x), Fraction(x))


@FIXED
@given(st.integers(-(2**200), 2**200), st.integers(0, 2**130), st.integers(-400, 400), st.integers(2, 150))
def test_rounding_contains_and_costs_little(m: int, r: int, e: int, prec: int) -> None:
    """(R) itself, with its claims about size."""
    x, old = enclose(m, r, e, prec), unrounded(m, r, e, prec)
    assert x.contains_ball(old)
    assert abs(x.m) <= 1 << prec
    assert x.r <= LONG_RADIUS
    unit = Fraction(2) ** x.e
    assert x.rad <= old.rad + 4 * unit
    if r == 0 and x.r == 0:
        assert x.mid == old.mid
    if r == 0 and m % 2 and m.bit_length() <= prec:
        assert x.is_exact


@FIXED
@given(st.integers(), st.integers(-300, 300), st.integers(), st.integers(-300, 300))
def test_dyadic_order(a: int, e: int, b: int, f: int) -> None:
    u, v = a * Fraction(2) ** e, b * Fraction(2) ** f
    assert compare_dyadic(a, e, b, f) == (u > v) - (u < v)


@FIXED
@given(rationals, rationals, precisions)
def test_between_contains_its_ends_and_is_narrow(a: Fraction, b: Fraction, prec: int) -> None:
    assume(a <= b)
    x = Ball.between(a, b, prec)
    assert x.lower <= a
    assert b <= x.upper
    assert x.upper - x.lower <= (b - a) + Fraction(16, 2**prec) * max(abs(a), abs(b)) + (b - a) / 2**50


def test_all_small_balls() -> None:
    """Every ball of a small box, also wide divisors: the ends of all four operations, without any witness."""
    box = [unrounded(m, r, e, 3) for m in range(-5, 6) for r in range(5) for e in (0, 2)]
    for x in box:
        for y in box:
            for operation in OPERATORS.values():
                if operation is operator.truediv and abs(y.m) <= y.r:
                    continue
                z = operation(x, y)
                low, high = z.lower, z.upper
                assert all(low <= operation(p, q) <= high for p in _ends(x) for q in _ends(y)), (
                    x,
                    y,
                    operation,
                )
        assert abs(x).lower >= 0
        assert all(abs(x).contains(abs(p)) for p in _ends(x))


def test_divisors_that_nearly_reach_zero() -> None:
    rng = random.Random(5)
    for _ in range(3000):
        n = rng.randint(2, 2000)
        x = unrounded(rng.randint(-2000, 2000), rng.choice((0, 0, rng.randint(0, 2000))), 0, 20)
        y = unrounded(rng.choice((-n, n)), n - 1 if rng.random() < 0.5 else rng.randint(0, n - 1), 0, 20)
        z = x / y
        assert all(z.contains(p / q) for p in _ends(x) for q in _ends(y)), (x, y)


def test_small_integers_stay_exact() -> None:
    x = Ball.of(3, 20)
    for y in (
        x + 4,
        x - 10,
        x * x,
        x / 2,
        6 / x,
        x**5,
        -x,
        abs(-x),
        x / Fraction(3, 8),
        x + Fraction(1, 4),
        0 * x,
    ):
        assert y.is_exact, y
    assert (x / 7 * 0).is_exact
    assert (0 / (x / 7)).is_exact
    assert Ball.between(-2, 0, 60).upper == 0
    # long, but with few bits that matter
    assert (Ball.of(2**500, 20) * 3).is_exact
    assert (Ball.of(2**15 - 1, 20) * (2**15 + 1)).r == 1


# ---------------------------------------------------------------------- order


def test_exact_balls_are_ordered_like_numbers() -> None:
    values = [Fraction(-3), Fraction(-1, 2), Fraction(0), Fraction(1, 4), Fraction(3), Fraction(2**90)]
    for p in values:
        for q in values:
            x, y = Ball.of(p, 100), Ball.of(q, 50)
            for relation in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne):
                assert relation(x, y) is relation(x, q) is relation(p, y) is relation(p, q)
    assert max(Ball.of(p, 60) for p in values) == 2**90
    assert sum([Ball.of(1, 60), Ball.of(2, 60)]) == 3


def test_touching_and_overlapping_balls_are_undecided() -> None:
    x, y = Ball.between(0, 1, 60), Ball.between(1, 2, 60)
    assert x <= y
    assert y >= x
    for undecided in (
        lambda: x < y,
        lambda: x == y,
        lambda: x != y,
        lambda: y > x,
        lambda: x < 1,
        lambda: x == 0,
    ):
        with pytest.raises(Undecided):
            undecided()
    third = Ball.of(1, 60) / 3
    for undecided in (lambda: third == third, lambda: third < third, lambda: third <= third, lambda: bool(x)):
        with pytest.raises(Undecided):
            undecided()
    assert third != Fraction(1, 4)
    assert third
    assert not third - Fraction(1, 4) == 0  # noqa: SIM201 - both operators are meant to be seen
    assert x.overlaps(y)
    assert not x.certainly_less(y)
    assert x - 1 <= 0


def test_other_types_are_refused() -> None:
    x = Ball.of(1, 60)
    for operation in (*OPERATORS.values(), operator.lt, operator.le, operator.gt, operator.ge):
        for other in (0.5, "1", None, 1j):
            with pytest.raises(TypeError):
                operation(x, other)
            with pytest.raises(TypeError):
                operation(other, x)
    with pytest.raises(TypeError, match="Fraction"):
        _ = x == 0.5
    with pytest.raises(TypeError):
        x**0.5
    with pytest.raises(TypeError):
        hash(x)
    assert x != "1"
    assert x != None  # noqa: E711 - the operator is meant
    for bad in (lambda: Ball(1, -1, 0, 60), lambda: Ball(1, 0, 0, 1), lambda: Ball.between(2, 1, 60)):
        with pytest.raises(BadInput):
            bad()


def test_division_by_zero_is_certain_or_not() -> None:
    x, zero = Ball.of(1, 60), Ball.of(0, 60)
    certain: list[Callable[[], object]] = [
        lambda: x / zero,
        lambda: x / 0,
        lambda: 1 / zero,
        lambda: zero**-1,
        lambda: x / Fraction(0),
        lambda: zero / zero,
    ]
    for division in certain:
        with pytest.raises(DomainError) as caught:
            division()
        assert not isinstance(caught.value, UndecidedDomain)
    maybe = Ball.between(0, 1, 60)
    for division in (
        lambda: x / maybe,
        lambda: 1 / (maybe - Fraction(1, 2)),
        lambda: maybe**-2,
        lambda: maybe / maybe,
    ):
        with pytest.raises(UndecidedDomain):
            division()
    assert zero**0 == 1
    assert maybe**0 == 1


# ---------------------------------------------------------------------- extremes


def test_exponents_of_any_size() -> None:
    one = Ball.of(1, 100)
    tiny, huge = Ball(3, 1, -(10**9), 100), Ball(3, 1, 10**30, 100)
    for x in (one + tiny, tiny + one, one - tiny, 1 + tiny):
        assert x.m.bit_length() < 200
        assert not x.is_exact
        assert x.contains(1)
        assert x.rad < Fraction(1, 2**90)
    assert (one - one + tiny).contains_ball(tiny)
    assert (tiny - tiny).contains(0)
    assert tiny.certainly_less(one)
    assert one < huge
    assert -huge < tiny
    assert not huge == tiny  # noqa: SIM201 - == is meant
    assert (huge * huge / huge).overlaps(huge)
    assert (huge + tiny).contains_ball(huge)
    assert (tiny + unrounded(2**500 + 1, 0, 0, 100)).rad > 0
    assert (one ** (10**30)) == 1
    assert one * 2**10_000 + 1 > 2**9999
    for x in (tiny, huge, huge**-1, -huge * huge):
        assert "2^" in repr(x)
        with pytest.raises(Unsupported):
            _ = x.mid
    assert (one / 3 + Ball(0, 1, -500, 100)).rad < Fraction(1, 2**90)
    # a sum in which neither operand may be dropped although the exponents are far apart
    long = unrounded(2**1000 + 1, 0, -1000, 100)
    assert (long - 1 - Fraction(1, 2**1000)).contains(0)
    assert unrounded(1, 0, 0, 100).__radd__(2**5000) > 2**4999


def test_far_sums_keep_both_operands() -> None:
    rng = random.Random(3)
    for _ in range(3000):
        prec = rng.randint(2, 70)
        bits = rng.choice((1, prec, 900))
        x = unrounded(rng.randint(-(2**prec), 2**prec), rng.choice((0, 1, 5)), rng.randint(0, 700), prec)
        y = unrounded(rng.randint(-(2**bits), 2**bits), rng.choice((0, 1, 5)), -rng.randint(0, 700), prec)
        for total in (x + y, y + x, x - -y, -(-x - y)):
            assert total.lower <= x.lower + y.lower
            assert total.upper >= x.upper + y.upper
            slack = 20 * max(abs(x.upper), abs(x.lower), abs(y.upper), abs(y.lower)) / 2**prec
            assert total.rad <= x.rad + y.rad + slack


def test_copies_and_pickles() -> None:
    x = Ball.of(Fraction(1, 3), 90)
    for y in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert (y.m, y.r, y.e, y.prec) == (x.m, x.r, x.e, x.prec)


def test_repr() -> None:
    assert repr(Ball.of(2, 60)) == "[2]"
    assert repr(Ball.of(Fraction(-1, 4), 60)) == "[-0.25000000000000000]"
    assert repr(Ball.of(Fraction(1, 3), 180)) == "[0.33333333333333333… ± 3.3e-55]"
    assert repr(Ball.between(1, 2, 60)) == "[1.50 ± 0.50]"
    assert repr(Ball.of(0, 60)) == "[0]"
    flint.ctx.prec = 53
