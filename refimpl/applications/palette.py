"""An image of K colours by K-means (Peking lecture, section 1, "palettes and image compression").

    1. colours   the different colours x_n of an image, in ascending order, and w_n, how many pixels have each     (PA1)
    2. centers   K-means by `kmeans_boxes` from k-means++, until a step leaves the centers or none is left;        (PA2)
                 of several starts the lowest J is kept; an image of no more than K colours keeps them all
    3. proof     labels and centers are a fixed point, by `certify.nearest_means`                                  (PA3)
    4. palette   the centers, rounded to 0..255, half up; those of more pixels come first                          (PA4)
    5. paint     every pixel has the colour of its center                                                          (PA5)
    6. error     sum_n w_n |x_n - its colour|^2 / (3 W): the mean squared change of a level                        (PA6)

Everything up to the rounding is exact: the same image, K and seed give the same palette everywhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import cast

from refimpl import kmeans_boxes, kmeans_weighted
from refimpl.applications.images import MOST_COLOURS, Colour, Picture
from refimpl.certify import nearest_means
from refimpl.errors import BadInput
from refimpl.linear import Matrix

Watch = Callable[[int, int, Fraction], None]
"""Is told which start it is, from 1 on, the number of a step and its J."""


MOST_STEPS = 500
"""From each start, unless more are asked for."""


@dataclass(frozen=True)
class Clusters:
    """Different colours in clusters."""

    labels: list[int]
    """Of each colour, the nearest center."""
    centers: list[list[Fraction]]
    """K x 3, exact."""
    distortion: Fraction
    """J of the last step."""
    steps: int
    """How many were taken from the start that was the best."""
    settled: bool
    """Whether the last one left the centers where they were; proven then."""


@dataclass(frozen=True)
class Palette:
    """An image of few colours."""

    colours: list[Colour]
    """Those of more pixels first."""
    counts: list[int]
    """The pixels of each."""
    labels: bytes
    """The index of its colour, for each pixel."""
    error: Fraction
    """The mean squared change of a level."""


def unwatched(start: int, step: int, distortion: Fraction) -> None:
    """Take no notice of a step."""


def check_k(k: int) -> None:
    """Raise BadInput unless a palette can have k colours."""
    if not 1 <= k <= MOST_COLOURS:
        raise BadInput(f"k is {k}; give 1 to {MOST_COLOURS} colours, which is what a palette holds")


def clusters(
    colours: Sequence[Colour],
    counts: Sequence[int],
    k: int,
    *,
    seed: int = 0,
    restarts: int = 1,
    iterations: int = MOST_STEPS,
    watch: Watch = unwatched,
) -> Clusters:
    """Return min(k, N) clusters of N different colours, the best of so many starts, after so many steps each at most.

    Raises BadInput, and Refuted if the fixed point that was found were none.
    """
    check_k(k)
    for name, number in (("restarts", restarts), ("iterations", iterations)):
        if number < 1:
            raise BadInput(f"{name} is {number}; give at least 1")
    box = kmeans_boxes.boxed(colours, counts)
    points = cast(Matrix[Fraction], colours)  # integers count as exact numbers
    best: tuple[Fraction, list[list[Fraction]], int, bool] | None = None
    drawn = kmeans_weighted.plus_plus_starts(points, counts, min(k, len(colours)), seed=seed, count=restarts)
    for number, centers in enumerate(drawn, 1):
        # k-means++, then Lloyd's steps until the centers stay                             (PA2)
        for steps, state in enumerate(kmeans_boxes.trace(box, centers), 1):
            watch(number, steps, state.distortion)
            settled, centers = state.centers == centers, state.centers
            if settled or steps == iterations:
                break
        if best is None or state.distortion < best[0]:
            best = state.distortion, centers, steps, settled
    assert best is not None  # there is a start
    distortion, centers, steps, settled = best
    labels = kmeans_boxes.assign(box, centers)
    if settled:
        nearest_means.check(colours, counts, labels, centers)  # (PA3)
    return Clusters(labels, centers, distortion, steps, settled)


def rounded(centers: Matrix[Fraction]) -> list[Colour]:
    """Return the nearest colours of 0..255, half up."""
    return [cast(Colour, tuple(floor(c + Fraction(1, 2)) for c in center)) for center in centers]


def painted(
    picture: Picture,
    colours: Sequence[Colour],
    counts: Sequence[int],
    labels: Sequence[int],
    palette: Sequence[Colour],
    first: int = 0,
) -> Palette:
    """Return the picture with the colour of its label in place of each of its colours.

    colours, counts: of the picture, (PA1); labels: an index of the palette for each colour. The first so many entries
    of the palette keep their places, the others are put in order.
    """
    pixels = [0] * len(palette)
    for w, label in zip(counts, labels, strict=True):
        pixels[label] += w
    # the colours of more pixels come first                                                (PA4)
    order = [*range(first), *sorted(range(first, len(palette)), key=lambda j: (-pixels[j], palette[j]))]
    place = {j: i for i, j in enumerate(order)}
    table = {colour: place[label] for colour, label in zip(colours, labels, strict=True)}
    changes = (
        w * sum((a - b) ** 2 for a, b in zip(colour, palette[label], strict=True))
        for colour, w, label in zip(colours, counts, labels, strict=True)
    )
    return Palette(
        [palette[j] for j in order],
        [pixels[j] for j in order],
        bytes(map(table.__getitem__, picture.pixels())),  # (PA5)
        Fraction(sum(changes), 3 * picture.size),  # (PA6)
    )


def few_colours(
    picture: Picture,
    k: int,
    *,
    seed: int = 0,
    restarts: int = 1,
    iterations: int = MOST_STEPS,
    watch: Watch = unwatched,
) -> tuple[Palette, Clusters]:
    """Return a picture in min(k, N) colours, N being how many it has, and the clusters that they are means of."""
    colours, counts = picture.colours()  # (PA1)
    found = clusters(colours, counts, k, seed=seed, restarts=restarts, iterations=iterations, watch=watch)
    return painted(picture, colours, counts, found.labels, rounded(found.centers)), found


def hexadecimal(colour: Colour) -> str:
    """Return a colour as it is written in style sheets: #rrggbb."""
    return "#" + bytes(colour).hex()
