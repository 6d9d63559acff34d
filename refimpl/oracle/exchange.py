"""Cases out and answers back in as files, for those who cannot speak a protocol.

JSON Lines, a case a line, and an answer a line in any order; of a task that is answered at all, every case needs an
answer, so that a program that stopped half way is not taken for one that passed:

    {"id": "kmeans.step/plain", "task": "kmeans.step", "input": {...}, "params": {...}}
    {"id": "kmeans.step/plain", "result": {...}}     or "unsupported": "why", or "error": {"kind": ..., "message": ...}

CSV, a number a line, for programs that read tables and nothing else. A scalar has neither row nor column, a list has
no column, row i of matrix k is k.i; the lines of one case stand together:

    id,part,name,row,column,value        part is input, params or, for an empty list, empty; null is an empty value
    id,name,row,column,value             error and unsupported are names too; their value is the kind, or the reason

An answer's file is read twice: once for where each case begins, and then case by case, so that its length matters not.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, cast

from refimpl.errors import BadInput
from refimpl.oracle.case import Case
from refimpl.oracle.peers import wire
from refimpl.oracle.peers.peer import Answer, Broken, Refused, Result, Unsupported, Value
from refimpl.oracle.tasks import TASKS
from refimpl.oracle.values import Cell, Tree
from refimpl.oracle.visible import visible

ASKED = ("id", "part", "name", "row", "column", "value")
ANSWERED = ("id", "name", "row", "column", "value")

LONGEST_INDEX = 9
"""Digits of the index of a row or column."""


def to_json_lines(cases: Iterable[Case]) -> Iterator[str]:
    """Yield a line for each case."""
    for case in cases:
        asked = {"id": case.id, "task": case.task, "input": case.input, "params": case.params}
        yield json.dumps(asked, ensure_ascii=False) + "\n"


def to_csv(cases: Iterable[Case]) -> Iterator[str]:
    """Yield the heading, then the lines of each case."""
    yield _csv_line(ASKED)
    for case in cases:
        for part, numbers in (("input", case.input), ("params", case.params)):
            for name, tree in numbers.items():
                for row, column, value in _cells(tree):
                    kind = "empty" if value is None and column == "" else part
                    yield _csv_line((case.id, kind, name, row, column, "" if value is None else value))


def _cells(tree: Tree) -> Iterator[tuple[object, object, Cell]]:
    if not isinstance(tree, list):
        yield "", "", tree
        return
    if not tree:
        yield "", "", None
    for i, row in enumerate(tree):
        if not isinstance(row, list):
            yield i, "", row
        elif not row:
            yield i, "", None
        elif isinstance(row[0], list):  # a matrix, whose rows are k.0, k.1, ...
            yield from ((f"{i}.{at}" if at != "" else i, j, x) for at, j, x in _cells(cast(Tree, row)))
        else:
            yield from ((i, j, x) for j, x in enumerate(row) if not isinstance(x, list))


def _csv_line(cells: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


class Answers:
    """The answers of a file, found by the id of their case."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        """Find out where each answer begins. Raises BadInput that names the line.

        file: readable and seekable; name: of the file, for messages.
        """
        self._file, self._name = file, name
        number, first = 1, file.readline()
        while first and not first.strip():
            number, first = number + 1, file.readline()
        self._is_csv = not first.lstrip(b"\xef\xbb\xbf \t").startswith(b"{")
        if self._is_csv:
            self._columns = self._heading(first, number)
            number += 1
        else:
            file.seek(-len(first), 1)
        self._places: dict[str, tuple[int, int]] = {}
        self._index(number)

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks of which a case is answered."""
        answered = {case_id.partition("/")[0] for case_id in self._places}
        return tuple(task for task in TASKS if task in answered)

    def check_ids(self, ids: Iterable[str]) -> None:
        """Raise BadInput that names the line where an id is not among these."""
        known = set(ids)
        for case_id, (_, number) in self._places.items():
            if case_id not in known:
                raise self._wrong(number, f"there is no case {case_id!r}; `refimpl list` shows all ids")

    def answer(self, case: Case) -> Answer:
        """Return the answer to a case, or that it is missing. Raises BadInput that names the line."""
        if case.task not in self.tasks:
            return Unsupported("the task is not offered")
        if case.id not in self._places:
            return Broken("missing", "has no answer in the file; one that it does not offer is unsupported")
        place, number = self._places[case.id]
        self._file.seek(place)
        if self._is_csv:
            return self._from_table(case, number)
        try:
            return wire.answer(wire.heard(self._file.readline()))
        except BadInput as error:
            raise self._wrong(number, str(error)) from None

    def _wrong(self, number: int, rule: str) -> BadInput:
        return BadInput(f"{self._name}, line {number}: {rule}")

    def _heading(self, line: bytes, number: int) -> Mapping[str, int]:
        columns = [cell.strip() for cell in self._split(line, number, "utf-8-sig")]
        if not set(ANSWERED) <= set(columns):
            expected = ",".join(ANSWERED)
            raise self._wrong(number, f"neither a JSON object nor the heading {expected}; see `refimpl score --help`")
        return {name: columns.index(name) for name in ANSWERED}

    def _split(self, line: bytes, number: int, encoding: str = "utf-8") -> list[str]:
        try:
            return next(csv.reader([line.decode(encoding, "replace").rstrip("\r\n")], strict=True), [])
        except csv.Error as error:
            raise self._wrong(number, f"this is no line of CSV: {error}") from None

    def _index(self, number: int) -> None:
        previous = ""
        while True:
            place = self._file.tell()
            line = self._file.readline()
            if not line:
                return
            case_id = self._id(line, number) if line.strip() else ""
            if case_id and (case_id != previous or not self._is_csv):
                if case_id in self._places:
                    first = self._places[case_id][1]
                    raise self._wrong(number, f"{case_id} is answered in line {first} already; keep one answer")
                self._places[case_id] = (place, number)
            previous = case_id or previous
            number += 1

    def _id(self, line: bytes, number: int) -> str:
        """Return the id of the case that a line answers; empty where a line of a table has nothing but separators."""
        if self._is_csv:
            case_id, *rest = self._cells(line, number)
            if not case_id and any(rest):
                raise self._wrong(number, "there is no id; give the id of a case")
            return case_id
        try:
            found = wire.heard(line).get("id")
        except BadInput as error:
            raise self._wrong(number, str(error)) from None
        if not isinstance(found, str) or not found:
            raise self._wrong(number, f"id is {found!r}; give the id of a case")
        return found

    def _cells(self, line: bytes, number: int) -> list[str]:
        """Return the cells of a line in the order of ANSWERED."""
        cells = self._split(line, number)
        if len(cells) <= max(self._columns.values()):
            raise self._wrong(number, f"has {len(cells)} cells; give {', '.join(ANSWERED)}")
        return [visible(cells[self._columns[name]].strip()) for name in ANSWERED]

    def _from_table(self, case: Case, number: int) -> Answer:
        first = number
        found: dict[str, dict[tuple[int, ...], str]] = {}
        said: dict[str, str] = {}
        for number, line in enumerate(iter(self._file.readline, b""), first):
            if not line.strip() or not (case_id := self._id(line, number)):
                continue
            if case_id != case.id:
                break
            _, name, row, column, value = self._cells(line, number)
            if name in ("unsupported", "error"):
                if name in said:
                    raise self._wrong(number, f"{case.id} has {name} twice; keep one")
                said[name] = value
                continue
            if column and not row:
                raise self._wrong(number, f"{name} has a column and no row; a list has rows and no columns")
            rows = row.split(".") if row else []
            if len(rows) > 2:
                raise self._wrong(number, f"{row[:40]!r} is no row; row i of matrix k is k.i")
            place = tuple(self._place(x, number) for x in (*rows, *([column] if column else [])))
            cells = found.setdefault(name, {})
            if place in cells:
                raise self._wrong(number, f"{name} has this row and column twice; keep one")
            if cells and len(place) != len(next(iter(cells))):
                raise self._wrong(number, f"{name} is a number, a list and a matrix at once; give one of them")
            cells[place] = value
        if bool(found) + len(said) != 1:
            raise self._wrong(first, f"{case.id} has results, an error or unsupported; give one of the three")
        if "error" in said:
            return Refused(said["error"], "")
        if "unsupported" in said:
            return Unsupported(said["unsupported"])
        return Result({name: self._listed(cells, name, first) for name, cells in found.items()})

    def _place(self, text: str, number: int) -> int:
        if not text.isascii() or not text.isdigit() or len(text) > LONGEST_INDEX:
            raise self._wrong(number, f"{text[:40]!r} is no index; rows and columns count from 0")
        return int(text)

    def _listed(self, cells: Mapping[tuple[int, ...], str], name: str, number: int) -> Value:
        """Return the number, list or matrix that the cells make; an empty value is null."""
        if () in cells:
            return cells[()] or None
        rows: dict[int, dict[tuple[int, ...], str]] = {}
        for place, value in cells.items():
            rows.setdefault(place[0], {})[place[1:]] = value
        for i in range(len(rows)):
            if i not in rows:
                raise self._wrong(number, f"{name} has no entry {i}, but later ones; give a line for each")
        return [self._listed(rows[i], f"{name}[{i}]", number) for i in range(len(rows))]
