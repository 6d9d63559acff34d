"""Attainable digits of kmedoids.run and kmedians.run.

J of medoids is a sum of entries of V, none of them below 0, so that S = J whatever V is.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from refimpl.certify import descent, medians, sensitivity
from refimpl.certify.descent import Step
from refimpl.certify.medians import Centers, Medians
from refimpl.oracle import descent_input, values
from refimpl.oracle.attainable.digits import Digits, of_rows
from refimpl.oracle.case import Case, Numbers, Variant
from refimpl.oracle.certificates import MedianPaths


def _medoids(case: Case, expected: Numbers) -> Digits:
    return {"cost": sensitivity.MOST}


def _medoids_alternatives(case: Case) -> list[dict[str, Digits]]:
    told = {"cost": sensitivity.MOST}
    return [{"labels=final": told, "objective=old": told} for _ in case.outcomes]


def _medians(case: Case, expected: Numbers) -> Digits:
    problem, paths, moves = _claimed(case)
    largest = values.largest(problem.points)
    found = []
    for path in paths:
        sizes, last = _sizes(problem, path, moves=moves), path[-1]
        j = _cost(problem, last.labels, last.places, None if moves else sizes)
        found.append((of_rows(last.places, sizes, largest), j))
    return {"centers": min(c for c, _ in found), "cost": min(j for _, j in found)}


def _medians_alternatives(case: Case) -> list[dict[str, Digits]]:
    """Return for each outcome the digits of J under other conventions, the least over the runs that end so."""
    problem, paths, moves = _claimed(case)

    def final(path: Sequence[Step[Centers]], variant: Variant) -> Fraction:
        labels = values.wholes(variant.result["labels"], "labels")
        return _cost(problem, labels, path[-1].places, _sizes(problem, path, moves=moves))

    def old(path: Sequence[Step[Centers]]) -> Fraction:
        sizes = _sizes(problem, path[:-1], moves=moves)
        return _cost(problem, path[-1].labels, descent_input.entered(problem, path), sizes)

    found = []
    for group, outcome in zip(descent.alike(paths), case.outcomes, strict=True):
        variants = outcome.alternatives.get("labels=final", [])
        finals = [final(paths[i], variant) for i in group for variant in variants]
        olds = [old(paths[i]) for i in group]
        found.append({"labels=final": {"cost": min(finals)}, "objective=old": {"cost": min(olds)}})
    return found


def _claimed(case: Case) -> tuple[Medians, list[list[Step[Centers]]], bool]:
    assert isinstance(case.certificate, MedianPaths)
    _, moves = descent_input.steps(case.params)
    return descent_input.medians(case.input), descent_input.median_paths(case.certificate), moves


def _sizes(problem: Medians, path: Sequence[Step[Centers]], *, moves: bool) -> list[list[Fraction]]:
    return medians.sizes_after(problem.points, problem.start, descent_input.moved(path, moves=moves))


def _cost(
    problem: Medians, labels: Sequence[int], places: Centers, sizes: Sequence[Sequence[Fraction]] | None
) -> Fraction:
    size = medians.cost_size(problem.points, labels, places, sizes)
    return sensitivity.attainable([problem.cost(labels, places)], [size], values.largest(problem.points))


BY_TASK: dict[str, Callable[[Case, Numbers], Digits]] = {"kmedoids.run": _medoids, "kmedians.run": _medians}

ALTERNATIVES: dict[str, Callable[[Case], list[dict[str, Digits]]]] = {
    "kmedoids.run": _medoids_alternatives,
    "kmedians.run": _medians_alternatives,
}
