"""Attainable digits of pca.fit."""

from fractions import Fraction

from refimpl import linear
from refimpl.certify import lloyd, sensitivity
from refimpl.certify.sensitivity_components import of_components
from refimpl.oracle import values
from refimpl.oracle.attainable.digits import Digits, of_rows
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.certificates import Eigenpairs


def _fit(case: Case, expected: Numbers) -> Digits:
    assert isinstance(case.certificate, Eigenpairs)
    points, largest = (
        values.rows(case.input["points"], "points"),
        values.largest(values.rows(case.input["points"], "points")),
    )
    mean, variances, ratio = (values.row(expected[name], name) for name in ("mean", "variances", "ratio"))
    components, scores = (values.rows(expected[name], name) for name in ("components", "scores"))
    vectors = [values.row(v, "vectors") for v in case.certificate.vectors]
    divisor = len(points) - values.whole(case.params["ddof"], "ddof")
    sizes = of_components(points, components, variances, vectors, divisor)
    return {
        "mean": sensitivity.attainable(mean, linear.mean(lloyd.absolute(points)), largest),
        "variances": sensitivity.attainable(variances, sizes.variances, largest**2),
        "ratio": sensitivity.attainable(ratio, sizes.ratio, Fraction(1)),
        "components": of_rows(components, sizes.components, Fraction(1)),
        "scores": of_rows(scores, sizes.scores, largest),
    }


BY_TASK = {"pca.fit": _fit}
