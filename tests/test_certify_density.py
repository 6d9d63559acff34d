"""DBSCAN certified: other formulas, what binary64 can see of a radius, every label needed."""

from fractions import Fraction as Q
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from refimpl import dbscan
from refimpl.certify import density
from refimpl.errors import Refuted, Unsupported
from refimpl.oracle import recheck, store
from refimpl.oracle.certificates import Comparisons
from refimpl.oracle.solve import dbscan as solver

FEW = settings(max_examples=150, deadline=None)
Rows = list[list[Q]]


@st.composite
def grids(draw: st.DrawFn) -> Rows:
    """Points on a small grid, where ties are frequent."""
    d = draw(st.integers(1, 2))
    return draw(st.lists(st.lists(st.integers(0, 5).map(Q), min_size=d, max_size=d), min_size=1, max_size=9))


@FEW
@given(grids(), st.integers(0, 3).map(Q), st.integers(1, 4))
def test_labellings_are_those_that_the_reach_of_the_room_admits(points: Rows, eps: Q, least: int) -> None:
    near = density.near(points, eps)
    assert near.open == []  # binary64 sees integers
    room = dbscan.fit(points, eps, least)
    found = density.admissible(near, len(points), least)
    assert (found[0].labels, found[0].core) == (room.labels, [int(core) for core in room.core])
    for n, clusters in enumerate(room.reach):
        assert {labelling.labels[n] for labelling in found} == set(clusters or [dbscan.NOISE])
    count = 1
    for clusters in room.reach:
        count *= len(clusters) or 1
    assert len(found) == count


def test_binary64_sees_a_tie_of_integers_and_not_one_of_tenths() -> None:
    assert density.near([[Q(3)], [Q(4)]], Q(1)).open == []
    tenths = density.near([[Q(3, 10)], [Q(4, 10)]], Q(1, 10))
    assert (tenths.sure, tenths.open, tenths.within) == ([], [(0, 1)], [(0, 1)])
    held = density.near([[Q(0.3)], [Q(0.4)]], Q(0.1))
    assert (held.sure, held.open, held.within) == ([], [(0, 1)], [])
    assert held.closest is not None
    assert 0 < held.closest[0] < Q(1, 10**15)


def test_a_tie_whose_squares_are_no_binary64_numbers_is_open() -> None:
    one = 1 + Q(1, 2**30)
    assert density.near([[Q(0)], [one]], one).open == [(0, 1)]  # its square has 61 bits
    assert density.near([[Q(0)], [Q(2) ** 600]], Q(2) ** 600).open == [(0, 1)]
    assert density.near([[Q(0)], [Q(2) ** 500]], Q(2) ** 500).open == []


def test_every_choice_of_an_open_pair_is_followed_and_the_true_one_comes_first() -> None:
    points, eps = [[Q(x)] for x in (0.2, 0.3, 0.4, 0.5)], Q(0.1)
    found = density.admissible(density.near(points, eps), 4, 2)
    assert found[0].labels == dbscan.fit(points, eps, 2).labels == [0, 0, 1, 1]
    assert [0, 0, 0, 0] in [labelling.labels for labelling in found]
    assert [-1, -1, -1, -1] in [labelling.labels for labelling in found]


def test_too_many_labellings_are_refused() -> None:
    tenths = [[Q(i, 10)] for i in range(9)]
    with pytest.raises(Unsupported, match="8 pairs are nearly eps apart"):
        density.admissible(density.near(tenths, Q(1, 10)), 9, 2)
    bridges = [[Q(x)] for i in range(9) for x in (6 * i, 6 * i + 1, 6 * i + 2, 6 * i + 4)] + [
        [Q(x)] for x in (54, 55, 56)
    ]
    with pytest.raises(Unsupported, match="border points admit more than 64"):
        density.admissible(density.near(bridges, Q(2)), len(bridges), 4)
    given: Any = {"points": [[str(x) for x in row] for row in bridges]}
    with pytest.raises(Unsupported, match="admit"):
        solver.fit(given, {"eps": "2", "min_points": 4})
    assert len(solver.clustered(given, {"eps": "2", "min_points": 4})["labels"]) == len(bridges)  # type: ignore[arg-type]


CASES = [
    case
    for case in store.cases(store.fixtures(), task="dbscan.fit")
    if case.expected is not None and "real" not in case.tags
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_label_or_a_flag_that_is_changed_is_refuted(case: Any) -> None:
    recheck.prove(case)
    for name, row in case.expected.items():
        for n in range(len(row)):
            wrong = {**case.expected, name: [x + 1 if i == n else x for i, x in enumerate(row)]}
            with pytest.raises(Refuted, match="outcomes"):
                recheck.prove(msgspec.structs.replace(case, expected=wrong))


def test_branches_margins_and_parameters_that_are_changed_are_refuted() -> None:
    case = store.find(store.fixtures(), "dbscan.fit/bridge")
    assert isinstance(case.certificate, Comparisons)
    assert case.certificate.margin is not None
    margin = msgspec.structs.replace(case.certificate.margin, pair=[0, 1])
    for changed, words in (
        ({"branches": []}, "outcomes"),
        ({"branches": case.branches * 2}, "outcomes"),
        ({"certificate": Comparisons(margin)}, "margin"),
        ({"certificate": Comparisons(None)}, "margin"),
        ({"params": {"eps": "2", "min_points": 3}}, "outcomes"),
        ({"params": {"eps": "-2", "min_points": 4}}, "eps is negative"),
        ({"params": {"eps": "1", "min_points": 4}}, "margin"),
    ):
        with pytest.raises(Refuted, match=words):
            recheck.prove(msgspec.structs.replace(case, **changed))
