"""Attainable digits of every result of a case: `certify.sensitivity`, task by task.

A case that has branches asks for the least over them.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from refimpl import linear
from refimpl.certify import lloyd, online, sensitivity, sensitivity_coins, sensitivity_mixture
from refimpl.numbers import fixed
from refimpl.oracle import coin_results, mixture_input, values
from refimpl.oracle.case import Case, FixedPoint, Numbers, Paths, Reached, Variant
from refimpl.oracle.kmeans_input import points_centers, rate
from refimpl.oracle.values import Rows

Digits: TypeAlias = dict[str, Fraction]


def with_attainable(case: Case) -> Case:
    """Return the case with the digits of every result, and of those under another convention; none for labels."""
    if case.expected is None:
        return replace(case, attainable={})
    find = _ALTERNATIVES.get(case.task)
    alternatives: list[dict[str, Digits]] = find(case) if find else [{} for _ in case.outcomes]
    expected, *branches = (
        replace(outcome, alternatives=_filled(outcome.alternatives, digits))
        for outcome, digits in zip(case.outcomes, alternatives, strict=True)
    )
    return replace(
        case,
        attainable=_text(_BY_TASK[case.task](case, case.expected)),
        alternatives=expected.alternatives,
        branches=branches,
    )


def _filled(variants: Mapping[str, list[Variant]], digits: Mapping[str, Digits]) -> dict[str, list[Variant]]:
    return {
        name: [replace(variant, attainable=_text(digits.get(name, {}))) for variant in found]
        for name, found in variants.items()
    }


def _text(digits: Digits) -> dict[str, str]:
    return {name: fixed(found, 2) for name, found in digits.items()}


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
    moves = _moves(case)
    found = []
    for steps in _paths(case):
        sizes = lloyd.sizes_after(points, start, steps, moves=moves)
        labels, centers = steps[-1].labels, steps[-1].centers
        j = _distortion(points, labels, centers, None if moves else sizes)
        found.append((_matrix(centers, sizes, values.largest(points)), j))
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
                finals.append(_distortion(points, labels, steps[-1].centers, sizes))
            before = lloyd.sizes_after(points, start, steps[:-1], moves=moves)
            olds.append(_distortion(points, steps[-1].labels, lloyd.entered(start, steps), before))
        found.append({"labels=final": {"distortion": min(finals)}, "objective=old": {"distortion": min(olds)}})
    return found


def _paths(case: Case) -> list[list[lloyd.Step]]:
    assert isinstance(case.certificate, Paths)
    return [
        [lloyd.Step(tuple(s.labels), tuple(tuple(values.row(c, "centers")) for c in s.centers)) for s in path]
        for path in case.certificate.paths
    ]


def _moves(case: Case) -> bool:
    return case.params.get("iterations") not in (0, "0")


def _distortion(
    points: Rows, labels: Sequence[int], centers: Sequence[Sequence[Fraction]], sizes: Rows | None
) -> Fraction:
    """Return the digits of J; sizes is None where the centers are the means of their clusters."""
    size = sensitivity.distortion(points, labels, centers, sizes)
    return sensitivity.attainable([lloyd.distortion(points, labels, centers)], [size], values.largest(points) ** 2)


def _online(case: Case, expected: Numbers) -> Digits:
    points, start = points_centers(case.input)
    _, centers, sizes = online.check(points, start, values.wholes(expected["labels"], "labels"), rate(case.params))
    return {"centers": _matrix(centers, sizes, values.largest(points))}


def _optimum(case: Case, expected: Numbers) -> Digits:
    points, labels = values.rows(case.input["points"], "points"), values.wholes(expected["labels"], "labels")
    clusters = [[x for x, label in zip(points, labels, strict=True) if label == k] for k in range(max(labels) + 1)]
    centers = [linear.mean(cluster) if cluster else points[0] for cluster in clusters]
    return {"distortion": _distortion(points, labels, centers, None)}


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


def _coins_alternatives(case: Case) -> list[dict[str, Digits]]:
    """Return the digits of ln p at the parameters that leave the last step: they enter the next one."""
    rounds, theta = coin_results.rounds_theta(case.input)
    found: dict[str, Digits] = {}
    for name, variants in case.alternatives.items():
        iterations = values.whole(case.params.get("iterations", 1), "iterations")
        place = coin_results.places(rounds, rate=False)["log_likelihood"]
        sizes = sensitivity_coins.of_run(rounds, theta, iterations + 1)[place]
        at = [values.number(variant.result["log_likelihood"], "log_likelihood") for variant in variants]
        found[name] = {"log_likelihood": sensitivity.attainable(at, sizes, Fraction(1))}
    return [found]


def _matrix(entries: Sequence[Sequence[Fraction]], sizes: Sequence[Sequence[Fraction]], fallback: Fraction) -> Fraction:
    return sensitivity.attainable([x for row in entries for x in row], [s for row in sizes for s in row], fallback)


def _mixture(case: Case, expected: Numbers) -> Digits:
    problem = mixture_input.problem(case.task, case.input, case.params)
    if isinstance(case.certificate, FixedPoint):
        sizes = sensitivity_mixture.of_fixed_point(problem.family, mixture_input.theta_of(problem, expected))
    else:
        sizes, _ = _of_run(_asked(case))
    return _mixture_digits(case, problem, expected, sizes)


def _m_step(case: Case, expected: Numbers) -> Digits:
    problem, r = mixture_input.without_start(case.task, case.input, case.params)
    theta = mixture_input.theta_of(problem, expected)
    return _mixture_digits(case, problem, expected, sensitivity_mixture.of_m_step(problem.family, theta, r))


def _mixture_digits(
    case: Case, problem: mixture_input.Problem, expected: Numbers, sizes: sensitivity_mixture.Sizes
) -> Digits:
    found: Digits = {}
    largest = values.largest(values.rows(case.input["points"], "points")) if "points" in case.input else Fraction(1)
    for name, tree in expected.items():
        entries = [values.number(x, name) for x in values.leaves(tree)]
        if name == "responsibilities":
            ratios = (Fraction(x) for row in sizes.responsibilities for x in row)
            spread = [x * ratio for x, ratio in zip(entries, ratios, strict=True)]
        elif name == "log_likelihood":
            spread = [Fraction(sizes.log_likelihood)]
        elif name == "rate":
            theta = mixture_input.theta_of(problem, expected)
            spread = [Fraction(sensitivity_mixture.of_rate(problem.family, theta, sizes.theta))]
        else:
            spread = [Fraction(x) for x in mixture_input.places(problem, sizes.theta)[name]]
        scale = largest ** {"means": 1, "covariances": 2}.get(name, 0)
        found[name] = sensitivity.attainable(entries, spread, scale)
    return found


def _mixture_alternatives(case: Case) -> list[dict[str, Digits]]:
    """Return the digits of ln p at the parameters that leave the last step."""
    found: dict[str, Digits] = {}
    for name, variants in case.alternatives.items():
        _, left = _of_run(_asked(case))
        at = [values.number(variant.result["log_likelihood"], "log_likelihood") for variant in variants]
        found[name] = {"log_likelihood": sensitivity.attainable(at, [Fraction(left)], Fraction(1))}
    return [found]


def _asked(case: Case) -> bytes:
    """Return what a run's sensitivity depends on."""
    if isinstance(case.certificate, Reached):
        steps = len(case.certificate.states)  # the last of them enters the last step, and leaves it
    else:
        steps = 0 if case.task.endswith(".e_step") else values.whole(case.params.get("iterations", 1), "iterations")
    return msgspec.json.encode((case.task, case.input, case.params, steps))


@lru_cache(maxsize=1)
def _of_run(asked: bytes) -> tuple[sensitivity_mixture.Sizes, float]:
    """Return S of the results and of ln p at the parameters that leave; both are found in one run."""
    task, given, params, steps = msgspec.json.decode(asked)
    problem = mixture_input.problem(task, given, params)
    return sensitivity_mixture.of_run(problem.family, problem.theta, steps)


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
    **{f"{prefix}.m_step": _m_step for prefix in ("gmm", "bernoulli")},
    **{
        f"{prefix}.{name}": _mixture
        for prefix in ("gmm", "bernoulli", "binomial")
        for name in ("e_step", "step", "run", "fixed_point")
    },
}

_ALTERNATIVES: dict[str, Callable[[Case], list[dict[str, Digits]]]] = {
    "kmeans.step": _lloyd_alternatives,
    "kmeans.run": _lloyd_alternatives,
    "kmeans.fit": _lloyd_alternatives,
    "coins.step": _coins_alternatives,
    "coins.run": _coins_alternatives,
    **{
        f"{prefix}.{name}": _mixture_alternatives
        for prefix in ("gmm", "bernoulli", "binomial")
        for name in ("step", "run")
    },
}
"""For each outcome: convention -> digits."""
