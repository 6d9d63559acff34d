"""Answers of linkage.fit and dbscan.fit: other orders of equal merges, other names of clusters, noise that is noise."""

from typing import Any

import pytest

from refimpl.oracle import show, store
from refimpl.oracle.peers.peer import Hello, Result
from refimpl.oracle.score import Score, score
from refimpl.oracle.trees import clusters

HELLO = Hello("someone", "1", "C", "binary64", ("linkage.fit", "dbscan.fit"))


def judged(identity: str, hello: Hello = HELLO, **values: Any) -> Score:
    """The score of an answer that differs from what is expected in these results."""
    case = store.find(store.fixtures(), identity)
    assert case.expected is not None
    return score(case, hello, Result({**case.expected, **values}))  # type: ignore[arg-type]


# --- trees ------------------------------------------------------------------------------------------


def test_merges_of_equal_height_may_be_numbered_either_way() -> None:
    """0 2 and 1 3 are merged at a height of 1, and then both at 10."""
    for parents in ([5, 6, 5, 6, 8, 7, 7, 8], [6, 5, 6, 5, 8, 7, 7, 8]):
        assert judged("linkage.fit/two-orders", parents=parents).verdict == "pass"


def test_clusters_are_numbered_in_the_order_of_heights() -> None:
    """On 0, 1, 3, 7 there is one order; another has the tree, and a number that is no later cluster's."""
    case = store.find(store.fixtures(), "linkage.fit/branches-out-of-order")
    assert case.expected is not None
    expected: Any = case.expected
    swap = {8: 9, 9: 8}
    parents: list[int] = [swap.get(p, p) for p in expected["parents"]]
    parents[8], parents[9] = parents[9], parents[8]
    found = judged(case.id, parents=parents)
    assert found.verdict == "fail"
    assert found.detail.startswith("heights[")
    heights = [expected["heights"][1], expected["heights"][0], *expected["heights"][2:]]
    found = judged(case.id, parents=parents, heights=heights)  # consistent, but not ascending
    assert found.verdict == "fail"
    assert judged(case.id, heights=heights).verdict == "fail"


@pytest.mark.parametrize(
    ("parents", "words"),
    [
        ([5, 5, 4, 4, 6, 6], "merge 0 makes a cluster of 2, 3, which no tree of nearest pairs has"),
        ([4, 4, 5, 6, 5, 3], "parents[5] is 3, which is no later cluster"),
        ([4, 4, 4, 6, 5, 6], "parents[0] is 4, which 3 clusters are merged into in place of two"),
        ([4, 4, 5, 6, 5, 7], "parents[5] is 7, which is no later cluster"),
        ([-1, 4, 5, 6, 5, 6], "parents[0] is -1, which is no later cluster"),
        ([4, 5, 4, 6, 5, 6], "merge 0 makes a cluster of 0, 2, which no tree of nearest pairs has"),
    ],
)
def test_a_wrong_tree_is_a_wrong_branch_with_a_sentence(parents: list[int], words: str) -> None:
    found = judged("linkage.fit/line", parents=parents)
    assert found.verdict == "wrong branch"
    assert words in found.detail


def test_every_tree_of_a_tie_is_right_and_no_other() -> None:
    case = store.find(store.fixtures(), "linkage.fit/square")
    assert len(case.outcomes) == 10
    for outcome in case.outcomes:
        assert score(case, HELLO, Result(outcome.result)).verdict == "pass"  # type: ignore[arg-type]
    diagonal = [4, 5, 5, 4, 6, 6]
    assert judged(case.id, parents=diagonal).verdict == "wrong branch"


def test_heights_alone_are_judged_where_a_library_has_no_tree() -> None:
    case = store.find(store.fixtures(), "linkage.fit/line")
    hello = Hello("h", "1", "C", "binary64", ("linkage.fit",), {}, {"linkage.fit": {"parents": "it has none"}})
    assert score(case, hello, Result({"heights": ["1", "5/2", "17/3"]})).verdict == "pass"
    assert score(case, hello, Result({"heights": ["1", "5/2", "21/4"]})).verdict == "fail"
    hello = Hello("p", "1", "C", "binary64", ("linkage.fit",), {}, {"linkage.fit": {"heights": "it has none"}})
    assert score(case, hello, Result({"parents": [4, 4, 5, 6, 5, 6]})).verdict == "pass"
    assert score(case, hello, Result({"parents": [4, 5, 4, 6, 5, 6]})).verdict == "wrong branch"


def test_clusters_of_parents() -> None:
    assert clusters([3, 4, 3, 4]) == [frozenset({0, 2}), frozenset({0, 1, 2})]
    assert clusters([2, 2]) == [frozenset({0, 1})]


# --- as they are shown ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("identity", "words"),
    [
        (
            "linkage.fit/line",
            "closest decision: merge 2, counted from 1, is of 2 and 4, not of 2 and 3 (relative 0.111)",
        ),
        ("dbscan.fit/at-eps", "closest decision: whether points 0 and 1 are neighbours (relative 0)"),
    ],
)
def test_the_closest_decision_is_shown(identity: str, words: str) -> None:
    assert words in [*show.show(store.find(store.fixtures(), identity))]


# --- dense clusters ---------------------------------------------------------------------------------


def test_clusters_have_any_names_and_noise_has_one() -> None:
    """0 0 0 1 1 1 -1."""
    for labels, verdict in (
        ([1, 1, 1, 0, 0, 0, -1], "pass"),
        ([2, 2, 2, 7, 7, 7, -1], "pass"),  # from 1 on, or with gaps
        ([0, 0, 0, 1, 1, 1, 2], "wrong branch"),
        ([-1, -1, -1, 1, 1, 1, 0], "wrong branch"),
        ([0, 0, 0, 0, 0, 0, -1], "wrong branch"),
        ([0, 0, 0, 1, 1, -1, -1], "wrong branch"),
        ([0, 0, 0, -2, -2, -2, -1], "wrong branch"),
        ([0, 0, 0, 2**62, 2**62, 2**62, -1], "wrong branch"),
    ):
        assert judged("dbscan.fit/plane", labels=labels).verdict == verdict, labels


def test_core_points_are_not_renamed() -> None:
    found = judged("dbscan.fit/plane", core=[1, 1, 1, 1, 1, 1, 1])
    assert found.verdict == "wrong branch"
    assert found.detail.startswith("core[6] is 1, where 0 is right (1 of 7 differ)")
    assert judged("dbscan.fit/plane", core=[1 - c for c in (1, 1, 1, 1, 1, 1, 0)]).verdict == "wrong branch"


def test_either_cluster_may_have_the_bridge_and_nobody_else() -> None:
    for bridge, verdict in ((0, "pass"), (1, "pass"), (-1, "wrong branch"), (2, "wrong branch")):
        assert judged("dbscan.fit/bridge", labels=[0, 0, 0, bridge, 1, 1, 1]).verdict == verdict
        assert judged("dbscan.fit/bridge", labels=[1, 1, 1, bridge, 0, 0, 0]).verdict == verdict


def test_all_noise_is_all_noise() -> None:
    assert judged("dbscan.fit/all-noise", labels=[-1] * 4).verdict == "pass"
    assert judged("dbscan.fit/all-noise", labels=[0] * 4).verdict == "wrong branch"
    assert judged("dbscan.fit/all-noise", labels=[0, 1, 2, 3]).verdict == "wrong branch"


def test_in_binary64_tenths_may_be_neighbours_or_not() -> None:
    for labels, core, verdict in (
        ([0, 0, 1, 1], [1, 1, 1, 1], "pass"),  # 0.4 - 0.3 > 0.1, as it is
        ([0, 0, 0, 0], [1, 1, 1, 1], "pass"),  # what rounding may make of it
        ([-1, -1, -1, -1], [0, 0, 0, 0], "pass"),
        ([0, 0, 0, 0], [0, 1, 1, 0], "wrong branch"),
        ([0, 1, 0, 1], [1, 1, 1, 1], "wrong branch"),
    ):
        assert judged("dbscan.fit/tenths", labels=labels, core=core).verdict == verdict
    assert judged("dbscan.fit/tenths-in-tenths", labels=[-1] * 4, core=[0] * 4).verdict == "wrong branch"
