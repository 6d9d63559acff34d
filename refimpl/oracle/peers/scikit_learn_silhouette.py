"""scikit-learn's silhouettes behind the protocol, for the adapter in `scikit_learn` to inherit.

    silhouette.samples    metrics.silhouette_samples(X, labels) and metrics.silhouette_score(X, labels), their mean
    silhouette.clusters   not here: silhouettes of classes from means over pairs it does not have

Both refuse fewer than two labels, and as many as points.
"""

import numpy as np
from sklearn.metrics import silhouette_samples, silhouette_score

from refimpl.oracle.peers.adapter import Rows


class PointSilhouettes:
    """The task silhouette.samples."""

    def silhouette_samples(self, points: Rows, labels: list[int]) -> dict[str, object]:
        """Points and their mean."""
        data, names = np.array(points), np.array(labels)
        return {"samples": silhouette_samples(data, names), "mean": silhouette_score(data, names)}
