"""The figure of the chapter on candidates: J over K, twice, and who is chosen, drawn for `figures` and like its own."""

from fractions import Fraction as Q
from functools import cache

from drawing import BLUE, GREEN, INK, ORANGE, PURPLE, QUIET, Drawing, Frame

from refimpl import choose_k, preprocess
from refimpl.applications import candidates, many_starts, structures
from refimpl.applications.many_starts import Minimum
from refimpl.numbers import ball

B = ball(30)
LAST, STARTS, EACH = 14, 4, 8
ACROSS, UP = 3, 4
"""Columns of the scatter, counted among the features: the two distances from hydrogen."""


@cache
def sweep() -> tuple[list[list[Q]], dict[int, Minimum]]:
    """The structures, scaled, and the lowest minimum found for each K."""
    points = preprocess.min_max([[Q(cell) for cell in row[1:]] for row in structures.table()])
    grid = many_starts.on_grid(points)
    ks = range(1, LAST + 1)
    return points, {k: many_starts.lowest(points, many_starts.endings(grid, k, seed=3, restarts=STARTS))[0] for k in ks}


def candidates_elbow() -> str:
    """J over K on two scales, and the chosen members."""
    points, minima = sweep()
    js = {k: minimum.distortion for k, minimum in minima.items()}
    bend, ratio = choose_k.elbow(js), candidates.elbow(js)
    to = Drawing(760, 372, "The elbow of a wide span of K, and the members nearest each centre")
    to.title(f"A bend of J sees K = {bend}, a bend of ln J sees K = {ratio}")
    to.note(48, "1287 made-up structures. Orange: the greatest second difference of J. Blue: that of ln J.")

    ten = B.log(B(10))
    plain = list(js.items())
    logs = [(k, B.log(B(j)) / ten) for k, j in js.items()]
    left = Frame(52, 92, 188, 216, (0, LAST + 1), (0, 900))
    middle = Frame(300, 92, 188, 216, (0, LAST + 1), (1, 3))
    left.draw(to, {k: str(k) for k in (2, 5, 8, 11, 14)}, {y: str(y) for y in (0, 300, 600, 900)})
    middle.draw(to, {k: str(k) for k in (2, 5, 8, 11, 14)}, {1: "10", 2: "100", 3: "1000"})
    for frame, line, words in ((left, plain, "J"), (middle, logs, "J, logarithmic scale")):
        to.text(frame.left, 84, words, font_weight="bold")
        to.add("path", d=frame.curve(line), fill="none", stroke=INK, stroke_width=Q(3, 2))
        to.add("path", d=frame.dots(line), stroke=INK, stroke_width=5, stroke_linecap="round")
        for k, colour in ((bend, ORANGE), (ratio, BLUE)):
            x, y = frame.at(line[k - 1])
            to.add("circle", cx=x, cy=y, r=7, fill="none", stroke=colour, stroke_width=2)
        to.text(frame.left + 94, 344, "K", text_anchor="middle", fill=QUIET)

    right = Frame(548, 92, 196, 216, (Q(-1, 20), Q(21, 20)), (Q(-1, 20), Q(21, 20)))
    right.draw(to, {0: "0", 1: "1"}, {0: "0", 1: "1"}, grid=False)
    to.text(548, 84, f"{EACH} of each of {ratio} clusters", font_weight="bold")
    best = minima[ratio]
    members = candidates.ranked(points, best.labels, best.centers)
    chosen = {member.row for member in candidates.each(members, EACH)}
    for k in range(ratio):
        at = {n: (points[n][ACROSS], points[n][UP]) for n, label in enumerate(best.labels) if label == k}
        colour = (BLUE, ORANGE, GREEN, PURPLE)[k % 4]
        near = [point for n, point in at.items() if n in chosen]
        to.add("path", d=right.dots(at.values()), stroke=colour, stroke_width=3, stroke_linecap="round", opacity="0.35")
        to.add("path", d=right.dots(near), stroke=INK, stroke_width=4, stroke_linecap="round")
    to.text(646, 344, "H···H across, H···vacancy up, scaled", text_anchor="middle", fill=QUIET, font_size="11")
    return to.svg()


ELBOWS = {"candidates-elbow": candidates_elbow}
