"""SciPy's clustering behind the protocol.

    kmeans.assign        cluster.vq.vq
    kmeans.step, run     cluster.vq.kmeans2(X, C, iter=t, minit="matrix", missing="warn")
    linkage.fit          cluster.hierarchy.linkage, in `scipy_linkage`

kmeans2 returns the labels that made the last centers ("used") and no objective; an empty cluster keeps its center.
"""

import warnings
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import scipy
from scipy.cluster.vq import kmeans2, vq

from refimpl.oracle.peers.adapter import Adapter, Rows
from refimpl.oracle.peers.scipy_linkage import Hierarchies

NO_OBJECTIVE = {"distortion": "kmeans2 returns none"}

warnings.simplefilter("ignore")  # of empty clusters: the answer is judged, not the mood


class SciPy(Hierarchies, Adapter):
    """The installed SciPy."""

    name = "scipy"
    version = scipy.__version__
    conventions: ClassVar[Mapping[str, str]] = {"ties": "lowest-index", "empty": "keep", "labels": "used"}
    omits: ClassVar[Mapping[str, Mapping[str, str]]] = {"kmeans.step": NO_OBJECTIVE, "kmeans.run": NO_OBJECTIVE}

    def kmeans_assign(self, points: Rows, centers: Rows) -> dict[str, object]:
        """Nearest centers."""
        labels, _ = vq(np.array(points), np.array(centers))
        return {"labels": labels}

    def kmeans_step(self, points: Rows, centers: Rows) -> dict[str, object]:
        """One iteration."""
        return self.kmeans_run(points, centers, 1)

    def kmeans_run(self, points: Rows, centers: Rows, iterations: int) -> dict[str, object]:
        """Exactly as many iterations."""
        if iterations == 0:
            raise NotImplementedError("kmeans2 takes at least one step")
        moved, labels = kmeans2(np.array(points), np.array(centers), iter=iterations, minit="matrix", missing="warn")
        return {"labels": labels, "centers": moved}
