"""Clusters and components of an answer matched with those of an outcome, and what an answer implies by itself."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations

from refimpl.certify import lloyd
from refimpl.numbers import rounded
from refimpl.oracle import values
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.reading import Exact, Reading
from refimpl.oracle.tasks import TASKS, Output
from refimpl.oracle.values import Rows

MOST_COMPONENTS = 6
"""All orders of so many components can be looked at."""


def matched(case: Case, outcome: Numbers, outputs: Sequence[Output], reading: Reading) -> Reading | None:
    """Return the answer with its clusters numbered as in the outcome, or None where the labels differ.

    Clusters are renumbered only where the task allows it, and by the labels alone; those without points keep
    their order.
    """
    for output in outputs:
        if output.kind != "labels":
            continue
        answered, right = _labels(reading[output.name]), values.wholes(outcome[output.name], output.name)
        if answered == right:
            continue
        k = len(values.rows(case.input["centers"], "centers")) if "centers" in case.input else 0
        order = _renumbering(answered, right, k) if TASKS[case.task].matched else None
        if order is None:
            return None
        renumbered = dict(reading)
        renumbered[output.name] = [order[label] for label in answered]
        centers = reading.get("centers")
        if isinstance(centers, list):
            renumbered["centers"] = [centers[old] for old in sorted(range(k), key=lambda label: order[label])]
        return renumbered
    return reading


def rearranged(case: Case, outcome: Numbers, reading: Reading) -> Reading | None:
    """Return the answer with the components of a mixture in the order that is nearest to the outcome's, if another.

    Only where the task allows it, and for at most MOST_COMPONENTS.
    """
    if not TASKS[case.task].matched or "weights" not in outcome:
        return None
    told = [name for name in ("weights", "means", "probabilities") if name in reading and name in outcome]
    answered, right = (_numbers([tree[name] for name in told]) for tree in (reading, outcome))
    k = len(right)
    if not told or k > MOST_COMPONENTS:
        return None
    costs = [[sum(abs(a - b) for a, b in zip(x, y, strict=True)) for y in right] for x in answered]
    order = min(permutations(range(k)), key=lambda order: sum(costs[old][new] for new, old in enumerate(order)))
    if order == tuple(range(k)):
        return None
    found = dict(reading)
    for permuted in ("weights", "means", "covariances", "probabilities"):
        if isinstance(rows := found.get(permuted), list):
            found[permuted] = [rows[old] for old in order]
    if isinstance(rows := found.get("responsibilities"), list):
        found["responsibilities"] = [[row[old] for old in order] for row in rows if isinstance(row, list)]
    return found


def _numbers(trees: Sequence[object]) -> list[list[Fraction]]:
    """Return what the results say of each component."""
    rows = zip(*(tree if isinstance(tree, list) else [] for tree in trees), strict=True)
    return [[values.number(str(x), "") for x in values.leaves(list(row))] for row in rows]


def _renumbering(answered: Sequence[int], right: Sequence[int], k: int) -> dict[int, int] | None:
    """Return old -> new for all k labels, or None where the partitions differ."""
    order: dict[int, int] = {}
    for a, r in zip(answered, right, strict=True):
        if not 0 <= a < k or order.setdefault(a, r) != r:
            return None
    if len(set(order.values())) < len(order):
        return None
    free = (label for label in range(k) if label not in order.values())
    return {label: order[label] if label in order else next(free) for label in range(k)}


def moved_empty(case: Case, reading: Reading) -> Reading | None:
    """Return the answer with the centers of empty clusters where a rule that keeps them has them, None without such."""
    assert case.expected is not None
    empty, centers, right = _empty(case, reading), reading.get("centers"), case.expected.get("centers")
    if not empty or not isinstance(centers, list) or right is None:
        return None
    kept = values.rows(right, "centers")
    return {**reading, "centers": [list(kept[k]) if k in empty else c for k, c in enumerate(centers)]}


def keeps_empty(case: Case, reading: Reading) -> bool:
    """Return whether the answer has an empty cluster whose center, other than 0, is the one that was kept."""
    kept, centers = moved_empty(case, reading), reading.get("centers")
    if kept is None or kept["centers"] != centers or not isinstance(centers, list):
        return False
    empty = _empty(case, reading)
    return any(any(row) for k, row in enumerate(centers) if k in empty and isinstance(row, list))


def _empty(case: Case, reading: Reading) -> set[int]:
    """Return the centers of an answer to which its labels, or else those of the input, give no point."""
    labels, centers = reading.get("labels", case.input.get("labels")), reading.get("centers")
    if not isinstance(labels, list) or not isinstance(centers, list):
        return set()
    return set(range(len(centers))) - {int(str(label)) for label in labels}


def difference(outcome: Numbers, outputs: Sequence[Output], reading: Reading) -> str:
    """Return a sentence about the first label that differs."""
    for output in outputs:
        if output.kind == "labels":
            answered, right = _labels(reading[output.name]), values.wholes(outcome[output.name], output.name)
            wrong = [n for n, (a, r) in enumerate(zip(answered, right, strict=True)) if a != r]
            n = wrong[0]
            return f"labels[{n}] is {answered[n]}, where {right[n]} is right ({len(wrong)} of {len(right)} differ)"
    return "no admissible outcome has these labels"


def labels_of(reading: Reading) -> list[int]:
    """Return the labels of an answer that has some."""
    return _labels(reading["labels"])


def outside(reading: Reading, k: int) -> str:
    """Return what is wrong with labels that are not indices below k."""
    for n, label in enumerate(_labels(reading["labels"])):
        if not 0 <= label < k:
            return f"labels[{n}] is {label}, which is no index below {k}"
    return ""


def inconsistency(case: Case, reading: Reading, digits: float) -> str:
    """Return what is wrong with a K-means answer by its own account: J is not that of its labels and centers."""
    j = reading.get("distortion")
    if "labels" not in reading or "centers" not in reading or not isinstance(j, Fraction):
        return ""
    points, labels, centers = (
        values.rows(case.input["points"], "points"),
        _labels(reading["labels"]),
        _rows(reading["centers"]),
    )
    if wrong := outside(reading, len(centers)):
        return wrong
    implied = lloyd.distortion(points, labels, centers)
    scale = values.largest(points) ** 2
    if abs(j - implied) > Fraction(10) ** -int(digits) * max(implied, scale):
        return f"distortion is {rounded(j, 6)}, but that of its own labels and centers is {rounded(implied, 6)}"
    return ""


def _labels(exact: Exact) -> list[int]:
    assert isinstance(exact, list)
    return [label for label in exact if isinstance(label, int)]


def _rows(exact: Exact) -> Rows:
    assert isinstance(exact, list)
    return [[x for x in row if isinstance(x, Fraction)] for row in exact if isinstance(row, list)]
