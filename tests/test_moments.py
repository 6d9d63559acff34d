"""Mean, variance, covariance and Pearson's coefficient: the lecture's properties, exact or certified by balls."""

from fractions import Fraction as Q
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given, strategies as st
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
    mean,
    pairs,
)

from refimpl import moments
from refimpl.errors import BadInput, EmptyData, Undefined, Unsupported
from refimpl.numbers import EXACT, FLOAT, Ball, ball, high

BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
BY_INEXACT = pytest.mark.parametrize("kind", INEXACT, ids=lambda kind: kind.name)

X, Y = [1, 3, 6, 10, 15, 21], [7, 11, 17, 25, 35, 47]
"""The lecture's table, y = 2x + 5."""

factors = st.fractions(-4, 4, max_denominator=5).filter(bool)


def varies(x: list[Q]) -> bool:
    return len(set(x)) > 1


def correlation(x: list[Q], y: list[Q], digits: int = 40) -> Ball:
    numbers = ball(digits)
    return moments.correlation(in_kind(numbers, x), in_kind(numbers, y), numbers)


def signed_square(x: list[Q], y: list[Q]) -> Q:
    """Return r |r|, which is rational, by sums over all pairs of observations, where no mean enters:
    sum_ij (x_i - x_j)(y_i - y_j) = 2 n^2 cov.
    """
    n = range(len(x))

    def spread(a: list[Q], b: list[Q]) -> Q:
        return sum(((a[i] - a[j]) * (b[i] - b[j]) for i, j in product(n, n)), Q(0))

    c = spread(x, y)
    return c * abs(c) / (spread(x, x) * spread(y, y))


def on_a_line(x: list[Q], y: list[Q]) -> bool:
    """All three points of any triple are collinear."""
    return all((x[i] - x[0]) * (y[j] - y[0]) == (x[j] - x[0]) * (y[i] - y[0]) for i in range(len(x)) for j in range(i))


def varying_pairs(least: int = 2) -> Any:
    return pairs(least=least).filter(lambda xy: varies(xy[0]) and varies(xy[1]))


# ---------------------------------------------------------------------- the lecture's table


def test_the_lecture_s_table() -> None:
    assert moments.mean(X) == Q(28, 3)
    assert moments.mean(Y) == Q(71, 3)
    assert moments.variance(X, ddof=1) == Q(868, 15)
    assert moments.variance(Y, ddof=1) == Q(3472, 15)
    assert moments.covariance(X, Y, ddof=1) == Q(1736, 15)
    assert moments.correlation([Q(x) for x in X], [Q(y) for y in Y], EXACT) == 1


# ---------------------------------------------------------------------- mean, variance, covariance


@given(pairs())
def test_deviations_from_the_mean_add_up_to_zero(xy: Any) -> None:
    x, _ = xy
    assert sum(a - moments.mean(x) for a in x) == 0


@given(pairs(), st.data())
def test_covariance_is_that_of_all_pairs_of_observations(xy: Any, data: st.DataObject) -> None:
    """(n - ddof) cov = (1/2n) sum_ij (x_i - x_j)(y_i - y_j)."""
    x, y = xy
    n = len(x)
    ddof = data.draw(st.integers(0, n - 1))
    over_pairs = sum((x[i] - x[j]) * (y[i] - y[j]) for i in range(n) for j in range(n))
    assert moments.covariance(x, y, ddof=ddof) == over_pairs / (2 * n * (n - ddof))


@given(pairs())
def test_covariance_is_the_mean_of_products_less_the_product_of_means(xy: Any) -> None:
    x, y = xy
    expected = mean([a * b for a, b in zip(x, y, strict=True)]) - mean(x) * mean(y)
    assert moments.covariance(x, y, ddof=0) == expected


@given(pairs(), factors, RATIONAL)
def test_covariance_is_symmetric_and_linear(xy: Any, a: Q, b: Q) -> None:
    x, y = xy
    assert moments.covariance(x, y, ddof=0) == moments.covariance(y, x, ddof=0)
    assert moments.covariance([a * z + b for z in x], y, ddof=0) == a * moments.covariance(x, y, ddof=0)
    added = [p + q for p, q in zip(x, y, strict=True)]
    assert moments.variance(added, ddof=0) == (
        moments.variance(x, ddof=0) + moments.variance(y, ddof=0) + 2 * moments.covariance(x, y, ddof=0)
    )


@given(pairs())
def test_the_variance_is_zero_only_for_constants(xy: Any) -> None:
    x, _ = xy
    assert moments.variance(x, ddof=0) >= 0
    assert (moments.variance(x, ddof=0) == 0) == (not varies(x))


def test_ddof_has_to_be_said() -> None:
    for function, arguments in (
        (moments.covariance, (X, Y)),
        (moments.variance, (X,)),
        (moments.covariance_matrix, ([X],)),
    ):
        with pytest.raises(TypeError):
            function(*arguments)  # type: ignore[operator]
        with pytest.raises(TypeError):
            function(*arguments, 1)  # type: ignore[operator]


def test_ddof_is_what_is_subtracted_from_n() -> None:
    """The sum of products is 4/3 + 4/3 + ... by hand: deviations -1, 0, 1 and -2, 0, 2."""
    assert [moments.covariance([1, 2, 3], [2, 4, 6], ddof=ddof) for ddof in (0, 1, 2)] == [Q(4, 3), 2, 4]


@pytest.mark.parametrize("ddof", [-1, 3, 4])
def test_ddof_must_leave_a_divisor(ddof: int) -> None:
    with pytest.raises(BadInput, match=f"ddof is {ddof} for 3 observations"):
        moments.covariance([1, 2, 3], [2, 4, 6], ddof=ddof)
    with pytest.raises(BadInput, match=f"ddof is {ddof} for 3 observations"):
        moments.covariance_matrix([[1], [2], [3]], ddof=ddof)


def test_one_observation_has_no_unbiased_variance() -> None:
    assert moments.variance([5], ddof=0) == 0
    with pytest.raises(BadInput, match="ddof"):
        moments.variance([5], ddof=1)


def test_no_observations_are_empty_data() -> None:
    for call in (
        lambda: moments.mean([]),
        lambda: moments.variance([], ddof=0),
        lambda: moments.correlation([], [], EXACT),
        lambda: moments.covariance_matrix([], ddof=0),
        lambda: moments.correlation_matrix([], EXACT),
    ):
        with pytest.raises(EmptyData, match=r"^\w+ is empty"):
            call()


def test_observations_come_in_pairs() -> None:
    for call in (
        lambda: moments.covariance([1, 2], [1], ddof=0),
        lambda: moments.correlation([1, 2], [1], EXACT),
    ):
        with pytest.raises(BadInput, match="y has 1 observations but x has 2"):
            call()


@given(matrices(n=(1, 6), d=(1, 3)), st.data())
def test_the_covariance_matrix_holds_the_covariances_of_columns(points: Any, data: st.DataObject) -> None:
    ddof = data.draw(st.integers(0, len(points) - 1))
    columns = [list(column) for column in zip(*points, strict=True)]
    matrix = moments.covariance_matrix(points, ddof=ddof)
    assert matrix == [[moments.covariance(x, y, ddof=ddof) for y in columns] for x in columns]


@given(matrices(n=(2, 6), d=(2, 3)), st.lists(RATIONAL, min_size=3, max_size=3))
def test_the_covariance_matrix_is_positive_semidefinite(points: Any, v: list[Q]) -> None:
    """v^T C v is the variance of the projection on v."""
    c = moments.covariance_matrix(points, ddof=1)
    d = range(len(c))
    projection = [sum(a * b for a, b in zip(x, v, strict=False)) for x in points]
    assert sum(v[i] * c[i][j] * v[j] for i in d for j in d) == moments.variance(projection, ddof=1)


def test_ragged_and_infinite_points_are_refused() -> None:
    with pytest.raises(BadInput, match=r"points\[1\] has 1 entries"):
        moments.covariance_matrix([[1, 2], [3]], ddof=0)
    with pytest.raises(BadInput, match=r"points\[1\]\[0\] is inf"):
        moments.correlation_matrix([[1.0], [float("inf")]], FLOAT)


@BY_KIND
@given(xy=pairs(least=2))
def test_the_type_that_goes_in_comes_out_and_all_kinds_agree(kind: Any, xy: Any) -> None:
    """Two-pass covariance in binary64 errs by at most a few n u max|x| max|y|, far from the origin too."""
    x, y = xy
    a, b = in_kind(kind, x), in_kind(kind, y)
    got = [moments.mean(a), moments.variance(a, ddof=1), moments.covariance(a, b, ddof=0)]
    assert_type(got, kind(0))
    truth = [mean(x), moments.variance(x, ddof=1), moments.covariance(x, y, ddof=0)]
    assert_agree(got, truth, largest(x) * largest(x, y))


def test_integers_give_fractions() -> None:
    assert_type(
        [
            moments.mean([1, 2]),
            moments.variance([1, 2], ddof=0),
            moments.covariance_matrix([[1], [2]], ddof=0),
        ],
        Q(0),
    )
    assert moments.mean([1, 2]) == Q(3, 2)


def test_the_variance_survives_a_far_origin() -> None:
    """{0, 1, 2} + 1e8: the expanded square E(X^2) - E(X)^2 would give 0 or 2."""
    assert moments.variance([1e8, 1e8 + 1, 1e8 + 2], ddof=1) == 1.0


# ---------------------------------------------------------------------- Pearson's coefficient


@given(varying_pairs())
def test_the_correlation_is_the_root_of_its_rational_square(xy: Any) -> None:
    x, y = xy
    r, square = correlation(x, y), signed_square(x, y)
    assert (r * abs(r)).contains(square)
    assert r.rad < Q(1, 10**20)
    if square != 0:
        assert (correlation(x, y, 120) > 0) == (square > 0)


@given(varying_pairs())
def test_the_correlation_lies_between_minus_one_and_one_and_reaches_them_on_lines_only(xy: Any) -> None:
    """On a line r = 1 or -1 with the sign of the slope, exactly; off every line |r| < 1 is certified by a ball.
    |r| = sqrt(1 - e) < 1 - e/2 with e >= 10^-60 here, which 120 digits separate from 1.
    """
    x, y = xy
    if on_a_line(x, y):
        i = next(i for i in range(len(x)) if x[i] != x[0])
        slope = (y[i] - y[0]) / (x[i] - x[0])
        assert moments.correlation(x, y, EXACT) == (1 if slope > 0 else -1)
        assert correlation(x, y).contains(1 if slope > 0 else -1)
    else:
        assert abs(correlation(x, y, 120)).upper < 1


@given(varying_pairs())
def test_the_correlation_is_symmetric(xy: Any) -> None:
    x, y = xy
    there, back = correlation(x, y), correlation(y, x)
    assert there.overlaps(back)
    assert (back * abs(back)).contains(signed_square(x, y))
    assert correlation(x, x).contains(1)


@given(varying_pairs(), factors, RATIONAL, factors, RATIONAL)
def test_the_correlation_keeps_under_ax_plus_b_but_for_the_sign_of_a(xy: Any, a: Q, b: Q, c: Q, d: Q) -> None:
    x, y = xy
    mapped = correlation([a * z + b for z in x], [c * z + d for z in y])
    sign = 1 if a * c > 0 else -1
    assert (mapped * abs(mapped)).contains(sign * signed_square(x, y))
    assert mapped.overlaps(sign * correlation(x, y))


def test_slopes_of_either_sign_give_plus_and_minus_one_in_every_kind() -> None:
    for kind in KINDS:
        x = in_kind(kind, [Q(1), Q(2), Q(4)])
        for slope in (3, -3, Q(1, 8), Q(-1, 8)):
            y = in_kind(kind, [slope * z + 5 for z in (1, 2, 4)])
            assert_agree(moments.correlation(x, y, kind), Q(1 if slope > 0 else -1))


def test_uncorrelated_is_weaker_than_independent() -> None:
    """Here y = x^2 is a function of x, and yet r = 0; P(x = 0, y = 0) = 1/3 is not P(x = 0) P(y = 0) = 1/9."""
    x, y = [Q(-1), Q(0), Q(1)], [Q(1), Q(0), Q(1)]
    for kind in INEXACT:
        assert_agree(moments.correlation(in_kind(kind, x), in_kind(kind, y), kind), Q(0))
    joint = sum(a == 0 == b for a, b in zip(x, y, strict=True))
    assert Q(joint, 3) != Q(x.count(Q(0)), 3) * Q(y.count(Q(0)), 3)


@given(
    st.lists(SMALL, min_size=1, max_size=3).filter(varies),
    st.lists(SMALL, min_size=1, max_size=3).filter(varies),
)
def test_independent_observations_are_uncorrelated(xs: list[Q], ys: list[Q]) -> None:
    """Every x with every y once: the joint frequencies are the products."""
    x, y = [a for a in xs for _ in ys], [b for _ in xs for b in ys]
    assert_agree(correlation(x, y), Q(0))


@pytest.mark.parametrize("kind", [EXACT, FLOAT, high(40), ball(40)], ids=lambda kind: kind.name)
def test_the_correlation_of_a_constant_is_undefined(kind: Any) -> None:
    varying, constant = in_kind(kind, [Q(1), Q(2), Q(4)]), in_kind(kind, [Q(3)] * 3)
    for x, y in ((varying, constant), (constant, varying), (constant, constant), (varying[:1], varying[:1])):
        with pytest.raises(Undefined, match="constant"):
            moments.correlation(x, y, kind)


@pytest.mark.parametrize("kind", [FLOAT, high(40)], ids=lambda kind: kind.name)
def test_a_constant_whose_mean_is_rounded_is_a_constant_still(kind: Any) -> None:
    """(0.1 + 0.1 + 0.1) / 3 is not 0.1 in binary64, so that a variance by deviations is not 0."""
    constant, varying = [kind("0.1")] * 3, in_kind(kind, [Q(1), Q(2), Q(3)])
    assert moments.correlation_matrix([[a, b] for a, b in zip(constant, varying, strict=True)], kind)[0] == [
        None,
        None,
    ]
    with pytest.raises(Undefined, match="constant"):
        moments.correlation(constant, varying, kind)


@pytest.mark.parametrize("size", [1e-90, 1e-60, 1e60, 1e90])
@pytest.mark.parametrize("other", [1e-90, 1.0, 1e90])
def test_the_correlation_has_no_unit(size: float, other: float) -> None:
    """Var(X), Var(Y) and cov(X, Y) are binary64 numbers here; the product or the quotient of variances may be none."""
    assert moments.correlation([0.0, size], [0.0, other], FLOAT) == pytest.approx(1.0, abs=1e-15)


def test_an_irrational_correlation_is_not_made_up() -> None:
    with pytest.raises(Unsupported):
        moments.correlation([Q(0), Q(1), Q(2)], [Q(0), Q(1), Q(1)], EXACT)


@given(matrices(n=(2, 5), d=(1, 3), entries=st.just(SMALL)))
def test_the_correlation_matrix_has_none_exactly_where_a_column_is_constant(points: Any) -> None:
    numbers = ball(40)
    columns = [list(column) for column in zip(*points, strict=True)]
    matrix = moments.correlation_matrix(in_kind(numbers, points), numbers)
    for x, row in zip(columns, matrix, strict=True):
        for y, r in zip(columns, row, strict=True):
            if r is None:
                assert not (varies(x) and varies(y))
            else:
                assert (r * abs(r)).contains(signed_square(x, y))


@BY_INEXACT
@given(xy=varying_pairs())
def test_correlations_agree_in_all_kinds(kind: Any, xy: Any) -> None:
    """Data whose deviations are not lost in rounding: the spread is at least 2^-12 of the size."""
    x, y = xy
    assume(all(moments.variance(z, ddof=0) * 2**24 > max(abs(a) for a in z) ** 2 for z in (x, y)))
    truth = correlation(x, y, 80)
    r = moments.correlation(in_kind(kind, x), in_kind(kind, y), kind)
    assert_type(r, kind(0))
    if isinstance(r, Ball):
        assert r.overlaps(truth)
    else:
        assert_agree(r, truth.mid, 2**12)
