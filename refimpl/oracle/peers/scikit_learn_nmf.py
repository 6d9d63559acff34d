"""scikit-learn's non-negative matrix factorisation behind the protocol, for the adapter in `scikit_learn` to inherit.

    nmf.run    decomposition.NMF(R, init="custom", solver="mu", tol=0, max_iter=t).fit_transform(X, W=W, H=H)

The updates are those of Lee and Seung for the squared loss, W first. With tol=0 no fall of the loss is small enough to
stop, so that there are t iterations. reconstruction_err_ is
the Frobenius norm of X - W H, and the loss half its square.
"""

import numpy as np
from sklearn.decomposition import NMF

from refimpl.oracle.peers.adapter import Rows


class NonNegativeFactors:
    """The task nmf.run."""

    def nmf_run(self, matrix: Rows, w: Rows, h: Rows, iterations: int) -> dict[str, object]:
        """Exactly as many iterations."""
        if iterations == 0:
            raise NotImplementedError("NMF takes at least one step")
        model = NMF(len(h), init="custom", solver="mu", tol=0, max_iter=iterations)
        left = model.fit_transform(np.array(matrix), W=np.array(w), H=np.array(h))
        return {"w": left, "h": model.components_, "loss": model.reconstruction_err_**2 / 2}
