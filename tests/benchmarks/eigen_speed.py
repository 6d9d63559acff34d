"""Eigenpairs, found and proven to 50 digits, against mpmath's eigsy, which proves nothing; and what grows with what.

Small matrices: all eigenpairs. Large ones: the leading 36 of the Gram matrix of 400 faces of 32 x 32 pixels; eigsy,
whose time grows with the cube of the number of rows, is measured on a few faces and extrapolated. And that Gram matrix
itself, against numpy's product of int64.
Run with: python tests/benchmarks/eigen_speed.py
"""

import random
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
from timing import fastest, ratios

from refimpl import gram
from refimpl.applications.faces import album
from refimpl.certify.eigenpairs import Enclosure, enclose
from refimpl.eigenbasis import Eigenbasis, leading

DIGITS = 50
LEADING = 36
MEASURED = 24
"""Faces on which eigsy is measured for the extrapolation."""
Rows = list[list[Fraction]]


def symmetric(n: int) -> Rows:
    """Random integers."""
    source = random.Random(n)
    rows = [[source.randint(-99, 99) for _ in range(n)] for _ in range(n)]
    return [[Fraction(rows[max(i, j)][min(i, j)]) for j in range(n)] for i in range(n)]


def centred(images: list[list[int]]) -> Rows:
    """The inner products of images from their mean, times the square of their number."""
    return [[Fraction(x) for x in row] for row in gram.centred(images)]


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
    faces = album()
    array = np.array(faces, dtype=np.int64)
    products = {"numpy": lambda: array @ array.T, "gram": lambda: gram.gram(faces)}
    print(ratios(f"X X^T of {len(faces)} x {len(faces[0])}", fastest(products, 5), "numpy"))
    few = centred(faces[:: len(faces) // MEASURED][:MEASURED])
    theirs, _ = seconds(lambda: eigsy(few))
    theirs *= (len(faces) / MEASURED) ** 3
    matrix = centred(faces)
    finding, basis = seconds(lambda: find(matrix, LEADING))
    proving, enclosures = seconds(lambda: prove(matrix, basis))
    widest = max(x.radius for x in enclosures if x.radius is not None)
    within = mpmath.nstr(mpmath.mpf(widest.numerator) / widest.denominator, 2)
    print(
        f"leading {LEADING} of {len(matrix)} x {len(matrix)}: found in {finding:.1f} s, proven in {proving:.1f} s, "
        f"entries of vectors within {within}; eigsy, extrapolated from {MEASURED} rows, {theirs:.0f} s = "
        f"{theirs / (finding + proving):.0f} times as long"
    )


if __name__ == "__main__":
    main()
