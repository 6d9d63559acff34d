"""Scaled columns, filled columns and numbered categories are proven by what defines them."""

from fractions import Fraction as Q
from typing import Any

import pytest
from changed_cases import changed
from hypothesis import given, settings, strategies as st

from refimpl import preprocess
from refimpl.certify import preprocessing, sensitivity
from refimpl.errors import BadInput, EmptyData, Refuted, Undefined
from refimpl.oracle import recheck, store, values
from refimpl.oracle.solve import solve

FEW = settings(max_examples=60, deadline=None)
columns = st.lists(st.integers(-6, 6).map(Q), min_size=1, max_size=7)


@FEW
@given(columns)
def test_a_scaled_column_is_that_of_the_room(xs: list[Q]) -> None:
    found = [y for (y,) in preprocess.min_max([[x] for x in xs])]
    if len(set(xs)) == 1:
        assert found == [0] * len(xs)
        return
    assert preprocessing.scaled(xs, found.index(0), found.index(1), "x") == found


@FEW
@given(columns)
def test_the_size_of_a_scaled_entry_is_that_of_difference_quotients(xs: list[Q]) -> None:
    if len(set(xs)) < len(xs) or len(xs) < 2:
        return  # at equal extremes there is no derivative
    by_quotients = sensitivity.by_differences(
        lambda inputs: [y for (y,) in preprocess.min_max([[x] for x in inputs])], xs
    )
    for found, right in zip(preprocessing.scaled_sizes(xs), by_quotients, strict=True):
        assert abs(found - right) <= Q(1, 10**20) * (1 + right)


@FEW
@given(columns)
def test_a_filling_is_the_mean(xs: list[Q]) -> None:
    assert preprocessing.filling(xs) == sum(xs) / Q(len(xs))


@FEW
@given(st.lists(st.text(max_size=2), min_size=1, max_size=8))
def test_numbers_are_those_of_the_room(categories: list[str]) -> None:
    assert preprocessing.numbered(categories) == preprocess.codes(categories)


@pytest.mark.parametrize(
    ("zero", "one", "words"), [(2, 0, "entry 0 becomes 1, but is not greater"), (0, 1, "entry 2 is less than entry 0")]
)
def test_ends_that_are_none_are_refuted(zero: int, one: int, words: str) -> None:
    with pytest.raises(Refuted, match=words):
        preprocessing.scaled([Q(1), Q(4), Q(5)], zero, one, "column 0")


CHANGES: list[tuple[str, list[Any], Any]] = [
    ("preprocess.min_max/thirds", ["expected", "points", 1, 0], "0.33333333333333333333333333333333333333333333333333"),
    ("preprocess.min_max/thirds", ["expected", "points", 0, 0], "1/3"),
    ("preprocess.min_max/thirds", ["expected", "points"], [["0"], ["1/3"], ["2/3"]]),
    ("preprocess.min_max/constant-column", ["expected", "points", 1, 0], "1"),
    ("preprocess.min_max/thirds", ["attainable", "points"], "15.00"),
    ("preprocess.impute_mean/plain", ["expected", "points", 0, 1], "0"),
    ("preprocess.impute_mean/plain", ["expected", "points", 0, 0], "2"),
    ("preprocess.impute_mean/plain", ["input", "points", 0, 1], "30"),
    ("preprocess.codes/first-appearance", ["expected", "labels", 0], 1),
    ("preprocess.codes/numbers", ["input", "categories", 1], "1"),
    ("preprocess.codes/first-appearance", ["certificate"], {"method": "exact"}),
    ("preprocess.one_hot/repeated", ["expected", "matrix", 0, 0], "0"),
    ("preprocess.one_hot/repeated", ["expected", "matrix", 0], ["1", "0", "0", "0"]),
    ("preprocess.one_hot/repeated", ["attainable", "matrix"], "15.94"),
]


@pytest.mark.parametrize(("identity", "way", "value"), CHANGES)
def test_a_changed_case_is_refuted(identity: str, way: list[Any], value: Any) -> None:
    recheck.prove(store.find(store.fixtures(), identity))
    with pytest.raises(Refuted):
        recheck.prove(changed(identity, way, value))


@pytest.mark.parametrize(
    ("task", "given", "kind", "words"),
    [
        ("impute_mean", {"points": []}, EmptyData, "points is empty"),
        ("impute_mean", {"points": [[]]}, BadInput, "points[0] has 0 entries"),
        ("impute_mean", {"points": [["1", None], ["x", "2"]]}, BadInput, "points[1][0]"),
        ("impute_mean", {"points": [[None]]}, Undefined, "every entry of column 0 is missing"),
        ("impute_mean", {"points": [["1"], None]}, BadInput, "points"),
        ("min_max", {"points": [["1"], [None]]}, BadInput, "points"),
        ("codes", {"categories": []}, EmptyData, "categories is empty"),
        ("codes", {"categories": [1]}, BadInput, "categories"),
        ("one_hot", {"categories": ["a", None]}, BadInput, "categories"),
    ],
)
def test_refusals_name_the_place(task: str, given: Any, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind) as refusal:
        solve(f"preprocess.{task}", given, {})
    assert words in str(refusal.value)


def test_texts_and_holes_say_what_is_wrong() -> None:
    assert values.rows_with_holes([["1", None]], "points") == [[Q(1), None]]
    for tree, words in (("a", "give a list of rows"), (["a"], "points[0] is 'a'; give a list of numbers")):
        with pytest.raises(BadInput) as error:
            values.rows_with_holes(tree, "points")
        assert words in str(error.value)
    for tree, words in (("a", "give a list of texts"), (["a", 1], "categories[1] is 1; give a text")):
        with pytest.raises(BadInput) as error:
            values.texts(tree, "categories")
        assert words in str(error.value)
