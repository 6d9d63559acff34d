"""A peer offered to others: requests in, answers out, until "bye" or the end of input."""

import os
import sys
from collections.abc import Iterable
from typing import BinaryIO

from refimpl.errors import BadInput
from refimpl.oracle import tasks
from refimpl.oracle.case import Numbers
from refimpl.oracle.peers import wire
from refimpl.oracle.peers.peer import Answer, Peer, Refused


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
        answers.write(wire.line(reply))
        answers.flush()


def _reply(peer: Peer, command: object, asked: dict[str, object]) -> dict[str, object]:
    if command == "hello":
        if asked.get("protocol") != wire.PROTOCOL:
            raise BadInput(f"protocol is {asked.get('protocol')!r}; this is protocol {wire.PROTOCOL}")
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
    return peer.run(task.name, given, params)


def _object(asked: dict[str, object], name: str) -> Numbers:
    found = asked.get(name, {})
    if not isinstance(found, dict):
        raise BadInput(f"{name} is no object; give the fields of the task")
    return found


def own_output() -> BinaryIO:
    """Return standard output for answers alone: whatever else prints, prints to standard error from now on."""
    sys.stdout.flush()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers
