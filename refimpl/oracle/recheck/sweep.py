"""Proof of choose_k.sweep: the runs step by step, as of kmeans.fit, and measures by the formulas of `certify`."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol, cast

from refimpl import linear
from refimpl.certify import lloyd, silhouettes
from refimpl.certify.lloyd import Step
from refimpl.errors import Refuted, Unsupported
from refimpl.numbers import EXACT, N, Numbers, ball
from refimpl.oracle import sweep_results, values
from refimpl.oracle.case import Case, Numbers as Results
from refimpl.oracle.certificates import Sweep
from refimpl.oracle.recheck.agreement import agree, certificate, check_start
from refimpl.oracle.recheck.kmeans import proven_runs, settled
from refimpl.oracle.recheck.silhouette import MORE
from refimpl.oracle.sweep_results import Measures
from refimpl.oracle.values import Rows


class Measure(Protocol):
    """The text of a measure of a clustering."""

    def __call__(self, points: Rows, labels: Sequence[int], numbers: Numbers[N]) -> str:
        """Return it, in exact numbers or balls."""


def sweep(case: Case, expected: Results) -> None:
    """Raise Refuted unless the runs are all there are, and the measures those of their ends."""
    stored = certificate(case, Sweep)
    points, starts = sweep_results.points_starts(case.input)
    for start in starts:
        check_start(points, start)
    if len(stored.runs) != len(starts):
        raise Refuted(f"certificate.runs has {len(stored.runs)} entries for {len(starts)} starts")
    irrational = False

    def measured(measure: Measure, labels: Sequence[int]) -> str:
        nonlocal irrational
        try:
            return measure(points, labels, EXACT)
        except Unsupported:  # a root is irrational
            irrational = True
            return measure(points, labels, ball((stored.digits or 1) + MORE))

    def measures(end: Step) -> Measures:
        has_silhouette, has_ratio = sweep_results.comparable(end.labels)
        return Measures(
            values.written(lloyd.distortion(points, end.labels, end.centers)),
            measured(_mean, end.labels) if has_silhouette else None,
            measured(_ratio, end.labels) if has_ratio else None,
        )

    runs = [
        sweep_results.ends(*proven_runs(points, start, run, settled))
        for start, run in zip(starts, stored.runs, strict=True)
    ]
    proven = sweep_results.outcomes(runs, measures)
    agree([outcome.admissible for outcome in case.outcomes], [outcome.admissible for outcome in proven], "admissible")
    for number, (printed, outcome) in enumerate(zip(case.outcomes, proven, strict=True)):
        for name, column in outcome.result.items():
            agree(printed.result.get(name), column, f"branches[{number - 1}].{name}" if number else name)
    if (stored.digits is None) is irrational:
        raise Refuted("certificate.digits are there exactly where a measure is irrational")


def _mean(points: Rows, labels: Sequence[int], numbers: Numbers[N]) -> str:
    found = silhouettes.samples(points, labels, numbers)
    return values.written(cast(Fraction, linear.total(found) / len(found)))


def _ratio(points: Rows, labels: Sequence[int], numbers: Numbers[N]) -> str:
    return values.written(cast(Fraction, silhouettes.ratio(points, labels, numbers)))


PROOFS = {"choose_k.sweep": sweep}
