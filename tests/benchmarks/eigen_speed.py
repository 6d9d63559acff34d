"""Eigenpairs, found and proven to 50 digits, against mpmath's eigsy, which proves nothing; and what grows with what.

Small matrices: all eigenpairs. Large ones: the leading 36 of the Gram matrix of 400 images of 32 x 32 pixels, made here
of 60 patterns whose weights fall off as in photographs of faces; eigsy, whose time grows with the cube of the number of
rows, is measured on a few rows and extrapolated.
Run with: python tests/benchmarks/eigen_speed.py
"""

import random
import time
from collections.abc import Callable
from fractions import Fraction
from operator import mul
from typing import Any

import mpmath
from timing import fastest, ratios

from refimpl.certify.eigenpairs import Enclosure, enclose
from refimpl.eigenbasis import Eigenbasis, leading

DIGITS = 50
IMAGES, PIXELS, PATTERNS, LEADING = 400, 1024, 60, 36
MEASURED = 24
"""Rows of the matrix on which eigsy is measured for the extrapolation."""
Rows = list[list[Fraction]]


def symmetric(n: int) -> Rows:
    """Random integers."""
    source = random.Random(n)
    rows = [[source.randint(-99, 99) for _ in range(n)] for _ in range(n)]
    return [[Fraction(rows[max(i, j)][min(i, j)]) for j in range(n)] for i in range(n)]


def gram(count: int, pixels: int = PIXELS) -> Rows:
    """X X^T of images with entries 0..255, X centred and multiplied by the number of images."""
    source = random.Random(5)
    patterns = [[source.randint(-1000, 1000) for _ in range(pixels)] for _ in range(PATTERNS)]
    columns = list(zip(*patterns, strict=True))
    images = []
    for _ in range(count):
        weights = [source.randint(-1000, 1000) * 3 // (k + 3) for k in range(PATTERNS)]
        images.append([sum(map(mul, weights, column)) for column in columns])
    largest = max(max(map(abs, row)) for row in images)
    images = [[128 + 127 * x // largest for x in row] for row in images]
    sums = [sum(column) for column in zip(*images, strict=True)]
    centred = [[count * x - s for x, s in zip(row, sums, strict=True)] for row in images]
    lower = [[sum(map(mul, x, y)) for y in centred[: i + 1]] for i, x in enumerate(centred)]
    return [[Fraction(lower[max(i, j)][min(i, j)]) for j in range(count)] for i in range(count)]


def eigsy(matrix: Rows) -> Any:
    """All eigenpairs by mpmath."""
    context = mpmath.MPContext()
    context.dps = DIGITS
    return context.eigsy(context.matrix([[context.mpf(x.numerator) / x.denominator for x in row] for row in matrix]))


def find(matrix: Rows, count: int | None = None) -> Eigenbasis:
    """The leading eigenpairs, or all."""
    return leading(matrix, count or len(matrix), DIGITS)


def prove(matrix: Rows, basis: Eigenbasis) -> list[Enclosure]:
    """Enclosures of the same."""
    return enclose(matrix, basis.vectors, basis.beyond, basis.clusters)


def seconds(job: Callable[[], Any]) -> tuple[float, Any]:
    """The time of a job that is too long to be repeated, and its result."""
    start = time.perf_counter()
    result = job()
    return time.perf_counter() - start, result


def main() -> None:
    """Print a line for each job."""
    for n in (2, 4, 8, 16):
        matrix = symmetric(n)
        jobs: dict[str, Callable[[], Any]] = {
            "eigsy": lambda m=matrix: eigsy(m),
            "find": lambda m=matrix: find(m),
            "find and prove": lambda m=matrix: prove(m, find(m)),
        }
        print(ratios(f"all of {n} x {n}", fastest(jobs, 20 if n < 8 else 3), "eigsy"))
    few = gram(MEASURED)
    theirs, _ = seconds(lambda: eigsy(few))
    theirs *= (IMAGES / MEASURED) ** 3
    matrix = gram(IMAGES)
    finding, basis = seconds(lambda: find(matrix, LEADING))
    proving, enclosures = seconds(lambda: prove(matrix, basis))
    widest = max(x.radius for x in enclosures if x.radius is not None)
    print(
        f"leading {len(basis.values)} of {IMAGES} x {IMAGES}: found in {finding:.1f} s, proven in {proving:.1f} s, "
        f"every entry of an eigenvector within {mpmath.nstr(mpmath.mpf(widest.numerator) / widest.denominator, 2)}; "
        f"eigsy, extrapolated from {MEASURED} rows, {theirs:.0f} s = {theirs / (finding + proving):.0f} times as long"
    )


if __name__ == "__main__":
    main()
