"""SciPy's hierarchical clustering behind the protocol, for the adapter in `scipy_vq` to inherit.

linkage.fit    cluster.hierarchy.linkage(X, method, metric="euclidean"), whose Z has a row for each merge
"""

import numpy as np
from scipy.cluster.hierarchy import linkage

from refimpl.certify.dendrograms import parents
from refimpl.oracle.peers.adapter import Rows


class Hierarchies:
    """The task linkage.fit."""

    def linkage_fit(self, points: Rows, method: str) -> dict[str, object]:
        """All merges."""
        z = linkage(np.array(points), method)
        return {"parents": parents([(int(a), int(b)) for a, b in z[:, :2]]), "heights": z[:, 2]}
