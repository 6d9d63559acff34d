"""The inner products of all pairs of integer rows, exactly, by a few products of long integers.

Notation: X, N x D, integers; G = X X^T, the Gram matrix, N x N; m the mean row; c the least entry, Y = X - c without
negative entries, s_i the sum of row i of Y; w bits for a slot.

    1. shift   x = y + c,  G_ij = sum_k y_ik y_jk + c (s_i + s_j) + D c^2                   (GM1)
    2. pack    B_k = sum_j y_jk 2^(w j): a column as one integer, a slot for each row       (GM2)
    3. row     sum_k y_ik B_k = sum_j 2^(w j) sum_k y_ik y_jk: row i, one entry in a slot   (GM3)
    4. centre  N^2 (x_i - m).(x_j - m) = N^2 G_ij - N (S_i + S_j) + sum_i S_i, where S_i    (GM4)
               is the sum of row i of G

No slot overflows: 0 <= y <= h makes every sum of (GM3), and of its parts, at most D h^2, and w is so large that this is
below 2^w. So slots of one row add up without a carry into the next. Python multiplies N slots by one entry in a loop
of its own, in C; that is why this is quicker than N sums of D products.
"""

from collections.abc import Sequence
from fractions import Fraction
from operator import mul
from typing import cast

from refimpl import linear
from refimpl.errors import BadInput

Integers = Sequence[Sequence[int]]


def gram(rows: Integers) -> list[list[int]]:
    """Return G, N x N, for N rows of D integers of any size and sign. Raises EmptyData or BadInput."""
    n, d = check(rows, "rows")
    c = min(map(min, rows))
    shifted = [[x - c for x in row] for row in rows]
    h = max(map(max, shifted))
    # D h^2 < 2^w, in whole bytes
    size = (d * h * h).bit_length() // 8 + 1
    # B_k = sum_j y_jk 2^(w j)                                                              (GM2)
    packed = [
        int.from_bytes(b"".join([y.to_bytes(size, "little") for y in column]), "little")
        for column in zip(*shifted, strict=True)
    ]
    sums = [sum(row) for row in shifted]
    places = range(0, n * size, size)
    products = []
    for row, s in zip(shifted, sums, strict=True):
        # sum_k y_ik B_k                                                                    (GM3)
        slots = sum(map(mul, packed, row)).to_bytes(n * size, "little")
        # + c (s_i + s_j) + D c^2                                                           (GM1)
        more = c * s + d * c * c
        entries = [int.from_bytes(slots[place : place + size], "little") for place in places]
        products.append([entry + c * t + more for entry, t in zip(entries, sums, strict=True)] if c else entries)
    return products


def centred(rows: Integers) -> list[list[int]]:
    """Return N^2 (x_i - m).(x_j - m) for all pairs, N x N integers. Raises as `gram` does.  (GM4)"""
    return recentred(gram(rows))


def recentred(products: Integers) -> list[list[int]]:
    """Return N^2 times the inner products of N rows from their mean, given those of the rows themselves.  (GM4)"""
    n = len(products)
    sums = [sum(row) for row in products]
    total = sum(sums)
    return [
        [n * (n * x - s - t) + total for x, t in zip(row, sums, strict=True)]
        for row, s in zip(products, sums, strict=True)
    ]


def check(rows: Integers, name: str) -> tuple[int, int]:
    """Return (N, D) of a matrix of integers; `name` is the field that the sentence names.

    Raises EmptyData or BadInput.
    """
    n, d = linear.shape(cast(linear.Matrix[Fraction], rows), name)  # integers count as exact numbers
    for i, row in enumerate(rows):
        if not set(map(type, row)) <= {int}:
            j, x = next((j, x) for j, x in enumerate(row) if type(x) is not int)
            raise BadInput(f"{name}[{i}][{j}] is {x!r} of type {type(x).__name__}; give an integer")
    return n, d
