"""K-means as the limit of Gaussian mixtures: covariances eps I, equal weights, and eps falling to 0.

Let b be the nearest center of x, and gap = min_(j != b) |x - mu_j|^2 - |x - mu_b|^2 > 0. Then

    1 - r_b = sum_(j != b) r_j <= (K - 1) exp(-gap / (2 eps)),                             (T1)

because r_j / r_b = exp(-(|x - mu_j|^2 - |x - mu_b|^2) / (2 eps)) and r_b <= 1. With delta the largest such bound of
all points, c_k the mean of the cluster G_k, which is not empty, and W the largest |x - c_k| in a coordinate,

    |mu_k - c_k| <= N delta W / (|G_k| (1 - delta)),   | pi_k - |G_k| / N | <= delta       (T2)

for the mu_k and pi_k of the M-step: sum_n r_nk (x_n - c_k) is the sum over G_k of (r_nk - 1)(x_n - c_k) and over all
others of r_nk (x_n - c_k), each share at most delta; and N_k >= |G_k| (1 - delta).
"""

from fractions import Fraction as Q
from typing import Any

import pytest
from hypothesis import assume, given, settings, strategies as st
from mixture_strategies import of_kind, raw, table
from strategies import Rows, decided, in_kind

from refimpl import gaussian_mixture, kmeans
from refimpl.gaussian_mixture import COVARIANCE_TYPES, Shape, Theta
from refimpl.numbers import FLOAT, Ball, ball

DIGITS = ball(40)


@st.composite
def clusters(draw: st.DrawFn) -> tuple[Rows, Rows]:
    """Points and centers; every point has one nearest center, and by a gap of 1/2 at least."""
    d, k = draw(st.integers(1, 2)), draw(st.integers(2, 3))
    source = draw(raw((5 + k) * d))
    points, centers = table(source, 5, d), table(source, k, d)
    assume(all(gap(x, centers) >= Q(1, 2) for x in points))
    return points, centers


def distances(x: list[Q], centers: Rows) -> list[Q]:
    return [sum(((a - b) ** 2 for a, b in zip(x, c, strict=True)), Q(0)) for c in centers]


def gap(x: list[Q], centers: Rows) -> Q:
    least, second, *_ = sorted(distances(x, centers))
    return second - least


def even(centers: Rows, eps: Q) -> Theta[Q]:
    """Equal weights and covariances eps I."""
    k, d = len(centers), len(centers[0])
    return Theta([Q(1, k)] * k, centers, [[[eps * (i == j) for j in range(d)] for i in range(d)]] * k)


def soft(points: Rows, centers: Rows, eps: Q, numbers: Any) -> list[list[Ball]]:
    return gaussian_mixture.e_step(in_kind(numbers, points), of_kind(numbers, even(centers, eps)), numbers)


def bound(least: Q, k: int, eps: Q, numbers: Any) -> Ball:
    """(K - 1) exp(-gap / (2 eps))."""
    return numbers.exp(numbers(-least / (2 * eps))) * (k - 1)


@settings(max_examples=25)
@given(clusters(), st.integers(-2, 7))
def test_responsibilities_tend_to_the_assignment(task: tuple[Rows, Rows], k: int) -> None:
    """(T1), proven by balls at eps = 2^-k; the label is that of K-means whatever eps is."""
    (points, centers), eps = task, Q(2) ** -k
    labels = kmeans.assign(points, centers)

    def proven(numbers: Any) -> bool:
        for x, label, row in zip(points, labels, soft(points, centers, eps, numbers), strict=True):
            rest = [r for j, r in enumerate(row) if j != label]
            missing = sum(rest[1:], rest[0])
            assert missing > 0
            assert (row[label] + missing).contains(1)
            if not missing < bound(gap(x, centers), len(centers), eps, numbers):
                return False
        return True

    assert decided(proven, DIGITS)
    theta = even(centers, eps)
    assert decided(lambda b: gaussian_mixture.predict(in_kind(b, points), of_kind(b, theta), b), DIGITS) == labels


@settings(max_examples=15)
@given(clusters())
def test_every_halving_of_eps_squares_the_ratios(task: tuple[Rows, Rows]) -> None:
    """r_j / r_b = exp(-difference / (2 eps)), so that with half of eps its square: convergence, and how fast."""
    points, centers = task
    labels = kmeans.assign(points, centers)
    steps = [soft(points, centers, eps, DIGITS) for eps in (Q(1, 2), Q(1, 4))]
    for x, coarse, fine, label in zip(points, *steps, labels, strict=True):
        squares = distances(x, centers)
        for j, square in enumerate(squares):
            once, twice = coarse[j] / coarse[label], fine[j] / fine[label]
            assert once.overlaps(DIGITS.exp(DIGITS(squares[label] - square)))
            assert twice.overlaps(once * once)
            assert j == label or fine[label] > coarse[label]


@pytest.mark.parametrize("covariance_type", COVARIANCE_TYPES)
@settings(max_examples=10)
@given(task=clusters(), k=st.integers(3, 7))
def test_the_m_step_tends_to_the_update(covariance_type: Any, task: tuple[Rows, Rows], k: int) -> None:
    """(T2) for all clusters that are not empty; the regularisation keeps singletons from collapsing."""
    (points, centers), eps = task, Q(2) ** -k
    labels = kmeans.assign(points, centers)
    update = kmeans.update(points, labels, centers)
    least, n = min(gap(x, centers) for x in points), len(points)

    def proven(numbers: Any) -> bool:
        r = soft(points, centers, eps, numbers)
        found = gaussian_mixture.m_step(in_kind(numbers, points), r, None, Shape(covariance_type, 1))
        delta = bound(least, len(centers), eps, numbers)
        for j, (mean, center) in enumerate(zip(found.means, update, strict=True)):
            size = labels.count(j)
            if not abs(found.weights[j] - Q(size, n)) <= delta:
                return False
            if not size:
                continue
            width = max(abs(a - c) for x in points for a, c in zip(x, center, strict=True))
            limit = delta * (n * width) / ((1 - delta) * size)
            if not all(abs(m - c) <= limit for m, c in zip(mean, center, strict=True)):
                return False
        return True

    assume(len({*map(tuple, points)}) > 1)
    assert decided(proven, DIGITS)


def test_a_point_between_two_centers_stays_divided() -> None:
    """Without a unique nearest center there is no limit at 0 or 1: K-means decides by the index, a mixture does not."""
    for k in (0, 5, 20):
        assert all(r.contains(Q(1, 2)) for r in soft([[Q(1)]], [[Q(0)], [Q(2)]], Q(2) ** -k, DIGITS)[0])
    assert kmeans.assign([[Q(1)]], [[Q(0)], [Q(2)]]) == [0]


def test_with_eps_small_enough_binary64_assigns_as_k_means_does() -> None:
    points, centers = [[0.0], [1.0], [9.0], [10.0]], [[0.5], [9.5]]
    theta = Theta([0.5, 0.5], centers, [[[2.0**-10]]] * 2)
    r = gaussian_mixture.e_step(points, theta, FLOAT)
    assert r == [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    assert gaussian_mixture.m_step(points, r).means == kmeans.update(points, [0, 0, 1, 1], centers) == centers
