"""The library kmedoids behind the protocol.

    kmedoids.run    alternating(V, medoids, max_iter=T): labels and loss are those of one more assignment to the medoids
                    that are returned ("final")

It takes V to be symmetric, so that other tables are not given to it, and keeps a medoid that is as cheap as another.
"""

import importlib.metadata
from collections.abc import Mapping
from typing import ClassVar

import kmedoids
import numpy as np

from refimpl.oracle.peers.adapter import Adapter, Rows


class Alternating(Adapter):
    """The installed kmedoids."""

    name = "kmedoids"
    version = importlib.metadata.version("kmedoids")
    conventions: ClassVar[Mapping[str, str]] = {"ties": "other", "empty": "keep", "labels": "final"}

    def kmedoids_run(self, dissimilarity: Rows, medoids: list[int], iterations: int) -> dict[str, object]:
        """As many iterations, unless the medoids repeat before: then nothing changes any more."""
        v = np.array(dissimilarity)
        if v.ndim == 2 and v.shape[0] == v.shape[1] and (v != v.T).any():
            raise NotImplementedError("kmedoids takes symmetric dissimilarities")
        try:
            found = kmedoids.alternating(v, np.array(medoids, dtype=np.uint64), iterations)
        except OverflowError as error:  # a negative number where there is none
            raise ValueError(str(error)) from None
        return {"labels": found.labels, "medoids": found.medoids, "cost": found.loss}
