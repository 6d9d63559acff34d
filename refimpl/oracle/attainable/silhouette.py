"""Attainable digits of silhouette.*"""

from fractions import Fraction

from refimpl.certify import sensitivity, sensitivity_silhouette
from refimpl.oracle import silhouette_results, values
from refimpl.oracle.attainable.digits import Digits
from refimpl.oracle.case import Case, Numbers


def _silhouettes(case: Case, expected: Numbers) -> Digits:
    points, labels = silhouette_results.points_labels(case.input)
    name, sizes = (
        ("samples", sensitivity_silhouette.of_samples(points, labels))
        if "samples" in expected
        else ("clusters", sensitivity_silhouette.of_classes(points, labels))
    )
    mean = values.number(expected["mean"], "mean")
    return {
        name: sensitivity.attainable(values.row(expected[name], name), sizes, Fraction(1)),
        "mean": sensitivity.attainable([mean], [sum(sizes, Fraction(0)) / len(sizes)], Fraction(1)),
    }


BY_TASK = {"silhouette.samples": _silhouettes, "silhouette.clusters": _silhouettes}
