"""Drawings of `refimpl run`, read back from the SVG; and its progress, which is not on standard output."""

import os
import pty
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner

import refimpl
from refimpl import cli, own_data
from refimpl.numbers import parse
from refimpl.oracle import store
from refimpl.own_data import Options, Outcome

plot = pytest.importorskip("refimpl.own_data.plot", reason="matplotlib is not installed", exc_type=ValueError)

GEYSER = store.fixtures() / "data" / "old_faithful.csv"
SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
COINS = b"heads,tails\n5,5\n9,1\n8,2\n4,6\n7,3\n"
ROOT = Path(refimpl.__file__).parent.parent


@pytest.fixture(scope="module")
def fitted() -> Outcome:
    return own_data.run("kmeans.fit", own_data.read(GEYSER), Options(k=2, start="first"))


@pytest.fixture(scope="module")
def drawing(fitted: Outcome) -> ET.Element:
    return ET.fromstring(plot.draw(fitted, "svg"))


def group(root: ET.Element, name: str) -> ET.Element:
    (found,) = (g for g in root.iter(f"{SVG}g") if g.get("id") == name)
    return found


def marks(root: ET.Element, name: str) -> list[tuple[float, float]]:
    """The places of all marks of a group, y upwards."""
    return [(float(u.get("x", "x")), -float(u.get("y", "y"))) for u in group(root, name).iter(f"{SVG}use")]


def texts(root: ET.Element) -> list[str]:
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def is_affine(places: list[float], values: list[float]) -> bool:
    """Whether the places are the values on some rising scale, up to the SVG's six decimals."""
    low, high = min(values), max(values)
    at = dict(zip(values, places, strict=True))
    scale = (at[high] - at[low]) / (high - low)
    return scale > 0 and all(abs(p - at[low] - scale * (v - low)) < 1e-3 for p, v in zip(places, values, strict=True))


def test_every_point_is_drawn_in_its_cluster(fitted: Outcome, drawing: ET.Element) -> None:
    labels = fitted.found.results["labels"]
    assert isinstance(labels, list)
    drawn: list[tuple[float, float]] = []
    points: list[list[float]] = []
    for j in (0, 1):
        mine = [[float(x) for x in row] for row, l in zip(fitted.request.table.rows, labels, strict=True) if l == j]
        found = marks(drawing, f"cluster-{j}")
        assert len(found) == len(mine) > 50
        drawn += found
        points += mine
    for axis in (0, 1):
        assert is_affine([place[axis] for place in drawn], [point[axis] for point in points])


def test_clusters_differ_in_shape_and_not_in_colour_alone(drawing: ET.Element) -> None:
    shapes = set()
    for name in ("cluster-0", "cluster-1", "centers"):
        uses = list(group(drawing, name).iter(f"{SVG}use"))
        (path,) = {use.get(LINK) for use in uses}
        shapes.add(next(p.get("d") for p in drawing.iter(f"{SVG}path") if f"#{p.get('id')}" == path))
    assert len(shapes) == 3
    assert len(marks(drawing, "centers")) == 2


def test_the_objective_is_drawn_over_whole_iterations(fitted: Outcome, drawing: ET.Element) -> None:
    places = marks(drawing, "line-0")
    heights = [float(parse(step.objective or "")) for step in fitted.found.trace]
    assert len(places) == len(heights) > 2
    assert is_affine([y for _, y in places], heights)
    assert is_affine([x for x, _ in places], [float(n) for n in range(len(heights))])
    said = texts(drawing)
    assert {str(n) for n in range(len(heights))} <= set(said)
    assert "0.5" not in said


def test_axes_and_legend_have_names(drawing: ET.Element) -> None:
    said = texts(drawing)
    for name in ("eruptions_milliminutes", "waiting_minutes", "iteration", "distortion J", "centers"):
        assert name in said
    assert "kmeans.fit, old_faithful.csv" in said
    assert sum(name.startswith("cluster ") for name in said) == 2


def test_the_same_outcome_gives_the_same_bytes(fitted: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib

    first = {form: plot.draw(fitted, form) for form in plot.FORMATS}
    # somebody's own style, and another time of day
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    with matplotlib.rc_context({"font.size": 30, "svg.hashsalt": "other", "lines.linewidth": 9}):
        assert {form: plot.draw(fitted, form) for form in plot.FORMATS} == first
        assert matplotlib.rcParams["font.size"] == 30  # and it is left as it was
    assert b"Date" not in first["svg"]
    assert first["png"].startswith(b"\x89PNG\r\n\x1a\n")
    assert b"Software" not in first["png"]
    assert b"tEXt" not in first["png"]


def test_coins_have_their_log_likelihood_and_both_probabilities() -> None:
    outcome = own_data.run("coins.run", own_data.parsed(COINS, "coins"), Options(start="3/5,1/2", iterations=4))
    root = ET.fromstring(plot.draw(outcome, "svg"))
    said = texts(root)
    assert {"log-likelihood", "probability of heads", "coin A", "coin B"} <= set(said)
    (only,) = (g for g in root.iter(f"{SVG}g") if g.get("id") == "line-1")
    thetas = [float(parse(step.theta[1])) for step in outcome.found.trace if step.theta]
    assert is_affine([-float(u.get("y", "y")) for u in only.iter(f"{SVG}use")], thetas)


def test_other_dimensions_have_the_objective_alone() -> None:
    table = own_data.parsed(b"x\n0\n1\n4\n9\n", "line")
    root = ET.fromstring(plot.draw(own_data.run("kmeans.fit", table, Options(start="0;9")), "svg"))
    assert "distortion J" in texts(root)
    assert not any((g.get("id") or "").startswith("cluster-") for g in root.iter(f"{SVG}g"))


def test_a_task_without_iterations_has_its_clusters_alone() -> None:
    table = own_data.parsed(b"x,y\n0,0\n1,1\n8,9\n9,9\n", "plane")
    for task, options in (("kmeans.optimum", Options(k=2)), ("kmeans.online", Options(start="0,0;9,9"))):
        root = ET.fromstring(plot.draw(own_data.run(task, table, options), "svg"))
        assert [len(marks(root, f"cluster-{j}")) for j in (0, 1)] == [2, 2]
        assert "iteration" not in texts(root)


def test_names_of_any_script_and_with_any_sign_are_drawn(tmp_path: Path) -> None:
    table = own_data.parsed("身高 $cm_{$,\x1b<&>\n0,0\n9,9\n".encode(), "plane")
    outcome = own_data.run("kmeans.step", table, Options(start="0,0;9,9"))
    said = texts(ET.fromstring(plot.draw(outcome, "svg")))
    assert "身高 $cm_{$" in said
    assert "\N{REPLACEMENT CHARACTER}<&>" in said
    assert plot.draw(outcome, "png").startswith(b"\x89PNG")


def test_many_clusters_have_many_looks_and_no_endless_legend() -> None:
    rows = "".join(f"{i},{i * i}\n" for i in range(30))
    outcome = own_data.run("kmeans.step", own_data.parsed(rows.encode(), "parabola"), Options(k=30, start="first"))
    looks = {(plot.MARKERS[j % len(plot.MARKERS)], plot.COLOURS[j % len(plot.COLOURS)]) for j in range(77)}
    assert len(looks) == 77
    root = ET.fromstring(plot.draw(outcome, "svg"))
    assert all(len(marks(root, f"cluster-{j}")) == 1 for j in range(30))
    assert not any(name.startswith("cluster ") for name in texts(root))


def test_the_command_writes_the_drawing_beside_the_result(tmp_path: Path, fitted: Outcome) -> None:
    arguments = ["run", "kmeans.fit", str(GEYSER), "--k", "2", "--start", "first"]
    plain = CliRunner().invoke(cli.commands, arguments)
    drawn = CliRunner().invoke(cli.commands, [*arguments, "--plot", str(tmp_path / "a.SVG")])
    assert drawn.exit_code == 0
    assert drawn.stdout == plain.stdout
    assert (tmp_path / "a.SVG").read_bytes() == plot.draw(fitted, "svg")


def test_without_matplotlib_there_is_one_sentence_before_anything_is_computed(tmp_path: Path) -> None:
    (tmp_path / "matplotlib.py").write_text("raise ImportError('no module named matplotlib')\n")
    done = subprocess.run(
        [sys.executable, "-m", "refimpl", "run", "kmeans.fit", str(GEYSER), "--start", "first", "--plot", "a.svg"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
    )
    assert (done.returncode, done.stdout) == (2, "")
    (sentence,) = done.stderr.splitlines()
    assert "matplotlib cannot be imported" in sentence
    assert sentence.endswith("run: pip install 'refimpl[plot]'")


def test_a_run_imports_no_matplotlib_without_a_drawing() -> None:
    code = "import sys; from refimpl import own_data, cli; from refimpl.own_data import report; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "refimpl.own_data.report" in done.stdout.split()
    assert not {"matplotlib", "numpy", "sklearn"} & set(done.stdout.split())


# --- progress ---------------------------------------------------------------------------------------


def test_progress_is_shown_on_a_terminal_and_on_standard_error_only() -> None:
    command = [sys.executable, "-m", "refimpl", "run", "kmeans.run", str(GEYSER), "--k", "3", "--start", "first"]
    command += ["--iterations", "7", "--format", "csv"]
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, check=True, env=environment)
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other side is closed
            break
        shown += piece
        if not piece:
            break
    os.close(ours)
    assert b"kmeans.run: step 7 of 7, objective " in shown
    assert done.stdout.startswith(b"eruptions_milliminutes,waiting_minutes,label\n")
    assert len(done.stdout.splitlines()) == 273
    silent = subprocess.run(command, capture_output=True, check=True)
    assert silent.stderr == b""
    assert silent.stdout == done.stdout
