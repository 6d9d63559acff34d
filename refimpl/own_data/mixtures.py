"""EM for any mixture on own data, in any kind of number: the loop, its trace, its end, and labels.

A room's trace would take every E-step twice, because it does not tell ln p; here both come out of one.

In balls two things may stay open however many digits there are: whether a number is 0, such as a covariance of data
that are symmetric, and which of two equal responsibilities is larger. Once twice the digits asked for do not tell, the
number is written with zeros behind the point, each of them certain, and the point gets no label.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeAlias, TypeVar, cast

from refimpl import mixture
from refimpl.errors import Undecided, Unsupported
from refimpl.linear import Matrix
from refimpl.numbers import Ball, N, Numbers, fixed, rounded
from refimpl.numbers.dyadic import compare
from refimpl.oracle.values import Cell, Tree
from refimpl.own_data.found import Found, Step, Watch
from refimpl.own_data.kind import MOST_REPEATED, SPARE, Compute, computed
from refimpl.own_data.request import Request

Theta = TypeVar("Theta")

MOST_STEPS = 2000
"""A run towards a fixed point that is not still by then is left where it is."""

ONE = Fraction(1)

Text: TypeAlias = Callable[[N, Fraction], str]
"""(number, unit in which numbers of its sort are about 1) -> text."""


@dataclass(frozen=True)
class Expectation(Generic[N]):
    """What an E-step finds."""

    log_likelihood: str
    """ln p at its parameters."""
    responsibilities: Callable[[], list[list[N]]]
    """Computes r, N x K."""


def anything(step: int, last: int, theta: object) -> None:
    """Take any step."""


@dataclass(frozen=True)
class Steps(Generic[Theta, N]):
    """What the loop has to know of a mixture in one kind of number."""

    expect: Callable[[Theta], Expectation[N]]
    maximise: Callable[[int, list[list[N]], Theta], Theta]
    """(step, r, parameters that entered it) -> parameters that leave it."""
    row: Callable[[Theta], Sequence[tuple[N, Fraction]]]
    """All parameters, each with the unit by which its moves are judged."""
    written: Callable[[Theta], Mapping[str, Tree]]
    check: Callable[[int, int, Theta], None] = anything
    """(step, last step, parameters that enter it): raises BadInput before an E-step that would take too long."""


def in_kind(request: Request, compute: Compute[Found]) -> Found:
    """Return what is computed in the kind of number of the request."""
    return computed(request.kind, request.options.digits, compute, most=MOST_REPEATED, instead="float")


def em(
    request: Request, watch: Watch, numbers: Numbers[N], text: Text[N], steps: Steps[Theta, N], theta: Theta
) -> Found:
    """Return what the task finds after its steps: none, one, as many as asked for, or until nothing moves."""
    ends = request.task.name.endswith(".fixed_point")
    most = MOST_STEPS if ends else _asked(request)
    bound, total = still(request), None if ends else most
    entering = steps.expect(theta)
    trace = [Step(0, entering.log_likelihood)]
    watch(trace[0], total)
    settled = False
    for n in range(1, max(most, 1) + 1):
        steps.check(n, total or n, theta)
        r = entering.responsibilities()
        if not most:
            break
        before, theta = theta, steps.maximise(n, r, theta)
        entering = steps.expect(theta)
        trace.append(Step(n, entering.log_likelihood))
        watch(trace[-1], total)
        moves = zip(steps.row(theta), steps.row(before), strict=True)
        settled = ends and all(abs(new - old) <= numbers(bound * unit) for (new, unit), (old, _) in moves)
        if settled:
            break
    results: dict[str, Tree] = {
        "labels": [*labels(r, request.options.digits)],
        "responsibilities": [[text(x, ONE) for x in row] for row in r],
        "log_likelihood": trace[-2 if len(trace) > 1 else -1].objective,  # at the parameters that entered the step
        **steps.written(theta),
    }
    kept = {"labels", *(output.name for output in request.task.outputs)}
    return Found({name: x for name, x in results.items() if name in kept}, tuple(trace), settled if ends else None)


def _asked(request: Request) -> int:
    name = request.task.name.partition(".")[2]
    return {"e_step": 0, "step": 1}[name] if name != "run" else request.count("iterations", 0)


def still(request: Request) -> Fraction:
    """Return the move, in the unit of a parameter, at which a run has come to its end."""
    if request.kind == "float":
        return Fraction(1, 2**42)  # sums over many points are not right to the last bit
    digits = request.options.digits
    return Fraction(1, 10 ** (digits if request.kind == "ball" else digits + SPARE // 2))


def labels(r: Matrix[N], digits: int) -> list[Cell]:
    """Return the most responsible component of every point, None where balls cannot tell.

    Raises Undecided where they are wider than twice the digits.
    """
    if not isinstance(r[0][0], Ball):
        return [*mixture.labels(r)]
    return [_label(row, digits) for row in cast(Matrix[Ball], r)]


def _label(row: Sequence[Ball], digits: int) -> int | None:
    rivals = [k for k, x in enumerate(row) if not any(x.certainly_less(y) for y in row)]
    if len(rivals) == 1:
        return rivals[0]
    if not all(_is_narrow(row[k], ONE, digits) for k in rivals):
        raise Undecided("two responsibilities overlap; ask with more digits")
    return None


def certain(write: Callable[[N], str], digits: int) -> Text[N]:
    """Return how numbers are written: as `write` does, and in balls also what no number of digits decides."""

    def text(x: N, unit: Fraction) -> str:
        try:
            return write(x)
        except Unsupported:  # a number that has no place among others is large, or nothing beside them
            if not abs(x) < 1:
                raise
            return fixed(0, digits)
        except Undecided:
            if not isinstance(x, Ball) or not _is_narrow(x, unit, digits):
                raise
            return _undecidable(x, unit, digits)

    return text


def _undecidable(x: Ball, unit: Fraction, digits: int) -> str:
    """Return zeros for a ball about 0, and a digit more for one about a number halfway between two roundings."""
    if not x.contains(0):
        return rounded(x, digits + 1)
    decimals = 0
    while 10**decimals * unit < 10**digits:
        decimals += 1
    return fixed(x, decimals)


def _is_narrow(x: Ball, unit: Fraction, digits: int) -> bool:
    """Return whether the radius is below a unit of the last digit, had the number twice the digits and some more."""
    # r 2^e <= p / q, multiplied by q > 0; r 2^e itself may have no place in memory
    bound = unit / 10 ** (2 * digits + SPARE)
    return compare(x.r * bound.denominator, x.e, bound.numerator, 0) <= 0
