"""Sums rounded once: they contain the truth, are no wider than the operators' and never fill the memory."""

import random
from fractions import Fraction as Q
from functools import reduce
from operator import add
from typing import Any

import arb_witness
import flint
import pytest
from hypothesis import given, settings, strategies as st
from strategies import exactly

from refimpl import linear
from refimpl.numbers import FLOAT, Ball, ball, high, sums
from refimpl.numbers.balls import unrounded
from refimpl.numbers.dyadic import compare

PREC = 64
Entry = Ball | int | Q

FAR_APART = 10**15
"""To align numbers with exponents so far apart takes 10^14 bytes."""


def entries(rng: random.Random, n: int, reach: int) -> tuple[list[Entry], list[Q]]:
    """Balls of all widths among integers and fractions, short and long; and a number inside each."""
    mixed: list[Entry] = [arb_witness.random_ball(rng, rng.choice((PREC, PREC // 2)), reach)]
    mixed[0] = mixed[0].at(PREC)  # type: ignore[union-attr]
    for _ in range(n - 1):
        x = arb_witness.random_ball(rng, rng.choice((PREC, PREC // 2)), reach)
        whole = rng.getrandbits(rng.choice((1, 8, 300))) - 1
        mixed.append(rng.choice((x, x, x, whole, Q(whole, 2 ** rng.randrange(40)), Q(whole, rng.randint(1, 10**30)))))
    rng.shuffle(mixed)
    return mixed, [arb_witness.point_of(rng, x).mid if isinstance(x, Ball) else Q(x) for x in mixed]


def unit(x: Ball) -> Q:
    """A unit in the last of `prec` bits."""
    return Q(2) ** (max(x.m.bit_length(), x.prec) + x.e - x.prec)


sizes = st.integers(1, 12)
reaches = st.sampled_from([0, 3, 40, 400, 6000])
seeds = st.integers(0, 2**32)


@settings(max_examples=200)
@given(sizes, reaches, seeds)
def test_a_total_contains_the_sum_of_all_points_of_its_terms(n: int, reach: int, seed: int) -> None:
    """With exponents up to 6000 apart, on both sides of what is aligned (40 precisions, 2560 bits)."""
    terms, points = entries(random.Random(seed), n, reach)
    found = sums.total(terms)  # type: ignore[arg-type]
    assert found.contains(sum(points, Q(0)))


@settings(max_examples=200)
@given(sizes, reaches, seeds)
def test_a_dot_contains_the_inner_product_of_all_points(n: int, reach: int, seed: int) -> None:
    rng = random.Random(seed)
    (x, a), (y, b) = entries(rng, n, reach), entries(rng, n, reach)
    assert sums.dot(x, y).contains(sum((p * q for p, q in zip(a, b, strict=True)), Q(0)))
    plain = [Q(rng.getrandbits(200) - 2**199, rng.choice((1, 2**30, 10**9))) for _ in range(n)]
    truth = sum((p * q for p, q in zip(a, plain, strict=True)), Q(0))
    assert sums.dot(x, plain).contains(truth)
    assert sums.dot(plain, x).contains(truth)


@settings(max_examples=200)
@given(sizes, reaches, seeds)
def test_a_weighted_dot_contains_the_sum_of_all_products_of_points(n: int, reach: int, seed: int) -> None:
    rng = random.Random(seed)
    (w, a), (x, b), (y, c) = (entries(rng, n, reach) for _ in range(3))
    assert sums.weighted_dot(w, x, y).contains(sum((p * q * r for p, q, r in zip(a, b, c, strict=True)), Q(0)))
    plain = [rng.choice((0, 1, -3, Q(1, 3))) for _ in range(n)]
    truth = sum((p * q * r for p, q, r in zip(plain, b, c, strict=True)), Q(0))
    assert sums.weighted_dot(plain, x, y).contains(truth)
    assert sums.weighted_dot(x, plain, y).contains(truth)
    assert linear.weighted_dot(x, y, plain).contains(truth)


def test_a_weighted_dot_is_exact_where_its_terms_are_and_has_the_larger_precision() -> None:
    """3 * 5 * 7 - 2^200 + 2^200, and the radius (3 + 1) 5 7 - 3 5 7 = 35."""
    three, five, seven, great = (Ball(m, 0, e, PREC) for m, e in ((3, 0), (5, 0), (7, 0), (1, 200)))
    one = Ball(1, 0, 0, 2 * PREC)
    found = sums.weighted_dot([three, great, -great], [five, one, one], [seven, one, one])
    assert (found.mid, found.rad, found.prec) == (105, 0, 2 * PREC)
    about = sums.weighted_dot([Ball(3, 1, 0, PREC)], [five], [seven])
    assert (about.mid, about.rad) == (105, 35)
    assert linear.weighted_dot([Q(1, 2), Q(2)], [Q(3), Q(1)], [Q(4), Q(5)]) == 16


@settings(max_examples=100)
@given(st.integers(8, 12), st.sampled_from([0, 3, 40, 400]), seeds)
def test_sums_are_as_narrow_as_those_of_the_operators(n: int, reach: int, seed: int) -> None:
    """Radii add up in both; shortening a long radius costs 2^-28 of it, the last rounding two units."""
    rng = random.Random(seed)
    x, y = ([arb_witness.random_ball(rng, PREC, reach) for _ in range(n)] for _ in range(2))
    products = [a * b for a, b in zip(x, y, strict=True)]
    for found, operators in ((sums.total(x), reduce(add, x)), (sums.dot(x, y), reduce(add, products))):
        assert found.prec == operators.prec == PREC
        assert found.rad <= operators.rad * (1 + Q(1, 2**26)) + 2 * unit(found)
        assert found.overlaps(operators)


@pytest.mark.parametrize("reach", [0, 5, 60])
def test_sums_agree_with_arb_s_and_are_as_narrow(reach: int) -> None:
    rng = random.Random(reach)
    for _ in range(100):
        n = rng.randint(8, 12)
        x, y = ([arb_witness.random_ball(rng, PREC, reach) for _ in range(n)] for _ in range(2))
        arb_witness.compare(
            lambda *balls: sums.total(balls), lambda *arbs: sum(arbs, flint.arb(0)), rng, x, "total", extra=2000
        )
        arb_witness.compare(
            lambda *balls, n=n: sums.dot(balls[:n], balls[n:]),
            lambda *arbs, n=n: sum((a * b for a, b in zip(arbs[:n], arbs[n:], strict=True)), flint.arb(0)),
            rng,
            [*x, *y],
            "dot",
            extra=2000,
        )


def test_what_cancels_leaves_the_rest_exactly() -> None:
    """2^200 + 1 - 2^200 = 1 although a midpoint has 64 bits: only the result is rounded."""
    great = Ball(1, 0, 200, PREC)
    for found in (sums.total([great, 1, -great]), sums.dot([great, 1, great], [1, Q(1), -1])):
        assert found.is_exact
        assert found == 1
    assert not (great + 1 - great).is_exact
    assert sums.total([great, Q(1, 2), -great]) == Q(1, 2)


def test_radii_add_up() -> None:
    """(5 ± 1) + (7 ± 2) = 12 ± 3, and (5 ± 1)(7 ± 2) = 35 ± (7 + 2 (5 + 1)) = 35 ± 19."""
    a, b = Ball(5, 1, 0, PREC), Ball(7, 2, 0, PREC)
    assert [(x.mid, x.rad) for x in (sums.total([a, b]), sums.dot([a], [b]))] == [(12, 3), (35, 19)]
    assert [(x.mid, x.rad) for x in (sums.dot([a, 2], [-3, b]), sums.dot([Q(1, 2)], [b]))] == [(-1, 7), (Q(7, 2), 1)]


def test_a_radius_without_a_midpoint_is_not_lost() -> None:
    nothing = Ball(0, 0, 0, PREC)
    about = Ball(0, 3, -5, PREC)
    assert sums.total([nothing, about, nothing]).contains_ball(about)
    assert sums.dot([about, nothing], [1, 1]).contains_ball(about)
    assert sums.total([nothing, nothing]) == 0
    assert sums.dot([nothing, 2], [5, nothing]) == 0


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("gap", [10**4, FAR_APART])
def test_exponents_that_are_not_aligned_give_a_ball_around_the_truth(gap: int, sign: int) -> None:
    """3 ± 2^-gap lies strictly on one side of 3, and so must one end of the ball."""
    speck = unrounded(sign, 0, -gap, PREC)
    three = Ball(3, 0, 0, PREC)
    ways = [
        sums.total([three, speck]),
        sums.total([speck, 0, Q(3, 2), Q(3, 2)]),
        sums.dot([three, speck], [1, 1]),
        sums.dot([three, 1], [Q(1), speck]),
        linear.total([three, speck, *[0] * 8]),
        linear.dot([three, *[0] * 8, speck], [1] * 10),
    ]
    for found in ways:
        end = found.m + sign * found.r
        assert compare(end, found.e, 3, 0) == sign
        assert found.contains(3)
        assert found.m.bit_length() <= PREC + 1
        assert found.rad <= Q(1, 2**50)


def test_specks_far_below_add_up() -> None:
    """Ten specks of 2^-gap, and what is far above them cancels: their sum remains."""
    great = Ball(1, 0, FAR_APART, PREC)
    specks = [unrounded(1, 0, -FAR_APART, PREC)] * 10
    found = sums.total(specks)
    assert (found.m, found.r, found.e) == (10, 0, -FAR_APART)
    found = sums.total([great, *specks, -great])
    assert compare(found.m + found.r, found.e, 10, -FAR_APART) >= 0
    assert compare(found.m - found.r, found.e, 10, -FAR_APART) <= 0


def test_of_two_precisions_the_larger_wins() -> None:
    for gap in (10, 10**4):
        third = Ball.of(Q(1, 3), 30)
        long = unrounded(1, 0, -gap, 90)
        assert sums.total([third, long, 1]).prec == 90
        assert sums.dot([third, 1], [1, long]).prec == 90
        assert sums.total([Ball.of(Q(1, 3), 90), Q(1, 3)]).rad < Q(1, 2**85)
        assert sums.total([third, 2**gap + 1]).prec == 30


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("rung", [100, 2500, 4000])
def test_a_ladder_of_exponents_adds_up_from_either_end(rung: int, order: int) -> None:
    """Twenty powers of 2 as far apart as to be aligned with their neighbours only, or not even with these."""
    powers = [Q(2) ** (-rung * i) for i in range(20)]
    terms = [unrounded(1, 0, -rung * i, PREC) for i in range(20)][::order]
    for found in (sums.total(terms), sums.dot(terms, [1] * 20), sums.dot([1] * 20, terms)):
        assert found.contains(sum(powers))
        assert found.rad <= Q(1, 2**50)


# ---------------------------------------------------------------------- the use that `linear` makes of them


@pytest.mark.parametrize("n", [1, 7, 8, 9, 20])
@pytest.mark.parametrize("place", [0, -1])
def test_one_ball_anywhere_makes_the_sum_a_ball_that_contains_the_truth(n: int, place: int) -> None:
    values = [Q((-1) ** i * (i + 2), i + 3) for i in range(n)]
    mixed: list[Any] = list(values)
    mixed[place] = ball(40)(values[place])
    ones = [1] * n
    for found, truth in (
        (linear.total(mixed), sum(values)),
        (linear.dot(mixed, values), sum(x * x for x in values)),
        (linear.dot(values, mixed), sum(x * x for x in values)),
        (linear.dot(ones, mixed), sum(values)),
    ):
        assert isinstance(found, Ball)
        assert found.contains(truth)
        assert found.rad < Q(1, 10**38)


@pytest.mark.parametrize("n", [8, 30])
def test_long_sums_of_balls_are_rounded_once(n: int) -> None:
    """The great numbers cancel, in whatever order."""
    great = ball(20)(2**300)
    terms = [great, *[ball(20)(1)] * (n - 2), -great]
    assert linear.total(terms) == n - 2
    assert linear.dot(terms, [1] * n) == n - 2
    assert linear.total(iter(terms)) == n - 2
    assert linear.total([1, *terms]) == n - 1
    assert linear.dot([1] * n, terms) == n - 2


def test_long_sums_of_other_numbers_keep_their_type() -> None:
    exact = [Q(1, i + 1) for i in range(9)]
    assert linear.total(exact) == sum(exact)
    assert isinstance(linear.dot(list(range(9)), list(range(9))), int)
    floats = [1e16, *[1.0] * 8, -1e16]
    assert linear.total(floats) == linear.dot(floats, [1.0] * 10) == 0.0
    assert type(linear.dot(floats, [FLOAT(1)] * 10)) is float


def test_long_inner_products_of_mpmath_s_numbers_are_rounded_once() -> None:
    """2^100 + 8 - 2^100 = 8 with twenty digits; the total is added in order and loses it."""
    numbers = high(20)
    values = [numbers(2**100), *[numbers(1)] * 8, numbers(-(2**100))]
    product = linear.dot(values, [numbers(1)] * 10)
    assert type(product) is type(numbers(1))
    assert exactly(product) == 8
    assert exactly(linear.dot(values, [1] * 10)) == 8
    assert exactly(linear.total(values)) == 0
