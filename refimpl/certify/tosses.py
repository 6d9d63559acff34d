"""Mixtures of independent tosses as a `mixture.Family`: Bernoulli mixtures, and binomial ones.

Notation: observation n shows h_nd heads and t_nd tails in column d; theta_kd is component k's probability of heads
there. A Bernoulli mixture has h = x and t = 1 - x, a binomial one has a single column.

    p_nk = pi_k prod_d theta_kd^h_nd (1 - theta_kd)^t_nd                                   (Z1)
    ln p_nk = e_k . f_n,  f = (1, h_d, t_d),  e = (ln pi, ln theta_d, ln(1 - theta_d))     (Z2)
    theta_d = H_d / (H_d + T_d)  for the moments (w, H, T) of f                            (Z3)

(Z1) is a product of powers with 0^0 = 1, exact on Fractions and without a logarithm, so that probabilities may lie
on the border; only the derivative of (Z2) needs them inside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import prod
from operator import getitem

from refimpl import linear
from refimpl.certify.mixture import Frame, Parameters
from refimpl.linear import Matrix
from refimpl.numbers import N, Numbers


@dataclass(frozen=True, eq=False)
class Tosses:
    """The family over N observations of D columns."""

    heads: Sequence[Sequence[int]]
    tails: Sequence[Sequence[int]]

    @cached_property
    def features(self) -> list[list[Fraction]]:
        """f, N x M.  (Z2)"""
        return [[Fraction(x) for x in (1, *h, *t)] for h, t in zip(self.heads, self.tails, strict=True)]

    @cached_property
    def average(self) -> list[Fraction]:
        """(1/N) sum_n f_n."""
        return linear.mean(self.features)

    @cached_property
    def totals(self) -> list[int | None]:
        """How many tosses a column has in each observation; None where that differs."""
        rounds = zip(zip(*self.heads, strict=True), zip(*self.tails, strict=True), strict=True)
        sums = [{h + t for h, t in zip(*column, strict=True)} for column in rounds]
        return [found.pop() if len(found) == 1 else None for found in sums]

    @property
    def statistics(self) -> int:
        """Without the tails where the heads imply them: T_d = m_d w - H_d."""
        return len(self.features[0]) if None in self.totals else 1 + len(self.totals)

    @property
    def width(self) -> int:
        """How many numbers a component's row has."""
        return len(self.heads[0])

    @cached_property
    def rounds(self) -> list[list[tuple[int, int]]]:
        """(h_nd, t_nd), N x D."""
        return [list(zip(h, t, strict=True)) for h, t in zip(self.heads, self.tails, strict=True)]

    @cached_property
    def outcomes(self) -> list[set[tuple[int, int]]]:
        """The different (h_nd, t_nd) of each column: of bits there are two."""
        return [set(column) for column in zip(*self.rounds, strict=True)]

    def joint(self, theta: Parameters[N], frame: Frame[N]) -> list[list[N]]:
        """Return p_nk, N x K.  (Z1)"""
        columns = []
        for w, row in zip(*theta, strict=True):
            powers = [
                {(h, t): p**h * (1 - p) ** t for h, t in outcomes}
                for p, outcomes in zip(row, self.outcomes, strict=True)
            ]
            columns.append([prod(map(getitem, powers, line), start=w) for line in self.rounds])
        return linear.transpose(columns)

    def log_likelihood(self, theta: Parameters[N], frame: Frame[N]) -> N:
        """Return ln p, the logarithm of one product."""
        whole = prod((linear.total(row) for row in self.joint(theta, frame)), start=frame.numbers(1))
        return frame.numbers.log(whole)

    def natural(self, theta: Parameters[N], numbers: Numbers[N]) -> list[list[N]]:
        """Return e, K x M; a constant column is certain, and 0 in it.  (Z2)"""
        d = len(self.heads[0])
        tossed = [sum(row[j] for row in self.heads) > 0 < sum(row[j] for row in self.tails) for j in range(d)]

        def logs(row: Sequence[N]) -> list[N]:
            return [numbers.log(p) if varies else numbers(0) for p, varies in zip(row, tossed, strict=True)]

        return [[numbers.log(w), *logs(row), *logs([1 - p for p in row])] for w, row in zip(*theta, strict=True)]

    def components(self, moments: Matrix[N], kept: Sequence[Sequence[N]], numbers: Numbers[N]) -> list[Sequence[N]]:
        """Return the probabilities with these moments; those without tosses are kept.  (Z3)"""
        d = len(self.heads[0])
        found: list[Sequence[N]] = []
        for k, (w, *counts) in enumerate(moments):
            tails = counts[d:] or [w * m - h for h, m in zip(counts, self.totals, strict=True) if m is not None]
            row: list[N] = []
            for j, (h, t) in enumerate(zip(counts[:d], tails, strict=True)):
                if linear.equals(h + t, 0):
                    row.append(kept[k][j])
                elif linear.equals(t, 0):
                    row.append(h**0)
                else:
                    row.append(linear.quotient(h, h + t))
            found.append(row)
        return found
