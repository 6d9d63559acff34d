"""The tasks coins.* on own data, in any kind of number."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import cast

from refimpl import two_coins
from refimpl.certify import coins as derivatives
from refimpl.errors import BadInput, Refuted, Undecided, Undefined, Unsupported
from refimpl.numbers import Ball, N, Numbers, exact_text, rounded
from refimpl.oracle.coin_results import MOST_BITS
from refimpl.oracle.reference import Reference
from refimpl.oracle.solve.coins_fixed_point import spectral_radius
from refimpl.oracle.values import Tree
from refimpl.own_data.found import Found, Step, Watch
from refimpl.own_data.kind import computed, decided, written_row, written_rows
from refimpl.own_data.request import Request
from refimpl.own_data.table import Table
from refimpl.two_coins import Rounds, Theta

MOST_STEPS = 10_000
"""A run towards a fixed point that is not still by then is left where it is."""

LONG = 1000
"""Bits of a fraction that has begun to grow."""


def step(request: Request, watch: Watch) -> Found:
    """Run coins.step."""
    return _em(request, watch, 1)


def run(request: Request, watch: Watch) -> Found:
    """Run coins.run."""
    return _em(request, watch, request.count("iterations", 0))


def fixed_point(request: Request, watch: Watch) -> Found:
    """Run coins.fixed_point: proven in balls, and in other kinds the run that no longer moves."""
    digits = request.options.digits
    if request.kind == "exact":
        raise BadInput(f"--kind exact has no use in {request.task.name}, whose limit is irrational; take ball")
    if request.kind != "ball":
        still = Fraction(1, 2**50) if request.kind == "float" else Fraction(1, 10 ** (digits + 5))
        return _em(request, watch, MOST_STEPS, still)
    found = _em(request, watch, MOST_STEPS, Fraction(1, 10**digits))
    heads, tails = columns(request.table)
    theta = written_row(exact_text, request.theta())
    try:
        proven = Reference(digits).results(
            request.task.name, {"heads": [*heads], "tails": [*tails], "theta": theta}, {}
        )
    except (Refuted, Undecided, Undefined, Unsupported) as error:
        raise BadInput(f"no limit can be proven from this start ({error}); take --kind float, or coins.run") from None
    return Found(proven, found.trace, found.settled)


def columns(table: Table) -> tuple[list[int], list[int]]:
    """Return heads and tails: the columns of these names, else the first two. Raises BadInput."""
    names = ("heads", "tails") if {"heads", "tails"} <= set(table.columns) else table.columns[:2]
    if len(names) < 2:
        raise BadInput(f"{table.source}: there is only the column {names[0]!r}; give one of heads and one of tails")
    found: list[list[int]] = []
    for name in names:
        j = table.columns.index(name)
        for row, place in zip(table.rows, table.places, strict=True):
            if row[j].denominator != 1 or row[j] < 0:
                raise BadInput(f"{table.source}: {place}, column {name!r}: {row[j]} is no count; give 0, 1, 2, ...")
        found.append([row[j].numerator for row in table.rows])
    return found[0], found[1]


def _em(request: Request, watch: Watch, most: int, still: Fraction | None = None) -> Found:
    rounds, theta, digits = Rounds(*columns(request.table)), request.theta(), request.options.digits
    two_coins.check(theta)

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        trace: list[Step] = []
        entering = numbers(theta[0]), numbers(theta[1])
        _check_size(rounds, entering, 1, min(most, 1))
        for n, state in enumerate(two_coins.trace(rounds, two_coins.start(rounds, entering))):
            likely = _log_likelihood(rounds, state.theta, numbers, write, digits)
            trace.append(Step(n, likely, None, (write(state.theta[0]), write(state.theta[1]))))
            watch(trace[-1], most if still is None else None)
            moves = [abs(new - old) for new, old in zip(state.theta, state.entered, strict=True)]
            settled = still is not None and n > 0 and all(move <= numbers(still) for move in moves)
            if settled or n == most:
                break
            _check_size(rounds, state.theta, n + 1, most)
        results: dict[str, Tree] = {
            "responsibilities": written_row(write, state.posterior.responsibilities),
            "counts": written_rows(write, state.posterior.counts),
            "theta": list(trace[-1].theta or ()),
            "log_likelihood": trace[-2 if len(trace) > 1 else -1].objective,  # at the theta that entered the step
        }
        if still is not None and request.kind != "ball":  # whose rate is that of the proven limit
            results["rate"] = _rate(rounds, state.theta, numbers, write)
        return Found(results, tuple(trace), None if still is None else settled)

    return computed(request.kind, digits, compute)


def _check_size(rounds: Rounds, theta: Theta[N], step: int, last: int) -> None:
    """Raise BadInput where an E-step in Fractions would take too long; numbers of other kinds do not grow.

    A step makes numbers longer about as many times as there are tosses. Short ones may stay short, as those of a
    coin that always shows heads; long ones grow, so that the last of the steps is known to be too long beforehand.
    """
    bits, tosses = _bits(theta), sum(rounds.heads) + sum(rounds.tails)
    ahead = last if bits > LONG else step
    if bits * tosses ** min(ahead - step + 1, 9) > MOST_BITS:
        fewer = "fewer --iterations" if ahead > 1 else "a shorter --start"
        raise BadInput(f"step {ahead} would have more than {MOST_BITS} bits in Fractions; give --kind ball, or {fewer}")


def _bits(theta: Theta[N]) -> int:
    """Return how long the longer of two Fractions is; 0 for other numbers."""
    return max(p.numerator.bit_length() + p.denominator.bit_length() if isinstance(p, Fraction) else 0 for p in theta)


def _log_likelihood(
    rounds: Rounds, theta: Theta[N], numbers: Numbers[N], write: Callable[[N], str], digits: int
) -> str:
    if not isinstance(theta[0], Fraction):
        return write(two_coins.log_likelihood(rounds, theta, numbers))
    a, b = cast(Theta[Fraction], theta)  # which have no logarithm: it is enclosed

    def enclosed(balls: Numbers[Ball]) -> str:
        return rounded(two_coins.log_likelihood(rounds, (balls(a), balls(b)), balls), digits)

    return decided(digits, enclosed)


def _rate(rounds: Rounds, theta: Theta[N], numbers: Numbers[N], write: Callable[[N], str]) -> str | None:
    """Return the spectral radius of the map's derivative.

    None where a coin has no mass, or a likelihood no place among floats.
    """
    try:
        slopes = derivatives.jacobian(rounds, theta)
    except (Undefined, ZeroDivisionError):
        return None
    return write(spectral_radius(slopes, numbers))


JOBS: Mapping[str, Callable[[Request, Watch], Found]] = {
    "coins.step": step,
    "coins.run": run,
    "coins.fixed_point": fixed_point,
}
