"""`refimpl run` of gmm.*, bernoulli.* and binomial.*: right in every kind of number, from every start, in every form.

The truth is the room in 60 digits, a golden case, or a computation by hand; what a run may not do is at the end.
"""

import csv
import io
import json
import subprocess
import sys
from fractions import Fraction as F
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result

from refimpl import bernoulli_mixture, binomial_mixture, cli, gaussian_mixture, kmeans, kmeans_starts, own_data, trace
from refimpl.errors import RefimplError, Undecided
from refimpl.gaussian_mixture import COVARIANCE_TYPES, Shape
from refimpl.numbers import ball, certified, exact_text, high, parse, rounded
from refimpl.oracle import case as cases, store
from refimpl.own_data import mixture_limit, mixture_start, mixtures, start
from refimpl.two_coins import Rounds

DATA = store.fixtures() / "data"
GEYSER, BLOG, DIGITS = DATA / "old_faithful.csv", DATA / "blog_sample.csv", DATA / "digits_234.csv"
COINS = "heads,tails\n5,5\n9,1\n8,2\n4,6\n7,3\n"
BITS = "a,b,c\n" + "1,1,0\n" * 4 + "1,0,0\n" * 2 + "0,0,1\n" * 3 + "0,1,1\n" * 3
PLANE = "x,y\n0.1,2\n0.4,1.5\n1,3\n0.7,2.2\n5,1\n5.5,0\n4.8,0.5\n6,1.25\n5.2,-1\n"
SYMMETRIC = "-2,0\n-1,1\n-1,-1\n0,0\n1,1\n1,-1\n2,0\n"
POINT = "1.0\n1.1\n1.2\n5.0\n"  # the last is far from all others, and one component shrinks to it
MEANS = "0,2; 5,1"
GMM = ("gmm.run", "-", "--start", MEANS, "--iterations", 4)
N = high(60)
MIXTURES = [
    f"{prefix}.{name}"
    for prefix in ("gmm", "bernoulli", "binomial")
    for name in ("e_step", "m_step", "step", "run")
    if prefix != "binomial" or name in ("step", "run")
]


def invoke(*arguments: object, stdin: str | None = None) -> Result:
    """One run in this process; errors of the family are raised."""
    given = [str(a) for a in arguments]
    return CliRunner().invoke(cli.commands, ["run", *given], input=stdin, catch_exceptions=False)


def document(stdin: str, *arguments: object) -> dict[str, Any]:
    """The JSON of a run, which says nothing else."""
    done = invoke(*arguments, "--format", "json", stdin=stdin)
    assert (done.exit_code, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def results(stdin: str, *arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = document(stdin, *arguments)["results"]
    return found


def refusal(stdin: str, *arguments: object) -> str:
    """The sentence with which a run is refused, before anything is printed."""
    done = CliRunner().invoke(cli.commands, ["run", *map(str, arguments)], input=stdin)
    assert isinstance(done.exception, RefimplError), (done.output, done.exception)
    assert done.output == ""
    assert len(str(done.exception).splitlines()) == 1
    return str(done.exception)


def table(text: str, columns: str | None = None) -> own_data.Table:
    return own_data.parsed(text.encode(), "data", columns)


def in_high(tree: Any) -> Any:
    return [in_high(x) for x in tree] if isinstance(tree, list | tuple) else N(tree)


def exactly(x: Any) -> F:
    """The value of mpmath's number."""
    return F(int(x.man)) * F(2) ** int(x.exp) * (-1 if x < 0 else 1)


def flat(tree: Any) -> list[Any]:
    return [x for row in tree for x in flat(row)] if isinstance(tree, list | tuple) else [tree]


def assert_same(texts: Any, truth: Any, kind: str, digits: int) -> None:
    """Every number is what its kind promises of a number that is known to 50 digits."""
    for text, x in zip(flat(texts), flat(truth), strict=True):
        value = x if isinstance(x, F) else exactly(x)
        if kind == "float":
            assert repr(float(text)) == text
            assert abs(parse(text) - value) <= max(abs(value), F(1, 10**3)) / 10**10
        elif kind == "exact" and "/" in text:
            assert abs(parse(text) - value) < F(1, 10**50)
        else:
            assert parse(text) == parse(rounded(value, digits))


def unit(points: list[list[F]]) -> list[list[F]]:
    """The diagonal matrix of squared widths."""
    widths = [max(column) - min(column) for column in zip(*points, strict=True)]
    return [[w * w * (i == j) for j in range(len(widths))] for i, w in enumerate(widths)]


# --- results ----------------------------------------------------------------------------------------


def room(points: list[list[F]], means: Any, steps: int, shape: Shape[Any] | None = None) -> Any:
    """The states of the room's run in 60 digits, from even weights and covariances as wide as the data."""
    k, covariance = len(means), unit(points)
    if shape and shape.covariance_type == "spherical":
        middle = sum((covariance[i][i] for i in range(len(covariance))), F(0)) / len(covariance)
        covariance = [[middle * (i == j) for j in range(len(covariance))] for i in range(len(covariance))]
    theta = gaussian_mixture.Theta([N(F(1, k))] * k, in_high(means), [in_high(covariance)] * k)
    return trace.take(steps + 1, gaussian_mixture.trace(in_high(points), theta, N, shape))


@pytest.mark.parametrize("kind", ["float", "high", "ball"])
@pytest.mark.parametrize("name", COVARIANCE_TYPES)
def test_gaussians_are_those_of_the_room(name: str, kind: str) -> None:
    points = table(PLANE).rows
    shape = Shape(name, N("1/100"))  # type: ignore[arg-type]
    states = room(points, [[0, 2], [5, 1]], 4, shape)
    digits = 12 if kind == "ball" else 25
    options = ("--covariance-type", name, "--regularisation", "0.01", "--kind", kind, "--digits", digits)
    found = document(PLANE, *GMM, *options)
    theta, likely = states[-1].theta, [gaussian_mixture.log_likelihood(in_high(points), s.theta, N) for s in states]
    assert_same(found["results"]["weights"], theta.weights, kind, digits)
    assert_same(found["results"]["means"], theta.means, kind, digits)
    assert_same(found["results"]["covariances"], theta.covariances, kind, digits)
    assert_same(found["results"]["responsibilities"], states[-1].posterior, kind, digits)
    assert_same([step["objective"] for step in found["trace"]], likely, kind, digits)
    # of the parameters that entered the last step
    assert found["results"]["log_likelihood"] == found["trace"][3]["objective"]
    assert found["results"]["labels"] == [0] * 4 + [1] * 5
    assert found["kind"] == kind
    assert found["options"]["covariance_type"] == name


def test_balls_and_the_maximum_of_the_likelihood_are_what_is_done_by_default() -> None:
    found = document(PLANE, *GMM)
    assert (found["kind"], found["digits"]) == ("ball", 10)
    assert_same(
        found["results"]["covariances"], room(table(PLANE).rows, [[0, 2], [5, 1]], 4)[-1].theta.covariances, "ball", 10
    )
    likely = [parse(step["objective"]) for step in found["trace"]]
    assert likely == sorted(likely)


@pytest.mark.parametrize(("kind", "steps"), [("exact", 2), ("float", 6), ("high", 6), ("ball", 6)])
def test_tosses_are_those_of_the_room(kind: str, steps: int) -> None:
    arguments = ("--iterations", steps, "--kind", kind, "--digits", 20)
    rounds = Rounds([5, 9, 8, 4, 7], [5, 1, 2, 6, 3])
    coins = trace.nth(
        steps, binomial_mixture.trace(rounds, binomial_mixture.Theta(*in_high([["1/2"] * 2, ["3/5", "1/2"]])), N)
    )
    found = results(COINS, "binomial.run", "-", "--start", "3/5,1/2", *arguments)
    assert_same(found["probabilities"], coins.theta.probabilities, kind, 20)
    assert_same(found["weights"], coins.theta.weights, kind, 20)
    assert_same(found["responsibilities"], coins.posterior, kind, 20)
    assert_same(
        [found["log_likelihood"]],
        [binomial_mixture.log_likelihood(rounds, coins.entered, N)],
        "ball" if kind == "exact" else kind,
        20,
    )
    rows = [[int(x) for x in line.split(",")] for line in BITS.split()[1:]]
    theta = bernoulli_mixture.Theta(*in_high([["1/2"] * 2, [["1/2", "1/3", "1/4"], ["1/4", "1/2", "2/3"]]]))
    bits = trace.nth(steps, bernoulli_mixture.trace(rows, theta, N))
    found = results(BITS, "bernoulli.run", "-", "--start", "1/2,1/3,1/4; 1/4,1/2,2/3", *arguments)
    assert_same(found["probabilities"], bits.theta.probabilities, kind, 20)
    assert_same(found["weights"], bits.theta.weights, kind, 20)
    assert_same(found["responsibilities"], bits.posterior, kind, 20)
    assert found["labels"] == [0] * 6 + [1] * 6


def test_exact_steps_are_fractions_and_a_tie_goes_to_the_lowest_index() -> None:
    # p = 1/3 and 2/3 of one toss each: heads have the shares 1/3 and 2/3, and no toss at all has 1/2 and 1/2
    found = document("1,0\n0,1\n0,0\n", "binomial.step", "-", "--start", "1/3,2/3", "--kind", "exact")
    assert found["results"] == {
        "labels": [1, 0, 0],
        "responsibilities": [["1/3", "2/3"], ["2/3", "1/3"], ["1/2", "1/2"]],
        "log_likelihood": rounded(exactly(-2 * N.log(N(2))), 10),
        "weights": ["1/2", "1/2"],
        "probabilities": ["1/3", "2/3"],
    }
    assert found["kind"] == "exact"
    again = results("1,0\n0,1\n0,0\n", "binomial.step", "-", "--start", "1/3,2/3")
    assert again["labels"] == [1, 0, None]
    assert again["weights"] == ["0.5000000000"] * 2


@pytest.mark.parametrize("task", MIXTURES)
def test_case_files_give_what_they_expect(task: str) -> None:
    for path in sorted((store.fixtures() / "cases" / task).glob("*.json")):
        case = cases.read(path)
        if path.stat().st_size > 12_000:
            continue
        if case.expected is None:
            with pytest.raises(RefimplError) as caught:
                own_data.run(task, own_data.read(path))
            assert caught.value.kind == case.refused, path
            continue
        found = own_data.run(task, own_data.read(path), own_data.Options(digits=50)).found.results
        assert set(found) - {"labels"} == set(case.expected)
        for name, expected in case.expected.items():
            for text, truth in zip(flat(found[name]), flat(expected), strict=True):
                value, allowed = certified(truth)
                assert abs(parse(text) - value) <= max(allowed, abs(value) / 10**49), (path, name)


@pytest.mark.parametrize(
    "case",
    [
        "binomial.fixed_point/one-coin",
        "binomial.fixed_point/lecture",
        "gmm.fixed_point/well-separated",
        "gmm.fixed_point/diag",
        "bernoulli.fixed_point/closed-form",
    ],
)
def test_a_limit_in_balls_is_the_golden_one_with_fewer_digits(case: str) -> None:
    path = store.fixtures() / "cases" / f"{case}.json"
    golden, outcome = cases.read(path).expected, own_data.run(case.partition("/")[0], own_data.read(path))
    assert golden is not None
    assert outcome.found.settled is True
    for name, expected in golden.items():
        for text, truth in zip(flat(outcome.found.results[name]), flat(expected), strict=True):
            assert parse(text) in (parse(truth), parse(rounded(parse(truth), 10)))
    assert len(outcome.found.results["labels"]) == len(outcome.request.table.rows)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["float", "high"])
def test_a_limit_in_other_kinds_is_near_and_has_its_rate(kind: str) -> None:
    for name, case in (("gmm", "well-separated"), ("gmm", "spherical"), ("binomial", "lecture")):
        path = store.fixtures() / "cases" / f"{name}.fixed_point" / f"{case}.json"
        golden = cases.read(path).expected
        assert golden is not None
        done = json.loads(invoke(f"{name}.fixed_point", path, "--kind", kind, "--format", "json").stdout)
        assert done["settled"] is True
        for result, expected in golden.items():
            for text, truth in zip(flat(done["results"][result]), flat(expected), strict=True):
                assert abs(parse(text) - parse(truth)) <= max(abs(parse(truth)), 1) / F(10**9), result


def test_a_run_that_does_not_come_to_rest_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixtures, "MOST_STEPS", 3)
    arguments = ("binomial.fixed_point", "-", "--start", "3/5,1/2", "--kind")
    found = document(COINS, *arguments, "float")
    assert found["settled"] is False
    assert "rate" not in found["results"]
    said = invoke(*arguments, "float", stdin=COINS).stdout
    assert "not settled after 3 steps: the parameters still move" in said
    assert "no limit is near after 2000 steps; take --kind high, or binomial.run" in refusal(COINS, *arguments, "ball")


def test_no_proof_and_no_rate_where_they_would_take_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixture_limit, "MOST_FREE", 1)
    arguments = ("gmm.fixed_point", "-", "--start", MEANS, "--kind")
    assert "rate" not in results(PLANE, *arguments, "float")
    sentence = refusal(PLANE, *arguments, "ball")
    assert sentence == ("the proof of a limit with 6 free parameters would take too long; take --kind high, or gmm.run")


def test_no_iterations_give_the_start_back() -> None:
    found = document(PLANE, "gmm.run", "-", "--start", MEANS, "--iterations", 0, "--kind", "float")
    assert found["results"]["means"] == [["0.0", "2.0"], ["5.0", "1.0"]]
    assert found["results"]["weights"] == ["0.5", "0.5"]
    (only,) = found["trace"]
    assert only == {"step": 0, "objective": found["results"]["log_likelihood"]}
    # and as many are taken as are asked for, though a single component stands still after one
    still = document(PLANE, "gmm.run", "-", "--start", "0,2", "--iterations", 4, "--kind", "float")
    assert [step["step"] for step in still["trace"]] == [0, 1, 2, 3, 4]
    assert "settled" not in still
    e_step = results(PLANE, "gmm.e_step", "-", "--start", MEANS, "--kind", "float")
    assert e_step == {name: found["results"][name] for name in ("labels", "responsibilities", "log_likelihood")}


def test_an_m_step_is_rational_in_every_kind() -> None:
    points, r = [[0, 0], [2, 0], [4, 6]], [[1, 0], ["1/2", "1/2"], [0, 1]]
    given = json.dumps({"input": {"points": points, "responsibilities": r}})
    arguments = ("gmm.m_step", "-", "--covariance-type", "diag", "--regularisation", 1)
    # N_k = 3/2, means (2/3, 0) and (10/3, 4), variances 8/9, 0 and 8/9, 8, and 1 more
    exact = document(given, *arguments)
    assert exact["kind"] == "exact"
    assert exact["results"] == {
        "weights": ["1/2", "1/2"],
        "means": [["2/3", "0"], ["10/3", "4"]],
        "covariances": [[["17/9", "0"], ["0", "1"]], [["17/9", "0"], ["0", "9"]]],
    }
    for kind in ("float", "high", "ball"):
        found = results(given, *arguments, "--kind", kind)
        for name, truth in exact["results"].items():
            assert_same(found[name], [parse(x) for x in flat(truth)], kind, 10)
    given = json.dumps({"input": {"rows": [[1, 0], [1, 1], [0, 0]], "responsibilities": r}})
    truth = {"weights": ["1/2", "1/2"], "probabilities": [["1", "1/3"], ["1/3", "1/3"]]}
    assert results(given, "bernoulli.m_step", "-") == truth
    for kind in ("float", "high", "ball"):
        found = results(given, "bernoulli.m_step", "-", "--kind", kind)
        assert_same(found["probabilities"], [parse(x) for x in flat(truth["probabilities"])], kind, 10)


# --- what balls never decide --------------------------------------------------------------------------


def test_what_may_be_zero_or_a_tie_is_told_as_such() -> None:
    found = results(SYMMETRIC, "gmm.run", "-", "--start", "-1,0; 1,0", "--iterations", 3, "--digits", 8)
    assert found["labels"] == [0, 0, 0, None, 1, 1, 1]
    assert [row[1] for row in found["means"]] == ["0.00000000", "0.00000000"]
    assert [m[0][1] for m in found["covariances"]] == ["0.00000000", "0.00000000"]
    assert found["weights"] == ["0.50000000", "0.50000000"]
    said = invoke("gmm.step", "-", "--start", "-1,0; 1,0", stdin=SYMMETRIC).stdout
    assert ["undecided", "1"] in [line.split() for line in said.splitlines()]
    # proven responsibilities are text: an exact tie is one, and digits that agree may hide which is larger
    assert mixture_limit._label(["1/2", "1/2"]) == 0
    assert mixture_limit._label(["0.5000", "0.5000"]) is None
    assert mixture_limit._label(["0.20", "0.4001", "0.3999"]) == 1
    exactly_even = store.fixtures() / "cases" / "gmm.fixed_point" / "identical-components.json"
    assert set(results("", "gmm.fixed_point", exactly_even)["labels"]) == {0}
    # floats give the tie to the lowest index, or to whatever rounding makes of it
    assert None not in results(SYMMETRIC, "gmm.step", "-", "--start", "-1,0; 1,0", "--kind", "float")["labels"]


def test_zeros_have_as_many_decimals_as_their_unit_asks_for() -> None:
    wide = "".join(f"{1000 * int(x)},{y}\n" for x, y in (line.split(",") for line in SYMMETRIC.split()))
    found = results(wide, "gmm.run", "-", "--start", "-1000,0; 1000,0", "--iterations", 1, "--digits", 6)
    # widths 4000 and 2: six digits of a mean of y are six decimals, of a covariance two or three
    assert found["means"][0][1] == "0.000000"
    assert found["covariances"][0][0][1] == "0.000"


def test_a_number_between_two_roundings_has_a_digit_more() -> None:
    numbers = ball(60)
    text = mixtures.certain(lambda x: rounded(x, 1), 1)
    quarter = numbers(F(1, 3)) * 3 / 4
    assert not quarter.is_exact
    assert text(quarter, F(1)) == "0.25"
    assert text(quarter - F(1, 4), F(1)) == "0.0"
    assert text(quarter - F(1, 4), F(1, 100)) == "0.000"
    with pytest.raises(Undecided):
        text(ball(9)(F(1, 3)) * 3 / 4, F(1))


def test_what_is_too_small_to_be_written_is_nothing_beside_one(tmp_path: Path) -> None:
    path = tmp_path / "start.json"
    path.write_text('{"means": [[0], [10000]], "covariances": [[[1]], [[1]]]}')
    for kind in ("ball", "high"):  # the share of a component ten thousand deviations away is near 10^-21700000
        found = results("0\n1\n2\n10000\n", "gmm.e_step", "-", "--start", path, "--kind", kind)
        assert found["responsibilities"][3] == ["0.0000000000", "1.000000000"]


# --- scale ------------------------------------------------------------------------------------------


def test_scaling_is_exact_and_told() -> None:
    found = document(PLANE, "kmeans.assign", "-", "--scale", "--start", "0,0; 1,1")
    rows = table(PLANE).rows
    assert found["scaled"] == {"least": ["1/10", "-1"], "largest": ["6", "3"]}
    assert found["options"] == {"start": "0,0; 1,1", "scale": True}
    scaled = own_data.run("gmm.step", table(PLANE), own_data.Options(start="0,1; 1,0", scale=True)).request.table
    assert scaled.rows == [[(x - F(1, 10)) / (6 - F(1, 10)), (y + 1) / 4] for x, y in rows]
    assert scaled.cells == table(PLANE).cells
    assert own_data.table.scaled(scaled) is scaled
    said = invoke("gmm.step", "-", "--scale", "--start", "0,1; 1,0", stdin=PLANE).stdout
    assert said.startswith("gmm.step, standard input: 9 rows of x, y, each scaled to [0, 1]; balls")
    assert "scaled" not in document(PLANE, *GMM)


def test_the_blogs_start_is_the_same_in_all_units() -> None:
    arguments = ("gmm.run", GEYSER, "--k", 2, "--start", "uniform", "--seed", 2, "--iterations", 3, "--kind", "high")
    scaled, plain = (results("", *arguments, *more) for more in (["--scale"], []))
    assert scaled["responsibilities"] == plain["responsibilities"]
    assert scaled["labels"] == plain["labels"]
    assert scaled["means"] != plain["means"]


# --- starts -----------------------------------------------------------------------------------------


def request(text: str, task: str = "gmm.run", **options: Any) -> own_data.Request:
    return own_data.Request(own_data.job.tasks.task_named(task), table(text), own_data.Options(**options))


def test_uniform_means_are_drawn_from_the_box_by_the_seed() -> None:
    points, source = table(PLANE).rows, Random(7)
    box = [(min(column), max(column)) for column in zip(*points, strict=True)]
    drawn = [[low + (high - low) * F(source.random()) for low, high in box] for _ in range(3)]
    theta = mixture_start.gaussians(request(PLANE, start="uniform", k=3, seed=7), Shape())
    assert (theta.weights, theta.means) == ([F(1, 3)] * 3, drawn)
    assert theta.covariances == [unit(points)] * 3
    asked: Any = {"start": "uniform", "k": 3, "seed": 7, "iterations": 0}
    scaled = own_data.run("gmm.run", table(PLANE), own_data.Options(**asked, scale=True, kind="high"))
    assert scaled.found.results["covariances"] == [[["1.000000000", "0"], ["0", "1.000000000"]]] * 3
    spherical = mixture_start.gaussians(request(PLANE, start="uniform", k=3, seed=7), Shape("spherical"))
    middle = sum((unit(points)[i][i] for i in range(2)), F(0)) / 2
    assert spherical.covariances[0] == [[middle, 0], [0, middle]]


def test_probabilities_are_drawn_from_a_quarter_to_three_quarters() -> None:
    source = Random(5)
    theta = mixture_start.bernoullis(request(BITS, "bernoulli.run", start="uniform", k=2, seed=5), [[1, 1, 0]] * 12)
    assert theta.probabilities == [[F(1, 4) + F(source.random()) / 2 for _ in range(3)] for _ in range(2)]
    source = Random(5)
    coins = mixture_start.binomials(request(COINS, "binomial.run", start="uniform", k=3, seed=5))
    assert coins.probabilities == [F(1, 4) + F(source.random()) / 2 for _ in range(3)]
    assert coins.weights == [F(1, 3)] * 3


def test_means_at_points_are_those_of_kmeans_and_differ() -> None:
    for rule, seed in (("first", None), ("random", 3), ("k-means++", 3)):
        theta = mixture_start.gaussians(request(PLANE, start=rule, k=3, seed=seed), Shape())
        assert theta.means == start.centers(table(PLANE), rule, 3, seed)
    text = "1\n" * 9 + "2\n3\n"
    for seed in range(8):
        theta = mixture_start.gaussians(request(text, start="random", k=3, seed=seed), Shape())
        assert sorted(theta.means) == [[1], [2], [3]]


def test_a_start_from_kmeans_is_the_m_step_of_its_clusters() -> None:
    points = table(PLANE).rows
    state, _ = kmeans.fit(points, kmeans_starts.plus_plus_starts(points, 2, seed=1, count=1)[0])
    hard = [[F(label == k) for k in range(2)] for label in state.labels]
    theta = mixture_start.gaussians(request(PLANE, start="k-means", k=2, seed=1), Shape("diag", F(1, 9)))
    assert theta == gaussian_mixture.m_step(points, hard, None, Shape("diag", F(1, 9)))
    assert theta.means == state.centers
    bits = [[int(x) for x in row] for row in table(BITS).rows]
    found = mixture_start.bernoullis(request(BITS, "bernoulli.run", start="k-means", k=2, seed=1), bits)
    assert {exact_text(w) for w in found.weights} == {"1/2"}


@pytest.mark.parametrize(
    ("task", "text"),
    [("gmm.run", PLANE), ("bernoulli.run", BITS), ("binomial.run", COINS)],
    ids=["gmm", "bits", "coins"],
)
def test_a_seed_repeats_a_run_and_another_seed_does_not(task: str, text: str) -> None:
    def of(rule: str, seed: int) -> str:
        arguments = ("--k", 2, "--start", rule, "--seed", seed, "--iterations", 2, "--kind", "high")
        return json.dumps(results(text, task, "-", *arguments))

    for rule in ("uniform", "random", "k-means++") if task == "gmm.run" else ("uniform",):
        assert of(rule, 1) == of(rule, 1)
        assert len({of(rule, seed) for seed in range(6)}) > 1


def test_draws_are_the_same_on_every_machine() -> None:
    # written down once
    arguments = ("--k", 2, "--start", "uniform", "--seed", 1, "--scale", "--iterations", 0, "--digits", 8)
    assert results(PLANE, "gmm.run", "-", *arguments)["means"] == [
        ["0.13436424", "0.84743374"],
        ["0.76377462", "0.25506903"],
    ]


def test_a_start_may_be_written_out_in_many_ways(tmp_path: Path) -> None:
    wide = [[["34.81", "0"], ["0", "16"]]] * 2
    (tmp_path / "rows.csv").write_text("x,extra,y\n0,a,2\n5,b,1\n")
    (tmp_path / "rows.json").write_text("[[0, 2], [5, 1]]")
    (tmp_path / "means.json").write_text('{"means": [[0, 2], [5, 1]]}')
    (tmp_path / "all.json").write_text(
        json.dumps({"weights": ["1/2", 0.5], "means": [[0, 2], ["5", 1]], "covariances": wide})
    )
    (tmp_path / "case.json").write_text(json.dumps({"input": {"points": [[1]], "means": [[0, 2], [5, 1]]}}))
    expected = results(PLANE, *GMM, "--k", 2)
    for name in ("rows.csv", "rows.json", "means.json", "all.json", "case.json"):
        assert results(PLANE, "gmm.run", "-", "--start", tmp_path / name, "--iterations", 4) == expected, name
    points = [[exact_text(x) for x in row] for row in table(PLANE).rows]
    given = {"points": points, "means": [[0, 2], [5, 1]], "covariances": wide, "weights": ["1/2", "1/2"]}
    text = json.dumps({"input": given, "params": {"iterations": 4, "regularisation": "0"}})
    assert results(text, "gmm.run", "-") == expected
    assert results(text, "gmm.run", "-", "--iterations", 0) != expected
    (tmp_path / "coins.json").write_text('{"probabilities": ["3/5", 0.5], "weights": [0.5, 0.5]}')
    arguments = ("binomial.run", "-", "--iterations", 3, "--start")
    assert results(COINS, *arguments, tmp_path / "coins.json") == results(COINS, *arguments, "3/5,1/2")


def test_a_run_goes_on_from_what_it_has_written(tmp_path: Path) -> None:
    path = tmp_path / "earlier.json"
    for text, (task, *more) in (
        (PLANE, ("gmm.run", "--start", MEANS)),
        (BITS, ("bernoulli.run", "--start", "uniform", "--k", 2, "--seed", 1)),
        (COINS, ("binomial.run", "--start", "3/5,1/2")),
    ):
        invoke(task, "-", *more, "--iterations", 3, "--digits", 30, "--output", path, stdin=text)
        later = results(text, task, "-", "--start", path, "--iterations", 2, "--digits", 20)
        whole = results(text, task, "-", *more, "--iterations", 5, "--digits", 20)
        assert later == whole


def test_weights_that_were_rounded_are_divided_by_their_sum(tmp_path: Path) -> None:
    path = tmp_path / "thirds.json"
    path.write_text('{"weights": ["0.33333333333"], "probabilities": ["1/3"]}')
    assert "the sum of weights is 33333333333/100000000000; give numbers that sum to 1" in refusal(
        COINS, "binomial.step", "-", "--start", path
    )
    path.write_text('{"weights": ["0.33333333333", "0.66666666666"], "probabilities": ["1/3", "1/2"]}')
    found = mixture_start.binomials(request(COINS, "binomial.run", start=str(path)))
    assert sum(found.weights) == 1
    assert results(COINS, "binomial.step", "-", "--start", path, "--kind", "exact")["weights"]


# --- formats ----------------------------------------------------------------------------------------


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_csv_has_a_column_for_each_component_and_the_label() -> None:
    text = "label;x;responsibility_1\na;0.10;u\nb;1;v\nc;9;w\nd;8.5;w\n"
    arguments = ("gmm.run", "-", "--columns", "x", "--start", "0; 9", "--iterations", 1)
    done = rows_of(invoke(*arguments, "--format", "csv", stdin=text).stdout)
    found = results(text, *arguments)
    assert done[0] == ["label", "x", "responsibility_1", "responsibility_0", "responsibility_1_", "label_"]
    assert [row[:3] for row in done[1:]] == [["a", "0.10", "u"], ["b", "1", "v"], ["c", "9", "w"], ["d", "8.5", "w"]]
    assert [row[3:5] for row in done[1:]] == found["responsibilities"]
    assert [row[5] for row in done[1:]] == ["0", "0", "1", "1"]
    tie = rows_of(invoke("gmm.step", "-", "--start", "-1,0; 1,0", "--format", "csv", stdin=SYMMETRIC).stdout)
    assert tie[4][-1] == ""


def test_csv_of_an_m_step_has_a_row_for_each_component() -> None:
    given = json.dumps({"input": {"points": [[0, 0], [2, 0], [4, 6]], "responsibilities": [[1], [1], [1]]}})
    done = rows_of(invoke("gmm.m_step", "-", "--format", "csv", stdin=given).stdout)
    assert done[0] == ["component", "weight", "mean_x0", "mean_x1"] + [
        f"covariance_x{i}_x{j}" for i in (0, 1) for j in (0, 1)
    ]
    assert done[1] == ["0", "1", "2", "2", "8/3", "4", "4", "8"]
    bits = json.dumps({"input": {"rows": [[1, 0], [1, 1]], "responsibilities": [[1], [1]]}})
    assert rows_of(invoke("bernoulli.m_step", "-", "--format", "csv", stdin=bits).stdout) == [
        ["component", "weight", "x0", "x1"],
        ["0", "1", "1", "1/2"],
    ]


def cells(text: str, *arguments: object) -> list[list[str]]:
    return [line.split() for line in invoke(*arguments, stdin=text).stdout.splitlines()]


def test_the_table_has_components_covariances_and_the_likelihood() -> None:
    said = cells(PLANE, *GMM, "--digits", 4)
    found = results(PLANE, *GMM, "--digits", 4)
    assert ["component", "size", "weight", "x", "y"] in said
    for k, size in (("0", "4"), ("1", "5")):
        assert [k, size, found["weights"][int(k)], *found["means"][int(k)]] in said
    assert ["component", "1", "x", *found["covariances"][1][0]] in said
    assert ["y", *found["covariances"][1][1]] in said
    assert ["0", "0.1", "2", *found["responsibilities"][0]] in said
    assert ["log-likelihood", "at", "the", "last", "E-step", "=", found["log_likelihood"]] in said
    assert ["step", "log-likelihood"] in said
    tied = cells(PLANE, *GMM, "--covariance-type", "tied")
    assert sum(line[:2] == ["all", "components"] for line in tied) == 1
    for name in ("diag", "spherical"):
        said, found = cells(PLANE, *GMM, "--covariance-type", name), results(PLANE, *GMM, "--covariance-type", name)
        assert ["component", "1", *(found["covariances"][1][i][i] for i in range(2))] in said


def test_wide_and_long_tables_are_cut(tmp_path: Path) -> None:
    path, source = tmp_path / "wide.csv", Random(1)
    header = ",".join(f"pixel_{i:02}" for i in range(64))
    images = [",".join(str(int(source.random() < 0.5)) for _ in range(64)) for _ in range(30)]
    path.write_text("\n".join([header, *images]))
    arguments = (path, "--k", 3, "--start", "uniform", "--seed", 1, "--kind", "float")
    said = invoke("bernoulli.run", *arguments, "--iterations", 1, "--digits", 4).stdout
    assert "30 rows of 64 columns, pixel_00 to pixel_63; binary64" in said
    assert "pixel_09" in said
    assert "pixel_10" not in said
    assert max(map(len, said.splitlines()[1:])) < 120
    assert len(said.splitlines()) < 45
    assert "\nrow " not in said
    said = invoke("bernoulli.run", *arguments, "--columns", "10-11", "--iterations", 1).stdout
    assert "30 rows of pixel_10, pixel_11;" in said
    one = cells("", "bernoulli.e_step", *arguments, "--columns", "10-11")
    assert one[2] == ["row", "pixel_10", "pixel_11", *(x for k in range(3) for x in ("component", str(k)))]
    assert ["..."] * 6 in one


def test_a_refused_run_leaves_an_output_as_it_was_and_makes_no_other(tmp_path: Path) -> None:
    (tmp_path / "kept.json").write_text("kept")
    for name in ("kept.json", "new.csv"):
        refusal(POINT, "gmm.run", "-", "--start", "1; 5", "--iterations", 9, "--output", tmp_path / name)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("kept.json", "kept")]
    invoke(*GMM, "--output", tmp_path / "kept.json", stdin=PLANE)
    assert json.loads((tmp_path / "kept.json").read_text())["task"] == "gmm.run"
    assert len(list(tmp_path.iterdir())) == 1


def test_in_a_process_of_its_own_no_progress_is_shown_without_a_terminal() -> None:
    command = [sys.executable, "-m", "refimpl", "run", *GMM[:-1], "4", "--format", "csv"]
    done = subprocess.run(command, input=PLANE, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout == invoke(*GMM, "--format", "csv", stdin=PLANE).stdout


def test_python_can_watch_a_run() -> None:
    told: list[tuple[int, int | None]] = []

    def watch(step: own_data.Step, total: int | None) -> None:
        told.append((step.step, total))

    own_data.run("gmm.run", table(PLANE), own_data.Options(start=MEANS, iterations=3, kind="float"), watch)
    assert told == [(n, 3) for n in range(4)]
    told.clear()
    own_data.run("gmm.fixed_point", table(PLANE), own_data.Options(start=MEANS, kind="float"), watch)
    assert told == [(n, None) for n in range(len(told))]
    assert len(told) > 3


# --- refusals ---------------------------------------------------------------------------------------

UNIFORM = ("--start", "uniform", "--k", 2)
COLLAPSE = (
    "a component collapses: its covariance becomes singular, where the likelihood has no bound; give another --start "
    "or --seed"
)

OPTIONS: dict[tuple[object, ...], str] = {
    (
        "gmm.run",
        "--iterations",
        3,
    ): "gmm.run needs a start; give --start uniform, first, random, k-means++, k-means, FILE or numbers",
    ("gmm.run", "--start", MEANS): "gmm.run needs --iterations; see refimpl run --help",
    ("gmm.run", "--start", MEANS, "--iterations", -1): "--iterations is -1; give at least 0",
    ("gmm.step", "--start", MEANS, "--iterations", 2): "--iterations has no use in gmm.step; leave it out",
    (
        "gmm.step",
        "--start",
        MEANS,
        "--kind",
        "exact",
    ): "--kind exact has no use in gmm.step, whose responsibilities are exponentials; take ball, high or float",
    (
        "gmm.step",
        "--start",
        MEANS,
        "--covariance-type",
        "round",
    ): "--covariance-type is 'round'; give one of full, tied, diag, spherical",
    ("gmm.step", "--start", MEANS, "--regularisation", "-1/2"): "regularisation is -1/2; give a number of at least 0",
    ("gmm.step", "--start", MEANS, "--regularisation", "x"): "regularisation: 'x' is not a number",
    (
        "gmm.e_step",
        "--start",
        MEANS,
        "--covariance-type",
        "full",
    ): "--covariance-type has no use in gmm.e_step; leave it out",
    (
        "gmm.fixed_point",
        "--start",
        MEANS,
        "--regularisation",
        1,
    ): "--regularisation has no use in gmm.fixed_point; leave it out",
    ("gmm.m_step",): 'gmm.m_step needs responsibilities; give JSON, {"input": {"points", "responsibilities"}}',
    ("gmm.m_step", "--start", MEANS): "--start has no use in gmm.m_step; leave it out",
    (
        "gmm.step",
        "--start",
        "uniform",
        "--k",
        2,
    ): "--start uniform draws; give --seed with any integer, and the run can be repeated",
    ("gmm.step", "--start", "uniform", "--seed", 2): "--start uniform needs the number of components; give --k",
    ("gmm.step", *UNIFORM, "--seed", -1): "seed is -1; give an integer of at least 0",
    ("gmm.step", "--start", "k-means", "--k", 2): "--start k-means draws; give --seed",
    ("gmm.step", "--start", "random", "--k", 2): "--start random draws points; give --seed",
    ("gmm.step", "--start", "first", "--k", 2, "--seed", 1): "--seed has no use with --start first",
    ("gmm.step", "--start", MEANS, "--seed", 1): "--seed has no use where the start gives the parameters; leave it out",
    ("gmm.step", "--start", MEANS, "--k", 3): "--k is 3, but the start has 2 components; leave --k out",
    ("gmm.step", "--start", "1,2,3; 4,5,6"): "--start has a row of 3 numbers; give 2, one for each of 'x', 'y'",
    (
        "gmm.step",
        "--start",
        "1,2; x",
    ): "--start '1,2; x' is not numbers; give uniform, first, random, k-means++, k-means, a FILE, or",
    ("gmm.step", "--start", "no.json"): "--start 'no.json' is not a file that exists; give uniform, ",
    (
        "gmm.step",
        "--start",
        "uniform",
        "--k",
        10,
        "--seed",
        1,
    ): "k is 10 for 9 points; give at most as many clusters as points",
    ("gmm.step", "--start", "first", "--k", 10): "k is 10 for 9 points",
    ("gmm.step", "--start", ";".join(["1,2"] * 10)): "k is 10 for 9 points",
    ("gmm.step", "--start", "k-means", "--k", 0, "--seed", 1): "k is 0; give at least 1 cluster",
    (
        "gmm.step",
        "--start",
        "k-means",
        "--k",
        9,
        "--seed",
        1,
    ): "a cluster of K-means has no points for a covariance of its own; give another --start or",
    ("gmm.step", "--start", MEANS, "--columns", "x,z"): "there is no column 'z'; the columns are 'x', 'y'",
    ("gmm.step", "--start", MEANS, "--rate", 1): "--rate has no use in gmm.step; leave it out",
    ("bernoulli.step", *UNIFORM, "--seed", 1): "line 2, column 'x': 1/10 is no bit; give 0 or 1",
    ("bernoulli.m_step", "--columns", "x"): "line 2, column 'x': 1/10 is no bit; give 0 or 1",
    ("bernoulli.step", *UNIFORM, "--scale"): "--scale has no use in bernoulli.step; leave it out",
    ("binomial.step", *UNIFORM, "--seed", 1): "line 2, column 'x': 1/10 is no count; give 0, 1, 2, ...",
    (
        "binomial.step",
        *UNIFORM,
        "--seed",
        1,
        "--columns",
        "x",
    ): "there is only the column 'x'; give one of heads and one of tails",
    ("gmm.step", "--start", MEANS, "--plot", "p.pdf"): "--plot p.pdf does not end in .svg or .png",
}


@pytest.mark.parametrize("arguments", OPTIONS, ids=lambda arguments: " ".join(map(str, arguments)))
def test_a_wrong_option_is_one_sentence_that_names_it(
    arguments: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sentence = refusal(PLANE, arguments[0], "-", *arguments[1:])
    assert OPTIONS[arguments] in sentence
    assert list(tmp_path.iterdir()) == []


TOSSES: dict[tuple[str, str, tuple[object, ...]], str] = {
    (BITS, "bernoulli.step", ()): "bernoulli.step needs a start; give --start uniform, k-means, FILE or numbers",
    (
        BITS,
        "bernoulli.step",
        ("--start", "first", "--k", 2),
    ): "--start 'first' is not a file that exists; give uniform, k-means, a FILE",
    (
        BITS,
        "bernoulli.step",
        ("--start", "1/2,1/2; 1/2,1/3"),
    ): "--start has a row of 2 numbers; give 3, one for each of 'a', 'b', 'c'",
    (
        BITS,
        "bernoulli.step",
        ("--start", "1/2,1/2,3/2"),
    ): "--start: probabilities[0][2] is 3/2; give a probability from 0 to 1",
    (BITS, "bernoulli.step", ("--start", "1,1,1")): "observation 0 is impossible under every component",
    (
        BITS,
        "bernoulli.m_step",
        (),
    ): 'bernoulli.m_step needs responsibilities; give JSON, {"input": {"rows", "responsibilities"}}',
    (
        BITS,
        "bernoulli.fixed_point",
        (*UNIFORM, "--seed", 1, "--kind", "exact"),
    ): "--kind exact has no use in bernoulli.fixed_point, whose limit is irrational; take ball",
    (
        BITS,
        "bernoulli.step",
        ("--start", "k-means", "--k", 5, "--seed", 1),
    ): "--k is 5, but standard input has only 4 different points",
    (COINS, "binomial.step", ()): "binomial.step needs a start; give --start uniform, FILE or numbers",
    (
        COINS,
        "binomial.step",
        ("--start", "k-means", "--k", 2, "--seed", 1),
    ): "--seed has no use where the start gives the parameters",
    (
        COINS,
        "binomial.step",
        ("--start", "k-means"),
    ): "--start is 'k-means'; give uniform, a JSON file, or probabilities such as 3/5,1/2",
    (COINS, "binomial.step", ("--start", "3/5;1/2")): "--start is '3/5;1/2'; give uniform, a JSON file",
    (COINS, "binomial.step", ("--start", ",".join(["1/2"] * 6))): "k is 6 for 5 points; give at most as many",
    (
        COINS,
        "binomial.fixed_point",
        ("--start", "3/5,1/2", "--kind", "exact"),
    ): "--kind exact has no use in binomial.fixed_point",
    (
        COINS.replace("4,6", "4,-6"),
        "binomial.step",
        ("--start", "1/2"),
    ): "line 5, column 'tails': -6 is no count; give 0, 1, 2, ...",
    (
        COINS.replace("4,6", "4.5,6"),
        "binomial.step",
        ("--start", "1/2"),
    ): "line 5, column 'heads': 9/2 is no count; give 0, 1, 2, ...",
    (
        BITS.replace("0,0,1", "0,0,2"),
        "bernoulli.step",
        ("--start", "k-means"),
    ): "line 8, column 'c': 2 is no bit; give 0 or 1",
}


@pytest.mark.parametrize("key", TOSSES, ids=lambda key: f"{key[1]} {' '.join(map(str, key[2]))}")
def test_a_wrong_option_of_tosses_is_one_sentence(key: tuple[str, str, tuple[object, ...]]) -> None:
    text, task, arguments = key
    assert TOSSES[key] in refusal(text, task, "-", *arguments)


@pytest.mark.parametrize("name", COVARIANCE_TYPES)
@pytest.mark.parametrize("kind", ["float", "high", "ball"])
def test_a_collapse_is_told_in_every_kind(kind: str, name: str) -> None:
    arguments = ("gmm.run", "-", "--start", "1; 5", "--iterations", 50, "--kind", kind, "--covariance-type", name)
    if name == "tied":  # one covariance for all does not collapse
        assert results(POINT, *arguments)["labels"] == [0, 0, 0, 1]
        return
    sentence = refusal(POINT, *arguments)
    assert sentence == f"step 7: {COLLAPSE}, or --regularisation"
    assert results(POINT, *arguments, "--regularisation", "1/100")["labels"] == [0, 0, 0, 1]
    limit = refusal(POINT, "gmm.fixed_point", *arguments[1:4], *arguments[6:])
    assert limit == f"step 7: {COLLAPSE}"


def test_a_component_that_shrinks_in_one_direction_alone_collapses_in_the_units_of_the_data() -> None:
    # the last four points lie on a line, where nothing is narrow along an axis
    line = "0,0\n3,1\n1,4\n2,2\n" + "".join(f"{100 + i},{1000 * (50 + i)}\n" for i in range(4))
    for kind in ("float", "high", "ball"):
        assert COLLAPSE in refusal(
            line, "gmm.run", "-", "--start", "1,2; 101,51000", "--iterations", 60, "--kind", kind
        )


FLAT = {
    (
        "1,1\n2,1\n4,1\n",
        "full",
    ): "the column 'x1' has one value only, so that every covariance is singular; leave it out with --columns",
    ("1,1\n2,1\n4,1\n", "diag"): "the column 'x1' has one value only, so that every covariance is singular",
    ("1,1\n1,1\n1,1\n", "spherical"): "the column 'x0' has one value only",
    (
        "1,1\n2,2\n4,4\n",
        "full",
    ): "the 3 points lie in less than 2 dimensions, so that every covariance is singular; leave a column",
    ("1,1\n2,2\n4,4\n", "tied"): "the 3 points lie in less than 2 dimensions",
    ("1,1\n2,7\n", "full"): "the 2 points lie in less than 2 dimensions",
}


@pytest.mark.parametrize(("text", "name"), FLAT)
def test_points_without_a_width_are_refused_before_anything_is_computed(text: str, name: str) -> None:
    arguments = ("gmm.run", "-", "--start", "1,1; 2,2", "--iterations", 1, "--covariance-type", name)
    assert refusal(text, *arguments).startswith(f"standard input: {FLAT[text, name]}")
    assert results(text, *arguments, "--regularisation", "1/10")["weights"]


def test_points_with_some_width_are_taken() -> None:
    for name, text in (("spherical", "1,1\n2,1\n4,1\n"), ("diag", "1,1\n2,2\n4,4\n")):
        arguments = ("gmm.run", "-", "--start", "1,1; 2,1", "--iterations", 1, "--covariance-type", name)
        assert results(text, *arguments)["weights"]
    assert "has one value only, which --scale cannot bring to [0, 1]; leave it out with --columns" in refusal(
        "1,1\n2,1\n", "kmeans.fit", "-", "--start", "first", "--k", 2, "--scale"
    )
    # an E-step needs no width of its own, but a start that has none does
    assert "'x1' has one value only, and no Gaussian fits it" in refusal(
        "1,1\n2,1\n", "gmm.e_step", "-", "--start", "1,1"
    )


def test_fractions_that_would_grow_for_ever_are_refused_before_they_do() -> None:
    tosses = "heads,tails\n500,500\n900,100\n"
    arguments = ("binomial.run", "-", "--start", "3/5,1/2", "--kind", "exact", "--iterations")
    said = "would take too long in Fractions, which grow with every toss; give --kind ball, or fewer --iterations"
    assert refusal(tosses, *arguments, 9) == f"step 9 {said}"
    assert refusal(COINS, *arguments, 4) == f"step 4 {said}"
    source = Random(2)
    images = "".join(",".join(str(int(source.random() < 0.5)) for _ in range(40)) + "\n" for _ in range(90))
    step = ("bernoulli.step", "-", *UNIFORM, "--seed", 1, "--kind", "exact")
    assert refusal(images, *step) == f"step 1 {said}".removesuffix(", or fewer --iterations")
    assert results(BITS + "1,1,0\n" * 500, *step)["weights"]  # many rows that are few different ones do not grow


def test_a_limit_that_cannot_be_proven_is_told() -> None:
    sentence = refusal(
        "1,1\n1,0\n1,1\n0,1\n", "bernoulli.fixed_point", "-", "--start", "1/2,1/4; 1/3,1/2", "--digits", 4
    )
    assert sentence.startswith("no limit ")
    assert sentence.endswith("; take --kind high, or bernoulli.run")


FILES = {
    '{"means": [[1, 2]]': "not JSON",
    '{"mean": [[1, 2]]}': """there is 'mean'; give {"means": ..., "weights": ..., "covariances": ...}""",
    '{"weights": [1]}': "there are no means; give {",
    '{"results": {"centers": [[1, 2]]}}': "there are no means; give {",
    '{"means": [[1, 2]], "means": [[1, 2]]}': "'means' stands twice in one object; keep one",
    '{"means": []}': "means is empty; give at least one component",
    '{"means": 3}': "means is '3'; give a list of rows",
    '{"means": [[1, 2], [3]]}': "means[1] has 1 entries but means[0] has 2; give rows of one length",
    '{"means": [[1, 2, 3]]}': "means[0] has 3 entries for points of 2 dimensions; give 2",
    '{"means": [[1, "a"]]}': "means[0][1]: 'a' is not a number",
    '{"means": [[1, 2]], "weights": ["1/2", "1/2"]}': "weights has 2 entries for 1 components; give one for each",
    '{"means": [[1, 2], [3, 4]], "weights": ["1/2", "1/4"]}': "the sum of weights is 3/4; give numbers that sum to 1",
    '{"means": [[1, 2], [3, 4]], "weights": [2, -1]}': "weights[0] is 2; give a number from 0 to 1",
    '{"means": [[1, 2]], "covariances": [[[1]]]}': "covariances[0] has 1 x 1 entries for points of 2 dimensions",
    '{"means": [[1, 2]], "covariances": []}': "covariances has 0 matrices for 1 components; give one for each",
    '{"means": [[1, 2]], "covariances": [[[1, 2], [0, 1]]]}': "give a symmetric matrix",
    '{"means": [[1, 2]], "covariances": [[[1, 2], [2, 1]]]}': "covariances[0] is not positive definite",
    '{"means": [[1, 2]], "covariances": [[1, 2]]}': "covariances[0][0] is '1'; give a list of numbers",
}


@pytest.mark.parametrize("content", FILES)
def test_a_start_of_the_wrong_shape_is_named_with_its_file(content: str, tmp_path: Path) -> None:
    path = tmp_path / "start.json"
    path.write_text(content)
    sentence = refusal(PLANE, "gmm.step", "-", "--start", path)
    assert sentence.startswith(f"{path}: ")
    assert FILES[content] in sentence


def test_a_start_of_another_type_or_in_a_document_is_named(tmp_path: Path) -> None:
    path = tmp_path / "start.json"
    path.write_text('{"means": [[1, 2]], "covariances": [[[1, 0], [0, 2]]]}')
    sentence = refusal(PLANE, "gmm.step", "-", "--start", path, "--covariance-type", "spherical")
    assert sentence == f"{path}: covariances[0][1][1] is 2; for the type 'spherical' give 1"
    text = json.dumps({"input": {"points": [[1], [2]], "means": [[1, 2]]}})
    assert refusal(text, "gmm.step", "-").startswith("standard input: means[0] has 2 entries for points of 1 dim")
    assert "--seed has no use" in refusal(text, "gmm.step", "-", "--seed", 1)
    text = json.dumps({"input": {"rows": 3}})
    assert refusal(text, "bernoulli.step", "-", *UNIFORM) == "standard input: rows is not a list; give a list of rows"
    text = json.dumps({"input": {"points": [[1]], "thetas": 3}})
    assert "input has 'thetas'; gmm.step has points, weights, means, covariances" in refusal(text, "gmm.step", "-")
    # one new point may be asked about two components, which could not be estimated from it
    path.write_text('{"means": [[1], [2]], "covariances": [[[1]], [[1]]]}')
    assert results("1\n", "gmm.e_step", "-", "--start", path)["labels"] == [0]
    assert "k is 2 for 1 points" in refusal("1\n", "gmm.step", "-", "--start", path, "--regularisation", 1)
