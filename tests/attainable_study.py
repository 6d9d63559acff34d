"""Attainable digits held against what a correct program attains on inputs that are wrong by one unit each.

    1. move     every input number that binary64 rounds is moved by -1, 0 or +1 unit in its last place, at random (M1)
    2. run      the textbook's formulas on plain floats, with other seeds again and again                         (M2)
    3. compare  with the certified truth of the case as it is; every admissible branch counts, because the moves
                break exact ties                                                                                  (M3)
    4. headroom = worst digits - (attainable - 2), the digits by which the worst run stays within the limit       (M4)

Headroom must not be negative, or correct programs fail. It is also the looseness of the limit: so many digits more
could be asked for. A unit in the last place is between u and 2u of a number, u = 2^-53, and attainable digits are
those of u. Some things do not move:

    zeros            they have no last place
    counts           heads, tails, bits, labels, medoids, k, ddof, iterations and chosen are integers
    categories       are no numbers, whatever they look like, and a missing entry is none either
    probability 1    because the zero of the other side would have to move
    on a radius      points and eps of dbscan.fit where a distance is eps, which binary64 sees

What is equal and has to be moves together:

    a constant column        in moments.covariance, which else gets a correlation, and in preprocess.min_max
    points of two clusters   that coincide: their silhouette is 0, and anything as soon as they do not
    covariances              each is symmetric, and of the type that the case asks for; so is the matrix of power.run,
                             and so are the weights of a graph
    components that start equal, weights and all, in a search for a fixed point: else they go elsewhere

Weights, and the responsibilities of an observation, move one by one. Their sum then misses 1 by some units in the last
place, as it does anyway where 1/3 and 2/3 are rounded; a program has to accept that, and the textbook does.

    python tests/attainable_study.py                        200 moves of every case, as Markdown
    python tests/attainable_study.py --perturbations 20 --task coins.run
    python tests/attainable_study.py --heavy 25             fewer of those cases that take long, see `is_heavy`
"""

import argparse
import math
import statistics
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.progress import Progress

from refimpl.numbers import parse
from refimpl.oracle import store
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.certificates import Comparisons
from refimpl.oracle.peers.adapter import COUNTED, TEXTS, WORDS, Adapter
from refimpl.oracle.score import SLACK, Score, score
from refimpl.oracle.tasks import TASKS
from refimpl.oracle.values import Tree

META = Path(__file__).parent / "meta"
if str(META) not in sys.path:
    sys.path.append(str(META))

from textbook import State, Textbook  # noqa: E402  the line above makes it known

PERTURBATIONS = 200
PROCESSES = 2

FEW = 7
"""Nodes of a graph, above which a search among all partitions is heavy."""

MANY = 100
"""Observations of a mixture, above which its case is heavy."""

LONG = 20
"""Iterations of a mixture, above which its case is heavy."""

PROBABILITIES = {"theta", "weights", "probabilities", "responsibilities"}
"""Arguments that lie in [0, 1], where neither 0 nor 1 may move."""

GRAPHS = ("modularity.", "map_equation.")
"""Tasks whose weights are those of edges."""

MIXTURE = ("weights", "means", "covariances", "probabilities")
"""Arguments with an entry for each component."""


class LabelsFinal(Textbook):
    """Labels, and J with them, assigned once more to the centers that are returned."""

    conventions = {"labels": "final"}  # noqa: RUF012  read only

    def told(self, points: Any, state: State) -> dict[str, Any]:
        labels = self.assign(points, state.centers)
        return super().told(points, State(labels, state.centers, self.distortion(points, labels, state.centers)))

    def told_medoids(self, v: Any, labels: Any, entered: Any, left: Any) -> dict[str, Any]:
        return super().told_medoids(v, self.to_medoids(v, left), entered, left)

    def told_medians(self, points: Any, labels: Any, entered: Any, left: Any) -> dict[str, Any]:
        return super().told_medians(points, self.to_medians(points, left), entered, left)


class ObjectiveOld(Textbook):
    """J at the centers that entered the step."""

    conventions = {"objective": "old"}  # noqa: RUF012  read only

    def objective(self, points: Any, labels: Any, entered: Any, left: Any) -> float:
        return self.distortion(points, labels, entered)

    def told_medoids(self, v: Any, labels: Any, entered: Any, left: Any) -> dict[str, Any]:
        return {**super().told_medoids(v, labels, entered, left), "cost": self.cost_of_medoids(v, labels, entered)}

    def told_medians(self, points: Any, labels: Any, entered: Any, left: Any) -> dict[str, Any]:
        found = super().told_medians(points, labels, entered, left)
        return {**found, "cost": self.cost_of_medians(points, labels, entered)}


class LikelihoodLeft(Textbook):
    """ln p at the theta that is returned."""

    conventions = {"likelihood": "left"}  # noqa: RUF012  read only

    def toss(self, heads: Any, tails: Any, theta: Any, iterations: int) -> dict[str, Any]:
        found = super().toss(heads, tails, theta, iterations)
        return {**found, "log_likelihood": self.e_step(heads, tails, found["theta"]).log_likelihood}

    def iterate(self, family: Any, theta: Any, iterations: int) -> tuple[Any, Any]:
        found, left = super().iterate(family, theta, iterations)
        return found._replace(log_likelihood=self.expectation(family.joint(left)).log_likelihood), left


VARIANTS: Mapping[str, tuple[type[Adapter], tuple[str, ...]]] = {
    "labels=final": (LabelsFinal, ("distortion", "cost")),
    "objective=old": (ObjectiveOld, ("distortion", "cost")),
    "likelihood=left": (LikelihoodLeft, ("log_likelihood",)),
}
"""By convention, under which a case may have digits of its own: who follows it, and the results that differ."""


@dataclass(frozen=True)
class Finding:
    """What came of one result of one case."""

    case_id: str
    result: str
    attainable: float
    worst: float
    """Digits of the worst run."""
    index: int
    """Which run that was."""

    @property
    def headroom(self) -> float:
        """Digits above the limit of a pass.  (M4)"""
        return round(self.worst - (self.attainable - SLACK), 2)


@dataclass(frozen=True)
class Study:
    """What came of one case."""

    case_id: str
    findings: list[Finding]
    wrong: list[str]
    """A sentence for every run that did not pass."""

    @property
    def task(self) -> str:
        """The task of the case."""
        return self.case_id.partition("/")[0]

    @property
    def tightest(self) -> Finding | None:
        """The result that is nearest to its limit; None where nothing is judged by digits."""
        return min(self.findings, key=lambda finding: finding.headroom, default=None)


def moved(case: Case, index: int) -> tuple[Numbers, Numbers]:
    """Return input and params after the moves of this index, the same on every machine.  (M1)"""
    source = Random(f"{case.id} {index}")
    if case.task == "dbscan.fit" and isinstance(case.certificate, Comparisons):
        margin = case.certificate.margin
        if margin is not None and margin.relative == "0":
            return dict(case.input), dict(case.params)
    graph = case.task.startswith(GRAPHS)
    given = {
        name: _moved("matrix" if graph and name == "weights" else name, tree, source)
        for name, tree in case.input.items()
    }
    params = {name: _moved(name, tree, source) for name, tree in case.params.items()}
    if case.task in ("moments.covariance", "preprocess.min_max"):
        given["points"] = _constant_again(case.input["points"], given["points"])
    if case.task.startswith("silhouette."):
        before: Any = case.input["points"]
        places = {(tuple(x), label) for x, label in zip(before, case.input["labels"], strict=True)}  # type: ignore[arg-type]
        if len({x for x, _ in places}) < len(places):
            given["points"] = _equal_again(before, given["points"])
    if case.task == "coins.fixed_point":
        given["theta"] = _equal_again(case.input["theta"], given["theta"])
    if "covariances" in given:
        given["covariances"] = _typed_again(given["covariances"], str(case.params.get("covariance_type", "full")))
    if case.task == "power.run":
        (given["matrix"],) = _typed_again([given["matrix"]], "full")  # type: ignore[misc, assignment]
    if graph:
        (given["weights"],) = _typed_again([given["weights"]], "full")  # type: ignore[misc, assignment]
    if case.task.endswith(".fixed_point") and "weights" in given:
        names = [name for name in MIXTURE if name in given]
        before, after = (list(zip(*(tree[name] for name in names), strict=True)) for tree in (case.input, given))
        given |= zip(names, map(list, zip(*_equal_again(before, after), strict=True)), strict=True)
    return given, params


def is_heavy(case: Case) -> bool:
    """Return whether a run of this case takes a while: all partitions of many nodes, or a mixture of many observations
    or iterations.
    """
    if case.task == "map_equation.optimum":
        return len(case.input["weights"]) > FEW  # type: ignore[arg-type]
    if case.task.partition(".")[0] not in ("gmm", "bernoulli", "binomial"):
        return False
    count = max(len(tree) for name, tree in case.input.items() if name in ("points", "rows", "heads"))
    return count > MANY or int(str(case.params.get("iterations", 0))) > LONG


def _moved(name: str, tree: Any, source: Random) -> Any:
    if isinstance(tree, list):
        return [_moved(name, x, source) for x in tree]
    if tree is None or name in COUNTED | TEXTS or tree in WORDS:
        return tree
    x, direction = float(parse(str(tree))), math.floor(source.random() * 3) - 1
    if direction == 0 or x == 0 or (name in PROBABILITIES and x == 1):
        return x.hex()
    x = math.nextafter(x, direction * math.inf)
    return (min(x, 1.0) if name in PROBABILITIES or name == "rate" else x).hex()


def _constant_again(before: Any, after: Any) -> Tree:
    columns = [set(column) for column in zip(*before, strict=True)]
    return [[after[0][d] if len(columns[d]) == 1 else x for d, x in enumerate(row)] for row in after]


def _equal_again(before: Any, after: Any) -> list[Any]:
    return [after[before.index(x)] for x in before]


def _typed_again(covariances: Any, kind: str) -> Tree:
    if kind == "tied":
        covariances = [covariances[0]] * len(covariances)
    if kind == "spherical":
        return [[[c[0][0] if i == j else x for j, x in enumerate(row)] for i, row in enumerate(c)] for c in covariances]
    return [[[c[max(i, j)][min(i, j)] for j in range(len(c))] for i in range(len(c))] for c in covariances]


def runs(case: Case, peer: Adapter, indices: Iterable[int]) -> Iterator[Score]:
    """Yield the score of every perturbed run against the case as it is.  (M2, M3)"""
    hello = replace(peer.hello, conventions={**peer.hello.conventions, "ties": "other"})
    for index in indices:
        yield score(case, hello, peer.run(case.task, *moved(case, index)))


def study(case: Case, perturbations: int, peer: Adapter | None = None) -> Study:
    """Return what comes of a case with results: of `peer`, or of the textbook under every convention."""
    found, wrong = _followed(case, peer or Textbook(), perturbations)
    for convention in case.alternatives if peer is None else ():
        follower, results = VARIANTS[convention]
        also, also_wrong = _followed(case, follower(), perturbations)
        found += [replace(f, result=f"{f.result}, {convention}") for f in also if f.result in results]
        wrong += [f"{convention}: {sentence}" for sentence in also_wrong]
    return Study(case.id, found, wrong)


def _followed(case: Case, peer: Adapter, perturbations: int) -> tuple[list[Finding], list[str]]:
    worst: dict[str, Finding] = {}
    wrong = []
    for index, result in enumerate(runs(case, peer, range(perturbations))):
        if result.verdict != "pass":
            wrong.append(f"run {index}: {result.verdict}: {result.detail}")
        for name, digits in result.digits.items():
            finding = Finding(case.id, name, result.attainable[name], digits, index)
            worst[name] = min(worst.get(name, finding), finding, key=lambda f: f.headroom)
    return list(worst.values()), wrong


def with_results(tasks: Collection[str] = tuple(TASKS)) -> list[Case]:
    """Return the golden cases that are not refusals, in the order of their tasks."""
    found = [case for case in store.cases(store.fixtures()) if case.task in tasks and case.expected is not None]
    return sorted(found, key=lambda case: list(TASKS).index(case.task))


@cache
def _cases() -> dict[str, Case]:
    return {case.id: case for case in with_results()}


def _study(case_id: str, perturbations: int) -> Study:
    return study(_cases()[case_id], perturbations)


def studies(tasks: Collection[str], perturbations: int, heavy: int) -> list[Study]:
    """Return all studies, made by several processes; a bar on standard error tells how far they are."""
    moves = {case.id: heavy if is_heavy(case) else perturbations for case in with_results(tasks)}
    done: dict[str, Study] = {}
    with Progress(console=Console(stderr=True)) as progress, ProcessPoolExecutor(PROCESSES) as pool:
        bar = progress.add_task("moves of each case", total=len(moves))
        for future in as_completed([pool.submit(_study, *case_moves) for case_moves in moves.items()]):
            done[future.result().case_id] = future.result()
            progress.advance(bar)
    return [done[case_id] for case_id in moves]


def tightest(found: Sequence[Study]) -> list[Finding]:
    """Return the tightest result of every case that is judged by digits."""
    return [study.tightest for study in found if study.tightest is not None]


def summary(found: Sequence[Study]) -> Iterator[str]:
    """Yield the figures of all cases together, as items of a list."""
    least = tightest(found)
    yield f"- cases with results: {len(found)}, judged by digits: {len(least)}, by labels alone: {_by_labels(found)}"
    yield f"- runs that did not pass: {sum(len(study.wrong) for study in found)}"
    if least:
        every = [finding.headroom for study in found for finding in study.findings]
        worst = min(least, key=lambda finding: finding.headroom)
        yield f"- least headroom: {worst.headroom:.2f} ({worst.case_id}, {worst.result})"
        yield f"- median over the cases of the headroom of the tightest result: {_median(least):.2f}"
        yield f"- median over all {len(every)} results: {statistics.median(every):.2f}, largest: {max(every):.2f}"


def by_task(found: Sequence[Study]) -> Iterator[str]:
    """Yield the table of tasks."""
    yield "| task | cases | judged by digits | least headroom | where | median | largest |"
    yield "|---|---|---|---|---|---|---|"
    for task in TASKS:
        mine = [study for study in found if study.task == task]
        least = sorted(tightest(mine), key=lambda finding: finding.headroom)
        if least:
            where = f"{least[0].case_id.partition('/')[2]}, {least[0].result}"
            figures = f"{least[0].headroom:.2f} | {where} | {_median(least):.2f} | {least[-1].headroom:.2f}"
            yield f"| {task} | {len(mine)} | {len(least)} | {figures} |"
        elif mine:
            yield f"| {task} | {len(mine)} | 0 | – | – | – | – |"


def by_case(found: Sequence[Study]) -> Iterator[str]:
    """Yield the table of cases: of each its tightest result."""
    yield "| case | tightest result | attainable | worst digits | headroom |"
    yield "|---|---|---|---|---|"
    for f in tightest(found):
        yield f"| {f.case_id} | {f.result} | {f.attainable:.2f} | {f.worst:.2f} | {f.headroom:.2f} |"


def _by_labels(found: Sequence[Study]) -> int:
    return sum(not study.findings for study in found)


def _median(findings: Sequence[Finding]) -> float:
    return statistics.median(finding.headroom for finding in findings)


def main() -> int:
    """Print the study as Markdown; the status is 1 where a run did not pass."""
    parser = argparse.ArgumentParser(description="Hold attainable digits against runs on perturbed inputs.")
    parser.add_argument("--perturbations", type=int, default=PERTURBATIONS, help="runs of each case")
    parser.add_argument("--heavy", type=int, help="runs of each heavy case; as many as of the others if not given")
    parser.add_argument("--task", choices=list(TASKS), nargs="+", default=list(TASKS), help="cases of these tasks only")
    asked = parser.parse_args()
    heavy = asked.perturbations if asked.heavy is None else asked.heavy
    found = studies(asked.task, asked.perturbations, heavy)
    for part in (summary(found), by_task(found), by_case(found)):
        sys.stdout.write("\n".join([*part, "", ""]))
    for study in found:
        for sentence in study.wrong[:1]:
            sys.stdout.write(f"{study.case_id}: {len(study.wrong)} runs did not pass; {sentence}\n")
    return int(any(study.wrong for study in found))


if __name__ == "__main__":
    sys.exit(main())
