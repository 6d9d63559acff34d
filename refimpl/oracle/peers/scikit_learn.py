"""scikit-learn behind the protocol.

    moments.covariance   covariance.EmpiricalCovariance, whose divisor is n; it has no correlation
    kmeans.assign        metrics.pairwise_distances_argmin
    kmeans.step, run     cluster.KMeans(init=C, n_init=1, max_iter=t, tol=0, algorithm="lloyd")
    kmeans.fit           the same until the labels repeat
    kmeans.online        cluster.MiniBatchKMeans.partial_fit, one point at a time, for the rate 1/n

KMeans returns labels and inertia of the last centers ("final"), breaks ties to the lowest index in its code, and
moves the center of an empty cluster to the farthest point.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import sklearn
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.covariance import EmpiricalCovariance
from sklearn.metrics import pairwise_distances_argmin

from refimpl.errors import BadInput
from refimpl.numbers import parse
from refimpl.oracle import values
from refimpl.oracle.case import Numbers
from refimpl.oracle.peers.peer import Answer, Hello, Refused, Result, Unsupported, Value
from refimpl.oracle.values import Tree

UNTIL_SETTLED = 100_000
"""More iterations than any golden case needs."""


class ScikitLearn:
    """The installed scikit-learn."""

    def __init__(self) -> None:
        """Import nothing more: the module's imports have been made."""
        self._tasks: Mapping[str, Callable[[Numbers, Numbers], Answer]] = {
            "moments.covariance": _covariance,
            "kmeans.assign": _assign,
            "kmeans.step": lambda given, params: _lloyd(given, 1),
            "kmeans.run": lambda given, params: _lloyd(given, values.whole(params["iterations"], "iterations")),
            "kmeans.fit": lambda given, params: _lloyd(given, UNTIL_SETTLED),
            "kmeans.online": _online,
        }

    @property
    def hello(self) -> Hello:
        """Who it is."""
        return Hello(
            name="scikit-learn",
            version=sklearn.__version__,
            language="Python",
            precision="binary64",
            tasks=tuple(self._tasks),
            conventions={"ties": "lowest-index", "empty": "relocate", "labels": "final"},
            omits={
                "moments.covariance": {"correlation": "scikit-learn has no correlation matrix"},
                "kmeans.fit": {"iterations": "n_iter_ also stops where no center moves"},
            },
        )

    def run(self, task: str, given: Numbers, params: Numbers) -> Answer:
        """Answer one case; scikit-learn's ValueError is a refusal, anything else a fault of its own."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of convergence and duplicates: the answer is judged, not the mood
                return self._tasks[task](given, params)
        except (ValueError, TypeError) as error:
            return Refused("bad-input", _one_line(error))
        except Exception as error:  # a peer may fail in any way, and that costs this case alone
            return Refused("internal", f"{type(error).__name__}: {_one_line(error)}")


def _covariance(given: Numbers, params: Numbers) -> Answer:
    if values.whole(params["ddof"], "ddof") != 0:
        return Unsupported("EmpiricalCovariance divides by n; ddof must be 0")
    fitted = EmpiricalCovariance().fit(_array(given["points"]))
    return Result({"mean": fitted.location_.tolist(), "covariance": fitted.covariance_.tolist()})


def _assign(given: Numbers, params: Numbers) -> Answer:
    labels = pairwise_distances_argmin(_array(given["points"]), _array(given["centers"]))
    return Result({"labels": labels.tolist()})


def _lloyd(given: Numbers, iterations: int) -> Answer:
    if iterations == 0:
        return Unsupported("KMeans takes at least one step")
    points, centers = _array(given["points"]), _array(given["centers"])
    model = KMeans(len(centers), init=centers, n_init=1, max_iter=iterations, tol=0, algorithm="lloyd")
    model.fit(points)
    return Result(
        {
            "labels": model.labels_.tolist(),
            "centers": model.cluster_centers_.tolist(),
            "distortion": float(model.inertia_),
        }
    )


def _online(given: Numbers, params: Numbers) -> Answer:
    if params["rate"] != "1/n":
        return Unsupported("MiniBatchKMeans has the rate 1/n and no other")
    points, centers = _array(given["points"]), _array(given["centers"])
    k = len(centers)
    model = MiniBatchKMeans(k, init=centers, n_init=1, batch_size=1, reassignment_ratio=0)
    labels: list[Value] = []
    for x in points:
        # partial_fit wants K rows at first: the point, and K-1 copies that weigh nothing
        model.partial_fit(np.tile(x, (k, 1)), sample_weight=np.eye(k)[0])
        labels.append(int(model.labels_[0]))
    return Result({"labels": labels, "centers": model.cluster_centers_.tolist()})


def _array(tree: Tree) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    """Return the nearest binary64 numbers; NumPy refuses what is no matrix."""
    return np.array(_floats(tree), dtype=np.float64)


def _floats(tree: Tree | Sequence[Tree]) -> Value:
    if isinstance(tree, list):
        return [_floats(x) for x in tree]
    try:
        return float(parse(str(tree)))
    except BadInput:
        return float(str(tree))  # "nan" and "inf", which the peer is to refuse


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
