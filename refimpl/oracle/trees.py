"""The tree of a linkage.fit answer held against that of an outcome, whatever the order of merges of equal height.

Notation: N items, numbered 0 to N-1; merge t makes the cluster N + t; parents[i] is the cluster into which i is merged.

    1. clusters   the items of every cluster; of each i < 2N - 2, parents[i] > i, and every cluster has two parts  (B1)
    2. same tree  the answer has the clusters that the outcome has; merge t of the answer is merge s(t) of it      (B2)
    3. heights    that of merge t is held against h_t, for heights ascend, and against h_s(t), which is the height (B3)
                  of this cluster: the worse of the two is judged

So an order that differs among merges of equal height, or of heights that binary64 cannot tell apart, costs nothing, and
any other order costs digits.
"""

from collections.abc import Sequence
from fractions import Fraction

from refimpl.oracle import values
from refimpl.oracle.case import Numbers
from refimpl.oracle.reading import Reading


def clusters(parents: Sequence[int]) -> list[frozenset[int]] | str:
    """Return the items of the clusters that merges make, or what is wrong with the parents.  (B1)"""
    n = len(parents) // 2 + 1
    members = [frozenset([i]) if i < n else frozenset() for i in range(2 * n - 1)]
    for i, parent in enumerate(parents):
        if not max(n, i + 1) <= parent < 2 * n - 1:
            return f"parents[{i}] is {parent}, which is no later cluster"
    for i, parent in enumerate(parents):
        if parents.count(parent) != 2:
            return f"parents[{i}] is {parent}, which {parents.count(parent)} clusters are merged into in place of two"
        members[parent] |= members[i]
    return members[n:]


def matched(outcome: Numbers, reading: Reading) -> Reading | None:
    """Return the answer with merges in the order of the outcome, or None where the trees differ."""
    answered, right = clusters(_parents(reading)), clusters(values.wholes(outcome["parents"], "parents"))
    if isinstance(answered, str) or isinstance(right, str) or set(answered) != set(right):
        return None
    found: Reading = {**reading, "parents": [*values.wholes(outcome["parents"], "parents")]}
    told = reading.get("heights")
    if isinstance(told, list):
        heights = [height for height in told if isinstance(height, Fraction)]
        placed = zip(heights, (heights[answered.index(cluster)] for cluster in right), strict=True)
        truth = values.row(outcome["heights"], "heights")
        # the worse of the two                                                              (B3)
        found["heights"] = [
            here if abs(here - h) > abs(own - h) else own for (here, own), h in zip(placed, truth, strict=True)
        ]
    return found


def difference(outcome: Numbers, reading: Reading) -> str:
    """Return a sentence about the first cluster that the outcome does not have."""
    answered, right = clusters(_parents(reading)), clusters(values.wholes(outcome["parents"], "parents"))
    if isinstance(answered, str):
        return answered
    t, strange = next((t, c) for t, c in enumerate(answered) if c not in right)
    return f"merge {t} makes a cluster of {_named(strange)}, which no tree of nearest pairs has"


def _named(items: frozenset[int]) -> str:
    """Return the items, the first few of many."""
    named = [str(i) for i in sorted(items)]
    return ", ".join(named) if len(named) <= 6 else f"{', '.join(named[:5])} and {len(named) - 5} more"


def _parents(reading: Reading) -> list[int]:
    told = reading["parents"]
    return [parent for parent in told if isinstance(parent, int)] if isinstance(told, list) else []
