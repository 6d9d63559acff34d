"""A program that may do anything, asked one line at a time.

It is the leader of a process group of its own. Whatever it does, `ask` returns a line within its limits or raises
`Failed`, and `end` leaves nothing of the group behind: a request to end, a moment of grace, then the kill. Pipes are
read as they fill, so that a program may write to standard error as much as it likes, and nothing is kept but its end.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from refimpl.errors import BadInput
from refimpl.oracle.peers.peer import Fault

CHUNK = 2**16

MOST_CHUNKS = 64
"""That are read of standard error once a program has ended; a pipe holds no more."""

KEPT = 2000
"""Bytes of standard error, the last ones, that a message may quote from."""

LONGEST = 10**6
"""Seconds; more is for ever."""

TICK = 0.1
"""Seconds between two looks at whether the program has ended, while none of its pipes moves."""


@dataclass(frozen=True)
class Limits:
    """How long a program may take, and how much it may say."""

    case: float = 30.0
    """Seconds for an answer."""
    start: float = 60.0
    """Seconds until it has introduced itself: some languages start slowly."""
    grace: float = 1.0
    """Seconds between the request to end and the kill."""
    line: int = 2**24
    """Bytes of an answer."""

    def __post_init__(self) -> None:
        for name in ("case", "start", "grace"):
            if not 0 < getattr(self, name) <= LONGEST:
                raise BadInput(f"the time-limit is {getattr(self, name)}; give seconds, at most {LONGEST}")


class Failed(Exception):
    """The program broke the protocol in one of the ways that have a name."""

    def __init__(self, fault: Fault, message: str) -> None:
        """Keep the name of the fault and a sentence about it."""
        super().__init__(message)
        self.fault: Fault = fault
        self.message = message


class Process:
    """One run of a program."""

    def __init__(self, command: Sequence[str], limits: Limits) -> None:
        """Start it, without a shell. Raises BadInput where it cannot be started."""
        if os.name != "posix":
            raise BadInput("programs are judged on POSIX systems only, such as Linux and macOS; use `refimpl score`")
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise BadInput(f"{command[0]!r} cannot be started: {getattr(error, 'strerror', None) or error}") from None
        self._limits = limits
        self._pipes = selectors.DefaultSelector()
        self._stdin, self._stdout, self._stderr = map(
            _raw, (self._process.stdin, self._process.stdout, self._process.stderr)
        )
        for pipe in (self._stdin, self._stdout, self._stderr):
            os.set_blocking(pipe.fileno(), False)
        self._pipes.register(self._stdout, selectors.EVENT_READ)
        self._pipes.register(self._stderr, selectors.EVENT_READ)
        self._read, self._complaints = bytearray(), b""

    def ask(self, line: bytes, seconds: float) -> bytes:
        """Send a line and return the next line that is not blank. Raises Failed."""
        deadline = time.monotonic() + seconds
        unsent = memoryview(line)
        self._pipes.register(self._stdin, selectors.EVENT_WRITE)
        try:
            while True:
                while (found := self._line()) is not None:
                    if found.strip():
                        return found
                left = deadline - time.monotonic()
                if left <= 0:
                    raise Failed("time-out", f"gave no answer within {seconds:g} s")
                for key, _ in self._pipes.select(min(left, TICK)):
                    if key.fileobj is self._stdin:
                        unsent = self._send(unsent)
                    elif key.fileobj is self._stdout:
                        self._receive()
                    else:
                        self._listen()
                if self._process.poll() is not None and not self._speaks():
                    raise self._ended()  # a child may hold the pipe open, but the program is gone
        finally:
            with contextlib.suppress(KeyError):
                self._pipes.unregister(self._stdin)

    def _speaks(self) -> bool:
        """Return whether something is left to be read of what was said."""
        return any(key.fileobj is self._stdout for key, _ in self._pipes.select(0))

    def _line(self) -> bytes | None:
        end = self._read.find(b"\n")
        if max(end, len(self._read) if end < 0 else 0) > self._limits.line:
            raise Failed("too long", f"gave a line of more than {self._limits.line} bytes")
        if end < 0:
            return None
        found = bytes(self._read[:end])
        del self._read[: end + 1]
        return found

    def _send(self, unsent: memoryview) -> memoryview:
        try:
            unsent = unsent[os.write(self._stdin.fileno(), unsent[:CHUNK]) :]
        except BlockingIOError:
            return unsent
        except BrokenPipeError:  # what it has said may still be an answer; if not, its end will tell
            unsent = unsent[:0]
        if not unsent:
            self._pipes.unregister(self._stdin)
        return unsent

    def _receive(self) -> None:
        chunk = os.read(self._stdout.fileno(), CHUNK)
        if not chunk:
            raise self._ended()
        self._read += chunk

    def _listen(self) -> None:
        chunk = os.read(self._stderr.fileno(), CHUNK)
        self._complaints = (self._complaints + chunk)[-KEPT:]
        if not chunk:
            self._pipes.unregister(self._stderr)

    def _ended(self) -> Failed:
        """Return how it ended, with the last line of its complaints."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(self._limits.grace)
        with contextlib.suppress(BlockingIOError, KeyError):
            for _ in range(MOST_CHUNKS):  # a child may go on for ever
                if self._stderr in self._pipes.get_map():
                    self._listen()
        lines = self._complaints.decode("utf-8", "replace").split("\n")
        said = next((f" ({line.strip()[:200]})" for line in reversed(lines) if line.strip()), "")
        status = self._process.returncode
        if status is None:
            return Failed("closed", f"closed its output without an answer{said}")
        if status < 0:
            return Failed("crash", f"was ended by {_signal(-status)}{said}")
        if status:
            return Failed("crash", f"ended with exit status {status}{said}")
        if self._read.strip():
            return Failed("closed", f"ended within a line, which has no line break at its end{said}")
        return Failed("closed", f"ended without an answer{said}")

    def end(self, farewell: bytes = b"") -> None:
        """End the whole group; a program that is asked kindly, with a farewell, may end by itself."""
        try:
            if farewell:
                with contextlib.suppress(OSError):
                    os.write(self._stdin.fileno(), farewell)
                self._stdin.close()
                self._wait()
            self._send_signal(signal.SIGTERM)
            self._wait()
        finally:  # also where somebody presses Ctrl-C once more
            self._send_signal(signal.SIGKILL)
            self._wait()
            self._close()

    def _send_signal(self, number: signal.Signals) -> None:
        # The number of a group is not given to another while a member lives, so only ours is hit.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _close(self) -> None:
        self._pipes.close()
        for pipe in (self._stdin, self._stdout, self._stderr):
            with contextlib.suppress(OSError):
                pipe.close()

    def _wait(self) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(self._limits.grace)


def _raw(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
