"""A peer offered to others: requests in, answers out, until "bye" or the end of input."""

import os
from collections.abc import Iterable
from typing import BinaryIO

from refimpl.errors import BadInput
from refimpl.oracle import tasks
from refimpl.oracle.case import Numbers
from refimpl.oracle.peers import wire
from refimpl.oracle.peers.peer import Answer, Peer, Refused, ask
from refimpl.oracle.visible import one_line


def serve(peer: Peer, requests: Iterable[bytes], answers: BinaryIO) -> None:
    """Answer every request; one that breaks the protocol is told so, and the next one is read."""
    for text in requests:
        if not text.strip():
            continue
        try:
            asked = wire.message(text)
            command = asked.get("cmd")
            if command == "bye":
                return
            reply = _reply(peer, command, asked)
        except BadInput as error:
            reply = wire.answered(Refused("bad-input", str(error)))
        answers.write(_line(reply))
        answers.flush()


def _line(reply: dict[str, object]) -> bytes:
    try:
        return wire.line(reply)
    except (TypeError, ValueError, RecursionError) as error:
        why = Refused("internal", f"the answer cannot be written as JSON: {one_line(error)}")
        return wire.line({"seq": reply.get("seq"), **wire.answered(why)})


def _reply(peer: Peer, command: object, asked: dict[str, object]) -> dict[str, object]:
    if command == "hello":
        wire.check_protocol(asked)
        return wire.introduction(peer.hello)
    if command != "run":
        raise BadInput(f"cmd is {command!r}; give hello, run or bye")
    return {"seq": asked.get("seq"), **wire.answered(_run(peer, asked))}


def _run(peer: Peer, asked: dict[str, object]) -> Answer:
    try:
        task = tasks.task_named(str(asked.get("task")))
        given, params = _object(asked, "input"), _object(asked, "params")
        tasks.check(task, given, params)
    except BadInput as error:
        return Refused("bad-input", str(error))
    return ask(peer, task.name, given, params)


def _object(asked: dict[str, object], name: str) -> Numbers:
    found = asked.get(name, {})
    if not isinstance(found, dict):
        raise BadInput(f"{name} is no object; give the fields of the task")
    return found


def own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Return standard input and output for the protocol alone. Raises BadInput where one of them is closed.

    Whatever else reads finds nothing to read from now on, and whatever else prints, prints to standard error.
    """
    try:
        requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
    except OSError as error:
        raise BadInput(f"standard input, output or error is closed ({error.strerror}); open all three") from None
    return requests, answers
