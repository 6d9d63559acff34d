"""Principal components of scikit-learn, NumPy and SciPy, held against all golden cases of pca.fit.

Every road has a list of what it gets wrong, and why. The roads themselves are told apart below: each solver is asked
for what only it does.
"""

from collections.abc import Mapping
from importlib import import_module
from math import nan
from typing import Any

import pytest

from refimpl.oracle import store
from refimpl.oracle.journal import Entry
from refimpl.oracle.peers import PEERS
from refimpl.oracle.peers.peer import Answer, Peer, Refused, Result, Unsupported
from refimpl.oracle.report.tally import Report
from refimpl.oracle.score import SLACK, Score
from refimpl.oracle.verify import verify

SQUARES = "laeuchli"
"""The case whose small variances a covariance matrix in binary64 does not have."""

GRADED = "laeuchli-wide"
"""The case whose covariance matrix goes from 5 down to 1e-12 along its diagonal: some of LAPACK's solvers keep that."""

SHARES_OF_0 = {"refuse-constant", "refuse-one-point"}
"""NaN for the share of a variance of 0."""

UNCHECKED = {"refuse-no-component", "refuse-too-many", "refuse-ddof"}
"""What nobody looks at who takes the first L rows, and divides by n - ddof."""

SINGULAR_VALUES = {"scikit-learn-pca", "scikit-learn-pca-full", "scikit-learn-pca-randomized", "numpy-svd", "scipy-svd"}
"""Roads that keep small variances."""

OFFSETS = {"offset-1e8", "offset-twenty", "offset-three"}

KNOWN: dict[str, set[str]] = {
    # twenty points are ten times as many as their dimensions, which is when it takes the covariance
    "scikit-learn-pca": {"refuse-no-component", *SHARES_OF_0, "offset-twenty"},
    "scikit-learn-pca-full": {"refuse-no-component", *SHARES_OF_0},
    # X^T X - N m m^T has no digit left far away from 0
    "scikit-learn-pca-covariance-eigh": {"refuse-no-component", *SHARES_OF_0, SQUARES, *OFFSETS},
    # a start of 0, which is no refusal but a fault; one point has fewer components than the solver can find
    "scikit-learn-pca-arpack": {"refuse-constant"},
    "scikit-learn-pca-randomized": {*SHARES_OF_0, "digits-twenty"},
    "numpy-eigh": {*UNCHECKED, *SHARES_OF_0, SQUARES},
    "numpy-svd": {*UNCHECKED, *SHARES_OF_0},
    # subset_by_index is checked, and so is what is not finite: the covariance that a divisor of 0 leaves
    "scipy-eigh": {*SHARES_OF_0, SQUARES},
    "scipy-svd": {*UNCHECKED, *SHARES_OF_0},
}
"""What each road gets wrong."""


def peer(name: str) -> Peer:
    known = PEERS[name]
    pytest.importorskip(known.library, reason=f"{known.library} is not installed; pip install 'refimpl[peers]'")
    module, _, class_name = known.place.partition(":")
    found = getattr(import_module(module), class_name)()
    assert isinstance(found, Peer)
    return found


@pytest.fixture(scope="module", params=KNOWN)
def report(request: pytest.FixtureRequest) -> Report:
    found = peer(request.param)
    entries = [Entry(*pair) for pair in verify(found, store.cases(store.fixtures(), task="pca.fit"))]
    return Report(found.hello, entries, "refimpl verify fake", len(entries))


def scored(report: Report) -> dict[str, Score]:
    return {entry.score.case_id.removeprefix("pca.fit/"): entry.score for entry in report.entries}


def ask(name: str, points: list[list[float]], components: int, ddof: int = 1) -> Answer:
    given: Mapping[str, Any] = {"points": [[repr(x) for x in row] for row in points]}
    return peer(name).run("pca.fit", given, {"components": components, "ddof": ddof})


def result(answer: Answer) -> Mapping[str, Any]:
    assert isinstance(answer, Result), answer
    return answer.values


# --- golden cases -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", KNOWN)
def test_every_road_goes_by_its_name_and_offers_nothing_else(name: str) -> None:
    hello = peer(name).hello
    assert hello.name == name
    assert hello.tasks == ("pca.fit",)


def test_every_road_fails_for_the_known_reasons_and_passes_everything_else(report: Report) -> None:
    failed = {name for name, score in scored(report).items() if score.verdict not in ("pass", "unsupported")}
    assert failed - {GRADED} == KNOWN[report.hello.name]
    if report.hello.name in SINGULAR_VALUES:
        assert GRADED not in failed


def test_what_cannot_be_asked_has_a_reason_and_too_many_components_can(report: Report) -> None:
    told = {name: score.detail for name, score in scored(report).items() if score.verdict == "unsupported"}
    solver = {name for name, why in told.items() if "the solver arpack" in why}
    divisor = {name for name, why in told.items() if "divides by n-1" in why}
    assert set(told) == solver | divisor
    assert divisor == ({"refuse-ddof"} if report.hello.conventions else set())
    assert bool(solver) == report.hello.name.endswith("arpack")
    assert "refuse-too-many" not in told


def test_singular_values_keep_what_a_covariance_matrix_loses(report: Report) -> None:
    score = scored(report)[SQUARES]
    short = {name for name, found in score.digits.items() if found < score.attainable[name] - SLACK}
    if report.hello.name in SINGULAR_VALUES:
        assert short == set(), score
    elif score.verdict != "unsupported":
        assert short >= {"variances", "ratio", "components"}, score


def test_the_seed_and_the_start_make_no_difference_to_a_second_answer(report: Report) -> None:
    case = store.find(store.fixtures(), "pca.fit/digits")
    first, second = (peer(report.hello.name).run(case.task, case.input, case.params) for _ in range(2))
    assert result(first) == result(second)


# --- what is said of the divisor --------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in KNOWN if name.startswith("scikit-learn")])
def test_scikit_learn_divides_by_n_minus_1_and_says_so(name: str) -> None:
    assert peer(name).hello.conventions == {"divisor": "n-1"}
    points = [[0.0, 0.0], [4.0, 0.0], [0.0, 1.0], [4.0, 1.0]]
    for ddof in (0, 1):
        assert result(ask(name, points, 1, ddof))["variances"] == pytest.approx([16 / 3])


@pytest.mark.parametrize("name", [name for name in KNOWN if not name.startswith("scikit-learn")])
def test_numpy_and_scipy_divide_as_they_are_asked_to(name: str) -> None:
    assert peer(name).hello.conventions == {}
    points = [[0.0, 0.0], [4.0, 0.0], [0.0, 1.0], [4.0, 1.0]]
    for ddof in (0, 1, 3):
        assert result(ask(name, points, 1, ddof))["variances"] == pytest.approx([16 / (4 - ddof)])


# --- which road is which ----------------------------------------------------------------------------

FAR = [[1e8, 1e8], [1e8 + 1, 1e8], [1e8, 1e8 + 2], [1e8 + 3, 1e8 + 1]]


def test_the_default_solver_is_the_one_of_the_library() -> None:
    decomposition = pytest.importorskip("sklearn.decomposition")
    for points in (FAR, FAR * 5):
        found = result(ask("scikit-learn-pca", points, 2))["variances"]
        assert found == list(decomposition.PCA(2).fit(points).explained_variance_)


def test_the_default_solver_centres_four_points_but_not_twenty() -> None:
    few, many = (result(ask("scikit-learn-pca", FAR * times, 2))["variances"] for times in (1, 5))
    assert few == pytest.approx([2, 11 / 12])
    if many == pytest.approx([30 / 19, 55 / 76]):
        pytest.skip("this scikit-learn centres both")
    assert many == result(ask("scikit-learn-pca-covariance-eigh", FAR * 5, 2))["variances"]


@pytest.mark.parametrize("name", [name for name in KNOWN if name != "scikit-learn-pca"])
def test_only_products_of_points_that_are_not_centred_suffer_from_their_distance(name: str) -> None:
    found = result(ask(name, [[*row, 0.0] for row in FAR], 2))["variances"]  # ARPACK needs a third dimension
    assert (found == pytest.approx([2, 11 / 12])) != name.endswith("covariance-eigh")


def test_the_random_projection_is_one() -> None:
    wide = [[float((7 * n * n + 3 * i * n + i * i * i) % 101) for i in range(30)] for n in range(40)]
    exact, projected = (result(ask(f"scikit-learn-pca-{how}", wide, 5))["variances"] for how in ("full", "randomized"))
    assert projected == pytest.approx(exact, rel=0.1)
    assert projected != pytest.approx(exact, rel=1e-9)


# --- what cannot be asked, and what is refused ------------------------------------------------------

WIDE = [[3.0, 1.0, 4.0], [2.0, 6.0, 5.0]]


@pytest.mark.parametrize("name", [name for name in KNOWN if not name.endswith("-eigh") or name.startswith("scikit")])
def test_no_road_by_singular_values_is_blamed_for_more_components_than_points(name: str) -> None:
    assert isinstance(ask(name, WIDE, 3), Unsupported)
    assert isinstance(ask(name, WIDE, 2), Unsupported) == name.endswith("arpack")


@pytest.mark.parametrize("name", ["numpy-eigh", "scipy-eigh"])
def test_a_covariance_matrix_has_as_many_components_as_dimensions(name: str) -> None:
    found = result(ask(name, WIDE, 3))
    assert [len(row) for row in found["components"]] == [3, 3, 3]
    assert found["variances"] == pytest.approx([13.5, 0, 0], abs=1e-12)
    assert sum(found["ratio"]) == pytest.approx(1)


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("points", [[[1.0, 2.0], [3.0]], []])
def test_what_a_library_refuses_is_its_refusal(name: str, points: list[list[float]]) -> None:
    answer = ask(name, points, 1)
    assert isinstance(answer, Refused), answer
    assert answer.kind == "bad-input"


@pytest.mark.parametrize("name", [name for name in KNOWN if name != "numpy-eigh"])
def test_every_function_but_the_eigh_of_numpy_looks_for_nan(name: str) -> None:
    assert isinstance(ask(name, [[nan, 1.0], [0.0, 1.0], [2.0, 5.0]], 1), Refused)
