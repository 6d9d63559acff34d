"""The figures of the chapters on faces: pictures, drawn for `figures` and like its own.

A picture is a PNG inside an SVG, one pixel a pixel, enlarged without smoothing. A grey level that comes from eigenfaces
is an integer that the enclosure determines; one that comes from the factors without negative numbers is rounded from
floats, which are the same everywhere but prove nothing.
"""

from collections.abc import Sequence
from dataclasses import fields
from fractions import Fraction as Q
from functools import cache

from drawing import BLUE, GREEN, ORANGE, QUIET, Drawing, Frame, Number

from refimpl.applications import eigenfaces, faces, measures, recognition, representations
from refimpl.applications.eigenfaces import Eigenfaces
from refimpl.applications.picture_files import levels, png, shades
from refimpl.applications.portrait import SIDE
from refimpl.numbers import ball, fixed

DIGITS = 12
Levels = Sequence[int]


# ---------------------------------------------------------------------- pictures


def place(to: Drawing, left: Number, top: Number, side: int, picture: Levels) -> None:
    """Draw a picture of SIDE x SIDE pixels."""
    to.image(left, top, side, side, png(picture, SIDE))


def shaded(vector: Sequence[float]) -> list[int]:
    """Return grey levels of floats that are not negative: the largest is white."""
    most = max(vector)
    return [int(x * 255 / most + 0.5) for x in vector]


@cache
def album() -> list[list[int]]:
    return faces.album()


def half(first: bool) -> list[list[int]]:
    """Five pictures of each person to learn, or the other five."""
    return [face for i, face in enumerate(album()) if (i % 10 < 5) == first]


@cache
def fitted() -> Eigenfaces:
    """The eigenfaces of the two hundred that are learnt."""
    return eigenfaces.fit(half(True), components=36, ddof=1, digits=DIGITS)


# ---------------------------------------------------------------------- eigenfaces.md


def faces_album() -> str:
    """Forty people, and the pictures of two."""
    to = Drawing(760, 552, "Forty people, and all ten pictures of two of them")
    to.title("Forty people who do not exist")
    heads, poses = (len(fields(kind)) for kind in (measures.Person, measures.Occasion))
    to.note(
        48, f"The first picture of each. {heads} numbers make a person, {poses} more a picture, and then comes noise."
    )
    for i, face in enumerate(album()[::10]):
        place(to, 23 + 72 * (i % 10), 62 + 72 * (i // 10), 66, face)
    to.text(20, 376, "All ten pictures of two of them", font_weight="bold")
    to.note(394, "Place, turn, lean, expression and light differ; the light from the right differs most.")
    for row, person in enumerate((6, 19)):
        for i, face in enumerate(album()[10 * person : 10 * person + 10]):
            place(to, 23 + 72 * i, 404 + 72 * row, 66, face)
    return to.svg()


def eigenfaces_36() -> str:
    """The eigenfaces, and their shares."""
    to = Drawing(760, 474, "The 36 leading eigenfaces of two hundred faces")
    to.title("Thirty-six eigenfaces of two hundred faces")
    to.note(48, "Middle grey is 0. Every grey level is proven. Below each: its share of the variance, in percent.")
    found = fitted()
    for l, (face, variance) in enumerate(zip(found.faces, found.variances, strict=True)):
        left, top = 24 + 80 * (l % 9), 62 + 102 * (l // 9)
        place(to, left, top, 72, shades(face))
        share = fixed(variance * 100 / found.total, 1)
        to.text(left + 36, top + 87, f"{l + 1}: {share}", text_anchor="middle", fill=QUIET, font_size="11")
    return to.svg()


def eigenfaces_scree() -> str:
    """The variances, and what they leave."""
    to = Drawing(760, 372, "Scree plot of the variances of 36 eigenfaces, and the share of variance that they leave")
    to.title("A few large components, then a slope of scree")
    found, numbers = fitted(), ball(DIGITS)
    ten = numbers.log(numbers(10))
    left = Frame(70, 76, 290, 242, (0, 37), (3, Q(11, 2)))
    left.draw(to, {l: str(l) for l in (1, 10, 20, 30)}, {3: "1 000", 4: "10 000", 5: "100 000"})
    to.text(left.left, 64, "variance along each, in squared grey levels", font_weight="bold")
    points = [(l, numbers.log(x) / ten) for l, x in enumerate(found.variances, 1)]
    to.add("path", d=left.curve(points), fill="none", stroke=BLUE)
    to.add("path", d=left.dots(points), stroke=BLUE, stroke_width=6, stroke_linecap="round")
    for l, words in ((1, "the hair line"), (2, "light from the right")):
        x, y = left.at(points[l - 1])
        to.text(x + 8, y + 3, words, fill=QUIET, font_size="11")
    right = Frame(430, 76, 300, 242, (0, 36), (0, 1))
    right.draw(to, {l: str(l) for l in range(0, 37, 6)}, {Q(k, 4): f"{25 * k} %" for k in range(5)})
    to.text(right.left, 64, "variance that is left after so many", font_weight="bold")
    shares = [(l, x / found.total) for l, x in enumerate(eigenfaces.lost(found))]
    to.add("path", d=right.curve(shares), fill="none", stroke=ORANGE)
    to.add("path", d=right.dots(shares), stroke=ORANGE, stroke_width=6, stroke_linecap="round")
    to.text(380, 358, "number of the component (left) and of components (right)", text_anchor="middle", fill=QUIET)
    return to.svg()


def eigenfaces_reconstructions() -> str:
    """Faces from few coefficients."""
    to = Drawing(760, 480, "Faces put together from 0 to 36 eigenfaces, beside the pictures themselves")
    to.title("From the mean face to the picture")
    found, stranger = fitted(), faces.album(1, seed=1)[0]
    upside_down = half(True)[50][::-1]
    counts = (0, 1, 2, 5, 10, 20, 36)
    rows = (
        ("learnt", half(True)[32]),
        ("not learnt", half(False)[146]),
        ("a stranger", stranger),
        ("head down", upside_down),
    )
    for i, words in enumerate((*map(str, counts), "picture")):
        to.text(100 + 82 * i + 37, 62, words, text_anchor="middle", fill=QUIET)
    to.text(20, 62, "eigenfaces", fill=QUIET)
    for j, (words, face) in enumerate(rows):
        top = 74 + 100 * j
        to.text(20, top + 42, words, fill=QUIET)
        (y,) = eigenfaces.project([face], found)
        for i, count in enumerate(counts):
            place(to, 100 + 82 * i, top, 74, levels(eigenfaces.reconstruct(y, found, count)))
        place(to, 100 + 82 * len(counts), top, 74, face)
    return to.svg()


def eigenfaces_recognition() -> str:
    """How many of two hundred are recognised."""
    to = Drawing(760, 372, "Faces recognised by the nearest picture, by the number of coefficients")
    to.title("Fewer numbers recognise as well, and better without the light")
    to.note(48, "Five pictures of each person are learnt, the other five, 200 in all, are looked for among them.")
    learnt, tests = half(True), half(False)
    who = [i // 5 for i in range(len(learnt))]
    y, z = fitted().coefficients, eigenfaces.project(tests, fitted())
    dark = [[row[:1] + row[2:] for row in rows] for rows in (y, z)]
    pixels = recognition.right(recognition.by_pixels(learnt, tests), who, who)
    frame = Frame(64, 68, 500, 258, (0, 36), (0, 200))
    frame.draw(to, {l: str(l) for l in range(0, 37, 6)}, {n: str(n) for n in range(0, 201, 50)})
    to.text(314, 358, "coefficients", text_anchor="middle", fill=QUIET)
    to.add("path", d=frame.curve([(0, pixels), (36, pixels)]), stroke=QUIET, stroke_dasharray="4 4")
    lines = (
        (recognition.by_coefficients(*dark), 2, GREEN, "without the second", -4),
        (recognition.by_coefficients(y, z), 1, BLUE, "all in their order", 18),
    )
    for nearest, first, colour, words, down in lines:
        points = [(l, recognition.right(row, who, who)) for l, row in enumerate(nearest, first)]
        to.add("path", d=frame.curve(points), fill="none", stroke=colour, stroke_width=Q(3, 2))
        to.add("path", d=frame.dots(points), stroke=colour, stroke_width=5, stroke_linecap="round")
        x, y = frame.at(points[-1])
        to.text(x + 10, y + down, f"{points[-1][1]}: {words}", fill=colour, font_weight="bold", font_size="11")
    x, y = frame.at((36, pixels))
    to.text(x + 10, y + 34, f"{pixels}: by all 1024 pixels", fill=QUIET, font_size="11")
    return to.svg()


# ---------------------------------------------------------------------- three-representations.md


def three_representations() -> str:
    """Centres, eigenfaces and parts, and what they make of three faces."""
    to = Drawing(760, 482, "Nine vectors each: centres of K-means, mean and eigenfaces, parts; and three faces by them")
    to.title("Nine vectors, three ways to use them")
    to.note(48, "Forty faces of twenty people. Above: the vectors. Below: three faces, and what stands for them.")
    to.text(20, 180, "vectors", fill=QUIET)
    pictures = faces.album(20, 2)
    centres = representations.by_centres(pictures, 9, seed=0, starts=2)
    components = representations.by_eigenfaces(pictures, 9, digits=DIGITS)
    parts = representations.by_parts(pictures, 9, seed=0, iterations=60)
    vectors = (
        [levels(v) for v in centres.vectors],
        [levels(components.vectors[0]), *map(shades, components.vectors[1:])],
        [shaded(v) for v in parts.vectors],
    )
    for i, (words, tiles) in enumerate(zip(("centres", "mean and eigenfaces", "parts"), vectors, strict=True)):
        left = 126 + 214 * i
        to.text(left + 99, 74, words, text_anchor="middle", font_weight="bold")
        for k, tile in enumerate(tiles):
            place(to, left + 67 * (k % 3), 84 + 67 * (k // 3), 64, tile)
    chosen = (3, 13, 33)
    made = (
        [levels(representations.picture(centres, n)) for n in chosen],
        [levels(representations.picture(components, n)) for n in chosen],
        [[min(int(x + 0.5), 255) for x in representations.picture(parts, n)] for n in chosen],
    )
    errors = (fixed(centres.error, 0), fixed(components.error, 0), str(int(parts.error + 0.5)))
    to.text(20, 345, "pictures", fill=QUIET)
    to.text(20, 412, "what stands", fill=QUIET)
    to.text(20, 427, "for them", fill=QUIET)
    for i, (tiles, error) in enumerate(zip(made, errors, strict=True)):
        left = 126 + 214 * i
        for j, (n, tile) in enumerate(zip(chosen, tiles, strict=True)):
            place(to, left + 67 * j, 308, 64, pictures[n])
            place(to, left + 67 * j, 375, 64, tile)
        to.text(left + 99, 462, f"mean squared error {error}", text_anchor="middle", fill=QUIET)
    return to.svg()


# ---------------------------------------------------------------------- all of them


PICTURES = {
    "faces-album": faces_album,
    "eigenfaces-36": eigenfaces_36,
    "eigenfaces-scree": eigenfaces_scree,
    "eigenfaces-reconstructions": eigenfaces_reconstructions,
    "eigenfaces-recognition": eigenfaces_recognition,
    "three-representations": three_representations,
}
