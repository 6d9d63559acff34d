"""Cases out and answers back in as files, for those who cannot speak a protocol.

JSON Lines, a case a line, and an answer a line in any order:

    {"id": "kmeans.step/plain", "task": "kmeans.step", "input": {...}, "params": {...}}
    {"id": "kmeans.step/plain", "result": {...}}     or "unsupported": "why", or "error": {"kind": ..., "message": ...}

CSV, a number a line, for programs that read tables and nothing else. A scalar has neither row nor column, a list has
no column; the lines of one case stand together:

    id,part,name,row,column,value        part is input, params or, for an empty list, empty
    id,name,row,column,value             error and unsupported are names too; their value is the kind, or the reason

An answer's file is read twice: once for where each case begins, and then case by case, so that its length matters not.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import IO

from refimpl.errors import BadInput
from refimpl.oracle.case import Case
from refimpl.oracle.peers import wire
from refimpl.oracle.peers.peer import Answer, Refused, Result, Unsupported, Value
from refimpl.oracle.values import Cell, Tree

ASKED = ("id", "part", "name", "row", "column", "value")
ANSWERED = ("id", "name", "row", "column", "value")

LARGEST_INDEX = 1_000_000
"""Of a row or column of an answer; a larger one is a mistake."""


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
                    kind = "empty" if value is None else part
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
            continue
        if not row:
            yield i, "", None
        yield from ((i, j, x) for j, x in enumerate(row))


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
        first = file.readline()
        self._is_csv = not first.lstrip(b"\xef\xbb\xbf \t").startswith(b"{")
        if self._is_csv:
            self._columns = self._heading(first)
        else:
            file.seek(0)
        self._places: dict[str, tuple[int, int]] = {}
        self._index(2 if self._is_csv else 1)

    def __contains__(self, case_id: object) -> bool:
        """Return whether there is an answer to the case."""
        return case_id in self._places

    @property
    def ids(self) -> Iterable[str]:
        """The ids of all cases that are answered."""
        return self._places.keys()

    def answer(self, case: Case) -> Answer:
        """Return the answer to a case, or that there is none. Raises BadInput that names the line."""
        if case.id not in self._places:
            return Unsupported("there is no answer in the file")
        place, number = self._places[case.id]
        self._file.seek(place)
        if self._is_csv:
            return self._from_table(case, number)
        try:
            return wire.answer(wire.message(self._file.readline()))
        except BadInput as error:
            raise BadInput(f"{self._name}, line {number}: {error}") from None

    def _heading(self, line: bytes) -> Mapping[str, int]:
        columns = next(csv.reader([line.decode("utf-8-sig", "replace")]), [])
        if not set(ANSWERED) <= set(columns):
            raise BadInput(
                f"{self._name}, line 1: neither a JSON object nor the heading {','.join(ANSWERED)}; "
                "see `refimpl score --help`"
            )
        return {name: columns.index(name) for name in ANSWERED}

    def _index(self, number: int) -> None:
        previous = None
        while True:
            place = self._file.tell()
            line = self._file.readline()
            if not line:
                return
            if line.strip():
                case_id = self._id(line, number)
                if case_id != previous:
                    if case_id in self._places:
                        first = self._places[case_id][1]
                        raise BadInput(
                            f"{self._name}, line {number}: {case_id} is answered in line {first} already; keep one"
                        )
                    self._places[case_id] = (place, number)
                elif not self._is_csv:
                    raise BadInput(f"{self._name}, line {number}: {case_id} is answered twice; keep one answer")
                previous = case_id
            number += 1

    def _id(self, line: bytes, number: int) -> str:
        if self._is_csv:
            return self._cell(line, number)[0]
        try:
            case_id = wire.message(line).get("id")
        except BadInput as error:
            raise BadInput(f"{self._name}, line {number}: {error}") from None
        if not isinstance(case_id, str):
            raise BadInput(f"{self._name}, line {number}: id is {case_id!r}; give the id of a case")
        return case_id

    def _cell(self, line: bytes, number: int) -> list[str]:
        """Return the cells of a line in the order of ANSWERED."""
        cells = next(csv.reader([line.decode("utf-8", "replace").rstrip("\r\n")]), [])
        if len(cells) <= max(self._columns.values()):
            raise BadInput(f"{self._name}, line {number}: has {len(cells)} cells; give {', '.join(ANSWERED)}")
        return [cells[self._columns[name]].strip() for name in ANSWERED]

    def _from_table(self, case: Case, number: int) -> Answer:
        found: dict[str, dict[tuple[int, ...], str]] = {}
        while True:
            line = self._file.readline()
            if not line:
                break
            if line.strip():
                case_id, name, row, column, value = self._cell(line, number)
                if case_id != case.id:
                    break
                if name == "unsupported":
                    return Unsupported(value)
                if name == "error":
                    return Refused(value, "")
                where = tuple(self._place(x, number) for x in (row, column) if x)
                if where in found.setdefault(name, {}):
                    raise BadInput(f"{self._name}, line {number}: {name} has this row and column twice; keep one")
                found[name][where] = value
            number += 1
        return Result({name: _listed(cells) for name, cells in found.items()})

    def _place(self, text: str, number: int) -> int:
        if not text.isascii() or not text.isdigit() or int(text) > LARGEST_INDEX:
            raise BadInput(f"{self._name}, line {number}: {text!r} is no index; rows and columns count from 0")
        return int(text)


def _listed(cells: Mapping[tuple[int, ...], str]) -> Value:
    """Return the scalar, list or matrix that the cells make; entries that are missing are null."""
    if set(cells) == {()}:
        return cells[()] or None
    rows: dict[int, dict[tuple[int, ...], str]] = {}
    for place, value in cells.items():
        rows.setdefault(place[0] if place else 0, {})[place[1:]] = value
    return [_listed(rows[i]) if i in rows else None for i in range(max(rows) + 1)]
