"""Silhouettes of 889 points in 12 dimensions to 50 digits, against naive mpf and against floats.

The table has the shape of the lecture's advertising channels: seven columns from 0 to 1 with ten decimals, and five of
small integers; four clusters. Naive mpf takes every difference, square, sum and root in mpmath's numbers; it is
measured on fewer points and extrapolated with the square of their number.
Run with: python tests/benchmarks/silhouette_speed.py
"""

import random
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath

from refimpl import linear, silhouette
from refimpl.numbers import FLOAT, ball

DIGITS, POINTS, MEASURED = 50, 889, 150


def table(count: int) -> tuple[list[list[Fraction]], list[int]]:
    """Points about four centers, and the number of the center of each."""
    source = random.Random(1)
    points, labels = [], []
    for n in range(count):
        label = n % 4
        scaled = [Fraction(source.randint(0, 10**10) + label * 10**10, 4 * 10**10) for _ in range(7)]
        points.append([*scaled, *(Fraction(source.randint(0, 5)) for _ in range(5))])
        labels.append(label)
    return points, labels


def naive(points: list[list[Fraction]], labels: list[int]) -> Any:
    """The definition in mpf, operator by operator; the mean silhouette."""
    context = mpmath.MPContext()
    context.dps = DIGITS
    rows = [[context.mpf(x.numerator) / x.denominator for x in row] for row in points]
    members = [[n for n, label in enumerate(labels) if label == k] for k in range(4)]
    total = context.mpf(0)
    for n, x in enumerate(rows):
        distances = [context.sqrt(sum((a - b) ** 2 for a, b in zip(x, y, strict=True))) for y in rows]
        sums = [sum(distances[m] for m in group) for group in members]
        own = labels[n]
        a = sums[own] / (len(members[own]) - 1)
        b = min(sums[k] / len(members[k]) for k in range(4) if k != own)
        total += (b - a) / max(a, b)
    return total / len(rows)


def seconds(job: Callable[[], Any]) -> tuple[float, Any]:
    """The time of a job, and its result."""
    start = time.perf_counter()
    result = job()
    return time.perf_counter() - start, result


def main() -> None:
    """Print the ratios."""
    points, labels = table(POINTS)
    ours, samples = seconds(lambda: silhouette.samples(points, labels, ball(DIGITS)))
    floats = [[float(x) for x in row] for row in points]
    binary, rough = seconds(lambda: silhouette.samples(floats, labels, FLOAT))
    few, names = points[:MEASURED], labels[:MEASURED]
    mpf, mean = seconds(lambda: naive(few, names))
    check = silhouette.samples(few, names, ball(DIGITS))
    exact = linear.total(check) / len(check)
    assert abs(mpmath.mpf(exact.mid.numerator) / exact.mid.denominator - mean) < 1e-14
    extrapolated = mpf * (POINTS / MEASURED) ** 2
    print(f"{POINTS} x 12, balls of {DIGITS} digits: {ours:.2f} s, widest {float(max(s.rad for s in samples)):.1e}")
    print(
        f"naive mpf, extrapolated from {MEASURED} points: {extrapolated:.0f} s, {extrapolated / ours:.0f} times as long"
    )
    print(f"floats: {binary:.2f} s, {ours / binary:.2f} of it for ours; first {rough[0]:.15f}")


if __name__ == "__main__":
    main()
