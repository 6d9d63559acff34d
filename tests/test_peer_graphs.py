"""networkx and Infomap held against the golden cases of graphs: what fails is known, and minimal inputs say why."""

from collections.abc import Iterator
from fractions import Fraction as Q
from typing import Any

import pytest
from graphs import TRIANGLES

from refimpl import map_equation, modularity
from refimpl.numbers import FLOAT
from refimpl.oracle import store
from refimpl.oracle.peers.peer import Peer, Refused, Result, Unsupported
from refimpl.oracle.score import Score
from refimpl.oracle.verify import verify

BLIND = {
    "refuse-asymmetric": "fail",
    "refuse-negative-weight": "fail",
    "refuse-no-edges": "fail",
}
"""networkx takes any matrix; without edges it divides by 0, or answers 0 from 3.7 on."""

SQUARES = {
    "modularity.score/large-numbers": "error",
    "modularity.score/small-numbers": "fail",
    "modularity.optimum/large-numbers": "error",
}
"""networkx squares the sum of all degrees before it divides by it."""

KNOWN_NETWORKX = {
    **{f"modularity.{task}/{slug}": verdict for task in ("score", "optimum") for slug, verdict in BLIND.items()},
    **SQUARES,
    "modularity.optimum/ring-of-nine": "fail",
}
KNOWN_GREEDY = {**KNOWN_NETWORKX, "modularity.optimum/greedy-is-not-enough": "fail"}
KNOWN_INFOMAP = {
    "map_equation.score/refuse-asymmetric": "fail",
    "map_equation.score/refuse-no-edges": "fail",
    "map_equation.optimum/refuse-asymmetric": "fail",
    "map_equation.optimum/refuse-no-edges": "fail",
    "map_equation.optimum/near-tie": "weak",
}
"""Infomap folds the halves of a matrix together, has a codelength of 0 without edges, and stops at gains of 1e-10."""


@pytest.fixture(scope="module")
def networkx() -> Peer:
    pytest.importorskip("networkx", reason="networkx is not installed; pip install 'refimpl[peers]'")
    from refimpl.oracle.peers.networkx_communities import NetworkX

    return NetworkX()


@pytest.fixture(scope="module")
def greedy(networkx: Peer) -> Peer:
    from refimpl.oracle.peers.networkx_communities import Greedy

    return Greedy()


@pytest.fixture(scope="module")
def infomap() -> Peer:
    pytest.importorskip("infomap", reason="infomap is not installed; pip install 'refimpl[peers]'")
    from refimpl.oracle.peers.infomap_modules import Infomap

    return Infomap()


def scores(peer: Peer) -> Iterator[Score]:
    for task in peer.hello.tasks:
        yield from (score for score, _ in verify(peer, store.cases(store.fixtures(), task=task)))


def failures(peer: Peer) -> dict[str, str]:
    found = {score.case_id: score.verdict for score in scores(peer) if score.verdict not in ("pass", "unsupported")}
    if peer.hello.version.startswith(("3.2", "3.3", "3.4", "3.5", "3.6")):
        found = {case: "fail" if case.endswith("/refuse-no-edges") else verdict for case, verdict in found.items()}
    return found


def asked(weights: Any, **others: Any) -> dict[str, Any]:
    return {"weights": [[str(a) for a in row] for row in weights], **others}


def result(peer: Peer, task: str, given: dict[str, Any]) -> dict[str, Any]:
    answer = peer.run(task, given, {})
    assert isinstance(answer, Result), answer
    return dict(answer.values)


def test_networkx_fails_for_the_known_reasons_alone(networkx: Peer) -> None:
    assert networkx.hello.tasks == ("modularity.score", "modularity.optimum")
    assert failures(networkx) == KNOWN_NETWORKX


def test_greedy_merging_misses_one_optimum_more(greedy: Peer) -> None:
    assert greedy.hello.name == "networkx-greedy"
    assert failures(greedy) == KNOWN_GREEDY


def test_infomap_fails_for_the_known_reasons_alone(infomap: Peer) -> None:
    assert infomap.hello.tasks == ("map_equation.score", "map_equation.optimum")
    assert failures(infomap) == KNOWN_INFOMAP


def test_networkx_squares_what_overflows_already_for_one_edge(networkx: Peer) -> None:
    edge = [[0, 1], [1, 0]]
    assert result(networkx, "modularity.score", asked(edge, labels=[0, 1])) == {"modularity": -0.5}
    for weight, words in ((2.0**520, "OverflowError"), (2.0**-540, "ZeroDivisionError")):
        answer = networkx.run("modularity.score", asked([[0, weight], [weight, 0]], labels=[0, 1]), {})
        assert isinstance(answer, Refused)
        assert answer.kind == "internal"
        assert words in answer.message
        assert modularity.modularity([[0.0, weight], [weight, 0.0]], [0, 1]) == -0.5


def test_loops_have_half_the_weight_of_the_diagonal_in_networkx_and_all_of_it_in_infomap(
    networkx: Peer, infomap: Peer
) -> None:
    weights, labels = [[6, 2, 0], [2, 0, 1], [0, 1, 4]], [0, 0, 1]
    exact = [[Q(a) for a in row] for row in weights]
    found = result(networkx, "modularity.score", asked(weights, labels=labels))["modularity"]
    assert found == pytest.approx(float(modularity.modularity(exact, labels)), rel=1e-14)
    told = result(infomap, "map_equation.score", asked(weights, labels=labels))["codelength"]
    assert told == pytest.approx(map_equation.codelength(exact, labels, FLOAT), rel=1e-14)


def test_infomap_does_not_split_what_saves_less_than_its_threshold(infomap: Peer) -> None:
    case = store.find(store.fixtures(), "map_equation.optimum/near-tie")
    answer = result(infomap, case.task, case.input)
    assert answer["labels"] == [0] * 6
    two = result(infomap, "map_equation.score", {**case.input, "labels": [0, 0, 0, 1, 1, 1]})["codelength"]
    assert 1e-11 < answer["codelength"] - two < 1e-10


def test_what_a_library_has_no_word_for_is_not_held_against_it(networkx: Peer, infomap: Peer) -> None:
    answer = networkx.run("modularity.score", asked(TRIANGLES, labels=[0, 0, 0, 1, 1, -1]), {})
    assert isinstance(answer, Unsupported)
    assert "sets of nodes" in answer.why
    for labels in ([0] * 5, [0] * 7):
        assert isinstance(infomap.run("map_equation.score", asked(TRIANGLES, labels=labels), {}), Unsupported)
        assert isinstance(networkx.run("modularity.score", asked(TRIANGLES, labels=labels), {}), Refused)


@pytest.mark.parametrize("weights", [[], [[0, 1]], [[0, -1], [-1, 0]]])
def test_infomap_refuses_what_is_no_network(infomap: Peer, weights: Any) -> None:
    for task, labels in (("map_equation.score", {"labels": [0] * len(weights)}), ("map_equation.optimum", {})):
        answer = infomap.run(task, asked(weights, **labels), {})
        assert isinstance(answer, Refused)
        assert answer.kind == "bad-input"
