"""`refimpl run modularity.*` and `map_equation.*`: golden digits, lists of edges with named nodes, refusals."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from running import invoke, refused

from refimpl.numbers import certified, parse
from refimpl.oracle import store
from refimpl.oracle.case import Case

TASKS = ("modularity.score", "modularity.optimum", "map_equation.score", "map_equation.optimum")

CASES = [
    case
    for task in TASKS
    for case in store.cases(store.fixtures(), task=task)
    if case.expected is not None and "magnitude" not in case.tags
]
KARATE = store.fixtures() / "data" / "karate_club.csv"
EDGES = "source,target,weight\nann,bob,2\nbob,cid,1\nann,cid,1\ncid,dan,1/2\ndan,eva,1\neva,fay,3\ndan,fay,1\n"
SQUARE = "a,b,c,who\n0,1,0,x\n1,0,2,x\n0,2,0,y\n"


def refusal(stdin: str, *arguments: object, task: str = "modularity.score") -> str:
    return str(refused(task, "-", *arguments, stdin=stdin))


def results(task: str, stdin: str, *arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(invoke(task, "-", *arguments, "--format", "json", stdin=stdin).stdout)
    return dict(found["results"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
@pytest.mark.parametrize("kind", [None, "ball", "exact", "float", "high"])
def test_every_golden_case_can_be_run(case: Case, kind: str | None) -> None:
    if case.task == "modularity.optimum" and kind not in (None, "exact"):
        assert f"--kind {kind} has no use in modularity.optimum" in refusal(
            json.dumps({"input": case.input}), "--kind", kind, task=case.task
        )
        return
    if len(str(case.input)) > 900 and case.task == "map_equation.optimum" and kind:
        return  # the ten nodes of a ring take their time
    document = json.dumps({"input": case.input, "params": {}})
    found = results(case.task, document, *(["--kind", kind] if kind else []), "--digits", 20)
    expected: Any = case.expected
    for name in {"modularity", "codelength"} & set(expected):
        unit = certified(found[name])[1] if kind not in ("float", "high") else parse("1e-12")
        assert abs(parse(found[name]) - parse(expected[name])) <= unit
    assert found.get("labels") == expected.get("labels")


def test_a_list_of_edges_has_named_nodes() -> None:
    done = invoke("modularity.optimum", "-", stdin=EDGES).stdout
    assert "modularity.optimum, standard input: 6 nodes, 7 edges; exact numbers" in done
    assert "0     3  ann, bob, cid" in done
    assert "modularity = 319/722 = 0.4418282548" in done
    found = results("modularity.optimum", EDGES)
    assert found["nodes"] == ["ann", "bob", "cid", "dan", "eva", "fay"]
    assert found["labels"] == [0, 0, 0, 1, 1, 1]
    as_objects = [dict(zip(("source", "target", "weight"), line.split(","), strict=True)) for line in EDGES.split()[1:]]
    assert results("modularity.optimum", json.dumps(as_objects)) == found


def test_communities_go_from_an_optimum_to_a_score_by_a_file(tmp_path: Path) -> None:
    invoke("map_equation.optimum", "-", "--output", tmp_path / "who.csv", stdin=EDGES)
    written = list(csv.reader(io.StringIO((tmp_path / "who.csv").read_text())))
    assert written[:3] == [["node", "community"], ["ann", "0"], ["bob", "0"]]
    found = results("map_equation.score", EDGES, "--labels", tmp_path / "who.csv")
    assert found["codelength"] == results("map_equation.optimum", EDGES)["codelength"] == "1.919139860"
    assert found["communities"] == ["0", "1"]
    (tmp_path / "who.csv").write_text("community,node\nB,fay\nB,eva\nA,ann\nA,bob\nA,cid\nB,dan\n")
    again = results("map_equation.score", EDGES, "--labels", tmp_path / "who.csv")
    assert again == {**found, "communities": ["A", "B"]}


def test_communities_in_json_are_no_communities_in_csv(tmp_path: Path) -> None:
    invoke("modularity.optimum", "-", "--output", file := tmp_path / "who.json", stdin=EDGES)
    said = refusal(EDGES, "--labels", str(file))
    assert said == f"{file}: this is JSON; give CSV with the columns node and community, as --format csv has it"


def test_weights_are_1_where_nothing_is_said_and_a_loop_counts_at_both_ends() -> None:
    found = results("modularity.optimum", "Source,Target\n1,2\n2,2\n3,4\n")
    square = "[[0,1,0,0],[1,2,0,0],[0,0,0,1],[0,0,1,0]]"
    assert found["nodes"] == ["1", "2", "3", "4"]
    assert {**found, "nodes": 0} == {**results("modularity.optimum", square), "nodes": 0}


def test_a_square_table_has_its_communities_in_a_column() -> None:
    done = invoke("modularity.score", KARATE, "--labels", "club").stdout
    assert "34 nodes, 78 edges; exact numbers" in done
    assert "modularity = 1453/4056 = 0.3582347140" in done
    done = invoke("map_equation.score", "-", "--labels", "who", "--digits", 6, stdin=SQUARE).stdout
    assert "x     2   a, b" in done
    # 2/3 of a bit for the modules, H(1/3, 1/6, 1/2) for a and b with their exit, 2/3 of a bit for c with its own
    assert "codelength in bits = 2.79248" in done


def test_that_there_are_several_optima_is_told() -> None:
    done = invoke("modularity.optimum", "-", stdin="source,target\na,b\nb,c\nc,d\nd,a\n").stdout
    assert "3 partitions are optimal; this is the first of them" in done


@pytest.mark.parametrize(
    ("stdin", "arguments", "words"),
    [
        (SQUARE, [], "column 'who': 'x' is not a number"),
        ("ann,bob\ncid,dan\n", [], "the columns of a list of edges are named source and target"),
        (
            "a,b\n0,1\n1,0\n",
            [],
            "labels; give the name of their column, or a file with the columns node and community by --labels",
        ),
        ("a,b\n0,1\n1,0\n", [], '{"input": {"weights", "labels"}}'),
        ("a,b,c,who\n0,1,0,x\n1,0,2,x\n", ["--labels", "who"], "2 rows of 3 numbers are no square table of weights"),
        ("a,b,who\n0,1,x\n2,0,x\n", ["--labels", "who"], "weights[1][0] is 2 but weights[0][1] is 1"),
        ("a,b,who\n0,0,x\n0,0,x\n", ["--labels", "who"], "a graph without edges has no communities"),
        (EDGES, ["--labels", "nobody.csv"], "--labels 'nobody.csv' is no file; give one with the columns node and"),
        (EDGES, ["--columns", "0,1"], "--columns has no use in a list of edges"),
        (EDGES, ["--k", "2"], "--k has no use in modularity.score"),
        (EDGES, ["--start", "first"], "--start has no use in modularity.score"),
        (EDGES, ["--scale"], "--scale has no use in modularity.score"),
        (EDGES, ["--plot", "x.svg"], "modularity.score has no drawing; leave --plot out"),
        ("source,target\na,b\nb,a\n", [], "line 3: the edge between 'b' and 'a' stands in line 2 already"),
        ("source,target,weight\na,b,-1\n", [], "line 2: the weight -1 is negative"),
        ("source,target,weight\na,b,\n", [], "line 2, column 'weight': the value is missing"),
        ("source,target\na,\n", [], "line 2: a node has no name"),
        ("source,target,Source\na,b,c\n", [], "there are two columns 'source'"),
        ("source,target\n" + "".join(f"{n},{n + 1}\n" for n in range(1000)), [], "1001 nodes; give at most 1000"),
        ('{"input": {"points": [["0"]]}}', [], "input has no weights; give a square table of them"),
    ],
)
def test_refusals(stdin: str, arguments: list[str], words: str) -> None:
    pytest.importorskip("matplotlib")
    assert words in refusal(stdin, *arguments)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ("who,what\nann,1\n", "the columns are 'who', 'what'; name two of them node and community"),
        ("node,community\nann,1\nzoe,1\n", "line 3: 'zoe' is no node of standard input"),
        ("node,community\nann,1\nann,2\n", "line 3: 'ann' stands twice"),
        ("node,community\nann,1\nbob,\n", "line 3: the community is missing"),
        ("node,community\nann,1\nbob,1\n", "the node 'cid' has no community"),
        ("", "the file is empty"),
    ],
)
def test_a_file_of_communities_has_every_node_once(members: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "who.csv").write_text(members)
    assert words in refusal(EDGES, "--labels", tmp_path / "who.csv")


@pytest.mark.parametrize(("task", "most"), [("modularity.optimum", 12), ("map_equation.optimum", 10)])
def test_large_graphs_have_no_proven_optimum(task: str, most: int) -> None:
    path = "source,target\n" + "".join(f"{n},{n + 1}\n" for n in range(most))
    assert f"{most + 1} nodes have" in refusal(path, task=task)
    assert f"give at most {most} nodes" in refusal(path, task=task)


def test_a_table_with_columns_source_and_target_is_no_graph_elsewhere() -> None:
    done = invoke("moments.covariance", "-", stdin="source,target\n1,2\n3,5\n")
    assert done.exit_code == 0
