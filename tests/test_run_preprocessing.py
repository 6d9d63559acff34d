"""`refimpl run preprocess.*`: tables with holes and words come back ready for distances, and refusals."""

import json
from typing import Any

import pytest
from click.testing import Result
from running import invoke, refused

from refimpl.numbers import certified, parse
from refimpl.oracle import store
from refimpl.oracle.case import Case
from refimpl.oracle.tasks import TASKS

CASES = [
    case
    for task in TASKS
    if task.startswith("preprocess.")
    for case in store.cases(store.fixtures(), task=task)
    if case.expected is not None
]
PEOPLE = "age,city,height\n20,Rome,\n?,Oslo,180\n40,Rome,170\n"


def preprocessed(task: str, *arguments: object, stdin: str) -> Result:
    return invoke(f"preprocess.{task}", "-", *arguments, stdin=stdin)


def refusal(task: str, stdin: str, *arguments: object) -> str:
    return str(refused(f"preprocess.{task}", "-", *arguments, stdin=stdin))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_golden_case_can_be_run(case: Case) -> None:
    document = json.dumps({"input": case.input, "params": {}})
    done = preprocessed(case.task.partition(".")[2], "--digits", 40, "--format", "json", stdin=document)
    results: dict[str, Any] = json.loads(done.stdout)["results"]
    expected: Any = case.expected
    for name, golden in expected.items():
        if name == "labels":
            assert results[name] == golden
            continue
        for row, right in zip(results[name], golden, strict=True):
            for x, y in zip(row, right, strict=True):
                assert abs(parse(x) - parse(y)) <= certified(x)[1]


def test_a_table_comes_back_as_csv_with_new_cells_for_the_old_ones() -> None:
    filled = preprocessed("impute_mean", "--columns", "age,height", "--format", "csv", stdin=PEOPLE).stdout
    assert filled == "age,city,height\n20,Rome,175\n30,Oslo,180\n40,Rome,170\n"
    scaled = preprocessed("min_max", "--columns", "height,age", "--format", "csv", stdin=filled).stdout
    assert scaled == "age,city,height\n0,Rome,1/2\n1/2,Oslo,1\n1,Rome,0\n"
    coded = preprocessed("codes", "--columns", "city", "--format", "csv", stdin=scaled).stdout
    assert coded == "age,city,height\n0,0,1/2\n1/2,1,1\n1,0,0\n"
    wide = preprocessed("one_hot", "--columns", "city", "--format", "csv", stdin=scaled).stdout
    assert wide == "age,city=Rome,city=Oslo,height\n0,1,0,1/2\n1/2,0,1,1\n1,1,0,0\n"


@pytest.mark.parametrize("kind", ["exact", "float", "high", "ball"])
def test_a_third_of_a_range_in_every_kind_of_number(kind: str) -> None:
    done = preprocessed("min_max", "--kind", kind, "--digits", 5, "--format", "csv", stdin="x\n2\n3\n5\n").stdout
    third = {"exact": "1/3", "float": repr(1 / 3), "high": "0.33333", "ball": "0.33333"}[kind]
    assert done.splitlines()[2] == third


def test_people_are_told_what_was_done_to_each_column() -> None:
    said = preprocessed("impute_mean", "--columns", "age,height", stdin=PEOPLE).stdout
    assert "column  missing  mean" in said
    assert "   age        1    30" in said
    said = preprocessed("min_max", stdin="x,y\n-1,7\n3,7\n").stdout
    assert "     x     -1         3" in said
    said = preprocessed("codes", "--columns", "city", stdin=PEOPLE).stdout
    assert "city  rows  code\nRome     2     0\nOslo     1     1" in said
    said = preprocessed("one_hot", "--columns", "city", stdin=PEOPLE).stdout
    assert "city  rows  column" in said


@pytest.mark.parametrize("word", ["", "NA", "n/a", "NaN", "null", "?"])
def test_what_stands_for_a_missing_value_is_missing(word: str) -> None:
    said = preprocessed("impute_mean", "--format", "csv", stdin=f"x,y\n1,0\n{word},0\n3,0\n").stdout
    assert said == "x,y\n1,0\n2,0\n3,0\n"


def test_a_word_is_whatever_is_written() -> None:
    words = 'w,n\nNA,1\n,2\n"1",3\n1.0,4\n网络,5\n'
    done = preprocessed("codes", "--columns", "w", "--format", "csv", stdin=words).stdout
    assert [line.partition(",")[0] for line in done.splitlines()] == ["w", "0", "1", "2", "3", "4"]
    document = json.dumps({"input": {"categories": [" a", "a", "\u001b[2J"]}})
    results = json.loads(preprocessed("codes", "--format", "json", stdin=document).stdout)["results"]
    assert results == {"labels": [0, 1, 2], "categories": [" a", "a", "\u001b[2J"]}
    assert "\u001b" not in preprocessed("codes", stdin=document).stdout


@pytest.mark.parametrize(
    ("task", "stdin", "arguments", "words"),
    [
        ("min_max", PEOPLE, ["--columns", "age"], "line 3, column 'age': the value is missing ('?')"),
        ("min_max", PEOPLE, ["--columns", "city"], "'Rome' is not a number"),
        ("min_max", "x\n1\n2\n", ["--scale"], "--scale has no use in preprocess.min_max"),
        ("min_max", "x\n1\n2\n", ["--k", 2], "--k has no use in preprocess.min_max"),
        ("min_max", "x\n1\n2\n", ["--plot", "a.svg"], "has no iterations and no labels to draw"),
        ("codes", "x\na\nb\n", ["--plot", "a.svg"], "has no iterations and no labels to draw"),
        ("impute_mean", PEOPLE, [], "line 2, column 'city': 'Rome' is not a number"),
        ("impute_mean", "x,y\n1,\n2,\n", [], "every cell of the column 'y' is missing"),
        ("impute_mean", "x,y\n1\n2,\n", [], "give every row the same number"),
        ("impute_mean", "x\n1\ninf\n", [], "'inf' is not finite"),
        ("codes", PEOPLE, [], "takes one column, not 3; choose it, such as --columns height"),
        ("one_hot", PEOPLE, ["--columns", "age,city"], "takes one column, not 2"),
        ("codes", PEOPLE, ["--columns", "town"], "there is no column 'town'"),
        ("codes", PEOPLE, ["--columns", "city", "--kind", "float"], "--kind float has no use in preprocess.codes"),
        ("codes", '{"input": {"categories": [["a"]]}}', [], "categories has what is no text"),
        ("codes", '{"input": {"categories": []}}', [], "there is no row"),
    ],
)
def test_refusals(task: str, stdin: str, arguments: list[object], words: str) -> None:
    assert words in refusal(task, stdin, *arguments)
