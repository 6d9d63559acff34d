"""Power iteration with deflation, which is the lecture's definition, agrees with what residuals prove."""

from fractions import Fraction as Q
from typing import Any

import pytest

from refimpl import linear, pca
from refimpl.errors import RefimplError, TiedEigenvalues
from refimpl.numbers import high
from refimpl.oracle import eigenvectors, store, values
from refimpl.oracle.case import Case

H = high(60)
CASES = list(store.cases(store.fixtures(), task="pca.fit"))
AGREED = Q(1, 10**25)


def exact(tree: Any) -> list[list[Q]]:
    return values.rows(tree, "")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_room_and_the_golden_case_agree(case: Case) -> None:
    given: Any = case.input["points"]
    points = [[H(values.number(x, "")) for x in row] for row in given]
    count, ddof = int(str(case.params["components"])), int(str(case.params["ddof"]))
    wide = bool(points) and count < len(points) < len(points[0])
    fits = [pca.by_gram] if case.id == "pca.fit/digits" else [pca.fit, pca.by_gram] if wide else [pca.fit]
    for fit in fits:
        if case.expected is None:
            with pytest.raises(RefimplError) as refused:
                fit(points, components=count, ddof=ddof, numbers=H)
            assert refused.value.kind == case.refused
            continue
        if eigenvectors.are_tied(case.expected):
            with pytest.raises(TiedEigenvalues):
                fit(points, components=count, ddof=ddof, numbers=H)
            continue
        found = fit(points, components=count, ddof=ddof, numbers=H)
        expected: Any = case.expected
        rows = {
            "mean": ([found.mean], [expected["mean"]]),
            "variances": ([found.variances], [expected["variances"]]),
            "ratio": ([found.ratio], [expected["ratio"]]),
            "components": (found.components, expected["components"]),
            "scores": (linear.transpose(found.scores), list(zip(*expected["scores"], strict=True))),
        }
        for name, (ours, golden) in rows.items():
            for row, line in zip(ours, golden, strict=True):
                truth = [values.number(x, name) for x in line]
                scale = max(max(map(abs, truth)), max(abs(values.number(x, name)) for x in golden[0]))
                for a, b in zip(row, truth, strict=True):
                    assert abs(Q(str(a)) - b) <= AGREED * scale, name
