"""The clusterings of DBSCAN that binary64 may find, from expanded squares and chains of core points.

Notation as in `dbscan`; g = |x_n - x_m|^2 - eps^2, u = 2^-53.

    1. square    |x - y|^2 = x.x + y.y - 2 x.y, in integers over one denominator              (V1)
    2. size      s = 2 sum |x - y| (|x| + |y|) + 2 eps^2: relative changes of u in points     (V2)
                 and radius change g by at most u s
    3. open      |g| / s < LEAST_SEEN, but for a tie that binary64 sees because neither the   (V3)
                 squares nor their sum, which is eps^2, have to be rounded: a program may find
                 either
    4. clusters  core points that chains connect, by merging sets; a border point has as      (V4)
                 many labels as there are clusters with a core point near it, whatever other
                 border points have: some programs ask for the nearest core point

The room walks along chains, from differences that are squared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod

from refimpl import linear
from refimpl.certify.margin import LEAST_SEEN, Rows, exact_in_binary64
from refimpl.errors import Unsupported

MOST_LABELLINGS = 64
"""A case with more branches than this could not be read by anybody, and is not made."""

Pair = tuple[int, int]


@dataclass(frozen=True)
class Near:
    """What is known of all pairs of points."""

    sure: list[Pair]
    """n < m, neighbours that are no open pairs."""
    open: list[Pair]
    """n < m, pairs that binary64 cannot tell to be neighbours or not."""
    within: list[Pair]
    """Those of the open pairs that are neighbours."""
    closest: tuple[Fraction, Pair] | None
    """The least |g| / s, and its pair; None of a single point."""


@dataclass(frozen=True)
class Labelling:
    """One result."""

    labels: list[int]
    core: list[int]
    """0 or 1."""


def near(points: Rows, eps: Fraction) -> Near:
    """Return what is known of all pairs of points."""
    (rows, ((radius,),)), _ = linear.cleared(points, [[eps]])
    integers = [[int(x) for x in row] for row in rows]
    own = [linear.integer_dot(x, x) for x in integers]
    bound = int(radius) ** 2
    sure: list[Pair] = []
    unseen: list[Pair] = []
    within: list[Pair] = []
    closest: tuple[Fraction, Pair] | None = None
    for n, x in enumerate(integers):
        for m in range(n + 1, len(integers)):
            y = integers[m]
            g = own[n] + own[m] - 2 * linear.integer_dot(x, y) - bound  # (V1)
            s = 2 * sum(abs(a - b) * (abs(a) + abs(b)) for a, b in zip(x, y, strict=True)) + 2 * bound  # (V2)
            relative = Fraction(abs(g), s) if g else Fraction(0)
            if closest is None or relative < closest[0]:
                closest = relative, (n, m)
            seen = relative >= LEAST_SEEN or (g == 0 and exact_in_binary64(points[n], points[m]))  # (V3)
            if not seen:
                unseen.append((n, m))
            if g <= 0:
                (sure if seen else within).append((n, m))
    return Near(sure, unseen, within, closest)


def admissible(pairs: Near, n: int, least: int) -> list[Labelling]:
    """Return every labelling of n points, the true one with border points in the lowest cluster first."""
    found: list[Labelling] = []
    for kept in subsets(pairs):
        for labelling in _labellings([*pairs.sure, *kept], n, least):
            if labelling not in found:
                found.append(labelling)
    if len(found) > MOST_LABELLINGS:
        raise Unsupported(f"ties admit {len(found)} labellings; give data with at most {MOST_LABELLINGS}")
    return found


def subsets(pairs: Near) -> list[list[Pair]]:
    """Return the subsets of open pairs that may be taken for neighbours, the true one first. Raises Unsupported."""
    if 2 ** len(pairs.open) > MOST_LABELLINGS:
        raise Unsupported(f"{len(pairs.open)} pairs are nearly eps apart; give data with fewer near ties")
    kept = [
        [p for p, take in zip(pairs.open, bits, strict=True) if take]
        for bits in product((1, 0), repeat=len(pairs.open))
    ]
    return [pairs.within, *(subset for subset in kept if subset != pairs.within)]


def _labellings(neighbours: Sequence[Pair], n: int, least: int) -> Iterator[Labelling]:
    """Yield the labellings of certain neighbours.  (V4)"""
    counts = [1] * n
    for pair in neighbours:
        for i in pair:
            counts[i] += 1
    core = [count >= least for count in counts]
    group = list(range(n))
    for a, b in neighbours:
        if core[a] and core[b] and group[a] != group[b]:
            low, high = sorted((group[a], group[b]))
            group = [low if g == high else g for g in group]
    # a group is named by its first core point, because no border point joins one
    names = sorted({group[i] for i in range(n) if core[i]})
    choices: list[list[int]] = []
    for i in range(n):
        beside = [b if a == i else a for a, b in neighbours if i in (a, b)]
        choices.append(
            [names.index(group[i])] if core[i] else sorted({names.index(group[j]) for j in beside if core[j]}) or [-1]
        )
    if prod(map(len, choices)) > MOST_LABELLINGS:
        raise Unsupported(f"border points admit more than {MOST_LABELLINGS} labellings; give other data")
    for labels in product(*choices):
        yield Labelling(list(labels), [int(c) for c in core])
