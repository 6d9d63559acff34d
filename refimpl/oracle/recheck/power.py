"""Proof of power.run: the power of the matrix by squaring, and squares in place of roots."""

from refimpl.certify import powers
from refimpl.oracle import values
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.certificates import Identities
from refimpl.oracle.recheck.agreement import agree, certificate, printed


def run(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless the vector and its Rayleigh quotient are those of A^t v."""
    certificate(case, Identities)
    matrix, vector = values.rows(case.input["matrix"], "matrix"), values.row(case.input["vector"], "vector")
    w = powers.image(matrix, vector, values.iterations(case.params))
    agree(expected["eigenvalue"], values.written(powers.rayleigh(matrix, w)), "eigenvalue")
    entries = [printed(text, f"vector[{i}]") for i, text in enumerate(values.leaves(expected["vector"]))]
    powers.check_unit(entries, w, "vector")


PROOFS = {"power.run": run}
