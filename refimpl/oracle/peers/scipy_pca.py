"""Principal components by SciPy behind the protocol: two roads that NumPy does not have, a peer each.

    scipy-eigh    linalg.eigh(cov(X), subset_by_index=[D-L, D-1]): the wanted eigenvectors alone, ascending
    scipy-svd     linalg.svd(X - m, lapack_driver="gesvd"): by QR iteration, where NumPy divides and conquers

Means and covariances are NumPy's.
"""

import numpy as np
import scipy
from scipy import linalg

from refimpl.oracle.peers.adapter import Rows
from refimpl.oracle.peers.numpy_pca import fitted
from refimpl.oracle.peers.quiet import Quiet


class Eigh(Quiet):
    """The installed SciPy, by some eigenvectors of the covariance matrix."""

    name = "scipy-eigh"
    version = scipy.__version__

    def pca_fit(self, points: Rows, components: int, ddof: int) -> dict[str, object]:
        """The components of the points."""
        data = np.array(points)
        covariance = np.atleast_2d(np.cov(data, rowvar=False, ddof=ddof))
        d = len(covariance)
        values, vectors = linalg.eigh(covariance, subset_by_index=[d - components, d - 1])
        return {
            **fitted(data, values[::-1], vectors.T[::-1], components),
            "ratio": values[::-1] / np.trace(covariance),
        }


class Svd(Quiet):
    """The installed SciPy, by singular values of the centred points."""

    name = "scipy-svd"
    version = scipy.__version__

    def pca_fit(self, points: Rows, components: int, ddof: int) -> dict[str, object]:
        """The components of the points."""
        data = np.array(points)
        _, singular, rows = linalg.svd(data - data.mean(axis=0), full_matrices=False, lapack_driver="gesvd")
        return fitted(data, singular**2 / (len(data) - ddof), rows, components)
