"""`refimpl run`: tables are read exactly, results are right in every kind of number, and three formats say the same."""

import csv
import io
import json
import subprocess
import sys
from fractions import Fraction as F
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result

from refimpl import cli, kmeans, kmeans_online, kmeans_starts, own_data, trace, two_coins
from refimpl.numbers import ball, certified, exact_text, parse, rounded
from refimpl.oracle import case as cases, store
from refimpl.oracle.tasks import TASKS
from refimpl.oracle.values import Style, written
from refimpl.own_data import start
from refimpl.own_data.job import JOBS

DATA = store.fixtures() / "data"
IRIS, GEYSER = DATA / "iris.csv", DATA / "old_faithful.csv"
FOUR = "x\n0\n1\n4\n9\n"
COINS = "heads,tails\n5,5\n9,1\n8,2\n4,6\n7,3\n"
SQUARE = "-0.1,0.2\n-0.1,0.4\n0.7,0.2\n0.7,0.5\n"


def invoke(*arguments: object, stdin: str | bytes | None = None) -> Result:
    """One run in this process; errors of the family are raised."""
    given = [str(a) for a in arguments]
    return CliRunner().invoke(cli.commands, ["run", *given], input=stdin, catch_exceptions=False)


def document(task: str, stdin: str | bytes, *arguments: object) -> dict[str, Any]:
    """The JSON of a run on data from standard input."""
    done = invoke(task, "-", *arguments, "--format", "json", stdin=stdin)
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def results(task: str, stdin: str | bytes, *arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = document(task, stdin, *arguments)["results"]
    return found


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def table(text: str, columns: str | None = None, header: bool | None = None) -> own_data.Table:
    return own_data.parsed(text.encode(), "data", columns, header=header)


# --- reading ----------------------------------------------------------------------------------------


def test_every_task_is_run_on_own_data_and_told_by_the_help() -> None:
    assert set(JOBS) == set(TASKS)
    said = invoke("--help").stdout
    assert [task for task in TASKS if task not in said] == []


def test_decimals_are_the_rationals_that_are_written() -> None:
    assert table("a,b\n0.1,1e-3\n31/6,-2.50\n").rows == [[F(1, 10), F(1, 1000)], [F(31, 6), F(-5, 2)]]
    assert table("[[0.1, 1E-3], [-2.50, 123456789012345678901234567890]]").rows == [
        [F(1, 10), F(1, 1000)],
        [F(-5, 2), F(123456789012345678901234567890)],
    ]


@pytest.mark.parametrize(
    ("text", "columns", "count"),
    [
        ("1,2\n3,4\n", ("x0", "x1"), 2),
        ("a,b\n3,4\n", ("a", "b"), 1),
        ("a;b\n3;4\n", ("a", "b"), 1),
        ("a\tb\n3\t4\n", ("a", "b"), 1),
        ("a, b;c\n3;4\n", ("a, b", "c"), 1),
        ('"a,b";c\r\n3;4\r\n\r\n', ("a,b", "c"), 1),
        ("a\r3\r4\r", ("a",), 2),
        ("\n\n 1 , 2 \n", ("x0", "x1"), 1),
        ("7", ("x0",), 1),
    ],
    ids=["none", "comma", "semicolon", "tab", "comma in a name", "quoted", "one column", "blanks", "one cell"],
)
def test_header_and_delimiter_are_found(text: str, columns: tuple[str, ...], count: int) -> None:
    found = table(text)
    assert found.columns == columns
    assert len(found.rows) == count


def test_a_first_row_with_a_number_in_it_is_no_header() -> None:
    found = table("51,35,setosa\n49,30,setosa\n", "0,1")
    assert found.rows == [[51, 35], [49, 30]]
    assert table("year,2019\n1,2\n", header=True).columns == ("year", "2019")
    assert table("a\n1\n", "0", header=True).rows == [[1]]


def test_a_byte_order_mark_belongs_to_no_name() -> None:
    assert own_data.parsed(b"\xef\xbb\xbfa,b\n1,2\n", "data").columns == ("a", "b")
    assert own_data.parsed(b"\xef\xbb\xbf[[1]]", "data").rows == [[1]]


@pytest.mark.parametrize("columns", ["petal_width_mm,sepal_length_mm", "3,0", "petal_width_mm, 0", "3-3,0-0"])
def test_columns_are_chosen_by_name_or_index_in_the_order_asked_for(columns: str) -> None:
    found = own_data.read(IRIS, columns)
    assert found.columns == ("petal_width_mm", "sepal_length_mm")
    assert found.rows[:2] == [[2, 51], [2, 49]]
    assert found.header[4] == "species"


def test_all_forms_of_json_give_the_same_table() -> None:
    lists = table('[[1, 0.5], ["2", "31/6"]]')
    objects = table('[{"x0": 1, "x1": 0.5}, {"x1": "31/6", "x0": "2"}]')
    case = table('{"input": {"points": [[1, 0.5], ["2", "31/6"]]}, "params": {}, "title": "ignored"}')
    assert lists.rows == objects.rows == case.rows == [[1, F(1, 2)], [2, F(31, 6)]]
    assert lists.columns == objects.columns == case.columns


def test_a_file_and_standard_input_give_the_same(tmp_path: Path) -> None:
    path = tmp_path / "four.csv"
    path.write_text(FOUR)
    arguments = ("--start", "0; 9", "--format", "csv")
    assert invoke("kmeans.fit", path, *arguments).stdout == invoke("kmeans.fit", "-", *arguments, stdin=FOUR).stdout


@pytest.mark.parametrize(
    "task",
    [
        t
        for t in TASKS
        if t not in ("coins.run", "coins.fixed_point", "moments.covariance", "kmeans.optimum")
        and t.startswith(("moments.", "kmeans.", "coins."))  # for mixtures see test_run_mixtures
    ],
)
def test_case_files_give_what_they_expect(task: str) -> None:
    for path in sorted((store.fixtures() / "cases" / task).glob("*.json"))[:6]:
        case = cases.read(path)
        if case.expected is None:
            continue
        arguments = ("--digits", 50, "--kind", "exact", "--format", "json")
        assert json.loads(invoke(task, path, *arguments).stdout)["results"] == case.expected


def test_options_come_before_what_a_document_says() -> None:
    text = json.dumps({"input": {"points": [[0], [1], [4], [9]], "centers": [[0], [9]]}, "params": {"iterations": 0}})
    assert results("kmeans.run", text)["centers"] == [["0"], ["9"]]
    assert results("kmeans.run", text, "--iterations", 1)["centers"] == [["5/3"], ["9"]]
    assert results("kmeans.run", text, "--start", "1; 4")["centers"] == [["1"], ["4"]]


# --- results ----------------------------------------------------------------------------------------


def test_kmeans_of_four_points_by_hand() -> None:
    # from 0 and 9: {0, 1, 4} and {9}, whose means are 5/3 and 9; J = 25/9 + 4/9 + 49/9 = 26/3, and nothing moves
    found = document("kmeans.fit", FOUR, "--start", "0; 9")
    assert found["results"] == {
        "labels": [0, 0, 0, 1],
        "centers": [["5/3"], ["9"]],
        "distortion": "26/3",
        "iterations": 2,
    }
    assert found["settled"] is True
    assert found["trace"] == [
        {"step": 0, "objective": "17"},
        {"step": 1, "objective": "26/3"},
        {"step": 2, "objective": "26/3", "changed": 0},
    ]
    assert (found["kind"], found["digits"], found["columns"], found["rows"]) == ("exact", 10, ["x"], 4)
    assert found["options"] == {"start": "0; 9"}


def test_changed_labels_are_counted_from_the_second_step_on() -> None:
    points = own_data.read(GEYSER).rows
    states = trace.take(4, kmeans.trace(points, kmeans.start(points, points[:2])))
    found = document("kmeans.run", GEYSER.read_bytes(), "--start", "first", "--k", 2, "--iterations", 3)
    moved = [sum(a != b for a, b in zip(states[n - 1].labels, states[n].labels, strict=True)) for n in (2, 3)]
    assert moved[0] > 0
    assert [step.get("changed") for step in found["trace"]] == [None, None, *moved]
    assert [step["objective"] for step in found["trace"]] == [written(s.distortion, Style(10)) for s in states]


def test_a_run_that_is_cut_short_says_so() -> None:
    arguments = ("--start", "first", "--k", 3, "--iterations", 2)
    found = document("kmeans.fit", GEYSER.read_bytes(), *arguments)
    assert found["settled"] is False
    assert found["results"]["iterations"] == 2
    said = invoke("kmeans.fit", GEYSER, *arguments).stdout
    assert "not settled after 2 steps: labels still change" in said
    assert "settled after 2 steps" not in said.replace("not settled", "")


def creeping(n: int) -> list[float]:
    """Points that go to the left cluster one by one: each lies just below the middle between the two means."""
    xs, total = [0.0], 1e6
    while len(xs) < n - 1:
        left, rest = sum(xs) / len(xs), (total - sum(xs)) / (n - len(xs))
        xs.append((left + rest) / 2 * (1 - 1e-7))
    return [*xs, total - sum(xs)]


def test_a_fit_may_take_more_than_two_hundred_steps() -> None:
    xs = creeping(230)
    text = "\n".join(map(repr, xs))
    found = document("kmeans.fit", text, "--start", f"0; {sum(xs) / 229!r}", "--kind", "float")
    assert (found["settled"], found["results"]["iterations"]) == (True, 229)
    assert [step.get("changed") for step in found["trace"]] == [None, None, *[1] * 227, 0]


@pytest.mark.parametrize("digits", [3, 40])
@pytest.mark.parametrize("name", ["float", "high", "ball"])
def test_every_kind_agrees_with_fractions_as_far_as_it_promises(name: str, digits: int) -> None:
    arguments = ("--start", "-0.1,0.2; 0.7,0.4", "--digits", digits)
    exact = results("kmeans.fit", SQUARE, *arguments)
    found = results("kmeans.fit", SQUARE, *arguments, "--kind", name)
    assert (found["labels"], found["iterations"]) == (exact["labels"], exact["iterations"])
    pairs = [(found["distortion"], exact["distortion"])]
    pairs += [p for a, b in zip(found["centers"], exact["centers"], strict=True) for p in zip(a, b, strict=True)]
    for text, truth in pairs:
        if name == "float":
            assert repr(float(text)) == text
            assert abs(parse(text) - parse(truth)) < F(1, 10**14)
        else:
            assert text == rounded(parse(truth), digits)


def test_a_tie_that_balls_cannot_see_is_told_and_exact_numbers_see_it() -> None:
    text = "0.1\n0.2\n0.3\n"  # 0.2 is as far from 0.1 as from 0.3
    assert results("kmeans.assign", text, "--start", "0.1; 0.3")["labels"] == [0, 0, 1]
    with pytest.raises(own_data.table.BadInput, match=r"balls of 2560 digits do not decide .* take --kind exact"):
        invoke("kmeans.assign", "-", "--start", "0.1; 0.3", "--kind", "ball", stdin=text)


def test_online_seeding_update_and_optimum_by_hand() -> None:
    online = results("kmeans.online", FOUR, "--start", "0; 9", "--rate", "1/2")
    # 0 stays, 1 moves it to 1/2, 4 to 9/4, 9 stays
    assert online == {"labels": [0, 0, 0, 1], "centers": [["9/4"], ["9"]]}
    assert results("kmeans.online", FOUR, "--start", "0; 9")["centers"] == [["5/3"], ["9"]]
    # squares of the distances to 0: 0, 1, 16, 81
    assert results("kmeans.seeding", FOUR, "--chosen", "0")["probabilities"] == ["0", "1/98", "8/49", "81/98"]
    assert results("kmeans.seeding", FOUR, "--chosen", "0, 3")["probabilities"] == ["0", "1/17", "16/17", "0"]
    assert results("kmeans.optimum", FOUR, "--k", 2) == {"distortion": "26/3", "labels": [0, 0, 0, 1]}
    given = {"points": [[0], [1], [4]], "labels": [1, 1, "0"], "centers": [[7], [7], ["15/2"]]}
    assert results("kmeans.update", json.dumps({"input": given})) == {"centers": [["4"], ["1/2"], ["15/2"]]}


def test_moments_by_hand() -> None:
    text = "x,y,c\n1,2,7\n2,4,7\n3,9,7\n"
    # deviations -1, 0, 1 and -3, -1, 4: variances 1 and 13, covariance 7/2
    found = results("moments.covariance", text)
    assert found["mean"] == ["2", "5", "7"]
    assert found["covariance"] == [["1", "7/2", "0"], ["7/2", "13", "0"], ["0", "0", "0"]]
    r = rounded(ball(30)(F(7, 2)) / ball(30).sqrt(ball(30)(13)), 10)
    assert found["correlation"] == [["1", r, None], [r, "1", None], [None, None, None]]
    assert results("moments.covariance", text, "--ddof", 0)["covariance"][0] == ["2/3", "7/3", "0"]
    assert results("moments.covariance", "1,0\n-1,0\n0,1\n0,-1\n", "--kind", "ball")["correlation"][0][1] == "0"


def coins(steps: int) -> Any:
    rounds = two_coins.Rounds([5, 9, 8, 4, 7], [5, 1, 2, 6, 3])
    return trace.nth(steps, two_coins.trace(rounds, two_coins.start(rounds, (F(3, 5), F(1, 2)))))


def test_coins_exactly_and_certainly() -> None:
    state = coins(2)
    arguments = ("--start", "3/5,1/2", "--iterations", 2, "--digits", 25)
    exact = results("coins.run", COINS, *arguments, "--kind", "exact")
    assert exact["theta"] == [rounded(p, 25) for p in state.theta]
    assert exact["responsibilities"] == [written(p, Style(25)) for p in state.posterior.responsibilities]
    found = document("coins.run", COINS, *arguments)
    assert found["kind"] == "ball"
    for name, value in found["results"].items():
        assert value == exact[name] or name == "responsibilities"
    assert found["results"]["responsibilities"] == [rounded(p, 25) for p in state.posterior.responsibilities]
    # of the theta that entered the last step, while the trace has the theta of every step
    assert found["results"]["log_likelihood"] == found["trace"][1]["objective"]
    assert found["trace"][2]["theta"] == found["results"]["theta"]
    one = results("coins.step", COINS, "--start", "3/5,1/2", "--kind", "exact")
    assert one["theta"] == [exact_text(p) for p in coins(1).theta]


def test_golden_digits_of_coins_come_out_of_a_run() -> None:
    golden = cases.read(store.fixtures() / "cases" / "coins.run" / "lecture-30.json")
    assert golden.expected is not None
    arguments = ("--start", "3/5,1/2", "--iterations", 30, "--digits", 50)
    assert results("coins.run", COINS, *arguments) == golden.expected


def test_the_columns_of_coins_are_found_by_name_or_place() -> None:
    expected = results("coins.step", COINS, "--start", "3/5,1/2")
    named = "tails,day,heads\n5,1,5\n1,2,9\n2,3,8\n6,4,4\n3,5,7\n"
    assert results("coins.step", named, "--start", "3/5,1/2") == expected
    assert results("coins.step", COINS.partition("\n")[2], "--start", "0.6, 0.5") == expected


def test_the_fixed_point_is_the_proven_one_with_fewer_digits() -> None:
    golden = cases.read(store.fixtures() / "cases" / "coins.fixed_point" / "lecture.json").expected
    assert golden is not None
    found = document("coins.fixed_point", COINS, "--start", "3/5,1/2")
    assert found["settled"] is True
    for name in ("responsibilities", "theta"):
        texts = [str(x) for x in golden[name]]  # type: ignore[union-attr]
        assert found["results"][name] == [rounded(certified(text)[0], 10) for text in texts]
    assert results("coins.fixed_point", COINS, "--start", "3/5,1/2", "--digits", 50) == golden
    for name in ("float", "high"):
        near = results("coins.fixed_point", COINS, "--start", "3/5,1/2", "--kind", name)
        assert abs(parse(near["theta"][0]) - parse(str(golden["theta"][0]))) < F(1, 10**9)  # type: ignore[index]
        assert abs(parse(near["rate"]) - parse(str(golden["rate"]))) < F(1, 10**9)


# --- starts -----------------------------------------------------------------------------------------


def test_the_rules_of_a_start() -> None:
    text = "1,1\n1,1\n2,2\n5,5\n1,1\n"
    data = table(text)
    assert start.centers(data, "first", 3, None) == [[1, 1], [2, 2], [5, 5]]
    assert start.centers(data, "1,1; 0.5,3;", None, None) == [[1, 1], [F(1, 2), 3]]
    assert start.centers(data, "random", 2, 3) == kmeans_starts.seeded_starts(data.rows, 2, seed=3, count=1)[0]
    for seed in range(20):
        drawn = start.centers(data, "k-means++", 3, seed)
        assert sorted(drawn) == [[1, 1], [2, 2], [5, 5]]  # nothing that is chosen already has any probability


def test_k_means_plus_plus_follows_its_law() -> None:
    # after 0 comes 3 with probability 9/10 and 1 with 1/10; each point is first in about a third of all draws
    points = [[F(0)], [F(1)], [F(3)]]
    drawn = [kmeans_starts.plus_plus_starts(points, 2, seed=seed, count=1)[0] for seed in range(900)]
    firsts = [sum(d[0] == x for d in drawn) for x in points]
    assert all(250 < count < 350 for count in firsts)
    after = sum(d == [[0], [3]] for d in drawn) / firsts[0]
    assert 0.85 < after < 0.95


def drawn_on_integers(seed: int, k: int) -> list[list[str]]:
    """K-means++ on iris once more, with nothing of refimpl."""
    source, points = Random(seed), [[int(x) for x in row[:4]] for row in rows(IRIS.read_text())[1:]]
    chosen = [points[int(source.random() * len(points))]]
    while len(chosen) < k:
        weights = [min(sum((a - b) ** 2 for a, b in zip(x, c, strict=True)) for c in chosen) for x in points]
        draw = source.random() * sum(weights)
        chosen.append(next(x for x, reached in zip(points, accumulate(weights), strict=True) if draw < reached))
    return [list(map(str, x)) for x in chosen]


def test_a_seed_repeats_a_run_and_another_seed_does_not() -> None:
    def of(rule: str, seed: int) -> Any:
        return results("kmeans.run", IRIS.read_bytes(), *ARGUMENTS, "--start", rule, "--seed", seed)["centers"]

    for rule in ("random", "k-means++"):
        assert of(rule, 1) == of(rule, 1)
        assert len({str(of(rule, seed)) for seed in range(5)}) > 1
    assert all(of("k-means++", seed) == drawn_on_integers(seed, 3) for seed in range(5))
    # written down once: the draws are the same on every machine
    assert of("k-means++", 1) == [["54", "34", "17", "2"], ["64", "31", "55", "18"], ["76", "30", "66", "21"]]


ARGUMENTS = ("--columns", "0,1,2,3", "--k", 3, "--iterations", 0)


def test_a_start_from_a_file_may_have_more_columns_or_no_names(tmp_path: Path) -> None:
    (tmp_path / "named.csv").write_text("species,y,x\nA,2,1\nB,5,4\n")
    (tmp_path / "bare.csv").write_text("1,2\n4,5\n")
    (tmp_path / "rows.json").write_text("[[1, 2], [4, 5]]")
    data = table("x,y\n1,2\n3,4\n5,6\n")
    for name in ("named.csv", "bare.csv", "rows.json"):
        assert start.centers(data, str(tmp_path / name), None, None) == [[1, 2], [4, 5]]


# --- formats ----------------------------------------------------------------------------------------


def test_csv_has_all_columns_as_written_and_one_more() -> None:
    text = "name;x;label\nann;0.10;a\nbob;9;b\n"
    done = invoke("kmeans.fit", "-", "--columns", "x", "--start", "0;9", "--format", "csv", stdin=text)
    assert rows(done.stdout) == [["name", "x", "label", "label_"], ["ann", "0.10", "a", "0"], ["bob", "9", "b", "1"]]
    shares = rows(invoke("coins.step", "-", "--start", "3/5,1/2", "--format", "csv", stdin=COINS).stdout)
    assert shares[0] == ["heads", "tails", "responsibility_A"]
    assert [row[2] for row in shares[1:]] == results("coins.step", COINS, "--start", "3/5,1/2")["responsibilities"]
    moments = rows(invoke("moments.covariance", "-", "--format", "csv", stdin="x,y\n1,2\n2,1\n").stdout)
    assert moments[:3] == [["moment", "of", "x", "y"], ["mean", "", "3/2", "3/2"], ["covariance", "x", "1/2", "-1/2"]]


def test_the_table_has_sizes_names_and_few_lines(tmp_path: Path) -> None:
    done = invoke("kmeans.fit", IRIS, "--columns", "0,1,2,3", "--k", 3, "--start", "k-means++", "--seed", 1)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["cluster", "size", "sepal_length_mm", "sepal_width_mm", "petal_length_mm", "petal_width_mm"] in lines
    sizes = [int(line[1]) for line in lines if len(line) == 6 and line[0] in "012"]
    assert sum(sizes) == 150
    assert ["0", "50", "50.06", "34.28", "14.62", "2.46"] in lines
    assert "J = 46443499/5890 = 7885.144143" in done.stdout
    long = invoke("kmeans.run", IRIS, *ARGUMENTS[:4], "--start", "first", "--iterations", 60, "--kind", "float").stdout
    assert len(long.splitlines()) < 40
    assert " ...  " in long
    assert "59 " in long


def test_output_goes_to_a_file_whose_name_tells_the_format(tmp_path: Path) -> None:
    arguments = ("kmeans.fit", GEYSER, "--k", 2, "--start", "first")
    for name, form in (("a.json", "json"), ("a.csv", "csv"), ("a.txt", "table")):
        done = invoke(*arguments, "--output", tmp_path / name)
        assert done.stdout == ""
        assert (tmp_path / name).read_text() == invoke(*arguments, "--format", form).stdout
    invoke(*arguments, "--output", tmp_path / "b.csv", "--format", "json")
    assert (tmp_path / "b.csv").read_text() == (tmp_path / "a.json").read_text()
    assert len(list(tmp_path.iterdir())) == 4


def test_names_from_a_file_do_not_steer_the_terminal() -> None:
    said = invoke("moments.covariance", "-", stdin="\x1b[31mred,b\n1,2\n2,4\n").stdout
    assert "\x1b" not in said
    assert "[31mred" in said


def test_the_command_runs_in_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "refimpl", "run", "kmeans.fit", "-", "--start", "0; 9"]
    done = subprocess.run(command, input=FOUR, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "J = 26/3 = 8.666666667" in done.stdout


def test_python_can_watch_a_run() -> None:
    told: list[tuple[int, int | None]] = []
    options = own_data.Options(k=2, start="first", iterations=4)
    own_data.run("kmeans.run", own_data.read(GEYSER), options, lambda step, total: told.append((step.step, total)))
    assert told == [(n, 4) for n in range(5)]
    told.clear()
    found = own_data.run(
        "kmeans.fit", table(FOUR), own_data.Options(start="0;9"), lambda s, t: told.append((s.step, t))
    )
    assert told == [(0, None), (1, None), (2, None)]
    assert found.found.results["labels"] == [0, 0, 0, 1]
    told.clear()
    data = table(FOUR)
    own_data.run("kmeans.online", data, own_data.Options(start="0;9"), lambda s, t: told.append((s.step, t)))
    assert told == [(n, 4) for n in range(5)]
    assert len(list(kmeans_online.trace(data.rows, [[F(0)], [F(9)]]))) == 5
