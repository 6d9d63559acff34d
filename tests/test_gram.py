"""The Gram matrix by packing is the plain sum of products, whatever the integers are."""

from fractions import Fraction as Q

import pytest
from hypothesis import given, settings, strategies as st

from refimpl import gram
from refimpl.errors import BadInput, EmptyData

Rows = list[list[int]]


def plain(x: list[list[Q]] | Rows) -> list[list[Q]]:
    """Sums of products."""
    return [[sum((a * b for a, b in zip(p, q, strict=True)), Q(0)) for q in x] for p in x]


@st.composite
def integers(draw: st.DrawFn) -> Rows:
    """Few rows or columns, small or huge entries, of one sign or of both; often entries at the ends of their range."""
    n, d = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    top = draw(st.sampled_from([0, 1, 3, 15, 255, 256, 2**15, 2**64 - 1, 10**40]))
    low = draw(st.sampled_from([0, -1, -top, top - 1 if top else 0, top]))
    entry = st.one_of(st.integers(low, top), st.sampled_from([low, top])) if low < top else st.just(top)
    return [[draw(entry) for _ in range(d)] for _ in range(n)]


@settings(max_examples=300)
@given(integers())
def test_packing_is_the_sum_of_products(rows: Rows) -> None:
    assert gram.gram(rows) == plain(rows)


@given(integers())
def test_centred_products_are_those_of_the_differences_from_the_mean(rows: Rows) -> None:
    n = len(rows)
    mean = [Q(sum(column), n) for column in zip(*rows, strict=True)]
    differences = plain([[x - m for x, m in zip(row, mean, strict=True)] for row in rows])
    assert gram.centred(rows) == [[n * n * x for x in row] for row in differences]


@pytest.mark.parametrize("d", [1, 255, 256, 257, 1024])
@pytest.mark.parametrize("h", [1, 15, 16, 255, 256])
def test_slots_that_are_full_do_not_run_over(d: int, h: int) -> None:
    rows = [[h] * d, [h] * d, [0] * d, [h] * d]
    assert gram.gram(rows) == [[0 if 2 in (i, j) else d * h * h for j in range(4)] for i in range(4)]


def test_a_translation_changes_no_centred_product() -> None:
    rows = [[3, -1, 4], [1, -5, 9], [2, 6, -5]]
    assert gram.centred([[x + 10**30 for x in row] for row in rows]) == gram.centred(rows)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([[1, 2], [3, 0.5]], r"rows\[1\]\[1\] is 0.5 of type float; give an integer"),
        ([[True, 2]], r"rows\[0\]\[0\] is True of type bool; give an integer"),
        ([[1, 2], [3]], r"rows\[1\] has 1 entries but rows\[0\] has 2; give rows of one length"),
    ],
)
def test_what_is_no_matrix_of_integers_is_refused(rows: Rows, sentence: str) -> None:
    with pytest.raises(BadInput, match=f"^{sentence}$"):
        gram.gram(rows)


def test_no_rows_are_refused() -> None:
    with pytest.raises(EmptyData):
        gram.centred([])
