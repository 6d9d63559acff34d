"""The margin by which a nearest center was nearest, and what binary64 can see of it.

Notation: point x, its nearest center a, a rival center b; u = 2^-53.

    1. gap        g = |x - b|^2 - |x - a|^2 = sum_d (b - a)_d (a + b - 2x)_d               (G1)
    2. scale      s = sum over the inputs v of |dg/dv| |v|: relative changes of u in the   (G2)
                  inputs change g by u s, to first order
    3. relative   g / s; 0 is a tie                                                        (G3)
    4. seen       binary64 sees the decision if (G1) is evaluated without any rounding by
                  the textbook sum_d (x_d - c_d)^2, or if g >= 100 u s, two digits above
                  what backward-stable arithmetic may confuse                              (G4)

(G1) is not the formula by which `kmeans` chooses, so it serves to check the choice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from refimpl import linear

Row = Sequence[Fraction]
Rows = Sequence[Row]

LEAST_SEEN = Fraction(100, 2**53)
"""The least relative margin that rounded binary64 arithmetic is expected to see."""


@dataclass(frozen=True)
class Margin:
    """One decision and its closest rival."""

    point: int
    """Index of the point."""
    label: int
    """The center that was chosen."""
    rival: int
    """The center that came closest to being chosen instead."""
    gap: Fraction
    """g of (G1), exact, in the squared unit of the points."""
    relative: Fraction
    """g / s of (G3)."""


@dataclass(frozen=True)
class Choice:
    """What may become of one point."""

    label: int
    """The nearest center, lowest index on a tie."""
    ties: list[int]
    """Centers at exactly the same distance; binary64 sees the tie."""
    unseen: list[int]
    """Centers that binary64 cannot tell from the nearest one, ties included."""
    margin: Margin | None
    """The smallest of the margins; None where there is one center only."""


def gap(x: Row, a: Row, b: Row) -> Fraction:
    """Return |x - b|^2 - |x - a|^2."""
    # |x-b|^2 - |x-a|^2 = ((x-b) - (x-a)) . ((x-b) + (x-a)) = (a-b) . (2x-a-b)             (G1)
    return linear.total((q - p) * (p + q - 2 * z) for z, p, q in zip(x, a, b, strict=True))


def scale(x: Row, a: Row, b: Row, size_a: Row, size_b: Row) -> Fraction:
    """Return s of (G2); size_a bounds sum |da/dv| |v| over the inputs v that a depends on, and so for b.

    For a center that is an input the size is |a|; for a mean it is the mean of the |x_n| in its cluster.
    """
    # dg/dx = 2(a - b), dg/da = 2(x - a), dg/db = -2(x - b)       (G2)
    terms = zip(x, a, b, size_a, size_b, strict=True)
    return linear.total(2 * (abs(p - q) * abs(z) + abs(z - p) * sp + abs(z - q) * sq) for z, p, q, sp, sq in terms)


def choices(points: Rows, centers: Rows, sizes: Rows) -> list[Choice]:
    """Return the choice of every point; sizes is the K x D matrix of the sizes of `scale`."""
    # Both g and s are of degree 2: on integers they are L^2 times as large, and their quotient is the same.
    (points, centers, sizes), unit = linear.cleared(points, centers, sizes)
    return [_choice(n, x, centers, sizes, unit) for n, x in enumerate(points)]


def _choice(n: int, x: Row, centers: Rows, sizes: Rows, unit: int) -> Choice:
    return decided(
        n,
        range(len(centers)),
        lambda a, b: gap(x, centers[a], centers[b]),
        lambda a, b: scale(x, centers[a], centers[b], sizes[a], sizes[b]),
        lambda k: exact_in_binary64(_over(x, unit), _over(centers[k], unit)),
        unit * unit,
    )


def decided(
    index: int,
    candidates: Sequence[int],
    gap: Callable[[int, int], Fraction],
    scale: Callable[[int, int], Fraction],
    exact: Callable[[int], bool],
    unit: int = 1,
) -> Choice:
    """Return which of the candidates is chosen, the first of those that are best, by gaps of each pair.

    index: of what chooses; gap, scale: of a candidate and its rival, `unit` times as large as they are; exact: whether
    binary64 evaluates a candidate without any rounding.
    """
    label = candidates[0]
    for k in candidates[1:]:
        if gap(label, k) < 0:
            label = k
    margins, ties, unseen = [], [], []
    for k in candidates:
        if k == label:
            continue
        g, s = gap(label, k), scale(label, k)
        relative = linear.quotient(g, s) if g else Fraction(0)
        margins.append(Margin(index, label, k, linear.quotient(g, unit), relative))
        if margins[-1].relative >= LEAST_SEEN:
            continue
        # Here s = 0 only if g = 0. The margin is too small for rounded arithmetic.        (G4)
        if not (exact(label) and exact(k)):
            unseen.append(k)
        elif g == 0:
            ties.append(k)
    smallest = min(margins, key=lambda margin: margin.relative, default=None)
    return Choice(label, ties, unseen, smallest)


def _over(row: Row, unit: int) -> Row:
    return [Fraction(x, unit) for x in row]


def exact_in_binary64(x: Row, c: Row) -> bool:
    """Return whether sum_d (x_d - c_d)^2, summed in order, is free of rounding in binary64."""
    partial = Fraction(0)
    for a, b in zip(x, c, strict=True):
        partial += (a - b) ** 2
        if not all(map(is_binary64, (a, b, a - b, (a - b) ** 2, partial))):
            return False
    return True


def is_binary64(value: Fraction) -> bool:
    """Return whether a binary64 number equals the value."""
    try:
        return Fraction(float(value)) == value
    except OverflowError:
        return False
