"""A sweep over K as a textbook has it, one small method for each formula."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from textbook_silhouettes import Labels, Rows, Silhouettes, Vector

from refimpl.errors import BadInput


class Sweeps(Silhouettes):
    """The task choose_k.sweep."""

    kmeans_fit: Callable[[Rows, Rows], dict[str, Any]]
    total: Callable[[Iterable[float]], float]

    def choose_k_sweep(self, points: Rows, starts: Sequence[Rows]) -> dict[str, Any]:
        if not starts:
            raise BadInput("there is nothing to start from")
        fits = [self.fitted(points, start) for start in starts]
        return {
            "distortion": [fit["distortion"] for fit in fits],
            "silhouette": [self.silhouette_of_sweep(points, fit["labels"]) for fit in fits],
            "ratio": [self.ratio_of_sweep(points, fit["labels"]) for fit in fits],
        }

    def fitted(self, points: Rows, start: Rows) -> dict[str, Any]:
        return self.kmeans_fit(points, start)

    def silhouette_of_sweep(self, points: Rows, labels: Labels) -> float | None:
        if len(set(labels)) < 2:
            return self.without_silhouette()
        mean: float = self.silhouette_samples(points, labels)["mean"]
        return mean

    def without_silhouette(self) -> float | None:
        return None

    def ratio_of_sweep(self, points: Rows, labels: Labels) -> float | None:
        pairs = [(n, m) for m in range(len(labels)) for n in range(m)]
        within = [self.apart(points[n], points[m]) for n, m in pairs if labels[n] == labels[m]]
        apart = [self.apart(points[n], points[m]) for n, m in pairs if labels[n] != labels[m]]
        if not within or not apart:
            return self.without_ratio()
        return self.ratio_of_lengths(within, apart)

    def without_ratio(self) -> float | None:
        return None

    def ratio_of_lengths(self, within: Vector, apart: Vector) -> float:
        return self.average(within) / self.average(apart)
