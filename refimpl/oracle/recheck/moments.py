"""Proof of moments.covariance: the identities of `certify.identities`."""

from refimpl.certify import identities
from refimpl.errors import Refuted
from refimpl.oracle import values
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.certificates import Identities
from refimpl.oracle.recheck.agreement import agree, certificate, printed


def covariance(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless mean, covariance and correlation satisfy (I1), (I2) and (I3)."""
    certificate(case, Identities)
    points = values.rows(case.input["points"], "points")
    ddof = values.whole(case.params["ddof"], "ddof")
    width = range(len(points[0]))
    identities.check_mean(points, values.row(expected["mean"], "mean"))
    matrix = [[identities.covariance(points, j, k, ddof) for k in width] for j in width]
    agree(expected["covariance"], values.written_rows(matrix), "covariance")
    correlation = expected["correlation"]
    if not isinstance(correlation, list) or len(correlation) != len(width):
        raise Refuted("correlation is not a matrix with a row for each column of the points")
    for j, row in enumerate(correlation):
        if not isinstance(row, list) or len(row) != len(width):
            raise Refuted(f"correlation[{j}] does not have an entry for each column of the points")
        for k, text in enumerate(row):
            where = f"correlation[{j}][{k}]"
            if (text is None) != (matrix[j][j] == 0 or matrix[k][k] == 0):
                raise Refuted(f"{where} must be null where a column is constant, and only there")
            if text is None:
                continue
            identities.check_correlation(printed(text, where), matrix[j][k], matrix[j][j], matrix[k][k], where)


PROOFS = {"moments.covariance": covariance}
