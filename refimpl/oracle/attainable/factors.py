"""Attainable digits of power.run and nmf.run."""

from fractions import Fraction

from refimpl.certify import sensitivity, sensitivity_factors
from refimpl.oracle import nmf_results, values
from refimpl.oracle.attainable.digits import Digits
from refimpl.oracle.case import Case, Numbers


def _power(case: Case, expected: Numbers) -> Digits:
    matrix, vector = values.rows(case.input["matrix"], "matrix"), values.row(case.input["vector"], "vector")
    *sizes, last = sensitivity_factors.of_power(matrix, vector, values.iterations(case.params))
    value = values.number(expected["eigenvalue"], "eigenvalue")
    return {
        "vector": sensitivity.attainable(values.row(expected["vector"], "vector"), sizes, Fraction(1)),
        "eigenvalue": sensitivity.attainable([value], [last], values.largest(matrix)),
    }


def _nmf(case: Case, expected: Numbers) -> Digits:
    x, w, h = nmf_results.matrices(case.input)
    sizes = sensitivity_factors.of_factors(x, w, h, values.iterations(case.params))
    found: Digits = {}
    for name, fallback in (("w", Fraction(1)), ("h", Fraction(1)), ("loss", values.largest(x) ** 2)):
        entries = [values.number(text, name) for text in values.leaves(expected[name])]
        found[name] = sensitivity.attainable(entries, sizes[: len(entries)], fallback)
        sizes = sizes[len(entries) :]
    return found


BY_TASK = {"power.run": _power, "nmf.run": _nmf}
