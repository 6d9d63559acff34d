"""The sensitivity of mixtures against whole runs of perturbed inputs, and the digits that binary64 in fact attains."""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction as Q
from itertools import islice
from random import Random
from typing import Any

import mpmath
import pytest
from strategies import flat, in_kind

from refimpl import bernoulli_mixture, binomial_mixture, gaussian_mixture
from refimpl.certify import sensitivity, sensitivity_mixture as mixtures
from refimpl.certify.gaussians import Gaussians
from refimpl.certify.mixture import Frame, Parameters, coordinates, from_row, jacobian, row_of
from refimpl.certify.tosses import Tosses
from refimpl.gaussian_mixture import COVARIANCE_TYPES, Shape
from refimpl.numbers import FLOAT, ball
from refimpl.oracle import generate
from refimpl.oracle.catalogue import Entry
from refimpl.two_coins import Rounds

E = 1e-6
"""The relative change of an input; central quotients err by its square, and by rounding about 1e-10."""

PLANE = [[0, 1], [1, 4], [3, 1], [2, 2], [9, 3], [10, 8], [12, 5], [11, 7], [6, 6], [5, 2]]
WIDTHS = {"full": [4, 1, 5], "tied": [4, 1, 5], "diag": [4, 3], "spherical": [4]}
BITS = [[0] * 3] * 2 + [[1] * 3] * 2 + [[0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]
ROUNDS = [(9, 1), (3, 0), (8, 4), (2, 6), (1, 9), (4, 4), (0, 3), (7, 2)]


class Model:
    """EM on floats, written the naive way; a row holds of each component its weight and its parameters."""

    def __init__(self, kind: str, row: Sequence[float]) -> None:
        self.kind, self.start = kind, [float(x) for x in row]
        self.coins = kind in ("bernoulli", "binomial")
        self.points = [float(x) for x in flat(PLANE)] if not self.coins else []
        self.tosses = (
            [(x, [1 - b for b in x]) for x in BITS] if kind == "bernoulli" else [([h], [t]) for h, t in ROUNDS]
        )
        self.size = len(row) // 2
        self.count = len(self.tosses) if self.coins else len(self.points) // 2

    @property
    def family(self) -> Any:
        if self.coins:
            return Tosses([h for h, _ in self.tosses], [t for _, t in self.tosses])
        return Gaussians([[*map(Q, x)] for x in self.rows(self.points)], self.kind)  # type: ignore[arg-type]

    def theta(self, row: Sequence[float]) -> Parameters[Q]:
        parts = [[Q(x) for x in row[i : i + self.size]] for i in (0, self.size)]
        return Parameters([part[0] for part in parts], [part[1:] for part in parts])

    @staticmethod
    def rows(points: Sequence[float]) -> list[list[float]]:
        return [list(points[i : i + 2]) for i in range(0, len(points), 2)]

    def logs(self, row: Sequence[float], points: Sequence[float], offset: tuple[int, float]) -> list[list[float]]:
        """Ln pi_k p_k(x_n); one of them moved by its offset, in units of what it is the sum of."""
        found = []
        for k in (0, 1):
            w, *part = row[k * self.size : (k + 1) * self.size]
            if self.coins:
                terms = [
                    [
                        count * math.log(x)
                        for p, a, b in zip(part, h, t, strict=True)
                        for x, count in ((p, a), (1 - p, b))
                    ]
                    for h, t in self.tosses
                ]
                moved = [
                    sum(x) + offset[1] * sum(map(abs, x)) * (offset[0] == k * self.count + n)
                    for n, x in enumerate(terms)
                ]
                found.append([math.log(w) + x for x in moved])
                continue
            (a, b, c), column = self.spread(part), []
            for x, y in self.rows(points):
                u, v, det = x - part[0], y - part[1], a * c - b * b
                q = (c * u * u - 2 * b * u * v + a * v * v) / det
                column.append(math.log(w) - (q + math.log(det)) / 2 - math.log(2 * math.pi))
            found.append(column)
        return [list(line) for line in zip(*found, strict=True)]

    def spread(self, part: Sequence[float]) -> Sequence[float]:
        if self.kind == "spherical":
            return part[2], 0.0, part[2]
        return (part[2], 0.0, part[3]) if self.kind == "diag" else part[2:5]

    def m_step(self, r: Sequence[Sequence[float]], points: Sequence[float]) -> list[float]:
        means, spreads, sizes, found = [], [], [], []
        for share in zip(*r, strict=True):
            sizes.append(math.fsum(share))
            if self.coins:
                columns = [zip(*rows, strict=True) for rows in zip(*self.tosses, strict=True)]
                pairs = zip(*columns, strict=True)
                sums = [[math.fsum(s * x for s, x in zip(share, col, strict=True)) for col in pair] for pair in pairs]
                found.append([sizes[-1] / self.count, *(h / (h + t) for h, t in sums)])
                continue
            rows = self.rows(points)
            mean = [math.fsum(s * x[i] for s, x in zip(share, rows, strict=True)) / sizes[-1] for i in (0, 1)]
            pairs = ((0, 0), (0, 1), (1, 1))
            spreads.append(
                [
                    math.fsum(s * (x[i] - mean[i]) * (x[j] - mean[j]) for s, x in zip(share, rows, strict=True))
                    for i, j in pairs
                ]
            )
            means.append(mean)
        for mean, (a, b, c), size in zip(means, spreads, sizes, strict=False):
            if self.kind == "tied":
                shape = [math.fsum(x) / self.count for x in zip(*spreads, strict=True)]
            else:
                shape = {"full": [a, b, c], "diag": [a, c], "spherical": [(a + c) / 2]}[self.kind]
                shape = [x / size for x in shape]
            found.append([size / self.count, *mean, *shape])
        return [x for part in found for x in part]

    def run(
        self, row: Sequence[float], points: Sequence[float], steps: int, offset: tuple[int, float] = (-1, 0.0)
    ) -> Any:
        """(r, ln p) of the last step's start, what leaves it, and ln p there."""
        left = list(row)
        for _ in range(max(steps, 1)):
            entered, logs = left, self.logs(left, points, offset)
            r = [[math.exp(x - max(line)) for x in line] for line in logs]
            r = [[x / math.fsum(line) for x in line] for line in r]
            left = self.m_step(r, points) if steps else list(entered)
        return flat(r), [total(logs)], left, [total(self.logs(left, points, offset))]


def total(logs: Sequence[Sequence[float]]) -> float:
    return math.fsum(max(line) + math.log(math.fsum(math.exp(x - max(line)) for x in line)) for line in logs)


MODELS = {
    **{kind: Model(kind, [1 / 2, 2, 2, *w, 1 / 2, 10, 6, *w]) for kind, w in WIDTHS.items()},
    "bernoulli": Model("bernoulli", [3 / 8, 3 / 4, 5 / 8, 3 / 4, 5 / 8, 1 / 4, 3 / 8, 1 / 4]),
    "binomial": Model("binomial", [5 / 8, 3 / 4, 3 / 8, 3 / 8]),
}
EVERY = pytest.mark.parametrize("kind", list(MODELS))


def added(results: Callable[[int, float], Any], inputs: int) -> list[list[float]]:
    """S of every result: the sum over the inputs of moduli of central quotients."""
    sizes: list[list[float]] = []
    for i in range(inputs):
        ahead, behind = results(i, E), results(i, -E)
        quotients = [
            [abs(a - b) / (2 * E) for a, b in zip(x, y, strict=True)] for x, y in zip(ahead, behind, strict=True)
        ]
        old = sizes or [[0.0] * len(part) for part in quotients]
        sizes = [[a + b for a, b in zip(x, y, strict=True)] for x, y in zip(old, quotients, strict=True)]
    return sizes


def scaled(values: Sequence[float], i: int, e: float) -> list[float]:
    return [x * (1 + e * (i == j)) for j, x in enumerate(values)]


def near(found: Sequence[float], truth: Sequence[float], rel: float = 1e-5) -> bool:
    return list(found) == pytest.approx(list(truth), rel=rel, abs=rel * max(truth))


@EVERY
@pytest.mark.parametrize("steps", [0, 1, 3])
def test_the_sensitivity_of_a_run_by_running_perturbed_inputs(kind: str, steps: int) -> None:
    """The start, and the points or, of tosses, what is added up to the logarithms of every step."""
    model = MODELS[kind]
    n, points = len(model.start), model.points

    def results(i: int, e: float) -> Any:
        offset = (i - n, e) if model.coins else (-1, 0.0)
        return model.run(scaled(model.start, i, e), scaled(points, i - n, e), steps, offset)

    truth = added(results, n + (2 * model.count if model.coins else len(points)))
    r = model.run(model.start, points, steps)[0]
    sizes, left = mixtures.of_run(model.family, model.theta(model.start), steps)
    assert near([s * x for s, x in zip(flat(sizes.responsibilities), r, strict=True)], truth[0])
    assert near([sizes.log_likelihood], truth[1])
    assert near(sizes.theta, truth[2])
    assert near([left], truth[3] if steps else [0.0])


def test_a_run_that_has_settled_is_as_sensitive_as_one_that_goes_on() -> None:
    model = MODELS["spherical"]
    (a, left), (b, there) = (mixtures.of_run(model.family, model.theta(model.start), steps) for steps in (60, 5000))
    assert near(b.theta, a.theta, 1e-3)
    assert near([b.log_likelihood, there], [a.log_likelihood, left], 1e-3)


@pytest.mark.parametrize("kind", [kind for kind in MODELS if kind != "binomial"])
def test_the_sensitivity_of_an_m_step_by_perturbing_points_and_responsibilities(kind: str) -> None:
    """Of a tied covariance nearly: there the influence of a responsibility is taken for one that others make up for."""
    model = MODELS[kind]
    r, _, left, _ = model.run(model.start, model.points, 1)

    def results(i: int, e: float) -> Any:
        shares = scaled(r, i, e)
        return (model.m_step([shares[j : j + 2] for j in range(0, len(r), 2)], scaled(model.points, i - len(r), e)),)

    (truth,) = added(results, len(r) + len(model.points))
    shares = [[Q(x) for x in r[j : j + 2]] for j in range(0, len(r), 2)]
    assert near(
        mixtures.of_m_step(model.family, model.theta(left), shares).theta, truth, 3e-2 if kind == "tied" else 1e-4
    )


@pytest.mark.parametrize("kind", [kind for kind in MODELS if kind != "bernoulli"])
def test_the_sensitivity_of_a_limit_by_running_perturbed_inputs_to_their_limits(kind: str) -> None:
    """Points, or the logarithms of every step; and in every step one of the parameters is rounded."""
    model, steps = MODELS[kind], 40 if kind in ("tied", "binomial", "full") else 20
    *_, at, _ = model.run(model.start, model.points, 150)
    inputs = 2 * model.count if model.coins else len(model.points)

    def results(i: int, e: float) -> Any:
        if i < inputs:
            return model.run(at, scaled(model.points, i, e), steps, (i, e) if model.coins else (-1, 0.0))[:3]
        row = list(at)
        for _ in range(steps):
            *_, row, _ = model.run(row, model.points, 1)
            row = scaled(row, i - inputs, e)
        return *model.run(row, model.points, 1)[:2], row

    truth = added(results, inputs + len(at))
    r = model.run(at, model.points, 1)[0]
    sizes = mixtures.of_fixed_point(model.family, model.theta(at))
    assert near(sizes.theta, truth[2], 1e-2)
    assert near([sizes.log_likelihood], truth[1], 2e-2)
    assert near([s * x for s, x in zip(flat(sizes.responsibilities), r, strict=True)], truth[0], 2e-2)


def rate_of(model: Model, row: Sequence[float], points: Sequence[float]) -> float:
    family: Any = Gaussians([[*map(Q, x)] for x in model.rows(points)], model.kind)  # type: ignore[arg-type]
    frame, theta = Frame(family, FLOAT), model.theta(row)
    s = coordinates(frame, from_row([float(x) for x in row_of(theta)], 2))
    found, _ = mpmath.eig(mpmath.matrix(jacobian(frame, s)))
    return float(max(mpmath.re(x) for x in found))


def test_the_sensitivity_of_the_rate_is_of_the_size_that_perturbed_points_tell() -> None:
    """It follows theta alone, and rounding counts too: the two agree to a factor."""
    model = MODELS["spherical"]
    *_, at, _ = model.run(model.start, model.points, 60)

    def results(i: int, e: float) -> Any:
        points = scaled(model.points, i, e)
        return ([rate_of(model, model.run(at, points, 15)[2], points)],)

    ((truth,),) = added(results, len(model.points))
    theta = model.theta(at)
    found = mixtures.of_rate(model.family, theta, mixtures.of_fixed_point(model.family, theta).theta)
    assert truth * 0.8 < found < truth * 5


# ---------------------------------------------------------------------- cases


def made(task: str, given: dict[str, Any], **params: Any) -> Any:
    return generate.make((f"{task}/x", Entry("x", "title", "reason", "source", given, params)))


@pytest.mark.parametrize("kind", COVARIANCE_TYPES)
def test_a_case_asks_for_the_digits_that_its_sensitivities_leave(kind: str) -> None:
    model = MODELS[kind]
    family, theta = model.family, model.theta(model.start)
    given = {"points": PLANE, "weights": theta.weights, "means": [row[:2] for row in theta.components]}
    covariances = [family.covariance(row) for row in theta.components]
    case = made("gmm.run", {**given, "covariances": covariances}, iterations=2, covariance_type=kind)
    sizes, left = mixtures.of_run(family, theta, 2)
    parts = [sizes.theta[: model.size], sizes.theta[model.size :]]
    expected = {name: [Q(x) for x in flat(tree)] for name, tree in case.expected.items()}
    spreads = {
        "responsibilities": [
            float(x) * s for x, s in zip(expected["responsibilities"], flat(sizes.responsibilities), strict=True)
        ],
        "log_likelihood": [sizes.log_likelihood],
        "weights": [part[0] for part in parts],
        "means": flat([part[1:3] for part in parts]),
        "covariances": flat([family.spread(part[1:], 0.0) for part in parts]),
    }
    for name, spread in spreads.items():
        digits = sensitivity.attainable(expected[name], [Q(s) for s in spread], Q(1))
        assert abs(Q(case.attainable[name]) - digits) <= Q(1, 100)
    (variant,) = case.alternatives["likelihood=left"]
    digits = sensitivity.attainable([Q(variant.result["log_likelihood"])], [Q(left)], Q(1))
    assert abs(Q(variant.attainable["log_likelihood"]) - digits) <= Q(1, 100)


def at_1e8(points: Sequence[int], means: Sequence[int], spread: int) -> dict[str, Any]:
    return {
        "points": [[str(10**8 + x)] for x in points],
        "weights": ["1/2", "1/2"],
        "means": [[str(10**8 + x)] for x in means],
        "covariances": [[[str(spread)]]] * 2,
    }


@pytest.mark.parametrize("kind", COVARIANCE_TYPES)
def test_an_offset_of_1e8_leaves_less_than_eight_digits_of_variances(kind: str) -> None:
    """Moving a point by u 1e8 moves a variance near 2/3 by about 2e-8."""
    case = made("gmm.step", at_1e8([0, 1, 2, 10, 11, 12], [2, 9], 8), covariance_type=kind)
    assert 7.5 <= float(case.attainable["covariances"]) <= 8
    assert float(case.attainable["means"]) > 15


def test_an_offset_of_1e8_leaves_some_digits_of_the_rate() -> None:
    """True is 2.2e-23 with a sensitivity of 2.9e-13, which leaves 5.8 digits."""
    case = made("gmm.fixed_point", at_1e8([0, 1, 2, 10, 11, 12], [2, 9], 8))
    assert 4 <= float(case.attainable["rate"]) <= 7


SADDLE = [1, 6, 6, 7, 7, 8, 8, 13]


def test_an_offset_of_1e8_leaves_few_digits_of_the_rate_at_a_saddle_too() -> None:
    case = made("gmm.fixed_point", at_1e8(SADDLE, [1, 1], 4))
    assert float(case.attainable["rate"]) < 10


def test_results_of_a_run_that_stands_still_are_those_at_the_limit() -> None:
    """One step leads there from the start, so that its responsibilities and its ln p enter the second."""
    given = {"points": [["0"], ["2"], ["4"]], "weights": ["1"], "means": [["40"]], "covariances": [[["1"]]]}
    case = made("gmm.fixed_point", given)
    family = Gaussians([[Q(0)], [Q(2)], [Q(4)]])
    sizes, _ = mixtures.of_run(family, Parameters([Q(1)], [[Q(40), Q(1)]]), 2)
    value = Q(case.expected["log_likelihood"])
    digits = sensitivity.attainable([value], [Q(sizes.log_likelihood)], Q(1))
    assert abs(Q(case.attainable["log_likelihood"]) - digits) <= Q(1, 100)


# ---------------------------------------------------------------------- what binary64 attains


def reached(got: Any, truth: Any, fallback: Q) -> Q:
    """The least -log10 of the relative errors, at most 15.95; zeros are measured by the largest entry."""
    found, known = [Q(x) for x in flat(got)], [x.mid for x in flat(truth)]
    scale = max(map(abs, known)) or fallback
    worst = max(abs(x - t) / (abs(t) or scale) for x, t in zip(found, known, strict=True))
    return sensitivity.MOST if worst == 0 else min(sensitivity.MOST, sensitivity.digits_of(worst))


def asked(truth: Any, sizes: Any, fallback: Q) -> Q:
    return sensitivity.attainable([x.mid for x in flat(truth)], [Q(s) for s in flat(sizes)], fallback)


def ulps(source: Random, tree: Any) -> Any:
    """Every number moved to a neighbour, or not."""
    if isinstance(tree, list):
        return [ulps(source, x) for x in tree]
    return float(tree) * (1 + source.choice((-1, 0, 1)) * 2.0**-52)


def state(trace: Any, steps: int) -> Any:
    *_, last = islice(trace, steps + 1)
    return last


@pytest.mark.parametrize("kind", COVARIANCE_TYPES)
@pytest.mark.parametrize("seed", range(4))
def test_binary64_attains_the_digits_of_gaussian_mixtures_from_inputs_that_are_rounded(kind: Any, seed: int) -> None:
    source = Random(seed)
    offset, steps, size = (0.0, 1e3, 1e6, -1e5)[seed], (1, 2, 4, 3)[seed], 1 + len(WIDTHS[kind]) + 2
    points = [[Q(offset + source.gauss(3 * (n % 2), 1)) for _ in range(2)] for n in range(10)]
    family, row = Gaussians(points, kind), [Q(x) for x in WIDTHS[kind]]
    means = [[Q(offset + x), Q(offset + x)] for x in (0.25, 2.5)]
    sigma, half = family.covariance([*means[0], *row]), [Q(1, 2)] * 2
    start = Parameters(half, [[*mean, *row] for mean in means])
    sizes, _ = mixtures.of_run(family, start, steps)

    def trace(numbers: Any, rows: Any, centers: Any) -> Any:
        theta = gaussian_mixture.Theta(in_kind(numbers, half), centers, in_kind(numbers, [sigma] * 2))
        last = state(gaussian_mixture.trace(rows, theta, numbers, Shape(kind)), steps)
        return last, gaussian_mixture.log_likelihood(rows, last.entered, numbers)

    truth, likelihood = trace(ball(60), in_kind(ball(60), points), in_kind(ball(60), means))
    got, found = trace(FLOAT, ulps(source, points), ulps(source, means))
    parts = [sizes.theta[:size], sizes.theta[size:]]
    largest = max(abs(x) for x in flat(points))
    spreads = [flat(family.spread(part[1:], 0.0)) for part in parts]
    for a, b, s, fallback in (
        (got.posterior, truth.posterior, None, Q(1)),
        (found, likelihood, [sizes.log_likelihood], Q(1)),
        (got.theta.weights, truth.theta.weights, [part[0] for part in parts], Q(1)),
        (got.theta.means, truth.theta.means, [part[1:3] for part in parts], largest),
        (got.theta.covariances, truth.theta.covariances, spreads, largest**2),
    ):
        if s is None:
            ratios = flat(sizes.responsibilities)
            s = [float(x.mid) * ratio for x, ratio in zip(flat(b), ratios, strict=True)]
        assert reached(a, b, fallback) >= asked(b, s, fallback) - 2


@pytest.mark.parametrize("seed", range(6))
def test_binary64_attains_the_digits_of_mixtures_of_tosses(seed: int) -> None:
    source, steps = Random(seed), 1 + seed % 4
    weights = [Q(3, 8), Q(5, 8)]
    if seed % 2:
        data: Any = [[source.randrange(2) for _ in range(6)] for _ in range(9)]
        table: Any = [[Q(source.randrange(5, 60), 64) for _ in range(6)] for _ in range(2)]
        room: Any = bernoulli_mixture
        family, rows = Tosses(data, [[1 - x for x in row] for row in data]), table
    else:
        counts = [(source.randrange(1, 15), source.randrange(1, 15)) for _ in range(7)]
        data, table = Rounds(*map(list, zip(*counts, strict=True))), [Q(source.randrange(5, 60), 64) for _ in range(2)]
        room, family, rows = (
            binomial_mixture,
            Tosses([[h] for h, _ in counts], [[t] for _, t in counts]),
            [[p] for p in table],
        )
    sizes, _ = mixtures.of_run(family, Parameters(weights, rows), steps)
    got, truth = (
        state(room.trace(data, room.Theta(in_kind(n, weights), in_kind(n, table)), n), steps) for n in (FLOAT, ball(60))
    )
    found, likelihood = (room.log_likelihood(data, s.entered, n) for s, n in ((got, FLOAT), (truth, ball(60))))
    size = len(sizes.theta) // 2
    ratios = zip(flat(truth.posterior), flat(sizes.responsibilities), strict=True)
    for a, b, s in (
        (got.posterior, truth.posterior, [float(x.mid) * ratio for x, ratio in ratios]),
        (found, likelihood, [sizes.log_likelihood]),
        (got.theta.weights, truth.theta.weights, sizes.theta[::size]),
        (got.theta.probabilities, truth.theta.probabilities, [sizes.theta[1:size], sizes.theta[size + 1 :]]),
    ):
        assert reached(a, b, Q(1)) >= asked(b, s, Q(1)) - 2


def test_a_method_that_cancels_does_not_attain_them() -> None:
    """E[x^2] - mu^2 at 1e8, which is what the threshold is there to catch."""
    case = made("gmm.step", at_1e8([0, 1, 2, 10, 11, 12], [2, 9], 8))
    truth, xs = Q(case.expected["covariances"][0][0][0]), [1e8, 1e8 + 1, 1e8 + 2]
    expanded = sum(x * x for x in xs) / 3 - (sum(xs) / 3) ** 2
    worst = sensitivity.digits_of(abs(Q(expanded) - truth) / truth)
    assert worst < Q(case.attainable["covariances"]) - 2
