"""Proofs of fixed points accept true ones and refute each kind of falsehood, on maps whose limits are known."""

from collections.abc import Sequence
from fractions import Fraction as Q
from typing import Any

import pytest
from hypothesis import given, strategies as st

from refimpl import linear
from refimpl.certify import coins, krawczyk
from refimpl.certify.krawczyk import Basin
from refimpl.errors import Refuted, Undecided, Undefined
from refimpl.numbers import Ball
from refimpl.two_coins import Rounds

Box = Sequence[Ball]


def newton(box: Box) -> list[Ball]:
    """The map x -> (x + 2/x) / 2, with the fixed point sqrt(2)."""
    return [(x + 2 / x) / 2 for x in box]


def newton_slope(box: Box) -> list[list[Ball]]:
    return [[(1 - 2 / (x * x)) / 2 for x in box]]


def square(box: Box) -> list[Ball]:
    """The map x -> x^2, with the fixed points 0 and 1."""
    return [x * x for x in box]


def square_slope(box: Box) -> list[list[Ball]]:
    return [[x * 2 for x in box]]


ROOT = Q("1.41421356237309504880168872420969807856967187537694")
"""sqrt(2) to 50 decimals."""

LECTURE = Rounds([5, 9, 8, 4, 7], [5, 1, 2, 6, 3])
LIMIT = (Q("0.79678906692264691080797921590468"), Q("0.51958312014513505584572569279094"))
F, J = coins.maps(LECTURE)

# ---------------------------------------------------------------------- exists


@pytest.mark.parametrize("radius", [Q(1, 10), Q(1, 10**9), Q(1, 10**40)])
def test_a_fixed_point_is_proven(radius: Q) -> None:
    assert krawczyk.check_exists(newton, newton_slope, [ROOT], radius, 60) is None
    assert krawczyk.check_exists(newton, newton_slope, [ROOT + radius / 3], radius, 60) is None


def test_the_lecture_s_limit_is_proven() -> None:
    assert krawczyk.check_exists(F, J, LIMIT, Q(1, 10**30), 50) is None
    assert krawczyk.check_exists(F, J, LIMIT, Q(1, 10**6), 50) is None


def test_a_box_without_the_fixed_point_is_refuted() -> None:
    for center in (ROOT + Q(1, 10**8), ROOT - Q(1, 10**8), Q(3, 2), Q(1)):
        with pytest.raises(Refuted, match="coordinate 0"):
            krawczyk.check_exists(newton, newton_slope, [center], Q(1, 10**9), 60)


@pytest.mark.parametrize("i", range(2))
def test_one_changed_coordinate_is_refuted(i: int) -> None:
    for change in (Q(1, 10**25), -Q(1, 10**29)):
        center = [p + change * (i == k) for k, p in enumerate(LIMIT)]
        with pytest.raises(Refuted, match=f"coordinate {i}"):
            krawczyk.check_exists(F, J, center, Q(1, 10**30), 50)


def test_a_radius_smaller_than_the_distance_is_refuted() -> None:
    """LIMIT has 32 decimals, so the true limit is farther than 10^-40."""
    for radius in (Q(1, 10**40), Q(0)):
        with pytest.raises(Refuted):
            krawczyk.check_exists(F, J, LIMIT, radius, 60)


def test_a_box_with_two_fixed_points_is_refuted() -> None:
    with pytest.raises(Refuted):
        krawczyk.check_exists(square, square_slope, [Q(3, 5)], Q(7, 10), 40)
    assert krawczyk.check_exists(square, square_slope, [Q(0)], Q(1, 5), 40) is None
    assert krawczyk.check_exists(square, square_slope, [Q(1)], Q(1, 5), 40) is None


def test_a_map_without_fixed_points_is_refuted() -> None:
    """The map x -> x + 1 + x^2 moves every point to the right, by at least 3/4."""
    for center, radius in ((Q(-1), Q(1, 4)), (Q(-1, 3), Q(1, 10)), (Q(1), Q(10))):
        with pytest.raises(Refuted):
            krawczyk.check_exists(
                lambda box: [x + 1 + x * x for x in box],
                lambda box: [[1 + x * 2 for x in box]],
                [center],
                radius,
                40,
            )


def test_a_continuum_of_fixed_points_is_refused() -> None:
    """The identity: J - I is singular, so that no preconditioner exists."""
    with pytest.raises((Refuted, Undefined)):
        krawczyk.check_exists(lambda box: box, constant([[Q(1)]]), [Q(0)], Q(1), 30)


def test_a_fixed_point_that_repels_is_one_too() -> None:
    """The map x -> 3x - 2 moves away from 1, within 11/10 of 2 but not within 1/2 of it."""

    def affine(box: Box) -> list[Ball]:
        return [x * 3 - 2 for x in box]

    assert krawczyk.check_exists(affine, constant([[Q(3)]]), [Q(2)], Q(11, 10), 30) is None
    with pytest.raises(Refuted):
        krawczyk.check_exists(affine, constant([[Q(3)]]), [Q(2)], Q(1, 2), 30)


def test_too_few_digits_prove_nothing() -> None:
    with pytest.raises(Refuted):
        krawczyk.check_exists(newton, newton_slope, [ROOT], Q(1, 10**40), 20)


def test_enclose_holds_its_box() -> None:
    (x,) = krawczyk.enclose([Q(1, 3)], Q(1, 7), 20)
    assert x.contains(Q(1, 3) - Q(1, 7))
    assert x.contains(Q(1, 3) + Q(1, 7))
    assert not x.contains(Q(1, 3) + Q(1, 6))
    (y,) = krawczyk.enclose([Q(1, 4)], Q(0), 20)
    assert y.is_exact


# ---------------------------------------------------------------------- basin


def constant(rows: Sequence[Sequence[Q]]) -> Any:
    """The derivative of an affine map."""
    return lambda box: [[Ball.of(x, 100) for x in row] for row in rows]


UNIT = [[Q(1)]]


def test_a_contraction_is_proven_with_its_factor() -> None:
    q = krawczyk.check_basin(constant([[Q(1, 2)]]), Basin([Q(1, 2)], UNIT, Q(1, 4)), [Q(1, 2)], Q(0), 30)
    assert Q(1, 2) <= q < Q(1, 2) + Q(1, 10**20)


@pytest.mark.parametrize("rate", [Q(1), Q(-1), Q(3, 2), Q(-7)])
def test_a_rate_of_one_or_more_is_refuted(rate: Q) -> None:
    with pytest.raises(Refuted, match="contract"):
        krawczyk.check_basin(constant([[rate]]), Basin([Q(1, 2)], UNIT, Q(1, 4)), [Q(1, 2)], Q(0), 30)


def test_the_basin_must_be_wide_enough_for_the_place_of_the_fixed_point() -> None:
    """The condition q (rho + delta) + delta <= rho with q = 1/2 and rho = 1/8 holds up to delta = 1/24."""
    for delta, proven in ((Q(1, 25), True), (Q(1, 23), False), (Q(-1, 25), True), (Q(-1, 23), False)):
        basin = Basin([Q(1, 2) + delta], UNIT, Q(1, 8))
        if proven:
            assert krawczyk.check_basin(constant([[Q(1, 2)]]), basin, [Q(1, 2)], Q(0), 30) < 1
        else:
            with pytest.raises(Refuted):
                krawczyk.check_basin(constant([[Q(1, 2)]]), basin, [Q(1, 2)], Q(0), 30)


def test_the_radius_about_the_fixed_point_counts_as_distance() -> None:
    basin = Basin([Q(1, 2)], UNIT, Q(1, 8))
    assert krawczyk.check_basin(constant([[Q(1, 2)]]), basin, [Q(1, 2)], Q(1, 25), 30) < 1
    with pytest.raises(Refuted):
        krawczyk.check_basin(constant([[Q(1, 2)]]), basin, [Q(1, 2)], Q(1, 23), 30)


def test_a_basin_that_reaches_too_far_is_refuted() -> None:
    """The map x -> x^2 contracts about 0 while 2x < 1; beyond 1 it even leaves, and [0, 1] is where it is cut."""
    assert krawczyk.check_basin(square_slope, Basin([Q(0)], UNIT, Q(49, 100)), [Q(0)], Q(0), 30) < 1
    for radius in (Q(1, 2), Q(3, 5), Q(2)):
        with pytest.raises(Refuted):
            krawczyk.check_basin(square_slope, Basin([Q(0)], UNIT, radius), [Q(0)], Q(0), 30)


def test_the_basis_decides_the_norm() -> None:
    """[[1/2, 10], [0, 1/2]] is no contraction in the row-sum norm, but it is one with the first axis stretched: the
    norm is then 1/2 + 10/100.
    """
    derivative, center = constant([[Q(1, 2), Q(10)], [Q(0), Q(1, 2)]]), [Q(1, 2), Q(1, 2)]
    plain, stretched = [[Q(1), Q(0)], [Q(0), Q(1)]], [[Q(100), Q(0)], [Q(0), Q(1)]]
    with pytest.raises(Refuted):
        krawczyk.check_basin(derivative, Basin(center, plain, Q(1, 1000)), center, Q(0), 30)
    q = krawczyk.check_basin(derivative, Basin(center, stretched, Q(1, 1000)), center, Q(0), 30)
    assert abs(q - Q(3, 5)) < Q(1, 10**20)


@given(
    st.lists(st.fractions(-2, 2, max_denominator=6), min_size=4, max_size=4),
    st.lists(st.integers(-3, 3), min_size=4, max_size=4),
)
def test_q_is_the_row_sum_norm_in_the_basis(entries: list[Q], basis: list[int]) -> None:
    a, b, c, d = map(Q, basis)
    if a * d == b * c:
        a, b, c, d = Q(1), Q(0), Q(0), Q(1)
    j, v, center = [entries[:2], entries[2:]], [[a, b], [c, d]], [Q(1, 2), Q(1, 2)]
    inverse = [[d / (a * d - b * c), -b / (a * d - b * c)], [-c / (a * d - b * c), a / (a * d - b * c)]]
    in_basis = linear.transpose([linear.matvec(inverse, linear.matvec(j, column)) for column in zip(*v, strict=True)])
    norm = max(sum(abs(x) for x in row) for row in in_basis)
    basin = Basin(center, v, Q(1, 100))
    if norm < 1:
        q = krawczyk.check_basin(constant(j), basin, center, Q(0), 30)
        assert norm <= q < norm + Q(1, 10**15)
    else:
        with pytest.raises(Refuted):
            krawczyk.check_basin(constant(j), basin, center, Q(0), 30)


LECTURE_BASIN = Basin([Q("0.796789"), Q("0.519583")], [[Q(1), Q(1, 2)], [Q(1, 2), Q(-1)]], Q(1, 2**12))


def test_runs_from_all_over_a_proven_basin_stay_and_converge() -> None:
    """What the proof claims, tried out: corners, edges and inner points come nearer by q in every step."""
    q = krawczyk.check_basin(J, LECTURE_BASIN, LIMIT, Q(1, 10**30), 30)
    assert q < 1
    inverse = linear.inverse(LECTURE_BASIN.basis)

    def distance(theta: Sequence[Q]) -> Q:
        return max(abs(z) for z in linear.matvec(inverse, linear.subtract(theta, LIMIT)))

    for z in ((x, y) for x in range(-2, 3) for y in range(-2, 3)):
        offset = linear.matvec(LECTURE_BASIN.basis, [LECTURE_BASIN.radius * c / 2 for c in z])
        theta = [c + o for c, o in zip(LECTURE_BASIN.center, offset, strict=True)]
        for _ in range(3):
            image = [Q(round(p * 10**40), 10**40) for p in coins.image(LECTURE, (theta[0], theta[1])).theta]
            assert distance(image) <= q * distance(theta) + Q(1, 10**30)
            theta = image


def test_a_basin_about_another_point_is_refuted() -> None:
    for center in ([Q("0.792"), Q("0.52")], [Q("0.797"), Q("0.53")], [Q("0.52"), Q("0.797")]):
        with pytest.raises(Refuted):
            krawczyk.check_basin(J, Basin(center, LECTURE_BASIN.basis, LECTURE_BASIN.radius), LIMIT, Q(1, 10**30), 30)


@pytest.mark.parametrize("radius", [Q(1, 32), Q(1, 8), Q(1)])
def test_a_basin_too_large_for_the_enclosure_is_not_proven(radius: Q) -> None:
    with pytest.raises((Refuted, Undecided)):
        krawczyk.check_basin(J, Basin(LECTURE_BASIN.center, LECTURE_BASIN.basis, radius), LIMIT, Q(1, 10**30), 30)


# ---------------------------------------------------------------------- run and entrance


START = (Q(3, 5), Q(1, 2))


def true_run(steps: int, radius: Q) -> list[tuple[Sequence[Q], Q]]:
    """The start, and boxes of growing radius about the rounded states."""
    boxes: list[tuple[Sequence[Q], Q]] = [(START, Q(0))]
    theta: Sequence[Q] = START
    for t in range(steps):
        image = coins.image(LECTURE, (theta[0], theta[1])).theta
        theta = tuple(Q(round(p * 10**40), 10**40) for p in image)
        boxes.append((theta, radius * 4**t))
    return boxes


RUN = true_run(12, Q(1, 10**30))


def test_a_true_run_is_accepted() -> None:
    assert krawczyk.check_run(F, J, RUN, 60) is None
    assert krawczyk.check_run(F, J, RUN[:1], 60) is None


@pytest.mark.parametrize("t", range(1, 7))
@pytest.mark.parametrize("i", range(2))
def test_one_changed_state_is_refuted(t: int, i: int) -> None:
    (center, radius) = RUN[t]
    changed = tuple(p + 10 * radius * (i == k) for k, p in enumerate(center))
    with pytest.raises(Refuted, match=f"state {t} of the run .* coordinate {i}"):
        krawczyk.check_run(F, J, [*RUN[:t], (changed, radius), *RUN[t + 1 :]], 60)


@pytest.mark.parametrize("t", range(1, 7))
def test_a_radius_too_small_is_refuted(t: int) -> None:
    with pytest.raises(Refuted, match=f"state {t} of the run"):
        krawczyk.check_run(F, J, [*RUN[:t], (RUN[t][0], Q(1, 10**45)), *RUN[t + 1 :]], 60)


def test_a_radius_too_large_is_refuted_by_what_follows() -> None:
    with pytest.raises(Refuted, match="state 3 of the run"):
        krawczyk.check_run(F, J, [*RUN[:2], (RUN[2][0], Q(1, 100)), *RUN[3:]], 60)


def test_a_missing_doubled_or_exchanged_state_is_refuted() -> None:
    for forged in ([*RUN[:2], *RUN[3:]], [*RUN[:2], *RUN[1:]], [RUN[0], RUN[2], RUN[1], *RUN[3:]], RUN[::-1]):
        with pytest.raises(Refuted):
            krawczyk.check_run(F, J, forged, 60)


def test_another_start_or_other_rounds_are_refuted() -> None:
    with pytest.raises(Refuted, match="state 1 "):
        krawczyk.check_run(F, J, [((Q(3, 5) + Q(1, 10**20), Q(1, 2)), Q(0)), *RUN[1:]], 60)
    with pytest.raises(Refuted, match="state 1 "):
        krawczyk.check_run(*coins.maps(Rounds([5, 9, 8, 4, 8], [5, 1, 2, 6, 3])), RUN, 60)


def test_a_wide_box_is_carried_by_the_derivative() -> None:
    """The map x -> x^2 sends 1/4 +- 1/8 onto [1/64, 9/64]; its mean value form 1/16 +- 3/32 is wider still."""
    boxes = [([Q(1, 4)], Q(1, 8)), ([Q(1, 16)], Q(1, 10))]
    assert krawczyk.check_run(square, square_slope, boxes, 30) is None
    with pytest.raises(Refuted):
        krawczyk.check_run(square, square_slope, [boxes[0], ([Q(1, 16)], Q(1, 13))], 30)


def test_a_box_enters_the_basin_wholly_or_not() -> None:
    basin = Basin([Q(0), Q(0)], [[Q(1), Q(1)], [Q(1), Q(-1)]], Q(1))
    inside = [
        ([Q(1), Q(0)], Q(1, 4)),
        ([Q(0), Q(0)], Q(9, 10)),
        ([Q(9, 10), Q(9, 10)], Q(1, 20)),
        ([Q(2), Q(0)], Q(0)),
    ]
    outside = [
        ([Q(2), Q(1)], Q(1, 4)),
        ([Q(0), Q(0)], Q(11, 10)),
        ([Q(3, 2), Q(3, 4)], Q(0)),
        ([Q(2), Q(0)], Q(1, 100)),
    ]
    for center, radius in inside:
        assert krawczyk.check_enters(basin, center, radius, 30) is None
    for center, radius in outside:
        with pytest.raises(Refuted, match="does not lie in the basin"):
            krawczyk.check_enters(basin, center, radius, 30)


def test_the_lecture_s_run_enters_its_basin_and_stays() -> None:
    entered = []
    for center, radius in RUN:
        try:
            krawczyk.check_enters(LECTURE_BASIN, center, radius, 60)
            entered.append(True)
        except Refuted:
            entered.append(False)
    assert entered == sorted(entered)
    assert entered[-1]
    assert not entered[0]


# ---------------------------------------------------------------------- rate


def matrix(text: str) -> list[list[Q]]:
    a, b, c, d = map(Q, text.split())
    return [[a, b], [c, d]]


@pytest.mark.parametrize(
    ("slopes", "rate"),
    [
        ("1/2 0 0 1/4", Q(1, 2)),
        ("1/4 0 0 1/2", Q(1, 2)),
        ("1/2 1/4 1/4 1/2", Q(3, 4)),
        ("1/2 -1/4 -1/4 1/2", Q(3, 4)),
        ("1/2 0 0 0", Q(1, 2)),
        ("0 0 0 0", Q(0)),
        ("1/3 5 0 1/3", Q(1, 3)),
    ],
)
def test_a_rational_rate_is_proven_exactly(slopes: str, rate: Q) -> None:
    assert krawczyk.check_rate(matrix(slopes), rate, Q(0)) is None
    for wrong in (rate + Q(1, 10**50), rate - Q(1, 10**50), rate + 1):
        with pytest.raises(Refuted, match="rate"):
            krawczyk.check_rate(matrix(slopes), wrong, Q(0))


def test_the_smaller_eigenvalue_is_no_rate() -> None:
    for half in (Q(0), Q(1, 100)):
        with pytest.raises(Refuted):
            krawczyk.check_rate(matrix("1/2 0 0 1/4"), Q(1, 4), half)


def test_an_irrational_rate_is_proven_to_half_a_unit() -> None:
    """(3 + sqrt 5) / 8 of [[1/2, 1/4], [1/4, 1/4]] is 0.6545084971..."""
    slopes, half = matrix("1/2 1/4 1/4 1/4"), Q(1, 2 * 10**10)
    assert krawczyk.check_rate(slopes, Q("0.6545084972"), half) is None
    assert krawczyk.check_rate([[Ball.of(x, 100) for x in row] for row in slopes], Q("0.6545084972"), half) is None
    for wrong in ("0.6545084971", "0.6545084973", "0.0954915028", "-0.6545084972"):
        with pytest.raises(Refuted):
            krawczyk.check_rate(slopes, Q(wrong), half)


def test_complex_eigenvalues_have_no_such_rate() -> None:
    for rate, half in ((Q(1), Q(0)), (Q(1), Q(1, 10)), (Q(0), Q(0)), (Q(0), Q(1, 2))):
        with pytest.raises(Refuted):
            krawczyk.check_rate(matrix("0 -1 1 0"), rate, half)


def test_a_negative_eigenvalue_of_larger_modulus_is_refuted() -> None:
    for half in (Q(0), Q(1, 100)):
        with pytest.raises(Refuted):
            krawczyk.check_rate(matrix("-1/2 0 0 1/4"), Q(1, 4), half)


def test_the_lecture_s_rate() -> None:
    box = krawczyk.enclose(LIMIT, Q(1, 10**30), 50)
    assert krawczyk.check_rate(J(box), Q("0.40969"), Q(1, 2 * 10**5)) is None
    for wrong in ("0.40968", "0.40970"):
        with pytest.raises(Refuted):
            krawczyk.check_rate(J(box), Q(wrong), Q(1, 2 * 10**5))
