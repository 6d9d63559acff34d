"""Non-negative matrix factorisation by multiplication (Lee and Seung, Algorithms for NMF, NIPS 2000, eq. 4).

Notation: X an N x M matrix without negative entries; W, N x R, and H, R x M, its factors, without negative entries;
* and / entry by entry; |.|_F the root of the sum of all squares.

    loss  J = |X - W H|_F^2 / 2                                                            (F0)

    1. update_w  W <- W * (X H^T) / (W (H H^T))                                            (F1)
    2. update_h  H <- H * (W^T X) / ((W^T W) H), with the new W                            (F2)
    3. step      1, then 2
    4. trace     repeat 3 for ever

(F1) is gradient descent with a step for each entry, W - eta * dJ/dW with dJ/dW = W H H^T - X H^T and
eta = W / (W H H^T), which is why no entry turns negative; it never raises J (their theorem 1). (F2) is (F1) of the
transposed problem X^T = H^T W^T, and that is how it is computed.

What a zero denominator means. With all entries >= 0, (W H H^T)_ir = sum_s W_is (H H^T)_sr >= W_ir sum_m H_rm^2. If it
is 0, then W_ir = 0 or row r of H is 0. In the first case the numerator (X H^T)_ir may be positive, but the entry has
the factor 0; in the second the numerator is 0, and W_ir does not matter to W H. So 0/0 counts as 0, and the rule is:
an entry that is 0 stays 0, and an entry whose denominator is 0 becomes 0. Neither changes J.

All is + - * and /, so numbers come out in the type in which they went in, and on Fractions J never rises by a rounding.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic

from refimpl import linear
from refimpl.errors import BadInput, Undecided, Undefined
from refimpl.linear import Matrix
from refimpl.numbers import N


@dataclass(frozen=True)
class State(Generic[N]):
    """What one step leaves behind."""

    w: list[list[N]]
    """W, N x R."""
    h: list[list[N]]
    """H, R x M."""


def loss(x: Matrix[N], w: Matrix[N], h: Matrix[N]) -> N:
    """Return J, in the squared unit of X. Raises as `check` does."""
    check(x, w, h)
    # J = |X - W H|_F^2 / 2, row by row                                                     (F0)
    rows = map(linear.squared_distance, x, _product(w, linear.transpose(h)))
    return linear.quotient(linear.total(rows), 2)


def update_w(x: Matrix[N], w: Matrix[N], h: Matrix[N]) -> list[list[N]]:
    """Return the new W, N x R.

    Raises as `check` does, and Undefined where floats are so small that a positive denominator becomes 0.
    """
    check(x, w, h)
    return _updated(x, w, h)


def update_h(x: Matrix[N], w: Matrix[N], h: Matrix[N]) -> list[list[N]]:
    """Return the new H, R x M. Raises as `update_w` does."""
    check(x, w, h)
    # H <- H * (W^T X) / ((W^T W) H), transposed                                            (F2)
    return linear.transpose(_updated(*map(linear.transpose, (x, h, w))))


def step(x: Matrix[N], state: State[N]) -> State[N]:
    """Return the state after one update of W and one of H. Raises as `update_w` does."""
    w = update_w(x, state.w, state.h)
    return State(w, update_h(x, w, state.h))


def trace(x: Matrix[N], state: State[N]) -> Iterator[State[N]]:
    """Yield `state`, then the state after each further step, for ever. Raises as `update_w` does."""
    check(x, state.w, state.h)
    while True:
        yield state
        state = step(x, state)


def check(x: Matrix[N], w: Matrix[N], h: Matrix[N]) -> None:
    """Raise EmptyData or BadInput unless the shapes are N x M, N x R and R x M and no entry is below 0."""
    n, m = linear.shape(x, "matrix")
    rows, r = linear.shape(w, "w")
    rank, columns = linear.shape(h, "h")
    if rows != n:
        raise BadInput(f"w has {rows} rows but matrix has {n}; give both as many")
    if rank != r:
        raise BadInput(f"h has {rank} rows for the {r} columns of w; give both as many")
    if columns != m:
        raise BadInput(f"h has {columns} columns but matrix has {m}; give both as many")
    for name, entries in (("matrix", x), ("w", w), ("h", h)):
        for i, row in enumerate(entries):
            with suppress(Undecided):
                if not min(row) < 0:
                    continue
            for j, entry in enumerate(row):
                with suppress(Undecided):  # a ball that reaches below 0 may be 0
                    if entry < 0:
                        raise BadInput(f"{name}[{i}][{j}] is {entry}; give a number of at least 0")


def _updated(x: Matrix[N], w: Matrix[N], h: Matrix[N]) -> list[list[N]]:
    # W <- W * (X H^T) / (W (H H^T)), H H^T first because it is but R x R                   (F1)
    above, below = _product(x, h), _product(w, _product(h, h))
    return [
        [_multiplied(*entry) for entry in zip(old, numerators, denominators, strict=True)]
        for old, numerators, denominators in zip(w, above, below, strict=True)
    ]


def _product(a: Matrix[N], b: Matrix[N]) -> list[list[N]]:
    """Return A B^T."""
    return [linear.matvec(b, row) for row in a]


def _multiplied(entry: N, numerator: N, denominator: N) -> N:
    if not linear.is_nothing(denominator):
        return entry * linear.quotient(numerator, denominator)  # in this order small floats stay in range
    if not linear.is_nothing(entry) and numerator > 0:
        raise Undefined("a denominator of w or h is below the least positive float; scale x, w and h up")
    return entry**0 - 1
