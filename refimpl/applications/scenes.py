"""A photograph and a scanned page that anybody can draw again, byte for byte: images with a clear licence.

    1. landscape   sky, sun, two ridges, a lake that mirrors them, a sail, a meadow, by distances in units of     (SC1)
                   the height; light falls off smoothly, so that most pixels have a colour of their own
    2. page        cream paper with blue rules, lines of writing and a diagram in four inks; writing from the     (SC2)
                   back shines through, mirrored; ink covers a pixel by how far the pen reaches into it
    3. light       the page is lit from one side, and darker where it is bound                                    (SC3)
    4. noise       three even draws, added, for every level: standard deviation NOISE in a photograph, GRAIN      (SC4)
                   in a scan

Only + - * / and square roots of floats are used, which every machine rounds alike, and only Random.random(), whose
sequence Python promises never to change.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from random import Random

from refimpl.applications.images import Picture

NOISE, GRAIN = 7.0, 4.0
"""Standard deviations, in levels."""

Tone = tuple[float, float, float]

SUN, SAIL = (0.92, 0.22), (0.45, 0.60)
"""Right and down, in heights."""

SHORE = 0.56
"""Where the lake begins."""

PAPER, RULE = (238.0, 231.0, 214.0), (176.0, 196.0, 216.0)

INKS: dict[str, Tone] = {
    "black": (44.0, 42.0, 48.0),
    "blue": (36.0, 62.0, 148.0),
    "red": (186.0, 38.0, 44.0),
    "green": (32.0, 118.0, 66.0),
}

SEEN_THROUGH = 0.16
"""How much of the ink of the back is seen."""

LINE = 30
"""Pixels from rule to rule."""


def landscape(width: int = 640, height: int = 480, seed: int = 0) -> Picture:
    """Return a photograph of a lake.  (SC1)"""

    def tone(i: int, j: int) -> Tone:
        return _lake((i + 0.5) / height, (j + 0.5) / height)

    return _taken(width, height, tone, NOISE, Random(seed))


@dataclass(frozen=True)
class Page:
    """A scan, and what was written before it was scanned."""

    scan: Picture
    inks: list[str | None]
    """For each pixel the ink that covers at least half of it."""


def page(width: int = 480, height: int = 360, seed: int = 0) -> Page:
    """Return a scanned page of notes.  (SC2)"""
    source = Random(seed)
    front, back = _Sheet(width, height), _Sheet(width, height)
    for sheet in (front, back):
        for line in range(2, height // LINE):
            ink = ("green", "black", "blue", "red")[line % 4]
            end = 0.55 if sheet is front and line * LINE > height * 0.45 else 0.94
            _write(sheet, source, 0.12 * width, end * width, line * LINE - 4.0, ink)
    _diagram(front, 0.60 * width, 0.50 * height, 0.32 * width, 0.38 * height, source)

    def tone(i: int, j: int) -> Tone:
        n, mirrored = j * width + i, j * width + width - 1 - i
        colour = RULE if j % LINE == LINE - 2 else PAPER
        if back.cover[mirrored]:
            colour = _mixed(colour, INKS[back.ink[mirrored]], SEEN_THROUGH * back.cover[mirrored])
        if front.cover[n]:
            colour = _mixed(colour, INKS[front.ink[n]], front.cover[n])
        # brighter to the right and down, darker where it is bound                         (SC3)
        x, y = i / width, j / height
        light = 0.90 + 0.06 * x + 0.05 * y - 0.12 / (1 + (30 * x) * (30 * x))
        return colour[0] * light, colour[1] * light, colour[2] * light

    scan = _taken(width, height, tone, GRAIN, source)
    inks = [ink if cover >= 0.5 else None for cover, ink in zip(front.cover, front.ink, strict=True)]
    return Page(scan, inks)


def _taken(width: int, height: int, tone: Callable[[int, int], Tone], deviation: float, source: Random) -> Picture:
    """Return the picture of these tones, with noise, as integers.  (SC4)"""
    random, levels = source.random, bytearray()
    for j in range(height):
        for i in range(width):
            for x in tone(i, j):
                # a sum of three even draws from 0 to 1 has a standard deviation of 1/2
                noisy = x + (random() + random() + random() - 1.5) * 2 * deviation
                levels.append(0 if noisy < 0 else 255 if noisy > 255 else int(noisy + 0.5))
    return Picture((bytes(levels[0::3]), bytes(levels[1::3]), bytes(levels[2::3])), width)


def _mixed(a: Tone, b: Tone, share: float) -> Tone:
    """Return what is `share` of the way from a to b."""
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share


# ---------------------------------------------------------------------- the lake


def _lake(x: float, y: float) -> Tone:
    """Return the tone at x to the right and y down."""
    if (sail := _sail(x, y)) is not None:
        return sail
    if y < SHORE:
        return _above(x, y)
    if y > 0.80 + 0.10 * (x - 0.5) * (x - 0.5):
        depth = (y - 0.78) * 4
        return _mixed((126.0, 142.0, 62.0), (46.0, 74.0, 30.0), depth if depth < 1 else 1.0)
    mirrored = _above(x, 2 * SHORE - y)  # darker and bluer the nearer it is
    return _mixed(mirrored, (34.0, 66.0, 92.0), 0.30 + 1.1 * (y - SHORE))


def _above(x: float, y: float) -> Tone:
    """Return the tone of ridges and sky."""
    a, b = x - 0.30, x - 1.05
    if y > 0.40 + 0.55 * b * b:
        return _mixed((58.0, 74.0, 72.0), (96.0, 104.0, 84.0), (y - 0.40) * 5)
    if y > 0.30 + 0.9 * a * a:
        return _mixed((128.0, 140.0, 168.0), (92.0, 112.0, 136.0), (y - 0.30) * 3)
    d = (x - SUN[0]) * (x - SUN[0]) + (y - SUN[1]) * (y - SUN[1])
    if d < 0.0025:
        return 255.0, 246.0, 214.0
    sky = _mixed((84.0, 134.0, 204.0), (226.0, 204.0, 178.0), y / SHORE)
    return _mixed(sky, (255.0, 214.0, 140.0), 0.04 / (0.04 + d) * 0.8)


def _sail(x: float, y: float) -> Tone | None:
    """Return the tone of the boat, or None beside it."""
    right, up = x - SAIL[0], SAIL[1] + 0.06 - y
    if 0 < up < 0.19 and -0.01 < right < 0.09 * (1 - up / 0.19):
        return _mixed((206.0, 52.0, 40.0), (244.0, 120.0, 84.0), right * 10)
    if -0.018 < up < 0 and -0.06 - up < right < 0.11 + up:
        return 88.0, 52.0, 34.0
    return None


# ---------------------------------------------------------------------- the page


class _Sheet:
    """One side of the paper: how much of each pixel is covered, and by which ink."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.cover = [0.0] * (width * height)
        self.ink = ["black"] * (width * height)

    def dot(self, x: float, y: float, radius: float, ink: str) -> None:
        """Put the pen down; a pixel is covered by how far the pen reaches into it."""
        for j in range(max(int(y - radius - 1), 0), min(int(y + radius + 2), self.height)):
            for i in range(max(int(x - radius - 1), 0), min(int(x + radius + 2), self.width)):
                reach = radius + 0.5 - sqrt((i - x) * (i - x) + (j - y) * (j - y))
                n = j * self.width + i
                if reach > self.cover[n]:
                    self.cover[n], self.ink[n] = (reach if reach < 1 else 1.0), ink

    def curve(self, points: Sequence[tuple[float, float]], radius: float, ink: str) -> None:
        """Draw from the first to the last point, round those between them."""
        for x, y in _smooth(points):
            self.dot(x, y, radius, ink)


def _smooth(points: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Yield points of quadratic curves from middle to middle of the given ones, which bend them."""
    middles = [((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in pairwise(points)]
    stops = [points[0], *middles[1:-1], points[-1]]
    for ((a, b), (e, f)), (c, d) in zip(pairwise(stops), points[1:-1], strict=True):
        count = int(2 * (abs(c - a) + abs(d - b) + abs(e - c) + abs(f - d))) + 2
        for k in range(count + 1):
            t = k / count
            u, v, w = (1 - t) * (1 - t), 2 * t * (1 - t), t * t
            yield u * a + v * c + w * e, u * b + v * d + w * f


def _write(sheet: _Sheet, source: Random, left: float, right: float, base: float, ink: str) -> None:
    """Write words that nobody can read."""
    random, x = source.random, left
    while x < right - 24:
        points = [(x, base - 3)]
        for _ in range(2 + int(random() * 5)):
            tall = random()
            up = 17.0 if tall < 0.22 else 8.0 + random()
            down = -6.0 if 0.22 <= tall < 0.34 else 0.0
            wide = 4.0 + 2.5 * random()
            points += [
                (x + 0.3 * wide, base - up),
                (x + 0.55 * wide, base - up / 2),
                (x + 0.75 * wide, base - down + 1),
            ]
            x += wide + 1.0
            points.append((x + 0.2 * wide, base - 4))
            if x > right - 10:
                break
        sheet.curve([*points, (x + 3, base - 3)], 0.85, ink)
        x += 10 + 5 * random()


def _diagram(sheet: _Sheet, left: float, top: float, width: float, height: float, source: Random) -> None:
    """Draw axes and two clusters."""
    bottom, random = top + height, source.random
    sheet.curve([(left, top), (left, top + height / 2), (left + 0.5, bottom)], 1.0, "black")
    sheet.curve([(left, bottom), (left + width / 2, bottom + 0.5), (left + width, bottom)], 1.0, "black")
    for across, up, ink in ((0.30, 0.34, "red"), (0.70, 0.68, "green")):
        for _ in range(14):
            x = left + width * (across + 0.26 * (random() + random() - 1))
            y = bottom - height * (up + 0.26 * (random() + random() - 1))
            sheet.dot(x, y, 2.2, ink)
