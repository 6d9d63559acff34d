"""Photographs and scans as files, by Pillow, the only place that knows it: colours in, pictures of few colours out.

    1. read    any format that Pillow reads, of 8 bits a channel, turned as its EXIF says; what is transparent   (IM1)
               lies on white; a picture of several frames, of 16 bits or of printing colours is refused,
               because which frame, or which 8 bits, is not for us to say
    2. write   the suffix tells the format: with a palette in PNG, GIF, BMP and TIFF; JPEG has none and          (IM2)
               changes colours
    3. depth   a palette of K colours needs ceil(log2 K) bits a pixel, of the 24 of full colour, and 24 K        (IM3)
               bits for itself

The lecture's 4.2 %, 8.3 % and 16.7 % for K = 2, 3 and 10 are (IM3) without the palette.
"""

import io
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from refimpl.errors import BadInput, Unsupported

if TYPE_CHECKING:
    from PIL import Image

Colour = tuple[int, int, int]
"""Red, green and blue, 0..255."""

WHITE = (255, 255, 255)

MOST_COLOURS = 256
"""In a palette, whose entries a byte counts."""

FORMATS = {
    ".png": "PNG",
    ".gif": "GIF",
    ".bmp": "BMP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
}
"""What is written, by the suffix of the file."""

PLAIN = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "YCbCr")
"""Pillow's modes that have a colour of 8 bits a channel."""

DEEP = re.compile("(L|LA|RGB|RGBA|RGBX|RGBa);16[A-Z]*")
"""Pillow's names for 16 bits a channel in a file of which it makes 8; 16 bits a pixel (BGR;16) are other ones."""


@dataclass(frozen=True)
class Picture:
    """Pixels in rows from the top."""

    planes: tuple[bytes, bytes, bytes]
    """All red, all green and all blue levels: a tuple for each pixel would take twenty times the room."""
    width: int
    """Pixels of a row."""
    profile: bytes | None = None
    """The colour profile of the file, which goes with its colours."""
    on_white: bool = False
    """Whether some pixels were transparent, and were laid on white."""

    @property
    def height(self) -> int:
        """The number of rows."""
        return self.size // self.width

    @property
    def size(self) -> int:
        """The number of pixels."""
        return len(self.planes[0])

    def pixels(self) -> Iterator[Colour]:
        """Yield the colour of each pixel."""
        return zip(*self.planes, strict=True)

    def colours(self) -> tuple[list[Colour], list[int]]:
        """Return the different colours in ascending order, and how many pixels have each."""
        counts = Counter(self.pixels())
        colours = sorted(counts)
        return colours, [counts[colour] for colour in colours]


def read(path: Path) -> Picture:
    """Return the picture in a file. Raises BadInput, and Unsupported where Pillow is not installed.  (IM1)"""
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError
    except ImportError:
        raise Unsupported("images need Pillow: pip install 'refimpl[images]'") from None
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; give an image that can be read") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as image:
                _check(image, path)
                image.load()
                return _picture(ImageOps.exif_transpose(image))
    except BadInput:
        raise
    except UnidentifiedImageError:
        raise BadInput(f"{path}: no image that Pillow knows; give a PNG, JPEG, GIF, TIFF or the like") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        most = (Image.MAX_IMAGE_PIXELS or 0) // 10**6
        raise BadInput(f"{path}: more than {most} million pixels; give a smaller image") from None
    except Exception as error:  # decoders raise whatever a damaged file makes them stumble over
        said = " ".join(str(error).split()) or type(error).__name__
        raise BadInput(f"{path}: the image is damaged or ends too early ({said}); give a whole one") from None


def _check(image: "Image.Image", path: Path) -> None:
    """Raise BadInput where what the colours are is not for us to say."""
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format != "MPO":  # a phone's JPEG, which carries small copies after the photograph
        raise BadInput(f"{path}: has {frames} frames or pages; give one of them")
    if image.mode == "CMYK":
        raise BadInput(f"{path}: has printing colours (CMYK), which a screen guesses; convert it to RGB first")
    if image.mode not in PLAIN:
        raise BadInput(f"{path}: has pixels of Pillow's mode {image.mode}; convert it to 8 bits a channel first")
    if _is_deep(image):
        raise BadInput(f"{path}: has more than 8 bits a channel, of which Pillow drops the rest; convert it to 8 first")


def _is_deep(image: "Image.Image") -> bool:
    """Return whether the file has more bits a channel than the image: how it would be unpacked tells, not its mode."""
    for codec, _, _, arguments in getattr(image, "tile", ()):
        told = arguments if isinstance(arguments, tuple) else (arguments,)
        if any(isinstance(name, str) and DEEP.fullmatch(name) for name in told):
            return True
        if codec == "ppm" and any(isinstance(most, int) and most > 255 for most in told):
            return True
    return False


def _picture(image: "Image.Image") -> Picture:
    from PIL import Image

    profile = image.info.get("icc_profile") if image.mode in ("P", "RGB", "RGBA") else None
    on_white = False
    if image.has_transparency_data:
        image = image.convert("RGBA")
        low, _ = image.getchannel("A").getextrema()
        on_white = low != 255
        image = Image.alpha_composite(Image.new("RGBA", image.size, (*WHITE, 255)), image)
    red, green, blue = (channel.tobytes() for channel in image.convert("RGB").split())
    return Picture((red, green, blue), image.width, profile, on_white)


def check_format(path: Path) -> str:
    """Return the format that the suffix of a file tells. Raises BadInput."""
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError:
        raise BadInput(f"{path}: the suffix tells no format of these; give one of {' '.join(FORMATS)}") from None


def encoded(
    labels: Sequence[int], width: int, palette: Sequence[Colour], form: str, profile: bytes | None = None
) -> bytes:
    """Return the file of a picture whose pixels are the indices of colours.

    Raises BadInput unless the pixels fill rows and there are 1..256 colours.  (IM2)
    """
    from PIL import Image

    if not 1 <= len(palette) <= MOST_COLOURS:
        raise BadInput(f"there are {len(palette)} colours; a palette has 1 to {MOST_COLOURS}")
    if width < 1 or not labels or len(labels) % width:
        raise BadInput(f"there are {len(labels)} pixels for a width of {width}; give whole rows")
    image = Image.frombytes("P", (width, len(labels) // width), bytes(labels))
    image.putpalette([level for colour in palette for level in colour])
    file = io.BytesIO()
    more = {} if profile is None else {"icc_profile": profile}
    if form == "JPEG":
        image.convert("RGB").save(file, form, quality=90, **more)
    elif form == "TIFF":
        image.save(file, form, compression="tiff_adobe_deflate", **more)
    else:
        image.save(file, form, optimize=True, **more)
    return file.getvalue()


def depth(k: int) -> int:
    """Return the bits that tell K colours apart: ceil(log2 K). Raises BadInput unless k is at least 1.  (IM3)"""
    if k < 1:
        raise BadInput(f"k is {k}; give at least 1 colour")
    return (k - 1).bit_length()


def share(k: int, pixels: int | None = None) -> Fraction:
    """Return the bits of a picture of K colours as a share of 24 bits a pixel; with the palette, if pixels are told."""
    own = Fraction(depth(k), 24)
    return own if pixels is None else own + Fraction(k, pixels)
