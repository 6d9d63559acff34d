"""Many starts of K-means: what they end in is exact, and the lowest of small tables is the optimum."""

from dataclasses import replace
from fractions import Fraction as Q

import pytest
from hypothesis import given, strategies as st

from refimpl import kmeans, preprocess
from refimpl.applications import many_starts
from refimpl.applications.many_starts import STEPS, Ending
from refimpl.certify import lloyd, margin, partition
from refimpl.errors import BadInput, EmptyData, KTooLarge, Refuted
from refimpl.oracle import store

GEYSER = preprocess.min_max(
    [[Q(x) for x in row] for row in store.dataset("old_faithful", ("eruptions_milliminutes", "waiting_minutes"), 0, 90)]
)

SIZES = [[33, 26, 17, 14], [33, 26, 17, 14], [31, 22, 21, 16]]
"""Of the clusters from three starts: on another machine, or in ten years, they are the same."""


def ends(points: list[list[Q]], k: int, seed: int = 0, restarts: int = 10) -> list[Ending]:
    return list(many_starts.endings(many_starts.on_grid(points), k, seed=seed, restarts=restarts))


def check(points: list[list[Q]], found: many_starts.Minimum) -> None:
    """Assert a fixed point by the formulas of the proofs, which are not those of the room."""
    margin = many_starts.closest(points, found)
    assert margin is None or margin >= 0
    assert found.distortion == lloyd.distortion(points, found.labels, found.centers)
    sizes = [found.labels.count(k) for k in range(len(found.centers))]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("k", [2, 3, 5])
def test_minima_are_fixed_points_of_exact_k_means(k: int) -> None:
    found = many_starts.lowest(GEYSER, ends(GEYSER, k), 3)
    assert found
    for minimum in found:
        check(GEYSER, minimum)
        assert minimum.times >= 1
    js = [minimum.distortion for minimum in found]
    assert js == sorted(set(js))


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_the_lowest_of_a_column_is_its_optimum(k: int) -> None:
    points = [[Q(x)] for (x,) in store.dataset("old_faithful", ("eruptions_milliminutes",), 0, 60)]
    best, _ = partition.optimum(points, k)
    assert many_starts.lowest(points, ends(points, k, restarts=25))[0].distortion == best


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=8, unique=True), st.integers(1, 3)
)
def test_of_few_points_the_lowest_is_a_fixed_point_and_seldom_misses_the_optimum(
    rows: list[tuple[int, int]], k: int
) -> None:
    points = [[Q(x) for x in row] for row in rows]
    found = many_starts.lowest(points, ends(points, k, restarts=20))[0]
    check(points, found)
    best, _ = partition.optimum(points, k)
    assert best <= found.distortion <= 2 * best or not best


def test_times_and_first_count_the_starts_that_end_there() -> None:
    runs = ends(GEYSER, 3, seed=5)
    found = many_starts.lowest(GEYSER, runs, 99)
    assert sum(minimum.times for minimum in found) == len(runs)
    for minimum in found:
        if minimum.steps == 0:
            mine = [i for i, run in enumerate(runs) if list(run.labels) == minimum.labels]
            assert (len(mine), mine[0]) == (minimum.times, minimum.first)


def test_a_seed_gives_the_same_starts_and_more_restarts_leave_the_first_as_they_are() -> None:
    assert ends(GEYSER, 4, 1, 6) == ends(GEYSER, 4, 1, 6) == ends(GEYSER, 4, 1, 9)[:6]
    assert ends(GEYSER, 4, 1, 6) != ends(GEYSER, 4, 2, 6)
    sizes = [[run.labels.count(j) for j in range(4)] for run in ends(GEYSER, 4, 1, 3)]
    assert sizes == SIZES


def test_units_and_origins_do_not_matter() -> None:
    far = [[x / 10**9 + 10**6 for x in row] for row in GEYSER]
    assert [run.labels for run in ends(far, 4)] == [run.labels for run in ends(GEYSER, 4)]


def test_where_the_grid_ends_elsewhere_the_exact_steps_go_on() -> None:
    points = [[Q(x)] for x in (0, 1, 5, 6)]
    assert many_starts.exactly(points, [0, 0, 1, 1]).steps == 0
    moved = many_starts.exactly(points, [0, 1, 0, 1])
    assert moved.steps > 0
    check(points, moved)
    assert moved.labels != [0, 1, 0, 1]


def test_the_grid_begins_at_0_and_has_its_steps_across_the_widest_column() -> None:
    grid = many_starts.on_grid([[Q(7), Q(-1)], [Q(9), Q(0)], [Q(8), Q(-1)]])
    assert grid.points == [[0, 0], [STEPS, STEPS // 2], [STEPS // 2, 0]]
    assert grid.step == Q(2, STEPS)
    assert many_starts.on_grid([[Q(5)], [Q(5)]]).points == [[0], [0]]


def test_what_is_no_fixed_point_is_refuted_and_a_tie_has_no_margin() -> None:
    points = [[Q(x)] for x in (0, 1, 5, 6)]
    right = many_starts.exactly(points, [0, 0, 1, 1])
    assert many_starts.closest(points, right) == margin.choices(points, right.centers, right.centers)[1].margin.relative
    with pytest.raises(Refuted, match="is not the mean"):
        many_starts.closest(points, replace(right, centers=[[Q(0)], [Q(6)]]))
    with pytest.raises(Refuted, match=r"labels\[1\] is 1, but points\[1\] is nearest to center 0"):
        many_starts.closest(points, replace(right, labels=[0, 1, 0, 1], centers=[[Q(5, 2)], [Q(7, 2)]]))
    tied = [[Q(x)] for x in (0, 2, 3)]
    for labels, centers in (([0, 0, 1], [[Q(1)], [Q(3)]]), ([1, 1, 0], [[Q(3)], [Q(1)]])):
        assert many_starts.closest(tied, replace(right, labels=labels, centers=centers)) == 0
    assert many_starts.closest(tied, many_starts.exactly(tied, [0, 0, 0])) is None


def test_endings_that_lead_to_one_minimum_are_one() -> None:
    points = [[Q(x)] for x in (0, 1, 5, 6)]
    mistaken, right = Ending((0, 1, 1, 1), Q(1)), Ending((0, 0, 1, 1), Q(2))
    (found,) = many_starts.lowest(points, [mistaken, right, right], 2)
    assert (found.labels, found.distortion, found.times, found.first) == ([0, 0, 1, 1], 1, 3, 0)


def test_clusters_without_points_are_left_out() -> None:
    found = many_starts.exactly([[Q(0)], [Q(0)], [Q(4)]], [0, 0, 1])
    assert found.centers == [[0], [4]]
    assert kmeans.assign([[Q(0)], [Q(0)], [Q(4)]], found.centers) == [0, 0, 1]


@pytest.mark.parametrize(
    ("points", "k", "restarts", "kind", "said"),
    [
        ([], 1, 1, EmptyData, "points is empty"),
        ([[Q(1)], [Q(2)]], 0, 1, BadInput, "k is 0"),
        ([[Q(1)], [Q(2)]], 3, 1, KTooLarge, "k is 3 for 2 points"),
        ([[Q(1)], [Q(1)]], 2, 1, KTooLarge, "only 1 points differ"),
        ([[Q(1)], [Q(2)]], 2, 0, BadInput, "restarts is 0"),
        ([[Q(1)], [Q(2), Q(3)]], 1, 1, BadInput, "rows of one length"),
    ],
)
def test_refusals(points: list[list[Q]], k: int, restarts: int, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        ends(points, k, restarts=restarts)


def test_nothing_has_no_lowest() -> None:
    with pytest.raises(BadInput, match="found is empty"):
        many_starts.lowest(GEYSER, [])
