"""The mixtures of the textbook: one loop of EM, and the small methods that tell one kind of mixture from the other.

Notation: N observations, K components; logarithms of pi_k p_k(x_n) come as K columns of length N, responsibilities as
N rows of length K. The data come by columns too, for whole columns are what plain Python is quick with.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from operator import mul
from typing import Any, NamedTuple

from refimpl.errors import BadInput, Diverges, EmptyData, NoMass, NotPositiveDefinite
from refimpl.oracle.peers.adapter import Adapter

Vector = Sequence[float]
Rows = Sequence[Vector]
Matrices = Sequence[Rows]
Counts = Sequence[int]

LIMIT = 1500
"""Steps after which a limit of EM is taken as it is."""

PATIENCE = 25
"""Steps none of which is shorter than all before, after which rounding is taken to keep them from becoming shorter."""

SQUARINGS = 60
"""The power of a matrix that singles out its largest eigenvalue has at most so many binary digits."""

ROUNDED = 2.0**-30
"""What should add up to 1 may miss it by so much."""

THIN = 1e-13
"""A component is flat where a pivot is this part of the variance or less."""

SMALL = 1e-20
"""A component has shrunk to a point where its variance is this part of the variance of all points or less."""


LITTLE = 1e-6
"""Of observations; a component with less is looked at twice."""


class Gaussians(NamedTuple):
    """The parameters of a Gaussian mixture."""

    weights: Vector
    means: Rows
    covariances: Matrices


class Probabilities(NamedTuple):
    """The parameters of a mixture of Bernoulli rows (K x D) or of coins (K)."""

    weights: Vector
    probabilities: Sequence[Any]


class Expectation(NamedTuple):
    """What an E-step finds."""

    responsibilities: list[list[float]]
    log_likelihood: float


class Direction(NamedTuple):
    """How far each observation pulls at a parameter of a component, in the unit in which one pull has variance 1."""

    pull: Vector
    mass: float


class Family(NamedTuple):
    """A kind of mixture for given data."""

    joint: Callable[[Any], list[list[float]]]
    """theta -> K columns of logarithms."""
    maximum: Callable[[list[list[float]], Any], Any]
    """(responsibilities, theta before) -> theta."""
    directions: Callable[[Any, list[list[float]]], tuple[list[list[Direction]], list[list[Direction]]]]
    """(theta, responsibilities) -> for each component those of its own parameters, and those of common ones."""


def numbers_of(tree: Any) -> list[float]:
    """All numbers of nested lists."""
    found = []
    for entry in tree:
        if isinstance(entry, list | tuple):
            found += numbers_of(entry)
        else:
            found.append(entry)
    return found


class Mixtures(Adapter):
    """Correct, in binary64, and in no hurry."""

    def total(self, terms: Iterable[float]) -> float:
        raise NotImplementedError

    def dot(self, x: Vector, y: Vector) -> float:
        return self.total(map(mul, x, y))

    # --- the loop -------------------------------------------------------------------------------------

    def iterate(self, family: Family, theta: Any, iterations: int) -> tuple[Expectation, Any]:
        """The last E-step and the theta that left the run; it may end early where theta stands still."""
        found, left = None, self.first(theta) if iterations else theta
        for _ in range(iterations):
            entered, before = left, found
            found = self.expectation(family.joint(entered))
            left = family.maximum(found.responsibilities, entered)
            if self.done(before, found, entered, left):
                break
        return found or self.expectation(family.joint(theta)), left

    def done(self, before: Expectation | None, found: Expectation, entered: Any, left: Any) -> bool:
        """Whether a run may end early, because nothing would change any more."""
        return entered == left

    def limit(self, family: Family, theta: Any) -> dict[str, Any]:
        """Where the iteration goes, and how fast it gets there."""
        left = self.converged(family, self.first(theta))
        found = self.expectation(family.joint(left))
        return {**self.told_mixture(found, left), "rate": self.rate_of_mixture(family, left, found.responsibilities)}

    def first(self, theta: Any) -> Any:
        """Where the iteration starts."""
        return theta

    def converged(self, family: Family, theta: Any) -> Any:
        strides: list[float] = []
        for _ in range(LIMIT):
            entered = theta
            theta = family.maximum(self.expectation(family.joint(entered)).responsibilities, entered)
            strides.append(self.stride(entered, theta))
            if self.arrived(strides):
                break
        return theta

    def stride(self, entered: Any, left: Any) -> float:
        """How far a step goes, for each kind of parameter in the unit of its largest, of all the most."""
        found = 0.0
        for a, b in zip(map(numbers_of, entered), map(numbers_of, left), strict=True):
            move = max(abs(x - y) for x, y in zip(a, b, strict=True))
            found = max(found, move / (max(map(abs, b)) or 1.0))
        return found

    def arrived(self, strides: list[float]) -> bool:
        """Whether steps have become so short that rounding keeps them from becoming shorter."""
        earlier = strides[:-PATIENCE]
        return strides[-1] == 0 or (bool(earlier) and min(earlier) <= min(strides[-PATIENCE:]) < 1e-11)

    def told_mixture(self, found: Expectation, theta: Any) -> dict[str, Any]:
        """The outcome of a step or a run as it is answered."""
        return {**self.told_expectation(found), **theta._asdict()}

    def told_expectation(self, found: Expectation) -> dict[str, Any]:
        return found._asdict()

    # --- the E-step -----------------------------------------------------------------------------------

    def log_weight(self, weight: float) -> float:
        return math.log(weight) if weight else self.log_of_no_weight()

    def log_of_no_weight(self) -> float:
        return -math.inf

    def expectation(self, joint: Rows) -> Expectation:
        rows, terms = [], []
        for logs in zip(*joint, strict=True):
            shares, term = self.shares(logs)
            rows.append(shares)
            terms.append(term)
        return Expectation(rows, self.log_evidence(terms))

    def shares(self, logs: Vector) -> tuple[list[float], float]:
        """The responsibilities for one observation, and the logarithm of its density."""
        largest = max(logs)
        if largest == -math.inf:
            return self.nobody(logs)
        if len(logs) == 1:
            return self.only_one(logs)
        powers = [math.exp(a - largest) for a in logs]
        whole = sum(powers)
        return [power / whole for power in powers], largest + math.log(whole)

    def only_one(self, logs: Vector) -> tuple[list[float], float]:
        return [1.0], logs[0]

    def nobody(self, logs: Vector) -> tuple[list[float], float]:
        raise NoMass("an observation is impossible under every component")

    def log_evidence(self, terms: Vector) -> float:
        """Ln p of all observations."""
        return self.total(terms)

    def new_weight(self, size: float, n: int, old: float) -> float:
        return size / n

    def has_mass(self, size: float) -> bool:
        return size > LITTLE or self.has_little_mass(size)

    def has_little_mass(self, size: float) -> bool:
        return size > 0

    def kept(self, old: Any) -> Any:
        """What a component without mass has after a step."""
        if old is None:
            raise NoMass("a component has no mass")
        return old

    # --- the rate -------------------------------------------------------------------------------------

    def rate_of_mixture(self, family: Family, theta: Any, responsibilities: list[list[float]]) -> float:
        """The largest eigenvalue of the derivative of theta -> theta, which is similar to

            S = sum_n sum_{k<l} r_nk r_nl (v_nk - v_nl)(v_nk - v_nl)^T,

        v_nk being the pulls of observation n at all parameters, were it k's, over the roots of their masses.
        """
        own, common = family.directions(theta, responsibilities)
        places = list(range(len(own) + 1))
        for k, directions in enumerate(own):
            places[k + 1] = places[k] + len(directions)
        size = places[-1] + len(common[0])
        matrix = [[0.0] * size for _ in range(size)]
        columns = list(zip(*responsibilities, strict=True))
        for k, l in combinations(range(len(own)), 2):
            both = list(map(mul, columns[k], columns[l]))
            pulls = [self.per_root(d) for d in own[k]]
            pulls += [[-x for x in self.per_root(d)] for d in own[l]]
            for mine, other in zip(common[k], common[l], strict=True):
                pulls.append([x - y for x, y in zip(self.per_root(mine), self.per_root(other), strict=True)])
            where = [*range(places[k], places[k + 1]), *range(places[l], places[l + 1]), *range(places[-1], size)]
            for i, x in zip(where, pulls, strict=True):
                weighed = list(map(mul, both, x))
                for j, y in zip(where, pulls, strict=True):
                    if j <= i:
                        matrix[i][j] += self.dot(weighed, y)
        for i in range(size):
            for j in range(i):
                matrix[j][i] = matrix[i][j]
        return self.rate_of_matrix(matrix)

    def per_root(self, direction: Direction) -> list[float]:
        scale = 1 / math.sqrt(direction.mass)
        return [x * scale for x in direction.pull]

    def rate_of_matrix(self, matrix: Rows) -> float:
        return self.largest_root(matrix)[0]

    def largest_root(self, matrix: Rows) -> tuple[float, list[float]]:
        """The largest eigenvalue of a symmetric matrix without negative ones, and an eigenvector of length 1."""
        scale = sum(row[i] for i, row in enumerate(matrix))
        if scale == 0:
            return 0.0, [0.0] * len(matrix)
        power = [[x / scale for x in row] for row in matrix]
        for _ in range(SQUARINGS):
            before, power = power, [[sum(map(mul, row, other)) for other in power] for row in power]
            scale = sum(row[i] for i, row in enumerate(power))
            power = [[x / scale for x in row] for row in power]
            if all(
                abs(x - y) < 1e-16
                for row, old in zip(power, before, strict=True)
                for x, y in zip(row, old, strict=True)
            ):
                break
        vector = max(power, key=lambda row: sum(map(mul, row, row)))
        length = math.sqrt(sum(map(mul, vector, vector)))
        vector = [x / length for x in vector]
        return sum(x * sum(map(mul, row, vector)) for x, row in zip(vector, matrix, strict=True)), vector

    # --- Gaussian mixtures ----------------------------------------------------------------------------

    def gmm_e_step(self, points: Rows, weights: Vector, means: Rows, covariances: Matrices) -> dict[str, Any]:
        theta = Gaussians(weights, means, covariances)
        self.check_gaussians(points, theta)
        return self.told_expectation(self.expectation(self.gaussians(points).joint(theta)))

    def gmm_m_step(self, points: Rows, responsibilities: Rows, **how: Any) -> dict[str, Any]:
        self.check_points(points)
        self.check_responsibilities(responsibilities, len(points))
        return self.gaussians(points, **how).maximum([list(row) for row in responsibilities], None)._asdict()

    def gmm_step(self, points: Rows, weights: Vector, means: Rows, covariances: Matrices, **how: Any) -> dict[str, Any]:
        return self.gaussian_run(points, Gaussians(weights, means, covariances), 1, **how)

    def gmm_run(
        self, points: Rows, weights: Vector, means: Rows, covariances: Matrices, iterations: int, **how: Any
    ) -> dict[str, Any]:
        self.check_iterations(iterations)
        return self.gaussian_run(points, Gaussians(weights, means, covariances), self.planned(iterations), **how)

    def gmm_fixed_point(
        self, points: Rows, weights: Vector, means: Rows, covariances: Matrices, **how: Any
    ) -> dict[str, Any]:
        theta = Gaussians(weights, means, covariances)
        self.check_gaussians(points, theta)
        return self.limit(self.gaussians(points, **how), self.typed(theta, **how))

    def gaussian_run(self, points: Rows, theta: Gaussians, iterations: int, **how: Any) -> dict[str, Any]:
        self.check_gaussians(points, theta)
        return self.told_mixture(*self.iterate(self.gaussians(points, **how), self.typed(theta, **how), iterations))

    def gaussians(self, points: Rows, covariance_type: str = "full", regularisation: float = 0.0) -> Family:
        if regularisation:
            self.check_regularisation(regularisation)
        columns = list(zip(*points, strict=True))
        return Family(
            lambda theta: self.gaussian_joint(columns, theta),
            lambda shares, theta: self.gaussian_maximum(columns, shares, theta, covariance_type, regularisation),
            lambda theta, shares: self.gaussian_directions(columns, theta, shares, covariance_type),
        )

    def gaussian_joint(self, columns: Rows, theta: Gaussians) -> list[list[float]]:
        found = []
        for weight, mean, covariance in zip(*theta, strict=True):
            density = self.log_densities(columns, mean, covariance)
            log_weight = self.log_weight(weight)
            found.append([log_weight + a for a in density])
        return found

    def log_densities(self, columns: Rows, mean: Vector, covariance: Rows) -> list[float]:
        """Ln N(x | mu, Sigma) of every point."""
        lower, pivots = self.factors(covariance)
        if not min(pivots) > 0:
            return self.not_positive_definite(columns, mean, covariance)
        constant = self.log_constant(len(mean)) - self.log_determinant(covariance, pivots) / 2
        squares = self.squares(self.solved(lower, self.offsets(columns, mean)), self.spreads(pivots))
        return [constant - square / 2 for square in squares]

    def not_positive_definite(self, columns: Rows, mean: Vector, covariance: Rows) -> list[float]:
        raise NotPositiveDefinite("a covariance is not positive definite")

    def log_constant(self, d: int) -> float:
        return -d * math.log(2 * math.pi) / 2

    def log_determinant(self, covariance: Rows, pivots: Vector) -> float:
        return self.total(map(math.log, pivots))

    def offsets(self, columns: Rows, mean: Vector) -> list[list[float]]:
        return [[x - m for x in column] for column, m in zip(columns, mean, strict=True)]

    def factors(self, covariance: Rows) -> tuple[list[list[float]], list[float]]:
        """(L, p) with Sigma = L diag(p) L^T, L unit lower triangular; no further than to a pivot of 0."""
        lower: list[list[float]] = []
        pivots: list[float] = []
        for i, row in enumerate(covariance):
            entries: list[float] = []
            for j in range(i):
                rest = row[j]
                for k in range(j):
                    rest = rest - entries[k] * lower[j][k] * pivots[k]
                entries.append(rest / pivots[j])
            rest = row[i]
            for k in range(i):
                rest = rest - entries[k] * entries[k] * pivots[k]
            pivots.append(rest)
            lower.append(entries)
            if rest == 0:
                break
        return lower, pivots

    def solved(self, lower: Rows, offsets: Rows) -> list[list[float]]:
        """Z with L z = x - mu for every point, by columns."""
        found: list[list[float]] = []
        for row, offset in zip(lower, offsets, strict=True):
            z = list(offset)
            for entry, before in zip(row, found, strict=False):
                if entry:
                    z = [a - entry * b for a, b in zip(z, before, strict=True)]
            found.append(z)
        return found

    def spreads(self, pivots: Vector) -> Vector:
        """What the squares of z are divided by."""
        return pivots

    def squares(self, z: Rows, spreads: Vector) -> list[float]:
        """(x - mu)^T Sigma^-1 (x - mu) of every point."""
        found = [0.0] * len(z[0])
        for column, spread in zip(z, spreads, strict=True):
            found = [total + a * a / spread for total, a in zip(found, column, strict=True)]
        return found

    def gaussian_maximum(
        self, columns: Rows, rows: Rows, theta: Gaussians | None, covariance_type: str, regularisation: float
    ) -> Gaussians:
        n, shares = len(rows), list(zip(*rows, strict=True))
        before = theta or Gaussians([None] * len(shares), [None] * len(shares), [None] * len(shares))  # type: ignore
        sizes = [self.total(share) for share in shares]
        means, covariances = [], []
        for share, size, old, spread in zip(shares, sizes, before.means, before.covariances, strict=True):
            if not self.has_mass(size):
                means.append(self.kept(old))
                covariances.append(self.kept(spread))
                continue
            means.append(self.new_mean(columns, share, size))
            covariances.append(self.new_covariance(columns, share, size, means[-1], old))
        covariances = [
            self.estimate(columns, found, regularisation) if estimated else found
            for found, estimated in self.shaped(covariances, sizes, means, covariance_type)
        ]
        weights = [self.new_weight(size, n, old) for size, old in zip(sizes, before.weights, strict=True)]
        return Gaussians(weights, means, covariances)

    def new_mean(self, columns: Rows, share: Vector, size: float) -> list[float]:
        return [self.dot(share, column) / size for column in columns]

    def new_covariance(
        self, columns: Rows, share: Vector, size: float, mean: Vector, old: Vector | None
    ) -> list[list[float]]:
        """Sigma_k as if the covariances were full; the old mean is not what it is taken about."""
        return self.scatter(self.offsets(columns, mean), share, self.divisor_of_scatter(share, size))

    def scatter(self, offsets: Rows, share: Vector, divisor: float) -> list[list[float]]:
        weighed = [list(map(mul, share, offset)) for offset in offsets]
        half = [[self.dot(w, y) / divisor for y in offsets[: i + 1]] for i, w in enumerate(weighed)]
        return [[half[max(i, j)][min(i, j)] for j in range(len(half))] for i in range(len(half))]

    def divisor_of_scatter(self, share: Vector, size: float) -> float:
        return size

    def shaped(
        self, covariances: list[Any], sizes: Vector, means: Rows, covariance_type: str
    ) -> list[tuple[Any, bool]]:
        """The covariances in their type, and whether they are estimates: a component without mass keeps its own."""
        if covariance_type == "tied":
            return self.all_tied(covariances, sizes, means)
        shape = {"full": self.full, "diag": self.diagonal, "spherical": self.spherical}[covariance_type]
        return [
            (shape(found), True) if self.has_mass(size) else (found, False)
            for found, size in zip(covariances, sizes, strict=True)
        ]

    def full(self, covariance: Rows) -> Rows:
        return covariance

    def all_tied(self, covariances: list[Any], sizes: Vector, means: Rows) -> list[tuple[Any, bool]]:
        return [(self.tied(covariances, sizes, means), True)] * len(sizes)

    def tied(self, covariances: list[Any], sizes: Vector, means: Rows) -> Rows:
        """sum_k N_k Sigma_k / N."""
        used = [(size, found) for size, found in zip(sizes, covariances, strict=True) if self.has_mass(size)]
        n, span = self.total(sizes), range(len(used[0][1]))
        return [[self.total(size * found[i][j] for size, found in used) / n for j in span] for i in span]

    def diagonal(self, covariance: Rows) -> Rows:
        return [[x if i == j else 0.0 for j, x in enumerate(row)] for i, row in enumerate(covariance)]

    def spherical(self, covariance: Rows) -> Rows:
        variance = self.total(row[i] for i, row in enumerate(covariance)) / len(covariance)
        return [[variance if i == j else 0.0 for j in range(len(covariance))] for i in range(len(covariance))]

    def estimate(self, columns: Rows, covariance: Rows, regularisation: float) -> Rows:
        return self.certain(columns, self.regularised(covariance, regularisation) if regularisation else covariance)

    def regularised(self, covariance: Rows, regularisation: float) -> Rows:
        return [[x + regularisation if i == j else x for j, x in enumerate(row)] for i, row in enumerate(covariance)]

    def certain(self, columns: Rows, covariance: Rows) -> Rows:
        """The same covariance, unless the component collapses."""
        _, pivots = self.factors(covariance)
        thin = any(not p > THIN * covariance[i][i] for i, p in enumerate(pivots))
        if thin or any(
            row[i] <= SMALL * self.spread(column)
            for i, (row, column) in enumerate(zip(covariance, columns, strict=True))
        ):
            return self.collapsed(columns, covariance)
        return covariance

    def spread(self, column: Vector) -> float:
        """The square of the width of the data."""
        return (max(column) - min(column)) ** 2

    def collapsed(self, columns: Rows, covariance: Rows) -> Rows:
        raise Diverges("a component collapses")

    def gaussian_directions(
        self, columns: Rows, theta: Gaussians, rows: list[list[float]], covariance_type: str
    ) -> tuple[list[list[Direction]], list[list[Direction]]]:
        """In whitened coordinates y: 1 for the weight, y for the mean, products of two y for the covariance."""
        own, common = [], []
        n = len(rows)
        for share, mean, covariance in zip(zip(*rows, strict=True), theta.means, theta.covariances, strict=True):
            size = self.total(share)
            if size == 0:
                own.append([])
                common.append([])
                continue
            lower, pivots = self.factors(covariance)
            z = self.solved(lower, self.offsets(columns, mean))
            y = [[a / math.sqrt(p) for a in column] for column, p in zip(z, pivots, strict=True)]
            products = self.second_order(y, covariance_type)
            own.append([Direction([1.0] * n, size), *(Direction(column, size) for column in y)])
            common.append([])
            if covariance_type == "tied":
                common[-1] = [Direction(column, float(n)) for column in products]
            else:
                own[-1] += [Direction(column, size) for column in products]
        return own, common

    def second_order(self, y: Rows, covariance_type: str) -> list[list[float]]:
        squares = [[(a * a - 1) / math.sqrt(2) for a in column] for column in y]
        if covariance_type == "spherical":
            return [[self.total(row) / math.sqrt(len(y)) for row in zip(*squares, strict=True)]]
        if covariance_type == "diag":
            return squares
        return squares + [list(map(mul, a, b)) for a, b in combinations(y, 2)]

    # --- Bernoulli mixtures ---------------------------------------------------------------------------

    def bernoulli_e_step(self, rows: Sequence[Counts], weights: Vector, probabilities: Rows) -> dict[str, Any]:
        theta = Probabilities(weights, probabilities)
        self.check_bernoullis(rows, theta)
        return self.told_expectation(self.expectation(self.bernoullis(rows).joint(theta)))

    def bernoulli_m_step(self, rows: Sequence[Counts], responsibilities: Rows) -> dict[str, Any]:
        self.check_bits(rows)
        self.check_responsibilities(responsibilities, len(rows))
        return self.bernoullis(rows).maximum([list(row) for row in responsibilities], None)._asdict()

    def bernoulli_step(self, rows: Sequence[Counts], weights: Vector, probabilities: Rows) -> dict[str, Any]:
        return self.bernoulli_steps(rows, Probabilities(weights, probabilities), 1)

    def bernoulli_run(
        self, rows: Sequence[Counts], weights: Vector, probabilities: Rows, iterations: int
    ) -> dict[str, Any]:
        self.check_iterations(iterations)
        return self.bernoulli_steps(rows, Probabilities(weights, probabilities), self.planned(iterations))

    def bernoulli_fixed_point(self, rows: Sequence[Counts], weights: Vector, probabilities: Rows) -> dict[str, Any]:
        theta = Probabilities(weights, probabilities)
        self.check_bernoullis(rows, theta)
        return self.limit(self.bernoullis(rows), theta)

    def bernoulli_steps(self, rows: Sequence[Counts], theta: Probabilities, iterations: int) -> dict[str, Any]:
        self.check_bernoullis(rows, theta)
        return self.told_mixture(*self.iterate(self.bernoullis(rows), theta, iterations))

    def bernoullis(self, rows: Sequence[Counts]) -> Family:
        columns = list(zip(*rows, strict=True))
        return Family(
            lambda theta: [self.bernoulli_joint(rows, *component) for component in zip(*theta, strict=True)],
            lambda shares, theta: self.bernoulli_maximum(columns, shares, theta),
            lambda theta, shares: self.bernoulli_directions(columns, theta, shares),
        )

    def bernoulli_joint(self, rows: Sequence[Counts], weight: float, probabilities: Vector) -> list[float]:
        """Ln of pi_k p_k(x) of every row."""
        constant, logs = self.log_weight(weight), [self.log_bits(p) for p in probabilities]
        return [constant + self.total(pair[bit] for pair, bit in zip(logs, row, strict=True)) for row in rows]

    def log_bits(self, p: float) -> tuple[float, float]:
        """The logarithms of the probabilities of 0 and of 1."""
        return self.log_bit(1 - p), self.log_bit(p)

    def log_bit(self, p: float) -> float:
        return math.log(p) if p > 0 else self.log_of_no_chance(p)

    def log_of_no_chance(self, p: float) -> float:
        return -math.inf

    def bernoulli_maximum(self, columns: Sequence[Counts], rows: Rows, theta: Probabilities | None) -> Probabilities:
        shares = list(zip(*rows, strict=True))
        before = theta or Probabilities([None] * len(shares), [None] * len(shares))  # type: ignore
        sizes = [self.total(share) for share in shares]
        probabilities = [
            [self.share_of_ones(column, share, size) for column in columns] if self.has_mass(size) else self.kept(old)
            for share, size, old in zip(shares, sizes, before.probabilities, strict=True)
        ]
        weights = [self.new_weight(size, len(rows), old) for size, old in zip(sizes, before.weights, strict=True)]
        return Probabilities(weights, probabilities)

    def share_of_ones(self, column: Counts, share: Vector, size: float) -> float:
        return min(self.dot(share, column) / size, 1.0)

    def bernoulli_directions(
        self, columns: Sequence[Counts], theta: Probabilities, rows: list[list[float]]
    ) -> tuple[list[list[Direction]], list[list[Direction]]]:
        own = []
        for share, probabilities in zip(zip(*rows, strict=True), theta.probabilities, strict=True):
            size = self.total(share)
            own.append([Direction([1.0] * len(rows), size)] if size else [])
            for column, p in zip(columns, probabilities, strict=True):
                if size and 0 < p < 1:
                    root = math.sqrt(p * (1 - p))
                    own[-1].append(Direction([(bit - p) / root for bit in column], size))
        return own, [[] for _ in own]

    # --- coins of any weight --------------------------------------------------------------------------

    def log_round(self, heads: int, tails: int, p: float) -> float:
        raise NotImplementedError

    def expected(self, heads: Counts, tails: Counts, shares: Vector) -> tuple[float, float]:
        raise NotImplementedError

    def probability(self, heads: float, tails: float, old: float) -> float:
        raise NotImplementedError

    def binomial_step(self, heads: Counts, tails: Counts, weights: Vector, probabilities: Vector) -> dict[str, Any]:
        return self.binomial_steps(heads, tails, Probabilities(weights, probabilities), 1)

    def binomial_run(
        self, heads: Counts, tails: Counts, weights: Vector, probabilities: Vector, iterations: int
    ) -> dict[str, Any]:
        self.check_iterations(iterations)
        return self.binomial_steps(heads, tails, Probabilities(weights, probabilities), self.planned(iterations))

    def binomial_fixed_point(
        self, heads: Counts, tails: Counts, weights: Vector, probabilities: Vector
    ) -> dict[str, Any]:
        theta = Probabilities(weights, probabilities)
        self.check_coins(heads, tails, theta)
        return self.limit(self.coins(heads, tails), theta)

    def binomial_steps(self, heads: Counts, tails: Counts, theta: Probabilities, iterations: int) -> dict[str, Any]:
        self.check_coins(heads, tails, theta)
        return self.told_mixture(*self.iterate(self.coins(heads, tails), theta, iterations))

    def coins(self, heads: Counts, tails: Counts) -> Family:
        return Family(
            lambda theta: [self.coin_joint(heads, tails, weight, p) for weight, p in zip(*theta, strict=True)],
            lambda shares, theta: self.coins_maximum(heads, tails, shares, theta),
            lambda theta, shares: self.coin_directions(heads, tails, theta, shares),
        )

    def coin_joint(self, heads: Counts, tails: Counts, weight: float, p: float) -> list[float]:
        """Ln of pi_k p(round | k) of every round."""
        constant = self.log_weight(weight)
        return [constant + self.log_round(h, t, p) for h, t in zip(heads, tails, strict=True)]

    def coins_maximum(self, heads: Counts, tails: Counts, rows: Rows, theta: Probabilities) -> Probabilities:
        shares = list(zip(*rows, strict=True))
        probabilities = [
            self.probability(*self.expected(heads, tails, share), old)
            for share, old in zip(shares, theta.probabilities, strict=True)
        ]
        weights = [
            self.new_weight(self.total(share), len(rows), old) for share, old in zip(shares, theta.weights, strict=True)
        ]
        return Probabilities(weights, probabilities)

    def coin_directions(
        self, heads: Counts, tails: Counts, theta: Probabilities, rows: list[list[float]]
    ) -> tuple[list[list[Direction]], list[list[Direction]]]:
        own = []
        for share, p in zip(zip(*rows, strict=True), theta.probabilities, strict=True):
            size, tosses = self.total(share), self.total(self.expected(heads, tails, share))
            own.append([Direction([1.0] * len(rows), size)] if size else [])
            if tosses and 0 < p < 1:
                root = math.sqrt(p * (1 - p))
                pull = [(h - p * (h + t)) / root for h, t in zip(heads, tails, strict=True)]
                own[-1].append(Direction(pull, tosses))
        return own, [[] for _ in own]

    # --- what is refused ------------------------------------------------------------------------------

    def check_matrix(self, rows: Rows, name: str) -> None:
        raise NotImplementedError

    def check_points(self, points: Rows) -> None:
        raise NotImplementedError

    def check_rounds(self, heads: Counts, tails: Counts) -> None:
        raise NotImplementedError

    def check_iterations(self, iterations: int) -> None:
        raise NotImplementedError

    def planned(self, iterations: int) -> int:
        raise NotImplementedError

    def check_simplex(self, p: Vector, name: str) -> None:
        if not all(0 <= x <= 1 for x in p):
            raise BadInput(f"{name} are no numbers from 0 to 1")
        if not abs(self.total(p) - 1) <= ROUNDED:
            self.other_sum(name)

    def other_sum(self, name: str) -> None:
        raise BadInput(f"{name} do not sum to 1")

    def check_weights(self, weights: Vector, k: int) -> None:
        if len(weights) != k:
            raise BadInput("there are not as many weights as components")
        self.check_simplex(weights, "weights")

    def check_responsibilities(self, rows: Rows, n: int) -> None:
        self.check_matrix(rows, "responsibilities")
        if len(rows) != n:
            raise BadInput("there are not as many rows of responsibilities as observations")
        for row in rows:
            self.check_simplex(row, "responsibilities")

    def check_regularisation(self, regularisation: float) -> None:
        if not 0 <= regularisation < math.inf:
            raise BadInput(f"regularisation is {regularisation}")

    def check_gaussians(self, points: Rows, theta: Gaussians) -> None:
        self.check_points(points)
        self.check_matrix(theta.means, "means")
        d = len(points[0])
        if len(theta.means[0]) != d:
            raise BadInput("means have another dimension than points")
        self.check_weights(theta.weights, len(theta.means))
        if len(theta.covariances) != len(theta.means):
            raise BadInput("there are not as many covariances as means")
        for covariance in theta.covariances:
            self.check_matrix(covariance, "covariances")
            if (len(covariance), len(covariance[0])) != (d, d):
                raise BadInput(f"a covariance is not {d} x {d}")
            if [list(row) for row in covariance] != [list(row) for row in zip(*covariance, strict=True)]:
                self.not_symmetric()

    def typed(self, theta: Gaussians, covariance_type: str = "full", regularisation: float = 0.0) -> Gaussians:
        """The start, whose covariances are to have the type that is asked for."""
        for covariance in theta.covariances:
            variances = [row[i] for i, row in enumerate(covariance)]
            beside = [x for i, row in enumerate(covariance) for j, x in enumerate(row) if i != j]
            if (
                (covariance_type == "tied" and covariance != theta.covariances[0])
                or (covariance_type in ("diag", "spherical") and any(beside))
                or (covariance_type == "spherical" and len(set(variances)) > 1)
            ):
                return self.of_another_type(theta, covariance_type)
        return theta

    def of_another_type(self, theta: Gaussians, covariance_type: str) -> Gaussians:
        raise BadInput(f"a covariance of the start is not {covariance_type}")

    def not_symmetric(self) -> None:
        raise BadInput("a covariance is not symmetric")

    def check_bits(self, rows: Sequence[Counts]) -> None:
        if not rows:
            raise EmptyData("there are no rows")
        for row in rows:
            if len(row) != len(rows[0]) or not row:
                raise BadInput("rows have different lengths")
            self.check_row(row)

    def check_row(self, row: Counts) -> None:
        if not set(row) <= {0, 1}:
            raise BadInput("a row has an entry that is no bit")

    def check_probabilities(self, probabilities: Vector) -> None:
        if not all(0 <= p <= 1 for p in probabilities):
            self.no_probability()

    def no_probability(self) -> None:
        raise BadInput("a probability lies outside [0, 1]")

    def check_bernoullis(self, rows: Sequence[Counts], theta: Probabilities) -> None:
        self.check_bits(rows)
        self.check_matrix(theta.probabilities, "probabilities")
        if len(theta.probabilities[0]) != len(rows[0]):
            raise BadInput("there are not as many probabilities as bits")
        self.check_weights(theta.weights, len(theta.probabilities))
        for probabilities in theta.probabilities:
            self.check_probabilities(probabilities)

    def check_coins(self, heads: Counts, tails: Counts, theta: Probabilities) -> None:
        self.check_rounds(heads, tails)
        if not theta.probabilities:
            raise BadInput("there are no coins")
        self.check_weights(theta.weights, len(theta.probabilities))
        self.check_probabilities(theta.probabilities)
