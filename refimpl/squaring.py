"""Eigenpairs of a positive semidefinite matrix by squaring it: power iteration with 2^k steps at once, and deflation.

Notation as in `power_iteration`; s = tr(A) / D a shift.

    1. square    B_0 = A + s I, deflated by the vectors found;  B_(k+1) = B_k^2 / tr(B_k^2)  (S1)
    2. repeat 1 until B stands still; a column of it is the next eigenvector
    3. deflate by it, and begin again

Column j of B_k is the iterate of B_0 after 2^k steps from the unit vector e_j. The shift changes no eigenvector and
keeps the rest, null vectors of A among it, above the vectors found, whose eigenvalue is now 0. The start is chosen
last: j is the largest diagonal entry of the last B. It cannot be orthogonal to the answer w, because there
B = w w^T with B_jj = w_j^2 >= 1/D. When does B stand still? Its eigenvalues b_i add up to 1, the largest is at least
1/D, and each becomes b_i^2 / S, S = sum b_i^2. If none moves by more than a small e, then b_i |b_i - S| <= e S, so that
each b_i is 0 or S but for 2 e: column j is an eigenvector, or a mixture of eigenvectors whose eigenvalues agree to a
few D e, which no number of that precision can tell from one. The logarithm of the quotient of two eigenvalues
doubles with each k, so that nearly tied ones part after about as many squarings as a number has bits.
"""

from fractions import Fraction

from refimpl import linear
from refimpl.errors import BadInput, Unsupported
from refimpl.linear import Matrix
from refimpl.numbers import Ball, N, Numbers
from refimpl.power_iteration import check, deflate, largest, rayleigh, unit

PATIENCE = 4
"""Squarings per bit of a number after which `eigenpairs` stops waiting for B to stand still."""


def eigenpairs(matrix: Matrix[N], count: int, numbers: Numbers[N], tolerance: N) -> list[tuple[N, list[N]]]:
    """Return the first `count` pairs (rho, v) of a positive semidefinite matrix, by descending rho, with |v| = 1.

    tolerance: how large an entry of A v - rho v may be, as a share of tr(A). Of tied eigenvalues it returns
    orthonormal vectors of their space. Raises Unsupported where the tolerance is not reached, and for exact numbers
    and balls, because only rounded numbers stand still; BadInput unless the matrix is symmetric, tr(A) > 0 and
    1 <= count <= D. That no eigenvalue is negative is not checked.
    """
    d = len(matrix)
    check(matrix, [numbers(1)] * d)
    if not 1 <= count <= d:
        raise BadInput(f"count is {count} for a matrix of {d} x {d}; give an integer from 1 to {d}")
    total = _trace(matrix)
    if isinstance(total, Fraction | int | Ball):
        raise _never_still(total)
    if not total > 0:
        raise BadInput(f"the trace of matrix is {total}; give a positive semidefinite matrix that is not 0")
    precision = spacing(numbers)
    # B_0 = A + s I, deflated by the vectors found                                          (S1)
    rest = [[x + total / d if i == j else x for j, x in enumerate(row)] for i, row in enumerate(matrix)]
    pairs: list[tuple[N, list[N]]] = []
    while len(pairs) < count:
        v = unit(_limit(rest, precision), numbers)
        rho, image = rayleigh(matrix, v), linear.matvec(matrix, v)
        if not all(abs(y - rho * x) <= tolerance * total for x, y in zip(v, image, strict=True)):
            raise Unsupported(
                f"eigenvector {len(pairs)} does not stand still to the tolerance; give a larger one, or more digits"
            )
        pairs.append((rho, v))
        if len(pairs) < count:
            rest = deflate(rest, v)
    return pairs


def _limit(matrix: Matrix[N], precision: N) -> list[N]:
    """Return column j of the last B."""
    d, bits = len(matrix), 0
    while precision * 2**bits < 1:
        bits += 1
    still = precision * 4 * (d + 1)  # more than the rounding of a product, whose entries are at most 1
    power = _by_trace(matrix)
    for _ in range(PATIENCE * bits):
        # B_(k+1) = B_k^2 / tr(B_k^2), of which one half says all                           (S1)
        half = [[linear.dot(row, other) for other in power[: i + 1]] for i, row in enumerate(power)]
        before, power = power, _by_trace([[half[max(i, j)][min(i, j)] for j in range(d)] for i in range(d)])
        if all(abs(a - b) <= still for x, y in zip(before, power, strict=True) for a, b in zip(x, y, strict=True)):
            break
    return power[largest([row[i] for i, row in enumerate(power)])]


def spacing(numbers: Numbers[N]) -> N:
    """Return the distance from 1 to the next number, a power of 2. Raises Unsupported where there is no next one."""
    one = space = numbers(1)
    if isinstance(one, Fraction | Ball):
        raise _never_still(one)
    while one + space / 2 != one:
        space = space / 2
    return space


def _never_still(x: object) -> Unsupported:
    return Unsupported(
        f"eigenvectors stand still where numbers are rounded, not as {type(x).__name__}s; compute in high(digits)"
    )


def _trace(matrix: Matrix[N]) -> N:
    return linear.total(row[i] for i, row in enumerate(matrix))


def _by_trace(matrix: Matrix[N]) -> list[list[N]]:
    total = _trace(matrix)
    return [[x / total for x in row] for row in matrix]
