"""The EM map of a mixture and its derivative, written another way than in the rooms: by moments.

Notation: observations n = 1..N, components k = 1..K with weights pi_k; f_n a row of features of an observation, the
first of which is 1; e_k the natural parameters and s_k the moments of a component. What differs from one kind of
mixture to another is a `Family`; the rest is the same for all:

    ln(pi_k p_k(x_n)) = e_k . f_n + (what does not depend on k)                            (W1)
    r_nk = p_nk / sum_j p_nj, the textbook quotient                                        (W2)
    s_k = (1/N) sum_n r_nk f_n, from which theta and the next e_k follow                   (W3)
    sum_k s_k = (1/N) sum_n f_n, whatever theta is                                         (W4)

By (W4) the moments of all components but the last, one after the other, are coordinates of what a step can leave.
In these coordinates

    ds_k = sum_j C_kj (de_k - de_j),  C_kj = (1/N) sum_n r_nk r_nj f_n f_n^T               (W5)

where the derivative of e is found by `jets`, at a cost that does not grow with N.

The eigenvalues of this derivative J are real and not negative. For J = V H, where V = (1/N) sum_n Var(t | x_n) is the
posterior variance of the complete data's sufficient statistics t, and H is the second derivative of the convex
conjugate of their log-partition function: both are symmetric and positive semidefinite, and V H has the eigenvalues
of H^(1/2) V H^(1/2). If at a fixed point all of them lie below 1, then H - H V H, the observed information in mean
parameters, is positive definite there (Dempster, Laird and Rubin 1977, section 3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Generic, NamedTuple, Protocol

from refimpl import linear
from refimpl.certify.jets import Jets, variables
from refimpl.certify.krawczyk import Derivative, Map
from refimpl.errors import NoMass, Refuted
from refimpl.linear import Matrix
from refimpl.numbers import Ball, N, Numbers, ball
from refimpl.numbers.kinds import precision


class Parameters(NamedTuple, Generic[N]):
    """theta of any mixture."""

    weights: Sequence[N]
    """pi, length K."""
    components: Sequence[Sequence[N]]
    """What belongs to a component, in a row."""


class Image(NamedTuple, Generic[N]):
    """All that one step computes."""

    responsibilities: list[list[N]]
    """r, N x K."""
    parameters: Parameters[N]
    """theta after the step."""


class Family(Protocol):
    """A kind of mixture over given observations."""

    @property
    def features(self) -> Sequence[Sequence[Fraction]]:
        """f, N x M."""

    @property
    def average(self) -> Sequence[Fraction]:
        """(1/N) sum_n f_n.  (W4)"""

    @property
    def statistics(self) -> int:
        """How many of the first features have moments that, with W4, determine all others that are needed."""

    def joint(self, theta: Parameters[N], frame: "Frame[N]") -> list[list[N]]:
        """Return numbers in the proportions of pi_k p_k(x_n), N x K."""

    def log_likelihood(self, theta: Parameters[N], frame: "Frame[N]") -> N:
        """Return ln p in nats, the total of all observations."""

    def natural(self, theta: Parameters[N], numbers: Numbers[N]) -> list[list[N]]:
        """Return e, K x M, for weights above 0."""

    def components(self, moments: Matrix[N], kept: Sequence[Sequence[N]], numbers: Numbers[N]) -> list[Sequence[N]]:
        """Return the components with these moments, of all features or of the statistics; without mass those kept."""


@dataclass(frozen=True, eq=False)
class Frame(Generic[N]):
    """A family in a kind of number, its features converted once."""

    family: Family
    numbers: Numbers[N]

    @cached_property
    def rows(self) -> list[list[N]]:
        """f, N x M."""
        return [[self.numbers(x) for x in row] for row in self.family.features]

    @cached_property
    def columns(self) -> list[list[N]]:
        """The features, column by column."""
        return linear.transpose(self.rows)

    @cached_property
    def products(self) -> dict[tuple[int, int], list[N]]:
        """The columns f_i f_l for i <= l, i a statistic."""
        columns = linear.transpose(self.family.features)
        return {
            (i, l): [self.numbers(a * b) for a, b in zip(columns[i], columns[l], strict=True)]
            for i in range(self.family.statistics)
            for l in range(i, len(columns))
        }


def responsibilities(frame: Frame[N], theta: Parameters[N]) -> list[list[N]]:
    """Return r, N x K. Raises NoMass where an observation is impossible.  (W2)"""
    r = []
    for n, row in enumerate(frame.family.joint(theta, frame)):
        possible = [k for k, p in enumerate(row) if not linear.is_nothing(p)]
        if not possible:
            raise NoMass(f"observation {n} is impossible under every component")
        if len(possible) == 1 and not linear.equals(
            row[possible[0]], 0
        ):  # exactly 1, which a ball divided by itself is not
            r.append([p**0 if k in possible else p for k, p in enumerate(row)])
            continue
        whole = linear.total(row)
        r.append([linear.quotient(p, whole) for p in row])
    return r


def image(frame: Frame[N], theta: Parameters[N]) -> Image[N]:
    """Return responsibilities and F(theta). Raises NoMass where an observation is impossible.  (W3)"""
    r = responsibilities(frame, theta)
    s = [moments(frame, share, len(frame.columns)) for share in zip(*r, strict=True)]
    return Image(r, Parameters([row[0] for row in s], frame.family.components(s, theta.components, frame.numbers)))


def moments(frame: Frame[N], share: Sequence[N], count: int) -> list[N]:
    """Return the first moments of a component.  (W3)"""
    return [linear.quotient(linear.dot(share, column), len(share)) for column in frame.columns[:count]]


def check_chain(frame: Frame[Ball], states: Sequence[Parameters[Ball]]) -> None:
    """Raise Refuted unless F maps every box of parameters into the next one."""
    for t, (state, after) in enumerate(pairwise(states)):
        found = image(frame, state).parameters
        inside = zip(row_of(after), row_of(found), strict=True)
        for i, (box, x) in enumerate(inside):
            if not box.contains_ball(x):
                raise Refuted(f"state {t + 1} of the run does not contain the image of state {t}, entry {i}")


def row_of(theta: Parameters[N]) -> list[N]:
    """Return the weights, then each component, in one row."""
    return [x for row in (theta.weights, *theta.components) for x in row]


def from_row(row: Sequence[N], k: int) -> Parameters[N]:
    """Return the parameters of K components that stand in a row."""
    size = len(row) // k - 1
    return Parameters(row[:k], [row[k + i * size : k + (i + 1) * size] for i in range(k)])


def coordinates(frame: Frame[N], theta: Parameters[N]) -> list[N]:
    """Return the coordinates of F(theta)."""
    *shares, _ = zip(*responsibilities(frame, theta), strict=True)
    return [x for share in shares for x in moments(frame, share, frame.family.statistics)]


def at(family: Family, s: Sequence[N], numbers: Numbers[N]) -> Parameters[N]:
    """Return theta at these coordinates.  (W4)"""
    m = family.statistics
    rows = [list(s[i : i + m]) for i in range(0, len(s), m)]
    whole = [numbers(x) for x in family.average[:m]]
    rows.append([linear.total([x, *(-row[i] for row in rows)]) for i, x in enumerate(whole)])
    return Parameters([row[0] for row in rows], family.components(rows, (), numbers))


def jacobian(frame: Frame[N], s: Sequence[N]) -> list[list[N]]:
    """Return J at the coordinates s, all weights above 0.  (W5)"""
    family, numbers = frame.family, frame.numbers
    jets = Jets(numbers, len(s))
    natural = family.natural(at(family, variables(s), jets), jets)
    shares = linear.transpose(responsibilities(frame, at(family, s, numbers)))
    j: list[list[N]] = []
    for k in range(len(shares) - 1):
        rows = [[numbers(0)] * len(s)] * family.statistics
        for other, share in enumerate(shares):
            if other == k:
                continue
            both = [a * b for a, b in zip(shares[k], share, strict=True)]
            c = {pair: linear.quotient(linear.dot(both, x), len(both)) for pair, x in frame.products.items()}
            # columns of de_k - de_j: one for each coordinate
            lean = list(zip(*((a - b).slopes for a, b in zip(natural[k], natural[other], strict=True)), strict=True))
            for i, row in enumerate(rows):
                c_i = [c[min(i, l), max(i, l)] for l in range(len(natural[k]))]
                rows[i] = [x + linear.dot(c_i, column) for x, column in zip(row, lean, strict=True)]
        j.extend(rows)
    return j


def maps(family: Family, digits: int, coarse: int) -> tuple[Map, Derivative]:
    """Return F in balls of `digits` and J in balls of `coarse` digits, in coordinates, as `krawczyk` takes them."""
    fine, rough = Frame(family, ball(digits)), Frame(family, ball(coarse))

    def f(s: Sequence[Ball]) -> list[Ball]:
        return coordinates(fine, at(family, s, fine.numbers))

    def derivative(s: Sequence[Ball]) -> list[list[Ball]]:
        return jacobian(rough, [x.at(precision(coarse)) for x in s])

    return f, derivative
