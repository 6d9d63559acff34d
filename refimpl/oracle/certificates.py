"""What is stored with a case so that its results can be checked again, one type for each way to prove them.

`solve` makes certificates, `recheck` checks them, by `certify` alone; `docs/certified.md` tells what each proves. The
name by which a file calls a type is its tag, in the field `method`.
"""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

Digits: TypeAlias = Annotated[int, Meta(ge=1, le=3000)]


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
