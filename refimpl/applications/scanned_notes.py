"""Scanned notes in a few clean colours (Peking lecture, section 1, "denoising of scanned notes"; Zucker 2016).

A colour (r, g, b) has the value max / 255, from black 0 to 1, and the saturation (max - min) / max, from grey 0 to 1.

    1. boxes        colours that agree in all but the last 2 bits of each level share a box; the paper shines      (SN1)
                    through unevenly, and no single colour of it need be frequent
    2. background   the mean colour of the pixels in the fullest box, rounded; the lowest box on a tie             (SN2)
    3. ink          a colour whose value or whose saturation differs from the background's by a threshold          (SN3)
                    or more; all others are background
    4. inks         K-means of the colours of 3 to K - 1 centers, as in `palette`; with the background K colours   (SN4)
                    (the best of RESTARTS starts: a local minimum mixes two inks, and leaves two centers to one)
    5. white        on demand the background is written as white                                                   (SN5)

Noise, shadows and what shines through from the back differ little from paper in both: they become paper, all of one
colour, which is what makes the file small. Thresholds, like all else, are compared exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from refimpl.applications import palette
from refimpl.applications.images import WHITE, Colour, Picture
from refimpl.applications.palette import MOST_STEPS, Clusters, Palette, Watch, unwatched
from refimpl.errors import BadInput

DROPPED = 2
"""Bits of a level that a box does not tell apart."""

VALUE, SATURATION = Fraction(1, 4), Fraction(1, 5)
"""Differences from which on a colour is ink."""


RESTARTS = 10
"""Ink has few colours, so that many starts take little time."""


@dataclass(frozen=True)
class Notes:
    """A scan and what it was cleaned to."""

    palette: Palette
    """The background is its first colour."""
    background: Colour
    """That of the paper, as it was scanned."""
    different: int
    """How many colours the scan has."""
    clusters: Clusters | None
    """The inks; None where there is nothing but paper."""


def background(colours: Sequence[Colour], counts: Sequence[int]) -> Colour:
    """Return the colour of the paper, of different colours and how many pixels have each.  (SN2)"""
    sums: dict[Colour, list[int]] = {}
    for (r, g, b), w in zip(colours, counts, strict=True):
        total = sums.setdefault((r >> DROPPED, g >> DROPPED, b >> DROPPED), [0, 0, 0, 0])  # (SN1)
        for i, x in enumerate((w, w * r, w * g, w * b)):
            total[i] += x
    mass, *weighted = min(sums.items(), key=lambda item: (-item[1][0], item[0]))[1]
    ((red, green, blue),) = palette.rounded([[Fraction(x, mass) for x in weighted]])
    return red, green, blue


def is_ink(colour: Colour, paper: Colour, value: Fraction = VALUE, saturation: Fraction = SATURATION) -> bool:
    """Return whether a colour differs from the paper's so much that it was written.  (SN3)"""
    (v, s), (v_paper, s_paper) = value_and_saturation(colour), value_and_saturation(paper)
    return abs(v - v_paper) >= value or abs(s - s_paper) >= saturation


def clean(
    picture: Picture,
    k: int = 8,
    *,
    value: Fraction = VALUE,
    saturation: Fraction = SATURATION,
    white: bool = False,
    seed: int = 0,
    restarts: int = RESTARTS,
    iterations: int = MOST_STEPS,
    watch: Watch = unwatched,
) -> Notes:
    """Return a scan in k colours at most, the background and k - 1 inks.

    Raises BadInput unless k is 2..256 and the thresholds are in 0..1, and as `palette.clusters` does.
    """
    if k < 2:
        raise BadInput(f"k is {k}; give at least 2, for the paper and an ink")
    palette.check_k(k)
    for name, threshold in (("value", value), ("saturation", saturation)):
        if not 0 <= threshold <= 1:
            raise BadInput(f"{name} is {threshold}; give a threshold from 0 to 1")
    colours, counts = picture.colours()
    paper = background(colours, counts)
    verdicts: dict[tuple[int, int], bool] = {}  # value and saturation are functions of the greatest and least level
    for colour in colours:
        key = max(colour), min(colour)
        if key not in verdicts:
            verdicts[key] = is_ink(colour, paper, value, saturation)
    written = [i for i, colour in enumerate(colours) if verdicts[max(colour), min(colour)]]
    found, inks = None, []
    labels = [0] * len(colours)
    if written:
        # the background is colour 0, the centers of the inks follow                       (SN4)
        found = palette.clusters(
            [colours[i] for i in written],
            [counts[i] for i in written],
            k - 1,
            seed=seed,
            restarts=restarts,
            iterations=iterations,
            watch=watch,
        )
        inks = palette.rounded(found.centers)
        for i, label in zip(written, found.labels, strict=True):
            labels[i] = label + 1
    shown = WHITE if white else paper  # (SN5)
    return Notes(palette.painted(picture, colours, counts, labels, [shown, *inks], first=1), paper, len(colours), found)


def value_and_saturation(colour: Colour) -> tuple[Fraction, Fraction]:
    """Return max / 255 and (max - min) / max, 0 for black."""
    most, least = max(colour), min(colour)
    return Fraction(most, 255), Fraction(most - least, most or 1)
