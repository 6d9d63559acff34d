"""The nearest picture, by pixels and by coefficients, is what a plain search finds; what is not known is refused."""

import pytest
from hypothesis import given, strategies as st

from refimpl.applications import eigenfaces, recognition
from refimpl.applications.faces import album
from refimpl.errors import BadInput, EmptyData, Undecided
from refimpl.numbers import Ball, ball

Rows = list[list[int]]

B = ball(20)


def plain(learnt: Rows, tests: Rows) -> list[int]:
    """The first of the nearest."""
    distances = [[sum((a - b) ** 2 for a, b in zip(t, x, strict=True)) for x in learnt] for t in tests]
    return [row.index(min(row)) for row in distances]


def rows(width: int, least: int = 1) -> st.SearchStrategy[Rows]:
    return st.lists(st.lists(st.integers(-9, 9), min_size=width, max_size=width), min_size=least, max_size=6)


@given(rows(3), rows(3))
def test_by_pixels_is_a_plain_search(learnt: Rows, tests: Rows) -> None:
    assert recognition.by_pixels(learnt, tests) == plain(learnt, tests)


@given(rows(3), rows(3))
def test_by_coefficients_is_a_plain_search_or_a_tie(learnt: Rows, tests: Rows) -> None:
    exact = [[[B(x) for x in row] for row in group] for group in (learnt, tests)]
    tie = any(
        sorted(sum((a - b) ** 2 for a, b in zip(t[:l], x[:l], strict=True)) for x in learnt)[:2].count(least) == 2
        for l in (1, 2, 3)
        for t in tests
        for least in [min(sum((a - b) ** 2 for a, b in zip(t[:l], x[:l], strict=True)) for x in learnt)]
    )
    if tie:
        with pytest.raises(Undecided):
            recognition.by_coefficients(*exact)
    else:
        found = recognition.by_coefficients(*exact)
        assert found == [plain([x[:l] for x in learnt], [t[:l] for t in tests]) for l in (1, 2, 3)]


def test_coefficients_that_are_known_too_little_decide_nothing() -> None:
    def known_to(places: int) -> list[list[Ball]]:
        return [[Ball(x << 40, 1 << 40 - places, -40, 80)] for x in (0, 4)]

    asked = [[B(1)]]
    assert recognition.by_coefficients(known_to(3), asked) == [[0]]
    with pytest.raises(Undecided, match=r"^test 0 is equally near to two pictures by 1 coefficients"):
        recognition.by_coefficients(known_to(1), asked)


def test_faces_are_mostly_recognised_and_by_few_coefficients_too() -> None:
    faces = album(12, 6)
    learnt, tests = ([face for i, face in enumerate(faces) if i % 2 == which] for which in (0, 1))
    who = [i // 3 for i in range(36)]
    assert recognition.right(recognition.by_pixels(learnt, tests), who, who) >= 27
    fitted = eigenfaces.fit(learnt, components=20, ddof=1, digits=12)
    found = recognition.by_coefficients(fitted.coefficients, eigenfaces.project(tests, fitted))
    counts = [recognition.right(row, who, who) for row in found]
    assert counts[0] < 20
    assert counts[-1] >= 27


def test_rows_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(BadInput, match=r"^tests have 2 coefficients but learnt has 1; give those of the same eigenf"):
        recognition.by_coefficients([[B(1)]], [[B(1), B(2)]])
    with pytest.raises(BadInput, match=r"^tests have 3 pixels but learnt has 2; give both as many$"):
        recognition.by_pixels([[1, 2]], [[1, 2, 3]])
    with pytest.raises(BadInput, match=r"^tests\[0\]\[1\] is 0.5 of type float; give an integer$"):
        recognition.by_pixels([[1, 2]], [[1, 0.5]])  # type: ignore[list-item]
    with pytest.raises(EmptyData, match=r"^learnt is empty; give at least one row$"):
        recognition.by_coefficients([], [[B(1)]])
    with pytest.raises(BadInput, match=r"^found has 1 entries for 2 tests; give one for each$"):
        recognition.right([0], [5], [5, 5])
