"""A run that takes turns, held against what it claims: the nearest places, the cheapest places, costs that never rise.

Notation: places p = what the K clusters have, indices of points in K-medoids, centers in K-medians; labels l of a step;
J(l, p) its objective, which a `Problem` knows by its definition.

    1. labels    no place is nearer to a point than that of its label                      (D1)
    2. places    no admissible place has a smaller sum over its cluster                    (D2)
    3. closed    where ties or unseen margins allow several labels or places, each is followed  (D3)
    4. descent   J(l_t, p_(t-1)) >= J(l_t, p_t) >= J(l_(t+1), p_t) along every path, each J summed anew from its
                 definition: the objective falls or stays in every half-step               (D4)

A path is the list of states from the first step to the last; the first path breaks all ties to the lowest index. A run
of no steps is a path of one state that does not move: the start, and the labels that it implies.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Generic, Protocol, TypeAlias, TypeVar

from refimpl.certify.lloyd import ALWAYS, Admission, Decision, Labels, branches, closer, weaker
from refimpl.certify.margin import Choice
from refimpl.errors import Refuted

P = TypeVar("P", bound=Hashable)
"""Of places: K indices, or K rows."""

MOST_PATHS = 64
"""A case with more of them could not be read by anybody, and is not made."""

Prefix: TypeAlias = tuple[Hashable, ...]
"""Labels and places of the half-steps so far."""


class Problem(Protocol[P]):
    """What is put into clusters, and where it starts."""

    @property
    def start(self) -> P:
        """The places that enter the first step."""

    def choices(self, before: Sequence[Labels], places: P) -> list[Choice]:
        """Return the label of every point; before: the labels of the steps so far.  (D1)"""

    def updates(self, labels: Labels, entered: P) -> tuple[list[tuple[P, Admission]], list[Choice]]:
        """Return the admissible places, the lowest-index ones first, and what was decided.  (D2)"""

    def cost(self, labels: Sequence[int], places: P) -> Fraction:
        """Return J, a sum over the clusters."""


@dataclass(frozen=True)
class Step(Generic[P]):
    """One claimed step."""

    labels: Labels
    """Length N."""
    places: P
    """Of the K clusters, after the update."""
    entered: Fraction
    """J of the labels at the places that entered."""
    cost: Fraction
    """J of the labels at the places."""


@dataclass(frozen=True)
class Proven:
    """What is proven of the paths of a run."""

    label: Decision | None
    """The closest label of the first path."""
    place: Decision | None
    """The closest place of the first path."""
    who_may: list[Admission]
    """Answer with each path."""


def check_paths(problem: Problem[P], paths: Sequence[Sequence[Step[P]]], count: int, *, moves: bool) -> Proven:
    """Return what is proven; `count` steps make a path, and `moves` is False for a run of no steps.

    Raises Refuted unless (D1) to (D4) hold, and the first path is the lowest-index one.
    """
    if not paths:
        raise Refuted("no path is given")
    tree = _Tree()
    label: Decision | None = None
    place: Decision | None = None
    who_may = []
    for number, path in enumerate(paths):
        if len(path) != count:
            raise Refuted(f"path {number} has {len(path)} steps, where {count} are asked for")
        places, before, last = problem.start, list[Labels](), None
        admissions = []
        tree.begin(first=number == 0)
        for t, step in enumerate(path, 1):
            where = f"path {number}, step {t}"
            found = problem.choices(before, places)
            admissions.append(tree.follow(branches(found), step.labels, f"{where}: the labels"))
            options, decided = problem.updates(step.labels, places) if moves else ([(places, ALWAYS)], [])
            admissions.append(tree.follow(options, step.places, f"{where}: the places"))
            if number == 0:
                label, place = closer(label, t, found), closer(place, t, decided)
            check_costs(problem, step, places, where)
            if last is not None and step.entered > last.cost:
                raise Refuted(f"{where}: the labels raise the cost from {last.cost} to {step.entered}")
            places, last = step.places, step
            before.append(step.labels)
        who_may.append(weaker(admissions))
    tree.check_closed()
    return Proven(label, place, who_may)


def check_costs(problem: Problem[P], step: Step[P], entered: P, where: str) -> None:
    """Raise Refuted unless both costs of a step are the sums of their terms, and the second is not greater.  (D4)"""
    for claimed, places, which in ((step.entered, entered, "that entered"), (step.cost, step.places, "that left")):
        if claimed != problem.cost(step.labels, places):
            raise Refuted(f"{where}: the cost at the places {which} is not {claimed}")
    if step.cost > step.entered:
        raise Refuted(f"{where}: the places raise the cost from {step.entered} to {step.cost}")


@dataclass
class _Tree:
    """All that may be chosen after each prefix, and all that is chosen there by some path.  (D3)"""

    offered: dict[Prefix, set[Hashable]] = field(default_factory=dict)
    followed: dict[Prefix, set[Hashable]] = field(default_factory=dict)
    prefix: Prefix = ()
    first: bool = True

    def begin(self, *, first: bool) -> None:
        """Begin the next path."""
        self.prefix, self.first = (), first

    def follow(self, options: Sequence[tuple[P, Admission]], taken: P, what: str) -> Admission:
        """Return who may take this one. Raises Refuted where nobody may, or the first path takes another."""
        admission = dict(reversed(options)).get(taken)
        if admission is None:
            raise Refuted(f"{what} are none that cost least")
        if self.first and taken != options[0][0]:
            raise Refuted(f"{what} break a tie otherwise than to the lowest index, in the first path")
        self.offered.setdefault(self.prefix, {found for found, _ in options})
        self.followed.setdefault(self.prefix, set()).add(taken)
        self.prefix = (*self.prefix, taken)
        return admission

    def check_closed(self) -> None:
        """Raise Refuted unless all is chosen that may be."""
        for prefix, options in self.offered.items():
            if self.followed[prefix] != options:
                raise Refuted(f"after {len(prefix)} half-steps an admissible one is not followed")


def alike(paths: Sequence[Sequence[Step[P]]]) -> list[list[int]]:
    """Return the indices of the paths, those together that end alike."""
    groups: dict[tuple[Labels, P], list[int]] = {}
    for index, path in enumerate(paths):
        groups.setdefault((path[-1].labels, path[-1].places), []).append(index)
    return list(groups.values())


def grown(
    problem: Problem[P], count: int, *, moves: bool, check: Callable[[Labels, P, P], None]
) -> list[list[Step[P]]]:
    """Return every admissible path, the lowest-index one first; `check` is told labels, places before and after it.

    Raises Refuted where there are more than MOST_PATHS.
    """
    paths: list[list[Step[P]]] = [[]]
    for t in range(count):
        longer: list[list[Step[P]]] = []
        for path in paths:
            entered = path[-1].places if path else problem.start
            for i, (labels, _) in enumerate(branches(problem.choices([step.labels for step in path], entered))):
                options = problem.updates(labels, entered)[0] if moves else [(entered, ALWAYS)]
                if i == 0 and not longer:
                    check(labels, entered, options[0][0])
                costs = problem.cost(labels, entered)
                longer += [[*path, Step(labels, p, costs, problem.cost(labels, p))] for p, _ in options]
        if len(longer) > MOST_PATHS:
            raise Refuted(f"ties allow more than {MOST_PATHS} runs of {t + 1} steps; choose data with fewer ties")
        paths = longer
    return paths
