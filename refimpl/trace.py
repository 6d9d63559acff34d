"""Readers of an iteration: a trace yields states for ever, and whoever reads it decides when to stop.

take(3, trace)                    the first three states
nth(10, trace)                    the state after ten steps (0 is the start)
until(good_enough, trace)         states up to and including the first that is good enough
settled(key, trace)               states up to and including the first whose key equals the one before
after_start(key, trace)           the last of these that are steps, and how many steps it took
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

S = TypeVar("S")


def take(count: int, states: Iterable[S]) -> list[S]:
    """Return the first `count` states."""
    return list(islice(states, count))


def nth(index: int, states: Iterable[S]) -> S:
    """Return the state with that index, counted from 0."""
    return next(islice(states, index, None))


def last(states: Iterable[S]) -> S:
    """Return the last state of a trace that ends."""
    iterator = iter(states)
    state = next(iterator)
    for state in iterator:  # noqa: B007  # the loop variable is the result
        pass
    return state


def until(good_enough: Callable[[S], bool], states: Iterable[S]) -> Iterator[S]:
    """Yield states up to and including the first for which good_enough(state) holds."""
    for state in states:
        yield state
        if good_enough(state):
            return


def settled(key: Callable[[S], object], states: Iterable[S]) -> Iterator[S]:
    """Yield states up to and including the first whose key equals that of the state before it."""
    before: object = object()  # equal to nothing
    for state in states:
        yield state
        if (now := key(state)) == before:
            return
        before = now


def after_start(key: Callable[[S], object], states: Iterable[S]) -> tuple[S, int]:
    """Return the first state whose key equals that of the step before it, and the steps taken; the start is no step."""
    steps = list(settled(key, islice(states, 1, None)))
    return steps[-1], len(steps)
