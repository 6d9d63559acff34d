"""The sensitivity of two coins' results to their inputs, by difference quotients; see `sensitivity`.

Notation as in `two_coins`; the inputs v are theta, h and t. Counts of tosses are inputs like any other: whoever
computes theta^h as exp(h ln theta) rounds what multiplies h. So they are changed to numbers that are not whole.

    1. run          nudge every input, take the same number of steps                       (N1)
    2. fixed point  the start does not matter; F(theta*, v) = theta* gives
                    d theta*/dv = (I - J)^-1 dF/dv, and each result follows theta* and v   (N2)
    3. its rounding every step also rounds theta_j by u theta_j, which moves the limit by
                    (I - J)^-1 e_j theta_j u, and each result with it                      (N3)

Results stand in one row: N responsibilities, H_A, T_A, H_B, T_B, theta_A, theta_B, ln p, and for a fixed point
the rate.
"""

from collections.abc import Sequence
from fractions import Fraction

from refimpl import linear
from refimpl.certify.sensitivity import by_differences
from refimpl.errors import NoMass
from refimpl.numbers import Ball, ball
from refimpl.two_coins import Rounds

Row = Sequence[Fraction]

NUMBERS = ball(120)
"""Every step is computed in these, and continued from the midpoint: tolerances need no enclosure."""

SMALL, SMALLER = Fraction(1, 2**50), Fraction(1, 2**150)
"""Steps of difference quotients, the second for the derivative within a difference."""


def of_run(rounds: Rounds, theta: Row, iterations: int) -> list[Fraction]:
    """Return S of the results of so many steps.  (N1)"""
    n = len(rounds.heads)

    def results(inputs: Row) -> Row:
        theta = _inside(inputs[:2])
        row = one_step(theta, inputs[2 : 2 + n], inputs[2 + n :])
        for _ in range(iterations - 1):
            row = one_step(row[n + 4 : n + 6], inputs[2 : 2 + n], inputs[2 + n :])
        if iterations == 0:  # the start itself is what leaves a run of no steps
            row[n + 4 : n + 6] = theta
        return row

    return by_differences(results, [*theta, *map(Fraction, rounds.heads), *map(Fraction, rounds.tails)])


def of_fixed_point(rounds: Rounds, theta: Row) -> list[Fraction]:
    """Return S of the results at a fixed point theta, and of its rate.  (N2), (N3)"""
    n = len(rounds.heads)
    v = [*map(Fraction, rounds.heads), *map(Fraction, rounds.tails)]
    to_zero = [[x - (i == j) for j, x in enumerate(row)] for i, row in enumerate(slopes(theta, v[:n], v[n:]))]
    pull = linear.inverse(to_zero)  # (J - I)^-1
    at = _with_rate(theta, v, n)
    sizes = [Fraction(0)] * len(at)
    for i, count in enumerate(v):
        if not count:
            continue
        nudged = [*v[:i], count * (1 + SMALL), *v[i + 1 :]]
        force = one_step(theta, nudged[:n], nudged[n:])[n + 4 : n + 6]
        move = linear.matvec(pull, linear.subtract(theta, force))
        there = _with_rate([p + m for p, m in zip(theta, move, strict=True)], nudged, n)
        sizes = [s + abs(b - a) / SMALL for s, a, b in zip(sizes, at, there, strict=True)]
    for j, p in enumerate(theta):
        if p not in (0, 1):  # which no step rounds
            move = linear.matvec(pull, [p * SMALL * (i == j) for i in range(2)])
            there = _with_rate([q + m for q, m in zip(theta, move, strict=True)], v, n)
            sizes = [s + abs(b - a) / SMALL for s, a, b in zip(sizes, at, there, strict=True)]
    return sizes


def one_step(theta: Row, heads: Row, tails: Row) -> list[Fraction]:
    """Return the row of results of one step."""
    shares, log_likelihood = [], NUMBERS(0)
    for n, (h, t) in enumerate(zip(heads, tails, strict=True)):
        a, b = (_power(p, h) * _power(1 - p, t) for p in theta)
        if a + b == 0:
            raise NoMass(f"round {n} is impossible under both coins")
        shares.append((a / (a + b)).mid)
        log_likelihood += NUMBERS.log((a + b) / 2)
    counts = [
        sum(share * c for share, c in zip(part, of, strict=True))
        for part in (shares, [1 - share for share in shares])
        for of in (heads, tails)
    ]
    left = [h / (h + t) if h + t else kept for (h, t), kept in zip((counts[:2], counts[2:]), theta, strict=True)]
    short = [NUMBERS(x).mid for x in (*counts, *left)]
    return [*shares, *short, log_likelihood.mid]


def slopes(theta: Row, heads: Row, tails: Row) -> list[list[Fraction]]:
    """Return the 2 x 2 derivative of the EM map, by differences away from the border."""
    n = len(heads)
    at = one_step(theta, heads, tails)[n + 4 : n + 6]
    columns = []
    for j, p in enumerate(theta):
        step = -SMALLER if p > Fraction(1, 2) else SMALLER
        moved = [q + step * (i == j) for i, q in enumerate(theta)]
        columns.append([(b - a) / step for a, b in zip(at, one_step(moved, heads, tails)[n + 4 : n + 6], strict=True)])
    return linear.transpose(columns)


def _with_rate(theta: Row, v: Row, n: int) -> list[Fraction]:
    theta = _inside(theta)
    (a, b), (c, d) = slopes(theta, v[:n], v[n:])
    # the discriminant is not negative: EM's derivative is similar to a symmetric matrix
    root = NUMBERS.sqrt(NUMBERS(max(Fraction(0), (a - d) ** 2 + 4 * b * c))).mid
    return [*one_step(theta, v[:n], v[n:]), (a + d + root) / 2]


def _inside(theta: Row) -> list[Fraction]:
    """Return probabilities that a nudge may have moved out of [0, 1]."""
    return [min(max(p, Fraction(0)), Fraction(1)) for p in theta]


def _power(p: Fraction, exponent: Fraction) -> Ball:
    """Return p^exponent, with 0^0 = 1."""
    if p == 0:
        return NUMBERS(int(exponent == 0))
    return NUMBERS.exp(NUMBERS.log(NUMBERS(p)) * exponent)
