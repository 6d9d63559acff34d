"""Gaussian mixtures as a `mixture.Family`: natural parameters, and raw moments about a point amid the data.

Notation as in `gaussian_mixture`; c the integers nearest to the overall mean, y = x - c, v = mu - c, P = Sigma^-1.

    ln(pi N(x | mu, Sigma)) = e . f,  f = (1, y_i, y_i y_j for i <= j)                     (Y1)
    e = (ln pi - (D ln 2 pi + ln det Sigma + v^T P v) / 2,  P v,  -P_ii / 2 and -P_ij)     (Y2)
    mu = c + a / w,  Sigma = B / w - (a / w)(a / w)^T  for the moments (w, a, B) of f      (Y3)

Floats must not use (Y3), which cancels what the centred formula of the room keeps; balls say how many digits they
lose to it. The other shapes have fewer features, or fewer moments:

    diag       f = (1, y_i, y_i^2), and the diagonal of (Y3)
    spherical  f = (1, y_i, |y|^2), and Sigma = (B / w - |a / w|^2) / D times I
    tied       moments of (1, y_i) alone, because Sigma = S - sum_k a_k a_k^T / w_k with
               the whole's S = (1/N) sum_n y_n y_n^T                                       (Y4)

A component stands in a row: its mean, then of its covariance the entries i <= j, the diagonal, or the variance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from refimpl import linear
from refimpl.certify.mixture import Frame, Parameters
from refimpl.linear import Matrix
from refimpl.numbers import N, Numbers


@dataclass(frozen=True, eq=False)
class Gaussians:
    """The family over N x D points; regularisation is added to the diagonals after each step."""

    points: Sequence[Sequence[Fraction]]
    covariance_type: str = "full"
    regularisation: Fraction = Fraction(0)

    @cached_property
    def origin(self) -> list[int]:
        """The integers c."""
        return [round(x) for x in linear.mean(self.points)]

    @cached_property
    def features(self) -> list[list[Fraction]]:
        """f, N x M.  (Y1)"""
        found = []
        for x in self.points:
            y = [a - c for a, c in zip(x, self.origin, strict=True)]
            found.append([Fraction(1), *y, *self._squares(y)])
        return found

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

    def _squares(self, y: Sequence[N]) -> list[N]:
        """Return the entries of y y^T at `pairs`, or |y|^2."""
        if self.covariance_type == "spherical":
            return [linear.dot(y, y)]
        return [y[i] * y[j] for i, j in self.pairs]

    def covariance(self, component: Sequence[N]) -> list[list[N]]:
        """Return Sigma, D x D."""
        d, entries = len(self.origin), component[len(self.origin) :]
        zero = entries[0] ** 0 - 1
        sigma = [[zero] * d for _ in range(d)]
        for i in range(d):
            sigma[i][i] = entries[0]  # the one variance, unless there are more
        if self.covariance_type != "spherical":
            for (i, j), x in zip(self.pairs, entries, strict=True):
                sigma[i][j] = sigma[j][i] = x
        return sigma

    def row(self, mean: Sequence[Fraction], covariance: Sequence[Sequence[Fraction]]) -> list[Fraction]:
        """Return a component in a row."""
        return [*mean, *(covariance[i][j] for i, j in self.pairs)]

    def natural(self, theta: Parameters[N], numbers: Numbers[N]) -> list[list[N]]:
        """Return e, K x M.  (Y2)"""
        return [self._natural(w, row, numbers) for w, row in zip(*theta, strict=True)]

    def _natural(self, weight: N, component: Sequence[N], numbers: Numbers[N]) -> list[N]:
        d, sigma = len(self.origin), self.covariance(component)
        v = [m - c for m, c in zip(component, self.origin, strict=False)]
        unit = [[weight**0 - int(i != j) for j in range(d)] for i in range(d)]
        precision = [linear.solve(sigma, e) for e in unit]
        pull = linear.solve(sigma, v)
        constant = numbers.log(numbers.pi() * 2) * d + linear.logdet(sigma, numbers) + linear.dot(v, pull)
        squares = [-precision[i][j] if i < j else linear.quotient(-precision[i][j], 2) for i, j in self.pairs]
        return [numbers.log(weight) - linear.quotient(constant, 2), *pull, *squares]

    def joint(self, theta: Parameters[N], frame: Frame[N]) -> list[list[N]]:
        """Return exp(e_k . f_n - e_j . f_n), N x K, where j is the first component with a weight."""
        numbers = frame.numbers
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
        """Return the components with these moments; those without mass are kept.  (Y3), (Y4)"""
        d = len(self.origin)
        means = {
            k: [linear.quotient(a, w) for a in rest[:d]]
            for k, (w, *rest) in enumerate(moments)
            if not linear.equals(w, 0)
        }
        squares = {k: self._squares(mean) for k, mean in means.items()}
        if self.covariance_type == "tied":
            whole = [numbers(x) for x in linear.mean(self.features)[1 + d :]]
            between = [[moments[k][0] * x for x in row] for k, row in squares.items()]
            common = [s - linear.total(column) for s, column in zip(whole, zip(*between, strict=True), strict=True)]
            spreads = dict.fromkeys(means, common)
        else:
            spreads = {
                k: [linear.quotient(b, moments[k][0]) - x for b, x in zip(moments[k][1 + d :], row, strict=True)]
                for k, row in squares.items()
            }
        if self.covariance_type == "spherical":
            spreads = {k: [linear.quotient(x, d) for x in row] for k, row in spreads.items()}
        found: list[Sequence[N]] = []
        for k in range(len(moments)):
            if k not in means:
                found.append(kept[k])
                continue
            mean = [m + c for m, c in zip(means[k], self.origin, strict=True)]
            extra = [numbers(self.regularisation) * int(i == j) for i, j in self.pairs]
            found.append([*mean, *(x + c for x, c in zip(spreads[k], extra, strict=True))])
        return found
