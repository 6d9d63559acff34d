"""What the oracle knows of an implementation, and what the implementation may answer (wire protocol, version 1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from refimpl.oracle.case import Numbers

Value: TypeAlias = "int | float | str | list[Value] | None"
"""A number as a peer may give it, or a nested list of numbers."""


@dataclass(frozen=True)
class Hello:
    """How a peer introduces itself."""

    name: str
    version: str
    language: str
    precision: str
    """binary64 or binary32."""
    tasks: tuple[str, ...]
    conventions: Mapping[str, str] = field(default_factory=dict)
    """ties: lowest-index or other; empty: keep or what else; labels: used (of the last step) or final."""
    omits: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """task -> result -> why the peer has no such result."""


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


Answer: TypeAlias = Result | Refused | Unsupported


class Peer(Protocol):
    """An implementation that can be asked."""

    @property
    def hello(self) -> Hello:
        """Who it is."""

    def run(self, task: str, given: Numbers, params: Numbers) -> Answer:
        """Answer one case; never raise."""
