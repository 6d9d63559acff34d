"""Dyadic numbers a · 2^e on Python ints: order, shifts and exact fractions, whatever the size of e.

Legend
------
a, b    integers
e, f    exponents of 2: integers of any size, which is why nothing here computes 2^e before it is safe
"""

from fractions import Fraction

from refimpl.errors import Unsupported

LARGEST_SHIFT = 1 << 24
"""Exponents beyond this many bits (2 megabytes) are not written out as integers."""


def compare(a: int, e: int, b: int, f: int) -> int:
    """The sign (-1, 0 or 1) of a · 2^e - b · 2^f, at a cost that does not depend on |e - f|."""
    if e == f:
        return (a > b) - (a < b)
    if (a > 0) != (b > 0) or (a < 0) != (b < 0):
        return (a > b) - (a < b)
    if a == 0:
        return 0
    # Same sign. 2^(t-1) <= |a| · 2^e < 2^t with t = bits(a) + e, so that different t decide.
    s, t = a.bit_length() + e, b.bit_length() + f
    if s != t:
        return 1 if (s > t) == (a > 0) else -1
    # Equal t: |e - f| = |bits(b) - bits(a)|, so that aligning is cheap.
    if e > f:
        a <<= e - f
    else:
        b <<= f - e
    return (a > b) - (a < b)


def shifted(a: int, s: int) -> int:
    """The floor of a · 2^s."""
    return a << s if s >= 0 else a >> -s


def fraction(a: int, e: int) -> Fraction:
    """The number a · 2^e as a Fraction; Unsupported where that would fill the memory."""
    if a and abs(e) > LARGEST_SHIFT:
        raise Unsupported(
            f"a number with a binary exponent beyond {LARGEST_SHIFT} is not written out as a fraction; "
            "compare balls instead"
        )
    return Fraction(a << e) if e >= 0 else Fraction(a, 1 << -e) if a else Fraction(0)
