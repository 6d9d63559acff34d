"""The wire protocol, version 1: one JSON object a line, numbers as text or as JSON numbers.

    > {"cmd": "hello", "protocol": 1}
    < {"protocol": 1, "name": "mykm", "version": "0.3", "language": "Rust", "precision": "binary64",
       "tasks": ["kmeans.step"], "conventions": {"ties": "lowest-index"}}
    > {"cmd": "run", "seq": 1, "task": "kmeans.step", "input": {...}, "params": {...}}
    < {"seq": 1, "result": {...}}     or {"seq": 1, "unsupported": "why"}
                                      or {"seq": 1, "error": {"kind": "bad-input", "message": "..."}}
    > {"cmd": "bye"}

This module is the only one that knows how messages look; NaN and Infinity, which Python and JavaScript libraries
write though JSON has neither, are read as what they say.
"""

import json
from dataclasses import asdict

from refimpl.errors import BadInput
from refimpl.oracle.case import Numbers
from refimpl.oracle.peers.peer import Answer, Broken, Hello, Refused, Result, Unsupported
from refimpl.oracle.visible import visible

PROTOCOL = 1

LONGEST = 25_000
"""Characters of a text that are kept; no number has more."""

DEEPEST = 8
"""How deep lists and objects may be nested in a message; results need three."""

HELLO = b'{"cmd": "hello", "protocol": 1}\n'
BYE = b'{"cmd": "bye"}\n'


def request(seq: int, task: str, given: Numbers, params: Numbers) -> bytes:
    """Return the line that asks one case."""
    return line({"cmd": "run", "seq": seq, "task": task, "input": given, "params": params})


def line(message: object) -> bytes:
    """Return a message as a line; it has no other line break."""
    return (json.dumps(message) + "\n").encode()


def heard(text: bytes) -> dict[str, object]:
    """Return the object in a line of a peer, whose text is made safe to print. Raises BadInput."""
    return {visible(name): _clean(value, DEEPEST) for name, value in message(text).items()}


def message(text: bytes) -> dict[str, object]:
    """Return the object in a line as it is. Raises BadInput, which quotes the line."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{_quoted(text)} is no JSON ({_why(error)})") from None
    if not isinstance(found, dict):
        raise BadInput(f"{_quoted(text)} is no JSON object")
    return found


def _clean(value: object, depth: int) -> object:
    """Return a value whose text is safe to print. Raises BadInput where it is nested more deeply than any message."""
    if isinstance(value, str):
        return visible(value) if len(value) <= LONGEST else f"{visible(value[:LONGEST])}..."
    if isinstance(value, list | dict) and depth == 0:
        raise BadInput(f"the message is nested more than {DEEPEST} deep")
    if isinstance(value, list):
        return [_clean(x, depth - 1) for x in value]
    if isinstance(value, dict):
        return {visible(name): _clean(x, depth - 1) for name, x in value.items()}
    return value


def hello(text: bytes) -> Hello:
    """Return an introduction. Raises BadInput that names the field."""
    said = heard(text)
    if isinstance(said.get("error"), dict | str):
        raise BadInput(f"it says {said['error']!r}")
    check_protocol(said)
    tasks = said.get("tasks")
    if not isinstance(tasks, list) or not all(isinstance(task, str) for task in tasks):
        raise BadInput('tasks is no list of names; give such as ["kmeans.step"]')
    words = {name: _word(said, name, default) for name, default in _WORDS.items()}
    declared = said.get("conventions") or {}
    if not isinstance(declared, dict):
        raise BadInput('conventions is no object; give such as {"labels": "final"}')
    omits = said.get("omits") or {}
    if not isinstance(omits, dict) or not all(isinstance(why, dict) for why in omits.values()):
        raise BadInput('omits is no object of objects; give such as {"kmeans.fit": {"iterations": "why"}}')
    return Hello(
        **words,
        tasks=tuple(tasks),
        conventions={str(name): str(value) for name, value in declared.items()},
        omits={task: {name: str(why) for name, why in of.items()} for task, of in omits.items()},
    )


def check_protocol(said: dict[str, object]) -> None:
    """Raise BadInput unless a hello, asked or answered, is of this version."""
    if said.get("protocol") != PROTOCOL:
        raise BadInput(f"protocol is {said.get('protocol')!r}; this is protocol {PROTOCOL}")


_WORDS = {"name": None, "version": "", "language": "", "precision": "binary64"}


def _word(said: dict[str, object], name: str, default: str | None) -> str:
    word = said.get(name, default)
    if not isinstance(word, str):
        raise BadInput(f"{name} is {word!r}; give a text")
    return word


def introduction(peer: Hello) -> dict[str, object]:
    """Return the message by which a peer introduces itself."""
    return {"protocol": PROTOCOL, **asdict(peer)}


def answer(said: dict[str, object]) -> Answer:
    """Return the answer in a message. Raises BadInput."""
    result, error, why = said.get("result"), said.get("error"), said.get("unsupported")
    if sum(part is not None for part in (result, error, why)) != 1:
        raise BadInput("an answer has one of result, error and unsupported")
    if isinstance(result, dict):
        return Result(result)
    if isinstance(error, dict):
        return Refused(str(error.get("kind")), str(error.get("message", "")))
    if isinstance(why, str):
        return Unsupported(why)
    raise BadInput("result and error are objects, and unsupported is a text")


def answered(given: Answer) -> dict[str, object]:
    """Return an answer as a message has it."""
    match given:
        case Result(values):
            return {"result": dict(values)}
        case Refused(kind, text):
            return {"error": {"kind": kind, "message": text}}
        case Unsupported(why):
            return {"unsupported": why}
        case Broken(fault, text):
            return {"broken": {"fault": fault, "message": text}}


def _why(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _quoted(text: bytes) -> str:
    shown = text.strip().decode("utf-8", "replace")
    return repr(shown if len(shown) <= 60 else shown[:57] + "...")
