"""K-medoids and K-medians are proven half-step by half-step: every label, every place, every cost, and all ties."""

import csv
from fractions import Fraction as Q
from typing import Any

import msgspec
import pytest
from changed_cases import changed
from hypothesis import given, settings, strategies as st

from refimpl import kmedians, kmedoids, linear
from refimpl.certify import descent, medians, medoids
from refimpl.certify.descent import Step
from refimpl.certify.medians import Medians
from refimpl.certify.medoids import Medoids
from refimpl.errors import Refuted
from refimpl.oracle import recheck, store
from refimpl.oracle.attainable.descent import _cost
from refimpl.oracle.case import Case
from refimpl.oracle.certificates import MedianPaths, MedoidPaths
from refimpl.oracle.peers.peer import Hello, Result
from refimpl.oracle.score import score

FEW = settings(max_examples=60, deadline=None)
ROOT = store.fixtures()


def case(identity: str) -> Case:
    return store.find(ROOT, identity)


def any_run(labels: Any, entered: Any, left: Any) -> None:
    """No check of the first path."""


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[Q]], list[int], int]:
    """A table of small integers, symmetric or not, medoids and a number of steps."""
    n, k = draw(st.integers(3, 5)), draw(st.integers(1, 2))
    entry = st.integers(1, 4).map(Q)
    v = [[Q(0) if i == j else draw(entry) for j in range(n)] for i in range(n)]
    return v, draw(st.permutations(range(n)))[:k], draw(st.integers(1, 2))


@FEW
@given(tables())
def test_the_first_path_of_medoids_is_the_run_of_the_room_and_no_path_rises(run: Any) -> None:
    v, start, steps = run
    problem = Medoids(v, tuple(start))
    try:
        paths = descent.grown(problem, steps, moves=True, check=any_run)
    except Refuted:  # too many ties
        return
    descent.check_paths(problem, paths, steps, moves=True)
    state = kmedoids.start(v, start)
    for step in paths[0]:
        state = kmedoids.step(v, state)
        assert (state.labels, state.medoids, state.cost) == (list(step.labels), list(step.places), step.cost)
    for path in paths:
        costs = [cost for step in path for cost in (step.entered, step.cost)]
        assert costs == sorted(costs, reverse=True)


@FEW
@given(
    st.lists(st.tuples(*[st.integers(-3, 3).map(Q)] * 2), min_size=3, max_size=7, unique=True),
    st.integers(1, 2),
    st.integers(1, 3),
)
def test_the_first_path_of_medians_is_the_run_of_the_room(points: Any, k: int, steps: int) -> None:
    problem = Medians(points, tuple(points[:k]))
    paths = descent.grown(problem, steps, moves=True, check=any_run)
    descent.check_paths(problem, paths, steps, moves=True)
    state = kmedians.start(points, points[:k])
    for step in paths[0]:
        state = kmedians.step(points, state)
        assert (tuple(state.labels), tuple(map(tuple, state.centers)), state.cost) == (
            step.labels,
            step.places,
            step.cost,
        )


@FEW
@given(st.lists(st.integers(-5, 5).map(Q), min_size=1, max_size=7), st.integers(-20, 20).map(lambda a: Q(a, 4)))
def test_nothing_is_cheaper_than_what_lies_between_the_two_middles(column: list[Q], v: Q) -> None:
    ((low, high),) = medians.middles([[x] for x in column])
    least = sum(abs(x - low) for x in column)
    assert (low + high) / 2 == kmedians.median(column)
    assert (sum(abs(x - v) for x in column) == least) == (low <= v <= high)


# --- claims that are wrong ------------------------------------------------------------------------------


V = [[Q(abs(x - y)) for y in (0, 1, 3, 10, 12, 15)] for x in (0, 1, 3, 10, 12, 15)]
PROBLEM = Medoids(V, (0, 1))


def claimed(*steps: tuple[Any, Any, int, int]) -> list[Step[tuple[int, ...]]]:
    return [Step(tuple(l), tuple(m), Q(e), Q(c)) for l, m, e, c in steps]


RIGHT = claimed(([0, 1, 1, 1, 1, 1], (0, 3), 36, 23), ([0, 0, 0, 1, 1, 1], (1, 4), 11, 8))


def test_a_right_claim_is_proven() -> None:
    proven = descent.check_paths(PROBLEM, [RIGHT], 2, moves=True)
    assert proven.who_may == ["always"]
    assert proven.place is not None
    assert proven.place.margin.gap > 0


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ([], "no path is given"),
        ([RIGHT[:1]], "path 0 has 1 steps, where 2 are asked for"),
        ([claimed(([0, 0, 1, 1, 1, 1], (0, 3), 37, 23))], "the labels are none that cost least"),
        ([claimed(([0, 1, 1, 1, 1, 1], (0, 4), 36, 24))], "the places are none that cost least"),
        ([claimed(([0, 1, 1, 1, 1, 1], (0, 3), 36, 22))], "the cost at the places that left is not 22"),
        ([claimed(([0, 1, 1, 1, 1, 1], (0, 3), 35, 23))], "the cost at the places that entered is not 35"),
    ],
)
def test_a_wrong_claim_is_refuted(claim: Any, words: str) -> None:
    with pytest.raises(Refuted, match=words):
        descent.check_paths(PROBLEM, claim, 2 if not claim or claim == [RIGHT[:1]] else 1, moves=True)


class Rising:
    """A problem whose costs are told wrong, as no table can have them."""

    start = (0, 1)
    choices = PROBLEM.choices
    updates = PROBLEM.updates

    def __init__(self, *costs: int) -> None:
        self._costs = dict(zip(((0, 1), (0, 3), (1, 4)), costs, strict=False))
        self._labels: set[Any] = set()

    def cost(self, labels: Any, places: Any) -> Q:
        new = (places == (0, 3)) and sum(labels) == 3
        return Q(self._costs[places] + (100 if new else 0))


def test_a_cost_that_rises_is_refuted_in_either_half_step() -> None:
    up = claimed(([0, 1, 1, 1, 1, 1], (0, 3), 1, 2))
    with pytest.raises(Refuted, match="the places raise the cost from 1 to 2"):
        descent.check_paths(Rising(1, 2), [up], 1, moves=True)
    up = claimed(([0, 1, 1, 1, 1, 1], (0, 3), 2, 1), ([0, 0, 0, 1, 1, 1], (1, 4), 101, 0))
    with pytest.raises(Refuted, match="the labels raise the cost from 1 to 101"):
        descent.check_paths(Rising(2, 1, 0), [up], 2, moves=True)


def test_a_tie_that_is_not_followed_is_refuted_and_so_is_a_first_path_that_is_not_the_lowest() -> None:
    v = [[Q(abs(x - y)) for y in (3, 0, 20, 21, 23)] for x in (3, 0, 20, 21, 23)]
    problem = Medoids(v, (1, 2))
    low, high = descent.grown(problem, 1, moves=True, check=any_run)
    assert (low[0].places, high[0].places) == ((0, 3), (1, 3))
    assert descent.check_paths(problem, [low, high], 1, moves=True).who_may == ["always", "other-ties"]
    with pytest.raises(Refuted, match="after 1 half-steps an admissible one is not followed"):
        descent.check_paths(problem, [low], 1, moves=True)
    with pytest.raises(Refuted, match="break a tie otherwise than to the lowest index"):
        descent.check_paths(problem, [high, low], 1, moves=True)


def test_a_medoid_outside_its_cluster_stays_where_every_member_costs_more() -> None:
    """Of V with a large diagonal: point 0 stands for 1 and 2, and belongs to point 3."""
    v = [[Q(x) for x in row] for row in ([9, 1, 1, 2], [1, 9, 8, 8], [1, 8, 9, 8], [8, 8, 8, 1])]
    (path,) = descent.grown(Medoids(v, (0, 3)), 1, moves=True, check=any_run)
    assert path[0].labels == (1, 0, 0, 1)
    assert path[0].places == (0, 3)
    state = kmedoids.step(v, kmedoids.start(v, [0, 3]))
    assert (tuple(state.labels), tuple(state.medoids)) == (path[0].labels, path[0].places)


@pytest.mark.parametrize(
    ("entries", "exact"),
    [
        ([1, 2, 3], True),
        ([], True),
        ([0, 0], True),
        ([Q(1, 3)], False),
        ([2**53, 1], False),
        ([2**60, 2**60], True),
        ([2**60, 1], False),
        ([3 * (2**51 + 1), 3 * (2**51 + 2)], False),
    ],
)
def test_sums_are_exact_where_they_fit(entries: list[Any], exact: bool) -> None:
    assert medoids.exact_sum([Q(x) for x in entries]) is exact


def test_what_binary64_cannot_see_is_a_branch_for_everybody() -> None:
    third = Q(1, 3)
    v = [[Q(0), third, third], [third, Q(0), Q(1)], [third + Q(1, 2**70), Q(1), Q(0)]]
    found = Medoids([[Q(5), third, third + Q(1, 2**70)]] * 3, (1, 2)).choices([], (1, 2))
    assert [choice.unseen for choice in found] == [[1]] * 3
    assert Medoids(v, (0, 1)).choices([], (0, 1))[2].ties == []


# --- golden cases that are changed ----------------------------------------------------------------------


CHANGES: list[tuple[str, list[Any], Any]] = [
    ("kmedoids.run/plain", ["certificate", "paths", 0, 0, "labels"], [0, 0, 1, 1, 1, 1]),
    ("kmedoids.run/plain", ["certificate", "paths", 0, 1, "medoids"], [0, 4]),
    ("kmedoids.run/plain", ["certificate", "paths", 0, 0, "cost"], "22"),
    ("kmedoids.run/plain", ["certificate", "paths", 0, 0, "entered"], "72/2"),
    ("kmedoids.run/plain", ["certificate", "margin", "point"], 2),
    ("kmedoids.run/plain", ["certificate", "medoid_margin", "gap"], "3"),
    ("kmedoids.run/plain", ["certificate", "medoid_margin"], None),
    ("kmedoids.run/plain", ["expected", "cost"], "9"),
    ("kmedoids.run/plain", ["expected", "medoids"], [0, 4]),
    ("kmedoids.run/plain", ["alternatives"], {}),
    ("kmedoids.run/plain", ["attainable", "cost"], "15.94"),
    ("kmedoids.run/plain", ["params", "iterations"], 3),
    ("kmedoids.run/plain", ["input", "dissimilarity", 0, 1], "2"),
    ("kmedoids.run/pair", ["branches"], []),
    ("kmedoids.run/pair", ["branches", 0, "admissible"], "always"),
    ("kmedoids.run/pair", ["branches", 0, "result", "medoids"], [0, 3]),
    ("kmedoids.run/plain", ["certificate"], {"method": "paths", "margin": None}),
    ("kmedians.run/even", ["expected", "centers", 0, 0], "1"),
    ("kmedians.run/even", ["certificate", "paths", 0, 0, "centers", 0, 0], "1"),
    ("kmedians.run/even", ["certificate", "paths", 0, 0, "cost"], "22"),
    ("kmedians.run/even", ["certificate", "margin", "relative"], "0.1"),
    ("kmedians.run/offset-2-27", ["attainable", "cost"], "9.00"),
    ("kmedians.run/tie", ["branches"], []),
    ("kmedians.run/even", ["alternatives", "objective=old", 0, "result", "cost"], "1"),
]


@pytest.mark.parametrize(("identity", "way", "value"), CHANGES)
def test_a_changed_case_is_refuted(identity: str, way: list[Any], value: Any) -> None:
    recheck.prove(case(identity))
    with pytest.raises(Refuted):
        recheck.prove(changed(identity, way, value))


def test_an_alternative_that_no_convention_has_is_refuted() -> None:
    golden = case("kmedoids.run/plain")
    more = {**golden.alternatives, "labels=used": golden.alternatives["labels=final"]}
    with pytest.raises(Refuted, match="the conventions"):
        recheck.prove(msgspec.structs.replace(golden, alternatives=more))


def test_certificates_hold_the_costs_of_all_half_steps() -> None:
    found = case("kmedoids.run/iris-squared")
    assert isinstance(found.certificate, MedoidPaths)
    costs = [text for step in found.certificate.paths[0] for text in (step.entered, step.cost)]
    assert costs == ["3601", "2695", "2695", "2695", "2695", "2695"]
    assert isinstance(case("kmedians.run/even").certificate, MedianPaths)


def test_the_flowers_of_the_cases_are_those_of_the_data() -> None:
    with (ROOT / "data" / "iris.csv").open(encoding="utf-8") as file:
        flowers = [[Q(x) for x in row[:4]] for row in list(csv.reader(file))[1:]]
    chosen = [flowers[i] for start in (0, 50, 100) for i in range(start, start + 8)]
    for name, v in (("squared", linear.squared_distance), ("manhattan", kmedians.distance)):
        golden = case(f"kmedoids.run/iris-{name}").input["dissimilarity"]
        assert golden == [[str(v(x, y)) for y in chosen] for x in chosen]


def test_the_local_minimum_is_left_by_a_swap() -> None:
    for name in ("local-minimum", "iris-squared"):
        found = case(f"kmedoids.run/{name}")
        assert found.expected is not None
        v: Any = [[Q(x) for x in row] for row in found.input["dissimilarity"]]  # type: ignore[union-attr]
        medoids: Any = found.expected["medoids"]
        assert kmedoids.step(v, kmedoids.start(v, medoids)).medoids == medoids
        assert kmedoids.swap(v, medoids) is not None


# --- sensitivity ----------------------------------------------------------------------------------------


def test_the_digits_of_a_far_away_cost_are_those_that_rounding_leaves() -> None:
    points = [[Q(2**27 + x)] for x in (0, 1, 3, 10, 12)]
    digits = _cost(Medians(points, ((Q(2**27 + 3),),)), [0] * 5, ((Q(2**27 + 3),),), None)
    # J = 3 + 2 + 0 + 7 + 9, and four coordinates of about 2^27 move it
    assert abs(float(digits) - (15.95 - 7.4)) < 0.1


# --- other medians --------------------------------------------------------------------------------------


def judged(identity: str, results: Any, **conventions: str) -> Any:
    return score(case(identity), Hello("x", "1", "", "binary64", ("kmedians.run",), conventions), Result(results))


def test_another_median_is_a_convention_and_not_judged_where_it_is_declared() -> None:
    expected: Any = case("kmedians.run/even").expected
    (low,), last = expected["centers"]
    assert low == "2"
    for other in ("1", "5/2", "3"):
        answer = {**expected, "centers": [[other], last]}
        found = judged("kmedians.run/even", answer)
        assert (found.verdict, found.detail[:20]) == ("convention", "takes another median")
        assert judged("kmedians.run/even", answer, median="other").verdict == "unsupported"
    beyond = {**expected, "centers": [["7/2"], last]}
    assert judged("kmedians.run/even", beyond).verdict == "fail"
    contradiction = judged("kmedians.run/even", {**expected, "cost": "1"}, median="other")
    assert contradiction.verdict == "fail"
    assert "that of its own labels and centers is" in contradiction.detail
    expected = case("kmedians.run/outlier").expected
    assert judged("kmedians.run/outlier", expected, median="other").verdict == "pass"


def test_medoids_of_an_answer_must_be_points_and_have_their_cost() -> None:
    hello = Hello("x", "1", "", "binary64", ("kmedoids.run",), {"empty": "relocate"})
    golden = case("kmedoids.run/coincident")
    for change, words in (
        ({"medoids": [0, 9, 3]}, "medoids[1] is 9, which is no index below 5"),
        ({"cost": "7"}, "cost is 7.00000, but that of its own labels and medoids is 3.00000"),
        ({}, "its rule for empty clusters is 'relocate'"),
    ):
        expected: Any = golden.expected
        assert words in score(golden, hello, Result({**expected, **change})).detail


def test_medoids_follow_clusters_that_are_numbered_otherwise() -> None:
    golden = case("kmedoids.run/plain")
    expected: Any = golden.expected
    turned = {**expected, "labels": [1 - k for k in expected["labels"]], "medoids": expected["medoids"][::-1]}
    hello = Hello("x", "1", "", "binary64", ("kmedoids.run",), {})
    assert score(golden, hello, Result(turned)).verdict == "pass"
    half = score(golden, hello, Result({**turned, "medoids": expected["medoids"]}))
    assert half.verdict == "wrong branch"
