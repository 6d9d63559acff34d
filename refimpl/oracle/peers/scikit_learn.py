"""scikit-learn behind the protocol.

    moments.covariance   covariance.EmpiricalCovariance, whose divisor is n; it has no correlation
    kmeans.assign        metrics.pairwise_distances_argmin
    kmeans.step, run     cluster.KMeans(init=C, n_init=1, max_iter=t, tol=0, algorithm="lloyd")
    kmeans.fit           the same until the labels repeat
    kmeans.online        cluster.MiniBatchKMeans.partial_fit, one point at a time, for the rate 1/n
    silhouette.samples   metrics.silhouette_samples, in `scikit_learn_silhouette`
    choose_k.sweep       both, in `scikit_learn_sweep`
    gmm.*                mixture.GaussianMixture, in `scikit_learn_mixture`
    nmf.run              decomposition.NMF, in `scikit_learn_nmf`
    pca.fit              not here: its divisor is n-1, and it is a peer of its own, in `scikit_learn_pca`

KMeans returns labels and inertia of the last centers ("final"), breaks ties to the lowest index in its code, and
moves the center of an empty cluster to the farthest point.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import sklearn
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.covariance import EmpiricalCovariance
from sklearn.metrics import pairwise_distances_argmin
from threadpoolctl import threadpool_limits

from refimpl.oracle.case import Numbers
from refimpl.oracle.peers.adapter import Row, Rows
from refimpl.oracle.peers.peer import Answer
from refimpl.oracle.peers.quiet import Quiet
from refimpl.oracle.peers.scikit_learn_mixture import GaussianMixtures
from refimpl.oracle.peers.scikit_learn_nmf import NonNegativeFactors
from refimpl.oracle.peers.scikit_learn_silhouette import PointSilhouettes
from refimpl.oracle.peers.scikit_learn_sweep import Sweeps

UNTIL_SETTLED = 100_000
"""More iterations than any golden case needs."""


class ScikitLearn(GaussianMixtures, NonNegativeFactors, PointSilhouettes, Sweeps, Quiet):
    """The installed scikit-learn."""

    name = "scikit-learn"
    version = sklearn.__version__
    conventions: ClassVar[Mapping[str, str]] = {
        "ties": "lowest-index",
        "empty": "relocate",
        "labels": "final",
        "divisor": "n",
        "likelihood": "entered",
        "scale": "per-sample",
    }
    omits: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "moments.covariance": {"correlation": "scikit-learn has no correlation matrix"},
        "kmeans.fit": {"iterations": "n_iter_ also stops where no center moves"},
        "gmm.fixed_point": {"rate": "fit tells no rate of convergence"},
    }

    def run(self, task: str, given: Numbers, params: Numbers) -> Answer:
        """Answer one case.

        Matrices of two rows are no work for several threads, which take five times as long to agree.
        """
        with threadpool_limits(1, user_api="blas"):
            return super().run(task, given, params)

    def moments_covariance(self, points: Rows, ddof: int) -> dict[str, object]:
        """The maximum-likelihood estimate."""
        fitted = EmpiricalCovariance().fit(np.array(points))
        return {"mean": fitted.location_, "covariance": fitted.covariance_}

    def kmeans_assign(self, points: Rows, centers: Rows) -> dict[str, object]:
        """Nearest centers."""
        return {"labels": pairwise_distances_argmin(np.array(points), np.array(centers))}

    def kmeans_step(self, points: Rows, centers: Rows) -> dict[str, object]:
        """One iteration."""
        return self.kmeans_run(points, centers, 1)

    def kmeans_run(self, points: Rows, centers: Rows, iterations: int) -> dict[str, object]:
        """As many iterations, unless the labels repeat before: then nothing changes any more."""
        if iterations == 0:
            raise NotImplementedError("KMeans takes at least one step")
        model = KMeans(len(centers), init=np.array(centers), n_init=1, max_iter=iterations, tol=0, algorithm="lloyd")
        model.fit(np.array(points))
        return {"labels": model.labels_, "centers": model.cluster_centers_, "distortion": model.inertia_}

    def kmeans_fit(self, points: Rows, centers: Rows) -> dict[str, object]:
        """Iterations until the labels repeat."""
        return self.kmeans_run(points, centers, UNTIL_SETTLED)

    def kmeans_online(self, points: Rows, centers: Rows, rate: float | str) -> dict[str, object]:
        """Mini-batches of one point."""
        if rate != "1/n":
            raise NotImplementedError("MiniBatchKMeans has the rate 1/n and no other")
        k, data = len(centers), np.array(points)
        model = MiniBatchKMeans(k, init=np.array(centers), n_init=1, batch_size=1, reassignment_ratio=0)
        labels: Row = []
        for x in data:
            # partial_fit wants K rows at first: the point, and K-1 copies that weigh nothing
            model.partial_fit(np.tile(x, (k, 1)), sample_weight=np.eye(k)[0])
            labels.append(int(model.labels_[0]))
        return {"labels": labels, "centers": model.cluster_centers_}
