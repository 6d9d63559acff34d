"""Principal components: Arb's eigenvalues, mpmath's vectors, identities exactly, symmetries, ties and refusals."""

from fractions import Fraction as Q
from functools import partial
from itertools import pairwise, product
from typing import Any

import mpmath
import pytest
from eigen_witness import middles as eigenvalues
from hypothesis import assume, given, settings, strategies as st
from strategies import (
    INEXACT,
    KINDS,
    RATIONAL,
    SMALL,
    assert_agree,
    assert_type,
    exactly,
    in_kind,
    largest,
    matrices,
    mean,
)

from refimpl import linear, moments, pca
from refimpl.errors import BadInput, EmptyData, RefimplError, TiedEigenvalues, Undefined, Unsupported, ZeroVector
from refimpl.numbers import EXACT, FLOAT, ball, high

ROUNDED = (FLOAT, high(40))
BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
BY_INEXACT = pytest.mark.parametrize("kind", INEXACT, ids=lambda kind: kind.name)
BY_ROUNDED = pytest.mark.parametrize("kind", ROUNDED, ids=lambda kind: kind.name)

H = high(40)
FEW = settings(max_examples=20)
Rows = list[list[Q]]

SPACE = [[Q(2, 3), Q(2, 3), Q(1, 3)], [Q(-2, 3), Q(1, 3), Q(2, 3)], [Q(1, 3), Q(-2, 3), Q(2, 3)]]
"""Orthonormal rows, rational."""

LINE = [[1, 7], [3, 11], [6, 17], [10, 25], [15, 35], [21, 47]]
"""The lecture's table, y = 2x + 5."""

entries = st.sampled_from([SMALL, RATIONAL])


def inner(x: Any, y: Any) -> Any:
    return sum(a * b for a, b in zip(x, y, strict=True))


def times(a: Any, x: Any) -> list[Any]:
    return [inner(row, x) for row in a]


def trace(a: Any) -> Any:
    return sum(row[i] for i, row in enumerate(a))


def transposed(a: Any) -> list[list[Any]]:
    return [list(column) for column in zip(*a, strict=True)]


def exact(value: Any) -> Any:
    """The same nested lists with the exact value of every entry."""
    return [exact(x) for x in value] if isinstance(value, list) else exactly(value)


def assert_near(got: Any, truth: Any, kind: Any, scale: Any = 1) -> None:
    """Numbers of a rounded kind, or the exact values of some, against exact ones."""
    bound = scale * Q(1, 10 ** (13 if kind is FLOAT else 35))
    for x, y in zip(got, truth, strict=True):
        if isinstance(x, list):
            assert_near(x, y, kind, scale)
        else:
            assert abs(exactly(x) - exactly(y)) <= bound


def covariance(points: Rows, ddof: int) -> Rows:
    """Written out once more, by pairs of points: (n - ddof) cov = sum_{i<j} (x_i - x_j)(y_i - y_j) / n."""
    n = len(points)
    differences = [linear.subtract(points[i], points[j]) for i in range(n) for j in range(i)]
    d = range(len(points[0]))
    return [[sum((z[j] * z[k] for z in differences), Q(0)) / (n * (n - ddof)) for k in d] for j in d]


def cross(deviations: Any, vectors: Any = SPACE, middle: Any = (Q(5), Q(-2), Q(1, 2))) -> Rows:
    """Points m + a_i q_i and m - a_i q_i: the covariance is sum_i 2 a_i^2 q_i q_i^T / (N - ddof)."""
    return [
        [m + sign * a * x for m, x in zip(middle, q, strict=True)]
        for a, q in zip(deviations, vectors, strict=True)
        for sign in (1, -1)
    ]


def by_hand(points: Rows, vectors: Rows, ddof: int) -> pca.Fit[Q]:
    """The fit of points whose eigenvectors are known and rational, exactly."""
    sigma = covariance(points, ddof)
    variances = [inner(w, times(sigma, w)) for w in vectors]
    assert all(times(sigma, w) == [v * x for x in w] for w, v in zip(vectors, variances, strict=True))
    middle = [mean(column) for column in zip(*points, strict=True)]
    scores = [times(vectors, linear.subtract(x, middle)) for x in points]
    return pca.Fit(middle, variances, [v / trace(sigma) for v in variances], vectors, scores)


def in_kind_fit(kind: Any, fitted: pca.Fit[Q]) -> pca.Fit[Any]:
    return pca.Fit(*(in_kind(kind, getattr(fitted, name)) for name in pca.Fit.__dataclass_fields__))


def fields(fitted: pca.Fit[Any]) -> list[Any]:
    return [getattr(fitted, name) for name in pca.Fit.__dataclass_fields__]


@st.composite
def varying(draw: st.DrawFn, n: tuple[int, int] = (2, 6), d: tuple[int, int] = (1, 3)) -> Rows:
    points = draw(matrices(n=n, d=d, entries=entries))
    assume(any(x != points[0] for x in points))
    return points


@st.composite
def apart(draw: st.DrawFn, d: tuple[int, int] = (1, 3)) -> tuple[Rows, list[Q]]:
    """Points whose D variances are not tied, and these (ddof = 0)."""
    points = draw(varying(d=d))
    values = eigenvalues(covariance(points, 0))
    assume(all(a - b > values[0] / 100 for a, b in pairwise(values)))
    return points, values


# ---------------------------------------------------------------------- what needs no eigenvector


@BY_KIND
@FEW
@given(points=matrices(n=(1, 6), d=(1, 3), entries=entries))
def test_centred_points_have_mean_zero_and_differ_from_the_points_by_it(kind: Any, points: Rows) -> None:
    middle, centred = pca.centre(in_kind(kind, points))
    assert_type([middle, centred], kind(0))
    truth = [mean(column) for column in zip(*points, strict=True)]
    assert_agree(middle, truth, 8)
    assert_agree(centred, [[x - m for x, m in zip(row, truth, strict=True)] for row in points], 8)
    assert_agree([sum(column[1:], column[0]) for column in zip(*centred, strict=True)], [0 for _ in truth], 64)


@BY_KIND
@FEW
@given(points=matrices(n=(1, 6), d=(1, 3), entries=entries), data=st.data())
def test_the_total_variance_is_both_traces(kind: Any, points: Rows, data: Any) -> None:
    """tr(X^T X) = tr(X X^T): the covariance's trace and that of the inner products."""
    ddof = data.draw(st.integers(0, len(points) - 1))
    found = pca.total_variance(in_kind(kind, points), ddof=ddof)
    assert_type(found, kind(0))
    assert_agree(found, trace(covariance(points, ddof)), 64)
    middle = [mean(column) for column in zip(*points, strict=True)]
    centred = [linear.subtract(x, middle) for x in points]
    assert sum(inner(x, x) for x in centred) / (len(points) - ddof) == trace(covariance(points, ddof))


@FEW
@given(matrices(n=(1, 4), d=(1, 3), entries=entries), st.data())
def test_a_trace_does_not_mind_the_order_of_factors(a: Rows, data: Any) -> None:
    """The lecture's identities: tr(A B) = tr(B A), for A and B that are no squares as well, tr(A + B) = tr A + tr B,
    and tr A = sum of the eigenvalues, the roots of the characteristic polynomial (Vieta).
    """
    n, m = len(a), len(a[0])
    row = st.lists(RATIONAL, min_size=n, max_size=n)
    b, other = (data.draw(st.lists(row, min_size=m, max_size=m)) for _ in range(2))
    ab, ba, ac = ([times(transposed(y), x) for x in rows] for rows, y in ((a, b), (b, a), (a, other)))
    assert trace(ab) == trace(ba) == -linear.characteristic(ab)[1]
    assert trace([linear.subtract(x, y) for x, y in zip(ab, ac, strict=True)]) == trace(ab) - trace(ac)


# ---------------------------------------------------------------------- variances


@BY_ROUNDED
@FEW
@given(points=varying(), data=st.data())
def test_the_variances_are_the_eigenvalues_of_the_covariance_tied_or_not(kind: Any, points: Rows, data: Any) -> None:
    ddof = data.draw(st.integers(0, len(points) - 1))
    found = pca.variances(in_kind(kind, points), ddof=ddof, numbers=kind)
    assert_type(found, kind(0))
    assert_near(found, eigenvalues(covariance(points, ddof)), kind, 64 * largest(points))
    assert found == sorted(found, reverse=True)
    assert all(x >= 0 for x in found)
    assert_near([sum(found[1:], found[0])], [trace(covariance(points, ddof))], kind, 256)


@BY_ROUNDED
def test_constant_points_have_variances_of_zero(kind: Any) -> None:
    for points in ([["0.1", "0.2"]], [["0.1", "0.2"]] * 3):
        assert pca.variances(in_kind(kind, points), ddof=0, numbers=kind) == [0, 0]
    with pytest.raises(BadInput, match="ddof is 1 for 1 observations"):
        pca.variances([[kind(1)]], ddof=1, numbers=kind)


# ---------------------------------------------------------------------- the fit


@BY_ROUNDED
@FEW
@given(known=apart(), ddof=st.integers(0, 1), data=st.data())
def test_components_are_orthonormal_eigenvectors_and_all_else_follows(
    kind: Any, known: Any, ddof: int, data: Any
) -> None:
    points, values = known
    n, d = len(points), len(points[0])
    components = data.draw(st.integers(1, d))
    fitted = pca.fit(in_kind(kind, points), components=components, ddof=ddof, numbers=kind)
    assert_type(fields(fitted), kind(0))
    sigma, scale = covariance(points, ddof), 2**12 * (1 + values[0])
    values = [v * n / (n - ddof) for v in values]
    rows = exact(fitted.components)
    assert len(rows) == len(fitted.variances) == len(fitted.ratio) == len(fitted.scores[0]) == components
    assert_near(
        [times(rows, w) for w in rows], [[i == j for i in range(components)] for j in range(components)], kind, 8
    )
    assert_near(fitted.variances, values[:components], kind, scale)
    assert_near(fitted.ratio, [v / trace(sigma) for v in values[:components]], kind, scale)
    assert_near(
        [times(sigma, w) for w in rows], [[v * x for x in w] for v, w in zip(values, rows, strict=False)], kind, scale
    )
    assert_near(fitted.mean, [mean(column) for column in zip(*points, strict=True)], kind, 8)
    middle = exact(fitted.mean)
    assert_near(fitted.scores, [times(rows, linear.subtract(x, middle)) for x in points], kind, 64)
    for w in rows:
        assert max(w) >= -min(w) * (1 - Q(1, 10**10))


@FEW
@given(known=apart())
def test_components_are_those_of_mpmath(known: Any) -> None:
    """As projections w w^T, which have no sign."""
    points, _ = known
    fitted = pca.fit(in_kind(H, points), components=len(points[0]), ddof=0, numbers=H)
    with mpmath.workdps(60):
        sigma = [[mpmath.mpf(x.numerator) / x.denominator for x in row] for row in covariance(points, 0)]
        _, theirs = mpmath.eigsy(mpmath.matrix(sigma))
    for column, w in enumerate(reversed(exact(fitted.components))):
        q = [exactly(theirs[i, column]) for i in range(len(w))]
        assert_near([[x * y for y in w] for x in w], [[x * y for y in q] for x in q], H, 2**12)


@BY_ROUNDED
@FEW
@given(points=varying(d=(2, 3)), data=st.data())
def test_a_fit_is_refused_exactly_where_a_component_is_tied(kind: Any, points: Rows, data: Any) -> None:
    """Small rationals: what is not tied is apart by more than 10^-7, for both kinds to see."""
    components = data.draw(st.integers(1, len(points[0])))
    values = eigenvalues(covariance(points, 0))
    gaps = [a - b for a, b in pairwise(values)][:components]
    assert all(gap < Q(1, 10**50) or gap > Q(1, 10**7) for gap in gaps)
    tied = next((i for i, gap in enumerate(gaps) if gap < Q(1, 10**50)), None)
    data = in_kind(kind, points)
    if tied is None:
        pca.fit(data, components=components, ddof=0, numbers=kind)
        return
    with pytest.raises(TiedEigenvalues, match=f"variances {tied} and {tied + 1} are equal") as raised:
        pca.fit(data, components=components, ddof=0, numbers=kind)
    assert raised.value.kind == "tied-eigenvalues"


@FEW
@given(points=varying(n=(2, 5), d=(2, 2)))
def test_in_the_plane_the_variances_have_a_closed_form(points: Rows) -> None:
    """(a + c)/2 +- sqrt(((a - c)/2)^2 + b^2)."""
    (a, b), (_, c) = covariance(points, 0)
    root = exactly(H.sqrt(H(((a - c) / 2) ** 2 + b * b)))
    found = pca.variances(in_kind(H, points), ddof=0, numbers=H)
    assert_near(found, [(a + c) / 2 + root, (a + c) / 2 - root], H, 64)


@FEW
@given(points=varying(n=(3, 6), d=(2, 3)))
def test_no_direction_has_more_variance_than_the_first_component(points: Rows) -> None:
    """w^T Sigma w / w^T w on a grid of integer directions, exactly."""
    sigma = covariance(points, 0)
    most = pca.variances(in_kind(H, points), ddof=0, numbers=H)[0]
    d = len(sigma)
    for w in product(range(-3, 4), repeat=d):
        if any(w):
            assert Q(inner(w, times(sigma, w))) / inner(w, w) <= exactly(most) + Q(1, 10**35)


@BY_ROUNDED
def test_points_on_a_line_have_one_variance(kind: Any) -> None:
    """The lecture's table: variances 868/15 and 3472/15 add up to 868/3 along (1, 2), and nothing is left across."""
    fitted = pca.fit(in_kind(kind, LINE), components=2, ddof=1, numbers=kind)
    root = exactly(kind.sqrt(kind(Q(1, 5))))
    assert_near(fitted.variances, [Q(868, 3), 0], kind, 2**8)
    assert_near(fitted.ratio, [1, 0], kind)
    assert_near(fitted.components, [[root, 2 * root], [2 * root, -root]], kind, 4)
    assert_near(fitted.mean, [Q(28, 3), Q(71, 3)], kind, 32)
    assert pca.reconstruction_error(in_kind(kind, LINE), fitted) < 10**-20


def test_far_from_the_origin_the_variances_survive() -> None:
    """{(0,0), (1,0), (0,2), (3,1)} + 10^8: 2 and 11/12, where E(x x^T) - m m^T would know no digit."""
    points = [[1e8 + x, 1e8 + y] for x, y in ((0, 0), (1, 0), (0, 2), (3, 1))]
    fitted = pca.fit(points, components=2, ddof=1, numbers=FLOAT)
    assert fitted.variances == pytest.approx([2, 11 / 12], rel=1e-15, abs=0)
    assert fitted.components == [[1.0, 0.0], [0.0, 1.0]]
    assert pca.fit(points, components=1, ddof=0, numbers=FLOAT).variances == pytest.approx([1.5], rel=1e-15, abs=0)


@BY_ROUNDED
def test_of_two_entries_of_one_modulus_the_first_is_positive(kind: Any) -> None:
    """Sigma = [[1, -1], [-1, 1]] and the like, in all orders of the points and from any origin; rounding may not
    decide a tie.
    """
    for diagonal in ([1, -1], [-1, 1], [1, 1, -1], [-1, -1, 1], [1, -1, 1], [-1, 1, 1]):
        for factor, origin in product((Q(1), Q(-1, 3), Q(7, 10)), (Q(0), Q(1, 3))):
            points = [[factor * t * x + origin * i for i, x in enumerate(diagonal)] for t in (1, 2, 4, Q(-5, 9))]
            (found,) = pca.fit(in_kind(kind, points), components=1, ddof=1, numbers=kind).components
            assert [x > 0 for x in found] == [x == diagonal[0] for x in diagonal]


@BY_ROUNDED
def test_one_dimension_is_its_own_component(kind: Any) -> None:
    fitted = pca.fit(in_kind(kind, [[1], [2], [6]]), components=1, ddof=1, numbers=kind)
    assert_near(fields(fitted), [[3], [7], [1], [[1]], [[-2], [-1], [3]]], kind, 8)
    assert fitted == pca.by_gram(in_kind(kind, [[1], [2], [6]]), components=1, ddof=1, numbers=kind)


@BY_ROUNDED
def test_a_null_space_of_one_dimension_is_a_component(kind: Any) -> None:
    """Deviations 2, 1 and none along three rational axes: variances 8/6, 2/6 and 0."""
    points = cross([2, 1, 0])
    fitted = pca.fit(in_kind(kind, points), components=3, ddof=0, numbers=kind)
    assert_near(fitted.variances, [Q(4, 3), Q(1, 3), 0], kind, 8)
    # the entries of largest modulus are tied: the first one is positive
    assert_near(fitted.components, [SPACE[0], [-x for x in SPACE[1]], [-x for x in SPACE[2]]], kind, 8)


# ---------------------------------------------------------------------- symmetries


@FEW
@given(
    known=apart(d=(2, 2)),
    shift=st.tuples(RATIONAL, RATIONAL),
    factor=st.fractions(-4, 4, max_denominator=6).filter(bool),
)
def test_pca_moves_with_the_points(known: Any, shift: Any, factor: Q) -> None:
    """Translation, scaling, and rotation by (3/5, 4/5): variances keep, but for the square of the factor; components
    turn with the points, but for their signs; the mean goes along.
    """
    points, values = known

    def turned(x: Any) -> list[Q]:
        return [Q(3, 5) * x[0] - Q(4, 5) * x[1], Q(4, 5) * x[0] + Q(3, 5) * x[1]]

    def moved(x: Any) -> list[Q]:
        return [factor * z + s for z, s in zip(turned(x), shift, strict=True)]

    before = pca.fit(in_kind(H, points), components=2, ddof=0, numbers=H)
    after = pca.fit(in_kind(H, [moved(x) for x in points]), components=2, ddof=0, numbers=H)
    scale = 2**12 * (1 + values[0])
    assert_near(after.variances, [factor**2 * exactly(v) for v in before.variances], H, scale)
    assert_near(after.ratio, before.ratio, H, 2**12)
    assert_near(after.mean, moved(exact(before.mean)), H, 2**8)
    for old, new, y, z in zip(
        exact(before.components),
        exact(after.components),
        *map(transposed, (exact(before.scores), exact(after.scores))),
        strict=True,
    ):
        sign = 1 if inner(turned(old), new) > 0 else -1
        assert_near(new, [sign * x for x in turned(old)], H, 2**12)
        assert_near(z, [sign * factor * x for x in y], H, scale)


@FEW
@given(known=apart(), data=st.data())
def test_pca_does_not_mind_the_order_of_points_and_columns(known: Any, data: Any) -> None:
    points, values = known
    order = data.draw(st.permutations(range(len(points))))
    columns = data.draw(st.permutations(range(len(points[0]))))
    before = pca.fit(in_kind(H, points), components=1, ddof=0, numbers=H)
    shuffled = [[points[i][j] for j in columns] for i in order]
    after = pca.fit(in_kind(H, shuffled), components=1, ddof=0, numbers=H)
    assert_near(after.variances, before.variances, H, 2**12 * (1 + values[0]))
    (old,), (new,) = exact(before.components), exact(after.components)
    old = [old[j] for j in columns]
    assert_near([[x * y for y in new] for x in new], [[x * y for y in old] for x in old], H, 2**12)


# ---------------------------------------------------------------------- reconstruction


@BY_KIND
@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize("components", [1, 2, 3])
def test_the_reconstruction_error_is_the_sum_of_the_dropped_eigenvalues(kind: Any, ddof: int, components: int) -> None:
    """(N - ddof) (lambda_(L+1) + ... + lambda_D), exactly where numbers are exact: deviations 3, 2 and 1/2."""
    points = cross([Q(3), Q(2), Q(1, 2)])
    whole = by_hand(points, SPACE, ddof)
    kept = by_hand(points, SPACE[:components], ddof)
    fitted, data = in_kind_fit(kind, kept), in_kind(kind, points)
    dropped = (len(points) - ddof) * sum(whole.variances[components:], Q(0))
    assert dropped == 2 * sum((Q(a) ** 2 for a in (Q(3), Q(2), Q(1, 2))[components:]), Q(0))
    error = pca.reconstruction_error(data, fitted)
    assert_type([error, pca.transform(data, fitted), pca.reconstruct(fitted.scores, fitted)], kind(0))
    assert_agree(error, dropped, 64)
    assert_agree(pca.transform(data, fitted), kept.scores, 64)
    rebuilt = [
        [m + sum(y * w[i] for y, w in zip(z, SPACE, strict=False)) for i, m in enumerate(kept.mean)]
        for z in kept.scores
    ]
    assert_agree(pca.reconstruct(fitted.scores, fitted), rebuilt, 64)
    if components == 3:
        assert rebuilt == points


@BY_ROUNDED
@FEW
@given(known=apart(), ddof=st.integers(0, 1), data=st.data())
def test_the_identity_holds_for_fitted_components(kind: Any, known: Any, ddof: int, data: Any) -> None:
    points, values = known
    components = data.draw(st.integers(1, len(points[0])))
    fitted = pca.fit(in_kind(kind, points), components=components, ddof=ddof, numbers=kind)
    error = pca.reconstruction_error(in_kind(kind, points), fitted)
    assert_near([error], [len(points) * sum(values[components:], Q(0))], kind, 2**12 * (1 + values[0]))
    assert pca.transform(in_kind(kind, points), fitted) == fitted.scores


def test_other_points_are_transformed_by_the_same_mean() -> None:
    fitted = by_hand(cross([3, 2, 1]), SPACE[:1], 0)
    assert fitted.mean == [5, -2, Q(1, 2)]
    assert pca.transform([[Q(5), Q(-2), Q(1, 2)], [Q(8), Q(1), Q(2)]], fitted) == [[0], [Q(9, 2)]]
    assert pca.reconstruct([[Q(0)], [Q(3)]], fitted) == [fitted.mean, [7, 0, Q(3, 2)]]


@BY_KIND
def test_whitened_scores_have_the_covariance_one(kind: Any) -> None:
    """Here lambda_l = 2 a_l^2 / 8 is a rational square, so that exact numbers have their roots."""
    points = [*cross([3, 2, 1]), [5, -2, Q(1, 2)], [5, -2, Q(1, 2)]]
    fitted = in_kind_fit(kind, by_hand(points, SPACE, 0))
    found = pca.whiten(fitted.scores, fitted, kind)
    assert_type(found, kind(0))
    assert_agree(found[:2], [[Q(2), Q(0), Q(0)], [Q(-2), Q(0), Q(0)]])
    assert_agree(moments.covariance_matrix(found, ddof=0), [[Q(i == j) for i in range(3)] for j in range(3)], 8)


def test_a_variance_of_zero_cannot_be_whitened() -> None:
    fitted = by_hand(cross([3, 2, 0]), SPACE, 0)
    with pytest.raises(Undefined, match=r"^variances\[2\] is 0, so that its scores cannot be whitened; ask for fewer"):
        pca.whiten(fitted.scores, fitted, EXACT)


# ---------------------------------------------------------------------- the lecture's constraints


def test_the_printed_constraints_do_not_lead_to_the_components() -> None:
    """Variances 4, 1, 1/4. Under W Sigma W^T = I every W has the trace L. Under |w_l| = 1 alone, twice the first
    component has the trace 8, above the 5 of the two components, which W W^T = I makes the most.
    """
    sigma = covariance(cross([4, 2, 1]), 0)
    sigma = [[x * 3 / 4 for x in row] for row in sigma]
    values = [Q(4), Q(1), Q(1, 4)]
    assert all(times(sigma, q) == [v * x for x in q] for v, q in zip(values, SPACE, strict=True))

    def variance(w: Any) -> Any:
        return trace([[inner(x, times(sigma, y)) for y in w] for x in w])

    roots = [Q(2), Q(1), Q(1, 2)]
    whitening = [[x / r for x in q] for r, q in zip(roots, SPACE, strict=True)]
    for pair in ([0, 1], [0, 2], [1, 2], [2, 1]):
        w = [whitening[i] for i in pair]
        assert [[inner(x, times(sigma, y)) for y in w] for x in w] == [[1, 0], [0, 1]]
        assert variance(w) == 2
    assert variance([SPACE[0], SPACE[0]]) == 8
    assert variance(SPACE[:2]) == 5
    for a, b in product(product(range(-2, 3), repeat=3), repeat=2):
        if inner(a, b) == 0 and any(a) and any(b):  # variance is quadratic: |a| and |b| divide out
            assert variance([a]) / Q(inner(a, a)) + variance([b]) / Q(inner(b, b)) <= 5


# ---------------------------------------------------------------------- the Gram trick


@BY_ROUNDED
@FEW
@given(points=varying(n=(2, 4), d=(3, 6)), ddof=st.integers(0, 1))
def test_the_gram_matrix_leads_to_the_same_components(kind: Any, points: Rows, ddof: int) -> None:
    values = [v for v in eigenvalues(covariance(points, ddof)) if v > Q(1, 10**9)]
    assume(all(a - b > values[0] / 100 for a, b in zip(values, [*values[1:], Q(0)], strict=True)))
    data, scale = in_kind(kind, points), 2**12 * (1 + values[0])
    assert len(values) < len(points)
    direct, gram = (method(data, components=len(values), ddof=ddof, numbers=kind) for method in (pca.fit, pca.by_gram))
    assert_type(fields(gram), kind(0))
    assert_near(gram.variances, values, kind, scale)
    for ours, theirs in zip(fields(gram), fields(direct), strict=True):
        assert_near(ours, theirs, kind, scale)
    if len(values) < min(len(points), len(points[0])):
        with pytest.raises(
            ZeroVector, match=rf"^component {len(values)} has variance 0, so that X.T u = 0 has no direction"
        ):
            pca.by_gram(data, components=len(values) + 1, ddof=ddof, numbers=kind)


def test_the_gram_matrix_has_ties_too() -> None:
    with pytest.raises(
        TiedEigenvalues, match=r"^variances 0 and 1 are equal at this precision, so that component 0 is not"
    ):
        pca.by_gram([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], components=1, ddof=0, numbers=FLOAT)
    with pytest.raises(BadInput, match=r"^components is 3 for 2 points of 4 dimensions; give an integer from 1 to 2$"):
        pca.by_gram([[1.0, 0.0, 0.0, 2.0], [0.0, 1.0, 0.0, 1.0]], components=3, ddof=0, numbers=FLOAT)


# ---------------------------------------------------------------------- ties and refusals

SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]


@BY_ROUNDED
def test_ties_are_refused_and_their_variances_are_not(kind: Any) -> None:
    for points, components, words in (
        (SQUARE, 1, "variances 0 and 1 are equal at this precision, so that component 0 is not determined; "),
        (SQUARE, 2, "variances 0 and 1 are equal"),
        (
            [[*x, 0] for x in [*SQUARE[:2], [3, 0]]],
            2,
            "variances 1 and 2 are equal at this precision, so that component 1",
        ),
        (cross([2, 1, 1]), 2, "variances 1 and 2 are equal"),
        (cross([1, 1, Q(1, 3)]), 3, "variances 0 and 1 are equal"),
    ):
        with pytest.raises(TiedEigenvalues, match=rf"^{words}"):
            pca.fit(in_kind(kind, points), components=components, ddof=0, numbers=kind)
    assert_near(
        pca.variances(in_kind(kind, cross([1, 1, Q(1, 3)])), ddof=0, numbers=kind), [Q(1, 3), Q(1, 3), Q(1, 27)], kind
    )
    only = pca.fit(in_kind(kind, cross([2, 1, 1])), components=1, ddof=0, numbers=kind)
    assert_near(only.components, SPACE[:1], kind, 8)


def test_whether_eigenvalues_are_tied_depends_on_the_precision() -> None:
    """Variances 1/2 and 1/2 + 10^-14 or so; a tolerance may be given, too."""
    points = [[1 + Q(1, 10**14), 0], [-1 - Q(1, 10**14), 0], [0, 1], [0, -1]]
    with pytest.raises(TiedEigenvalues):
        pca.fit(in_kind(FLOAT, points), components=1, ddof=0, numbers=FLOAT)
    farther = [[1 + Q(1, 10**11), 0], [-1 - Q(1, 10**11), 0], [0, 1], [0, -1]]
    assert pca.fit(in_kind(FLOAT, farther), components=1, ddof=0, numbers=FLOAT).components == [[1, 0]]
    found = pca.fit(in_kind(H, points), components=2, ddof=0, numbers=H)
    assert_near(found.components, [[1, 0], [0, 1]], H)
    assert 10**-15 < found.variances[0] - found.variances[1] < 10**-13
    with pytest.raises(TiedEigenvalues):
        pca.fit(in_kind(H, points), components=1, ddof=0, numbers=H, tolerance=H(Q(1, 10**13)))
    with pytest.raises(Unsupported, match="does not stand still to the tolerance"):
        pca.fit(in_kind(H, cross([3, 2, 1], middle=[Q(1, 7)] * 3)), components=1, ddof=0, numbers=H, tolerance=H(0))


@BY_ROUNDED
@pytest.mark.parametrize("ddof", [0, 5])
def test_a_tolerance_is_a_share_of_the_total_variance(kind: Any, ddof: int) -> None:
    """Variances 4 : 1 : 0 are 4/5 and 1/5 of the total, and 3/5 apart."""
    points = in_kind(kind, cross([Q(2), Q(1), Q(0)]))
    for method, (share, tied) in product((pca.fit, pca.by_gram), ((Q(59, 100), False), (Q(61, 100), True))):
        call = partial(method, points, components=1, ddof=ddof, numbers=kind, tolerance=kind(share))
        if not tied:
            assert_near(call().components, SPACE[:1], kind, 8)
            continue
        with pytest.raises(TiedEigenvalues):
            call()


@BY_ROUNDED
def test_equal_points_have_no_components(kind: Any) -> None:
    for method, points in product((pca.fit, pca.by_gram), ([["0.1", "0.7"]] * 3, [[1, 2]])):
        with pytest.raises(
            Undefined, match=r"^all points are equal, and shares of a variance of 0 are undefined; give"
        ):
            method(in_kind(kind, points), components=1, ddof=0, numbers=kind)


@pytest.mark.parametrize("kind", [EXACT, ball(40)], ids=lambda kind: kind.name)
def test_exact_numbers_and_balls_have_no_fit(kind: Any) -> None:
    points = in_kind(kind, LINE)
    for call in (
        lambda: pca.fit(points, components=1, ddof=0, numbers=kind),
        lambda: pca.by_gram(points, components=1, ddof=0, numbers=kind),
        lambda: pca.variances(points, ddof=0, numbers=kind),
        lambda: pca.fit(points, components=1, ddof=0, numbers=FLOAT),
        lambda: pca.fit(points, components=1, ddof=0, numbers=H, tolerance=H(1)),
    ):
        with pytest.raises(Unsupported, match=r"^eigenvectors stand still where numbers are rounded, not as"):
            call()
    with pytest.raises(Unsupported, match="not as Fractions"):
        pca.fit(LINE, components=1, ddof=0, numbers=FLOAT)


@pytest.mark.parametrize("size", [1e-170, 1e170])
def test_floats_out_of_range_are_refused(size: float) -> None:
    points = [[size, 0.0], [-size, 0.0], [0.0, size]]
    for call in (
        lambda: pca.fit(points, components=1, ddof=0, numbers=FLOAT),
        lambda: pca.by_gram(points, components=1, ddof=0, numbers=FLOAT),
        lambda: pca.variances(points, ddof=0, numbers=FLOAT),
    ):
        with pytest.raises(
            BadInput, match=r"^the variance of points is (inf|0\.0) in binary64; scale them, or compute"
        ):
            call()


@pytest.mark.parametrize("size", [1e-140, 1e140])
def test_floats_far_from_one_are_fitted(size: float) -> None:
    fitted = pca.fit([[size * x for x in row] for row in in_kind(FLOAT, LINE)], components=2, ddof=1, numbers=FLOAT)
    assert fitted.variances[0] / size / size == pytest.approx(868 / 3, rel=1e-14, abs=0)
    assert fitted.components[0] == pytest.approx([0.2**0.5, 0.8**0.5], rel=1e-14, abs=0)


FIT = by_hand(cross([3, 2, 1]), SPACE[:2], 0)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: pca.fit([], components=1, ddof=0, numbers=FLOAT), EmptyData, "points is empty; give at least one row"),
        (lambda: pca.centre([]), EmptyData, "points is empty; give at least one row"),
        (lambda: pca.total_variance([], ddof=0), EmptyData, "points is empty; give at least one row"),
        (
            lambda: pca.by_gram([[1.0], [1.0, 2.0]], components=1, ddof=0, numbers=FLOAT),
            BadInput,
            "points[1] has 2 entries but points[0] has 1; give rows of one length",
        ),
        (
            lambda: pca.fit([[1.0], [float("nan")]], components=1, ddof=0, numbers=FLOAT),
            BadInput,
            "points[1][0] is nan; give a finite number",
        ),
        (
            lambda: pca.fit([[1.0, 2.0], [2.0, 2.0]], components=0, ddof=0, numbers=FLOAT),
            BadInput,
            "components is 0 for 2 points of 2 dimensions; give an integer from 1 to 2",
        ),
        (
            lambda: pca.fit([[1.0, 2.0], [2.0, 2.0]], components=3, ddof=0, numbers=FLOAT),
            BadInput,
            "components is 3 for 2 points of 2 dimensions; give an integer from 1 to 2",
        ),
        (
            lambda: pca.fit([[1.0, 2.0]], components=1, ddof=1, numbers=FLOAT),
            BadInput,
            "ddof is 1 for 1 observations; give an integer with 0 <= ddof < 1",
        ),
        (
            lambda: pca.by_gram([[1.0], [2.0]], components=1, ddof=2, numbers=FLOAT),
            BadInput,
            "ddof is 2 for 2 observations; give an integer with 0 <= ddof < 2",
        ),
        (lambda: pca.transform([[Q(1)]], FIT), BadInput, "points have 1 columns for a fit of 3; give 3"),
        (lambda: pca.reconstruct([[Q(1)] * 3], FIT), BadInput, "scores have 3 columns for a fit of 2; give 2"),
        (lambda: pca.whiten([[Q(1)]], FIT, EXACT), BadInput, "scores have 1 columns for a fit of 2; give 2"),
        (lambda: pca.reconstruction_error([[Q(1)]], FIT), BadInput, "points have 1 columns for a fit of 3; give 3"),
        (lambda: pca.transform([], FIT), EmptyData, "points is empty; give at least one row"),
        (lambda: pca.reconstruct([], FIT), EmptyData, "scores is empty; give at least one row"),
    ],
)
def test_refusals_say_what_where_and_how_to_mend_it(call: Any, error: Any, words: str) -> None:
    with pytest.raises(RefimplError) as raised:
        call()
    assert type(raised.value) is error
    assert str(raised.value) == words


def test_ddof_has_to_be_said() -> None:
    for function in (pca.total_variance, pca.variances, pca.fit, pca.by_gram):
        with pytest.raises(TypeError, match="ddof"):
            function(LINE, **({} if function is pca.total_variance else {"numbers": FLOAT}))  # type: ignore[operator]
