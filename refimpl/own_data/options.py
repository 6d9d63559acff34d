"""What a person may ask for beside a task and a table, and which field of a task's input it gives."""

from dataclasses import dataclass

from refimpl.own_data.kind import DIGITS, KindName

NEEDS = {
    "points": ("scale",),
    "centers": ("start", "k", "seed"),
    "dissimilarity": ("dissimilarity", "scale"),
    "medoids": ("start", "k", "seed"),
    "labels": ("labels",),
    "theta": ("start",),
    "weights": ("start", "k", "seed"),
    "starts": ("start", "ks", "seed", "restarts"),
    "vector": ("start",),
    "w": ("start", "k", "seed"),
    "components": ("k",),
    "method": ("method", "k"),
}
"""The options by which a field of a task's input can be given; other parameters are options of the same name."""

CHOICES = (
    "start",
    "k",
    "ks",
    "labels",
    "seed",
    "restarts",
    "scale",
    "dissimilarity",
    "iterations",
    "covariance_type",
    "regularisation",
    "rate",
    "chosen",
    "ddof",
    "method",
    "eps",
    "min_points",
)
"""The options that not every task takes."""


MEASURES = ("squared", "manhattan", "table")
"""The dissimilarities of kmedoids.run; the first is taken where nothing is said."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a person may ask for; None where nothing was said."""

    start: str | None = None
    """A rule, numbers or a file; see `start`."""
    k: int | None = None
    """The number of clusters, of components or of factors."""
    ks: tuple[int, int] | None = None
    """Of choose_k.sweep: the least and the greatest number of clusters."""
    seed: int | None = None
    """Of the draws of a start."""
    restarts: int | None = None
    """Of choose_k.sweep: from how many starts that are drawn the best clustering is kept."""
    iterations: int | None = None
    """How many steps; for kmeans.fit the most."""
    rate: str | None = None
    """Of kmeans.online: "1/n" or a number from 0 to 1."""
    chosen: str | None = None
    """Of kmeans.seeding: indices of points, such as "0,3"."""
    ddof: int | None = None
    """Of moments.covariance and pca.fit: the divisor is N - ddof."""
    kind: KindName | None = None
    """The kind of number; None for exact, and for ball where a likelihood, components or factors are computed."""
    digits: int = DIGITS
    """Significant digits that are printed."""
    scale: bool | None = None
    """Whether each column of points is brought to [0, 1] first."""
    labels: str | None = None
    """Of silhouette.*, kmeans.update and scores of graphs: the name or the index of the column that names the cluster
    of each row; of a list of edges the file that names the community of each node."""
    covariance_type: str | None = None
    """Of gmm.*: full, tied, diag or spherical."""
    regularisation: str | None = None
    """Of gmm.*: a number that is added to the diagonal of every covariance, in the squared unit of the points."""
    method: str | None = None
    """Of linkage.fit: single, complete, average or ward."""
    eps: str | None = None
    """Of dbscan.fit: the radius."""
    min_points: int | None = None
    """Of dbscan.fit: how many points within the radius make a core point, itself among them."""
    dissimilarity: str | None = None
    """Of kmedoids.run: squared distances or the sums of absolute differences of points, or the table itself."""
