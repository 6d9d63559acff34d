"""Power iteration: every outcome on small matrices, its rate exactly, Rayleigh quotients, deflation, eigenpairs."""

from fractions import Fraction as Q
from itertools import combinations_with_replacement, islice, pairwise, product
from typing import Any

import mpmath
import pytest
from eigen_witness import middles as eigenvalues
from hypothesis import assume, given, settings, strategies as st
from strategies import INEXACT, KINDS, SMALL, assert_agree, assert_type, decided, exactly, flat, in_kind, largest

from refimpl import power_iteration as power, squaring, trace as reader
from refimpl.errors import BadInput, EmptyData, RefimplError, Undecided, Unsupported, ZeroVector
from refimpl.numbers import EXACT, FLOAT, Ball, ball, high

BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
BY_INEXACT = pytest.mark.parametrize("kind", INEXACT, ids=lambda kind: kind.name)
BY_ROUNDED = pytest.mark.parametrize("kind", [FLOAT, high(40)], ids=lambda kind: kind.name)

H = high(60)
FEW = settings(max_examples=25)
Matrix = list[list[Q]]

PLANE = [[Q(3, 5), Q(4, 5)], [Q(-4, 5), Q(3, 5)]]
SPACE = [[Q(2, 3), Q(2, 3), Q(1, 3)], [Q(-2, 3), Q(1, 3), Q(2, 3)], [Q(1, 3), Q(-2, 3), Q(2, 3)]]
"""Orthonormal rows, rational."""


def with_eigen(values: Any, vectors: Any) -> Matrix:
    """The symmetric matrix sum_i lambda_i q_i q_i^T."""
    d = range(len(vectors[0]))
    return [[sum((l * q[i] * q[j] for l, q in zip(values, vectors, strict=True)), Q(0)) for j in d] for i in d]


def inner(x: Any, y: Any) -> Any:
    return sum(a * b for a, b in zip(x, y, strict=True))


def times(a: Any, x: Any) -> list[Q]:
    return [inner(row, x) for row in a]


def tangent_squared(v: Any, q: Any) -> Q:
    """tan^2 of the angle between v and q."""
    along = Q(inner(v, q)) ** 2
    return (inner(v, v) * inner(q, q) - along) / along


def assert_near(got: Any, truth: Any, kind: Any, scale: Any = 1) -> None:
    """Every number of `got`, an exact value that came out of that kind, is near that of `truth`."""
    bound = scale * Q(1, 10 ** (13 if kind is FLOAT else 35))
    assert all(abs(x - y) <= bound for x, y in zip(flat(got), flat(truth), strict=True))


def exact(value: Any) -> Any:
    """The same nested lists with the exact value of every entry."""
    return [exact(x) for x in value] if isinstance(value, list) else exactly(value)


@st.composite
def symmetric(draw: st.DrawFn, least: int = 1, most: int = 4, entries: Any = SMALL) -> Matrix:
    d = draw(st.integers(least, most))
    half = [[draw(entries) for _ in range(i + 1)] for i in range(d)]
    return [[half[max(i, j)][min(i, j)] for j in range(d)] for i in range(d)]


@st.composite
def gram(draw: st.DrawFn) -> Matrix:
    """M M^T, positive semidefinite, of any rank but 0."""
    d, rank = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    m = [[draw(SMALL) for _ in range(rank)] for _ in range(d)]
    assume(any(map(any, m)))
    return [times(m, row) for row in m]


def states(matrix: Any, vector: Any, count: int) -> list[list[Any]]:
    return [state.vector for state in reader.take(count, power.trace(matrix, vector))]


# ---------------------------------------------------------------------- every outcome

ALL = [[[Q(a), Q(b)], [Q(b), Q(c)]] for a, b, c in product(range(-2, 3), repeat=3)]
DIRECTIONS = [(0, 0), (1, 0), (0, 1), (1, 1), (1, -1), (1, 2), (2, 1), (1, -2), (2, -1)]


def outcome(matrix: Matrix, v: list[Q]) -> str:
    """Which outcome has to be, decided by rational numbers: w = A v is parallel to v for an eigenvector."""
    w = times(matrix, v)
    if not any(v):
        return "zero start"
    if not any(w):
        return "null vector"
    if v[0] * w[1] == v[1] * w[0]:
        return "eigenvector"
    return "alternates" if matrix[0][0] + matrix[1][1] == 0 else "converges"


def test_every_small_matrix_has_the_outcome_that_its_eigenvalues_say() -> None:
    """All symmetric 2 x 2 matrices of -2..2, from nine starts, eigenvalues (a + c)/2 +- sqrt(((a - c)/2)^2 + b^2).

    For D = 2, tan^2 theta_t = (lambda_1 - rho_t) / (rho_t - lambda_2), and each step divides it by
    (lambda_1 / lambda_2)^2: the equality of (P5), for irrational eigenvalues as well.
    """
    seen = []
    for matrix, direction in product(ALL, DIRECTIONS):
        v = [Q(x) for x in direction]
        seen.append(outcome(matrix, v))
        if seen[-1] in ("zero start", "null vector"):
            with pytest.raises(ZeroVector) as raised:
                states(matrix, v, 2)
            assert ("A v = 0 in step 1" in str(raised.value)) == (seen[-1] == "null vector")
            continue
        path = states(matrix, v, 30)
        if seen[-1] == "eigenvector":
            w = times(matrix, v)
            assert all(x == path[1] for x in path[1:])
            assert all(power.rayleigh(matrix, v) * x == y for x, y in zip(v, w, strict=True))
        elif seen[-1] == "alternates":
            assert path[1] != path[2]
            assert path[1::2] == [path[1]] * 15
            assert path[2::2] == [path[2]] * 14
            assert power.rayleigh(matrix, path[2]) == power.rayleigh(matrix, v)
        else:
            (a, b), (_, c) = matrix
            root = H.sqrt(H(((a - c) / 2) ** 2 + b * b))
            leading, other = sorted((H((a + c) / 2) + root, H((a + c) / 2) - root), key=abs, reverse=True)
            rho = [H(power.rayleigh(matrix, x)) for x in (path[0], path[29])]
            start, end = ((leading - x) / (x - other) for x in rho)
            assert abs(end - start * (other / leading) ** 58) < H(10) ** -50
            assert abs(rho[1] - leading) < 10**-8
    assert {word: seen.count(word) for word in set(seen)} == {
        "zero start": 125,
        "null vector": 24,
        "eigenvector": 112,
        "alternates": 176,
        "converges": 688,
    }


def test_a_null_vector_is_met_in_the_first_step_or_never() -> None:
    singular = [[Q(1), Q(2)], [Q(2), Q(4)]]
    assert states(singular, [Q(5), Q(0)], 4)[1:] == [[Q(1, 2), Q(1)]] * 3
    with pytest.raises(ZeroVector, match="in step 1, because vector lies in the null space of matrix"):
        states(singular, [Q(2), Q(-1)], 2)


def test_two_eigenvalues_of_one_modulus_alternate_for_ever() -> None:
    swap = [[Q(0), Q(1)], [Q(1), Q(0)]]
    assert states(swap, [Q(3), Q(1)], 5) == [[3, 1], [Q(1, 3), 1], [1, Q(1, 3)], [Q(1, 3), 1], [1, Q(1, 3)]]


def test_a_start_orthogonal_to_the_leading_vector_goes_to_the_next_one() -> None:
    matrix = with_eigen([3, 2, 1], SPACE)
    start = [a + b for a, b in zip(SPACE[1], SPACE[2], strict=True)]
    path = states(matrix, start, 40)
    assert all(inner(v, SPACE[0]) == 0 for v in path)
    assert tangent_squared(path[39], SPACE[1]) == Q(1, 2**78)
    assert abs(power.rayleigh(matrix, path[39]) - 2) < Q(1, 2**77)


def test_rounding_brings_the_leading_vector_back() -> None:
    matrix = in_kind(FLOAT, with_eigen([3, 2, 1], SPACE))
    start = in_kind(FLOAT, [a + b for a, b in zip(SPACE[1], SPACE[2], strict=True)])
    late = states(matrix, start, 301)[300]
    assert_agree(late, [Q(1), Q(1), Q(1, 2)])


def test_equal_leading_eigenvalues_give_the_projection_of_the_start() -> None:
    """A = diag(2, 2, 1): the first two entries keep their ratio, the third one halves."""
    matrix = with_eigen([2, 2, 1], [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    assert states(matrix, [Q(3), Q(4), Q(8)], 11)[10] == [Q(3, 4), Q(1), Q(2, 2**10)]


# ---------------------------------------------------------------------- steps and rate


@FEW
@given(symmetric(), st.data())
def test_a_step_is_a_product_scaled_by_its_largest_entry(matrix: Matrix, data: Any) -> None:
    """Held against powers of the matrix, multiplied out without any scaling."""
    v = data.draw(st.lists(SMALL, min_size=len(matrix), max_size=len(matrix)).filter(any))
    assume(any(times(matrix, v)))
    found = list(islice(power.trace(matrix, v), 4))
    assert [state.iterations for state in found] == [0, 1, 2, 3]
    assert found[0].vector == v
    for state in found[1:]:
        v = times(matrix, v)
        most = max(abs(x) for x in v)
        p = next(i for i, x in enumerate(v) if abs(x) == most)
        assert state.vector == [x / v[p] for x in v]


@FEW
@given(st.tuples(*[st.fractions(-4, 4, max_denominator=6)] * 3), st.tuples(*[SMALL] * 3))
def test_the_tangent_falls_by_the_quotient_of_the_eigenvalues(values: Any, start: Any) -> None:
    """(P5) and (P6) in three dimensions, exactly: both squared where there is a root."""
    values = sorted(values, key=abs, reverse=True)
    assume(values[0] and inner(start, SPACE[0]))
    matrix, ratio = with_eigen(values, SPACE), (values[1] / values[0]) ** 2
    widest = max(abs(values[0] - x) for x in values)
    first = tangent_squared(start, SPACE[0])
    for t, v in enumerate(states(matrix, start, 8)):
        tangent = tangent_squared(v, SPACE[0])
        assert tangent <= ratio**t * first
        assert abs(power.rayleigh(matrix, v) - values[0]) <= widest * tangent / (1 + tangent)


@pytest.mark.parametrize("values", [(5, 4), (5, -4), (3, 1), (-3, 1), (2, 0)])
def test_in_the_plane_the_rate_is_reached_exactly(values: Any) -> None:
    matrix, start = with_eigen(values, PLANE), [Q(1), Q(0)]
    ratio = Q(values[1], values[0])
    for t, v in enumerate(states(matrix, start, 12)):
        tangent = ratio ** (2 * t) * Q(16, 9)
        assert tangent_squared(v, PLANE[0]) == tangent
        assert values[0] - power.rayleigh(matrix, v) == (values[0] - values[1]) * tangent / (1 + tangent)


@BY_INEXACT
def test_the_measured_error_falls_at_that_rate(kind: Any) -> None:
    """Eigenvalues 3, 2, 1/2: after twenty steps the tangent falls by 2/3 a step, to a part in 10^10."""
    matrix = in_kind(kind, with_eigen([3, 2, Q(1, 2)], SPACE))
    path = states(matrix, in_kind(kind, [Q(1), Q(0), Q(0)]), 26)
    tangents = [tangent_squared([exactly(x) for x in v], SPACE[0]) for v in path]
    assert abs(tangents[25] / tangents[20] - Q(2, 3) ** 10) < Q(1, 10**10)


@BY_KIND
@FEW
@given(matrix=symmetric(), data=st.data())
def test_the_type_that_goes_in_comes_out_and_all_kinds_agree(kind: Any, matrix: Matrix, data: Any) -> None:
    """Up to scale where rounding decides a tie for the largest entry."""
    v = data.draw(st.lists(SMALL, min_size=len(matrix), max_size=len(matrix)).filter(any))
    assume(any(times(matrix, v)))
    truth = states(matrix, v, 4)[3]
    p = truth.index(1)

    def third(numbers: Any) -> Any:
        found = states(in_kind(numbers, matrix), in_kind(numbers, v), 4)[3]
        return found, [x / found[p] for x in found], power.rayleigh(in_kind(numbers, matrix), found)

    found, normalised, rho = decided(third, kind)
    assert_type([found, rho, power.deflate(in_kind(kind, matrix), in_kind(kind, v))], kind(0))
    assert_agree(normalised, truth, 2**16)
    assert_agree(rho, power.rayleigh(matrix, truth), 2**16)


def test_integers_give_fractions() -> None:
    matrix = [[2, 1], [1, 3]]
    assert_type([states(matrix, [1, 0], 3), power.rayleigh(matrix, [1, 1]), power.deflate(matrix, [1, 1])], Q(0))
    assert states(matrix, [1, 0], 3) == [[1, 0], [1, Q(1, 2)], [1, 1]]
    assert power.rayleigh(matrix, [1, 1]) == Q(7, 2)
    assert power.deflate(matrix, [1, 1]) == [[Q(1, 4), Q(-3, 4)], [Q(-3, 4), Q(5, 4)]]


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_floats_of_any_size_stay_in_range(size: float) -> None:
    matrix, v = [[2 * size, size], [size, 2 * size]], [size, 0.0]
    assert states(matrix, v, 2)[1] == [1.0, 0.5]
    assert power.rayleigh(matrix, v) == 2 * size
    assert power.unit([3 * size, 4 * size], FLOAT) == pytest.approx([0.6, 0.8], rel=1e-15, abs=0)
    assert power.deflate(matrix, [size, size])[0] == pytest.approx([size / 2, -size / 2], rel=1e-15, abs=0)


def test_a_float_that_leaves_the_range_is_refused() -> None:
    with pytest.raises(BadInput, match=r"^A v exceeds the range of binary64 in step 1; compute in high"):
        states([[1e308, 1e308], [1e308, 1e308]], [1.0, 1.0], 2)


# ---------------------------------------------------------------------- Rayleigh quotient, unit vectors, deflation


@FEW
@given(st.tuples(*[SMALL] * 3), st.tuples(*[SMALL] * 3).filter(any), st.fractions(-3, 3).filter(bool))
def test_the_rayleigh_quotient_is_a_mean_of_eigenvalues(values: Any, shares: Any, factor: Q) -> None:
    """At v = sum c_i q_i it is sum c_i^2 lambda_i / sum c_i^2, whatever the length of v."""
    matrix = with_eigen(values, SPACE)
    v = [inner(shares, column) for column in zip(*SPACE, strict=True)]
    expected = sum(c * c * l for c, l in zip(shares, values, strict=True)) / inner(shares, shares)
    assert power.rayleigh(matrix, v) == expected == power.rayleigh(matrix, [factor * x for x in v])
    assert min(values) <= expected <= max(values)
    for value, vector in zip(values, SPACE, strict=True):
        assert power.rayleigh(matrix, vector) == value


@BY_KIND
@FEW
@given(start=st.lists(SMALL, min_size=1, max_size=4).filter(any), factor=st.fractions(-3, 3).filter(bool))
def test_a_unit_vector_has_length_one_and_its_sign(kind: Any, start: list[Q], factor: Q) -> None:
    if kind is EXACT:  # a rational length: the stereographic image of any rational point
        square = inner(start, start)
        start = [*(2 * x / (square + 1) for x in start), (square - 1) / (square + 1)]
        assert inner(start, start) == 1
    most = max(abs(x) for x in start)
    sign = next(1 if x > 0 else -1 for x in start if abs(x) == most)
    length = B.sqrt(B(inner(start, start)))
    for v in (start, [-x for x in start], [8 * x for x in start]):
        found = power.unit(in_kind(kind, v), kind)
        assert_type(found, kind(0))
        assert_agree(inner(found, found), Q(1))
        assert_agree([x * abs(x) for x in found], [sign * x * abs(x) / inner(start, start) for x in start])
        assert all(abs((sign * x / length).mid - exactly(y)) < 10**-14 for x, y in zip(start, found, strict=True))
    if kind is EXACT:
        assert power.unit([factor * x for x in start], kind) == power.unit(start, kind)


B = ball(60)


def test_unit_vectors_by_hand() -> None:
    assert power.unit([3, -4], EXACT) == [Q(-3, 5), Q(4, 5)]
    assert power.unit([Q(-1), Q(1), Q(1), Q(-1)], EXACT) == [Q(1, 2), Q(-1, 2), Q(-1, 2), Q(1, 2)]
    assert power.unit([Q(0), Q(-7)], EXACT) == [0, 1]
    with pytest.raises(Unsupported, match="irrational"):
        power.unit([Q(1), Q(1)], EXACT)


def test_of_balls_that_overlap_either_may_be_the_largest() -> None:
    third = 1 - B(Q(2, 3))
    found = power.unit([-third, B(Q(1, 3))], B)
    assert abs(found[0]).overlaps(abs(found[1]))
    assert (found[0] > 0) != (found[1] > 0)
    assert (found[0] * found[0] * 2).contains(1)
    wide = Ball(0, 3, 0, B.prec)  # -3..3 overlaps 2, but one cannot divide by it
    assert power.largest([wide, B(2)]) == 1
    assert power.largest([B(2), wide]) == 0
    with pytest.raises(Undecided):
        power.unit([wide, wide], B)


@FEW
@given(st.tuples(*[SMALL] * 3), st.integers(0, 2), st.sampled_from([Q(1), Q(-3), Q(5, 7)]))
def test_deflation_moves_one_eigenvalue_to_zero(values: Any, index: int, length: Q) -> None:
    found = power.deflate(with_eigen(values, SPACE), [length * x for x in SPACE[index]])
    assert found == with_eigen([0 if i == index else x for i, x in enumerate(values)], SPACE)


@FEW
@given(symmetric(least=2), st.data())
def test_deflation_takes_the_quotient_from_the_trace(matrix: Matrix, data: Any) -> None:
    """For any v, eigenvector or not: the trace falls by rho, and the quotient at v becomes 0."""
    v = data.draw(st.lists(SMALL, min_size=len(matrix), max_size=len(matrix)).filter(any))
    found, rho = power.deflate(matrix, v), power.rayleigh(matrix, v)
    assert found == [list(column) for column in zip(*found, strict=True)]
    assert sum(found[i][i] for i in range(len(v))) == sum(matrix[i][i] for i in range(len(v))) - rho
    assert power.rayleigh(found, v) == 0


# ---------------------------------------------------------------------- eigenpairs


@BY_ROUNDED
@FEW
@given(matrix=gram())
def test_eigenpairs_are_those_of_arb_tied_or_not(kind: Any, matrix: Matrix) -> None:
    d, scale = len(matrix), largest(matrix) * 64
    pairs = squaring.eigenpairs(in_kind(kind, matrix), d, kind, squaring.spacing(kind) * 1000)
    assert_type([list(pair) for pair in pairs], kind(0))
    assert_agree([value for value, _ in pairs], eigenvalues(matrix), scale)
    vectors = [exact(v) for _, v in pairs]
    assert_near([times(vectors, x) for x in vectors], [[i == j for i in range(d)] for j in range(d)], kind, 8)
    for (value, _), v in zip(pairs, vectors, strict=True):
        assert_near(times(matrix, v), [exactly(value) * x for x in v], kind, scale)


@FEW
@given(matrix=gram())
def test_eigenvectors_are_those_of_mpmath(matrix: Matrix) -> None:
    """Up to the sign, where they are determined."""
    values = eigenvalues(matrix)
    assume(all(a - b > Q(1, 10**6) for a, b in pairwise(values)))
    with mpmath.workdps(60):
        _, theirs = mpmath.eigsy(
            mpmath.matrix([[mpmath.mpf(x.numerator) / x.denominator for x in row] for row in matrix])
        )
    pairs = squaring.eigenpairs(in_kind(H, matrix), len(matrix), H, H(Q(1, 10**50)))
    for column, (_, v) in enumerate(reversed(pairs)):
        for i, x in enumerate(v):
            assert abs(exactly(x) * exactly(v[0]) - exactly(theirs[i, column]) * exactly(theirs[0, column])) < 10**-40


@BY_ROUNDED
@pytest.mark.parametrize("start", list(combinations_with_replacement([0, 1, 4], 3)), ids=str)
def test_no_spectrum_of_ties_and_zeros_hides_its_vectors(kind: Any, start: Any) -> None:
    """The pairs rebuild the matrix; axes are orthogonal to other axes, and (1, 1, 1) to the second vector here."""
    vectors = [[Q(1), 0, 0], [0, Q(1), 0], [0, 0, Q(1)]], SPACE, [[-x for x in row] for row in SPACE[::-1]]
    for basis in vectors if any(start) else ():
        matrix = with_eigen(start, basis)
        pairs = squaring.eigenpairs(in_kind(kind, matrix), 3, kind, squaring.spacing(kind) * 1000)
        assert_agree([value for value, _ in pairs], sorted(map(Q, start), reverse=True), 8)
        values, rows = exact([value for value, _ in pairs]), exact([v for _, v in pairs])
        assert_near(with_eigen(values, rows), matrix, kind, 64)
        assert_near([inner(v, v) for v in rows], [1] * 3, kind, 8)


@pytest.mark.parametrize("exponent", [3, 6, 12, 20, 30, 36])
def test_nearly_tied_eigenvalues_part_after_few_squarings(exponent: int) -> None:
    """1 and 1 - 10^-exponent, in 40 digits: the vectors lose as many digits as the gap has zeros."""
    kind = high(40)
    matrix = with_eigen([1, 1 - Q(1, 10**exponent), Q(1, 3)], SPACE)
    pairs = squaring.eigenpairs(in_kind(kind, matrix), 2, kind, squaring.spacing(kind) * 1000)
    for (_, v), q in zip(pairs, SPACE, strict=False):
        assert tangent_squared([exactly(x) for x in v], q) < Q(1, 10 ** (2 * (38 - exponent)))


def test_the_distance_to_the_next_number() -> None:
    assert squaring.spacing(FLOAT) == 2.0**-52
    for digits in (15, 40, 60):
        space = exactly(squaring.spacing(high(digits)))
        one = high(digits)(1)
        assert one + high(digits)(space) != one == one + high(digits)(space / 2)
        assert space.numerator == 1 < space.denominator


@pytest.mark.parametrize("kind", [EXACT, ball(40)], ids=lambda kind: kind.name)
def test_only_rounded_numbers_stand_still(kind: Any) -> None:
    name = type(kind(1)).__name__
    words = f"eigenvectors stand still where numbers are rounded, not as {name}s; compute in high"
    with pytest.raises(Unsupported, match=words):
        squaring.spacing(kind)
    with pytest.raises(Unsupported, match=words):
        squaring.eigenpairs(in_kind(kind, [[2, 1], [1, 2]]), 1, FLOAT, 0.1)
    with pytest.raises(Unsupported, match=words):
        squaring.eigenpairs(in_kind(kind, [[2, 1], [1, 2]]), 1, kind, kind(Q(1, 10)))


def test_a_tolerance_out_of_reach_is_told() -> None:
    kind = high(40)
    matrix = in_kind(kind, with_eigen([3, 2, 1], [[Q(1), 0, 0], [0, *PLANE[0]], [0, *PLANE[1]]]))
    assert squaring.eigenpairs(matrix, 1, kind, kind(0)) == [(3, [1, 0, 0])]
    with pytest.raises(Unsupported, match=r"^eigenvector 1 does not stand still to the tolerance; give a larger one"):
        squaring.eigenpairs(matrix, 2, kind, kind(0))
    assert squaring.eigenpairs(in_kind(kind, [[4, 0], [0, 1]]), 2, kind, kind(0)) == [(4, [1, 0]), (1, [0, 1])]


# ---------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("matrix", "vector", "error", "words"),
    [
        ([], [1], EmptyData, "matrix is empty; give at least one row"),
        ([[]], [1], BadInput, "matrix[0] is empty; give every row at least one number"),
        ([[1, 2]], [1], BadInput, "matrix has 1 x 2 entries; give a square matrix"),
        ([[1], [2]], [1], BadInput, "matrix has 2 x 1 entries; give a square matrix"),
        ([[1, 2], [3]], [1, 1], BadInput, "matrix[1] has 1 entries but matrix[0] has 2; give rows of one length"),
        ([[1, 2], [3, 4]], [1, 1], BadInput, "matrix[1][0] is 3 but matrix[0][1] is 2; give a symmetric matrix"),
        (
            [[1, 0, 5], [0, 1, 2], [5, 3, 1]],
            [1, 1, 1],
            BadInput,
            "matrix[2][1] is 3 but matrix[1][2] is 2; give a symmetric matrix",
        ),
        ([[1, 2], [2, 4]], [1], BadInput, "vector has 1 entries for a matrix of 2 x 2; give 2"),
        ([[1, 2], [2, 4]], [], BadInput, "vector has 0 entries for a matrix of 2 x 2; give 2"),
        (
            [[1, 2], [2, 4]],
            [0, 0],
            ZeroVector,
            "vector has no entry other than 0, and hence no direction; give one that has",
        ),
        ([[1, 2], [2, 4]], [1, float("inf")], BadInput, "vector[1] is inf; give a finite number"),
        ([[float("nan")]], [1.0], BadInput, "matrix[0][0] is nan; give a finite number"),
    ],
)
def test_refusals_say_what_where_and_how_to_mend_it(matrix: Any, vector: Any, error: Any, words: str) -> None:
    for call in (
        lambda: power.check(matrix, vector),
        lambda: power.start(matrix, vector),
        lambda: next(power.trace(matrix, vector)),
        lambda: power.rayleigh(matrix, vector),
        lambda: power.deflate(matrix, vector),
    ):
        with pytest.raises(RefimplError) as raised:
            call()
        assert type(raised.value) is error
        assert str(raised.value) == words


@BY_KIND
def test_zero_vectors_have_a_kind_of_their_own(kind: Any) -> None:
    zero, matrix = in_kind(kind, [0, 0]), in_kind(kind, [[1, 1], [1, 1]])
    for call in (
        lambda: power.unit(zero, kind),
        lambda: power.check(matrix, zero),
        lambda: states(matrix, in_kind(kind, [1, -1]), 2),
    ):
        with pytest.raises(ZeroVector) as raised:
            call()
        assert raised.value.kind == "zero-vector"


def test_balls_that_overlap_may_be_equal_and_others_are_not() -> None:
    third = B(Q(1, 3))
    power.check([[B(1), third], [1 - B(Q(2, 3)), B(1)]], [B(1), B(0)])
    with pytest.raises(BadInput, match=r"^matrix\[1\]\[0\] is "):
        power.check([[B(1), third], [B(Q(1, 4)), B(1)]], [B(1), B(0)])


def test_a_ball_around_zero_may_be_a_vector_or_not() -> None:
    about_0 = Ball(0, 1, -30, B.prec)
    with pytest.raises(Undecided):
        states([[B(1), B(0)], [B(0), B(1)]], [about_0, about_0], 2)
    with pytest.raises(Undecided):
        states([[B(1), B(1)], [B(1), B(1)]], [B(1), about_0 - 1], 2)


@pytest.mark.parametrize("matrix", [[[0.0, 0.0], [0.0, 0.0]], [[-1.0, 0.0], [0.0, -1.0]], [[1.0, 2.0], [2.0, -1.0]]])
def test_eigenpairs_need_a_positive_trace(matrix: Any) -> None:
    with pytest.raises(
        BadInput, match=r"^the trace of matrix is .*; give a positive semidefinite matrix that is not 0"
    ):
        squaring.eigenpairs(matrix, 1, FLOAT, 0.1)


@pytest.mark.parametrize("count", [0, 3])
def test_there_are_as_many_eigenpairs_as_dimensions(count: int) -> None:
    with pytest.raises(BadInput, match=rf"^count is {count} for a matrix of 2 x 2; give an integer from 1 to 2$"):
        squaring.eigenpairs([[2.0, 1.0], [1.0, 2.0]], count, FLOAT, 0.1)
