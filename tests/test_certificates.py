"""The certificates of all golden cases hold, and stop holding when anything that they prove is changed.

Mutations are made on the decoded case, and the checksum is computed anew, so that only mathematics can notice. In
an array of more than MOST_PLACES entries so many are changed, evenly spread from the first to the last; the digit
that is changed is in turn the last, the first and the middle one of the text, and 5 is added to it without carry.

Two kinds of text are changed so that the statement becomes false, and not in any digit: the radius of a box is made
10^-12 of what it was, because a wider box may still be mapped into the next one; and of the center of a box only
digits that are worth at least its radius are changed, because the box means those below it to be unknown. Labels
of an optimum that attain the same distortion are another true answer, and are left out.
"""

import contextlib
import copy
import functools
import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import msgspec
import pytest

from refimpl.certify import coins, identities, lloyd, margin, online, partition, sensitivity, sensitivity_coins
from refimpl.errors import RefimplError, Refuted
from refimpl.numbers import Ball, parse
from refimpl.oracle import case as cases, recheck, store
from refimpl.oracle.case import Case
from refimpl.oracle.tasks import TASKS
from refimpl.two_coins import Rounds

FILES = {f"{path.parent.name}/{path.stem}": path for path in store.case_files(store.fixtures())}

MOST_PLACES = 12
"""Places that are changed in one array."""

MOST_INPUTS = 40
"""Inputs of one case that are changed without computing the checksum anew."""

each = pytest.mark.parametrize("identity", sorted(FILES))

Way = tuple[str | int, ...]


class Mutation(NamedTuple):
    """One entry of a case and what it is changed to."""

    way: Way
    old: str | int
    new: str | int

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.way))}: {self.old} -> {self.new}"


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


def array(tree: Any, way: Way) -> list[Mutation]:
    """Changed entries of one array."""
    found = spread(list(leaves(tree, way)), MOST_PLACES)
    return [Mutation(w, value, another(value, turn)) for turn, (w, value) in enumerate(found)]


def results(tree: dict[str, Any], way: Way) -> Iterator[Mutation]:
    """Changed entries of every named result."""
    for name, value in tree.items():
        yield from array(value, (*way, name))


def variants(tree: dict[str, Any], way: Way) -> Iterator[Mutation]:
    """Changed entries of a branch and of its alternatives, and another admission."""
    yield from results(tree["result"], (*way, "result"))
    if "admissible" in tree:
        yield Mutation((*way, "admissible"), tree["admissible"], "always")
    yield from alternatives(tree.get("alternatives", {}), (*way, "alternatives"))


def alternatives(tree: dict[str, Any], way: Way) -> Iterator[Mutation]:
    for name, several in tree.items():
        for i, variant in enumerate(several):
            yield from variants(variant, (*way, name, i))


def box(tree: dict[str, Any], way: Way, turn: int) -> Iterator[Mutation]:
    """A box elsewhere, and a box too narrow; a point is changed in any digit."""
    radius = parse(tree["radius"])
    for i, text in enumerate(tree["center"]):
        yield Mutation((*way, "center", i), text, another_digit(text, turn, radius))
    narrow = f"1e{int(tree['radius'].partition('e')[2]) - 12}" if radius else "1e-60"
    yield Mutation((*way, "radius"), tree["radius"], narrow)


def of_certificate(tree: dict[str, Any]) -> Iterator[Mutation]:
    """Changed margins, states, boxes, basins and bounds."""
    way: Way = ("certificate",)
    for name, value in (tree.get("margin") or {}).items():
        for turn in range(3) if isinstance(value, str) else (0,):
            yield Mutation((*way, "margin", name), value, another(value, turn))
    yield from array(tree.get("paths", []), (*way, "paths"))
    for i, road in enumerate(tree.get("roads", [])):
        yield Mutation((*way, "roads", i), road, "prefixes" if road != "prefixes" else "enumeration")
    states = list(enumerate(tree.get("states", [])))
    for turn, (t, state) in enumerate(spread(states, MOST_PLACES)):
        if isinstance(state, dict):
            yield from box(state, (*way, "states", t), turn)
        else:
            yield from array(state, (*way, "states", t))
    if "box" in tree:
        for turn in range(3):
            yield from box(tree["box"], (*way, "box"), turn)
        yield from array(tree["basin"], (*way, "basin"))
        for turn in range(3):
            yield Mutation((*way, "contraction"), tree["contraction"], another_digit(tree["contraction"], turn))


def of_results(tree: dict[str, Any]) -> Iterator[Mutation]:
    """Changed results, of all branches and alternatives."""
    yield from results(tree["expected"], ("expected",))
    yield from alternatives(tree.get("alternatives", {}), ("alternatives",))
    for i, branch in enumerate(tree.get("branches", [])):
        yield from variants(branch, ("branches", i))


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


PURE = {
    margin: ("choices",),
    lloyd: ("choices", "sizes_of_means", "check_means", "distortion"),
    identities: ("covariance", "check_mean"),
    partition: ("optimum_again",),
    sensitivity: ("covariance", "correlation", "distortion", "seeding"),
    sensitivity_coins: ("of_run", "of_fixed_point"),
    coins: ("image", "jacobian"),
    online: ("check",),
}
"""Functions of numbers alone that one case asks the same of again and again."""


@pytest.fixture
def without_repetition(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pure functions remember what they found, so that a mutation costs only what it changes."""
    for module, names in PURE.items():
        for name in names:
            monkeypatch.setattr(module, name, remembered(getattr(module, name)))


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
    found = [*of_results(tree), *of_certificate(tree["certificate"]), *of_attainable(tree)]
    return [mutation for mutation in found if not is_another_optimum(tree, mutation)]


def is_another_optimum(tree: dict[str, Any], mutation: Mutation) -> bool:
    """Whether changed labels of an optimum attain it all the same: any minimiser will do."""
    if tree["task"] != "kmeans.optimum" or mutation.way[:2] != ("expected", "labels"):
        return False
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


@each
@pytest.mark.usefixtures("without_repetition")
def test_no_changed_result_margin_certificate_or_bound_is_proven(identity: str) -> None:
    tree = document(identity)
    assert survivors(tree, mutations(tree)) == []
    recheck.prove(signed(tree))  # the document is what it was, and provable


def test_every_part_of_the_cases_is_changed_somewhere() -> None:
    ways: dict[str, int] = {}
    for identity in sorted(FILES):
        found = mutations(document(identity))
        assert found, identity
        for mutation in found:
            part = ".".join(str(key) for key in mutation.way[:2] if isinstance(key, str))
            ways[part] = ways.get(part, 0) + 1
    assert sum(ways.values()) >= 4000
    certificate = {"margin", "paths", "roads", "states", "box", "basin", "contraction", "rule"}
    assert {f"certificate.{name}" for name in certificate} <= set(ways)
    assert {"refused", "branches", "alternatives.labels=final"} <= set(ways)
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


CHAINS = [i for i in ("coins.run/lecture-2", "coins.fixed_point/lecture", "coins.fixed_point/saddle") if i in FILES]


@pytest.mark.parametrize("identity", CHAINS)
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
