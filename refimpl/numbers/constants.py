"""The constants pi and ln 2 as integers and as balls, by Machin's formula and by one like it.

Legend
------
p, g    numbers of fractional bits: the integer T stands for T · 2^-p, whose unit is 2^-p; g guards more
(C)     a floor loses at least 0 and less than 1 unit; floor(floor(a)/n) = floor(a/n) for integers n > 0
"""

import functools
from collections.abc import Callable

from refimpl.errors import RefimplError
from refimpl.numbers.balls import Ball, enclose


def ln2_fixed(p: int) -> int:
    """An integer within 1 of ln 2 · 2^p."""
    return _shortened(_ln2_cached, p)


def pi_fixed(p: int) -> int:
    """An integer within 1 of pi · 2^p."""
    return _shortened(_pi_cached, p)


def ln2(prec: int) -> Ball:
    """A ball of `prec` bits that contains ln 2."""
    return enclose(ln2_fixed(prec + 4), 1, -prec - 4, prec)


def pi(prec: int) -> Ball:
    """A ball of `prec` bits that contains pi."""
    return enclose(pi_fixed(prec + 4), 1, -prec - 4, prec)


def _shortened(cached: Callable[[int], int], p: int) -> int:
    # The cache holds multiples of 256 bits, d >= 1 bits more than asked for: its error of 1 counts at most
    # 1/2 here, and rounding to the nearest costs at most another 1/2.
    d = 256 - p % 256
    return (cached(p + d) + (1 << (d - 1))) >> d


@functools.cache
def _ln2_cached(p: int) -> int:
    # ln 2 = 18 artanh(1/26) - 2 artanh(1/4801) + 8 artanh(1/8749)
    return _combination(((18, 26), (-2, 4801), (8, 8749)), p, 1)


@functools.cache
def _pi_cached(p: int) -> int:
    # pi = 16 atan(1/5) - 4 atan(1/239)
    return _combination(((16, 5), (-4, 239)), p, -1)


def _combination(parts: tuple[tuple[int, int], ...], p: int, sign: int) -> int:
    """The sum of c · series(1/n) over the parts (c, n), in units 2^-p, wrong by at most 1 unit."""
    g = p.bit_length() + 8
    total = error = 0
    for c, n in parts:
        value, bound = _series(n, p + g, sign)
        total += c * value
        error += abs(c) * bound
    # Rounding to the nearest unit costs at most 1/2; the series' errors must stay within the other half.
    if error > 1 << (g - 1):
        raise RefimplError("the guard bits of a constant do not cover the errors of its series")
    return (total + (1 << (g - 1))) >> g


def _series(n: int, p: int, sign: int) -> tuple[int, int]:
    """The sum over j >= 0 of sign^j / ((2j + 1) n^(2j + 1)) in units 2^-p, and a bound of its error; n >= 2.

    That is artanh(1/n) for sign 1 and atan(1/n) for sign -1.
    """
    total, j, power = 0, 0, (1 << p) // n
    while power:
        term = power // (2 * j + 1)
        total += term if sign > 0 or j % 2 == 0 else -term
        power //= n * n
        j += 1
    # By (C) `power` is the floor of 2^p / n^(2j+1), and each of the j terms that of the true one: less than 1
    # each. The loop ends where 2^p / n^(2j+1) < 1; the rest is then below (1 + 1/n^2 + ...)/(2j + 1) < 1,
    # because j >= 1 and n >= 2.
    return total, j + 1
