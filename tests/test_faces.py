"""The made-up faces: the same bytes for ever, and neither too alike nor too different."""

import hashlib
from dataclasses import fields
from itertools import combinations
from random import Random

import pytest

from refimpl import linear
from refimpl.applications import measures
from refimpl.applications.faces import album, sittings
from refimpl.applications.portrait import SIDE
from refimpl.errors import BadInput

SHA256 = "7a1b782ac0ad367c9dca77483312dacbcbf85881d478f8be529b459d0882c129"
"""Of the 409600 bytes of the faces of seed 0: whatever changes them makes other faces of them."""


@pytest.fixture(scope="module")
def faces() -> list[list[int]]:
    return album()


def test_the_faces_are_the_same_for_ever(faces: list[list[int]]) -> None:
    assert {len(face) for face in faces} == {SIDE * SIDE}
    assert len(faces) == 400
    assert hashlib.sha256(b"".join(map(bytes, faces))).hexdigest() == SHA256


def test_fewer_people_and_fewer_pictures_are_the_first_ones(faces: list[list[int]]) -> None:
    assert album(3) == faces[:30]
    assert album(2, 4) == faces[:4] + faces[10:14]


def test_every_picture_comes_with_its_measures(faces: list[list[int]]) -> None:
    found = list(sittings(2, 3))
    assert [picture for _, _, picture in found] == faces[:3] + faces[10:13]
    assert len({person for person, _, _ in found}) == 2
    assert len({occasion for _, occasion, _ in found}) == 6
    lit = [(sum(p[30 + 32 * i] - p[1 + 32 * i] for i in range(20)), o.from_right) for _, o, p in sittings(1, 10)]
    assert max(lit)[1] > 0 > min(lit)[1]  # light from the right makes the right side brighter


def test_a_seed_is_another_album() -> None:
    first, other = album(1, 2, seed=0), album(1, 2, seed=1)
    assert len({tuple(face) for face in first + other}) == 4


def test_grey_levels_are_spread_and_few_pixels_are_cut_off(faces: list[list[int]]) -> None:
    pixels = [x for face in faces for x in face]
    assert set(range(240)) <= set(pixels) <= set(range(256))
    assert sum(x in (0, 255) for x in pixels) < len(pixels) // 100


def test_people_differ_more_than_pictures_of_a_person(faces: list[list[int]]) -> None:
    pairs = [(linear.squared_distance(faces[i], faces[j]), i // 10 == j // 10) for i, j in combinations(range(100), 2)]
    same, others = ([x for x, alike in pairs if alike == which] for which in (True, False))
    assert 2 * sum(same) / len(same) < sum(others) / len(others)
    assert max(same) > min(others)  # but not always: otherwise recognition would be trivial


@pytest.mark.parametrize("kind", [measures.Person, measures.Occasion])
def test_every_measure_is_drawn_from_its_range_and_shows(
    kind: type[measures.Person] | type[measures.Occasion],
) -> None:
    source = Random(1)
    drawn = [measures.draw(kind, source) for _ in range(200)]
    for measure in fields(kind):
        low, high = measure.metadata["range"]
        values = [getattr(x, measure.name) for x in drawn]
        assert low <= min(values) < low + (high - low) / 20
        assert high - (high - low) / 20 < max(values) <= high


@pytest.mark.parametrize(("people", "pictures", "name"), [(0, 10, "people"), (40, -1, "pictures")])
def test_no_faces_are_refused(people: int, pictures: int, name: str) -> None:
    with pytest.raises(BadInput, match=rf"^{name} is -?\d; give at least 1$"):
        album(people, pictures)
