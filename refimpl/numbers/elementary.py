"""exp, log and sqrt of balls, on integers only, with every error counted.

Legend
------
x = (m ± r) · 2^e    the argument, as in `balls`
w, p, q              numbers of fractional bits: the integer T stands for T · 2^-w, whose unit is 2^-w
z                    the bound of an error in units
(C)                  a floor loses at least 0 and less than 1 unit; floor(floor(a)/n) = floor(a/n) for n > 0

1. `exp`: x = k ln 2 + t, t = 2^h v; Taylor for exp v; h squarings; the radius by exp(x ± R) = exp(x) exp(±R).
2. `log`: x = 2^n g; y about log g, of any quality; E = exp y; log g = y + log(1 + d) with d = (g - E)/E.
3. `sqrt`: an integer square root, and |sqrt(m + a) - sqrt m| = |a| / (sqrt(m + a) + sqrt m).
Wide arguments are evaluated at their end points, because all three functions increase.
"""

import math

from refimpl.errors import DomainError, RefimplError, UndecidedDomain, Unsupported
from refimpl.numbers.balls import Ball, enclose, hull, unrounded
from refimpl.numbers.constants import ln2_fixed
from refimpl.numbers.dyadic import shifted

LARGEST_EXPONENT = 4096
"""exp is evaluated where |x| < 2^4096."""


# ---------------------------------------------------------------------- exp


def exp(x: Ball) -> Ball:
    """e^x; beyond 2^4096 in modulus Unsupported for x > 0 and a ball between 0 and 2^-(2^4096) for x < 0."""
    m, r, e, prec = x.m, x.r, x.e, x.prec
    if not m and not r:
        return enclose(1, 0, 0, prec)
    spread = r.bit_length() + e
    if r and spread > -3:
        # R may exceed 1/8: the end points (exact), to no more bits than the width deserves.
        few = min(prec, 64)
        return hull(exp(unrounded(m - r, 0, e, few)), exp(unrounded(m + r, 0, e, few)), prec)
    if m.bit_length() + e > LARGEST_EXPONENT:
        if m > 0:
            raise Unsupported("exp is evaluated below 2^4096 only; scale the problem")
        # exp(x) <= exp(-2^4096 + 1/8) < 2^-(2^4096), because e > 2
        return enclose(1, 1, -(1 << LARGEST_EXPONENT) - 1, prec)
    # R < 2^spread: more bits than that, and 32, would be drowned by the radius.
    w = (min(prec, 32 - spread) if r else prec) + 6
    s, f, z = _exp_point(m, e, w)
    # log(exp(x)/(s 2^f)) lies within z units by (E), and within R more because of the radius.
    if r:
        z += shifted(r, e + w) + 1
    # |e^u - 1| <= |u| + u^2 for |u| <= 1; u <= 1/8 + a few units here. Rounded up twice.
    return enclose(s, (s * (z + (z * z >> w) + 1) >> w) + 1, f, prec)


def _exp_point(m: int, e: int, w: int) -> tuple[int, int, int]:
    """(E) s, f, z with |log(exp(m · 2^e) / (s · 2^f))| <= z · 2^-w, for |m| · 2^e < 2^4096 and w >= 8."""
    # x = k ln 2 + t, |x| < 2^top. Let X = floor(x 2^p) and |L - ln 2 · 2^p| <= 1. Then t = X - k L, 0 <= t <
    # L, differs from (x - k ln 2) 2^p by less than 1 + |k| units of 2^-p. With top >= 0, |k| < 1.45 · 2^top
    # + 1, and in units of 2^-w that makes (2 + 1.45 · 2^top) / (4 · 2^top) < 1; with top < 0, |X| <= 2^(p-1)
    # < L, k is 0 or -1, and 2/4 < 1. The floor that leads to 2^-w costs less than 1 more: t is wrong by less
    # than 2 units.
    top = m.bit_length() + e
    p = w + max(top, 0) + 2
    k, t = divmod(shifted(m, e + p), ln2_fixed(p))
    t >>= p - w
    # v = t / 2^h exactly, in units 2^-q; v < ln 2 / 2 < 1/2.
    h = max(1, math.isqrt(w) // 2)
    g = 10
    q = w + h + g
    v = t << g
    # term_j = floor(term_(j-1) v / j) by (C) stands for v^j / j!. Its error d_j >= 0 obeys d_j < d_(j-1) v/j
    # + 1 <= d_(j-1)/2 + 1, so that d_j < 2. The loop ends with a term 0, whose true value is below 2; from
    # there on the true terms at least halve: the rest is < 4. So s <= exp(v) < s + 2j + 4 in units.
    s, term, j = 1 << q, v, 1
    while term:
        s += term
        j += 1
        term = (term * v >> q) // j
    # s >= 2^q, so that 0 <= log(exp(v)/s) < (2j + 4)/2^q. Squaring doubles this logarithm, and its floor
    # adds at most -log(1 - 2^-q) <= 2/2^q, because s stays >= 2^q. After h squarings: less than 2^h (2j +
    # 6)/2^q.
    for _ in range(h):
        s = s * s >> q
    # 2^h (2j + 6) / 2^q = (2j + 6)/2^g units of 2^-w, rounded up; and 2 units from t.
    return s, k - q, 3 + ((2 * j + 6) >> g)


# ---------------------------------------------------------------------- log


def log(x: Ball) -> Ball:
    """The natural logarithm, to `prec` significant bits also near 1.

    DomainError if x <= 0 throughout, UndecidedDomain if x may be <= 0.
    """
    m, r, e, prec = x.m, x.r, x.e, x.prec
    if m - r <= 0:
        if m + r <= 0:
            raise DomainError("the logarithm needs a positive argument")
        raise UndecidedDomain(f"the argument {x} of the logarithm may be <= 0; ask with more digits")
    if r << 4 > m:
        # The width is absolute: 64 bits beyond those of the exponent's own share.
        few = min(prec, 64 + (m.bit_length() + e).bit_length())
        return hull(log(unrounded(m - r, 0, e, few)), log(unrounded(m + r, 0, e, few)), prec)
    # x = 2^n g with g = m / 2^b between 0.7 and 1.41 (0.703125 = 45/64)
    b = m.bit_length()
    if shifted(m, 6 - b) < 45:
        b -= 1
    n = e + b
    # With n = 0 the logarithm is about g - 1, which costs `lost` leading bits: |g - 1| < 2^-lost.
    lost = 0 if n else b - (m - (1 << b)).bit_length()
    w = prec + lost
    if r:
        # R/x < 2^-spread: more absolute bits than that, and 32, would be drowned by the radius.
        spread = b - 1 - r.bit_length()
        w = min(w, spread + 32)
    w += 8
    # g 2^w is rounded down by less than 1 unit, and log'(g) <= 1/0.7: 2 units.
    y, z = _log_fixed(shifted(m, w - b), w)
    z += 2
    if n:
        # |L - ln 2 · 2^(w+c)| <= 1 and |n| < 2^c: less than 1 unit, and the floor another
        c = n.bit_length()
        y += n * ln2_fixed(w + c) >> c
        z += 2
    if r:
        # |log(1 ± u)| <= u + u^2 for u = r/m <= 1/16, rounded up
        u = (r << w) // m + 1
        z += u + (u * u >> w) + 1
    elif not n and m == 1 << b:
        return enclose(0, 0, 0, prec)
    return enclose(y, z, -w, prec)


def _log_fixed(g: int, w: int) -> tuple[int, int]:
    """(L) y, z with |2^w log(g · 2^-w) - y| <= z, for g · 2^-w between 0.7 and 1.42."""
    one = 1 << w
    if abs(g - one) >> (w - w // 4 - 2) == 0:
        # y = 0 is near enough: |d| < 2^-(w/4 + 1)
        y, z, d = 0, 0, g - one
    else:
        # Any y serves: (E) gives s 2^a with |log(s 2^a) - y| <= z 2^-(w+4), and d = g/(s 2^a) - 1 is taken
        # against that very number.
        y, f = _log_start(g, w)
        s, a, z = _exp_point(y, f, w + 4)
        y, z = shifted(y, f + w), (z >> 4) + 2  # one for rounding z up, one for y's floor
        # g 2^-w / (s 2^a) - 1 = (g 2^-(w+a) - s) / s, where -(w + a) > 0; the floor costs 1 unit of d
        d = (((g << -(w + a)) - s) << w) // s
    size = abs(d) + 1
    if size > one >> 2:
        raise RefimplError("the logarithm's first approximation is not near")
    # log(1 + d) = d - d^2/2 + d^3/3 - R, |R| <= d^4 / (4 (1 - |d|)) <= d^4/2 for |d| <= 1/4. In units: d is
    # wrong by < 1, times log' <= 1/(1 - 1/4): < 1.34; d^2/2 is short by < 1 by (C); in d^3/3 the square is
    # short by < 1, times |d|/3 <= 1/12, and the floor of the quotient by < 1 by (C): < 1.1. Together less
    # than 4.
    square = d * d >> w
    y += d - (square >> 1) + (square * d >> w) // 3
    fourth = (size * size >> w) + 1
    fourth = (fourth * fourth >> w) + 1
    return y, z + 5 + (fourth >> 1)


def _log_start(g: int, w: int) -> tuple[int, int]:
    """y, f with y · 2^f near log(g · 2^-w), about a quarter of w bits; nothing is proven about it.

    Integers even here: a platform's own logarithm would make the last bits of a ball depend on the machine.
    """
    if w <= 208:
        # log g = 2 atanh t, t = (g - 1)/(g + 1) with |t| < 0.18: thirteen terms have 60 bits
        g, one = shifted(g, 60 - w), 1 << 60
        power = y = t = ((g - one) << 60) // (g + one)
        t = t * t >> 60
        for n in range(3, 27, 2):
            power = power * t >> 60
            y += power // n
        return y, -59
    few = w // 4 + 16
    return _log_fixed(g >> (w - few), few)[0], -few


# ---------------------------------------------------------------------- sqrt


def sqrt(x: Ball) -> Ball:
    """The square root, exact for exact squares.

    DomainError if x < 0 throughout, UndecidedDomain if x may be < 0.
    """
    m, r, e, prec = x.m, x.r, x.e, x.prec
    if m - r < 0:
        if m + r < 0:
            raise DomainError("the square root needs an argument >= 0")
        raise UndecidedDomain(f"the argument {x} of the square root may be < 0; ask with more digits")
    if not m:
        return enclose(0, 0, 0, prec)
    if r << 20 > m:
        few = min(prec, 64)
        return hull(sqrt(unrounded(m - r, 0, e, few)), sqrt(unrounded(m + r, 0, e, few)), prec)
    # M = m 2^k with k + e's parity even and 2 prec + 2 or more bits: the root has prec + 1 or more.
    k = max(0, 2 * prec + 2 - m.bit_length())
    k += (e - k) % 2
    m <<= k
    root = math.isqrt(m)
    if not r:
        return enclose(root, 0 if root * root == m else 1, (e - k) // 2, prec)
    # |a| / (sqrt(M + a) + sqrt M) with |a| <= r 2^k <= M/2^20: sqrt(M + a) >= (1 - 2^-20) sqrt M, so that
    # the sum is at least 2 root - root/2^20. The quotient is rounded up, and isqrt's floor costs 1 more.
    return enclose(root, (r << k) // (2 * root - (root >> 20) - 1) + 2, (e - k) // 2, prec)
