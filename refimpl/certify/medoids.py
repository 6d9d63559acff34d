"""K-medoids as comparisons of sums of dissimilarities, entry by entry; see `descent`.

Notation as in `kmedoids`: V is N x N, V_nm what point n makes of point m. A candidate is given by the entries that it
costs: one entry V_(n, m_k) for the label of point n, the entries V_nm over the members n for a medoid m.

    1. gap       g = sum of (rival's entry - own entry); 0 or more of every rival           (O1)
    2. scale     s = sum of the moduli of all these entries: changing each by a relative u changes g by u s  (O2)
    3. exact     binary64 adds the entries without rounding in any order: they are integers times a power of 2, and
                 their sum is at most 2^53 of it                                            (O3)
    4. descent   g of a label or a medoid is what it saves against its rival, so that no half-step raises J  (O4)

(O1) subtracts before it adds, which `kmedoids` does not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from refimpl import linear
from refimpl.certify.lloyd import Admission, Labels, branches
from refimpl.certify.margin import Choice, Row, Rows, decided, is_binary64


@dataclass(frozen=True)
class Medoids:
    """A table of dissimilarities and K starting medoids: a problem of `descent`."""

    v: Rows
    start: tuple[int, ...]

    def choices(self, before: Sequence[Labels], places: tuple[int, ...]) -> list[Choice]:
        """Return the label of every point.  (O1)"""
        return [_cheapest(n, {k: [row[m]] for k, m in enumerate(places)}) for n, row in enumerate(self.v)]

    def updates(
        self, labels: Labels, entered: tuple[int, ...]
    ) -> tuple[list[tuple[tuple[int, ...], Admission]], list[Choice]]:
        """Return the admissible medoids, and the choice of every cluster that has members.  (O1)"""
        clusters = {k: [n for n, label in enumerate(labels) if label == k] for k in sorted(set(labels))}
        found = [
            _cheapest(k, {m: [self.v[n][m] for n in members] for m in _candidates(members, entered[k])})
            for k, members in clusters.items()
        ]
        options = []
        for medoids, admission in branches(found):
            placed = dict(zip(clusters, medoids, strict=True))
            # a cluster without members keeps its medoid
            options.append((tuple(placed.get(k, m) for k, m in enumerate(entered)), admission))
        return options, found

    def cost(self, labels: Sequence[int], places: tuple[int, ...]) -> Fraction:
        """Return J, cluster by cluster."""
        return linear.total(
            linear.total([Fraction(0), *(self.v[n][m] for n, label in enumerate(labels) if label == k)])
            for k, m in enumerate(places)
        )


def _candidates(members: Sequence[int], entered: int) -> list[int]:
    """Return the members, and last the medoid that entered if it is none of them: it stays where all are dearer."""
    return [*members, *([] if entered in members else [entered])]


def _cheapest(index: int, entries: Mapping[int, Row]) -> Choice:
    return decided(
        index,
        list(entries),
        lambda a, b: linear.total(q - p for p, q in zip(entries[a], entries[b], strict=True)),
        lambda a, b: linear.total(abs(p) + abs(q) for p, q in zip(entries[a], entries[b], strict=True)),
        lambda k: exact_sum(entries[k]),
    )


def exact_sum(entries: Row) -> bool:
    """Return whether binary64 adds these numbers, 0 or more, without rounding in any order.  (O3)"""
    if not all(map(is_binary64, entries)):
        return False
    ((integers,),), _ = linear.cleared([entries])
    common = gcd(*(x.numerator for x in integers))
    unit = common & -common  # its power of 2: an odd factor takes bits of the sum
    return not unit or sum(x.numerator for x in integers) // unit <= 2**53
