"""Proof of kmedoids.run and kmedians.run: `certify.descent`, half-step by half-step."""

from collections.abc import Sequence

from refimpl.certify import descent
from refimpl.certify.descent import P, Problem, Proven, Step
from refimpl.errors import Refuted
from refimpl.oracle import descent_input
from refimpl.oracle.case import Case, Numbers, Variant
from refimpl.oracle.certificates import MedianPaths, MedoidPaths
from refimpl.oracle.kmeans_input import margin_text, points_centers
from refimpl.oracle.recheck.agreement import agree, certificate, check_start, check_weights


def run_medoids(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless no label could be nearer, no member cheaper, and no half-step raises J."""
    stored = certificate(case, MedoidPaths)
    v, start = descent_input.dissimilarity_medoids(case.input)
    check_weights(v, "dissimilarity", symmetric=False)
    if not start or not set(start) <= set(range(len(v))) or len(set(start)) < len(start):
        raise Refuted(f"input.medoids are not different indices below {len(v)}")
    paths = descent_input.medoid_paths(stored)
    agree(stored.paths, [[descent_input.medoid_step(step) for step in path] for path in paths], "paths")
    proven = _prove(case, stored, descent_input.medoids(case.input), paths, descent_input.written_medoids)
    agree(stored.medoid_margin, descent_input.medoid_margin(proven.place), "medoid_margin")


def run_medians(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless no label could be nearer, no center cheaper, and no half-step raises J."""
    stored = certificate(case, MedianPaths)
    check_start(*points_centers(case.input))
    paths = descent_input.median_paths(stored)
    agree(stored.paths, [[descent_input.median_step(step) for step in path] for path in paths], "paths")
    _prove(case, stored, descent_input.medians(case.input), paths, descent_input.written_centers)


def _prove(
    case: Case,
    stored: MedoidPaths | MedianPaths,
    problem: Problem[P],
    paths: Sequence[Sequence[Step[P]]],
    write: descent_input.Written[P],
) -> Proven:
    count, moves = descent_input.steps(case.params)
    proven = descent.check_paths(problem, paths, count, moves=moves)
    agree(stored.margin, margin_text(proven.label), "margin")
    _agree(case, descent_input.outcomes(problem, paths, proven.who_may, problem.cost, write, moves=moves))
    return proven


def _agree(case: Case, proven: Sequence[Variant]) -> None:
    """Raise Refuted unless expected, branches and alternatives are those of the paths."""
    printed = case.outcomes
    if len(printed) != len(proven):
        raise Refuted(f"the paths have {len(proven)} different ends, but there are {len(printed)} outcomes")
    for number, (found, right) in enumerate(zip(printed, proven, strict=True)):
        where = "expected" if number == 0 else f"branches[{number - 1}]"
        agree_variant(found, right, where)
        agree(sorted(found.alternatives), sorted(right.alternatives), f"{where}.alternatives: the conventions")
        for name, variants in right.alternatives.items():
            agree(len(found.alternatives[name]), len(variants), f"{where}.alternatives.{name}: their number")
            for one, other in zip(found.alternatives[name], variants, strict=True):
                agree_variant(one, other, f"{where}.alternatives.{name}")
                if one.alternatives:
                    raise Refuted(f"{where}.alternatives.{name} has alternatives of its own")


def agree_variant(found: Variant, right: Variant, where: str) -> None:
    """Raise Refuted unless both have the same results and admit the same."""
    agree(sorted(found.result), sorted(right.result), f"{where}: the names")
    for name, value in right.result.items():
        agree(found.result[name], value, f"{where}.{name}")
    agree(found.admissible, right.admissible, f"{where}.admissible")


PROOFS = {"kmedoids.run": run_medoids, "kmedians.run": run_medians}
