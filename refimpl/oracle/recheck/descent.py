"""Proof of kmedoids.run and kmedians.run: `certify.descent`, half-step by half-step."""

from collections.abc import Sequence

from refimpl.certify import descent
from refimpl.certify.descent import P, Problem, Proven, Step
from refimpl.errors import Refuted
from refimpl.oracle import descent_input
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.certificates import MedianPaths, MedoidPaths
from refimpl.oracle.kmeans_input import margin_text, points_centers
from refimpl.oracle.recheck.agreement import agree, agree_outcomes, certificate, check_start, check_weights


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
    agree_outcomes(case, descent_input.outcomes(problem, paths, proven.who_may, problem.cost, write, moves=moves))
    return proven


PROOFS = {"kmedoids.run": run_medoids, "kmedians.run": run_medians}
