"""The golden cases as files: named as they lie, complete, valid against their schemas, and exact in binary64."""

import copy
import json
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from refimpl.errors import KINDS, BadInput
from refimpl.numbers import certified, parse
from refimpl.oracle import case as cases, store
from refimpl.oracle.case import Case
from refimpl.oracle.certificates import FixedPoint, MedoidPaths, Paths, Runs
from refimpl.oracle.tasks import TASKS

ROOT = store.fixtures()
FILES = {f"{path.parent.name}/{path.stem}": path for path in store.case_files(ROOT)}
DECIDING = {"kmeans.assign", "kmeans.step", "kmeans.run", "kmeans.fit", "kmeans.online", "kmedians.run", "kmedoids.run"}
"""Tasks in which every point chooses a center."""

UNDEFINED = ("correlation", "silhouette", "ratio")
"""The results of which an entry may be undefined."""

MIXTURES = ("gmm.", "bernoulli.", "binomial.")
"""Tasks whose results have components."""

WORDS = {"1/n", "full", "tied", "diag", "spherical", "single", "complete", "average", "ward"}
"""Parameters that are no numbers."""

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
    """The lengths of nested lists, all of which are equally long at each depth."""
    if not isinstance(tree, list):
        return []
    inner = [shape(item) for item in tree]
    assert all(found == inner[0] for found in inner)
    return [len(tree), *(inner[0] if inner else [])]


def test_there_are_enough_cases_and_every_task_has_some() -> None:
    assert len(FILES) >= 330
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
    contains_digits = "digits_234" in found.source or "digits" in found.tags
    assert found.licence == ("CC-BY-4.0" if contains_digits else "CC0-1.0")
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
                assert all(isinstance(x, str) or (x is None and name in UNDEFINED) for x in values)
                assert all(isinstance(parse(x), Fraction) for x in values if x is not None)
            else:
                assert all(type(x) is int for x in values)


@each
def test_results_have_the_shapes_of_the_protocol(identity: str) -> None:
    found = read(identity)
    if found.expected is None:
        return
    given = found.input
    names = ("points", "rows", "heads", "matrix", "dissimilarity", "categories", "weights")
    observed = next(given[name] for name in names if name in given)
    n, d = len(observed), shape(observed)[-1]
    places = next((given[name] for name in ("centers", "medoids", "weights") if name in given), [])
    different = len(set(given.get("categories", [])))
    k, l = len(places), int(found.params.get("components", 0))
    if "responsibilities" in given:
        k = shape(given["responsibilities"])[1]
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
        "vector": [d],
        "eigenvalue": [],
        "w": shape(given.get("w", [])),
        "h": shape(given.get("h", [])),
        "loss": [],
        "variances": [l],
        "ratio": [l],
        "components": [l, d],
        "scores": [n, l],
        "samples": [n],
        "parents": [2 * n - 2],
        "heights": [n - 1],
        "core": [n],
        "modularity": [],
        "codelength": [],
        "medoids": [k],
        "cost": [],
        "points": [n, d],
        "matrix": [n, different],
    }
    if found.task.startswith(MIXTURES):
        shapes |= {
            "responsibilities": [n, k],
            "weights": [k],
            "means": [k, d],
            "covariances": [k, d, d],
            "probabilities": [k] if found.task.startswith("binomial.") else [k, d],
        }
    if found.task == "choose_k.sweep":
        shapes |= {name: [len(given["starts"])] for name in ("distortion", "silhouette", "ratio")}
    if found.task.startswith("silhouette."):
        shapes |= {"clusters": [len(set(given["labels"]))], "mean": []}
    for outcome in found.outcomes:
        assert {name: shape(value) for name, value in outcome.result.items()} == {
            name: shapes[name] for name in outcome.result
        }
        labels = outcome.result.get("labels", [])
        most = k or different or int(found.params.get("k", 0))
        least, most = (-1, max(labels) + 1) if found.task == "dbscan.fit" else (0, most)
        assert all(least <= label < most for label in labels)
        assert all(0 <= medoid < n for medoid in outcome.result.get("medoids", []))


@pytest.mark.parametrize("identity", [identity for identity in sorted(FILES) if identity.startswith(MIXTURES)])
def test_results_of_a_mixture_are_what_they_are_called(identity: str) -> None:
    """Shares that sum to 1, probabilities, and covariances of the shape that is asked for."""
    found = read(identity)
    if found.expected is None:
        return
    given = {name: value for name, value in found.expected.items() if name not in ("log_likelihood", "rate")}
    shares = [given["weights"]] if "weights" in given else []
    for row in [*shares, *given.get("responsibilities", [])]:
        assert abs(sum(map(parse, row)) - 1) <= Fraction(len(row), 10**50)
    for name in {"responsibilities", "weights", "probabilities"} & set(given):
        assert all(0 <= parse(x) <= 1 for x in leaves(given[name]))
    if "rate" in found.expected:  # where a run stands still it need not be attracted
        rate = parse(found.expected["rate"])
        assert rate >= 0
        assert rate < 1 or not isinstance(found.certificate, FixedPoint)
    sigmas, kind = given.get("covariances", []), found.params.get("covariance_type", "full")
    assert kind != "tied" or all(sigma == sigmas[0] for sigma in sigmas)
    for sigma in sigmas:
        assert sigma == [list(column) for column in zip(*sigma, strict=True)]
        assert all(parse(sigma[i][i]) > 0 for i in range(len(sigma)))
        if kind in ("diag", "spherical"):
            assert all(x == "0" for i, row in enumerate(sigma) for j, x in enumerate(row) if i != j)
        assert kind != "spherical" or len({sigma[i][i] for i in range(len(sigma))}) == 1


@pytest.mark.parametrize("identity", [identity for identity in sorted(FILES) if identity.startswith("linkage.fit/")])
def test_heights_ascend_and_every_cluster_has_two_parts(identity: str) -> None:
    """But for a branch that a decision below what binary64 sees allows, where heights may fall by as little."""
    found = read(identity)
    for outcome in found.outcomes:
        heights, parents = [parse(h) for h in outcome.result["heights"]], outcome.result["parents"]
        n = len(heights) + 1
        assert all(low <= high * (1 + Fraction(1, 2**48)) for low, high in pairwise(heights))
        assert sorted(parents) == sorted(2 * list(range(n, 2 * n - 1)))
        assert all(parent > i for i, parent in enumerate(parents))


@pytest.mark.parametrize("identity", [identity for identity in sorted(FILES) if identity.startswith("dbscan.fit/")])
def test_core_points_are_in_clusters_that_count_by_their_first_core_points(identity: str) -> None:
    found = read(identity)
    for outcome in found.outcomes:
        labels, core = outcome.result["labels"], outcome.result["core"]
        assert set(core) <= {0, 1}
        firsts = [label for label, is_core in zip(labels, core, strict=True) if is_core]
        assert list(dict.fromkeys(firsts)) == list(range(max(labels) + 1))


@pytest.mark.parametrize("identity", [identity for identity in sorted(FILES) if identity.startswith("pca.fit/")])
def test_components_are_what_they_are_called(identity: str) -> None:
    """Orthonormal, with descending variances that are those of their scores, which are those of the centred points."""
    found = read(identity)
    if found.expected is None:
        return
    mean, variances, ratio, components, scores = (
        [[parse(x) for x in row] if isinstance(row, list) else parse(row) for row in found.expected[name]]
        for name in ("mean", "variances", "ratio", "components", "scores")
    )
    points = [[parse(x) for x in row] for row in found.input["points"]]
    small, n, divisor = Fraction(1, 10**45), len(points), len(points) - int(found.params["ddof"])
    largest = max(abs(x) for row in points for x in row)
    assert mean == [sum(column) / n for column in zip(*points, strict=True)]
    assert variances == sorted(variances, reverse=True)
    assert variances[-1] >= 0
    away = [[x - m for x, m in zip(row, mean, strict=True)] for row in points]
    total = sum(x * x for row in away for x in row) / divisor
    assert sum(ratio) <= 1 + small
    assert len(variances) < min(n, len(mean)) or abs(sum(ratio) - 1) <= small
    for i, v in enumerate(components):
        assert max(v, key=abs) > 0
        assert abs(ratio[i] * total - variances[i]) <= small * total
        along = [row[i] for row in scores]
        assert abs(sum(y * y for y in along) / divisor - variances[i]) <= small * total
        for j, w in enumerate(components):
            assert abs(sum(a * b for a, b in zip(v, w, strict=True)) - (i == j)) <= small
        for y, row in zip(along, away, strict=True):
            assert abs(y - sum(a * b for a, b in zip(row, v, strict=True))) <= small * largest * len(v)


@each
def test_where_centers_are_chosen_the_closest_decision_is_told(identity: str) -> None:
    found = read(identity)
    certificate = found.certificate
    if found.expected is None or found.task not in DECIDING:
        assert not isinstance(certificate, Runs)
        return
    assert isinstance(certificate, Runs)
    if isinstance(certificate, MedoidPaths):
        points, k = found.input["dissimilarity"], len(found.input["medoids"])
    else:
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

        def dissimilarity(j: int) -> Fraction:
            if isinstance(certificate, MedoidPaths):
                return x[int(found.input["medoids"][j])]
            power = 1 if found.task == "kmedians.run" else 2
            return sum(
                (abs(a - parse(c)) ** power for a, c in zip(x, found.input["centers"][j], strict=True)), Fraction(0)
            )

        to_label, to_rival = map(dissimilarity, (margin.label, margin.rival))
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
    fields = msgspec.structs.fields(TASKS[raw["task"]].params)
    assert {field.name for field in fields if field.required} <= set(asked["params"])
    assert set(asked["params"]) <= {field.name for field in fields}


@each
def test_every_input_is_a_binary64_number_unless_the_lecture_prints_it(identity: str) -> None:
    found = read(identity)
    if found.refused is not None or "lecture" in found.tags:
        return
    skipped = ("theta", "categories")
    given = {name: value for name, value in {**found.input, **found.params}.items() if name not in skipped}
    for value in leaves(given):
        if value is not None and value not in WORDS:
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
    "a result deeper than a list of matrices": (["expected", "labels"], [[[[0]]]]),
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


POINTS = {"points": [["0", "1"], ["2", "3"]]}
GAUSSIANS = {"points": [["0"]], "weights": ["1"], "means": [["0"]], "covariances": [[["1"]]]}
BITS = {"rows": [[0, "1"]], "weights": ["1"], "probabilities": [["1/2", "1/2"]]}
ROUNDS = {"heads": [1], "tails": ["2"], "weights": ["1"], "probabilities": ["1/2"]}

EDGE = {"weights": [["0", "1"], ["1", "0"]]}

WRONG_ASKINGS: dict[str, list[dict[str, Any]]] = {
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
    "pca.fit": [
        {"input": POINTS, "params": {"ddof": 1}},
        {"input": POINTS, "params": {"components": 1}},
        {"input": POINTS, "params": {"components": 1.5, "ddof": 1}},
        {"input": POINTS, "params": {"components": None, "ddof": 1}},
        {"input": POINTS, "params": {"components": 1, "ddof": 1, "k": 1}},
        {"input": {"points": ["0", "1"]}, "params": {"components": 1, "ddof": 1}},
        {"input": {"points": [[0, 1]]}, "params": {"components": 1, "ddof": 1}},
        {"input": {**POINTS, "mean": ["0", "0"]}, "params": {"components": 1, "ddof": 1}},
        {"input": POINTS},
    ],
    "kmedoids.run": [
        {"input": {"dissimilarity": [["0"]], "medoids": [0]}, "params": {}},
        {"input": {"dissimilarity": [["0"]]}, "params": {"iterations": 1}},
        {"input": {"dissimilarity": [[0]], "medoids": [0]}, "params": {"iterations": 1}},
        {"input": {"dissimilarity": [[None]], "medoids": [0]}, "params": {"iterations": 1}},
        {"input": {"dissimilarity": [["0"]], "medoids": [0.5]}, "params": {"iterations": 1}},
        {"input": {"dissimilarity": [["0"]], "medoids": 0}, "params": {"iterations": 1}},
    ],
    "kmedians.run": [{"input": {**POINTS, "medoids": [0]}, "params": {"iterations": 1}}],
    "preprocess.min_max": [
        {"input": {"points": [["0", None]]}, "params": {}},
        {"input": POINTS, "params": {"k": 1}},
    ],
    "preprocess.impute_mean": [
        {"input": {"points": [["0", 1]]}, "params": {}},
        {"input": {"points": [None]}, "params": {}},
        {"input": {"points": [["0", ["1"]]]}, "params": {}},
    ],
    "preprocess.codes": [
        {"input": {"categories": [1]}, "params": {}},
        {"input": {"categories": [None]}, "params": {}},
        {"input": {"categories": [["a"]]}, "params": {}},
        {"input": {"categories": "a"}, "params": {}},
        {"input": {"categories": ["a" * 4001]}, "params": {}},
    ],
    "preprocess.one_hot": [{"input": {"categories": [True]}, "params": {}}],
    "silhouette.samples": [
        {"input": POINTS, "params": {}},
        {"input": {**POINTS, "labels": [0, 0.5]}, "params": {}},
        {"input": {**POINTS, "labels": [[0], [1]]}, "params": {}},
        {"input": {**POINTS, "labels": [0, 1], "centers": [["0", "1"]]}, "params": {}},
        {"input": {**POINTS, "labels": [0, 1]}, "params": {"k": 2}},
        {"input": {**POINTS, "labels": [0, 1]}},
    ],
    "choose_k.sweep": [
        {"input": POINTS, "params": {}},
        {"input": {**POINTS, "starts": [["0", "1"]]}, "params": {}},
        {"input": {**POINTS, "starts": [[[0, 1]]]}, "params": {}},
        {"input": {**POINTS, "starts": []}, "params": {"k": 2}},
    ],
    "linkage.fit": [
        {"input": POINTS, "params": {}},
        {"input": POINTS, "params": {"method": "centroid"}},
        {"input": POINTS, "params": {"method": "ward", "k": 2}},
        {"input": {"points": ["0", "1"]}, "params": {"method": "ward"}},
        {"input": POINTS},
    ],
    "dbscan.fit": [
        {"input": POINTS, "params": {"eps": "1"}},
        {"input": POINTS, "params": {"eps": 1, "min_points": 2}},
        {"input": POINTS, "params": {"eps": "1", "min_points": 1.5}},
        {"input": POINTS, "params": {"eps": "1", "min_points": 2, "metric": "euclidean"}},
    ],
    "modularity.score": [
        {"input": EDGE, "params": {}},
        {"input": {**EDGE, "labels": [0, 0.5]}, "params": {}},
        {"input": {**EDGE, "labels": [0, 0], "points": [["0"]]}, "params": {}},
        {"input": {**EDGE, "labels": [0, 0]}, "params": {"resolution": "1"}},
        {"input": {"weights": ["0", "1"], "labels": [0, 0]}, "params": {}},
        {"input": {"weights": [[0, 1], [1, 0]], "labels": [0, 0]}, "params": {}},
    ],
    "map_equation.optimum": [
        {"input": {**EDGE, "labels": [0, 0]}, "params": {}},
        {"input": EDGE, "params": {"seed": 1}},
        {"input": EDGE},
    ],
    "gmm.step": [
        {"input": {**GAUSSIANS, "points": [[0]]}, "params": {}},
        {"input": {**GAUSSIANS, "weights": [["1"]]}, "params": {}},
        {"input": {**GAUSSIANS, "covariances": [["1"]]}, "params": {}},
        {"input": {**GAUSSIANS, "covariances": [[[1]]]}, "params": {}},
        {"input": {**GAUSSIANS, "covariances": [[[["1"]]]]}, "params": {}},
        {"input": {**GAUSSIANS, "responsibilities": [["1"]]}, "params": {}},
        {"input": {name: value for name, value in GAUSSIANS.items() if name != "weights"}, "params": {}},
        {"input": GAUSSIANS, "params": {"covariance_type": "round"}},
        {"input": GAUSSIANS, "params": {"regularisation": 0.5}},
        {"input": GAUSSIANS, "params": {"iterations": 1}},
        {"input": GAUSSIANS},
    ],
    "gmm.run": [{"input": GAUSSIANS, "params": {}}, {"input": GAUSSIANS, "params": {"iterations": 1.5}}],
    "gmm.fixed_point": [{"input": GAUSSIANS, "params": {"regularisation": "0"}}],
    "gmm.m_step": [{"input": {"points": [["0"]], "responsibilities": ["1"]}, "params": {}}],
    "bernoulli.step": [
        {"input": {**BITS, "rows": [0, 1]}, "params": {}},
        {"input": {**BITS, "rows": [[0.5, 1]]}, "params": {}},
        {"input": {**BITS, "probabilities": ["1/2", "1/2"]}, "params": {}},
        {"input": BITS, "params": {"iterations": 1}},
    ],
    "binomial.step": [
        {"input": {**ROUNDS, "heads": [[1]]}, "params": {}},
        {"input": {**ROUNDS, "probabilities": [["1/2"]]}, "params": {}},
        {"input": {**ROUNDS, "theta": ["1/2"]}, "params": {}},
    ],
}


@pytest.mark.parametrize(("task", "number"), [(t, i) for t, wrong in WRONG_ASKINGS.items() for i in range(len(wrong))])
def test_the_schema_of_a_task_rejects_wrong_types_and_fields(task: str, number: int) -> None:
    assert not TASK_SCHEMAS[task].is_valid(WRONG_ASKINGS[task][number])


def test_the_schema_of_a_task_takes_integers_as_numbers_or_as_text_where_the_protocol_does() -> None:
    for ddof, components in ((0, 2), ("0", "2"), ("1", 1)):
        asked = {"input": POINTS, "params": {"ddof": ddof, "components": components}}
        assert TASK_SCHEMAS["pca.fit"].is_valid(asked)
    for k in (2, "2"):
        assert TASK_SCHEMAS["kmeans.optimum"].is_valid({"input": {"points": [["0"], ["1/3"]]}, "params": {"k": k}})


@pytest.mark.parametrize(
    ("task", "given", "params"),
    [
        ("gmm.e_step", GAUSSIANS, {}),
        ("gmm.step", GAUSSIANS, {}),
        ("gmm.step", GAUSSIANS, {"covariance_type": "tied"}),
        ("gmm.run", GAUSSIANS, {"iterations": "3", "regularisation": "1/1000"}),
        ("gmm.fixed_point", GAUSSIANS, {"covariance_type": "diag"}),
        ("gmm.m_step", {"points": [["0"]], "responsibilities": [["1"]]}, {"covariance_type": "spherical"}),
        ("bernoulli.step", BITS, {}),
        ("bernoulli.run", BITS, {"iterations": 0}),
        ("binomial.run", ROUNDS, {"iterations": 2}),
    ],
)
def test_the_schema_of_a_task_takes_mixtures_with_and_without_what_has_a_default(
    task: str, given: dict[str, Any], params: dict[str, Any]
) -> None:
    assert TASK_SCHEMAS[task].is_valid({"input": given, "params": params})


def test_every_folder_and_file_of_the_schemas_is_named_by_a_task() -> None:
    assert sorted(path.name for path in (ROOT / "schema").iterdir()) == sorted(
        f"{name}.schema.json" for name in ["case", *TASKS]
    )
