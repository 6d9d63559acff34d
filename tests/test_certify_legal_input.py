"""Proofs of graphs, silhouettes and runs that take turns refute a right formula where the input must be refused."""

from typing import Any

import pytest
from msgspec.structs import replace

from refimpl.errors import RefimplError
from refimpl.oracle import recheck, store
from refimpl.oracle.certificates import Exact, Sweep, TwoRoads
from refimpl.oracle.graph_results import ROADS
from refimpl.oracle.solve import solve

TRIANGLE = [["0", "1", "1"], ["1", "0", "1"], ["1", "1", "0"]]


@pytest.mark.parametrize(
    ("identity", "name", "change", "words"),
    [
        ("silhouette.samples/pythagorean", "labels", lambda labels: labels[:-1], "one for each row"),
        ("silhouette.samples/pythagorean", "labels", lambda labels: [int(x) or -1 for x in labels], "one for each row"),
        ("silhouette.clusters/pairs", "labels", lambda labels: labels[:-1], "one for each row"),
        ("map_equation.score/one-loop", "labels", lambda labels: [-1 for _ in labels], "one for each row"),
        ("kmedoids.run/singletons", "dissimilarity", lambda v: [[*row, "0"] for row in v], "a square matrix"),
        ("kmedians.run/outlier", "centers", lambda rows: [[*row, "0"] for row in rows], "are no start for"),
    ],
)
def test_what_must_be_refused_is_no_golden_input(identity: str, name: str, change: Any, words: str) -> None:
    golden = store.find(store.fixtures(), identity)
    recheck.prove(golden)
    spoilt = replace(golden, input={**golden.input, name: change(golden.input[name])})
    with pytest.raises(RefimplError, match=words):
        recheck.prove(spoilt)
    with pytest.raises(RefimplError):
        solve(spoilt.task, spoilt.input, spoilt.params)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([["0", "1", "1"], ["3", "0", "1"], ["1", "1", "0"]], "give a symmetric matrix"),
        ([["0", "3", "-1"], ["3", "0", "3"], ["-1", "3", "0"]], "negative entry"),
    ],
)
@pytest.mark.parametrize("task", ["modularity.score", "modularity.optimum"])
def test_one_community_has_modularity_0_of_an_undirected_graph_alone(task: str, weights: Any, words: str) -> None:
    # every sum over all pairs of nodes is 0 whatever the weights are
    golden = store.find(store.fixtures(), "modularity.score/one-community")
    labels: list[Any] = [0, 0, 0]
    given: dict[str, Any] = {"weights": weights}
    expected: dict[str, Any] = {"modularity": "0"}
    (given if task == "modularity.score" else expected)["labels"] = labels
    forged = replace(
        golden,
        id=f"{task}/forged",
        task=task,
        input=given,
        expected=expected,
        certificate=Exact() if task == "modularity.score" else TwoRoads(ROADS),
    )
    with pytest.raises(RefimplError, match=words):
        recheck.prove(forged)


@pytest.mark.parametrize(
    ("medoids", "words"), [([0, 0], "different indices"), ([0, -1], "different indices"), ([], "different indices")]
)
def test_medoids_are_different_points(medoids: Any, words: str) -> None:
    golden = store.find(store.fixtures(), "kmedoids.run/plain")
    with pytest.raises(RefimplError, match=words):
        recheck.prove(replace(golden, input={**golden.input, "medoids": medoids}))


def test_more_centers_than_points_start_no_run() -> None:
    golden = store.find(store.fixtures(), "choose_k.sweep/single-points")
    assert isinstance(golden.certificate, Sweep)
    starts: Any = golden.input["starts"]
    more = [[*start, *[start[0]] * 100] for start in starts]
    with pytest.raises(RefimplError, match="are no start for"):
        recheck.prove(replace(golden, input={**golden.input, "starts": more}))
