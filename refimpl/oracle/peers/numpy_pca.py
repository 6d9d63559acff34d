"""Principal components by NumPy behind the protocol, as textbooks write them: two roads, a peer each.

    numpy-eigh    linalg.eigh(cov(X)), whose ascending order is reversed
    numpy-svd     linalg.svd(X - m, full_matrices=False), whose squares divided by n - ddof are the variances

Neither is a function of NumPy: what is above eigh and svd, the number of components included, nobody checks.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from refimpl.oracle.peers.adapter import Rows
from refimpl.oracle.peers.quiet import Quiet

Floats: TypeAlias = NDArray[np.float64]


class Eigh(Quiet):
    """The installed NumPy, by eigenvectors of the covariance matrix."""

    name = "numpy-eigh"
    version = np.__version__

    def pca_fit(self, points: Rows, components: int, ddof: int) -> dict[str, object]:
        """The components of the points."""
        data = np.array(points)
        covariance = np.atleast_2d(np.cov(data, rowvar=False, ddof=ddof))
        values, vectors = np.linalg.eigh(covariance)
        return fitted(data, values[::-1], vectors.T[::-1], components)


class Svd(Quiet):
    """The installed NumPy, by singular values of the centred points."""

    name = "numpy-svd"
    version = np.__version__

    def pca_fit(self, points: Rows, components: int, ddof: int) -> dict[str, object]:
        """The components of the points."""
        data = np.array(points)
        _, singular, rows = np.linalg.svd(data - data.mean(axis=0), full_matrices=False)
        return fitted(data, singular**2 / (len(data) - ddof), rows, components)


def fitted(data: Floats, variances: Floats, rows: Floats, components: int) -> dict[str, object]:
    """Return the results by name; variances: all of them, descending, and a row for each.

    Raises NotImplementedError for more components than points, which the thin decomposition does not have.
    """
    if len(rows) < components <= data.shape[1]:
        raise NotImplementedError("there are no more singular vectors than points")
    mean, kept = data.mean(axis=0), rows[:components]
    return {
        "mean": mean,
        "variances": variances[:components],
        "ratio": variances[:components] / variances.sum(),
        "components": kept,
        "scores": (data - mean) @ kept.T,
    }
