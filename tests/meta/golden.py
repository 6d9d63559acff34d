"""The golden cases, read once, and what the textbook answers to them."""

import functools
from collections.abc import Collection, Mapping
from typing import NamedTuple

from textbook import Textbook

from refimpl.oracle import store
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.peers.peer import Answer, Hello, Peer
from refimpl.oracle.score import Score
from refimpl.oracle.verify import verify


@functools.cache
def cases() -> Mapping[str, Case]:
    """All of them, by id."""
    return {case.id: case for case in store.cases(store.fixtures())}


def scores(peer: Peer, ids: Collection[str] | None = None) -> dict[str, Score]:
    """The score of every case, or of those with the given ids."""
    chosen = [case for case in cases().values() if ids is None or case.id in ids]
    return {score.case_id: score for score, _ in verify(peer, chosen)}


class Traced(Textbook):
    """The textbook, which remembers the names of all that it uses of itself."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getattribute__(self, name: str) -> object:
        if name != "names":
            self.names.add(name)
        return super().__getattribute__(name)


class Told(NamedTuple):
    """A peer that has made up its mind."""

    hello: Hello
    answer: Answer

    def run(self, task: str, given: Numbers, params: Numbers) -> Answer:
        return self.answer


class Right(NamedTuple):
    """The textbook on one case."""

    answer: Answer
    names: frozenset[str]
    """Methods and attributes that took part."""
    score: Score


@functools.cache
def textbook() -> Mapping[str, Right]:
    """What is right, by case."""
    found = {}
    for case in cases().values():
        peer = Traced()
        answer = peer.run(case.task, case.input, case.params)
        names = frozenset(peer.names)
        ((score, _),) = verify(Told(peer.hello, answer), [case])
        found[case.id] = Right(answer, names, score)
    return found


@functools.cache
def compared(kind: type[Textbook], identity: str) -> Score:
    """The score of a class that differs from the textbook in the methods that it overrides.

    A case in which none of these takes part has the textbook's answer, and an equal answer of one that declares the
    same has an equal score.
    """
    case, right = cases()[identity], textbook()[identity]
    answer = (
        right.answer if overridden(kind).isdisjoint(right.names) else kind().run(case.task, case.input, case.params)
    )
    alike = (kind.conventions, kind.precision, kind.omits) == (Textbook.conventions, Textbook.precision, Textbook.omits)
    if alike and answer == right.answer:
        return right.score
    ((score, _),) = verify(Told(kind().hello, answer), [case])
    return score


@functools.cache
def overridden(kind: type[Textbook]) -> frozenset[str]:
    """The names of all that a class has instead of what the textbook has."""
    return frozenset(name for base in kind.__mro__[: kind.__mro__.index(Textbook)] for name in vars(base))
