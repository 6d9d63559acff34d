"""The input of kmedoids.run and kmedians.run, their paths as a case has them, and what a path answers."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

from refimpl.certify import descent, lloyd
from refimpl.certify.descent import P, Problem, Step
from refimpl.certify.lloyd import Decision
from refimpl.certify.medians import Centers, Medians
from refimpl.certify.medoids import Medoids
from refimpl.errors import BadInput
from refimpl.numbers import exact_text, rounded
from refimpl.oracle import values
from refimpl.oracle.case import Numbers, Variant
from refimpl.oracle.certificates import MedianPaths, MedianStep, MedoidMargin, MedoidPaths, MedoidStep
from refimpl.oracle.kmeans_input import MOST_DIFFERENCES, points_centers
from refimpl.oracle.values import Rows, Tree

Cost: TypeAlias = Callable[[Sequence[int], P], Fraction]
"""J of labels and places."""

Written: TypeAlias = Callable[[P], dict[str, Tree]]
"""Places as a named result."""


def dissimilarity_medoids(given: Numbers) -> tuple[Rows, list[int]]:
    """Return V and the starting medoids. Raises BadInput where one step would take too long."""
    v = values.rows(given["dissimilarity"], "dissimilarity")
    entries = sum(map(len, v))
    if entries > MOST_DIFFERENCES:
        raise BadInput(f"dissimilarity has {entries} entries; give at most {MOST_DIFFERENCES}")
    return v, values.wholes(given["medoids"], "medoids")


def medoids(given: Numbers) -> Medoids:
    """Return the problem of kmedoids.run, unchecked."""
    v, start = dissimilarity_medoids(given)
    return Medoids(v, tuple(start))


def medians(given: Numbers) -> Medians:
    """Return the problem of kmedians.run, unchecked."""
    points, centers = points_centers(given)
    return Medians(points, tuple(map(tuple, centers)))


def steps(params: Numbers) -> tuple[int, bool]:
    """Return how many states a path has, and whether they move."""
    iterations = values.iterations(params)
    return max(iterations, 1), iterations > 0


def written_medoids(places: tuple[int, ...]) -> dict[str, Tree]:
    """Return indices by the name of the result."""
    return {"medoids": list(places)}


def written_centers(places: Centers) -> dict[str, Tree]:
    """Return centers by the name of the result."""
    return {"centers": values.written_rows(places)}


def medoid_step(step: Step[tuple[int, ...]]) -> MedoidStep:
    """Return a step as a case has it."""
    return MedoidStep(list(step.labels), list(step.places), exact_text(step.entered), exact_text(step.cost))


def median_step(step: Step[Centers]) -> MedianStep:
    """Return a step as a case has it."""
    centers = [list(map(exact_text, center)) for center in step.places]
    return MedianStep(list(step.labels), centers, exact_text(step.entered), exact_text(step.cost))


def medoid_paths(certificate: MedoidPaths) -> list[list[Step[tuple[int, ...]]]]:
    """Return the claimed paths."""
    return [[Step(tuple(s.labels), tuple(s.medoids), *_costs(s)) for s in path] for path in certificate.paths]


def median_paths(certificate: MedianPaths) -> list[list[Step[Centers]]]:
    """Return the claimed paths."""
    return [
        [Step(tuple(s.labels), tuple(tuple(values.row([*c], "centers")) for c in s.centers), *_costs(s)) for s in path]
        for path in certificate.paths
    ]


def _costs(step: MedoidStep | MedianStep) -> tuple[Fraction, Fraction]:
    return values.number(step.entered, "entered"), values.number(step.cost, "cost")


def medoid_margin(closest: Decision | None) -> MedoidMargin | None:
    """Return the margin of a medoid with three digits; None where there was nothing to decide."""
    if closest is None:
        return None
    m = closest.margin
    return MedoidMargin(rounded(m.relative, 3), values.written(m.gap), closest.step, m.point, m.label, m.rival)


def outcomes(
    problem: Problem[P],
    paths: Sequence[Sequence[Step[P]]],
    who_may: Sequence[lloyd.Admission],
    cost: Cost[P],
    written: Written[P],
    *,
    moves: bool,
) -> list[Variant]:
    """Return what may be answered, that of the first path first, with labels and J under other conventions."""
    found = []
    for group in descent.alike(paths):
        path = paths[group[0]]
        last = path[-1]
        j = values.written(cost(last.labels, last.places))
        # paths of a group end alike, but may come from other places
        olds: dict[str, list[lloyd.Admission]] = {}
        for i in group:
            places = entered(problem, paths[i])
            olds.setdefault(values.written(cost(paths[i][-1].labels, places)), []).append(who_may[i])
        ends = [(paths[i], who_may[i]) for i in group]
        old = [Variant({"cost": text}, lloyd.within(ends, who)) for text, who in olds.items()]
        found.append(
            Variant(
                {"labels": list(last.labels), **written(last.places), "cost": j},
                lloyd.wider([who_may[i] for i in group]),
                {
                    "labels=final": [
                        Variant({"labels": list(labels), "cost": values.written(cost(labels, last.places))}, who)
                        for labels, who in lloyd.branches(problem.choices(moved(path, moves=moves), last.places))
                    ],
                    **({} if list(olds) == [j] else {"objective=old": old}),
                },
            )
        )
    return found


def entered(problem: Problem[P], path: Sequence[Step[P]]) -> P:
    """Return the places that entered the last step of a path."""
    return path[-2].places if len(path) > 1 else problem.start


def moved(path: Sequence[Step[P]], *, moves: bool) -> list[lloyd.Labels]:
    """Return the labels of the steps that have moved places; none in a run of no steps."""
    return [step.labels for step in path] if moves else []
