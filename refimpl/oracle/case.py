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
from refimpl.oracle.values import Tree

LARGEST_FILE = 64 * 2**20
"""Bytes; the longest golden case has a thousandth of that."""

Numbers: TypeAlias = dict[str, Tree]
"""Numbers by name; every number is text, labels and counts are integers."""

Admissible: TypeAlias = Annotated[
    Literal["always", "other-ties"],
    Meta(description="who may answer so: everybody, or those who declare that ties do not go to the lowest index"),
]

Digits: TypeAlias = Annotated[int, Meta(ge=1, le=3000)]

KindName: TypeAlias = Annotated[str, Meta(description="an error kind of the wire protocol")]


class Variant(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Another right answer, or other results under another convention."""

    result: Numbers
    admissible: Admissible = "always"
    alternatives: dict[str, list["Variant"]] = {}
    """By convention, such as "labels=final": what these results are then."""
    attainable: dict[str, str] = {}
    """By result, where it is not that of the case: what binary64 can be asked for."""


class Margin(Struct, frozen=True, forbid_unknown_fields=True):
    """The closest of all discrete decisions."""

    relative: str
    """Gap over the scale of its sensitivity to the inputs, three digits; "0" is a tie."""
    gap: str
    """Difference of the two squared distances, exact."""
    step: int
    """Counted from 1."""
    point: int
    label: int
    rival: int


class Closest(Struct, frozen=True, forbid_unknown_fields=True):
    """The closest of all comparisons of distances."""

    relative: str
    """Gap over the scale of its sensitivity to the inputs, three digits; "0" is a tie."""
    step: int
    """The merge, counted from 1; 0 where nothing is merged."""
    pair: list[int]
    """Two clusters that are merged, or two points."""
    rival: list[int]
    """The two clusters that came closest to it; empty where the distance of two points is held against a radius."""


class MedoidMargin(Struct, frozen=True, forbid_unknown_fields=True):
    """The closest of all choices of a medoid."""

    relative: str
    """Gap over the sum of both; three digits, "0" is a tie."""
    gap: str
    """Difference of the two sums of dissimilarities, exact."""
    step: int
    """Counted from 1."""
    cluster: int
    medoid: int
    rival: int


class PathStep(Struct, frozen=True, forbid_unknown_fields=True):
    """A state after one step of K-means."""

    labels: list[int]
    centers: list[list[str]]


class MedoidStep(Struct, frozen=True, forbid_unknown_fields=True):
    """A state after one step of K-medoids."""

    labels: list[int]
    medoids: list[int]
    entered: str
    """J of these labels at the medoids that entered the step, exact."""
    cost: str
    """J of these labels at these medoids, exact."""


class MedianStep(PathStep, frozen=True, forbid_unknown_fields=True):
    """A state after one step of K-medians."""

    entered: str
    """J of these labels at the centers that entered the step, exact."""
    cost: str
    """J of these labels at these centers, exact."""


class Box(Struct, frozen=True, forbid_unknown_fields=True):
    """All points within a radius of a center, coordinate by coordinate.

    In the chain of a mixture an entry without a decimal point is that number itself, without a radius.
    """

    center: list[str]
    radius: str


class BasinBox(Struct, frozen=True, forbid_unknown_fields=True):
    """A parallelepiped that the map contracts."""

    center: list[str]
    basis: list[list[str]]
    radius: str


class Identities(Struct, frozen=True, forbid_unknown_fields=True, tag="identities", tag_field="method"):
    """The results satisfy the identities that define them, in exact arithmetic."""


class Paths(Struct, frozen=True, forbid_unknown_fields=True, tag="paths", tag_field="method", omit_defaults=True):
    """Every state of every admissible run of K-means: `expected` is where the first ends, `branches` the other ends."""

    margin: Margin | None
    paths: list[list[PathStep]] = []


class Sweep(Struct, frozen=True, forbid_unknown_fields=True, tag="sweep", tag_field="method", omit_defaults=True):
    """The runs of K-means from several starts, and measures of their ends by another formula."""

    runs: list[Paths]
    """One for each start."""
    digits: Digits | None = None
    """Digits of the balls in which irrational measures were found; None where there are none."""


class Comparisons(Struct, frozen=True, forbid_unknown_fields=True, tag="comparisons", tag_field="method"):
    """Every distance again from the points themselves, every comparison decided, and every tie followed."""

    margin: Closest | None


class MedoidPaths(Struct, frozen=True, forbid_unknown_fields=True, tag="medoid-paths", tag_field="method"):
    """The same of K-medoids, with the costs of all half-steps, which never rise."""

    margin: Margin | None
    """Of the closest label."""
    medoid_margin: MedoidMargin | None
    """Of the closest medoid."""
    paths: list[list[MedoidStep]]


class MedianPaths(Struct, frozen=True, forbid_unknown_fields=True, tag="median-paths", tag_field="method"):
    """The same of K-medians, whose medians leave nothing to decide."""

    margin: Margin | None
    paths: list[list[MedianStep]]


class TwoRoads(Struct, frozen=True, forbid_unknown_fields=True, tag="two-roads", tag_field="method"):
    """The optimum is that of two different exhaustive searches."""

    roads: list[str]


class Exact(Struct, frozen=True, forbid_unknown_fields=True, tag="exact", tag_field="method"):
    """Rational arithmetic by another formula gives the same."""


class Enclosure(Struct, frozen=True, forbid_unknown_fields=True, tag="enclosure", tag_field="method"):
    """Another formula, in balls of more digits, gives every digit printed."""

    digits: Digits
    """Digits of the balls in which the results were found."""


class Chain(Struct, frozen=True, forbid_unknown_fields=True, tag="chain", tag_field="method"):
    """Boxes, each of which the map sends into the next; the first is the start."""

    digits: Digits
    """Digits of the balls in which the inclusions were found."""
    states: list[Box]


class Tube(Struct, frozen=True, forbid_unknown_fields=True, tag="tube", tag_field="method"):
    """Boxes about the moments of the states after the first step, each of which the map sends into the next.

    The derivative is enclosed once for the boxes from each index in `blocks` on, up to the next one.
    """

    digits: Digits
    """Digits of the balls in which images are enclosed."""
    coarse: Digits
    """Digits of the balls in which derivatives are enclosed."""
    states: list[Box]
    blocks: list[int]


class FixedPoint(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="krawczyk", tag_field="method"
):
    """A box with a unique fixed point, a basin about it that the map contracts, and a run that enters it."""

    digits: Digits
    """Digits of the balls in which the fixed point was found."""
    coarse: Digits
    """Digits of the balls in which the basin was found."""
    box: Box
    basin: BasinBox
    contraction: str
    """Bound of the contraction in the basin, rounded up."""
    states: list[Box]
    """Of coins theta, the start first; of mixtures moments, from the first step on."""
    blocks: list[int] = []
    """As in a tube."""


class Reached(Struct, frozen=True, forbid_unknown_fields=True, tag="reached", tag_field="method"):
    """The run is rational and stands still after these states."""

    states: list[list[str]]


class Eigenpairs(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="eigenpairs", tag_field="method"
):
    """Approximate eigenvectors of a scatter or a Gram matrix, whose exact residuals prove the results."""

    vectors: list[list[str]]
    projectors: list[list[list[str]]] = []
    """Onto the spaces of tied variances, exact: what is right there, whichever basis `components` have."""


class Refusal(Struct, frozen=True, forbid_unknown_fields=True, tag="refusal", tag_field="method"):
    """The input breaks a rule; there is no result."""

    rule: str


Runs: TypeAlias = Paths | MedoidPaths | MedianPaths
"""Of tasks in which something is decided on the way, and may be decided otherwise."""

Certificate: TypeAlias = (
    Identities
    | Runs
    | Sweep
    | Comparisons
    | TwoRoads
    | Exact
    | Enclosure
    | Chain
    | Tube
    | FixedPoint
    | Reached
    | Eigenpairs
    | Refusal
)


Decided: TypeAlias = Runs | Sweep | Comparisons
"""Where something discrete was decided, so that there may be branches."""

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
