"""One family of errors: each is one sentence that names the requirement that was violated.

`kind` is the word by which the wire protocol names the error; the list of kinds is closed.
"""

from typing import ClassVar


class RefimplError(Exception):
    """The root of the family; raised itself only where the fault is ours."""

    kind: ClassVar[str] = "internal"


class BadInput(RefimplError, ValueError):
    """The input breaks a rule of shape, type or range; the sentence names field and index."""

    kind = "bad-input"


class EmptyData(BadInput):
    """There are no points, rounds or rows."""

    kind = "empty-data"


class KTooLarge(BadInput):
    """More clusters than points are asked for."""

    kind = "k-too-large"


class NoMass(RefimplError, ValueError):
    """An observation is impossible under every component, so that it has no responsibilities."""

    kind = "no-mass"


class EmptyCluster(RefimplError):
    """A cluster has no point, and the algorithm does not go on then."""

    kind = "empty-cluster"


class NotPositiveDefinite(BadInput):
    """A covariance has a direction in which it is not positive."""

    kind = "not-positive-definite"


class ZeroVector(RefimplError, ArithmeticError):
    """A vector without direction: the start, or an iterate, is 0."""

    kind = "zero-vector"


class TiedEigenvalues(RefimplError, ArithmeticError):
    """Eigenvalues that cannot be told apart leave their eigenvectors undetermined."""

    kind = "tied-eigenvalues"


class Undefined(RefimplError, ArithmeticError):
    """The mathematics defines no result, such as the correlation of a constant."""

    kind = "undefined"


class Diverges(RefimplError, ArithmeticError):
    """The iteration has no limit."""

    kind = "diverges"


class Unsupported(RefimplError):
    """What was asked is not offered here; no statement about the input is made."""

    kind = "unsupported"


class Refuted(BadInput):
    """A certificate does not prove what it should: a number, an input or the certificate was changed."""


class DomainError(RefimplError, ArithmeticError):
    """An argument lies outside a function's domain: a zero divisor, the logarithm of 0."""

    kind = "undefined"


class Undecided(RefimplError):
    """A ball is too wide to decide a comparison; ask again with more digits."""


class UndecidedDomain(Undecided, DomainError):
    """A ball reaches over the edge of a function's domain; more digits may narrow it."""


KINDS = (
    "bad-input",
    "empty-data",
    "k-too-large",
    "empty-cluster",
    "not-positive-definite",
    "no-mass",
    "diverges",
    "tied-eigenvalues",
    "zero-vector",
    "undefined",
    "unsupported",
    "internal",
)
"""Every kind that a case may expect or a peer may answer (wire protocol, version 1)."""
