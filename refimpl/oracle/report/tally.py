"""What a verification comes to, task by task.

Total counts the golden cases of a task; applicable those that the peer offers and whose conventions can be judged;
executed those that it answered.
"""

from array import array
from collections.abc import Iterable, Iterator, Sized
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from refimpl.oracle.journal import Entry
from refimpl.oracle.peers.peer import Hello
from refimpl.oracle.score import Score
from refimpl.oracle.tasks import TASKS

VERDICTS = ("pass", "weak", "fail", "wrong branch", "convention", "error")
"""In the order of the table's columns."""


class Entries(Iterable[Entry], Sized, Protocol):
    """A journal, or anything that can be read as often as one likes."""


@dataclass(frozen=True)
class Row:
    """One task's line."""

    task: str
    executed: int
    applicable: int
    total: int
    worst: tuple[float, float] | None
    """Digits and those attainable there, of the case that falls most short."""
    median: tuple[float, float] | None
    """Of both over the cases, taken by themselves."""
    verdicts: dict[str, int]


@dataclass(frozen=True)
class Report:
    """All that a report tells."""

    hello: Hello
    entries: Entries
    command: str
    """How the peer is asked for; ` --case ID` is added to reproduce one failure."""
    asked: int
    """How many cases there were to ask; fewer entries make the report a partial one."""

    @property
    def partial(self) -> bool:
        """Whether the verification was interrupted."""
        return len(self.entries) < self.asked

    @cached_property
    def rows(self) -> list[Row]:
        """A row for each task that has scores, in the order of the tasks."""
        counts: dict[str, _Count] = {}
        for entry in self.entries:
            counts.setdefault(entry.score.task, _Count()).add(entry.score)
        return [counts[task].row(task) for task in TASKS if task in counts]

    @property
    def failures(self) -> Iterator[Entry]:
        """The entries that are neither a pass nor unsupported."""
        return (entry for entry in self.entries if entry.score.verdict not in ("pass", "unsupported"))

    @cached_property
    def failed(self) -> int:
        """How many failures there are."""
        return sum(count for row in self.rows for verdict, count in row.verdicts.items() if verdict != "pass")

    @property
    def executed(self) -> int:
        """How many cases were answered."""
        return sum(row.executed for row in self.rows)

    @property
    def applicable(self) -> int:
        """How many cases apply to the peer."""
        return sum(row.applicable for row in self.rows)

    @property
    def passed(self) -> bool:
        """Whether the peer passes everything that applies to it, and something does, and nothing was left out."""
        return not self.partial and not self.failed and self.executed > 0

    def reproduction(self, score: Score) -> str:
        """Return the command that reproduces one score."""
        return f"{self.command} --case {score.case_id}"


@dataclass
class _Count:
    total: int = 0
    unsupported: int = 0
    executed: int = 0
    verdicts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(VERDICTS, 0))
    digits: "array[float]" = field(default_factory=lambda: array("d"))
    attainable: "array[float]" = field(default_factory=lambda: array("d"))
    worst: tuple[float, float] | None = None

    def add(self, score: Score) -> None:
        self.total += 1
        self.executed += score.executed
        if score.verdict == "unsupported":
            self.unsupported += 1
        else:
            self.verdicts[score.verdict] += 1
        if score.closest is not None:
            digits, attainable = score.closest
            self.digits.append(digits)
            self.attainable.append(attainable)
            if self.worst is None or digits - attainable < self.worst[0] - self.worst[1]:
                self.worst = digits, attainable

    def row(self, task: str) -> Row:
        median = (_median(self.digits), _median(self.attainable)) if self.digits else None
        applicable = self.total - self.unsupported
        return Row(task, self.executed, applicable, self.total, self.worst, median, self.verdicts)


def _median(values: "array[float]") -> float:
    """Return the lower of the middle ones."""
    return sorted(values)[(len(values) - 1) // 2]
