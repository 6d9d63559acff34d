"""The types of parameters, beside those of input in `fields`."""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from refimpl.oracle.fields import Number, Whole, Wholes

CovarianceName: TypeAlias = Annotated[
    Literal["full", "tied", "diag", "spherical"],
    Meta(description="what covariances are estimated; they are written as K x D x D in any case"),
]
LinkageName: TypeAlias = Annotated[
    Literal["single", "complete", "average", "ward"],
    Meta(description="how far apart two clusters are"),
]


class Nothing(Struct, frozen=True, forbid_unknown_fields=True):
    """No parameters."""


class Ddof(Struct, frozen=True, forbid_unknown_fields=True):
    """The divisor is N - ddof."""

    ddof: Whole


class Components(Ddof, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The same, and how many components are kept."""

    components: Whole


class Iterations(Struct, frozen=True, forbid_unknown_fields=True):
    """How many steps are taken."""

    iterations: Whole


class Covariance(Struct, frozen=True, forbid_unknown_fields=True):
    """What covariances are estimated."""

    covariance_type: CovarianceName = "full"


class Estimate(Covariance, frozen=True, forbid_unknown_fields=True):
    """The same, and what is added to their diagonals."""

    regularisation: Number = "0"


class EstimateIterations(Estimate, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The same, and how many steps are taken."""

    iterations: Whole


class Rate(Struct, frozen=True, forbid_unknown_fields=True):
    """A fixed rate, or "1/n" where n counts the points that the center has received."""

    rate: Number


class Clusters(Struct, frozen=True, forbid_unknown_fields=True):
    """How many clusters at most."""

    k: Whole


class Chosen(Struct, frozen=True, forbid_unknown_fields=True):
    """Indices of the points that are centers already."""

    chosen: Wholes


class Linkage(Struct, frozen=True, forbid_unknown_fields=True):
    """How far apart two clusters are."""

    method: LinkageName


class Density(Struct, frozen=True, forbid_unknown_fields=True):
    """A radius, and how many points within it make a core point, which counts itself."""

    eps: Number
    min_points: Whole
