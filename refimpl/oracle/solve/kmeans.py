"""Solvers of kmeans.*: the rooms on exact numbers, and every run that ties or unseen margins allow."""

from collections.abc import Callable, Iterator, Sequence

from refimpl import kmeans, kmeans_online, kmeans_starts
from refimpl.certify import lloyd, margin, online as online_run, partition
from refimpl.certify.lloyd import Step
from refimpl.errors import BadInput, Refuted
from refimpl.numbers import exact_text
from refimpl.oracle import values
from refimpl.oracle.case import Numbers, Variant
from refimpl.oracle.certificates import Identities, Paths, PathStep, TwoRoads
from refimpl.oracle.kmeans_input import margin_text, points_centers, rate as rate_of
from refimpl.oracle.solve.solution import Solution, of_outcomes
from refimpl.oracle.values import Rows, Style

Path = list[Step]
Ends = Callable[[Sequence[Step]], bool]


def assign(given: Numbers, params: Numbers) -> Solution:
    """Solve kmeans.assign."""
    points, centers = _checked(given)
    labels = kmeans.assign(points, centers)
    found = margin.choices(points, centers, lloyd.absolute(centers))
    others = [
        Variant({"labels": list(other)}, admissible)
        for other, admissible in lloyd.branches(found)
        if list(other) != labels
    ]
    return Solution(
        expected={"labels": list(labels)},
        branches=others,
        certificate=Paths(margin_text(lloyd.closer(None, 1, found))),
    )


def update(given: Numbers, params: Numbers) -> Solution:
    """Solve kmeans.update."""
    points, centers = _checked(given)
    labels = values.wholes(given["labels"], "labels")
    updated = kmeans.update(points, labels, centers)
    return Solution(
        expected={"centers": values.written_rows(updated)},
        certificate=Identities(),
    )


def step(given: Numbers, params: Numbers) -> Solution:
    """Solve kmeans.step."""
    return _lloyd(given, lambda path: len(path) == 1)


def run(given: Numbers, params: Numbers) -> Solution:
    """Solve kmeans.run."""
    iterations = values.iterations(params)
    return _lloyd(given, lambda path: len(path) == max(iterations, 1), moves=iterations > 0)


def fit(given: Numbers, params: Numbers) -> Solution:
    """Solve kmeans.fit."""
    return _lloyd(given, settled, count=True)


def settled(path: Sequence[Step]) -> bool:
    """Return whether the last step returned the labels of the step before."""
    return len(path) > 1 and path[-1].labels == path[-2].labels


def _lloyd(given: Numbers, ends: Ends, *, count: bool = False, moves: bool = True) -> Solution:
    points, centers = _checked(given)
    paths, who_may, certificate = certified_runs(points, centers, ends, moves=moves)
    outcomes = [
        Variant(
            _answer(points, paths[group[0]], count),
            lloyd.wider([who_may[i] for i in group]),
            {
                "labels=final": _final(points, centers, paths[group[0]], moves=moves),
                **_old(points, centers, [(paths[i], who_may[i]) for i in group]),
            },
        )
        for group in lloyd.alike(paths, counted=count)
    ]
    return of_outcomes(outcomes, certificate)


def certified_runs(
    points: Rows, centers: Rows, ends: Ends, *, moves: bool = True
) -> tuple[list[Path], list[lloyd.Admission], Paths]:
    """Return every admissible run from a start, who may answer with each, and what certifies them."""
    kmeans.start(points, centers)  # refuses what a run refuses
    paths = list(_paths(points, centers, ends, moves=moves))
    closest, who_may = lloyd.check_paths(points, centers, paths, ends, moves=moves)
    states = [[PathStep(list(s.labels), [list(map(exact_text, c)) for c in s.centers]) for s in p] for p in paths]
    return paths, who_may, Paths(margin_text(closest), states)


def _paths(points: Rows, start: Rows, ends: Ends, *, moves: bool) -> Iterator[Path]:
    """Yield every admissible run, the lowest-index one first. Labels and means are those of the rooms."""

    def grow(path: Path, sizes: Rows) -> Iterator[Path]:
        if ends(path):
            yield path
            return
        if len(path) == values.MOST_STEPS:
            raise BadInput(f"the run does not settle within {values.MOST_STEPS} steps; choose another start")
        centers = [list(c) for c in path[-1].centers] if path else start
        options = [labels for labels, _ in lloyd.branches(margin.choices(points, centers, sizes))]
        if options[0] != tuple(kmeans.assign(points, centers)):
            raise Refuted(f"kmeans.assign and the margins disagree in step {len(path) + 1}")
        for labels in options:
            moved = kmeans.update(points, labels, centers) if moves else centers
            grown = Step(labels, tuple(tuple(c) for c in moved))
            yield from grow([*path, grown], lloyd.sizes_of_means(points, labels, sizes))

    yield from grow([], lloyd.absolute(start))


def _answer(points: Rows, path: Path, count: bool) -> Numbers:
    labels, centers = path[-1].labels, path[-1].centers
    answer: Numbers = {
        "labels": list(labels),
        "centers": values.written_rows(centers),
        "distortion": values.written(kmeans.distortion(points, labels, centers)),
    }
    if count:
        answer["iterations"] = len(path)
    return answer


def _final(points: Rows, start: Rows, path: Path, *, moves: bool) -> list[Variant]:
    """Return labels and distortion for those who assign once more to the last centers."""
    sizes = lloyd.sizes_after(points, start, path, moves=moves)
    centers = path[-1].centers
    return [
        Variant(
            {
                "labels": list(labels),
                "distortion": values.written(kmeans.distortion(points, labels, centers)),
            },
            admissible,
        )
        for labels, admissible in lloyd.branches(margin.choices(points, centers, sizes))
    ]


def _old(points: Rows, start: Rows, ends: Sequence[tuple[Path, lloyd.Admission]]) -> dict[str, list[Variant]]:
    """Return J at the centers that entered the last step, where it is another; runs may end alike and differ in it."""
    found: dict[str, list[lloyd.Admission]] = {}
    for path, admissible in ends:
        j = kmeans.distortion(points, path[-1].labels, lloyd.entered(start, path))
        found.setdefault(values.written(j), []).append(admissible)
    path, _ = ends[0]
    if list(found) == [values.written(kmeans.distortion(points, path[-1].labels, path[-1].centers))]:
        return {}
    return {"objective=old": [Variant({"distortion": j}, lloyd.within(ends, who)) for j, who in found.items()]}


def online(given: Numbers, params: Numbers) -> Solution:
    """Solve kmeans.online."""
    points, centers = _checked(given)
    rate = rate_of(params)
    rates = None if rate is None else [rate] * len(points)
    states = list(kmeans_online.trace(points, centers, rates))
    labels = [state.label for state in states[1:] if state.label is not None]
    closest, _, _ = online_run.check(points, centers, labels, rate)
    moved = states[-1].centers
    return Solution(
        expected={"labels": list(labels), "centers": values.written_rows(moved)},
        certificate=Paths(margin_text(closest)),
    )


def optimum(given: Numbers, params: Numbers, style: Style = values.GOLDEN) -> Solution:
    """Solve kmeans.optimum."""
    points = values.rows(given["points"], "points")
    k = values.whole(params["k"], "k")
    kmeans.check(points, points)
    kmeans.check_k(k, len(points))
    j, labels = partition.optimum(points, k)
    return Solution(
        expected={"distortion": values.written(j, style), "labels": list(labels)},
        certificate=TwoRoads(partition.roads(points)),
    )


def seeding(given: Numbers, params: Numbers, style: Style = values.GOLDEN) -> Solution:
    """Solve kmeans.seeding."""
    points = values.rows(given["points"], "points")
    chosen = values.wholes(params["chosen"], "chosen")
    probabilities = kmeans_starts.seeding(points, chosen)
    return Solution(
        expected={"probabilities": values.written_row(probabilities, style)},
        certificate=Identities(),
    )


def _checked(given: Numbers) -> tuple[Rows, Rows]:
    points, centers = points_centers(given)
    kmeans.check(points, centers)
    return points, centers


SOLVERS = {
    "kmeans.assign": assign,
    "kmeans.update": update,
    "kmeans.step": step,
    "kmeans.run": run,
    "kmeans.fit": fit,
    "kmeans.online": online,
    "kmeans.optimum": optimum,
    "kmeans.seeding": seeding,
}
