"""Solvers of gmm.*, bernoulli.* and binomial.* but for fixed points: the rooms on exact numbers or on balls.

Steps are exact where they are rational and short. Otherwise a run of tosses is a chain of balls that starts with
digits to spare, and its certificate has a box about each state, wider than the one before. A run of Gaussians, whose
enclosures widen faster, has a tube (`mixture_tube`), and the room takes the last step from its last box.
"""

import contextlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial
from itertools import islice
from typing import TypeAlias

from refimpl import bernoulli_mixture, binomial_mixture, em, gaussian_mixture
from refimpl.certify import krawczyk
from refimpl.certify.gaussians import Gaussians
from refimpl.certify.mixture import Frame, Parameters, at, check_chain
from refimpl.certify.tosses import Tosses
from refimpl.errors import DomainError, Refuted, Undecided, Unsupported
from refimpl.numbers import EXACT, Ball, N, Numbers as Kind, ball
from refimpl.oracle import mixture_input, values
from refimpl.oracle.case import Numbers, Variant
from refimpl.oracle.certificates import Certificate, Chain, Enclosure, Exact, Identities, Tube
from refimpl.oracle.mixture_input import Problem
from refimpl.oracle.solve.mixture_tube import COARSE, tube
from refimpl.oracle.solve.solution import Solution
from refimpl.oracle.values import Style
from refimpl.two_coins import Rounds

State: TypeAlias = em.State[Parameters[N], list[list[N]]]

SPARE = (12, 40, 120)
"""Digits that results keep beyond those printed, one try after the other."""

LOST = (2, 3, 4, 6)
"""Digits that a state of a chain may lose to the next one; the least that suffices is taken."""

MORE = 25
"""Digits by which the balls of a proof exceed its narrowest box."""


def e_step(task: str, given: Numbers, params: Numbers) -> Solution:
    """Solve an E-step."""
    solution = _run(mixture_input.problem(task, given, params), 0)
    return Solution({name: solution.expected[name] for name in mixture_input.EXPECTATION}, solution.certificate)


def m_step(task: str, given: Numbers, params: Numbers, style: Style = values.GOLDEN) -> Solution:
    """Solve an M-step, which is rational."""
    problem, r = mixture_input.without_start(task, given, params)
    if isinstance(problem.family, Gaussians):
        gaussians = gaussian_mixture.m_step(problem.family.points, r, None, mixture_input.estimate(params))
        theta = _from_gaussians(problem.family, gaussians)
    else:
        theta = _from_bernoullis(bernoulli_mixture.m_step(problem.family.heads, r))
    return Solution(mixture_input.parameters(problem, theta, style), Identities())


def step(task: str, given: Numbers, params: Numbers) -> Solution:
    """Solve a step."""
    return _run(mixture_input.problem(task, given, params), 1)


def run(task: str, given: Numbers, params: Numbers) -> Solution:
    """Solve a run."""
    return _run(mixture_input.problem(task, given, params), values.iterations(params))


def _run(problem: Problem, iterations: int) -> Solution:
    if problem.is_exact(iterations):
        *_, exact = islice(states(problem, problem.start(EXACT), EXACT), iterations + 1)
        return _solution(problem, exact, iterations, values.DIGITS + MORE, Exact())
    for spare in SPARE:
        kept = values.DIGITS + spare
        with contextlib.suppress(Undecided):
            return _enclosed(problem, iterations, kept)
    raise Unsupported(f"{SPARE[-1]} digits to spare do not decide the digits of the results")


def _enclosed(problem: Problem, iterations: int, kept: int) -> Solution:
    """Return the results with a certificate whose last box keeps so many decimals."""
    digits = kept + MORE + problem.before_the_point
    if iterations <= 1:
        *_, end = islice(states(problem, problem.start(ball(digits)), ball(digits)), iterations + 1)
        return _solution(problem, end, iterations, digits, Enclosure(digits))
    if isinstance(problem.family, Gaussians) and 0 not in problem.theta.weights:
        found = tube(problem, iterations - 1, kept)
        box = krawczyk.enclose(*found.boxes[-1], found.digits)
        entering = at(problem.family, box, ball(found.digits))
        *_, end = islice(states(problem, entering, ball(found.digits)), 2)
        certificate = Tube(found.digits, COARSE, found.written, found.blocks)
        return _solution(problem, end, iterations, found.digits, certificate)
    digits += LOST[-1] * iterations
    run = list(islice(states(problem, problem.start(ball(digits)), ball(digits)), iterations + 1))
    return _solution(problem, run[-1], iterations, digits, _chain(problem, run[1:], kept))


def _chain(problem: Problem, found: Sequence[State[Ball]], kept: int) -> Chain:
    """Return boxes about the states, each wider than the one before by as few digits as the proof allows."""
    for lost in LOST:
        digits = kept + lost * len(found) + MORE + problem.before_the_point
        decimals = (kept + lost * left for left in reversed(range(len(found))))
        narrowing = [mixture_input.boxed(s.theta, d) for s, d in zip(found, decimals, strict=True)]
        boxes = [mixture_input.exactly(problem.theta), *narrowing]
        with contextlib.suppress(Refuted, Undecided, DomainError):
            check_chain(Frame(problem.family, ball(digits)), [problem.unboxed(box, digits) for box in boxes])
            return Chain(digits, boxes)
    raise Unsupported("no chain of boxes was found for the run")


def _solution(
    problem: Problem, end: State[Fraction] | State[Ball], iterations: int, digits: int, certificate: Certificate
) -> Solution:
    """Return the results of the last step, and ln p also at the parameters that leave it."""
    expected = results(problem, end, digits)
    if not iterations:
        return Solution(expected, certificate)
    left = values.written(_likelihood(problem, end.theta, digits))
    return Solution(expected, certificate, {"likelihood=left": [Variant({"log_likelihood": left})]})


def results(problem: Problem, end: State[Fraction] | State[Ball], digits: int, style: Style = values.GOLDEN) -> Numbers:
    """Return the results of a step, ln p in balls of so many digits. Raises Undecided where these are too few."""
    expectation = mixture_input.expectation(end.posterior, _likelihood(problem, end.entered, digits), style)
    return {**expectation, **mixture_input.parameters(problem, end.theta, style)}


def _likelihood(problem: Problem, theta: Parameters[Fraction] | Parameters[Ball], digits: int) -> Ball:
    return log_likelihood(problem, mixture_input.in_balls(theta, ball(digits)), ball(digits))


def states(problem: Problem, theta: Parameters[N], numbers: Kind[N]) -> Iterator[State[N]]:
    """Yield the states of the room's run from theta: the start, and what each step leaves behind."""
    model = _model(problem, numbers)
    return em.trace(model, None, em.start(model, None, theta))


def _model(problem: Problem, numbers: Kind[N]) -> em.Model[None, Parameters[N], list[list[N]]]:
    """Return the room's two steps on parameters as the certificates have them."""
    family = problem.family
    if isinstance(family, Gaussians):
        points = _points(family, numbers)
        shape = gaussian_mixture.Shape(family.covariance_type, numbers(family.regularisation))
        gaussians = gaussian_mixture.model(numbers, shape)
        alike = numbers is EXACT  # then the responsibilities are the weights, and no density is needed
        return em.Model(
            lambda _, theta: (
                [[*theta.weights]] * len(points) if alike else gaussians.e_step(points, _gaussians(family, theta))
            ),
            lambda _, r, theta: _from_gaussians(family, gaussians.m_step(points, r, _gaussians(family, theta))),
        )
    if problem.prefix == "bernoulli":
        bernoullis = bernoulli_mixture.model(numbers)
        return em.Model(
            lambda _, theta: bernoullis.e_step(family.heads, _bernoullis(theta)),
            lambda _, r, theta: _from_bernoullis(bernoullis.m_step(family.heads, r, _bernoullis(theta))),
        )
    coins, rounds = binomial_mixture.model(numbers), _rounds(family)
    return em.Model(
        lambda _, theta: coins.e_step(rounds, _coins(theta)),
        lambda _, r, theta: _from_coins(coins.m_step(rounds, r, _coins(theta))),
    )


def log_likelihood(problem: Problem, theta: Parameters[N], numbers: Kind[N]) -> N:
    """Return the room's ln p."""
    family = problem.family
    if isinstance(family, Gaussians):
        return gaussian_mixture.log_likelihood(_points(family, numbers), _gaussians(family, theta), numbers)
    if problem.prefix == "bernoulli":
        return bernoulli_mixture.log_likelihood(family.heads, _bernoullis(theta), numbers)
    return binomial_mixture.log_likelihood(_rounds(family), _coins(theta), numbers)


def _points(family: Gaussians, numbers: Kind[N]) -> list[list[N]]:
    return [[numbers(x) for x in row] for row in family.points]


def _gaussians(family: Gaussians, theta: Parameters[N]) -> gaussian_mixture.Theta[N]:
    means = [row[: len(family.origin)] for row in theta.components]
    return gaussian_mixture.Theta(theta.weights, means, [family.covariance(row) for row in theta.components])


def _from_gaussians(family: Gaussians, theta: gaussian_mixture.Theta[N]) -> Parameters[N]:
    pairs = zip(theta.means, theta.covariances, strict=True)
    return Parameters(theta.weights, [family.row(mean, covariance) for mean, covariance in pairs])


def _bernoullis(theta: Parameters[N]) -> bernoulli_mixture.Theta[N]:
    return bernoulli_mixture.Theta(theta.weights, theta.components)


def _from_bernoullis(theta: bernoulli_mixture.Theta[N]) -> Parameters[N]:
    return Parameters(theta.weights, theta.probabilities)


def _rounds(family: Tosses) -> Rounds:
    return Rounds([h for (h,) in family.heads], [t for (t,) in family.tails])


def _coins(theta: Parameters[N]) -> binomial_mixture.Theta[N]:
    return binomial_mixture.Theta(theta.weights, [p for (p,) in theta.components])


def _from_coins(theta: binomial_mixture.Theta[N]) -> Parameters[N]:
    return Parameters(theta.weights, [[p] for p in theta.probabilities])


SOLVERS = {
    f"{prefix}.{name}": partial(solver, f"{prefix}.{name}")
    for prefix in ("gmm", "bernoulli", "binomial")
    for name, solver in (("e_step", e_step), ("m_step", m_step), ("step", step), ("run", run))
    if prefix != "binomial" or name in ("step", "run")
}
