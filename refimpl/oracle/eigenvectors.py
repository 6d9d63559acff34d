"""What an answer made of eigenvectors may choose: their signs, and the basis of a space that they share.

Notation: B the golden basis of the space of one variance, W the answer's, rows orthonormal; Y = X W^T the scores.

    1. turn    W' = (B W^T) W, Y' = Y (B W^T)^T; without W by the golden scores Z = X B^T,   (T1)
               orthogonal and of one length |z|: Y' = Y (Z^T Y)^T / |z|^2
    2. sign    for one vector w' = w or -w, whichever is on the side of b                  (T2)

If W^T W is the projector onto the space of B, which is what makes W right, then W' = B, and the only such W of as many
rows are the orthonormal bases: B W^T W = B says that W^T W is the identity on the space, and its rank is no greater.
So comparing W' with B compares projectors. (T2) is (T1) but for the length of w, which it leaves as it is.
"""

from collections.abc import Sequence
from fractions import Fraction

from refimpl import linear
from refimpl.oracle import values
from refimpl.oracle.case import Numbers
from refimpl.oracle.reading import Exact, Reading
from refimpl.oracle.tasks import Output
from refimpl.oracle.values import Rows


def tied(outcome: Numbers) -> list[list[int]]:
    """Return the components in groups of one variance: equal variances are printed alike, and different ones never."""
    found: list[list[int]] = []
    variances = outcome["variances"]
    assert isinstance(variances, list)
    for k, variance in enumerate(variances):
        if k and variance == variances[k - 1]:
            found[-1].append(k)
        else:
            found.append([k])
    return found


def are_tied(outcome: Numbers) -> bool:
    """Return whether components are a matter of choice, so that they may be refused."""
    return "components" in outcome and any(len(group) > 1 for group in tied(outcome))


def turned(outcome: Numbers, outputs: Sequence[Output], reading: Reading) -> Reading:
    """Return the answer with its eigenvectors, and what goes with them, in the golden basis."""
    names = {output.name: output.vectors for output in outputs if output.vectors}
    if not names:
        return reading
    answered = {name: _lines(reading[name], how) for name, how in names.items()}
    leading, how = next(iter(names.items()))
    tree = outcome[leading]
    right = _lines(values.row(tree, leading) if how == "row" else values.rows(tree, leading), how)
    for group in tied(outcome) if "variances" in outcome else [[0]]:
        b, w = [right[k] for k in group], [answered[leading][k] for k in group]
        squares = [linear.dot(p, p) for p in b]
        if not all(squares):  # scores of variance 0
            continue
        turn = [[linear.dot(p, q) / square for q in w] for p, square in zip(b, squares, strict=True)]  # (T1)
        if len(group) == 1:
            turn = [[Fraction(-1 if turn[0][0] < 0 else 1)]]  # (T2)
        for lines in answered.values():
            columns = linear.transpose([lines[k] for k in group])
            for k, shares in zip(group, turn, strict=True):
                lines[k] = linear.matvec(columns, shares)
    return {**reading, **{name: _tree(answered[name], how) for name, how in names.items()}}


def _lines(tree: object, how: str) -> Rows:
    """Return a row for each eigenvector, of numbers that are exact already."""
    rows = [tree] if how == "row" else tree
    assert isinstance(rows, list)
    return linear.transpose(rows) if how == "columns" else [[*row] for row in rows]


def _tree(lines: Rows, how: str) -> Exact:
    rows = linear.transpose(lines) if how == "columns" else lines
    return [*rows[0]] if how == "row" else [[*row] for row in rows]
