"""Solver of choose_k.sweep: K-means from each start on exact numbers, silhouettes and ratios exact or in balls."""

from collections.abc import Sequence

from refimpl import kmeans, silhouette
from refimpl.certify.lloyd import Step
from refimpl.errors import Unsupported
from refimpl.numbers import EXACT, ball
from refimpl.oracle import sweep_results, values
from refimpl.oracle.case import Numbers
from refimpl.oracle.certificates import Enclosure, Sweep
from refimpl.oracle.solve import kmeans as lloyd, silhouette as silhouettes
from refimpl.oracle.solve.solution import Solution, of_outcomes, with_digits
from refimpl.oracle.sweep_results import Measures
from refimpl.oracle.values import Rows, Style


def sweep(given: Numbers, params: Numbers) -> Solution:
    """Solve choose_k.sweep."""
    points, starts = sweep_results.points_starts(given)
    runs, ends, digits = [], [], [0]
    for start in starts:
        paths, who_may, certificate = lloyd.certified_runs(points, start, lloyd.settled)
        runs.append(certificate)
        ends.append(sweep_results.ends(paths, who_may))

    def measure(end: Step) -> Measures:
        found, used = measured(points, end.labels, [[*c] for c in end.centers])
        digits.append(used)
        return found

    outcomes = sweep_results.outcomes(ends, measure)
    return of_outcomes(outcomes, Sweep(runs, max(digits) or None))


def lowest(given: Numbers, params: Numbers, style: Style) -> Numbers:
    """Return the results where every tie goes to the lowest index, of any input."""
    points, starts = sweep_results.points_starts(given)
    states = [kmeans.fit(points, start)[0] for start in starts]
    return sweep_results.named([measured(points, state.labels, state.centers, style)[0] for state in states])


def measured(points: Rows, labels: Sequence[int], centers: Rows, style: Style = values.GOLDEN) -> tuple[Measures, int]:
    """Return the measures of a clustering, and the digits of the balls that they took, 0 where they are rational."""
    has_silhouette, has_ratio = sweep_results.comparable(labels)
    mean, ratio, digits = None, None, 0
    if has_silhouette:
        solved = silhouettes.of_points(points, labels, style)
        mean = solved.expected["mean"]
        digits = solved.certificate.digits if isinstance(solved.certificate, Enclosure) else 0
    if has_ratio:
        ratio, used = _ratio(points, labels, style)
        digits = max(digits, used)
    assert mean is None or isinstance(mean, str)
    return Measures(values.written(kmeans.distortion(points, labels, centers), style), mean, ratio), digits


def _ratio(points: Rows, labels: Sequence[int], style: Style) -> tuple[str, int]:
    try:
        return values.written(silhouette.ratio(points, labels, EXACT), style), 0
    except Unsupported:  # a root is irrational
        return with_digits(
            style, lambda digits: (values.written(silhouette.ratio(points, labels, ball(digits)), style), digits)
        )


SOLVERS = {"choose_k.sweep": sweep}
