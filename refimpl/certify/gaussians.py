"""Gaussian mixtures as a `mixture.Family`: natural parameters, and raw moments about a point amid the data.

Notation as in `gaussian_mixture`; c the integers nearest to the overall mean, u_i powers of 2 that bring all
y_i = (x_i - c_i) / u_i into [-1, 1]; v and S the mean and the covariance of y, that is v_i = (mu_i - c_i) / u_i and
S_ij = Sigma_ij / (u_i u_j); P = S^-1.

    ln(pi N(x | mu, Sigma)) = e . f,  f = (1, y_i, y_i y_j for i <= j)                     (Y1)
    e = (ln pi - (D ln 2 pi + ln det S + v^T P v) / 2 - sum_i ln u_i,  P v,  -P_ii / 2 and -P_ij)  (Y2)
    v = a / w,  S = B / w - v v^T  for the moments (w, a, B) of f                          (Y3)

Floats must not use (Y3), which cancels what the centred formula of the room keeps; balls say how many digits they
lose to it. The other shapes have fewer features, or fewer moments:

    diag       f = (1, y_i, y_i^2), and the diagonal of (Y3)
    spherical  f = (1, y_i, |y|^2) with one u for all, and S = (B / w - |v|^2) / D times I
    tied       moments of (1, y_i) alone, because S = (1/N) sum_n y_n y_n^T - sum_k w_k v_k v_k^T   (Y4)

A component stands in a row: its mean, then of its covariance the entries i <= j, the diagonal, or the variance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal, TypeVar, cast

from refimpl import linear
from refimpl.certify.mixture import Frame, Parameters
from refimpl.linear import Matrix
from refimpl.numbers import EXACT, N, Numbers

Entry = TypeVar("Entry")


@dataclass(frozen=True, eq=False)
class Gaussians:
    """The family over N x D points; regularisation is added to the diagonals after each step."""

    points: Sequence[Sequence[Fraction]]
    covariance_type: Literal["full", "tied", "diag", "spherical"] = "full"
    regularisation: Fraction = Fraction(0)

    @cached_property
    def origin(self) -> list[int]:
        """The integers c."""
        return [round(x) for x in linear.mean(self.points)]

    @cached_property
    def units(self) -> list[Fraction]:
        """The powers u of 2, length D."""
        largest = [
            max(abs(x - c) for x in column)
            for column, c in zip(zip(*self.points, strict=True), self.origin, strict=True)
        ]
        if self.covariance_type == "spherical":
            largest = [max(largest)] * len(largest)
        return [_power_of_two(x) for x in largest]

    @cached_property
    def features(self) -> list[list[Fraction]]:
        """f, N x M.  (Y1)"""
        found = []
        for x in self.points:
            y = [(a - c) / u for a, c, u in zip(x, self.origin, self.units, strict=True)]
            found.append([Fraction(1), *y, *self._squares(y)])
        return found

    @cached_property
    def average(self) -> list[Fraction]:
        """(1/N) sum_n f_n."""
        return linear.mean(self.features)

    @property
    def statistics(self) -> int:
        """All features, but for tied covariances without the squares."""
        return 1 + len(self.origin) if self.covariance_type == "tied" else len(self.features[0])

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """The entries (i, j), i <= j, of a covariance that stand in a component's row."""
        d = len(self.origin)
        if self.covariance_type in ("full", "tied"):
            return [(i, j) for j in range(d) for i in range(j + 1)]
        return [(i, i) for i in range(d if self.covariance_type == "diag" else 1)]

    @property
    def width(self) -> int:
        """How many numbers a component's row has."""
        return len(self.origin) + len(self.pairs)

    def _squares(self, y: Sequence[N]) -> list[N]:
        """Return the entries of y y^T at `pairs`, or |y|^2."""
        if self.covariance_type == "spherical":
            return [linear.dot(y, y)]
        return [y[i] * y[j] for i, j in self.pairs]

    def covariance(self, component: Sequence[N]) -> list[list[N]]:
        """Return Sigma, D x D."""
        return self.spread(component, component[0] ** 0 - 1)

    def spread(self, component: Sequence[Entry], zero: Entry) -> list[list[Entry]]:
        """Return the entries of a component's covariance, D x D, of whatever type they are."""
        d, entries = len(self.origin), component[len(self.origin) :]
        sigma = [[entries[0] if i == j else zero for j in range(d)] for i in range(d)]
        if self.covariance_type != "spherical":
            for (i, j), x in zip(self.pairs, entries, strict=True):
                sigma[i][j] = sigma[j][i] = x
        return sigma

    def row(self, mean: Sequence[N], covariance: Matrix[N]) -> list[N]:
        """Return a component in a row."""
        return [*mean, *(covariance[i][j] for i, j in self.pairs)]

    def are_alike(self, theta: Parameters[Fraction]) -> bool:
        """Return whether all components with a weight are equal: then the responsibilities are the weights."""
        rows = [list(row) for w, row in zip(*theta, strict=True) if w != 0]
        return all(row == rows[0] for row in rows)

    def natural(self, theta: Parameters[N], numbers: Numbers[N]) -> list[list[N]]:
        """Return e, K x M.  (Y2)"""
        return [self._natural(w, row, numbers) for w, row in zip(*theta, strict=True)]

    def _natural(self, weight: N, component: Sequence[N], numbers: Numbers[N]) -> list[N]:
        d, sigma = len(self.origin), self.covariance(component)
        units = [numbers(u) for u in self.units]
        v = [linear.quotient(m - c, u) for m, c, u in zip(component, self.origin, units, strict=False)]
        s = [
            [linear.quotient(x, a * b) for x, b in zip(row, units, strict=True)]
            for row, a in zip(sigma, units, strict=True)
        ]
        lower, pivots = linear.ldl(s)
        unit = [[weight**0 - int(i != j) for j in range(d)] for i in range(d)]
        precision = [linear.substitute(lower, pivots, e) for e in unit]
        pull = linear.matvec(precision, v)
        log_det = linear.total(numbers.log(p) for p in pivots)
        constant = numbers.log(numbers.pi() * 2) * d + log_det + linear.dot(v, pull)
        constant = constant + linear.total(numbers.log(u) * 2 for u in units)
        squares = [-precision[i][j] if i < j else linear.quotient(-precision[i][j], 2) for i, j in self.pairs]
        return [numbers.log(weight) - linear.quotient(constant, 2), *pull, *squares]

    def joint(self, theta: Parameters[N], frame: Frame[N]) -> list[list[N]]:
        """Return exp(e_k . f_n - e_j . f_n), N x K, where j is the first component with a weight.

        Exact numbers have no exponential, and need none where components are alike.
        """
        numbers = frame.numbers
        if numbers is EXACT and self.are_alike(cast(Parameters[Fraction], theta)):
            return [list(theta.weights) for _ in self.points]
        first, *others = self._present(theta, numbers)
        leans = {k: linear.subtract(e, first[1]) for k, e in others}
        found = []
        for f in frame.rows:
            row = [numbers(0)] * len(theta.weights)
            row[first[0]] = numbers(1)
            for k, lean in leans.items():
                row[k] = numbers.exp(linear.dot(lean, f))
            found.append(row)
        return found

    def log_likelihood(self, theta: Parameters[N], frame: Frame[N]) -> N:
        """Return ln p, of which `joint` leaves out e_j . f_n."""
        (_, first), *_ = self._present(theta, frame.numbers)
        terms = [linear.dot(first, f) for f in frame.rows]
        return linear.total([*terms, *(frame.numbers.log(linear.total(row)) for row in self.joint(theta, frame))])

    def _present(self, theta: Parameters[N], numbers: Numbers[N]) -> list[tuple[int, list[N]]]:
        """Return e_k of the components with a weight, with their index."""
        return [
            (k, self._natural(w, row, numbers))
            for k, (w, row) in enumerate(zip(*theta, strict=True))
            if not linear.equals(w, 0)
        ]

    def components(self, moments: Matrix[N], kept: Sequence[Sequence[N]], numbers: Numbers[N]) -> list[Sequence[N]]:
        """Return the components with these moments; one without mass is kept, but for what is tied.  (Y3), (Y4)"""
        d = len(self.origin)
        means = {
            k: [linear.quotient(a, w) for a in rest[:d]]
            for k, (w, *rest) in enumerate(moments)
            if not linear.equals(w, 0)
        }
        squares = {k: self._squares(mean) for k, mean in means.items()}
        if self.covariance_type == "tied":
            whole = [numbers(x) for x in self.average[1 + d :]]
            between = [[moments[k][0] * x for x in row] for k, row in squares.items()]
            common = [s - linear.total(column) for s, column in zip(whole, zip(*between, strict=True), strict=True)]
            spreads = dict.fromkeys(range(len(moments)), common)
        else:
            spreads = {
                k: [linear.quotient(b, moments[k][0]) - x for b, x in zip(moments[k][1 + d :], row, strict=True)]
                for k, row in squares.items()
            }
        if self.covariance_type == "spherical":
            spreads = {k: [linear.quotient(x, d) for x in row] for k, row in spreads.items()}
        found: list[Sequence[N]] = []
        for k in range(len(moments)):
            if k not in means and self.covariance_type != "tied":
                found.append(kept[k])
                continue
            units = [numbers(u) for u in self.units]
            if k in means:
                mean = [m * u + c for m, c, u in zip(means[k], self.origin, units, strict=True)]
            else:
                mean = list(kept[k][:d])
            entries = [x * units[i] * units[j] for x, (i, j) in zip(spreads[k], self.pairs, strict=True)]
            extra = numbers(self.regularisation)
            found.append([*mean, *(x + extra * int(i == j) for x, (i, j) in zip(entries, self.pairs, strict=True))])
        return found


def _power_of_two(x: Fraction) -> Fraction:
    """Return the least power of 2 that is not below x; 1 for 0."""
    power = Fraction(1)
    while power < x:
        power *= 2
    while x and power / 2 >= x:
        power /= 2
    return power
