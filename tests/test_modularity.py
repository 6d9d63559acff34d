"""Modularity: by the definition pair after pair, optima by brute force, what is known of the karate club, refusals."""

from fractions import Fraction as Q
from itertools import pairwise, product
from typing import Any

import pytest
from graphs import KARATE, NO_GRAPHS, RING, SQUARE, TRIANGLES, Weights, graphs, of_blocks, of_edges
from hypothesis import given, settings, strategies as st
from strategies import assert_agree, in_kind

from refimpl import modularity, trace
from refimpl.errors import BadInput, Undecided, Unsupported
from refimpl.numbers import FLOAT, ball, high
from refimpl.set_partitions import renamed

FEW = settings(max_examples=60, deadline=None)

FOUR = of_blocks(
    34,
    [0, 1, 2, 3, 7, 11, 12, 13, 17, 19, 21],
    [4, 5, 6, 10, 16],
    [23, 24, 25, 27, 28, 31],
    [8, 9, 14, 15, 18, 20, 22, 26, 29, 30, 32, 33],
)
"""The optimum of the karate club (Brandes et al., "On modularity clustering", IEEE Transactions on Knowledge and Data
Engineering 20, 2008, 172-188: Q = 0.4198, found by integer programming); here as networkx's Louvain method finds it.
"""
GREEDY = of_blocks(
    34,
    [0, 4, 5, 6, 10, 11, 16, 19],
    [1, 2, 3, 7, 9, 12, 13, 17, 21],
    [8, 14, 15, 18, 20, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33],
)
"""What greedy_modularity_communities of networkx 3.6.1 finds; Newman (2004) prints Q = 0.381."""


def witness(weights: Any, labels: Any) -> Q:
    """The definition, over all pairs of nodes."""
    n = range(len(weights))
    strength = [sum(map(Q, row)) for row in weights]
    twice = sum(strength)
    return sum(
        (weights[u][v] - strength[u] * strength[v] / twice for u in n for v in n if labels[u] == labels[v]), Q(0)
    ) / Q(twice)


@FEW
@given(graphs(), st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_modularity_is_by_the_definition(weights: Weights, names: list[int]) -> None:
    labels = names[: len(weights)]
    q = witness(weights, labels)
    assert modularity.modularity(weights, labels) == q
    assert modularity.modularity([[Q(a, 7) for a in row] for row in weights], labels) == q
    for numbers in (FLOAT, high(40), ball(40)):
        assert_agree(modularity.modularity(in_kind(numbers, weights), labels), q)


@FEW
@given(graphs(5))
def test_optima_are_those_of_brute_force(weights: Weights) -> None:
    every = {tuple(renamed(labels)) for labels in product(range(len(weights)), repeat=len(weights))}
    values = {labels: witness(weights, labels) for labels in every}
    found = modularity.optimum(weights)
    assert found.modularity == max(values.values())
    assert [tuple(labels) for labels in found.partitions] == sorted(
        k for k, q in values.items() if q == max(values.values())
    )


@FEW
@given(graphs())
def test_each_step_takes_the_greatest_gain(weights: Weights) -> None:
    state, merges = modularity.fit(weights)
    states = trace.take(merges + 2, modularity.trace(weights, modularity.start(weights)))
    assert states[-1] == states[-2] == state
    for before, after in pairwise(states):
        k = max(before.labels) + 1
        gains = {}
        for c in range(k):
            for d in range(c + 1, k):
                labels = renamed([c if label == d else label for label in before.labels])
                gains[c, d] = witness(weights, labels) - before.modularity, labels
        best = max((gain for gain, _ in gains.values()), default=Q(0))
        if best > 0:
            (c, d) = min(pair for pair, (gain, _) in gains.items() if gain == best)
            assert after.labels == gains[c, d][1]
            assert after.modularity == before.modularity + best
        else:
            assert after is before
    assert state.modularity <= modularity.optimum(weights).modularity


def test_two_triangles_by_hand() -> None:
    """Seven edges; each triangle has 6 of the 14 ends inside and 7 ends altogether: 2 (6/14 - 1/4) = 5/14."""
    found = modularity.optimum(TRIANGLES)
    assert (found.partitions, found.modularity) == ([[0, 0, 0, 1, 1, 1]], Q(5, 14))
    assert modularity.fit(TRIANGLES) == (modularity.State([0, 0, 0, 1, 1, 1], Q(5, 14)), 4)
    assert modularity.modularity(TRIANGLES, [0] * 6) == 0
    assert modularity.start(TRIANGLES).modularity == -Q(4 * 4 + 2 * 9, 196)


def test_ties_are_listed() -> None:
    """A square falls into two sides, these or those: Q = 2 (2/8 - 1/4) = 0, and so does one community."""
    assert modularity.optimum(SQUARE).partitions == [[0, 0, 0, 0], [0, 0, 1, 1], [0, 1, 1, 0]]
    assert modularity.optimum(SQUARE).modularity == 0
    found = modularity.optimum(RING)
    assert found.modularity == Q(9, 25)
    assert len(found.partitions) == 10
    # the lowest pair wins, so that 0 is with 1
    assert modularity.fit(of_edges(3, [(0, 1), (1, 2)]))[0].labels == [0, 0, 0]
    assert trace.nth(1, modularity.trace(SQUARE, modularity.start(SQUARE))).labels == [0, 0, 1, 2]


def test_balls_do_not_decide_a_tie_that_they_cannot_see() -> None:
    third = ball(20)(1) / 3
    zero = third - third
    square = [[third if a else zero for a in row] for row in SQUARE]
    with pytest.raises(Undecided):
        modularity.optimum(square)
    triangles = [[ball(20)(a) for a in row] for row in TRIANGLES]
    assert modularity.optimum(triangles).partitions == [[0, 0, 0, 1, 1, 1]]


def test_a_loop_counts_with_both_ends() -> None:
    """By networkx 3.6.1, modularity of the edges 01 and a loop of weight 2 at 0, for {0}, {1}, is -1/18."""
    assert modularity.modularity([[4, 1], [1, 0]], [0, 1]) == Q(4, 6) - Q(25 + 1, 36) == Q(-1, 18)


def test_the_karate_club() -> None:
    """78 friendships; 0.4198 and 0.3807 are the figures of the literature."""
    assert sum(map(sum, KARATE)) == 156
    assert [sum(row) for row in KARATE][:4] == [16, 9, 10, 6]
    assert [sum(row) for row in KARATE][-2:] == [12, 17]
    assert modularity.modularity(KARATE, FOUR) == witness(KARATE, FOUR)
    assert round(modularity.modularity(KARATE, FOUR), 4) == Q("0.4198")
    assert float(modularity.modularity(KARATE, FOUR)) == pytest.approx(0.41978961209730437, rel=1e-15)
    state, merges = modularity.fit(KARATE)
    assert round(state.modularity, 4) == Q("0.3807")
    assert state.labels == GREEDY
    assert merges == 31


def test_of_balls_and_floats_the_greedy_result_is_the_same_where_nothing_is_tied() -> None:
    weights = [[0, 5, 1, 0], [5, 0, 2, 0], [1, 2, 0, 9], [0, 0, 9, 0]]
    state, merges = modularity.fit(weights)
    assert (state.labels, merges) == ([0, 0, 1, 1], 2)
    for numbers in (FLOAT, high(30), ball(30)):
        assert modularity.fit(in_kind(numbers, weights))[0].labels == state.labels


@pytest.mark.parametrize(("weights", "error", "words"), NO_GRAPHS)
def test_refusals(weights: Any, error: type[Exception], words: str) -> None:
    for call in (modularity.optimum, modularity.start, modularity.fit):
        with pytest.raises(error, match=words):
            call(weights)
    with pytest.raises(error, match=words):
        modularity.modularity(weights, [0] * len(weights))


def test_other_refusals() -> None:
    with pytest.raises(BadInput, match="1 labels for 2 nodes"):
        modularity.modularity([[0, 1], [1, 0]], [0])
    with pytest.raises(BadInput, match=r"labels\[1\] is -1"):
        modularity.modularity([[0, 1], [1, 0]], [0, -1])
    with pytest.raises(Unsupported, match="13 nodes have 27644437 partitions"):
        modularity.optimum(of_edges(13, [(0, 12)]))


def test_names_may_be_large_and_floats_too() -> None:
    assert modularity.modularity(TRIANGLES, [0, 0, 0, *[10**15] * 3]) == Q(5, 14)
    for factor in (2.0**520, 2.0**-540):
        weights = [[a * factor for a in row] for row in TRIANGLES]
        assert modularity.modularity(weights, [0, 0, 0, 1, 1, 1]) == pytest.approx(5 / 14, rel=1e-15)
