"""Printing numbers: only digits that are certain, rounded correctly.

Legend
------
digits, decimals    significant digits; digits after the point
exponent            10^exponent <= |x| < 10^(exponent + 1)
Ties are rounded half to even on the exact value: 0.125 prints as "0.12", 2.5 as "2".
"""

from collections.abc import Callable
from fractions import Fraction

from refimpl.errors import BadInput, Undecided, Unsupported
from refimpl.numbers.balls import Ball
from refimpl.numbers.dyadic import fraction
from refimpl.numbers.text import LARGEST_EXPONENT, LONGEST, exact_text, parse, power_of


def rounded(x: Ball | Fraction | int, digits: int) -> str:
    """The number rounded to `digits` significant digits, which `certified` reads back; "0" for an exact zero.

    Undecided if the ends of a ball round differently. There is always a decimal point; there is an
    exponent unless 10^-6 <= |x| < 10^21 and the last digit is a unit or a decimal: "0.012", "12.", "1.2e3".
    """
    if not 1 <= digits <= LONGEST - 20:
        raise BadInput(f"a number is rounded to 1 .. {LONGEST - 20} digits, not {digits}")
    if isinstance(x, Ball) and 0 < x.r >= abs(x.m):
        raise Undecided(f"{x} may be zero, which has no significant digits; ask with more digits")
    return _same(x, lambda value: _significant(value, digits), f"{digits} significant digits")


def fixed(x: Ball | Fraction | int, decimals: int) -> str:
    """The number rounded to so many decimals, as a table prints it: "0.45", "-16.67", and never "-0.00".

    Undecided if the ends of a ball round differently.
    """
    if not 0 <= decimals <= LONGEST - 20:
        raise BadInput(f"a number is printed with 0 .. {LONGEST - 20} decimals, not {decimals}")
    return _same(x, lambda value: _with_decimals(value, decimals), f"{decimals} decimals")


def _same(x: Ball | Fraction | int, write: Callable[[Fraction], str], what: str) -> str:
    """What `write` makes of the number, or of both ends of a ball: rounding never decreases in between."""
    if not isinstance(x, Ball):
        return write(Fraction(x))
    text = write(_end(x.m - x.r, x.e))
    if x.r and write(_end(x.m + x.r, x.e)) != text:
        raise Undecided(f"{x} does not determine {what}; ask with more digits")
    return text


def _end(m: int, e: int) -> Fraction:
    """The number m · 2^e, or ±2^±70000 for what lies beyond: refused or rounded to 0 just the same."""
    top = m.bit_length() + e
    if m and abs(top) > _FAR:
        return Fraction((m > 0) - (m < 0)) * power_of(2, _FAR if top > 0 else -_FAR)
    return fraction(m, e)


_FAR = 70000
"""10^20000 < 2^70000."""


def _decimal_exponent(value: Fraction) -> int:
    """E with 10^E <= |value| < 10^(E+1), for value != 0."""
    value = abs(value)
    exponent = (value.numerator.bit_length() - value.denominator.bit_length()) * 30103 // 100000
    while power_of(10, exponent) > value:
        exponent -= 1
    while power_of(10, exponent + 1) <= value:
        exponent += 1
    return exponent


def _significant(value: Fraction, digits: int) -> str:
    if not value:
        return "0"
    exponent = _decimal_exponent(value)
    n = abs(round(value * power_of(10, digits - 1 - exponent)))
    if n == 10**digits:  # 9.99 became 10.0
        n, exponent = n // 10, exponent + 1
    if abs(exponent) > LARGEST_EXPONENT:
        raise Unsupported(f"a number beyond 10^±{LARGEST_EXPONENT} is not written out; scale the problem")
    sign, text = "-" if value < 0 else "", str(n)
    if -6 <= exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{text}"
    if 0 <= exponent <= min(20, digits - 1):
        return f"{sign}{text[: exponent + 1]}.{text[exponent + 1 :]}"
    return f"{sign}{text[0]}.{text[1:]}e{exponent}"


def _with_decimals(value: Fraction, decimals: int) -> str:
    n = round(value * 10**decimals)
    # b bits are more than 3 (b - 1) / 10 digits: what is too long is not even converted
    text = str(abs(n)).zfill(decimals + 1) if 3 * (n.bit_length() - 1) // 10 < LONGEST else ""
    if not text or len(text) > LONGEST:
        raise Unsupported(f"more than {LONGEST} digits are not written out; print significant digits")
    point = len(text) - decimals
    return ("-" if n < 0 else "") + (f"{text[:point]}.{text[point:]}" if decimals else text)


def shown(x: Ball) -> str:
    """A ball for people: "[0.6931471805599453... ± 1.2e-50]"; midpoint shortened, radius rounded up."""
    top = max(x.m.bit_length(), x.r.bit_length()) + x.e
    if max(abs(top), abs(x.e)) > 60000:  # beyond 10^18000 no decimal exponent
        power = str(top) if top.bit_length() < 64 else f"({'-' if top < 0 else ''}2^{top.bit_length()})"
        cut = max(0, max(x.m.bit_length(), x.r.bit_length()) - 1000)
        scaled = Ball(x.m >> cut, (x.r >> cut) + (2 if cut else 0), x.e + cut - top, x.prec)
        return f"{shown(scaled)} · 2^{power}"
    mid, rad = x.mid, x.rad
    if not rad:
        digits, radius = _MOST_SHOWN, "0"
    else:
        exponent = _decimal_exponent(rad)
        # the least multiple of a tenth of 10^exponent that is not below the radius
        unit = power_of(10, exponent - 1)
        radius = _significant(-(-rad // unit) * unit, 2)
        digits = _decimal_exponent(mid) - exponent + 2 if mid else 1
    text = _significant(mid, max(1, min(digits, _MOST_SHOWN)))
    if not rad and parse(text) == mid:
        return f"[{exact_text(mid) if mid.denominator == 1 and abs(mid) < 10**17 else text}]"
    return f"[{text}{'…' if digits >= _MOST_SHOWN else ''} ± {radius}]"


_MOST_SHOWN = 17
"""Digits of a midpoint that `shown` prints."""
