"""What all mixtures share: responsibilities, likelihood and weights (Peking lecture, section 2).

Notation: N observations x_n, K components with weights pi_k and densities p_k; None stands for ln 0.

    a_nk = ln pi_k + ln p_k(x_n), the joint logarithm of observation and component         (X1)

    1. responsibilities  r_nk = exp(a_nk - m_n) / sum_j exp(a_nj - m_n),  m_n = max_j a_nj (X2)
    2. log_likelihood    ln p = sum_n (m_n + ln sum_j exp(a_nj - m_n))                     (X3)
    3. sizes             N_k = sum_n r_nk, and pi_k = N_k / N                              (X4)
    4. labels            the component with the largest r_nk, the lowest index on a tie    (X5)

With m_n taken out no sum can underflow to 0 or overflow, however far x_n lies from every component. Where the
joint probabilities themselves are rational, `shares` does the work of 1 without a logarithm.
"""

import contextlib
from collections.abc import Sequence
from fractions import Fraction
from math import isfinite

from refimpl import linear
from refimpl.em import Logarithms
from refimpl.errors import BadInput, NoMass, Undecided
from refimpl.linear import Matrix, Vector
from refimpl.numbers import N, Numbers

ROUNDED = 2**30
"""What should add up to 1 may miss it by the inverse of this where numbers are rounded, and not at all where exact."""


def responsibilities(logarithms: Logarithms[N], numbers: Numbers[N]) -> list[list[N]]:
    """Return r, N x K, of the joint logarithms. Raises NoMass where a row has no other entry than None.  (X2)"""
    one, found = numbers(1), []
    for n, row in enumerate(logarithms):
        largest, powers = _without_largest(n, row, one, numbers)
        # one division for a row: r_nk = exp(a_nk - m_n) (1 / sum_j exp(a_nj - m_n))
        share = linear.quotient(one, linear.total(powers))
        found.append([share if a is largest else power * share for a, power in zip(row, powers, strict=True)])
    return found


def log_likelihood(logarithms: Logarithms[N], numbers: Numbers[N]) -> N:
    """Return ln p in nats, the total of all observations. Raises NoMass as `responsibilities` does.  (X3)"""
    one, terms = numbers(1), []
    for n, row in enumerate(logarithms):
        largest, powers = _without_largest(n, row, one, numbers)
        terms.append(largest + numbers.log(linear.total(powers)))
    return linear.total(terms)


def _without_largest(n: int, row: Sequence[N | None], one: N, numbers: Numbers[N]) -> tuple[N, list[N]]:
    """Return m_n and the exp(a_nk - m_n); exp(0) is exact."""
    possible = [a for a in row if a is not None]
    if not possible:
        raise NoMass(f"observation {n} is impossible under every component; give parameters that allow it")
    largest = possible[0]
    for a in possible[1:]:
        if _exceeds(a, largest):
            largest = a
    if isinstance(largest, float) and not isfinite(largest):
        raise BadInput(f"observation {n} lies too far from every component for floats; scale the data")
    powers = [numbers(0) if a is None else one if a is largest else numbers.exp(a - largest) for a in row]
    return largest, powers


def _exceeds(a: N, b: N) -> bool:
    """Return whether a is larger; of two balls that are nearly the same either serves."""
    try:
        return a > b
    except Undecided:
        return False


def shares(joint: Matrix[N]) -> list[list[N]]:
    """Return r, N x K, of the joint probabilities. Raises NoMass where all of a row are 0."""
    found = []
    for n, row in enumerate(joint):
        whole = linear.total(row)
        if linear.equals(whole, 0):
            raise NoMass(f"observation {n} is impossible under every component; give parameters that allow it")
        found.append([linear.quotient(p, whole) for p in row])
    return found


def sizes(r: Matrix[N]) -> list[N]:
    """Return N_k, length K.  (X4)"""
    return [linear.total(column) for column in zip(*r, strict=True)]


def labels(r: Matrix[N]) -> list[int]:
    """Return the most responsible component of every observation. Raises Undecided where balls overlap.  (X5)"""
    found = []
    for row in r:
        best = 0
        for k in range(1, len(row)):
            if row[k] > row[best]:
                best = k
        found.append(best)
    return found


def logarithm(p: N, numbers: Numbers[N]) -> N | None:
    """Return ln p of a probability, None for ln 0."""
    return None if linear.equals(p, 0) else numbers.log(p)


def check_weights(weights: Vector[N], k: int) -> None:
    """Raise BadInput unless there are K weights from 0 to 1 that sum to 1."""
    if len(weights) != k:
        raise BadInput(f"weights has {len(weights)} entries for {k} components; give one for each")
    _check_simplex(weights, "weights")


def check_responsibilities(r: Matrix[N], n: int, k: int | None = None) -> None:
    """Raise BadInput unless there are N rows of numbers from 0 to 1 that sum to 1 (of length K, if given)."""
    rows, columns = linear.shape(r, "responsibilities")
    if rows != n:
        raise BadInput(f"responsibilities has {rows} rows for {n} observations; give one for each")
    if k is not None and columns != k:
        raise BadInput(f"responsibilities has {columns} columns for {k} components; give one for each")
    for i, row in enumerate(r):
        _check_simplex(row, f"responsibilities[{i}]")


def check_probabilities(probabilities: Vector[N], name: str) -> None:
    """Raise BadInput unless all lie in [0, 1]; `name` is that of the list."""
    for i, p in enumerate(probabilities):
        with contextlib.suppress(Undecided):  # a ball that touches the border is no offence
            if not 0 <= p <= 1:
                raise BadInput(f"{name}[{i}] is {p}; give a probability from 0 to 1")


def check_kept(kept: Sequence[Sequence[N]] | None, k: int) -> None:
    """Raise BadInput unless there is something to keep for every component, if there is anything."""
    if kept is not None and len(kept) != k:
        raise BadInput(f"what is kept has {len(kept)} components, but responsibilities has {k}; give one for each")


def _check_simplex(p: Vector[N], name: str) -> None:
    for k, x in enumerate(p):
        with contextlib.suppress(Undecided):  # a ball about 0 is no offence
            if not 0 <= x <= 1:
                raise BadInput(f"{name}[{k}] is {x}; give a number from 0 to 1")
    with contextlib.suppress(Undecided):  # nor one about a sum of 1
        missing = abs(linear.total(p) - 1)
        exact = all(isinstance(x, Fraction | int) for x in p)
        if missing > 0 if exact else missing * ROUNDED > 1:
            raise BadInput(f"the sum of {name} is {linear.total(p)}; give numbers that sum to 1")
