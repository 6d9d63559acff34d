"""Margins: gaps that are exact, scales that bound what rounding may change, and what binary64 sees."""

from fractions import Fraction as Q
from typing import Any

import pytest
from hypothesis import given, strategies as st
from strategies import tasks

from refimpl import kmeans
from refimpl.certify import margin
from refimpl.certify.lloyd import absolute

U = Q(1, 2**53)


def squared(x: Any, y: Any) -> Q:
    return sum(((a - b) ** 2 for a, b in zip(x, y, strict=True)), Q(0))


def in_binary64(x: Any, c: Any) -> float:
    """The textbook's sum of squares, in order."""
    total = 0.0
    for a, b in zip(x, c, strict=True):
        total += (float(a) - float(b)) ** 2
    return total


@given(tasks(k=(2, 2)), st.data())
def test_the_gap_is_the_difference_of_squared_distances(task: Any, data: st.DataObject) -> None:
    a, b = data.draw(st.sampled_from(task.centers)), data.draw(st.sampled_from(task.centers))
    for x in task.points:
        assert margin.gap(x, a, b) == squared(x, b) - squared(x, a)


@given(tasks(k=(2, 2)), st.data())
def test_the_scale_is_the_first_order_effect_of_relative_changes(task: Any, data: st.DataObject) -> None:
    """Over all signs of relative changes e of x, a and b, the gap changes by e s to first order: difference quotients
    with e = 2^-200 err by e times the sum of the squared inputs.
    """
    e = Q(1, 2**200)
    x, (a, b) = data.draw(st.sampled_from(task.points)), task.centers
    rows = (x, a, b)
    at, total = margin.gap(*rows), Q(0)
    for i, row in enumerate(rows):
        for d, v in enumerate(row):
            changed = [list(r) for r in rows]
            changed[i][d] = v * (1 + e)
            total += abs(margin.gap(*changed) - at) / e
    s = margin.scale(x, a, b, [abs(v) for v in a], [abs(v) for v in b])
    assert abs(total - s) <= e * 2 * sum(v * v for row in rows for v in row)


@given(tasks())
def test_choices_are_those_of_the_room(task: Any) -> None:
    found = margin.choices(*task, absolute(task.centers))
    assert [choice.label for choice in found] == kmeans.assign(*task)


@given(tasks())
def test_the_margin_is_the_smallest_over_all_rivals(task: Any) -> None:
    points, centers = task
    for n, choice in enumerate(margin.choices(points, centers, absolute(centers))):
        if len(centers) == 1:
            assert choice.margin is None
            continue
        m = choice.margin
        assert m is not None
        assert (m.point, m.label) == (n, choice.label)
        assert m.rival != m.label
        assert m.gap == squared(points[n], centers[m.rival]) - squared(points[n], centers[m.label]) >= 0
        for k, c in enumerate(centers):
            if k != choice.label:
                gap = squared(points[n], c) - squared(points[n], centers[choice.label])
                size = margin.scale(points[n], centers[choice.label], c, *(absolute([centers[choice.label], c])))
                assert gap == m.relative == 0 or m.relative * size <= gap


@given(tasks())
def test_every_center_at_the_least_distance_is_a_tie_or_unseen(task: Any) -> None:
    points, centers = task
    for x, choice in zip(points, margin.choices(points, centers, absolute(centers)), strict=True):
        least = squared(x, centers[choice.label])
        equals = {k for k, c in enumerate(centers) if squared(x, c) == least} - {choice.label}
        assert equals <= {*choice.ties, *choice.unseen}
        assert all(k > choice.label for k in equals)
        assert set(choice.ties) <= equals
        assert not set(choice.ties) & set(choice.unseen)


@given(tasks())
def test_what_is_called_seen_binary64_decides_rightly(task: Any) -> None:
    """For every rival that is neither a tie nor unseen the textbook's sums, in binary64, are in the right order;
    and at a tie that binary64 sees, both sums are equal.
    """
    points, centers = task
    for x, choice in zip(points, margin.choices(points, centers, absolute(centers)), strict=True):
        near = in_binary64(x, centers[choice.label])
        for k, c in enumerate(centers):
            if k in choice.ties:
                assert in_binary64(x, c) == near
            elif k != choice.label and k not in choice.unseen:
                assert in_binary64(x, c) > near


def test_a_decimal_tie_is_unseen_and_an_integer_tie_is_a_tie() -> None:
    decimal = margin.choices([[Q(3, 10)]], [[Q(1, 10)], [Q(1, 2)]], [[Q(1, 10)], [Q(1, 2)]])
    integer = margin.choices([[Q(3)]], [[Q(1)], [Q(5)]], [[Q(1)], [Q(5)]])
    assert (decimal[0].ties, decimal[0].unseen) == ([], [1])
    assert (integer[0].ties, integer[0].unseen) == ([1], [])
    assert integer[0].margin == margin.Margin(0, 0, 1, Q(0), Q(0))


def test_a_margin_below_binary64_s_sight_is_unseen() -> None:
    """The point 1/2 + 2^-70 between 0 and 1: the gap is 2^-69, and |x|^2 needs more than 53 bits."""
    x = [Q(1, 2) + Q(1, 2**70)]
    (choice,) = margin.choices([x], [[Q(0)], [Q(1)]], [[Q(0)], [Q(1)]])
    assert (choice.label, choice.unseen, choice.ties) == (1, [0], [])
    assert choice.margin is not None
    assert choice.margin.gap == Q(1, 2**69)


def test_a_small_margin_is_seen_where_nothing_is_rounded() -> None:
    """2^50 + 1 between 2^50 and 2^50 + 3: g = 3 is below 100 u s = 100 * 12 * 2^-3, but every difference is exact."""
    x, near, far = [Q(2**50 + 1)], [Q(2**50)], [Q(2**50 + 3)]
    (choice,) = margin.choices([x], [near, far], [near, far])
    assert (choice.label, choice.unseen, choice.ties) == (0, [], [])
    assert choice.margin is not None
    assert choice.margin.gap == 3
    assert choice.margin.relative < margin.LEAST_SEEN


@pytest.mark.parametrize(
    ("x", "c", "exact"),
    [
        ([Q(3)], [Q(1)], True),
        ([Q(1, 10)], [Q(0)], False),
        ([Q(1)], [Q(1, 3)], False),
        ([Q(2**30 + 1)], [Q(0)], False),  # the square has 61 bits
        ([Q(2**26), Q(1)], [Q(0), Q(0)], True),  # 2^52 + 1
        ([Q(2**27), Q(1)], [Q(0), Q(0)], False),  # 2^54 + 1
        ([Q(2**53)], [Q(-1)], False),  # the difference has 54 bits
        ([Q(2**600)], [Q(0)], False),  # the square overflows
        ([Q(1, 2**1074)], [Q(0)], False),  # the square underflows
    ],
)
def test_exact_in_binary64(x: Any, c: Any, exact: bool) -> None:
    assert margin.exact_in_binary64(x, c) is exact


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        (Q(1, 3), False),
        (Q(1, 2**1074), True),
        (Q(1, 2**1075), False),
        (Q(2**53 + 1), False),
        (Q(2) ** 1024, False),
        (Q(0), True),
    ],
)
def test_is_binary64(value: Q, is_one: bool) -> None:
    assert margin.is_binary64(value) is is_one


def test_the_least_margin_seen_is_a_hundred_roundings() -> None:
    assert margin.LEAST_SEEN == 100 * U
