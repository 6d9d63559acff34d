"""scikit-learn's and StepMix's mixtures behind the protocol, held against the rooms; no golden case is needed.

The data are such that every step of the runs moves every result by far more than the digits that are asked for, so
that a step too many or too few, or a likelihood at other parameters, is no agreement.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

import pytest

from refimpl import bernoulli_mixture, gaussian_mixture, trace
from refimpl.gaussian_mixture import COVARIANCE_TYPES, Shape
from refimpl.numbers import EXACT, Mpf, high, parse
from refimpl.oracle import peers
from refimpl.oracle.peers.peer import Answer, Peer, Refused, Result, Unsupported

HIGH = high(30)

ASKED = 10
"""Digits of agreement."""

TOLD_APART = 6
"""Digits that answers to different questions have in common at most."""

SETTLED = 40
"""Steps after which the Gaussian mixtures below have 20 digits of their limits, and the Bernoulli mixture in thrice."""

EXPECTATION = {"responsibilities", "log_likelihood"}


@pytest.fixture(scope="module")
def scikit_learn() -> Peer:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed; pip install 'refimpl[peers]'")
    from refimpl.oracle.peers.scikit_learn import ScikitLearn

    return ScikitLearn()


@pytest.fixture(scope="module")
def stepmix() -> Peer:
    pytest.importorskip("stepmix", reason="StepMix is not installed; pip install 'refimpl[peers]'")
    from refimpl.oracle.peers.stepmix_lca import StepMix

    return StepMix()


# --- answers and truths -------------------------------------------------------------------------------------


def result(answer: Answer) -> Mapping[str, Any]:
    assert isinstance(answer, Result), answer
    return answer.values


def digits(answer: Any, truth: Any) -> float:
    """Digits of the worst entry, relative to the largest one."""
    pairs = list(_pairs(answer, truth))
    error = max(abs(HIGH(Fraction(a)) - t) for a, t in pairs)
    scale = max(abs(t) for _, t in pairs)
    return float(-HIGH.log(error / scale) / HIGH.log(HIGH(10))) if error else math.inf


def _pairs(answer: Any, truth: Any) -> Iterable[tuple[Any, Mpf]]:
    if isinstance(answer, list):
        assert len(answer) == len(truth)
        for a, t in zip(answer, truth, strict=True):
            yield from _pairs(a, t)
    else:
        yield answer, in_high(truth)


def agreement(answer: Mapping[str, Any], truth: Mapping[str, Any]) -> dict[str, float]:
    assert set(answer) == set(truth)
    return {name: digits(answer[name], truth[name]) for name in truth}


def told_apart(answer: Mapping[str, Any], iterations: int, room: Callable[[int], Mapping[str, Any]]) -> bool:
    """Whether the answer is that of no other number of steps; a start has the expectations of the first step."""
    for other in {max(iterations - 1, 0), iterations + 1} - {iterations}:
        alike = {name for name, found in agreement(answer, room(other)).items() if found > TOLD_APART}
        assert alike == (EXPECTATION if {iterations, other} == {0, 1} else set())
    return True


def refused(answer: Answer) -> bool:
    """Whether it is a refusal of the input, and no fault."""
    assert isinstance(answer, Refused), answer
    assert answer.kind == "bad-input", answer
    assert answer.message
    return True


def read(tree: Any, numbers: Any = HIGH) -> Any:
    return [read(x, numbers) for x in tree] if isinstance(tree, list) else numbers(parse(tree))


def in_high(tree: Any) -> Any:
    if isinstance(tree, list):
        return [in_high(x) for x in tree]
    return HIGH(tree) if isinstance(tree, Fraction) else tree


def text(tree: Any) -> Any:
    return [text(x) for x in tree] if isinstance(tree, list) else str(tree)


# --- Gaussian mixtures --------------------------------------------------------------------------------------

POINTS = text([[0, 0], [2, 1], [1, 3], [3, 1], [5, 4], [6, 7], [4, 6], [7, 4]])
WEIGHTS = ["1/4", "3/4"]
MEANS = text([[1, 2], [5, 4]])

COVARIANCES: dict[str, Any] = {
    "full": text([[[3, 1], [1, 2]], [[2, -1], [-1, 4]]]),
    "tied": text([[[3, 1], [1, 2]]] * 2),
    "diag": text([[[3, 0], [0, 2]], [[2, 0], [0, 4]]]),
    "spherical": text([[[3, 0], [0, 3]], [[2, 0], [0, 2]]]),
}

RESPONSIBILITIES = text(
    [["7/8", "1/8"], [1, 0], ["3/4", "1/4"], ["1/2", "1/2"], [0, 1], ["1/8", "7/8"], [0, 1], [0, 1]]
)


def gaussians(covariance_type: str = "full", **changes: Any) -> dict[str, Any]:
    start = {"points": POINTS, "weights": WEIGHTS, "means": MEANS, "covariances": COVARIANCES[covariance_type]}
    return {**start, **changes}


def gaussian_room(
    given: Mapping[str, Any], iterations: int, covariance_type: Any = "full", c: str = "0"
) -> dict[str, Any]:
    points = read(given["points"])
    theta = gaussian_mixture.Theta(read(given["weights"]), read(given["means"]), read(given["covariances"]))
    shape = Shape(covariance_type, HIGH(parse(c)))
    state = trace.nth(iterations, gaussian_mixture.trace(points, theta, HIGH, shape))
    return {
        "responsibilities": state.posterior,
        "log_likelihood": gaussian_mixture.log_likelihood(points, state.entered, HIGH) / len(points),
        **vars(state.theta),
    }


def test_scikit_learn_tells_what_its_likelihood_is_and_what_it_has_not(scikit_learn: Peer) -> None:
    hello = scikit_learn.hello
    assert {task for task in hello.tasks if task.startswith("gmm.")} == {
        "gmm.e_step",
        "gmm.m_step",
        "gmm.step",
        "gmm.run",
        "gmm.fixed_point",
    }
    assert hello.conventions["likelihood"] == "entered"
    assert hello.conventions["scale"] == "per-sample"
    assert hello.conventions["labels"] == "final"
    assert set(hello.omits["gmm.fixed_point"]) == {"rate"}


@pytest.mark.parametrize("iterations", [0, 1, 2, 4])
@pytest.mark.parametrize("covariance_type", COVARIANCE_TYPES)
def test_a_run_of_scikit_learn_is_that_of_the_room(scikit_learn: Peer, covariance_type: str, iterations: int) -> None:
    given = gaussians(covariance_type)
    answer = result(scikit_learn.run("gmm.run", given, {"iterations": iterations, "covariance_type": covariance_type}))
    assert min(agreement(answer, gaussian_room(given, iterations, covariance_type)).values()) > ASKED
    assert told_apart(answer, iterations, lambda other: gaussian_room(given, other, covariance_type))


@pytest.mark.parametrize("covariance_type", COVARIANCE_TYPES)
def test_a_step_of_scikit_learn_is_that_of_the_room_with_a_regularisation_too(
    scikit_learn: Peer, covariance_type: str
) -> None:
    given, c = gaussians(covariance_type), "3/8"
    answer = result(scikit_learn.run("gmm.step", given, {"covariance_type": covariance_type, "regularisation": c}))
    assert min(agreement(answer, gaussian_room(given, 1, covariance_type, c)).values()) > ASKED
    plain = result(scikit_learn.run("gmm.step", given, {"covariance_type": covariance_type}))
    assert min(agreement(plain, gaussian_room(given, 1, covariance_type)).values()) > ASKED
    assert digits(plain["covariances"], gaussian_room(given, 1, covariance_type, c)["covariances"]) < TOLD_APART


def test_the_covariances_are_full_where_nothing_is_said(scikit_learn: Peer) -> None:
    full = scikit_learn.run("gmm.step", gaussians(), {"covariance_type": "full"})
    assert scikit_learn.run("gmm.step", gaussians(), {}) == full


def test_the_expectations_of_scikit_learn_are_those_of_the_room_also_for_fewer_points_than_fit_takes(
    scikit_learn: Peer,
) -> None:
    for points in (POINTS, POINTS[2:3]):
        given = gaussians(points=points)
        truth = gaussian_room(given, 0)
        answer = result(scikit_learn.run("gmm.e_step", given, {}))
        assert set(answer) == EXPECTATION
        assert min(agreement(answer, {name: truth[name] for name in EXPECTATION}).values()) > ASKED


@pytest.mark.parametrize("covariance_type", COVARIANCE_TYPES)
@pytest.mark.parametrize("c", ["0", "3/8"])
def test_the_maximisation_of_scikit_learn_is_that_of_the_room(scikit_learn: Peer, covariance_type: Any, c: str) -> None:
    given = {"points": POINTS, "responsibilities": RESPONSIBILITIES}
    truth = gaussian_mixture.m_step(
        read(POINTS, EXACT), read(RESPONSIBILITIES, EXACT), shape=Shape(covariance_type, parse(c))
    )
    answer = result(scikit_learn.run("gmm.m_step", given, {"covariance_type": covariance_type, "regularisation": c}))
    assert min(agreement(answer, vars(truth)).values()) > ASKED


@pytest.mark.parametrize("covariance_type", COVARIANCE_TYPES)
@pytest.mark.parametrize("at_once", [20, 2])
def test_a_fixed_point_of_scikit_learn_is_that_of_the_room_and_everything_is_told_there(
    scikit_learn: Peer, covariance_type: str, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("refimpl.oracle.peers.scikit_learn_mixture.AT_ONCE", at_once)
    given = gaussians(covariance_type)
    answer = result(scikit_learn.run("gmm.fixed_point", given, {"covariance_type": covariance_type}))
    assert min(agreement(answer, gaussian_room(given, SETTLED, covariance_type)).values()) > ASKED


def test_a_fixed_point_that_scikit_learn_does_not_reach_is_not_offered(
    scikit_learn: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("refimpl.oracle.peers.scikit_learn_mixture.AT_ONCE", 1)
    monkeypatch.setattr("refimpl.oracle.peers.scikit_learn_mixture.AT_MOST", 5)
    answer = scikit_learn.run("gmm.fixed_point", gaussians(), {})
    assert answer == Unsupported("the parameters still move after 5 iterations")


def test_what_rounding_keeps_moving_for_ever_is_answered_as_it_is(scikit_learn: Peer) -> None:
    far = [str(10**8 + x) for x in (0, 1, 2, 10, 11, 12)]
    given = gaussians(points=[[x] for x in far], means=[[far[1]], [far[4]]], covariances=[[["1"]], [["1"]]])
    answer = result(scikit_learn.run("gmm.fixed_point", given, {"covariance_type": "tied"}))
    assert math.isfinite(answer["log_likelihood"])


@pytest.mark.parametrize(
    ("start", "asked"),
    [("full", "tied"), ("diag", "tied"), ("full", "diag"), ("full", "spherical"), ("diag", "spherical")],
)
def test_a_start_of_another_covariance_type_is_refused_by_scikit_learn(
    scikit_learn: Peer, start: str, asked: str
) -> None:
    for task, params in (("gmm.step", {}), ("gmm.run", {"iterations": 0}), ("gmm.fixed_point", {})):
        answer = scikit_learn.run(task, gaussians(start), {"covariance_type": asked, **params})
        assert answer == Refused("bad-input", f"GaussianMixture({asked!r}) takes precisions of that type alone")


@pytest.mark.parametrize("asked", COVARIANCE_TYPES)
def test_a_start_of_a_narrower_type_is_one_of_the_wider_type_too(scikit_learn: Peer, asked: str) -> None:
    given = gaussians(covariances=text([[[2, 0], [0, 2]]] * 2))
    answer = result(scikit_learn.run("gmm.step", given, {"covariance_type": asked}))
    assert min(agreement(answer, gaussian_room(given, 1, asked)).values()) > ASKED


def test_responsibilities_that_no_e_step_gives_are_not_asked_of_scikit_learn(scikit_learn: Peer) -> None:
    for row in (["1/2", "1/4"], ["3/2", "-1/2"]):
        given = {"points": POINTS[:2], "responsibilities": [["1/2", "1/2"], row]}
        answer = scikit_learn.run("gmm.m_step", given, {})
        assert answer == Unsupported("no user hands GaussianMixture responsibilities, and it does not check its own")


BAD_GAUSSIANS: dict[str, dict[str, Any]] = {
    "no points": {"points": []},
    "NaN": {"points": [*POINTS[1:], ["nan", "0"]]},
    "an infinite mean": {"means": [["0", "0"], ["inf", "0"]]},
    "ragged points": {"points": [*POINTS, ["1"]]},
    "points of another dimension": {"points": [["1"], ["2"], ["3"]]},
    "a mean less": {"means": MEANS[:1]},
    "weights that sum to less": {"weights": ["1/4", "1/2"]},
    "a negative weight": {"weights": ["-1/4", "5/4"]},
    "a weight less": {"weights": ["1"]},
    "a covariance less": {"covariances": COVARIANCES["full"][:1]},
    "an asymmetric covariance": {"covariances": text([[[3, 1], [0, 2]], [[2, 0], [0, 2]]])},
    "a singular covariance": {"covariances": text([[[1, 1], [1, 1]], [[2, 0], [0, 2]]])},
    "an indefinite covariance": {"covariances": text([[[1, 2], [2, 1]], [[2, 0], [0, 2]]])},
    "no variance": {"covariances": text([[[0, 0], [0, 1]], [[2, 0], [0, 2]]])},
    "NaN in a covariance": {"covariances": [[["nan", "0"], ["0", "1"]], [["2", "0"], ["0", "2"]]]},
}


@pytest.mark.parametrize("bad", BAD_GAUSSIANS)
def test_bad_input_is_refused_by_scikit_learn(scikit_learn: Peer, bad: str) -> None:
    given = gaussians(**BAD_GAUSSIANS[bad])
    for task, params in (
        ("gmm.e_step", {}),
        ("gmm.step", {}),
        ("gmm.run", {"iterations": 0}),
        ("gmm.run", {"iterations": 3}),
        ("gmm.fixed_point", {}),
    ):
        assert refused(scikit_learn.run(task, given, params))


@pytest.mark.parametrize("covariance_type", ["diag", "spherical"])
@pytest.mark.parametrize("variance", ["0", "-1"])
def test_a_variance_that_is_none_is_refused_by_scikit_learn(
    scikit_learn: Peer, covariance_type: str, variance: str
) -> None:
    given = gaussians(covariances=[[[variance, "0"], ["0", variance]]] * 2)
    for task, params in (("gmm.step", {}), ("gmm.run", {"iterations": 0})):
        assert refused(scikit_learn.run(task, given, {"covariance_type": covariance_type, **params}))


def test_bad_params_and_a_collapse_are_refused_by_scikit_learn(scikit_learn: Peer) -> None:
    assert refused(scikit_learn.run("gmm.run", gaussians(), {"iterations": -1}))
    assert refused(scikit_learn.run("gmm.step", gaussians(), {"regularisation": "-1"}))
    assert refused(scikit_learn.run("gmm.step", gaussians(points=POINTS[:1]), {}))
    one = {"points": [["0"], ["0"], ["0"]], "weights": ["1"], "means": [["0"]], "covariances": [[["1"]]]}
    for covariance_type in COVARIANCE_TYPES:
        assert refused(scikit_learn.run("gmm.step", one, {"covariance_type": covariance_type}))
        assert refused(scikit_learn.run("gmm.fixed_point", one, {"covariance_type": covariance_type}))
    massless = {"points": POINTS, "responsibilities": [["1", "0"]] * len(POINTS)}
    assert refused(scikit_learn.run("gmm.m_step", massless, {}))


# --- Bernoulli mixtures -------------------------------------------------------------------------------------

ROWS = [[1, 1, 0, 1], [1, 0, 1, 1], [0, 1, 0, 0], [1, 1, 1, 0], [0, 0, 0, 1], [0, 0, 1, 0], [1, 1, 1, 1], [0, 0, 0, 0]]

BITS = {
    "rows": ROWS,
    "weights": ["1/4", "3/4"],
    "probabilities": [["3/4", "1/2", "5/8", "1/2"], ["1/4", "1/2", "1/4", "3/8"]],
}


def bernoulli_room(given: Mapping[str, Any], iterations: int, numbers: Any = HIGH) -> dict[str, Any]:
    rows = given["rows"]
    theta = bernoulli_mixture.Theta(read(given["weights"], numbers), read(given["probabilities"], numbers))
    state = trace.nth(iterations, bernoulli_mixture.trace(rows, theta, numbers))
    entered = bernoulli_mixture.Theta(in_high(state.entered.weights), in_high(state.entered.probabilities))
    return {
        "responsibilities": state.posterior,
        "log_likelihood": bernoulli_mixture.log_likelihood(rows, entered, HIGH) / len(rows),
        **vars(state.theta),
    }


def test_stepmix_tells_what_its_likelihood_is_and_what_it_has_not(stepmix: Peer) -> None:
    hello = stepmix.hello
    assert (hello.name, hello.precision) == ("stepmix", "binary64")
    assert hello.tasks == (
        "bernoulli.e_step",
        "bernoulli.m_step",
        "bernoulli.step",
        "bernoulli.run",
        "bernoulli.fixed_point",
    )
    assert hello.conventions == {"likelihood": "entered", "scale": "per-sample"}
    assert set(hello.omits["bernoulli.fixed_point"]) == {"rate"}


@pytest.mark.parametrize("iterations", [0, 1, 2, 4])
def test_a_run_of_stepmix_is_that_of_the_room(stepmix: Peer, iterations: int) -> None:
    answer = result(stepmix.run("bernoulli.run", BITS, {"iterations": iterations}))
    truth = bernoulli_room(BITS, iterations, EXACT if iterations < 3 else HIGH)
    assert min(agreement(answer, truth).values()) > ASKED
    assert told_apart(answer, iterations, lambda other: bernoulli_room(BITS, other))
    if iterations == 1:
        assert stepmix.run("bernoulli.step", BITS, {}) == Result(answer)


def test_the_expectations_of_stepmix_are_those_of_the_room_also_for_fewer_rows_than_fit_takes(stepmix: Peer) -> None:
    for rows in (ROWS, ROWS[:1]):
        given = {**BITS, "rows": rows}
        answer, truth = result(stepmix.run("bernoulli.e_step", given, {})), bernoulli_room(given, 0, EXACT)
        assert min(agreement(answer, {name: truth[name] for name in answer}).values()) > ASKED
        assert set(answer) == EXPECTATION


def test_the_maximisation_of_stepmix_is_that_of_the_room(stepmix: Peer) -> None:
    answer = result(stepmix.run("bernoulli.m_step", {"rows": ROWS, "responsibilities": RESPONSIBILITIES}, {}))
    truth = bernoulli_mixture.m_step(ROWS, read(RESPONSIBILITIES, EXACT))
    assert min(agreement(answer, vars(truth)).values()) > ASKED


@pytest.mark.parametrize("at_once", [50, 7])
def test_a_fixed_point_of_stepmix_is_that_of_the_room_and_everything_is_told_there(
    stepmix: Peer, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("refimpl.oracle.peers.stepmix_lca.AT_ONCE", at_once)
    answer = result(stepmix.run("bernoulli.fixed_point", BITS, {}))
    assert min(agreement(answer, bernoulli_room(BITS, 3 * SETTLED)).values()) > ASKED


def test_a_fixed_point_that_stepmix_does_not_reach_is_not_offered(
    stepmix: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("refimpl.oracle.peers.stepmix_lca.AT_ONCE", 1)
    monkeypatch.setattr("refimpl.oracle.peers.stepmix_lca.AT_MOST", 5)
    answer = stepmix.run("bernoulli.fixed_point", BITS, {})
    assert answer == Unsupported("the parameters still move after 5 iterations")


@pytest.mark.parametrize(
    "bad",
    [
        {"weights": ["1/4", "1/2"]},
        {"weights": ["-1/4", "5/4"]},
        {"weights": ["1"]},
        {"weights": ["nan", "1"]},
        {"probabilities": [["3/4"] * 4, ["5/4"] * 4]},
    ],
    ids=str,
)
def test_a_start_that_stepmix_would_not_draw_is_not_asked_of_it(stepmix: Peer, bad: dict[str, Any]) -> None:
    for task, params in (("bernoulli.e_step", {}), ("bernoulli.run", {"iterations": 2}), ("bernoulli.fixed_point", {})):
        answer = stepmix.run(task, {**BITS, **bad}, params)
        assert answer == Unsupported("no user hands StepMix a start, and it does not check its own")


def test_responsibilities_that_no_e_step_gives_are_not_asked_of_stepmix(stepmix: Peer) -> None:
    for row in (["1/2", "1/4"], ["3/2", "-1/2"]):
        answer = stepmix.run("bernoulli.m_step", {"rows": ROWS[:2], "responsibilities": [["1/2", "1/2"], row]}, {})
        assert answer == Unsupported("no user hands StepMix responsibilities, and it does not check its own")


@pytest.mark.parametrize(
    "bad",
    [
        {"rows": []},
        {"rows": [*ROWS, [1, 0]]},
        {"rows": [[1, 0], [0, 1]]},
        {"probabilities": [["1/2"] * 4, ["1/2"] * 3]},
    ],
    ids=["no rows", "ragged rows", "rows of another length", "ragged probabilities"],
)
def test_bad_input_is_refused_by_stepmix(stepmix: Peer, bad: dict[str, Any]) -> None:
    for task, params in (
        ("bernoulli.e_step", {}),
        ("bernoulli.step", {}),
        ("bernoulli.run", {"iterations": 0}),
        ("bernoulli.fixed_point", {}),
    ):
        assert refused(stepmix.run(task, {**BITS, **bad}, params))
    if "rows" in bad:
        assert refused(stepmix.run("bernoulli.m_step", {**bad, "responsibilities": RESPONSIBILITIES}, {}))


def test_bad_params_are_refused_by_stepmix(stepmix: Peer) -> None:
    assert refused(stepmix.run("bernoulli.run", BITS, {"iterations": -1}))
    assert refused(stepmix.run("bernoulli.step", {**BITS, "rows": ROWS[:1]}, {}))


# --- both ---------------------------------------------------------------------------------------------------


def test_no_warning_gets_out_of_a_peer_where_a_weight_is_0(scikit_learn: Peer, stepmix: Peer) -> None:
    given, bits = gaussians(weights=["1", "0"]), {**BITS, "weights": ["1", "0"]}
    alone = [[1.0, 0.0]] * 8
    for task, params in (("gmm.e_step", {}), ("gmm.run", {"iterations": 0})):
        assert result(scikit_learn.run(task, given, params))["responsibilities"] == alone
    for task, params in (("bernoulli.e_step", {}), ("bernoulli.run", {"iterations": 1})):
        assert result(stepmix.run(task, bits, params))["responsibilities"] == alone
    # the component without mass has no parameters any more: the one refuses 0/0, the other answers NaN
    assert isinstance(scikit_learn.run("gmm.run", given, {"iterations": 2}), Refused | Result)
    assert isinstance(stepmix.run("bernoulli.run", bits, {"iterations": 2}), Refused | Result)
    assert isinstance(stepmix.run("bernoulli.fixed_point", bits, {}), Refused | Result)


def test_stepmix_is_known_and_prints_nothing_into_the_conversation(
    stepmix: Peer, capfd: pytest.CaptureFixture[str]
) -> None:
    assert peers.named("stepmix") == peers.module("refimpl.oracle.peers.stepmix_lca:StepMix")
    for task in stepmix.hello.tasks:
        params = {"iterations": 3} if task.endswith("run") else {}
        given = {"rows": ROWS, "responsibilities": RESPONSIBILITIES} if task.endswith("m_step") else BITS
        assert result(stepmix.run(task, given, params))
    assert capfd.readouterr() == ("", "")
