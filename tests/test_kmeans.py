"""Lloyd's algorithm: nearest centers, means, conventions, and all kinds of number held against exact ones."""

from collections.abc import Callable
from fractions import Fraction as Q
from itertools import islice, pairwise
from typing import Any

import pytest
from hypothesis import given
from strategies import KINDS, RATIONAL, Rows, assert_agree, assert_type, in_kind, labelled, largest, tasks

from refimpl import kmeans
from refimpl.errors import BadInput, EmptyData, KTooLarge, Undecided
from refimpl.numbers import FLOAT, ball

BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def distance(x: list[Q], y: list[Q]) -> Q:
    """|x - y|^2 by expansion, which exact numbers may."""
    return sum((a * a - 2 * a * b + b * b for a, b in zip(x, y, strict=True)), Q(0))


def nearest_labels(points: Rows, centers: Rows) -> list[int]:
    """min() keeps the first of equals."""
    return [min(range(len(centers)), key=lambda k, x=x: distance(x, centers[k])) for x in points]


def least_gap(points: Rows, centers: Rows) -> Q | None:
    """The least difference between the smallest two squared distances of a point, relative to the data's square."""
    gaps = []
    for x in points:
        if len(centers) > 1:
            first, second = sorted(distance(x, c) for c in centers)[:2]
            gaps.append((second - first) / largest(points, centers) ** 2)
    return min(gaps, default=None)


# ---------------------------------------------------------------------- assignment


@given(tasks())
def test_every_label_is_the_lowest_of_the_nearest_centers(task: Any) -> None:
    points, centers = task
    labels = kmeans.assign(points, centers)
    assert labels == nearest_labels(points, centers)
    for x, label in zip(points, labels, strict=True):
        assert all(distance(x, centers[label]) <= distance(x, c) for c in centers)
        assert all(distance(x, centers[label]) < distance(x, c) for c in centers[:label])


@BY_KIND
def test_a_tie_goes_to_the_lowest_index(kind: Any) -> None:
    assert kmeans.assign(in_kind(kind, [[1], [4]]), in_kind(kind, [[0], [2], [2]])) == [0, 1]
    assert kmeans.assign(in_kind(kind, [[1], [4]]), in_kind(kind, [[2], [0], [2]])) == [0, 0]
    assert kmeans.assign(in_kind(kind, [[0, 0]]), in_kind(kind, [[3, 4], [0, 5], [-5, 0], [4, 3]])) == [0]
    assert kmeans.assign(in_kind(kind, [[0, 0]]), in_kind(kind, [[5, 4], [0, 5], [-5, 0], [4, 3]])) == [1]


def test_exact_ties_are_seen_where_binary64_sees_none() -> None:
    """3/10 lies halfway between 1/10 and 1/2; in binary64 the differences differ in the last bit or so."""
    assert kmeans.assign([[Q(3, 10)]], [[Q(1, 2)], [Q(1, 10)]]) == [0]
    assert kmeans.assign([[Q(3, 10)]], [[Q(1, 10)], [Q(1, 2)]]) == [0]


def test_distances_do_not_cancel_far_from_the_origin() -> None:
    """|x|^2 - 2 x.c + |c|^2 has no digits left at 1e8."""
    assert kmeans.assign([[1e8], [1e8 + 1]], [[1e8 + 1], [1e8]]) == [1, 0]


def test_a_ball_that_cannot_tell_says_so() -> None:
    numbers = ball(20)
    with pytest.raises(Undecided):
        kmeans.assign([[numbers("1/3")]], [[numbers("0")], [numbers("2/3")]])


@given(tasks())
def test_balls_are_undecided_at_exact_ties_only(task: Any) -> None:
    """Gaps of these data are no smaller than 10^-24 of their square, and 60 digits see them."""
    points, centers = task
    try:
        labels = kmeans.assign(in_kind(ball(60), points), in_kind(ball(60), centers))
    except Undecided:
        assert least_gap(points, centers) == 0
    else:
        assert labels == nearest_labels(points, centers)


# ---------------------------------------------------------------------- update and distortion


@given(labelled())
def test_centers_are_the_means_of_their_points(case: Any) -> None:
    points, labels, centers = case
    for k, center in enumerate(kmeans.update(points, labels, centers)):
        group = [x for x, label in zip(points, labels, strict=True) if label == k]
        if group:
            assert [c * len(group) for c in center] == [sum(column) for column in zip(*group, strict=True)]
        else:
            assert center == centers[k]


@BY_KIND
def test_an_empty_cluster_keeps_its_center(kind: Any) -> None:
    points, centers = in_kind(kind, [[5], [6], [7]]), in_kind(kind, [[6], [100], [-3]])
    assert kmeans.assign(points, centers) == [0, 0, 0]
    assert kmeans.update(points, [0, 0, 0], centers) == centers
    assert kmeans.update(points, [2, 2, 2], centers) == [centers[0], centers[1], centers[0]]


def test_the_kept_center_is_a_copy() -> None:
    centers = [[Q(1)], [Q(9)]]
    kmeans.update([[Q(1)]], [0], centers)[1][0] = Q(0)
    kmeans.start([[Q(1)], [Q(2)]], centers).centers[0][0] = Q(0)
    assert centers == [[1], [9]]


@given(labelled())
def test_the_distortion_is_the_sum_of_squared_distances(case: Any) -> None:
    points, labels, centers = case
    expected = sum((distance(x, centers[label]) for x, label in zip(points, labels, strict=True)), Q(0))
    assert kmeans.distortion(points, labels, centers) == expected


@given(labelled())
def test_the_means_minimise_the_distortion_of_their_labels(case: Any) -> None:
    """J(c) = J(mean) + sum_k n_k |c_k - mean_k|^2."""
    points, labels, centers = case
    means = kmeans.update(points, labels, centers)
    excess = sum((labels.count(k) * distance(c, m) for k, (c, m) in enumerate(zip(centers, means, strict=True))), Q(0))
    at_means = kmeans.distortion(points, labels, means)
    assert kmeans.distortion(points, labels, centers) == at_means + excess


@given(labelled())
def test_the_variance_view_is_the_distortion_at_the_means(case: Any) -> None:
    points, labels, centers = case
    view = kmeans.variance_view(points, labels, len(centers))
    means = kmeans.update(points, labels, centers)
    assert [size for size, _ in view] == [labels.count(k) for k in range(len(centers)) if k in labels]
    assert sum(size * variance for size, variance in view) == kmeans.distortion(points, labels, means)


def test_the_variance_view_by_hand() -> None:
    """{0, 2} has variance 1 about 1, {(5)} none; the empty cluster 1 is left out."""
    assert kmeans.variance_view([[0], [2], [5]], [0, 0, 2], 3) == [(2, 1), (1, 0)]


# ---------------------------------------------------------------------- steps and runs


@given(tasks())
def test_the_start_is_the_centers_as_given(task: Any) -> None:
    points, centers = task
    state = kmeans.start(points, centers)
    assert state.centers == centers
    assert state.labels == nearest_labels(points, centers)
    assert state.distortion == kmeans.distortion(points, state.labels, centers)


@given(tasks())
def test_a_step_assigns_then_updates_and_tells_the_distortion_of_both(task: Any) -> None:
    points, centers = task
    state = kmeans.step(points, kmeans.start(points, centers))
    assert state.labels == nearest_labels(points, centers)
    assert state.centers == kmeans.update(points, state.labels, centers)
    assert state.distortion == kmeans.distortion(points, state.labels, state.centers)


@given(tasks())
def test_the_distortion_falls_until_the_centers_stand_still(task: Any) -> None:
    points, centers = task
    states = list(islice(kmeans.trace(points, kmeans.start(points, centers)), 12))
    for before, after in pairwise(states):
        assert after.distortion <= before.distortion
        assert (after.distortion == before.distortion) == (after.centers == before.centers)
        assert after == kmeans.step(points, before)


@given(tasks())
def test_fit_stops_at_the_first_repeated_labels(task: Any) -> None:
    points, centers = task
    state, steps = kmeans.fit(points, centers)
    states = list(islice(kmeans.trace(points, kmeans.start(points, centers)), steps + 1))
    labels = [s.labels for s in states[1:]]
    assert steps >= 2
    assert state == states[-1]
    assert labels[-1] == labels[-2]
    assert all(a != b for a, b in pairwise(labels[:-1]))
    assert kmeans.step(points, state) == state


def test_the_start_s_labels_do_not_stop_a_fit() -> None:
    """The labels of the start and of the first step are the same by definition; two steps are the fewest."""
    assert kmeans.fit([[0], [2]], [[0], [2]])[1] == 2


ADVERSARIAL = [
    ("1 1 0 4 7", "7 1", [1, 1, 1, 0, 0], ["11/2", "2/3"], "31/6"),
    ("5 6 3 3", "-2 -8 9", [2, 2, 0, 0], ["3", "-8", "11/2"], "1/2"),
    ("5 6 7", "6 100", [0, 0, 0], ["6", "100"], "2"),
    ("0 0 1 1", "0 1 1", [0, 0, 1, 1], ["0", "1", "1"], "0"),
    ("-2 -1 1 2 9", "-1 1", [0, 0, 0, 0, 1], ["0", "9"], "10"),
]
"""Data, start, and the end by hand; known from other projects' trackers."""


@pytest.mark.parametrize(("points", "centers", "labels", "ends", "j"), ADVERSARIAL)
def test_known_traps(points: str, centers: str, labels: list[int], ends: list[str], j: str) -> None:
    state, _ = kmeans.fit([[Q(x)] for x in points.split()], [[Q(c)] for c in centers.split()])
    assert state.labels == labels
    assert state.centers == [[Q(c)] for c in ends]
    assert state.distortion == Q(j)


@BY_KIND
@given(task=tasks())
def test_the_type_that_goes_in_comes_out_and_all_kinds_agree(kind: Any, task: Any) -> None:
    """Steps are compared until a decision comes closer than rounding: 10^-9 of the data's square, or a tie."""
    points, centers = task
    state, mine = kmeans.start(points, centers), None
    for _ in range(4):
        gap = least_gap(points, state.centers)
        if gap is not None and gap < Q(1, 10**9) and kind.name != "exact":
            return
        held = mine or kmeans.start(in_kind(kind, points), in_kind(kind, centers))
        state, mine = kmeans.step(points, state), kmeans.step(in_kind(kind, points), held)
        assert_type([mine.centers, mine.distortion], kind(0))
        assert mine.labels == state.labels
        assert_agree(mine.centers, state.centers, largest(points, centers))
        assert_agree(mine.distortion, state.distortion, 10 * largest(points, centers) ** 2)


@given(tasks())
def test_integers_and_fractions_give_the_same(task: Any) -> None:
    points = [[x.numerator for x in row] for row in task.points]
    centers = [[x.numerator for x in row] for row in task.centers]
    there, steps = kmeans.fit(points, centers)
    back, also = kmeans.fit(*([[Q(x) for x in row] for row in rows] for rows in (points, centers)))
    assert (there, steps) == (back, also)
    assert_type([there.centers, there.distortion], Q(0))


@given(task=tasks(), a=RATIONAL.filter(bool), b=RATIONAL)
def test_runs_are_carried_along_by_similarities(task: Any, a: Q, b: Q) -> None:
    """The map x -> a x + b keeps every label, maps centers alike, and multiplies J by a^2."""

    def moved(rows: Rows) -> Rows:
        return [[a * x + b for x in row] for row in rows]

    (there, steps), (back, also) = kmeans.fit(*task), kmeans.fit(moved(task.points), moved(task.centers))
    assert (back.labels, also) == (there.labels, steps)
    assert back.centers == moved(there.centers)
    assert back.distortion == a * a * there.distortion


# ---------------------------------------------------------------------- refusals


BOTH: list[Callable[[Any, Any], object]] = [
    kmeans.assign,
    kmeans.start,
    kmeans.fit,
    lambda points, centers: kmeans.update(points, [0] * len(points), centers),
    lambda points, centers: kmeans.distortion(points, [0] * len(points), centers),
]


@pytest.mark.parametrize("call", BOTH)
@pytest.mark.parametrize(
    ("points", "centers", "error", "words"),
    [
        ([], [[1]], EmptyData, "points is empty"),
        ([[1]], [], EmptyData, "centers is empty"),
        ([[]], [[]], BadInput, "points[0] is empty"),
        ([[1, 2], [3]], [[1, 2]], BadInput, "points[1] has 1 entries but points[0] has 2"),
        ([[1, 2], [3, 4]], [[1, 2], [3]], BadInput, "centers[1] has 1 entries but centers[0] has 2"),
        ([[1], [2]], [[1, 2]], BadInput, "centers have 2 columns but points have 1"),
        ([[1.0], [float("nan")]], [[1.0]], BadInput, "points[1][0] is nan"),
        ([[1.0, 2.0]], [[1.0, float("inf")]], BadInput, "centers[0][1] is inf"),
    ],
)
def test_input_is_refused_by_field_and_index(
    call: Callable[[Any, Any], object], points: Any, centers: Any, error: type[Exception], words: str
) -> None:
    with pytest.raises(error) as raised:
        call(points, centers)
    assert type(raised.value) is error
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)
    assert ". " not in str(raised.value)


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([0], "there are 1 labels for 2 points"),
        ([0, 0, 0], "there are 3 labels for 2 points"),
        ([0, 2], "labels[1] is 2; give an index from 0 to 1"),
        ([-1, 0], "labels[0] is -1; give an index from 0 to 1"),
    ],
)
def test_labels_are_refused_by_index(labels: list[int], words: str) -> None:
    points, centers = [[1], [2]], [[1], [2]]
    for call in (
        lambda: kmeans.update(points, labels, centers),
        lambda: kmeans.distortion(points, labels, centers),
        lambda: kmeans.variance_view(points, labels, 2),
    ):
        with pytest.raises(BadInput) as raised:
            call()
        assert words in str(raised.value)


def test_more_centers_than_points_are_too_many_for_a_run() -> None:
    points, centers = [[1], [2]], [[1], [2], [3]]
    for call in (kmeans.start, kmeans.fit):
        with pytest.raises(KTooLarge, match="3 centers for 2 points"):
            call(points, centers)
    assert kmeans.assign(points, centers) == [0, 1]


def test_k_is_at_least_one_and_at_most_the_number_of_points() -> None:
    assert kmeans.check_k(1, 1) is None
    assert kmeans.check_k(5, 5) is None
    with pytest.raises(BadInput, match="k is 0"):
        kmeans.check_k(0, 3)
    with pytest.raises(KTooLarge, match="k is 4 for 3 points"):
        kmeans.check_k(4, 3)


def test_kinds_of_errors_are_those_of_the_protocol() -> None:
    assert (BadInput.kind, EmptyData.kind, KTooLarge.kind) == ("bad-input", "empty-data", "k-too-large")
    assert issubclass(EmptyData, BadInput)
    assert issubclass(KTooLarge, BadInput)
    assert FLOAT.name == "float"
