"""The picture of a report's page: digits of agreement, case by case.

A band for each task, a lane for each case, failures above passes and the fewest digits first.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from refimpl.oracle.report.shown import cut
from refimpl.oracle.report.tally import Report
from refimpl.oracle.tasks import TASKS

MOST_MARKS = 400
"""Marks in the picture for one task; more cases are sampled."""

LANES, WIDEST_LANE, HEADER = 200.0, 9.0, 27.0
"""Height of the lanes of one task, of one lane at most, and of the line above them, in pixels."""


@dataclass(frozen=True)
class Mark:
    """One case in the picture."""

    case_id: str
    verdict: str
    result: str
    """The one that falls most short; empty where there are no digits."""
    digits: float
    attainable: float
    detail: str

    @property
    def order(self) -> tuple[bool, bool, float, str]:
        """Failures without digits, failures, passes; the fewest digits first."""
        return self.verdict == "pass", bool(self.result), self.digits, self.case_id

    @property
    def title(self) -> str:
        """What a pointer over the mark is told."""
        found = f"{self.result} has {self.digits:.1f} digits of {self.attainable:.1f}" if self.result else "no digits"
        return f"{self.case_id}: {self.verdict}, {found}" + (f"; {self.detail}" if self.detail else "")


@dataclass(frozen=True)
class Band:
    """One task in the picture."""

    task: str
    summary: str
    """How many cases."""
    words: str
    """What the marks show."""
    top: float
    height: float
    small: bool
    """Whether the lanes are so narrow that passes get small marks."""
    marks: list[tuple[Mark, str]]
    """With their heights, the lowest first: failures are drawn over passes."""
    sampled: str
    """Which cases are drawn, where not all are."""


@dataclass(frozen=True)
class Picture:
    """Digits by task."""

    bands: list[Band]
    height: float
    left: float
    """Percent of the width at which 0 digits lie; failures without digits have their marks to the left of it."""
    label: str
    """The picture in words."""

    def x(self, digits: float) -> str:
        """Return a place on the axis in percent of the width."""
        return f"{self.left + (97.5 - self.left) * digits / 16:.2f}"


def picture_of(report: Report) -> Picture | None:
    """Return the picture; None where no task has a case to draw."""
    sizes: dict[str, list[int]] = {}  # task -> failures, passes
    for mark in _marks(report):
        sizes.setdefault(_task(mark.case_id), [0, 0])[mark.verdict == "pass"] += 1
    if not sizes:
        return None
    strides = {task: _strides(*size) for task, size in sizes.items()}
    kept: dict[str, list[Mark]] = {task: [] for task in TASKS if task in sizes}
    seen = {task: [0, 0] for task in sizes}
    for mark in _marks(report):
        task, kind = _task(mark.case_id), mark.verdict == "pass"
        if seen[task][kind] % strides[task][kind] == 0:
            kept[task].append(mark)
        seen[task][kind] += 1
    bands: list[Band] = []
    top = 24.0
    for task, marks in kept.items():
        bands.append(_band(report, task, marks, top, *sizes[task]))
        top += bands[-1].height + 8
    label = "Digits of agreement, case by case. " + " ".join(f"{band.words}." for band in bands)
    anywhere = any(not mark.result for marks in kept.values() for mark in marks)
    return Picture(bands, top + 40, 15.0 if anywhere else 2.5, label)


def _marks(report: Report) -> Iterator[Mark]:
    """Yield a mark for every case with digits, and for every failure without them in a task that has numbers."""
    for score in (entry.score for entry in report.entries):
        task = TASKS.get(_task(score.case_id))
        if task is None or not any(output.kind == "numbers" for output in task.outputs):
            continue
        if score.digits:
            name = min(score.digits, key=lambda name: score.digits[name] - score.attainable[name])
            detail = cut(score.detail, 200)
            yield Mark(score.case_id, score.verdict, name, score.digits[name], score.attainable[name], detail)
        elif score.verdict not in ("pass", "unsupported"):
            yield Mark(score.case_id, score.verdict, "", 0.0, 0.0, cut(score.detail, 200))


def _task(case_id: str) -> str:
    return case_id.partition("/")[0]


def _strides(failures: int, passes: int) -> tuple[int, int]:
    """Return that every how many-th failure and pass is drawn: all failures up to three quarters of the marks."""
    if failures + passes <= MOST_MARKS:
        return 1, 1
    every_failure = max(-(-failures // (MOST_MARKS * 3 // 4)), 1)
    room = MOST_MARKS - -(-failures // every_failure)
    return every_failure, max(-(-passes // room), 1)


def _band(report: Report, task: str, marks: list[Mark], top: float, failures: int, passes: int) -> Band:
    lane = min(max(LANES / len(marks), 1.0), WIDEST_LANE)
    first = top + HEADER + lane / 2
    placed = [(mark, f"{first + lane * i:g}") for i, mark in enumerate(sorted(marks, key=lambda mark: mark.order))]
    total = failures + passes
    cases = "1 case" if total == 1 else f"{total} cases"
    summary, sampled = cases, ""
    if len(marks) < total:
        every_failure, every_pass = _strides(failures, passes)
        summary = f"{len(marks)} of {cases}"
        sampled = f"{task}: {summary} are drawn, {_every(every_failure, failures, 'failure')}"
        sampled += f" and {_every(every_pass, passes, 'pass')}"
    (worst,) = (row.worst for row in report.rows if row.task == task)
    words = f"{task}: {cases}, {failures} failed, "
    words += f"worst {worst[0]:.1f} digits of {worst[1]:.1f}" if worst else "no digits"
    return Band(task, summary, words, top, HEADER + lane * len(marks) + 8, lane < 6, placed[::-1], sampled)


def _every(stride: int, number: int, what: str) -> str:
    """Return such as "every 29th pass" or "all 12 failures"."""
    if stride > 1:
        suffix = "th" if stride % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(stride % 10, "th")
        return f"every {stride}{suffix} {what}"
    return f"all {number} {what}{'es' if what.endswith('s') else 's'}" if number else f"no {what}"
