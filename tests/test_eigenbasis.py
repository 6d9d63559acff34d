"""Eigenpairs are found to the digits that are asked for: exact residuals, matrices of known eigenpairs, Arb, mpmath."""

from fractions import Fraction as Q
from math import sqrt
from typing import Any

import mpmath
import pytest
from eigen_witness import (
    Known,
    Rows,
    dot,
    eigenvalues,
    hilbert,
    image,
    known,
    laeuchli,
    projector,
    random_symmetric,
    symmetric,
)
from hypothesis import given, settings, strategies as st

from refimpl import eigenblocks, jacobi, tridiagonal
from refimpl.eigenbasis import Eigenbasis, leading
from refimpl.errors import BadInput, EmptyData, RefimplError

STARTS = pytest.mark.parametrize("few", [100, 1], ids=["jacobi", "tridiagonal"])
"""How many rows are few: all matrices here by rotations, or by reflections."""


def largest(rows: Any) -> Q:
    return max(abs(x) for row in rows for x in row)


def assert_eigenpairs(matrix: Rows, basis: Eigenbasis, digits: int) -> None:
    """What needs no witness: shapes, order, signs, orthonormality and residuals, in exact arithmetic."""
    tolerance, norm, m = Q(1, 10**digits), largest(matrix), len(basis.values)
    assert sorted(basis.values, reverse=True) == basis.values
    assert [i for cluster in basis.clusters for i in cluster] == list(range(m)) == list(range(len(basis.vectors)))
    assert (basis.beyond is None) == (m == len(matrix))
    if basis.beyond is not None:
        assert basis.beyond < basis.values[-1]
    for i, (value, v) in enumerate(zip(basis.values, basis.vectors, strict=True)):
        first = next(x for x in v if abs(x) >= max(map(abs, v)) - Q(1, 10 ** max(digits, 8)))
        assert first > 0
        for k in range(i + 1):
            assert abs(dot(v, basis.vectors[k]) - (i == k)) <= tolerance
        assert all(abs(x - value * y) <= tolerance * norm for x, y in zip(image(matrix, v), v, strict=True))


def assert_known(truth: Known, basis: Eigenbasis, digits: int, norm: Any = 1) -> None:
    """Values, and the projectors of all clusters, are those that are known."""
    tolerance = Q(1, 10**digits)
    assert max(abs(x - y) for x, y in zip(basis.values, truth.values, strict=False)) <= tolerance * norm
    for cluster in basis.clusters:
        found, exact = (projector([rows[i] for i in cluster]) for rows in (basis.vectors, truth.vectors))
        for row, line in zip(found, exact, strict=True):
            assert max(abs(x - y) for x, y in zip(row, line, strict=True)) <= tolerance


# ---------------------------------------------------------------------- any matrix


@settings(max_examples=40)
@given(symmetric(), st.sampled_from([1, 12, 50]))
def test_any_small_matrix_has_its_eigenpairs(matrix: Rows, digits: int) -> None:
    basis = leading(matrix, len(matrix), digits)
    assert_eigenpairs(matrix, basis, digits)
    tolerance = largest(matrix) / 10**digits
    for value, (low, high) in zip(basis.values, eigenvalues(matrix), strict=True):
        assert low - tolerance <= value <= high + tolerance


@settings(max_examples=20)
@given(symmetric(most=7, least=2), st.integers(1, 6))
def test_reflections_lead_to_the_same_eigenpairs_as_rotations(matrix: Rows, count: int) -> None:
    count = min(count, len(matrix))
    bases = []
    for few in (100, 1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(eigenblocks, "FEW", few)
            bases.append(leading(matrix, count, 30))
        assert_eigenpairs(matrix, bases[-1], 30)
    one, other = bases
    assert one.clusters == other.clusters
    assert max(abs(x - y) for x, y in zip(one.values, other.values, strict=True)) <= largest(matrix) / 10**30
    assert_known(Known(matrix, one.values, one.vectors), other, 30, largest(matrix))


@pytest.mark.parametrize("digits", [1, 5, 7, 16, 50, 300])
def test_as_many_digits_as_are_asked_for(digits: int) -> None:
    truth = known([7, 3, Q(1, 3), 0, -5])
    basis = leading(truth.matrix, 5, digits)
    assert_eigenpairs(truth.matrix, basis, digits)
    assert_known(truth, basis, digits)
    assert basis.clusters == [[0], [1], [2], [3], [4]]


def test_values_are_right_to_twice_the_digits_of_the_vectors() -> None:
    truth = known([7, 3, Q(1, 3), 0, -5])
    assert_known(truth._replace(vectors=leading(truth.matrix, 5, 20).vectors), leading(truth.matrix, 5, 20), 38)


def test_the_same_numbers_come_out_again() -> None:
    for matrix in (random_symmetric(5), random_symmetric(14), known([1, 1, 1, 2]).matrix):
        assert leading(matrix, 3, 40) == leading(matrix, 3, 40)


# ---------------------------------------------------------------------- close and equal


@STARTS
@pytest.mark.parametrize("gap", ["1e-6", "1e-9", "1e-15", "1e-30", "1e-48"])
@pytest.mark.parametrize("count", [2, 5])
def test_nearly_tied_eigenvalues_are_told_apart(
    few: int, gap: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eigenblocks, "FEW", few)
    truth = known([3, 1, 1 + Q(gap), -2, 0])
    basis = leading(truth.matrix, count, 50)
    assert basis.clusters == [[i] for i in range(count)]
    assert_known(truth, basis, 50)
    assert count == 5 or 1 < basis.beyond < 1 + Q(gap)  # type: ignore[operator]


@STARTS
@pytest.mark.parametrize("gap", ["1e-52", "1e-90", "0"])
@pytest.mark.parametrize("count", [2, 3, 5])
def test_ties_to_the_wanted_digits_are_one_cluster_which_is_never_cut(
    few: int, gap: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eigenblocks, "FEW", few)
    truth = known([3, 1, 1 + Q(gap), -2, 0])
    basis = leading(truth.matrix, count, 50)
    assert_eigenpairs(truth.matrix, basis, 50)
    assert basis.clusters == [[0], [1, 2], [3], [4]][: max(2, count - 1)]
    assert_known(truth, basis, 50)


@STARTS
def test_close_eigenvalues_of_several_orders(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eigenblocks, "FEW", few)
    a, b, c = 1 + Q("1e-10"), Q("1e-25"), Q("1e-40")
    truth = known([1, a, a + b, a + b + c, a + b + c, -5])
    basis = leading(truth.matrix, 6, 50)
    assert_eigenpairs(truth.matrix, basis, 50)
    assert basis.clusters == [[0, 1], [2], [3], [4], [5]]
    assert_known(truth, basis, 50)


@STARTS
def test_a_tie_beside_a_difference_that_is_just_seen(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eigenblocks, "FEW", few)
    truth = known([3, 1, 1 + Q("3e-50"), 1 + Q("3e-50") + Q("1e-52")])
    assert leading(truth.matrix, 4, 50).clusters == [[0], [1, 2], [3]]


@pytest.mark.parametrize("values", [[3, 1, 1 + Q("1e-30")], [1, 1 + Q("1e-20")], [2, 2 + Q("1e-9"), 0]])
def test_residuals_are_small_beside_the_distance_of_the_eigenvalues(values: list[Q]) -> None:
    """So much is needed to prove the digits of the vectors."""
    truth = known(values)
    basis = leading(truth.matrix, len(values), 50)
    for i, v in enumerate(basis.vectors):
        gap = min(abs(truth.values[i] - x) for k, x in enumerate(truth.values) if k != i)
        av = image(truth.matrix, v)
        rho = dot(v, av) / dot(v, v)
        assert all(abs(x - rho * y) < gap / 10**50 for x, y in zip(av, v, strict=True))


@STARTS
@pytest.mark.parametrize("e", ["1e-3", "1e-8", "1e-15", "1e-30"])
def test_laeuchli_s_matrices(few: int, e: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eigenvalues n + e^2, e^2, e^2; the last one is 10^-60 here, right to 50 digits after its first one."""
    monkeypatch.setattr(eigenblocks, "FEW", few)
    matrix = laeuchli(Q(e))
    basis = leading(matrix, 3, 50)
    assert_eigenpairs(matrix, basis, 50)
    assert basis.clusters == [[0], [1, 2]]
    for value, truth in zip(basis.values, [3 + Q(e) ** 2, Q(e) ** 2, Q(e) ** 2], strict=True):
        assert abs(value - truth) <= Q(1, 10**100)


def test_eigenvalues_of_all_orders_of_magnitude() -> None:
    """The least eigenvalue of this Hilbert matrix is 10^-13 of the largest."""
    with mpmath.workdps(130):
        truth = sorted(map(str, mpmath.eigsy(mpmath.hilbert(10), eigvals_only=True)), key=mpmath.mpf, reverse=True)
    basis = leading(hilbert(10), 10, 50)
    assert_eigenpairs(hilbert(10), basis, 50)
    for value, text in zip(basis.values, truth, strict=True):
        assert abs(value - Q(text)) <= Q(1, 10**99)


# ---------------------------------------------------------------------- which are the largest


def test_the_largest_by_value_not_by_modulus() -> None:
    truth = known([-100, -50, 2, 1, -3])
    basis = leading(truth.matrix, 2, 30)
    assert_known(truth, basis, 30)
    assert [round(x) for x in basis.values] == [2, 1]
    assert -3 < basis.beyond < 1  # type: ignore[operator]


def test_all_eigenvalues_are_negative() -> None:
    truth = known([-1, -2, -2, -7])
    basis = leading(truth.matrix, 2, 30)
    assert_known(truth, basis, 30)
    assert basis.clusters == [[0], [1, 2]]
    assert -7 < basis.beyond < -2  # type: ignore[operator]


@pytest.mark.parametrize("value", [Q(7, 3), Q(-2), Q(0)])
def test_one_row(value: Q) -> None:
    basis = leading([[value]], 1, 40)
    assert abs(basis.values[0] - value) <= Q(1, 10**40)
    assert (basis.vectors, basis.clusters, basis.beyond) == ([[1]], [[0]], None)


@pytest.mark.parametrize("n", [2, 3, 20])
@pytest.mark.parametrize("value", [0, 5])
def test_a_multiple_of_the_identity_has_one_cluster_and_the_axes(n: int, value: int) -> None:
    basis = leading([[value * Q(i == j) for j in range(n)] for i in range(n)], 1, 40)
    assert basis.values == [value] * n
    assert basis.clusters == [list(range(n))]
    assert basis.beyond is None
    assert sorted(basis.vectors, reverse=True) == [[Q(i == j) for j in range(n)] for i in range(n)]


def test_a_diagonal_matrix_is_sorted() -> None:
    basis = leading([[Q(2), Q(0), Q(0)], [Q(0), Q(-9), Q(0)], [Q(0), Q(0), Q(5)]], 3, 20)
    assert basis.values == [5, 2, -9]
    assert basis.vectors == [[0, 0, 1], [1, 0, 0], [0, 1, 0]]


def test_of_equal_largest_entries_the_first_is_positive() -> None:
    basis = leading([[Q(2), Q(1)], [Q(1), Q(2)]], 2, 60)
    root = Q(str(mpmath.mp.clone().sqrt(0.5))[:14])
    assert basis.values == [3, 1]
    assert [[round(float(x / root)) for x in v] for v in basis.vectors] == [[1, 1], [1, -1]]


@pytest.mark.parametrize("power", [-1300, 1300, -40, 40])
def test_entries_beyond_the_range_of_binary64(power: int) -> None:
    truth, factor = known([3, 1, 1, Q(-2, 7)]), Q(10) ** power
    matrix = [[x * factor for x in row] for row in truth.matrix]
    basis = leading(matrix, 3, 30)
    assert basis.clusters == [[0], [1, 2]]
    assert_known(Known(matrix, [x * factor for x in truth.values], truth.vectors), basis, 30, factor)


def test_entries_of_all_sizes() -> None:
    """What is tiny beside the largest entry is a tie with few digits, and told apart with more."""
    matrix = [[Q(10) ** 40, Q(1), Q(2)], [Q(1), Q(1), Q(0)], [Q(2), Q(0), Q(1, 10**40)]]
    assert leading(matrix, 3, 30).clusters == [[0], [1, 2]]
    basis = leading(matrix, 3, 60)
    assert basis.clusters == [[0], [1], [2]]
    assert_eigenpairs(matrix, basis, 60)


# ---------------------------------------------------------------------- larger ones


@pytest.mark.parametrize("n", [13, 30])
def test_the_largest_of_many(n: int) -> None:
    matrix = random_symmetric(n)
    basis = leading(matrix, 3, 40)
    assert_eigenpairs(matrix, basis, 40)
    for value, (low, high) in zip(basis.values, eigenvalues(matrix, 2000), strict=False):
        assert low - Q(1, 10**60) <= value <= high + Q(1, 10**60)


def test_wilkinson_s_matrix() -> None:
    """Its two largest eigenvalues differ by 7e-14: tridiagonal from the start, one column after the other."""
    matrix = [[Q(abs(10 - i)) if i == j else Q(abs(i - j) == 1) for j in range(21)] for i in range(21)]
    basis = leading(matrix, 3, 40)
    assert_eigenpairs(matrix, basis, 40)
    assert basis.clusters == [[0], [1], [2]]
    assert Q(7, 10**14) < basis.values[0] - basis.values[1] < Q(8, 10**14)


def test_a_multiple_eigenvalue_of_a_larger_matrix() -> None:
    """Of rank 2: the eigenvalue 0 has 14 dimensions, and with the third all of them come."""
    truth = [[Q((i + 1) * (j + 1) + (i % 3) * (j % 3)) for j in range(16)] for i in range(16)]
    assert leading(truth, 2, 30).clusters == [[0], [1]]
    basis = leading(truth, 3, 30)
    assert basis.clusters == [[0], [1], list(range(2, 16))]
    assert_eigenpairs(truth, basis, 30)


# ---------------------------------------------------------------------- starts in binary64


@pytest.mark.parametrize("n", [3, 8, 15])
def test_both_starts_have_small_residuals(n: int) -> None:
    exact = random_symmetric(n)
    rows = [[float(x / largest(exact)) for x in row] for row in exact]
    for start in (jacobi.eigenpairs(rows), tridiagonal.eigenpairs(rows, 2, 1e-6)):
        assert len(start.values) >= len(start.vectors) >= 2
        assert start.values == sorted(start.values, reverse=True)
        for value, v in zip(start.values, start.vectors, strict=False):
            assert abs(sqrt(sum(x * x for x in v)) - 1) < 1e-14
            for row, x in zip(rows, v, strict=True):
                assert abs(sum(a * b for a, b in zip(row, v, strict=True)) - value * x) < 1e-14 * n


@pytest.mark.parametrize("block", [range(1), range(1, 3)])
def test_both_starts_solve_the_same_equation(block: range) -> None:
    exact = random_symmetric(9)
    rows = [[float(x / largest(exact)) for x in row] for row in exact]
    k, solutions = block[-1], []
    for start in (jacobi.eigenpairs(rows), tridiagonal.eigenpairs(rows, 3, 1e-6)):
        x = start.correct([float(i * i - 7) for i in range(9)], k, block)
        assert all(abs(sum(a * b for a, b in zip(start.vectors[j], x, strict=True))) < 1e-12 for j in block)
        solutions.append(x)
        # what is left of (A - l_k I) x - b lies in the space of the block
        product = [sum(a * b for a, b in zip(row, x, strict=True)) for row in rows]
        rest = [a - start.values[k] * b - float(i * i - 7) for i, (a, b) in enumerate(zip(product, x, strict=True))]
        for j in block:
            factor = sum(a * b for a, b in zip(start.vectors[j], rest, strict=True))
            rest = [a - factor * b for a, b in zip(rest, start.vectors[j], strict=True)]
        assert max(map(abs, rest)) < 1e-11
    assert max(abs(a - b) for a, b in zip(*solutions, strict=True)) < 1e-11


def test_more_pairs_than_asked_for_until_a_gap() -> None:
    rows = [[float((5, 3, 3, 3, 1)[i] * (i == j)) / 5 for j in range(5)] for i in range(5)]
    for count, known_ones in ((1, 1), (2, 4), (3, 4), (5, 5)):
        start = tridiagonal.eigenpairs(rows, count, 1e-6)
        assert (len(start.vectors), len(start.values)) == (known_ones, min(known_ones + 1, 5))


@pytest.mark.parametrize("diagonal", [[0.0, 0.0, 0.0, 1.0], [1e-18, 1.0, -1e-18, 0.0], [1.0, 1.0, 2.0, 0.5]])
def test_elimination_exchanges_rows(diagonal: list[float]) -> None:
    beside, b = [1.0, 1.0, 0.5], [1.0, -2.0, 3.0, 0.25]
    y = tridiagonal._solve(diagonal, beside, 0.0, b)
    padded = [0.0, *y, 0.0]
    for i, (d, right) in enumerate(zip(diagonal, b, strict=True)):
        left = [0.0, *beside][i] * padded[i] + d * padded[i + 1] + [*beside, 0.0][i] * padded[i + 2]
        assert abs(left - right) < 1e-13


# ---------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("matrix", "count", "digits", "words"),
    [
        ([[Q(1), Q(2)], [Q(3), Q(1)]], 1, 10, "not symmetric"),
        ([[Q(1), Q(2)]], 1, 10, "not symmetric"),
        ([[Q(1)]], 0, 10, "1 <= count <= 1"),
        ([[Q(1)]], 2, 10, "1 <= count <= 1"),
        ([[Q(1)]], 1, 0, "digits >= 1"),
    ],
)
def test_what_cannot_be_asked(matrix: Rows, count: int, digits: int, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        leading(matrix, count, digits)


def test_no_rows() -> None:
    with pytest.raises(EmptyData):
        leading([], 1, 10)


class Wrong:
    """A start that knows nothing of its matrix."""

    values = (1.0, 0.5, 0.25)

    def __init__(self, vectors: list[list[float]]) -> None:
        self.vectors = vectors

    def correct(self, b: list[float], k: int, block: range) -> list[float]:
        return [x / 1000 for x in b]


@pytest.mark.parametrize(
    ("vectors", "words"),
    [([[1.0, 0, 0], [1.0, 0, 0], [0, 0, 1.0]], "refined"), ([[0.0, 0, 0]] * 3, "independent")],
)
def test_a_start_that_cannot_be_refined_is_the_fault_of_this_program(
    vectors: list[list[float]], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jacobi, "eigenpairs", lambda rows: Wrong(vectors))
    with pytest.raises(RefimplError, match=words) as caught:
        leading(random_symmetric(3), 2, 30)
    assert caught.value.kind == "internal"
