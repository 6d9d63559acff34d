"""The library kmedoids as a peer: right wherever it answers, and what it does not look at."""

from typing import Any

import pytest

from refimpl.oracle import store
from refimpl.oracle.peers import PEERS
from refimpl.oracle.peers.peer import Result, Unsupported
from refimpl.oracle.score import score

CASES = list(store.cases(store.fixtures(), task="kmedoids.run"))

KNOWN = {
    "kmedoids.run/refuse-medoid-out-of-range": "error",
    "kmedoids.run/refuse-medoid-twice": "fail",
    "kmedoids.run/refuse-negative": "fail",
    "kmedoids.run/refuse-no-medoid": "error",
    "kmedoids.run/refuse-not-square": "error",
}
"""It takes negative entries and twins, and panics at indices and shapes."""


@pytest.fixture(scope="module")
def peer() -> Any:
    pytest.importorskip("kmedoids", reason="kmedoids is not installed; pip install 'refimpl[peers]'")
    from refimpl.oracle.peers.kmedoids_alternating import Alternating

    return Alternating()


def test_it_is_one_of_the_peers() -> None:
    assert PEERS["kmedoids"].place == "refimpl.oracle.peers.kmedoids_alternating:Alternating"


def test_it_passes_every_case_but_those_that_it_should_refuse(peer: Any) -> None:
    found = {case.id: score(case, peer.hello, peer.run(case.task, case.input, case.params)) for case in CASES}
    failed = {identity: s.verdict for identity, s in found.items() if s.verdict not in ("pass", "unsupported")}
    assert failed == KNOWN
    assert {identity for identity, s in found.items() if s.verdict == "unsupported"} == {"kmedoids.run/asymmetric"}


def test_it_is_not_asked_about_a_table_of_which_each_side_has_its_own(peer: Any) -> None:
    found = peer.run("kmedoids.run", {"dissimilarity": [["0", "1"], ["2", "0"]], "medoids": ["0"]}, {"iterations": 1})
    assert found == Unsupported("kmedoids takes symmetric dissimilarities")


def test_it_keeps_a_medoid_that_is_as_cheap_as_another(peer: Any) -> None:
    given = {"dissimilarity": [["0", "3"], ["3", "0"]], "medoids": ["1"]}
    assert peer.run("kmedoids.run", given, {"iterations": 5}) == Result({"labels": [0, 0], "medoids": [1], "cost": 3.0})
