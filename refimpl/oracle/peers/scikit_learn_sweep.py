"""scikit-learn's sweep over K behind the protocol, for the adapter in `scikit_learn` to inherit.

    choose_k.sweep    cluster.KMeans from each start, as for kmeans.fit; metrics.silhouette_score; and means of
                      metrics.pairwise_distances over pairs of one cluster and of two, for it has no such ratio

Its silhouettes refuse as many clusters as points; they are 0 by the rule for single points, which the adapter says.
"""

from collections.abc import Callable, Mapping

import numpy as np
from sklearn.metrics import pairwise_distances, silhouette_score

from refimpl.oracle.peers.adapter import Rows


class Sweeps:
    """The task choose_k.sweep."""

    kmeans_fit: Callable[[Rows, Rows], Mapping[str, object]]

    def choose_k_sweep(self, points: Rows, starts: list[Rows]) -> dict[str, object]:
        """One fit for each start, and its measures."""
        if not starts:
            raise ValueError("there is no start")
        data = np.array(points)
        distances = pairwise_distances(data)
        one_of_two = np.triu_indices(len(data), 1)
        js, silhouettes, ratios = [], [], []
        for start in starts:
            fitted = self.kmeans_fit(points, start)
            labels = np.asarray(fitted["labels"])
            count = len(np.unique(labels))
            js.append(fitted["distortion"])
            silhouettes.append(_silhouette(data, labels) if count > 1 else None)
            same = (labels[:, None] == labels)[one_of_two]
            lengths = distances[one_of_two]
            ratios.append(lengths[same].mean() / lengths[~same].mean() if 1 < count < len(data) else None)
        return {"distortion": js, "silhouette": silhouettes, "ratio": ratios}


def _silhouette(data: np.typing.NDArray[np.float64], labels: np.typing.NDArray[np.int64]) -> float:
    return float(silhouette_score(data, labels)) if len(np.unique(labels)) < len(data) else 0.0
