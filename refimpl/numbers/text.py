"""Numbers as text, read exactly.

A text without a decimal point, a quotient and a hexadecimal float are exact. A decimal text with a point is
certified: the truth lies within one unit of its last printed digit (times the power of ten that follows).
"""

import re
from fractions import Fraction

from refimpl.errors import BadInput, Unsupported

LONGEST = 4000
"""Longer texts are refused, read or written."""
LARGEST_EXPONENT = 20000
"""Larger decimal and binary exponents are refused in texts, before anything is computed."""

_DECIMAL = re.compile(r"(-?)(?:([0-9]+)(?:(\.)([0-9]*))?|(\.)([0-9]+))(?:[eE]([+-]?[0-9]+))?")
_QUOTIENT = re.compile(r"(-?[0-9]+)/([0-9]+)")
_HEXADECIMAL = re.compile(r"(-?)0[xX]([0-9a-fA-F]+)(?:\.([0-9a-fA-F]*))?(?:[pP]([+-]?[0-9]+))?")


def parse(text: str) -> Fraction:
    """The number that is written: "17", "31/6", "0.6", "5.97e-1251", "0x1.8p-3"; else BadInput."""
    return _read(text)[0]


def certified(text: str) -> tuple[Fraction, Fraction]:
    """The number that is written and the half-width around it that contains the truth, 0 for exact texts."""
    return _read(text)


def _read(text: str) -> tuple[Fraction, Fraction]:
    if not isinstance(text, str):
        raise BadInput(f"a number in text must be a string, not {type(text).__name__}; quote it")
    if len(text) > LONGEST:
        raise BadInput(f"a number has {len(text)} characters, more than {LONGEST}; write fewer digits")
    if match := _QUOTIENT.fullmatch(text):
        if not int(match[2]):
            raise BadInput(f"{_quoted(text)} divides by zero; a denominator must be positive")
        return Fraction(int(match[1]), int(match[2])), Fraction(0)
    if match := _DECIMAL.fullmatch(text):
        sign, whole, decimals = match[1], match[2] or "", match[4] or match[6] or ""
        unit = power_of(10, _exponent(text, match[7]) - len(decimals))
        return int(sign + whole + decimals) * unit, unit if match[3] or match[5] else Fraction(0)
    if match := _HEXADECIMAL.fullmatch(text):
        sign, whole, decimals = match[1], match[2], match[3] or ""
        unit = power_of(2, _exponent(text, match[4]) - 4 * len(decimals))
        return int(sign + whole + decimals, 16) * unit, Fraction(0)
    raise BadInput(
        f'{_quoted(text)} is not a number; write an integer, a quotient such as "31/6", a decimal or a '
        "hexadecimal float, in ASCII without blanks or underscores"
    )


def _exponent(text: str, digits: str | None) -> int:
    """The exponent as an integer, refused if it is large."""
    stripped = (digits or "0").lstrip("+-0") or "0"
    if len(stripped) > 6 or int(stripped) > LARGEST_EXPONENT:
        raise BadInput(
            f"{_quoted(text)} has an exponent beyond {LARGEST_EXPONENT}; scale the data to smaller exponents"
        )
    return -int(stripped) if digits and digits[0] == "-" else int(stripped)


def power_of(base: int, exponent: int) -> Fraction:
    """The number base^exponent, also for negative exponents."""
    return Fraction(base**exponent) if exponent >= 0 else Fraction(1, base**-exponent)


def _quoted(text: str) -> str:
    return repr(text) if len(text) <= 60 else repr(text[:50]) + "..."


def exact_text(value: Fraction | int) -> str:
    """The number as "17" or "31/6"; Unsupported if that is longer than a text may be."""
    p, q = value.numerator, value.denominator
    # b bits are more than 3 (b - 1) / 10 digits, because 2^10 > 10^3: no need to write out what is too long.
    if 3 * (p.bit_length() + q.bit_length() - 2) // 10 <= LONGEST:
        text = str(p) if q == 1 else f"{p}/{q}"
        if len(text) <= LONGEST:
            return text
    raise Unsupported(f"an exact number of more than {LONGEST} characters is not written; use ball(digits)")
