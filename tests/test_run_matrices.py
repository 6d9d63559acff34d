"""`refimpl run nmf.run` and `power.run`: golden results, starts, traces, and sentences where nothing can be done."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from fractions import Fraction as F
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from running import invoke, refused

from refimpl import nmf, own_data, power_iteration, trace
from refimpl.errors import RefimplError
from refimpl.numbers import exact_text, parse
from refimpl.oracle import case as cases, store
from refimpl.own_data import Options

CASES = store.fixtures() / "cases"
COUNTS = "a,b,c\n1,2,0\n3,4,5\n2,0,1\n"
MATRIX = "2,1\n1,3\n"
UNIFORM = ("--start", "uniform", "--k", 2, "--seed", 1)


def document(task: str, stdin: str, *arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(invoke(task, "-", *arguments, "--format", "json", stdin=stdin).stdout)
    return found


def refusal(task: str, stdin: str, *arguments: object) -> RefimplError:
    return refused(task, "-", *arguments, stdin=stdin)


def all_of(task: str) -> list[str]:
    return [f"{task}/{path.stem}" for path in sorted((CASES / task).glob("*.json"))]


@pytest.mark.parametrize("name", [*all_of("nmf.run"), *all_of("power.run")])
def test_case_files_give_what_they_expect_or_are_refused(name: str) -> None:
    text, case = (CASES / f"{name}.json").read_text(), cases.read(CASES / f"{name}.json")
    if case.refused is not None:
        assert refusal(case.task, text).kind == case.refused
        return
    assert case.expected is not None
    exact = case.task == "power.run" or int(str(case.params["iterations"])) <= 2
    found = document(case.task, text, "--kind", "exact" if exact else "ball", "--digits", 50)["results"]
    if exact:
        assert found == case.expected
    else:
        assert agree(found, case.expected, F(1, 10**48))


def agree(a: object, b: object, tolerance: F) -> bool:
    """Whether two trees have the same numbers, relative to 1 or to the number."""
    if isinstance(a, dict) and isinstance(b, dict):
        return set(a) == set(b) and all(agree(a[name], b[name], tolerance) for name in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(agree(x, y, tolerance) for x, y in zip(a, b, strict=True))
    x, y = parse(str(a)), parse(str(b))
    return abs(x - y) <= tolerance * max(abs(y), F(1))


# --- nmf.run ----------------------------------------------------------------------------------------


def test_factors_are_drawn_by_the_seed_row_by_row() -> None:
    found = document("nmf.run", COUNTS, *UNIFORM, "--iterations", 0, "--kind", "float")["results"]
    source = Random(1)
    drawn = [1 - source.random() for _ in range(12)]
    assert [float(x) for row in [*found["w"], *found["h"]] for x in row] == drawn
    # written down once: the draws are the same on every machine
    assert found["w"][0] == ["0.8656357558875988", "0.15256626306276733"]
    other = document("nmf.run", COUNTS, *UNIFORM[:-1], 2, "--iterations", 0, "--kind", "float")["results"]
    assert other != found


@pytest.mark.parametrize("kind", ["exact", "float", "high", "ball"])
def test_every_kind_takes_the_same_steps_and_the_loss_never_rises(kind: str) -> None:
    start = "1,2; 2,1; 1/2,3 | 1,1,2; 3,1/3,1"
    x = own_data.parsed(COUNTS.encode(), "counts").rows
    w, h = [[F(1), F(2)], [F(2), F(1)], [F(1, 2), F(3)]], [[F(1), F(1), F(2)], [F(3), F(1, 3), F(1)]]
    steps = 2 if kind == "exact" else 12
    found = document("nmf.run", COUNTS, "--start", start, "--iterations", steps, "--kind", kind)
    two = trace.nth(2, nmf.trace(x, nmf.State(w, h)))
    losses = [parse(step["objective"]) for step in found["trace"]]
    assert [step["step"] for step in found["trace"]] == list(range(steps + 1))
    assert abs(losses[2] / nmf.loss(x, two.w, two.h) - 1) < F(1, 10**9)
    assert all(a > b for a, b in pairwise(losses))
    assert found["results"]["loss"] == found["trace"][-1]["objective"]
    if kind == "exact":
        assert agree(found["results"]["w"], [[exact_text(y) for y in row] for row in two.w], F(1, 10**9))


def test_a_loss_of_nothing_and_rows_of_nothing_are_no_trouble() -> None:
    one = ("--start", "uniform", "--k", 1, "--seed", 1, "--iterations", 3)
    assert document("nmf.run", "1,2\n2,4\n", *one)["results"]["loss"] == "0.000000000"
    assert document("nmf.run", "1,2\n2,4\n", *one, "--kind", "exact")["results"]["loss"] == "0"
    assert document("nmf.run", "0,0\n1,2\n", *one)["results"]["w"][0] == ["0"]


def test_a_run_is_continued_from_what_it_wrote(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(COUNTS)
    first, both = (tmp_path / "first.json"), ("--kind", "float")
    invoke("nmf.run", tmp_path / "x.csv", *UNIFORM, "--iterations", 3, *both, "--output", first)
    more = document("nmf.run", COUNTS, "--start", first, "--iterations", 4, *both)
    whole = document("nmf.run", COUNTS, *UNIFORM, "--iterations", 7, *both)
    assert more["results"] == whole["results"]
    (tmp_path / "w.json").write_text('{"w": [[1], [2], [0]]}')
    said = str(refusal("nmf.run", COUNTS, "--start", tmp_path / "w.json", "--iterations", 1))
    assert said == f'{tmp_path}/w.json: there is no h; give {{"w": ..., "h": ...}}'


def test_the_table_and_the_csv_have_both_factors_by_name() -> None:
    arguments = ("nmf.run", "-", "--start", "1;2;1|1,1,1", "--iterations", 1)
    said = [line.split() for line in invoke(*arguments, stdin=COUNTS).stdout.splitlines()]
    w, h = (document("nmf.run", COUNTS, *arguments[2:])["results"][name] for name in "wh")
    assert [*([c, x] for c, x in zip("abc", h[0], strict=True))] == said[said.index(["column", "component", "0"]) :][
        1:4
    ]
    assert ["row", "a", "b", "c", "w", "0"] in said
    assert ["step", "loss"] in said
    assert ["1", "3", "4", "5", *w[1]] in said
    lines = list(csv.reader(io.StringIO(invoke(*arguments, "--format", "csv", stdin=COUNTS).stdout)))
    assert lines == [["a", "b", "c", "w_0"], *([*x.split(","), *y] for x, y in zip(COUNTS.split()[1:], w, strict=True))]


# --- power.run --------------------------------------------------------------------------------------


def test_power_by_hand_and_from_ones_if_nothing_is_said(tmp_path: Path) -> None:
    found = document("power.run", MATRIX, "--start", "1,0", "--iterations", 3)
    # (1, 0) -> (2, 1) -> (5, 5) -> (3, 4): quotients 2, 15 / 5, 7 / 2, 90 / 25
    assert [step["objective"] for step in found["trace"]] == ["2", "3", "7/2", "18/5"]
    assert found["results"] == {"vector": ["3/5", "4/5"], "eigenvalue": "18/5"}
    assert found["kind"] == "exact"
    (tmp_path / "v.csv").write_text("1,1\n")
    ones = [document("power.run", MATRIX, *s, "--iterations", 5)["results"] for s in ((), ("--start", "ones"))]
    ones.append(document("power.run", MATRIX, "--start", tmp_path / "v.csv", "--iterations", 5)["results"])
    state = trace.nth(5, power_iteration.trace([[F(2), F(1)], [F(1), F(3)]], [F(1), F(1)]))
    assert ones[0]["eigenvalue"] == exact_text(power_iteration.rayleigh([[F(2), F(1)], [F(1), F(3)]], state.vector))
    assert ones[0] == ones[1] == ones[2]


def test_power_in_every_kind_of_number() -> None:
    exact = document("power.run", MATRIX, "--iterations", 30)["results"]
    for kind in ("float", "high", "ball"):
        found = document("power.run", MATRIX, "--iterations", 30, "--kind", kind)["results"]
        assert agree(found, exact, F(1, 10**9))
    # a tie of moduli: the lower index is positive, with certainty
    assert document("power.run", "1,-1\n-1,1\n", "--start", "-1/3,1/3", "--iterations", 0, "--kind", "ball")[
        "results"
    ] == {
        "vector": ["0.7071067812", "-0.7071067812"],
        "eigenvalue": "2.000000000",
    }


def test_the_sign_of_a_vector_is_decided_exactly() -> None:
    nearly = f"0.{'3' * 60},-0.{'3' * 59}4"  # the second has the larger modulus, which balls of few digits cannot see
    for kind in ("exact", "ball"):
        found = document("power.run", MATRIX, "--start", nearly, "--iterations", 0, "--kind", kind)
        assert found["results"]["vector"] == ["-0.7071067812", "0.7071067812"]


def test_the_vector_has_the_names_of_the_columns() -> None:
    text = "left,right\n2,1\n1,3\n"
    said = [
        line.split()
        for line in invoke("power.run", "-", "--start", "1,0", "--iterations", 3, stdin=text).stdout.splitlines()
    ]
    assert ["left", "0.6"] in said
    assert ["right", "0.8"] in said
    assert ["eigenvalue", "=", "18/5", "=", "3.6"] in said
    assert ["step", "Rayleigh", "quotient"] in said
    lines = invoke("power.run", "-", "--start", "1,0", "--iterations", 3, "--format", "csv", stdin=text).stdout
    assert lines == "left,right,vector\n2,1,3/5\n1,3,4/5\n"


# --- both -------------------------------------------------------------------------------------------


def test_the_objective_is_watched_and_drawn_the_same_every_time() -> None:
    plot = pytest.importorskip("refimpl.own_data.plot", reason="matplotlib is not installed", exc_type=ValueError)
    for task, text, options, name in (
        ("nmf.run", COUNTS, Options(start="uniform", k=2, seed=1, iterations=4, kind="float"), "loss"),
        ("power.run", MATRIX, Options(iterations=4), "Rayleigh quotient"),
    ):
        told: list[tuple[int, int | None]] = []
        table = own_data.parsed(text.encode(), "data")
        outcome = own_data.run(task, table, options, lambda step, total, told=told: told.append((step.step, total)))  # type: ignore[misc]
        assert told == [(n, 4) for n in range(5)]
        drawn = plot.draw(outcome, "svg")
        assert drawn == plot.draw(outcome, "svg")
        said = [
            "".join(element.itertext()) for element in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")
        ]
        assert {name, "iteration"} <= set(said)


NMF: dict[tuple[object, ...], str] = {
    (): "nmf.run needs a start; give --start uniform, 'W | H' or FILE",
    ("--start", "uniform"): "--start uniform needs the number of components; give --k",
    ("--start", "uniform", "--k", 2): "--start uniform draws; give --seed with any integer",
    ("--start", "uniform", "--k", 4, "--seed", 1): "--k is 4 for 3 rows of 3 columns; give an integer from 1 to 3",
    ("--start", "uniform", "--k", 0, "--seed", 1): "--k is 0 for 3 rows of 3 columns",
    ("--start", "uniform", "--k", 1, "--seed", -1): "seed is -1; give an integer of at least 0",
    UNIFORM: "nmf.run needs --iterations; see refimpl run --help",
    (*UNIFORM, "--iterations", -1): "--iterations is -1; give at least 0",
    (*UNIFORM, "--scale"): "--scale has no use in nmf.run; leave it out",
    (*UNIFORM, "--ddof", 1): "--ddof has no use in nmf.run; leave it out",
    (*UNIFORM, "--iterations", 9, "--kind", "exact"): "step 2 would take too long in Fractions, which grow with every",
    ("--start", "first", "--iterations", 1): "--start is 'first'; give uniform, a JSON file with w and h, or both as",
    ("--start", "1;2;3|1,x,3", "--iterations", 1): "--start is '1;2;3|1,x,3'; give uniform",
    ("--start", "1;2;3|1|2", "--iterations", 1): "--start is '1;2;3|1|2'; give uniform",
    ("--start", "1;2|1,1,1", "--iterations", 1): "--start: w has 2 rows but matrix has 3; give both as many",
    ("--start", "1;2;3|1,1", "--iterations", 1): "--start: h has 2 columns but matrix has 3; give both as many",
    ("--start", "1;2;3|1,1,-1", "--iterations", 1): "--start: h[0][2] is -1; give a number of at least 0",
    ("--start", "1;2;3|1,1,1", "--iterations", 1, "--k", 2): "--k is 2, but h has 1 rows; leave --k out",
    ("--start", "1;2;3|1,1,1", "--iterations", 1, "--seed", 2): "--seed has no use where the start gives w and h",
}

POWER: dict[tuple[object, ...], tuple[str, str]] = {
    (): (MATRIX, "power.run needs --iterations; see refimpl run --help"),
    ("--k", 1): (MATRIX, "--k has no use in power.run; leave it out"),
    ("--seed", 1): (MATRIX, "--seed has no use in power.run; leave it out"),
    ("--iterations", 2, "--start", "1,2,3"): (MATRIX, "--start has a row of 3 numbers; give 2"),
    ("--iterations", 2, "--start", "1,2;3,4"): (MATRIX, "--start has 2 rows; give one vector, such as 1,0,2"),
    ("--iterations", 2, "--start", "two"): (MATRIX, "--start 'two' is not a file that exists; give ones, a FILE"),
    ("--iterations", 2, "--start", "0,0"): (MATRIX, "standard input: vector has no entry other than 0"),
    ("--iterations", 10**7): (MATRIX, "10000000 steps would take too long in Fractions, which grow with each"),
    ("--iterations", 1): ("2,1\n0,3\n", "standard input: matrix[1][0] is 0 but matrix[0][1] is 1; give a symmetric"),
    ("--iterations", 2): ("2,1\n1,3\n4,4\n", "standard input: matrix has 3 x 2 entries; give a square matrix"),
    ("--iterations", 3): ("1,-1\n-1,1\n", "A v = 0 in step 1, because vector lies in the null space"),
    ("--iterations", 4): ("a,b\n1,x\n2,3\n", "line 2, column 'b': 'x' is not a number"),
}


@pytest.mark.parametrize("arguments", NMF, ids=lambda arguments: " ".join(map(str, arguments)))
def test_what_nmf_cannot_do_is_one_sentence(arguments: tuple[object, ...]) -> None:
    assert NMF[arguments] in str(refusal("nmf.run", COUNTS, *arguments))


@pytest.mark.parametrize("arguments", POWER, ids=lambda arguments: " ".join(map(str, arguments)))
def test_what_power_cannot_do_is_one_sentence(arguments: tuple[object, ...]) -> None:
    text, sentence = POWER[arguments]
    assert sentence in str(refusal("power.run", text, *arguments))


def test_negative_entries_are_named_by_line_and_column() -> None:
    said = str(refusal("nmf.run", "a,b\n1,2\n-3,4\n", *UNIFORM, "--iterations", 1))
    assert said == "standard input: line 3, column 'a': -3 is below 0; give a number of at least 0"
