"""Certified answers to any gmm.*, bernoulli.* and binomial.*, for the reference as a peer.

Steps that are rational and short are answered exactly. Any other run is a chain of balls in the room, which starts with
digits to spare, and with more of them where that was too few. A fixed point is answered when it is proven.
"""

import contextlib
from collections.abc import Callable
from itertools import islice

from refimpl.errors import Undecided
from refimpl.numbers import EXACT, ball
from refimpl.oracle import mixture_input, values
from refimpl.oracle.case import Numbers
from refimpl.oracle.certificates import FixedPoint
from refimpl.oracle.mixture_input import Problem
from refimpl.oracle.recheck import mixtures as proofs
from refimpl.oracle.solve import mixtures, mixtures_fixed_point
from refimpl.oracle.values import Style

SPARE = (20, 100, 500, 2500)
"""Digits computed beyond those asked for, one try after the other."""

LOST = 3
"""Digits that a step of the chain costs, about."""


def results(task: str, given: Numbers, params: Numbers, style: Style) -> Numbers:
    """Return certified results. Raises an error of the family where input breaks a rule or nothing is proven."""
    name = task.partition(".")[2]
    if name == "m_step":
        return mixtures.m_step(task, given, params, style).expected
    problem = mixture_input.problem(task, given, params)
    if name == "fixed_point":
        solution = mixtures_fixed_point.fixed_point(task, given, params, style)
        if isinstance(solution.certificate, FixedPoint):
            proofs.prove_limit(problem, solution.certificate)
        return solution.expected
    iterations = {"e_step": 0, "step": 1}.get(name)
    if iterations is None:
        iterations = values.iterations(params, None)
    found = _run(problem, iterations, style)
    return {key: found[key] for key in mixture_input.EXPECTATION} if name == "e_step" else found


def _run(problem: Problem, iterations: int, style: Style) -> Numbers:
    if problem.is_exact(iterations):
        *_, exact = islice(mixtures.states(problem, problem.theta, EXACT), iterations + 1)
        return _decided(lambda digits: mixtures.results(problem, exact, digits, style), style.digits)

    def enclosed(digits: int) -> Numbers:
        numbers = ball(digits + LOST * iterations + problem.before_the_point)
        *_, end = islice(mixtures.states(problem, problem.start(numbers), numbers), iterations + 1)
        if iterations == 0:  # the start itself leaves a run of no steps
            expected = mixtures.results(problem, end, digits, style)
            return {**expected, **mixture_input.parameters(problem, problem.theta, style)}
        return mixtures.results(problem, end, digits + problem.before_the_point, style)

    return _decided(enclosed, style.digits)


def _decided(compute: Callable[[int], Numbers], digits: int) -> Numbers:
    """Return what is computed with as many digits to spare as it takes. Raises Undecided."""
    for spare in SPARE[:-1]:
        with contextlib.suppress(Undecided):
            return compute(digits + spare)
    return compute(digits + SPARE[-1])
