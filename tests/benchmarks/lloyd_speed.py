"""Twenty exact Lloyd steps on iris (150 x 4, K = 3): the room against naive Fractions and plain floats.

The naive one is K-means as one would write it: the same half-steps, every operation on Fractions. All three take
the same steps from the same start. Run with: python tests/benchmarks/lloyd_speed.py
"""

import csv
from fractions import Fraction
from pathlib import Path

from timing import fastest, ratios

from refimpl import kmeans, trace

STEPS = 20
IRIS = Path(__file__).parents[2] / "fixtures" / "data" / "iris.csv"
START = ((51, 35, 14, 2), (49, 30, 14, 2), (47, 32, 13, 2))

Rows = list[list[Fraction]]


def points() -> Rows:
    """Return the four columns of iris in millimetres."""
    with IRIS.open(encoding="utf-8", newline="") as file:
        return [[Fraction(x) for x in row[:4]] for row in list(csv.reader(file))[1:]]


def naive(data: Rows, centers: Rows, steps: int) -> tuple[list[int], Rows, Fraction]:
    """Return labels, centers and J after so many steps, without clearing any denominator."""
    labels: list[int] = []
    for _ in range(steps):
        labels = []
        for x in data:
            distances = [sum((a - c) ** 2 for a, c in zip(x, center, strict=True)) for center in centers]
            labels.append(distances.index(min(distances)))
        for k in range(len(centers)):
            group = [x for x, label in zip(data, labels, strict=True) if label == k]
            if group:
                centers = [
                    [sum(column, Fraction(0)) / len(group) for column in zip(*group, strict=True)] if j == k else c
                    for j, c in enumerate(centers)
                ]
        squares = (
            sum((a - c) ** 2 for a, c in zip(x, centers[label], strict=True))
            for x, label in zip(data, labels, strict=True)
        )
        j = sum(squares, Fraction(0))
    return labels, centers, j


def main() -> None:
    """Print one line; the results of the exact ones are compared first."""
    data, start = points(), [[Fraction(x) for x in center] for center in START]
    floats, float_start = [[float(x) for x in row] for row in data], [[float(x) for x in c] for c in START]
    state = trace.nth(STEPS, kmeans.trace(data, kmeans.start(data, start)))
    assert (state.labels, state.centers, state.distortion) == naive(data, start, STEPS)
    jobs = {
        "room": lambda: trace.nth(STEPS, kmeans.trace(data, kmeans.start(data, start))),
        "naive Fractions": lambda: naive(data, start, STEPS),
        "room on floats": lambda: trace.nth(STEPS, kmeans.trace(floats, kmeans.start(floats, float_start))),
    }
    print(ratios(f"{STEPS} exact Lloyd steps on 150 x 4", fastest(jobs, 5), "room"))


if __name__ == "__main__":
    main()
