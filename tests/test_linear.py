"""Vectors and matrices: identities in exact arithmetic, and every kind of number held against it."""

from collections.abc import Callable
from fractions import Fraction as Q
from itertools import permutations
from math import gcd, prod
from typing import Any

import pytest
from hypothesis import given, strategies as st
from strategies import (
    INEXACT,
    KINDS,
    RATIONAL,
    SMALL,
    assert_agree,
    assert_type,
    in_kind,
    largest,
    matrices,
    pairs,
)

from refimpl import linear
from refimpl.errors import BadInput, EmptyData, Undefined
from refimpl.numbers import EXACT, FLOAT, ball, high

BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
BY_INEXACT = pytest.mark.parametrize("kind", INEXACT, ids=lambda kind: kind.name)

A = [[Q(4), Q(2), Q(-1)], [Q(2), Q(5), Q(3)], [Q(-1), Q(3), Q(6)]]
"""Symmetric with leading minors 4, 16, 4*(30-9) - 2*(12+3) - 1*(6+5) = 43, hence positive definite."""


def product(a: Any, b: Any) -> list[list[Q]]:
    return [
        [sum((x * y for x, y in zip(row, column, strict=True)), Q(0)) for column in zip(*b, strict=True)] for row in a
    ]


def identity(n: int) -> list[list[Q]]:
    return [[Q(i == j) for j in range(n)] for i in range(n)]


def determinant(a: Any) -> Q:
    """By Leibniz: sum over permutations, which no elimination enters."""
    n, value = len(a), Q(0)
    for p in permutations(range(n)):
        inversions = sum(p[i] > p[j] for i in range(n) for j in range(i + 1, n))
        value += (-1) ** inversions * prod((a[i][p[i]] for i in range(n)), start=Q(1))
    return value


@st.composite
def positive_definite(draw: st.DrawFn) -> list[list[Q]]:
    """M M^T + I, positive definite for every M."""
    n = draw(st.integers(1, 4))
    m = draw(matrices(n=(n, n), d=(1, 3), entries=st.sampled_from([SMALL, RATIONAL])))
    square = product(m, list(zip(*m, strict=True)))
    return [[x + (i == j) for j, x in enumerate(row)] for i, row in enumerate(square)]


square_matrices = st.integers(1, 4).flatmap(
    lambda n: matrices(n=(n, n), d=(n, n), entries=st.sampled_from([SMALL, RATIONAL]))
)

# ---------------------------------------------------------------------- shapes and sums


def test_shape_is_rows_by_columns() -> None:
    assert linear.shape([[1, 2, 3], [4, 5, 6]], "points") == (2, 3)


@pytest.mark.parametrize(
    ("rows", "error", "words"),
    [
        ([], EmptyData, "centers is empty"),
        ([[]], BadInput, "centers[0] is empty"),
        ([[1, 2], [3]], BadInput, "centers[1] has 1 entries but centers[0] has 2"),
        ([[1], [2], [3, 4]], BadInput, "centers[2] has 2 entries but centers[0] has 1"),
        ([[1.0, 2.0], [3.0, float("nan")]], BadInput, "centers[1][1] is nan"),
        ([[float("-inf")]], BadInput, "centers[0][0] is -inf"),
    ],
)
def test_shape_names_the_field_and_the_index(rows: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error) as raised:
        linear.shape(rows, "centers")
    assert type(raised.value) is error
    assert words in str(raised.value)


def test_quotient_of_integers_is_a_fraction() -> None:
    for a, b in ((7, 2), (6, 3), (-1, 3)):
        quotient = linear.quotient(a, b)
        assert isinstance(quotient, Q)
        assert quotient == Q(a, b)
    assert type(linear.quotient(1.0, 4)) is float


def test_total_adds_in_order() -> None:
    """The exact sum is 1; in order, binary64 loses the 1 at once. A compensated sum() would not."""
    assert linear.total([1e16, 1.0, -1e16]) == 0.0
    assert linear.total([1e16, -1e16, 1.0]) == 1.0
    assert linear.dot([1e16, 1.0, -1e16], [1.0, 1.0, 1.0]) == 0.0


def test_squared_distance_does_not_cancel_far_from_the_origin() -> None:
    assert linear.squared_distance([1e8, -1e8], [1e8 + 1, -1e8 + 2]) == 5.0


@given(pairs())
def test_squared_distance_and_dot_polarise(xy: Any) -> None:
    """|x - y|^2 + |x + y|^2 = 2 |x|^2 + 2 |y|^2 and |x + y|^2 - |x - y|^2 = 4 x.y."""
    x, y = xy
    opposite = [-b for b in y]
    zero = [Q(0)] * len(x)
    minus, plus = linear.squared_distance(x, y), linear.squared_distance(x, opposite)
    assert minus + plus == 2 * linear.squared_distance(x, zero) + 2 * linear.squared_distance(y, zero)
    assert plus - minus == 4 * linear.dot(x, y)
    assert linear.dot(linear.subtract(x, y), linear.subtract(x, y)) == minus


@given(matrices())
def test_transpose_twice_changes_nothing(a: Any) -> None:
    b = linear.transpose(a)
    assert all(b[j][i] == x for i, row in enumerate(a) for j, x in enumerate(row))
    assert linear.transpose(b) == a


@given(pairs(), st.data())
def test_outer_is_of_rank_one(xy: Any, data: st.DataObject) -> None:
    """(x y^T) z = x (y . z)."""
    x, y = xy[0], xy[1][: max(1, len(xy[1]) - 1)]
    z = data.draw(st.lists(RATIONAL, min_size=len(y), max_size=len(y)))
    xyt = linear.outer(x, y)
    assert (len(xyt), len(xyt[0])) == (len(x), len(y))
    assert linear.matvec(xyt, z) == [a * linear.dot(y, z) for a in x]


@given(matrices())
def test_the_mean_times_n_is_the_sum(rows: Any) -> None:
    means = linear.mean(rows)
    assert [m * len(rows) for m in means] == [sum(column) for column in zip(*rows, strict=True)]


@BY_INEXACT
@given(rows=matrices())
def test_means_agree_in_all_kinds(kind: Any, rows: Any) -> None:
    means = linear.mean(in_kind(kind, rows))
    assert_type(means, kind(0))
    assert_agree(means, linear.mean(rows), largest(rows))


def test_means_of_integers_are_fractions() -> None:
    means = linear.mean([[1, 2], [2, 2]])
    assert means == [Q(3, 2), Q(2)]
    assert all(isinstance(m, Q) for m in means)


@given(matrices(), matrices())
def test_cleared_multiplies_by_the_least_integer(a: Any, b: Any) -> None:
    """L x is an integer for all entries x; were a smaller L' enough, every L x would share the factor L / gcd."""
    (c, d), scale = linear.cleared(a, b)
    integers = [x for rows in (c, d) for row in rows for x in row]
    assert all(isinstance(x, int) for x in integers)
    assert scale >= 1
    assert [[[Q(x, scale) for x in row] for row in rows] for rows in (c, d)] == [a, b]
    assert gcd(scale, *integers) == 1


@BY_INEXACT
def test_cleared_leaves_other_numbers_alone(kind: Any) -> None:
    rows = [[kind("1/3"), kind(2)]]
    (same,), scale = linear.cleared(rows)
    assert scale == 1
    assert same[0][0] is rows[0][0]


def test_cleared_leaves_a_mixture_alone() -> None:
    (same,), scale = linear.cleared([[0.5, Q(1, 3)]])
    assert (same, scale) == ([[0.5, Q(1, 3)]], 1)


# ---------------------------------------------------------------------- factorisation


@given(positive_definite())
def test_ldl_multiplies_back(a: Any) -> None:
    lower, pivots = linear.ldl(a)
    n = len(a)
    assert all(lower[i][i] == 1 and not any(lower[i][i + 1 :]) for i in range(n))
    scaled = [[x * d for x, d in zip(row, pivots, strict=True)] for row in lower]
    assert product(scaled, list(zip(*lower, strict=True))) == a
    assert all(d > 0 for d in pivots)
    assert prod(pivots, start=Q(1)) == determinant(a)


def test_pivots_have_the_signs_of_an_indefinite_matrix() -> None:
    _, pivots = linear.ldl([[Q(1), Q(2)], [Q(2), Q(1)]])
    assert pivots == [1, -3]


@pytest.mark.parametrize(("a", "pivot"), [([[Q(0)]], 0), ([[Q(1), Q(1)], [Q(1), Q(1)]], 1)])
def test_a_zero_pivot_is_undefined(a: Any, pivot: int) -> None:
    with pytest.raises(Undefined, match=f"pivot {pivot}"):
        linear.ldl(a)


@given(positive_definite(), st.data())
def test_solve_solves(a: Any, data: st.DataObject) -> None:
    b = data.draw(st.lists(RATIONAL, min_size=len(a), max_size=len(a)))
    assert linear.matvec(a, linear.solve(a, b)) == b


@given(square_matrices)
def test_inverse_exists_exactly_where_the_determinant_is_not_zero(a: Any) -> None:
    if determinant(a) == 0:
        with pytest.raises(Undefined, match="singular"):
            linear.inverse(a)
        return
    inverse = linear.inverse(a)
    assert product(a, inverse) == identity(len(a))
    assert product(inverse, a) == identity(len(a))


def test_inverse_exchanges_rows() -> None:
    assert linear.inverse([[Q(0), Q(2)], [Q(4), Q(0)]]) == [[0, Q(1, 4)], [Q(1, 2), 0]]


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "ldl": linear.ldl,
    "solve": lambda a: linear.solve(a, a[0]),
    "inverse": linear.inverse,
    "transpose": linear.transpose,
    "outer": lambda a: linear.outer(a[0], a[1]),
    "matvec": lambda a: linear.matvec(a, a[2]),
    "squared_distance": lambda a: linear.squared_distance(a[0], a[1]),
    "subtract": lambda a: linear.subtract(a[0], a[1]),
    "total": lambda a: linear.total(a[2]),
}


@BY_KIND
@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_type_that_goes_in_comes_out_and_all_kinds_agree(name: str, kind: Any) -> None:
    """A / 7, whose entries no binary number equals; the truth is that of Fractions."""
    a = [[x / 7 for x in row] for row in A]
    got = FUNCTIONS[name](in_kind(kind, a))
    assert_type(list(got) if isinstance(got, tuple) else got, kind(0))
    assert_agree(got, FUNCTIONS[name](a), 100)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_integers_count_as_exact(name: str) -> None:
    got = FUNCTIONS[name]([[int(x) for x in row] for row in A])
    assert_type(list(got) if isinstance(got, tuple) else got, Q(0))
    assert_agree(got, FUNCTIONS[name](A))


@given(positive_definite())
def test_logdet_is_the_logarithm_of_the_determinant(a: Any) -> None:
    truth = ball(60).log(ball(60)(determinant(a)))
    narrow = linear.logdet(in_kind(ball(40), a), ball(40))
    assert narrow.overlaps(truth)
    assert narrow.rad < Q(1, 10**30)
    assert abs(Q(linear.logdet(in_kind(FLOAT, a), FLOAT)) - truth.mid) < Q(1, 10**12)


def test_logdet_of_the_identity_is_zero_in_every_kind() -> None:
    for kind in (EXACT, FLOAT, high(40), ball(40)):
        assert linear.logdet(in_kind(kind, identity(3)), kind) == 0
