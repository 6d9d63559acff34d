"""All tasks as a textbook has them: plain Python numbers, one small method for each formula.

It passes every golden case; its mixtures stand in `textbook_mixtures`, power iteration and factors in
`textbook_factors`, principal components in `textbook_components`, silhouettes in `textbook_silhouettes`, sweeps
over K in `textbook_sweep`, communities of graphs in `textbook_graphs`.
`wrong` derives from it and gets one method wrong, `right` derives from it and writes methods in another way.
"""

import functools
import math
import operator
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from textbook_components import Components
from textbook_factors import Factors
from textbook_graphs import Graphs
from textbook_mixtures import Mixtures
from textbook_sweep import Sweeps

from refimpl.errors import BadInput, EmptyData, KTooLarge, NoMass, Undefined
from refimpl.oracle.peers.adapter import Adapter

Vector = Sequence[float]
Rows = Sequence[Vector]
Pair = tuple[float, float]
"""Of coin A and of coin B."""
Counts = Sequence[int]

MOST_STEPS = 25
"""Steps after which a fit gives up: one that is wrong might never settle."""

LONGEST = 600
"""Steps after which a limit of EM is taken as it is: the last bits may go to and fro for ever."""


@functools.cache
def read(text: str) -> object:
    """A number of a case in binary64, read once."""
    return Adapter().number(text)


@functools.cache
def intervals(xs: Vector, k: int, number: type) -> list[int]:
    """The best k intervals of the first j points, for all j; found once for numbers of this type."""
    order = sorted(range(len(xs)), key=lambda n: xs[n])
    line = [xs[n] for n in order]
    best: list[float] = [0.0] + [math.inf] * len(line)
    cuts = []
    for _ in range(k):
        entered, best, cut = best, list(best), list(range(len(line) + 1))
        for j in range(1, len(line) + 1):
            mean = cost = 0.0
            for i in range(j - 1, -1, -1):  # the last interval grows to the left
                change = line[i] - mean
                mean += change / (j - i)
                cost += change * (line[i] - mean)
                if entered[i] + cost < best[j]:
                    best[j], cut[j] = entered[i] + cost, i
                elif cost > best[j]:
                    break  # it would only cost more
        cuts.append(cut)
    edges = [len(line)]
    for cut in reversed(cuts):
        edges.append(cut[edges[-1]])
    labels = [0] * len(xs)
    for label, (left, right) in enumerate(pairwise(reversed(edges))):
        for n in order[left:right]:
            labels[n] = label
    return labels


class State(NamedTuple):
    """What a step of K-means leaves."""

    labels: list[int]
    centers: list[Vector]
    distortion: float


class Posterior(NamedTuple):
    """What an E-step finds."""

    shares: list[Pair]
    """Of each round, that of A and that of B."""
    counts: list[Pair]
    """Expected (heads, tails) of A and of B."""
    log_likelihood: float


class Textbook(Mixtures, Factors, Components, Sweeps, Graphs):
    """Correct, in binary64, and in no hurry."""

    name = "textbook"
    version = "1"

    def number(self, text: str) -> object:
        return read(text)

    # --- sums -----------------------------------------------------------------------------------------

    def total(self, terms: Iterable[float]) -> float:
        """The sum, from left to right."""
        return functools.reduce(operator.add, terms, 0)

    # --- covariance -----------------------------------------------------------------------------------

    def moments_covariance(self, points: Rows, ddof: int) -> dict[str, Any]:
        self.check_points(points)
        self.check_ddof(ddof, len(points))
        columns = list(zip(*points, strict=True))
        return {
            "mean": [self.average(x) for x in columns],
            "covariance": [[self.covariance(x, y, ddof) for y in columns] for x in columns],
            "correlation": [[self.correlation(x, y) for y in columns] for x in columns],
        }

    def average(self, x: Vector) -> float:
        return self.total(x) / len(x)

    def products(self, x: Vector, y: Vector) -> float:
        """The sum of (x - mean(x)) (y - mean(y))."""
        mean_x, mean_y = self.average(x), self.average(y)
        return self.total((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))

    def covariance(self, x: Vector, y: Vector, ddof: int) -> float:
        return self.products(x, y) / self.divisor(len(x), ddof)

    def divisor(self, n: int, ddof: int) -> int:
        return n - ddof

    def correlation(self, x: Vector, y: Vector) -> float | None:
        if min(x) == max(x) or min(y) == max(y):
            return self.undefined_correlation()
        return self.pearson(self.products(x, y), self.products(x, x), self.products(y, y))

    def undefined_correlation(self) -> float | None:
        return None

    def pearson(self, xy: float, xx: float, yy: float) -> float:
        return xy / (math.sqrt(xx) * math.sqrt(yy))

    # --- K-means --------------------------------------------------------------------------------------

    def squared_distance(self, x: Vector, y: Vector) -> float:
        found: float = 0
        for a, b in zip(x, y, strict=True):
            difference = a - b
            found += difference * difference
        return found

    def nearest(self, x: Vector, centers: Rows) -> int:
        """The lowest index of a nearest center."""
        best, least = 0, self.squared_distance(x, centers[0])
        for k in range(1, len(centers)):
            distance = self.squared_distance(x, centers[k])
            if distance < least:
                best, least = k, distance
        return best

    def assign(self, points: Rows, centers: Rows) -> list[int]:
        return [self.nearest(x, centers) for x in points]

    def mean(self, group: Rows) -> Vector:
        """The center of some points."""
        return [self.average(column) for column in zip(*group, strict=True)]

    def moved(self, group: Rows, old: Vector) -> Vector:
        """The new center of a cluster that has points."""
        return self.mean(group)

    def empty(self, old: Vector, points: Rows, centers: Rows) -> Vector:
        """The new center of a cluster without points."""
        return old

    def update(self, points: Rows, labels: Sequence[int], centers: Rows) -> list[Vector]:
        groups: list[list[Vector]] = [[] for _ in centers]
        for x, label in zip(points, labels, strict=True):
            groups[label].append(x)
        return [
            self.moved(group, old) if group else self.empty(old, points, centers)
            for group, old in zip(groups, centers, strict=True)
        ]

    def distortion(self, points: Rows, labels: Sequence[int], centers: Rows) -> float:
        return self.total(self.squared_distance(x, centers[label]) for x, label in zip(points, labels, strict=True))

    def objective(self, points: Rows, labels: Sequence[int], entered: Rows, left: Rows) -> float:
        """J of a step, of which both the old and the new centers are known."""
        return self.distortion(points, labels, left)

    def start(self, points: Rows, centers: Rows) -> State:
        """What 0 steps return."""
        self.check_points(points)
        self.check_centers(points, centers)
        self.check_k(len(centers), len(points))
        labels = self.assign(points, centers)
        return State(labels, list(centers), self.distortion(points, labels, centers))

    def step(self, points: Rows, centers: Rows) -> State:
        labels = self.assign(points, centers)
        left = self.update(points, labels, centers)
        return State(labels, left, self.objective(points, labels, centers, left))

    def steps(self, points: Rows, centers: Rows, count: int) -> State:
        state = self.start(points, centers)
        for _ in range(count):
            state = self.step(points, state.centers)
        return state

    def settled(self, before: State, after: State) -> bool:
        """Whether a fit stops with the step that led from one state to the other."""
        return before.labels == after.labels

    def fit(self, points: Rows, centers: Rows) -> tuple[State, int]:
        self.start(points, centers)  # refuses what it refuses
        state, count = self.step(points, centers), 1
        before = None
        while count < MOST_STEPS and (before is None or not self.settled(before, state)):
            before, state = state, self.step(points, state.centers)
            count += 1
        return state, count

    def told(self, points: Rows, state: State) -> dict[str, Any]:
        """A state of K-means as it is answered."""
        return {"labels": state.labels, "centers": state.centers, "distortion": state.distortion}

    def kmeans_assign(self, points: Rows, centers: Rows) -> dict[str, Any]:
        self.check_points(points)
        self.check_centers(points, centers)
        return {"labels": self.assign(points, centers)}

    def kmeans_update(self, points: Rows, labels: Sequence[int], centers: Rows) -> dict[str, Any]:
        self.check_points(points)
        self.check_centers(points, centers)
        self.check_labels(labels, len(points), len(centers))
        return {"centers": self.update(points, labels, centers)}

    def kmeans_step(self, points: Rows, centers: Rows) -> dict[str, Any]:
        return self.told(points, self.steps(points, centers, 1))

    def kmeans_run(self, points: Rows, centers: Rows, iterations: int) -> dict[str, Any]:
        self.check_iterations(iterations)
        return self.told(points, self.steps(points, centers, self.planned(iterations)))

    def kmeans_fit(self, points: Rows, centers: Rows) -> dict[str, Any]:
        state, count = self.fit(points, centers)
        return {**self.told(points, state), "iterations": count}

    # --- K-means, point by point ----------------------------------------------------------------------

    def kmeans_online(self, points: Rows, centers: Rows, rate: float | str) -> dict[str, Any]:
        self.check_points(points)
        self.check_centers(points, centers)
        self.check_rate(rate)
        moving, received, labels = [list(c) for c in centers], [0] * len(centers), []
        for x in points:
            k = self.nearest(x, moving)
            received[k] += 1
            moving[k] = self.pulled(moving[k], x, rate, self.weight_of(received, k))
            labels.append(k)
        return {"labels": labels, "centers": moving}

    def weight_of(self, received: Sequence[int], k: int) -> int:
        """The n of the rate 1/n."""
        return received[k]

    def pulled(self, center: Vector, x: Vector, rate: float | str, n: int) -> list[float]:
        if isinstance(rate, str):  # "1/n"
            return [c + (a - c) / n for a, c in zip(x, center, strict=True)]
        return [c + rate * (a - c) for a, c in zip(x, center, strict=True)]

    # --- the best of all partitions -------------------------------------------------------------------

    def kmeans_optimum(self, points: Rows, k: int) -> dict[str, Any]:
        self.check_points(points)
        self.check_k(k, len(points))
        labels = self.best_partition(points, k)
        centers = self.update(points, labels, [points[0]] * k)
        return {"distortion": self.distortion(points, labels, centers), "labels": labels}

    def best_partition(self, points: Rows, k: int) -> list[int]:
        if len(points[0]) == 1:
            return self.best_intervals([x for (x,) in points], k)
        return self.best_of_all(points, k)

    def best_of_all(self, points: Rows, k: int) -> list[int]:
        """Every labelling in which label k appears only after labels 0 to k-1."""
        labellings: list[list[int]] = [[]]
        for _ in points:
            labellings = [
                [*labels, label] for labels in labellings for label in range(min(max(labels, default=-1) + 2, k))
            ]

        def j(labels: list[int]) -> float:
            return self.distortion(points, labels, self.update(points, labels, [points[0]] * k))

        return min(labellings, key=j)

    def best_intervals(self, xs: Vector, k: int) -> list[int]:
        """On a line clusters are intervals."""
        return list(intervals(tuple(xs), k, type(xs[0])))

    # --- k-means++ ------------------------------------------------------------------------------------

    def kmeans_seeding(self, points: Rows, chosen: Sequence[int]) -> dict[str, Any]:
        self.check_points(points)
        self.check_chosen(chosen, len(points))
        weights = [self.seeding_weight(x, [points[i] for i in chosen]) for x in points]
        mass = self.total(weights)
        if mass == 0:
            return self.no_distance(weights)
        return {"probabilities": [weight / mass for weight in weights]}

    def seeding_weight(self, x: Vector, chosen: Rows) -> float:
        """D(x)^2."""
        return min(self.squared_distance(x, c) for c in chosen)

    def no_distance(self, weights: Vector) -> dict[str, Any]:
        raise Undefined("every point is a chosen one")

    # --- two coins ------------------------------------------------------------------------------------

    def log_power(self, p: float, n: int) -> float:
        """The logarithm of p^n, with 0^0 = 1."""
        if n == 0:
            return 0.0
        return n * math.log(p) if p else -math.inf

    def log_round(self, heads: int, tails: int, p: float) -> float:
        """The logarithm of p(round | coin)."""
        return self.log_power(p, heads) + self.log_power(1 - p, tails)

    def share(self, mine: float, other: float) -> float:
        """e^mine / (e^mine + e^other), for either coin by itself: 1 - share would lose a small share's digits."""
        if mine == other == -math.inf:
            return self.impossible()
        if mine >= other:
            return 1 / (1 + math.exp(other - mine))
        return math.exp(mine - other) / (1 + math.exp(mine - other))

    def impossible(self) -> float:
        raise NoMass("neither coin can show a round")

    def log_prior(self) -> float:
        """Each coin is picked with probability 1/2."""
        return -math.log(2)

    def log_of_sum(self, a: float, b: float) -> float:
        """The logarithm of e^a + e^b."""
        return max(a, b) + math.log1p(math.exp(-abs(a - b)))

    def log_term(self, heads: int, tails: int, a: float, b: float) -> float:
        """The logarithm of p(round), from those of the coins."""
        return self.log_of_sum(a, b) + self.log_prior()

    def e_step(self, heads: Counts, tails: Counts, theta: Vector) -> Posterior:
        shares, terms = [], []
        for h, t in zip(heads, tails, strict=True):
            a, b = (self.log_round(h, t, p) for p in theta)
            shares.append((self.share(a, b), self.share(b, a)))
            terms.append(self.log_term(h, t, a, b))
        counts = [self.expected(heads, tails, mine) for mine in zip(*shares, strict=True)]
        return Posterior(shares, counts, self.log_likelihood(terms, heads, tails))

    def expected(self, heads: Counts, tails: Counts, shares: Vector) -> Pair:
        """Expected heads and tails of one coin."""
        h, t = (self.total(g * n for g, n in zip(shares, of, strict=True)) for of in (heads, tails))
        return h, t

    def log_likelihood(self, terms: Vector, heads: Counts, tails: Counts) -> float:
        return self.total(terms)

    def m_step(self, heads: Counts, tails: Counts, entered: Vector, found: Posterior) -> list[float]:
        return [self.probability(h, t, old) for (h, t), old in zip(found.counts, entered, strict=True)]

    def probability(self, heads: float, tails: float, old: float) -> float:
        """Theta of one coin, of its expected tosses."""
        return heads / (heads + tails) if heads + tails else old

    def em(self, heads: Counts, tails: Counts, theta: Vector, iterations: int) -> tuple[Posterior, Vector]:
        """The last E-step and the theta that left the run; a run may end early where theta stands still."""
        self.check_rounds(heads, tails)
        self.check_theta(theta)
        found, left = self.e_step(heads, tails, theta), theta
        for _ in range(iterations):
            entered = left
            found = self.e_step(heads, tails, entered)
            left = self.m_step(heads, tails, entered, found)
            if self.still(entered, left):
                break
        return found, left

    def still(self, entered: Vector, left: Vector) -> bool:
        """Whether nothing changes any more."""
        return list(entered) == list(left)

    def toss(self, heads: Counts, tails: Counts, theta: Vector, iterations: int) -> dict[str, Any]:
        """A run of EM as it is answered."""
        found, left = self.em(heads, tails, theta, iterations)
        return {
            "responsibilities": [a for a, _ in found.shares],
            "counts": found.counts,
            "theta": left,
            "log_likelihood": found.log_likelihood,
        }

    def coins_step(self, heads: Counts, tails: Counts, theta: Vector) -> dict[str, Any]:
        return self.toss(heads, tails, theta, 1)

    def coins_run(self, heads: Counts, tails: Counts, theta: Vector, iterations: int) -> dict[str, Any]:
        self.check_iterations(iterations)
        return self.toss(heads, tails, theta, self.planned(iterations))

    def coins_fixed_point(self, heads: Counts, tails: Counts, theta: Vector) -> dict[str, Any]:
        found = self.toss(heads, tails, theta, LONGEST)
        return {**found, "rate": self.rate(heads, tails, found["theta"])}

    def rate(self, heads: Counts, tails: Counts, theta: Vector) -> float:
        """The larger eigenvalue of the derivative of theta -> theta; both are real and not negative.

        With s = d ln p(round | coin) / d theta_coin, the share g of coin A has dg/da = g (1-g) s_A and
        dg/db = -g (1-g) s_B, and theta_A = H/n has d theta_A = sum dg (h - theta_A (h + t)) / n.
        """
        found = self.e_step(heads, tails, theta)
        jacobian = [[0.0, 0.0], [0.0, 0.0]]
        for row in (0, 1):
            mass = self.total(found.counts[row])
            for column in (0, 1):
                terms = [
                    a * b * self.slope(h, t, theta[column]) * (h - theta[row] * (h + t))
                    for h, t, (a, b) in zip(heads, tails, found.shares, strict=True)
                    if a and b
                ]
                jacobian[row][column] = self.total(terms) / mass * (1 if row == column else -1)
        (a, b), (c, d) = jacobian
        return (a + d + math.sqrt(max((a - d) ** 2 + 4 * b * c, 0.0))) / 2

    def slope(self, heads: int, tails: int, p: float) -> float:
        return (heads / p if heads else 0.0) - (tails / (1 - p) if tails else 0.0)

    # --- what is refused ------------------------------------------------------------------------------

    def planned(self, iterations: int) -> int:
        """How many steps a run takes."""
        return iterations

    def check_matrix(self, rows: Rows, name: str) -> None:
        if not rows:
            raise EmptyData(f"{name} is empty")
        for row in rows:
            if len(row) != len(rows[0]) or not row:
                raise BadInput(f"{name} has rows of different lengths")
            if not all(math.isfinite(x) for x in row):
                self.not_finite(name)

    def not_finite(self, name: str) -> None:
        raise BadInput(f"{name} has an entry that is no finite number")

    def check_points(self, points: Rows) -> None:
        self.check_matrix(points, "points")

    def check_centers(self, points: Rows, centers: Rows) -> None:
        self.check_matrix(centers, "centers")
        if len(centers[0]) != len(points[0]):
            raise BadInput("centers have another dimension than points")

    def check_k(self, k: int, n: int) -> None:
        if k < 1:
            raise BadInput(f"k is {k}")
        if k > n:
            raise KTooLarge(f"there are {k} clusters for {n} points")

    def check_labels(self, labels: Sequence[int], n: int, k: int) -> None:
        if len(labels) != n or not all(0 <= label < k for label in labels):
            raise BadInput(f"labels are not {n} indices below {k}")

    def check_iterations(self, iterations: int) -> None:
        if iterations < 0:
            raise BadInput(f"iterations is {iterations}")

    def check_rate(self, rate: float | str) -> None:
        if not isinstance(rate, str) and not 0 <= rate <= 1:
            raise BadInput(f"rate is {rate}")

    def check_chosen(self, chosen: Sequence[int], n: int) -> None:
        if not chosen or not all(0 <= index < n for index in chosen):
            raise BadInput(f"chosen are no indices below {n}")

    def check_ddof(self, ddof: int, n: int) -> None:
        if not 0 <= ddof < n:
            raise BadInput(f"ddof is {ddof} for {n} observations")

    def check_rounds(self, heads: Counts, tails: Counts) -> None:
        if not heads:
            raise EmptyData("there are no rounds")
        if len(heads) != len(tails):
            raise BadInput("there are not as many heads as tails")
        if min(*heads, *tails) < 0:
            raise BadInput("a count is negative")

    def check_theta(self, theta: Vector) -> None:
        if len(theta) != 2 or not all(0 <= p <= 1 for p in theta):
            raise BadInput("theta is no pair of probabilities")
