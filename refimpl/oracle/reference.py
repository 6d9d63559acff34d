"""The reference as a peer: certified answers to any input, with as many digits as are asked for.

K-means, moments and seeding are rational and answered exactly, roots apart. The E-step of coins is exact while its
fractions are short, and enclosed in balls that start with enough digits otherwise; where a ball decides too few digits
it is tried again with more. A fixed point is answered when it is proven, and not before.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from typing import TypeVar

import refimpl
from refimpl import kmeans, kmeans_online, kmedians, kmedoids, trace, two_coins
from refimpl.errors import RefimplError, Refuted, Undecided, Unsupported as NotOffered
from refimpl.numbers import Ball, ball
from refimpl.oracle import coin_results, descent_input, reference_mixtures, tasks, values
from refimpl.oracle.case import Numbers
from refimpl.oracle.certificates import FixedPoint
from refimpl.oracle.coin_results import Point
from refimpl.oracle.kmeans_input import rate as rate_of
from refimpl.oracle.peers.peer import Answer, Hello, Refused, Result, Unsupported
from refimpl.oracle.recheck import coins as proofs
from refimpl.oracle.solve import (
    coins_fixed_point,
    dbscan,
    graphs,
    kmeans as lloyd,
    linkage,
    moments,
    nmf,
    pca,
    power,
    preprocess,
    silhouette,
    sweep,
)
from refimpl.oracle.values import Rows, Style
from refimpl.oracle.visible import one_line
from refimpl.two_coins import Rounds

SPARE = (20, 100, 500, 2500)
"""Digits computed beyond those asked for, one try after the other."""

MIXTURES = ("gmm.", "bernoulli.", "binomial.")

LONGEST = 4000
"""Characters of an exact number; a longer one is written with the digits asked for."""

SHORT = 20_000
"""Bits of a likelihood up to which a step is taken in fractions."""


class Reference:
    """refimpl itself."""

    def __init__(self, digits: int = values.DIGITS) -> None:
        """Answer with so many certified digits."""
        self._style = style = Style(digits, LONGEST)
        self._tasks: Mapping[str, Callable[[Numbers, Numbers], Numbers]] = {
            "moments.covariance": lambda given, params: moments.covariance(given, params, style).expected,
            "kmeans.assign": self._assign,
            "kmeans.update": self._update,
            "kmeans.step": lambda given, params: self._run(given, 1),
            "kmeans.run": lambda given, params: self._run(given, values.iterations(params, None)),
            "kmeans.fit": self._fit,
            "kmeans.online": self._online,
            "kmeans.optimum": lambda given, params: lloyd.optimum(given, params, style).expected,
            "kmeans.seeding": lambda given, params: lloyd.seeding(given, params, style).expected,
            "kmedoids.run": self._medoids,
            "kmedians.run": self._medians,
            "silhouette.samples": lambda given, params: silhouette.samples(given, params, style).expected,
            "silhouette.clusters": lambda given, params: silhouette.clusters(given, params, style).expected,
            "choose_k.sweep": lambda given, params: sweep.lowest(given, params, style),
            "linkage.fit": lambda given, params: linkage.fitted(given, params, style),
            "dbscan.fit": dbscan.clustered,
            "modularity.score": lambda given, params: graphs.modularity_score(given, params, style).expected,
            "modularity.optimum": lambda given, params: graphs.modularity_optimum(given, params, style).expected,
            "map_equation.score": lambda given, params: graphs.map_equation_score(given, params, style).expected,
            "map_equation.optimum": lambda given, params: graphs.map_equation_optimum(given, params, style).expected,
            "coins.step": lambda given, params: self._coins(given, 1),
            "coins.run": lambda given, params: self._coins(given, values.iterations(params, None)),
            "coins.fixed_point": self._fixed_point,
            **{
                task: partial(reference_mixtures.results, task, style=style)
                for task in tasks.TASKS
                if task.startswith(MIXTURES)
            },
            "power.run": lambda given, params: power.run(given, params, style, None).expected,
            "pca.fit": lambda given, params: pca.fit(given, params, style).expected,
            "nmf.run": lambda given, params: nmf.run(given, params, style, None).expected,
            "preprocess.min_max": lambda given, params: preprocess.min_max(given, params, style).expected,
            "preprocess.impute_mean": lambda given, params: preprocess.impute_mean(given, params, style).expected,
            "preprocess.codes": lambda given, params: preprocess.codes(given, params).expected,
            "preprocess.one_hot": lambda given, params: preprocess.one_hot(given, params).expected,
        }

    @property
    def hello(self) -> Hello:
        """Who it is; its conventions are those of the golden cases."""
        return Hello("refimpl", refimpl.__version__, "Python", "exact", tuple(self._tasks))

    def run(self, task: str, given: Numbers, params: Numbers) -> Answer:
        """Answer one case; an error of the family is a refusal."""
        try:
            return Result(self.results(task, given, params))  # type: ignore[arg-type] # text is what a peer may answer
        except (NotOffered, Undecided, Refuted) as error:
            return Unsupported(f"it cannot be certified: {error}")
        except RefimplError as error:
            return Refused(error.kind, str(error))
        except (ArithmeticError, ValueError, MemoryError, RecursionError) as error:
            return Unsupported(f"it is too large to be computed: {one_line(error)}")

    def results(self, task: str, given: Numbers, params: Numbers) -> Numbers:
        """Return certified results. Raises an error of the family where input breaks a rule or nothing is proven."""
        tasks.check(tasks.task_named(task), given, params)
        return self._tasks[task](given, params)

    def _assign(self, given: Numbers, params: Numbers) -> Numbers:
        points, centers = _points_centers(given)
        return {"labels": list(kmeans.assign(points, centers))}

    def _update(self, given: Numbers, params: Numbers) -> Numbers:
        points, centers = _points_centers(given)
        updated = kmeans.update(points, values.wholes(given["labels"], "labels"), centers)
        return {"centers": values.written_rows(updated, self._style)}

    def _run(self, given: Numbers, iterations: int) -> Numbers:
        points, centers = _points_centers(given)
        return self._state(_after(iterations, kmeans.trace(points, kmeans.start(points, centers))))

    def _fit(self, given: Numbers, params: Numbers) -> Numbers:
        state, iterations = kmeans.fit(*_points_centers(given))
        return {**self._state(state), "iterations": iterations}

    def _medoids(self, given: Numbers, params: Numbers) -> Numbers:
        v, medoids = descent_input.dissimilarity_medoids(given)
        iterations = values.iterations(params, None)
        state = _after(iterations, kmedoids.trace(v, kmedoids.start(v, medoids)))
        cost = values.written(state.cost, self._style)
        return {"labels": list(state.labels), "medoids": list(state.medoids), "cost": cost}

    def _medians(self, given: Numbers, params: Numbers) -> Numbers:
        points, centers = _points_centers(given)
        iterations = values.iterations(params, None)
        state = _after(iterations, kmedians.trace(points, kmedians.start(points, centers)))
        return {
            "labels": list(state.labels),
            "centers": values.written_rows(state.centers, self._style),
            "cost": values.written(state.cost, self._style),
        }

    def _online(self, given: Numbers, params: Numbers) -> Numbers:
        points, centers = _points_centers(given)
        rate = rate_of(params)
        states = list(kmeans_online.trace(points, centers, None if rate is None else [rate] * len(points)))
        labels = [state.label for state in states[1:]]
        return {"labels": [*labels], "centers": values.written_rows(states[-1].centers, self._style)}

    def _state(self, state: kmeans.State[Fraction]) -> Numbers:
        return {
            "labels": list(state.labels),
            "centers": values.written_rows(state.centers, self._style),
            "distortion": values.written(state.distortion, self._style),
        }

    def _coins(self, given: Numbers, iterations: int) -> Numbers:
        rounds, theta = coin_results.checked(given)
        exact = iterations <= 1 and coin_results.exact_bits(rounds, theta) <= SHORT
        for spare in SPARE:
            working = self._style.digits + spare + 2 * iterations  # a step costs less than two digits
            try:
                row = self._coin_row(rounds, theta, iterations, working, exact=exact)
                return coin_results.named(rounds, row, self._style)
            except Undecided as error:
                undecided = error
        raise undecided

    def _coin_row(
        self, rounds: Rounds, theta: Point, iterations: int, working: int, *, exact: bool
    ) -> list[Fraction | Ball]:
        numbers = ball(working)
        enclosed = numbers(theta[0]), numbers(theta[1])
        row: list[Fraction | Ball]
        if exact:
            state = trace.nth(iterations, two_coins.trace(rounds, two_coins.start(rounds, theta)))
            posterior = state.posterior
            row = [*posterior.responsibilities, *posterior.counts[0], *posterior.counts[1], *state.theta]
            return [*row, two_coins.log_likelihood(rounds, enclosed, numbers)]
        last = trace.nth(iterations, two_coins.trace(rounds, two_coins.start(rounds, enclosed)))
        leaving = last.theta if iterations else theta
        row = [*last.posterior.responsibilities, *last.posterior.counts[0], *last.posterior.counts[1], *leaving]
        return [*row, two_coins.log_likelihood(rounds, last.entered, numbers)]

    def _fixed_point(self, given: Numbers, params: Numbers) -> Numbers:
        rounds, theta = coin_results.checked(given)
        if coin_results.exact_bits(rounds, theta) > coin_results.MOST_BITS:
            raise NotOffered("the proof would take too long; give fewer tosses, or a theta with fewer digits")
        solution = coins_fixed_point.fixed_point(given, params, self._style)
        if isinstance(solution.certificate, FixedPoint):
            proofs.prove_limit(rounds, theta, solution.certificate)
        return solution.expected


S = TypeVar("S")


def _after(iterations: int, states: Iterator[S]) -> S:
    """Return the state after so many steps, or the first that a step leaves as it is: so it stays."""
    state = next(states)
    for _ in range(iterations):
        before, state = state, next(states)
        if state == before:
            break
    return state


def _points_centers(given: Numbers) -> tuple[Rows, Rows]:
    return values.rows(given["points"], "points"), values.rows(given["centers"], "centers")
