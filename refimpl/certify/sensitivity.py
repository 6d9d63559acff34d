"""How many digits a backward-stable binary64 implementation can be asked for.

Notation: f a result, v the inputs, u = 2^-53, S = sum_v |df/dv| |v|.

Changing every input by a relative u, which is what rounding the input does, changes f by u S to first order;
a backward-stable method does no worse than a small multiple of that. So the digits that can be asked for are

    attainable = -log10(u max(S / |f|, 1)), at most 15.95 = -log10 u                       (A1)

and of an array the least of its entries. Where f = 0 its place is taken by the largest entry of the array, and
where all are 0 by the largest input, raised to the power with which f scales. Below 2^-1022 binary64 keeps fewer digits
the smaller a number is; there |f| is taken to be 2^-1022.

S is a tolerance, not a truth: it is computed exactly where it is rational, and for EM from difference
quotients with a relative step of 2^-100, so that 30 of its digits are right. Two are used.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from refimpl.certify.margin import Rows
from refimpl.numbers import ball

UNIT = Fraction(1, 2**53)
"""u, the largest relative error of rounding to binary64."""

MOST = Fraction(1595, 100)
"""-log10 u, rounded down: the digits of a binary64 number."""

LEAST = Fraction(1, 2**1022)
"""The least normal number of binary64."""

NUDGE = Fraction(1, 2**100)
"""The relative step of difference quotients."""


def attainable(values: Sequence[Fraction], sizes: Sequence[Fraction], fallback: Fraction) -> Fraction:
    """Return the digits of (A1), rounded down to hundredths.

    values: the entries f of an array; sizes: their S; fallback: the scale where all entries are 0.
    """
    scale = max(map(abs, values)) or fallback or Fraction(1)
    known = (max(abs(value) or scale, LEAST) for value in values)
    worst = max((size / value for value, size in zip(known, sizes, strict=True)), default=0)
    if worst <= 1:
        return MOST
    return max(Fraction(0), min(MOST, digits_of(UNIT * worst)))


def digits_of(error: Fraction) -> Fraction:
    """Return -log10 of a positive relative error, rounded down to hundredths."""
    numbers = ball(40)
    return Fraction((-numbers.log(numbers(error)) * 100 / numbers.log(numbers(10))).lower.__floor__(), 100)


def by_differences(
    results: Callable[[Sequence[Fraction]], Sequence[Fraction]], inputs: Sequence[Fraction]
) -> list[Fraction]:
    """Return S of every result, from one difference quotient for each input."""
    at = results(inputs)
    sizes = [Fraction(0)] * len(at)
    for i, v in enumerate(inputs):
        if v:
            nudged = results([*inputs[:i], v * (1 + NUDGE), *inputs[i + 1 :]])
            sizes = [s + abs(b - a) / NUDGE for s, a, b in zip(sizes, at, nudged, strict=True)]
    return sizes


def distortion(points: Rows, labels: Sequence[int], centers: Rows, center_sizes: Rows | None = None) -> Fraction:
    """Return S of J, or a bound on it; center_sizes is None where the centers are the clusters' means.

    dJ/dx = 2 (x - c), and at the mean dJ/dc = 0.
    """
    size = Fraction(0)
    for x, label in zip(points, labels, strict=True):
        for d, (a, c) in enumerate(zip(x, centers[label], strict=True)):
            reach = abs(a) + (center_sizes[label][d] if center_sizes else 0)
            size += 2 * abs(a - c) * reach
    return size


def covariance(xs: Sequence[Fraction], ys: Sequence[Fraction], divisor: int) -> Fraction:
    """Return S of a covariance: dc/dx_i = (y_i - E(Y)) / divisor, and the terms add up where X is Y."""
    mean_x, mean_y = sum(xs) / Fraction(len(xs)), sum(ys) / Fraction(len(ys))
    terms = (abs(x) * abs(y - mean_y) + abs(y) * abs(x - mean_x) for x, y in zip(xs, ys, strict=True))
    return sum(terms, Fraction(0)) / divisor


def correlation(xs: Sequence[Fraction], ys: Sequence[Fraction], r: Fraction) -> Fraction:
    """Return S of the correlation r: with e the standardised deviations, dr/dx_i = (e_y,i - r e_x,i) / (n sd_x)."""
    size = Fraction(0)
    for a, b in ((xs, ys), (ys, xs)):
        (sd, e), (_, other) = _standardised(a), _standardised(b)
        size += sum(abs(x) * abs(q - r * p) for x, p, q in zip(a, e, other, strict=True)) / (len(a) * sd)
    return size


def _standardised(xs: Sequence[Fraction]) -> tuple[Fraction, list[Fraction]]:
    mean = sum(xs, Fraction(0)) / len(xs)
    numbers = ball(40)
    sd = numbers.sqrt(numbers(sum((x - mean) ** 2 for x in xs) / len(xs))).mid
    return sd, [numbers((x - mean) / sd).mid for x in xs]


def seeding(points: Rows, chosen: Sequence[int]) -> list[Fraction]:
    """Return for each point a bound on S of its probability p_n = w_n / sum w, w_n = |x_n - c|^2.

    S(w) <= 2 sum_d |x_d - c_d| (|x_d| + |c_d|), and
    S(p) <= p (S(w)/w + sum S(w) / sum w) = (S(w) + p sum S(w)) / sum w.
    """
    weights, sizes = [], []
    for x in points:
        near = min((points[i] for i in chosen), key=lambda c: sum((a - b) ** 2 for a, b in zip(x, c, strict=True)))
        pairs = list(zip(x, near, strict=True))
        weights.append(sum(((a - b) ** 2 for a, b in pairs), Fraction(0)))
        sizes.append(sum((2 * abs(a - b) * (abs(a) + abs(b)) for a, b in pairs), Fraction(0)))
    mass, spread = sum(weights, Fraction(0)), sum(sizes, Fraction(0))
    return [(size + weight / mass * spread) / mass for weight, size in zip(weights, sizes, strict=True)]
