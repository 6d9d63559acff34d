"""Proofs of K-means runs accept every true run and refute each kind of falsehood."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction as Q
from itertools import islice
from typing import Any

import pytest
from hypothesis import assume, given, strategies as st
from strategies import RATIONAL, Rows, labelled, tasks

from refimpl import kmeans
from refimpl.certify import lloyd
from refimpl.certify.lloyd import ALWAYS, OTHER_TIES, Step
from refimpl.errors import Refuted

Path = list[Step]


def settled(path: Sequence[Step]) -> bool:
    """As `fit` ends."""
    return len(path) > 1 and path[-1].labels == path[-2].labels


def step_of(labels: Any, centers: Any) -> Step:
    return Step(tuple(labels), tuple(tuple(Q(x) for x in c) for c in centers))


def path_of(points: Rows, centers: Rows, count: int) -> Path:
    states = islice(kmeans.trace(points, kmeans.start(points, centers)), 1, count + 1)
    return [step_of(state.labels, state.centers) for state in states]


def rows(text: str) -> Rows:
    return [[Q(x)] for x in text.split()]


POINTS, START = rows("0 1 5 9 10"), rows("0 1")
"""No tie on the way: labels 0 1 1 1 1, then 0 0 1 1 1, and these again."""

TRUE = path_of(POINTS, START, 3)


def check(path: Any, points: Rows = POINTS, start: Rows = START, ends: Any = settled) -> Any:
    return lloyd.check_paths(points, start, [path], ends)


# ---------------------------------------------------------------------- truth


def test_a_true_run_is_accepted_with_its_closest_decision() -> None:
    """The margins by their definition: relative gaps of all points in all steps, of which the smallest is told."""
    closest, who = check(TRUE)
    assert [step.labels for step in TRUE] == [(0, 1, 1, 1, 1), (0, 0, 1, 1, 1), (0, 0, 1, 1, 1)]
    assert who == [ALWAYS]
    assert closest is not None
    relatives = []
    centers, sizes = START, lloyd.absolute(START)
    for step in TRUE:
        for x, label in zip(POINTS, step.labels, strict=True):
            (a,), (b,) = centers[label], centers[1 - label]
            (sa,), (sb,) = sizes[label], sizes[1 - label]
            gap = (x[0] - b) ** 2 - (x[0] - a) ** 2
            relatives.append(gap / (2 * (abs(a - b) * abs(x[0]) + abs(x[0] - a) * sa + abs(x[0] - b) * sb)))
        centers = [list(c) for c in step.centers]
        sizes = [
            [sum((abs(x[0]) for x, l in zip(POINTS, step.labels, strict=True) if l == k), Q(0)) / step.labels.count(k)]
            for k in (0, 1)
        ]
    assert closest.margin.relative == min(relatives)
    assert closest.step == relatives.index(min(relatives)) // len(POINTS) + 1


@given(tasks())
def test_every_fit_without_ties_is_accepted(task: Any) -> None:
    points, centers = task
    _, steps = kmeans.fit(points, centers)
    path = path_of(points, centers, steps)
    try:
        _, who = check(path, points, centers)
    except Refuted as error:
        assume("is not followed" not in str(error) and "more than" not in str(error))
        raise
    assert who == [ALWAYS]


@given(labelled())
def test_true_means_are_accepted(case: Any) -> None:
    points, labels, centers = case
    assert lloyd.check_means(points, tuple(labels), kmeans.update(points, labels, centers), centers) is None


@given(labelled())
def test_the_distortion_is_that_of_the_room(case: Any) -> None:
    points, labels, centers = case
    assert lloyd.distortion(points, labels, centers) == kmeans.distortion(points, labels, centers)


@given(labelled())
def test_sizes_of_means_bound_what_relative_changes_do_to_them(case: Any) -> None:
    """Each point's own relative change e moves the mean by e |x| / n, with the worst signs by e times the size."""
    points, labels, centers = case
    sizes = lloyd.sizes_of_means(points, tuple(labels), lloyd.absolute(centers))
    e = Q(1, 1000)
    worst = [[x + e * abs(x) for x in row] for row in points]
    there, back = kmeans.update(points, labels, centers), kmeans.update(worst, labels, centers)
    for k, size in enumerate(sizes):
        if k in labels:
            assert [(b - a) / e for a, b in zip(there[k], back[k], strict=True)] == size
        else:
            assert size == [abs(x) for x in centers[k]]


# ---------------------------------------------------------------------- falsehood


@pytest.mark.parametrize("t", range(3))
@pytest.mark.parametrize("n", range(5))
def test_one_changed_label_is_refuted(t: int, n: int) -> None:
    labels = list(TRUE[t].labels)
    labels[n] = 1 - labels[n]
    means = kmeans.update(POINTS, labels, START)
    for forged in (replace(TRUE[t], labels=tuple(labels)), step_of(labels, means)):
        with pytest.raises(Refuted):
            check([*TRUE[:t], forged, *TRUE[t + 1 :]])


@pytest.mark.parametrize("t", range(3))
@pytest.mark.parametrize("k", range(2))
@pytest.mark.parametrize("change", [Q(1), Q(-1, 10**40)])
def test_one_changed_coordinate_is_refuted(t: int, k: int, change: Q) -> None:
    centers = [list(c) for c in TRUE[t].centers]
    centers[k][0] += change
    with pytest.raises(Refuted):
        check([*TRUE[:t], step_of(TRUE[t].labels, centers), *TRUE[t + 1 :]])


def test_exchanged_centers_are_refuted() -> None:
    with pytest.raises(Refuted, match=r"centers\[0\]\[0\] is not the mean"):
        check([replace(TRUE[0], centers=TRUE[0].centers[::-1]), *TRUE[1:]])


def test_a_run_that_stops_early_or_goes_on_is_refuted() -> None:
    with pytest.raises(Refuted, match="stops too early"):
        check(TRUE[:2])
    with pytest.raises(Refuted, match="stops too early"):
        check([])
    with pytest.raises(Refuted, match="goes on after step 3"):
        check([*TRUE, TRUE[-1]])


def test_a_step_left_out_or_doubled_is_refuted() -> None:
    with pytest.raises(Refuted):
        check(TRUE[1:])
    with pytest.raises(Refuted):
        check([TRUE[0], *TRUE])


def test_another_start_or_other_points_are_refuted() -> None:
    with pytest.raises(Refuted):
        check(TRUE, start=rows("0 6"))
    for n in range(len(POINTS)):
        changed = [list(x) for x in POINTS]
        changed[n][0] += Q(1, 10**30)
        with pytest.raises(Refuted):
            check(TRUE, points=changed)


def test_labels_that_are_too_few_or_too_many_are_refuted() -> None:
    for labels in (TRUE[0].labels[:-1], (*TRUE[0].labels, 1), ()):
        with pytest.raises(Refuted):
            check([replace(TRUE[0], labels=labels), *TRUE[1:]])


@given(labelled(), RATIONAL.filter(bool), st.data())
def test_any_changed_center_is_refuted(case: Any, change: Q, data: st.DataObject) -> None:
    points, labels, centers = case
    means = kmeans.update(points, labels, centers)
    k, d = data.draw(st.integers(0, len(means) - 1)), data.draw(st.integers(0, len(means[0]) - 1))
    means[k][d] += change
    with pytest.raises(Refuted, match=rf"centers\[{k}\]\[{d}\]"):
        lloyd.check_means(points, tuple(labels), means, centers)


def test_an_empty_cluster_that_moves_is_refuted() -> None:
    points, kept = rows("5 6 7"), rows("6 100")
    assert lloyd.check_means(points, (0, 0, 0), rows("6 100"), kept) is None
    for moved in ("6 0", "6 6", "6 99"):
        with pytest.raises(Refuted, match=r"centers\[1\]\[0\]"):
            lloyd.check_means(points, (0, 0, 0), rows(moved), kept)


def test_a_missing_center_or_coordinate_is_refuted() -> None:
    """Every cluster has a center, and every center as many coordinates as the points."""
    points, kept = [[Q(1), Q(2)]], [[Q(1), Q(2)], [Q(0), Q(0)]]
    assert lloyd.check_means(points, (0,), kept, kept) is None
    for short in ([], kept[:1], [[Q(1)], [Q(0)]], [[Q(1), Q(2)], []]):
        with pytest.raises(Refuted):
            lloyd.check_means(points, (0,), short, kept)


def test_no_path_at_all_is_refuted() -> None:
    """The lowest-index path is admissible and is not followed."""
    with pytest.raises(Refuted):
        lloyd.check_paths(POINTS, START, [], settled)


def test_a_run_of_no_steps_is_the_start_and_the_labels_that_it_implies() -> None:
    def one(path: Sequence[Step]) -> bool:
        return len(path) == 1

    rest = step_of(TRUE[0].labels, START)
    closest, who = lloyd.check_paths(POINTS, START, [[rest]], one, moves=False)
    assert who == [ALWAYS]
    assert closest is not None
    assert closest.step == 1
    for forged in (TRUE[0], step_of(TRUE[1].labels, START), step_of(TRUE[0].labels, rows("0 2"))):
        with pytest.raises(Refuted):
            lloyd.check_paths(POINTS, START, [[forged]], one, moves=False)
    with pytest.raises(Refuted):
        lloyd.check_paths(POINTS, START, [[rest]], one)


# ---------------------------------------------------------------------- ties


TIED, TIED_START = rows("0 1 2"), rows("0 2")
"""The point 1 is a tie in the first step: 0 0 1 with centers 1/2, 2, or 0 1 1 with centers 0, 3/2."""

LEFT = [step_of((0, 0, 1), [["1/2"], ["2"]])] * 2
RIGHT = [step_of((0, 1, 1), [["0"], ["3/2"]])] * 2


def check_tied(*paths: Path) -> Any:
    return lloyd.check_paths(TIED, TIED_START, paths, settled)


def test_both_sides_of_a_tie_are_followed() -> None:
    closest, who = check_tied(LEFT, RIGHT)
    assert who == [ALWAYS, OTHER_TIES]
    assert closest is not None
    assert (closest.step, closest.margin.relative, closest.margin.point) == (1, 0, 1)


def test_a_side_of_a_tie_that_is_left_out_is_refuted() -> None:
    with pytest.raises(Refuted, match="is not followed"):
        check_tied(LEFT)


def test_the_first_path_must_be_the_lowest_index_one() -> None:
    with pytest.raises(Refuted, match="first path breaks a tie"):
        check_tied(RIGHT, LEFT)


def test_unseen_margins_admit_everybody() -> None:
    """The same tie in tenths: binary64 may answer either."""
    points, start = rows("0 3/10 1/2"), rows("1/10 1/2")
    paths = [
        [step_of((0, 0, 1), [["3/20"], ["1/2"]])],
        [step_of((0, 1, 1), [["0"], ["2/5"]])],
    ]
    closest, who = lloyd.check_paths(points, start, paths, lambda path: len(path) == 1)
    assert who == [ALWAYS, ALWAYS]
    assert closest is not None
    assert closest.margin.gap == 0


def test_weaker_of_admissions() -> None:
    assert lloyd.weaker([ALWAYS, ALWAYS]) == ALWAYS
    assert lloyd.weaker([ALWAYS, OTHER_TIES]) == OTHER_TIES
    assert lloyd.weaker([]) == ALWAYS


def test_too_many_ties_make_no_case() -> None:
    """Six ties are 64 labellings, seven are 128."""
    from refimpl.certify.margin import choices

    centers = rows("0 2")
    for ties in (1, 6):
        found = lloyd.branches(choices(rows("1 " * ties), centers, centers))
        assert len({labels for labels, _ in found}) == len(found) == 2**ties
        assert found[0] == ((0,) * ties, ALWAYS)
        assert all(who == OTHER_TIES for _, who in found[1:])
    with pytest.raises(Refuted, match="more than 64"):
        lloyd.branches(choices(rows("1 " * 7), centers, centers))
