"""Picture files: what is written is read back by zlib, what is read is what was written, and the rest is refused."""

import io
import struct
import zlib
from fractions import Fraction as Q

import pytest
from hypothesis import given, strategies as st
from PIL import Image

from refimpl.applications.picture_files import levels, png, png_of_colours, png_of_palette, read_pgm, shades
from refimpl.errors import BadInput, Undecided
from refimpl.numbers import Ball, ball


@pytest.mark.parametrize(("width", "height"), [(1, 1), (32, 32), (300, 219), (257, 600)])
def test_a_picture_is_a_png_that_holds_its_grey_levels(width: int, height: int) -> None:
    tones = [(7 * i + i // width) % 256 for i in range(width * height)]
    file = png(tones, width)
    chunks, at = {}, 8
    while at < len(file):
        length = int.from_bytes(file[at : at + 4], "big")
        kind, content = file[at + 4 : at + 8], file[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + content) == int.from_bytes(file[at + 8 + length : at + 12 + length], "big")
        chunks[kind] = content
        at += 12 + length
    assert (file[:8], list(chunks)) == (b"\x89PNG\r\n\x1a\n", [b"IHDR", b"IDAT", b"IEND"])
    assert chunks[b"IHDR"] == struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.decompress(chunks[b"IDAT"])
    assert rows == b"".join(b"\0" + bytes(tones[i * width : (i + 1) * width]) for i in range(height))


@pytest.mark.parametrize(("width", "height"), [(1, 1), (5, 3), (8, 2), (300, 219)])
def test_colours_and_palettes_are_read_back(width: int, height: int) -> None:
    palette = [(17 * i, 255 - i, i * i) for i in range(16)]
    labels = [(7 * i + i // width) % 16 for i in range(width * height)]
    for file, mode in (
        (png_of_palette(labels, width, palette), "P"),
        (png_of_colours([palette[label] for label in labels], width), "RGB"),
    ):
        with Image.open(io.BytesIO(file)) as image:
            assert (image.mode, image.size) == (mode, (width, height))
            planes = [plane.tobytes() for plane in image.convert("RGB").split()]
        assert list(zip(*planes, strict=True)) == [palette[label] for label in labels]


def test_colours_that_fill_no_rows_or_no_palette_are_refused() -> None:
    with pytest.raises(BadInput, match=r"^there are 3 colours for a width of 2; give whole rows$"):
        png_of_colours([(0, 0, 0)] * 3, 2)
    with pytest.raises(BadInput, match=r"^there are 3 indices for a width of 2; give whole rows$"):
        png_of_palette([0, 0, 0], 2, [(0, 0, 0)])
    for labels, count in (([1], 1), ([0], 17)):
        with pytest.raises(BadInput, match=f"^an index is not one of {count} colours, or these are more than 16; give"):
            png_of_palette(labels, 1, [(0, 0, 0)] * count)


@given(st.lists(st.integers(0, 255), min_size=1, max_size=12), st.sampled_from([5, 2]))
def test_a_pgm_is_read(tones: list[int], kind: int) -> None:
    raster = bytes(tones) if kind == 5 else " ".join(map(str, tones)).encode()
    for space in (b" ", b"\n", b"\n# a remark, 3 4 5\n"):
        header = b"P%d%s%d%s1%s255\n" % (kind, space, len(tones), space, space)
        assert read_pgm(header + raster) == (tones, len(tones))


def test_fewer_levels_are_stretched() -> None:
    assert read_pgm(b"P2 2 2 3\n0 1\n2 3\n") == ([0, 85, 170, 255], 2)
    assert read_pgm(b"P5 1 2 2\n\x00\x01") == ([0, 128], 1)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"", "the file does not begin like a PGM"),
        (b"P6 1 1 255\n000", "the file does not begin like a PGM"),
        (b"P5 0 1 255\n", "the PGM has 0 x 1 pixels of 0..255; give at least one, and at most 255"),
        (b"P5 1 1 65535\n00", "the PGM has 1 x 1 pixels of 0..65535"),
        (b"P5 2 2 255\n000", "the PGM has 3 pixels for 2 x 2; give all of one picture"),
        (b"P2 2 1 255\n1 x", "the PGM has a pixel that is no number"),
        (b"P2 2 1 9\n1 10", "the PGM has a level of 10 above its maxval 9; give 0..9"),
    ],
)
def test_what_is_no_pgm_is_refused(file: bytes, sentence: str) -> None:
    with pytest.raises(BadInput) as raised:
        read_pgm(file)
    assert str(raised.value).startswith(sentence)


@pytest.mark.parametrize(("tones", "width"), [([1, 2, 3], 2), ([], 1), ([1], 0)])
def test_rows_that_are_not_whole_are_refused(tones: list[int], width: int) -> None:
    with pytest.raises(BadInput, match=f"^there are {len(tones)} grey levels for a width of {width}; give whole rows$"):
        png(tones, width)


def test_a_level_that_no_byte_holds_is_refused() -> None:
    with pytest.raises(BadInput, match=r"^a grey level is not in 0\.\.255; give levels that a byte holds$"):
        png([0, 256], 1)


def test_levels_are_those_that_are_proven() -> None:
    assert levels([Q(-3), Q(1, 3), Q(254), Q(300)]) == [0, 0, 254, 255]
    with pytest.raises(Undecided):
        levels([Ball(3, 1, -1, 60)])  # between 1 and 2


def test_shades_have_zero_in_the_middle() -> None:
    numbers = ball(20)
    assert shades([numbers(x) for x in (0, 1, -2)]) == [128, 192, 1]
    assert shades([numbers(x) for x in (0, -1, 2)]) == [128, 64, 255]
