"""The task moments.covariance on own data, in any kind of number."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from refimpl import linear, moments
from refimpl.errors import Unsupported
from refimpl.numbers import EXACT, Ball, N, Numbers, rounded
from refimpl.oracle import values
from refimpl.oracle.values import Tree
from refimpl.own_data.found import Found, Watch
from refimpl.own_data.kind import computed, decided, written_row
from refimpl.own_data.request import Request


def covariance(request: Request, watch: Watch) -> Found:
    """Run moments.covariance, with N - 1 as the divisor if no other is asked for."""
    ddof, digits = values.whole(request.param("ddof", 1), "ddof"), request.options.digits

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        own = [[numbers(x) for x in column] for column in columns]
        results: dict[str, Tree] = {
            "mean": written_row(write, [moments.mean(x) for x in own]),
            "covariance": _symmetric(len(own), lambda j, k: write(moments.covariance(own[j], own[k], ddof=ddof))),
            "correlation": _symmetric(len(own), lambda j, k: correlated(own[j], own[k], j, k, numbers, write)),
        }
        return Found(results)

    def correlated(
        x: Sequence[N], y: Sequence[N], j: int, k: int, numbers: Numbers[N], write: Callable[[N], str]
    ) -> str | None:
        if constant[j] or constant[k]:
            return None
        try:
            return write(moments.correlation(x, y, numbers))
        except Unsupported:  # only Fractions have no root: it is enclosed
            return decided(digits, lambda balls: _enclosed(columns[j], columns[k], balls, digits))

    columns = linear.transpose(request.table.rows)
    constant = [min(x) == max(x) for x in columns]
    if request.kind == "ball":  # a ball could not tell a mean of 0 from a small one; Fractions can, and lose nothing
        return compute(EXACT, lambda x: rounded(x, digits))
    return computed(request.kind, digits, compute)


def _symmetric(d: int, entry: Callable[[int, int], str | None]) -> Tree:
    """Return the D x D matrix whose entries on and above the diagonal are given."""
    upper = {(j, k): entry(j, k) for j in range(d) for k in range(j, d)}
    return [[upper[min(j, k), max(j, k)] for k in range(d)] for j in range(d)]


def _enclosed(x: Sequence[Fraction], y: Sequence[Fraction], balls: Numbers[Ball], digits: int) -> str:
    return rounded(moments.correlation([balls(a) for a in x], [balls(b) for b in y], balls), digits)


JOBS = {"moments.covariance": covariance}
