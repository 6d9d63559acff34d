"""What the tests of mixtures share: what they draw, the same mathematics written the naive way, and one proof.

Every number drawn is exact. The witness of Gaussian densities forms the inverse and the determinant in mpmath, and
that of the M-step the mean of squares less the square of the mean, in Fractions.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from fractions import Fraction
from functools import cache
from itertools import combinations, islice, pairwise, permutations
from math import prod
from typing import Any, NamedTuple, TypeVar

import mpmath
from hypothesis import assume, strategies as st
from strategies import Rows, exactly, in_kind

from refimpl import bernoulli_mixture, binomial_mixture, gaussian_mixture
from refimpl.errors import Undecided
from refimpl.numbers import Ball, Numbers, ball
from refimpl.two_coins import Rounds

Theta = TypeVar("Theta")

ZERO = Fraction(0)
EIGHTHS, THIRDS = 8, 3
"""Coordinates are multiples of such a part of 1, from -3 to 3; every kind of number holds eighths."""

INSIDE = [Fraction(1, 2), *(Fraction(m, 20) for m in range(1, 20)), Fraction(1, 10**6), 1 - Fraction(1, 10**6)]
"""Probabilities that are neither 0 nor 1."""
CLOSED = [Fraction(0), Fraction(1), *INSIDE[:8]]

DIGITS = (40, 80, 160, 320)
"""Precision is raised along these while a comparison is undecided."""

MP = mpmath.MPContext()
MP.dps = 60


class Gaussians(NamedTuple):
    """Points and the parameters to start from."""

    points: Rows
    theta: gaussian_mixture.Theta[Fraction]


class Bernoullis(NamedTuple):
    """Rows of bits and the parameters to start from."""

    rows: list[list[int]]
    theta: bernoulli_mixture.Theta[Fraction]


class Binomials(NamedTuple):
    """Rounds of tosses and the parameters to start from."""

    rounds: Rounds
    theta: binomial_mixture.Theta[Fraction]


# ---------------------------------------------------------------------- what is drawn


def raw(count: int) -> st.SearchStrategy[Iterator[int]]:
    """So many bytes in one draw, because many draws take more time than what is tested."""
    return st.binary(min_size=count, max_size=count).map(iter)


def coordinate(byte: int, unit: int) -> Fraction:
    """0, then -1 / unit, 1 / unit, -2 / unit and so on."""
    m = byte % (6 * unit + 1)
    return Fraction((m + 1) // 2 * (-1) ** m, unit)


def table(source: Iterator[int], n: int, d: int, unit: int = EIGHTHS) -> Rows:
    """N x D coordinates."""
    return [[coordinate(byte, unit) for byte in islice(source, d)] for _ in range(n)]


def covariance(source: Iterator[int], d: int, unit: int = EIGHTHS) -> Rows:
    """M M^T / 4 + I / 2, positive definite for every M."""
    m = table(source, d, d, unit)
    half = [[sum((a * b for a, b in zip(m[i], m[j], strict=True)), ZERO) / 4 for j in range(i + 1)] for i in range(d)]
    return [[half[max(i, j)][min(i, j)] + Fraction(i == j, 2) for j in range(d)] for i in range(d)]


@cache
def compositions(whole: int, k: int) -> list[list[Fraction]]:
    """All K positive numbers with that denominator that sum to 1."""
    cuts = combinations(range(1, whole), k - 1)
    return [[Fraction(b - a, whole) for a, b in pairwise((0, *inner, whole))] for inner in cuts]


@st.composite
def responsibilities(draw: st.DrawFn, n: int, k: int, least: int = 0) -> Rows:
    """N rows that sum to 1, every column with some mass; zeros among them where `least` is 0."""
    source = draw(raw(n * k))
    counts = [[least + byte % 7 for byte in islice(source, k)] for _ in range(n)]
    for i in range(max(n, k)):
        counts[i % n][i % k] += not any(counts[i % n]) or not any(row[i % k] for row in counts)
    return [[Fraction(x, sum(row)) for x in row] for row in counts]


@st.composite
def gaussians(
    draw: st.DrawFn,
    n: tuple[int, int] = (4, 6),
    d: tuple[int, int] = (1, 3),
    k: tuple[int, int] = (1, 3),
    unit: int = EIGHTHS,
) -> Gaussians:
    """Points that do not all lie in one plane, so that no covariance becomes singular, and a start."""
    count, width, parts = (draw(st.integers(*bounds)) for bounds in (n, d, k))
    count = max(count, width + 1)
    source = draw(raw(count * width + parts * width * (width + 1) + 1))
    points, means = table(source, count, width, unit), table(source, parts, width, unit)
    assume(determinant([[a - b for a, b in zip(x, points[-1], strict=True)] for x in points[:width]]))
    spreads = [covariance(source, width, unit) for _ in range(parts)]
    weights = compositions(16, parts)
    return Gaussians(points, gaussian_mixture.Theta(weights[next(source) % len(weights)], means, spreads))


@st.composite
def weighed(draw: st.DrawFn) -> tuple[Rows, Rows]:
    """Points that span their space, and responsibilities above 0, so that no covariance becomes singular."""
    points = draw(gaussians(k=(1, 1))).points
    return points, draw(responsibilities(len(points), draw(st.integers(1, 3)), 1))


@st.composite
def bernoullis(
    draw: st.DrawFn,
    n: tuple[int, int] = (1, 5),
    d: tuple[int, int] = (1, 4),
    k: tuple[int, int] = (1, 3),
    probabilities: Sequence[Fraction] = INSIDE,
) -> Bernoullis:
    count, width, parts = (draw(st.integers(*bounds)) for bounds in (n, d, k))
    source = draw(raw(count * width + parts * width + 1))
    rows = [[byte % 2 for byte in islice(source, width)] for _ in range(count)]
    table = [[probabilities[byte % len(probabilities)] for byte in islice(source, width)] for _ in range(parts)]
    weights = compositions(15, parts)
    return Bernoullis(rows, bernoulli_mixture.Theta(weights[next(source) % len(weights)], table))


@st.composite
def binomials(draw: st.DrawFn, k: tuple[int, int] = (1, 3), probabilities: Sequence[Fraction] = INSIDE) -> Binomials:
    parts, n = draw(st.integers(*k)), draw(st.integers(1, 5))
    source = draw(raw(2 * n + parts + 1))
    heads, tails = ([(0, 1, 2, 3, 5, 8)[byte % 6] for byte in islice(source, n)] for _ in range(2))
    thetas = [probabilities[byte % len(probabilities)] for byte in islice(source, parts)]
    weights = compositions(15, parts)
    return Binomials(Rounds(heads, tails), binomial_mixture.Theta(weights[next(source) % len(weights)], thetas))


def of_kind(numbers: Numbers[Any], theta: Theta) -> Theta:
    """The same parameters with every number of that kind."""
    return type(theta)(*(in_kind(numbers, getattr(theta, field.name)) for field in fields(theta)))  # type: ignore[arg-type]


def numbers_of(theta: Any) -> list[Any]:
    """All fields of parameters, as nested lists."""
    return [getattr(theta, field.name) for field in fields(theta)]


def blend(a: Any, b: Any, t: Fraction) -> Any:
    """(1 - t) a + t b, entry by entry, of nested lists or parameters."""
    if isinstance(a, list):
        return [blend(x, y, t) for x, y in zip(a, b, strict=True)]
    if hasattr(a, "__dataclass_fields__"):
        return type(a)(*blend(numbers_of(a), numbers_of(b), t))
    return (1 - t) * a + t * b


def shaped(covariance: Rows, covariance_type: str) -> Rows:
    """The nearest covariance of that type, by (G7) and (G8) written out once more."""
    d = len(covariance)
    mean = sum((covariance[i][i] for i in range(d)), ZERO) / d
    if covariance_type in ("full", "tied"):
        return covariance
    return [
        [(covariance[i][i] if covariance_type == "diag" else mean) if i == j else Fraction(0) for j in range(d)]
        for i in range(d)
    ]


def of_type(theta: gaussian_mixture.Theta[Fraction], covariance_type: str) -> gaussian_mixture.Theta[Fraction]:
    """A start whose covariances are of that type already."""
    spreads = list(theta.covariances) if covariance_type != "tied" else [theta.covariances[0]] * len(theta.means)
    return gaussian_mixture.Theta(theta.weights, theta.means, [shaped(s, covariance_type) for s in spreads])


def image(a: Any, x: Any) -> list[Fraction]:
    return [sum((p * q for p, q in zip(row, x, strict=True)), ZERO) for row in a]


@st.composite
def maps(draw: st.DrawFn, d: int, covariance_type: str) -> tuple[Rows, list[Fraction]]:
    """Maps x to A x + b: A any invertible matrix, only a diagonal one for "diag" and a similarity for "spherical"."""
    diagonal = [
        (Fraction(1), Fraction(-1), Fraction(1, 5), Fraction(12, 5), Fraction(-5, 3), Fraction(7))[byte % 6]
        for byte in draw(raw(d))
    ]
    if covariance_type == "spherical":
        diagonal = diagonal[:1] * d
    a = [[diagonal[i] if i == j else ZERO for j in range(d)] for i in range(d)]
    if covariance_type in ("full", "tied"):
        shears = table(draw(raw(d * d)), 1, d * d)[0]
        upper, lower = (
            [[Fraction(i == j) + shears[i * d + j] * (s * i < s * j) for j in range(d)] for i in range(d)]
            for s in (1, -1)
        )
        a = [image(zip(*lower, strict=True), image(zip(*a, strict=True), row)) for row in upper]
    elif covariance_type == "spherical" and d > 1:
        # a rotation by the triangle 3, 4, 5, and the axes turned round
        rotation = [
            [Fraction(3, 5), Fraction(-4, 5), ZERO],
            [Fraction(4, 5), Fraction(3, 5), ZERO],
            [ZERO, ZERO, Fraction(1)],
        ]
        a = [image(a, row[:d]) for row in rotation[:d]]
        a = [a[i] for i in draw(st.permutations(range(d)))]
    return a, table(draw(raw(d)), 1, d)[0]


def moved(theta: gaussian_mixture.Theta[Fraction], a: Rows, b: list[Fraction]) -> gaussian_mixture.Theta[Fraction]:
    """A mu + b and A Sigma A^T."""
    means = [[x + y for x, y in zip(image(a, m), b, strict=True)] for m in theta.means]
    return gaussian_mixture.Theta(
        theta.weights, means, [[image(a, image(s, row)) for row in a] for s in theta.covariances]
    )


# ---------------------------------------------------------------------- witnesses


def determinant(a: Sequence[Sequence[Any]]) -> Any:
    """By Leibniz, which no elimination enters."""
    n, value = len(a), 0
    for p in permutations(range(n)):
        inversions = sum(p[i] > p[j] for i in range(n) for j in range(i + 1, n))
        value = value + (-1) ** inversions * prod(a[i][p[i]] for i in range(n))
    return value


def inverse(a: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """By Cramer."""
    n, whole = len(a), determinant(a)
    minors = [[[[a[p][q] for q in range(n) if q != j] for p in range(n) if p != i] for j in range(n)] for i in range(n)]
    return [[(-1) ** (i + j) * determinant(minors[j][i]) / whole for j in range(n)] for i in range(n)]


def mp(x: Fraction | int) -> Any:
    """The number with 60 digits."""
    return MP.mpf(x.numerator) / x.denominator


def naive_density(x: Sequence[Fraction], mean: Sequence[Fraction], covariance: Rows) -> Any:
    """exp(-(x - mu)^T Sigma^-1 (x - mu) / 2) / sqrt((2 pi)^D det Sigma), in mpmath with 60 digits."""
    return _density(x, mean, mp(determinant(covariance)), [[mp(entry) for entry in row] for row in inverse(covariance)])


def _density(x: Sequence[Fraction], mean: Sequence[Fraction], det: Any, inverse: list[list[Any]]) -> Any:
    y = [mp(a - b) for a, b in zip(x, mean, strict=True)]
    quadratic = sum(y[i] * inverse[i][j] * y[j] for i in range(len(y)) for j in range(len(y)))
    return MP.exp(-quadratic / 2) / MP.sqrt((2 * MP.pi) ** len(y) * det)


def naive_joint(task: Gaussians) -> list[list[Any]]:
    """pi_k N(x_n | mu_k, Sigma_k), N x K."""
    columns = []
    for weight, mean, spread in zip(task.theta.weights, task.theta.means, task.theta.covariances, strict=True):
        det, inverted = mp(determinant(spread)), [[mp(entry) for entry in row] for row in inverse(spread)]
        columns.append([mp(weight) * _density(x, mean, det, inverted) for x in task.points])
    return [list(row) for row in zip(*columns, strict=True)]


def naive_m_step(points: Rows, r: Rows, covariance_type: str) -> gaussian_mixture.Theta[Fraction]:
    """Covariances as sum r x x^T / sum r - mu mu^T, which Fractions may well compute."""
    d, n = len(points[0]), len(points)
    sizes, means, spreads = [], [], []
    for share in zip(*r, strict=True):
        size = sum(share, ZERO)
        mean = [sum((s * x[i] for s, x in zip(share, points, strict=True)), ZERO) / size for i in range(d)]
        second = [
            [sum((s * x[i] * x[j] for s, x in zip(share, points, strict=True)), ZERO) / size for j in range(d)]
            for i in range(d)
        ]
        sizes.append(size)
        means.append(mean)
        spreads.append([[second[i][j] - mean[i] * mean[j] for j in range(d)] for i in range(d)])
    if covariance_type == "tied":
        pooled = [
            [
                sum((size * spread[i][j] for size, spread in zip(sizes, spreads, strict=True)), ZERO) / n
                for j in range(d)
            ]
            for i in range(d)
        ]
        spreads = [pooled] * len(sizes)
    return gaussian_mixture.Theta([size / n for size in sizes], means, [shaped(s, covariance_type) for s in spreads])


def assert_near(got: Any, truth: Any, digits: int = 45) -> None:
    """Every number agrees to so many digits, absolute below 1 and relative above; balls are as narrow as that."""
    if isinstance(got, list | tuple):
        assert len(got) == len(truth)
        for x, t in zip(got, truth, strict=True):
            assert_near(x, t, digits)
        return
    t = exactly(truth)
    bound = max(Fraction(1), abs(t)) / 10**digits
    assert abs(exactly(got) - t) <= bound
    assert not isinstance(got, Ball) or got.rad <= bound


def never_falls(likelihoods: Callable[[Numbers[Ball]], list[Ball]]) -> bool:
    """Whether balls prove that every value is at least the one before.

    What 320 digits cannot tell apart counts as equal, provided that both are known to a hundred digits.
    """
    for digits in DIGITS:
        try:
            return all(new >= old for old, new in pairwise(likelihoods(ball(digits))))
        except Undecided:
            if digits == DIGITS[-1]:
                values = likelihoods(ball(digits))
                assert all(value.rad < Fraction(1, 10**100) for value in values)
                return not any(new.certainly_less(old) for old, new in pairwise(values))
    raise AssertionError("there are no digits")
