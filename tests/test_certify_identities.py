"""Identities for means, covariances, correlations, seeding and online centers: truth passes, falsehood does not."""

from fractions import Fraction as Q
from typing import Any

import pytest
from hypothesis import assume, given, strategies as st
from strategies import Task, in_kind, matrices, pairs, tasks

from refimpl import kmeans_online, kmeans_starts, linear, moments
from refimpl.certify import identities, online
from refimpl.errors import Refuted
from refimpl.numbers import ball

changes = st.sampled_from([Q(1), Q(-1), Q(1, 10**40), Q(-1, 10**40)])
rates = st.one_of(st.none(), st.fractions(0, 1, max_denominator=7))

# ---------------------------------------------------------------------- mean and covariance


@given(matrices(), changes, st.data())
def test_a_mean_is_accepted_and_a_changed_one_refuted(points: Any, change: Q, data: st.DataObject) -> None:
    mean = linear.mean(points)
    assert identities.check_mean(points, mean) is None
    d = data.draw(st.integers(0, len(mean) - 1))
    mean[d] += change
    with pytest.raises(Refuted, match=rf"mean\[{d}\]"):
        identities.check_mean(points, mean)


def test_a_mean_without_a_column_is_refuted() -> None:
    for short in ([], [Q(1)]):
        with pytest.raises(Refuted):
            identities.check_mean([[Q(1), Q(2)]], short)


@given(matrices(n=(1, 6), d=(1, 3)), st.data())
def test_the_covariance_by_sums_of_products_is_the_room_s(points: Any, data: st.DataObject) -> None:
    n, d = len(points), len(points[0])
    ddof = data.draw(st.integers(0, n - 1))
    found = [[identities.covariance(points, j, k, ddof) for k in range(d)] for j in range(d)]
    assert found == moments.covariance_matrix(points, ddof=ddof)


def test_the_covariance_depends_on_ddof() -> None:
    points = [[Q(0), Q(1)], [Q(2), Q(5)]]
    assert [identities.covariance(points, 0, 1, ddof) for ddof in (0, 1)] == [2, 4]


# ---------------------------------------------------------------------- correlation


@given(pairs(least=2), st.integers(3, 40))
def test_a_correlation_rounded_anywhere_is_accepted_and_its_neighbours_refuted(xy: Any, decimals: int) -> None:
    """The coefficient r is printed with that many decimals; one unit more or less is farther than half a unit away."""
    x, y = xy
    assume(len(set(x)) > 1 < len(set(y)))
    numbers = ball(80)
    r = moments.correlation(in_kind(numbers, x), in_kind(numbers, y), numbers).mid
    points = [list(z) for z in zip(x, y, strict=True)]
    c = [identities.covariance(points, *jk, 0) for jk in ((0, 1), (0, 0), (1, 1))]
    unit = Q(1, 10**decimals)
    printed = round(r / unit) * unit
    assume(abs(printed) >= unit or c[0] == 0)
    assert identities.check_correlation((printed, unit / 2), *c, "r") is None
    for wrong in (printed + unit, printed - unit):
        assume(abs(wrong - r) > unit / 2 + Q(1, 10**60))
        with pytest.raises(Refuted, match="r is not the correlation"):
            identities.check_correlation((wrong, unit / 2), *c, "r")


@pytest.mark.parametrize("printed", [Q(-1), Q(0), Q(1, 2), Q(99, 100), Q(101, 100), Q(2)])
def test_an_exact_correlation_of_one_is_one(printed: Q) -> None:
    assert identities.check_correlation((Q(1), Q(0)), Q(2), Q(1), Q(4), "r") is None
    with pytest.raises(Refuted):
        identities.check_correlation((printed, Q(0)), Q(2), Q(1), Q(4), "r")


def test_the_sign_of_a_correlation_counts() -> None:
    assert identities.check_correlation((Q("-0.71"), Q("0.005")), Q(-1), Q(1), Q(2), "r") is None
    with pytest.raises(Refuted):
        identities.check_correlation((Q("0.71"), Q("0.005")), Q(-1), Q(1), Q(2), "r")
    with pytest.raises(Refuted):
        identities.check_correlation((Q("-0.71"), Q("0.005")), Q(1), Q(1), Q(2), "r")


def test_zero_is_the_correlation_of_zero_covariance_only() -> None:
    assert identities.check_correlation((Q(0), Q(0)), Q(0), Q(1), Q(1), "r") is None
    with pytest.raises(Refuted):
        identities.check_correlation((Q(0), Q(1, 2)), Q(1, 100), Q(1), Q(1), "r")
    with pytest.raises(Refuted):
        identities.check_correlation((Q(1, 100), Q(0)), Q(0), Q(1), Q(1), "r")


# ---------------------------------------------------------------------- seeding


@given(tasks(), changes, st.data())
def test_a_seeding_law_is_accepted_and_a_changed_one_refuted(task: Task, change: Q, data: st.DataObject) -> None:
    points = task.points
    chosen = data.draw(st.lists(st.integers(0, len(points) - 1), min_size=1, max_size=2))
    assume(any(x not in [points[i] for i in chosen] for x in points))
    law = kmeans_starts.seeding(points, chosen)
    assert identities.check_seeding(points, chosen, law) is None
    n = data.draw(st.integers(0, len(points) - 1))
    law[n] += change
    with pytest.raises(Refuted, match=rf"probabilities\[{n}\]"):
        identities.check_seeding(points, chosen, law)


def test_unsquared_distances_and_other_choices_are_refuted() -> None:
    points = [[Q(0)], [Q(0)], [Q(1)], [Q(3)]]
    assert identities.check_seeding(points, [0], [Q(0), Q(0), Q(1, 10), Q(9, 10)]) is None
    assert identities.check_seeding(points, [1, 0], [Q(0), Q(0), Q(1, 10), Q(9, 10)]) is None
    with pytest.raises(Refuted):
        identities.check_seeding(points, [0], [Q(0), Q(0), Q(1, 4), Q(3, 4)])
    with pytest.raises(Refuted):
        identities.check_seeding(points, [2], [Q(0), Q(0), Q(1, 10), Q(9, 10)])
    with pytest.raises(Refuted):
        identities.check_seeding(points, [0, 2], [Q(0), Q(0), Q(1, 10), Q(9, 10)])


# ---------------------------------------------------------------------- online


@given(tasks(k=(1, 1)), rates)
def test_the_closed_form_is_where_a_single_center_goes(task: Task, rate: Q | None) -> None:
    rows = None if rate is None else [rate] * len(task.points)
    for t, state in enumerate(kmeans_online.trace(*task, rows)):
        assert identities.online_center(task.centers[0], task.points[:t], rate) == state.centers[0]


def truth(task: Task, rate: Q | None) -> tuple[list[int], Any]:
    _, *states = kmeans_online.trace(*task, None if rate is None else [rate] * len(task.points))
    return [state.label for state in states], states[-1].centers


@given(tasks(), rates)
def test_an_online_run_without_ties_is_accepted_and_each_changed_label_refuted(task: Task, rate: Q | None) -> None:
    labels, centers = truth(task, rate)
    try:
        _, found, _ = online.check(*task, labels, rate)
    except Refuted as error:
        assume("is a tie" not in str(error))
        raise
    assert found == centers
    for n, label in enumerate(labels):
        for wrong in set(range(len(centers))) - {label}:
            with pytest.raises(Refuted, match=rf"labels\[{n}\] is {wrong}"):
                online.check(*task, [*labels[:n], wrong, *labels[n + 1 :]], rate)


def test_a_tie_has_no_place_in_an_online_case() -> None:
    with pytest.raises(Refuted, match=r"points\[0\] is a tie"):
        online.check([[Q(1)]], [[Q(0)], [Q(2)]], [0], None)


def test_the_closest_online_decision_by_hand() -> None:
    """Point 1 between 0 and 10: g = 81 - 1, s = 2 (10 + 0 + 90), 2/5. Point 4 between 1 and 10, sizes 1 and 10:
    g = 36 - 9, s = 2 (36 + 3 + 60), 3/22, the closer one.
    """
    closest, centers, sizes = online.check([[Q(1)], [Q(4)]], [[Q(0)], [Q(10)]], [0, 0], None)
    assert closest is not None
    assert (closest.step, closest.margin.gap, closest.margin.relative) == (2, 27, Q(27, 198))
    assert centers == [[Q(5, 2)], [10]]
    assert sizes == [[Q(5, 2)], [10]]


@given(tasks(k=(1, 1)), rates)
def test_online_sizes_bound_what_relative_changes_do(task: Task, rate: Q | None) -> None:
    """S = sum |dc/dv| |v| over the points, the start and the rate, against exact difference quotients."""
    points, (start,) = task
    e = Q(1, 2**100)
    _, (at,), (sizes,) = online.check(points, [start], [0] * len(points), rate)
    total = [Q(0)] * len(at)

    def add(points: Any, start: Any, rate: Q | None) -> None:
        there = identities.online_center(start, points, rate)
        for d, (a, b) in enumerate(zip(at, there, strict=True)):
            total[d] += abs(b - a) / e

    for n, x in enumerate(points):
        add([*points[:n], [v * (1 + e) for v in x], *points[n + 1 :]], start, rate)
    add(points, [v * (1 + e) for v in start], rate)
    if rate is not None:
        add(points, start, rate * (1 + e))
    slack = Q(1, 2**40) * (1 + max(abs(v) for x in [*points, start] for v in x))
    assert all(t <= s + slack for t, s in zip(total, sizes, strict=True))
    if rate is None:
        assert all(abs(t - s) <= slack for t, s in zip(total, sizes, strict=True))
