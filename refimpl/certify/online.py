"""An online K-means run held against the closed form of its centers, point by point.

Notation as in `kmeans_online`. The center that a point met is a function of the points that this center had
received (`identities.online_center`), so no state has to be carried along or trusted.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from refimpl.certify.identities import online_center
from refimpl.certify.lloyd import Decision, absolute, closer
from refimpl.certify.margin import Row, Rows, choices
from refimpl.errors import Refuted


def check(
    points: Rows, start: Rows, labels: Sequence[int], rate: Fraction | None
) -> tuple[Decision | None, list[list[Fraction]], list[list[Fraction]]]:
    """Return the closest decision, the last centers and their sizes S. rate None is 1/n.

    Raises Refuted unless every label is that of the one nearest center; ties have no place in a golden case,
    because each would need a branch of its own.
    """
    received: list[list[Row]] = [[] for _ in start]
    centers, sizes = [list(c) for c in start], absolute(start)
    closest: Decision | None = None
    for n, (x, label) in enumerate(zip(points, labels, strict=True)):
        (choice,) = choices([x], centers, sizes)
        if choice.label != label:
            raise Refuted(f"labels[{n}] is {label}, but center {choice.label} is nearer")
        if choice.ties or choice.unseen:
            raise Refuted(f"points[{n}] is a tie; choose points that one center is nearest to")
        if choice.margin:
            closest = closer(closest, n + 1, [replace(choice, margin=replace(choice.margin, point=n))])
        received[label].append(x)
        old, eta = centers[label], rate
        centers[label] = online_center(start[label], received[label], rate)
        # c' = (1 - eta) c + eta x, so S' = (1 - eta) S + eta |x|, and + |x - c| eta where eta is an input
        if eta is None:
            eta = Fraction(1, len(received[label]))
        sizes[label] = [
            (1 - eta) * s + eta * abs(a) + (0 if rate is None else eta * abs(a - c))
            for s, a, c in zip(sizes[label], x, old, strict=True)
        ]
    return closest, centers, sizes
