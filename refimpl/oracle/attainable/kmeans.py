"""Attainable digits of kmeans.*"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from refimpl import linear
from refimpl.certify import lloyd, online, sensitivity
from refimpl.oracle import values
from refimpl.oracle.attainable.digits import Digits, of_rows
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.certificates import Paths
from refimpl.oracle.kmeans_input import points_centers, rate
from refimpl.oracle.values import Rows


def _update(case: Case, expected: Numbers) -> Digits:
    points, start = points_centers(case.input)
    labels = tuple(values.wholes(case.input["labels"], "labels"))
    sizes = lloyd.sizes_of_means(points, labels, lloyd.absolute(start))
    return {"centers": of_rows(values.rows(expected["centers"], "centers"), sizes, values.largest(points))}


def _lloyd(case: Case, expected: Numbers) -> Digits:
    points, start = points_centers(case.input)
    moves = _moves(case)
    found = []
    for steps in _paths(case):
        sizes = lloyd.sizes_after(points, start, steps, moves=moves)
        labels, centers = steps[-1].labels, steps[-1].centers
        j = distortion(points, labels, centers, None if moves else sizes)
        found.append((of_rows(centers, sizes, values.largest(points)), j))
    return {"centers": min(c for c, _ in found), "distortion": min(j for _, j in found)}


def _lloyd_alternatives(case: Case) -> list[dict[str, Digits]]:
    """Return for each outcome the digits of J under other conventions, the least over the runs that end so."""
    points, start = points_centers(case.input)
    paths, moves = _paths(case), _moves(case)
    found = []
    for group, outcome in zip(lloyd.alike(paths, counted=case.task == "kmeans.fit"), case.outcomes, strict=True):
        finals, olds = [], []
        for steps in (paths[i] for i in group):
            sizes = lloyd.sizes_after(points, start, steps, moves=moves)
            for variant in outcome.alternatives.get("labels=final", []):
                labels = values.wholes(variant.result["labels"], "labels")
                finals.append(distortion(points, labels, steps[-1].centers, sizes))
            before = lloyd.sizes_after(points, start, steps[:-1], moves=moves)
            olds.append(distortion(points, steps[-1].labels, lloyd.entered(start, steps), before))
        found.append({"labels=final": {"distortion": min(finals)}, "objective=old": {"distortion": min(olds)}})
    return found


def _paths(case: Case) -> list[list[lloyd.Step]]:
    assert isinstance(case.certificate, Paths)
    return states(case.certificate)


def states(stored: Paths) -> list[list[lloyd.Step]]:
    """Return the states of every run of a certificate."""
    return [
        [lloyd.Step(tuple(s.labels), tuple(tuple(values.row([*c], "centers")) for c in s.centers)) for s in path]
        for path in stored.paths
    ]


def _moves(case: Case) -> bool:
    return case.params.get("iterations") not in (0, "0")


def distortion(
    points: Rows, labels: Sequence[int], centers: Sequence[Sequence[Fraction]], sizes: Rows | None
) -> Fraction:
    """Return the digits of J; sizes is None where the centers are the means of their clusters."""
    size = sensitivity.distortion(points, labels, centers, sizes)
    return sensitivity.attainable([lloyd.distortion(points, labels, centers)], [size], values.largest(points) ** 2)


def _online(case: Case, expected: Numbers) -> Digits:
    points, start = points_centers(case.input)
    _, centers, sizes = online.check(points, start, values.wholes(expected["labels"], "labels"), rate(case.params))
    return {"centers": of_rows(centers, sizes, values.largest(points))}


def _optimum(case: Case, expected: Numbers) -> Digits:
    points, labels = values.rows(case.input["points"], "points"), values.wholes(expected["labels"], "labels")
    clusters = [[x for x, label in zip(points, labels, strict=True) if label == k] for k in range(max(labels) + 1)]
    centers = [linear.mean(cluster) if cluster else points[0] for cluster in clusters]
    return {"distortion": distortion(points, labels, centers, None)}


def _seeding(case: Case, expected: Numbers) -> Digits:
    points, chosen = (
        values.rows(case.input["points"], "points"),
        values.wholes(case.params["chosen"], "chosen"),
    )
    p = values.row(expected["probabilities"], "probabilities")
    return {"probabilities": sensitivity.attainable(p, sensitivity.seeding(points, chosen), Fraction(1))}


BY_TASK: dict[str, Callable[[Case, Numbers], Digits]] = {
    "kmeans.assign": lambda case, expected: {},
    "kmeans.update": _update,
    "kmeans.step": _lloyd,
    "kmeans.run": _lloyd,
    "kmeans.fit": _lloyd,
    "kmeans.online": _online,
    "kmeans.optimum": _optimum,
    "kmeans.seeding": _seeding,
}

ALTERNATIVES = {f"kmeans.{name}": _lloyd_alternatives for name in ("step", "run", "fit")}
