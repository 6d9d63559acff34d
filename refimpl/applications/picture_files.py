"""Pictures as files: a PGM is read, a PNG is written, so that anybody's own pictures have eigenfaces.

Notation: a picture is its grey levels, 0 black to 255 white, in rows from the top, and its width.

    1. read    PGM, Netpbm's grey map, "P5" (bytes) or "P2" (decimal numbers): the simplest format that every    (PF1)
               drawing program writes; levels of 0..maxval become 0..255, rounded half up
    2. write   PNG with 8 bits of grey, in blocks that are stored and not compressed: the bytes that zlib makes   (PF2)
               of a picture differ from version to version, these do not (PNG specification, 2nd ed., section 10)
    3. shades  of a vector of both signs: 128 is 0, and the entry of largest modulus is 255 or 1                  (PF3)
    4. colour  the same PNG with three levels a pixel, or with a palette of 16 colours at most                    (PF4)
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from fractions import Fraction

from refimpl.errors import BadInput
from refimpl.numbers import Ball, fixed

HEADER = re.compile(rb"P([25])" + rb"(?:\s|#[^\n]*\n)+([0-9]{1,6})" * 3 + rb"\s")

BLOCK = 0xFFFF
"""The most bytes of a stored block."""

GREY, FULL, INDEXED = 0, 2, 3
"""The types of colour of a PNG."""


def read_pgm(file: bytes) -> tuple[list[int], int]:
    """Return the grey levels of a PGM file, 0..255, and its width in pixels. Raises BadInput.  (PF1)"""
    header = HEADER.match(file)
    if header is None:
        raise BadInput("the file does not begin like a PGM; give one that begins with P5 or P2, width, height, maxval")
    width, height, most = (int(header[k]) for k in (2, 3, 4))
    if not (width and height and 0 < most < 256):
        raise BadInput(f"the PGM has {width} x {height} pixels of 0..{most}; give at least one, and at most 255")
    raster = file[header.end() :]
    if header[1] == b"2":
        words = raster.split()
        if not all(re.fullmatch(rb"[0-9]{1,3}", word) for word in words):
            raise BadInput("the PGM has a pixel that is no number; give decimal numbers, without comments")
        levels = list(map(int, words))
    else:
        levels = list(raster)
    if len(levels) != width * height:
        raise BadInput(f"the PGM has {len(levels)} pixels for {width} x {height}; give all of one picture")
    if max(levels) > most:
        raise BadInput(f"the PGM has a level of {max(levels)} above its maxval {most}; give 0..{most}")
    return [(level * 510 + most) // (2 * most) for level in levels], width


def png(levels: Sequence[int], width: int) -> bytes:
    """Return a PNG of grey levels 0..255. Raises BadInput unless they fill rows of that width.  (PF2)"""
    if not all(0 <= level <= 255 for level in levels):
        raise BadInput("a grey level is not in 0..255; give levels that a byte holds")
    return _file(bytes(levels), width, 1, (8, GREY), "grey levels")


def png_of_colours(colours: Iterable[Sequence[int]], width: int) -> bytes:
    """Return a PNG of red, green and blue levels 0..255. Raises BadInput unless they fill rows of that width.  (PF4)"""
    return _file(bytes(level for colour in colours for level in colour), width, 3, (8, FULL), "colours")


def png_of_palette(labels: Sequence[int], width: int, palette: Sequence[Sequence[int]]) -> bytes:
    """Return a PNG of indices of at most 16 colours, two in a byte.

    Raises BadInput unless they fill rows of that width and the palette has them.  (PF4)
    """
    if len(palette) > 16 or not all(0 <= label < len(palette) for label in labels):
        raise BadInput(f"an index is not one of {len(palette)} colours, or these are more than 16; give 0..15")
    if width < 1 or len(labels) % width:
        raise BadInput(f"there are {len(labels)} indices for a width of {width}; give whole rows")
    packed = bytearray()
    for i in range(0, len(labels), width):
        row = [*labels[i : i + width], 0]  # of the last byte of an odd row the lower half is nothing
        packed += bytes(16 * high + low for high, low in zip(row[0:-1:2], row[1::2], strict=True))
    entries = bytes(level for colour in palette for level in colour)
    return _file(bytes(packed), (width + 1) // 2, 1, (4, INDEXED), "indices", (b"PLTE", entries), pixels=width)


def _file(
    raster: bytes,
    width: int,
    size: int,
    kind: tuple[int, int],
    what: str,
    *chunks: tuple[bytes, bytes],
    pixels: int | None = None,
) -> bytes:
    """Return a PNG of rows of so many samples of so many bytes; kind: bits of a sample, and the type of colour."""
    if width < 1 or not raster or len(raster) % (width * size):
        raise BadInput(f"there are {len(raster) // size} {what} for a width of {width}; give whole rows")
    length = width * size
    rows = b"".join(b"\0" + raster[i : i + length] for i in range(0, len(raster), length))
    blocks = [rows[i : i + BLOCK] for i in range(0, len(rows), BLOCK)]
    stored = b""
    for block in blocks:
        # whether it is the last one, its length, the complement of that, its bytes
        last, count = bytes([block is blocks[-1]]), len(block)
        stored += last + count.to_bytes(2, "little") + (count ^ 0xFFFF).to_bytes(2, "little") + block
    height = len(raster) // length
    header = (pixels or width).to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([*kind, 0, 0, 0])
    data = b"\x78\x01" + stored + zlib.adler32(rows).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")
        for name, content in ((b"IHDR", header), *chunks, (b"IDAT", data), (b"IEND", b""))
    )


def levels(picture: Iterable[Ball | Fraction]) -> list[int]:
    """Return the nearest grey levels, 0..255; what lies beyond black or white is black or white.

    Raises Undecided where a ball does not determine the integer.
    """
    return [min(max(int(fixed(x, 0)), 0), 255) for x in picture]


def shades(vector: Sequence[Ball]) -> list[int]:
    """Return grey levels of an eigenface, whose entries have both signs. Raises as `levels` does.  (PF3)"""
    most = max(vector, key=lambda x: abs(x.mid))
    return levels(x * 127 / abs(most) + 128 for x in vector)
