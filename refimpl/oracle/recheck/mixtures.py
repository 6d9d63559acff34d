"""Proofs of gmm.*, bernoulli.* and binomial.*: the EM map by moments, enclosed at another precision."""

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
    jacobian,
    maps,
    moments,
    responsibilities,
    row_of,
)
from refimpl.errors import Refuted
from refimpl.linear import Matrix
from refimpl.numbers import EXACT, Ball, ball
from refimpl.oracle import mixture_input, values
from refimpl.oracle.case import Case, Numbers, Variant
from refimpl.oracle.certificates import Box, Chain, Enclosure, Exact, FixedPoint, Identities, Reached, Tube
from refimpl.oracle.mixture_input import Problem
from refimpl.oracle.recheck.agreement import agree, certificate, printed

MORE = 25
"""Digits by which proofs exceed those in which the results were found."""


class End(NamedTuple):
    """The last step of a run."""

    entered: Parameters[Ball]
    responsibilities: Matrix[Fraction] | Matrix[Ball]
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
    rows = [moments(frame, share, len(frame.columns)) for share in zip(*r, strict=True)]
    theta = Parameters([row[0] for row in rows], problem.family.components(rows, (), EXACT))
    for name, value in mixture_input.parameters(problem, theta).items():
        agree(expected[name], value, name)


def step(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless one step gives the same digits."""
    _agree(case, expected, _end(case, 1), 1)


def run(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless every box is sent into the next, and the last but one determines all digits."""
    iterations = values.iterations(case.params)
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
    if not problem.is_exact(iterations):
        raise Refuted("certificate.method is exact, but so many steps are not rational, or too long for fractions")
    frame, numbers = Frame(problem.family, EXACT), ball(values.DIGITS + MORE)
    entered, theta, r = problem.theta, problem.theta, responsibilities(frame, problem.theta)
    for _ in range(iterations):
        entered = theta
        r, theta = image(frame, entered)
    return End(mixture_input.in_balls(entered, numbers), r, theta, values.DIGITS + MORE)


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
    first = coordinates(Frame(problem.family, ball(digits)), start)
    for x, c in zip(first, center, strict=True):
        if not (c - radius <= x.lower and x.upper <= c + radius):
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
    _agree_at(problem, frame, end, expected)
    alternatives = {}
    if iterations:
        left = problem.family.log_likelihood(mixture_input.in_balls(end.left, frame.numbers), frame)
        alternatives = {"likelihood=left": [Variant({"log_likelihood": values.written(left)})]}
    told = {
        name: [msgspec.structs.replace(v, attainable={}) for v in found] for name, found in case.alternatives.items()
    }
    if told != alternatives:
        raise Refuted("alternatives are not ln p at the parameters that leave the step")


def fixed_point(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless the fixed point exists, is reached from the start, and has these results and rate."""
    problem = mixture_input.problem(case.task, case.input, case.params)
    if isinstance(case.certificate, Reached):
        _check_reached(problem, case.certificate, expected)
        return
    proof = certificate(case, FixedPoint)
    numbers = ball(proof.digits + MORE)
    frame, box = Frame(problem.family, numbers), prove_limit(problem, proof)
    theta = at(problem.family, box, numbers)
    end = End(theta, responsibilities(frame, theta), theta, proof.digits + MORE)
    _agree_at(problem, frame, end, expected)
    slopes: list[list[Ball]] = jacobian(frame, box)
    krawczyk.check_rate(slopes, *printed(expected["rate"], "rate"))


def prove_limit(problem: Problem, proof: FixedPoint) -> list[Ball]:
    """Return the box of the fixed point's moments. Raises Refuted unless it exists and the run goes to it."""
    digits = proof.digits + MORE
    center, radius = _box(proof.box)
    f, derivative = maps(problem.family, digits, proof.coarse)
    krawczyk.check_exists(f, derivative, center, radius, digits)
    basin = krawczyk.Basin(
        values.row(list(proof.basin.center), "certificate.basin.center"),
        values.rows([list(v) for v in proof.basin.basis], "certificate.basin.basis"),
        values.number(proof.basin.radius, "certificate.basin.radius"),
    )
    q = krawczyk.check_basin(derivative, basin, center, radius, proof.coarse, unit=False)
    agree(proof.contraction, values.rounded_up(q), "certificate.contraction")
    krawczyk.check_enters(basin, *prove_tube(problem, proof), digits)
    return krawczyk.enclose(center, radius, digits)


def _check_reached(problem: Problem, proof: Reached, expected: Numbers) -> None:
    k = len(problem.theta.weights)
    states = [from_row(row, k) for row in values.rows([list(state) for state in proof.states], "certificate.states")]
    exact, numbers = Frame(problem.family, EXACT), ball(values.DIGITS + MORE)
    agree(row_of(states[0]), row_of(problem.theta), "certificate.states[0]")
    for t, (now, after) in enumerate(zip(states, [*states[1:], states[-1]], strict=True)):
        if not problem.is_short(now):
            raise Refuted(f"certificate.states[{t}] is not followed by a step that is rational and short")
        if row_of(image(exact, now).parameters) != row_of(after):
            raise Refuted(f"certificate.states[{t}] is not followed by its image, or does not stand still")
        if row_of(now) == row_of(after) and t < len(states) - 1:
            raise Refuted(f"the run stands still at state {t} already")
    frame = Frame(problem.family, numbers)
    limit = mixture_input.in_balls(states[-1], numbers)
    end = End(limit, responsibilities(exact, states[-1]), states[-1], values.DIGITS + MORE)
    _agree_at(problem, frame, end, expected)
    box = coordinates(frame, limit)
    if box:
        slopes: list[list[Ball]] = jacobian(frame, box)
        krawczyk.check_rate(slopes, *printed(expected["rate"], "rate"))
    else:
        agree(expected["rate"], "0", "rate")


def _agree_at(problem: Problem, frame: Frame[Ball], end: End, expected: Numbers) -> None:
    """Compare the results of a step; the rate of a fixed point, which is none of them, is proven by itself."""
    proven = {
        **mixture_input.expectation(end.responsibilities, problem.family.log_likelihood(end.entered, frame)),
        **mixture_input.parameters(problem, end.left),
    }
    for name, value in expected.items():
        if name != "rate":
            agree(value, proven[name], name)


PROOFS = {
    f"{prefix}.{name}": proof
    for prefix in ("gmm", "bernoulli", "binomial")
    for name, proof in (
        ("e_step", e_step),
        ("m_step", m_step),
        ("step", step),
        ("run", run),
        ("fixed_point", fixed_point),
    )
}
"""Those of binomial.e_step and binomial.m_step are not asked for: there are no such tasks."""
