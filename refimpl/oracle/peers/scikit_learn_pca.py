"""scikit-learn's principal components behind the protocol, a peer for each solver.

    pca.fit    decomposition.PCA(L, svd_solver=..., random_state=0).fit_transform(X)

    scikit-learn-pca                    "auto", the default: one of the others, by the shape of X
    scikit-learn-pca-full               LAPACK's singular values of the centred points
    scikit-learn-pca-covariance-eigh    eigenvectors of X^T X - N m m^T
    scikit-learn-pca-arpack             Lanczos' method, from a random start
    scikit-learn-pca-randomized         singular values of a random projection

They are no part of the adapter in `scikit_learn`, because a peer declares its conventions once: there the divisor of a
covariance is n, and PCA's is n-1, whatever ddof is. The seed is explicit, for "auto", too, and everything else is as
it comes: 10 vectors to spare and iterations by the rule "auto" where it projects, ARPACK until machine precision.
"""

from typing import ClassVar, Literal

import numpy as np
import sklearn
from sklearn.decomposition import PCA

from refimpl.oracle.peers.adapter import Rows
from refimpl.oracle.peers.quiet import Quiet


class Auto(Quiet):
    """The installed scikit-learn's PCA with its default solver."""

    name = "scikit-learn-pca"
    version = sklearn.__version__
    conventions: ClassVar = {"divisor": "n-1"}
    solver: ClassVar[Literal["auto", "full", "covariance_eigh", "arpack", "randomized"]] = "auto"
    fewer: ClassVar[int] = 0
    """By how many the components have to be fewer than min(N, D)."""

    def pca_fit(self, points: Rows, components: int, ddof: int) -> dict[str, object]:
        """The components of the points."""
        data = np.array(points)
        if data.ndim == 2 and min(data.shape) - self.fewer < components <= data.shape[1]:
            least = "fewer components than" if self.fewer else "at most as many components as"
            raise NotImplementedError(f"the solver {self.solver} finds {least} there are points, and dimensions")
        model = PCA(components, svd_solver=self.solver, random_state=0)
        scores = model.fit_transform(data)
        return {
            "mean": model.mean_,
            "variances": model.explained_variance_,
            "ratio": model.explained_variance_ratio_,
            "components": model.components_,
            "scores": scores,
        }


class Full(Auto):
    """The solver "full"."""

    name, solver = "scikit-learn-pca-full", "full"


class CovarianceEigh(Auto):
    """The solver "covariance_eigh"."""

    name, solver = "scikit-learn-pca-covariance-eigh", "covariance_eigh"


class Arpack(Auto):
    """The solver "arpack"."""

    name, solver, fewer = "scikit-learn-pca-arpack", "arpack", 1


class Randomized(Auto):
    """The solver "randomized"."""

    name, solver = "scikit-learn-pca-randomized", "randomized"
