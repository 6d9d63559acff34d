"""Choosing K: the measures of a sweep are those of its clusterings, and two habits need not agree."""

from fractions import Fraction as Q
from typing import Any

import pytest

from refimpl import choose_k, kmeans, kmeans_starts, silhouette
from refimpl.choose_k import Clustering
from refimpl.errors import BadInput, KTooLarge
from refimpl.numbers import EXACT, FLOAT, ball

LINE = [[Q(x)] for x in (0, 1, 2, 10, 11, 12, 30, 31, 32)]
PLANE = [[Q(x), Q(y)] for x, y in ((0, 0), (1, 2), (2, 1), (7, 7), (8, 9), (9, 6), (20, 3), (21, 5))]


def seeded(points: list[list[Q]], ks: range, count: int = 4) -> dict[int, list[list[list[Q]]]]:
    return {k: kmeans_starts.seeded_starts(points, k, seed=k, count=count) for k in ks}


@pytest.mark.parametrize("numbers", [ball(30), FLOAT], ids=lambda kind: kind.name)
def test_every_measure_is_that_of_the_labels(numbers: Any) -> None:
    found = choose_k.sweep(PLANE, seeded(PLANE, range(1, 9)), numbers)
    assert list(found) == list(range(1, 9))
    for k, clustering in found.items():
        assert kmeans.distortion(PLANE, clustering.labels, clustering.centers) == clustering.distortion
        assert len(clustering.centers) == k
        if k == 1:
            assert clustering.silhouette is clustering.ratio is None
            continue
        samples = silhouette.samples(PLANE, clustering.labels, numbers)
        assert abs(float(sum(x.mid if hasattr(x, "mid") else x for x in samples)) / 8 - middle(clustering)) < 1e-12
        if k < 8:
            ratio: Any = silhouette.ratio(PLANE, clustering.labels, numbers)
            assert repr(ratio) == repr(clustering.ratio)
    assert found[8].distortion == 0
    assert found[8].ratio is None


def middle(clustering: Clustering[Any]) -> float:
    mean = clustering.silhouette
    return float(mean.mid if hasattr(mean, "mid") else mean)


def test_of_several_starts_the_lowest_distortion_is_kept() -> None:
    bad, good = [[Q(6)], [Q(30)], [Q(32)]], [[Q(1)], [Q(11)], [Q(31)]]
    for starts in ([bad, good], [good, bad]):
        found = choose_k.sweep(LINE, {3: starts}, EXACT)
        assert found[3].distortion == 6
        assert found[3].labels == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert choose_k.sweep(LINE, {3: [bad]}, EXACT)[3].distortion > 6


def test_on_three_groups_both_habits_find_three() -> None:
    found = choose_k.sweep(LINE, seeded(LINE, range(1, 7), 8), EXACT)
    assert choose_k.best(found) == 3
    assert choose_k.elbow({k: c.distortion for k, c in found.items()}) in (2, 3)


def test_the_habits_need_not_agree() -> None:
    """Two pairs far apart, each of two points that are not near: the silhouette says 4, J bends at 2."""
    points = [[Q(x)] for x in (0, 1, 40, 41, 400, 401, 440, 441)]
    starts = {
        k: [[[Q(x)] for x in centers]]
        for k, centers in {1: [0], 2: [0, 400], 3: [0, 40, 400], 4: [0, 40, 400, 440], 5: [0, 1, 40, 400, 440]}.items()
    }
    found = choose_k.sweep(points, starts, EXACT)
    assert choose_k.best(found) == 4
    assert choose_k.elbow({k: c.distortion for k, c in found.items()}) == 2


def test_ties_go_to_the_least_k() -> None:
    def clustering(mean: Q | None) -> Clustering[Q]:
        return Clustering([], [], Q(0), mean, None)

    assert choose_k.best({3: clustering(Q(1, 2)), 2: clustering(Q(1, 2)), 4: clustering(Q(1, 3))}) == 2
    assert choose_k.best({1: clustering(None), 5: clustering(Q(-1))}) == 5
    assert choose_k.elbow({1: Q(9), 2: Q(6), 3: Q(4), 4: Q(3), 5: Q(3)}) == 2
    assert choose_k.elbow({4: Q(9), 2: Q(30), 3: Q(10)}) == 3


def test_refusals() -> None:
    with pytest.raises(BadInput, match="starts is empty"):
        choose_k.sweep(LINE, {}, EXACT)
    with pytest.raises(BadInput, match=r"starts\[3\]\[1\] has 2 centers; give 3"):
        choose_k.sweep(LINE, {3: [LINE[:3], LINE[:2]]}, EXACT)
    with pytest.raises(BadInput, match="starts is empty"):
        choose_k.sweep(LINE, {3: []}, EXACT)
    with pytest.raises(KTooLarge):
        choose_k.sweep(LINE[:2], {3: [LINE[:3]]}, EXACT)
    with pytest.raises(BadInput, match="no K has two clusters"):
        choose_k.best(choose_k.sweep(LINE, {1: [LINE[:1]]}, EXACT))
    for ks in ((1, 2), (1, 2, 4)):
        with pytest.raises(BadInput, match="three or more, without a gap"):
            choose_k.elbow({k: Q(1) for k in ks})
