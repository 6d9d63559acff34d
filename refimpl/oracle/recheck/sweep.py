"""Proof of choose_k.sweep: the runs step by step, as of kmeans.fit, and measures by the formulas of `certify`."""

from collections.abc import Sequence
from fractions import Fraction

from refimpl import linear
from refimpl.certify import lloyd, silhouettes
from refimpl.certify.lloyd import Step
from refimpl.errors import Refuted, Unsupported
from refimpl.numbers import EXACT, Ball, Numbers, ball
from refimpl.oracle import sweep_results, values
from refimpl.oracle.case import Case, Numbers as Results, Sweep
from refimpl.oracle.recheck.agreement import agree, certificate
from refimpl.oracle.recheck.kmeans import proven_runs, settled
from refimpl.oracle.recheck.silhouette import MORE
from refimpl.oracle.sweep_results import Measures
from refimpl.oracle.values import Rows


def sweep(case: Case, expected: Results) -> None:
    """Raise Refuted unless the runs are all there are, and the measures those of their ends."""
    stored = certificate(case, Sweep)
    points, starts = sweep_results.points_starts(case.input)
    if len(stored.runs) != len(starts):
        raise Refuted(f"certificate.runs has {len(stored.runs)} entries for {len(starts)} starts")
    numbers = ball(stored.digits + MORE)

    def measure(end: Step) -> Measures:
        has_silhouette, has_ratio = sweep_results.comparable(end.labels)
        return Measures(
            values.written(lloyd.distortion(points, end.labels, end.centers)),
            _mean(points, end.labels, numbers) if has_silhouette else None,
            _ratio(points, end.labels, numbers) if has_ratio else None,
        )

    runs = [
        sweep_results.ends(*proven_runs(points, start, run, settled))
        for start, run in zip(starts, stored.runs, strict=True)
    ]
    proven = sweep_results.outcomes(runs, measure)
    agree([outcome.admissible for outcome in case.outcomes], [outcome.admissible for outcome in proven], "admissible")
    for number, (printed, outcome) in enumerate(zip(case.outcomes, proven, strict=True)):
        for name, column in outcome.result.items():
            agree(printed.result.get(name), column, f"branches[{number - 1}].{name}" if number else name)


def _mean(points: Rows, labels: Sequence[int], numbers: Numbers[Ball]) -> str:
    try:
        exact: list[Fraction] = silhouettes.samples(points, labels, EXACT)
        return values.written(linear.total(exact) / len(labels))
    except Unsupported:  # a root is irrational
        enclosed: list[Ball | Fraction] = silhouettes.samples(points, labels, numbers)
        return values.written(linear.total(enclosed) / len(labels))


def _ratio(points: Rows, labels: Sequence[int], numbers: Numbers[Ball]) -> str:
    try:
        exact: Fraction = silhouettes.ratio(points, labels, EXACT)
        return values.written(exact)
    except Unsupported:
        enclosed: Ball | Fraction = silhouettes.ratio(points, labels, numbers)
        return values.written(enclosed)


PROOFS = {"choose_k.sweep": sweep}
