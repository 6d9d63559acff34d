"""scikit-learn's trees and dense clusters behind the protocol, for the adapter in `scikit_learn` to inherit.

    linkage.fit    cluster.AgglomerativeClustering(linkage=..., distance_threshold=0, n_clusters=None)
    dbscan.fit     cluster.DBSCAN(eps=..., min_samples=...)

Least distances AgglomerativeClustering finds by a minimum spanning tree of its own; the other trees are SciPy's. DBSCAN
counts a point as its own neighbour, and takes a positive eps.
"""

import numpy as np
from sklearn.cluster import DBSCAN, AgglomerativeClustering

from refimpl.certify.dendrograms import parents
from refimpl.oracle.peers.adapter import Rows


class TreesAndDensities:
    """The tasks linkage.fit and dbscan.fit."""

    def linkage_fit(self, points: Rows, method: str) -> dict[str, object]:
        """All merges."""
        model = AgglomerativeClustering(n_clusters=None, linkage=method, distance_threshold=0).fit(np.array(points))
        return {"parents": parents([(int(a), int(b)) for a, b in model.children_]), "heights": model.distances_}

    def dbscan_fit(self, points: Rows, eps: float, min_points: int) -> dict[str, object]:
        """Labels, and which points are core points."""
        model = DBSCAN(eps=eps, min_samples=min_points).fit(np.array(points))
        core = np.zeros(len(points), dtype=int)
        core[model.core_sample_indices_] = 1
        return {"labels": model.labels_, "core": core}
