"""Proof of power.run: the power of the matrix by squaring, and squares in place of roots."""

from fractions import Fraction

from refimpl.certify import powers
from refimpl.errors import Refuted
from refimpl.numbers import rounded
from refimpl.oracle import values
from refimpl.oracle.case import Case, Identities, Numbers
from refimpl.oracle.recheck.agreement import agree, certificate


def run(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless the vector and its Rayleigh quotient are those of A^t v."""
    certificate(case, Identities)
    matrix, vector = values.rows(case.input["matrix"], "matrix"), values.row(case.input["vector"], "vector")
    w = powers.image(matrix, vector, values.iterations(case.params))
    agree(expected["eigenvalue"], values.written(powers.rayleigh(matrix, w)), "eigenvalue")
    powers.check_unit([_printed(text, i) for i, text in enumerate(values.leaves(expected["vector"]))], w, "vector")


def _printed(text: object, i: int) -> tuple[Fraction, Fraction]:
    if not isinstance(text, str):
        raise Refuted(f"vector[{i}] is not text")
    value, half = values.half_unit(text)
    if half and rounded(value, values.DIGITS) != text:
        raise Refuted(f"vector[{i}] does not have {values.DIGITS} digits")
    return value, half


PROOFS = {"power.run": run}
