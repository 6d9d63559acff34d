"""Pictures as files: a PGM is read, a PNG is written, so that anybody's own pictures have eigenfaces.

Notation: a picture is its grey levels, 0 black to 255 white, in rows from the top, and its width.

    1. read    PGM, Netpbm's grey map, "P5" (bytes) or "P2" (decimal numbers): the simplest format that every    (PF1)
               drawing program writes; levels of 0..maxval become 0..255, rounded half up
    2. write   PNG with 8 bits of grey, in blocks that are stored and not compressed: the bytes that zlib makes   (PF2)
               of a picture differ from version to version, these do not (PNG specification, 2nd ed., section 10)
    3. shades  of a vector of both signs: 128 is 0, and the entry of largest modulus is 255 or 1                  (PF3)
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
    if width < 1 or not levels or len(levels) % width:
        raise BadInput(f"there are {len(levels)} grey levels for a width of {width}; give whole rows")
    if not all(0 <= level <= 255 for level in levels):
        raise BadInput("a grey level is not in 0..255; give levels that a byte holds")
    rows = b"".join(b"\0" + bytes(levels[i : i + width]) for i in range(0, len(levels), width))
    blocks = [rows[i : i + BLOCK] for i in range(0, len(rows), BLOCK)]
    stored = b""
    for block in blocks:
        # whether it is the last one, its length, the complement of that, its bytes
        last, length = bytes([block is blocks[-1]]), len(block)
        stored += last + length.to_bytes(2, "little") + (length ^ 0xFFFF).to_bytes(2, "little") + block
    header = width.to_bytes(4, "big") + (len(levels) // width).to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    data = b"\x78\x01" + stored + zlib.adler32(rows).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")
        for kind, content in ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
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
