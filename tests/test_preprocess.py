"""Tables made ready for distances: exact scales and means, first appearances, what each kind of number gives."""

from collections import Counter
from fractions import Fraction as Q
from typing import Any

import pytest
from hypothesis import given, strategies as st
from strategies import KINDS, assert_agree, assert_type, exactly, in_kind, matrices, mean

from refimpl import linear, preprocess
from refimpl.errors import BadInput, EmptyData, Undecided, Undefined
from refimpl.numbers import FLOAT, ball, high

BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
words = st.lists(st.sampled_from(["jpg", "gif", "swf", "sp"]), min_size=1, max_size=9)
gaps = st.lists(st.one_of(st.none(), st.fractions(-5, 5, max_denominator=12)), min_size=1, max_size=8)

# ---------------------------------------------------------------------- scales


@given(matrices())
def test_columns_go_from_0_to_1_and_back(points: Any) -> None:
    """Going back: times the width, plus the least; order and ties are those of the data."""
    for before, after in zip(linear.transpose(points), linear.transpose(preprocess.min_max(points)), strict=True):
        low, width = min(before), max(before) - min(before)
        assert [width * y + low for y in after] == before
        assert (min(after), max(after)) == (0, int(width != 0))


@given(matrices(), st.fractions(Q(1, 9), 9, max_denominator=9), st.fractions(-9, 9, max_denominator=9))
def test_a_scale_has_no_unit_and_no_origin(points: Any, a: Q, b: Q) -> None:
    scaled = preprocess.min_max(points)
    assert preprocess.min_max([[a * x + b for x in row] for row in points]) == scaled
    assert preprocess.min_max(scaled) == scaled
    turned = linear.transpose(preprocess.min_max([[-x for x in row] for row in points]))
    for column, other in zip(linear.transpose(scaled), turned, strict=True):
        assert other == ([1 - y for y in column] if any(column) else column)


@given(matrices(d=(2, 3)))
def test_columns_are_scaled_one_by_one_and_rows_stay_in_order(points: Any) -> None:
    alone = [preprocess.min_max([[row[d]] for row in points]) for d in range(len(points[0]))]
    assert preprocess.min_max(points) == [[column[n][0] for column in alone] for n in range(len(points))]
    assert preprocess.min_max(points[::-1]) == preprocess.min_max(points)[::-1]


def test_tenths_are_exact_and_in_binary64_are_not() -> None:
    """0.3 - 0.2 < 0.1 in binary64, so that 0.2 comes out above the middle of 0.1 and 0.3."""
    tenths = [[Q(1, 10)], [Q(2, 10)], [Q(3, 10)]]
    assert preprocess.min_max(tenths) == [[0], [Q(1, 2)], [1]]
    low, middle, top = (x for (x,) in preprocess.min_max(in_kind(FLOAT, tenths)))
    assert (low, top) == (0, 1)
    assert middle == 0.5000000000000001
    ((_,), (enclosed,), (_,)) = preprocess.min_max(in_kind(ball(20), tenths))
    assert enclosed.contains(Q(1, 2))
    assert preprocess.min_max([[0], [1], [3]]) == [[0], [Q(1, 3)], [1]]


@BY_KIND
def test_a_constant_column_becomes_0_of_its_type(kind: Any) -> None:
    scaled = preprocess.min_max(in_kind(kind, [[5, 1], [5, 2], [5, 3]]))
    assert_type(scaled, kind(0))
    assert_agree(scaled, [[0, 0], [0, Q(1, 2)], [0, 1]])
    assert_agree(preprocess.min_max(in_kind(kind, [[7]])), [[0]])


def test_one_value_of_binary64_far_from_0_is_constant_and_the_next_is_not() -> None:
    """A tolerance would take 1e16 and 1e16 + 2 for one number, and 0.1 + 0.2 for 0.3."""
    assert preprocess.min_max([[1e16], [1e16 + 2]]) == [[0.0], [1.0]]
    assert preprocess.min_max([[0.1 + 0.2], [0.3]]) == [[1.0], [0.0]]
    assert preprocess.min_max([[0.3], [0.3]]) == [[0.0], [0.0]]
    assert preprocess.min_max([[5e-324], [0.0]]) == [[1.0], [0.0]]


@given(matrices(n=(1, 8), entries=st.just(st.floats(-1e6, 1e6))))
def test_floats_stay_between_0_and_1_and_reach_both(points: Any) -> None:
    for before, after in zip(linear.transpose(points), linear.transpose(preprocess.min_max(points)), strict=True):
        assert min(after) == 0
        assert max(after) == (max(before) > min(before))
        order = sorted(range(len(before)), key=before.__getitem__)
        assert [after[i] for i in order] == sorted(after)


@BY_KIND
@given(points=matrices())
def test_the_type_that_goes_in_comes_out_and_all_kinds_agree(kind: Any, points: Any) -> None:
    """In units of what rounding leaves of the widest range: the data are held to so many digits, as they are."""
    held = [[exactly(x) for x in row] for row in in_kind(kind, points)]
    try:
        scaled = preprocess.min_max(in_kind(kind, points))
    except Undecided:
        constant = [len(set(column)) == 1 for column in zip(*points, strict=True)]
        assert kind.name == "ball(40)"
        assert any(constant)
        return
    assert_type(scaled, kind(0))
    assert_agree(scaled, preprocess.min_max(points if kind.name == "ball(40)" else held), 10**9)


def test_balls_need_not_tell_which_is_the_least_but_whether_there_is_a_range() -> None:
    third, one = ball(20)("1/3"), ball(20)(1)
    ((low,), (same,), (top,)) = preprocess.min_max([[third], [third], [one]])
    assert all(x.contains(0) and x.rad < Q(1, 10**15) for x in (low, same))
    assert top.contains(1)
    with pytest.raises(Undecided):
        preprocess.min_max([[third], [third]])


# ---------------------------------------------------------------------- missing values


@given(gaps)
def test_a_missing_entry_becomes_the_mean_and_leaves_it(column: Any) -> None:
    known = [x for x in column if x is not None]
    if not known:
        with pytest.raises(Undefined, match="every entry of the column is missing"):
            preprocess.impute(column)
        return
    full = preprocess.impute(column)
    assert mean(full) == mean(known)
    assert [x for x, before in zip(full, column, strict=True) if before is not None] == known
    assert {x for x, before in zip(full, column, strict=True) if before is None} <= {mean(known)}


def test_means_are_exact_and_in_binary64_are_rounded() -> None:
    """0.1 + 0.2 + 0.3 is 0.6000000000000001 in binary64; its third is 0.20000000000000004."""
    tenths = [Q(1, 10), None, Q(2, 10), Q(3, 10)]
    assert preprocess.impute(tenths)[1] == Q(1, 5)
    assert preprocess.impute([0.1, None, 0.2, 0.3])[1] == (0.1 + 0.2 + 0.3) / 3 != 0.2
    assert preprocess.impute([1, None, 2]) == [1, Q(3, 2), 2]
    assert_type(preprocess.impute([1, None, 2]), Q(0))


@BY_KIND
def test_missing_entries_take_the_type_of_the_others(kind: Any) -> None:
    filled = preprocess.impute([None, kind("1/3"), None, kind(2)])
    assert_type(filled, kind(0))
    assert_agree(filled, [Q(7, 6), Q(1, 3), Q(7, 6), 2])


def test_zero_is_not_missing_and_a_full_column_is_a_copy() -> None:
    column = [0, 0.0, Q(0), 4]
    full = preprocess.impute(column)
    assert full == column
    assert full is not column
    assert preprocess.impute([0, None]) == [0, 0]


# ---------------------------------------------------------------------- categories


@given(words)
def test_categories_stand_in_the_order_of_their_first_appearance(column: list[str]) -> None:
    names, coded = preprocess.categories(column), preprocess.codes(column)
    assert [names[code] for code in coded] == column
    assert sorted(names) == sorted(set(column))
    assert [column.index(name) for name in names] == sorted(column.index(name) for name in names)
    assert coded[0] == 0
    assert all(code <= max(coded[:n]) + 1 for n, code in enumerate(coded) if n)


def test_the_order_is_neither_that_of_the_alphabet_nor_that_of_numbers() -> None:
    assert preprocess.codes(["swf", "jpg", "swf", "gif"]) == [0, 1, 0, 2]
    assert preprocess.codes([30, 10, 20, 10]) == [0, 1, 2, 1]
    assert preprocess.codes(["横幅", None, "通栏", None]) == [0, 1, 2, 1]
    assert preprocess.codes([1, 1.0, Q(1), True]) == [0, 0, 0, 0]


@given(words)
def test_one_hot_rows_are_unit_vectors_of_the_codes(column: list[str]) -> None:
    rows = preprocess.one_hot(column)
    width = len(set(column))
    assert rows == [[1 if i == code else 0 for i in range(width)] for code in preprocess.codes(column)]
    assert [sum(column_of) for column_of in zip(*rows, strict=True)] == [*Counter(column).values()]


@given(words)
def test_one_hot_makes_categories_equally_far_and_codes_do_not(column: list[str]) -> None:
    rows = preprocess.one_hot(column)
    for n, (x, name) in enumerate(zip(rows, column, strict=True)):
        for y, other in zip(rows[:n], column, strict=False):
            assert linear.squared_distance(x, y) == (0 if name == other else 2)
    assert preprocess.codes(["a", "b", "c"]) == [0, 1, 2]


def test_the_lectures_recipe_on_a_table_of_three_columns() -> None:
    """A number, a number with a gap, and a category: fill, scale, and put the codes beside them unscaled."""
    visits, minutes, kind = [3, 1, 2], [Q(1, 2), None, Q(7, 2)], ["tips", "banner", "tips"]
    numbers = linear.transpose([visits, preprocess.impute(minutes)])
    ready = [[*row, code] for row, code in zip(preprocess.min_max(numbers), preprocess.codes(kind), strict=True)]
    assert ready == [[1, 0, 0], [0, Q(1, 2), 1], [Q(1, 2), 1, 0]]


# ---------------------------------------------------------------------- refusals


def test_input_is_refused_by_field_and_index() -> None:
    nan, inf = float("nan"), float("inf")
    for call, given_, error, said in (
        (preprocess.impute, [], EmptyData, "column is empty; give at least one entry"),
        (preprocess.impute, [None, None], Undefined, "every entry of the column is missing"),
        (preprocess.impute, [1.0, nan], BadInput, r"column\[1\] is nan; give a finite number, or None where"),
        (preprocess.impute, [inf, None], BadInput, r"column\[0\] is inf"),
        (preprocess.codes, [], EmptyData, "column is empty"),
        (preprocess.one_hot, [], EmptyData, "column is empty"),
        (preprocess.categories, ["a", nan], BadInput, r"column\[1\] is nan, which is no category; give None"),
        (preprocess.min_max, [], EmptyData, "points is empty"),
        (preprocess.min_max, [[]], BadInput, r"points\[0\] is empty"),
        (preprocess.min_max, [[1], [2, 3]], BadInput, r"points\[1\] has 2 entries"),
        (preprocess.min_max, [[0.0, 1e308], [1.0, -1e308]], BadInput, "column 1 of points spans more than binary64"),
        (preprocess.min_max, [[1.0], [nan]], BadInput, r"points\[1\]\[0\] is nan; give a finite number"),
    ):
        with pytest.raises(error, match=said):
            call(given_)  # type: ignore[operator]


def test_what_was_given_is_not_changed() -> None:
    points, column = [[Q(1)], [Q(3)]], [Q(1), None]
    preprocess.min_max(points)[0][0] = Q(9)
    preprocess.impute(column)[0] = Q(9)
    assert (points, column) == ([[1], [3]], [1, None])
    assert preprocess.min_max(in_kind(high(30), [[1], [3]])) == [[0], [1]]
