"""Sensitivities against exact perturbations of the inputs, and the digits that binary64 in fact attains."""

from collections.abc import Callable, Sequence
from fractions import Fraction as Q
from random import Random
from typing import Any

import mpmath
import pytest
from hypothesis import assume, given, strategies as st
from strategies import flat, in_kind, labelled, pairs, tasks

from refimpl import kmeans, kmeans_starts, linear, moments, two_coins
from refimpl.certify import coins, sensitivity, sensitivity_coins
from refimpl.numbers import FLOAT, ball
from refimpl.two_coins import Rounds

E = Q(1, 2**200)
"""The relative change of every input."""

MOST = Q(1595, 100)
LECTURE = Rounds([5, 9, 8, 4, 7], [5, 1, 2, 6, 3])
CLOSE = Q(1, 2**60)


def exact_sizes(f: Callable[[list[Q]], Sequence[Q]], inputs: Sequence[Q]) -> list[Q]:
    """sum_v |df/dv| |v| by difference quotients of an exact f, right to a relative 2^-200 or so."""
    at = f(list(inputs))
    sizes = [Q(0)] * len(at)
    for i, v in enumerate(inputs):
        there = f([*inputs[:i], v * (1 + E), *inputs[i + 1 :]])
        sizes = [s + abs(b - a) / E for s, a, b in zip(sizes, at, there, strict=True)]
    return sizes


def close(found: Q, truth: Q, scale: Q | int = 1) -> bool:
    return abs(found - truth) <= CLOSE * (abs(truth) + scale)


# ---------------------------------------------------------------------- digits


def test_digits_are_lost_where_the_sensitivity_exceeds_the_value() -> None:
    for lost in range(1, 16):
        found = sensitivity.attainable([Q(2)], [Q(2 * 10**lost)], Q(1))
        assert abs(found - (Q("15.9546") - lost)) <= Q(1, 100)


def test_attainable_digits_lie_between_none_and_those_of_binary64() -> None:
    assert sensitivity.attainable([Q(5)], [Q(0)], Q(1)) == MOST
    assert sensitivity.attainable([Q(5)], [Q(5)], Q(1)) == MOST
    assert sensitivity.attainable([Q(5)], [Q(10**30)], Q(1)) == 0


def test_an_array_attains_what_its_worst_entry_does() -> None:
    alone = sensitivity.attainable([Q(1, 100)], [Q(3)], Q(1))
    assert sensitivity.attainable([Q(7), Q(1, 100), Q(-8)], [Q(7), Q(3), Q(1)], Q(1)) == alone


def test_zeros_are_measured_by_the_largest_entry_or_by_the_fallback() -> None:
    assert sensitivity.attainable([Q(0), Q(-50)], [Q(500), Q(1)], Q(9)) == sensitivity.attainable(
        [Q(50)], [Q(500)], Q(9)
    )
    assert sensitivity.attainable([Q(0), Q(0)], [Q(500), Q(1)], Q(50)) == sensitivity.attainable(
        [Q(50)], [Q(500)], Q(9)
    )
    assert sensitivity.attainable([Q(0)], [Q(0)], Q(0)) == MOST


@pytest.mark.parametrize(
    ("error", "digits"), [(Q(1, 5), "0.69"), (Q(1, 2**53), "15.95"), (Q(3, 10**7), "6.52"), (Q(7), "-0.85")]
)
def test_digits_of_an_error_are_its_logarithm_rounded_down(error: Q, digits: str) -> None:
    assert sensitivity.digits_of(error) == Q(digits)


@pytest.mark.parametrize("exponent", [0, 1, 3, 12])
def test_digits_of_powers_of_ten_are_whole(exponent: int) -> None:
    """Or a hundredth less, where a ball about the logarithm cannot know it."""
    assert exponent - Q(1, 100) <= sensitivity.digits_of(Q(1, 10**exponent)) <= exponent


# ---------------------------------------------------------------------- S by exact perturbation


@given(st.lists(st.fractions(-9, 9, max_denominator=9), min_size=1, max_size=5))
def test_difference_quotients_find_the_sensitivity_of_polynomials(xs: list[Q]) -> None:
    """The sum x_1 + ... + x_n has S = sum |x_i|, and x_1^2 - 3 x_n has S = 2 x_1^2 + 3 |x_n|, or |2 x_1^2 - 3 x_1|."""
    total, mixed = sensitivity.by_differences(lambda v: [sum(v, Q(0)), v[0] ** 2 - 3 * v[-1]], xs)
    assert close(total, sum(map(abs, xs), Q(0)))
    expected = abs(2 * xs[0] ** 2 - 3 * xs[0]) if len(xs) == 1 else 2 * xs[0] ** 2 + 3 * abs(xs[-1])
    assert close(mixed, expected, 100)


def in_rows(inputs: Sequence[Q], d: int) -> list[list[Q]]:
    return [list(inputs[i : i + d]) for i in range(0, len(inputs), d)]


@given(labelled())
def test_the_sensitivity_of_the_distortion_at_the_means(case: Any) -> None:
    points, labels, centers = case
    d = len(points[0])

    def at_means(v: Sequence[Q]) -> list[Q]:
        rows = in_rows(v, d)
        return [kmeans.distortion(rows, labels, kmeans.update(rows, labels, centers))]

    (truth,) = exact_sizes(at_means, flat(points))
    found = sensitivity.distortion(points, labels, kmeans.update(points, labels, centers))
    assert close(found, truth, max(x * x for x in flat(points) + flat(centers)))


@given(labelled())
def test_the_sensitivity_of_the_distortion_where_centers_are_inputs(case: Any) -> None:
    """A bound there, for the effects of one center on its points are added up without their signs; it is attained
    where no cluster has two points.
    """
    points, labels, centers = case
    d, n = len(points[0]), len(points)
    inputs = flat(points) + flat(centers)
    (truth,) = exact_sizes(lambda v: [kmeans.distortion(in_rows(v, d)[:n], labels, in_rows(v, d)[n:])], inputs)
    found = sensitivity.distortion(points, labels, centers, [[abs(x) for x in c] for c in centers])
    scale = max(x * x for x in inputs)
    assert found >= truth - CLOSE * (truth + scale)
    if len(set(labels)) == n:
        assert close(found, truth, scale)


@given(pairs(least=2), st.integers(0, 1))
def test_the_sensitivity_of_the_covariance(xy: Any, ddof: int) -> None:
    x, y = xy
    n = len(x)
    (truth,) = exact_sizes(lambda v: [moments.covariance(v[:n], v[n:], ddof=ddof)], x + y)
    assert close(sensitivity.covariance(x, y, n - ddof), truth, max(abs(a) for a in x + y) ** 2)
    (truth,) = exact_sizes(lambda v: [moments.variance(v, ddof=ddof)], x)
    assert close(sensitivity.covariance(x, x, n - ddof), truth, max(abs(a) for a in x) ** 2)


@given(pairs(least=2))
def test_the_sensitivity_of_the_correlation(xy: Any) -> None:
    """By dr = d(r^2) / 2r, and r^2 is rational; r = 0 is left to the covariance."""
    x, y = xy
    n = len(x)
    assume(moments.variance(x, ddof=0) and moments.variance(y, ddof=0) and moments.covariance(x, y, ddof=0))

    def square(v: list[Q]) -> list[Q]:
        a, b = v[:n], v[n:]
        product = moments.variance(a, ddof=0) * moments.variance(b, ddof=0)
        return [moments.covariance(a, b, ddof=0) ** 2 / product]

    r = moments.correlation(in_kind(ball(60), x), in_kind(ball(60), y), ball(60)).mid
    (truth,) = exact_sizes(square, x + y)
    found, truth = sensitivity.correlation(x, y, r), truth / (2 * abs(r))
    assert abs(found - truth) <= (found + truth + 1) * Q(1, 10**20)


@given(tasks(), st.data())
def test_the_sensitivity_of_a_seeding_law_is_bounded(task: Any, data: st.DataObject) -> None:
    """A bound, because the shares of a sum are taken with their worst signs. One point is chosen: where two tie for
    the nearest, the law has no derivative.
    """
    points = task.points
    chosen = [data.draw(st.integers(0, len(points) - 1))]
    assume(any(x != points[chosen[0]] for x in points))
    d = len(points[0])
    truth = exact_sizes(
        lambda v: kmeans_starts.seeding([v[i : i + d] for i in range(0, len(v), d)], chosen), flat(points)
    )
    bounds = sensitivity.seeding(points, chosen)
    assert all(bound >= t * (1 - CLOSE) - CLOSE for bound, t in zip(bounds, truth, strict=True))


def test_the_bound_of_a_seeding_law_by_hand() -> None:
    """Points 0, 1, 3 after choosing 0: S(w) = 0, 2, 18 with sum 20, mass 10; S(p) <= (S(w) + p 20) / 10."""
    points = [[Q(0)], [Q(1)], [Q(3)]]
    assert sensitivity.seeding(points, [0]) == [0, (2 + Q(1, 10) * 20) / 10, (18 + Q(9, 10) * 20) / 10]


# ---------------------------------------------------------------------- two coins


def of_responsibility(heads: int, tails: int, theta: Sequence[Q]) -> float:
    """With logit g = h ln(a/b) + t ln((1-a)/(1-b)), S(g) = g (1-g) times the sum of the moduli of v d(logit)/dv."""
    a, b = map(float, theta)
    h, t = heads, tails
    ratio = (b / a) ** h * ((1 - b) / (1 - a)) ** t
    g = 1 / (1 + ratio)
    by_inputs = (
        abs(h - t * a / (1 - a)),
        abs(h - t * b / (1 - b)),
        abs(h * mpmath.log(a / b)),
        abs(t * mpmath.log((1 - a) / (1 - b))),
    )
    return g * (1 - g) * float(sum(by_inputs))


def test_the_sensitivity_of_responsibilities_in_closed_form() -> None:
    theta = (Q(3, 5), Q(1, 2))
    sizes = sensitivity_coins.of_run(LECTURE, theta, 1)
    for h, t, size in zip(LECTURE.heads, LECTURE.tails, sizes, strict=False):
        assert float(size) == pytest.approx(of_responsibility(h, t, theta), rel=1e-9)


def test_the_sensitivity_of_one_round_in_closed_form() -> None:
    """theta_A = theta_B = h / (h + t) whatever the shares: S = 2 h t / (h + t)^2, after one step, two, and for ever."""
    data, theta = Rounds([7], [3]), (Q(3, 5), Q(1, 2))
    for sizes in (sensitivity_coins.of_run(data, theta, 1), sensitivity_coins.of_run(data, theta, 2)):
        for size in sizes[5:7]:
            assert abs(size - Q(42, 100)) < Q(1, 10**12)
    for size in sensitivity_coins.of_fixed_point(data, (Q(7, 10), Q(7, 10)))[5:7]:
        assert abs(size - Q(42, 100)) < Q(1, 10**12)


def test_the_sensitivity_of_the_likelihood_in_closed_form() -> None:
    """By theta it is the score; by h_n it is g_n ln a + (1 - g_n) ln b, and for tails with 1 - a and 1 - b."""
    theta = (Q(3, 5), Q(1, 2))
    shares = two_coins.e_step(LECTURE, theta).responsibilities
    size = float(sum(abs(s) * p for s, p in zip(two_coins.score(LECTURE, theta), theta, strict=True)))
    for g, h, t in zip(shares, LECTURE.heads, LECTURE.tails, strict=True):
        for count, (a, b) in ((h, theta), (t, (1 - theta[0], 1 - theta[1]))):
            size += count * abs(float(g) * float(mpmath.log(float(a))) + float(1 - g) * float(mpmath.log(float(b))))
    assert float(sensitivity_coins.of_run(LECTURE, theta, 1)[11]) == pytest.approx(size, rel=1e-9)


def em_step(theta: Any, heads: Any, tails: Any) -> Any:
    """One step with counts that need not be whole, in mpmath."""
    a, b = theta
    shares = [1 / (1 + (b / a) ** h * ((1 - b) / (1 - a)) ** t) for h, t in zip(heads, tails, strict=True)]
    found = []
    for part in (shares, [1 - g for g in shares]):
        h_c = mpmath.fsum(g * h for g, h in zip(part, heads, strict=True))
        t_c = mpmath.fsum(g * t for g, t in zip(part, tails, strict=True))
        found.append(h_c / (h_c + t_c))
    return found


def em_run(heads: Any, tails: Any, theta: Any, steps: int) -> Any:
    for _ in range(steps):
        theta = em_step(theta, heads, tails)
    return theta


@pytest.mark.parametrize("steps", [1, 3])
def test_the_sensitivity_of_a_run_by_running_perturbed_inputs(steps: int) -> None:
    with mpmath.workdps(60):
        e = mpmath.mpf("1e-25")
        inputs = [mpmath.mpf(3) / 5, mpmath.mpf(1) / 2, *LECTURE.heads, *LECTURE.tails]
        at, sizes = em_run(inputs[2:7], inputs[7:], inputs[:2], steps), [0, 0]
        for i, v in enumerate(inputs):
            there = [*inputs[:i], v * (1 + e), *inputs[i + 1 :]]
            moved = em_run(there[2:7], there[7:], there[:2], steps)
            sizes = [s + abs(b - a) / e for s, a, b in zip(sizes, at, moved, strict=True)]
        found = sensitivity_coins.of_run(LECTURE, (Q(3, 5), Q(1, 2)), steps)[9:11]
        assert [float(s) for s in found] == pytest.approx([float(s) for s in sizes], rel=1e-9)


def test_the_sensitivity_of_a_limit_by_running_perturbed_inputs_to_their_limits() -> None:
    """The rate is 0.41, so that 80 steps leave 10^-31."""
    with mpmath.workdps(50):
        e = mpmath.mpf("1e-12")
        inputs, start = (
            [*LECTURE.heads, *LECTURE.tails],
            [
                mpmath.mpf("0.79678906692264691080797921590468"),
                mpmath.mpf("0.51958312014513505584572569279094"),
            ],
        )
        at, sizes = em_run(inputs[:5], inputs[5:], start, 80), [0, 0]
        for i, v in enumerate(inputs):
            there = [*inputs[:i], v * (1 + e), *inputs[i + 1 :]]
            limit = em_run(there[:5], there[5:], start, 80)
            sizes = [s + abs(b - a) / e for s, a, b in zip(sizes, at, limit, strict=True)]
        for j in range(2):  # every step rounds one of the probabilities
            state = list(start)
            for _ in range(80):
                state = list(em_run(inputs[:5], inputs[5:], state, 1))
                state[j] *= 1 + e
            last = em_run(inputs[:5], inputs[5:], state, 1)
            sizes = [s + abs(b - a) / e for s, a, b in zip(sizes, at, last, strict=True)]
        theta = [Q(mpmath.nstr(p, 45)) for p in at]
    found = sensitivity_coins.of_fixed_point(LECTURE, theta)[9:11]
    assert [float(s) for s in found] == pytest.approx([float(s) for s in sizes], rel=1e-6)


def test_one_step_and_its_slopes_are_those_of_the_exact_map() -> None:
    """Results stand in one row: shares, counts, theta, ln p."""
    theta = (Q(3, 5), Q(1, 2))
    image = coins.image(LECTURE, theta)
    row = sensitivity_coins.one_step(theta, *[list(map(Q, c)) for c in (LECTURE.heads, LECTURE.tails)])
    exact = [*image.responsibilities, *flat(image.counts), *image.theta]
    assert all(abs(a - b) < Q(1, 10**100) for a, b in zip(row, exact, strict=False))
    likelihood = coins.log_likelihood(LECTURE, in_kind(ball(60), theta), ball(60))
    assert abs(row[11] - likelihood.mid) < Q(1, 10**50)
    slopes = sensitivity_coins.slopes(theta, *[list(map(Q, c)) for c in (LECTURE.heads, LECTURE.tails)])
    pairs = zip(flat(slopes), flat(coins.jacobian(LECTURE, theta)), strict=True)
    assert all(abs(a - b) < Q(1, 10**40) for a, b in pairs)


def test_the_rate_at_the_lecture_s_limit_is_a_result_too() -> None:
    sizes = sensitivity_coins.of_fixed_point(
        LECTURE, (Q("0.79678906692264691080797921590468"), Q("0.51958312014513505584572569279094"))
    )
    assert len(sizes) == 13
    assert sizes[12] > 0


# ---------------------------------------------------------------------- what binary64 attains


def digits_reached(got: Any, truth: Any, fallback: Q) -> Q:
    """The least -log10 of the relative errors, at most 15.95; zeros are measured by the largest entry."""
    found, known = flat(got), flat(truth)
    scale = max(abs(t) for t in known) or fallback
    worst = max(abs(Q(x) - t) / (abs(t) or scale) for x, t in zip(found, known, strict=True))
    return MOST if worst == 0 else min(MOST, sensitivity.digits_of(worst))


def random_rows(seed: int, n: int, d: int) -> list[list[Q]]:
    """Binary64 numbers, near the origin, far from it, or of very different sizes."""
    source = Random(seed)
    offset = (0.0, 1e3, 1e8, -1e5)[seed % 4]
    size = (1.0, 1e-3, 1e6)[seed % 3]
    return [[Q(offset + size * source.gauss(0, 1)) for _ in range(d)] for _ in range(n)]


SEEDS = pytest.mark.parametrize("seed", range(24))


@SEEDS
def test_binary64_attains_the_digits_of_moments(seed: int) -> None:
    points = random_rows(seed, 12, 2)
    largest = max(abs(x) for x in flat(points))
    columns = linear.transpose(points)
    exact, floats = (
        moments.covariance_matrix(points, ddof=1),
        moments.covariance_matrix(in_kind(FLOAT, points), ddof=1),
    )
    sizes = [sensitivity.covariance(x, y, 11) for x in columns for y in columns]
    asked = sensitivity.attainable(flat(exact), sizes, largest**2)
    assert digits_reached(floats, exact, largest**2) >= asked - 2
    r = moments.correlation(in_kind(ball(60), columns[0]), in_kind(ball(60), columns[1]), ball(60)).mid
    asked = sensitivity.attainable([r], [sensitivity.correlation(*columns, r)], Q(1))
    got = moments.correlation(in_kind(FLOAT, columns[0]), in_kind(FLOAT, columns[1]), FLOAT)
    assert digits_reached([got], [r], Q(1)) >= asked - 2


@SEEDS
def test_binary64_attains_the_digits_of_means_and_distortions(seed: int) -> None:
    points, labels = random_rows(seed, 12, 2), [i % 3 for i in range(12)]
    kept = points[:3]
    largest = max(abs(x) for x in flat(points))
    centers, floats = (
        kmeans.update(points, labels, kept),
        kmeans.update(in_kind(FLOAT, points), labels, in_kind(FLOAT, kept)),
    )
    sizes = exact_sizes(
        lambda v: flat(kmeans.update([v[i : i + 2] for i in range(0, 24, 2)], labels, kept)), flat(points)
    )
    asked = sensitivity.attainable(flat(centers), sizes, largest)
    assert digits_reached(floats, centers, largest) >= asked - 2
    j = kmeans.distortion(points, labels, centers)
    asked = sensitivity.attainable([j], [sensitivity.distortion(points, labels, centers)], largest**2)
    assert digits_reached([kmeans.distortion(in_kind(FLOAT, points), labels, floats)], [j], largest**2) >= asked - 2


@SEEDS
def test_binary64_attains_the_digits_of_seeding_laws(seed: int) -> None:
    points = random_rows(seed, 9, 2)
    law = kmeans_starts.seeding(points, [0, 4])
    asked = sensitivity.attainable(law, sensitivity.seeding(points, [0, 4]), Q(1))
    assert digits_reached(kmeans_starts.seeding(in_kind(FLOAT, points), [0, 4]), law, Q(1)) >= asked - 2


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("steps", [1, 4])
def test_binary64_attains_the_digits_of_runs_of_two_coins(seed: int, steps: int) -> None:
    source = Random(seed)
    data = Rounds([source.randrange(1, 15) for _ in range(5)], [source.randrange(1, 15) for _ in range(5)])
    theta = (Q(source.randrange(5, 60), 64), Q(source.randrange(5, 60), 64))
    state, exact = (two_coins.start(data, in_kind(kind, theta)) for kind in (FLOAT, ball(60)))
    for _ in range(steps):
        state, exact = two_coins.step(data, state), two_coins.step(data, exact)
    row = [
        *state.posterior.responsibilities,
        *flat(state.posterior.counts),
        *state.theta,
        two_coins.log_likelihood(data, state.entered, FLOAT),
    ]
    truth = [
        *exact.posterior.responsibilities,
        *flat(exact.posterior.counts),
        *exact.theta,
        two_coins.log_likelihood(data, exact.entered, ball(60)),
    ]
    sizes = sensitivity_coins.of_run(data, theta, steps)
    for part in (slice(0, 5), slice(5, 9), slice(9, 11), slice(11, 12)):
        known = [x.mid for x in truth[part]]
        asked = sensitivity.attainable(known, sizes[part], Q(1))
        assert digits_reached(row[part], known, Q(1)) >= asked - 2


def test_a_method_that_cancels_does_not_attain_them() -> None:
    """E(X^2) - E(X)^2 at 1e8, which is what the threshold is there to catch."""
    xs = [1e8 + x for x in (0.0, 1.0, 2.0, 4.0)]
    truth = moments.variance([Q(x) for x in xs], ddof=0)
    expanded = sum(x * x for x in xs) / 4 - (sum(xs) / 4) ** 2
    asked = sensitivity.attainable([truth], [sensitivity.covariance(*[[Q(x) for x in xs]] * 2, 4)], Q(1))
    assert digits_reached([moments.variance(xs, ddof=0)], [truth], Q(1)) >= asked - 2
    assert digits_reached([expanded], [truth], Q(1)) < asked - 2
