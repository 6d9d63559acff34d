"""Attainable digits of every result of a case: `certify.sensitivity`, task by task.

A case that has branches asks for the least over them.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

from refimpl import linear
from refimpl.certify import lloyd, online, sensitivity, sensitivity_coins
from refimpl.numbers import fixed
from refimpl.oracle import coin_results, values
from refimpl.oracle.case import Case, Numbers, Paths
from refimpl.oracle.kmeans_input import points_centers, rate

Digits: TypeAlias = dict[str, Fraction]


def attainable(case: Case) -> dict[str, str]:
    """Return the digits by the name of the result, as text; none for labels and counts."""
    if case.expected is None:
        return {}
    return {name: fixed(digits, 2) for name, digits in _BY_TASK[case.task](case, case.expected).items()}


def _moments(case: Case, expected: Numbers) -> Digits:
    points = values.rows(case.input["points"], "points")
    divisor = len(points) - values.whole(case.params["ddof"], "ddof")
    columns, largest = linear.transpose(points), values.largest(points)
    correlation = expected["correlation"]
    assert isinstance(correlation, list)
    r_values, r_sizes = [Fraction(1)], [Fraction(1)]
    for j, row in enumerate(correlation):
        for k, r in enumerate(row if isinstance(row, list) else []):
            if r is not None and j != k:
                r_values.append(values.number(r, "correlation"))
                r_sizes.append(sensitivity.correlation(columns[j], columns[k], r_values[-1]))
    return {
        "mean": sensitivity.attainable(
            values.row(expected["mean"], "mean"), linear.mean(lloyd.absolute(points)), largest
        ),
        "covariance": _matrix(
            values.rows(expected["covariance"], "covariance"),
            [[sensitivity.covariance(x, y, divisor) for y in columns] for x in columns],
            largest**2,
        ),
        "correlation": sensitivity.attainable(r_values, r_sizes, Fraction(1)),
    }


def _update(case: Case, expected: Numbers) -> Digits:
    points, start = points_centers(case.input)
    labels = tuple(values.wholes(case.input["labels"], "labels"))
    sizes = lloyd.sizes_of_means(points, labels, lloyd.absolute(start))
    return {"centers": _matrix(values.rows(expected["centers"], "centers"), sizes, values.largest(points))}


def _lloyd(case: Case, expected: Numbers) -> Digits:
    points, start = points_centers(case.input)
    assert isinstance(case.certificate, Paths)
    moves = case.params.get("iterations") not in (0, "0")
    found = []
    for path in case.certificate.paths:
        steps = [lloyd.Step(tuple(s.labels), tuple(tuple(values.row(c, "centers")) for c in s.centers)) for s in path]
        sizes = lloyd.sizes_after(points, start, steps, moves=moves)
        labels, centers = steps[-1].labels, steps[-1].centers
        size = sensitivity.distortion(points, labels, centers, None if moves else sizes)
        j = sensitivity.attainable([lloyd.distortion(points, labels, centers)], [size], values.largest(points) ** 2)
        found.append((_matrix(centers, sizes, values.largest(points)), j))
    return {"centers": min(c for c, _ in found), "distortion": min(j for _, j in found)}


def _online(case: Case, expected: Numbers) -> Digits:
    points, start = points_centers(case.input)
    _, centers, sizes = online.check(points, start, values.wholes(expected["labels"], "labels"), rate(case.params))
    return {"centers": _matrix(centers, sizes, values.largest(points))}


def _optimum(case: Case, expected: Numbers) -> Digits:
    points, labels = values.rows(case.input["points"], "points"), values.wholes(expected["labels"], "labels")
    clusters = [[x for x, label in zip(points, labels, strict=True) if label == k] for k in range(max(labels) + 1)]
    centers = [linear.mean(cluster) if cluster else points[0] for cluster in clusters]
    j = lloyd.distortion(points, labels, centers)
    size = sensitivity.distortion(points, labels, centers)
    return {"distortion": sensitivity.attainable([j], [size], values.largest(points) ** 2)}


def _seeding(case: Case, expected: Numbers) -> Digits:
    points, chosen = (
        values.rows(case.input["points"], "points"),
        values.wholes(case.params["chosen"], "chosen"),
    )
    p = values.row(expected["probabilities"], "probabilities")
    return {"probabilities": sensitivity.attainable(p, sensitivity.seeding(points, chosen), Fraction(1))}


def _coins(case: Case, expected: Numbers) -> Digits:
    rounds, theta = coin_results.rounds_theta(case.input)
    row = coin_results.in_row(expected)
    if "rate" in expected:
        at = values.row(expected["theta"], "theta")
        sizes = sensitivity_coins.of_fixed_point(rounds, at)
    else:
        iterations = values.whole(case.params.get("iterations", 1), "iterations")
        sizes = sensitivity_coins.of_run(rounds, theta, iterations)
    return {
        name: sensitivity.attainable(row[place], sizes[place], Fraction(1))
        for name, place in coin_results.places(rounds, rate="rate" in expected).items()
    }


def _matrix(entries: Sequence[Sequence[Fraction]], sizes: Sequence[Sequence[Fraction]], fallback: Fraction) -> Fraction:
    return sensitivity.attainable([x for row in entries for x in row], [s for row in sizes for s in row], fallback)


_BY_TASK: dict[str, Callable[[Case, Numbers], Digits]] = {
    "moments.covariance": _moments,
    "kmeans.assign": lambda case, expected: {},
    "kmeans.update": _update,
    "kmeans.step": _lloyd,
    "kmeans.run": _lloyd,
    "kmeans.fit": _lloyd,
    "kmeans.online": _online,
    "kmeans.optimum": _optimum,
    "kmeans.seeding": _seeding,
    "coins.step": _coins,
    "coins.run": _coins,
    "coins.fixed_point": _coins,
}
