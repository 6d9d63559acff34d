"""Vectors and matrices on plain lists: a vector is a list of numbers, a matrix a list of rows.

Notation: n rows, d columns, x and y vectors, a matrix A, its factors A = L D L^T.

Every function returns numbers of the type that it was given. Integers are exact numbers: where a quotient
is taken they become Fractions, never floats. Sums go through `total`, in the order of the list, because
the built-in sum() of floats changed its rounding between Python versions.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import reduce
from math import isfinite, lcm
from operator import add, mul
from typing import TypeAlias, cast

from refimpl.errors import BadInput, EmptyData, Undecided, Undefined
from refimpl.numbers import Ball, N, Numbers, sums

Vector: TypeAlias = Sequence[N]
Matrix: TypeAlias = Sequence[Sequence[N]]

FEW = 3
"""Balls up to which it does not pay to add exactly."""

LONG = 8
"""Terms from which on mpmath adds products faster exactly than one after the other."""


def shape(rows: Matrix[N], name: str) -> tuple[int, int]:
    """Return (n, d) of a matrix with at least one row and one column, all rows of one length.

    Raises EmptyData or BadInput; `name` is the field that the sentence names.
    """
    if not rows:
        raise EmptyData(f"{name} is empty; give at least one row")
    d = len(rows[0])
    if d == 0:
        raise BadInput(f"{name}[0] is empty; give every row at least one number")
    for i, row in enumerate(rows):
        if len(row) != d:
            raise BadInput(f"{name}[{i}] has {len(row)} entries but {name}[0] has {d}; give rows of one length")
        for j, x in enumerate(row):
            if isinstance(x, float) and not isfinite(x):
                raise BadInput(f"{name}[{i}][{j}] is {x}; give a finite number")
    return len(rows), d


def check_square(matrix: Matrix[N], name: str, what: str) -> int:
    """Return n of an n x n matrix that has a row and a column for each of n things, which `what` names.

    Raises EmptyData or BadInput; `name` is the field that the sentence names.
    """
    n, d = shape(matrix, name)
    if d != n:
        raise BadInput(f"{name} is {n} x {d}; give a square matrix, a row and a column for each {what}")
    return n


def check_not_negative(matrix: Matrix[N], name: str, what: str = "number") -> None:
    """Raise BadInput unless every entry is 0 or more; `what` names an entry, `name` the field."""
    for i, row in enumerate(matrix):
        for j, x in enumerate(row):
            if x < 0:
                raise BadInput(f"{name}[{i}][{j}] is {x}; give a {what} that is 0 or more")


def check_symmetric(matrix: Matrix[N], name: str) -> None:
    """Raise BadInput unless a square matrix equals its transpose; `name` is the field that the sentence names."""
    for i, row in enumerate(matrix):
        for j in range(i):
            with suppress(Undecided):  # balls that overlap may be equal
                if row[j] != matrix[j][i]:
                    raise BadInput(
                        f"{name}[{i}][{j}] is {row[j]} but {name}[{j}][{i}] is {matrix[j][i]}; give a symmetric matrix"
                    )


def quotient(a: N, b: N | int) -> N:
    """Return a / b; two integers give a Fraction, which is a number that the type checker calls N."""
    if isinstance(a, int) and isinstance(b, int):
        return cast(N, Fraction(a, b))
    return a / b


def equals(x: N, value: int) -> bool:
    """Return whether x is that integer. Raises Undecided where a ball cannot tell."""
    other: object = value  # to the type checker a number N is no int, and the comparison would be vain
    return bool(x == other)


def total(terms: Iterable[N]) -> N:
    """Return the sum of at least one term, added in order; that of balls is exact, and rounded once."""
    terms = list(terms)
    if len(terms) > FEW and (isinstance(terms[0], Ball) or isinstance(terms[1], Ball)):
        return cast(N, sums.total(cast(list[Ball], terms)))
    return reduce(add, terms)


def dot(x: Vector[N], y: Vector[N]) -> N:
    """Return the inner product of two vectors of one length, added as by `total`."""
    if isinstance(x[0], Ball) or isinstance(y[0], Ball):
        return cast(N, sums.dot(cast(Sequence[Ball], x), cast(Sequence[Ball], y)))
    context = getattr(x[0], "context", None)  # mpmath's, whose fdot rounds once
    product: N = context.fdot(x, y) if context and len(x) >= LONG else reduce(add, map(mul, x, y))
    return product


def integer_dot(x: Sequence[int], y: Sequence[int]) -> int:
    """Return the inner product of integers, by the built-in sum(), which is exact for them and quicker than `dot`."""
    return sum(map(mul, x, y))


def weighted_dot(w: Vector[N], x: Vector[N], y: Vector[N]) -> N:
    """Return sum_i w_i x_i y_i of vectors of one length, added as by `total`."""
    if isinstance(w[0], Ball) or isinstance(x[0], Ball) or isinstance(y[0], Ball):
        return sums.weighted_dot(w, x, y)  # type: ignore[arg-type, return-value]  # N is Ball here
    return dot([a * b for a, b in zip(w, x, strict=True)], y)


def subtract(x: Vector[N], y: Vector[N]) -> list[N]:
    """Return x - y."""
    return [a - b for a, b in zip(x, y, strict=True)]


def squared_distance(x: Vector[N], y: Vector[N]) -> N:
    """Return |x - y|^2, from the differences: expanding the square would cancel far from the origin."""
    difference = [a - b for a, b in zip(x, y, strict=True)]
    return dot(difference, difference)


def transpose(a: Matrix[N]) -> list[list[N]]:
    """Return A^T, d x n."""
    return [list(column) for column in zip(*a, strict=True)]


def mean(rows: Matrix[N]) -> list[N]:
    """Return the mean row, length d, of at least one row."""
    (rows,), scale = cleared(rows)
    n = len(rows)
    return [quotient(total(column), n * scale) for column in zip(*rows, strict=True)]


def outer(x: Vector[N], y: Vector[N]) -> list[list[N]]:
    """Return x y^T, len(x) x len(y)."""
    return [[a * b for b in y] for a in x]


def matvec(a: Matrix[N], x: Vector[N]) -> list[N]:
    """Return A x."""
    return [dot(row, x) for row in a]


def cleared(*matrices: Matrix[N]) -> tuple[list[list[list[N]]], int]:
    """Return the matrices multiplied by L, and L, the least integer that makes exact entries integers.

    Whatever is homogeneous may be computed on the integers, which cost a tenth of Fractions: L > 0 keeps
    the order of squared distances and divides out of sums. Numbers of other types come back as they are,
    with L = 1.
    """
    if not all(isinstance(x, Fraction | int) for matrix in matrices for row in matrix for x in row):
        return [[list(row) for row in matrix] for matrix in matrices], 1
    exact = cast(tuple[Sequence[Sequence[Fraction]], ...], matrices)
    scale = lcm(*{x.denominator for matrix in exact for row in matrix for x in row})
    integers = [[[x.numerator * (scale // x.denominator) for x in row] for row in matrix] for matrix in exact]
    return cast(list[list[list[N]]], integers), scale


def ldl(a: Matrix[N]) -> tuple[list[list[N]], list[N]]:
    """Return (L, D): A = L diag(D) L^T with unit lower triangular L, for symmetric A with D != 0.

    Golub and Van Loan, Matrix Computations, section 4.1: by columns,
        D_j = a_jj - sum_{k<j} l_jk^2 D_k,  l_ij = (a_ij - sum_{k<j} l_ik l_jk D_k) / D_j.
    Raises Undefined at a zero pivot, which a positive definite matrix does not have.
    """
    n, _ = shape(a, "matrix")
    lower: list[list[N]] = [[] for _ in range(n)]
    pivots: list[N] = []
    for j in range(n):
        for i in range(j, n):
            entry = a[i][j]
            for k in range(j):
                entry = entry - lower[i][k] * lower[j][k] * pivots[k]
            if i > j:
                lower[i].append(quotient(entry, pivots[j]))
                continue
            if is_nothing(entry):
                raise Undefined(f"pivot {j} of the LDL^T factorisation is 0; give a positive definite matrix")
            pivots.append(entry)
            lower[j].append(entry**0)
    for j in range(n):
        lower[j].extend(pivots[0] ** 0 - 1 for _ in range(n - j - 1))
    return lower, pivots


def is_nothing(x: N) -> bool:
    """Return whether x is certainly 0; of a ball that cannot tell, whoever divides by it will say so."""
    with suppress(Undecided):
        return equals(x, 0)
    return False


def forward(lower: Matrix[N], b: Vector[N]) -> list[N]:
    """Return z with L z = b for unit lower triangular L."""
    z = list(b)
    for i, row in enumerate(lower):
        for k in range(i):
            z[i] = z[i] - row[k] * z[k]
    return z


def solve(a: Matrix[N], b: Vector[N]) -> list[N]:
    """Return x with A x = b for symmetric positive definite A."""
    return substitute(*ldl(a), b)


def substitute(lower: Matrix[N], pivots: Vector[N], b: Vector[N]) -> list[N]:
    """Return x with L diag(D) L^T x = b, by L z = b, D w = z, L^T x = w."""
    x = forward(lower, b)
    x = [quotient(z, pivot) for z, pivot in zip(x, pivots, strict=True)]
    for i in reversed(range(len(x))):
        for k in range(i + 1, len(x)):
            x[i] = x[i] - lower[k][i] * x[k]
    return x


def inverse(a: Matrix[N]) -> list[list[N]]:
    """Return the inverse of a square matrix by Gauss-Jordan elimination with row exchanges.

    Raises Undefined where the matrix is singular. The pivot is the entry of largest modulus below the last.
    """
    n, _ = shape(a, "matrix")
    zero = a[0][0] ** 0 - 1
    rows = [[*row, *(zero + (i == j) for j in range(n))] for i, row in enumerate(a)]
    for j in range(n):
        best = j
        for i in range(j + 1, n):
            with suppress(Undecided):  # of two balls that overlap either serves
                if abs(rows[i][j]) > abs(rows[best][j]):
                    best = i
        rows[j], rows[best] = rows[best], rows[j]
        pivot = rows[j][j]
        if equals(pivot, 0):
            raise Undefined("a singular matrix has no inverse")
        rows[j] = [quotient(x, pivot) for x in rows[j]]
        for i in range(n):
            if i != j:
                factor = rows[i][j]
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[j], strict=True)]
    return [row[n:] for row in rows]


def characteristic(a: Matrix[N]) -> list[N]:
    """Return the coefficients of det(x I - A), highest power first, by the method of Faddeev and LeVerrier.

    M_1 = I and c_1 = -tr A, then M_k = A M_(k-1) + c_(k-1) I and c_k = -tr(A M_k) / k.
    """
    n = len(a)
    if not n:
        raise EmptyData("matrix is empty; give at least one row")
    coefficients = [a[0][0] ** 0]
    product = [[x - x**0 * int(i != j) for j, x in enumerate([a[0][0] ** 0] * n)] for i in range(n)]
    for k in range(1, n + 1):
        columns = transpose(product)
        product = [[dot(row, column) for column in columns] for row in a]
        coefficients.append(-quotient(total(product[i][i] for i in range(n)), k))
        for i in range(n):
            product[i][i] = product[i][i] + coefficients[-1]
    return coefficients


def logdet(a: Matrix[N], numbers: Numbers[N]) -> N:
    """Return ln det A of a symmetric positive definite matrix, the sum of the ln D_j."""
    _, pivots = ldl(a)
    return total(numbers.log(pivot) for pivot in pivots)
