"""The task nmf.run on own data: the table is a matrix without negative entries, and the trace has the loss.

--start is one of

    uniform      W, row by row, and then H, drawn from (0, 1] by the seed; R is --k
    W | H        both, written out: '1; 2 | 1,1,1'
    FILE         JSON with w and h, or what an earlier run has found
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import islice
from typing import cast

from refimpl import nmf
from refimpl.ancestral_sampling import uniforms
from refimpl.errors import BadInput, RefimplError
from refimpl.numbers import EXACT, N, Numbers
from refimpl.oracle import values
from refimpl.oracle.values import Rows, Tree
from refimpl.own_data import mixture_file, start
from refimpl.own_data.found import Found, Step, Watch
from refimpl.own_data.kind import MOST_REPEATED, computed
from refimpl.own_data.mixtures import certain
from refimpl.own_data.request import Request

UNIFORM = "uniform"

MOST_BITS = 100_000
"""Of a number that a step in Fractions may leave."""

GROWTH = 4
"""A step makes Fractions about so many times longer for each entry of X and each component."""


def run(request: Request, watch: Watch) -> Found:
    """Run nmf.run."""
    x = _matrix(request)
    where, w, h = _start(request)
    most, digits = request.count("iterations", 0), request.options.digits
    try:
        nmf.check(x, w, h)
    except RefimplError as error:
        raise type(error)(f"{where}: {error}") from None
    square = sum((y * y for row in x for y in row), Fraction(0)) or Fraction(1)

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        own, left, right = ([[numbers(y) for y in row] for row in matrix] for matrix in (x, w, h))
        text, trace = certain(write, digits), list[Step]()
        for n, state in enumerate(nmf.trace(own, nmf.State(left, right))):
            trace.append(Step(n, text(nmf.loss(own, state.w, state.h), square)))
            watch(trace[-1], most)
            if n == most:
                break
            if numbers is EXACT:
                _check_size(cast(nmf.State[Fraction], state), n + 1)
        results: dict[str, Tree] = {
            "w": [[text(y, Fraction(1)) for y in row] for row in state.w],
            "h": [[text(y, Fraction(1)) for y in row] for row in state.h],
            "loss": trace[-1].objective,
        }
        return Found(results, tuple(trace))

    return computed(request.kind, digits, compute, most=MOST_REPEATED, instead="float")


def _matrix(request: Request) -> Rows:
    """Return X. Raises BadInput that names the place of a negative entry."""
    table = request.table
    for row, place in zip(table.rows, table.places, strict=True):
        for x, name in zip(row, table.columns, strict=True):
            if x < 0:
                raise BadInput(f"{table.source}: {place}, column {name!r}: {x} is below 0; give a number of at least 0")
    return table.rows


def _start(request: Request) -> tuple[str, Rows, Rows]:
    """Return who gives W and H, for sentences, and both. Raises BadInput."""
    rule, k, seed, table = request.options.start, request.options.k, request.options.seed, request.table
    if rule == UNIFORM:
        return "--start", *_drawn(request)
    if rule is None and not {"w", "h"} & set(table.fields):
        raise BadInput(f"{request.task.name} needs a start; give --start {UNIFORM}, 'W | H' or FILE")
    if rule is None:
        where, found = table.source, _of_fields(table.source, table.fields)
    elif (parts := [start.inline(part) for part in rule.split("|")]) and None not in parts and len(parts) == 2:
        where, found = "--start", cast(tuple[Rows, Rows], tuple(parts))
    else:
        fields = mixture_file.of_file(request, rule)
        if fields is None:
            raise BadInput(
                f"--start is {rule!r}; give {UNIFORM}, a JSON file with w and h, or both as numbers, such as "
                "'1; 2 | 1,1,1'"
            )
        where, found = rule, _of_fields(rule, fields)
    if seed is not None:
        raise BadInput("--seed has no use where the start gives w and h; leave it out")
    if k not in (None, len(found[1])):
        raise BadInput(f"--k is {k}, but h has {len(found[1])} rows; leave --k out")
    return where, *found


def _of_fields(where: str, fields: Mapping[str, Tree]) -> tuple[Rows, Rows]:
    for name in ("w", "h"):
        if name not in fields:
            raise BadInput(f'{where}: there is no {name}; give {{"w": ..., "h": ...}}')
    try:
        return values.rows(fields["w"], "w"), values.rows(fields["h"], "h")
    except BadInput as error:
        raise BadInput(f"{where}: {error}") from None


def _drawn(request: Request) -> tuple[Rows, Rows]:
    k, seed = request.options.k, request.options.seed
    n, m = len(request.table.rows), len(request.table.columns)
    if k is None:
        raise BadInput(f"--start {UNIFORM} needs the number of components; give --k")
    if not 1 <= k <= min(n, m):
        raise BadInput(f"--k is {k} for {n} rows of {m} columns; give an integer from 1 to {min(n, m)}")
    if seed is None:
        raise BadInput(f"--start {UNIFORM} draws; give --seed with any integer, and the run can be repeated")
    draws = (1 - u for u in uniforms(seed))  # an entry that is 0 would stay 0
    return [list(islice(draws, k)) for _ in range(n)], [list(islice(draws, m)) for _ in range(k)]


def _check_size(state: nmf.State[Fraction], step: int) -> None:
    """Raise BadInput where a step in Fractions would take too long; numbers of other kinds do not grow."""
    entries = [y for matrix in (state.w, state.h) for row in matrix for y in row]
    bits = max(y.numerator.bit_length() + y.denominator.bit_length() for y in entries)
    if bits * GROWTH * len(state.w) * len(state.h) * len(state.h[0]) > MOST_BITS:
        raise BadInput(
            f"step {step} would take too long in Fractions, which grow with every entry; give --kind ball, or fewer "
            "--iterations"
        )


JOBS = {"nmf.run": run}
