"""Speed of balls against mpmath's mpf and iv operators in the same run; prints ratios, asserts nothing.

Run with: pytest tests/benchmarks/test_ball_speed.py -s
"""

import random
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import mpmath
import pytest

from refimpl.numbers import Ball, ball, high

COUNT = 2000
ROUNDS = 15


def seconds(job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def multiply_add(x: Sequence[Any], y: Sequence[Any], z: Sequence[Any]) -> None:
    for a, b, c in zip(x, y, z, strict=True):
        a * b + c


def data(digits: int) -> list[list[Fraction]]:
    random_ = random.Random(digits)
    return [[Fraction(random_.uniform(-4, 4)) / 3 for _ in range(COUNT)] for _ in range(3)]


@pytest.mark.parametrize("digits", [50, 200, 1000])
def test_multiply_add(digits: int, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = data(digits)
    kinds: dict[str, Callable[[Fraction], Any]] = {"ball": ball(digits), "mpf": high(digits)}
    context = mpmath.ctx_iv.MPIntervalContext()
    context.dps = digits
    kinds["iv"] = lambda q: context.mpf(q.numerator) / q.denominator
    columns = {name: [[kind(q) for q in column] for column in numbers] for name, kind in kinds.items()}
    # Interleaved, so that a busy machine slows down all three alike; the fastest round counts.
    times = {name: [] for name in kinds}
    for _ in range(ROUNDS):
        for name, (x, y, z) in columns.items():
            times[name].append(seconds(lambda x=x, y=y, z=z: multiply_add(x, y, z)))
    best = {name: min(values) / COUNT * 1e6 for name, values in times.items()}
    with capsys.disabled():
        print(
            f"\n{digits:5} digits: "
            + ", ".join(f"{name} {best[name]:.2f} us" for name in kinds)
            + "; as multiples "
            f"of ball: mpf {best['mpf'] / best['ball']:.2f}, iv {best['iv'] / best['ball']:.2f}"
        )


@pytest.mark.parametrize("digits", [50, 200, 1000])
def test_elementary(digits: int, capsys: pytest.CaptureFixture[str]) -> None:
    values = [abs(q) for q in data(digits)[0]][:100]
    balls: list[Ball] = [ball(digits)(q) for q in values]
    mpfs: list[Any] = [high(digits)(q) for q in values]
    for name in ("exp", "log", "sqrt"):
        functions = (getattr(ball(digits), name), getattr(high(digits), name))
        times: list[list[float]] = [[], []]
        for _ in range(5):
            for column, function, arguments in zip(times, functions, (balls, mpfs), strict=True):
                column.append(seconds(lambda f=function, a=arguments: [f(x) for x in a]))
        ours, theirs = (min(column) / len(values) * 1e6 for column in times)
        with capsys.disabled():
            print(
                f"\n{digits:5} digits, {name}: ball {ours:.1f} us, mpf {theirs:.1f} us: {theirs / ours:.2f}"
            )
