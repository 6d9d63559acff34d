"""Attainable digits of choose_k.sweep: of each row of measures, the least over the outcomes."""

from collections.abc import Sequence
from fractions import Fraction

from refimpl.certify import sensitivity, sensitivity_silhouette
from refimpl.certify.lloyd import Step
from refimpl.oracle import sweep_results, values
from refimpl.oracle.attainable.digits import Digits
from refimpl.oracle.attainable.kmeans import states
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.certificates import Sweep
from refimpl.oracle.values import Rows


def _sweep(case: Case, expected: Numbers) -> Digits:
    assert isinstance(case.certificate, Sweep)
    points, _ = sweep_results.points_starts(case.input)
    sizes = [_sizes(points, [path[-1] for path in states(run)]) for run in case.certificate.runs]
    fallbacks = {"distortion": values.largest(points) ** 2, "silhouette": Fraction(1), "ratio": Fraction(1)}
    found = dict.fromkeys(fallbacks, sensitivity.MOST)
    for name, fallback in fallbacks.items():
        for outcome in case.outcomes:
            row = outcome.result[name]
            assert isinstance(row, list)
            told = [(values.number(x, name), s[name]) for x, s in zip(row, sizes, strict=True) if x is not None]
            if told:
                digits = sensitivity.attainable([x for x, _ in told], [s for _, s in told], fallback)
                found[name] = min(found[name], digits)
    return found


def _sizes(points: Rows, ends: Sequence[Step]) -> dict[str, Fraction]:
    """Return S of each measure, the largest over the ends of the runs from one start."""
    sizes = {"distortion": Fraction(0), "silhouette": Fraction(0), "ratio": Fraction(0)}
    for end in ends:
        has_silhouette, has_ratio = sweep_results.comparable(end.labels)
        sizes["distortion"] = max(sizes["distortion"], sensitivity.distortion(points, end.labels, end.centers))
        if has_silhouette:
            mean = _mean(sensitivity_silhouette.of_samples(points, end.labels))
            sizes["silhouette"] = max(sizes["silhouette"], mean)
        if has_ratio:
            sizes["ratio"] = max(sizes["ratio"], sensitivity_silhouette.of_ratio(points, end.labels))
    return sizes


def _mean(sizes: Sequence[Fraction]) -> Fraction:
    return sum(sizes, Fraction(0)) / len(sizes)


BY_TASK = {"choose_k.sweep": _sweep}
