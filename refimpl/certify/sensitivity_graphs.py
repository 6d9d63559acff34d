"""The sensitivity of modularity and of codelengths to the weights; see `sensitivity`. Notation as in the rooms.

Each A_uv is an input; A_uv and A_vu are the same number, so that what depends on the row depends on the column as much.

    1. modularity  dQ/dA_uv = d_uv / 2m - W / (2m)^2 - (s_c + s_d) / (2m)^2 + 2 sum s^2 / (2m)^3, with c and d the
                   communities of u and v, d_uv = 1 where c = d and else 0, W = sum w_cc             (H1)
    2. codelength  dL/dA_uv = (dF/dA_uv - L) / 2m, F = 2m L, and with f' the derivative of f, i and j the modules
                   dF/dA_uv = f'(e) - f'(e_i) - f'(e_j) where i differs from j, else 0, and in both cases
                   + half of f'(e_i + s_i) (1 + [i differs from j]) - f'(k_u), and of the same of j and v   (H2)

(H1) is rational. In (H2) logarithms are midpoints of balls, so that S is the same everywhere; S is a tolerance.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import cache

from refimpl.certify.margin import Rows
from refimpl.numbers import ball

DIGITS = 40
"""Of the logarithms."""


def of_modularity(weights: Rows, labels: Sequence[int]) -> Fraction:
    """Return S of Q."""
    strengths = [sum(row, Fraction(0)) for row in weights]
    twice = sum(strengths, Fraction(0))
    ends = {c: sum((k for k, d in zip(strengths, labels, strict=True) if c == d), Fraction(0)) for c in set(labels)}
    within = sum((a for a, c, d in _entries(weights, labels) if c == d), Fraction(0))
    squares = sum((s * s for s in ends.values()), Fraction(0))
    return sum(
        (
            # d_uv / 2m - W / (2m)^2 - (s_c + s_d) / (2m)^2 + 2 sum s^2 / (2m)^3             (H1)
            abs((int(c == d) * twice - within - ends[c] - ends[d]) / twice**2 + 2 * squares / twice**3) * a
            for a, c, d in _entries(weights, labels)
        ),
        Fraction(0),
    )


def _entries(weights: Rows, labels: Sequence[int]) -> list[tuple[Fraction, int, int]]:
    """Return all weights that are not 0, each with the communities of its ends."""
    return [(a, c, d) for row, c in zip(weights, labels, strict=True) for a, d in zip(row, labels, strict=True) if a]


def of_codelength(weights: Rows, labels: Sequence[int], codelength: Fraction) -> Fraction:
    """Return S of L in bits."""
    numbers = ball(DIGITS)

    @cache
    def slope(x: Fraction) -> Fraction:
        """The derivative of x log2 x."""
        return ((numbers.log(numbers(x)) + 1) / numbers.log(numbers(2))).mid

    strengths = [sum(row, Fraction(0)) for row in weights]
    twice = sum(strengths, Fraction(0))
    ends = dict.fromkeys(labels, Fraction(0))
    leaving = dict.fromkeys(labels, Fraction(0))
    for row, i in zip(weights, labels, strict=True):
        ends[i] += sum(row, Fraction(0))
        leaving[i] += sum((a for a, j in zip(row, labels, strict=True) if i != j), Fraction(0))
    all_leaving = sum(leaving.values(), Fraction(0))
    size = Fraction(0)
    for u, (row, i) in enumerate(zip(weights, labels, strict=True)):
        for v, (a, j) in enumerate(zip(row, labels, strict=True)):
            if not a:
                continue
            # both ends of the edge                                                         (H2)
            moved = (slope(leaving[i] + ends[i]) + slope(leaving[j] + ends[j])) * Fraction(1 + int(i != j), 2)
            moved -= (slope(strengths[u]) + slope(strengths[v])) / 2
            if i != j:
                moved += slope(all_leaving) - slope(leaving[i]) - slope(leaving[j])
            size += abs(moved - codelength) / twice * a
    return size
