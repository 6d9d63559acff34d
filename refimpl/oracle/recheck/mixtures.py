"""Proofs of gmm.*, bernoulli.* and binomial.*: the EM map by moments, enclosed at another precision."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import msgspec

from refimpl.certify import krawczyk
from refimpl.certify.krawczyk import Point
from refimpl.certify.mixture import (
    Frame,
    Parameters,
    at,
    check_chain,
    coordinates,
    from_row,
    image,
    maps,
    moments,
    responsibilities,
    row_of,
)
from refimpl.errors import Refuted
from refimpl.numbers import EXACT, Ball, ball
from refimpl.oracle import mixture_input, values
from refimpl.oracle.case import (
    Box,
    Case,
    Chain,
    Enclosure,
    Exact,
    FixedPoint,
    Identities,
    Numbers,
    Tube,
    Variant,
)
from refimpl.oracle.mixture_input import Problem
from refimpl.oracle.recheck.agreement import agree, certificate

MORE = 25
"""Digits by which proofs exceed those in which the results were found."""


class End(NamedTuple):
    """The last step of a run."""

    entered: Parameters[Ball]
    responsibilities: Sequence[Sequence[Fraction]] | Sequence[Sequence[Ball]]
    left: Parameters[Fraction] | Parameters[Ball]
    digits: int


def e_step(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless the quotients of the joint densities give the same digits."""
    _agree(case, expected, _end(case, 0), 0)


def m_step(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless the moments that the responsibilities imply give the same fractions."""
    certificate(case, Identities)
    problem, r = mixture_input.without_start(case.task, case.input, case.params)
    frame = Frame(problem.family, EXACT)
    rows = [moments(frame, share) for share in zip(*r, strict=True)]
    theta = Parameters([row[0] for row in rows], problem.family.components(rows, (), EXACT))
    for name, value in mixture_input.parameters(problem, theta).items():
        agree(expected[name], value, name)


def step(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless one step gives the same digits."""
    _agree(case, expected, _end(case, 1), 1)


def run(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless every box is sent into the next, and the last but one determines all digits."""
    iterations = values.whole(case.params["iterations"], "iterations")
    _agree(case, expected, _end(case, iterations), iterations)


def _end(case: Case, iterations: int) -> End:
    problem = mixture_input.problem(case.task, case.input, case.params)
    if isinstance(case.certificate, Exact):
        return _rational(problem, iterations)
    if isinstance(case.certificate, Enclosure):
        if iterations > 1:
            raise Refuted("certificate.method encloses one step, and there are more")
        return _last_step(problem, None, case.certificate.digits + MORE, iterations)
    if isinstance(case.certificate, Chain):
        return _chain(problem, case.certificate, iterations)
    tube = certificate(case, Tube)
    if len(tube.states) != iterations - 1:
        raise Refuted(f"certificate.states has {len(tube.states)} states for {iterations} iterations")
    last = prove_tube(problem, tube)
    entering = at(problem.family, krawczyk.enclose(*last, tube.digits + MORE), ball(tube.digits + MORE))
    return _last_step(problem, entering, tube.digits + MORE, iterations)


def _rational(problem: Problem, iterations: int) -> End:
    frame, numbers = Frame(problem.family, EXACT), ball(values.DIGITS + MORE)
    entered, theta, r = problem.theta, problem.theta, responsibilities(Frame(problem.family, EXACT), problem.theta)
    for _ in range(iterations):
        entered = theta
        r, theta = image(frame, entered)
    row = [numbers(x) for x in row_of(entered)]
    return End(from_row(row, len(entered.weights)), r, theta, values.DIGITS + MORE)


def _last_step(problem: Problem, entering: Parameters[Ball] | None, digits: int, iterations: int) -> End:
    """Return the step from a state, or from the start; without iterations the start leaves as it is."""
    entering = entering or problem.start(ball(digits))
    r, theta = image(Frame(problem.family, ball(digits)), entering)
    return End(entering, r, theta if iterations else problem.theta, digits)


def _chain(problem: Problem, chain: Chain, iterations: int) -> End:
    digits = chain.digits + MORE
    if len(chain.states) != iterations + 1 or iterations == 0:
        raise Refuted(f"certificate.states has {len(chain.states)} states for {iterations} iterations and the start")
    agree(chain.states[0], mixture_input.exactly(problem.theta), "certificate.states[0]")
    states = [problem.unboxed(box, digits) for box in chain.states]
    check_chain(Frame(problem.family, ball(digits)), states)
    return _last_step(problem, states[-2], digits, iterations)


def prove_tube(problem: Problem, tube: Tube | FixedPoint) -> tuple[Point, Fraction]:
    """Return the last box of a run's moments. Raises Refuted unless each state is sent into the next one."""
    digits = tube.digits + MORE
    boxes = [_box(state) for state in tube.states]
    if not boxes:
        raise Refuted("certificate.states is empty")
    (center, radius), start = boxes[0], problem.start(ball(digits))
    if 0 in start.weights:
        raise Refuted("a component without weight has no moments")
    for x, box in zip(
        coordinates(Frame(problem.family, ball(digits)), start), krawczyk.enclose(center, radius, digits), strict=True
    ):
        if not box.contains_ball(x):
            raise Refuted("state 0 of the run does not contain the image of the start")
    f, derivative = maps(problem.family, digits, tube.coarse)
    krawczyk.check_run(f, derivative, boxes, digits, tube.blocks)
    return boxes[-1]


def _box(box: Box) -> tuple[Point, Fraction]:
    return values.row(box.center, "certificate.center"), values.number(box.radius, "certificate.radius")


def _agree(case: Case, expected: Numbers, end: End, iterations: int) -> None:
    """Compare the results, and ln p at the parameters that leave the last step, where there is one."""
    problem = mixture_input.problem(case.task, case.input, case.params)
    frame = Frame(problem.family, ball(end.digits))
    entered = problem.family.log_likelihood(end.entered, frame)
    proven = {**mixture_input.expectation(end.responsibilities, entered), **mixture_input.parameters(problem, end.left)}
    for name, value in expected.items():
        agree(value, proven[name], name)
    alternatives = {}
    if iterations:
        entries: Sequence[Fraction | Ball] = [x for part in (end.left.weights, *end.left.components) for x in part]
        row = [x if isinstance(x, Ball) else frame.numbers(x) for x in entries]
        left = problem.family.log_likelihood(from_row(row, len(end.left.weights)), frame)
        alternatives = {"likelihood=left": [Variant({"log_likelihood": mixture_input.written(left)})]}
    printed = {
        name: [msgspec.structs.replace(v, attainable={}) for v in found] for name, found in case.alternatives.items()
    }
    if printed != alternatives:
        raise Refuted("alternatives are not ln p at the parameters that leave the step")


PROOFS = {
    f"{prefix}.{name}": proof
    for prefix in ("gmm", "bernoulli", "binomial")
    for name, proof in (("e_step", e_step), ("m_step", m_step), ("step", step), ("run", run))
}
"""Those of binomial.e_step and binomial.m_step are not asked for: there are no such tasks."""
