"""Ancestral sampling: the same draws from a seed in every kind of number, and draws that follow their law."""

import math
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction as Q
from functools import reduce
from itertools import combinations, islice
from operator import add
from random import Random
from typing import Any

import pytest
from hypothesis import given, strategies as st
from strategies import INEXACT, KINDS, assert_type, exactly, flat, in_kind

from refimpl import ancestral_sampling, bernoulli_mixture, gaussian_mixture
from refimpl.ancestral_sampling import bernoulli_mixture_sample, component, gaussian_mixture_sample, normals, uniforms
from refimpl.errors import BadInput, EmptyData, NotPositiveDefinite, RefimplError, Undecided, Unsupported
from refimpl.numbers import EXACT, FLOAT, Ball, ball, high, rounded

BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
BY_INEXACT = pytest.mark.parametrize("kind", INEXACT, ids=lambda kind: kind.name)

TINY = Q(1, 2**53)
"""The step between uniform numbers."""

BLOBS: Any = (
    [Q(1, 4), Q(1, 4), Q(0), Q(1, 2)],
    [[Q(0), Q(1)], [Q(2), Q(1)], [Q(99), Q(99)], [Q(-8), Q(3)]],
    [
        [[Q(1), Q(0)], [Q(0), Q(2)]],
        [[Q(3), Q(1)], [Q(1), Q(1)]],
        [[Q(1), Q(0)], [Q(0), Q(1)]],
        [[Q(2), Q(-1)], [Q(-1), Q(1)]],
    ],
)
"""Weights, means and covariances of four Gaussians, one without weight; binary64 holds them all."""

BITS: Any = ([Q(3, 8), Q(0), Q(5, 8)], [[Q(0), Q(1, 2), Q(1)], [Q(1, 3)] * 3, [Q(1, 4), Q(3, 4), Q(7, 8)]])
"""Weights and probabilities of three components, one without weight."""


def blobs(kind: Any) -> Any:
    return gaussian_mixture.Theta(*in_kind(kind, BLOBS))


def bits(kind: Any) -> Any:
    return bernoulli_mixture.Theta(*in_kind(kind, BITS))


def agree(got: Any, reference: Any, scale: int = 100) -> None:
    """Every number is, as well as its kind can know, the one that lies in the ball of the reference."""
    for x, truth in zip(flat(got), flat(reference), strict=True):
        slack = x.rad if isinstance(x, Ball) else Q(scale, 10**13 if isinstance(x, float) else 10**35)
        assert abs(exactly(x) - truth.mid) <= slack + truth.rad


# ---------------------------------------------------------------------- uniform numbers


def test_uniforms_are_those_of_python_exactly() -> None:
    source = Random(2024)
    for u in islice(uniforms(2024), 100):
        assert u == Q(source.random())
        assert 0 <= u < 1
        assert (u / TINY).denominator == 1


def test_uniforms_of_a_seed_never_change() -> None:
    """What CPython 3.11, 3.12 and 3.13 give; every Python has to give the same."""
    assert [u / TINY for u in islice(uniforms(0), 3)] == [7605875871743422, 6827046333291546, 3788172029424828]
    assert [u / TINY for u in islice(uniforms(10**30), 2)] == [8414082826036480, 4731543750631567]


def test_different_seeds_give_different_sequences() -> None:
    firsts = [tuple(islice(uniforms(seed), 2)) for seed in range(50)]
    assert len(set(firsts)) == 50


@pytest.mark.parametrize("seed", [-1, 0.5, "a", None])
def test_a_seed_that_python_would_not_repeat_is_refused(seed: Any) -> None:
    with pytest.raises(BadInput, match=r"seed is .*; give an integer of at least 0"):
        uniforms(seed)


# ---------------------------------------------------------------------- the inverse transform


def test_a_component_begins_exactly_where_the_one_before_it_ends() -> None:
    weights = [Q(1, 4), Q(1, 2), Q(1, 4)]
    for u, k in ((Q(0), 0), (Q(1, 4) - TINY, 0), (Q(1, 4), 1), (Q(3, 4) - TINY, 1), (Q(3, 4), 2), (1 - TINY, 2)):
        for kind in KINDS:
            assert component(in_kind(kind, weights), u) == k


def test_the_boundary_is_exact_where_no_uniform_number_lies_on_it() -> None:
    """1/3 lies strictly between two multiples of 2^-53."""
    below = Q(2**53 // 3, 2**53)
    assert below < Q(1, 3) < below + TINY
    assert [component([Q(1, 3), Q(2, 3)], u) for u in (below, below + TINY)] == [0, 1]
    for kind in (high(40), ball(40)):
        assert [component(in_kind(kind, [Q(1, 3), Q(2, 3)]), u) for u in (below, below + TINY)] == [0, 1]


def test_a_ball_that_holds_the_uniform_number_is_undecided() -> None:
    third = ball(3)(Q(1, 3))
    with pytest.raises(Undecided):
        component([third, 1 - third], third.mid)
    assert component([third, 1 - third], 1 - TINY) == 1  # however wide the sum of all weights is


@BY_KIND
def test_a_component_of_weight_zero_is_never_drawn(kind: Any) -> None:
    for zeros in ([0, 2], [1, 3], [0, 1, 3], [2, 3]):
        some = [k for k in range(4) if k not in zeros]
        weights = in_kind(kind, [Q(1, len(some)) if k in some else Q(0) for k in range(4)])
        for u in (Q(0), TINY, Q(1, 2) - TINY, Q(1, 2), 1 - TINY):
            assert component(weights, u) in some


def test_what_rounding_leaves_belongs_to_the_last_component_that_has_weight() -> None:
    """Ten times 0.1 is less than 1 in binary64, by the largest uniform number there is."""
    weights = [0.1] * 10
    assert reduce(add, weights) == 1 - TINY
    assert component(weights, 1 - TINY) == 9
    assert component([*weights, 0.0], 1 - TINY) == 9


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6).filter(any), st.integers(0, 2**53 - 1))
def test_the_component_is_the_one_whose_interval_holds_u(shares: list[int], step: int) -> None:
    weights, u = [Q(share, sum(shares)) for share in shares], step * TINY
    k = component(weights, u)
    assert sum(weights[:k]) <= u < sum(weights[: k + 1])


# ---------------------------------------------------------------------- normal numbers


@BY_INEXACT
def test_pairs_have_the_angle_of_the_disc_and_the_radius_of_their_law(kind: Any) -> None:
    """F v and f w with f > 0: g_1 w = g_2 v, and g_1^2 + g_2^2 = -2 ln s, which exp turns back into s."""
    source = uniforms(7)
    spring = normals(uniforms(7), kind)
    for _ in range(20):
        v, w = 1, 1
        while not 0 < v * v + w * w < 1:
            v, w = 2 * next(source) - 1, 2 * next(source) - 1
        g, h = next(spring), next(spring)
        assert_type([g, h], kind(0))
        known = [exactly(x) for x in (g, h, kind.exp((g * g + h * h) / -2))]
        slack = Q(1, 10**13 if kind is FLOAT else 10**35)
        assert abs(known[0] * w - known[1] * v) <= slack
        assert known[0] * v >= 0 <= known[1] * w
        assert abs(known[2] - v * v - w * w) <= slack


def test_points_outside_the_disc_and_its_centre_are_drawn_again() -> None:
    def given_numbers() -> Iterator[Q]:
        yield from (Q(0), Q(0))  # v = w = -1: a corner
        yield from (Q(1, 2), Q(0))  # v = 0, w = -1: on the circle, s = 1
        yield from (Q(1, 2), Q(1, 2))  # the centre, s = 0
        yield from (Q(3, 4), Q(1, 4))  # v = 1/2, w = -1/2
        yield from (Q(1, 2), Q(3, 4))  # v = 0, w = 1/2

    spring = normals(given_numbers(), ball(30))
    first, second, third, fourth = islice(spring, 4)
    # s = 1/2: f = 2 sqrt(ln 2), so that both are +- sqrt(ln 2)
    assert (first * first - ball(30).log(ball(30)(2))).contains(0)
    assert first > 0
    assert (first + second).contains(0)
    # s = 1/4: the second number is sqrt(-2 ln s) itself
    assert third == 0
    assert (fourth * fourth - ball(30).log(ball(30)(4)) * 2).contains(0)


def test_normal_numbers_of_a_seed_never_change() -> None:
    assert [rounded(g, 20) for g in islice(normals(uniforms(0), ball(30)), 4)] == [
        "0.62020012160690168227",
        "0.46449826387097423855",
        "-0.51529708559794943840",
        "-1.5640434149388385395",
    ]


def test_normal_numbers_have_their_law() -> None:
    """The empirical distribution of N numbers is within sqrt(ln(2/p) / 2N) of the law, but for one sample in 1/p."""
    n = 6000
    drawn = sorted(islice(normals(uniforms(3), FLOAT), n))
    law = [(1 + math.erf(g / math.sqrt(2))) / 2 for g in drawn]
    bound = math.sqrt(math.log(2 * 10**6) / (2 * n))  # Massart's inequality with p = 10^-6
    assert max(max(abs(p - i / n), abs(p - (i + 1) / n)) for i, p in enumerate(law)) <= bound


def test_exact_numbers_have_no_normal_ones() -> None:
    with pytest.raises(Unsupported, match="irrational"):
        next(normals(uniforms(0), EXACT))
    with pytest.raises(Unsupported, match="irrational"):
        gaussian_mixture_sample(blobs(EXACT), 1, 0, EXACT)


# ---------------------------------------------------------------------- samples of Gaussian mixtures


@BY_INEXACT
def test_a_seed_gives_one_sample_in_every_kind(kind: Any) -> None:
    reference_labels, reference = gaussian_mixture_sample(blobs(ball(60)), 40, 11, ball(60))
    labels, points = gaussian_mixture_sample(blobs(kind), 40, 11, kind)
    assert labels == reference_labels
    assert set(labels) == {0, 1, 3}
    assert_type(points, kind(0))
    agree(points, reference)
    again = gaussian_mixture_sample(blobs(kind), 40, 11, kind)
    assert repr(again) == repr((labels, points))


def test_a_sample_is_made_of_a_component_and_then_of_normal_numbers() -> None:
    """Written out once more, with the square root of diag(4, 9) known; the spare normal number waits for its turn."""
    weights, means = [0.5, 0.5], [[0.0, 1.0, 2.0], [5.0, 6.0, 7.0]]
    deviations = [[2.0, 3.0, 1.0], [4.0, 0.5, 1.0]]
    covariances = [[[s * s if i == j else 0.0 for j in range(3)] for i, s in enumerate(row)] for row in deviations]
    labels, points = gaussian_mixture_sample(gaussian_mixture.Theta(weights, means, covariances), 9, 5, FLOAT)
    source = uniforms(5)
    spring = normals(source, FLOAT)
    for label, point in zip(labels, points, strict=True):
        k = int(next(source) >= Q(1, 2))
        assert label == k
        assert point == [m + s * next(spring) for m, s in zip(means[k], deviations[k], strict=True)]


def test_a_sample_begins_with_every_shorter_one() -> None:
    whole = gaussian_mixture_sample(blobs(FLOAT), 30, 4, FLOAT)
    for count in (0, 1, 7, 30):
        assert gaussian_mixture_sample(blobs(FLOAT), count, 4, FLOAT) == tuple(part[:count] for part in whole)


def test_moments_are_those_of_the_components() -> None:
    """Means, variances and the mixed moment within five standard errors of one component, compared as squares."""
    weights, means, covariances = BLOBS
    labels, points = gaussian_mixture_sample(blobs(FLOAT), 3000, 1, FLOAT)
    counts = Counter(labels)
    for k in (0, 1, 3):
        assert (counts[k] - 3000 * weights[k]) ** 2 <= 25 * 3000 * weights[k] * (1 - weights[k])
        own = [[Q(x) for x in point] for label, point in zip(labels, points, strict=True) if label == k]
        n, sigma = len(own), covariances[k]
        offsets = [[x - m for x, m in zip(point, means[k], strict=True)] for point in own]
        for i in range(2):
            mean = sum(offset[i] for offset in offsets) / n
            assert mean**2 <= 25 * sigma[i][i] / n
            for j in range(i + 1):
                # the variance of a product of two normal numbers is sigma_ii sigma_jj + sigma_ij^2
                moment = sum(offset[i] * offset[j] for offset in offsets) / n
                assert (moment - sigma[i][j]) ** 2 <= 25 * (sigma[i][i] * sigma[j][j] + sigma[i][j] ** 2) / n
    assert counts[2] == 0


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"count": -1}, BadInput, "count is -1; give an integer of at least 0"),
        ({"count": 2.0}, BadInput, "count is 2.0; give an integer of at least 0"),
        ({"seed": -3}, BadInput, "seed is -3; give an integer of at least 0"),
        ({"weights": [0.5, 0.25]}, BadInput, "the sum of weights is 0.75"),
        ({"weights": [1.5, -0.5]}, BadInput, r"weights\[0\] is 1.5"),
        ({"weights": [1.0]}, BadInput, "weights has 1 entries for 2 components"),
        ({"weights": [], "means": [], "covariances": []}, EmptyData, "means is empty"),
        ({"means": [[0.0], [1.0, 2.0]]}, BadInput, r"means\[1\] has 2 entries"),
        ({"covariances": [[[1.0]]]}, BadInput, "covariances has 1 matrices for 2 components"),
        ({"covariances": [[[1.0]], [[1.0, 0.0], [0.0, 1.0]]]}, BadInput, r"covariances\[1\] has 2 x 2 entries"),
        ({"covariances": [[[1.0]], [[0.0]]]}, NotPositiveDefinite, r"covariances\[1\] is not positive definite"),
        ({"covariances": [[[-1.0]], [[1.0]]]}, NotPositiveDefinite, r"covariances\[0\] is not positive definite"),
    ],
)
def test_a_gaussian_sample_refuses_by_field(change: dict[str, Any], error: type[RefimplError], words: str) -> None:
    whole: dict[str, Any] = {"weights": [1.0, 0.0], "means": [[0.0], [1.0]], "covariances": [[[1.0]], [[1.0]]]}
    whole |= {"count": 1, "seed": 0} | change
    theta = gaussian_mixture.Theta(whole["weights"], whole["means"], whole["covariances"])
    with pytest.raises(error, match=words):
        gaussian_mixture_sample(theta, whole["count"], whole["seed"], FLOAT)


# ---------------------------------------------------------------------- samples of Bernoulli mixtures


@BY_KIND
def test_a_seed_gives_the_same_bits_in_every_kind(kind: Any) -> None:
    labels, rows = bernoulli_mixture_sample(bits(kind), 60, 8)
    assert (labels, rows) == bernoulli_mixture_sample(bits(EXACT), 60, 8)
    assert set(labels) == {0, 2}
    assert {type(bit) for row in rows for bit in row} == {int}
    bernoulli_mixture.check(rows, bits(kind))


def test_bits_of_probability_zero_and_one_are_certain() -> None:
    labels, rows = bernoulli_mixture_sample(bits(EXACT), 200, 1)
    own = [row for label, row in zip(labels, rows, strict=True) if label == 0]
    assert {(row[0], row[2]) for row in own} == {(0, 1)}
    assert {row[1] for row in own} == {0, 1}


def test_a_bit_is_one_exactly_below_its_probability(monkeypatch: pytest.MonkeyPatch) -> None:
    theta = bernoulli_mixture.Theta([Q(1, 2), Q(1, 2)], [[Q(1, 4), Q(0), Q(1)], [Q(1, 3), Q(3, 4), Q(1)]])
    third = Q(2**53 // 3, 2**53)
    given_numbers = [
        *(Q(1, 2) - TINY, Q(1, 4) - TINY, Q(0), 1 - TINY),
        *(Q(0), Q(1, 4), Q(0), Q(0)),
        *(Q(1, 2), third, Q(3, 4) - TINY, Q(1, 2)),
        *(1 - TINY, third + TINY, Q(3, 4), Q(1, 2)),
    ]
    monkeypatch.setattr(ancestral_sampling, "uniforms", lambda seed: iter(given_numbers))
    labels, rows = bernoulli_mixture_sample(theta, 4, 0)
    assert labels == [0, 0, 1, 1]
    assert rows == [[1, 0, 1], [0, 0, 1], [1, 1, 1], [0, 0, 1]]


def test_shares_of_ones_are_those_of_the_components() -> None:
    """Hoeffding: a share of n bits misses its probability by t in at most 2 exp(-2 n t^2) of all samples."""
    weights, probabilities = BITS
    labels, rows = bernoulli_mixture_sample(bits(EXACT), 3000, 2)

    def bound(n: int) -> float:
        return math.sqrt(math.log(2 * 10**6) / (2 * n))

    for k in (0, 2):
        own = [row for label, row in zip(labels, rows, strict=True) if label == k]
        assert abs(len(own) / 3000 - weights[k]) <= bound(3000)
        shares = [sum(column) / len(own) for column in zip(*own, strict=True)]
        for share, p in zip(shares, probabilities[k], strict=True):
            assert abs(share - p) <= bound(len(own))
        for i, j in combinations(range(3), 2):  # given the component, bits are independent
            both = sum(row[i] * row[j] for row in own) / len(own)
            assert abs(both - probabilities[k][i] * probabilities[k][j]) <= bound(len(own))


def test_rows_begin_with_every_shorter_sample() -> None:
    whole = bernoulli_mixture_sample(bits(EXACT), 20, 9)
    for count in (0, 1, 13):
        assert bernoulli_mixture_sample(bits(EXACT), count, 9) == tuple(part[:count] for part in whole)


@pytest.mark.parametrize(
    ("weights", "probabilities", "count", "seed", "error", "words"),
    [
        ([Q(1)], [[Q(1, 2)]], -2, 0, BadInput, "count is -2"),
        ([Q(1)], [[Q(1, 2)]], 1, -1, BadInput, "seed is -1"),
        ([Q(1, 3)], [[Q(1, 2)]], 1, 0, BadInput, "the sum of weights is 1/3"),
        ([Q(1), Q(0)], [[Q(1, 2)]], 1, 0, BadInput, "weights has 2 entries for 1 components"),
        ([Q(1)], [[Q(3, 2)]], 1, 0, BadInput, r"probabilities\[0\]\[0\] is 3/2"),
        ([Q(1)], [[Q(-1)]], 1, 0, BadInput, r"probabilities\[0\]\[0\] is -1"),
        ([Q(1)], [[]], 1, 0, BadInput, r"probabilities\[0\] is empty"),
        ([], [], 1, 0, EmptyData, "probabilities is empty"),
    ],
)
def test_a_sample_of_bits_refuses_by_field(
    weights: Any, probabilities: Any, count: int, seed: int, error: type[RefimplError], words: str
) -> None:
    with pytest.raises(error, match=words):
        bernoulli_mixture_sample(bernoulli_mixture.Theta(weights, probabilities), count, seed)
