"""The task pca.fit on own data, with as many components as are determined unless --k says how many.

ball, exact   approximate eigenvectors and what `certify.principal` proves of them, so that every digit is certain
float, high   the room `pca`, by inner products of rows where there are more columns than rows
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise

from refimpl import eigenbasis, linear, pca, squaring
from refimpl.errors import BadInput, RefimplError, Refuted, TiedEigenvalues, Undecided, Unsupported, ZeroVector
from refimpl.numbers import N, Numbers, exact_text
from refimpl.oracle import values
from refimpl.oracle.solve.pca import MOST, fit as proven
from refimpl.oracle.values import Rows, Style, Tree
from refimpl.own_data import spectrum
from refimpl.own_data.found import Found, Watch
from refimpl.own_data.kind import SPARE, computed, written_row, written_rows
from refimpl.own_data.request import Request

TRIES = (SPARE, 10 * SPARE)
"""Digits of what is proven beyond those printed, one try after the other."""


def fit(request: Request, watch: Watch) -> Found:
    """Run pca.fit, with N - 1 as the divisor if no other is asked for."""
    points, ddof = request.table.rows, values.whole(request.param("ddof", 1), "ddof")
    n, d = len(points), len(points[0])
    total = pca.check(points, 1, d, ddof)
    said = request.options.k is not None or "components" in request.table.params
    asked = request.count("components", 1) if said else None
    if asked is not None and asked > d:
        raise BadInput(f"--k is {asked} for {d} columns; give at most {d}")
    if asked is not None and asked >= n < d:
        raise BadInput(
            f"--k is {asked}, but {n} rows have at most {n - 1} components of a variance above 0; give at most that"
        )
    if request.kind in ("exact", "ball"):
        return _proven(request, asked, ddof)
    if asked is None and min(n, d) > MOST:
        raise BadInput(f"{n} rows of {d} columns have too many components to find all; give --k, such as --k 2")
    return _rounded(request, asked, ddof, total)


def _proven(request: Request, asked: int | None, ddof: int) -> Found:
    """Return what is proven. Raises BadInput where nothing is, and TiedEigenvalues."""
    points, digits = request.table.rows, request.options.digits
    n, d = len(points), len(points[0])
    if min(n, d) > MOST:
        raise BadInput(
            f"the proof for {n} rows of {d} columns would take too long, and is offered up to {MOST} of either; "
            "give --kind float, or fewer --columns"
        )
    matrix = _scatter(points)
    rank = spectrum.rank(matrix)
    given: dict[str, Tree] = {"points": written_rows(exact_text, points)}
    failure: RefimplError = Unsupported("nothing is proven")
    for count in [asked] if asked is not None else _counts(matrix, d if d <= n else rank, digits):
        for spare in TRIES:
            try:
                solution = proven(given, {"components": count, "ddof": ddof}, Style(digits + spare, digits + 4000))
                return Found(spectrum.named(solution.expected, rank, request.style))
            except (Undecided, Refuted, Unsupported) as error:
                failure = error
            if isinstance(failure, Unsupported):  # for which digits are no help
                break
    instead = "" if isinstance(failure, Unsupported) else ", or --kind float"
    raise BadInput(f"nothing is proven of so many components ({failure}); give a lesser --k{instead}")


def _counts(matrix: Rows, most: int, digits: int) -> Iterator[int]:
    """Yield how many components may be asked for: all, then those before a variance that is several times there."""
    yield most
    clusters = eigenbasis.leading(matrix, len(matrix), digits + SPARE).clusters
    yield from (c[0] for c in reversed(clusters) if len(c) > 1 and 0 < c[0] < most)


def _rounded(request: Request, asked: int | None, ddof: int, total: Fraction) -> Found:
    """Return what the room finds. Raises TiedEigenvalues, and ZeroVector for a component of variance 0."""
    points = request.table.rows
    n, d = len(points), len(points[0])
    room = pca.fit if d <= n else pca.by_gram

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        own = [[numbers(x) for x in row] for row in points]
        tolerance = squaring.spacing(numbers) * pca.SAFETY * (n + d)
        count = asked if asked is not None else min(n - 1, d) if d > n else d
        try:
            fitted = room(own, components=count, ddof=ddof, numbers=numbers, tolerance=tolerance)
        except (TiedEigenvalues, ZeroVector):
            bound = numbers(total * (n - ddof)) * tolerance * 2
            count = 0 if asked is not None else _apart(points, request.options.digits, lambda y: numbers(y) > bound)
            if not count:
                raise
            fitted = room(own, components=count, ddof=ddof, numbers=numbers, tolerance=tolerance)
        return Found(
            {
                "mean": written_row(write, fitted.mean),
                "variances": written_row(write, fitted.variances),
                "deviations": [write(numbers.sqrt(x)) for x in fitted.variances],
                "ratio": written_row(write, fitted.ratio),
                "cumulated": [write(linear.total(fitted.ratio[: l + 1])) for l in range(count)],
                "components": written_rows(write, fitted.components),
                "scores": written_rows(write, fitted.scores),
            }
        )

    return computed(request.kind, request.options.digits, compute)


def _apart(points: Rows, digits: int, is_gap: Callable[[Fraction], bool]) -> int:
    """Return how many variances come before the first that is not told apart from the next one."""
    matrix = _scatter(points)
    found = eigenbasis.leading(matrix, len(matrix), digits + SPARE).values
    if len(points[0]) > len(matrix):
        found.append(Fraction(0))
    return next((l for l, (a, b) in enumerate(pairwise(found)) if not is_gap(a - b)), len(found))


def _scatter(points: Rows) -> Rows:
    """Return the sums of squares and products of the centred columns, or of the rows if these are fewer."""
    _, centred = pca.centre(points)
    columns = linear.transpose(centred)
    rows = columns if len(columns) <= len(centred) else centred
    return [[linear.dot(x, y) for y in rows] for x in rows]


JOBS = {"pca.fit": fit}
