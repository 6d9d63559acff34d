"""Hierarchical clustering: by the definitions, by SciPy and scikit-learn, all trees by brute force, refusals."""

from fractions import Fraction as Q
from math import sqrt
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from strategies import FAR, RANGES, RATIONAL, SMALL, assert_agree, in_kind, matrices, mean

from refimpl import kmeans, linear, linkage
from refimpl.errors import BadInput, EmptyData, KTooLarge, Undecided, Unsupported
from refimpl.linkage import METHODS, Merge, Method
from refimpl.numbers import EXACT, FLOAT, ball, high

FEW = settings(max_examples=40, deadline=None)
Rows = list[list[Q]]
Tree = frozenset[tuple[frozenset[int], Any]]

methods = st.sampled_from(METHODS)


@st.composite
def dissimilarities(draw: st.DrawFn, most: int = 6, entries: Any = None) -> Rows:
    """Symmetric, without negative entries; few different values make many ties."""
    n = draw(st.integers(1, most))
    values = (
        entries
        if entries is not None
        else draw(st.sampled_from([st.integers(0, 2).map(Q), st.fractions(0, 9, max_denominator=7)]))
    )
    rows = [[Q(0)] * n for _ in range(n)]
    for i in range(n):
        for j in range(i):
            rows[i][j] = rows[j][i] = draw(values)
    return rows


def started(points: Rows, method: Method) -> Rows:
    """What the method starts from."""
    return linkage.increases(points) if method == "ward" else linkage.squares(points)


def between(start: Rows, method: Method, a: frozenset[int], b: frozenset[int]) -> Q:
    """The dissimilarity of two clusters, by the definition."""
    pairs = [start[i][j] for i in a for j in b]
    if method == "ward":  # J of the union less that of the two, by sums over pairs: J = sum of |x - y|^2 / 2 over n
        return spread(start, a | b) - spread(start, a) - spread(start, b)
    return {"single": min, "complete": max, "average": mean}[method](pairs)


def spread(start: Rows, members: frozenset[int]) -> Q:
    return sum((start[i][j] for i in members for j in members), Q(0)) / len(members)


def sequences(start: Rows, method: Method, clusters: list[frozenset[int]]) -> list[list[tuple[Any, Any, Q]]]:
    """Every sequence of merges that ties admit, without memory and by the definition; the lowest pair first."""
    if len(clusters) == 1:
        return [[]]
    pairs = [(a, b) for i, a in enumerate(clusters) for b in clusters[i + 1 :]]
    least = min(between(start, method, a, b) for a, b in pairs)
    found = []
    for a, b in pairs:
        if between(start, method, a, b) == least:
            rest = [c for c in clusters if c not in (a, b)]
            found += [[(a, b, least), *more] for more in sequences(start, method, [*rest, a | b])]
    return found


def tree(merges: list[Merge[Any]]) -> Tree:
    """The clusters with their heights; sizes are checked on the way."""
    members = [frozenset([i]) for i in range(len(merges) + 1)]
    for a, b, _, size in merges:
        assert a < b < len(members)
        members.append(members[a] | members[b])
        assert len(members[-1]) == size
    return frozenset((c, m.height) for c, m in zip(members[len(merges) + 1 :], merges, strict=True))


@FEW
@given(dissimilarities(5), st.sampled_from(["single", "complete", "average"]))
def test_all_trees_are_those_of_brute_force(start: Rows, method: Method) -> None:
    check_trees(start, method)


@FEW
@given(matrices(n=(1, 5), entries=st.sampled_from([SMALL, RATIONAL, FAR])))
def test_all_trees_of_ward_are_those_of_brute_force(points: Rows) -> None:
    check_trees(linkage.increases(points), "ward")


def check_trees(start: Rows, method: Method) -> None:
    expected = sequences(start, method, [frozenset([i]) for i in range(len(start))])
    found = linkage.trees(start, method)
    assert len(set(map(tree, found))) == len(found)
    assert set(map(tree, found)) == {frozenset((a | b, h) for a, b, h in merges) for merges in expected}
    assert found[0] == linkage.fit(start, method)
    for merges in found:
        heights = [merge.height for merge in merges]
        assert heights == sorted(heights)
        same = [other for other in expected if frozenset((a | b, h) for a, b, h in other) == tree(merges)]
        assert [(m.a, m.b) for m in merges] == min(numbered(other, len(start)) for other in same)


def numbered(merges: list[tuple[Any, Any, Q]], n: int) -> list[tuple[int, int]]:
    """Two numbers for each merge."""
    clusters = [*(frozenset([i]) for i in range(n)), *(a | b for a, b, _ in merges)]
    return [(min(pair), max(pair)) for pair in ((clusters.index(a), clusters.index(b)) for a, b, _ in merges)]


def test_within_a_tree_the_lowest_pair_comes_first() -> None:
    """0 3, 3 4 and 1 2 are at a distance of 1; what joins 3 and 4 joins 1 and 2 before."""
    near = {(0, 3), (3, 4), (1, 2)}
    start = [[Q(0) if i == j else Q(1 if (min(i, j), max(i, j)) in near else 9) for j in range(5)] for i in range(5)]
    check_trees(start, "complete")
    assert [(1, 2), (3, 4)] in [[merge[:2] for merge in merges][:2] for merges in linkage.trees(start, "complete")]


@FEW
@given(dissimilarities(7), methods)
def test_the_lowest_of_the_nearest_pairs_is_merged(start: Rows, method: Method) -> None:
    """The definition, the first of brute force alone; of any dissimilarities, Ward's formula is that of (L5)."""
    clusters = [(i, frozenset([i])) for i in range(len(start))]
    for t, merge in enumerate(linkage.fit(start, method)):
        distance, a, b = min(
            (between(start, method, x, y), i, j) for p, (i, x) in enumerate(clusters) for j, y in clusters[p + 1 :]
        )
        named = dict(clusters)
        assert merge == (a, b, distance, len(named[a]) + len(named[b]))
        clusters = [c for c in clusters if c[0] not in (a, b)] + [(len(start) + t, named[a] | named[b])]


@FEW
@given(matrices(n=(1, 9), entries=st.sampled_from(RANGES)))
def test_the_heights_of_ward_add_up_to_the_distortion(points: Rows) -> None:
    merges = linkage.fit(linkage.increases(points), "ward")
    for k in range(1, len(points) + 1):
        labels = linkage.cut(merges, k)
        groups = kmeans.split(points, labels, k)
        j = kmeans.distortion(points, labels, [linear.mean(group) for group in groups])
        assert sum((merge.height for merge in merges[: len(points) - k]), Q(0)) == j


@FEW
@given(matrices(n=(2, 9), entries=st.sampled_from([SMALL, RATIONAL])), methods)
def test_scipy_finds_the_same_tree_where_there_is_only_one(points: Rows, method: Method) -> None:
    hierarchy = pytest.importorskip("scipy.cluster.hierarchy")
    if method == "average":
        start: Any = linkage.roots(points, ball(60))
        try:
            found = linkage.trees(start, method)
        except Undecided:  # a tie
            return
        height = [float(merge.height.mid) for merge in found[0]]
    else:
        try:
            found = linkage.trees(started(points, method), method)
        except Unsupported:
            return
        height = [sqrt(merge.height * (2 if method == "ward" else 1)) for merge in found[0]]
    if len(found) > 1:
        return
    z = hierarchy.linkage([[float(x) for x in row] for row in points], method)
    theirs = tree([Merge(int(min(a, b)), int(max(a, b)), h, int(size)) for a, b, h, size in z])
    ours = tree([merge._replace(height=h) for merge, h in zip(found[0], height, strict=True)])
    assert dict(theirs) == {members: pytest.approx(h, rel=1e-12, abs=1e-7) for members, h in ours}


@FEW
@given(dissimilarities(6, st.integers(0, 3).map(Q)), st.sampled_from(["single", "complete"]))
def test_scipy_s_tree_is_one_of_all(start: Rows, method: Method) -> None:
    """It only compares small integers, so that its ties are the true ones."""
    hierarchy, distance = (pytest.importorskip(f"scipy.{name}") for name in ("cluster.hierarchy", "spatial.distance"))
    if len(start) < 2:
        return
    z = hierarchy.linkage(distance.squareform([[float(x) for x in row] for row in start]), method)
    theirs = tree([Merge(int(min(a, b)), int(max(a, b)), Q(h), int(size)) for a, b, h, size in z])
    assert theirs in set(map(tree, linkage.trees(start, method)))


@FEW
@given(matrices(n=(3, 9), entries=st.sampled_from([RATIONAL])), st.sampled_from(["single", "complete", "ward"]))
def test_scikit_learn_cuts_the_same_clusters(points: Rows, method: Method) -> None:
    cluster = pytest.importorskip("sklearn.cluster")
    try:
        found = linkage.trees(started(points, method), method)
    except Unsupported:
        return
    floats = [[float(x) for x in row] for row in points]
    for k in range(1, len(points) + 1):
        every = {tuple(linkage.cut(merges, k)) for merges in found}
        heights = [merge.height for merge in found[0]]
        if len(every) > 1 or (1 < k < len(points) and heights[-k] == heights[-k + 1]):
            continue
        theirs = cluster.AgglomerativeClustering(n_clusters=k, linkage=method).fit_predict(floats)
        assert linkage.renamed(list(map(int, theirs))) == list(every.pop())


def test_a_square_by_hand() -> None:
    """Corners 0 1 / 2 3: the sides 01 and 23 or 02 and 13; squared heights; ward adds 1/2, 1/2 and 1 to J."""
    points = [[Q(x), Q(y)] for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
    last = {"single": Q(1), "complete": Q(2), "average": Q(3, 2), "ward": Q(1)}
    side = {"single": Q(1), "complete": Q(1), "average": Q(1), "ward": Q(1, 2)}
    for method in METHODS:
        merges = linkage.fit(started(points, method), method)
        assert merges == [(0, 1, side[method], 2), (2, 3, side[method], 2), (4, 5, last[method], 4)]
        assert len(linkage.trees(started(points, method), method)) == (2 + 8 if method == "single" else 2)
        assert linkage.cut(merges, 2) == [0, 0, 1, 1]


def test_equal_dissimilarities_admit_every_binary_tree() -> None:
    """(2N - 3)!! of them."""
    for n, count in ((1, 1), (2, 1), (3, 3), (4, 15), (5, 105), (6, 945)):
        equal = [[Q(i != j) for j in range(n)] for i in range(n)]
        for method in ("single", "complete", "average"):
            assert len(linkage.trees(equal, method)) == count  # type: ignore[arg-type]
    with pytest.raises(Unsupported, match="more than 944 trees"):
        linkage.trees(equal, "single", most=944)


def test_pairs_far_from_each_other_are_one_tree() -> None:
    """Their 2^20 sets of merged pairs are not visited."""
    points = [[Q(1000 * pair**2 + side)] for pair in range(20) for side in (0, 1)]
    assert len(linkage.trees(linkage.squares(points), "complete", most=1)) == 1


def test_cuts_and_their_names() -> None:
    merges = linkage.fit(linkage.squares([[Q(x)] for x in (9, 0, 10, 1, 20)]), "single")
    assert linkage.cut(merges, 5) == [0, 1, 2, 3, 4]
    assert linkage.cut(merges, 3) == [0, 1, 0, 1, 2]
    assert linkage.cut(merges, 1) == [0, 0, 0, 0, 0]
    assert linkage.cut([], 1) == [0]


@FEW
@given(matrices(n=(2, 7), entries=st.sampled_from([RATIONAL])), methods)
def test_other_kinds_of_numbers_agree_where_nothing_is_tied(points: Rows, method: Method) -> None:
    start = started(points, method)
    exact = linkage.fit(start, method)
    state = linkage.start(start)
    while len(state.clusters) > 1:
        if len(linkage.nearest(state)) > 1:
            return
        state = linkage.step(method, state)
    for numbers in (high(40), ball(40)):
        found = linkage.fit(in_kind(numbers, start), method)
        assert [(m.a, m.b, m.size) for m in found] == [(m.a, m.b, m.size) for m in exact]
        assert_agree([m.height for m in found], [m.height for m in exact], scale=200)


def test_roots_are_decided_where_they_are_not_tied() -> None:
    """Two distances sqrt(2) that are not the least do no harm; two that are cannot be told apart."""
    points = [[Q(0), Q(0)], [Q(1), Q(1)], [Q(1), Q(-1)], [Q(1), Q(-1) + Q(1, 10)]]
    rows = linkage.roots(points, ball(30))
    (a, b, height, _), *_ = linkage.fit(rows, "average")
    assert (a, b) == (2, 3)
    assert height.contains(Q(1, 10))
    with pytest.raises(Undecided):
        linkage.fit(linkage.roots(points[:3], ball(30)), "average")


def test_roots_of_rational_squares_are_exact() -> None:
    points = [[Q(0), Q(0)], [Q(3), Q(4)], [Q(3), Q(0)]]
    assert linkage.roots(points, EXACT) == [[0, 5, 3], [5, 0, 4], [3, 4, 0]]
    assert linkage.roots(points, FLOAT) == linkage.roots([[0.0, 0.0], [3.0, 4.0], [3.0, 0.0]], FLOAT)
    assert linkage.fit(linkage.roots(points, EXACT), "average") == [(0, 2, 3, 2), (1, 3, Q(9, 2), 3)]


def test_a_point_is_at_no_distance_from_itself_in_balls_either() -> None:
    third = ball(30)(1) / 3
    rows = linkage.roots([[third], [third + 2]], ball(30))
    assert [rows[0][0], rows[1][1]] == [0, 0]
    assert rows[0][1].contains(2)


def test_iris_in_scipy_s_order() -> None:
    """60 flowers, with many ties, by single linkage: the heights do not depend on how they are broken."""
    hierarchy = pytest.importorskip("scipy.cluster.hierarchy")
    datasets = pytest.importorskip("sklearn.datasets")
    points = [[Q(str(x)) for x in row] for row in datasets.load_iris().data.tolist()][:60]
    found = linkage.fit(linkage.squares(points), "single")
    z = hierarchy.linkage([[float(x) for x in row] for row in points], "single")
    assert [sqrt(merge.height) for merge in found] == pytest.approx([row[2] for row in z], rel=1e-12)


def test_single_items_have_no_merges() -> None:
    assert linkage.fit([[Q(0)]], "ward") == []
    assert linkage.trees([[Q(0)]], "ward") == [[]]
    state = linkage.start([[Q(0)]])
    assert linkage.step("ward", state) is state


@pytest.mark.parametrize(
    ("dissimilarity", "error", "words"),
    [
        ([], EmptyData, "dissimilarity is empty"),
        ([[Q(0), Q(1)]], BadInput, "1 x 2; give a square matrix"),
        ([[Q(0), Q(-1)], [Q(-1), Q(0)]], BadInput, r"dissimilarity\[0\]\[1\] is -1"),
        ([[Q(0), Q(1)], [Q(2), Q(0)]], BadInput, "symmetric"),
        ([[Q(0), Q(1)], [Q(2)]], BadInput, r"dissimilarity\[1\] has 1 entries"),
        ([[0.0, float("nan")], [float("nan"), 0.0]], BadInput, "finite"),
    ],
)
def test_refusals(dissimilarity: Any, error: type[Exception], words: str) -> None:
    for call in (linkage.fit, linkage.trees):
        with pytest.raises(error, match=words):
            call(dissimilarity, "single")


def test_other_refusals() -> None:
    with pytest.raises(BadInput, match="give one of single, complete, average, ward"):
        linkage.fit([[Q(0), Q(1)], [Q(1), Q(0)]], "median")  # type: ignore[arg-type]
    with pytest.raises(KTooLarge, match="k is 3 for 2 points"):
        linkage.cut([Merge(0, 1, Q(1), 2)], 3)
    with pytest.raises(BadInput, match="k is 0"):
        linkage.cut([Merge(0, 1, Q(1), 2)], 0)
    for call in (linkage.squares, linkage.increases):
        with pytest.raises(EmptyData, match="points is empty"):
            call([])
