"""The certificates' own EM map of two coins: derivatives in exact arithmetic, enclosures of whole boxes."""

from fractions import Fraction as Q
from typing import Any

import pytest
from hypothesis import assume, given, strategies as st
from strategies import closed_thetas, decided, flat, in_kind, rounds, thetas

from refimpl import two_coins
from refimpl.certify import coins
from refimpl.errors import NoMass
from refimpl.numbers import Ball, ball
from refimpl.two_coins import Rounds

LECTURE = Rounds([5, 9, 8, 4, 7], [5, 1, 2, 6, 3])
counts = st.integers(0, 8)
Theta = tuple[Q, Q]


def possible(data: Rounds, theta: Theta) -> bool:
    return all(any(coins.likelihood(p, h, t) for p in theta) for h, t in data)


@given(counts, counts)
def test_likelihood_on_the_border_follows_the_convention(h: int, t: int) -> None:
    assert coins.likelihood(Q(0), h, t) == (h == 0)
    assert coins.likelihood(Q(1), h, t) == (t == 0)
    assert coins.likelihood(Q(1, 2), h, t) == Q(1, 2 ** (h + t))


@given(counts, counts, closed_thetas)
def test_the_slope_is_the_derivative_of_the_polynomial(h: int, t: int, theta: Theta) -> None:
    """p^h (1-p)^t multiplied out by the binomial theorem, and differentiated term by term; the border included."""
    from math import comb

    p = theta[0]
    terms = [(h + i, (-1) ** i * comb(t, i)) for i in range(t + 1)]
    assert coins.likelihood(p, h, t) == sum(c * p**n for n, c in terms)
    assert coins.slope(p, h, t) == sum(c * n * p ** (n - 1) for n, c in terms if n)


@given(rounds(), closed_thetas)
def test_the_image_is_a_step_of_the_room(data: Rounds, theta: Theta) -> None:
    """The quotient a / (a + b) here, 1 / (1 + ratio) there."""
    assume(possible(data, theta))
    found, state = coins.image(data, theta), two_coins.step(data, two_coins.start(data, theta))
    assert found.responsibilities == state.posterior.responsibilities
    assert found.counts == state.posterior.counts
    assert found.theta == state.theta


@given(rounds(), thetas)
def test_the_jacobian_is_the_limit_of_exact_difference_quotients(data: Rounds, theta: Theta) -> None:
    """Symmetric quotients at e and e/2 err by C e^2 and C e^2 / 4, so that 4 times the second error is the first."""
    assume(sum(data.heads) + sum(data.tails) > 0)
    jacobian, e = coins.jacobian(data, theta), Q(1, 2**90)

    def quotient(j: int, step: Q) -> list[Q]:
        ahead, behind = (
            coins.image(data, (theta[0] + s * step * (j == 0), theta[1] + s * step * (j == 1))).theta for s in (1, -1)
        )
        return [(p - q) / (2 * step) for p, q in zip(ahead, behind, strict=True)]

    for j in range(2):
        for row, coarse, fine in zip(jacobian, quotient(j, e), quotient(j, e / 2), strict=True):
            assert abs((4 * fine - coarse) / 3 - row[j]) < Q(1, 2**150)


def test_the_jacobian_of_equal_coins_in_closed_form() -> None:
    """At a = b = p the shares are 1/2 and dg_n/da = s_n / 4 with s_n = (h_n - n_n p) / (p (1-p)), dg/db its negative;
    with n tosses in every round, N rounds and p the overall share, dF_A/da = sum (h_n - n p)^2 / (2 p (1-p) n N).
    """
    data, p = Rounds([1, 3], [3, 1]), Q(1, 2)
    spread = sum((h - 4 * p) ** 2 for h in data.heads) / (2 * p * (1 - p) * 4 * 2)
    assert coins.jacobian(data, (p, p)) == [[spread, -spread], [-spread, spread]]


@given(rounds(), thetas)
def test_the_trace_and_determinant_are_those_of_real_rates_not_negative(data: Rounds, theta: Theta) -> None:
    """At a fixed point EM's derivative is similar to a symmetric positive semidefinite matrix. Equal coins at the
    overall share are one whose place is known.
    """
    heads, tails = sum(data.heads), sum(data.tails)
    assume(heads and tails)
    p = Q(heads, heads + tails)
    (a, b), (c, d) = coins.jacobian(data, (p, p))
    assert (a + d) ** 2 >= 4 * (a * d - b * c)
    assert a + d >= 0
    assert a * d - b * c >= 0


@given(rounds(), thetas, st.lists(st.fractions(-1, 1, max_denominator=9), min_size=2, max_size=2))
def test_boxes_enclose_what_every_point_inside_gives(data: Rounds, theta: Theta, where: list[Q]) -> None:
    """The image and the Jacobian of a box hold those of any point of it."""
    assume(sum(data.heads) + sum(data.tails) > 0)
    radius = Q(1, 10**9)
    box = tuple(Ball.between(p - radius, p + radius, 200) for p in theta)
    inside = (theta[0] + radius * where[0], theta[1] + radius * where[1])
    pairs = zip(flat(list(coins.image(data, box))), flat(list(coins.image(data, inside))), strict=True)
    assert all(ball.contains(x) for ball, x in pairs)
    # quotients of tiny counts are undecided on a box, as they should be
    if all(h + t > Q(1, 100) for h, t in coins.image(data, theta).counts):
        rows = zip(flat(coins.jacobian(data, box)), flat(coins.jacobian(data, inside)), strict=True)
        assert all(ball.contains(x) for ball, x in rows)


def test_boxes_may_touch_the_border() -> None:
    """Nothing divides by theta or 1 - theta."""
    data = Rounds([10, 0], [0, 10])
    box = (Ball.between(Q(99, 100), Q(1), 100), Ball.between(Q(0), Q(1, 100), 100))
    image = coins.image(data, box)
    assert all(x.contains(p) for x, p in zip(image.theta, (Q(1), Q(0)), strict=True))
    assert all(abs(x).upper < Q(1, 10) for row in coins.jacobian(data, box) for x in row)
    assert coins.jacobian(data, (Q(1), Q(0))) == [[0, 0], [0, 0]]


@given(rounds(), closed_thetas)
def test_the_two_log_likelihoods_overlap(data: Rounds, theta: Theta) -> None:
    """The logarithm of one product less N ln 2 here, a sum of logarithms there."""
    assume(possible(data, theta))
    here, there = (
        log_likelihood(data, in_kind(ball(50), theta), ball(50))
        for log_likelihood in (coins.log_likelihood, two_coins.log_likelihood)
    )
    assert here.overlaps(there)
    assert max(here.rad, there.rad) < Q(1, 10**40)


@pytest.mark.parametrize("change", [Q(1, 100), Q(-1, 10**20)])
def test_a_changed_theta_is_told_from_its_image(change: Q) -> None:
    numbers = ball(40)
    exact = coins.image(LECTURE, (Q(3, 5), Q(1, 2))).theta
    a, b = coins.image(LECTURE, in_kind(numbers, (Q(3, 5), Q(1, 2)))).theta
    assert a.contains(exact[0])
    assert b.contains(exact[1])
    assert not a.contains(exact[0] + change)
    assert not b.contains(exact[1] + change)


def test_no_mass_and_kept_thetas() -> None:
    with pytest.raises(NoMass, match=r"^round 1 "):
        coins.image(Rounds([0, 1], [1, 0]), (Q(0), Q(0)))
    assert coins.image(Rounds([3, 1], [0, 2]), (Q(0), Q(1, 2))).theta == (0, Q(2, 3))
    assert coins.image(Rounds([0], [0]), (Q(1, 7), Q(1))).theta == (Q(1, 7), 1)


def test_maps_are_the_image_and_the_jacobian() -> None:
    f, derivative = coins.maps(LECTURE)
    theta: Any = in_kind(ball(30), [Q(3, 5), Q(1, 2)])
    exact = (Q(3, 5), Q(1, 2))
    assert all(x.contains(p) for x, p in zip(f(theta), coins.image(LECTURE, exact).theta, strict=True))
    rows = zip(flat(derivative(theta)), flat(coins.jacobian(LECTURE, exact)), strict=True)
    assert all(x.contains(p) for x, p in rows)


@given(rounds(), thetas)
def test_balls_hold_the_exact_image(data: Rounds, theta: Theta) -> None:
    found = decided(lambda numbers: coins.image(data, in_kind(numbers, theta)), ball(60))
    pairs = zip(flat(list(found)), flat(list(coins.image(data, theta))), strict=True)
    assert all(x.contains(p) for x, p in pairs)
