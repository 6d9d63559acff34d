"""Cases of mixtures are proven, and not when anything is changed; what their proofs rest on, in any dimension.

A center is changed in digits that are worth its radius at least, because a box means those below to be unknown.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction as Q
from functools import cache
from typing import Any

import flint
import msgspec
import pytest
from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from refimpl import linear
from refimpl.certify import krawczyk
from refimpl.errors import EmptyData, RefimplError, Refuted, Undecided
from refimpl.numbers import Ball, exact_text, parse, rounded
from refimpl.oracle import case as cases, generate, recheck
from refimpl.oracle.attainable import with_attainable
from refimpl.oracle.case import Case, Variant
from refimpl.oracle.catalogue import Entry
from refimpl.oracle.certificates import (
    Box,
    Chain,
    Enclosure,
    Exact,
    FixedPoint,
    Identities,
    Paths,
    Reached,
    Refusal,
    Tube,
)
from refimpl.oracle.recheck import mixtures

HALF = ["1/2", "1/2"]
LINE = [[str(x)] for x in (0, 1, 2, 3, 7, 8, 9, 11)]
GAUSSIANS = {"points": LINE, "weights": HALF, "means": [["1"], ["8"]], "covariances": [[["4"]], [["4"]]]}
PLANE = {
    "points": [["0", "1"], ["1", "4"], ["3", "1"], ["9", "3"], ["10", "8"], ["12", "5"]],
    "weights": ["3/8", "5/8"],
    "means": [["2", "2"], ["10", "6"]],
    "covariances": [[["4", "0"], ["0", "3"]], [["5", "0"], ["0", "4"]]],
}
BITS = [[0] * 3] * 3 + [[1] * 3] * 3 + [[0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]
BERNOULLIS = {"rows": BITS, "weights": HALF, "probabilities": [["3/4"] * 3, ["1/4"] * 3]}
FEW = {"rows": BITS[2:8], "weights": ["1/4", "3/4"], "probabilities": [["3/4", "1/2", "5/8"], ["1/4", "3/8", "1/8"]]}
COINS = {"heads": [9, 8, 2, 1], "tails": [1, 3, 8, 9], "weights": HALF, "probabilities": ["3/4", "1/4"]}
THREE = {
    "points": LINE[:5],
    "weights": ["1/2", "0", "1/2"],
    "means": [["1"], ["4/3"], ["7"]],
    "covariances": [[["4"]], [["2"]], [["4"]]],
}
R = [["1", "0"], ["3/4", "1/4"], ["1/2", "1/2"], ["1/4", "3/4"], ["1/8", "7/8"], ["0", "1"]]
SADDLE = {**GAUSSIANS, "means": [["1"], ["1"]], "weights": ["1/3", "2/3"]}
ALONE = {"points": LINE[:3], "weights": ["1"], "means": [["5"]], "covariances": [[["1"]]]}

MADE: dict[str, tuple[str, dict[str, Any], dict[str, Any], type]] = {
    "gmm e": ("gmm.e_step", GAUSSIANS, {}, Enclosure),
    "gmm m": (
        "gmm.m_step",
        {"points": PLANE["points"], "responsibilities": R},
        {"covariance_type": "tied"},
        Identities,
    ),
    "gmm step": ("gmm.step", PLANE, {"covariance_type": "diag"}, Enclosure),
    "gmm none": ("gmm.run", GAUSSIANS, {"iterations": 0}, Enclosure),
    "gmm run": ("gmm.run", GAUSSIANS, {"iterations": 4, "covariance_type": "tied"}, Tube),
    "gmm regularised": (
        "gmm.run",
        {**PLANE, "points": PLANE["points"][1:5]},
        {"iterations": 3, "regularisation": "3/2"},
        Tube,
    ),
    "gmm without mass": ("gmm.run", THREE, {"iterations": 3}, Chain),
    "gmm alike": ("gmm.run", SADDLE, {"iterations": 3}, Exact),
    "gmm limit": ("gmm.fixed_point", GAUSSIANS, {}, FixedPoint),
    "gmm saddle": ("gmm.fixed_point", SADDLE, {}, Reached),
    "gmm alone": ("gmm.fixed_point", ALONE, {}, Reached),
    "bernoulli e": ("bernoulli.e_step", FEW, {}, Exact),
    "bernoulli m": ("bernoulli.m_step", {"rows": FEW["rows"], "responsibilities": R}, {}, Identities),
    "bernoulli run": ("bernoulli.run", FEW, {"iterations": 4}, Chain),
    "bernoulli limit": ("bernoulli.fixed_point", BERNOULLIS, {}, FixedPoint),
    "binomial step": ("binomial.step", COINS, {}, Exact),
    "binomial run": ("binomial.run", COINS, {"iterations": 3}, Chain),
    "binomial limit": ("binomial.fixed_point", COINS, {}, FixedPoint),
}
EVERY = pytest.mark.parametrize("name", list(MADE))
LIMITS = ("gmm limit", "bernoulli limit", "binomial limit")


@cache
def made(name: str) -> Case:
    task, given, params, _ = MADE[name]
    return generate.make((f"{task}/x", entry(given, params)))


def entry(given: dict[str, Any], params: dict[str, Any]) -> Entry:
    return Entry("x", "title", "reason", "source", given, params)


def is_proven(case: Case) -> bool:
    try:
        recheck.prove(case)
    except RefimplError:
        return False
    return True


@EVERY
def test_a_case_is_proven_by_its_certificate(name: str) -> None:
    case = made(name)
    assert type(case.certificate) is MADE[name][3]
    assert is_proven(msgspec.json.decode(cases.encode(case), type=Case))


# ---------------------------------------------------------------------- what is changed


def leaves(tree: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(tree, dict | list):
        for key, item in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from leaves(item, (*way, key))
    else:
        yield way, tree


def with_leaf(case: Case, way: Sequence[Any], value: Any) -> Case:
    tree = msgspec.json.decode(msgspec.json.encode(case))
    place = tree
    for key in way[:-1]:
        place = place[key]
    assert place[way[-1]] != value
    place[way[-1]] = value
    return msgspec.convert(tree, Case)


def another_digit(text: str, turn: int, least: Q = Q(0)) -> str:
    """The text with one digit, worth so much at least, changed by 5; integers one higher."""
    places = [i for i, c in enumerate(text) if c.isdigit()]
    if least and "." in text:
        places = [i for i in places if Q(10) ** (text.find(".") - i - (i < text.find("."))) >= least]
    i = (places[-1], places[0], places[len(places) // 2])[turn % 3]
    return text[:i] + str((int(text[i]) + 5) % 10) + text[i + 1 :]


def spread(items: list[Any], most: int) -> list[Any]:
    return items if len(items) <= most else [items[i * (len(items) - 1) // (most - 1)] for i in range(most)]


def changed(case: Case, part: str, most: int) -> Iterator[tuple[str, Case]]:
    found = list(leaves(msgspec.to_builtins(getattr(case, part)), (part,)))
    for turn, (way, old) in enumerate(spread(found, most)):
        new = old + 1 if isinstance(old, int) else another_digit(old, turn) if any(c.isdigit() for c in old) else "full"
        yield f"{way}: {old} -> {new}", with_leaf(case, way, new)


@pytest.fixture
def limits_proven_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What proves a limit is not repeated for the same input and certificate."""
    known: dict[Any, Any] = {}
    prove = mixtures.prove_limit

    def once(problem: Any, proof: Any) -> Any:
        key = msgspec.json.encode((problem.prefix, repr(problem), proof))
        if key not in known:
            known[key] = prove(problem, proof)
        return known[key]

    monkeypatch.setattr(mixtures, "prove_limit", once)


@EVERY
@pytest.mark.usefixtures("limits_proven_once")
def test_no_changed_result_is_proven(name: str) -> None:
    case = made(name)
    assert case.expected is not None
    survivors = []
    for result, tree in case.expected.items():
        for turn, (way, old) in enumerate(
            spread(list(leaves(tree, ("expected", result))), 2 if name == "gmm regularised" else 3)
        ):
            new = another_digit(old, turn)
            if parse(new) != parse(old) and is_proven(with_leaf(case, way, new)):
                survivors.append((way, old, new))
    assert survivors == []
    for result in case.expected:
        others = {key: value for key, value in case.expected.items() if key != result}
        assert not is_proven(replace(case, expected=others))
        assert not is_proven(replace(case, expected={**others, result: "1"}))
        assert not is_proven(replace(case, expected={**case.expected, "more": "1"}))


@EVERY
@pytest.mark.usefixtures("limits_proven_once")
def test_no_changed_input_parameter_alternative_or_attainable_digit_is_proven(name: str) -> None:
    case = made(name)
    most = 5 if name in LIMITS else 9
    parts = [c for part in ("input", "params", "alternatives", "attainable") for c in changed(case, part, most)]
    assert [what for what, other in parts if is_proven(other)] == []
    assert not is_proven(replace(case, attainable={}))
    more = {"likelihood=left": [Variant({"log_likelihood": "1"})], "scale=other": []}
    if not case.task.endswith("m_step"):
        assert not is_proven(replace(case, alternatives=more))
    if case.alternatives:
        assert not is_proven(replace(case, alternatives={}))
        assert not is_proven(replace(case, alternatives={"x": case.alternatives["likelihood=left"]}))
        assert not is_proven(replace(case, alternatives={"likelihood=left": case.alternatives["likelihood=left"] * 2}))


OTHERS: list[Any] = [
    Identities(),
    Exact(),
    Enclosure(100),
    Paths(None),
    Refusal("x"),
    Reached([]),
    Tube(100, 25, [], [0]),
]


@EVERY
def test_no_certificate_of_another_kind_proves_a_case(name: str) -> None:
    case = made(name)
    start = (
        [str(x) for x in mixtures.row_of(mixtures.mixture_input.problem(case.task, case.input, case.params).theta)]
        if ("responsibilities" not in case.input)
        else ["1"]
    )
    more = [
        Chain(100, [Box(start, "0")]),
        Chain(100, [Box(start, "0")] * 4),
        Reached([start]),
        made("gmm run").certificate,
    ]
    for other in (*OTHERS, *more, made("binomial limit").certificate, made("bernoulli run").certificate):
        if type(other) is not type(case.certificate):
            assert not is_proven(replace(case, certificate=other)), other
    assert not is_proven(replace(case, task="gmm.run" if case.task != "gmm.run" else "gmm.step"))


WITH_STATES = [name for name, (*_, kind) in MADE.items() if kind in (Tube, Chain, Reached, FixedPoint)]


@pytest.mark.parametrize("name", WITH_STATES)
def test_no_changed_state_is_proven(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = made(name)
    certificate: Any = case.certificate
    monkeypatch.setattr(krawczyk, "check_exists", lambda *_: None)  # which has nothing to do with states
    states = certificate.states
    survivors = []
    for t, state in spread(list(enumerate(states)), 4):
        way = ("certificate", "states", t)
        if isinstance(state, list):
            tried = [((*way, i), another_digit(x, i)) for i, x in enumerate(state)]
        else:
            radius = parse(state.radius)
            tried = [
                ((*way, "center", i), another_digit(x, 0, radius)) for i, x in spread(list(enumerate(state.center)), 4)
            ]
            tried += [((*way, "center", 0), another_digit(state.center[0], 1, radius))]
            tried += [((*way, "radius"), r) for r in ("1e-200", "-1e-30") if radius]
            if type(certificate) is not Chain or 0 < t < len(states) - 1:  # the last box of a chain may be wide
                tried.append(((*way, "radius"), "1/3"))
        survivors += [(w, new) for w, new in tried if is_proven(with_leaf(case, w, new))]
    assert survivors == []
    for other in (states[1:], states[:-1], [*states, states[-1]], states[::-1], [states[0], *states], []):
        if other != states:
            assert not is_proven(replace(case, certificate=replace(certificate, states=other)))


@pytest.mark.parametrize("name", ["gmm run", "gmm regularised", *LIMITS])
def test_no_other_blocks_and_no_fewer_digits_are_proven(name: str) -> None:
    case = made(name)
    certificate: Any = case.certificate
    for blocks in ([], [1], [1, 0], [-1, 0], [len(certificate.states)]):
        assert not is_proven(replace(case, certificate=replace(certificate, blocks=blocks)))
    assert is_proven(replace(case, certificate=replace(certificate, blocks=[*range(len(certificate.states))])))
    for digits in ({"digits": 10}, {"coarse": 1}):
        assert not is_proven(replace(case, certificate=replace(certificate, **digits)))


def test_no_fewer_digits_enclose_a_step_or_a_chain() -> None:
    for name in ("gmm e", "gmm step", "gmm without mass", "bernoulli run"):
        case = made(name)
        assert not is_proven(replace(case, certificate=replace(case.certificate, digits=10)))  # type: ignore[call-arg]


@pytest.mark.parametrize("name", LIMITS)
def test_no_other_box_basin_or_contraction_is_proven(name: str) -> None:
    case = made(name)
    proof: Any = case.certificate
    radius = parse(proof.box.radius)
    tried: list[tuple[tuple[Any, ...], str]] = []
    for turn, (i, x) in enumerate(spread(list(enumerate(proof.box.center)), 3)):
        tried += [(("box", "center", i), another_digit(x, turn, radius)), (("basin", "center", i), "1/97")]
        tried += [(("basin", "basis", i, i), x) for x in ("1000", "1/1000")]
    tried += [(("box", "radius"), r) for r in ("1e-200", "0", "1/5", "-1")]
    tried += [(("basin", "radius"), r) for r in ("1", "1e-20", "0", "-1")]
    tried += [(("contraction",), another_digit(proof.contraction, turn)) for turn in range(3)]
    tried += [(("contraction",), x) for x in ("0", "1", "0.9999999")]
    survivors = [(way, new) for way, new in tried if is_proven(with_leaf(case, ("certificate", *way), new))]
    assert survivors == []
    for basis in ([[*row] for row in proof.basin.basis[:-1]], [["0"] * len(row) for row in proof.basin.basis]):
        basin = replace(proof.basin, basis=basis)
        assert not is_proven(replace(case, certificate=replace(proof, basin=basin)))


def test_the_limit_of_another_start_is_not_proven() -> None:
    """Both starts come to the same components, but in another order."""
    case = made("gmm limit")
    swapped = {**case.input, "means": [["8"], ["1"]]}
    assert not is_proven(replace(case, input=swapped))
    proof: Any = case.certificate
    basis = [[parse(x) for x in row] for row in proof.basin.basis]
    basin = krawczyk.Basin([parse(x) for x in proof.basin.center], basis, parse(proof.basin.radius))
    first, last = ([parse(x) for x in proof.states[i].center] for i in (0, -1))
    assert krawczyk.check_enters(basin, last, Q(0), 30) is None
    with pytest.raises(Refuted, match="does not lie in the basin"):
        krawczyk.check_enters(basin, first, Q(0), 30)


def test_a_run_that_moves_or_has_stood_still_before_is_not_reached() -> None:
    """Results and digits are those of the forged states, so that only their number and the last step tell."""
    case, moving = made("gmm saddle"), generate.make(("gmm.run/x", entry(SADDLE, {"iterations": 0})))
    assert case.expected is not None
    assert moving.expected is not None
    states = case.certificate.states  # type: ignore[union-attr]
    still = replace(case, certificate=Reached([*states, states[-1]]))
    assert not is_proven(with_attainable(still))
    expected = {**moving.expected, "rate": case.expected["rate"]}
    assert not is_proven(with_attainable(replace(case, expected=expected, certificate=Reached(states[:1]))))


def test_one_enclosed_step_does_not_prove_several_though_nothing_moves() -> None:
    given = {"rows": [[1], [0]], "weights": ["1"], "probabilities": [["1/2"]]}
    case = generate.make(("bernoulli.run/x", entry(given, {"iterations": 3})))
    enclosed = with_attainable(replace(case, certificate=Enclosure(100)))
    assert is_proven(with_attainable(replace(enclosed, params={"iterations": 1})))
    assert not is_proven(enclosed)


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.usefixtures("limits_proven_once")
def test_a_rate_has_all_its_digits(name: str) -> None:
    case = made(name)
    assert case.expected is not None
    rate = parse(str(case.expected["rate"]))
    for other in (rounded(rate, 30), rounded(rate, 49), f"{case.expected['rate']}0", exact_text(rate), "0", "1"):
        assert not is_proven(replace(case, expected={**case.expected, "rate": other}))


@EVERY
def test_no_branch_is_proven(name: str) -> None:
    case = made(name)
    assert not is_proven(replace(case, branches=[Variant(dict.fromkeys(case.expected or {}, "42"))]))


def test_no_alternative_to_an_m_step_is_proven() -> None:
    assert not is_proven(replace(made("gmm m"), alternatives={"likelihood=left": [Variant({"weights": ["1", "0"]})]}))


def test_a_first_box_beside_the_image_of_the_start_is_refuted() -> None:
    """The image is (1/2, 3/4), exactly; the box lies 10^-300 away from it."""
    given = {"heads": [1, 2, 2, 1], "tails": [1, 0, 0, 1], "weights": HALF, "probabilities": HALF}
    problem = mixtures.mixture_input.problem("binomial.run", given, {})
    beside = Box([f"0.5{'0' * 298}1", f"0.75{'0' * 297}1"], "1e-301")
    with pytest.raises(Refuted):
        mixtures.prove_tube(problem, Tube(60, 25, [beside], [0]))


def test_a_run_that_is_certain_is_proven() -> None:
    given = {"rows": [[1], [1]], "weights": ["1"], "probabilities": [["1"]]}
    recheck.prove(generate.make(("bernoulli.run/x", entry(given, {"iterations": 2}))))


def test_what_a_component_without_weight_keeps_is_proven_to_its_last_bit() -> None:
    """2^100 + 1 has 101 bits, more than any number that a step leaves is likely to keep exactly."""
    made = generate.make(("gmm.run/x", entry({**THREE, "means": [["1"], [str(2**100 + 1)], ["7"]]}, {"iterations": 2})))
    assert made.expected is not None
    assert made.expected["means"][1] == [str(2**100 + 1)]  # type: ignore[index, call-overload]
    recheck.prove(made)


@pytest.mark.parametrize("iterations", [-1, 10**12])
def test_a_number_of_iterations_that_no_golden_run_has_is_refuted(iterations: int) -> None:
    """A run that is exact stands still, so that its certificate would fit any number."""
    made = generate.make(("gmm.run/x", entry(SADDLE, {"iterations": 3})))
    assert not is_proven(replace(made, params={"iterations": iterations}))


# ---------------------------------------------------------------------- what the proofs rest on

entries = st.fractions(-2, 2, max_denominator=5)


@st.composite
def squares(draw: st.DrawFn, most: int = 5) -> list[list[Q]]:
    n = draw(st.integers(1, most))
    return [draw(st.lists(entries, min_size=n, max_size=n)) for _ in range(n)]


@settings(max_examples=15)
@given(squares())
def test_the_characteristic_polynomial_is_that_of_flint(a: list[list[Q]]) -> None:
    n, found = len(a), linear.characteristic(a)
    rows = [[flint.fmpq(x.numerator, x.denominator) for x in row] for row in a]
    truth = flint.fmpq_mat(n, n, [x for row in rows for x in row]).charpoly()
    assert found == [Q(int(truth[i].p), int(truth[i].q)) for i in range(n, -1, -1)]
    balls = linear.characteristic([[Ball.between(x - Q(1, 10**9), x + Q(1, 10**9), 80) for x in row] for row in a])
    assert all(x.contains(t) for x, t in zip(balls, found, strict=True))


def test_a_matrix_without_rows_has_no_polynomial() -> None:
    with pytest.raises(EmptyData):
        linear.characteristic([])


@settings(max_examples=10)
@given(squares())
def test_forward_solves_a_lower_triangle(a: list[list[Q]]) -> None:
    lower = [[Q(1) if i == j else x * (j < i) for j, x in enumerate(row)] for i, row in enumerate(a)]
    assert linear.matvec(lower, linear.forward(lower, a[0])) == a[0]


def similar(values: Sequence[str], *, blocks: Sequence[tuple[int, Q]] = ()) -> list[list[Q]]:
    """A full matrix with these eigenvalues: a triangle, then V A V^-1 for a V of determinant 1."""
    n = len(values)
    a = [[Q(values[i]) if i == j else Q(i + j, 7) * (j > i) for j in range(n)] for i in range(n)]
    for i, b in blocks:  # a +- b i
        a[i][i + 1], a[i + 1][i] = -b, b
    v = [[Q(1) if i == j else Q((i + 2 * j) % 3, 2) * (j < i) for j in range(n)] for i in range(n)]
    product = [linear.matvec(linear.transpose(a), row) for row in v]
    return [linear.matvec(linear.transpose(linear.inverse(v)), row) for row in product]


HALF_UNIT = Q(1, 10**6)


@pytest.mark.parametrize(
    "values", [["1/2"], ["0", "3/4"], ["1/5", "1/2", "9/10"], ["0", "0", "1/3", "1/7"], ["3/2", "1/9", "-1"]]
)
def test_a_rate_is_the_largest_of_so_many_eigenvalues(values: list[str]) -> None:
    a = similar(values)
    rate = max(map(Q, values))
    assert krawczyk.check_rate(a, rate, Q(0)) is None
    assert krawczyk.check_rate(a, rate + HALF_UNIT / 3, HALF_UNIT) is None
    assert krawczyk.check_rate([[Ball.of(x, 90) for x in row] for row in a], rate - HALF_UNIT / 3, HALF_UNIT) is None
    wrong = [*{Q(x) for x in values} - {rate}, rate + 3 * HALF_UNIT, rate - 3 * HALF_UNIT, -rate, 2 * rate, Q(0)]
    for other in wrong:
        for half in (Q(0), HALF_UNIT):
            with pytest.raises(Refuted):
                krawczyk.check_rate(a, other, half)


def test_eigenvalues_of_larger_modulus_are_no_rate() -> None:
    for a, rate in (
        (similar(["1/2", "-3/4"]), "1/2"),
        (similar(["1/4", "-1/2", "1/3"]), "1/3"),
        (similar(["1/2", "4/5", "4/5"], blocks=[(1, Q(1, 5))]), "1/2"),
        (similar(["1/3", "1/3"], blocks=[(0, Q(1, 2))]), "1/3"),
        (similar(["1/2", "1/2", "1/4"]), "1/4"),
    ):
        for half in (Q(0), HALF_UNIT):
            with pytest.raises(Refuted):
                krawczyk.check_rate(a, Q(rate), half)


def test_a_double_eigenvalue_is_proven_where_it_is_rational_and_not_else() -> None:
    a = similar(["1/4", "1/2", "1/2"])
    assert krawczyk.check_rate(a, Q(1, 2), Q(0)) is None
    with pytest.raises(Refuted):
        krawczyk.check_rate(a, Q(1, 2), HALF_UNIT)


def test_balls_too_wide_prove_no_rate() -> None:
    wide = [[Ball.between(x - Q(1, 10), x + Q(1, 10), 60) for x in row] for row in similar(["1/5", "1/2", "9/10"])]
    with pytest.raises((Refuted, Undecided)):
        krawczyk.check_rate(wide, Q(9, 10), HALF_UNIT)


def cubes(box: Sequence[Ball]) -> list[Ball]:
    """(x, y) -> ((x + y) / 4, y^3)."""
    x, y = box
    return [(x + y) / 4, y * y * y]


def of_cubes(box: Sequence[Ball]) -> list[list[Ball]]:
    _, y = box
    quarter = Ball.of(Q(1, 4), 80)
    return [[quarter, quarter], [quarter * 0, y * y * 3]]


WAY: list[tuple[list[Q], Q]] = [
    ([Q(1), Q(1, 2)], Q(1, 10)),
    ([Q(3, 8), Q(1, 8)], Q(1, 8)),
    ([Q(1, 8), Q(1, 512)], Q(1, 7)),
    ([Q(1, 32), Q(0)], Q(1, 6)),
]


def test_a_run_is_proven_with_the_derivative_on_the_hull_of_a_block() -> None:
    """On the hull of the first boxes |3 y^2| <= 1.08: there radii grow, where those of each box alone shrink."""
    for blocks in (None, [0, 1, 2, 3], [0, 1], [0, 2], [0, 3]):
        assert krawczyk.check_run(cubes, of_cubes, WAY, 40, blocks) is None
    late = [
        ([Q(0), Q(3, 2)], Q(1, 10**9)),
        ([Q(3, 8), Q(27, 8)], Q(8, 10**9)),
        ([Q(15, 16), Q(27, 8) ** 3], Q(1, 10**6)),
    ]
    assert krawczyk.check_run(cubes, of_cubes, late, 40) is None
    with pytest.raises(Refuted, match=r"state 1 of the run .* coordinate 1"):
        krawczyk.check_run(cubes, of_cubes, late, 40, [0])
    narrow = [WAY[0], (WAY[1][0], Q(8, 100))]  # 3/40 by the derivative at the center, 0.108 by that of the box
    with pytest.raises(Refuted, match=r"coordinate 1"):
        krawczyk.check_run(cubes, of_cubes, narrow, 40)
    for t in (1, 2, 3):
        for i in (0, 1):
            center = [c + Q(1, 3) * (i == k) for k, c in enumerate(WAY[t][0])]
            with pytest.raises(Refuted, match=f"state {t} of the run .* coordinate {i}"):
                krawczyk.check_run(cubes, of_cubes, [*WAY[:t], (center, WAY[t][1]), *WAY[t + 1 :]], 40, [0, 1])


def test_a_hull_holds_boxes_and_what_lies_between_them() -> None:
    x, y = krawczyk.hull_of([([Q(0), Q(5)], Q(1, 3)), ([Q(2), Q(3)], Q(1, 7))], 30)
    for hull, inside, outside in (
        (x, (Q(-1, 3), Q(15, 7), Q(1)), (Q(-1, 2), Q(16, 7))),
        (y, (Q(20, 7), Q(16, 3)), (Q(6),)),
    ):
        assert all(hull.contains(p) for p in inside)
        assert not any(hull.contains(p) for p in outside)


def test_blocks_that_count_from_the_end_prove_nothing() -> None:
    """[-1/10, 1] is squared to [0, 1], and not to [0.1925, 0.2125]."""
    boxes = [(Q("0.45"), Q("0.55")), (Q("0.2025"), Q("0.01")), (Q("0.04"), Q("0.01")), (Q("0.0016"), Q("0.001"))]
    run = [([c], r) for c, r in [*boxes, (Q(0), Q("0.001"))]]
    with pytest.raises(Refuted):
        krawczyk.check_run(lambda box: [x * x for x in box], lambda box: [[x * 2 for x in box]], run, 40, [0, -1])
    for blocks in ([0, 0], [0, 2, 1], [0, 4], [0, 5]):
        with pytest.raises(Refuted, match="blocks"):
            krawczyk.check_run(cubes, of_cubes, WAY, 40, blocks)


def test_a_basin_is_cut_to_the_unit_cube_only_where_that_is_asked_for() -> None:
    """|(1 - x)^2 / 2| <= 1/2 on [0, 0.45], but it exceeds 1 at -0.45."""

    def slope(box: Sequence[Ball]) -> list[list[Ball]]:
        return [[(1 - x) * (1 - x) / 2 for x in box]]

    basin = krawczyk.Basin([Q(0)], [[Q(1)]], Q(45, 100))
    assert krawczyk.check_basin(slope, basin, [Q(0)], Q(0), 30, unit=True) < Q(3, 4)
    with pytest.raises(Refuted):
        krawczyk.check_basin(slope, basin, [Q(0)], Q(0), 30, unit=False)
    assert krawczyk.check_basin(slope, krawczyk.Basin([Q(0)], [[Q(1)]], Q(1, 4)), [Q(0)], Q(0), 30, unit=False) < 1


def test_a_basin_reaches_as_far_as_its_columns_together_and_holds_the_fixed_point_well_inside() -> None:
    def slope(box: Sequence[Ball]) -> list[list[Ball]]:
        return [[x * x * (i == j) for j in range(2)] for i, x in enumerate(box)]

    origin, turned = [Q(0), Q(0)], [[Q(1), Q(1)], [Q(1), Q(-1)]]
    q = krawczyk.check_basin(slope, krawczyk.Basin(origin, turned, Q(3, 10)), origin, Q(0), 30, unit=False)
    assert Q(36, 100) <= q < Q(3, 4)
    with pytest.raises(Refuted):
        krawczyk.check_basin(slope, krawczyk.Basin(origin, turned, Q(45, 100)), origin, Q(0), 30, unit=False)
    for rate, delta, proven in ((Q(1, 2), Q(1, 25), True), (Q(1, 2), Q(1, 23), False), (Q(1), Q(0), False)):
        basin = krawczyk.Basin([Q(0)], [[Q(1)]], Q(1, 8))
        found = []
        try:
            found.append(
                krawczyk.check_basin(lambda _, r=rate: [[Ball.of(r, 99)]], basin, [delta], Q(0), 30, unit=False)
            )
        except Refuted:
            assert not proven
        assert (len(found) == 1) == proven
