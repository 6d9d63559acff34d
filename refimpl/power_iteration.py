"""Power iteration: the leading eigenvectors of a symmetric matrix (Golub and Van Loan, Matrix Computations, 8.2).

The Nankai lecture's principal components are eigenvectors of a covariance; `pca` finds them by this.

Notation: A a symmetric D x D matrix with orthonormal eigenvectors q_1, ..., q_D and eigenvalues in the order
|lambda_1| >= |lambda_2| >= ...; v a vector that is not 0, p its entry of largest modulus, the lowest on a tie; v_t
the vector after t steps, theta_t its angle with q_1.

    1. step      w = A v;  v <- w / w_p                                                    (P1)
    2. trace     repeat 1 for ever
    3. rayleigh  rho(v) = v^T A v / v^T v                                                  (P2)
    4. unit      v / |v| or -v / |v|, whichever has a positive entry p                     (P3)
    5. deflate   A - rho(v) v v^T / v^T v                                                  (P4)

Where v_0 = sum c_i q_i, v_t is a multiple of sum c_i lambda_i^t q_i. Hence, if c_1 is not 0,

    tan theta_t <= |lambda_2 / lambda_1|^t tan theta_0                                     (P5)
    |rho(v_t) - lambda_1| <= max_i |lambda_1 - lambda_i| sin^2 theta_t                     (P6)

with equality for D = 2. The other outcomes, in exact arithmetic:

    c_1 = 0                  v goes to the next q_i with c_i not 0; rounding would bring q_1 back in time
    lambda_1 = lambda_2      v goes to its projection on their space, of which every vector is an eigenvector
    lambda_1 = -lambda_2     v alternates for ever between two limits, neither an eigenvector if c_1 c_2 is not 0
    A v = 0                  ZeroVector, in step 1 or never: A A w = 0 makes |A w|^2 = w^T A A w = 0

(P4) is A with the eigenvalue of v moved to 0 if v is an eigenvector: repeat 1 to find the next one. All of it is
rational but for the root in (P3), and numbers come out in the type in which they went in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Generic

from refimpl import linear
from refimpl.errors import BadInput, Undecided, ZeroVector
from refimpl.linear import Matrix, Vector
from refimpl.numbers import N, Numbers


@dataclass(frozen=True)
class State(Generic[N]):
    """What one step leaves behind."""

    vector: list[N]
    """v, length D: its entry p is 1, but that of the start is as given."""
    iterations: int
    """t, how often the start has been multiplied by A."""


def start(matrix: Matrix[N], vector: Vector[N]) -> State[N]:
    """Return the state before any step, the vector as given. Raises as `check` does."""
    check(matrix, vector)
    return State(list(vector), 0)


def step(matrix: Matrix[N], state: State[N]) -> State[N]:
    """Return the state after one multiplication. Raises ZeroVector where A v = 0.  (P1)"""
    # Lengths divide out: exact numbers become integers, and floats stay in range.
    (rows, (v,)), _ = linear.cleared(matrix, [scaled(state.vector)])
    iterations = state.iterations + 1
    # w = A v;  v <- w / w_p                                                                (P1)
    w = linear.matvec(rows, v)
    if all(map(linear.is_nothing, w)):
        raise ZeroVector(
            f"A v = 0 in step {iterations}, because vector lies in the null space of matrix; start from another one"
        )
    if any(isinstance(x, float) and not isfinite(x) for x in w):
        raise BadInput(f"A v exceeds the range of binary64 in step {iterations}; compute in high(digits)")
    return State(scaled(w), iterations)


def trace(matrix: Matrix[N], vector: Vector[N]) -> Iterator[State[N]]:
    """Yield the start as given, then the state after each further step, for ever. Raises as `check` and `step` do."""
    state = start(matrix, vector)
    while True:
        yield state
        state = step(matrix, state)


def rayleigh(matrix: Matrix[N], vector: Vector[N]) -> N:
    """Return rho(v), in the unit of A: the eigenvalue of an eigenvector. Raises as `check` does."""
    check(matrix, vector)
    v = scaled(vector)
    # rho(v) = v^T A v / v^T v                                                              (P2)
    return linear.quotient(linear.dot(v, linear.matvec(matrix, v)), linear.dot(v, v))


def unit(vector: Vector[N], numbers: Numbers[N]) -> list[N]:
    """Return the vector of length 1 on the line of v, length D, whose entry of largest modulus is positive.

    On a tie the lowest such entry is positive; where balls overlap it may be any of them. Raises ZeroVector, and
    Unsupported for exact numbers whose root is irrational.
    """
    check_vector(vector)
    # v / |v|: the entry p of v / v_p is 1, which makes the sign right and keeps squares in range   (P3)
    v = scaled(vector)
    length = numbers.sqrt(linear.dot(v, v))
    return [x / length for x in v]


def deflate(matrix: Matrix[N], vector: Vector[N]) -> list[list[N]]:
    """Return A less its part along v, D x D and symmetric; v need not have length 1. Raises as `check` does."""
    rho, v = rayleigh(matrix, vector), scaled(vector)
    # A - rho(v) v v^T / v^T v                                                              (P4)
    factor = linear.quotient(rho, linear.dot(v, v))
    return [
        [a - factor * b for a, b in zip(row, products, strict=True)]
        for row, products in zip(matrix, linear.outer(v, v), strict=True)
    ]


def largest(vector: Vector[N]) -> int:
    """Return p, the index of the entry of largest modulus, the lowest on a tie.

    Of balls that overlap either serves, so that one that may be 0 gives way.
    """
    best = 0
    for i in range(1, len(vector)):
        try:
            larger = abs(vector[i]) > abs(vector[best])
        except Undecided:
            larger = _may_vanish(vector[best])
        if larger:
            best = i
    return best


def scaled(vector: Vector[N]) -> list[N]:
    """Return v / v_p of a vector that is not 0, length D. Raises Undecided where every entry is a ball around 0."""
    p = largest(vector)
    return [x**0 if i == p else linear.quotient(x, vector[p]) for i, x in enumerate(vector)]


def check(matrix: Matrix[N], vector: Vector[N]) -> None:
    """Raise BadInput unless the matrix is square and symmetric and the vector fits it, ZeroVector where it is 0."""
    d, columns = linear.shape(matrix, "matrix")
    if columns != d:
        raise BadInput(f"matrix has {d} x {columns} entries; give a square matrix")
    linear.check_symmetric(matrix, "matrix")
    if len(vector) != d:
        raise BadInput(f"vector has {len(vector)} entries for a matrix of {d} x {d}; give {d}")
    check_vector(vector)


def check_vector(vector: Vector[N]) -> None:
    """Raise BadInput where an entry is not finite, ZeroVector where all are 0 (or there are none)."""
    for i, x in enumerate(vector):
        if isinstance(x, float) and not isfinite(x):
            raise BadInput(f"vector[{i}] is {x}; give a finite number")
    if all(map(linear.is_nothing, vector)):
        raise ZeroVector("vector has no entry other than 0, and hence no direction; give one that has")


def _may_vanish(x: N) -> bool:
    try:
        return linear.equals(x, 0)
    except Undecided:
        return True
