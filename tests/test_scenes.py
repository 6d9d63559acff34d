"""The drawn photograph and the drawn page are the same bytes everywhere, and what they are said to be."""

from hashlib import sha256

from refimpl.applications import scenes


def digest(picture: scenes.Picture) -> str:
    return sha256(b"".join(picture.planes)).hexdigest()[:16]


def test_they_are_drawn_again_byte_for_byte() -> None:
    assert digest(scenes.landscape(80, 60)) == "1fce715f5bdee671"
    assert digest(scenes.page(120, 90).scan) == "4b5cd18745528f02"


def test_a_seed_draws_other_noise() -> None:
    first, second = scenes.landscape(16, 12), scenes.landscape(16, 12, seed=1)
    assert first != second
    assert max(abs(a - b) for a, b in zip(first.planes[0], second.planes[0], strict=True)) < 6 * scenes.NOISE


def test_a_page_knows_its_inks() -> None:
    page = scenes.page()
    assert len(page.inks) == page.scan.size == 480 * 360
    assert set(page.inks) == {None, *scenes.INKS}
    for ink, tone in scenes.INKS.items():
        pixels = [pixel for pixel, true in zip(page.scan.pixels(), page.inks, strict=True) if true == ink]
        mean = [sum(levels) / len(pixels) for levels in zip(*pixels, strict=True)]
        assert max(abs(a - b) for a, b in zip(mean, tone, strict=True)) < 60  # edges are lighter
