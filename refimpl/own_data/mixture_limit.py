"""The limit of EM for a mixture on own data: proven in balls, and in other kinds with the rate of its convergence."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from refimpl.certify.mixture import Frame, coordinates, jacobian
from refimpl.errors import BadInput, DomainError, NoMass, Refuted, Undecided, Undefined, Unsupported
from refimpl.numbers import ball, certified
from refimpl.oracle import mixture_input
from refimpl.oracle.case import Numbers
from refimpl.oracle.mixture_input import Problem
from refimpl.oracle.reference import Reference
from refimpl.oracle.solve.mixtures_fixed_point import rate_of
from refimpl.oracle.values import Cell, Tree
from refimpl.own_data.found import Found
from refimpl.own_data.mixtures import MOST_STEPS
from refimpl.own_data.request import Request

MOST_FREE = 40
"""Free parameters up to which a rate is computed and a limit proven: the cost grows with their fourth power."""

DIGITS = 15
"""Of the rate beside binary64."""

SPARE, LOST = 30, 3
"""Digits of the balls in which the rate is computed, beyond those printed: so many, and for each free parameter."""


def limit(request: Request, found: Found, given: Mapping[str, Tree], params: Mapping[str, Tree]) -> Found:
    """Return what a run that is still has found, as proven results or with its rate.

    given, params: the start, as in a case. Raises BadInput where nothing is proven, and Diverges.
    """
    name, digits = request.task.name, request.options.digits
    problem = mixture_input.problem(name, {**given}, {**params})
    free = _free(problem)
    if request.kind != "ball":
        if free > MOST_FREE or not found.settled:
            return found
        rate = _rate(problem, {**found.results}, digits if request.kind == "high" else DIGITS)
        return replace(found, results={**found.results, "rate": rate})
    other = f"take --kind high, or {name.partition('.')[0]}.run"
    if free > MOST_FREE:
        raise BadInput(f"the proof of a limit with {free} free parameters would take too long; {other}")
    if not found.settled:
        raise BadInput(f"no limit is near after {MOST_STEPS} steps; {other}")
    try:
        proven = Reference(digits).results(name, {**given}, {**params})
    except Undecided:
        raise BadInput(f"no limit can be proven from this start, because balls do not decide it; {other}") from None
    except (Refuted, Undefined, Unsupported) as error:
        raise BadInput(f"no limit can be proven from this start ({error}); {other}") from None
    r = cast(list[list[str]], proven["responsibilities"])
    return replace(found, results={"labels": [_label(row) for row in r], **proven})


def _free(problem: Problem) -> int:
    """Return how many moments determine the parameters that a step leaves."""
    return problem.family.statistics * (len(problem.theta.weights) - 1)


def _label(row: list[str]) -> Cell:
    """Return the largest of proven responsibilities, None where the digits printed leave two; an exact tie is none."""
    values = [certified(x) for x in row]
    top = max(value for value, _ in values)
    rivals = [k for k, (value, _) in enumerate(values) if value == top]
    return rivals[0] if len(rivals) == 1 or not any(values[k][1] for k in rivals) else None


def _rate(problem: Problem, results: Numbers, digits: int) -> str | None:
    """Return the spectral radius of the map's derivative at parameters that were found; None where it has none."""
    theta = mixture_input.theta_of(problem, results)
    numbers = ball(digits + SPARE + LOST * _free(problem))
    frame = Frame(problem.family, numbers)
    try:
        s = coordinates(frame, mixture_input.in_balls(theta, numbers))
        text = rate_of(jacobian(frame, s), digits) if s else "0"
    except (Refuted, Undecided, Undefined, DomainError, NoMass, ZeroDivisionError):
        return None
    return text
