"""The map equation: as entropies by mpmath, optima by brute force, what InfoMap finds, ties decided, refusals."""

from fractions import Fraction as Q
from itertools import product
from typing import Any

import mpmath
import pytest
from graphs import KARATE, NO_GRAPHS, RING, SQUARE, TRIANGLES, Weights, graphs, of_blocks, of_edges
from hypothesis import given, settings, strategies as st
from strategies import exactly, in_kind

from refimpl import map_equation
from refimpl.errors import BadInput, Unsupported
from refimpl.numbers import EXACT, FLOAT, Ball, ball, high
from refimpl.set_partitions import renamed

B = ball(40)
FEW = settings(max_examples=40, deadline=None)

THREE = of_blocks(
    34,
    [0, 1, 2, 3, 7, 9, 11, 12, 13, 17, 19, 21],
    [4, 5, 6, 10, 16],
    [8, 14, 15, 18, 20, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33],
)
"""What Infomap 2.16.0 finds for the karate club (--two-level, 50 trials), at 4.3117926458018285 bits."""


def entropy(parts: list[Any]) -> Any:
    """Of parts that are normalised here."""
    whole = mpmath.fsum(parts)
    return -mpmath.fsum(p / whole * mpmath.log(p / whole, 2) for p in parts if p)


def witness(weights: Any, labels: Any) -> Any:
    """L = q H(modules) + sum_i (q_i + p_i) H(exit from i, nodes of i), as Rosvall and Bergstrom write it first."""
    n = range(len(weights))
    whole = mpmath.mpf(sum(map(sum, weights)))
    p = [sum(row) / whole for row in weights]
    total, exits = mpmath.mpf(0), []
    for i in set(labels):
        out = sum(weights[u][v] for u in n for v in n if labels[u] == i != labels[v]) / whole
        parts = [out, *(p[u] for u in n if labels[u] == i)]
        if any(parts):
            total += mpmath.fsum(parts) * entropy(parts)
        exits.append(out)
    if any(exits):
        total += mpmath.fsum(exits) * entropy(exits)
    return total


@FEW
@given(graphs(), st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_the_codelength_is_that_of_the_entropies(weights: Weights, names: list[int]) -> None:
    labels = names[: len(weights)]
    with mpmath.workdps(60):
        truth = exactly(witness(weights, labels))
    found = map_equation.codelength(weights, labels, B)
    assert abs(found.mid - truth) <= found.rad + Q(1, 10**50)
    assert found.rad <= Q(1, 10**35)
    scaled = [[Q(a, 7) for a in row] for row in weights]
    assert map_equation.codelength(scaled, labels, B).overlaps(found)
    for numbers, digits in ((FLOAT, 13), (high(30), 28)):
        assert abs(exactly(map_equation.codelength(weights, labels, numbers)) - truth) <= Q(1, 10**digits)
        own = in_kind(numbers, weights)
        assert abs(exactly(map_equation.codelength(own, labels, numbers)) - truth) <= Q(1, 10**digits)


@FEW
@given(graphs(5))
def test_optima_are_those_of_brute_force(weights: Weights) -> None:
    check_optimum(weights)


def check_optimum(weights: Weights) -> map_equation.Optimum[Any]:
    """Equal to 50 digits is taken for equal by the witness."""
    every = {tuple(renamed(labels)) for labels in product(range(len(weights)), repeat=len(weights))}
    with mpmath.workdps(60):
        values = {labels: witness(weights, labels) for labels in every}
        least = min(values.values())
        expected = sorted(labels for labels, value in values.items() if value < least + mpmath.mpf(10) ** -50)
        found = map_equation.optimum(weights, B)  # type: ignore[arg-type]
        assert [tuple(labels) for labels in found.partitions] == expected
        assert abs(found.codelength.mid - exactly(least)) <= found.codelength.rad + Q(1, 10**50)
    return found


@settings(max_examples=15, deadline=None)
@given(weights=graphs(5))
def test_few_digits_are_made_up_for(weights: Weights) -> None:
    """Fixed point of one digit tells hardly anything; then exact equality and more digits decide."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(map_equation, "DIGITS", 1)
        check_optimum(weights)


def test_two_triangles_by_hand() -> None:
    """e_i = 1, s_i = 7, 2m = 14: 14 L = f(2) - 2 (2 f(1)) - (4 f(2) + 2 f(3)) + 2 f(8) = 48 - 6 - 6 log2 3."""
    found = map_equation.optimum(TRIANGLES, B)  # type: ignore[arg-type]
    assert found.partitions == [[0, 0, 0, 1, 1, 1]]
    with mpmath.workdps(50):
        assert abs(found.codelength.mid - exactly((42 - 6 * mpmath.log(3, 2)) / 14)) < Q(1, 10**38)
        assert abs(found.codelength.mid - exactly(mpmath.mpf("2.3207303568337900"))) < Q(1, 10**14)


def test_a_single_module_costs_the_entropy_of_the_nodes() -> None:
    assert map_equation.codelength(SQUARE, [0] * 4, B).contains(2)
    assert map_equation.codelength(RING, [0] * 10, FLOAT) == pytest.approx(float(mpmath.log(10, 2)), rel=1e-14)


def test_two_graphs_that_do_not_touch_need_no_word_for_modules() -> None:
    apart = of_edges(6, [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)])
    found = map_equation.optimum(apart, B)  # type: ignore[arg-type]
    assert found.partitions == [[0, 0, 0, 1, 1, 1]]
    assert found.codelength.contains(Q(0)) is False
    with mpmath.workdps(50):
        assert abs(found.codelength.mid - exactly(mpmath.log(3, 2))) < Q(1, 10**38)


def test_ties_by_symmetry_are_listed() -> None:
    """A ring of ten: three arcs, of 3, 3 and 4, wherever they begin.

    20 L = f(6) - 6 f(2) - 10 f(2) + 2 f(8) + f(10).
    """
    found = map_equation.optimum(RING, FLOAT)  # type: ignore[arg-type]
    assert len(found.partitions) == 10
    assert {tuple(sorted(map(labels.count, set(labels)))) for labels in found.partitions} == {(3, 3, 4)}
    f = {x: x * float(mpmath.log(x, 2)) for x in (2, 6, 8, 10)}
    assert found.codelength == pytest.approx((f[6] - 16 * f[2] + 2 * f[8] + f[10]) / 20, rel=1e-14)


def test_a_weight_that_differs_in_the_fortieth_place_breaks_the_tie() -> None:
    weights = [[Q(a) for a in row] for row in RING]
    weights[0][9] = weights[9][0] = 1 - Q(1, 10**40)
    found = map_equation.optimum(weights, FLOAT)
    # 0 and 9 are in different modules of all that were best, and the weak edge is one that leaves
    assert 0 < len(found.partitions) < 10
    assert all(labels[0] != labels[9] for labels in found.partitions)
    assert set(map(tuple, found.partitions)) <= set(map(tuple, map_equation.optimum(RING, FLOAT).partitions))  # type: ignore[arg-type]


def test_equality_of_sums_of_logarithms_is_decided() -> None:
    """F(x) = x log2 x: F(4) = 8 = 4 F(2); F(6) - F(3) - 3 F(2) = 3 log2 3 + 6 - 6; and near misses."""
    nothing = map_equation._is_nothing
    assert nothing({})
    assert nothing({2: 4, 4: -1})
    assert nothing({1: 5, 7: 0})
    assert nothing({6: 1, 3: -2, 2: -3})
    assert nothing({12: 1, 6: -2, 2: -6})
    assert not nothing({6: 1, 3: -2, 2: -2})
    assert not nothing({3: 1})
    # 3^12 and 2^19 differ by a percent
    assert not nothing({3: 4 * 2, 2: -19})
    assert nothing({10**40: 1, 10**20: -2 * 10**20})


def test_sums_that_agree_to_a_hundred_digits_are_decided() -> None:
    """Convergents p/q of log2 3 from both sides: 6 q log2 3 against 6 p."""
    with mpmath.workdps(400):
        rest, (p, q), (p1, q1) = mpmath.log(3, 2), (1, 0), (0, 1)
        for _ in range(160):
            whole = int(mpmath.floor(rest))
            (p, q), (p1, q1) = (whole * p + p1, whole * q + q1), (p, q)
            rest = 1 / (rest - whole)
            difference = q * mpmath.log(3, 2) - p
            if q > 10**50:
                assert 0 < abs(difference) < mpmath.mpf(10) ** -49
                assert map_equation._least_of([{3: 2 * q}, {2: 3 * p}]) == (difference > 0)
                assert map_equation._least_of([{5: 10 * q}, {2: 3 * p}, {3: 2 * q}]) == 1 + (difference < 0)


def test_a_wide_ball_is_not_given_up_for_a_narrow_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """0 within 2, then within 1/2; and 1 exactly."""

    def value(terms: map_equation.Terms, digits: int) -> Ball:
        radius = (Q(2) if digits < 100 else Q(1, 2)) if terms == {2: 1} else Q(0)
        center = 0 if terms == {2: 1} else 1
        return Ball.between(center - radius, center + radius, 60)

    monkeypatch.setattr(map_equation, "_value", value)
    assert map_equation._least_of([{3: 1}, {2: 1}]) == 1
    assert map_equation._least_of([{2: 1}, {3: 1}]) == 0


@FEW
@given(graphs(4))
def test_what_is_compared_is_the_codelength_but_for_a_constant(weights: Weights) -> None:
    strengths = [sum(row) for row in weights]
    nodes = map_equation._value({}, 40)
    for s in strengths:
        nodes = nodes + map_equation._value({s: 1}, 40)
    for labels, modules in map_equation._flows(weights, [], []):
        terms = map_equation._terms(sum(out for _, out in modules), modules)
        value = (map_equation._value(terms, 40) - nodes) / sum(strengths)
        assert value.overlaps(map_equation.codelength(weights, labels, B))


def test_the_karate_club() -> None:
    found = map_equation.codelength(KARATE, THREE, B)
    assert abs(found.mid - Q("4.3117926458018285")) < Q(1, 10**14)


@pytest.mark.parametrize(("weights", "error", "words"), NO_GRAPHS)
def test_refusals(weights: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        map_equation.optimum(weights, B)
    with pytest.raises(error, match=words):
        map_equation.codelength(weights, [0] * len(weights), B)


def test_other_refusals() -> None:
    with pytest.raises(BadInput, match="1 labels for 2 nodes"):
        map_equation.codelength([[Q(0), Q(1)], [Q(1), Q(0)]], [0], B)
    with pytest.raises(BadInput, match="give integers or Fractions"):
        map_equation.optimum([[0.0, 1.0], [1.0, 0.0]], FLOAT)  # type: ignore[list-item]
    with pytest.raises(Unsupported, match="11 nodes have 678570 partitions"):
        map_equation.optimum(of_edges(11, [(0, 10)]), B)  # type: ignore[arg-type]
    with pytest.raises(Unsupported, match="logarithm"):
        map_equation.codelength(TRIANGLES, [0] * 6, EXACT)


def test_names_may_be_large_and_floats_too() -> None:
    plain = map_equation.codelength(TRIANGLES, [0, 0, 0, 1, 1, 1], FLOAT)
    assert map_equation.codelength(TRIANGLES, [0, 0, 0, *[10**15] * 3], FLOAT) == plain
    for factor in (2.0**520, 2.0**-540):
        weights = [[a * factor for a in row] for row in TRIANGLES]
        # the logarithms of the weights are hundreds of times larger than those of their shares
        assert map_equation.codelength(weights, [0, 0, 0, 1, 1, 1], FLOAT) == pytest.approx(plain, rel=1e-15)
