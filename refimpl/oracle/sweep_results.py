"""The input and the results of choose_k.sweep, and its outcomes where ties leave several ends of a run.

A run from each start ends in a clustering; where ties or unseen margins allow several ends, every combination of
them is an outcome, the lowest-index one first.
"""

from collections.abc import Callable, Sequence
from itertools import product
from math import prod
from typing import NamedTuple, TypeAlias

from refimpl.certify import lloyd
from refimpl.certify.lloyd import Admission, Step
from refimpl.errors import BadInput, Refuted
from refimpl.oracle import values
from refimpl.oracle.case import Numbers, Variant
from refimpl.oracle.values import Rows, Tree


class Measures(NamedTuple):
    """What is told of one clustering, as text; the last two are None where they are undefined."""

    distortion: str
    silhouette: str | None
    ratio: str | None


End: TypeAlias = tuple[Step, Admission]
"""The last state of a run, and who may come to it."""


def points_starts(given: Numbers) -> tuple[Rows, list[Rows]]:
    """Return N points, and centers for each start. Raises BadInput."""
    starts = values.matrices(given["starts"], "starts")
    if not starts:
        raise BadInput("starts is empty; give centers to start from for one K at least")
    points = values.rows(given["points"], "points")
    for i, start in enumerate(starts):
        for k, center in enumerate(start):
            if points and len(center) != len(points[0]):
                columns = f"{len(points[0])} columns"
                raise BadInput(f"starts[{i}][{k}] has {len(center)} entries but points have {columns}; give as many")
    return points, starts


def ends(paths: Sequence[Sequence[Step]], who_may: Sequence[Admission]) -> list[End]:
    """Return the different ends of the runs from one start, the lowest-index one first. who_may: by path."""
    return [
        (paths[group[0]][-1], lloyd.wider([who_may[i] for i in group])) for group in lloyd.alike(paths, counted=False)
    ]


def outcomes(runs: Sequence[Sequence[End]], measure: Callable[[Step], Measures]) -> list[Variant]:
    """Return what the combinations of ends measure, each once. Raises Refuted where nobody could read so many."""
    if prod(map(len, runs)) > lloyd.MOST_BRANCHES:
        raise Refuted(f"ties allow more than {lloyd.MOST_BRANCHES} outcomes; choose data with fewer ties")
    found: dict[tuple[Measures, ...], list[Admission]] = {}
    measured = [[(measure(end), who) for end, who in run] for run in runs]
    for chosen in product(*measured):
        admission = lloyd.weaker([who for _, who in chosen])
        found.setdefault(tuple(measures for measures, _ in chosen), []).append(admission)
    return [Variant(named(measures), lloyd.wider(who)) for measures, who in found.items()]


def named(found: Sequence[Measures]) -> Numbers:
    """Return the measures of the clusterings by their names."""
    columns: list[Tree] = [[*column] for column in zip(*found, strict=True)]
    return dict(zip(Measures._fields, columns, strict=True))


def comparable(labels: Sequence[int]) -> tuple[bool, bool]:
    """Return whether labels have a silhouette, which takes two clusters, and a ratio, which takes a pair in one too."""
    clusters = set(labels)
    return len(clusters) > 1, 1 < len(clusters) < len(labels)
