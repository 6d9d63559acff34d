"""A peer held against golden cases, one at a time, so that memory does not grow with their number."""

from collections.abc import Iterable, Iterator

from refimpl.oracle.case import Case
from refimpl.oracle.peers.peer import Answer, Broken, Peer, Refused, Result, Unsupported
from refimpl.oracle.score import Score, score
from refimpl.oracle.visible import one_line


def verify(peer: Peer, cases: Iterable[Case]) -> Iterator[tuple[Score, Answer]]:
    """Yield the score of every case and the answer that it judges; a task not offered is unsupported."""
    hello = peer.hello
    for case in cases:
        answer = _asked(peer, case) if case.task in hello.tasks else Unsupported("the task is not offered")
        yield score(case, hello, answer), answer


def _asked(peer: Peer, case: Case) -> Answer:
    """Return the answer of a peer that should never raise, and may do so all the same."""
    try:
        answer: object = peer.run(case.task, case.input, case.params)
    except (Exception, SystemExit) as error:
        return Refused("internal", f"{type(error).__name__}: {one_line(error)}")
    if isinstance(answer, Result | Refused | Unsupported | Broken):
        return answer
    return Broken("garbage", f"returned {type(answer).__name__}, which is no Result, Refused or Unsupported")
