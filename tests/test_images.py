"""Images as files: what is read is what was drawn, what is written is what was asked for, the rest is a sentence."""

import builtins
import io
import struct
import zlib
from fractions import Fraction as Q
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from refimpl.applications import images
from refimpl.applications.images import Picture
from refimpl.errors import BadInput, Unsupported

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def saved(path: Path, image: Image.Image, **options: Any) -> Path:
    image.save(path, **options)
    return path


def drawn(mode: str = "RGB") -> Image.Image:
    """Two rows of three pixels: red, green, blue; blue, red, red."""
    image = Image.new("RGB", (3, 2))
    for n, colour in enumerate((RED, GREEN, BLUE, BLUE, RED, RED)):
        image.putpixel((n % 3, n // 3), colour)
    return image.convert(mode)


# ---------------------------------------------------------------------- reading


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tiff", "a.gif", "a.webp"])
def test_pixels_are_read_in_rows_from_the_top(name: str, tmp_path: Path) -> None:
    options = {"lossless": True} if name.endswith("webp") else {}
    picture = images.read(saved(tmp_path / name, drawn(), **options))
    assert list(picture.pixels()) == [RED, GREEN, BLUE, BLUE, RED, RED]
    assert (picture.width, picture.height, picture.size, picture.on_white) == (3, 2, 6, False)
    assert picture.colours() == ([BLUE, GREEN, RED], [2, 1, 3])


def test_grey_bilevel_and_palette_images_have_colours(tmp_path: Path) -> None:
    grey = Image.frombytes("L", (3, 1), bytes([0, 100, 255]))
    assert list(images.read(saved(tmp_path / "l.png", grey)).pixels()) == [(0,) * 3, (100,) * 3, (255,) * 3]
    assert list(images.read(saved(tmp_path / "1.png", grey.convert("1", dither=0))).pixels()) == [
        (0,) * 3,
        (0,) * 3,
        (255,) * 3,
    ]
    assert images.read(saved(tmp_path / "p.png", drawn("P"))).colours()[0] == [BLUE, GREEN, RED]


def test_transparent_pixels_lie_on_white(tmp_path: Path) -> None:
    image = Image.frombytes("RGBA", (3, 1), bytes([255, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 128]))
    picture = images.read(saved(tmp_path / "a.png", image))
    assert picture.on_white
    assert list(picture.pixels()) == [RED, images.WHITE, (127, 127, 127)]
    opaque = images.read(saved(tmp_path / "b.png", drawn("RGBA")))
    assert (opaque.on_white, opaque.colours()[0]) == (False, [BLUE, GREEN, RED])
    gif = saved(tmp_path / "c.gif", drawn("P"), transparency=drawn("P").getpixel((0, 0)))
    assert images.read(gif).colours()[0] == [BLUE, GREEN, images.WHITE]


def test_a_photograph_stands_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned by a quarter
    picture = images.read(saved(tmp_path / "a.png", drawn(), exif=exif))
    assert (picture.width, picture.height) == (2, 3)
    assert list(picture.pixels()) == [BLUE, RED, RED, GREEN, RED, BLUE]


def test_a_phones_photograph_is_its_first_picture(tmp_path: Path) -> None:
    file = tmp_path / "a.mpo"
    drawn().save(file, format="MPO", save_all=True, append_images=[Image.new("RGB", (3, 2))])
    with Image.open(file) as image:
        assert (image.format, image.n_frames) == ("MPO", 2)  # type: ignore[attr-defined]
    assert images.read(file).size == 6


def test_an_image_of_one_pixel_is_an_image(tmp_path: Path) -> None:
    assert images.read(saved(tmp_path / "a.png", Image.new("RGB", (1, 1), RED))).colours() == ([RED], [1])


@pytest.mark.parametrize(
    ("mode", "name", "sentence"),
    [
        ("CMYK", "a.jpg", "has printing colours (CMYK), which a screen guesses; convert it to RGB first"),
        ("I;16", "a.png", "has pixels of Pillow's mode I;16; convert it to 8 bits a channel first"),
        ("F", "a.tiff", "has pixels of Pillow's mode F; convert it to 8 bits a channel first"),
        ("LAB", "a.tiff", "has pixels of Pillow's mode LAB; convert it to 8 bits a channel first"),
    ],
)
def test_colours_that_are_not_for_us_to_say_are_refused(mode: str, name: str, sentence: str, tmp_path: Path) -> None:
    file = saved(tmp_path / name, Image.new(mode, (2, 2)))
    with pytest.raises(BadInput) as raised:
        images.read(file)
    assert str(raised.value) == f"{file}: {sentence}"


def chunk(name: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")


def deep_png(kind: int, channels: int) -> bytes:
    """One pixel of 16 bits a channel, which Pillow writes in no colour."""
    header = struct.pack(">IIBBBBB", 1, 1, 16, kind, 0, 0, 0)
    data = zlib.compress(b"\0" + bytes(range(1, 2 * channels + 1)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def deep_tiff() -> bytes:
    """One pixel of three channels of 16 bits."""
    entries = ((256, 1), (257, 1), (258, 128), (259, 1), (262, 2), (273, 134), (277, 3), (278, 1), (279, 6))
    directory = b"".join(struct.pack("<HHII", tag, 3, 3 if tag == 258 else 1, value) for tag, value in entries)
    head = b"II*\0" + struct.pack("<IH", 8, len(entries)) + directory + bytes(4)
    return head.ljust(128, b"\0") + struct.pack("<HHH", 16, 16, 16) + bytes(range(1, 7))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", deep_png(2, 3)),
        ("a.png", deep_png(6, 4)),
        ("a.png", deep_png(4, 2)),
        ("a.tiff", deep_tiff()),
        ("a.ppm", b"P6 1 1 65535\n" + bytes(range(1, 7))),
        ("a.ppm", b"P6 1 1 1023\n" + bytes(range(6))),
    ],
)
def test_what_pillow_would_cut_to_8_bits_in_silence_is_refused(name: str, content: bytes, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with Image.open(file) as image:
        image.load()
        assert image.mode in images.PLAIN  # the mode alone does not tell
    with pytest.raises(BadInput) as raised:
        images.read(file)
    sentence = "has more than 8 bits a channel, of which Pillow drops the rest; convert it to 8 first"
    assert str(raised.value) == f"{file}: {sentence}"


@pytest.mark.parametrize("bits", [16, 24])
def test_16_bits_a_pixel_are_fewer_than_8_a_channel(bits: int, tmp_path: Path) -> None:
    header = struct.pack("<IiiHHIIiiII", 40, 1, 1, 1, bits, 0, 4, 0, 0, 0, 0)
    (file := tmp_path / "a.bmp").write_bytes(b"BM" + struct.pack("<IHHI", 58, 0, 0, 54) + header + b"\0\x7c\0\0")
    assert images.read(file).size == 1


@pytest.mark.parametrize("name", ["a.gif", "a.png", "a.tiff"])
def test_of_several_frames_none_is_chosen(name: str, tmp_path: Path) -> None:
    file = saved(tmp_path / name, drawn(), save_all=True, append_images=[Image.new("RGB", (3, 2))])
    with pytest.raises(BadInput, match=r": has 2 frames or pages; give one of them$"):
        images.read(file)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.gif", "a.tiff", "a.bmp"])
def test_a_file_that_ends_too_early_is_one_sentence(name: str, tmp_path: Path) -> None:
    noise = Image.frombytes("RGB", (60, 60), bytes((i * i * 7919 >> 3) % 256 for i in range(60 * 60 * 3)))
    file = saved(tmp_path / name, noise)
    whole = file.read_bytes()
    for share in (0.3, 0.6, 0.9):
        file.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(BadInput) as raised:
            images.read(file)
        assert str(raised.value).startswith(f"{file}: ")
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"name,age\nAda,36\n", b"\x89PNG\r\n\x1a\n", b"GIF89a"])
def test_what_is_no_image_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(content)
    with pytest.raises(BadInput) as raised:
        images.read(file)
    assert str(raised.value) == f"{file}: no image that Pillow knows; give a PNG, JPEG, GIF, TIFF or the like"


@pytest.mark.parametrize("side", [12_000, 30_000])
def test_a_bomb_is_refused_before_it_is_unpacked(side: int, tmp_path: Path) -> None:
    """A file of few bytes that tells of 144 or 900 million pixels."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    file = tmp_path / "a.png"
    file.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
            for kind, content in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
        )
    )
    with pytest.raises(BadInput, match=r": more than 89 million pixels; give a smaller image$"):
        images.read(file)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"No such file or directory; give an image that can be read$"):
        images.read(tmp_path / "none.png")


def test_without_pillow_one_sentence_tells_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.split(".")[0] == "PIL":
            raise ImportError(name)
        return whole(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(Unsupported, match=r"^images need Pillow: pip install 'refimpl\[images\]'$"):
        images.read(Path("a.png"))


# ---------------------------------------------------------------------- writing


@pytest.mark.parametrize("form", ["PNG", "GIF", "BMP", "TIFF"])
@pytest.mark.parametrize("k", [1, 2, 3, 10, 256])
def test_a_palette_is_written_and_read_back(form: str, k: int) -> None:
    palette = [(i, 255 - i, i * 7 % 256) for i in range(k)]
    labels = [(i * 5) % k for i in range(4 * max(k, 3))]
    with Image.open(io.BytesIO(images.encoded(labels, 4, palette, form))) as image:
        assert (image.format, image.mode) == (form, "P" if k > 1 or form != "BMP" else image.mode)
        pixels = list(zip(*(plane.tobytes() for plane in image.convert("RGB").split()), strict=True))
    assert pixels == [palette[label] for label in labels]


def test_a_jpeg_has_no_palette() -> None:
    with Image.open(io.BytesIO(images.encoded([0, 1] * 32, 8, [RED, BLUE], "JPEG"))) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (8, 8))


def test_the_profile_of_the_colours_goes_with_them(tmp_path: Path) -> None:
    file = saved(tmp_path / "a.png", drawn(), icc_profile=b"a profile")
    picture = images.read(file)
    assert picture.profile == b"a profile"
    with Image.open(io.BytesIO(images.encoded([0] * 6, 3, [RED], "PNG", picture.profile))) as image:
        assert image.info["icc_profile"] == b"a profile"


@pytest.mark.parametrize(
    ("labels", "width", "k", "sentence"),
    [
        ([0, 0, 0], 2, 1, "there are 3 pixels for a width of 2; give whole rows"),
        ([], 1, 1, "there are 0 pixels for a width of 1; give whole rows"),
        ([0], 1, 257, "there are 257 colours; a palette has 1 to 256"),
        ([0], 1, 0, "there are 0 colours; a palette has 1 to 256"),
    ],
)
def test_what_no_file_holds_is_refused(labels: list[int], width: int, k: int, sentence: str) -> None:
    with pytest.raises(BadInput, match=f"^{sentence}$"):
        images.encoded(labels, width, [RED] * k, "PNG")


def test_the_suffix_tells_the_format() -> None:
    assert [images.check_format(Path(name)) for name in ("a.PNG", "b.gif", "c.tif", "d.jpeg")] == [
        "PNG",
        "GIF",
        "TIFF",
        "JPEG",
    ]
    with pytest.raises(BadInput, match=r"^a\.txt: the suffix tells no format of these; give one of \.png \.gif"):
        images.check_format(Path("a.txt"))


# ---------------------------------------------------------------------- bits


def test_the_lectures_shares_of_full_colour() -> None:
    """Peking lecture: 4.2 %, 8.3 % and 16.7 % for K = 2, 3 and 10."""
    shares = [images.share(k) for k in (2, 3, 10)]
    assert shares == [Q(1, 24), Q(2, 24), Q(4, 24)]
    assert [f"{float(100 * share):.1f} %" for share in shares] == ["4.2 %", "8.3 %", "16.7 %"]


def test_the_palette_itself_takes_room() -> None:
    """Of which the lecture says nothing: 24 bits a colour, which is more than the picture where it is small."""
    assert images.share(10, pixels=240 * 180) == Q(4, 24) + Q(10, 240 * 180)
    assert images.share(2, pixels=2) == Q(1, 24) + 1


@pytest.mark.parametrize(("k", "bits"), [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (8, 3), (9, 4), (16, 4), (256, 8)])
def test_so_many_bits_tell_so_many_colours_apart(k: int, bits: int) -> None:
    assert images.depth(k) == bits
    with pytest.raises(BadInput, match=r"^k is 0; give at least 1 colour$"):
        images.depth(0)


def test_a_picture_has_planes() -> None:
    picture = Picture((b"\1\2", b"\3\4", b"\5\6"), 1)
    assert (list(picture.pixels()), picture.height) == ([(1, 3, 5), (2, 4, 6)], 2)
