"""Solver of pca.fit: approximate eigenvectors to as many digits as the results need, and what they prove.

1. the room `eigenbasis` finds all eigenvectors of a scatter or Gram matrix, more digits of them at each try
2. `certify.principal` encloses the components and their scores, exactly where the variance is rational
3. they are written where the enclosures determine every digit
"""

from refimpl import eigenbasis, linear, pca
from refimpl.certify import principal
from refimpl.errors import RefimplError, Refuted, Undecided, Unsupported
from refimpl.numbers import fixed
from refimpl.oracle import pca_results, values
from refimpl.oracle.case import Numbers
from refimpl.oracle.certificates import Eigenpairs
from refimpl.oracle.solve.solution import Solution
from refimpl.oracle.values import Style

SPARE = (15, 40, 100, 300, 900)
"""Digits of the eigenvectors beyond those that are written, one try after the other."""

MOST = 64
"""Rows of a matrix of which all eigenvectors are looked for."""


def fit(given: Numbers, params: Numbers, style: Style = values.GOLDEN) -> Solution:
    """Solve pca.fit. Raises Unsupported where there are too many points and dimensions, or nothing is proven."""
    points = values.rows(given["points"], "points")
    components, ddof = values.whole(params["components"], "components"), values.whole(params["ddof"], "ddof")
    _, d = linear.shape(points, "points")
    total = pca.check(points, components, d, ddof)
    mean, centred = pca.centre(points)
    columns = linear.transpose(centred)
    # X X^T has fewer rows, but does not know all of the dimensions in which the points do not vary
    rows = centred if components < len(centred) < d else columns
    if len(rows) > MOST:
        size = f"{len(points)} points of {d} dimensions"
        raise Unsupported(f"{size} need a matrix of {len(rows)} rows; give {MOST} points or dimensions at most")
    matrix = [[linear.dot(x, y) for y in rows] for x in rows]
    failure: RefimplError = Unsupported("nothing is proven")
    for spare in SPARE:
        digits = style.digits + spare
        found = eigenbasis.leading(matrix, len(matrix), digits)
        text = [[fixed(x, digits) for x in v] for v in found.vectors]
        try:
            groups = principal.groups(points, components, [values.row(v, "vectors") for v in text])
            expected = pca_results.named(mean, groups, len(points) - ddof, total, style)
        except (Undecided, Refuted) as error:
            failure = error
            continue
        return Solution(expected, Eigenpairs(text, pca_results.projectors(groups)))
    raise failure


SOLVERS = {"pca.fit": fit}
