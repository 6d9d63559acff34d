"""scikit-learn's preprocessing behind the protocol, for the adapter in `scikit_learn` to inherit.

    preprocess.min_max       preprocessing.MinMaxScaler
    preprocess.impute_mean   impute.SimpleImputer(strategy="mean", keep_empty_features=True)
    preprocess.codes         preprocessing.OrdinalEncoder(categories=[...])
    preprocess.one_hot       preprocessing.OneHotEncoder(categories=[...])

Left to themselves both encoders sort the categories; in which order they come is a parameter, and they are given the
order of first appearance. The imputer has means of NaN and fills a column without a mean with zeros.
"""

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder

from refimpl.oracle.peers.adapter import Rows


class Preprocessing:
    """The tasks preprocess.*"""

    def preprocess_min_max(self, points: Rows) -> dict[str, object]:
        """Columns from 0 to 1."""
        return {"points": MinMaxScaler().fit_transform(np.array(points))}

    def preprocess_impute_mean(self, points: list[list[float | None]]) -> dict[str, object]:
        """Missing entries are NaN there."""
        data = np.array([[np.nan if x is None else x for x in row] for row in points])
        return {"points": SimpleImputer(strategy="mean", keep_empty_features=True).fit_transform(data)}

    def preprocess_codes(self, categories: list[str]) -> dict[str, object]:
        """Numbers in the order that is given."""
        encoder = OrdinalEncoder(categories=[_order(categories)], dtype=np.int64)
        return {"labels": encoder.fit_transform(_column(categories))[:, 0]}

    def preprocess_one_hot(self, categories: list[str]) -> dict[str, object]:
        """Columns in the order that is given."""
        encoder = OneHotEncoder(categories=[_order(categories)], sparse_output=False)
        return {"matrix": encoder.fit_transform(_column(categories))}


def _order(categories: list[str]) -> list[str]:
    return list(dict.fromkeys(categories))


def _column(categories: list[str]) -> object:
    return np.array([[category] for category in categories], dtype=object).reshape(-1, 1)
