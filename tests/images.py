"""The figures of the chapters on palettes and scanned notes, drawn for `figures` and like its own.

A picture is a PNG inside an SVG. The scenes are drawn by floats that are the same everywhere; palettes are exact.
"""

from collections.abc import Sequence

from drawing import FAINT, QUIET, Drawing

from refimpl.applications import images, palette, scanned_notes, scenes
from refimpl.applications.images import Colour
from refimpl.applications.picture_files import png_of_colours, png_of_palette
from refimpl.numbers import fixed

WIDE, HIGH = 128, 96


def lake_palettes() -> str:
    """A picture in 2, 3 and 10 colours, the lecture's numbers."""
    to = Drawing(760, 660, "A drawn photograph of a lake, and the same in 2, 3 and 10 colours")
    to.title("As few colours as one likes")
    to.note(48, "Below each: the bits of a pixel, also as a share of the 24 of full colour, and the palette.")
    lake = scenes.landscape(WIDE, HIGH)
    colours, _ = lake.colours()
    width, height = 352, 264
    for n, k in enumerate((None, 2, 3, 10)):
        left, top = 20 + 368 * (n % 2), 62 + 298 * (n // 2)
        if k is None:
            to.image(left, top, width, height, png_of_colours(lake.pixels(), WIDE))
            words = f"{len(colours)} colours: 24 bits"
        else:
            made, _ = palette.few_colours(lake, k, restarts=10)
            to.image(left, top, width, height, png_of_palette(made.labels, WIDE, made.colours))
            bits = images.depth(k)
            words = f"{k} colours: {bits} bit{'s' if bits > 1 else ''}, {fixed(100 * images.share(k), 1)} %"
            _swatches(to, left + width, top + height + 6, made.colours)
        to.text(left, top + height + 17, words, fill=QUIET)
    return to.svg()


def _swatches(to: Drawing, right: int, top: int, colours: Sequence[Colour]) -> None:
    """Draw small squares of colours, up to the right."""
    for i, colour in enumerate(reversed(colours)):
        to.add("rect", x=right - 9 * (i + 1), y=top, width=8, height=13, fill=palette.hexadecimal(colour), stroke=FAINT)


def scanned_page() -> str:
    """A part of a scanned page, and of the page in eight colours."""
    to = Drawing(760, 356, "A part of a scanned page of notes, and the same part in eight colours")
    to.title("Eight colours, and the back no longer shines through")
    to.note(48, "A part of a drawn scan, enlarged, before and after; the paper is written as white.")
    scan = scenes.page().scan
    made = scanned_notes.clean(scan, white=True).palette
    left, top, wide, high = 202, 176, 160, 116
    window = [j * scan.width + i for j in range(top, top + high) for i in range(left, left + wide)]
    before = png_of_colours(zip(*(bytes(map(plane.__getitem__, window)) for plane in scan.planes), strict=True), wide)
    after = png_of_palette(list(map(made.labels.__getitem__, window)), wide, made.colours)
    for x, file, words in ((20, before, "as it was scanned"), (390, after, "paper and seven inks")):
        to.image(x, 62, 350, 254, file)
        to.text(x, 335, words, fill=QUIET)
    _swatches(to, 740, 324, made.colours)
    return to.svg()


IMAGES = {"lake-palettes": lake_palettes, "scanned-page": scanned_page}
