"""One golden case: what is asked, what is right, and why that is proven.

A case is a JSON file `fixtures/cases/<task>/<slug>.json` in the format "refimpl-case/1". The types here are its
definition: files are decoded into them, and the JSON Schema is made of them.
"""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from refimpl.errors import BadInput
from refimpl.oracle.certificates import Certificate
from refimpl.oracle.values import Tree

LARGEST_FILE = 64 * 2**20
"""Bytes; the longest golden case has a thousandth of that."""

Numbers: TypeAlias = dict[str, Tree]
"""Numbers by name; every number is text, labels and counts are integers."""

Admissible: TypeAlias = Annotated[
    Literal["always", "other-ties"],
    Meta(description="who may answer so: everybody, or those who declare that ties do not go to the lowest index"),
]

KindName: TypeAlias = Annotated[str, Meta(description="an error kind of the wire protocol")]


class Variant(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Another right answer, or other results under another convention."""

    result: Numbers
    admissible: Admissible = "always"
    alternatives: dict[str, list["Variant"]] = {}
    """By convention, such as "labels=final": what these results are then."""
    attainable: dict[str, str] = {}
    """By result, where it is not that of the case: what binary64 can be asked for."""


Licence: TypeAlias = Annotated[
    Literal["CC0-1.0", "CC-BY-4.0"],
    Meta(description="of the case; the second where its data ask for attribution, see fixtures/data/PROVENANCE.md"),
]


class Case(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One golden case."""

    format: Literal["refimpl-case/1"] = "refimpl-case/1"
    id: Annotated[str, Meta(pattern=r"^[a-z_]+\.[a-z_]+/[a-z0-9-]+$")]
    """<task>/<slug>; permanent, never used again."""
    task: str
    title: str
    reason: str
    """One sentence: the mistake that this case catches."""
    source: str
    tags: list[str]
    licence: Licence
    input: Numbers
    params: Numbers
    expected: Numbers | None = None
    """The results; in a case of ties those of the lowest index."""
    alternatives: dict[str, list[Variant]] = {}
    """By convention, such as "labels=final": what is expected instead."""
    branches: list[Variant] = []
    """Other results that a tie, or a margin that binary64 cannot see, allows."""
    refused: KindName | None = None
    """The error kind, in place of `expected`."""
    attainable: dict[str, str] = {}
    """By result: decimal digits that a backward-stable binary64 implementation can be asked for."""
    certificate: Certificate
    sha256: str = ""
    """Of the file with this field empty."""

    @property
    def outcomes(self) -> list[Variant]:
        """Every admissible answer, `expected` first; none where the case must be refused."""
        if self.expected is None:
            return []
        return [Variant(self.expected, "always", self.alternatives), *self.branches]


def encode(case: Case) -> bytes:
    """Return the bytes of the file, with the checksum filled in; the same on every machine."""
    unsigned = _layout(msgspec.structs.replace(case, sha256=""))
    digest = hashlib.sha256(unsigned).hexdigest()
    return _layout(msgspec.structs.replace(case, sha256=digest))


def is_signed(case: Case) -> bool:
    """Return whether the checksum is that of the contents."""
    return hashlib.sha256(_layout(msgspec.structs.replace(case, sha256=""))).hexdigest() == case.sha256


def _layout(case: Case) -> bytes:
    # A line for each field, and for each field of an object: readable, and differences stay short.
    fields = msgspec.to_builtins(case)
    lines = []
    for name, value in {"format": case.format, **fields}.items():
        if isinstance(value, dict) and value:
            inner = ",\n".join(f"  {_dumps(k)}: {_dumps(v)}" for k, v in value.items())
            lines.append(f" {_dumps(name)}: {{\n{inner}\n }}")
        else:
            lines.append(f" {_dumps(name)}: {_dumps(value)}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _without_repetition(path: Path, pairs: list[tuple[str, object]]) -> None:
    """Raise BadInput where a name stands twice in an object: decoders keep the one or the other."""
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(f"{path}: {name!r} stands twice in one object; keep one of them")


def read(path: Path) -> Case:
    """Return the case in a file. Raises BadInput of one sentence that names file, field and rule."""
    try:
        if not path.is_file():
            raise BadInput(f"{path}: not a file; give a file made by `refimpl generate`")
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise BadInput(f"{path}: the file has {size} bytes; a case has at most {LARGEST_FILE}")
        content = path.read_bytes()
        case = msgspec.json.decode(content, type=Case)
        json.loads(content, object_pairs_hook=lambda pairs: _without_repetition(path, pairs))
        return case
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}; give a readable case file") from None
    except msgspec.ValidationError as error:
        raise BadInput(f"{path}: {error}; see fixtures/schema/case.schema.json") from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: not a JSON document ({error}); give a file made by `refimpl generate`") from None
