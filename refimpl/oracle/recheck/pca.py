"""Proof of pca.fit: intervals from the residuals of approximate eigenvectors, and squares in place of roots.

Notation of `certify.principal`; p is a printed number, h half a unit of its last digit, 0 for an exact one.

    1. value      |p - y| <= h for all y of the interval of a variance or of its share                    (J1)
    2. direction  p has the sign of y, an entry of t or of X t, and                                       (J2)
                  (|p| - h)^2 |t|^2 <= y^2 <= (|p| + h)^2 |t|^2
    3. sign       all entries and scores of a component are those of t, or all are those of -t            (J3)
"""

from collections.abc import Sequence
from fractions import Fraction

from refimpl import linear
from refimpl.certify import identities, principal
from refimpl.certify.principal import Direction, Group, Interval
from refimpl.errors import Refuted
from refimpl.oracle import pca_results, values
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.certificates import Eigenpairs
from refimpl.oracle.recheck.agreement import agree, certificate, printed


def fit(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless everything is what the approximate eigenvectors prove."""
    proof = certificate(case, Eigenpairs)
    points = values.rows(case.input["points"], "points")
    n, d = len(points), len(points[0])
    ddof, count = values.whole(case.params["ddof"], "ddof"), values.whole(case.params["components"], "components")
    identities.check_mean(points, values.row(expected["mean"], "mean"))
    total = linear.total(identities.covariance(points, j, j, ddof) for j in range(d))
    groups = principal.groups(points, count, [values.row(v, "vectors") for v in proof.vectors])
    agree(proof.projectors, pca_results.projectors(groups), "projectors")
    (variances,), (ratio,) = (_table([expected[name]], (1, count), name) for name in ("variances", "ratio"))
    _check_told_apart(variances, groups)
    components = _table(expected["components"], (count, d), "components")
    scores = list(zip(*_table(expected["scores"], (n, count), "scores"), strict=True))
    directions = [(group.mu, direction) for group in groups for direction in group.directions]
    for k, (mu, direction) in enumerate(directions):
        _check_value(variances[k], mu, n - ddof, f"variances[{k}]")
        _check_value(ratio[k], mu, (n - ddof) * total, f"ratio[{k}]")
        _check_direction(components[k], scores[k], direction, k)


def _check_told_apart(variances: Sequence[str], groups: Sequence[Group]) -> None:
    """Raise Refuted unless different variances are written differently: whoever reads alike ones takes them as tied."""
    for group in groups[1:]:
        k = group.indices.start
        if variances[k - 1] == variances[k]:
            raise Refuted(f"variances[{k}] differs from the one before it, but not in the digits that are written")


def _table(tree: object, shape: tuple[int, int], where: str) -> list[list[str]]:
    """Return rows of text. Raises Refuted unless they have this shape."""
    n, d = shape
    rows = tree if isinstance(tree, list) else []
    if len(rows) != n or not all(isinstance(row, list) and len(row) == d for row in rows):
        raise Refuted(f"{where} is not {n} x {d}")
    return rows


def _check_value(text: str, y: Interval, unit: Fraction | int, where: str) -> None:
    """Raise Refuted unless a number is that of an interval, over a unit.  (J1)"""
    p, h = printed(text, where)
    if not (p - h) * unit <= y.lower <= y.upper <= (p + h) * unit:
        raise Refuted(f"{where} is not proven")


def _check_direction(component: Sequence[str], scores: Sequence[str], direction: Direction, k: int) -> None:
    """Raise Refuted unless component k and its scores are t / |t| and X t / |t|, or both their negatives.  (J3)"""
    texts = [
        (text, y, f"components[{k}][{i}]") for i, (text, y) in enumerate(zip(component, direction.entries, strict=True))
    ]
    texts += [(text, y, f"scores[{i}][{k}]") for i, (text, y) in enumerate(zip(scores, direction.scores, strict=True))]
    largest = max(range(len(component)), key=lambda i: direction.entries[i].upper ** 2)
    sign = 1 if (printed(*texts[largest][::2])[0] > 0) == (direction.entries[largest].upper > 0) else -1
    for text, y, where in texts:
        p, h = printed(text, where)
        # p has the sign of y, and (|p| - h)^2 |t|^2 <= y^2 <= (|p| + h)^2 |t|^2           (J2)
        low, high = sorted(abs(bound) for bound in y)
        least, most = max(abs(p) - h, Fraction(0)), abs(p) + h
        same = all(sign * p * bound > 0 for bound in y) or (p == 0 and low == high == 0)
        if not (same and least**2 * direction.square.upper <= low**2 and high**2 <= most**2 * direction.square.lower):
            raise Refuted(f"{where} is not proven")


PROOFS = {"pca.fit": fit}
