"""The task power.run on own data: the table is a symmetric matrix, and the trace has its Rayleigh quotients.

--start is one of

    ones       a vector of ones, which serves if nothing is said
    1,0,2      a vector, written out
    FILE       the same as a row of a CSV or JSON file
"""

from collections.abc import Callable
from fractions import Fraction
from typing import cast

from refimpl import power_iteration
from refimpl.errors import BadInput, RefimplError, Unsupported
from refimpl.numbers import EXACT, N, Numbers, rounded
from refimpl.oracle import values
from refimpl.oracle.solve.power import MOST_BITS, over_length
from refimpl.oracle.values import Tree
from refimpl.own_data import start
from refimpl.own_data.found import Found, Step, Watch
from refimpl.own_data.kind import computed, decided, written_row
from refimpl.own_data.request import Request

ONES = "ones"


def run(request: Request, watch: Watch) -> Found:
    """Run power.run. A ball could not tell a tie of entries, which decides the sign; Fractions can."""
    matrix, vector = request.table.rows, _start(request)
    most, digits = request.count("iterations", 0), request.options.digits
    try:
        power_iteration.check(matrix, vector)
    except RefimplError as error:
        raise type(error)(f"{request.table.source}: {error}") from None
    if request.kind in ("exact", "ball"):
        longest = max(x.numerator.bit_length() + x.denominator.bit_length() for row in [*matrix, vector] for x in row)
        if longest * most * len(matrix) > MOST_BITS:
            raise BadInput(
                f"{most} steps would take too long in Fractions, which grow with each; give --kind high, or fewer "
                "--iterations"
            )

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        own, trace = [[numbers(x) for x in row] for row in matrix], list[Step]()
        for state in power_iteration.trace(own, [numbers(x) for x in vector]):
            trace.append(Step(state.iterations, write(power_iteration.rayleigh(own, state.vector))))
            watch(trace[-1], most)
            if state.iterations == most:
                break
        return Found({"vector": unit(state.vector, numbers, write), "eigenvalue": trace[-1].objective}, tuple(trace))

    def unit(v: list[N], numbers: Numbers[N], write: Callable[[N], str]) -> Tree:
        try:
            return written_row(write, power_iteration.unit(v, numbers))
        except Unsupported:  # only Fractions have no root: it is enclosed
            exact = power_iteration.scaled(cast(list[Fraction], v))
            return decided(digits, lambda balls: written_row(lambda x: rounded(x, digits), over_length(exact, balls)))

    if request.kind == "ball":
        return compute(EXACT, lambda x: rounded(x, digits))
    return computed(request.kind, digits, compute)


def _start(request: Request) -> list[Fraction]:
    """Return the vector before any step. Raises BadInput."""
    rule, table = request.options.start, request.table
    if rule is None and "vector" in table.fields:
        return values.row(table.fields["vector"], "vector")
    if rule in (None, ONES):
        return [Fraction(1)] * len(table.columns)
    rows = start.given(table, rule, None, None, (ONES,))
    if len(rows) != 1:
        raise BadInput(f"--start has {len(rows)} rows; give one vector, such as 1,0,2")
    return rows[0]


JOBS = {"power.run": run}
