"""Mixtures against the same EM written naively with mpmath's operators, at 50 digits; and what grows with what.

Naively: the density with an inverse and a determinant for each point, sums by +=, a logarithm for each bit.
Run with: python tests/benchmarks/mixture_speed.py
"""

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import islice
from typing import Any

import mpmath
from timing import fastest, ratios

from refimpl import bernoulli_mixture, gaussian_mixture
from refimpl.certify import krawczyk
from refimpl.certify.gaussians import Gaussians
from refimpl.certify.mixture import Frame, Parameters, coordinates, from_row, maps, row_of
from refimpl.numbers import Numbers, ball, high
from refimpl.oracle import store

DIGITS = 50
Rows = list[list[Fraction]]

WEIGHTS = [Fraction(1, 2)] * 2
MEANS = [[Fraction(1, 4)] * 2, [Fraction(3, 4)] * 2]
UNIT = [[Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]]


def geyser(copies: int = 1) -> Rows:
    """Old Faithful, scaled to [0, 1]."""
    rows = store.dataset("old_faithful_scaled", ("eruptions", "waiting"))
    return [[Fraction(x) for x in row] for row in rows] * copies


def room(points: Rows, numbers: Numbers[Any], iterations: int, k: int = 2) -> Any:
    """The room's run from the blog's start."""
    weights = [numbers(Fraction(1, k))] * k
    means = [[numbers(Fraction(2 * i + 1, 2 * k))] * 2 for i in range(k)]
    unit = [[numbers(x) for x in row] for row in UNIT]
    data = [[numbers(x) for x in row] for row in points]
    theta = gaussian_mixture.Theta(weights, means, [unit] * k)
    *_, end = islice(gaussian_mixture.trace(data, theta, numbers), iterations)
    return gaussian_mixture.model(numbers).m_step(data, end.posterior, end.theta)


def naive(points: Rows, iterations: int) -> Any:
    """The same with mpf operators, as it is written down for the first time."""
    context = mpmath.MPContext()
    context.dps = DIGITS
    data = [[context.mpf(x.numerator) / x.denominator for x in row] for row in points]
    weights = [context.mpf(1) / 2] * 2
    means = [[context.mpf(x.numerator) / x.denominator for x in row] for row in MEANS]
    sigmas = [[[context.mpf(int(x)) for x in row] for row in UNIT]] * 2

    def density(x: Sequence[Any], mean: Sequence[Any], sigma: Sequence[Sequence[Any]]) -> Any:
        (a, b), (c, d) = sigma
        det = a * d - b * c
        inverse = [[d / det, -b / det], [-c / det, a / det]]
        offset = [x[0] - mean[0], x[1] - mean[1]]
        q = context.mpf(0)
        for i in range(2):
            for j in range(2):
                q += offset[i] * inverse[i][j] * offset[j]
        return context.exp(-q / 2) / (2 * context.pi * context.sqrt(det))

    for _ in range(iterations):
        r = []
        for x in data:
            joint = [w * density(x, m, s) for w, m, s in zip(weights, means, sigmas, strict=True)]
            whole = joint[0] + joint[1]
            r.append([p / whole for p in joint])
        weights, means, sigmas = [], [], []
        for k in range(2):
            size = context.mpf(0)
            for row in r:
                size += row[k]
            mean = [context.mpf(0)] * 2
            for row, x in zip(r, data, strict=True):
                for i in range(2):
                    mean[i] += row[k] * x[i]
            mean = [m / size for m in mean]
            sigma = [[context.mpf(0)] * 2 for _ in range(2)]
            for row, x in zip(r, data, strict=True):
                for i in range(2):
                    for j in range(2):
                        sigma[i][j] += row[k] * (x[i] - mean[i]) * (x[j] - mean[j])
            weights.append(size / len(data))
            means.append(mean)
            sigmas.append([[v / size for v in line] for line in sigma])
    return weights


def certificate(points: Rows) -> tuple[Callable[[], None], Callable[[], None]]:
    """Return Krawczyk's test at the limit, and one iteration of the room."""
    family = Gaussians(points)
    numbers = ball(DIGITS + 20)
    frame = Frame(family, numbers)
    rows = [family.row(mean, UNIT) for mean in MEANS]
    theta = from_row([numbers(x) for x in row_of(Parameters(WEIGHTS, rows))], 2)
    f, derivative = maps(family, DIGITS + 20, 25)
    s = coordinates(frame, theta)
    for _ in range(150):  # far beyond the digits that are asked for
        s = f([numbers(x.mid) for x in s])
    center = [Fraction(round(x.mid * 10 ** (DIGITS + 15)), 10 ** (DIGITS + 15)) for x in s]
    radius = Fraction(1, 10 ** (DIGITS + 5))
    return (
        lambda: krawczyk.check_exists(f, derivative, center, radius, DIGITS + 20),
        lambda: room(points, ball(DIGITS), 1),
    )


def bits(count: int, d: int) -> list[list[int]]:
    """Random rows."""
    source = random.Random(1)
    return [[source.randrange(2) for _ in range(d)] for _ in range(count)]


def bernoulli(rows: list[list[int]], numbers: Numbers[Any], iterations: int) -> Any:
    """The room's run of three components."""
    source = random.Random(2)
    mu = [[numbers(Fraction(source.randrange(20, 80), 100)) for _ in rows[0]] for _ in range(3)]
    theta = bernoulli_mixture.Theta([numbers(Fraction(1, 3))] * 3, mu)
    *_, end = islice(bernoulli_mixture.trace(rows, theta, numbers), iterations + 1)
    return end.theta


def naive_bernoulli(rows: list[list[int]], iterations: int) -> Any:
    """The same with a logarithm for each bit, and sums by +=."""
    context = mpmath.MPContext()
    context.dps = DIGITS
    source = random.Random(2)
    mu = [[context.mpf(source.randrange(20, 80)) / 100 for _ in rows[0]] for _ in range(3)]
    weights = [context.mpf(1) / 3] * 3
    for _ in range(iterations):
        r = []
        for x in rows:
            logs = []
            for weight, row in zip(weights, mu, strict=True):
                log = context.log(weight)
                for bit, p in zip(x, row, strict=True):
                    log += bit * context.log(p) + (1 - bit) * context.log(1 - p)
                logs.append(log)
            top = max(logs)
            powers = [context.exp(log - top) for log in logs]
            whole = powers[0] + powers[1] + powers[2]
            r.append([power / whole for power in powers])
        for k in range(3):
            size = context.mpf(0)
            for row in r:
                size += row[k]
            weights[k] = size / len(rows)
            for d in range(len(rows[0])):
                ones = context.mpf(0)
                for row, x in zip(r, rows, strict=True):
                    ones += row[k] * x[d]
                mu[k][d] = ones / size
    return mu


def main() -> None:
    """Print a line for each job; times are per iteration."""
    points = geyser()
    jobs: dict[str, Callable[[], Any]] = {
        "ball": lambda: room(points, ball(DIGITS), 5),
        "mpf": lambda: room(points, high(DIGITS), 5),
        "naive mpf": lambda: naive(points, 5),
    }
    print(ratios("Old Faithful, K = 2", {k: v / 5 for k, v in fastest(jobs, 5).items()}, "naive mpf"))
    for what, growing in {
        "N": {f"N = {272 * c}": (lambda c=c: room(geyser(c), ball(DIGITS), 2)) for c in (1, 2, 4)},
        "K": {f"K = {k}": (lambda k=k: room(points, ball(DIGITS), 2, k)) for k in (2, 4, 8)},
        "iterations": {f"{t} iterations": (lambda t=t: room(points, ball(DIGITS), t)) for t in (2, 4, 8)},
    }.items():
        print(ratios(f"growth with {what}", fastest(growing, 3), next(iter(growing))))
    proof, iteration = certificate(points)
    print(ratios("Krawczyk's test", fastest({"proof": proof, "EM iteration": iteration}, 3), "EM iteration"))
    rows = bits(600, 64)
    toss: dict[str, Callable[[], Any]] = {
        "ball": lambda: bernoulli(rows, ball(DIGITS), 1),
        "mpf": lambda: bernoulli(rows, high(DIGITS), 1),
        "naive mpf": lambda: naive_bernoulli(rows, 1),
    }
    print(ratios("Bernoulli 600 x 64, K = 3", fastest(toss, 2), "naive mpf"))


if __name__ == "__main__":
    main()
