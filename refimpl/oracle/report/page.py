"""A report as one HTML page that needs nothing else: no script, no request, the same bytes every time.

The template asks for its parts one after another, and the entries are read anew for each of them, so that memory does
not grow with the number of cases. Whatever comes from a peer or a file is escaped, cut to a length, and freed of
control characters.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources
from itertools import islice
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

import refimpl
from refimpl.errors import BadInput
from refimpl.numbers import parse, rounded
from refimpl.oracle import conventions
from refimpl.oracle.case import Case, Refusal, read
from refimpl.oracle.journal import Entry
from refimpl.oracle.peers.peer import Answer, Broken, Refused, Result
from refimpl.oracle.report import text
from refimpl.oracle.report.tally import VERDICTS, Report
from refimpl.oracle.score import HALF_A_HUNDREDTH, SLACK, Score
from refimpl.oracle.tasks import TASKS
from refimpl.oracle.truth import truths

MOST_FAILURES = 200
"""Failures that are told in full."""

MOST_NOTES = 100
"""Lines on what was not judged."""

MOST_MARKS = 400
"""Marks in the picture for one task; more cases are sampled."""

MOST_TEXT, MOST_NAME = 1000, 200
"""Characters of one text from a peer or a file, and of a peer's name."""

OPEN_ROWS, MOST_ROWS, MOST_COLUMNS, MOST_LINE = 8, 200, 24, 320
"""Rows that are shown at once, rows and columns that are shown at all, and numbers on a single line."""

LONGEST_NUMBER, DIGITS = 21, 17
"""Characters up to which a number is shown as it stands, and the digits to which a longer one is rounded."""

LANES, WIDEST_LANE, HEADER = 200.0, 9.0, 27.0
"""Height of the lanes of one task, of one lane at most, and of the line above them, in pixels."""


def to_html(report: Report, root: Path) -> Iterator[str]:
    """Yield the page piece by piece; root is the folder of the fixtures."""
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined, finalize=_visible
    )
    template = resources.files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    offered = [row for row in report.rows if row.applicable]
    return environment.from_string(template).generate(
        report=report,
        peer={
            name: _cut(getattr(report.hello, name), MOST_NAME) for name in ("name", "version", "language", "precision")
        },
        conventions=[
            (name, value, name in report.hello.conventions)
            for name, value in conventions.complete(report.hello.conventions).items()
        ],
        verdict=text.verdict(report),
        offered=offered,
        asked_of_offered=sum(row.total for row in offered),
        verdicts=[v for v in VERDICTS if v == "pass" or any(row.verdicts[v] for row in offered)],
        picture=_picture(report),
        failures=(_failure(report, root, entry) for entry in islice(report.failures, MOST_FAILURES)),
        more_failures=max(report.failed - MOST_FAILURES, 0),
        notes=_notes(report),
        refimpl_version=refimpl.__version__,
    )


def _visible(value: object) -> object:
    """Return text with a mark in place of each control character; what the template itself made stays as it is."""
    if not isinstance(value, str) or isinstance(value, Markup) or value.isprintable():
        return value
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in value)


def _cut(value: str, most: int = MOST_TEXT) -> str:
    return value if len(value) <= most else f"{value[:most]}… ({len(value) - most} more characters)"


def _notes(report: Report) -> Iterator[str]:
    """Yield what was not judged, and at the end how many lines were left out."""
    notes = text.notes(report)
    yield from (_cut(note) for note in islice(notes, MOST_NOTES))
    left = sum(1 for _ in notes)
    if left:
        yield f"and {left} more; see --format json"


# The picture: a band for each task, a lane for each case, failures above passes and the fewest digits first.


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


def _picture(report: Report) -> Picture | None:
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
            detail = _cut(score.detail, 200)
            yield Mark(score.case_id, score.verdict, name, score.digits[name], score.attainable[name], detail)
        elif score.verdict not in ("pass", "unsupported"):
            yield Mark(score.case_id, score.verdict, "", 0.0, 0.0, _cut(score.detail, 200))


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


# Failures


@dataclass(frozen=True)
class Shown:
    """A number, a list of numbers or a matrix as text."""

    name: str
    shape: str
    lines: str
    rounded: bool
    folded: bool
    """Whether it is too long to be shown at once."""
    left: str
    """What is left out; empty where nothing is."""


@dataclass(frozen=True)
class Compared:
    """One result beside what is expected."""

    name: str
    digits: str
    short: bool
    """Whether digits are missing."""
    answered: Shown | None
    expected: Shown | None


@dataclass(frozen=True)
class Failure:
    """All that the page tells of one failure."""

    score: Score
    detail: str
    title: str
    reason: str
    given: list[Shown]
    compared: list[Compared]
    answered: str
    """An answer that is no result."""
    expected: str
    """What is expected where it is no result, or not the only one."""
    command: str


def _failure(report: Report, root: Path, entry: Entry) -> Failure:
    score = entry.score
    detail, command = _cut(score.detail), report.reproduction(score)
    try:
        case = read(root / "cases" / f"{score.case_id}.json")  # `store.find` would list the folder for each
    except BadInput as error:  # the file was moved or changed while other cases were asked
        return Failure(score, detail, "", "", [], [], "", _cut(f"The case cannot be read: {error}."), command)
    given = [_shown(name, value) for name, value in {**case.input, **case.params}.items()]
    compared, expected = _compared(report, case, entry)
    answered = _in_words(entry.answer)
    return Failure(score, detail, _cut(case.title), _cut(case.reason), given, compared, answered, expected, command)


def _in_words(answer: Answer) -> str:
    """Return an answer that is no result as words."""
    match answer:
        case Refused(kind, message):
            return _cut(f"refuses: {kind}: {message}")
        case Broken(fault, message):
            return _cut(f"{fault}: it {message}")
    return ""


def _compared(report: Report, case: Case, entry: Entry) -> tuple[list[Compared], str]:
    """Return the results beside those expected of this peer, and what else is to be said of those expected."""
    score = entry.score
    answered = entry.answer.values if isinstance(entry.answer, Result) else {}
    if case.expected is None:
        rule = f": {case.certificate.rule}" if isinstance(case.certificate, Refusal) else ""
        expected = f"must be refused as {case.refused}{_cut(rule)}"
        shown = [_shown(_cut(name, MOST_NAME), value) for name, value in islice(answered.items(), 8)]
        return [Compared(one.name, "", False, one, None) for one in shown], expected
    right = list(islice(truths(case, conventions.complete(report.hello.conventions)), 2))
    results = right[0].results if right else case.expected
    omitted = report.hello.omits.get(case.task, {})
    compared = []
    for output in TASKS[case.task].outputs:
        if output.name in results and output.name not in omitted:
            name = output.name
            digits, attainable = score.digits.get(name, 0.0), score.attainable.get(name, 0.0)
            told = f"{digits:.1f} digits of {attainable:.1f}" if name in score.digits else ""
            there = _shown(name, answered[name], rounding=True) if name in answered else None
            short = digits < attainable - SLACK - HALF_A_HUNDREDTH
            compared.append(Compared(name, told, short, there, _shown(name, results[name], rounding=True)))
    return compared, "one of several outcomes that are right" if len(right) > 1 else ""


def _shown(name: str, value: object, *, rounding: bool = False) -> Shown:
    """Return a value for the page; with rounding, fractions become decimals that can be compared by eye."""
    if not isinstance(value, list):
        number, is_rounded = _number(value, rounding)
        return Shown(name, "", number, is_rounded, False, "")
    columns = max((len(row) for row in value[:MOST_ROWS] if isinstance(row, list)), default=0)
    if columns <= 1:  # a row, or a matrix of one column: on one line that wraps
        flat = [row[0] if isinstance(row, list) and row else row for row in value[:MOST_LINE]]
        cells = [[_number(x, rounding) for x in flat]]
        lines = ", ".join(text for text, _ in cells[0])
        shape, folded = f"{len(value)} × 1" if columns else f"{len(value)}", len(flat) > 40
        left = f"{len(value) - len(flat)} more numbers" if len(value) > len(flat) else ""
    else:
        rows = [row[:MOST_COLUMNS] if isinstance(row, list) else [row] for row in value[:MOST_ROWS]]
        cells = [[_number(x, rounding) for x in row] for row in rows]
        lines = "\n".join(_aligned([[text for text, _ in row] for row in cells]))
        shape, folded = f"{len(value)} × {columns}", len(value) > OPEN_ROWS
        more = [f"{len(value) - len(rows)} more rows"] if len(value) > len(rows) else []
        more += [f"{columns - MOST_COLUMNS} more columns"] if columns > MOST_COLUMNS else []
        left = " and ".join(more)
    return Shown(name, shape, lines, any(is_rounded for row in cells for _, is_rounded in row), folded, left)


def _aligned(cells: list[list[str]]) -> Iterator[str]:
    """Yield the rows of a matrix with the decimal points of each column below each other."""
    before, after = [0] * MOST_COLUMNS, [0] * MOST_COLUMNS
    for row in cells:
        for j, cell in enumerate(row):
            length = len(cell.partition(".")[0])
            before[j], after[j] = max(before[j], length), max(after[j], len(cell) - length)
    for row in cells:
        padded = []
        for j, cell in enumerate(row):
            whole, point, decimals = cell.partition(".")
            padded.append(whole.rjust(before[j]) + (point + decimals).ljust(after[j]))
        yield "  ".join(padded).rstrip()


def _number(value: object, rounding: bool) -> tuple[str, bool]:
    """Return a number as it stands if it is short, or else rounded, and whether it is; what is no number is cut."""
    if value is None:
        return "null", False
    if isinstance(value, list | dict):
        return f"[{len(value)} entries]", False
    shown = str(value)
    if isinstance(value, str) and (len(shown) > LONGEST_NUMBER or (rounding and "/" in shown)) and len(shown) < 5000:
        try:
            return _decimal(parse(shown))
        except BadInput:
            return _cut(shown, 60), False
    return _cut(shown, 60), False


def _decimal(number: Fraction) -> tuple[str, bool]:
    """Return a decimal, and whether it is rounded."""
    decimal = rounded(number, DIGITS)
    digits, e, exponent = decimal.partition("e")
    short = digits.rstrip("0").removesuffix(".") + e + exponent if "." in digits else decimal
    return (short, False) if parse(short) == number else (decimal, True)
