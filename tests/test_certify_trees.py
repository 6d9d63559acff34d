"""Trees from the members of clusters: roots in order, ties followed, every digit needed, S as quotients say."""

from fractions import Fraction as Q
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from refimpl import linkage
from refimpl.certify import dendrograms, surds
from refimpl.certify.dendrograms import Dendrograms
from refimpl.errors import Refuted, Unsupported
from refimpl.linkage import METHODS, Method
from refimpl.numbers import ball
from refimpl.oracle import recheck, store
from refimpl.oracle.certificates import Comparisons
from refimpl.oracle.solve import linkage as solver

FEW = settings(max_examples=40, deadline=None)
Rows = list[list[Q]]
ROOTS = [surds.root(s) for s in (0, 1, 2, 3, 8, 18, Q(1, 2), Q(9, 4))]


# ---------------------------------------------------------------------- sums of roots


def test_sums_of_roots_are_ordered_as_sixty_digits_say() -> None:
    numbers = ball(60)
    sums = [a * n + b for a, b, n in product(ROOTS, ROOTS, (1, 2, 3))]
    for a, b in product(sums, sums[::7]):
        difference = a.value(numbers) - b.value(numbers)
        sign = 0 if isinstance(difference, Q) and not difference else None
        if sign is None:
            sign = 0 if not isinstance(difference, Q) and difference.contains(0) else (1 if difference > 0 else -1)
        assert ((a > b) - (a < b), a == b) == (sign, sign == 0)


def test_sums_that_differ_far_behind_the_point_are_still_told_apart() -> None:
    """Sqrt(n + 1) + sqrt(n - 1) is less than 2 sqrt(n) by n^(-3/2) / 4, here 10^-601."""
    n = 10**400
    two = surds.root(n) * 2
    near = surds.root(n + 1) + surds.root(n - 1)
    assert near < two
    assert two > near
    assert near != two
    assert near.high >= two.low  # the bounds alone do not tell
    assert near.low <= two.high


def test_equal_sums_of_different_roots_are_equal() -> None:
    assert surds.root(2) + surds.root(18) == surds.root(8) * 2
    assert (surds.root(32) + surds.root(72)) / 2 == surds.root(50)
    assert surds.root(Q(1, 2)) * 2 == surds.root(2)
    assert surds.root(4) == 2
    assert surds.root(5) > 0
    assert surds.root(0) == 0


def test_bounds_enclose() -> None:
    for divisor in (1, 3, 7):
        d = surds.root(2) / divisor
        assert (d.low * divisor) ** 2 < 2 << 2 * surds.BITS < (d.high * divisor) ** 2
        assert d.high - d.low <= 2
    assert (surds.root(9) * 5).low == (surds.root(9) * 5).high == 15 << surds.BITS


def test_a_sum_is_a_fraction_exactly_where_all_roots_are() -> None:
    assert (surds.root(4) + surds.root(Q(1, 9))).value(ball(20), 2) == Q(7, 6)
    assert not isinstance((surds.root(4) + surds.root(2)).value(ball(20)), Q)
    assert surds.root(0).value(ball(20)) == 0


# ---------------------------------------------------------------------- trees


@st.composite
def grids(draw: st.DrawFn) -> Rows:
    """Points on a small grid, where ties are frequent."""
    d = draw(st.integers(1, 2))
    return draw(st.lists(st.lists(st.integers(0, 3).map(Q), min_size=d, max_size=d), min_size=2, max_size=5))


@FEW
@given(grids(), st.sampled_from(METHODS))
def test_the_trees_are_those_of_the_room(points: Rows, method: Method) -> None:
    found = Dendrograms(points, method)
    rooms = linkage.trees(solver.started(points, method), method)
    if len(rooms) > dendrograms.MOST_TREES:
        with pytest.raises(Unsupported, match=f"ties admit {len(rooms)} trees"):
            _ = found.trees
        return
    assert [tree.merges for tree in found.trees] == [[(merge.a, merge.b) for merge in merges] for merges in rooms]
    for tree, merges in zip(found.trees, rooms, strict=True):
        assert all(m.d == h for m, h in zip(tree.measures, solver.heights(merges, method), strict=True))


@FEW
@given(grids(), st.sampled_from(METHODS))
def test_a_margin_of_0_is_a_tie_of_pairs_that_exclude_each_other(points: Rows, method: Method) -> None:
    found = Dendrograms(points, method)
    closest = found.first[1]
    if len(points) == 2:
        assert closest is None
        return
    assert closest is not None
    assert 0 <= closest.relative <= 1
    assert len({*closest.pair, *closest.rival}) == 3
    assert closest.pair == found.first[0].merges[closest.step - 1]
    if len(found.trees) > 1:
        assert closest.relative == 0


def test_a_tie_of_irrational_means_has_both_trees() -> None:
    points = [[Q(x), Q(y)] for x, y in ((0, 0), (2, 2), (-4, -4), (-5, -11))]
    assert len(Dendrograms(points, "average").trees) == 2
    points[3][1] -= Q(1, 10**70)  # no tie any more, but far below what binary64 can see
    trees = Dendrograms(points, "average")
    assert len(trees.trees) == 2
    assert trees.first[1] is not None
    assert 0 < trees.first[1].relative < Q(1, 10**60)
    points[3][1] -= Q(1, 10**9)
    assert len(Dendrograms(points, "average").trees) == 1


def test_more_trees_than_anybody_reads_are_refused() -> None:
    with pytest.raises(Unsupported, match=r"ties admit \d+ trees; give data with at most 64"):
        _ = Dendrograms([[Q(i)] for i in range(7)], "single").trees


def test_parents_and_sizes() -> None:
    assert dendrograms.parents([(0, 2), (1, 3)]) == [3, 4, 3, 4]
    assert dendrograms.sizes([3, 4, 3, 4]) == [1, 1, 1, 2, 3]


# ---------------------------------------------------------------------- sensitivity


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("factor", [Q(1), Q(2) ** 600, Q(1, 2**600)])
def test_sensitivity_is_that_of_difference_quotients(method: Method, factor: Q) -> None:
    points = [[Q(x) * factor, Q(y) * factor] for x, y in ((3, 1), (4, 5), (9, 2), (30, 7), (31, 12))]
    step = Q(1, 10**30)

    def heights(rows: Rows) -> list[Q]:
        found = Dendrograms(rows, method)
        return [Q(m.d.near) / found.unit for m in found.first[0].measures]

    at = heights(points)
    expected = [Q(0)] * len(at)
    for n, row in enumerate(points):
        for i in range(len(row)):
            nudged = [[y * (1 + step * ((m, j) == (n, i))) for j, y in enumerate(r)] for m, r in enumerate(points)]
            expected = [s + abs(b - a) / step for s, a, b in zip(expected, at, heights(nudged), strict=True)]
    sizes = [m.size for m in Dendrograms(points, method).first[0].measures]
    for size, right in zip(sizes, expected, strict=True):
        assert abs(size - right) <= right / 10**8


def test_of_pairs_that_are_equally_far_the_most_sensitive_counts() -> None:
    found = Dendrograms([[Q(1)], [Q(-4)], [Q(6)]], "single")
    assert found.measure(0b001, 0b110).d == 5
    assert found.measure(0b001, 0b110).size == 7  # of 6 - 1; that of 1 + 4 is 5


# ---------------------------------------------------------------------- every digit is needed


def last_digit(text: str) -> str:
    return text[:-1] + str((int(text[-1]) + 1) % 10)


CASES = [
    case
    for case in store.cases(store.fixtures(), task="linkage.fit")
    if case.expected is not None and "real" not in case.tags
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_height_or_a_parent_that_is_changed_is_refuted(case: Any) -> None:
    recheck.prove(case)
    parents, heights = case.expected["parents"], case.expected["heights"]
    for t in range(len(heights)):
        wrong = [last_digit(h) if i == t else h for i, h in enumerate(heights)]
        with pytest.raises(Refuted, match="heights"):
            recheck.prove(msgspec.structs.replace(case, expected={"parents": parents, "heights": wrong}))
    for i in range(len(parents)):
        changed = [p + (1 if p < 2 * len(heights) else -1) if j == i else p for j, p in enumerate(parents)]
        if changed != parents:
            with pytest.raises(Refuted, match="parents"):
                recheck.prove(msgspec.structs.replace(case, expected={"parents": changed, "heights": heights}))


def test_branches_and_margins_that_are_changed_are_refuted() -> None:
    case = store.find(store.fixtures(), "linkage.fit/square")
    assert isinstance(case.certificate, Comparisons)
    assert case.certificate.margin is not None
    margin = msgspec.structs.replace(case.certificate.margin, relative="0.100")
    other = msgspec.structs.replace(case.branches[0], admissible="other-ties")
    for changed, words in (
        ({"branches": case.branches[1:]}, "there are 10 trees, but 9 outcomes"),
        ({"branches": [*case.branches, case.branches[0]]}, "there are 10 trees, but 11 outcomes"),
        ({"branches": case.branches[::-1]}, "parents"),
        ({"branches": [other, *case.branches[1:]]}, "admissible"),
        ({"certificate": Comparisons(margin)}, "margin"),
        ({"certificate": Comparisons(None)}, "margin"),
        ({"params": {"method": "complete"}}, "outcomes"),
    ):
        with pytest.raises(Refuted, match=words):
            recheck.prove(msgspec.structs.replace(case, **changed))
