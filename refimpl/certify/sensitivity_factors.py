"""The sensitivity of power iteration and of non-negative factors; see `sensitivity`.

Runs are differentiated by difference quotients, in balls of DIGITS digits. The entries a_ij and a_ji of a symmetric
matrix are one input.
"""

from collections.abc import Sequence
from fractions import Fraction

from refimpl import linear
from refimpl.certify import factors, powers, sensitivity
from refimpl.certify.margin import Row, Rows
from refimpl.numbers import ball

DIGITS = 90
"""Of the balls whose difference quotients keep 30 digits; see `sensitivity`."""


def of_power(matrix: Rows, vector: Row, iterations: int) -> list[Fraction]:
    """Return S of the entries of the unit vector, then of the eigenvalue; a_ij and a_ji are one input."""
    d, numbers = len(matrix), ball(DIGITS)
    pairs = [(i, j) for i in range(d) for j in range(i + 1)]

    def results(inputs: Sequence[Fraction]) -> list[Fraction]:
        entries = dict(zip(pairs, inputs, strict=False))
        a = [[entries[max(i, j), min(i, j)] for j in range(d)] for i in range(d)]
        w = powers.image(a, inputs[len(pairs) :], iterations)
        length = numbers.sqrt(numbers(linear.dot(w, w)))
        return [*((numbers(x) / length).mid for x in w), powers.rayleigh(a, w)]

    return sensitivity.by_differences(results, [*(matrix[i][j] for i, j in pairs), *vector])


def of_factors(x: Rows, w: Rows, h: Rows, iterations: int) -> list[Fraction]:
    """Return S of the entries of W, then of H, then of the loss."""
    numbers = ball(DIGITS)
    shapes = [(len(m), len(m[0])) for m in (x, w, h)]

    def results(inputs: Sequence[Fraction]) -> list[Fraction]:
        rest, found = [numbers(a) for a in inputs], []
        for rows, columns in shapes:
            found.append([rest[i * columns : (i + 1) * columns] for i in range(rows)])
            rest = rest[rows * columns :]
        data, left, right = found
        for _ in range(iterations):
            left, right = factors.step(data, left, right)
            left, right = ([[numbers(a.mid) for a in row] for row in m] for m in (left, right))
        return [a.mid for row in [*left, *right, [factors.loss(data, left, right)]] for a in row]

    return sensitivity.by_differences(results, [a for matrix in (x, w, h) for row in matrix for a in row])
