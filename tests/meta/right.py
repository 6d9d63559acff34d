"""Implementations that are right but written otherwise: other algorithms, other sums, other ways to answer."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Context, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
from textbook import Counts, Posterior, Rows, State, Textbook, Vector
from textbook_components import Axis
from textbook_mixtures import Expectation, Gaussians, numbers_of

from refimpl import linear
from refimpl.certify import partition
from refimpl.errors import EmptyCluster, NoMass, TiedEigenvalues
from refimpl.numbers import parse

Array = np.ndarray[Any, Any]

# --- other sums ---------------------------------------------------------------------------------------


class Backwards(Textbook):
    """Sums from right to left."""

    gmm_fixed_point = None  # type: ignore[assignment]  # which `Fsum` is asked about, for the time they take

    def total(self, terms: Iterable[float]) -> float:
        return super().total(list(terms)[::-1])


class Pairwise(Textbook):
    """Sums of two halves, which are sums of two halves; a long run of them would take its time."""

    gmm_run = gmm_fixed_point = bernoulli_run = None  # type: ignore[assignment]

    def total(self, terms: Iterable[float]) -> float:
        row = list(terms)
        if len(row) < 3:
            return super().total(row)
        return self.total(row[: len(row) // 2]) + self.total(row[len(row) // 2 :])


class Compensated(Textbook):
    """Kahan's sums, in the form of Neumaier; a long run of them would take its time."""

    gmm_run = gmm_fixed_point = bernoulli_run = None  # type: ignore[assignment]

    def total(self, terms: Iterable[float]) -> float:
        found = rest = 0.0
        for term in terms:
            larger = found + term
            rest += (found - larger) + term if abs(found) >= abs(term) else (term - larger) + found
            found = larger
        return found + rest if math.isfinite(found) else found


class Fsum(Textbook):
    """Sums that are rounded once."""

    def total(self, terms: Iterable[float]) -> float:
        return math.fsum(terms)


class Shifted(Textbook):
    """Means are taken from the first point on; labels are not touched, for a shift that rounds would break ties."""

    def average(self, x: Vector) -> float:
        return x[0] + self.total(a - x[0] for a in x) / len(x)

    def products(self, x: Vector, y: Vector) -> float:
        """By the pairs of differences from the first observation."""
        u, v = [a - x[0] for a in x], [b - y[0] for b in y]
        return self.total(a * b for a, b in zip(u, v, strict=True)) - self.total(u) * self.total(v) / len(u)


class Running(Textbook):
    """Means and products that are brought up to date by every observation, as Welford does."""

    def average(self, x: Vector) -> float:
        mean = 0.0
        for n, a in enumerate(x, 1):
            mean += (a - mean) / n
        return mean

    def products(self, x: Vector, y: Vector) -> float:
        mean_x = mean_y = found = 0.0
        for n, (a, b) in enumerate(zip(x, y, strict=True), 1):
            change = a - mean_x
            mean_x += change / n
            mean_y += (b - mean_y) / n
            found += change * (b - mean_y)
        return found


# --- other algorithms ---------------------------------------------------------------------------------


class Bounded(Textbook):
    """Distances that bounds make superfluous are not computed; a bound has to be clear, so that ties stay ties."""

    points: Rows = ()

    def assign(self, points: Rows, centers: Rows) -> list[int]:
        if points is not self.points or len(centers) != len(self.centers):
            self.points, self.centers, self.labels = points, centers, super().assign(points, centers)
            self.upper = [self.distance(x, centers[label]) for x, label in zip(points, self.labels, strict=True)]
            self.lower = [self.first_bounds(x, centers, label) for x, label in zip(points, self.labels, strict=True)]
            self.slack = 1e-12 * max(self.distance(x, c) for x in points for c in centers)
        drift = [self.distance(old, new) for old, new in zip(self.centers, centers, strict=True)]
        half = [[self.distance(a, b) / 2 for b in centers] for a in centers]
        self.centers = centers
        for n, x in enumerate(points):
            self.upper[n] += drift[self.labels[n]]
            self.decide(n, x, drift, half)
        return list(self.labels)

    def distance(self, x: Vector, y: Vector) -> float:
        return math.sqrt(self.squared_distance(x, y))

    def first_bounds(self, x: Vector, centers: Rows, label: int) -> list[float]:
        raise NotImplementedError

    def decide(self, n: int, x: Vector, drift: Vector, half: Rows) -> None:
        raise NotImplementedError


class Elkan(Bounded):
    """A lower bound for every center."""

    def first_bounds(self, x: Vector, centers: Rows, label: int) -> list[float]:
        return [self.distance(x, c) for c in centers]

    def decide(self, n: int, x: Vector, drift: Vector, half: Rows) -> None:
        lower = self.lower[n] = [max(bound - moved, 0.0) for bound, moved in zip(self.lower[n], drift, strict=True)]
        best, least = self.labels[n], -1.0
        for k, center in enumerate(self.centers):
            if k == best or self.upper[n] + self.slack < max(lower[k], half[best][k]):
                continue
            if least < 0:
                least = self.squared_distance(x, self.centers[best])
                self.upper[n] = lower[best] = math.sqrt(least)
            found = self.squared_distance(x, center)
            lower[k] = math.sqrt(found)
            if found < least or (found == least and k < best):
                best, least, self.upper[n] = k, found, lower[k]
        self.labels[n] = best


class Hamerly(Bounded):
    """One lower bound, for the second nearest center."""

    def first_bounds(self, x: Vector, centers: Rows, label: int) -> list[float]:
        return [min((self.distance(x, c) for k, c in enumerate(centers) if k != label), default=math.inf)]

    def decide(self, n: int, x: Vector, drift: Vector, half: Rows) -> None:
        label = self.labels[n]
        (bound,) = self.lower[n] = [self.lower[n][0] - max(drift)]
        apart = min((h for k, h in enumerate(half[label]) if k != label), default=math.inf)
        if self.upper[n] + self.slack < max(bound, apart):
            return
        self.labels[n] = label = self.nearest(x, self.centers)
        self.upper[n] = self.distance(x, self.centers[label])
        self.lower[n] = self.first_bounds(x, self.centers, label)


class Vectorised(Textbook):
    """NumPy, without a loop over points."""

    def assign(self, points: Rows, centers: Rows) -> list[int]:
        difference = np.array(points)[:, None, :] - np.array(centers)[None, :, :]
        return (difference**2).sum(axis=2).argmin(axis=1).tolist()

    def update(self, points: Rows, labels: Sequence[int], centers: Rows) -> list[Vector]:
        array, chosen = np.array(points), np.array(labels)
        return [array[chosen == k].mean(axis=0) if k in labels else np.array(c) for k, c in enumerate(centers)]

    def distortion(self, points: Rows, labels: Sequence[int], centers: Rows) -> float:
        return float(((np.array(points) - np.array(centers)[labels]) ** 2).sum())

    def moments_covariance(self, points: Rows, ddof: int) -> dict[str, Any]:
        self.check_points(points)
        self.check_ddof(ddof, len(points))
        array = np.array(points)
        mean = array.mean(axis=0)
        products = (array - mean).T @ (array - mean)
        varies = np.ptp(array, axis=0) > 0
        spread = np.sqrt(np.where(varies, np.diag(products), 1.0))
        correlation = (products / spread[:, None] / spread[None, :]).astype(object)
        correlation[~np.logical_and.outer(varies, varies)] = None
        return {"mean": mean, "covariance": products / (len(points) - ddof), "correlation": correlation}

    def pca_fit(self, points: Rows, components: int, ddof: int) -> dict[str, Any]:
        """With singular values."""
        self.check_components(points, components, ddof)
        array = np.array(points)
        mean = array.mean(axis=0)
        u, singular, rows = np.linalg.svd(array - mean, full_matrices=False)
        squares = singular**2
        return {
            "mean": mean,
            "variances": squares[:components] / (len(points) - ddof),
            "ratio": squares[:components] / squares.sum(),
            "components": rows[:components],
            "scores": (u * singular)[:, :components],
        }

    def silhouette_samples(self, points: Rows, labels: Sequence[int]) -> dict[str, Any]:
        """Of sums over clusters, and nothing by nothing is put right at the end."""
        self.check_silhouettes(points, labels)
        sums, members = self.sums_of_lengths(points, labels)
        sizes = members.sum(axis=0)
        own = members.argmax(axis=1)
        with np.errstate(invalid="ignore"):
            a = sums[members] / (sizes[own] - 1)
            b = np.where(members, np.inf, sums / sizes).min(axis=1)
            found = (b - a) / np.maximum(a, b)
        found = np.nan_to_num(found)
        return {"samples": found, "mean": found.mean()}

    def silhouette_clusters(self, points: Rows, labels: Sequence[int]) -> dict[str, Any]:
        self.check_silhouettes(points, labels)
        sums, members = self.sums_of_lengths(points, labels)
        sizes = members.sum(axis=0)
        between = members.T @ sums
        a = np.diag(between) / np.maximum(sizes * (sizes - 1), 1)
        np.fill_diagonal(between, np.inf)
        b = (between / np.outer(sizes, sizes)).min(axis=1)
        found = (b - a) / np.maximum(a, b)
        return {"clusters": found, "mean": found.mean()}

    def modularity_score(self, weights: Rows, labels: Sequence[int]) -> dict[str, Any]:
        """Of the matrix of what is more than chance, over its largest entry so that nothing overflows."""
        self.check_graph(weights)
        self.check_communities(labels, len(weights))
        shares = np.array(weights) / np.max(weights)
        shares /= shares.sum()
        ends = shares.sum(axis=0)
        together = np.equal.outer(labels, labels)
        return {"modularity": ((shares - np.outer(ends, ends)) * together).sum()}

    def map_equation_score(self, weights: Rows, labels: Sequence[int]) -> dict[str, Any]:
        """The form with x log x, which needs no codebooks."""
        self.check_graph(weights)
        self.check_communities(labels, len(weights))
        shares = np.array(weights) / np.max(weights)
        shares /= shares.sum()
        members = np.equal.outer(np.unique(labels), labels).astype(float)
        between = members @ shares @ members.T
        visits, ends = shares.sum(axis=0), between.sum(axis=0)
        np.fill_diagonal(between, 0.0)
        leaving = between.sum(axis=0)

        def plogp(x: Any) -> float:
            return float((x * np.log2(np.where(x > 0, x, 1.0))).sum())

        found = plogp(leaving.sum()) - 2 * plogp(leaving) - plogp(visits) + plogp(leaving + ends)
        return {"codelength": found}

    def sums_of_lengths(self, points: Rows, labels: Sequence[int]) -> tuple[Array, Array]:
        """From every point to every cluster that has some, and who is in which."""
        array = np.array(points)
        scale = np.abs(array).max() or 1.0
        difference = (array[:, None, :] - array[None, :, :]) / scale
        members = np.array(labels)[:, None] == np.unique(labels)[None, :]
        return np.sqrt((difference**2).sum(axis=2)) @ members, members

    def e_step(self, heads: Counts, tails: Counts, theta: Vector) -> Posterior:
        tosses = np.array([heads, tails])
        with np.errstate(divide="ignore"):
            logarithms = np.log(np.array([theta, [1 - p for p in theta]]))
        a, b = (self.log_powers(tosses, logarithms[:, c]) for c in (0, 1))
        if np.isneginf(np.maximum(a, b)).any():
            raise NoMass("neither coin can show a round")
        whole = np.logaddexp(a, b)
        shares = np.exp([a - whole, b - whole])
        return Posterior(shares.T.tolist(), (shares @ tosses.T).tolist(), float((whole - np.log(2)).sum()))

    def log_densities(self, columns: Rows, mean: Vector, covariance: Rows) -> Any:
        """With the inverse and the determinant."""
        sigma, offsets = np.array(covariance), np.array(columns) - np.array(mean)[:, None]
        if not np.linalg.eigvalsh(sigma).min() > 0:
            return self.not_positive_definite(columns, mean, covariance)
        squares = (offsets * np.linalg.solve(sigma, offsets)).sum(axis=0)
        return -(squares + np.linalg.slogdet(2 * np.pi * sigma)[1]) / 2

    def expectation(self, joint: Any) -> Expectation:
        logs = np.array(joint).T
        if np.isneginf(logs.max(axis=1)).any():
            raise NoMass("an observation is impossible under every component")
        terms = np.logaddexp.reduce(logs, axis=1)
        powers = np.exp(logs - logs.max(axis=1, keepdims=True))
        return Expectation((powers / powers.sum(axis=1, keepdims=True)).tolist(), float(terms.sum()))

    def gaussian_maximum(
        self, columns: Rows, rows: Rows, theta: Gaussians | None, covariance_type: str, regularisation: float
    ) -> Gaussians:
        shares, points = np.array(rows), np.array(columns).T
        sizes = shares.sum(axis=0)
        if covariance_type != "full" or regularisation or not sizes.all():
            return super().gaussian_maximum(columns, rows, theta, covariance_type, regularisation)
        means = shares.T @ points / sizes[:, None]
        offsets = points[None, :, :] - means[:, None, :]
        covariances = np.einsum("nk,kni,knj->kij", shares, offsets, offsets) / sizes[:, None, None]
        found = [self.certain(columns, ((sigma + sigma.T) / 2).tolist()) for sigma in covariances]
        return Gaussians((sizes / len(rows)).tolist(), means.tolist(), found)

    def log_powers(self, tosses: Array, logarithms: Array) -> Array:
        """Every round under one coin, with 0^0 = 1."""
        none = tosses == 0
        return np.where(none, 0.0, tosses * np.where(none, 0.0, logarithms[:, None])).sum(axis=0)


class Threads(Textbook):
    """Every point is looked at by whichever of four threads is free."""

    def assign(self, points: Rows, centers: Rows) -> list[int]:
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(lambda x: self.nearest(x, centers), points))


class Enumerated(Textbook):
    """The optimum among partitions that are written as restricted growth strings, on exact numbers."""

    def best_of_all(self, points: Rows, k: int) -> list[int]:
        return partition.by_enumeration([[Fraction(a) for a in x] for x in points], k)[1]


class LastOptimum(Textbook):
    """Of several optima the one that is found last, its communities counted from the other end."""

    def candidates(self, n: int) -> list[list[tuple[int, ...]]]:
        return super().candidates(n)[::-1]

    def labelled(self, blocks: Sequence[tuple[int, ...]]) -> list[int]:
        return super().labelled(blocks[::-1])


# --- other numbers ------------------------------------------------------------------------------------


class Exact(Textbook):
    """Fractions, told as text; only roots and logarithms are floats, and runs of EM are too long for it."""

    precision = "exact"
    coins_run = coins_fixed_point = binomial_run = binomial_fixed_point = None  # type: ignore[assignment]
    gmm_run = gmm_fixed_point = bernoulli_run = bernoulli_fixed_point = nmf_run = None  # type: ignore[assignment]

    def number(self, text: str) -> object:
        return parse(text)

    def total(self, terms: Iterable[Any]) -> Any:
        return sum(terms)

    def assign(self, points: Rows, centers: Rows) -> list[int]:
        """On integers, which are faster."""
        return super().assign(*linear.cleared(points, centers)[0])

    def pearson(self, xy: Any, xx: Any, yy: Any) -> float:
        return math.copysign(math.sqrt(xy / xx * (xy / yy)), xy)

    def e_step(self, heads: Counts, tails: Counts, theta: Sequence[Any]) -> Posterior:
        shares, terms = [], []
        for h, t in zip(heads, tails, strict=True):
            a, b = (p**h * (1 - p) ** t for p in theta)
            if a + b == 0:
                raise NoMass("neither coin can show a round")
            shares.append((a / (a + b), b / (a + b)))
            whole = (a + b) / 2
            terms.append(math.log(whole.numerator) - math.log(whole.denominator))
        counts = [self.expected(heads, tails, mine) for mine in zip(*shares, strict=True)]
        return Posterior(shares, counts, math.fsum(terms))


class Decimals(Textbook):
    """Likelihoods as decimal numbers of 40 digits, whose exponents have room for a thousand tosses."""

    context = Context(prec=40)
    coins_fixed_point = None  # type: ignore[assignment]  # a thousand steps would take their time

    def e_step(self, heads: Counts, tails: Counts, theta: Vector) -> Posterior:
        shares, terms = [], []
        for h, t in zip(heads, tails, strict=True):
            a, b = (self.multiplied(Decimal(p), h, self.multiplied(1 - Decimal(p), t, Decimal(1))) for p in theta)
            whole = self.context.add(a, b)
            if not whole:
                raise NoMass("neither coin can show a round")
            shares.append((float(self.context.divide(a, whole)), float(self.context.divide(b, whole))))
            terms.append(float(self.context.ln(self.context.divide(whole, Decimal(2)))))
        counts = [self.expected(heads, tails, mine) for mine in zip(*shares, strict=True)]
        return Posterior(shares, counts, self.total(terms))

    def multiplied(self, p: Decimal, n: int, by: Decimal) -> Decimal:
        """p^n times a number, with 0^0 = 1."""
        return self.context.multiply(self.context.power(p, n), by) if n else by


class FortyDigits(Textbook):
    """By mpmath with forty digits: distances, principal components from the covariance or the Gram matrix."""

    def pca_fit(self, points: Rows, components: int, ddof: int) -> dict[str, Any]:
        self.check_components(points, components, ddof)
        with mpmath.workdps(40):
            x = mpmath.matrix(points)
            mean = [mpmath.fsum(x[:, j]) / x.rows for j in range(x.cols)]
            for n in range(x.rows):
                for j in range(x.cols):
                    x[n, j] -= mean[j]
            gram = x.rows < x.cols
            values, vectors = mpmath.eigsy(x * x.T if gram else x.T * x)
            order = sorted(range(len(values)), key=lambda k: -values[k])[:components]
            directions = [x.T * vectors[:, k] if gram else vectors[:, k] for k in order]
            directions = [w / mpmath.norm(w) for w in directions]
            total = mpmath.fsum(a**2 for a in x)
            return each(
                {
                    "mean": mean,
                    "variances": [values[k] / (x.rows - ddof) for k in order],
                    "ratio": [values[k] / total for k in order],
                    "components": [list(w) for w in directions],
                    "scores": [list(y) for y in zip(*(list(x * w) for w in directions), strict=True)],
                },
                lambda number: mpmath.nstr(number, 40),
            )

    def apart(self, x: Vector, y: Vector) -> Any:
        return mpmath.norm([mpmath.mpf(a) - b for a, b in zip(x, y, strict=True)])

    def silhouette_samples(self, points: Rows, labels: Sequence[int]) -> dict[str, Any]:
        with mpmath.workdps(40):
            return each(super().silhouette_samples(points, labels), lambda number: mpmath.nstr(number, 40))

    def silhouette_clusters(self, points: Rows, labels: Sequence[int]) -> dict[str, Any]:
        with mpmath.workdps(40):
            return each(super().silhouette_clusters(points, labels), lambda number: mpmath.nstr(number, 40))

    def weight(self, a: float) -> Any:
        return mpmath.mpf(a)

    loop = weight

    def logarithm(self, x: float) -> Any:
        return mpmath.log(x, 2)

    def modularity_score(self, weights: Rows, labels: Sequence[int]) -> dict[str, Any]:
        with mpmath.workdps(40):
            return each(super().modularity_score(weights, labels), lambda number: mpmath.nstr(number, 40))

    def modularity_optimum(self, weights: Rows) -> dict[str, Any]:
        with mpmath.workdps(40):
            return each(super().modularity_optimum(weights), lambda number: mpmath.nstr(number, 40))

    def map_equation_score(self, weights: Rows, labels: Sequence[int]) -> dict[str, Any]:
        with mpmath.workdps(40):
            return each(super().map_equation_score(weights, labels), lambda number: mpmath.nstr(number, 40))

    def map_equation_optimum(self, weights: Rows) -> dict[str, Any]:
        """Found in binary64, because ten nodes would take their time."""
        self.check_graph(weights)
        labels = Textbook().map_equation_optimum(weights)["labels"]
        return {**self.map_equation_score(weights, labels), "labels": labels}


class Binary32(Textbook):
    """Every number is held in binary32, and this is declared."""

    precision = "binary32"
    gmm_run = gmm_fixed_point = bernoulli_run = bernoulli_fixed_point = None  # type: ignore[assignment]
    binomial_run = binomial_fixed_point = None  # type: ignore[assignment]
    gmm_m_step = None  # type: ignore[assignment]  # a variance that is too small for binary32 is 0, and refused

    def number(self, text: str) -> object:
        with np.errstate(over="ignore"):
            return np.float32(float(str(super().number(text))))

    def log_power(self, p: float, n: int) -> Any:
        return np.float32(super().log_power(p, n))

    def share(self, mine: float, other: float) -> Any:
        return np.float32(super().share(mine, other))

    def log_term(self, heads: int, tails: int, a: float, b: float) -> Any:
        return np.float32(super().log_term(heads, tails, a, b))

    def pearson(self, xy: float, xx: float, yy: float) -> Any:
        return np.float32(super().pearson(xy, xx, yy))

    def apart(self, x: Vector, y: Vector) -> Any:
        return np.float32(super().apart(x, y))


# --- other answers ------------------------------------------------------------------------------------


def each(tree: Any, write: Callable[[Any], object]) -> Any:
    """The same nested lists with every float, or number of mpmath, written otherwise."""
    if isinstance(tree, Mapping):
        return {name: each(value, write) for name, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [each(value, write) for value in tree]
    return write(tree) if isinstance(tree, float | mpmath.mpf) else tree


class Hexadecimal(Textbook):
    """Numbers are told as text such as 0x1.8p+1."""

    gmm_run = gmm_fixed_point = bernoulli_run = None  # type: ignore[assignment]  # which are told as the others

    def told(self, points: Rows, state: State) -> dict[str, Any]:
        return each(super().told(points, state), float.hex)

    def toss(self, heads: Counts, tails: Counts, theta: Vector, iterations: int) -> dict[str, Any]:
        return each(super().toss(heads, tails, theta, iterations), float.hex)

    def told_mixture(self, found: Expectation, theta: Any) -> dict[str, Any]:
        return each(super().told_mixture(found, theta), float.hex)

    def rate(self, heads: Counts, tails: Counts, theta: Sequence[Any]) -> Any:
        return super().rate(heads, tails, [float.fromhex(p) for p in theta]).hex()

    def moments_covariance(self, points: Rows, ddof: int) -> dict[str, Any]:
        return each(super().moments_covariance(points, ddof), float.hex)

    def pca_fit(self, points: Rows, components: int, ddof: int) -> dict[str, Any]:
        return each(super().pca_fit(points, components, ddof), float.hex)

    def silhouette_samples(self, points: Rows, labels: Sequence[int]) -> dict[str, Any]:
        return each(super().silhouette_samples(points, labels), float.hex)

    def silhouette_clusters(self, points: Rows, labels: Sequence[int]) -> dict[str, Any]:
        return each(super().silhouette_clusters(points, labels), float.hex)

    def choose_k_sweep(self, points: Rows, starts: Sequence[Rows]) -> dict[str, Any]:
        return each(super().choose_k_sweep(points, starts), float.hex)

    def modularity_score(self, weights: Rows, labels: Sequence[int]) -> dict[str, Any]:
        return each(super().modularity_score(weights, labels), float.hex)

    def modularity_optimum(self, weights: Rows) -> dict[str, Any]:
        return each(super().modularity_optimum(weights), float.hex)

    def map_equation_score(self, weights: Rows, labels: Sequence[int]) -> dict[str, Any]:
        return each(super().map_equation_score(weights, labels), float.hex)

    def map_equation_optimum(self, weights: Rows) -> dict[str, Any]:
        return each(super().map_equation_optimum(weights), float.hex)


class FinalLabels(Textbook):
    """Labels are assigned once more to the centers that are returned, and this is declared."""

    conventions: Mapping[str, str] = {"labels": "final"}

    def told(self, points: Rows, state: State) -> dict[str, Any]:
        labels = self.assign(points, state.centers)
        return super().told(points, State(labels, state.centers, self.distortion(points, labels, state.centers)))


class NoEmptyClusters(Textbook):
    """A step that leaves a cluster without points is an error, and this is declared."""

    conventions: Mapping[str, str] = {"empty": "error"}

    def step(self, points: Rows, centers: Rows) -> State:
        state = super().step(points, centers)
        self.check_used(state.labels, len(centers))
        return state

    def kmeans_update(self, points: Rows, labels: Sequence[int], centers: Rows) -> dict[str, Any]:
        found = super().kmeans_update(points, labels, centers)
        self.check_used(labels, len(centers))
        return found

    def check_used(self, labels: Sequence[int], k: int) -> None:
        if len(set(labels)) < k:
            raise EmptyCluster("a cluster has no point")


class Reversed(Textbook):
    """Clusters and components are numbered from the last to the first."""

    gmm_fixed_point = None  # type: ignore[assignment]  # which is told as gmm.run

    def told(self, points: Rows, state: State) -> dict[str, Any]:
        last = len(state.centers) - 1
        return super().told(points, State([last - k for k in state.labels], state.centers[::-1], state.distortion))

    def told_mixture(self, found: Expectation, theta: Any) -> dict[str, Any]:
        first, *others = (numbers_of([component]) for component in theta[1])
        if any(math.dist(first, other) < 1e-9 for other in others):
            return super().told_mixture(found, theta)  # which of two equal ones is the first only their weights tell
        rows = [row[::-1] for row in found.responsibilities]
        return super().told_mixture(found._replace(responsibilities=rows), type(theta)(*(x[::-1] for x in theta)))


class AsTheyAppear(Textbook):
    """Clusters are numbered as they appear among the points; those without points come last, in their order."""

    def order(self, labels: Sequence[int], k: int) -> list[int]:
        return list(dict.fromkeys([*labels, *range(k)]))

    def told(self, points: Rows, state: State) -> dict[str, Any]:
        order = self.order(state.labels, len(state.centers))
        labels = [order.index(label) for label in state.labels]
        return super().told(points, State(labels, [state.centers[k] for k in order], state.distortion))

    def kmeans_online(self, points: Rows, centers: Rows, rate: float | str) -> dict[str, Any]:
        found = super().kmeans_online(points, centers, rate)
        order = self.order(found["labels"], len(centers))
        labels = [order.index(label) for label in found["labels"]]
        return {"labels": labels, "centers": [found["centers"][k] for k in order]}


class SampleMoments(Textbook):
    """Covariances and variances of components are divided by n - 1 whatever is asked for, and this is declared."""

    conventions: Mapping[str, str] = {"divisor": "n-1"}

    def divisor(self, n: int, ddof: int) -> int:
        return n - 1


class OtherSigns(Textbook):
    """Every other component points to the other side, and so do its scores."""

    def told_axes(self, mean: Vector, kept: Sequence[Axis], ratio: Vector) -> dict[str, Any]:
        turned = [
            (value, [(-1) ** k * -a for a in w], [(-1) ** k * -y for y in scores])
            for k, (value, w, scores) in enumerate(kept)
        ]
        return super().told_axes(mean, turned, ratio)


def are_tied(x: Axis, y: Axis, first: Axis) -> bool:
    """Whether two variances are equal, but for rounding."""
    return abs(x[0] - y[0]) <= 1e-9 * max(x[0], y[0]) or max(x[0], y[0]) <= 1e-20 * first[0]


def mixed(x: Axis, y: Axis, a: float, b: float) -> Axis:
    """Return a x + b y, with the variance of x."""
    w, scores = ([a * u + b * v for u, v in zip(*pair, strict=True)] for pair in zip(x[1:], y[1:], strict=True))
    return x[0], w, scores


class OtherBasis(Textbook):
    """Components of one variance are turned among themselves, by an angle of 1 and a reflection."""

    def told_axes(self, mean: Vector, kept: Sequence[Axis], ratio: Vector) -> dict[str, Any]:
        found = list(kept)
        c, s = math.cos(1), math.sin(1)
        for k in range(1, len(found)):
            x, y = found[k - 1 : k + 1]
            if are_tied(x, y, found[0]):
                found[k - 1 : k + 1] = [mixed(x, y, c, s), mixed(x, y, s, -c)]
        return super().told_axes(mean, found, ratio)


class RefusesTies(Textbook):
    """Components that are a matter of choice are refused."""

    def leading(self, axes: Sequence[Axis], components: int) -> Sequence[Axis]:
        kept = super().leading(axes, components)
        if any(are_tied(x, y, kept[0]) for x, y in pairwise(kept)):
            raise TiedEigenvalues("two variances are equal")
        return kept


class ScoresAlone(OtherBasis):
    """Components are not told, and this is declared."""

    omits: Mapping[str, Mapping[str, str]] = {"pca.fit": {"components": "it works with distances"}}

    def told_axes(self, mean: Vector, kept: Sequence[Axis], ratio: Vector) -> dict[str, Any]:
        told = super().told_axes(mean, kept, ratio)
        del told["components"]
        return told


def classes() -> Iterator[type[Textbook]]:
    """In the order of this file."""
    for found in list(globals().values()):
        if isinstance(found, type) and issubclass(found, Textbook) and found not in (Textbook, Bounded):
            yield found


ALL: tuple[type[Textbook], ...] = tuple(classes())
"""In the order of this file."""
