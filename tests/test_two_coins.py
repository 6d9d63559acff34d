"""Two coins: Bayes' formula, likelihoods that never fall, scores and conventions, in exact and certified numbers."""

import json
from collections.abc import Callable, Iterator
from fractions import Fraction as Q
from itertools import islice, pairwise
from math import comb, prod
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, strategies as st
from strategies import (
    INEXACT,
    KINDS,
    assert_agree,
    assert_type,
    closed_thetas,
    decided,
    exactly,
    in_kind,
    rounds,
    thetas,
)

from refimpl import two_coins
from refimpl.certify import coins
from refimpl.errors import BadInput, EmptyData, NoMass, Undefined
from refimpl.numbers import EXACT, FLOAT, Ball, ball, high
from refimpl.two_coins import Rounds

BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
BY_INEXACT = pytest.mark.parametrize("kind", INEXACT, ids=lambda kind: kind.name)

LECTURE = Rounds([5, 9, 8, 4, 7], [5, 1, 2, 6, 3])
START = (Q(3, 5), Q(1, 2))
Theta = tuple[Q, Q]

DIGITS = (20, 40, 80, 160, 320, 640, 1280)
"""Precision is raised along these while a comparison is undecided."""


def sequence_probability(p: Q, heads: int, tails: int) -> Q:
    """p^h (1-p)^t, toss by toss, so that no toss gives the empty product 1."""
    return prod([p] * heads + [1 - p] * tails, start=Q(1))


def likelihood(data: Rounds, theta: Theta) -> Q:
    """p(rounds | theta), exact: in each round both coins have probability 1/2."""
    a, b = theta
    return prod(
        (
            (sequence_probability(a, h, t) + sequence_probability(b, h, t)) / 2
            for h, t in zip(data.heads, data.tails, strict=True)
        ),
        start=Q(1),
    )


def possible(data: Rounds, theta: Theta) -> bool:
    return likelihood(data, theta) > 0


def step(data: Rounds, theta: Any) -> Any:
    """One step from theta."""
    return two_coins.step(data, two_coins.start(data, theta))


def certainly_rises(data: Rounds, before: Theta, after: Theta) -> bool:
    """Whether balls certify ln p(after) > ln p(before); False where they certify the contrary."""
    for digits in DIGITS:
        numbers = ball(digits)
        old, new = (two_coins.log_likelihood(data, in_kind(numbers, theta), numbers) for theta in (before, after))
        if not old.overlaps(new):
            return old.certainly_less(new)
    raise AssertionError("the two likelihoods cannot be told apart with 1280 digits")


# ---------------------------------------------------------------------- one step


@given(rounds(), closed_thetas)
def test_responsibilities_are_bayes_formula_with_even_priors(data: Rounds, theta: Theta) -> None:
    assume(possible(data, theta))
    a, b = theta
    posterior = two_coins.e_step(data, theta)
    for gamma, h, t in zip(posterior.responsibilities, data.heads, data.tails, strict=True):
        p_a, p_b = sequence_probability(a, h, t) / 2, sequence_probability(b, h, t) / 2
        assert gamma == p_a / (p_a + p_b)
    (h_a, t_a), (h_b, t_b) = posterior.counts
    assert h_a == sum(g * h for g, h in zip(posterior.responsibilities, data.heads, strict=True))
    assert t_a == sum(g * t for g, t in zip(posterior.responsibilities, data.tails, strict=True))
    assert (h_a + h_b, t_a + t_b) == (sum(data.heads), sum(data.tails))


@given(rounds(), closed_thetas)
def test_the_m_step_takes_the_share_of_expected_heads(data: Rounds, theta: Theta) -> None:
    assume(possible(data, theta))
    state = step(data, theta)
    for (heads, tails), old, new in zip(state.posterior.counts, theta, state.theta, strict=True):
        assert new * (heads + tails) == heads
        assert 0 <= new <= 1
        if heads + tails == 0:
            assert new == old


@given(rounds(), thetas)
def test_the_m_step_moves_along_the_score(data: Rounds, theta: Theta) -> None:
    """F_c - theta_c = theta_c (1 - theta_c) / (H_c + T_c) times the score."""
    state, score = step(data, theta), two_coins.score(data, theta)
    for (heads, tails), old, new, slope in zip(state.posterior.counts, theta, state.theta, score, strict=True):
        assert (new - old) * (heads + tails) == old * (1 - old) * slope


@given(rounds(), closed_thetas)
def test_exchanging_the_coins_exchanges_the_answers(data: Rounds, theta: Theta) -> None:
    assume(possible(data, theta))
    there, back = step(data, theta), step(data, theta[::-1])
    assert back.theta == there.theta[::-1]
    assert back.posterior.counts == there.posterior.counts[::-1]
    assert back.posterior.responsibilities == [1 - gamma for gamma in there.posterior.responsibilities]


@given(rounds(), closed_thetas)
def test_exchanging_heads_and_tails_exchanges_them_in_the_answers(data: Rounds, theta: Theta) -> None:
    assume(possible(data, theta))
    there, back = step(data, theta), step(Rounds(data.tails, data.heads), (1 - theta[0], 1 - theta[1]))
    assert back.posterior.responsibilities == there.posterior.responsibilities
    assert back.posterior.counts == tuple(pair[::-1] for pair in there.posterior.counts)
    kept = [h + t == 0 for h, t in there.posterior.counts]
    assert back.theta == tuple(1 - p for p in there.theta)
    assert all(new == old for new, old, keep in zip(there.theta, theta, kept, strict=True) if keep)


@given(rounds(), closed_thetas, st.randoms(use_true_random=False))
def test_the_order_of_rounds_does_not_matter(data: Rounds, theta: Theta, random: Any) -> None:
    assume(possible(data, theta))
    order = list(range(len(data.heads)))
    random.shuffle(order)
    shuffled = Rounds([data.heads[i] for i in order], [data.tails[i] for i in order])
    there, back = step(data, theta), step(shuffled, theta)
    assert back.theta == there.theta
    assert back.posterior.responsibilities == [there.posterior.responsibilities[i] for i in order]


@BY_KIND
@given(data=rounds(), theta=thetas)
def test_the_type_that_goes_in_comes_out_and_all_kinds_agree(kind: Any, data: Rounds, theta: Theta) -> None:
    """The truth is that at the theta which the kind can hold. Scores are held to units of 10^9, because H / theta
    and T / (1 - theta) reach 10^8 here and cancel; thetas are compared where a coin has mass.
    """
    held = tuple(exactly(kind(p)) for p in theta)
    truth, true_score = step(data, held), two_coins.score(data, held)
    state = decided(lambda numbers: step(data, in_kind(numbers, held)), kind)
    score = decided(lambda numbers: two_coins.score(data, in_kind(numbers, held)), kind)
    assert_type([state.posterior.responsibilities, state.posterior.counts, state.theta, score], kind(0))
    assert_agree(state.posterior.responsibilities, truth.posterior.responsibilities)
    assert_agree(state.posterior.counts, truth.posterior.counts, 100)
    assert_agree(score, true_score, 10**9)
    heavy = [i for i, (h, t) in enumerate(truth.posterior.counts) if h + t > Q(1, 10**3)]
    assert_agree([state.theta[i] for i in heavy], [truth.theta[i] for i in heavy], 10**3)


def test_integers_on_the_border_are_exact() -> None:
    posterior = two_coins.e_step(Rounds([2, 0], [0, 1]), (1, 0))
    assert posterior.responsibilities == [1, 0]
    assert_type([posterior.responsibilities, posterior.counts], Q(0))


# ---------------------------------------------------------------------- likelihood


@pytest.mark.parametrize("tosses", [1, 2, 5, 9])
@given(theta=thetas)
def test_the_probabilities_of_all_sequences_add_up_to_one(tosses: int, theta: Theta) -> None:
    """Sum over h of C(n, h) p(one round of h heads); a binomial coefficient or a forgotten prior 1/2 breaks it."""
    numbers = ball(40)
    whole = numbers(0)
    for h in range(tosses + 1):
        one = two_coins.log_likelihood(Rounds([h], [tosses - h]), in_kind(numbers, theta), numbers)
        whole = whole + numbers.exp(one) * comb(tosses, h)
    assert_agree(whole, Q(1))


@BY_INEXACT
@given(data=rounds(), theta=closed_thetas)
def test_the_log_likelihood_is_the_logarithm_of_the_exact_product(kind: Any, data: Rounds, theta: Theta) -> None:
    assume(possible(data, theta))
    held = tuple(exactly(kind(p)) for p in theta)
    truth = ball(60).log(ball(60)(likelihood(data, held)))
    got = two_coins.log_likelihood(data, in_kind(kind, held), kind)
    assert_type(got, kind(0))
    if isinstance(got, Ball):
        assert got.overlaps(truth)
        assert got.rad < Q(1, 10**32)
    else:
        assert_agree(got, truth.mid, 10**2)


def test_a_round_without_tosses_is_certain() -> None:
    for theta in ((Q(1, 3), Q(1, 4)), (Q(0), Q(1))):
        assert two_coins.log_likelihood(Rounds([0], [0]), theta, EXACT) == 0


@given(rounds(), closed_thetas)
def test_the_likelihood_never_falls_and_rises_wherever_theta_moves(data: Rounds, theta: Theta) -> None:
    """Q(theta' | theta) has one maximiser for each coin with mass, so a move raises Q strictly, and ln p by as much.

    Two exact steps; a state in between is rounded to 60 bits, which is as good a start as any.
    """
    assume(possible(data, theta))
    for _ in range(2):
        after = step(data, theta).theta
        if after == theta:
            return
        assert certainly_rises(data, theta, after)
        rounded = Q(round(after[0] * 2**60), 2**60), Q(round(after[1] * 2**60), 2**60)
        theta = rounded if possible(data, rounded) else after


@given(rounds(least=1), thetas)
def test_the_likelihood_never_falls_along_a_run_of_balls(data: Rounds, theta: Theta) -> None:
    """Six steps as a chain of enclosures: no state is certainly worse than the one before."""

    def likelihoods(numbers: Any) -> list[Ball]:
        states = islice(two_coins.trace(data, two_coins.start(data, in_kind(numbers, theta))), 1, 7)
        return [two_coins.log_likelihood(data, state.entered, numbers) for state in states]

    values = decided(likelihoods, ball(40))
    for before, after in pairwise(values):
        assert not after.certainly_less(before)
        assert after.rad < Q(1, 10**10)


@pytest.mark.parametrize("data", [Rounds([1], [0]), Rounds([0, 0], [1, 3])], ids=str)
def test_a_run_of_balls_goes_on_where_a_coin_reaches_the_border(data: Rounds) -> None:
    """No tails anywhere, or no heads: one step leads to 1 or 0 exactly, and the run stays there."""
    numbers = ball(40)
    states = islice(two_coins.trace(data, two_coins.start(data, in_kind(numbers, START))), 4)
    for state, expected in zip(states, [START, *[(Q(data.heads[0]),) * 2] * 3], strict=True):
        assert_agree(state.theta, expected)


# ---------------------------------------------------------------------- score and fixed points


@given(rounds(), thetas)
def test_the_score_is_the_limit_of_exact_difference_quotients(data: Rounds, theta: Theta) -> None:
    """The score is p' / p. The symmetric quotient of the polynomial p, taken at steps e and e/2, errs by
    C e^2 and C e^2 / 4; extrapolated, the rest is of order e^4, with e = 2^-100.
    """
    score, p = two_coins.score(data, theta), likelihood(data, theta)
    for i in range(2):

        def quotient(e: Q, i: int = i) -> Q:
            ahead, behind = ([x + s * e * (i == j) for j, x in enumerate(theta)] for s in (1, -1))
            return (likelihood(data, (ahead[0], ahead[1])) - likelihood(data, (behind[0], behind[1]))) / (2 * e * p)

        coarse, fine = quotient(Q(1, 2**100)), quotient(Q(1, 2**101))
        assert abs((4 * fine - coarse) / 3 - score[i]) < Q(1, 2**190)
        if fine != score[i]:
            assert Q(39, 10) < (coarse - score[i]) / (fine - score[i]) < Q(41, 10)


@pytest.mark.parametrize("theta", [(Q(0), Q(1, 2)), (Q(1, 2), Q(1)), (Q(1), Q(0))])
def test_the_score_is_undefined_on_the_border(theta: Theta) -> None:
    with pytest.raises(Undefined, match="theta_"):
        two_coins.score(LECTURE, theta)


@given(rounds(), thetas)
def test_em_stands_still_inside_exactly_where_the_score_is_zero(data: Rounds, theta: Theta) -> None:
    score, state = two_coins.score(data, theta), step(data, theta)
    for old, new, slope in zip(theta, state.theta, score, strict=True):
        assert (slope == 0) == (new == old)


@given(rounds())
def test_equal_coins_at_the_overall_share_stand_still(data: Rounds) -> None:
    heads, tails = sum(data.heads), sum(data.tails)
    assume(heads and tails)
    theta = (Q(heads, heads + tails),) * 2
    assert two_coins.score(data, theta) == (0, 0)
    assert step(data, theta).theta == theta


STARTS = [START, (Q(1, 2), Q(3, 5)), (Q(1, 10), Q(9, 10)), (Q(99, 100), Q(1, 2))]


@pytest.mark.parametrize("start", STARTS, ids=str)
@pytest.mark.parametrize("data", [LECTURE, Rounds([9, 1, 6], [1, 9, 5]), Rounds([8, 2, 7, 1], [2, 9, 1, 7])], ids=str)
def test_the_limit_is_a_zero_of_the_score(data: Rounds, start: Theta) -> None:
    """What remains is of the order of the last move, 10^-30, over 1 - rate; a ball encloses the score there."""
    numbers = high(50)
    state = two_coins.fixed_point(data, in_kind(numbers, start), numbers("1e-30"))
    assert max(abs(a - b) for a, b in zip(state.theta, state.entered, strict=True)) <= numbers("1e-30")
    limit = [exactly(p) for p in state.theta]
    for slope in two_coins.score(data, in_kind(ball(60), tuple(limit))):
        assert abs(slope).upper < Q(1, 10**24)


def test_the_fixed_point_is_the_first_state_that_moved_little_enough() -> None:
    tolerance = 1e-4
    found = two_coins.fixed_point(LECTURE, (0.6, 0.5), tolerance)
    for state in islice(two_coins.trace(LECTURE, two_coins.start(LECTURE, (0.6, 0.5))), 1, None):
        if max(abs(a - b) for a, b in zip(state.theta, state.entered, strict=True)) <= tolerance:
            assert found == state
            return


def test_the_lecture_s_limit_has_its_known_digits() -> None:
    numbers = high(50)
    a, b = two_coins.fixed_point(LECTURE, in_kind(numbers, START), numbers("1e-40")).theta
    assert abs(exactly(a) - Q("0.79678906692264691080797921590468")) < Q(1, 10**31)
    assert abs(exactly(b) - Q("0.51958312014513505584572569279094")) < Q(1, 10**31)


@given(rounds(), thetas)
def test_the_map_and_its_derivative_agree_with_the_certificate_s(data: Rounds, theta: Theta) -> None:
    """F by the textbook's quotient, and its Jacobian as the limit of exact quotients of the room's own step."""
    assert coins.image(data, theta).theta == step(data, theta).theta
    assume(sum(data.heads) + sum(data.tails) > 0)
    e = Q(1, 2**80)
    for j, column in enumerate(zip(*coins.jacobian(data, theta), strict=True)):
        ahead, behind = (step(data, tuple(p + s * e * (i == j) for i, p in enumerate(theta))).theta for s in (1, -1))
        for slope, p, q in zip(column, ahead, behind, strict=True):
            assert abs((p - q) / (2 * e) - slope) < Q(1, 2**90)


# ---------------------------------------------------------------------- conventions


def test_nothing_to_the_power_of_nothing_is_one() -> None:
    """A coin that never shows heads may show tails only, and the other way round: 0^0 = 1."""
    posterior = two_coins.e_step(Rounds([0, 3], [3, 0]), (Q(0), Q(1)))
    assert posterior.responsibilities == [1, 0]
    assert posterior.counts == ((0, 3), (3, 0))
    assert two_coins.log_likelihood(Rounds([0, 3], [3, 0]), in_kind(ball(30), (Q(0), Q(1))), ball(30)).overlaps(
        ball(60).log(ball(60)(Q(1, 4)))
    )


@BY_KIND
def test_a_round_impossible_for_one_coin_belongs_to_the_other(kind: Any) -> None:
    theta = in_kind(kind, (Q(0), Q(1, 2)))
    assert_agree(two_coins.e_step(Rounds([1, 0], [0, 1]), theta).responsibilities, [Q(0), Q(2, 3)])
    assert_agree(two_coins.e_step(Rounds([1, 0], [0, 1]), theta[::-1]).responsibilities, [Q(1), Q(1, 3)])


@BY_INEXACT
@pytest.mark.parametrize(
    ("data", "theta", "number"),
    [
        (Rounds([0, 1], [1, 0]), (Q(0), Q(0)), 1),
        (Rounds([0, 1], [1, 1]), (Q(1), Q(0)), 1),
        (Rounds([0], [1]), (Q(1), Q(1)), 0),
    ],
)
def test_an_impossible_round_has_no_mass(kind: Any, data: Rounds, theta: Theta, number: int) -> None:
    for call in (
        lambda: two_coins.e_step(data, in_kind(kind, theta)),
        lambda: two_coins.log_likelihood(data, in_kind(kind, theta), kind),
        lambda: coins.image(data, in_kind(kind, theta)),
    ):
        with pytest.raises(NoMass, match=f"^round {number} "):
            call()


@given(rounds(), closed_thetas)
def test_no_mass_is_raised_exactly_where_the_likelihood_is_zero(data: Rounds, theta: Theta) -> None:
    if possible(data, theta):
        assert len(two_coins.e_step(data, theta).responsibilities) == len(data.heads)
    else:
        with pytest.raises(NoMass):
            two_coins.e_step(data, theta)


@BY_KIND
def test_a_coin_without_mass_keeps_its_theta(kind: Any) -> None:
    """All rounds are impossible for A, so that H_A = T_A = 0 and B takes everything."""
    theta = in_kind(kind, (Q(0), Q(1, 2)))
    state = step(Rounds([3, 1], [0, 2]), theta)
    assert state.theta[0] == theta[0]
    assert_agree(state.theta[1], Q(4, 6))
    assert_agree(state.posterior.counts, ((Q(0), Q(0)), (Q(4), Q(2))))


@BY_KIND
def test_rounds_without_tosses_move_no_coin(kind: Any) -> None:
    theta = in_kind(kind, (Q(1, 3), Q(1)))
    state = step(Rounds([0, 0], [0, 0]), theta)
    assert_agree(state.posterior.responsibilities, [Q(1, 2)] * 2)
    assert all(new is old for new, old in zip(state.theta, theta, strict=True))


def test_the_start_is_an_e_step_and_no_move() -> None:
    state = two_coins.start(LECTURE, START)
    assert state.theta == state.entered == START
    assert state.posterior == two_coins.e_step(LECTURE, START)


def test_a_trace_chains_steps() -> None:
    states = list(islice(two_coins.trace(LECTURE, two_coins.start(LECTURE, START)), 3))
    assert states[0].theta == START
    assert [state.entered for state in states[1:]] == [state.theta for state in states[:2]]
    assert states[2] == step(LECTURE, states[1].theta)


def test_the_lecture_s_ten_iterations() -> None:
    """Table 5.5: expected counts to two decimals and thetas to three, from balls that leave no doubt."""
    path = Path(__file__).parent.parent / "fixtures" / "lecture" / "table-5.5.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    states = islice(two_coins.trace(LECTURE, two_coins.start(LECTURE, in_kind(ball(60), START))), 1, 11)
    for row, state in zip(rows, states, strict=True):
        (h_a, t_a), (h_b, t_b) = state.posterior.counts
        for printed, x in zip(row[1:], (h_a, t_a, h_b, t_b, *state.theta), strict=True):
            half = Q(1, 2 * 10 ** len(printed.partition(".")[2]))
            assert Q(printed) - half <= x.lower
            assert x.upper <= Q(printed) + half


# ---------------------------------------------------------------------- a thousand tosses


LONG = [
    (Rounds([520, 480], [480, 520]), (Q(51, 100), Q(1, 2))),
    (Rounds([500], [500]), (Q(3, 10), Q(7, 10))),
    (Rounds([500], [500]), (Q(1, 100), Q(99, 100))),
    (Rounds([1000, 0], [0, 1000]), (Q(1, 100), Q(99, 100))),
    (Rounds([400, 600], [600, 400]), (Q(1, 10), Q(9, 10))),
]
"""Likelihoods down to 10^-1003, far below the least binary64 number; ratios from 10^-1997 to 10^1997."""


@BY_INEXACT
@pytest.mark.parametrize(("data", "theta"), LONG)
def test_a_step_over_a_thousand_tosses(kind: Any, data: Rounds, theta: Theta) -> None:
    truth, state = step(data, theta), step(data, in_kind(kind, theta))
    assert_agree(state.posterior.responsibilities, truth.posterior.responsibilities, 10**3)
    assert_agree(state.theta, truth.theta, 10**3)


@BY_INEXACT
@pytest.mark.parametrize(("data", "theta"), LONG)
def test_the_likelihood_of_a_thousand_tosses(kind: Any, data: Rounds, theta: Theta) -> None:
    truth = ball(60).log(ball(60)(likelihood(data, theta))).mid
    got = two_coins.log_likelihood(data, in_kind(kind, theta), kind)
    if isinstance(got, Ball):
        assert abs(got.mid - truth) <= got.rad + Q(1, 10**50)
    else:
        assert_agree(got, truth, 10**4)


# ---------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("heads", "tails", "error", "words"),
    [
        ([], [], EmptyData, "heads is empty"),
        ([1, 2], [1], BadInput, "tails has 1 rounds but heads has 2"),
        ([1], [1, 2], BadInput, "tails has 2 rounds but heads has 1"),
        ([1, -2], [0, 0], BadInput, "heads[1] is -2"),
        ([1, 2, 3], [0, 0, -1], BadInput, "tails[2] is -1"),
    ],
)
def test_rounds_are_refused_by_field_and_index(heads: Any, tails: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error) as raised:
        Rounds(heads, tails)
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


CALLS: list[Callable[[Any], object]] = [
    lambda theta: two_coins.e_step(LECTURE, theta),
    lambda theta: two_coins.start(LECTURE, theta),
    lambda theta: two_coins.log_likelihood(LECTURE, theta, FLOAT),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("theta", "words"),
    [
        ((Q(-1, 9), Q(1, 2)), "theta[0] is -1/9"),
        ((0.5, 1.5), "theta[1] is 1.5"),
        ((0.5, float("nan")), "theta[1] is nan"),
        ((0.5,), "theta has 1 entries"),
        ((0.5, 0.5, 0.5), "theta has 3 entries"),
    ],
)
def test_theta_must_be_two_probabilities(call: Callable[[Any], object], theta: Any, words: str) -> None:
    with pytest.raises(BadInput) as raised:
        call(theta)
    assert words in str(raised.value)


def test_rounds_iterate_as_pairs() -> None:
    pairs: Iterator[tuple[int, int]] = iter(LECTURE)
    assert list(pairs) == [(5, 5), (9, 1), (8, 2), (4, 6), (7, 3)]
