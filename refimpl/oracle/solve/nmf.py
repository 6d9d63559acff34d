"""Solver of nmf.run: in fractions while they are short, and then in balls."""

import contextlib

from refimpl import nmf, trace
from refimpl.errors import Undecided, Unsupported
from refimpl.linear import Matrix
from refimpl.numbers import N, ball
from refimpl.oracle import nmf_results, values
from refimpl.oracle.case import Numbers
from refimpl.oracle.certificates import Enclosure, Exact
from refimpl.oracle.solve.solution import Solution
from refimpl.oracle.values import Style

SHORT = 2
"""Iterations up to which numbers are fractions; their digits grow by a factor in each."""

SPARE = (30, 100, 300, 1000)
"""Digits of the balls beyond those kept, one try after the other."""


def run(
    given: Numbers, params: Numbers, style: Style = values.GOLDEN, most: int | None = values.MOST_STEPS
) -> Solution:
    """Solve nmf.run; most: how many iterations are taken on."""
    x, w, h = nmf_results.matrices(given)
    nmf.check(x, w, h)
    iterations = values.iterations(params, most)
    if iterations <= SHORT:
        return Solution(_results(x, w, h, iterations, style), Exact())
    for spare in SPARE:
        digits = style.digits + spare
        numbers = ball(digits)
        data, left, right = (nmf_results.in_kind(numbers, matrix) for matrix in (x, w, h))
        with contextlib.suppress(Undecided):
            return Solution(_results(data, left, right, iterations, style), Enclosure(digits))
    raise Unsupported(f"{SPARE[-1]} digits to spare do not decide the digits of the results")


def _results(x: Matrix[N], w: Matrix[N], h: Matrix[N], iterations: int, style: Style) -> Numbers:
    end = trace.nth(iterations, nmf.trace(x, nmf.State([[*row] for row in w], [[*row] for row in h])))
    return nmf_results.named(end.w, end.h, nmf.loss(x, end.w, end.h), style)


SOLVERS = {"nmf.run": run}
