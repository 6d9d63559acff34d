"""A peer that is a program: asked over its pipes, ended when it breaks the protocol, and started again."""

import shlex
from collections.abc import Sequence

from refimpl.errors import BadInput
from refimpl.oracle.case import Numbers
from refimpl.oracle.peers import wire
from refimpl.oracle.peers.peer import Answer, Broken, Hello
from refimpl.oracle.peers.process import Failed, Limits, Process

MOST_STARTS = 3
"""Starts in a row that may fail before the program is given up."""


class Program:
    """An implementation behind the wire protocol. Use it in a `with` block, which ends the program."""

    def __init__(self, command: str | Sequence[str], limits: Limits | None = None, label: str = "") -> None:
        """Keep the command, split as a shell splits words, but never given to a shell. Raises BadInput.

        label: what messages call it; by default its first word.
        """
        try:
            self._command = shlex.split(command) if isinstance(command, str) else list(command)
        except ValueError as error:
            raise BadInput(f"the command {command!r} cannot be split into words: {error}") from None
        if not self._command:
            raise BadInput("the command is empty; give a program and its arguments")
        self._label = label or self._command[0]
        self._limits = limits or Limits()
        self._process: Process | None = None
        self._hello: Hello | None = None
        self._seq = 0
        self._failed_starts = 0

    def __enter__(self) -> "Program":
        """Start nothing yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the program."""
        self.close()

    @property
    def hello(self) -> Hello:
        """Who it is. Raises BadInput where it does not say so."""
        if self._hello is None:
            try:
                self._start()
            except Failed as error:
                raise BadInput(f"{self._label} did not introduce itself: it {error.message}") from None
        assert self._hello is not None
        return self._hello

    def run(self, task: str, given: Numbers, params: Numbers) -> Answer:
        """Answer one case; whatever goes wrong costs this case alone."""
        self._seq += 1
        try:
            process = self._process or self._start()
            text = process.ask(wire.request(self._seq, task, given, params), self._limits.case)
            return self._answer(text)
        except Failed as error:
            self._end()
            return Broken(error.fault, error.message)
        except BadInput as error:  # it could be started before
            self._end()
            return Broken("crash", str(error))
        except BaseException:
            self._end()
            raise

    def close(self) -> None:
        """Say goodbye, and end what has not ended by then."""
        self._end(wire.BYE)

    def _start(self) -> Process:
        if self._failed_starts >= MOST_STARTS:
            raise Failed("crash", f"is given up: {MOST_STARTS} starts in a row have failed")
        self._failed_starts += 1
        self._process = Process(self._command, self._limits)
        try:
            text = self._process.ask(wire.HELLO, self._limits.start)
            hello = wire.hello(text)
        except BadInput as error:
            self._end()
            raise Failed("garbage", f"introduced itself wrongly: {error}") from None
        except BaseException:
            self._end()
            raise
        self._hello = self._hello or hello
        self._failed_starts = 0
        return self._process

    def _answer(self, text: bytes) -> Answer:
        try:
            said = wire.heard(text)
            if type(said.get("seq")) is not int or said["seq"] != self._seq:
                raise Failed("out of order", f"answered seq {said.get('seq')!r} where {self._seq} was asked")
            return wire.answer(said)
        except BadInput as error:
            raise Failed("garbage", f"gave an answer that is none: {error}") from None

    def _end(self, farewell: bytes = b"") -> None:
        process, self._process = self._process, None
        if process is not None:
            process.end(farewell)
