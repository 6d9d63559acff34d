"""What the oracle knows of an implementation, and what the implementation may answer (wire protocol, version 1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias, runtime_checkable

from refimpl.errors import BadInput
from refimpl.oracle import conventions
from refimpl.oracle.case import Numbers
from refimpl.oracle.visible import one_line

Value: TypeAlias = "int | float | str | list[Value] | None"
"""A number as a peer may give it, or a nested list of numbers."""

PRECISIONS = ("binary64", "binary32", "exact")
"""What a peer may compute in; `exact` is judged as binary64."""


@dataclass(frozen=True)
class Hello:
    """How a peer introduces itself. Raises BadInput for a precision or a convention that nobody knows."""

    name: str
    version: str
    language: str
    precision: str
    """One of PRECISIONS."""
    tasks: tuple[str, ...]
    conventions: Mapping[str, str] = field(default_factory=dict)
    """By name, as `oracle.conventions` lists them."""
    omits: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """task -> result -> why the peer has no such result."""

    def __post_init__(self) -> None:
        """Check what has a closed list; tasks that are unknown are asked by nobody."""
        if self.precision not in PRECISIONS:
            raise BadInput(f"the precision is {self.precision!r}; give one of {', '.join(PRECISIONS)}")
        conventions.check(self.conventions)


@dataclass(frozen=True)
class Result:
    """Results by name."""

    values: Mapping[str, Value]


@dataclass(frozen=True)
class Refused:
    """The peer raised an error."""

    kind: str
    message: str


@dataclass(frozen=True)
class Unsupported:
    """The peer does not offer what was asked."""

    why: str


Fault: TypeAlias = Literal["crash", "time-out", "garbage", "too long", "out of order", "closed", "missing"]


@dataclass(frozen=True)
class Broken:
    """The peer did not answer as the protocol has it, and was ended; it is started anew for the next case."""

    fault: Fault
    message: str


Answer: TypeAlias = Result | Refused | Unsupported | Broken


@runtime_checkable
class Peer(Protocol):
    """An implementation that can be asked."""

    @property
    def hello(self) -> Hello:
        """Who it is."""

    def run(self, task: str, given: Numbers, params: Numbers) -> Answer:
        """Answer one case; never raise."""


def ask(peer: Peer, task: str, given: Numbers, params: Numbers) -> Answer:
    """Return the answer of a peer that should never raise, and may do so all the same."""
    try:
        answer: object = peer.run(task, given, params)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return Refused("internal", f"{type(error).__name__}: {one_line(error)}")
    match answer:
        case Result(Mapping()) | Refused(str(), str()) | Unsupported(str()) | Broken():
            return answer
    return Broken(
        "garbage", f"returned {type(answer).__name__}, but no Result, Refused or Unsupported as they should be"
    )
