"""Balls against mpmath's mpf and iv: multiply-add by operators, and the elementary functions.

Run with: python tests/benchmarks/ball_speed.py
"""

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import mpmath
from timing import fastest, ratios

from refimpl.numbers import ball, high

COUNT = 1000


def multiply_add(x: Sequence[Any], y: Sequence[Any], z: Sequence[Any]) -> None:
    """Compute x*y + z for every triple."""
    for a, b, c in zip(x, y, z, strict=True):
        a * b + c


def columns(digits: int) -> list[list[Fraction]]:
    """Return three columns of rationals that are no short numbers in any base."""
    source = random.Random(digits)
    return [[Fraction(source.uniform(-4, 4)) / 3 for _ in range(COUNT)] for _ in range(3)]


def interval(digits: int) -> Callable[[Fraction], Any]:
    """Return mpmath's interval of so many digits."""
    context = mpmath.ctx_iv.MPIntervalContext()
    context.dps = digits
    return lambda q: context.mpf(q.numerator) / q.denominator


def main() -> None:
    """Print a line for each number of digits and job; times are per element."""
    for digits in (50, 200, 1000):
        data = columns(digits)
        kinds: dict[str, Callable[[Fraction], Any]] = {
            "ball": ball(digits),
            "mpf": high(digits),
            "iv": interval(digits),
        }
        made = {name: [[kind(q) for q in column] for column in data] for name, kind in kinds.items()}
        jobs = {name: (lambda xyz=xyz: multiply_add(*xyz)) for name, xyz in made.items()}
        best = {name: seconds / COUNT for name, seconds in fastest(jobs, 15).items()}
        print(ratios(f"{digits} digits, x*y+z", best, "ball"))
        positive = [abs(q) for q in data[0]][:100]
        for function in ("exp", "log", "sqrt"):
            jobs = {name: mapped(kinds[name], function, positive) for name in ("ball", "mpf")}
            best = {name: seconds / len(positive) for name, seconds in fastest(jobs, 5).items()}
            print(ratios(f"{digits} digits, {function}", best, "ball"))


def mapped(numbers: Any, function: str, arguments: Sequence[Fraction]) -> Callable[[], object]:
    """Return a job that evaluates the function at every argument."""
    evaluate, xs = getattr(numbers, function), [numbers(q) for q in arguments]
    return lambda: [evaluate(x) for x in xs]


if __name__ == "__main__":
    main()
