"""Clusters and components of an answer matched with those of an outcome, and what an answer implies by itself."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations

from refimpl.certify import lloyd, medians
from refimpl.certify.medoids import Medoids
from refimpl.dbscan import NOISE
from refimpl.numbers import rounded
from refimpl.oracle import trees, values
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.reading import Exact, Reading
from refimpl.oracle.tasks import TASKS, Output
from refimpl.oracle.values import Rows

MOST_COMPONENTS = 6
"""All orders of so many components can be looked at."""


def matched(case: Case, outcome: Numbers, outputs: Sequence[Output], reading: Reading) -> Reading | None:
    """Return the answer with its clusters numbered as in the outcome, or None where the labels differ.

    Clusters are renumbered only where the task allows it, and by the labels alone; those without points keep
    their order, and noise is no cluster. Medoids are indices of points, which nobody may renumber.
    """
    if "parents" in reading and "parents" in outcome:
        return trees.matched(outcome, reading)
    found = reading
    for output in outputs:
        if output.kind != "labels":
            continue
        answered, right = _labels(found[output.name]), values.wholes(outcome[output.name], output.name)
        if answered == right:
            continue
        places = case.input.get("centers", case.input.get("medoids"))
        k = len(places) if isinstance(places, list) else len(answered) + 1
        renumbers = TASKS[case.task].matched and output.name == "labels"
        order = _renumbering(answered, right, k) if renumbers else None
        if order is None:
            return None
        found = {**found, output.name: [order[label] for label in answered]}
        for name in ("centers", "medoids"):
            rows = reading.get(name)
            if isinstance(rows, list):
                found[name] = [rows[old] for old in sorted(range(k), key=lambda label: order[label])]
    return found


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
    """Return old -> new for all k labels, or None where the partitions differ; the label of noise stays."""
    order = {NOISE: NOISE} if NOISE in right else {}
    for a, r in zip(answered, right, strict=True):
        if not (0 <= a < k or a in order) or order.setdefault(a, r) != r:
            return None
    if len(set(order.values())) < len(order):
        return None
    free = (label for label in range(k) if label not in order.values())
    return {**order, **{label: next(free) for label in range(k) if label not in order}}


def moved_empty(case: Case, reading: Reading) -> Reading | None:
    """Return the answer with the centers of empty clusters where a rule that keeps them has them, None without such."""
    assert case.expected is not None
    empty, centers, right = _empty(case, reading), reading.get("centers"), case.expected.get("centers")
    if not empty or not isinstance(centers, list) or right is None:
        return None
    kept = values.rows(right, "centers")
    return {**reading, "centers": [list(kept[k]) if k in empty else c for k, c in enumerate(centers)]}


def moved_medians(case: Case, reading: Reading) -> Reading | None:
    """Return the answer with the midpoint for every center of K-medians that costs as much, None where it has them all.

    So it does between the two in the middle of an even number of entries.
    """
    centers, labels = reading.get("centers"), reading.get("labels")
    if case.task != "kmedians.run" or not isinstance(centers, list) or not isinstance(labels, list):
        return None
    points = values.rows(case.input["points"], "points")
    groups = lloyd.groups(points, _labels(labels), len(centers))
    moved = [
        [
            (low + high) / 2 if low <= c <= high else c
            for c, (low, high) in zip(row, medians.middles(group), strict=True)
        ]
        if group
        else row
        for row, group in zip(_rows(centers), groups, strict=True)
    ]
    return None if moved == centers else {**reading, "centers": [list(row) for row in moved]}


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
    if "parents" in outcome and "parents" in reading:
        return trees.difference(outcome, reading)
    for output in outputs:
        if output.kind == "labels":
            answered, right = _labels(reading[output.name]), values.wholes(outcome[output.name], output.name)
            wrong = [n for n, (a, r) in enumerate(zip(answered, right, strict=True)) if a != r]
            if not wrong:
                continue
            n, what = wrong[0], output.name
            return f"{what}[{n}] is {answered[n]}, where {right[n]} is right ({len(wrong)} of {len(right)} differ)"
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
    """Return what is wrong with an answer by its own account: J is not that of its labels and centers, or medoids."""
    name, what = ("cost" if "cost" in reading else "distortion"), ("medoids" if "medoids" in reading else "centers")
    j, places = reading.get(name), reading.get(what)
    if "labels" not in reading or not isinstance(places, list) or not isinstance(j, Fraction):
        return ""
    if wrong := outside(reading, len(places)):
        return wrong
    labels = _labels(reading["labels"])
    if what == "medoids":
        v, medoids = values.rows(case.input["dissimilarity"], "dissimilarity"), tuple(_labels(places))
        for k, m in enumerate(medoids):
            if not 0 <= m < len(v):
                return f"medoids[{k}] is {m}, which is no index below {len(v)}"
        implied, scale = Medoids(v, medoids).cost(labels, medoids), values.largest(v)
    else:
        points, centers = values.rows(case.input["points"], "points"), _rows(places)
        if name == "cost":
            rows = tuple(map(tuple, centers))
            implied, scale = medians.Medians(points, rows).cost(labels, rows), values.largest(points)
        else:
            implied, scale = lloyd.distortion(points, labels, centers), values.largest(points) ** 2
    if abs(j - implied) > Fraction(10) ** -int(digits) * max(implied, scale):
        return f"{name} is {rounded(j, 6)}, but that of its own labels and {what} is {rounded(implied, 6)}"
    return ""


def _labels(exact: Exact) -> list[int]:
    assert isinstance(exact, list)
    return [label for label in exact if isinstance(label, int)]


def _rows(exact: Exact) -> Rows:
    assert isinstance(exact, list)
    return [[x for x in row if isinstance(x, Fraction)] for row in exact if isinstance(row, list)]
