"""NumPy's moments behind the protocol.

moments.covariance   mean, cov(ddof=...) and corrcoef, whose NaN for a constant column stands for null
"""

import numpy as np

from refimpl.oracle.peers.adapter import Adapter, Rows


class NumPy(Adapter):
    """The installed NumPy."""

    name = "numpy"
    version = np.__version__

    def moments_covariance(self, points: Rows, ddof: int) -> dict[str, object]:
        """Mean, covariance with the divisor n - ddof, and correlation."""
        columns = np.array(points).T
        with np.errstate(divide="ignore", invalid="ignore"):
            correlation = np.atleast_2d(np.corrcoef(columns))
        return {
            "mean": columns.mean(axis=1),
            "covariance": np.atleast_2d(np.cov(columns, ddof=ddof)),
            "correlation": [[None if np.isnan(r) else r for r in row] for row in correlation],
        }
