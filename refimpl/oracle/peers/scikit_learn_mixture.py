"""scikit-learn's Gaussian mixtures behind the protocol, for the adapter in `scikit_learn` to inherit.

    gmm.e_step           mixture.GaussianMixture.predict_proba and score
    gmm.m_step           GaussianMixture._m_step, which fit calls; nothing public takes responsibilities
    gmm.step, run        GaussianMixture(K, tol=0, max_iter=t, weights_init=pi, means_init=mu, precisions_init=P).fit
    gmm.fixed_point      the same until the parameters stay

A start is given as precisions: P = Sigma^-1 is the adapter's work, and so is the shape K x D x D of every result.
With tol=0 no change of ln p is small enough to stop, so that fit takes max_iter steps. Its lower_bound_ is ln p for
each point at the parameters that entered the last of them ("entered", "per-sample"); predict_proba belongs to those
that left it, and so the responsibilities are those of a second fit of one step less.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.mixture import GaussianMixture
from sklearn.utils import check_array

from refimpl.oracle.peers.adapter import Row, Rows

Floats: TypeAlias = NDArray[np.float64]

AT_ONCE, AT_MOST = 100, 10_000
"""Steps between two looks at whether the parameters stay, and altogether: some seconds."""

STAYS = 2.0**-50
"""The largest change between two looks, relative to the largest entry."""

TREMBLES = 2.0**-40
"""Below this a change that is no smaller than the one before is rounding, which never ends."""

FALLS = 2.0**-20
"""EM never lowers ln p. Where it falls by more than this part of it, rounding has taken over, and nothing will stay."""


class GaussianMixtures:
    """The tasks gmm.*"""

    def gmm_e_step(self, points: Rows, weights: Row, means: Rows, covariances: list[Rows]) -> dict[str, object]:
        """What the start says of the points."""
        return _expectation(_Start(weights, means, covariances).after(0), np.array(points))

    def gmm_m_step(
        self, points: Rows, responsibilities: Rows, covariance_type: str = "full", regularisation: float = 0.0
    ) -> dict[str, object]:
        """The step that fit takes after its E-step; as that is private it trusts what it gets."""
        data, r = check_array(points), check_array(responsibilities)
        if (r < 0).any() or not np.allclose(r.sum(axis=1), 1, rtol=0, atol=1e-8):
            raise NotImplementedError("no user hands GaussianMixture responsibilities, and it does not check its own")
        model = GaussianMixture(r.shape[1], covariance_type=covariance_type, reg_covar=regularisation)
        model._validate_params()  # which fit does before
        model._m_step(data, np.log(r))
        return _parameters(model)

    def gmm_step(
        self,
        points: Rows,
        weights: Row,
        means: Rows,
        covariances: list[Rows],
        covariance_type: str = "full",
        regularisation: float = 0.0,
    ) -> dict[str, object]:
        """One iteration."""
        return self.gmm_run(points, weights, means, covariances, 1, covariance_type, regularisation)

    def gmm_run(
        self,
        points: Rows,
        weights: Row,
        means: Rows,
        covariances: list[Rows],
        iterations: int,
        covariance_type: str = "full",
        regularisation: float = 0.0,
    ) -> dict[str, object]:
        """Exactly as many iterations."""
        start = _Start(weights, means, covariances, covariance_type, regularisation)
        data = np.array(points)
        if iterations == 0:
            begun = start.after(0)
            return {**_expectation(begun, data), **_parameters(begun)}
        left = start.after(iterations, data)
        entered = start.after(iterations - 1, data)
        return {
            "responsibilities": entered.predict_proba(data),
            "log_likelihood": left.lower_bound_,
            **_parameters(left),
        }

    def gmm_fixed_point(
        self, points: Rows, weights: Row, means: Rows, covariances: list[Rows], covariance_type: str = "full"
    ) -> dict[str, object]:
        """Iterations until the parameters stay."""
        data = np.array(points)
        model = _Start(weights, means, covariances, covariance_type).after(AT_ONCE, data)
        model.set_params(warm_start=True)  # go on from here
        moved = float("inf")
        for _ in range(AT_MOST // AT_ONCE):
            earlier, bound, before = moved, model.lower_bound_, (model.weights_, model.means_, model.covariances_)
            model.fit(data)
            now = (model.weights_, model.means_, model.covariances_)
            moved = max(float(np.abs(x - y).max() / (np.abs(y).max() or 1)) for x, y in zip(before, now, strict=True))
            stays = moved <= STAYS or earlier <= moved <= TREMBLES
            if stays or model.lower_bound_ < bound - FALLS * abs(bound):
                return {**_expectation(model, data), **_parameters(model)}
        raise NotImplementedError(f"the parameters still move after {AT_MOST} iterations")


@dataclass(frozen=True)
class _Start:
    """The parameters of a case, and how covariances are estimated."""

    weights: Row
    means: Rows
    covariances: list[Rows]
    covariance_type: str = "full"
    regularisation: float = 0.0

    def after(self, iterations: int, points: Floats | None = None) -> GaussianMixture:
        """Return the model after as many steps; without steps it needs no points."""
        covariances = _narrow(self.covariances, self.covariance_type)
        matrices = self.covariance_type in ("full", "tied")
        model = GaussianMixture(
            len(self.weights),
            covariance_type=self.covariance_type,
            tol=0,
            reg_covar=self.regularisation,
            max_iter=iterations,
            weights_init=self.weights,
            means_init=self.means,
            precisions_init=np.linalg.inv(covariances) if matrices else 1 / covariances,
        )
        # Without steps fit sets no covariances_ of its own, and fails where there are none (scikit-learn 1.9); of the
        # points it then only asks how many there are.
        model.covariances_ = covariances
        return model.fit(np.repeat(self.means, 2, axis=0) if iterations == 0 else points)


def _narrow(covariances: list[Rows], covariance_type: str) -> Floats:
    """Return K x D x D covariances in the shape that scikit-learn has for them. Raises ValueError for another type."""
    wide: Floats = check_array(covariances, allow_nd=True)
    diagonals = np.diagonal(wide, axis1=1, axis2=2)
    if covariance_type == "full":
        narrow = wide
    elif covariance_type == "tied":
        narrow = wide[0]
    else:
        narrow = diagonals if covariance_type == "diag" else diagonals[:, 0]
    if (_wide(narrow, covariance_type, *diagonals.shape) != wide).any():
        raise ValueError(f"GaussianMixture({covariance_type!r}) takes precisions of that type alone")
    return narrow


def _wide(narrow: Floats, covariance_type: str, k: int, d: int) -> Floats:
    """Return covariances in scikit-learn's shape as K x D x D."""
    if covariance_type in ("full", "tied"):
        return np.broadcast_to(narrow, (k, d, d))
    return narrow.reshape(k, -1, 1) * np.eye(d)


def _expectation(model: GaussianMixture, points: Floats) -> dict[str, object]:
    """Return what the model says of the points at the parameters that it has."""
    return {"responsibilities": model.predict_proba(points), "log_likelihood": model.score(points)}


def _parameters(model: GaussianMixture) -> dict[str, object]:
    return {
        "weights": model.weights_,
        "means": model.means_,
        "covariances": _wide(model.covariances_, model.covariance_type, *model.means_.shape),
    }
