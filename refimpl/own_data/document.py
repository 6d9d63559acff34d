"""Data as JSON: rows, objects, or the input and params of a case file. Numbers are read exactly, quoted or not."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from refimpl.errors import BadInput, EmptyData
from refimpl.oracle.values import Tree
from refimpl.own_data.edges import of_cells
from refimpl.own_data.table import Choice, Table, unnamed

MATRICES = ("points", "rows", "matrix", "dissimilarity")
OBSERVED = (*MATRICES, "heads", "tails", "categories")
"""The fields of a case that become a table."""

FORMS = '[[1, 2], ...], [{"x": 1, "y": 2}, ...] or {"input": {...}, "params": {...}}'


def from_json(text: str, source: str, choice: Choice) -> Table:
    """Return the table in a JSON document; see `reading.parsed`. Raises BadInput that names row and column."""
    tree = tree_of(text, source, FORMS)
    if isinstance(tree, list):
        return _from_rows(tree, source, choice)
    given = tree.get("input") if isinstance(tree, dict) else None
    params = tree.get("params", {}) if isinstance(tree, dict) else None
    if not isinstance(given, dict) or not isinstance(params, dict):
        raise BadInput(f"{source}: neither rows nor a case; give {FORMS}")
    observed = (*OBSERVED, "weights") if choice.contents == "graph" else OBSERVED
    fields = {name: value for name, value in given.items() if name not in observed}
    return replace(_of_case(given, source, choice), fields=fields, params=params)


def tree_of(text: str, source: str, forms: str) -> object:
    """Return what a JSON document holds, its numbers as they are written. Raises BadInput that asks for the forms."""
    try:
        tree: object = json.loads(
            text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_without_repetition
        )
    except json.JSONDecodeError as error:
        raise BadInput(f"{source}: line {error.lineno}: not JSON ({error.msg}); give {forms}") from None
    except RecursionError:
        raise BadInput(f"{source}: nested too deeply; give {forms}") from None
    except BadInput as error:
        raise BadInput(f"{source}: {error}") from None
    return tree


def _of_case(given: Mapping[str, object], source: str, choice: Choice) -> Table:
    tables = ("weights",) if choice.contents == "graph" else MATRICES
    name = next((name for name in tables if name in given), None)
    if name is not None:
        rows = given[name]
        if not isinstance(rows, list):
            raise BadInput(f"{source}: {name} is not a list; give a list of rows")
        return replace(_from_rows(rows, source, choice), observed=name)
    if choice.contents == "graph":
        raise BadInput(f"{source}: input has no weights; give a square table of them, or a list of edges")
    categories = given.get("categories")
    if isinstance(categories, list):
        if not all(isinstance(x, str) for x in categories):
            raise BadInput(f"{source}: categories has what is no text; give a list of texts")
        places = [f"category {i}" for i in range(len(categories))]
        return of_cells(source, ["category"], [[x] for x in categories], places, choice)
    heads, tails = given.get("heads"), given.get("tails")
    if not isinstance(heads, list) or not isinstance(tails, list):
        raise BadInput(
            f"{source}: input has neither points nor lists of heads and tails nor rows of bits nor a matrix; give one "
            "of them"
        )
    if len(heads) != len(tails):
        raise BadInput(f"{source}: there are {len(heads)} heads and {len(tails)} tails; give both for every round")
    return _from_rows([{"heads": h, "tails": t} for h, t in zip(heads, tails, strict=True)], source, choice)


def _from_rows(tree: list[object], source: str, choice: Choice) -> Table:
    if not tree:
        raise EmptyData(f"{source}: the list is empty; give one row for each point")
    first = tree[0]
    names = list(first) if isinstance(first, dict) else unnamed(len(first)) if isinstance(first, list) else []
    cells = []
    for i, row in enumerate(tree):
        if not isinstance(row, dict | list) or type(row) is not type(first) or not row:
            raise BadInput(f"{source}: row {i} is {_kind(row)}; give rows all of one form, {FORMS}")
        if isinstance(row, dict) and set(row) != set(names):
            raise BadInput(f"{source}: row {i} has the names {list(row)}; give those of row 0, {names}")
        if len(row) != len(names):
            raise BadInput(f"{source}: rows {i} and 0 have {len(row)} and {len(names)} entries; give all the same")
        cells.append([_text(row[name]) for name in names] if isinstance(row, dict) else [_text(x) for x in row])
    return of_cells(source, names, cells, [f"row {i}" for i in range(len(tree))], choice)


def _text(value: object) -> str:
    """Return a cell as written; the numbers of the document are text already."""
    return value.strip() if isinstance(value, str) else "" if value is None else json.dumps(value)


def _kind(row: object) -> str:
    name = "an object" if isinstance(row, dict) else "a list" if isinstance(row, list) else "a single value"
    return f"{name} with nothing in it" if row in ([], {}) else name


def _without_repetition(pairs: list[tuple[str, object]]) -> dict[str, Tree]:
    """Return the object. Raises BadInput where a name stands twice: which of them was meant?"""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise BadInput(f"{next(n for n in names if names.count(n) > 1)!r} stands twice in one object; keep one")
    return cast(dict[str, Tree], found)
