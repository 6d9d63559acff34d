"""Proofs of graphs: rooms agree, rivals are found, wrong digits and labels refuted, sensitivity as quotients say."""

from fractions import Fraction as Q
from typing import Any

import msgspec
import pytest
from graphs import KARATE, RING, SQUARE, TRIANGLES, Weights, graphs, of_edges
from hypothesis import given, settings, strategies as st

from refimpl import map_equation, modularity
from refimpl.certify import codelengths, modularities, sensitivity, sensitivity_graphs
from refimpl.errors import Refuted, Undecided, Unsupported
from refimpl.numbers import ball
from refimpl.oracle import recheck, store
from refimpl.oracle.certificates import Enclosure, Exact, TwoRoads
from refimpl.oracle.solve import solve

FEW = settings(max_examples=40, deadline=None)


def exact(weights: Any, factor: Q = Q(1)) -> list[list[Q]]:
    return [[Q(a) * factor for a in row] for row in weights]


# ---------------------------------------------------------------------- values


@FEW
@given(graphs(), st.lists(st.integers(0, 3), min_size=6, max_size=6), st.sampled_from([Q(1), Q(1, 7), Q(2) ** 520]))
def test_proofs_and_rooms_agree_on_every_partition(weights: Weights, names: list[int], factor: Q) -> None:
    labels, rows = names[: len(weights)], exact(weights, factor)
    assert modularities.modularity(rows, labels) == modularity.modularity(rows, labels)
    proven = codelengths.codelength(rows, labels, ball(60))
    assert proven.overlaps(map_equation.codelength(rows, labels, ball(60)))
    assert proven.rad < Q(1, 10**55)
    rational = codelengths.exactly(rows, labels)
    if rational is not None:
        assert proven.contains(rational)


@FEW
@given(graphs())
def test_the_best_of_subsets_is_the_best_of_all_partitions(weights: Weights) -> None:
    rows = exact(weights)
    assert modularities.optimum(rows) == modularity.optimum(rows).modularity
    for labels in map_equation.optimum(rows, ball(30)).partitions:
        codelengths.check_least(rows, labels)


@FEW
@given(graphs(5), st.lists(st.integers(0, 2), min_size=5, max_size=5))
def test_only_a_shortest_codelength_passes(weights: Weights, names: list[int]) -> None:
    rows, labels = exact(weights), names[: len(weights)]
    best = map_equation.optimum(rows, ball(30))
    if map_equation.renamed(labels) in best.partitions:
        codelengths.check_least(rows, labels)
    else:
        with pytest.raises(Refuted, match="longer codelength than"):
            codelengths.check_least(rows, labels)


@pytest.mark.parametrize(
    ("weights", "labels", "bits"),
    [
        ([[0, 1], [1, 0]], [0, 0], Q(1)),
        ([[0, 1], [1, 0]], [0, 1], Q(3)),
        ([[2]], [0], Q(0)),
        (SQUARE, [0, 0, 0, 0], Q(2)),
        (exact(SQUARE, Q(1, 3)), [0, 0, 0, 0], Q(2)),
        (TRIANGLES, [0] * 6, None),
        (of_edges(3, [(0, 1), (1, 2)]), [0, 0, 0], Q(3, 2)),
    ],
)
def test_a_codelength_is_rational_where_only_powers_of_2_are_left(weights: Any, labels: Any, bits: Q | None) -> None:
    assert codelengths.exactly(exact(weights), labels) == bits


def test_prime_factors_are_not_looked_for_for_ever() -> None:
    p, q = 10**15 + 37, 10**15 + 91
    with pytest.raises(Unsupported, match="leaves a factor after division by all primes up to 100000"):
        codelengths.exactly(exact([[2 * p, q], [q, 0]]), [0, 0])
    solution = solve("map_equation.score", {"weights": [[str(2 * p), str(q)], [str(q), "0"]], "labels": [0, 0]}, {})
    assert isinstance(solution.certificate, Enclosure)
    assert codelengths.exactly(exact([[2 * p, 2 * p], [2 * p, 0]]), [0, 0]) is None  # the common factor is left out


# ---------------------------------------------------------------------- ties


def rivals(weights: Any) -> list[list[int]]:
    return list(codelengths._rivals([list(row) for row in weights]))


def test_every_optimum_of_a_tie_is_among_the_rivals_and_nothing_far_is() -> None:
    best = map_equation.optimum(exact(RING), ball(30)).partitions
    found = rivals(RING)
    assert len(found) == len(best) == 10
    assert all(len({sum(blocks), *blocks}) == len(blocks) + 1 for blocks in found)
    assert len(rivals(TRIANGLES)) == 1


def test_a_tie_that_no_digits_tell_is_decided_by_primes(monkeypatch: pytest.MonkeyPatch) -> None:
    two_edges = of_edges(5, [(0, 1), (2, 3)])  # the last node may be anywhere
    asked: list[bool] = []
    monkeypatch.setattr(codelengths, "_sign", lambda terms: asked.append(True) or 1)
    codelengths.check_least(exact(two_edges), [0, 0, 1, 1, 2])
    codelengths.check_least(exact(two_edges), [0, 0, 1, 1, 0])
    assert len(rivals(two_edges)) == 3
    assert not asked


def test_rivals_within_the_rounding_of_the_search_are_told_apart_by_more_digits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = store.find(store.fixtures(), "map_equation.optimum/near-tie")
    weights = [[Q(a) for a in row] for row in case.input["weights"]]  # type: ignore[union-attr, arg-type]
    for digits in (1, 2, 3, 4):
        monkeypatch.setattr(codelengths, "DIGITS", digits)
        assert {(63,), (7, 56)} <= set(map(tuple, rivals([[int(a) for a in row] for row in weights])))
    codelengths.check_least(weights, [0, 0, 0, 1, 1, 1])
    with pytest.raises(Refuted, match=r"longer codelength than \[0, 0, 0, 1, 1, 1\]"):
        codelengths.check_least(weights, [0] * 6)
    monkeypatch.setattr(codelengths, "MOST", 8)
    with pytest.raises(Undecided, match="8 digits do not tell two codelengths apart"):
        codelengths.check_least(weights, [0] * 6)


@settings(max_examples=60, deadline=None)
@given(graphs(5), st.lists(st.integers(0, 2), min_size=5, max_size=5))
def test_the_best_is_among_the_rivals_however_coarse_the_search_is(weights: Weights, names: list[int]) -> None:
    rows, labels = exact(weights), names[: len(weights)]
    best = map_equation.optimum(rows, ball(30)).partitions
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(codelengths, "DIGITS", 1)
        found = rivals(codelengths._shortened(*modularities.integers(rows))[0])
        assert all(as_sets(partition) in map(sorted, found) for partition in best)
        if map_equation.renamed(labels) not in best:
            with pytest.raises(Refuted, match="longer codelength than"):
                codelengths.check_least(rows, labels)


def as_sets(labels: list[int]) -> list[int]:
    """Blocks as sets of nodes, a set being the sum of 2^u over its nodes u."""
    return sorted(sum(1 << u for u, label in enumerate(labels) if label == c) for c in set(labels))


# ---------------------------------------------------------------------- every digit is needed


def changed(identity: str, **others: Any) -> Any:
    case = store.find(store.fixtures(), identity)
    recheck.prove(case)
    return msgspec.structs.replace(case, **others)


@pytest.mark.parametrize(
    ("identity", "expected", "words"),
    [
        ("modularity.score/karate-club", {"modularity": "1453/4057"}, "modularity is"),
        ("map_equation.score/one-edge", {"codelength": "2"}, "codelength is"),
        ("modularity.optimum/square", {"modularity": "0", "labels": [0, 1, 2, 3]}, "labels do not attain"),
        ("modularity.optimum/square", {"modularity": "1/8", "labels": [0, 0, 0, 0]}, "modularity is"),
        ("modularity.optimum/square", {"modularity": "0", "labels": [0, 0, 0]}, "labels are not one index"),
        ("modularity.optimum/square", {"modularity": "0", "labels": [4, 4, 4, 4]}, "labels are not one index"),
        ("map_equation.optimum/complete", {"codelength": "2", "labels": [0, 0, 0, 1]}, "codelength is"),
    ],
)
def test_a_wrong_result_is_refuted(identity: str, expected: Any, words: str) -> None:
    with pytest.raises(Refuted, match=words):
        recheck.prove(changed(identity, expected=expected))


def test_labels_with_their_own_codelength_are_refuted_if_it_is_not_the_least() -> None:
    case = store.find(store.fixtures(), "map_equation.optimum/near-tie")
    one = solve("map_equation.score", {**case.input, "labels": [0] * 6}, {}).expected
    with pytest.raises(Refuted, match="longer codelength"):
        recheck.prove(changed(case.id, expected={**one, "labels": [0] * 6}))


def test_any_labels_that_attain_the_optimum_are_proven() -> None:
    for identity, labels in (
        ("modularity.optimum/square", [0, 1, 1, 0]),
        ("modularity.optimum/isolated-node", [5, 5, 5, 2, 2, 2, 0]),
        ("map_equation.optimum/isolated-node", [1, 1, 1, 0, 0, 0, 0]),
    ):
        case = store.find(store.fixtures(), identity)
        assert case.expected is not None
        recheck.prove(msgspec.structs.replace(case, expected={**case.expected, "labels": labels}))


@pytest.mark.parametrize(
    ("identity", "certificate"),
    [
        ("modularity.score/two-triangles", Enclosure(60)),
        ("map_equation.score/two-triangles", Exact()),
        ("map_equation.score/two-triangles", Enclosure(5)),
        ("map_equation.score/one-edge", Enclosure(60)),
        ("modularity.optimum/square", Exact()),
        ("map_equation.optimum/complete", TwoRoads(["enumeration", "enumeration"])),
    ],
)
def test_another_certificate_is_refuted(identity: str, certificate: Any) -> None:
    with pytest.raises((Refuted, Undecided)):
        recheck.prove(changed(identity, certificate=certificate))


# ---------------------------------------------------------------------- sensitivity


@pytest.mark.parametrize("factor", [Q(1), Q(2) ** 600, Q(1, 2**600)])
@pytest.mark.parametrize("labels", [[0, 0, 0, 1, 1, 1], [0, 1, 0, 1, 2, 2], [0] * 6, [0, 1, 2, 3, 4, 5]])
def test_sensitivity_is_that_of_difference_quotients(labels: list[int], factor: Q) -> None:
    weights = exact([[2, 1, 3, 0, 0, 0], *TRIANGLES[1:]], factor)
    for v, a in enumerate(weights[0]):
        weights[v][0] = a
    pairs = [(u, v) for u in range(6) for v in range(u + 1) if weights[u][v]]
    numbers = ball(120)

    def results(values: Any) -> list[Q]:
        rows = [[Q(0)] * 6 for _ in range(6)]
        for (u, v), a in zip(pairs, values, strict=True):
            rows[u][v] = rows[v][u] = a
        return [modularities.modularity(rows, labels), codelengths.codelength(rows, labels, numbers).mid]

    q, bits = results([weights[u][v] for u, v in pairs])
    by_quotients = sensitivity.by_differences(results, [weights[u][v] for u, v in pairs])
    found = [
        sensitivity_graphs.of_modularity(weights, labels),
        sensitivity_graphs.of_codelength(weights, labels, bits),
    ]
    for a, b in zip(found, by_quotients, strict=True):
        assert abs(a - b) <= Q(1, 10**20)
    assert q == modularity.modularity(weights, labels)


def test_one_community_is_not_sensitive_at_all() -> None:
    assert sensitivity_graphs.of_modularity(exact(KARATE), [0] * 34) == 0
