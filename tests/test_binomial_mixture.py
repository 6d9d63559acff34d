"""Binomial mixtures: Bayes' formula toss by toss, two coins and Bernoulli rows as special cases, borders, refusals."""

from collections.abc import Callable
from fractions import Fraction as Q
from itertools import islice, pairwise
from math import comb, prod
from typing import Any

import pytest
from hypothesis import assume, given, settings, strategies as st
from mixture_strategies import (
    CLOSED,
    INSIDE,
    Binomials,
    assert_near,
    binomials,
    numbers_of,
    of_kind,
    responsibilities,
)
from strategies import INEXACT, KINDS, Rows, assert_agree, assert_type, exactly, in_kind

from refimpl import bernoulli_mixture, binomial_mixture as room, em, two_coins
from refimpl.binomial_mixture import Theta
from refimpl.errors import BadInput, NoMass, Unsupported
from refimpl.numbers import EXACT, FLOAT, Ball, ball
from refimpl.two_coins import Rounds

BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
BY_INEXACT = pytest.mark.parametrize("kind", INEXACT, ids=lambda kind: kind.name)

LECTURE = Rounds([5, 9, 8, 4, 7], [5, 1, 2, 6, 3])


def joint(rounds: Rounds, theta: Theta[Q]) -> Rows:
    """pi_k p(round n | k), toss by toss, so that no toss gives the empty product 1."""
    pairs = list(zip(theta.weights, theta.probabilities, strict=True))
    return [[prod([p] * h + [1 - p] * t, start=weight) for weight, p in pairs] for h, t in rounds]


def likelihood(rounds: Rounds, theta: Theta[Q]) -> Q:
    return prod((sum(row) for row in joint(rounds, theta)), start=Q(1))


def posterior(rounds: Rounds, theta: Theta[Q]) -> Rows:
    return [[p / sum(row) for p in row] for row in joint(rounds, theta)]


def maximum(rounds: Rounds, r: Rows, kept: Theta[Q]) -> Theta[Q]:
    """Expected rounds of each coin, and the share of heads among its expected tosses."""
    probabilities = []
    for k, old in enumerate(kept.probabilities):
        heads = sum(row[k] * h for row, h in zip(r, rounds.heads, strict=True))
        tosses = sum(row[k] * (h + t) for row, (h, t) in zip(r, rounds, strict=True))
        probabilities.append(heads / tosses if tosses else old)
    return Theta([sum(row[k] for row in r) / len(r) for k in range(len(r[0]))], probabilities)


def step(rounds: Rounds, theta: Theta[Q]) -> em.State[Theta[Q], Rows]:
    """One exact step of the room."""
    return em.step(room.model(EXACT), rounds, em.State(theta, [], theta))


# ---------------------------------------------------------------------- one step


@settings(max_examples=60)
@given(binomials(probabilities=CLOSED))
def test_an_exact_step_is_bayes_formula_and_shares_of_heads(task: Binomials) -> None:
    """It never lowers the likelihood, and raises it wherever theta moves; the expected heads stay those observed."""
    rounds, theta = task
    assume(likelihood(rounds, theta))
    state = step(rounds, theta)
    r, new = posterior(rounds, theta), state.theta
    assert room.joint(rounds, theta) == joint(rounds, theta)
    assert state.posterior == r
    assert numbers_of(new) == numbers_of(maximum(rounds, r, theta))
    assert sum(new.weights) == 1
    assert all(0 <= p <= 1 for p in new.probabilities)
    before, after = likelihood(rounds, theta), likelihood(rounds, new)
    assert after > before or (after == before and numbers_of(new) == numbers_of(theta))
    tosses = [sum(row[k] * (h + t) for row, (h, t) in zip(r, rounds, strict=True)) for k in range(len(new.weights))]
    assert sum(n * p for n, p in zip(tosses, new.probabilities, strict=True)) == sum(rounds.heads)


@settings(max_examples=30)
@given(binomials(), st.data())
def test_the_m_step_takes_any_responsibilities(task: Binomials, data: Any) -> None:
    r = data.draw(responsibilities(len(task.rounds.heads), len(task.theta.weights)))
    assert numbers_of(room.m_step(task.rounds, r, task.theta)) == numbers_of(maximum(task.rounds, r, task.theta))


@BY_KIND
@settings(max_examples=20)
@given(task=binomials())
def test_all_kinds_agree_and_the_type_that_goes_in_comes_out(kind: Any, task: Binomials) -> None:
    """At the parameters that the kind can hold; logarithms reach ln 10^-48 here, which costs two digits."""
    theta = of_kind(kind, task.theta)
    held = Theta(*(in_kind(exactly, field) for field in numbers_of(theta)))  # type: ignore[arg-type]
    r = room.e_step(task.rounds, theta, kind)
    assert_type(r, kind(0))
    assert_agree(r, posterior(task.rounds, held), 10**3)
    found = room.m_step(task.rounds, r, theta)
    truth = maximum(task.rounds, posterior(task.rounds, held), held)
    assert_type(numbers_of(found), kind(0))
    assert_agree(found.weights, truth.weights, 10**3)
    heavy = [k for k, weight in enumerate(truth.weights) if weight > Q(1, 1000)]
    assert_agree([found.probabilities[k] for k in heavy], [truth.probabilities[k] for k in heavy], 10**6)


@BY_INEXACT
@settings(max_examples=20)
@given(task=binomials(probabilities=CLOSED))
def test_the_log_likelihood_is_the_logarithm_of_the_exact_product(kind: Any, task: Binomials) -> None:
    assume(likelihood(*task))
    truth = ball(90).log(ball(90)(likelihood(*task)))
    found = room.log_likelihood(task.rounds, of_kind(kind, task.theta), kind)
    assert_type(found, kind(0))
    assert_near(found, truth, 8 if kind is FLOAT else 30)
    assert not isinstance(found, Ball) or found.overlaps(truth)
    joints = zip(room.log_joint(task.rounds, of_kind(kind, task.theta), kind), joint(*task), strict=True)
    assert all((a is None) == (p == 0) for row, other in joints for a, p in zip(row, other, strict=True))


@settings(max_examples=15)
@given(binomials(probabilities=CLOSED), st.integers(0, 6))
def test_the_probabilities_of_all_sequences_add_up_to_one(task: Binomials, tosses: int) -> None:
    """Sum over h of C(n, h) p(h heads, n - h tails); a binomial coefficient in the room would break it."""
    every = Rounds(list(range(tosses + 1)), list(range(tosses, -1, -1)))
    rows = room.joint(every, task.theta)
    assert sum(comb(tosses, h) * sum(row) for h, row in enumerate(rows)) == 1


def test_a_trace_repeats_the_two_steps() -> None:
    theta = Theta([Q(1, 3), Q(2, 3)], [Q(3, 5), Q(1, 2)])
    states = list(islice(room.trace(LECTURE, theta, EXACT), 3))
    assert states[0].theta == states[0].entered == theta
    assert states[0].posterior == posterior(LECTURE, theta)
    for old, new in pairwise(states):
        assert new.entered == old.theta
        assert new.posterior == posterior(LECTURE, old.theta)
        assert numbers_of(new.theta) == numbers_of(maximum(LECTURE, new.posterior, old.theta))


# ---------------------------------------------------------------------- special cases and symmetries


@settings(max_examples=30)
@given(binomials(k=(2, 2), probabilities=CLOSED))
def test_with_even_weights_a_step_is_that_of_two_coins(task: Binomials) -> None:
    pair = (task.theta.probabilities[0], task.theta.probabilities[1])
    even = Theta([Q(1, 2)] * 2, list(pair))
    assume(likelihood(task.rounds, even))
    state, coins = step(task.rounds, even), two_coins.step(task.rounds, two_coins.start(task.rounds, pair))
    assert [row[0] for row in state.posterior] == coins.posterior.responsibilities
    assert tuple(state.theta.probabilities) == coins.theta
    assert state.theta.weights[0] == sum(coins.posterior.responsibilities) / len(task.rounds.heads)
    numbers = ball(40)
    old = two_coins.log_likelihood(task.rounds, in_kind(numbers, pair), numbers)
    assert room.log_likelihood(task.rounds, of_kind(numbers, even), numbers).overlaps(old)


@settings(max_examples=30)
@given(binomials(), st.lists(st.integers(0, 1), min_size=1, max_size=5))
def test_with_single_tosses_a_step_is_that_of_bernoulli_rows(task: Binomials, bits: list[int]) -> None:
    table = bernoulli_mixture.Theta(task.theta.weights, [[p] for p in task.theta.probabilities])
    state = step(Rounds(bits, [1 - bit for bit in bits]), task.theta)
    other = em.step(bernoulli_mixture.model(EXACT), [[bit] for bit in bits], em.State(table, [], table))
    assert state.posterior == other.posterior
    assert state.theta.weights == other.theta.weights
    assert [[p] for p in state.theta.probabilities] == other.theta.probabilities


@settings(max_examples=30)
@given(binomials(probabilities=CLOSED), st.data())
def test_names_of_sides_and_every_order_carry_over(task: Binomials, data: Any) -> None:
    rounds, theta = task
    assume(likelihood(rounds, theta))
    pairs = list(rounds)
    order = data.draw(st.permutations(range(len(pairs))))
    parts = data.draw(st.permutations(range(len(theta.weights))))
    there = step(rounds, theta)
    turned = Theta([theta.weights[k] for k in parts], [1 - theta.probabilities[k] for k in parts])
    back = step(Rounds([pairs[n][1] for n in order], [pairs[n][0] for n in order]), turned)
    assert back.posterior == [[there.posterior[n][k] for k in parts] for n in order]
    assert back.theta.weights == [there.theta.weights[k] for k in parts]
    assert back.theta.probabilities == [1 - there.theta.probabilities[k] for k in parts]


# ---------------------------------------------------------------------- closed forms and borders


@BY_KIND
def test_one_coin_takes_the_share_of_all_heads(kind: Any) -> None:
    for state in islice(room.trace(LECTURE, of_kind(kind, Theta([Q(1)], [Q(1, 7)])), kind), 1, 3):
        assert_agree(numbers_of(state.theta), [[Q(1)], [Q(33, 50)]])


@settings(max_examples=15)
@given(binomials(k=(2, 3)))
def test_coins_with_equal_parameters_stay_equal(task: Binomials) -> None:
    """A saddle: r_nk = pi_k."""
    heads, tails = sum(task.rounds.heads), sum(task.rounds.tails)
    assume(heads + tails)
    equal = Theta(task.theta.weights, [task.theta.probabilities[0]] * len(task.theta.weights))
    for state in islice(room.trace(task.rounds, equal, EXACT), 1, 4):
        assert state.theta.weights == task.theta.weights
        assert set(state.theta.probabilities) == {Q(heads, heads + tails)}


@BY_KIND
def test_a_weight_of_nothing_stays_and_keeps_its_theta(kind: Any) -> None:
    theta = of_kind(kind, Theta([Q(1, 2), Q(0), Q(1, 2)], [Q(1, 4), Q(1, 3), Q(3, 4)]))
    for state in islice(room.trace(LECTURE, theta, kind), 3):
        assert exactly(state.theta.weights[1]) == 0
        assert state.theta.probabilities[1] is theta.probabilities[1]
        assert all(exactly(row[1]) == 0 for row in state.posterior)


@BY_KIND
def test_rounds_without_tosses_leave_the_parameters(kind: Any) -> None:
    theta = of_kind(kind, Theta([Q(1, 4), Q(3, 4)], [Q(1, 3), Q(1)]))
    for state in islice(room.trace(Rounds([0, 0], [0, 0]), theta, kind), 3):
        assert_agree(state.posterior, [[Q(1, 4), Q(3, 4)]] * 2)
        assert all(new is old for new, old in zip(state.theta.probabilities, theta.probabilities, strict=True))
        assert_agree(state.theta.weights, [Q(1, 4), Q(3, 4)])


@BY_KIND
@pytest.mark.parametrize("border", [0, 1])
def test_a_coin_that_shows_one_side_only_is_exactly_on_the_border(kind: Any, border: int) -> None:
    """And 0 ln 0 = 0: the round that agrees has ln p = ln 1."""
    rounds = Rounds([3 * border] * 2, [3 - 3 * border] * 2)
    for state in islice(room.trace(rounds, of_kind(kind, Theta([Q(1, 3), Q(2, 3)], [Q(1, 5), Q(2, 5)])), kind), 1, 4):
        assert [exactly(p) for p in state.theta.probabilities] == [border] * 2
        if kind is not EXACT:
            assert abs(exactly(room.log_likelihood(rounds, state.theta, kind))) < Q(1, 10**14)


@BY_KIND
@pytest.mark.parametrize("number", [0, 2])
def test_a_round_impossible_under_every_coin_is_named(kind: Any, number: int) -> None:
    theta = of_kind(kind, Theta([Q(1, 2), Q(1, 2)], [Q(0), Q(1)]))
    heads, tails = [2, 0, 0], [0, 1, 0]
    heads[number], tails[number] = 1, 1
    rounds = Rounds(heads, tails)
    calls: list[Callable[[], object]] = [lambda: room.e_step(rounds, theta, kind)]
    if kind is not EXACT:
        calls.append(lambda: room.log_likelihood(rounds, theta, kind))
    for call in calls:
        with pytest.raises(NoMass, match=rf"^observation {number} is impossible under every component; give "):
            call()
    assert_agree(
        room.e_step(Rounds([2, 0, 0], [0, 3, 0]), theta, kind), [[Q(1 - k), Q(k)] for k in (1, 0)] + [[Q(1, 2)] * 2]
    )


@BY_INEXACT
def test_thousands_of_tosses_underflow_nowhere(kind: Any) -> None:
    """Joint probabilities about 10^-1200; of the two coins one is 3^2000 or 3^2 times as likely."""
    rounds, theta = Rounds([2000, 1001], [0, 999]), Theta([Q(1, 2)] * 2, [Q(1, 4), Q(3, 4)])
    found = room.e_step(rounds, of_kind(kind, theta), kind)
    assert_agree(found, posterior(rounds, theta), 10**4)
    assert exactly(found[0][0]) > 0 or kind is FLOAT


# ---------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("weights", "probabilities", "words"),
    [
        ([], [], "probabilities is empty; give one for each coin"),
        ([1], [], "probabilities is empty; give one for each coin"),
        ([1], [Q(1, 2)] * 2, "weights has 1 entries for 2 components; give one for each"),
        ([Q(1, 3)] * 3, [Q(1, 2)] * 2, "weights has 3 entries for 2 components; give one for each"),
        ([Q(1, 2), Q(1, 3)], [Q(1, 2)] * 2, "the sum of weights is 5/6; give numbers that sum to 1"),
        ([Q(3, 2), Q(-1, 2)], [Q(1, 2)] * 2, "weights[0] is 3/2; give a number from 0 to 1"),
        ([0.5, float("nan")], [0.5, 0.5], "weights[1] is nan; give a number from 0 to 1"),
        ([Q(1, 2)] * 2, [Q(1, 2), Q(-1, 9)], "probabilities[1] is -1/9; give a probability from 0 to 1"),
        ([0.5, 0.5], [1.5, 0.5], "probabilities[0] is 1.5; give a probability from 0 to 1"),
        ([0.5, 0.5], [0.5, float("nan")], "probabilities[1] is nan; give a probability from 0 to 1"),
    ],
)
def test_bad_parameters_are_refused_in_one_sentence(weights: Any, probabilities: Any, words: str) -> None:
    theta = Theta(weights, probabilities)
    calls: list[Callable[[], object]] = [
        lambda: room.e_step(LECTURE, theta, EXACT),
        lambda: room.e_step(LECTURE, theta, FLOAT),
        lambda: room.joint(LECTURE, theta),
        lambda: room.log_likelihood(LECTURE, theta, FLOAT),
        lambda: next(room.trace(LECTURE, theta, EXACT)),
    ]
    for call in calls:
        with pytest.raises(BadInput) as raised:
            call()
        assert str(raised.value).startswith(words)
        assert "\n" not in str(raised.value)


def test_the_sentence_names_the_entry_as_it_was_given() -> None:
    with pytest.raises(BadInput, match=r"^probabilities\[1\] is 3/2"):
        room.e_step(LECTURE, Theta([Q(1, 2)] * 2, [Q(1, 2), Q(3, 2)]), EXACT)


@pytest.mark.parametrize("r", [[[1, 0]] * 4, [[1]] * 5, [[1, 0, 0]] * 5, [[1, 1]] * 5, [[2, -1]] * 5], ids=str)
def test_the_m_step_refuses_responsibilities_that_do_not_fit(r: Any) -> None:
    with pytest.raises(BadInput) as raised:
        room.m_step(LECTURE, r, Theta([Q(1, 2)] * 2, INSIDE[:2]))
    assert "responsibilities" in str(raised.value)


def test_exact_numbers_have_no_log_likelihood() -> None:
    with pytest.raises(Unsupported):
        room.log_likelihood(LECTURE, Theta([Q(1)], [Q(1, 3)]), EXACT)
