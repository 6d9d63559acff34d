"""Power iteration and non-negative factors by the formulas of the proofs, held against the rooms and by hand."""

from fractions import Fraction as Q
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, strategies as st

from refimpl import nmf, power_iteration
from refimpl.certify import factors, powers, sensitivity_factors
from refimpl.errors import Refuted
from refimpl.numbers import ball
from refimpl.oracle import generate, recheck, store
from refimpl.oracle.catalogue import Entry
from refimpl.oracle.peers.peer import Hello, Result
from refimpl.oracle.score import score
from refimpl.oracle.solve import solve

entries = st.integers(-4, 4).map(Q)
sizes = st.integers(1, 4)
PEER = Hello("peer", "", "", "binary64", ("power.run",))


@st.composite
def symmetric(draw: st.DrawFn) -> list[list[Q]]:
    d = draw(sizes)
    a = [[draw(entries) for _ in range(d)] for _ in range(d)]
    return [[a[max(i, j)][min(i, j)] for j in range(d)] for i in range(d)]


@given(symmetric(), st.integers(0, 9))
def test_the_power_by_squaring_is_on_the_line_of_the_room_s_iterate(a: list[list[Q]], iterations: int) -> None:
    start = [Q(i + 1) for i in range(len(a))]
    try:
        (state,) = islice(power_iteration.trace(a, start), iterations, iterations + 1)
    except ArithmeticError:
        with pytest.raises(Refuted, match="becomes 0"):
            powers.image(a, start, iterations)
        return
    w = powers.image(a, start, iterations)
    assert power_iteration.scaled(w) == power_iteration.scaled(state.vector)
    assert powers.rayleigh(a, w) == power_iteration.rayleigh(a, state.vector)


@given(st.data(), sizes, sizes, sizes)
def test_updates_and_loss_are_those_of_the_room(data: st.DataObject, n: int, m: int, r: int) -> None:
    def matrix(rows: int, columns: int) -> list[list[Q]]:
        row = st.lists(st.integers(0, 3).map(Q), min_size=columns, max_size=columns)
        return data.draw(st.lists(row, min_size=rows, max_size=rows))

    x, w, h = matrix(n, m), matrix(n, r), matrix(r, m)
    after = nmf.step(x, nmf.State(w, h))
    assert factors.step(x, w, h) == (after.w, after.h)
    assert factors.loss(x, w, h) == nmf.loss(x, w, h)
    numbers = ball(40)
    enclosed = factors.step(*([[numbers(a) for a in row] for row in rows] for rows in (x, w, h)))
    for found, exact in zip(enclosed, (after.w, after.h), strict=True):
        assert all(b.contains(a) for p, q in zip(found, exact, strict=True) for b, a in zip(p, q, strict=True))


def printed(*texts: str) -> list[tuple[Q, Q]]:
    return [(Q(text), Q(1, 2) / 10 ** len(text.partition(".")[2]) if "." in text else Q(0)) for text in texts]


def test_a_unit_vector_is_proven_by_squares() -> None:
    """(1, -2) / sqrt 5 is (0.44721..., -0.89442...), and its largest entry must be positive."""
    w = [Q(1), Q(-2)]
    powers.check_unit(printed("-0.4472", "0.8944"), w, "vector")
    powers.check_unit(printed("3/5", "4/5"), [Q(30), Q(40)], "vector")
    powers.check_unit(printed("0.7071", "-0.7071"), [Q(-1), Q(1)], "vector")  # a tie: the lowest index
    for wrong in (("-0.4473", "0.8944"), ("0.4472", "-0.8944"), ("0.4472", "0.8944"), ("-0.4472",)):
        with pytest.raises(Refuted, match="vector"):
            powers.check_unit(printed(*wrong), w, "vector")
    with pytest.raises(Refuted):
        powers.check_unit(printed("3/5", "4/5"), [Q(30), Q(41)], "vector")


def test_the_sensitivity_of_a_quotient_is_known_by_hand() -> None:
    """After one step from (1, 0): w = (a, b), so that the Rayleigh quotient and w / |w| follow from two entries."""
    *vector, value = sensitivity_factors.of_power([[Q(3), Q(4)], [Q(4), Q(0)]], [Q(1), Q(0)], 1)
    # u = (3/5, 4/5): du_1/da a = 3 * 16/125, du_1/db b = -4 * 12/125, and v_1 does nothing
    assert [round(float(x), 12) for x in vector] == [round((48 + 48) / 125, 12), round((36 + 36) / 125, 12)]
    # rho = (a^3 + 2 a b^2 + c b^2) / (a^2 + b^2) with c = 0, which does not count
    a, b = 3, 4
    top, below = a**3 + 2 * a * b**2, a**2 + b**2
    by_a = ((3 * a**2 + 2 * b**2) * below - top * 2 * a) / below**2
    by_b = (4 * a * b * below - top * 2 * b) / below**2
    assert float(value) == pytest.approx(abs(by_a * a) + abs(by_b * b))


def test_the_sensitivity_of_a_loss_is_known_by_hand() -> None:
    """Without a step: J = (x - w h)^2 / 2, whose slopes times the inputs are 5 * 7, 5 * 2 and 5 * 2."""
    *still, loss = sensitivity_factors.of_factors([[Q(7)]], [[Q(1)]], [[Q(2)]], 0)
    assert still == [1, 2]
    assert float(loss) == pytest.approx(5 * 7 + 5 * 2 + 5 * 2)


@pytest.mark.parametrize(("sign", "verdict"), [(1, "pass"), (-1, "pass")])
def test_the_sign_of_an_eigenvector_is_not_judged(sign: int, verdict: str) -> None:
    case = store.find(store.fixtures(), "power.run/either-sign")
    root = sign * 0.5**0.5
    assert score(case, PEER, Result({"vector": [root, -root], "eigenvalue": 2.0})).verdict == verdict
    assert score(case, PEER, Result({"vector": [root, root], "eigenvalue": 2.0})).verdict == "fail"


def entry(given: dict[str, Any], params: dict[str, Any]) -> Entry:
    return Entry("x", "title", "reason", "source", given, params)


def test_a_run_whose_zero_vector_is_exact_is_made_and_proven() -> None:
    """Entries that are 0 are exactly 0 beside irrational ones."""
    made = generate.make(
        (
            "power.run/x",
            entry(
                {"matrix": [["2", "1", "0"], ["1", "2", "0"], ["0", "0", "1"]], "vector": ["1", "0", "0"]},
                {"iterations": 2},
            ),
        )
    )
    assert made.expected is not None
    assert made.expected["vector"][2] == "0"  # type: ignore[index]
    recheck.prove(made)


def test_of_entries_that_no_ball_tells_apart_the_larger_one_is_positive() -> None:
    third = "3" * 120
    start = [f"0.{third}", f"-0.{third[:-1]}4"]
    solution = solve("power.run", {"matrix": [["1", "0"], ["0", "1"]], "vector": [*start]}, {"iterations": 0})
    first, second = map(str, solution.expected["vector"])  # type: ignore[arg-type]
    assert (first[0], second[0]) == ("-", "0")
