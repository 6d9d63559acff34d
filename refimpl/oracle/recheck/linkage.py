"""Proof of linkage.fit: every d from the members of clusters, every tie followed, roots in finer balls."""

from refimpl.certify.dendrograms import Dendrograms
from refimpl.errors import Refuted
from refimpl.oracle import values
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.certificates import Comparisons
from refimpl.oracle.linkage_results import margin_text, named, points_method
from refimpl.oracle.recheck.agreement import agree, certificate

SPARE = 45
"""Digits of the balls beyond those that are written, more than the solver has."""


def fit(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless the outcomes are all trees that merging nearest pairs leads to, with their heights."""
    points, method = points_method(case.input, case.params)
    proven = Dendrograms(points, method)
    agree(certificate(case, Comparisons).margin, margin_text(proven.first[1]), "margin")
    if len(case.outcomes) != len(proven.trees):
        raise Refuted(f"there are {len(proven.trees)} trees, but {len(case.outcomes)} outcomes")
    for number, (outcome, tree) in enumerate(zip(case.outcomes, proven.trees, strict=True)):
        where = "expected" if number == 0 else f"branches[{number - 1}]"
        heights = [measure.d for measure in tree.measures]
        results = named(tree.merges, heights, proven.unit, values.GOLDEN, SPARE)
        for name, value in results.items():
            agree(outcome.result.get(name), value, f"{where}.{name}")
        agree(outcome.admissible, "always", f"{where}.admissible")


PROOFS = {"linkage.fit": fit}
