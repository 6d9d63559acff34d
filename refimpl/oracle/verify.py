"""A peer held against golden cases, one at a time, so that memory does not grow with their number."""

from collections.abc import Iterable, Iterator

from refimpl.errors import RefimplError
from refimpl.oracle.case import Case
from refimpl.oracle.peers.peer import Answer, Hello, Peer, Unsupported, ask
from refimpl.oracle.score import Score, score
from refimpl.oracle.visible import one_line


def verify(peer: Peer, cases: Iterable[Case]) -> Iterator[tuple[Score, Answer]]:
    """Yield the score of every case and the answer that it judges; a task not offered is unsupported."""
    hello = peer.hello
    for case in cases:
        answer = (
            ask(peer, case.task, case.input, case.params)
            if case.task in hello.tasks
            else Unsupported("the task is not offered")
        )
        yield judged(case, hello, answer), answer


def judged(case: Case, hello: Hello, answer: Answer) -> Score:
    """Return the score; an answer that the oracle stumbles over costs its case, and not the report."""
    try:
        return score(case, hello, answer)
    except (RefimplError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        return Score(case.id, "error", f"its answer cannot be judged: {one_line(error)}")
