"""A face painted from its measures, stroke upon stroke: (FA3) of `faces`, by + - * / and < alone.

Notation: a stroke has a middle (x, y), half-axes (a, b), a tone and a strength; of a pixel, p and q are the
coordinates from the middle in units of a and b, after the stroke was bent, and d = p^2 + q^2, 1 on the rim.

    1. place     pixel -> coordinates of the head: shift, size, lean                        (FA5)
    2. stroke    tone' = tone + share (stroke's tone - tone), where the share falls from    (FA6)
                 the strength to 0 within about a pixel around the rim
    3. depth     what is nearer to the viewer moves further when the head turns             (FA7)
    4. light     tone * (brightness + from_right p - from_above q - fall d), p and q of     (FA8)
                 the head: round things are darker at their rim
    5. noise     plus the sum of three even draws, 0 on average                             (FA9)
"""

from random import Random

from refimpl.applications.measures import Occasion, Person

SIDE = 32
"""Pixels along a side of a picture."""

MIDDLE = 15.5
"""Of a side: pixels are at 0, 1, ..., 31."""

FALL = 0.2
"""How much darker the rim of the head is than its middle."""

BALD = 2.5
"""A hair line that is no further down is no hair."""

NOISE = 5.0
"""Half the width of each draw of noise, and the standard deviation of their sum."""


class Canvas:
    """A picture in the making, in the coordinates of a head."""

    def __init__(self, occasion: Occasion) -> None:
        self.tones = [occasion.wall] * (SIDE * SIDE)
        self.x, self.y = MIDDLE + occasion.right, MIDDLE + 0.6 + occasion.down
        self.size, self.tilt, self.turn = occasion.size, occasion.tilt, occasion.turn

    def at(self, column: int, row: int) -> tuple[float, float]:
        """Return the coordinates of a pixel in the head."""
        y = (row - self.y) / self.size  # (FA5)
        return (column - self.x) / self.size + self.tilt * y, y

    def stroke(
        self,
        middle: tuple[float, float],
        axes: tuple[float, float],
        tone: float,
        strength: float = 1.0,
        *,
        depth: float = 0.0,
        slope: float = 0.0,
        bend: float = 0.0,
        taper: float = 0.0,
        soft: float = 1.0,
        rim: bool = False,
    ) -> None:
        """Paint an ellipse.

        slope: how steeply it falls to the right; bend: how far its ends are above its middle; taper: by how much it
        is narrower below; soft: the width of its edge, about in pixels; rim: only its edge.
        """
        (x, y), (a, b) = middle, axes
        x = x + self.turn * depth  # (FA7)
        edge = (a if a < b else b) / (2 * soft)
        across = (a + 1 + soft) * self.size
        up = (b + 1 + soft + abs(slope) * a + abs(bend)) * self.size
        row = self.y + y * self.size
        for j in range(max(0, int(row - up)), min(SIDE, int(row + up) + 2)):
            left, v = self.at(0, j)
            column = (x - left) * self.size
            base = j * SIDE
            for i in range(max(0, int(column - across)), min(SIDE, int(column + across) + 2)):
                p = (i / self.size + left - x) / a
                q = (v - y - slope * p * a + bend * p * p) / b
                if taper and q > 0:
                    p = p / (1 - taper * q) if q < 1 else p / (1 - taper)
                d = p * p + q * q
                share = (1 - (d - 1 if d > 1 else 1 - d) * edge) if rim else 0.5 + (1 - d) * edge
                if share > 0:
                    old = self.tones[base + i]
                    self.tones[base + i] = old + (tone - old) * (strength if share > 1 else share * strength)  # (FA6)


def paint(person: Person, occasion: Occasion, source: Random) -> list[int]:
    """Return the 1024 grey levels of a picture, 0..255, line by line; the noise comes from the source."""
    canvas = Canvas(occasion)
    _body(canvas, person)
    _head(canvas, person)
    for side in (-1, 1):
        _eye(canvas, person, occasion, side)
    _nose(canvas, person, occasion)
    _mouth(canvas, person, occasion)
    _glasses(canvas, person)
    return _lit(canvas, person, occasion, source)


def _body(to: Canvas, who: Person) -> None:
    """Paint what is behind the face: hair, neck, clothes, ears."""
    wide, top, down = who.width + who.hair_volume, who.height + who.hair_volume, who.hair_length
    if who.hair_line > BALD:
        to.stroke((0, (down - top) / 2), (wide, (down + top) / 2), who.hair, depth=-0.4)
    to.stroke((0, 19), (14.5, 6.5), who.clothes, soft=0.8)
    to.stroke((0, 10.5), (who.width * 0.56, 5.5), who.skin * 0.78, depth=0.2)
    for side in (-1, 1):
        to.stroke((side * (who.width + 0.1), 0.4), (who.ears, 2.2), who.skin * 0.85, depth=-0.9)
    if who.hair_line > BALD:
        to.stroke((0, -who.height * 0.3), (wide, top - who.height * 0.3), who.hair, depth=-0.2)


def _head(to: Canvas, who: Person) -> None:
    """Paint the face up to the hair line, the parting, cheeks and beard."""
    line = who.hair_line if who.hair_line > BALD else 0.0
    to.stroke((0, line / 2), (who.width, who.height - line / 2), who.skin, taper=who.jaw, depth=0.2)
    if line:
        fringe = (who.parting * who.width * 0.25, line - who.height - 0.4)
        to.stroke(fringe, (who.width * 0.85, 1.7), who.hair, depth=0.4, slope=0.35 * who.parting, bend=-0.8, soft=1.2)
    for side in (-1, 1):
        to.stroke((side * who.width * 0.52, 3.0), (2.6, 2.2), 255, 0.08, depth=0.7, soft=1.8)
    if who.beard > 0:
        to.stroke((0, 8.6), (who.width * 0.72, 4.4), who.hair, who.beard, depth=0.6, bend=3.0, soft=1.6)


def _eye(to: Canvas, who: Person, occasion: Occasion, side: int) -> None:
    """Paint the eye of one side and its brow."""
    x, y = side * who.eye_distance, who.eye_height
    opening = who.eye_opening * occasion.eyes
    to.stroke((x, y - 0.4), (who.eye_width + 1.0, 2.0), who.skin * 0.55, 0.5, depth=1.1, soft=1.6)
    to.stroke((x, y), (who.eye_width, opening), 232, 0.9, depth=1.1, soft=0.7)
    to.stroke((x + occasion.gaze, y), (0.95, opening * 1.15), 14, depth=1.1, soft=0.6)
    to.stroke((x, y - opening), (who.eye_width + 0.3, 0.5), 25, 0.75, depth=1.1, bend=-0.5, soft=0.7)
    brow = y - who.brow_height - occasion.brows
    to.stroke(
        (x + side * 0.3, brow),
        (who.eye_width + 0.9, 0.75),
        who.hair,
        who.brow_strength,
        depth=1.2,
        slope=side * who.brow_tilt,
        bend=-0.5,
        soft=0.8,
    )


def _nose(to: Canvas, who: Person, occasion: Occasion) -> None:
    """Paint the ridge, lit from one side, the tip and the nostrils."""
    tip = who.eye_height + who.nose_length
    away = -1 if occasion.from_right > 0 else 1
    to.stroke((0.0, tip - 2.2), (0.8, 2.6), 255, 0.22, depth=1.7, soft=1.0)
    to.stroke((away * 1.2, tip - 1.6), (0.9, 2.6), who.skin * 0.5, 0.45, depth=1.6, soft=1.2)
    to.stroke((0.0, tip + 0.5), (who.nose_width + 0.6, 0.7), who.skin * 0.5, 0.6, depth=1.9, bend=0.3)
    for side in (-1, 1):
        to.stroke((side * who.nose_width * 0.7, tip + 0.2), (0.65, 0.5), 20, 0.75, depth=1.9, soft=0.8)


def _mouth(to: Canvas, who: Person, occasion: Occasion) -> None:
    """Paint moustache, lips, and teeth where they show."""
    y = who.mouth_height
    wide, up = who.mouth_width * (1 + 0.22 * occasion.smile), occasion.smile * 1.3
    if who.moustache > 0:
        to.stroke((0, y - 1.9), (who.mouth_width + 0.4, 0.9), who.hair, who.moustache, depth=1.5, bend=-0.8)
    to.stroke((0, y), (wide, who.lips + 0.35), who.skin * 0.62, 0.85, depth=1.4, bend=up, soft=0.9)
    opening = 0.25 + (occasion.mouth if occasion.mouth > 0 else 0.0) * 1.1
    to.stroke((0, y), (wide * 0.92, opening), 28, 0.9, depth=1.4, bend=up, soft=0.6)
    if opening > 0.6 and up > 0.3:
        to.stroke((0, y - opening * 0.3), (wide * 0.7, opening * 0.5), 235, 0.9, depth=1.4, bend=up, soft=0.6)
    to.stroke((0, y + who.lips + 1.5), (wide * 0.6, 0.6), who.skin * 0.6, 0.4, depth=1.3, soft=1.2)


def _glasses(to: Canvas, who: Person) -> None:
    """Paint rims and the bridge between them."""
    if who.glasses > 0:
        strength = 0.5 + 0.5 * who.glasses
        for side in (-1, 1):
            middle = (side * who.eye_distance, who.eye_height + 0.3)
            to.stroke(middle, (who.eye_distance - 0.7, 2.3), 18, strength, depth=1.3, soft=0.55, rim=True)
        to.stroke((0, who.eye_height), (0.9, 0.45), 18, strength, depth=1.5, soft=0.6)


def _lit(canvas: Canvas, who: Person, occasion: Occasion, source: Random) -> list[int]:
    """Return the picture in its light, with noise, as integers."""
    random, levels = source.random, []
    for j in range(SIDE):
        left, y = canvas.at(0, j)
        q = y / who.height
        across = occasion.brightness - occasion.from_above * q
        for i in range(SIDE):
            p = (i / canvas.size + left) / who.width
            d = p * p + q * q
            # brightness + from_right p - from_above q - fall d; a wall is flat                (FA8)
            light = across + occasion.from_right * p - FALL * (d if d < 1 else 1.0)
            tone = canvas.tones[j * SIDE + i] * light
            tone = tone + (random() + random() + random() - 1.5) * 2 * NOISE  # (FA9)
            levels.append(0 if tone < 0 else 255 if tone > 255 else int(tone + 0.5))
    return levels
