"""Which cases apply to a peer: where its conventions or its precision leave nothing that could be right or wrong."""

import ctypes
from collections.abc import Iterator
from fractions import Fraction

from refimpl.certify import lloyd, medians
from refimpl.oracle import values
from refimpl.oracle.case import Case
from refimpl.oracle.certificates import (
    Closest,
    Comparisons,
    Margin,
    MedianPaths,
    MedoidMargin,
    MedoidPaths,
    Runs,
    Sweep,
)
from refimpl.oracle.peers.peer import Hello
from refimpl.oracle.tasks import TASKS

LEAST_32, MOST_32 = Fraction(1, 2**126), Fraction(2) ** 127
"""The range in which binary32 squares numbers."""

LOST_32 = 8.75
"""Digits that binary32 has less than binary64."""

SEEN_32 = Fraction(100, 2**24)
"""The least relative margin that binary32 is expected to see; see `certify.margin`."""


def out_of_reach(case: Case, hello: Hello) -> str:
    """Return why a peer that computes in binary32 cannot answer a case; else ""."""
    if hello.precision != "binary32":
        return ""
    largest = scale(case, 2)
    if largest and not LEAST_32 <= largest <= MOST_32:
        return "squares of its data are out of the range of binary32"
    if case.task == "pca.fit":
        points = values.rows(case.input["points"], "points")
        if len({tuple(ctypes.c_float(float(x)).value for x in row) for row in points}) == 1:
            return "its points are all equal in binary32"
    outputs = TASKS[case.task].outputs
    for output in outputs:
        if output.kind == "numbers" and any(0 < x < LEAST_32 for x in _moduli((case.expected or {}).get(output.name))):
            return f"an entry of {output.name} is below the range of binary32"
    if all(output.kind == "numbers" and float(case.attainable[output.name]) <= LOST_32 for output in outputs):
        return "no digit of any result is attainable in binary32"
    return ""


def _moduli(tree: object) -> Iterator[Fraction]:
    if isinstance(tree, list):
        for entry in tree:
            yield from _moduli(entry)
    elif tree is not None:
        yield abs(values.number(tree, "expected"))


def other_divisor(case: Case, hello: Hello) -> bool:
    """Return whether the case is refused for its ddof, which the peer does not look at."""
    if "ddof" not in case.params or hello.conventions.get("divisor", "asked") == "asked":
        return False
    points = case.input["points"]
    return isinstance(points, list) and not 0 <= values.whole(case.params["ddof"], "ddof") < len(points)


def other_empty_rule(case: Case, hello: Hello) -> str:
    """Return the peer's rule for empty clusters where one is empty on the way and it does not keep the center."""
    rule = hello.conventions.get("empty", "keep")
    places = case.input.get("centers", case.input.get("medoids"))
    if rule == "keep" or not isinstance(places, list):
        return ""
    labellings = [values.wholes(case.input["labels"], "labels")] if "labels" in case.input else []
    labellings += _labellings(case)
    return rule if any(len(set(labels)) < len(places) for labels in labellings) else ""


def _labellings(case: Case) -> list[list[int]]:
    """Return the labels of every step of every admissible run."""
    if not isinstance(case.certificate, Runs):
        return []
    return [step.labels for path in case.certificate.paths for step in path]


def other_median(case: Case, hello: Hello) -> bool:
    """Return whether an even number of entries has two in its middle on the way, whose midpoint the peer does not take.

    Any number between the two costs the same, but the next labels may be others.
    """
    moves = case.params.get("iterations") not in (0, "0")
    declared = hello.conventions.get("median", "midpoint")
    if declared == "midpoint" or not moves or not isinstance(case.certificate, MedianPaths):
        return False
    points, k = values.rows(case.input["points"], "points"), len(values.rows(case.input["centers"], "centers"))
    groups = (group for labels in _labellings(case) for group in lloyd.groups(points, labels, k))
    return any(low < high for group in groups for low, high in medians.middles(group))


def closest(case: Case) -> Margin | MedoidMargin | Closest | None:
    """Return the margin of the closest decision of a case; None where nothing was decided."""
    proof = case.certificate
    margins: list[Margin | MedoidMargin | Closest] = []
    if isinstance(proof, Runs | Comparisons) and proof.margin is not None:
        margins.append(proof.margin)
    if isinstance(proof, Sweep):
        margins += [run.margin for run in proof.runs if run.margin is not None]
    if isinstance(proof, MedoidPaths) and proof.medoid_margin is not None:
        margins.append(proof.medoid_margin)
    return min(margins, key=lambda margin: values.number(margin.relative, "margin"), default=None)


def unseen(hello: Hello, margin: Margin | MedoidMargin | Closest) -> bool:
    """Return whether the closest decision of a case is closer than the peer's precision can see."""
    return hello.precision == "binary32" and values.number(margin.relative, "margin") < SEEN_32


def scale(case: Case, degree: int) -> Fraction:
    """Return the scale of an error where every truth is 0: the largest modulus of the data, as the result scales."""
    for name in ("points", "matrix", "dissimilarity", "weights"):
        data = case.input.get(name)
        if isinstance(data, list) and data and isinstance(data[0], list):  # the weights of a mixture are a row
            return max(_moduli(data), default=Fraction(1)) ** degree
    return Fraction(1)
