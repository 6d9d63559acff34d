"""The tasks bernoulli.* and binomial.* on own data, in any kind of number.

A step is rational, but fractions grow with every toss of every different row, so that a few steps of few rows are the
most that --kind exact serves.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import cast

from refimpl import bernoulli_mixture, mixture
from refimpl.certify.mixture import Parameters, row_of
from refimpl.errors import BadInput
from refimpl.numbers import EXACT, Ball, N, Numbers, exact_text, rounded
from refimpl.oracle import values
from refimpl.oracle.values import Tree
from refimpl.own_data import mixture_start
from refimpl.own_data.coins import LONG, columns
from refimpl.own_data.found import Found, Watch
from refimpl.own_data.kind import computed, decided, written_row, written_rows
from refimpl.own_data.mixture_limit import limit
from refimpl.own_data.mixtures import ONE, Expectation, Steps, Text, certain, em, in_kind
from refimpl.own_data.request import Request
from refimpl.own_data.table import Table
from refimpl.own_data.toss_rooms import Bernoulli, Binomial, Room
from refimpl.two_coins import Rounds

MOST_BITS = 1_000_000
"""Of a likelihood in Fractions."""

MOST_WORK = 5 * 10**13
"""Sums of Fractions in one step, times the square of their bits: about a minute."""


def m_step(request: Request, watch: Watch) -> Found:
    """Run bernoulli.m_step, which is rational, and whose responsibilities only a document can give."""
    fields, rows = request.table.fields, bits(request.table)
    if "responsibilities" not in fields:
        given = '{"input": {"rows", "responsibilities"}}'
        raise BadInput(f"{request.task.name} needs responsibilities; give JSON, {given}")
    r = values.rows(fields["responsibilities"], "responsibilities")

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        theta = bernoulli_mixture.m_step(rows, [[numbers(x) for x in row] for row in r])
        probabilities = written_rows(write, theta.probabilities)
        return Found({"weights": written_row(write, theta.weights), "probabilities": probabilities})

    if request.kind == "ball":  # Fractions tell a probability of 0 from a small one, and lose nothing
        return compute(EXACT, lambda x: rounded(x, request.options.digits))
    return computed(request.kind, request.options.digits, compute)


def bernoulli(request: Request, watch: Watch) -> Found:
    """Run bernoulli.e_step, bernoulli.step, bernoulli.run or bernoulli.fixed_point."""
    rows = bits(request.table)
    theta = mixture_start.bernoullis(request, rows)
    given: dict[str, Tree] = {
        "rows": [[*row] for row in rows],
        "weights": written_row(exact_text, theta.weights),
        "probabilities": written_rows(exact_text, theta.probabilities),
    }
    return _run(request, watch, Bernoulli(rows), Parameters(theta.weights, theta.probabilities), given)


def bits(table: Table) -> list[list[int]]:
    """Return the rows of a Bernoulli mixture. Raises BadInput that names the place."""
    for row, place in zip(table.rows, table.places, strict=True):
        for x, name in zip(row, table.columns, strict=True):
            if x not in (0, 1):
                raise BadInput(f"{table.source}: {place}, column {name!r}: {x} is no bit; give 0 or 1")
    return [[int(x) for x in row] for row in table.rows]


def binomial(request: Request, watch: Watch) -> Found:
    """Run binomial.step, binomial.run or binomial.fixed_point."""
    heads, tails = columns(request.table)
    theta = mixture_start.binomials(request)
    given: dict[str, Tree] = {
        "heads": [*heads],
        "tails": [*tails],
        "weights": written_row(exact_text, theta.weights),
        "probabilities": written_row(exact_text, theta.probabilities),
    }
    start = Parameters(theta.weights, [[p] for p in theta.probabilities])
    return _run(request, watch, Binomial(Rounds(heads, tails)), start, given)


def _run(request: Request, watch: Watch, room: Room, start: Parameters[Fraction], given: dict[str, Tree]) -> Found:
    ends = request.task.name.endswith(".fixed_point")
    if ends and request.kind == "exact":
        raise BadInput(f"--kind exact has no use in {request.task.name}, whose limit is irrational; take ball")

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        text = certain(write, request.options.digits)
        theta = _in(numbers, start)
        return em(request, watch, numbers, text, _steps(request, room, numbers, text), theta)

    found = in_kind(request, compute)
    return limit(request, found, given, {}) if ends else found


def _in(numbers: Numbers[N], theta: Parameters[Fraction]) -> Parameters[N]:
    components = [[numbers(x) for x in row] for row in theta.components]
    return Parameters([numbers(x) for x in theta.weights], components)


def _steps(request: Request, room: Room, numbers: Numbers[N], text: Text[N]) -> Steps[Parameters[N], N]:
    digits = request.options.digits

    def expect(theta: Parameters[N]) -> Expectation[N]:
        if numbers is EXACT:  # Fractions have no logarithm: it is enclosed
            exact = cast(Parameters[Fraction], theta)
            likely = decided(digits, lambda balls: _enclosed(room, exact, balls, digits))
            return Expectation(likely, lambda: room.shares(theta))
        joint = room.log_joint(theta, numbers)
        likely = text(mixture.log_likelihood(joint, numbers), ONE)
        return Expectation(likely, lambda: mixture.responsibilities(joint, numbers))

    def named(theta: Parameters[N]) -> dict[str, Tree]:
        rows: list[list[str]] = [[text(p, ONE) for p in row] for row in theta.components]
        probabilities: Tree = [p for (p,) in rows] if isinstance(room, Binomial) else [[*row] for row in rows]
        return {"weights": [text(x, ONE) for x in theta.weights], "probabilities": probabilities}

    return Steps(
        expect,
        lambda n, r, before: room.m_step(r, before, numbers),
        lambda theta: [(x, ONE) for x in row_of(theta)],
        named,
        lambda n, last, theta: _check_size(room, theta, n, last),
    )


def _enclosed(room: Room, theta: Parameters[Fraction], balls: Numbers[Ball], digits: int) -> str:
    joint = room.log_joint(_in(balls, theta), balls)
    text: Text[Ball] = certain(lambda x: rounded(x, digits), digits)
    return text(mixture.log_likelihood(joint, balls), ONE)


def _check_size(room: Room, theta: Parameters[N], step: int, last: int) -> None:
    """Raise BadInput where an E-step in Fractions would take too long; numbers of other kinds do not grow.

    A step makes numbers longer about as many times as there are tosses; those that are long already go on growing, so
    that the last step is known to be too long before any is taken.
    """
    bits = max((_bits(x) for x in row_of(theta)), default=0)
    tosses, sums = room.size
    ahead = last if bits > LONG else step
    size = bits * tosses ** min(ahead - step + 1, 9)
    if size > MOST_BITS or sums * len(theta.weights) * size**2 > MOST_WORK:
        fewer = ", or fewer --iterations" if ahead > 1 else ""
        raise BadInput(
            f"step {ahead} would take too long in Fractions, which grow with every toss; give --kind ball{fewer}"
        )


def _bits(x: object) -> int:
    return x.numerator.bit_length() + x.denominator.bit_length() if isinstance(x, Fraction) else 0


JOBS = {
    "bernoulli.e_step": bernoulli,
    "bernoulli.m_step": m_step,
    "bernoulli.step": bernoulli,
    "bernoulli.run": bernoulli,
    "bernoulli.fixed_point": bernoulli,
    "binomial.step": binomial,
    "binomial.run": binomial,
    "binomial.fixed_point": binomial,
}
