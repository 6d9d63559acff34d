"""Eigenpairs are proven: the truth lies in every enclosure, however bad the vectors are, and falsehoods are refuted."""

import random
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction as Q
from math import isqrt
from typing import Any

import flint
import pytest
from eigen_witness import (
    Known,
    Rows,
    dot,
    eigenvalues,
    ends_of,
    hilbert,
    known,
    laeuchli,
    projector,
    random_symmetric,
    symmetric,
)
from hypothesis import assume, given, settings, strategies as st

from refimpl import linear
from refimpl.certify import definite, residuals
from refimpl.certify.eigenpairs import Enclosure, _enclosure, check_values, check_vectors, enclose
from refimpl.certify.multiplicity import Characteristic
from refimpl.eigenbasis import Eigenbasis, leading
from refimpl.errors import BadInput, Refuted

SPECTRUM = known([7, 3, 1, 0, -5])


def prove(matrix: Rows, basis: Eigenbasis) -> list[Enclosure]:
    return enclose(matrix, basis.vectors, basis.beyond, basis.clusters)


def multiplicities(matrix: Rows, enclosures: Sequence[Enclosure]) -> list[list[int]]:
    polynomial = Characteristic(matrix)
    return [polynomial.multiplicities(enclosure) for enclosure in enclosures]


def assert_true(truth: Known, enclosures: Sequence[Enclosure]) -> None:
    """All values, entries and projectors of a matrix with rational unit eigenvectors lie where they should."""
    for enclosure in enclosures:
        exact = [truth.vectors[i] for i in enclosure.indices]
        for i in enclosure.indices:
            assert enclosure.lower <= truth.values[i] <= enclosure.upper
        if enclosure.radius is not None:
            ((c,), (u,)) = enclosure.vectors, exact
            sign = 1 if dot(c, u) >= 0 else -1
            assert max(abs(sign * x - y) for x, y in zip(u, c, strict=True)) <= enclosure.radius
        found = projector(enclosure.vectors)
        for row, line in zip(found, projector(exact), strict=True):
            assert max(abs(x - y) for x, y in zip(row, line, strict=True)) <= enclosure.projector
    assert [i for enclosure in enclosures for i in enclosure.indices] == list(range(enclosures[-1].indices[-1] + 1))


def shaken(vectors: Rows, size: Q, seed: int = 1) -> Rows:
    """Vectors with an error of about this size."""
    source = random.Random(seed)
    return [[x + size * Q(source.randint(-9, 9), 9) for x in v] for v in vectors]


# ---------------------------------------------------------------------- what is found is proven


@settings(max_examples=40)
@given(symmetric(), st.sampled_from([8, 50]))
def test_all_eigenpairs_of_any_matrix(matrix: Rows, digits: int) -> None:
    basis = leading(matrix, len(matrix), digits)
    found = prove(matrix, basis)
    assert [list(x.indices) for x in found] == basis.clusters
    norm = max(abs(x) for row in matrix for x in row)
    for x in found:
        assert x.upper - x.lower <= norm / 10**digits
        assert x.projector <= Q(1, 10**digits)
    truth = eigenvalues(matrix)
    for x in found:
        for i in x.indices:
            assert x.lower <= truth[i][1]
            assert truth[i][0] <= x.upper
    check_values(found, basis.values, norm / 10**digits)
    check_vectors(found, basis.vectors, Q(1, 10**digits))


@settings(max_examples=30)
@given(symmetric(least=2), st.integers(1, 4))
def test_the_largest_eigenpairs_of_any_matrix(matrix: Rows, count: int) -> None:
    basis = leading(matrix, min(count, len(matrix)), 30)
    truth = eigenvalues(matrix)
    for x in prove(matrix, basis):
        assert x.projector <= Q(1, 10**30)
        for i in x.indices:
            assert x.lower <= truth[i][1]
            assert truth[i][0] <= x.upper


@pytest.mark.parametrize("matrix", [random_symmetric(5), hilbert(5), random_symmetric(4, 3)])
def test_the_same_eigenvectors_as_arb_s(matrix: Rows) -> None:
    n, before = len(matrix), flint.ctx.prec
    flint.ctx.prec = 800
    try:
        entries = [[flint.acb(flint.fmpq(x.numerator, x.denominator)) for x in row] for row in matrix]
        values, columns = flint.acb_mat(entries).eig(right=True)
        order = sorted(range(n), key=lambda i: -float(values[i].real.mid()))
        arb = []
        for i in order:
            v = [columns[j, i].real for j in range(n)]
            length = sum((x * x for x in v), flint.arb(0)).sqrt()
            arb.append([ends_of(x / length) for x in v])
    finally:
        flint.ctx.prec = before
    for enclosure in prove(matrix, leading(matrix, n, 50)):
        (c,), (v,) = enclosure.vectors, [arb[i] for i in enclosure.indices]
        k = max(range(n), key=lambda j: abs(c[j]))
        sign = 1 if (v[k][0] > 0) == (c[k] > 0) else -1
        assert enclosure.radius is not None
        assert enclosure.radius < Q(1, 10**50)
        for x, ends in zip(c, v, strict=True):
            low, high = sorted(sign * y for y in ends)
            assert x - enclosure.radius <= high
            assert low <= x + enclosure.radius


@pytest.mark.parametrize("gap", ["1e-6", "1e-15", "1e-30", "1e-60", "0"])
@pytest.mark.parametrize("count", [1, 3, 5])
def test_nearly_tied_and_tied(gap: str, count: int) -> None:
    truth = known([3, 1, 1 + Q(gap), -2, 0])
    found = prove(truth.matrix, leading(truth.matrix, count, 50))
    assert_true(truth, found)
    for x in found:
        assert x.upper - x.lower < Q(1, 10**50)
        assert x.projector < Q(1, 10**50)
        assert (x.radius is None) == (len(x.indices) == 2) == (Q(gap) < Q(1, 10**50) and 1 in x.indices)


@pytest.mark.parametrize("e", ["1e-3", "1e-15", "1e-30"])
def test_laeuchli_s_matrices(e: str) -> None:
    matrix = laeuchli(Q(e))
    one, two = prove(matrix, leading(matrix, 3, 70))
    assert one.lower <= 3 + Q(e) ** 2 <= one.upper
    assert two.lower <= Q(e) ** 2 <= two.upper
    assert two.upper - two.lower < Q(1, 10**70)
    assert [list(one.indices), list(two.indices)] == [[0], [1, 2]]


@pytest.mark.parametrize("values", [[1, 1 + Q(1, 10**20)], [7, 7 + Q(1, 10**30), 7 - Q(3, 10**31)]])
def test_eigenvalues_all_of_which_are_nearly_tied(values: list[Q]) -> None:
    truth = known(values)
    found = prove(truth.matrix, leading(truth.matrix, len(values), 50))
    assert_true(truth, found)
    assert len(found) == len(values)
    assert all(x.projector < Q(1, 10**50) for x in found)


def test_zero_negative_and_huge() -> None:
    (zero,) = enclose([[Q(0)] * 3] * 3, [[Q(1), Q(0), Q(0)], [Q(0), Q(2), Q(0)], [Q(0), Q(0), Q(-5)]])
    assert (zero.lower, zero.upper, zero.sine, zero.projector) == (0, 0, 0, 0)
    truth = known([-1, -2, -2, -7])
    assert_true(truth, prove(truth.matrix, leading(truth.matrix, 2, 30)))
    assert_true(truth, prove(truth.matrix, leading(truth.matrix, 1, 30)))
    for factor in (Q(10) ** -900, Q(10) ** 900):
        matrix = [[x * factor for x in row] for row in truth.matrix]
        scaled = Known(matrix, [x * factor for x in truth.values], truth.vectors)
        for count in (1, 4):
            assert_true(scaled, prove(matrix, leading(matrix, count, 30)))


def test_exact_eigenvectors_have_exact_values() -> None:
    (one,) = enclose([[Q(7, 3)]], [[Q(-2)]])
    assert (one.lower, one.upper, one.vectors, one.radius) == (Q(7, 3), Q(7, 3), [[-1]], 0)
    for x, value in zip(enclose([[Q(2), Q(1)], [Q(1), Q(2)]], [[Q(1), Q(1)], [Q(1), Q(-1)]]), (3, 1), strict=True):
        assert x.lower == x.upper == value
        assert x.sine == 0
        assert x.radius is not None
        assert 0 < x.radius < Q(1, 10**80)
        assert all(abs(y * y - Q(1, 2)) < 2 * x.radius for y in x.vectors[0])
    rational = enclose([[Q(1), Q(2)], [Q(2), Q(-2)]], [[Q(2), Q(1)], [Q(3), Q(-6)]])
    assert [x.lower for x in rational] == [x.upper for x in rational] == [2, -3]
    pythagorean = enclose([[Q(9), Q(12)], [Q(12), Q(16)]], [[Q(3), Q(4)], [Q(4), Q(-3)]])
    assert [x.lower for x in pythagorean] == [x.upper for x in pythagorean] == [25, 0]


# ---------------------------------------------------------------------- bad vectors


@settings(max_examples=150)
@given(
    st.lists(st.integers(-3, 3), min_size=2, max_size=5),
    st.sampled_from([Q(1, 2), Q(1, 10), Q(1, 100), Q(1, 10**6), Q(1, 10**20)]),
    st.integers(1, 10**6),
    st.integers(1, 5),
    st.booleans(),
)
def test_whatever_is_proven_of_bad_vectors_is_true(values: Any, size: Q, seed: int, count: int, joined: bool) -> None:
    truth, count = known(values, seed), min(count, len(values))
    vectors = [[x * (-1) ** i * (i + 1) for x in v] for i, v in enumerate(shaken(truth.vectors, size, seed)[:count])]
    beyond = None if count == len(values) else (3 * truth.values[count - 1] + 2 * truth.values[count]) / 5
    try:
        found = enclose(truth.matrix, vectors, beyond, [list(range(count))] if joined else [])
    except Refuted:
        assume(False)
    assert_true(truth, found)


@settings(max_examples=60)
@given(st.lists(st.integers(-3, 3), min_size=3, max_size=5), st.integers(1, 10**6), st.data())
def test_vectors_that_are_not_the_largest_are_refuted(values: Any, seed: int, data: Any) -> None:
    """Any choice of true eigenvectors, and any number as a bound of the others."""
    truth = known(values, seed)
    chosen = sorted(data.draw(st.sets(st.integers(0, len(values) - 1), min_size=1, max_size=len(values) - 1)))
    beyond = data.draw(st.fractions(-4, 4, max_denominator=3))
    last, following = truth.values[chosen[-1]], truth.values[len(chosen)]
    largest = [truth.values[i] for i in chosen] == truth.values[: len(chosen)]
    assume(not largest or beyond != following)  # an equal number may be proven to be a bound, or not
    vectors = shaken([truth.vectors[i] for i in chosen], Q(1, 10**9), seed)
    if largest and following < beyond < last:
        for x in enclose(truth.matrix, vectors, beyond):
            assert all(x.lower <= truth.values[i] <= x.upper for i in x.indices)
    else:
        with pytest.raises(Refuted):
            enclose(truth.matrix, vectors, beyond)


def test_better_vectors_have_narrower_enclosures() -> None:
    """The value's width goes with the square of the error, the vector's with the error itself."""
    for digits in (3, 6, 12, 40):
        found = enclose(SPECTRUM.matrix, shaken(SPECTRUM.vectors, Q(1, 10**digits)))
        assert_true(SPECTRUM, found)
        assert [list(x.indices) for x in found] == [[i] for i in range(5)]
        for x in found:
            assert Q(1, 10 ** (2 * digits + 3)) < x.upper - x.lower < Q(1, 10 ** (2 * digits - 2))
            assert x.radius is not None
            assert Q(1, 10 ** (digits + 2)) < x.radius < Q(1, 10 ** (digits - 2))


def test_a_cluster_s_space_is_as_good_as_its_vectors_however_wide_it_is() -> None:
    """The values of a cluster differ by 1/10, which widens the enclosure of the values, but not that of the space."""
    truth = known([5, Q(11, 10), 1, -2])
    _, two, _ = enclose(truth.matrix, shaken(truth.vectors, Q(1, 10**30)), None, [[0], [1, 2], [3]])
    assert list(two.indices) == [1, 2]
    assert Q(1, 10) < two.upper - two.lower < Q(2, 10)
    assert two.projector < Q(1, 10**28)
    assert_true(truth, [*enclose(truth.matrix, shaken(truth.vectors, Q(1, 10**30)), None, [[0], [1, 2], [3]])])


def test_any_basis_of_a_tied_space_serves() -> None:
    truth = known([5, 1, 1, -2])
    u, v = truth.vectors[1:3]
    turned = [[3 * x + 4 * y for x, y in zip(u, v, strict=True)], [4 * x - 3 * y for x, y in zip(u, v, strict=True)]]
    found = enclose(truth.matrix, [truth.vectors[0], *turned, truth.vectors[3]])
    assert_true(truth, found)
    assert found[1].projector < Q(1, 10**17)
    leaning = [u, [x + y / 3 for x, y in zip(u, v, strict=True)]]
    with pytest.raises(Refuted, match="1 to 2 are not proven to be independent"):
        enclose(truth.matrix, [truth.vectors[0], leaning[0], leaning[0], truth.vectors[3]])
    slanting = [u, [x / 3 + y for x, y in zip(u, v, strict=True)]]
    skew = enclose(truth.matrix, [truth.vectors[0], *slanting, truth.vectors[3]])
    assert_true(truth, skew)
    assert Q(3, 10) < skew[1].projector < Q(4, 10)


# ---------------------------------------------------------------------- what is refused


def test_a_missing_eigenvalue_is_noticed() -> None:
    """The second of five is left out: no bound makes the other two the largest."""
    vectors = [SPECTRUM.vectors[i] for i in (0, 2)]
    for beyond in (Q(-1), Q(1, 2), Q(2), Q(4), Q(10)):
        with pytest.raises(Refuted):
            enclose(SPECTRUM.matrix, vectors, beyond)


def test_a_tie_with_the_next_eigenvalue_cannot_be_cut() -> None:
    truth = known([5, 2, 2, 1])
    for beyond in (Q(3, 2), Q(2), Q(199, 100), Q(2) - Q(1, 10**40), Q(3)):
        with pytest.raises(Refuted):
            enclose(truth.matrix, truth.vectors[:2], beyond)
    assert len(enclose(truth.matrix, truth.vectors[:3], Q(3, 2))) == 2


@pytest.mark.parametrize(
    ("beyond", "words"),
    [
        (None, "need a bound"),
        (Q(1, 2), "not proven to lie below the bound"),
        (Q(1) - Q(1, 10**9), "not proven to lie below the bound"),
        (Q(3), "not below"),
        (Q(9), "not below"),
    ],
)
def test_the_bound_must_lie_between(beyond: Q | None, words: str) -> None:
    with pytest.raises(Refuted, match=words):
        enclose(SPECTRUM.matrix, SPECTRUM.vectors[:2], beyond)


@pytest.mark.parametrize("beyond", [1 + Q(1, 100), Q(2), Q(3) - Q(1, 10**9)])
def test_any_bound_between_serves(beyond: Q) -> None:
    assert_true(SPECTRUM, enclose(SPECTRUM.matrix, SPECTRUM.vectors[:2], beyond))


def test_a_bound_inside_the_last_enclosure_is_none() -> None:
    """Rough vectors: the last J reaches below the bound, though the truth does not."""
    vectors = shaken(SPECTRUM.vectors[:2], Q(1, 10))
    assert_true(SPECTRUM, enclose(SPECTRUM.matrix, vectors, Q(3, 2)))
    with pytest.raises(Refuted, match="below those that are given"):
        enclose(SPECTRUM.matrix, vectors, Q(27, 10))


def test_vectors_in_the_wrong_order() -> None:
    u, v, *rest = SPECTRUM.vectors
    with pytest.raises(Refuted, match="vector 1 belongs to a larger eigenvalue than vector 0"):
        enclose(SPECTRUM.matrix, [v, u, *rest])
    # in a cluster there is no order, and nothing that a cluster names makes a vector vanish
    found = enclose(SPECTRUM.matrix, SPECTRUM.vectors, None, [[-1, 0], [4, 5, 6], [9]])
    assert [list(x.indices) for x in found] == [[i] for i in range(5)]
    assert_true(SPECTRUM, enclose(SPECTRUM.matrix, [v, u, *rest], None, [[0, 1]]))


def test_the_same_vector_twice() -> None:
    for i in range(5):
        vectors = [SPECTRUM.vectors[k] for k in sorted({0, 1, 2, 3, 4, i} - {(i + 1) % 5} | {i})]
        vectors.insert(sorted({0, 1, 2, 3, 4} - {(i + 1) % 5}).index(i), SPECTRUM.vectors[i])
        with pytest.raises(Refuted, match="independent"):
            enclose(SPECTRUM.matrix, vectors)


def test_no_vector_at_all() -> None:
    with pytest.raises(Refuted, match="vector 1 is zero"):
        enclose([[Q(2), Q(0)], [Q(0), Q(1)]], [[Q(1), Q(0)], [Q(0), Q(0)]])


@pytest.mark.parametrize(
    ("matrix", "vectors", "words"),
    [
        ([[Q(1), Q(2)], [Q(3), Q(1)]], [[Q(1), Q(0)]], "not symmetric"),
        ([[Q(1), Q(2)]], [[Q(1), Q(0)]], "not symmetric"),
        ([[Q(1)]], [[Q(1), Q(0)]], "at most 1 vectors of that length"),
        ([[Q(1)]], [[Q(1)], [Q(1)]], "at most 1 vectors of that length"),
        ([[Q(1)]], [], "vectors is empty"),
    ],
)
def test_shapes(matrix: Rows, vectors: Rows, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        enclose(matrix, vectors)


# ---------------------------------------------------------------------- the steps, with so few bits that roundings show


@given(symmetric(), st.data(), st.integers(0, 6))
def test_residuals_are_rounded_outwards(matrix: Rows, data: Any, scale: int) -> None:
    a = [[round(4 * x) for x in row] for row in matrix]
    v = data.draw(st.lists(st.integers(-5, 5), min_size=len(a), max_size=len(a)).filter(any))
    x, one = residuals.residual(a, v, scale), Q(2) ** scale
    rho = Q(dot(v, x.image), x.square)
    squared = sum((y - rho * z) ** 2 for y, z in zip(x.image, v, strict=True)) / x.square
    assert x.low <= rho * one <= x.high <= x.low + 1
    assert max(x.error - 2, 0) ** 2 <= squared * one**2 <= x.error**2


def test_a_residual_s_root_is_rounded_upwards() -> None:
    assert residuals.residual([[0, 1, 1], [1, 0, 0], [1, 0, 0]], [1, 0, 0], 0).error == 2  # not sqrt(2)
    assert residuals.residual([[0, 2, 0], [2, 0, 0], [0, 0, 0]], [1, 0, 0], 0).error == 2


@settings(max_examples=40)
@given(st.integers(1, 10**6), st.sampled_from([Q(1, 5), Q(1, 20), Q(1, 1000)]))
def test_the_others_are_only_known_to_lie_in_their_intervals(seed: int, size: Q) -> None:
    """(R4) and (R5) for single vectors in other words: distances are taken to the ends of the neighbours' J."""
    truth = known([9, 4, 0, -6], seed)
    vectors, few = shaken(truth.vectors, size, seed), Q(1, 2**60)
    with suppress(Refuted):
        found = enclose(truth.matrix, vectors)
        assume(len(found) == 4)
        rhos, errors = [], []
        for v in vectors:
            image = [dot(row, v) for row in truth.matrix]
            rhos.append(dot(v, image) / dot(v, v))
            squared = dot(image, image) / dot(v, v) - rhos[-1] ** 2
            errors.append(Q(isqrt(squared.numerator * 4**80 // squared.denominator), 2**80))
        for i, x in enumerate(found):
            down = rhos[i] - rhos[i + 1] - errors[i + 1] if i < 3 else None
            up = rhos[i - 1] - errors[i - 1] - rhos[i] if i else None
            distance = min(y for y in (down, up) if y is not None)
            assert abs(x.sine - min(errors[i] / distance, Q(1))) <= few
            assert abs(x.upper - rhos[i] - (min(errors[i], errors[i] ** 2 / down) if down else 0)) <= few
            assert abs(rhos[i] - x.lower - (min(errors[i], errors[i] ** 2 / up) if up else 0)) <= few


def test_a_group_s_spread_is_taken_from_its_distance() -> None:
    """By hand: c = 0, q = 3, |r| = 2; the other eigenvalues at most -10 or at least 12."""
    members, scale, vectors = range(2), 4, [[1, 0], [0, 1]]
    group = residuals.Group(members, 0, 0, 4, 0, 3, 2)
    assert _enclosure(group, -10, 12, vectors, (1, 2)).sine == Q(2, 7)
    assert _enclosure(group, -13, 12, vectors, (1, 2)).sine == Q(2, 9)
    assert _enclosure(group, None, 12, vectors, (1, 2)).sine == Q(2, 9)
    assert _enclosure(group, None, None, vectors, (1, 2)).sine == 0
    for below in (-5, -4):
        assert _enclosure(group, below, 12, vectors, (1, 2)).sine == 1
    delta = _enclosure(group._replace(delta=1), -10, 12, vectors, (1, 2)).projector
    assert delta == Q(2, 7) + Q(1, 2**scale)


def test_groups_grow_until_they_are_disjoint() -> None:
    """Two J, 0 +- 15, meet; together they are 0 +- 22, and meet a third one that ends at 20."""
    axes = [[int(i == j) for j in range(3)] for i in range(3)]
    near = [residuals.Residual(axes[i], [0, 0, 0], 1, 0, 0, 15) for i in (1, 2)]
    for low, members in ((30, [range(3)]), (33, [range(1), range(1, 3)])):
        first = residuals.Residual(axes[0], [low, 0, 0], 1, low, low, 10)
        assert [x.members for x in residuals.disjoint([first, *near], set(), 0)] == members


def test_the_order_of_nearly_equal_values_is_not_asked_for() -> None:
    truth = known([5, 1, 1, -2])
    for seed in range(1, 5):
        u, v, w, x = shaken(truth.vectors, Q(1, 100), seed)
        assert_true(truth, enclose(truth.matrix, [u, v, w, x]))
        assert_true(truth, enclose(truth.matrix, [u, w, v, x]))


def test_vectors_of_few_bits_may_be_very_good() -> None:
    """(1, 1) and (1, -1) are off by 10^-40 only, and their length is known to as many digits."""
    big = Q(10) ** 40
    for x in enclose([[Q(1), big], [big, Q(0)]], [[Q(1), Q(1)], [Q(1), Q(-1)]]):
        assert x.radius is not None
        assert 0 < x.radius < Q(1, 10**39)


@given(st.lists(st.lists(st.integers(-4, 4), min_size=3, max_size=3).filter(any), min_size=2, max_size=3), st.data())
def test_groups_are_rounded_outwards(vectors: Any, data: Any) -> None:
    """All of (R2) and (R5) again in rationals and squares, for vectors that are far from eigenvectors."""
    scale = data.draw(st.integers(2, 5))
    a = [[int(x) for x in row] for row in random_symmetric(3, data.draw(st.integers(1, 99)))]
    chosen, one = [residuals.residual(a, v, scale) for v in vectors], Q(2) ** scale
    try:
        group = residuals.together(chosen, range(len(vectors)), scale)
    except Refuted:
        assume(False)
    c, half, delta, spread, rest = (Q(x) / one for x in (group.low, *group[3:]))
    gram = [[Q(dot(u, v)) for v in vectors] for u in vectors]
    g = range(len(vectors))
    for i in g:
        squared = [gram[i][j] ** 2 / (gram[i][i] * gram[j][j]) for j in g if j != i]
        assert sum(Q(isqrt(x.numerator * 4**40 // x.denominator), 2**40) for x in squared) <= delta < 1
    rhos = [Q(dot(v, x.image), x.square) for v, x in zip(vectors, chosen, strict=True)]
    assert group.low == group.high
    assert min(rhos) - 1 / one <= c <= max(rhos)
    total = least = Q(0)
    for i, (v, x) in enumerate(zip(vectors, chosen, strict=True)):
        moved = [y - c * z for y, z in zip(x.image, v, strict=True)]
        nearest = linear.solve(gram, [dot(u, moved) for u in vectors])
        left = [y - sum(p * u[j] for p, u in zip(nearest, vectors, strict=True)) for j, y in enumerate(moved)]
        total += dot(moved, moved) / gram[i][i]
        least += dot(left, left) / gram[i][i]
    assert total <= (1 - delta) * half**2
    # no m leaves less than the nearest one; and (A - c) x_i is (M - c) x, of norm (1 + delta)^(1/2) q, and what is left
    assert least <= (1 - delta) * rest**2
    assert total <= (Q(3, 2) * spread + rest) ** 2


@settings(max_examples=150)
@given(symmetric(least=2), st.integers(1, 3), st.sampled_from([-1, 0, 8]), st.data())
def test_a_bound_of_the_others_is_above_all_of_them(matrix: Rows, count: int, spare: int, data: Any) -> None:
    """Whatever vectors and values help to find it, and however few bits: the next eigenvalue is not larger."""
    count = min(count, len(matrix) - 1)
    a = [[round(12 * x) for x in row] for row in matrix]
    truth = eigenvalues([[Q(x) for x in row] for row in a], 200)
    if data.draw(st.booleans()):
        basis = leading([[Q(x) for x in row] for row in a], count, 8)
        vectors = [[round(x * 1000) for x in v] for v in basis.vectors][:count]
        values = basis.values[:count]
        between = data.draw(st.fractions(0, 1, max_denominator=8))
        sigma = values[-1] + between * (truth[count][0] - values[-1])
    else:
        entries = st.lists(st.integers(-3, 3), min_size=len(a), max_size=len(a)).filter(any)
        vectors = data.draw(st.lists(entries, min_size=count, max_size=count))
        sigma = data.draw(st.fractions(0, 300, max_denominator=8))
        values = [sigma + data.draw(st.integers(1, 100)) for _ in range(count)]
    with pytest.MonkeyPatch.context() as patch, suppress(Refuted):
        patch.setattr(definite, "SPARE", spare)
        assert truth[count][0] <= definite.bound(a, vectors, values, sigma)


@pytest.mark.parametrize("gap", ["1e-3", "1e-9", "1e-25"])
@pytest.mark.parametrize("size", [1, 10**30])
def test_a_bound_is_near_the_one_that_is_asked_for(gap: str, size: int) -> None:
    """It is as near to sigma as a hundredth of the distance to the eigenvalues; integers of any size are cut."""
    truth = known([3, 2 + Q(gap), 2, 0, -4])
    unit = 10**60
    a = [[round(x * unit * size) for x in row] for row in truth.matrix]
    vectors = [[round(x * 10**30) for x in v] for v in truth.vectors[:2]]
    sigma = (2 + Q(gap) / 2) * unit * size
    proven = definite.bound(a, vectors, [x * unit * size for x in truth.values[:2]], sigma)
    assert sigma - unit * size * Q(gap) / 100 < proven < sigma + unit * size * Q(gap) / 100


def test_a_bound_counts_what_is_left_over() -> None:
    """S = [[4, 5], [5, 10]] with L = [[2, .], [3, .]]: 2 * 3 is 1 more than 5, and 2 * 2 would be 1 less."""
    assert definite._left_over([[4], [5, 10]]) == 1
    assert definite._left_over([[4], [6, 10]]) == 0
    assert definite._left_over([[4], [-5, 8], [5, 0, 99]]) == 2
    assert definite._left_over([[4], [0, 4], [5, 5, 99]]) == 2
    for s in ([[0]], [[-1]], [[4], [6, 9]], [[4], [6, 8]]):
        with pytest.raises(Refuted):
            definite._left_over(s)


@pytest.mark.parametrize(
    ("a", "v", "value", "sigma", "spare"),
    [
        ([[-1, 3, 3], [3, 1, -3], [3, -3, 0]], [-1, 2, -3], Q(19, 2), Q(5, 2), -1),
        ([[-6, 7, -3], [7, 3, 8], [-3, 8, 8]], [0, 3, 3], Q(23), Q(3), 0),
        ([[1, -9], [-9, -2]], [-2, 3], Q(51, 8), Q(-85, 8), -1),
        ([[189314, -369953], [-369953, 741996]], [2, -3], Q(12805291, 8), Q(27987, 8), -1),
    ],
    ids=["left over", "left over, too", "cut entries", "cut entries, too"],
)
def test_a_bound_counts_its_roundings(
    a: list[list[int]], v: list[int], value: Q, sigma: Q, spare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With so few bits that without them the bound would be below the second eigenvalue."""
    monkeypatch.setattr(definite, "SPARE", spare)
    truth = eigenvalues([[Q(x) for x in row] for row in a])
    assert truth[1][1] <= definite.bound(a, [v], [value], sigma)


# ---------------------------------------------------------------------- digits that are given


@pytest.mark.parametrize("i", range(5))
def test_a_changed_digit_is_refuted(i: int) -> None:
    basis = leading(SPECTRUM.matrix, 5, 40)
    found = prove(SPECTRUM.matrix, basis)
    half = Q(1, 2 * 10**30)
    assert check_values(found, basis.values, half) is None
    assert check_vectors(found, basis.vectors, half) is None
    assert check_vectors(found, [[-x for x in v] for v in basis.vectors], half) is None
    for change in (Q(1, 10**30), Q(-1, 10**30), Q(6, 10**31)):
        values = [x + change * (k == i) for k, x in enumerate(basis.values)]
        with pytest.raises(Refuted, match=f"eigenvalue {i} "):
            check_values(found, values, half)
        for j in range(5):
            vectors = [[x + change * ((k, l) == (i, j)) for l, x in enumerate(v)] for k, v in enumerate(basis.vectors)]
            with pytest.raises(Refuted, match=f"eigenvectors of range\\({i}, "):
                check_vectors(found, vectors, half)


def test_a_tied_space_is_compared_by_its_projector() -> None:
    truth = known([5, 1, 1, -2])
    basis = leading(truth.matrix, 4, 40)
    found, half = prove(truth.matrix, basis), Q(1, 10**30)
    u, v = basis.vectors[1:3]
    turned = [[(p * x + q * y) / 5 for x, y in zip(u, v, strict=True)] for p, q in ((3, 4), (4, -3))]
    assert check_vectors(found, [basis.vectors[0], *turned, basis.vectors[3]], half) is None
    for wrong in ([u, u], [turned[0], v], [basis.vectors[0], v], [[2 * x for x in u], v]):
        with pytest.raises(Refuted, match="range\\(1, 3\\)"):
            check_vectors(found, [basis.vectors[0], *wrong, basis.vectors[3]], half)
    with pytest.raises(Refuted, match="eigenvalue 2 "):
        check_values(found, [5, 1, 1 + Q(1, 10**20), -2], half)


# ---------------------------------------------------------------------- exactly equal


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3, 1, 1, -2, 0], [[1], [2], [1], [1]]),
        ([3, 1, 1 + Q(1, 10**70), -2, 0], [[1], [1, 1], [1], [1]]),
        ([2, 2, 2, 2 - Q(1, 10**70), 0, 0], [[3, 1], [2]]),
        ([0, 0, 0], [[3]]),
        ([4], [[1]]),
    ],
)
def test_multiplicities(values: list[Q], expected: list[list[int]]) -> None:
    matrix = known(values).matrix
    assert multiplicities(matrix, prove(matrix, leading(matrix, len(values), 50))) == expected


def test_irrational_eigenvalues_may_be_exactly_equal_too() -> None:
    """Twice [[1, 1], [1, 0]], whose eigenvalues are the golden ratio and its conjugate."""
    block = [[Q(1), Q(1)], [Q(1), Q(0)]]
    matrix = [[block[i // 2][j // 2] * (i % 2 == j % 2) for j in range(4)] for i in range(4)]
    found = prove(matrix, leading(matrix, 4, 30))
    assert [list(x.indices) for x in found] == [[0, 1], [2, 3]]
    assert multiplicities(matrix, found) == [[2], [2]]


@settings(max_examples=30)
@given(symmetric(most=4))
def test_multiplicities_are_arb_s(matrix: Rows) -> None:
    basis = leading(matrix, len(matrix), 50)
    ends = eigenvalues(matrix)
    expected = []
    for cluster in basis.clusters:
        inside = [ends[i] for i in cluster]
        expected.append(sorted(map(inside.count, set(inside)), reverse=True))
    assert multiplicities(matrix, prove(matrix, basis)) == expected


def test_an_enclosure_that_does_not_hold_what_it_says_is_refuted() -> None:
    truth = known([3, 1, 1, -2])
    found = prove(truth.matrix, leading(truth.matrix, 4, 30))
    top, two, _ = found

    def moved(lower: Q, upper: Q, indices: range) -> Enclosure:
        return Enclosure(indices, lower, upper, two.vectors, two.sine, None, two.projector)

    assert multiplicities(truth.matrix, [moved(Q(1), Q(1), range(1, 3))]) == [[2]]
    assert multiplicities(truth.matrix, [moved(Q(1), Q(3), range(3))]) == [[2, 1]]
    assert multiplicities(truth.matrix, [moved(Q(-2), Q(3), range(4))]) == [[2, 1, 1]]
    for lower, upper, indices in (
        (Q(1), Q(2), range(1)),
        (Q(1), Q(2), range(3)),
        (1 + Q(1, 10**50), Q(2), range(1, 3)),
        (Q(0), 1 - Q(1, 10**50), range(1, 3)),
        (top.upper + 1, top.upper + 2, range(1)),
    ):
        with pytest.raises(Refuted, match="holds"):
            multiplicities(truth.matrix, [moved(lower, upper, indices)])
