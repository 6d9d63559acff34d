"""Digits of agreement: the log relative error of an answer against the certified truth.

    LRE = -log10(|answer - truth| / |truth|), rounded down to hundredths, of the worst entry of an array

The quotient is exact, and only its logarithm is a float. Where the truth is 0 the error is taken relative to the
largest entry of the array, and where all of them are 0 to a scale that the caller knows. What lies below the
normal numbers of binary64 is 0 to it, so that no error is taken relative to less.
"""

import math
from collections.abc import Callable, Iterator
from fractions import Fraction

from refimpl.certify.sensitivity import LEAST
from refimpl.oracle import values


def agreement(answer: object, truth: object, fallback: Callable[[], Fraction]) -> tuple[float, str]:
    """Return the digits of the worst entry, and where it is; inf where all agree.

    fallback: returns the scale of the error where every truth is 0.
    """
    pairs = list(_pairs(answer, truth, ""))
    scale = max((abs(t) for _, t, _ in pairs), default=Fraction(0)) or fallback() or Fraction(1)
    worst, place = math.inf, ""
    for a, t, where in pairs:
        error = abs(a - t) / max(abs(t) or scale, LEAST)
        if error:
            # log10 of the integers: the quotient itself may be no binary64 number
            found = math.log10(error.denominator) - math.log10(error.numerator)
            found = max(math.floor(found * 100) / 100, 0.0)
            if found < worst:
                worst, place = found, where
    return worst, place


def _pairs(answer: object, truth: object, where: str) -> Iterator[tuple[Fraction, Fraction, str]]:
    if isinstance(answer, list) and isinstance(truth, list):
        for i, (a, t) in enumerate(zip(answer, truth, strict=True)):
            yield from _pairs(a, t, f"{where}[{i}]")
    elif isinstance(answer, Fraction) and isinstance(truth, int | str):
        yield answer, values.half_unit(str(truth))[0], where
