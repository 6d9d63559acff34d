"""The catalogue, solved and written: the only way in which case files come to be.

1. solve each spec; a spec that is to be refused must raise an error of the family
2. add attainable digits and the checksum
3. write cases and schemas, each file whole or not at all; the bytes depend on the catalogue alone
"""

import json
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path
from typing import cast

import msgspec

from refimpl.errors import BadInput, RefimplError
from refimpl.oracle import catalogue, tasks
from refimpl.oracle.attainable import with_attainable
from refimpl.oracle.case import Case, encode
from refimpl.oracle.certificates import Refusal
from refimpl.oracle.solve import solve


def make(spec: catalogue.Spec) -> Case:
    """Return the case of a spec. Raises BadInput where a spec is refused against its will, or not refused."""
    identity, entry = spec
    given, params = catalogue.fields(entry)
    task = identity.partition("/")[0]
    known = {
        "id": identity,
        "task": task,
        "title": entry.title,
        "reason": entry.reason,
        "source": entry.source,
        "tags": entry.tags,
        "licence": entry.licence,
        "input": given,
        "params": params,
    }
    try:
        solution = solve(task, given, params)
    except RefimplError as error:
        if not entry.refused:
            raise BadInput(f"{identity}: {error}") from error
        return msgspec.convert({**known, "refused": error.kind, "certificate": Refusal(str(error))}, Case)
    if entry.refused:
        raise BadInput(f"{identity}: the input breaks no rule, though it should")
    case = Case(
        **known,  # type: ignore[arg-type]
        expected=solution.expected,
        alternatives=solution.alternatives,
        branches=solution.branches,
        certificate=solution.certificate,
    )
    return with_attainable(case)


def schemas() -> Iterator[tuple[str, bytes]]:
    """Yield (file name, content) of the JSON Schemas: of a case, and of every task's input and params."""
    yield "case.schema.json", _schema(Case, "A golden case of refimpl")
    for task in tasks.TASKS.values():
        parts = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": task.name,
            "type": "object",
            "properties": {"input": _schema_of(task.input), "params": _schema_of(task.params)},
            "required": ["input", "params"],
        }
        yield f"{task.name}.schema.json", _json(parts)


def _schema(kind: type, title: str) -> bytes:
    return _json({"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **_schema_of(kind)})


def _schema_of(kind: type) -> dict[str, object]:
    (schema,), components = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    name = cast(str, schema["$ref"]).rpartition("/")[2]
    found = {**schema, "$defs": components} if len(components) > 1 else components[name]
    return cast(dict[str, object], _unindented(found))


def _unindented(tree: object) -> object:
    """Return a schema whose descriptions are docstrings as Python has them from 3.13 on: without their indentation."""
    if isinstance(tree, dict):
        return {
            key: cleandoc(value) if key == "description" and isinstance(value, str) else _unindented(value)
            for key, value in tree.items()
        }
    return [_unindented(entry) for entry in tree] if isinstance(tree, list) else tree


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def files() -> Iterator[tuple[str, bytes]]:
    """Yield (path below fixtures, content) of every generated file, the slow ones when their turn comes."""
    for name, content in schemas():
        yield f"schema/{name}", content
    for spec in catalogue.specs():
        yield f"cases/{spec[0]}.json", encode(make(spec))


def count() -> int:
    """Return how many files there are."""
    return len(tasks.TASKS) + 1 + sum(1 for _ in catalogue.specs())


def strangers(root: Path) -> list[str]:
    """Return the case files below the folder that the catalogue does not know."""
    known = {identity for identity, _ in catalogue.specs()}
    found = (f"{path.parent.name}/{path.stem}" for path in sorted((root / "cases").glob("*/*.json")))
    return [f"cases/{identity}.json" for identity in found if identity not in known]
