"""Multiplicative updates of non-negative factors, computed another way than in the room; notation as in `nmf`.

    1. multiplied  W_ir <- W_ir sum_m X_im H_rm / sum_m (W H)_im H_rm, entry by entry      (B3)
    2. step        that of W, then that of H: the same for the transposes
    3. loss        (|X|^2 - 2 <X, W H> + |W H|^2) / 2                                      (B4)

The room forms H H^T before it multiplies by W, and squares the differences.
"""

from refimpl import linear
from refimpl.linear import Matrix
from refimpl.numbers import N


def multiplied(x: Matrix[N], w: Matrix[N], h: Matrix[N]) -> list[list[N]]:
    """Return W after its update.  (B3)"""
    columns = linear.transpose(h)
    found = []
    for data, row in zip(x, w, strict=True):
        model = [linear.dot(row, column) for column in columns]
        updated = []
        for entry, basis in zip(row, h, strict=True):
            below = linear.dot(model, basis)
            if linear.is_nothing(below):  # then the numerator is 0, or the entry
                updated.append(entry**0 - 1)
            else:
                updated.append(linear.quotient(linear.dot(data, basis) * entry, below))
        found.append(updated)
    return found


def step(x: Matrix[N], w: Matrix[N], h: Matrix[N]) -> tuple[list[list[N]], list[list[N]]]:
    """Return (W, H) after one iteration, W first."""
    left = multiplied(x, w, h)
    right = multiplied(linear.transpose(x), linear.transpose(h), linear.transpose(left))
    return left, linear.transpose(right)


def loss(x: Matrix[N], w: Matrix[N], h: Matrix[N]) -> N:
    """Return the loss, expanded.  (B4)"""
    found = []
    columns = linear.transpose(h)
    for data, row in zip(x, w, strict=True):
        model = [linear.dot(row, column) for column in columns]
        found.append(linear.dot(data, data) - linear.dot(data, model) * 2 + linear.dot(model, model))
    return linear.quotient(linear.total(found), 2)
