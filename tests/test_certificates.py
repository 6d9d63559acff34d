"""The certificates of all golden cases hold, and stop holding when anything that they prove is changed.

Mutations are made on the decoded case, and the checksum is computed anew, so that only mathematics can notice. In
an array of more than MOST_PLACES entries so many are changed, evenly spread from the first to the last; the digit
that is changed is in turn the last, the first and the middle one of the text, and 5 is added to it without carry.

Some entries are changed so that the statement becomes false, and not in any way, because others are as true:

    radius of a box       10^-12 of what it was: a wider box may still be mapped into the next one; not at all where the
                          center is the state itself, as twelve zeros at its end show
    center of a box       in digits that are worth at least the radius: the box means those below it to be unknown; in
                          all digits of a point, and of what a box has without a decimal point, which is exact
    basin of a mixture    its center and basis in the first digits, its radius times 10^6 and 10^-12: the statement is
                          only that some basin is entered and contracted, which one a little aside is too; in the
                          cases of coins every change is seen in the digits of the contraction
    digits, coarse        1: the proof takes its balls to be so fine, and finer ones prove the same. They need not be
                          fine at all where the fixed point is rational and its box a point
    blocks                the first one 1 and others -1: any rising indices from 0 on are as true where the derivative
                          is small enough on the hulls
    labels of an optimum  those that attain the same value are another true answer, and are left out

The parts of all cases but the long ones of mixtures are changed: see `is_light`, and MOST_PLACES_OF_A_MIXTURE.
"""

import contextlib
import copy
import dataclasses
import functools
import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import msgspec
import pytest

from refimpl import map_equation, modularity
from refimpl.certify import (
    coins,
    identities,
    krawczyk,
    lloyd,
    margin,
    mixture,
    online,
    partition,
    sensitivity,
    sensitivity_coins,
    sensitivity_mixture,
)
from refimpl.certify.gaussians import Gaussians
from refimpl.certify.mixture import Frame
from refimpl.certify.tosses import Tosses
from refimpl.errors import RefimplError, Refuted
from refimpl.numbers import Ball, ball, parse
from refimpl.oracle import case as cases, recheck, store
from refimpl.oracle.case import Case
from refimpl.oracle.recheck import mixtures as recheck_mixtures
from refimpl.oracle.tasks import TASKS
from refimpl.set_partitions import renamed
from refimpl.two_coins import Rounds

FILES = {f"{path.parent.name}/{path.stem}": path for path in store.case_files(store.fixtures())}

MOST_PLACES = 12
"""Places that are changed in one array."""

MIXTURES = ("gmm.", "bernoulli.", "binomial.")
"""Tasks whose certificates are proven in balls at every step."""

MOST_PLACES_OF_A_MIXTURE = 4
"""The same for these tasks, whose proofs take longer."""

LIGHT_BYTES = 9_000
"""Files of mixtures up to which every part is changed; the proofs of longer ones take seconds, not milliseconds."""

MOST_INPUTS = 40
"""Inputs of one case that are changed without computing the checksum anew."""

each = pytest.mark.parametrize("identity", sorted(FILES))


def is_light(identity: str) -> bool:
    """Whether a case is proven so quickly that it can be proven again for each change: all but long ones of mixtures.

    Every kind of certificate that the long ones have is among the light ones (and the test of all parts says so).
    """
    return not identity.startswith(MIXTURES) or FILES[identity].stat().st_size < LIGHT_BYTES


LIGHT = [identity for identity in sorted(FILES) if is_light(identity)]
"""Those in which every part is changed."""

each_light = pytest.mark.parametrize("identity", LIGHT)

Way = tuple[str | int, ...]


class Mutation(NamedTuple):
    """One entry of a case and what it is changed to."""

    way: Way
    old: str | int
    new: str | int

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.way))}: {self.old} -> {self.new}"


CERTIFICATES = {
    identity: json.loads(path.read_text(encoding="utf-8"))["certificate"]["method"] for identity, path in FILES.items()
}
"""The method of each."""


# --- what is changed --------------------------------------------------------------------------------


def leaves(tree: Any, way: Way = ()) -> Iterator[tuple[Way, str | int]]:
    """Every text and integer of nested lists and objects, with the way to it."""
    if isinstance(tree, dict | list):
        for key, item in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from leaves(item, (*way, key))
    elif tree is not None:
        yield way, tree


def spread(items: list[Any], most: int) -> list[Any]:
    """At most so many of the items, evenly spread, the first and the last among them."""
    if len(items) <= most:
        return items
    return [items[i * (len(items) - 1) // (most - 1)] for i in range(most)]


def another_digit(text: str, turn: int, least: Fraction = Fraction(0)) -> str:
    """The text with one digit changed by 5; the digit is worth at least `least`."""
    places = [i for i, c in enumerate(text) if c.isdigit()]
    if least:
        point = text.find(".") if "." in text else len(text)
        worth = {i: Fraction(10) ** (point - i - (i < point)) for i in places}
        places = [i for i in places if worth[i] >= least]
    i = (places[-1], places[0], places[len(places) // 2])[turn % 3]
    return text[:i] + str((int(text[i]) + 5) % 10) + text[i + 1 :]


def another(value: str | int, turn: int) -> str | int:
    """A number with a digit changed, an integer one higher."""
    return value + 1 if isinstance(value, int) else another_digit(value, turn)


def array(tree: Any, way: Way, most: int) -> list[Mutation]:
    """Changed entries of one array."""
    found = spread(list(leaves(tree, way)), most)
    return [Mutation(w, value, another(value, turn)) for turn, (w, value) in enumerate(found)]


def results(tree: dict[str, Any], way: Way, most: int) -> Iterator[Mutation]:
    """Changed entries of every named result."""
    for name, value in tree.items():
        yield from array(value, (*way, name), most)


def variants(tree: dict[str, Any], way: Way, most: int) -> Iterator[Mutation]:
    """Changed entries of a branch and of its alternatives, and another admission."""
    yield from results(tree["result"], (*way, "result"), most)
    if "admissible" in tree:
        yield Mutation((*way, "admissible"), tree["admissible"], "always")
    for turn, (name, text) in enumerate(tree.get("attainable", {}).items()):
        yield Mutation((*way, "attainable", name), text, another_digit(text, turn))
    yield from alternatives(tree.get("alternatives", {}), (*way, "alternatives"), most)


def alternatives(tree: dict[str, Any], way: Way, most: int) -> Iterator[Mutation]:
    for name, several in tree.items():
        for i, variant in enumerate(several):
            yield from variants(variant, (*way, name, i), most)


def box(tree: dict[str, Any], way: Way, turn: int, most: int) -> Iterator[Mutation]:
    """A box elsewhere, and a box too narrow; a point, and an entry without a decimal point, is changed in any digit."""
    radius = parse(tree["radius"])
    for i, text in spread(list(enumerate(tree["center"])), most):
        yield Mutation((*way, "center", i), text, another_digit(text, turn, radius if "." in text else Fraction(0)))
    if radius and all(text.endswith("0" * 12) for text in tree["center"] if "." in text):
        return  # the center is the state itself, and a narrower box is as true
    narrow = f"1e{int(tree['radius'].partition('e')[2]) - 12}" if radius else "1e-60"
    yield Mutation((*way, "radius"), tree["radius"], narrow)


def basin(tree: dict[str, Any], way: Way) -> Iterator[Mutation]:
    """A basin of a mixture elsewhere, of another shape, a million times as large, and smaller than the last state."""
    for name in ("center", "basis"):
        for place, text in spread(list(leaves(tree[name], (*way, name))), MOST_PLACES_OF_A_MIXTURE):
            yield Mutation(place, text, another_digit(str(text), 1))
    radius = parse(tree["radius"])
    for other in (radius * 10**6, radius / 10**12):
        yield Mutation((*way, "radius"), tree["radius"], str(other))


def of_certificate(tree: dict[str, Any], most: int) -> Iterator[Mutation]:
    """Changed margins, states, boxes, basins, bounds and blocks, and balls of too few digits."""
    way: Way = ("certificate",)
    for name, value in (tree.get("margin") or {}).items():
        for turn in range(3) if isinstance(value, str) else (0,):
            yield Mutation((*way, "margin", name), value, another(value, turn))
    yield from array(tree.get("paths", []), (*way, "paths"), most)
    for i, road in enumerate(tree.get("roads", [])):
        yield Mutation((*way, "roads", i), road, "prefixes" if road != "prefixes" else "enumeration")
    states = list(enumerate(tree.get("states", [])))
    for turn, (t, state) in enumerate(spread(states, most)):
        if isinstance(state, dict):
            yield from box(state, (*way, "states", t), turn, most)
        else:
            yield from array(state, (*way, "states", t), most)
    if "box" in tree:
        for turn in range(3):
            yield from box(tree["box"], (*way, "box"), turn, most)
        if most == MOST_PLACES:
            yield from array(tree["basin"], (*way, "basin"), most)
        else:
            yield from basin(tree["basin"], (*way, "basin"))
        for turn in range(3):
            yield Mutation((*way, "contraction"), tree["contraction"], another_digit(tree["contraction"], turn))
    for name in ("digits", "coarse"):
        if name in tree and tree.get("box", {}).get("radius") != "0":
            yield Mutation((*way, name), tree[name], 1)
    for i, begin in enumerate(tree.get("blocks", [])):
        yield Mutation((*way, "blocks", i), begin, -1 if begin else 1)


def of_results(tree: dict[str, Any], most: int) -> Iterator[Mutation]:
    """Changed results, of all branches and alternatives."""
    yield from results(tree["expected"], ("expected",), most)
    yield from alternatives(tree.get("alternatives", {}), ("alternatives",), most)
    for i, branch in enumerate(tree.get("branches", [])):
        yield from variants(branch, ("branches", i), most)


def of_attainable(tree: dict[str, Any]) -> Iterator[Mutation]:
    """Changed attainable digits."""
    for turn, (name, text) in enumerate(tree.get("attainable", {}).items()):
        yield Mutation(("attainable", name), text, another_digit(text, turn))


def of_refusal(tree: dict[str, Any]) -> Iterator[Mutation]:
    """Another kind, and another sentence."""
    kind, rule = tree["refused"], tree["certificate"]["rule"]
    yield Mutation(("refused",), kind, "undefined" if kind != "undefined" else "bad-input")
    yield Mutation(("certificate", "rule"), rule, rule + ".")


# --- how it is changed ------------------------------------------------------------------------------


def document(identity: str) -> dict[str, Any]:
    return json.loads(FILES[identity].read_text(encoding="utf-8"))


@contextlib.contextmanager
def with_change(tree: dict[str, Any], mutation: Mutation) -> Iterator[dict[str, Any]]:
    """The document with one entry changed, for a while."""
    place: Any = tree
    for key in mutation.way[:-1]:
        place = place[key]
    assert place[mutation.way[-1]] == mutation.old
    place[mutation.way[-1]] = mutation.new
    try:
        yield tree
    finally:
        place[mutation.way[-1]] = mutation.old


def signed(tree: dict[str, Any]) -> Case:
    """The case of a document, signed anew."""
    return msgspec.json.decode(cases.encode(msgspec.convert(tree, Case)), type=Case)


def survivors(tree: dict[str, Any], mutations: list[Mutation]) -> list[str]:
    """The mutations that are proven all the same."""
    found = []
    for mutation in mutations:
        assert mutation.old != mutation.new
        with with_change(tree, mutation) as changed:
            case = signed(changed)
        try:
            recheck.prove(case)
        except RefimplError:
            continue
        found.append(str(mutation))
    return found


def frozen(value: Any) -> Any:
    """The value as something that is quickly compared: numbers of different kinds stay different."""
    if isinstance(value, list | tuple):
        return tuple([frozen(x) for x in value])
    if isinstance(value, Gaussians | Tosses | Frame):  # by their data, not by which object they are
        return type(value), *(frozen(getattr(value, field.name)) for field in dataclasses.fields(value))
    if isinstance(value, Fraction):
        return value.as_integer_ratio()
    if isinstance(value, Ball):
        return value.m, value.r, value.e, value.prec
    if isinstance(value, Rounds):
        return tuple(value.heads), tuple(value.tails)
    return value


def remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, computed once for equal arguments; what it raises is not remembered."""
    known: dict[Any, Any] = {}

    @functools.wraps(function)
    def remembering(*arguments: Any, **options: Any) -> Any:
        key = (frozen(arguments), tuple(options.items()))
        if key not in known:
            known[key] = function(*arguments, **options)
        return copy.copy(known[key]) if isinstance(known[key], list) else known[key]

    return remembering


def remembered_maps(maps: Callable[..., Any]) -> Callable[..., Any]:
    """The maps of a mixture, which remember their values: a state is sent to the next one once, not for each change."""
    once = remembered(lambda *arguments: tuple(map(remembered, maps(*arguments))))
    return functools.wraps(maps)(once)


PURE = {
    margin: ("choices",),
    lloyd: ("choices", "sizes_of_means", "check_means", "distortion"),
    identities: ("covariance", "check_mean"),
    partition: ("optimum_again",),
    sensitivity: ("covariance", "correlation", "distortion", "seeding"),
    sensitivity_coins: ("of_run", "of_fixed_point"),
    coins: ("image", "jacobian"),
    online: ("check",),
    krawczyk: ("check_rate",),
    mixture: ("image",),
    recheck_mixtures: ("image", "jacobian", "responsibilities"),
    sensitivity_mixture: ("of_run", "of_fixed_point", "of_m_step"),
    Gaussians: ("log_likelihood",),
    Tosses: ("log_likelihood",),
}
"""Functions of numbers alone that one case asks the same of again and again."""


@pytest.fixture
def without_repetition(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pure functions remember what they found, so that a mutation costs only what it changes."""
    for module, names in PURE.items():
        for name in names:
            monkeypatch.setattr(module, name, remembered(getattr(module, name)))
    monkeypatch.setattr(recheck_mixtures, "maps", remembered_maps(recheck_mixtures.maps))


# --- the tests --------------------------------------------------------------------------------------


@each
def test_the_certificate_of_a_case_holds(identity: str) -> None:
    case = cases.read(FILES[identity])
    assert cases.is_signed(case)
    assert recheck.recheck(case) is None  # type: ignore[func-returns-value]


def mutations(tree: dict[str, Any]) -> list[Mutation]:
    """All that is changed in one case."""
    if "refused" in tree:
        return list(of_refusal(tree))
    most = MOST_PLACES_OF_A_MIXTURE if tree["task"].startswith(MIXTURES) else MOST_PLACES
    found = [*of_results(tree, most), *of_certificate(tree["certificate"], most), *of_attainable(tree)]
    return [mutation for mutation in found if not is_another_optimum(tree, mutation)]


def is_another_optimum(tree: dict[str, Any], mutation: Mutation) -> bool:
    """Whether changed labels of an optimum attain it all the same: any minimiser will do."""
    if not tree["task"].endswith(".optimum") or mutation.way[:2] != ("expected", "labels"):
        return False
    if tree["task"] != "kmeans.optimum":
        with with_change(tree, mutation) as changed:
            return is_optimal_partition(tree, changed["expected"]["labels"])
    points = [[parse(x) for x in row] for row in tree["input"]["points"]]
    with with_change(tree, mutation) as changed:
        labels = list(changed["expected"]["labels"])
    j = Fraction(0)
    for cluster in set(labels):
        group = [x for x, label in zip(points, labels, strict=True) if label == cluster]
        for column in zip(*group, strict=True):
            mean = sum(column, Fraction(0)) / len(column)
            j += sum(((x - mean) ** 2 for x in column), Fraction(0))
    return j == parse(tree["expected"]["distortion"]) and set(labels) <= set(range(int(tree["params"]["k"])))


def is_optimal_partition(tree: dict[str, Any], labels: Any) -> bool:
    """Whether labels are among the optimal partitions that the room lists."""
    weights = [[parse(a) for a in row] for row in tree["input"]["weights"]]
    if tree["task"] == "modularity.optimum":
        partitions = modularity.optimum(weights).partitions
    else:
        partitions = map_equation.optimum(weights, ball(50)).partitions
    return set(labels) <= set(range(len(weights))) and renamed(labels) in partitions


@each_light
@pytest.mark.usefixtures("without_repetition")
def test_no_changed_result_margin_certificate_or_bound_is_proven(identity: str) -> None:
    tree = document(identity)
    assert survivors(tree, mutations(tree)) == []
    recheck.prove(signed(tree))  # the document is what it was, and provable


def test_every_part_of_the_cases_is_changed_somewhere() -> None:
    ways: dict[str, int] = {}
    for identity in LIGHT:
        found = mutations(document(identity))
        assert found, identity
        for mutation in found:
            part = ".".join(str(key) for key in mutation.way[:2] if isinstance(key, str))
            ways[part] = ways.get(part, 0) + 1
            if part.startswith("certificate."):
                kind = f"{identity.partition('.')[0]} {CERTIFICATES[identity]} {mutation.way[1]}"
                ways[kind] = ways.get(kind, 0) + 1
    assert sum(ways.values()) >= 4000
    certificate = {"margin", "paths", "roads", "states", "box", "basin", "contraction", "rule"}
    certificate |= {"digits", "coarse", "blocks"}
    assert {f"certificate.{name}" for name in certificate} <= set(ways)
    assert {"refused", "branches", "alternatives.labels=final", "alternatives.likelihood=left"} <= set(ways)
    told = {
        (identity.partition(".")[0], CERTIFICATES[identity], name)
        for identity in FILES
        if identity.startswith(MIXTURES)
        for name in document(identity)["certificate"]
        if name != "method"
    }
    assert {f"{prefix} {method} {name}" for prefix, method, name in told} <= set(ways)
    numbers = {output.name for task in TASKS.values() for output in task.outputs}
    assert {f"expected.{name}" for name in numbers} <= set(ways)
    judged = {output.name for task in TASKS.values() for output in task.outputs if output.kind == "numbers"}
    assert {f"attainable.{name}" for name in judged} <= set(ways)


WITH_BRANCHES = [
    identity
    for identity, path in sorted(FILES.items())
    if path.stat().st_size < 20_000 and b'"branches"' in path.read_bytes()
]
"""Those that are proven quickly."""


def structural_changes(tree: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Cases with a branch, a path, a state or a bound too few or too many, or in another order."""
    branches, certificate = tree["branches"], tree["certificate"]
    for i, branch in enumerate(branches):
        fewer = branches[:i] + branches[i + 1 :]
        yield f"without branch {i}", {**tree, "branches": fewer}
        yield f"branch {i} twice", {**tree, "branches": [*branches, branch]}
        admission = "always" if branch.get("admissible") == "other-ties" else "other-ties"
        admitted = {**branch, "admissible": admission}
        yield f"branch {i} {admission}", {**tree, "branches": [*branches[:i], admitted, *branches[i + 1 :]]}
        paths = certificate.get("paths", [])
        if paths:
            kept = {**certificate, "paths": paths[: i + 1] + paths[i + 2 :]}
            yield f"without path {i + 1}", {**tree, "certificate": kept}
            yield f"without branch {i} and its path", {**tree, "branches": fewer, "certificate": kept}
            bare = {key: value for key, value in branch.items() if key != "alternatives"}
            yield f"no alternatives in branch {i}", {**tree, "branches": [*branches[:i], bare, *branches[i + 1 :]]}
        if branch["result"] != tree["expected"]:
            yield (
                f"branch {i} expected",
                {
                    **tree,
                    "expected": branch["result"],
                    "branches": [*branches[:i], {**branch, "result": tree["expected"]}, *branches[i + 1 :]],
                },
            )
    for number, path in enumerate(certificate.get("paths", [])):
        for other in (path[:-1], [*path, path[-1]]):
            paths = [other if i == number else p for i, p in enumerate(certificate["paths"])]
            yield f"path {number} of {len(other)} steps", {**tree, "certificate": {**certificate, "paths": paths}}
    if "margin" in certificate:
        yield "no margin", {**tree, "certificate": {**certificate, "margin": None}}
    yield "digits for the labels", {**tree, "attainable": {**tree.get("attainable", {}), "labels": "15.95"}}
    if tree.get("attainable"):
        yield "no attainable digits", {**tree, "attainable": {}}
    yield "another task", {**tree, "task": "kmeans.update"}
    yield "refused as well", {**tree, "refused": "bad-input"}
    yield "nothing expected", {key: value for key, value in tree.items() if key != "expected"}


@pytest.mark.parametrize("identity", WITH_BRANCHES)
@pytest.mark.usefixtures("without_repetition")
def test_no_case_with_branches_or_paths_too_few_or_too_many_is_proven(identity: str) -> None:
    tree = document(identity)
    tried = []
    for what, changed in structural_changes(tree):
        with pytest.raises(RefimplError):
            pytest.fail(f"{what} is proven: {recheck.prove(signed(changed))}")  # type: ignore[func-returns-value]
        tried.append(what)
    assert len(tried) >= 7


CHAINS = [
    i
    for i in (
        "coins.run/lecture-2",
        "coins.fixed_point/lecture",
        "coins.fixed_point/saddle",
        "bernoulli.run/border",
        "bernoulli.fixed_point/closed-form",
        "binomial.run/lecture-10",
        "gmm.run/overlapping",
        "gmm.run/zero-weight",
        "gmm.fixed_point/diag",
        "gmm.fixed_point/offset-1e8",
    )
    if i in FILES
]


@pytest.mark.parametrize("identity", CHAINS)
@pytest.mark.usefixtures("without_repetition")
def test_no_run_with_a_state_too_few_or_too_many_is_proven(identity: str) -> None:
    tree = document(identity)
    states = tree["certificate"]["states"]
    for other in (states[1:], states[:-1], [*states, states[-1]], states[::-1], [], states[:1]):
        tree["certificate"]["states"] = other
        if other == states:
            continue
        with pytest.raises(RefimplError):
            recheck.prove(signed(tree))
    tree["certificate"]["states"] = states
    assert recheck.prove(signed(tree)) is None  # type: ignore[func-returns-value]


TUBES = [i for i in LIGHT if CERTIFICATES[i] in ("tube", "krawczyk") and i.startswith(MIXTURES)]


@pytest.mark.parametrize("identity", TUBES)
@pytest.mark.usefixtures("without_repetition")
def test_a_derivative_that_is_not_enclosed_on_the_boxes_of_a_run_proves_nothing(identity: str) -> None:
    tree = document(identity)
    certificate = tree["certificate"]
    blocks, last = certificate["blocks"], len(certificate["states"]) - 1
    for other in ([], [1], blocks[1:], [last, *blocks], [0, -1], [-1], [0, last + 7, -1], None):
        if other == blocks:
            continue
        certificate["blocks"] = other
        with pytest.raises((RefimplError, msgspec.ValidationError)):
            recheck.prove(signed(tree))
    certificate["blocks"] = list(range(last + 1))  # a derivative for each box
    assert recheck.prove(signed(tree)) is None  # type: ignore[func-returns-value]


MIXED = sorted(
    min((path.stat().st_size, identity) for identity, path in FILES.items() if CERTIFICATES[identity] == method)[1]
    for method in ("exact", "enclosure", "chain", "tube", "krawczyk", "reached")
)
"""The shortest case of each kind of certificate that mixtures have."""


@pytest.mark.parametrize("identity", [*MIXED, *CHAINS])
@pytest.mark.usefixtures("without_repetition")
def test_no_case_is_proven_by_the_certificate_of_another_kind_or_without_its_alternatives(identity: str) -> None:
    tree = document(identity)
    certificate = tree["certificate"]
    kinds: dict[str, Any] = {
        "exact": {},
        "identities": {},
        "enclosure": {"digits": 200},
        "two-roads": {"roads": ["prefixes", "enumeration"]},
        "reached": {"states": [[x] for x in ("1/2", "1/3")]},
        "tube": {"digits": 90, "coarse": 30, "states": [], "blocks": []},
        "chain": {"digits": 90, "states": []},
        "refusal": {"rule": "no"},
    }
    if int(tree["params"].get("iterations", 1)) > 1:
        del kinds["exact"]  # fractions whose length doubles with every step
    if certificate["method"] == "exact":
        del kinds["enclosure"]  # where nothing but ln p is irrational, balls prove the same
    for method, fields in kinds.items():
        if method != certificate["method"]:
            with pytest.raises(RefimplError):
                recheck.prove(signed({**tree, "certificate": {"method": method, **fields}}))
    had = tree.get("alternatives", {})
    wrong = [{"labels=final": [{"result": {"log_likelihood": "0"}}]}, {**had, "likelihood=entered": []}]
    if had:
        wrong += [{}, {name: [*found, *found] for name, found in had.items()}, {name: [] for name in had}]
    for alternatives in wrong:
        with pytest.raises(RefimplError):
            recheck.prove(signed({**tree, "alternatives": alternatives}))
    assert recheck.prove(signed(tree)) is None  # type: ignore[func-returns-value]


SHORTEST = {
    task: min(
        (path.stat().st_size, identity)
        for identity, path in FILES.items()
        if identity.startswith(f"{task}/") and b'"refused"' not in path.read_bytes()
    )[1]
    for task in TASKS
}
"""The shortest case of each task that has results."""


@pytest.mark.parametrize("identity", [SHORTEST[task] for task in TASKS if task.startswith((*MIXTURES, "coins."))])
def test_no_branch_is_proven_where_the_answer_is_unique(identity: str) -> None:
    tree = document(identity)
    for admissible in ("always", "other-ties"):
        with pytest.raises(RefimplError):
            recheck.prove(signed({**tree, "branches": [{"result": tree["expected"], "admissible": admissible}]}))


@pytest.mark.parametrize("identity", SHORTEST.values())
def test_no_alternative_is_proven_that_no_convention_decides(identity: str) -> None:
    tree = document(identity)
    forged = {**tree.get("alternatives", {}), "empty=zero": [{"result": tree["expected"]}]}
    with pytest.raises(RefimplError, match="alternatives"):
        recheck.prove(signed({**tree, "alternatives": forged}))


GARBAGE = (
    "",
    "x",
    "nan",
    "inf",
    "1/0",
    "1e999999999",
    "9" * 5000,
    "-1",
    "0",
    "1_0",
    " 1",
    "1e400",
    -1,
    10**15,
    None,
    [],
)
"""What may stand where a number should."""

PROVEN = sorted(
    min(
        (path.stat().st_size, identity)
        for identity, path in FILES.items()
        if identity.startswith(f"{task}/") and b'"refused"' not in path.read_bytes()
    )[1]
    for task in TASKS
)
"""The shortest case of each task that has results."""


@pytest.mark.parametrize("identity", [*PROVEN, "coins.fixed_point/lecture", "kmeans.step/tie-broken-by-centring"])
@pytest.mark.usefixtures("without_repetition")
def test_garbage_for_a_number_is_an_error_of_the_family(identity: str) -> None:
    tree = document(identity)
    tried = 0
    parts = ("expected", "alternatives", "branches", "attainable", "certificate", "input", "params")
    found = {way[:-1]: (way, value) for part in parts for way, value in leaves(tree.get(part, {}), (part,))}
    for turn, (way, old) in enumerate(found.values()):
        if way[-1] == "method":
            continue
        for new in GARBAGE[turn % 2 :: 2]:
            if new == old or (way == ("params", "k") and new in (10**15, "1e400")):
                continue  # a huge k is left to test_bad_input, which bounds memory
            in_fractions = identity.startswith(MIXTURES) and tree["certificate"]["method"] in ("exact", "reached")
            if in_fractions and way[1] in ("iterations", "heads", "tails") and new in (10**15, "1e400"):
                continue  # a proof in fractions takes as many steps or powers as it is told
            with with_change(tree, Mutation(way, old, new)) as changed:
                try:
                    case = signed(changed)
                except msgspec.ValidationError:
                    continue  # the file would not be read
            tried += 1
            with contextlib.suppress(RefimplError):  # some garbage, such as 0 for a coordinate, is a number
                recheck.prove(case)
    assert tried >= 7
    recheck.prove(signed(tree))


# --- without computing the checksum anew ------------------------------------------------------------


@each
def test_no_changed_input_or_parameter_is_taken_for_the_signed_one(identity: str) -> None:
    tree = document(identity)
    found = spread([*leaves(tree["input"], ("input",)), *leaves(tree["params"], ("params",))], MOST_INPUTS)
    for turn, (way, old) in enumerate(found):
        has_digit = isinstance(old, int) or any(c.isdigit() for c in old)
        new = another(old, turn) if has_digit else old + "1"
        with with_change(tree, Mutation(way, old, new)) as changed:
            case = msgspec.convert(changed, Case)
        with pytest.raises(Refuted, match="sha256"):
            recheck.recheck(case)
    assert found or identity.endswith("/refuse-empty")
    assert cases.is_signed(msgspec.convert(tree, Case))


@each
def test_no_changed_words_are_taken_for_the_signed_ones(identity: str) -> None:
    tree = document(identity)
    for name in ("title", "reason", "source"):
        case = msgspec.convert({**tree, name: tree[name] + " "}, Case)
        with pytest.raises(Refuted, match="sha256"):
            recheck.recheck(case)
    for tags in ([*tree["tags"], "x"], tree["tags"][1:] if tree["tags"] else ["x"]):
        with pytest.raises(Refuted, match="sha256"):
            recheck.recheck(msgspec.convert({**tree, "tags": tags}, Case))
    digest = another_digit(tree["sha256"], 1)
    with pytest.raises(Refuted, match="sha256"):
        recheck.recheck(msgspec.convert({**tree, "sha256": digest}, Case))


def test_a_case_under_another_task_is_not_proven() -> None:
    tree = document("kmeans.step/plain")
    with pytest.raises(Refuted, match="does not begin with the task"):
        recheck.prove(signed({**tree, "id": "kmeans.run/plain"}))
