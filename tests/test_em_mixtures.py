"""The theory that all mixtures share: decomposition, ascent, Fisher's identity, and what maps of the data do."""

from collections.abc import Callable
from dataclasses import fields, replace
from fractions import Fraction as Q
from itertools import islice
from math import prod
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from mixture_strategies import (
    DIGITS,
    MP,
    Bernoullis,
    Binomials,
    Gaussians,
    assert_near,
    bernoullis,
    binomials,
    blend,
    determinant,
    gaussians,
    image,
    inverse,
    maps,
    moved,
    mp,
    never_falls,
    numbers_of,
    of_kind,
    of_type,
    responsibilities,
    weighed,
)
from strategies import Rows, assert_agree, flat, in_kind

from refimpl import bernoulli_mixture, binomial_mixture, em, gaussian_mixture
from refimpl.errors import Diverges, Undecided
from refimpl.gaussian_mixture import COVARIANCE_TYPES, Shape, Theta
from refimpl.numbers import EXACT, Ball, ball, high
from refimpl.two_coins import Rounds

BY_TYPE = pytest.mark.parametrize("covariance_type", COVARIANCE_TYPES)

B = ball(60)
FEW = settings(max_examples=10)


def data_of(task: Any, numbers: Any) -> Any:
    """Points as numbers of that kind; bits and counts as they are."""
    return in_kind(numbers, task.points) if isinstance(task, Gaussians) else task[0]


ROOMS = {Gaussians: gaussian_mixture, Bernoullis: bernoulli_mixture, Binomials: binomial_mixture}
"""The room of each task."""

TASKS = st.one_of(gaussians(d=(1, 2)), bernoullis(), binomials())


def room_of(task: Any) -> Any:
    return ROOMS[type(task)]


def rows_of(task: Any) -> int:
    return len(task.rounds.heads) if isinstance(task, Binomials) else len(task[0])


def log_joint(task: Any, theta: Any, numbers: Any = B) -> Any:
    return room_of(task).log_joint(data_of(task, numbers), of_kind(numbers, theta), numbers)


# ---------------------------------------------------------------------- ln p = Q + H + KL


@settings(max_examples=25)
@given(TASKS, st.data())
def test_the_log_likelihood_is_expected_plus_entropy_plus_divergence(task: Any, data: Any) -> None:
    """For any q, zeros among it; the divergence from a q that is not the posterior is proven positive.  (EM4)"""
    room, k = room_of(task), len(task.theta.weights)
    q = data.draw(responsibilities(rows_of(task), k))
    joint, balls = log_joint(task, task.theta), in_kind(B, q)
    posterior = room.e_step(data_of(task, B), of_kind(B, task.theta), B)
    value = room.log_likelihood(data_of(task, B), of_kind(B, task.theta), B)
    kl = em.divergence(balls, posterior, B)
    parts = em.expected(balls, joint) + em.entropy(balls, B) + kl
    assert value.overlaps(parts)
    assert max(value.rad, parts.rad) < Q(1, 10**45)
    if any(not x.overlaps(y) for x, y in zip(flat(balls), flat(posterior), strict=True)):
        assert kl > 0
    else:
        assert k == 1 or kl.contains(0)


@settings(max_examples=15)
@given(TASKS)
def test_the_divergence_is_zero_at_the_posterior(task: Any) -> None:
    """So that there ln p = Q + H, and the entropy lies between 0 and N ln K."""
    room, k, n = room_of(task), len(task.theta.weights), rows_of(task)
    data, theta = data_of(task, B), of_kind(B, task.theta)
    r = room.e_step(data, theta, B)
    kl, entropy = em.divergence(r, r, B), em.entropy(r, B)
    assert kl.contains(0)
    assert kl.rad < Q(1, 10**45)
    assert room.log_likelihood(data, theta, B).overlaps(em.expected(r, log_joint(task, task.theta)) + entropy)
    assert entropy.upper > -Q(1, 10**45)
    assert entropy.lower < (B.log(B(k)) * n).upper + Q(1, 10**45)


def test_entropy_and_divergence_have_their_known_values() -> None:
    """H(1/2, 1/4, 1/4) = 3/2 ln 2, and KL from (1/4, 1/2, 1/4) is 1/2 ln 2 - 1/4 ln 2; 0 ln 0 = 0."""
    ln2, q = B.log(B(2)), in_kind(B, [[Q(1, 2), Q(1, 4), Q(1, 4)], [0, 1, 0]])
    assert em.entropy(q, B).overlaps(ln2 * 3 / 2)
    assert em.divergence(q, in_kind(B, [[Q(1, 4), Q(1, 2), Q(1, 4)], [0, 1, 0]]), B).overlaps(ln2 / 4)
    assert em.divergence(q, in_kind(B, [[Q(1, 2), Q(1, 4), Q(1, 4)], [Q(1, 2), Q(1, 4), Q(1, 4)]]), B).overlaps(ln2 * 2)
    assert em.entropy([[Q(1), Q(0)]], EXACT) == 0
    assert em.expected([[Q(1, 3), Q(2, 3)], [Q(1), Q(0)]], [[Q(3), Q(6)], [Q(7), None]]) == 1 + 4 + 7


# ---------------------------------------------------------------------- ascent


def assert_ascends(task: Any, make: Callable[[Any, Any, Any], Any], steps: int = 3) -> None:
    """Balls prove along a run that no likelihood is below the one before.

    Where a component collapses the run is as long as its variances can be told from 0: one step or more.
    """

    def likelihoods(numbers: Any) -> list[Ball]:
        data, states = data_of(task, numbers), []
        try:
            states.extend(islice(make(data, of_kind(numbers, task.theta), numbers), steps + 1))
        except (Diverges, Undecided):
            if len(states) < 3 and numbers is not ball(DIGITS[-1]):
                raise
        assert len(states) > 1
        return [room_of(task).log_likelihood(data, state.theta, numbers) for state in states]

    assert never_falls(likelihoods)


@BY_TYPE
@FEW
@given(task=gaussians(d=(1, 2), k=(2, 3)))
def test_the_likelihood_of_gaussians_never_falls(covariance_type: Any, task: Gaussians) -> None:
    typed = Gaussians(task.points, of_type(task.theta, covariance_type))
    assert_ascends(typed, lambda data, theta, b: gaussian_mixture.trace(data, theta, b, Shape(covariance_type)))


@FEW
@given(bernoullis(k=(2, 3)))
def test_the_likelihood_of_bernoullis_never_falls(task: Bernoullis) -> None:
    assert_ascends(task, bernoulli_mixture.trace)


@FEW
@given(binomials(k=(2, 3)))
def test_the_likelihood_of_binomials_never_falls(task: Binomials) -> None:
    assert_ascends(task, binomial_mixture.trace)


@pytest.mark.parametrize(
    "task",
    [
        Gaussians([[Q(0)], [Q(2)]], Theta([Q(1)], [[Q(1)]], [[[Q(1)]]])),
        Bernoullis([[0, 1], [1, 1]], bernoulli_mixture.Theta([Q(1, 3), Q(2, 3)], [[Q(1, 2), Q(1)]] * 2)),
        Binomials(Rounds([1, 2], [2, 1]), binomial_mixture.Theta([Q(1, 3), Q(2, 3)], [Q(1, 2)] * 2)),
    ],
    ids=lambda task: type(task).__name__,
)
def test_a_fixed_point_keeps_its_likelihood(task: Any) -> None:
    """Where balls cannot tell two likelihoods apart with 320 digits they are the same."""
    assert_ascends(task, room_of(task).trace, 2)
    for state in islice(room_of(task).trace(data_of(task, B), of_kind(B, task.theta), B), 3):
        assert_agree(numbers_of(state.theta), numbers_of(task.theta))


def test_what_falls_is_not_said_to_rise() -> None:
    """The judge itself: a fall of 10^-200 is found, and what is equal passes."""
    assert never_falls(lambda numbers: [numbers(1), numbers(1), numbers(2)])
    assert never_falls(lambda numbers: [numbers(Q(1, 3))] * 2)
    assert not never_falls(lambda numbers: [numbers(1), numbers(2), numbers(Q(5, 3))])
    assert not never_falls(lambda numbers: [numbers(Q(1, 3)), numbers(Q(1, 3)) - numbers(Q(1, 10**200))])
    with pytest.raises(AssertionError):
        never_falls(lambda numbers: [numbers(1), Ball(1, 1, 0, 40)])


@BY_TYPE
@pytest.mark.parametrize("variance", [Q(1, 2), Q(1), Q(2)], ids=str)
def test_with_a_regularisation_the_likelihood_may_fall(covariance_type: Any, variance: Q) -> None:
    """1, 1, 5 from 1 and 5: each M-step adds 2 to both variances, and that is no maximum."""
    theta = of_kind(B, Theta([Q(2, 3), Q(1, 3)], [[Q(1)], [Q(5)]], [[[variance]]] * 2))
    points, shape = in_kind(B, [[1], [1], [5]]), Shape(covariance_type, B(2))
    values = [
        gaussian_mixture.log_likelihood(points, state.theta, B)
        for state in islice(gaussian_mixture.trace(points, theta, B, shape), 3)
    ]
    assert values[0] > values[1] > values[2]


# ---------------------------------------------------------------------- the M-step's maximum


def assert_maximal(task: Any, r: Rows, best: Any, other: Any) -> None:
    """Q at `best` is proven to be above Q at `other` and on the way there, taken with one parameter at a time."""
    balls, names = in_kind(B, r), [field.name for field in fields(best)]
    highest = em.expected(balls, log_joint(task, best))
    ways = [blend(best, other, t) for t in (Q(1, 4), Q(1))]
    for t in (Q(1, 1000), Q(1, 4)):
        ways += [replace(best, **{name: blend(getattr(best, name), getattr(other, name), t)}) for name in names]
    for way in ways:
        assert way == best or highest > em.expected(balls, log_joint(task, way))


@BY_TYPE
@FEW
@given(task=gaussians(d=(1, 2)), data=st.data())
def test_the_m_step_of_gaussians_maximises_the_expectation(covariance_type: Any, task: Gaussians, data: Any) -> None:
    r = data.draw(responsibilities(len(task.points), len(task.theta.weights), 1))
    best = gaussian_mixture.m_step(task.points, r, None, Shape(covariance_type))
    assert_maximal(task, r, best, of_type(task.theta, covariance_type))


@settings(max_examples=20)
@given(st.one_of(bernoullis(), binomials()), st.data())
def test_the_m_step_of_coins_maximises_the_expectation(task: Any, data: Any) -> None:
    """Strictly, but for a parameter that no toss tells of: that one stays as it was."""
    r = data.draw(responsibilities(rows_of(task), len(task.theta.weights)))
    even = [Q(1, len(r[0]))] * len(r[0])
    best = room_of(task).m_step(task[0], r, task.theta)
    assert_maximal(task, r, best, replace(task.theta, weights=even))


# ---------------------------------------------------------------------- Fisher's identity


class Dual:
    """A value and its derivative: (a, a') + (b, b') = (a + b, a' + b'), (a, a') (b, b') = (a b, a b' + a' b)."""

    def __init__(self, value: Any, slope: Any = 0) -> None:
        self.value, self.slope = value, slope

    def __add__(self, other: "Dual") -> "Dual":
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other: "Dual") -> "Dual":
        return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)


def product(factors: list[Dual]) -> Dual:
    return prod(factors, start=Dual(1))  # type: ignore[call-overload, no-any-return]


def log_slope(likelihoods: list[Dual]) -> Any:
    """Return d sum_n ln p_n = sum_n p_n' / p_n."""
    return sum(p.slope / p.value for p in likelihoods)


def coin(p: Dual, bit: int) -> Dual:
    return p if bit else Dual(1 - p.value, -p.slope)


@settings(max_examples=20)
@given(bernoullis())
def test_the_score_of_bernoullis_is_the_exact_derivative(task: Bernoullis) -> None:
    found = bernoulli_mixture.score(task.rows, task.theta, bernoulli_mixture.e_step(task.rows, task.theta, EXACT))
    for k, mu in enumerate(task.theta.probabilities):
        for d in range(len(mu)):
            table = [
                [Dual(p, Q((i, j) == (k, d))) for j, p in enumerate(row)]
                for i, row in enumerate(task.theta.probabilities)
            ]
            likelihoods = []
            for x in task.rows:
                whole = Dual(Q(0))
                for weight, row in zip(task.theta.weights, table, strict=True):
                    whole = whole + Dual(weight) * product([coin(p, bit) for p, bit in zip(row, x, strict=True)])
                likelihoods.append(whole)
            assert found[k][d] == log_slope(likelihoods)


@settings(max_examples=20)
@given(binomials())
def test_the_posterior_mean_of_gradients_is_the_exact_derivative_for_binomials(task: Binomials) -> None:
    """(EM5) with `expected`: d ln p(round, k) / d theta_k = h / theta_k - t / (1 - theta_k)."""
    r = binomial_mixture.e_step(task.rounds, task.theta, EXACT)
    for k, p in enumerate(task.theta.probabilities):
        gradients = [[h / p - t / (1 - p) if i == k else Q(0) for i in range(len(r[0]))] for h, t in task.rounds]
        likelihoods = []
        for h, t in task.rounds:
            whole = Dual(Q(0))
            for i, (weight, q) in enumerate(zip(task.theta.weights, task.theta.probabilities, strict=True)):
                tosses = [1] * h + [0] * t
                whole = whole + Dual(weight) * product([coin(Dual(q, Q(i == k)), bit) for bit in tosses])
            likelihoods.append(whole)
        assert em.expected(r, gradients) == log_slope(likelihoods)


@settings(max_examples=10)
@given(gaussians())
def test_the_score_of_gaussians_is_the_derivative_to_forty_digits(task: Gaussians) -> None:
    """The density in dual numbers, by the inverse and the determinant, with 60 digits."""
    theta, d = task.theta, len(task.points[0])
    scores = []
    for numbers in (high(60), B):
        data, held = in_kind(numbers, task.points), of_kind(numbers, theta)
        scores.append(gaussian_mixture.score(data, held, gaussian_mixture.e_step(data, held, numbers)))
    inverses = [[[mp(x) for x in row] for row in inverse(s)] for s in theta.covariances]
    constants = [
        mp(w) / MP.sqrt((2 * MP.pi) ** d * mp(determinant(s)))
        for w, s in zip(theta.weights, theta.covariances, strict=True)
    ]
    for k in range(len(theta.means)):
        for i in range(d):
            likelihoods = []
            for x in task.points:
                whole = Dual(MP.mpf(0))
                for j, mean in enumerate(theta.means):
                    offset = [
                        Dual(mp(a - m), -int((j, c) == (k, i))) for c, (a, m) in enumerate(zip(x, mean, strict=True))
                    ]
                    quadratic = Dual(MP.mpf(0))
                    for p in range(d):
                        for q in range(d):
                            quadratic = quadratic + offset[p] * Dual(inverses[j][p][q]) * offset[q]
                    power = constants[j] * MP.exp(-quadratic.value / 2)
                    whole = whole + Dual(power, -power * quadratic.slope / 2)
                likelihoods.append(whole)
            for score in scores:
                assert_near(score[k][i], log_slope(likelihoods), 40)


# ---------------------------------------------------------------------- symmetries


@BY_TYPE
@settings(max_examples=10)
@given(task=weighed(), data=st.data())
def test_an_affine_map_of_points_maps_the_m_step(covariance_type: Any, task: Any, data: Any) -> None:
    """Exactly, on Fractions."""
    points, r = task
    a, b = data.draw(maps(len(points[0]), covariance_type))
    there = gaussian_mixture.m_step(points, r, None, Shape(covariance_type))
    after = [[x + y for x, y in zip(image(a, p), b, strict=True)] for p in points]
    back = gaussian_mixture.m_step(after, r, None, Shape(covariance_type))
    assert numbers_of(back) == numbers_of(moved(there, a, b))


@BY_TYPE
@settings(max_examples=8)
@given(task=gaussians(k=(2, 3)), data=st.data())
def test_an_affine_map_leaves_the_responsibilities(covariance_type: Any, task: Gaussians, data: Any) -> None:
    """Certified: the balls overlap and are narrow."""
    theta = of_type(task.theta, covariance_type)
    a, b = data.draw(maps(len(task.points[0]), covariance_type))
    after = [[x + y for x, y in zip(image(a, p), b, strict=True)] for p in task.points]
    there = gaussian_mixture.e_step(in_kind(B, task.points), of_kind(B, theta), B)
    back = gaussian_mixture.e_step(in_kind(B, after), of_kind(B, moved(theta, a, b)), B)
    for x, y in zip(flat(there), flat(back), strict=True):
        assert x.overlaps(y)
        assert max(x.rad, y.rad) < Q(1, 10**40)


@BY_TYPE
@settings(max_examples=8)
@given(task=gaussians(k=(2, 3)), random=st.randoms(use_true_random=False))
def test_points_and_components_may_come_in_any_order(covariance_type: Any, task: Gaussians, random: Any) -> None:
    task = Gaussians(task.points, of_type(task.theta, covariance_type))
    theta = task.theta
    p, s = list(range(len(theta.means))), list(range(len(task.points)))
    random.shuffle(p)
    random.shuffle(s)
    swapped = Theta(*([field[k] for k in p] for field in numbers_of(theta)))
    mixtures = gaussian_mixture.model(B, Shape(covariance_type))
    data, shuffled = in_kind(B, task.points), in_kind(B, [task.points[n] for n in s])
    there = em.step(mixtures, data, em.State(theta, [], of_kind(B, theta)))
    back = em.step(mixtures, shuffled, em.State(theta, [], of_kind(B, swapped)))
    expected = [[there.posterior[n][k] for k in p] for n in s], *([f[k] for k in p] for f in numbers_of(there.theta))
    for x, y in zip(flat([back.posterior, *numbers_of(back.theta)]), flat(list(expected)), strict=True):
        assert x.overlaps(y)
        assert x.rad < Q(1, 10**35)
