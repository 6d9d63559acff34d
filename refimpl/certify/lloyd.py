"""A K-means run held against its defining equations, step by step, without running K-means.

Notation as in `kmeans`; S_k is the sum of the points of cluster k, n_k their number.

    1. labels    every label is a nearest center by its margin, which `margin` computes    (L1)
    2. centers   n_k c_k = S_k, and c_k is kept where n_k = 0                              (L2)
    3. closed    where ties or unseen margins allow several labellings, each is followed   (L3)
    4. J         sum_k (sum_(x in k) |x|^2 - 2 c_k . S_k + n_k |c_k|^2), exact             (L4)

A path is the list of states from the first step to the last; the first path breaks all ties to the lowest index.
A run of no steps is a path of one state that does not move: the start, and the labels that it implies.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod
from typing import Literal, TypeAlias

from refimpl import linear
from refimpl.certify.margin import Choice, Margin, Row, Rows, choices
from refimpl.errors import Refuted

Labels: TypeAlias = tuple[int, ...]

Admission: TypeAlias = Literal["always", "other-ties"]
ALWAYS: Admission = "always"
OTHER_TIES: Admission = "other-ties"
"""Who may answer with a branch: everybody, or those who break ties otherwise than to the lowest index."""

MOST_BRANCHES = 64
"""A case with more branches than this could not be read by anybody, and is not made."""


@dataclass(frozen=True)
class Step:
    """One claimed step."""

    labels: Labels
    """Length N."""
    centers: tuple[tuple[Fraction, ...], ...]
    """K x D, after the update."""


@dataclass(frozen=True)
class Decision:
    """The closest decision of a run."""

    step: int
    """Counted from 1."""
    margin: Margin
    """The smallest relative margin of that step."""


def absolute(rows: Rows) -> list[list[Fraction]]:
    """Return the matrix of moduli, the sizes of centers that are inputs."""
    return [[abs(x) for x in row] for row in rows]


def sizes_of_means(points: Rows, labels: Labels, kept: Rows) -> list[list[Fraction]]:
    """Return for each center the mean modulus of its points, column by column; a kept center keeps its size."""
    return [
        [sum((abs(x[d]) for x in group), Fraction(0)) / len(group) for d in range(len(row))] if group else list(row)
        for group, row in zip(groups(points, labels, len(kept)), kept, strict=True)
    ]


def groups(points: Rows, labels: Sequence[int], k: int) -> list[list[Row]]:
    """Return the points of each of k clusters."""
    return [[x for x, label in zip(points, labels, strict=True) if label == j] for j in range(k)]


def branches(found: Sequence[Choice]) -> list[tuple[Labels, Admission]]:
    """Return every admissible labelling, the lowest-index one first, and who may answer with it."""
    options = [
        [(choice.label, ALWAYS)] + [(k, ALWAYS) for k in choice.unseen] + [(k, OTHER_TIES) for k in choice.ties]
        for choice in found
    ]
    if prod(map(len, options)) > MOST_BRANCHES:
        raise Refuted(f"ties allow more than {MOST_BRANCHES} labellings; choose data with fewer ties")
    return [
        (tuple(k for k, _ in combination), weaker([who for _, who in combination])) for combination in product(*options)
    ]


def weaker(admissions: Sequence[Admission]) -> Admission:
    """Return OTHER_TIES if any of the admissions is, else ALWAYS."""
    return OTHER_TIES if OTHER_TIES in admissions else ALWAYS


def wider(admissions: Sequence[Admission]) -> Admission:
    """Return who may answer with one of several runs that end alike."""
    return ALWAYS if ALWAYS in admissions else OTHER_TIES


def within(ends: Sequence[tuple[object, Admission]], admissions: Sequence[Admission]) -> Admission:
    """Return who of those that may end so may have come by some of the runs; ends: all of them."""
    return ALWAYS if wider(admissions) == wider([who for _, who in ends]) else OTHER_TIES


def sizes_after(points: Rows, start: Rows, path: Sequence[Step], *, moves: bool) -> list[list[Fraction]]:
    """Return the sizes of the centers at the end of a path."""
    sizes = absolute(start)
    for step in path if moves else ():
        sizes = sizes_of_means(points, step.labels, sizes)
    return sizes


def alike(paths: Sequence[Sequence[Step]], *, counted: bool) -> list[list[int]]:
    """Return the indices of the paths, those together that end alike; counted: and after as many steps."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for index, path in enumerate(paths):
        last = path[-1]
        groups.setdefault((last.labels, last.centers, len(path) if counted else 0), []).append(index)
    return list(groups.values())


def entered(start: Rows, path: Sequence[Step]) -> Rows:
    """Return the centers that entered the last step of a path."""
    return path[-2].centers if len(path) > 1 else start


def check_means(points: Rows, labels: Labels, centers: Rows, kept: Rows) -> None:
    """Raise Refuted unless n_k c_k = S_k for every cluster, and c_k is kept where it is empty.  (L2)"""
    if [len(center) for center in centers] != [len(center) for center in kept]:
        raise Refuted("centers do not have the shape of those before them")
    for k, (center, group) in enumerate(zip(centers, groups(points, labels, len(centers)), strict=True)):
        for d, c in enumerate(center):
            if (not group and c != kept[k][d]) or len(group) * c != sum(x[d] for x in group):
                raise Refuted(f"centers[{k}][{d}] is not the mean of its cluster")


def distortion(points: Rows, labels: Sequence[int], centers: Rows) -> Fraction:
    """Return J of (L4), which expands the squares that `kmeans.distortion` does not."""
    (points, centers), unit = linear.cleared(points, centers)
    j = linear.total(
        linear.total(a * a - 2 * c * a + c * c for a, c in zip(x, centers[label], strict=True))
        for x, label in zip(points, labels, strict=True)
    )
    return linear.quotient(j, unit * unit)


def least_distortion(points: Rows, labels: Sequence[int]) -> Fraction:
    """Return J of labels at the means of their clusters, sum_k (sum |x|^2 - |S_k|^2 / n_k)."""
    j = Fraction(0)
    for group in groups(points, labels, max(labels) + 1):
        if group:
            squares = sum((a * a for x in group for a in x), Fraction(0))
            j += squares - sum((sum(column) ** 2 for column in zip(*group, strict=True)), Fraction(0)) / len(group)
    return j


def check_paths(
    points: Rows,
    start: Rows,
    paths: Sequence[Sequence[Step]],
    ends: Callable[[Sequence[Step]], bool],
    *,
    moves: bool = True,
) -> tuple[Decision | None, list[Admission]]:
    """Return the closest decision of the first path, and who may answer with each path.

    `ends` tells whether a path is complete; `moves` is False for a run of no steps. Raises Refuted unless every
    step obeys (L1) and (L2), the paths are closed (L3), and the first is the lowest-index one.
    """
    if not paths:
        raise Refuted("no path is given")
    followed: dict[tuple[Labels, ...], set[Labels]] = {}
    offered: dict[tuple[Labels, ...], list[tuple[Labels, Admission]]] = {}
    closest: Decision | None = None
    who_may = []
    for number, path in enumerate(paths):
        centers, sizes = start, absolute(start)
        prefix: tuple[Labels, ...] = ()
        admissions: list[Admission] = []
        for t, step in enumerate(path, 1):
            if ends(path[: t - 1]):
                raise Refuted(f"path {number} goes on after step {t - 1}, where it should end")
            found = choices(points, centers, sizes)
            offered.setdefault(prefix, branches(found))
            followed.setdefault(prefix, set()).add(step.labels)
            admission = dict(reversed(offered[prefix])).get(step.labels)
            if admission is None:
                raise Refuted(f"the labels of path {number}, step {t}, are not those of nearest centers")
            if number == 0:
                if step.labels != offered[prefix][0][0]:
                    raise Refuted(f"step {t} of the first path breaks a tie otherwise than to the lowest index")
                closest = closer(closest, t, found)
            if moves:
                check_means(points, step.labels, step.centers, centers)
            elif list(map(list, step.centers)) != list(map(list, start)):
                raise Refuted("a run of no steps has moved its centers")
            admissions.append(admission)
            sizes = sizes_of_means(points, step.labels, sizes)
            centers, prefix = step.centers, (*prefix, step.labels)
        if not ends(path):
            raise Refuted(f"path {number} stops too early")
        who_may.append(weaker(admissions))
    for prefix, labellings in offered.items():
        if followed[prefix] != {labels for labels, _ in labellings}:
            raise Refuted(f"after {len(prefix)} steps an admissible labelling is not followed")
    return closest, who_may


def closer(closest: Decision | None, t: int, found: Sequence[Choice]) -> Decision | None:
    """Return the closest decision so far, after the choices of step t; the first of them on a tie."""
    for choice in found:
        margin = choice.margin
        if margin and (closest is None or margin.relative < closest.margin.relative):
            closest = Decision(t, margin)
    return closest
