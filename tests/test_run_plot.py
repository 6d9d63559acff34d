"""Drawings of `refimpl run`, read back from the SVG; and its progress, which is not on standard output."""

import math
import os
import pty
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import cast

import pytest
from click.testing import CliRunner

import refimpl
from refimpl import cli, own_data
from refimpl.errors import BadInput
from refimpl.numbers import parse
from refimpl.oracle import store, tasks
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
    return [place for place, _ in coloured(root, name)]


def coloured(root: ET.Element, name: str) -> list[tuple[tuple[float, float], str]]:
    """The marks of a group with their styles; matplotlib writes each one out where there are few of them."""
    uses = list(group(root, name).iter(f"{SVG}use"))
    if uses:
        return [((float(u.get("x", "x")), -float(u.get("y", "y"))), u.get("style", "")) for u in uses]
    found = []
    for path in group(root, name).iter(f"{SVG}path"):
        around = through(path)
        x, y = ((min(side) + max(side)) / 2 for side in zip(*around, strict=True))
        found.append(((x, y), path.get("style", "")))
    return found


def through(path: ET.Element) -> list[tuple[float, float]]:
    """The places that a path goes through, without the handles of its curves, y upwards."""
    places = re.findall(r"(?:[ML]|C(?: *[-0-9.e]+){4}|(?<=\n)) *([-0-9.e]+) ([-0-9.e]+)", path.get("d", ""))
    return [(float(x), -float(y)) for x, y in places]


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


# --- mixtures ---------------------------------------------------------------------------------------

PLANE = "x,y\n0.1,2\n0.4,1.5\n1,3\n0.7,2.2\n5,1\n5.5,0\n4.8,0.5\n6,1.25\n5.2,-1\n3,1.3\n"


def of(task: str, text: str, **options: object) -> Outcome:
    return own_data.run(task, own_data.parsed(text.encode(), "data.csv"), Options(**options))  # type: ignore[arg-type]


def drawn(outcome: Outcome) -> ET.Element:
    return ET.fromstring(plot.draw(outcome, "svg"))


def groups(root: ET.Element, start: str) -> list[str]:
    return sorted(g.get("id", "") for g in root.iter(f"{SVG}g") if g.get("id", "").startswith(start))


def vertices(root: ET.Element, name: str) -> list[tuple[float, float]]:
    """What the one path of a group goes through."""
    (path,) = group(root, name).iter(f"{SVG}path")
    return through(path)


def colour_of(style: str) -> tuple[int, ...]:
    (digits,) = re.findall("fill: #([0-9a-f]{6})", style) or ["000000"]  # black needs no word
    return tuple(int(digits[i : i + 2], 16) for i in (0, 2, 4))


def numbers(tree: object) -> list[list[float]]:
    return [[float(parse(str(x))) for x in row] for row in tree]  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def plane() -> Outcome:
    return of("gmm.run", PLANE, start="0,2; 5,1", iterations=3)


def scales(outcome: Outcome, root: ET.Element) -> tuple[Callable[[float], float], Callable[[float], float]]:
    """What leads from the places of a drawing to the units of the data, on either axis."""
    labels = outcome.found.results["labels"]
    places = [place for j in (0, 1) for place in marks(root, f"cluster-{j}")]
    rows = [row for j in (0, 1) for row, label in zip(outcome.request.table.rows, labels, strict=True) if label == j]  # type: ignore[arg-type]
    found = []
    for axis in (0, 1):
        at, values = [place[axis] for place in places], [float(row[axis]) for row in rows]
        assert is_affine(at, values)
        low, high = values.index(min(values)), values.index(max(values))
        scale = (values[high] - values[low]) / (at[high] - at[low])
        found.append(lambda x, a=at[low], v=values[low], s=scale: v + s * (x - a))
    return found[0], found[1]


def test_points_have_the_colours_of_their_responsibilities(plane: Outcome) -> None:
    root, results = drawn(plane), plane.found.results
    scales(plane, root)
    seen = []
    for j in (0, 1):
        colours = [colour_of(style) for _, style in coloured(root, f"cluster-{j}")]
        rows = [
            r for r, label in zip(numbers(results["responsibilities"]), results["labels"], strict=True) if label == j
        ]  # type: ignore[arg-type]
        assert len(colours) == len(rows) > 3
        for got, r in zip(colours, rows, strict=True):
            ends = [[int(plot.COLOURS[k][i : i + 2], 16) for i in (1, 3, 5)] for k in (0, 1)]
            wanted = [r[0] * a + r[1] * b for a, b in zip(*ends, strict=True)]
            assert all(abs(a - b) <= 1 for a, b in zip(got, wanted, strict=True))
            seen.append(min(r))
    assert max(seen) > 0.1  # a point between the two
    said = texts(root)
    assert {"x", "y", "means", "log-likelihood", "iteration", "gmm.run, data.csv"} <= set(said)
    labels = cast(list[int], results["labels"])
    assert {f"component {k} ({labels.count(k)})" for k in (0, 1)} <= set(said)


def test_ellipses_lie_at_one_and_two_deviations(plane: Outcome) -> None:
    root, results = drawn(plane), plane.found.results
    x, y = scales(plane, root)
    assert groups(root, "ellipse-") == ["ellipse-0-1", "ellipse-0-2", "ellipse-1-1", "ellipse-1-2"]
    for k, (mean, covariance) in enumerate(zip(numbers(results["means"]), results["covariances"], strict=True)):  # type: ignore[arg-type]
        (a, b), (_, c) = numbers(covariance)
        for deviations in (1, 2):
            around = vertices(root, f"ellipse-{k}-{deviations}")
            assert len(around) >= 8
            for u, v in around:
                dx, dy = x(u) - mean[0], y(v) - mean[1]
                distance = (c * dx * dx - 2 * b * dx * dy + a * dy * dy) / (a * c - b * b)
                assert abs(distance - deviations**2) < 1e-3
    places = [(x(u), y(v)) for u, v in marks(root, "means")]
    assert all(
        abs(p - q) < 1e-4
        for place, mean in zip(places, numbers(results["means"]), strict=True)
        for p, q in zip(place, mean, strict=True)
    )


def test_the_likelihood_is_drawn_by_iteration(plane: Outcome) -> None:
    heights = [float(parse(step.objective or "")) for step in plane.found.trace]
    places = marks(drawn(plane), "line-0")
    assert len(places) == 4
    assert is_affine([y for _, y in places], heights)


def test_one_column_has_its_density_over_a_strip_of_points() -> None:
    outcome = of("gmm.run", "x\n0\n1\n2\n9\n10\n12\n", start="1; 10", iterations=2)
    root, results = drawn(outcome), outcome.found.results
    weights, means = numbers([results["weights"]])[0], [m for (m,) in numbers(results["means"])]
    variances = [v for ((v,),) in map(numbers, results["covariances"])]  # type: ignore[arg-type]

    def density(x: float, k: int) -> float:
        return weights[k] * math.exp(-((x - means[k]) ** 2) / 2 / variances[k]) / math.sqrt(2 * math.pi * variances[k])

    points = marks(root, "cluster-0") + marks(root, "cluster-1")
    assert len(points) == 6
    assert len({y for _, y in points}) == 1
    assert is_affine([x for x, _ in points], [0, 1, 2, 9, 10, 12])
    left, right = points[0][0], points[5][0]
    total = vertices(root, "density")
    assert min(y for _, y in total) > points[0][1]
    xs = [12 * (x - left) / (right - left) for x, _ in total]
    assert xs[0] < 0
    assert xs[-1] > 12
    assert is_affine([y for _, y in total], [density(x, 0) + density(x, 1) for x in xs])
    for k in (0, 1):
        curve = vertices(root, f"density-{k}")
        xs = [12 * (x - left) / (right - left) for x, _ in curve]
        assert is_affine([y for _, y in curve], [density(x, k) for x in xs])
    assert {"x", "density"} <= set(texts(root))


def test_a_square_of_bits_is_drawn_as_images_and_other_rows_as_bars() -> None:
    source = Random(4)
    bits = "".join(",".join(str(int(source.random() < j / 9)) for j in range(9)) + "\n" for _ in range(12))
    outcome = of("bernoulli.run", bits, start="uniform", k=3, seed=1, iterations=2)
    root, found, heights = drawn(outcome), numbers(outcome.found.results["probabilities"]), []
    for k in range(3):
        shades = [sum(colour_of(path.get("style", ""))) for path in group(root, f"image-{k}").iter(f"{SVG}path")]
        assert len(shades) == 9
        order = sorted(range(9), key=lambda i, p=found[k]: p[i])  # type: ignore[misc]
        assert [shades[i] for i in order] == sorted(shades, reverse=True)
        corners = [through(path)[0] for path in group(root, f"image-{k}").iter(f"{SVG}path")]
        assert corners[0][0] < corners[1][0] == corners[4][0]  # from the left, row by row
        assert corners[0][1] > corners[3][1] == corners[4][1]  # from the top
        heights.append(corners[0][1])
    assert heights[0] == heights[1] > heights[2]  # two beside each other, and the third below
    for k in range(3):
        assert any(text.startswith(f"component {k}, weight 0.") for text in texts(root))
    bits = "a,b,c\n1,1,0\n1,1,0\n1,0,0\n0,0,1\n0,1,1\n"
    outcome = of("bernoulli.run", bits, start="uniform", k=2, seed=1, iterations=2)
    root, found = drawn(outcome), numbers(outcome.found.results["probabilities"])
    heights = []
    for k in (0, 1):
        for j in range(3):
            ys = [y for _, y in vertices(root, f"bar-{k}-{j}")]
            heights.append(max(ys) - min(ys))
    assert is_affine([*heights, 0.0], [p for row in found for p in row] + [0.0])
    assert {"a", "b", "c", "probability of a 1"} <= set(texts(root))


def test_rounds_are_drawn_by_their_share_of_heads_with_the_coins_as_lines() -> None:
    text = COINS.decode() + "0,0\n"
    outcome = of("binomial.run", text, start="3/5,1/2", iterations=3)
    root = drawn(outcome)
    assert len(marks(root, "cluster-0") + marks(root, "cluster-1")) == 5  # a round without a toss has no share
    probabilities = numbers([outcome.found.results["probabilities"]])[0]
    shares = {0: 0.5, 1: 0.9, 2: 0.8, 3: 0.4, 4: 0.7}
    rounds = sorted(marks(root, "cluster-0") + marks(root, "cluster-1"))
    lines = [vertices(root, f"coin-{k}")[0][1] for k in (0, 1)]
    assert is_affine([y for _, y in rounds] + lines, [*shares.values(), *probabilities])
    assert {"share of heads", "round"} <= set(texts(root))


def test_a_point_between_two_components_is_drawn_as_such_and_scales_are_told() -> None:
    text = "-2,0\n-1,1\n-1,-1\n0,0\n1,1\n1,-1\n2,0\n"
    outcome = of("gmm.step", text, start="1/4,1/2; 3/4,1/2", scale=True)
    root = drawn(outcome)
    assert len(marks(root, "undecided")) == 1
    assert {"x0, scaled", "x1, scaled", "undecided (1)"} <= set(texts(root))


def test_an_e_step_has_its_points_and_other_dimensions_the_likelihood_alone() -> None:
    root = drawn(of("gmm.e_step", PLANE, start="0,2; 5,1", kind="float"))
    assert groups(root, "cluster-") == ["cluster-0", "cluster-1"]
    assert groups(root, "ellipse-") == []
    assert "iteration" not in texts(root)
    root = drawn(of("gmm.run", "1,0,0\n0,1,0\n0,0,1\n1,1,1\n", start="first", k=1, iterations=1, kind="float"))
    assert groups(root, "cluster-") == []
    assert "log-likelihood" in texts(root)


def test_a_mixture_is_drawn_the_same_every_time(plane: Outcome, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text(PLANE)
    arguments = ["run", "gmm.run", str(tmp_path / "data.csv"), "--start", "0,2; 5,1", "--iterations", "3"]
    done = CliRunner().invoke(cli.commands, [*arguments, "--plot", str(tmp_path / "a.svg")])
    assert done.exit_code == 0
    assert (tmp_path / "a.svg").read_bytes() == plot.draw(plane, "svg")


@pytest.mark.parametrize(
    ("task", "text", "sentence"),
    [
        ("gmm.m_step", PLANE, "gmm.m_step has no iterations and no labels to draw; leave --plot out"),
        (
            "bernoulli.e_step",
            "1\n0\n",
            "bernoulli.e_step has no iterations and no parameters to draw; leave --plot out",
        ),
        (
            "gmm.e_step",
            "1,2,3\n",
            "gmm.e_step is drawn in one or two dimensions; choose --columns, or leave --plot out",
        ),
    ],
)
def test_what_cannot_be_drawn_is_told_before_anything_is_computed(task: str, text: str, sentence: str) -> None:
    request = own_data.Request(tasks.task_named(task), own_data.parsed(text.encode(), "data"), Options())
    with pytest.raises(BadInput) as caught:
        plot.check(request, Path("a.svg"))
    assert str(caught.value) == sentence


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
