"""The golden cases as files: named as they lie, complete, valid against their schemas, and exact in binary64."""

import copy
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from refimpl.errors import KINDS, BadInput
from refimpl.numbers import certified, parse
from refimpl.oracle import case as cases, store
from refimpl.oracle.case import Case, Paths
from refimpl.oracle.tasks import TASKS

ROOT = store.fixtures()
FILES = {f"{path.parent.name}/{path.stem}": path for path in store.case_files(ROOT)}
DECIDING = {"kmeans.assign", "kmeans.step", "kmeans.run", "kmeans.fit", "kmeans.online"}
"""Tasks in which every point chooses a center."""

each = pytest.mark.parametrize("identity", sorted(FILES))


def schema(name: str) -> jsonschema.Draft202012Validator:
    document = json.loads((ROOT / "schema" / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


CASE_SCHEMA = schema("case")
TASK_SCHEMAS = {name: schema(name) for name in TASKS}


def leaves(tree: Any) -> Iterator[Any]:
    """Every number, text or null of nested lists and objects."""
    if isinstance(tree, dict | list):
        for item in tree.values() if isinstance(tree, dict) else tree:
            yield from leaves(item)
    else:
        yield tree


def document(identity: str) -> dict[str, Any]:
    return json.loads(FILES[identity].read_text(encoding="utf-8"))


def read(identity: str) -> Case:
    return cases.read(FILES[identity])


def shape(tree: Any) -> list[int]:
    return [len(tree), *shape(tree[0])] if isinstance(tree, list) and tree else [0] if isinstance(tree, list) else []


def test_there_are_enough_cases_and_every_task_has_some() -> None:
    assert len(FILES) >= 140
    assert {identity.partition("/")[0] for identity in FILES} == set(TASKS)


def test_there_is_nothing_but_cases_in_the_folder_of_cases() -> None:
    files = sorted(path for path in (ROOT / "cases").rglob("*") if path.is_file())
    assert files == sorted(FILES.values())


@each
def test_a_case_is_named_as_it_lies_and_tells_why_it_exists(identity: str) -> None:
    found = read(identity)
    assert found.id == identity
    assert found.task == identity.partition("/")[0]
    assert found.task in TASKS
    assert found.format == "refimpl-case/1"
    assert found.licence == "CC0-1.0"
    assert found.title.strip() == found.title != ""
    assert found.source.strip() == found.source != ""
    assert found.reason.startswith(("Catches ", "Shows "))
    assert found.reason.endswith(".")
    assert ". " not in found.reason  # one sentence
    assert len(set(found.tags)) == len(found.tags)


@each
def test_a_case_has_either_all_results_of_its_task_or_the_kind_of_a_refusal(identity: str) -> None:
    found = read(identity)
    outputs = {output.name: output for output in TASKS[found.task].outputs}
    if found.refused is not None:
        assert found.refused in KINDS
        assert found.expected is None
        assert not found.branches
        assert not found.attainable
        assert "refused" in found.tags
        assert identity.partition("/")[2].startswith("refuse-")
        return
    assert "refused" not in found.tags
    for outcome in found.outcomes:
        assert set(outcome.result) == set(outputs)
        for name, output in outputs.items():
            values = list(leaves(outcome.result[name]))
            if output.kind == "numbers":
                assert all(isinstance(x, str) or (x is None and name == "correlation") for x in values)
                assert all(isinstance(parse(x), Fraction) for x in values if x is not None)
            else:
                assert all(type(x) is int for x in values)


@each
def test_results_have_the_shapes_of_the_protocol(identity: str) -> None:
    found = read(identity)
    if found.expected is None:
        return
    given = found.input
    n, d = len(given["points" if "points" in given else "heads"]), shape(given.get("points", [[0]]))[-1]
    k = len(given.get("centers", []))
    shapes = {
        "mean": [d],
        "covariance": [d, d],
        "correlation": [d, d],
        "labels": [n],
        "centers": [k, d],
        "distortion": [],
        "iterations": [],
        "probabilities": [n],
        "responsibilities": [n],
        "counts": [2, 2],
        "theta": [2],
        "log_likelihood": [],
        "rate": [],
    }
    for outcome in found.outcomes:
        assert {name: shape(value) for name, value in outcome.result.items()} == {
            name: shapes[name] for name in outcome.result
        }
        most = k or int(found.params.get("k", 0))
        assert all(0 <= label < most for label in outcome.result.get("labels", []))


@each
def test_where_centers_are_chosen_the_closest_decision_is_told(identity: str) -> None:
    found = read(identity)
    certificate = found.certificate
    if found.expected is None or found.task not in DECIDING:
        assert not isinstance(certificate, Paths)
        return
    assert isinstance(certificate, Paths)
    points, k = found.input["points"], len(found.input["centers"])
    margin = certificate.margin
    if k == 1:
        assert margin is None
        return
    assert margin is not None
    relative, (gap, unit) = parse(margin.relative), certified(margin.gap)
    assert 0 <= relative <= 1
    assert gap >= 0
    assert (gap == 0) == (relative == 0)
    assert 0 <= margin.point < len(points)
    assert 0 <= margin.label < k
    assert 0 <= margin.rival < k
    assert margin.label != margin.rival
    assert 1 <= margin.step <= max([len(path) for path in certificate.paths], default=len(points))
    if margin.step == 1:  # the centers of the first step are the given ones
        x = [parse(a) for a in points[margin.point]]
        to_label, to_rival = (
            sum((a - parse(c)) ** 2 for a, c in zip(x, found.input["centers"][j], strict=True))
            for j in (margin.label, margin.rival)
        )
        assert abs(to_rival - to_label - gap) <= unit  # 0 where the gap is printed exactly
    if gap == 0:  # a tie is followed both ways, and may still end in one outcome
        assert found.branches or len(certificate.paths) > 1


@pytest.mark.parametrize("identity", [i for i in sorted(FILES) if i.startswith("kmeans.online/") and "refuse" not in i])
def test_the_closest_decision_of_an_online_run_names_the_point_that_its_step_receives(identity: str) -> None:
    found = read(identity)
    assert isinstance(found.certificate, Paths)
    assert found.certificate.margin is not None
    assert found.certificate.margin.point == found.certificate.margin.step - 1


@each
def test_attainable_digits_are_told_of_every_number_and_of_nothing_else(identity: str) -> None:
    found = read(identity)
    numbers = {output.name for output in TASKS[found.task].outputs if output.kind == "numbers"}
    assert set(found.attainable) == (numbers if found.expected is not None else set())
    for text in found.attainable.values():
        assert len(text.partition(".")[2]) == 2
        assert 0 <= parse(text) <= parse("15.95")


@each
def test_a_case_is_valid_against_the_schemas(identity: str) -> None:
    raw = document(identity)
    CASE_SCHEMA.validate(raw)
    asked = {"input": raw["input"], "params": raw["params"]}
    if "refused" not in raw:
        TASK_SCHEMAS[raw["task"]].validate(asked)
    assert set(asked["input"]) == set(TASKS[raw["task"]].input.__struct_fields__)
    assert set(asked["params"]) == set(TASKS[raw["task"]].params.__struct_fields__)


@each
def test_every_input_is_a_binary64_number_unless_the_lecture_prints_it(identity: str) -> None:
    found = read(identity)
    if found.refused is not None or "lecture" in found.tags:
        return
    given = {name: value for name, value in {**found.input, **found.params}.items() if name != "theta"}
    for value in leaves(given):
        if value != "1/n":  # a rate, not a number
            exact = Fraction(value) if isinstance(value, int) else parse(value)
            assert Fraction(float(exact)) == exact


@each
def test_reading_and_writing_a_case_gives_the_same_bytes_and_the_same_case(identity: str) -> None:
    found = read(identity)
    content = FILES[identity].read_bytes()
    assert cases.encode(found) == content
    assert msgspec.json.decode(cases.encode(found), type=Case) == found
    assert cases.is_signed(found)
    assert b"\r" not in content
    content.decode("utf-8")


@each
def test_all_branches_of_a_case_differ(identity: str) -> None:
    found = read(identity)
    results = [json.dumps(outcome.result) for outcome in found.outcomes]
    labels = [json.dumps(outcome.result.get("labels")) for outcome in found.outcomes]
    assert len(set(results)) == len(results)
    assert found.task != "kmeans.assign" or len(set(labels)) == len(labels)
    for outcome in found.outcomes:
        for variants in outcome.alternatives.values():
            told = [json.dumps(variant.result) for variant in variants]
            assert len(set(told)) == len(told)
            assert variants[0].admissible == "always"


def changed(identity: str, way: list[Any], value: Any) -> dict[str, Any]:
    """The document of a case with one entry set, or removed where the value is None."""
    raw = copy.deepcopy(document(identity))
    place: Any = raw
    for key in way[:-1]:
        place = place[key]
    if value is None:
        del place[way[-1]]
    else:
        place[way[-1]] = value
    return raw


WRONG_CASES = {
    "an unknown field": (["remark"], "x"),
    "an unknown field of the margin": (["certificate", "margin", "remark"], "x"),
    "an unknown field of a branch": (["branches", 0, "remark"], "x"),
    "a number that is a JSON number": (["expected", "distortion"], 2.75),
    "a coordinate that is a JSON number": (["input", "points", 0, 0], 0.5),
    "a margin that is a JSON number": (["certificate", "margin", "gap"], 0),
    "a center of a path that is a JSON number": (["certificate", "paths", 0, 0, "centers", 0, 0], 1),
    "attainable digits that are a JSON number": (["attainable", "centers"], 15.95),
    "a truth value for a number": (["expected", "distortion"], True),
    "no id": (["id"], None),
    "no task": (["task"], None),
    "no title": (["title"], None),
    "no reason": (["reason"], None),
    "no source": (["source"], None),
    "no licence": (["licence"], None),
    "no input": (["input"], None),
    "no params": (["params"], None),
    "no certificate": (["certificate"], None),
    "no method": (["certificate", "method"], None),
    "no margin": (["certificate", "margin"], None),
    "an unknown method": (["certificate", "method"], "faith"),
    "an unknown format": (["format"], "refimpl-case/2"),
    "another licence": (["licence"], "MIT"),
    "an id without a task": (["id"], "tie-broken-by-centring"),
    "an id in capitals": (["id"], "kmeans.step/Tie"),
    "an unknown admission": (["branches", 0, "admissible"], "sometimes"),
    "an object for a row": (["input", "points", 0], {"x": "1"}),
    "labels one level too deep": (["expected", "labels"], [[[0]]]),
}


@pytest.mark.parametrize("what", WRONG_CASES)
def test_the_schema_and_the_reader_reject(what: str, tmp_path: Path) -> None:
    way, value = WRONG_CASES[what]
    raw = changed("kmeans.step/tie-broken-by-centring", way, value)
    assert not CASE_SCHEMA.is_valid(raw)
    path = tmp_path / "case.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(BadInput, match=r"case\.json"):
        cases.read(path)


WRONG_ASKINGS = {
    "kmeans.step": [
        {"input": {"points": [[0]], "centers": [["0"]]}, "params": {}},
        {"input": {"points": ["0"], "centers": [["0"]]}, "params": {}},
        {"input": {"points": [["0"]]}, "params": {}},
        {"input": {"points": [["0"]], "centers": [["0"]], "k": 1}, "params": {}},
        {"input": {"points": [["0"]], "centers": [["0"]]}, "params": {"k": 1}},
        {"input": {"points": [["0"]], "centers": [["0"]]}},
        {"input": {"points": [["1" * 4001]], "centers": [["0"]]}, "params": {}},
    ],
    "kmeans.optimum": [{"input": {"points": [["0"]]}, "params": {"k": 1.5}}, {"input": {"points": []}, "params": {}}],
    "coins.run": [
        {"input": {"heads": [1], "tails": [1], "theta": [0.5, "1/2"]}, "params": {"iterations": 1}},
        {"input": {"heads": [0.5], "tails": [1], "theta": ["1/2", "1/2"]}, "params": {"iterations": 1}},
        {"input": {"heads": [1], "tails": [1], "theta": "1/2"}, "params": {"iterations": 1}},
    ],
}


@pytest.mark.parametrize(("task", "number"), [(t, i) for t, wrong in WRONG_ASKINGS.items() for i in range(len(wrong))])
def test_the_schema_of_a_task_rejects_wrong_types_and_fields(task: str, number: int) -> None:
    assert not TASK_SCHEMAS[task].is_valid(WRONG_ASKINGS[task][number])


def test_the_schema_of_a_task_takes_integers_as_numbers_or_as_text_where_the_protocol_does() -> None:
    for k in (2, "2"):
        assert TASK_SCHEMAS["kmeans.optimum"].is_valid({"input": {"points": [["0"], ["1/3"]]}, "params": {"k": k}})


def test_every_folder_and_file_of_the_schemas_is_named_by_a_task() -> None:
    assert sorted(path.name for path in (ROOT / "schema").iterdir()) == sorted(
        f"{name}.schema.json" for name in ["case", *TASKS]
    )
