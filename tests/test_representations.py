"""Three representations: what shares may be, the order of their errors, and the errors themselves."""

from fractions import Fraction as Q
from random import Random

import pytest
from hypothesis import given, strategies as st

from refimpl import kmeans, linear, nmf
from refimpl.applications import eigenfaces, representations
from refimpl.applications.faces import album
from refimpl.applications.representations import Representation
from refimpl.errors import BadInput, KTooLarge, Undefined
from refimpl.numbers import Ball

K = 4


@pytest.fixture(scope="module")
def faces() -> list[list[int]]:
    return album(6, 2)


@pytest.fixture(scope="module")
def centres(faces: list[list[int]]) -> Representation[Q]:
    return representations.by_centres(faces, K, seed=0, starts=2)


@pytest.fixture(scope="module")
def components(faces: list[list[int]]) -> Representation[Ball]:
    return representations.by_eigenfaces(faces, K, digits=20)


@pytest.fixture(scope="module")
def parts(faces: list[list[int]]) -> Representation[float]:
    return representations.by_parts(faces, K, seed=0, iterations=30)


def test_a_centre_is_the_mean_of_the_pictures_that_it_stands_for(
    faces: list[list[int]], centres: Representation[Q]
) -> None:
    for n, row in enumerate(centres.shares):
        assert sorted(row) == [0] * (K - 1) + [1]
        members = [face for face, other in zip(faces, centres.shares, strict=True) if other == row]
        assert representations.picture(centres, n) == [
            Q(sum(column), len(members)) for column in zip(*members, strict=True)
        ]


def test_the_error_is_that_of_the_pictures(
    faces: list[list[int]],
    centres: Representation[Q],
    components: Representation[Ball],
    parts: Representation[float],
) -> None:
    def mean_square(found: Representation) -> object:
        differences = [linear.squared_distance(representations.picture(found, n), face) for n, face in enumerate(faces)]
        return linear.total(differences) / (len(faces) * len(faces[0]))

    assert mean_square(centres) == centres.error
    found = mean_square(components)
    assert found.overlaps(components.error)
    assert found.rad < Q(1, 10**10)
    assert mean_square(parts) == pytest.approx(parts.error)


def test_eigenfaces_come_after_the_mean_and_its_share_is_1(
    faces: list[list[int]], components: Representation[Ball]
) -> None:
    assert len(components.vectors) == K
    assert all(row[0].contains(1) and row[0].is_exact for row in components.shares)
    mean = linear.mean([[Q(x) for x in face] for face in faces])
    assert all(x.contains(m) for x, m in zip(components.vectors[0], mean, strict=True))


def test_parts_have_no_negative_entries(parts: Representation[float]) -> None:
    assert min(x for rows in (parts.vectors, parts.shares) for row in rows for x in row) >= 0
    assert (len(parts.vectors), len(parts.shares[0])) == (K, K)


def test_mean_and_eigenfaces_are_at_least_as_good_as_any_centres(
    faces: list[list[int]], centres: Representation[Q], components: Representation[Ball]
) -> None:
    assert components.error <= centres.error
    source = Random(1)
    for _ in range(20):
        labels = [int(source.random() * K) for _ in faces]
        means = kmeans.update(faces, labels, faces[:K])
        assert components.error <= kmeans.distortion(faces, labels, means) / Q(len(faces) * len(faces[0]))


def test_mean_and_one_eigenface_more_are_at_least_as_good_as_parts(
    faces: list[list[int]], parts: Representation[float]
) -> None:
    assert representations.by_eigenfaces(faces, K + 1, digits=20).error < Q(parts.error)


def test_centres_are_parts_and_parts_only_get_better_from_there(
    faces: list[list[int]], centres: Representation[Q]
) -> None:
    x = [[float(level) for level in face] for face in faces]
    start = nmf.State(
        [[float(share) + 1 / 16 for share in row] for row in centres.shares],
        [[float(level) for level in row] for row in centres.vectors],
    )
    state = start
    for _ in range(3):
        state = nmf.step(x, state)
    assert 2 * nmf.loss(x, state.w, state.h) / (len(x) * len(x[0])) < centres.error


def test_the_same_everywhere(parts: Representation[float]) -> None:
    """Every bit: sums in another order, or a multiplication that is fused with an addition, would change it."""
    assert parts.error.hex() == "0x1.1771af49ad87cp+8"


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=8))
def test_the_spread_is_between_one_entry_and_all(vector: list[int]) -> None:
    if not any(vector):
        with pytest.raises(Undefined, match=r"^the vector is 0, of which no entry is used; give one that is not$"):
            representations.spread(vector)
        return
    found = representations.spread(vector)
    d = len(vector)
    assert Q(1, d) <= found <= 1
    assert (found == 1) == (len({abs(x) for x in vector}) == 1)
    assert (found == Q(1, d)) == (sum(x != 0 for x in vector) == 1)
    assert found == representations.spread([-3 * x for x in vector])


def test_what_cannot_be_represented_is_refused(faces: list[list[int]]) -> None:
    with pytest.raises(KTooLarge):
        representations.by_centres(faces, 13, seed=0, starts=1)
    with pytest.raises(BadInput, match=r"^components is 0 for 12 pictures; give an integer from 1 to 11$"):
        representations.by_eigenfaces(faces, 1, digits=9)
    with pytest.raises(BadInput, match=r"^k is 0; give at least 1$"):
        representations.by_parts(faces, 0, seed=0, iterations=1)
    with pytest.raises(BadInput, match=r"^iterations is 0; give at least 1$"):
        representations.by_parts(faces, 2, seed=0, iterations=0)
    with pytest.raises(BadInput, match=r"^matrix\[0\]\[1\] is -1.0; give a number of at least 0$"):
        representations.by_parts([[1, -1], [1, 1]], 1, seed=0, iterations=1)


def test_eigenfaces_of_the_representation_are_those_of_the_fit(
    faces: list[list[int]], components: Representation[Ball]
) -> None:
    fitted = eigenfaces.fit(faces, components=K - 1, ddof=1, digits=20)
    for found, face in zip(components.vectors[1:], fitted.faces, strict=True):
        assert all(x.overlaps(y) for x, y in zip(found, face, strict=True))
