"""Attainable digits of linkage.fit, the least over all trees."""

from refimpl.certify import sensitivity
from refimpl.certify.dendrograms import Dendrograms
from refimpl.oracle import values
from refimpl.oracle.attainable.digits import Digits
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.linkage_results import points_method


def _fit(case: Case, expected: Numbers) -> Digits:
    points, method = points_method(case.input, case.params)
    found = Dendrograms(points, method)
    return {
        "heights": min(
            sensitivity.attainable(
                [measure.d.near / found.unit for measure in tree.measures],
                [measure.size for measure in tree.measures],
                values.largest(points),
            )
            for tree in found.trees
        )
    }


BY_TASK = {"linkage.fit": _fit}
