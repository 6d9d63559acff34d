"""Readers of an iteration: what they yield, and that they ask for no state more than they yield."""

from collections.abc import Iterator
from itertools import count, cycle, islice, pairwise

import pytest
from hypothesis import given, strategies as st

from refimpl import trace


class Counted:
    """The numbers 0, 1, 2, ... for ever, and how many of them were asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def __iter__(self) -> Iterator[int]:
        for n in count():
            self.asked += 1
            yield n


def test_take_asks_for_that_many_states() -> None:
    states = Counted()
    assert trace.take(3, states) == [0, 1, 2]
    assert states.asked == 3
    assert trace.take(0, Counted()) == []


def test_take_of_a_trace_that_ends_is_all_of_it() -> None:
    assert trace.take(5, iter([1, 2])) == [1, 2]


@pytest.mark.parametrize("index", [0, 1, 10])
def test_nth_counts_from_the_start(index: int) -> None:
    states = Counted()
    assert trace.nth(index, states) == index
    assert states.asked == index + 1


@given(st.lists(st.integers(), min_size=1))
def test_last_is_the_last(states: list[int]) -> None:
    assert trace.last(iter(states)) == states[-1]
    assert trace.last(states) == states[-1]


def test_until_includes_the_first_good_state_and_nothing_after_it() -> None:
    states = Counted()
    assert list(trace.until(lambda n: n >= 4, states)) == [0, 1, 2, 3, 4]
    assert states.asked == 5


def test_until_may_stop_at_the_start() -> None:
    assert list(trace.until(lambda n: True, Counted())) == [0]


def test_until_of_a_trace_that_ends_is_all_of_it() -> None:
    assert list(trace.until(lambda n: False, [1, 2, 3])) == [1, 2, 3]


def test_settled_includes_the_repetition() -> None:
    states = iter([5, 3, 3, 2, 2])
    assert list(trace.settled(lambda n: n, states)) == [5, 3, 3]
    assert list(states) == [2, 2]


def test_settled_compares_keys_of_neighbours_only() -> None:
    assert list(trace.settled(lambda n: n // 10, Counted())) == [0, 1]
    assert trace.take(7, trace.settled(lambda n: n, cycle([0, 1]))) == [0, 1, 0, 1, 0, 1, 0]


def test_settled_never_stops_at_the_first_state() -> None:
    for key in (None, 0, [], object):
        assert len(list(trace.settled(lambda _, key=key: key, islice(count(), 9)))) == 2


@given(st.lists(st.integers(0, 2), min_size=1, max_size=12))
def test_settled_ends_with_the_first_pair_of_equals(states: list[int]) -> None:
    read = list(trace.settled(lambda n: n, states))
    assert read == states[: len(read)]
    assert all(a != b for a, b in pairwise(read[:-1]))
    if len(read) < len(states):
        assert read[-1] == read[-2]


def test_readers_combine() -> None:
    squares = (n * n for n in count())
    assert trace.last(trace.until(lambda n: n > 50, squares)) == 64
    assert trace.nth(2, trace.settled(lambda n: min(n, 2), Counted())) == 2
