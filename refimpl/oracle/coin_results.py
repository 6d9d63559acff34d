"""The results of coins.*, by name as in a case, and in one row as they are computed.

The row: N responsibilities, H_A, T_A, H_B, T_B, theta_A, theta_B, ln p, and for a fixed point the rate.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from refimpl.errors import BadInput
from refimpl.numbers import Ball
from refimpl.oracle import values
from refimpl.oracle.case import Numbers
from refimpl.oracle.values import Style
from refimpl.two_coins import Rounds, check

Point: TypeAlias = tuple[Fraction, Fraction]

MOST_BITS = 1_000_000
"""Of the exact likelihood of all rounds, which has as many factors theta as there are tosses."""


def rounds_theta(given: Numbers) -> tuple[Rounds, Point]:
    """Return the input of a case. Raises as `two_coins` does, and BadInput where its proof would take too long."""
    rounds, theta = checked(given)
    bits = exact_bits(rounds, theta)
    if bits > MOST_BITS:
        raise BadInput(f"the likelihood would have {bits} bits; give fewer tosses or a shorter theta")
    return rounds, theta


def exact_bits(rounds: Rounds, theta: Point) -> int:
    """Return a bound on the bits of the exact likelihood of all rounds."""
    longest = max(p.numerator.bit_length() + p.denominator.bit_length() for p in theta)
    return longest * (sum(rounds.heads) + sum(rounds.tails))


def checked(given: Numbers) -> tuple[Rounds, Point]:
    """Return rounds and theta. Raises as `two_coins` does."""
    heads, tails = values.wholes(given["heads"], "heads"), values.wholes(given["tails"], "tails")
    rounds, theta = Rounds(heads, tails), values.row(given["theta"], "theta")
    if len(theta) != 2:
        raise BadInput(f"theta has {len(theta)} entries; give one probability for A and one for B")
    check((theta[0], theta[1]))
    return rounds, (theta[0], theta[1])


def places(rounds: Rounds, *, rate: bool) -> dict[str, slice]:
    """Return where each result stands in the row."""
    n = len(rounds.heads)
    found = {
        "responsibilities": slice(0, n),
        "counts": slice(n, n + 4),
        "theta": slice(n + 4, n + 6),
        "log_likelihood": slice(n + 6, n + 7),
    }
    return {**found, "rate": slice(n + 7, n + 8)} if rate else found


def named(rounds: Rounds, row: Sequence[Fraction | Ball], style: Style = values.GOLDEN) -> Numbers:
    """Return the row as it stands in a case. Raises Undecided where a ball holds too few digits."""
    text = [values.written(value, style) for value in row]
    n = len(rounds.heads)
    results: Numbers = {
        "responsibilities": list(text[:n]),
        "counts": [list(text[n : n + 2]), list(text[n + 2 : n + 4])],
        "theta": list(text[n + 4 : n + 6]),
        "log_likelihood": text[n + 6],
    }
    if len(row) > n + 7:
        results["rate"] = text[n + 7]
    return results


def in_row(results: Numbers) -> list[Fraction]:
    """Return the printed values in one row."""
    row = values.row(results["responsibilities"], "responsibilities")
    for pair in values.rows(results["counts"], "counts"):
        row.extend(pair)
    row.extend(values.row(results["theta"], "theta"))
    row.append(values.number(results["log_likelihood"], "log_likelihood"))
    if "rate" in results:
        row.append(values.number(results["rate"], "rate"))
    return row
