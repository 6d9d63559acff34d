"""Proofs of kmeans.*: defining equations, both roads to an optimum, closed forms."""

from collections.abc import Callable, Sequence

from refimpl.certify import identities, lloyd, margin, online as online_run, partition
from refimpl.certify.lloyd import Decision, Step
from refimpl.errors import Refuted
from refimpl.oracle import values
from refimpl.oracle.case import Case, Numbers, Variant
from refimpl.oracle.certificates import Identities, Paths, TwoRoads
from refimpl.oracle.kmeans_input import margin_text, points_centers, rate
from refimpl.oracle.recheck.agreement import agree, agree_outcomes, certificate
from refimpl.oracle.values import Rows


def assign(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless the labels are all those of nearest centers."""
    points, centers = points_centers(case.input)
    found = margin.choices(points, centers, lloyd.absolute(centers))
    proven = lloyd.branches(found)
    printed = [(outcome.result.get("labels"), outcome.admissible) for outcome in case.outcomes]
    agree([list(p) for p in printed], [[list(labels), who] for labels, who in proven], "labels of the branches")
    _check_margin(case, lloyd.closer(None, 1, found))


def update(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless n_k c_k = S_k."""
    certificate(case, Identities)
    points, kept = points_centers(case.input)
    labels = tuple(values.wholes(case.input["labels"], "labels"))
    centers = _same_shape(values.rows(expected["centers"], "centers"), kept)
    lloyd.check_means(points, labels, centers, kept)


def step(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless the paths have one step each and are proven."""
    _paths(case, lambda path: len(path) == 1)


def run(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless the paths have as many steps as asked for and are proven."""
    iterations = values.iterations(case.params)
    _paths(case, lambda path: len(path) == max(iterations, 1), moves=iterations > 0)


def fit(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless the paths end with the first repeated labels and are proven."""
    _paths(case, settled)


def _paths(case: Case, ends: Callable[[Sequence[Step]], bool], *, moves: bool = True) -> None:
    stored = certificate(case, Paths)
    points, start = points_centers(case.input)
    paths, who_may = proven_runs(points, start, stored, ends, moves=moves)
    groups = lloyd.alike(paths, counted=case.task == "kmeans.fit")
    outcomes = []
    for group in groups:
        path, alike = paths[group[0]], [(paths[i], who_may[i]) for i in group]
        results = _results(case.task, points, path)
        proven = {"labels=final": _final(points, path[-1], lloyd.sizes_after(points, start, path, moves=moves))}
        old = _old(points, start, alike)
        if [variant.result for variant in old] != [{"distortion": results["distortion"]}]:
            proven["objective=old"] = old
        outcomes.append(Variant(results, lloyd.wider([who for _, who in alike]), proven))
    agree_outcomes(case, outcomes)


def proven_runs(
    points: Rows, start: Rows, stored: Paths, ends: Callable[[Sequence[Step]], bool], *, moves: bool = True
) -> tuple[list[list[Step]], list[lloyd.Admission]]:
    """Return the runs of a certificate, and who may answer with each. Raises Refuted unless they are all there are."""
    paths = [
        [
            Step(
                tuple(s.labels),
                tuple(map(tuple, _same_shape(values.rows([list(c) for c in s.centers], "paths"), start))),
            )
            for s in path
        ]
        for path in stored.paths
    ]
    closest, who_may = lloyd.check_paths(points, start, paths, ends, moves=moves)
    agree(stored.margin, margin_text(closest), "margin")
    return paths, who_may


def settled(path: Sequence[Step]) -> bool:
    """Return whether the last step returned the labels of the step before."""
    return len(path) > 1 and path[-1].labels == path[-2].labels


def _results(task: str, points: Rows, path: Sequence[Step]) -> Numbers:
    last = path[-1]
    results: Numbers = {
        "labels": list(last.labels),
        "centers": values.written_rows(last.centers),
        "distortion": values.written(lloyd.distortion(points, last.labels, last.centers)),
    }
    return {**results, "iterations": len(path)} if task == "kmeans.fit" else results


def _final(points: Rows, last: Step, sizes: Rows) -> list[Variant]:
    """Return labels and J of one more assignment to the last centers."""
    found = []
    for labels, who in lloyd.branches(margin.choices(points, last.centers, sizes)):
        j = values.written(lloyd.distortion(points, labels, last.centers))
        found.append(Variant({"labels": list(labels), "distortion": j}, who))
    return found


def _old(points: Rows, start: Rows, ends: Sequence[tuple[Sequence[Step], lloyd.Admission]]) -> list[Variant]:
    """Return J at the centers that entered the last step, each value once."""
    found: dict[str, list[lloyd.Admission]] = {}
    for path, who in ends:
        j = lloyd.distortion(points, path[-1].labels, lloyd.entered(start, path))
        found.setdefault(values.written(j), []).append(who)
    return [Variant({"distortion": j}, lloyd.within(ends, who)) for j, who in found.items()]


def online(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless labels and centers are those of the closed form."""
    points, start = points_centers(case.input)
    labels = values.wholes(expected["labels"], "labels")
    closest, centers, _ = online_run.check(points, start, labels, rate(case.params))
    _check_margin(case, closest)
    agree(expected["centers"], values.written_rows(centers), "centers")


def optimum(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless the other road finds the same distortion, and the labels attain it."""
    proof = certificate(case, TwoRoads)
    points, k = values.rows(case.input["points"], "points"), values.whole(case.params["k"], "k")
    if not 1 <= k <= len(points):
        raise Refuted(f"k is {k} for {len(points)} points")
    agree(proof.roads, partition.roads(points), "certificate.roads")
    labels = values.wholes(expected["labels"], "labels")
    if len(labels) != len(points) or not set(labels) <= set(range(k)):
        raise Refuted("labels are not one index below k for each point")
    proven = partition.optimum_again(points, k)
    agree(expected["distortion"], values.written(proven), "distortion")
    if lloyd.least_distortion(points, labels) != proven:
        raise Refuted("labels do not attain the distortion")


def seeding(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless p_n sum D^2 = D_n^2."""
    certificate(case, Identities)
    points, chosen = (
        values.rows(case.input["points"], "points"),
        values.wholes(case.params["chosen"], "chosen"),
    )
    probabilities = values.row(expected["probabilities"], "probabilities")
    if len(probabilities) != len(points):
        raise Refuted("there is not one probability for each point")
    identities.check_seeding(points, chosen, probabilities)


def _check_margin(case: Case, closest: Decision | None) -> None:
    agree(certificate(case, Paths).margin, margin_text(closest), "margin")


def _same_shape(centers: Rows, kept: Rows) -> Rows:
    if [len(c) for c in centers] != [len(c) for c in kept]:
        raise Refuted("centers do not have the shape of the start")
    return centers


PROOFS = {
    "kmeans.assign": assign,
    "kmeans.update": update,
    "kmeans.step": step,
    "kmeans.run": run,
    "kmeans.fit": fit,
    "kmeans.online": online,
    "kmeans.optimum": optimum,
    "kmeans.seeding": seeding,
}
