"""Bernoulli mixtures by EM: latent classes of binary rows (Peking lecture, section 2; Bishop, 9.3.3).

Notation: N rows x_n of D bits; K components with weights pi_k and probabilities mu_kd of a 1 in column d; r_nk the
responsibility of component k for row n; N_k = sum_n r_nk.

    p(x | k) = prod_d mu_kd^x_d (1 - mu_kd)^(1 - x_d),  with 0^0 = 1                       (B0)

    1. e_step  r_nk = pi_k p(x_n | k) / sum_j pi_j p(x_n | j)                              (B1)
    2. m_step  pi_k = N_k / N,  mu_kd = (1/N_k) sum_n r_nk x_nd                            (B2)
    3. trace   repeat (1, 2); see `em`

    log_likelihood  ln p = sum_n ln sum_k pi_k p(x_n | k)                                  (B3)
    score           d ln p / d mu_kd = sum_n r_nk (x_nd / mu_kd - (1 - x_nd) / (1 - mu_kd)) (B4)

A component without mass keeps its probabilities. A step is rational: on exact numbers (B1) multiplies (B0) out,
which is how digits of probability are proven. On all other numbers it adds logarithms, taken once for each mu_kd
and not for each bit, so that nothing underflows however many columns there are; 0 ln 0 = 0, and ln 0 is None.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from math import prod
from typing import Generic, TypeAlias

from refimpl import em, linear, mixture
from refimpl.errors import BadInput, EmptyData, NoMass, Undefined
from refimpl.linear import Matrix, Vector
from refimpl.numbers import EXACT, N, Numbers

Bits: TypeAlias = Sequence[Sequence[int]]
"""x, N x D, each 0 or 1."""

Responsibilities: TypeAlias = list[list[N]]


@dataclass(frozen=True)
class Theta(Generic[N]):
    """The parameters."""

    weights: Vector[N]
    """pi, length K, sum 1."""
    probabilities: Matrix[N]
    """mu, K x D, each from 0 to 1."""


def log_joint(rows: Bits, theta: Theta[N], numbers: Numbers[N]) -> em.Logarithms[N]:
    """Return ln pi_k + ln p(x_n | k), N x K; None where it is ln 0. Raises as `check` does."""
    check(rows, theta)
    columns = []
    for weight, probabilities in zip(theta.weights, theta.probabilities, strict=True):
        constant = mixture.logarithm(weight, numbers)
        # (ln (1 - mu_d), ln mu_d): a bit picks its entry
        logs = [(mixture.logarithm(1 - p, numbers), mixture.logarithm(p, numbers)) for p in probabilities]
        columns.append([_total(constant, [pair[bit] for pair, bit in zip(logs, x, strict=True)]) for x in rows])
    return list(zip(*columns, strict=True))


def _total(constant: N | None, logs: Sequence[N | None]) -> N | None:
    """Return the sum, None where a term is ln 0."""
    terms = [x for x in (constant, *logs) if x is not None]
    return linear.total(terms) if len(terms) > len(logs) else None


def joint(rows: Bits, theta: Theta[N]) -> list[list[N]]:
    """Return pi_k p(x_n | k), N x K, multiplied out: exact for exact numbers. Raises as `check` does.  (B0)"""
    check(rows, theta)
    return [
        [
            prod((p if bit else 1 - p for p, bit in zip(probabilities, x, strict=True)), start=weight)
            for weight, probabilities in zip(theta.weights, theta.probabilities, strict=True)
        ]
        for x in rows
    ]


def e_step(rows: Bits, theta: Theta[N], numbers: Numbers[N]) -> Responsibilities[N]:
    """Return the responsibilities, N x K. Raises as `check` does, and NoMass for an impossible row.  (B1)"""
    if numbers is EXACT:
        return mixture.shares(joint(rows, theta))
    return mixture.responsibilities(log_joint(rows, theta, numbers), numbers)


def log_likelihood(rows: Bits, theta: Theta[N], numbers: Numbers[N]) -> N:
    """Return ln p(rows | theta) in nats, the total of all rows. Raises as `e_step` does.  (B3)"""
    return mixture.log_likelihood(log_joint(rows, theta, numbers), numbers)


def predict(rows: Bits, theta: Theta[N], numbers: Numbers[N]) -> list[int]:
    """Return the class of every row, its most responsible component, the lowest index on a tie."""
    return mixture.labels(e_step(rows, theta, numbers))


def m_step(rows: Bits, r: Responsibilities[N], kept: Theta[N] | None = None) -> Theta[N]:
    """Return the parameters that maximise the expected ln p(rows, components).  (B2)

    kept: gives the probabilities of a component without mass; NoMass where there is one and nothing kept.
    Raises BadInput unless there is a row of responsibilities for each row of bits.
    """
    check_rows(rows)
    mixture.check_responsibilities(r, len(rows))
    mixture.check_kept(kept.probabilities if kept else None, len(r[0]))
    return _maximum(rows, r, kept)


def _maximum(rows: Bits, r: Responsibilities[N], kept: Theta[N] | None) -> Theta[N]:
    sizes, columns = mixture.sizes(r), list(zip(*rows, strict=True))
    probabilities: list[Vector[N]] = []
    for k, (size, share) in enumerate(zip(sizes, linear.transpose(r), strict=True)):
        if linear.equals(size, 0):
            if kept is None:
                raise NoMass(f"component {k} has no mass: all its responsibilities are 0; give it some")
            probabilities.append(kept.probabilities[k])
            continue
        probabilities.append([_share_of_ones(column, share, size) for column in columns])
    return Theta([linear.quotient(size, len(rows)) for size in sizes], probabilities)


def _share_of_ones(column: Sequence[int], share: Vector[N], size: N) -> N:
    # mu_kd = (1/N_k) sum_n r_nk x_nd, and exactly 0 or 1 where no row with mass says otherwise       (B2)
    nothing = size**0 - 1
    ones = linear.total([nothing, *compress(share, column)])
    zeros = linear.total([nothing, *(r for r, bit in zip(share, column, strict=True) if not bit)])
    if linear.equals(zeros, 0):
        return size**0
    return linear.quotient(ones, size)


def score(rows: Bits, theta: Theta[N], r: Responsibilities[N]) -> list[list[N]]:
    """Return d ln p / d mu, K x D, at the theta that the responsibilities are of.

    By the gradient identity of `em` it is the posterior mean of the gradient of ln p(rows, components). Raises
    Undefined where a probability is 0 or 1, and BadInput for responsibilities of another shape.
    """
    mixture.check_responsibilities(r, len(rows), len(theta.probabilities))
    found = []
    for k, probabilities in enumerate(theta.probabilities):
        gradient = []
        for d, p in enumerate(probabilities):
            if linear.equals(p, 0) or linear.equals(p, 1):
                raise Undefined(f"the score is undefined where probabilities[{k}][{d}] is {p}; give one inside (0, 1)")
            # d ln p / d mu_kd = sum_n r_nk (x_nd / mu_kd - (1 - x_nd) / (1 - mu_kd))        (B4)
            slopes = [linear.quotient(p**0, p) if x[d] else linear.quotient(-(p**0), 1 - p) for x in rows]
            gradient.append(linear.dot([row[k] for row in r], slopes))
        found.append(gradient)
    return found


def model(numbers: Numbers[N]) -> em.Model[Bits, Theta[N], Responsibilities[N]]:
    """Return the pair of steps that `em` repeats."""
    return em.Model(lambda rows, theta: e_step(rows, theta, numbers), _maximum)


def trace(rows: Bits, theta: Theta[N], numbers: Numbers[N]) -> Iterator[em.State[Theta[N], Responsibilities[N]]]:
    """Yield the start, then the state after each step, for ever."""
    mixtures = model(numbers)
    return em.trace(mixtures, rows, em.start(mixtures, rows, theta))


def check(rows: Bits, theta: Theta[N]) -> None:
    """Raise BadInput unless rows are bits, and weights and probabilities fit them and lie in [0, 1]."""
    d = check_rows(rows)
    k, columns = linear.shape(theta.probabilities, "probabilities")
    if columns != d:
        raise BadInput(f"probabilities[0] has {columns} entries for rows of {d} bits; give {d}")
    mixture.check_weights(theta.weights, k)
    for i, row in enumerate(theta.probabilities):
        mixture.check_probabilities(row, f"probabilities[{i}]")


def check_rows(rows: Bits) -> int:
    """Return D. Raises EmptyData or BadInput unless there are rows of bits of one length."""
    if not rows:
        raise EmptyData("rows is empty; give at least one row of bits")
    d = len(rows[0])
    if not d:
        raise BadInput("rows[0] is empty; give every row at least one bit")
    for n, x in enumerate(rows):
        if len(x) != d:
            raise BadInput(f"rows[{n}] has {len(x)} bits but rows[0] has {d}; give rows of one length")
        for i, bit in enumerate(x):
            if not isinstance(bit, int) or bit not in (0, 1):
                raise BadInput(f"rows[{n}][{i}] is {bit}; give 0 or 1")
    return d
