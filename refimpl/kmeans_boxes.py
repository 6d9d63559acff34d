"""K-means of colours without asking every colour: boxes of points go to a center together, exactly.

Notation as in `kmeans_weighted`, for points x_n of three integers with weights w_n; a box is a set of points, the
least and the greatest entry of each column, its weight and its weighted sum sum_n w_n x_n.

    1. boxes    the first has all points; one of more than FEW points has two halves: its widest column is     (KB1)
                cut in the middle; it is cut when a step asks for it
    2. nearer   for centers mu_l = S_l / m_l, S_l and m_l integers,                                            (KB2)
                    |x - mu_l|^2 <= |x - mu_j|^2
                    <=> x . (m_j S_l - m_l S_j) >= (m_j^2 |S_l|^2 - m_l^2 |S_j|^2) / (2 m_l m_j)
                on the left is an integer: rounded up, the right side is one, too; a tie is the lower
                index's, so that for l > j it must be exceeded
    3. descend  from the first box on, with all centers: z is the center that has the middle of the box;       (KB3)
                a center to which z is nearer, by (KB2), in the worst corner of the box is dropped; a
                box with one center left is its altogether, else its halves go on with those left,
                and of a box without halves each point
    4. step     mu_k is the sum over the boxes and points of k by their weight; an empty cluster keeps it      (KB4)
    5. J        sum_n w_n |x_n|^2 - sum_k m_k |mu_k|^2 + what kept centers add, which is nothing, for they     (KB5)
                have no point

That is the filtering algorithm of Kanungo et al. (2002), with integers: its labels, centers and J are those of
`kmeans_weighted`, ties included. Boxes that no boundary between clusters crosses cost one decision however many points
they hold, so that a step of a photograph's 300 000 colours asks some ten thousands of them.

`fit` stops with the step that leaves the centers where they were, which is a fixed point as well: the next labels
would be the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TypeAlias

from refimpl import gram, linear
from refimpl.errors import BadInput
from refimpl.kmeans_weighted import check_weights
from refimpl.linear import Matrix

FEW = 12
"""Points of a box that is not cut any more: asking them is as quick."""

Colour: TypeAlias = tuple[int, int, int]
"""A point: three integers, of any size and sign."""

Plane: TypeAlias = tuple[int, int, int, int]
"""(a, b, c, T): a x_1 + b x_2 + c x_3 >= T for the points that are one center's rather than another's."""


class Box:
    """Some of the points and what a step needs to know of them together."""

    __slots__ = ("_halves", "_points", "_squares", "_weights", "high", "indices", "low", "mass", "sums")

    def __init__(self, points: Sequence[Colour], weights: Sequence[int], indices: list[int]) -> None:
        """Hold the points that have these indices.  (KB1)"""
        columns = list(zip(*[points[i] for i in indices], strict=True))
        counts = [weights[i] for i in indices]
        self.low, self.high = list(map(min, columns)), list(map(max, columns))
        self.mass, self.sums = sum(counts), [linear.integer_dot(counts, column) for column in columns]
        self.indices = indices
        self._points, self._weights = points, weights
        self._halves: tuple[Box, ...] | None = None
        self._squares: int | None = None

    def halves(self) -> "tuple[Box, ...]":
        """Return two boxes, each with some of the points, or none where there are few; cut when first asked for."""
        if self._halves is None:
            widths = [h - l for l, h in zip(self.low, self.high, strict=True)]
            d = widths.index(max(widths))
            self._halves = ()
            if len(self.indices) > FEW and widths[d]:
                points, cut = self._points, (self.low[d] + self.high[d]) // 2
                lower = [i for i in self.indices if points[i][d] <= cut]
                upper = [i for i in self.indices if points[i][d] > cut]
                self._halves = tuple(Box(points, self._weights, part) for part in (lower, upper))
        return self._halves

    def squares(self) -> int:
        """Return sum_n w_n |x_n|^2, counted when first asked for."""
        if self._squares is None:
            self._squares = sum(w * linear.integer_dot(x, x) for _, x, w in self.members())
        return self._squares

    def members(self) -> Iterator[tuple[int, Colour, int]]:
        """Yield index, point and weight of each of its points."""
        return ((i, self._points[i], self._weights[i]) for i in self.indices)


@dataclass(frozen=True)
class State:
    """What one step leaves behind."""

    centers: list[list[Fraction]]
    """mu, K x D: the means of the labels of this step, which nobody has listed."""
    masses: list[int]
    """Length K: the weight of each cluster."""
    distortion: Fraction
    """J of these labels and these centers, in the squared unit of the points."""


def boxed(points: Sequence[Colour], weights: Sequence[int]) -> Box:
    """Return the box of all points. Raises EmptyData or BadInput unless they are integers with weights from 1 on."""
    _, d = gram.check(points, "points")
    if d != 3:
        raise BadInput(f"points have {d} columns; give three, as colours have")
    check_weights(weights, len(points))
    return Box(points, weights, list(range(len(points))))


def step(box: Box, centers: Matrix[Fraction]) -> State:
    """Return the state after one assignment to these centers and one update. Raises EmptyData or BadInput.  (KB4)"""
    sums, masses = [[0, 0, 0] for _ in centers], [0] * len(centers)
    kept = [list(center) for center in centers]
    for k, _, mass, (r, g, b) in parts(box, centers):
        masses[k] += mass
        total = sums[k]
        total[0] += r
        total[1] += g
        total[2] += b
    # mu_k = the sum over its boxes and points by their weight; an empty cluster keeps it  (KB4)
    means = [[Fraction(s, m) for s in row] if m else old for row, m, old in zip(sums, masses, kept, strict=True)]
    # J = sum_n w_n |x_n|^2 - sum_k m_k |mu_k|^2                                          (KB5)
    lost = [Fraction(linear.integer_dot(row, row), m) for row, m in zip(sums, masses, strict=True) if m]
    return State(means, masses, box.squares() - linear.total(lost))


def trace(box: Box, centers: Matrix[Fraction]) -> Iterator[State]:
    """Yield the state after each step from these centers, for ever."""
    while True:
        state = step(box, centers)
        yield state
        centers = state.centers


def fit(box: Box, centers: Matrix[Fraction]) -> tuple[State, int]:
    """Return the state after the first step that leaves the centers where they were, and the steps taken."""
    for count, state in enumerate(trace(box, centers), 1):
        if state.centers == centers:
            return state, count
        centers = state.centers
    raise AssertionError("a trace does not end")  # pragma: no cover


def assign(box: Box, centers: Matrix[Fraction]) -> list[int]:
    """Return the label of the nearest center for each of the N points; a tie goes to the lowest index."""
    labels = [0] * len(box.indices)
    for k, indices, _, _ in parts(box, centers):
        for i in indices:
            labels[i] = k
    return labels


def parts(box: Box, centers: Matrix[Fraction]) -> Iterator[tuple[int, Sequence[int], int, Sequence[int]]]:
    """Yield sets of points that have one label: the label, their indices, their weight and their weighted sum.

    What is innermost is written out, column by column: a loop would take three times as long.  (KB3)
    """
    _, d = linear.shape(centers, "centers")
    if d != 3:
        raise BadInput(f"centers have {d} columns; give three, as the points have")
    planes = _planes(centers)
    open_boxes = [(box, list(range(len(centers))))]
    while open_boxes:
        box, candidates = open_boxes.pop()
        (l1, l2, l3), (h1, h2, h3) = box.low, box.high
        z = _nearest(((l1 + h1) // 2, (l2 + h2) // 2, (l3 + h3) // 2), candidates, planes)
        left = []
        for j in candidates:
            # j stays unless z is nearer even in the corner where the left side of (KB2) is least
            a, b, c, least = planes[z][j]
            corner = a * (l1 if a > 0 else h1) + b * (l2 if b > 0 else h2) + c * (l3 if c > 0 else h3)
            if corner < least or j == z:
                left.append(j)
        if len(left) == 1:
            yield z, box.indices, box.mass, box.sums
        elif halves := box.halves():
            open_boxes.extend((half, left) for half in halves)
        else:
            for i, x, w in box.members():
                yield _nearest(x, left, planes), (i,), w, (w * x[0], w * x[1], w * x[2])


def _nearest(x: Colour, candidates: Sequence[int], planes: Sequence[Sequence[Plane]]) -> int:
    """Return which of the candidates, in ascending order, is the nearest center; the lowest index on a tie."""
    x1, x2, x3 = x
    best, row = candidates[0], planes[candidates[0]]
    for j in candidates[1:]:
        a, b, c, least = row[j]
        if a * x1 + b * x2 + c * x3 < least:
            best, row = j, planes[j]
    return best


def _planes(centers: Matrix[Fraction]) -> list[list[Plane]]:
    """Return for l and j the plane at which, and beyond which, points are l's rather than j's.  (KB2)"""
    scales = [lcm(*(c.denominator for c in center)) for center in centers]
    scaled = [[c.numerator * (m // c.denominator) for c in center] for center, m in zip(centers, scales, strict=True)]
    squares = [linear.integer_dot(row, row) for row in scaled]
    planes: list[list[Plane]] = []
    for l, (s, m) in enumerate(zip(scaled, scales, strict=True)):
        row: list[Plane] = []
        for j, (t, n) in enumerate(zip(scaled, scales, strict=True)):
            a, b, c = (n * x - m * y for x, y in zip(s, t, strict=True))
            twice = n * n * squares[l] - m * m * squares[j]
            # x . normal >= twice / (2 m n), and > for l > j; the left side is an integer     (KB2)
            row.append((a, b, c, twice // (2 * m * n) + 1 if l > j else -(-twice // (2 * m * n))))
        planes.append(row)
    return planes
