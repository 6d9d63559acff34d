"""Three steps of K-means on colours, K = 8: by boxes, by different colours, pixel by pixel, and by scikit-learn.

All take the same steps from the same start. By boxes the numbers are exact; the boxes that the start needs are cut
beforehand, and what that costs is told in a line of its own. The others work on floats: the weighted room asks every
different colour, the room `kmeans` every pixel. scikit-learn's KMeans has the pixels, as one gives them to it, and
then the different colours with their weights; its centers are off by some hundredths of a level, for it expands the
squares, and colours that are equally near to two centers go to either. Screens and maps repeat their colours, as the
second picture does. Run with: python tests/benchmarks/palette_speed.py
"""

import time
import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from timing import fastest, ratios

from refimpl import kmeans, kmeans_boxes, kmeans_weighted, trace
from refimpl.applications import palette, scenes
from refimpl.applications.images import Picture

STEPS, K = 3, 8


def compare(title: str, picture: Picture, rounds: int) -> None:
    """Print a line; the results are compared first."""
    colours, counts = picture.colours()
    (start,) = kmeans_weighted.plus_plus_starts(colours, counts, K, seed=0, count=1)
    begun = time.perf_counter()
    box = kmeans_boxes.boxed(colours, counts)
    exact = trace.nth(STEPS - 1, kmeans_boxes.trace(box, start))
    cut = time.perf_counter() - begun
    points, pixels = ([[float(x) for x in row] for row in rows] for rows in (colours, picture.pixels()))
    centers = [[float(x) for x in center] for center in start]
    first = kmeans.State([], centers, 0.0)

    def by_colours() -> kmeans.State[float]:
        return trace.nth(STEPS, kmeans_weighted.trace(points, counts, first))

    def by_pixels() -> kmeans.State[float]:
        return trace.nth(STEPS, kmeans.trace(pixels, first))

    arrays = {"colours": np.array(points), "pixels": np.array(pixels)}

    def scikit_learn(name: str) -> KMeans:
        fitted = KMeans(K, init=np.array(centers), n_init=1, max_iter=STEPS, tol=0, algorithm="lloyd")
        return fitted.fit(arrays[name], sample_weight=counts if name == "colours" else None)

    means = np.array([[float(x) for x in center] for center in exact.centers])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for mine in (by_colours(), by_pixels()):
            assert np.allclose(means, np.array(mine.centers), rtol=1e-12)
        for name in arrays:  # which rounds where two centers are equally near, so that a few colours go elsewhere
            assert np.allclose(means, scikit_learn(name).cluster_centers_, atol=0.2)
        jobs = {
            "boxes": lambda: trace.nth(STEPS - 1, kmeans_boxes.trace(box, start)),
            "different colours": by_colours,
            "pixel by pixel": by_pixels,
            "scikit-learn, colours": lambda: scikit_learn("colours"),
            "scikit-learn, pixels": lambda: scikit_learn("pixels"),
        }
        best = fastest(jobs, rounds)
    print(ratios(f"{title}: {picture.size} pixels, {len(colours)} colours, {STEPS} steps", best, "boxes"))
    print(f"    cutting the boxes, with the first {STEPS} steps: {cut / best['boxes']:.1f}")


def main() -> None:
    """Print two lines for each picture."""
    lake = scenes.landscape(320, 240)
    made, _ = palette.few_colours(lake, 256, iterations=3)
    few = [bytes(made.colours[label][d] for label in made.labels) for d in range(3)]
    compare("photograph", lake, 3)
    compare("256 colours", Picture((few[0], few[1], few[2]), lake.width), 3)


if __name__ == "__main__":
    main()
