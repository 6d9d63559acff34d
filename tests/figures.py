"""The figures of the notes, computed: docs/figures/*.svg, byte for byte the same wherever they are made.

    python tests/figures.py             report the files that are not what is drawn here
    python tests/figures.py --update    rewrite them

What is drawn comes from the rooms, in balls or fractions. A coordinate is printed with two decimals by
`refimpl.numbers.fixed`, which refuses to print a decimal that the ball does not determine: what stands in a file is
proven. The drawings are light cards with a background of their own, to be read on light pages and on dark ones. The
paper is in `drawing`, the figures with faces are in `pictures`, those of several K in `elbows`, those with colours in
`images`.
"""

import sys
from collections.abc import Callable, Sequence
from fractions import Fraction as Q
from functools import cache
from pathlib import Path

from drawing import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    QUIET,
    Drawing,
    Frame,
    Number,
    between,
    by_share,
    pair,
    path,
    px,
    steps,
)
from elbows import ELBOWS
from images import IMAGES
from pictures import PICTURES

from refimpl import bernoulli_mixture, binomial_mixture, em, gaussian_mixture, kmeans, trace, two_coins
from refimpl.gaussian_mixture import Theta
from refimpl.numbers import Ball, ball, fixed
from refimpl.oracle import store

FOLDER = Path(__file__).parent.parent / "docs" / "figures"

# ---------------------------------------------------------------------- what is drawn in more than one figure


B = ball(60)
HALF = B(Q(1, 2))
ROUNDS = two_coins.Rounds([5, 9, 8, 4, 7], [5, 1, 2, 6, 3])


@cache
def geyser() -> list[list[Ball]]:
    """Old Faithful, scaled to the unit square."""
    return [[B(x) for x in row] for row in store.dataset("old_faithful_scaled", ("eruptions", "waiting"))]


@cache
def geyser_run() -> list[em.State]:
    """Forty steps from the blog's start."""
    low, high, unit = B(Q(1, 4)), B(Q(3, 4)), [[B(1), B(0)], [B(0), B(1)]]
    start = Theta([HALF, HALF], [[low, low], [high, high]], [unit, unit])
    return trace.take(41, gaussian_mixture.trace(geyser(), start, B))


# ---------------------------------------------------------------------- em.md


def em_bound() -> str:
    """The likelihood of one parameter, and lower bounds that touch it."""
    to = Drawing(760, 430, "The log-likelihood and three lower bounds")
    to.title("Each E-step lays a bound against the likelihood, each M-step climbs it")
    to.note(
        48,
        "Five rounds of ten tosses; coin B held at 1/2. Thick: ln p. Thin: Q + H with the responsibilities of one θ_A.",
    )
    frame = Frame(64, 68, 668, 306, (Q(1, 5), Q(19, 20)), (-39, -31))
    frame.draw(to, {Q(k, 10): f"0.{k}" for k in range(2, 10)}, {y: f"−{-y}" for y in range(-39, -30, 2)})
    to.text(398, 412, "θ_A", text_anchor="middle", fill=QUIET)
    inside = to.clip(frame)
    grid = [B(x) for x in steps(Q(1, 5), Q(19, 20), 150)]
    likelihood = [(a, two_coins.log_likelihood(ROUNDS, (a, HALF), B)) for a in grid]
    to.add("path", d=frame.curve(likelihood), fill="none", stroke=INK, stroke_width=Q(5, 2))

    a = B(Q(3, 10))
    for t, colour in enumerate((BLUE, GREEN, ORANGE)):
        found = two_coins.e_step(ROUNDS, (a, HALF))
        q = [(g, 1 - g) for g in found.responsibilities]

        def bound(x: Ball, q: Sequence[Sequence[Ball]] = q) -> Ball:
            theta = binomial_mixture.Theta([HALF, HALF], [x, HALF])
            return em.expected(q, binomial_mixture.log_joint(ROUNDS, theta, B)) + em.entropy(q, B)

        after, _ = two_coins.m_step(ROUNDS, found, (a, HALF))
        touch, top = (a, bound(a)), (after, bound(after))
        above = after, two_coins.log_likelihood(ROUNDS, (after, HALF), B)
        to.add(
            "path",
            d=frame.curve((x, bound(x)) for x in grid),
            fill="none",
            stroke=colour,
            stroke_width=Q(3, 2),
            clip_path=inside,
        )
        to.add("path", d=frame.curve([top, above]), stroke=colour, stroke_width=Q(3, 2), stroke_dasharray="3 3")
        for (x, y), fill in ((frame.at(touch), colour), (frame.at(top), "#ffffff")):
            to.add("circle", cx=x, cy=y, r=4, fill=fill, stroke=colour, stroke_width=Q(3, 2))
        x, y = frame.at(touch)
        to.text(x, y - 10, f"θ_{t}", text_anchor="end", fill=colour, font_weight="bold")
        if t < 2:
            x, y = frame.at((after, (top[1] + above[1]) / 2))
            to.text(x - 7, y + 4, "KL", text_anchor="end", fill=colour, font_size="11")
        a = after
    x, y = frame.at((a, two_coins.log_likelihood(ROUNDS, (a, HALF), B)))
    to.add("circle", cx=x, cy=y, r=4, fill=INK)
    to.text(x, y - 10, "θ_3", text_anchor="end", font_weight="bold")
    return to.svg()


def em_rates() -> str:
    """Errors of four runs."""
    to = Drawing(760, 420, "The errors of four runs of EM")
    to.title("Each run ends on a straight line: its slope is the rate")
    to.note(48, "Distance of one parameter from its limit, over forty steps, on a logarithmic scale.")
    frame = Frame(64, 68, 540, 300, (0, 40), (-12, 0))
    frame.draw(to, {t: str(t) for t in range(0, 41, 10)}, {-12: "1e−12", -9: "1e−9", -6: "1e−6", -3: "0.001", 0: "1"})
    to.text(334, 404, "step", text_anchor="middle", fill=QUIET)
    numbers = ball(300)  # hundreds of steps lose many digits
    half = numbers(Q(1, 2))

    start = (numbers("0.6"), numbers("0.5"))
    coins = [s.theta[1] for s in trace.take(101, two_coins.trace(ROUNDS, two_coins.start(ROUNDS, start)))]
    mixture = binomial_mixture.trace(ROUNDS, binomial_mixture.Theta([half, half], list(start)), numbers)
    free = [s.theta.probabilities[1] for s in trace.take(201, mixture)]
    rows = [(0, 0, 0)] * 3 + [(1, 1, 1)] * 3 + [(0, 0, 1), (0, 1, 0), (1, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]
    uneven = [[half * 3 / 2, half, half * 3 / 2], [half / 2] * 3]  # without a symmetry, which would hide the rate
    begin = bernoulli_mixture.Theta([half, half], uneven)
    bits = [s.theta.probabilities[0][0] for s in trace.take(41, bernoulli_mixture.trace(rows, begin, numbers))]
    bits.append(half + numbers.sqrt(numbers(3)) / 6)  # its limit
    weights = [s.theta.weights[0] for s in geyser_run()]

    ten = B.log(B(10))
    for values, colour, words, rate, last, (dx, dy), named in (
        (bits, PURPLE, "Bernoulli mixture", "0.93", 40, (8, -2), 40),
        (free, GREEN, "coins, free weights", "0.82", 40, (8, -2), 40),
        (coins, BLUE, "two coins", "0.41", 30, (-16, 4), 22),
        (weights, ORANGE, "Gaussian mixture", "0.24", 32, (14, -12), 25),
    ):
        points = [(t, B.log(abs(x - values[-1])) / ten) for t, x in enumerate(values[: last + 1])]
        to.add("path", d=frame.curve(points), fill="none", stroke=colour, stroke_width=Q(3, 2))
        to.add("path", d=frame.dots(points), stroke=colour, stroke_width=5, stroke_linecap="round")
        x, y = frame.at(points[named])
        side = {"text_anchor": "end" if dx < 0 else "start", "fill": colour, "font_size": "11"}
        to.text(x + dx, y + dy, words, font_weight="bold", **side)
        to.text(x + dx, y + dy + 14, f"rate {rate}", **side)
    return to.svg()


# ---------------------------------------------------------------------- gaussian-mixtures.md


def old_faithful_em() -> str:
    """Small multiples of a run, and its likelihood."""
    to = Drawing(760, 640, "EM on Old Faithful, from a start that is too wide")
    to.title("Two Gaussians on Old Faithful: ten steps on a saddle, then a few that decide")
    to.note(48, "Minutes of eruption (across) and of waiting (up). Points are coloured by their responsibilities,")
    to.note(
        64, "from blue for the first component to orange for the second. Ellipses: one and two standard deviations."
    )
    run, shown = geyser_run(), (0, 1, 3, 10, 12, 14, 16, 30)
    side = (Q(-1, 20), Q(21, 20))
    for i, t in enumerate(shown):
        frame = Frame(48 + 178 * (i % 4), 92 + 184 * (i // 4), 164, 140, side, side)
        xs = {(Q(m) - Q(8, 5)) / Q(7, 2): str(m) for m in (2, 3, 4, 5)}
        ys = {Q(m - 43, 53): str(m) for m in (50, 70, 90)} if i % 4 == 0 else {}
        frame.draw(to, xs, ys, grid=False)
        inside = to.clip(frame)
        shares = [row[0] for row in run[t + 1].posterior]  # the E-step at the parameters after t steps
        for colour, members in by_share(shares, map(tuple, geyser())):
            to.add(
                "path",
                d=frame.dots(members),
                stroke=colour,
                stroke_width=4,
                stroke_linecap="round",
                stroke_opacity="0.6",
            )
        for mean, sigma, colour in zip(run[t].theta.means, run[t].theta.covariances, (BLUE, ORANGE), strict=True):
            for radius, width in ((1, Q(7, 4)), (2, 1)):
                d = frame.ellipse(mean, sigma, radius)
                to.add("path", d=d, fill="none", stroke=colour, stroke_width=width, clip_path=inside)
        to.text(frame.left, frame.top - 6, f"step {t}" if t else "start", font_weight="bold")

    frame = Frame(48, 476, 698, 122, (0, 30), (100, 310))
    frame.draw(to, {t: str(t) for t in range(0, 31, 5)}, {y: str(y) for y in (100, 200, 300)})
    to.text(48, 468, "ln p after each step (at the start it is −538)", font_weight="bold")
    values = [(t, gaussian_mixture.log_likelihood(geyser(), run[t].theta, B)) for t in range(1, 31)]
    to.add("path", d=frame.curve(values), fill="none", stroke=INK, stroke_width=Q(3, 2))
    to.add("path", d=frame.dots(values), stroke=INK, stroke_width=4, stroke_linecap="round")
    marked = [point for point in values if point[0] in shown]
    to.add("path", d=frame.dots(marked), stroke=GREEN, stroke_width=9, stroke_linecap="round")
    to.text(397, 630, "step (green: shown above)", text_anchor="middle", fill=QUIET, font_size="11")
    return to.svg()


# ---------------------------------------------------------------------- bernoulli-mixtures.md


def digits_components() -> str:
    """Mean images of components."""
    numbers = ball(50)
    images = [[int(x) for x in row] for row in store.dataset("digits_234", ("pixel_*",))]
    grey = {0: numbers(Q(1, 4)), 1: numbers(Q(3, 4))}
    third = numbers(Q(1, 3))
    start = bernoulli_mixture.Theta([third] * 3, [[grey[bit] for bit in image] for image in images[:3]])
    fit = trace.nth(10, bernoulli_mixture.trace(images, start, numbers)).theta
    single = [Q(sum(column), len(images)) for column in zip(*images, strict=True)]

    to = Drawing(760, 392, "Components of a Bernoulli mixture of the digits 2, 3 and 4")
    to.title("Three components find a 2, a 3 and a 4; one component finds a blur")
    to.note(
        48,
        "541 images of 8 × 8 pixels. Above: those that the run starts from. Below: how probable ink is in each pixel.",
    )
    to.text(20, 120, "start", fill=QUIET)
    to.text(20, 272, "after", fill=QUIET)
    to.text(20, 288, "ten steps", fill=QUIET)
    for k in range(3):
        left = 96 + 160 * k
        _image(to, left + 32, 76, 9, [Q(bit) for bit in images[k]])
        _image(to, left, 180, 17, fit.probabilities[k])
        to.text(left + 68, 340, f"weight {fixed(fit.weights[k], 3)}", text_anchor="middle")
    to.add("path", d="M584 76V352", stroke=FAINT, stroke_width=2)
    _image(to, 606, 180, 17, single)
    to.text(674, 112, "all images", text_anchor="middle", fill=QUIET)
    to.text(674, 340, "one component", text_anchor="middle")
    to.add(
        "defs",
        '<linearGradient id="ink"><stop stop-color="#ffffff"/><stop offset="1" stop-color="#16324a"/></linearGradient>',
    )
    to.add("rect", x=232, y=360, width=136, height=9, fill="url(#ink)", stroke=FAINT)
    to.text(224, 369, "0", text_anchor="end", fill=QUIET, font_size="11")
    to.text(376, 369, "1", fill=QUIET, font_size="11")
    to.text(400, 369, "probability of ink", fill=QUIET, font_size="11")
    return to.svg()


def _image(to: Drawing, left: int, top: int, cell: int, shades: Sequence[Number]) -> None:
    to.add("rect", x=left - 1, y=top - 1, width=8 * cell + 2, height=8 * cell + 2, fill="#ffffff", stroke=FAINT)
    for i, shade in enumerate(shades):
        if (opacity := px(shade)) != "0":
            to.add(
                "rect",
                x=left + i % 8 * cell,
                y=top + i // 8 * cell,
                width=cell,
                height=cell,
                fill="#16324a",
                fill_opacity=opacity,
                shape_rendering="crispEdges",
            )


# ---------------------------------------------------------------------- kmeans-limit.md


def kmeans_limit() -> str:
    """Responsibilities along a line."""
    to = Drawing(760, 372, "Responsibilities along a line, as the width falls")
    to.title("As ε falls, responsibilities become labels")
    to.note(48, "Responsibility of the left centre. Triangles: the centres 1/2 and 6. Dots: the points 0, 1, 4 and 8.")
    grid = steps(-1, 9, 200)
    for i, (heavy, words) in enumerate(((Q(1, 2), "equal weights"), (Q(9, 10), "weights 9 to 1"))):
        frame = Frame(48 + 372 * i, 92, 312, 214, (-1, 9), (Q(-1, 20), Q(21, 20)))
        frame.draw(to, {x: str(x).replace("-", "−") for x in range(-1, 10, 2)}, {0: "0", Q(1, 2): "1/2", 1: "1"})
        to.text(frame.left, 84, words, font_weight="bold")
        x, _ = frame.at((Q(13, 4), 0))
        to.add("path", d=path([(x, frame.top), (x, frame.top + frame.height)]), stroke=QUIET, stroke_dasharray="2 4")
        for n, eps in enumerate((16, 4, 1, Q(1, 4))):
            theta = Theta([B(heavy), B(1 - heavy)], [[HALF], [B(6)]], [[[B(eps)]]] * 2)
            r = gaussian_mixture.e_step([[B(x)] for x in grid], theta, B)
            colour = between("#9ec9e2", "#06304c", Q(n, 3))
            d = frame.curve((x, row[0]) for x, row in zip(grid, r, strict=True))
            to.add("path", d=d, fill="none", stroke=colour, stroke_width=2)
            y = frame.top + 20 + 17 * n
            if i == 0:
                to.add(
                    "path",
                    d=path([(frame.left + 228, y - 4), (frame.left + 248, y - 4)]),
                    stroke=colour,
                    stroke_width=3,
                )
                to.text(frame.left + 255, y, f"ε = {eps}", font_size="11")
        to.add("path", d=frame.dots((x, 0) for x in (0, 1, 4, 8)), stroke=INK, stroke_width=7, stroke_linecap="round")
        for center in (Q(1, 2), Q(6)):
            x, y = frame.at((center, 0))
            to.add("path", d=f"M{pair((x - 5, y + 11))}L{pair((x + 5, y + 11))} {pair((x, y + 2))}Z", fill=ORANGE)
    to.text(380, 352, "dashed: halfway between the centres, the boundary of K-means", text_anchor="middle", fill=QUIET)
    return to.svg()


def kmeans_blind() -> str:
    """Two rows of points, cut by K-means and found by a mixture."""
    points = [[i, i % 2] for i in range(10)] + [[i, 4 + (i + 1) % 2] for i in range(10)]
    end, _ = kmeans.fit(points, [points[0], points[9]])
    exact = [[B(x) for x in row] for row in points]
    rows = [[B(int(n < 10)), B(int(n >= 10))] for n in range(20)]
    state = trace.nth(5, gaussian_mixture.trace(exact, gaussian_mixture.m_step(exact, rows), B))

    to = Drawing(760, 326, "Two rows of points")
    to.title("K-means cuts across what a mixture sees as two rows")
    frames = [Frame(36 + 362 * i, 72, 326, 212, (Q(-3, 2), Q(21, 2)), (Q(-7, 5), Q(32, 5))) for i in (0, 1)]
    for frame, words in zip(frames, (f"K-means, J = {end.distortion}", "Gaussian mixture"), strict=True):
        frame.draw(to, {}, {})
        to.text(frame.left, 63, words, font_weight="bold")
    left, right = frames
    middle = (end.centers[0][0] + end.centers[1][0]) / 2
    to.add("path", d=left.curve([(middle, left.y[0]), (middle, left.y[1])]), stroke=QUIET, stroke_dasharray="4 4")
    for k, colour in enumerate((BLUE, ORANGE)):
        members = [tuple(x) for x, label in zip(points, end.labels, strict=True) if label == k]
        to.add("path", d=left.dots(members), stroke=colour, stroke_width=8, stroke_linecap="round")
        x, y = left.at(tuple(end.centers[k]))
        cross = f"M{pair((x - 6, y - 6))}L{pair((x + 6, y + 6))}M{pair((x - 6, y + 6))}L{pair((x + 6, y - 6))}"
        to.add("path", d=cross, stroke=colour, stroke_width=3)
        for radius in (1, 2):
            d = right.ellipse(state.theta.means[k], state.theta.covariances[k], radius)
            to.add("path", d=d, fill="none", stroke=colour, stroke_width=Q(3, 2))
    for colour, members in by_share([row[0] for row in state.posterior], map(tuple, points)):
        to.add("path", d=right.dots(members), stroke=colour, stroke_width=8, stroke_linecap="round")
    to.text(
        380,
        310,
        "crosses: the centres; dashed: the boundary; ellipses: one and two standard deviations",
        text_anchor="middle",
        fill=QUIET,
        font_size="11",
    )
    return to.svg()


# ---------------------------------------------------------------------- files


FIGURES: dict[str, Callable[[], str]] = {
    "em-bound": em_bound,
    "em-rates": em_rates,
    "old-faithful-em": old_faithful_em,
    "digits-components": digits_components,
    "kmeans-limit": kmeans_limit,
    "kmeans-blind": kmeans_blind,
    **PICTURES,
    **ELBOWS,
    **IMAGES,
}


def visit(name: str, *, update: bool = False) -> str:
    """Return what is wrong with a file, "" if nothing is; with `update` rewrite it."""
    file, drawn = FOLDER / f"{name}.svg", FIGURES[name]().encode()
    if file.is_file() and file.read_bytes() == drawn:
        return ""
    if update:
        FOLDER.mkdir(exist_ok=True)
        file.write_bytes(drawn)
        return ""
    return f"docs/figures/{name}.svg is not what tests/figures.py draws; run python tests/figures.py --update"


if __name__ == "__main__":
    wrong = [visit(name, update="--update" in sys.argv) for name in FIGURES]
    sys.exit("\n".join(filter(None, wrong)) or 0)
