"""Paper and pencil for the figures of the notes: an SVG, element by element, whose coordinates are proven."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction as Q
from itertools import count
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from refimpl import gaussian
from refimpl.numbers import Ball, ball, fixed

PAPER, INK, QUIET, FAINT = "#fcfbf8", "#23282e", "#666c74", "#dedbd3"
BLUE, ORANGE, GREEN, PURPLE = "#0072b2", "#d55e00", "#007a5a", "#8a4f9e"

FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"

Number = Ball | Q | int
Pair = tuple[Number, Number]

NEARLY = Q(5523, 10000)
"""4 (sqrt 2 - 1) / 3: four cubic curves with such handles are a circle to a quarter of a thousandth."""


class Drawing:
    """An SVG, element by element."""

    def __init__(self, width: int, height: int, title: str) -> None:
        self.lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" role="img" aria-label={quoteattr(title)} font-family="{FONT}" font-size="12" '
            f'fill="{INK}">',
            f"<title>{escape(title)}</title>",
        ]
        self._clips = count(1)
        self.add("rect", x=Q(1, 2), y=Q(1, 2), width=width - 1, height=height - 1, rx=6, fill=PAPER, stroke=FAINT)

    def add(self, name: str, content: str | None = None, **attributes: Number | str | None) -> None:
        """Add an element; numbers become pixels, and an underscore in a name is a hyphen."""
        pairs = (
            f"{key.replace('_', '-')}={quoteattr(value if isinstance(value, str) else px(value))}"
            for key, value in attributes.items()
            if value is not None
        )
        opening = " ".join([name, *pairs])
        self.lines.append(f"<{opening}/>" if content is None else f"<{opening}>{content}</{name}>")

    def text(self, x: Number, y: Number, words: str, **attributes: Number | str | None) -> None:
        """Write words; `_A` makes the letter after it an index."""
        head, *tail = words.split("_")
        content = escape(head) + "".join(
            f'<tspan dy="3" font-size="75%">{escape(part[0])}</tspan><tspan dy="-3">{escape(part[1:])}</tspan>'
            for part in tail
        )
        self.add("text", content, x=x, y=y, **attributes)

    def image(self, left: Number, top: Number, width: Number, height: Number, png: bytes) -> None:
        """Draw a picture, one pixel a pixel, enlarged without smoothing."""
        source = "data:image/png;base64," + b64encode(png).decode()
        self.add("image", x=left, y=top, width=width, height=height, image_rendering="pixelated", href=source)

    def title(self, words: str) -> None:
        self.text(20, 28, words, font_size="15", font_weight="bold")

    def note(self, y: int, words: str) -> None:
        self.text(20, y, words, fill=QUIET)

    def clip(self, frame: "Frame") -> str:
        """Return the value of `clip-path` for the inside of a frame."""
        name = f"c{next(self._clips)}"
        self.lines.append(
            f'<clipPath id="{name}"><rect x="{px(frame.left)}" y="{px(frame.top)}" width="{px(frame.width)}" '
            f'height="{px(frame.height)}"/></clipPath>'
        )
        return f"url(#{name})"

    def svg(self) -> str:
        return "\n".join([*self.lines, "</svg>", ""])


class Frame(NamedTuple):
    """A rectangle of the paper, and the numbers that its sides stand for."""

    left: int
    top: int
    width: int
    height: int
    x: tuple[Number, Number]
    y: tuple[Number, Number]

    def at(self, point: Pair) -> Pair:
        """Return the pixels of a point."""
        (x0, x1), (y0, y1) = self.x, self.y
        right = (point[0] - x0) * Q(self.width) / (x1 - x0) + self.left
        return right, (point[1] - y1) * Q(self.height) / (y0 - y1) + self.top

    def draw(self, to: Drawing, xs: dict[Number, str], ys: dict[Number, str], *, grid: bool = True) -> None:
        """Draw grid lines, and labels of the axes."""
        bottom, right = self.top + self.height, self.left + self.width
        to.add("rect", x=self.left, y=self.top, width=self.width, height=self.height, fill="#ffffff", stroke=FAINT)
        for value, label in xs.items():
            x, _ = self.at((value, self.y[0]))
            if grid:
                to.add("path", d=path([(x, self.top), (x, bottom)]), stroke=FAINT)
            to.text(x, bottom + 16, label, fill=QUIET, text_anchor="middle", font_size="11")
        for value, label in ys.items():
            _, y = self.at((self.x[0], value))
            if grid:
                to.add("path", d=path([(self.left, y), (right, y)]), stroke=FAINT)
            to.text(self.left - 7, y + 4, label, fill=QUIET, text_anchor="end", font_size="11")

    def curve(self, points: Iterable[Pair]) -> str:
        """Return the path through points."""
        return path(map(self.at, points))

    def dots(self, points: Iterable[Pair]) -> str:
        """Return a path that a round pen makes dots of."""
        return "".join(f"M{px(x)} {px(y)}h.01" for x, y in map(self.at, points))

    def ellipse(self, mean: Sequence[Ball], covariance: Sequence[Sequence[Ball]], radius: int) -> str:
        """Return the contour at so many standard deviations: the image of a circle under L diag(sqrt p), see (N3)."""
        numbers = ball(60)
        lower, pivots = gaussian.factors(covariance)
        root = [numbers.sqrt(p) * radius for p in pivots]

        def image(u: Number, v: Number) -> Pair:
            first = root[0] * u
            return self.at((mean[0] + first, mean[1] + lower[1][0] * first + root[1] * v))

        k = NEARLY
        handles = [(1, k), (k, 1), (0, 1), (-k, 1), (-1, k), (-1, 0), (-1, -k), (-k, -1), (0, -1), (k, -1), (1, -k)]
        return f"M{pair(image(1, 0))}C{' '.join(pair(image(u, v)) for u, v in handles)} {pair(image(1, 0))}Z"


def px(x: Number) -> str:
    """Return a number of pixels with at most two decimals, all of them certain."""
    text = fixed(x, 2)
    return text.rstrip("0").rstrip(".") if "." in text else text


def pair(point: Pair) -> str:
    return f"{px(point[0])} {px(point[1])}"


def path(points: Iterable[Pair]) -> str:
    first, *others = map(pair, points)
    return f"M{first}L{' '.join(others)}"


def between(first: str, second: str, share: Q) -> str:
    """Return a colour that is `share` of the way from the first to the second."""
    ends = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in (first, second)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(*ends, strict=True))


def by_share(shares: Iterable[Ball], points: Iterable[Pair]) -> Iterator[tuple[str, list[Pair]]]:
    """Yield colours from ORANGE (0) to BLUE (1) in tenths, each with its points."""
    groups: dict[int, list[Pair]] = {}
    for share, point in zip(shares, points, strict=True):
        groups.setdefault(int(fixed(share * 10, 0)), []).append(point)
    for tenth, members in sorted(groups.items()):
        yield between(ORANGE, BLUE, Q(tenth, 10)), members


def steps(low: Number, high: Number, parts: int) -> list[Number]:
    return [low + (high - low) * Q(i, parts) for i in range(parts + 1)]
