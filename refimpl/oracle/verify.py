"""A peer held against golden cases, one at a time, so that memory does not grow with their number."""

from collections.abc import Iterable, Iterator

from refimpl.oracle.case import Case
from refimpl.oracle.peers.peer import Answer, Peer, Unsupported
from refimpl.oracle.score import Score, score


def verify(peer: Peer, cases: Iterable[Case]) -> Iterator[tuple[Score, Answer]]:
    """Yield the score of every case and the answer that it judges; a task not offered is unsupported."""
    hello = peer.hello
    for case in cases:
        answer: Answer
        if case.task in hello.tasks:
            answer = peer.run(case.task, case.input, case.params)
        else:
            answer = Unsupported("the task is not offered")
        yield score(case, hello, answer), answer
