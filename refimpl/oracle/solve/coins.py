"""Solvers of coins.step, exact but for the logarithm, and of coins.run, a chain of balls."""

from collections.abc import Sequence
from fractions import Fraction

from refimpl import trace, two_coins
from refimpl.numbers import Ball, ball, exact_text, fixed
from refimpl.oracle import values
from refimpl.oracle.case import Numbers, Variant
from refimpl.oracle.certificates import Box, Chain, Exact
from refimpl.oracle.coin_results import Point, named, rounds_theta
from refimpl.oracle.solve.solution import Solution

SPARE = 8
"""Digits that the last state of a chain keeps beyond those printed: counts have two before the point."""

LOST = 2
"""Digits that a state of a chain may lose to the next one."""


def step(given: Numbers, params: Numbers) -> Solution:
    """Solve coins.step."""
    rounds, theta = rounds_theta(given)
    state = two_coins.step(rounds, two_coins.start(rounds, theta))
    posterior = state.posterior
    numbers = ball(values.DIGITS + 30)
    log_likelihood = two_coins.log_likelihood(rounds, (numbers(theta[0]), numbers(theta[1])), numbers)
    row: list[Fraction | Ball] = [*posterior.responsibilities, *posterior.counts[0], *posterior.counts[1]]
    row += [*state.theta, log_likelihood]
    after = two_coins.log_likelihood(rounds, (numbers(state.theta[0]), numbers(state.theta[1])), numbers)
    return Solution(named(rounds, row), Exact(), _left(after))


def run(given: Numbers, params: Numbers) -> Solution:
    """Solve coins.run by a chain of balls that starts with digits to spare."""
    rounds, theta = rounds_theta(given)
    iterations = values.iterations(params)
    kept = values.DIGITS + SPARE
    numbers = ball(kept + LOST * iterations + 20)
    start = numbers(theta[0]), numbers(theta[1])
    states = trace.take(iterations + 1, two_coins.trace(rounds, two_coins.start(rounds, start)))
    last = states[-1]
    log_likelihood = two_coins.log_likelihood(rounds, last.entered, numbers)
    posterior = last.posterior
    leaving = last.theta if iterations else theta  # the start itself leaves a run of no steps, and is exact
    row = [*posterior.responsibilities, *posterior.counts[0], *posterior.counts[1], *leaving, log_likelihood]
    chain = Chain(kept + LOST * iterations + 10, boxes(theta, [state.theta for state in states[1:]], kept))
    after = two_coins.log_likelihood(rounds, last.theta, numbers)
    return Solution(named(rounds, row), chain, _left(after) if iterations else {})


def _left(log_likelihood: Ball) -> dict[str, list[Variant]]:
    """Return what ln p is for those who take it at the parameters that leave the step."""
    return {"likelihood=left": [Variant({"log_likelihood": values.written(log_likelihood)})]}


def boxes(start: Point, thetas: Sequence[tuple[Ball, Ball]], kept: int) -> list[Box]:
    """Return the start, and around each state a box LOST digits wider than the one before; the last keeps `kept`."""
    found = [Box([exact_text(p) for p in start], "0")]
    for left, theta in zip(reversed(range(len(thetas))), thetas, strict=True):
        decimals = kept + LOST * left
        found.append(Box([fixed(p.mid, decimals) for p in theta], f"1e-{decimals}"))
    return found


SOLVERS = {"coins.step": step, "coins.run": run}
