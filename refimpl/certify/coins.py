"""The EM map of two coins and its derivative, written another way than in `two_coins`.

Notation as in `two_coins`; a_n and b_n are the likelihoods of round n under coin A and coin B, a'_n and b'_n
their derivatives, F the map theta -> theta of one step, J its 2 x 2 derivative.

    a_n  = a^h (1-a)^t,   a'_n = h a^(h-1) (1-a)^t - t a^h (1-a)^(t-1)                     (D1)
    g_n  = a_n / (a_n + b_n), the textbook quotient                                        (D2)
    F_A  = sum g_n h_n / sum g_n (h_n + t_n), and F_B with 1 - g_n                         (D3)
    dg_n / da = a'_n b_n / (a_n + b_n)^2,   dg_n / db = -a_n b'_n / (a_n + b_n)^2          (D4)
    dF_A = (T_A dH_A - H_A dT_A) / (H_A + T_A)^2                                           (D5)
    ln p = ln prod_n (a_n + b_n) - N ln 2                                                  (D6)

Nothing divides by theta or by 1 - theta, so that boxes may touch the border of [0, 1]^2. On balls every
result encloses the truth; on Fractions it is exact.
"""

from collections.abc import Sequence
from typing import Generic, NamedTuple

from refimpl import linear
from refimpl.certify.krawczyk import Derivative, Map
from refimpl.errors import NoMass, Undefined
from refimpl.numbers import N, Numbers
from refimpl.two_coins import Rounds, Theta


class Image(NamedTuple, Generic[N]):
    """All that one step computes from theta."""

    responsibilities: list[N]
    """g, length N."""
    counts: tuple[tuple[N, N], tuple[N, N]]
    """((H_A, T_A), (H_B, T_B))."""
    theta: Theta[N]
    """F(theta)."""


def likelihood(p: N, heads: int, tails: int) -> N:
    """Return p^h (1-p)^t, with 0^0 = 1."""
    return p**heads * (1 - p) ** tails


def slope(p: N, heads: int, tails: int) -> N:
    """Return the derivative of the likelihood.  (D1)"""
    rise = p ** (heads - 1) * (1 - p) ** tails * heads if heads else p**0 - 1
    fall = p**heads * (1 - p) ** (tails - 1) * tails if tails else p**0 - 1
    return rise - fall


def image(rounds: Rounds, theta: Theta[N]) -> Image[N]:
    """Return responsibilities, counts and F(theta). Raises NoMass where a round is impossible."""
    g, rest = [], []
    for n, (h, t) in enumerate(rounds):
        a, b = (likelihood(p, h, t) for p in theta)
        if linear.equals(a + b, 0):
            raise NoMass(f"round {n} ({h} heads, {t} tails) is impossible under both coins")
        g.append(linear.quotient(a, a + b))
        rest.append(linear.quotient(b, a + b))
    counts = (_counts(rounds, g), _counts(rounds, rest))
    a, b = (
        kept if linear.equals(h + t, 0) else linear.quotient(h, h + t)
        for (h, t), kept in zip(counts, theta, strict=True)
    )
    return Image(g, counts, (a, b))


def jacobian(rounds: Rounds, theta: Theta[N]) -> list[list[N]]:
    """Return J = [[dF_A/da, dF_A/db], [dF_B/da, dF_B/db]]. Raises Undefined where a coin has no mass."""
    by_a, by_b = [], []
    for h, t in rounds:
        a, b = (likelihood(p, h, t) for p in theta)
        whole = (a + b) ** 2
        by_a.append(linear.quotient(slope(theta[0], h, t) * b, whole))
        by_b.append(linear.quotient(-(slope(theta[1], h, t) * a), whole))
    counts = image(rounds, theta).counts
    rows = []
    for (heads, tails), sign, coin in zip(counts, (1, -1), "AB", strict=True):
        if linear.equals(heads + tails, 0):
            raise Undefined(f"coin {coin} receives no toss, so that EM has no derivative here, and no rate")
        row = []
        for dg in (by_a, by_b):
            d_heads, d_tails = _counts(rounds, [share * sign for share in dg])
            # dF = (T dH - H dT) / (H + T)^2                                               (D5)
            row.append(linear.quotient(tails * d_heads - heads * d_tails, (heads + tails) ** 2))
        rows.append(row)
    return rows


def log_likelihood(rounds: Rounds, theta: Theta[N], numbers: Numbers[N]) -> N:
    """Return ln p, the logarithm of one product.  (D6)"""
    product = numbers(1)
    for h, t in rounds:
        a, b = (likelihood(p, h, t) for p in theta)
        product = product * (a + b)
    return numbers.log(product) - numbers.log(numbers(2)) * len(rounds.heads)


def maps(rounds: Rounds) -> tuple[Map, Derivative]:
    """Return F and J as functions of a box, as `krawczyk` takes them."""
    return lambda box: image(rounds, (box[0], box[1])).theta, lambda box: jacobian(rounds, (box[0], box[1]))


def _counts(rounds: Rounds, shares: Sequence[N]) -> tuple[N, N]:
    heads = linear.total(share * h for share, h in zip(shares, rounds.heads, strict=True))
    tails = linear.total(share * t for share, t in zip(shares, rounds.tails, strict=True))
    return heads, tails
