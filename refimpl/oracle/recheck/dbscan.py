"""Proof of dbscan.fit: neighbours by expanded squares, clusters by merging sets, every tie followed."""

from refimpl.certify import density
from refimpl.errors import Refuted
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.certificates import Comparisons
from refimpl.oracle.dbscan_input import margin_text, points_eps_least
from refimpl.oracle.recheck.agreement import agree, certificate


def fit(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless the outcomes are all labellings that the pairs within eps admit."""
    points, eps, least = points_eps_least(case.input, case.params)
    if eps < 0:
        raise Refuted("eps is negative")
    near = density.near(points, eps)
    agree(certificate(case, Comparisons).margin, margin_text(near), "margin")
    proven = density.admissible(near, len(points), least)
    agree(
        [[outcome.result.get("labels"), outcome.result.get("core"), outcome.admissible] for outcome in case.outcomes],
        [[found.labels, found.core, "always"] for found in proven],
        "outcomes",
    )


PROOFS = {"dbscan.fit": fit}
