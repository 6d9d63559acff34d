"""The normal distribution: Arb and mpmath as witnesses, factors of matrices exactly, draws and refusals."""

from collections.abc import Iterator
from fractions import Fraction as Q
from itertools import count, product
from typing import Any

import flint
import pytest
from arb_witness import from_arb
from hypothesis import assume, given, settings, strategies as st
from mixture_strategies import EIGHTHS, MP, THIRDS, assert_near, covariance, determinant, naive_density, raw, table
from strategies import INEXACT, KINDS, assert_agree, assert_type, in_kind

from refimpl import gaussian
from refimpl.errors import BadInput, NotPositiveDefinite, Undecided, Unsupported
from refimpl.numbers import EXACT, FLOAT, Ball, ball, high

BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
BY_INEXACT = pytest.mark.parametrize("kind", INEXACT, ids=lambda kind: kind.name)

B = ball(60)
Normal = tuple[list[list[Q]], list[Q], list[list[Q]]]


@st.composite
def normals(draw: st.DrawFn, units: Any = (EIGHTHS, THIRDS)) -> Normal:
    """One or two points, a mean and a covariance."""
    n, d, unit = draw(st.integers(1, 2)), draw(st.integers(1, 3)), draw(st.sampled_from(units))
    source = draw(raw((n + 1 + d) * d))
    return table(source, n, d, unit), table(source, 1, d, unit)[0], covariance(source, d, unit)


def times(a: Any, b: Any) -> list[list[Q]]:
    return [
        [sum((x * y for x, y in zip(row, column, strict=True)), Q(0)) for column in zip(*b, strict=True)] for row in a
    ]


def transposed(a: Any) -> list[list[Q]]:
    return [list(column) for column in zip(*a, strict=True)]


# ---------------------------------------------------------------------- density


@settings(max_examples=50)
@given(normals())
def test_the_density_is_the_naive_one_of_mpmath(normal: Normal) -> None:
    points, mean, spread = normal
    truth = [MP.log(naive_density(x, mean, spread)) for x in points]
    for numbers in (B, high(60)):
        found = gaussian.log_density(*(in_kind(numbers, x) for x in normal), numbers)
        assert_type(found, numbers(0))
        assert_near(found, truth)


@settings(max_examples=50)
@given(normals())
def test_the_density_holds_that_of_arb(normal: Normal) -> None:
    """Arb inverts and takes the determinant; both balls hold the truth, so that they overlap, and both are narrow."""
    points, mean, spread = normal
    flint.ctx.prec = 300
    sigma = flint.arb_mat([[flint.arb(flint.fmpq(x.numerator, x.denominator)) for x in row] for row in spread])
    for x, found in zip(points, gaussian.log_density(*(in_kind(B, x) for x in normal), B), strict=True):
        y = flint.arb_mat([[flint.arb(flint.fmpq(*(a - b).as_integer_ratio()))] for a, b in zip(x, mean, strict=True)])
        quadratic = (y.transpose() * sigma.inv() * y)[0, 0]
        truth = from_arb(-(len(x) * (2 * flint.arb.pi()).log() + sigma.det().log() + quadratic) / 2, 300)
        assert truth is not None
        assert truth.rad < Q(1, 10**75)
        assert found.contains_ball(truth)
        assert found.rad < Q(1, 10**45)


@BY_INEXACT
@settings(max_examples=40)
@given(normal=normals((EIGHTHS,)))
def test_all_kinds_agree_and_the_type_that_goes_in_comes_out(kind: Any, normal: Normal) -> None:
    """Binary64 holds these numbers; -ln p reaches 10^3 at most."""
    truth = gaussian.log_density(*(in_kind(ball(90), x) for x in normal), ball(90))
    found = gaussian.log_density(*(in_kind(kind, x) for x in normal), kind)
    assert_type(found, kind(0))
    if kind.name.startswith("ball"):
        assert all(x.contains_ball(t) for x, t in zip(found, truth, strict=True))
        assert all(x.rad < Q(1, 10**35) for x in found)
    else:
        assert_agree(found, [t.mid for t in truth], 10**3)


def test_the_standard_normal_has_its_known_digits() -> None:
    """-ln(2 pi) / 2 = -0.918938533204672741780329736405617639861..., and half a square less away from 0."""
    at_0, at_3 = gaussian.log_density([[B(0)], [B(3)]], [B(0)], [[B(1)]], B)
    assert abs(at_0 - Q("-0.918938533204672741780329736405617639861397473637783412817")) < Q(1, 10**56)
    assert (at_0 - at_3).contains(Q(9, 2))


@settings(max_examples=30)
@given(normals())
def test_independent_coordinates_multiply(normal: Normal) -> None:
    """With a diagonal covariance ln N is the sum over coordinates of its one-dimensional values."""
    points, mean, spread = (in_kind(B, x) for x in normal)
    d = len(mean)
    diagonal = [[spread[i][i] if i == j else B(0) for j in range(d)] for i in range(d)]
    for x, whole in zip(points, gaussian.log_density(points, mean, diagonal, B), strict=True):
        parts = [gaussian.log_density([[x[i]]], [mean[i]], [[spread[i][i]]], B)[0] for i in range(d)]
        assert whole.overlaps(sum(parts[1:], parts[0]))


@settings(max_examples=30)
@given(normals(), st.data())
def test_an_affine_map_divides_the_density_by_its_determinant(normal: Normal, data: Any) -> None:
    """That is, ln N(A x + b | A mu + b, A Sigma A^T) = ln N(x | mu, Sigma) - ln |det A|."""
    points, mean, spread = normal
    d = len(mean)
    *a, b = table(data.draw(raw(d * d + d)), d + 1, d, THIRDS)
    assume(determinant(a))

    def moved(x: list[Q]) -> list[Q]:
        return [y + c for (y,), c in zip(times(a, [[z] for z in x]), b, strict=True)]

    there = gaussian.log_density(*(in_kind(B, x) for x in normal), B)
    after = [moved(x) for x in points], moved(mean), times(times(a, spread), transposed(a))
    back = gaussian.log_density(*(in_kind(B, x) for x in after), B)
    for old, new in zip(there, back, strict=True):
        difference = new + B.log(B(abs(determinant(a)))) - old
        assert difference.contains(0)
        assert difference.rad < Q(1, 10**40)


@BY_INEXACT
@pytest.mark.parametrize("sigma", [Q(1, 2**40), Q(1), Q(2**40)], ids=str)
def test_a_thousand_sigma_away_the_logarithm_is_ordinary(kind: Any, sigma: Q) -> None:
    """-ln p = ln sigma + ln(2 pi) / 2 + 500000."""
    (found,) = gaussian.log_density([[kind(1000 * sigma)]], [kind(0)], [[kind(sigma * sigma)]], kind)
    truth = -(B.log(B(sigma)) + B.log(B.pi() * 2) / 2 + 500000)
    assert_agree(found, truth.mid, 10**6)


# ---------------------------------------------------------------------- factors


@settings(max_examples=40)
@given(normals())
def test_the_factors_multiply_to_the_covariance(normal: Normal) -> None:
    _, _, spread = normal
    lower, pivots = gaussian.factors(spread)
    d = len(pivots)
    assert times([[x * p for x, p in zip(row, pivots, strict=True)] for row in lower], transposed(lower)) == spread
    assert all(p > 0 for p in pivots)
    assert all(lower[i][j] == (i == j) for i in range(d) for j in range(i, d))


def test_factors_exist_exactly_where_all_leading_minors_are_positive() -> None:
    """Sylvester's criterion, for all symmetric 3 x 3 matrices with 0..2 on the diagonal and -1..1 beside it."""
    definite = []
    for a, b, c, x, y, z in product(*[range(3)] * 3, *[range(-1, 2)] * 3):
        matrix = [[Q(a), Q(x), Q(y)], [Q(x), Q(b), Q(z)], [Q(y), Q(z), Q(c)]]
        positive = all(determinant([row[:m] for row in matrix[:m]]) > 0 for m in (1, 2, 3))
        try:
            gaussian.factors(matrix)
        except NotPositiveDefinite:
            assert not positive
        else:
            assert positive
        definite.append(positive)
    assert 0 < sum(definite) < len(definite) == 729


SPOILT = [
    [[0]],
    [[-1]],
    [[1, 1], [1, 1]],
    [[1, 2], [2, 1]],
    [[0, 1], [1, 0]],
    [[-1, 0], [0, -1]],
    [[2, 1, 1], [1, 2, -1], [1, -1, 2]],
    [[1, 0, 0], [0, 1, 0], [0, 0, -1]],
]
"""Singular and indefinite matrices, on integers."""


@BY_KIND
@pytest.mark.parametrize("matrix", SPOILT, ids=str)
def test_what_is_not_positive_definite_is_refused_by_name(kind: Any, matrix: Any) -> None:
    with pytest.raises(NotPositiveDefinite) as raised:
        gaussian.factors(in_kind(kind, matrix), "covariances[3]")
    assert raised.value.kind == "not-positive-definite"
    assert str(raised.value).startswith("covariances[3] is not positive definite: ")
    assert "; give one that is" in str(raised.value)
    mean = in_kind(kind, [0] * len(matrix))
    with pytest.raises(NotPositiveDefinite, match=r"^covariance is not positive definite"):
        gaussian.log_density([mean], mean, in_kind(kind, matrix), kind)
    with pytest.raises(NotPositiveDefinite, match=r"^covariance is not positive definite"):
        gaussian.draw(mean, in_kind(kind, matrix), iter(mean), kind)


def test_balls_too_wide_to_tell_are_undecided() -> None:
    about_1, one = Ball(1 << 30, 1, -30, B.prec), B(1)
    with pytest.raises(Undecided):
        gaussian.factors([[one, about_1], [about_1, one]])
    with pytest.raises(Undecided):
        gaussian.factors([[B(0) + Ball(0, 1, 0, B.prec)]])


def test_a_pivot_that_is_certainly_negative_decides() -> None:
    third = B(Q(1, 3))
    with pytest.raises(NotPositiveDefinite):
        gaussian.factors([[-third, third], [third, -third]])


# ---------------------------------------------------------------------- draws


@settings(max_examples=30)
@given(normals())
def test_a_draw_is_linear_in_its_normals_and_has_the_covariance(normal: Normal) -> None:
    """The columns of A are the draws of unit vectors less the mean: A A^T = Sigma."""
    _, mean, spread = normal
    d = len(mean)
    columns = []
    for j in range(d):
        unit = iter([B(i == j) for i in range(d)])
        drawn = gaussian.draw(in_kind(B, mean), in_kind(B, spread), unit, B)
        columns.append([x - m for x, m in zip(drawn, mean, strict=True)])
    for i in range(d):
        for j in range(d):
            entry = sum((column[i] * column[j] for column in columns[1:]), columns[0][i] * columns[0][j])
            assert_agree(entry, spread[i][j])
    assert all(column[i].contains(0) for j, column in enumerate(columns) for i in range(j))


@BY_KIND
def test_a_draw_takes_d_numbers_in_order(kind: Any) -> None:
    """Sigma = [[4, 2], [2, 10]] = L diag(4, 9) L^T with l = 1/2: x = mu + (2 g_0, g_0 + 3 g_1)."""
    normals: Iterator[Any] = (kind(g) for g in count(1))
    spread = in_kind(kind, [[4, 2], [2, 10]])
    first, second = (gaussian.draw([kind(100), kind(-1)], spread, normals, kind) for _ in range(2))
    assert_type([first, second], kind(0))
    assert_agree([first, second], [[Q(102), Q(-1 + 1 + 6)], [Q(106), Q(-1 + 3 + 12)]])


def test_exact_numbers_have_no_density_and_rarely_a_root() -> None:
    for call in (
        lambda: gaussian.log_density([[Q(1)]], [Q(0)], [[Q(1)]], EXACT),
        lambda: gaussian.draw([Q(0)], [[Q(2)]], iter([Q(1)]), EXACT),
    ):
        with pytest.raises(Unsupported):
            call()


# ---------------------------------------------------------------------- refusals


@BY_KIND
@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        ([[1, 0], [0, 1], [0, 0]], "sigma has 3 x 2 entries for points of 2 dimensions; give 2 x 2"),
        ([[1]], "sigma has 1 x 1 entries for points of 2 dimensions; give 2 x 2"),
        ([[1, 2], [3, 7]], "sigma[1][0] is "),
        ([[1, 3], [2, 7]], "sigma[1][0] is "),
        ([[1, 0], [0]], "sigma[1] has 1 entries but sigma[0] has 2; give rows of one length"),
        ([], "sigma is empty; give at least one row"),
    ],
)
def test_covariances_are_square_and_symmetric(kind: Any, matrix: Any, words: str) -> None:
    with pytest.raises(BadInput) as raised:
        gaussian.check_covariance(in_kind(kind, matrix), 2, "sigma")
    assert words in str(raised.value)
    gaussian.check_covariance(in_kind(kind, [[1, 2], [2, Q(1, 3)]]), 2, "sigma")


def test_the_sentence_about_symmetry_names_both_entries() -> None:
    with pytest.raises(BadInput) as raised:
        gaussian.check_covariance([[1, 0, 5], [0, 1, 2], [5, 3, 1]], 3, "covariances[1]")
    sentence = "covariances[1][2][1] is 3 but covariances[1][1][2] is 2; give a symmetric matrix"
    assert str(raised.value) == sentence
    third = B(Q(1, 3))
    gaussian.check_covariance([[B(1), third], [1 - B(Q(2, 3)), B(1)]], 2, "balls that overlap may be equal")


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_covariances_are_finite(bad: float) -> None:
    with pytest.raises(BadInput, match=r"^sigma\[1\]\[1\] is .*; give a finite number$"):
        gaussian.check_covariance([[1.0, 0.0], [0.0, bad]], 2, "sigma")


def test_a_covariance_below_the_normal_numbers_of_binary64_is_refused() -> None:
    with pytest.raises(NotPositiveDefinite):
        gaussian.log_density([[0.0]], [0.0], [[1e-310]], FLOAT)
    (found,) = gaussian.log_density([[0.0]], [0.0], [[1e-307]], FLOAT)
    assert_agree(found, (-(B.log(B(Q(1e-307)) * B.pi() * 2)) / 2).mid, 10**4)
