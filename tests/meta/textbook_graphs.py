"""Modularity and the map equation as a textbook has them, one small method for each formula."""

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from refimpl.errors import BadInput, EmptyData, Undefined
from refimpl.oracle.peers.adapter import Adapter

Vector = Sequence[float]
Rows = Sequence[Vector]
Labels = Sequence[int]
Block = tuple[int, ...]
"""Nodes of one community."""


@functools.cache
def all_partitions(n: int) -> list[list[Block]]:
    """Every way to put n nodes into communities, those with few communities first."""
    found: list[list[Block]] = [[]]
    for u in range(n):
        found = [
            [*blocks[:c], (*block, u), *blocks[c + 1 :]] for blocks in found for c, block in enumerate([*blocks, ()])
        ]
    return sorted(found, key=len)


class Graphs(Adapter):
    """The tasks modularity.* and map_equation.*"""

    total: Callable[[Iterable[float]], float]
    check_labels: Callable[[Labels, int, int], None]

    # --- tasks ----------------------------------------------------------------------------------------

    def modularity_score(self, weights: Rows, labels: Labels) -> dict[str, Any]:
        self.check_graph(weights)
        self.check_communities(labels, len(weights))
        return {"modularity": self.modularity_of(weights)(self.blocks(labels))}

    def modularity_optimum(self, weights: Rows) -> dict[str, Any]:
        self.check_graph(weights)
        value = self.modularity_of(weights)
        best = self.best_modularity(weights, value)
        return {"modularity": value(best), "labels": self.labelled(best)}

    def map_equation_score(self, weights: Rows, labels: Labels) -> dict[str, Any]:
        self.check_graph(weights)
        self.check_communities(labels, len(weights))
        return {"codelength": self.codelength_of(weights)(self.blocks(labels))}

    def map_equation_optimum(self, weights: Rows) -> dict[str, Any]:
        self.check_graph(weights)
        value = self.codelength_of(weights)
        best = self.best_codelength(weights, value)
        return {"codelength": value(best), "labels": self.labelled(best)}

    # --- partitions -----------------------------------------------------------------------------------

    def blocks(self, labels: Labels) -> list[Block]:
        return [tuple(u for u, label in enumerate(labels) if label == c) for c in self.community_names(labels)]

    def community_names(self, labels: Labels) -> Sequence[int]:
        return sorted(set(labels))

    def labelled(self, blocks: Sequence[Block]) -> list[int]:
        label = {u: c for c, block in enumerate(blocks) for u in block}
        return [label[u] for u in sorted(label)]

    def candidates(self, n: int) -> list[list[Block]]:
        """All that the search looks at."""
        return all_partitions(n)

    def best_modularity(self, weights: Rows, value: Callable[[Sequence[Block]], float]) -> Sequence[Block]:
        return max(self.candidates(len(weights)), key=value)

    def best_codelength(self, weights: Rows, value: Callable[[Sequence[Block]], float]) -> Sequence[Block]:
        return min(self.candidates(len(weights)), key=value)

    # --- weights --------------------------------------------------------------------------------------

    def weight(self, a: float) -> float:
        """What an edge counts."""
        return a

    def loop(self, a: float) -> float:
        """What an entry of the diagonal counts, which is twice the weight of a loop."""
        return a

    def counted(self, weights: Rows) -> Rows:
        return [
            [self.loop(a) if u == v else self.weight(a) for v, a in enumerate(row)] for u, row in enumerate(weights)
        ]

    def strength(self, row: Vector) -> float:
        return self.total(row)

    def twice(self, strengths: Vector) -> float:
        """2m."""
        return self.total(strengths)

    # --- modularity -----------------------------------------------------------------------------------

    def modularity_of(self, weights: Rows) -> Callable[[Sequence[Block]], float]:
        """The function from communities to Q, which knows the term of every community that it has seen."""
        rows = self.counted(weights)
        strengths = [self.strength(row) for row in rows]
        twice = self.twice(strengths)

        @functools.cache
        def term(block: Block) -> float:
            within = self.total(rows[u][v] for u in block for v in block)
            return self.excess(within / twice, self.total(strengths[u] for u in block) / twice)

        return lambda blocks: self.sum_of_terms([term(block) for block in blocks])

    def excess(self, within: float, ends: float) -> float:
        """What a community has more than chance would put there."""
        return within - self.chance(ends)

    def chance(self, ends: float) -> float:
        return ends * ends

    def sum_of_terms(self, terms: Vector) -> float:
        return self.total(terms)

    # --- the map equation -----------------------------------------------------------------------------

    def codelength_of(self, weights: Rows) -> Callable[[Sequence[Block]], float]:
        """The function from modules to L, which knows the flows of every module that it has seen."""
        rows = self.counted(weights)
        strengths = [self.strength(row) for row in rows]
        twice = self.twice(strengths)

        @functools.cache
        def exits(block: Block) -> float:
            inside = set(block)
            return self.total([0.0, *(a for u in block for v, a in enumerate(rows[u]) if v not in inside)]) / twice

        @functools.cache
        def codebook(block: Block) -> float:
            """What a module's own words cost."""
            return self.codebook([strengths[u] / twice for u in block], exits(block))

        def codelength(blocks: Sequence[Block]) -> float:
            leaving = [exits(block) for block in blocks]
            return self.total([self.index(leaving), *(codebook(block) for block in blocks)])

        return codelength

    def index(self, exits: Vector) -> float:
        """What the names of modules cost."""
        return self.words(exits)

    def codebook(self, visits: Vector, leaving: float) -> float:
        return self.words([leaving, *visits])

    def words(self, rates: Vector) -> float:
        """The rate of a codebook times the entropy of its words."""
        rate = self.total(rates)
        return self.total([0.0, *(-p * self.logarithm(p / rate) for p in rates if self.is_used(p))])

    def is_used(self, p: float) -> bool:
        return p > 0

    def logarithm(self, x: float) -> float:
        return math.log2(x)

    # --- what is refused ------------------------------------------------------------------------------

    def check_graph(self, weights: Rows) -> None:
        if not weights:
            raise EmptyData("there are no nodes")
        self.check_square(weights)
        self.check_edge_weights(weights)
        self.check_symmetric(weights)
        self.check_edges(weights)

    def check_square(self, weights: Rows) -> None:
        if any(len(row) != len(weights) for row in weights):
            raise BadInput("weights are not square")

    def check_edge_weights(self, weights: Rows) -> None:
        if any(a < 0 for row in weights for a in row):
            raise BadInput("a weight is negative")

    def check_symmetric(self, weights: Rows) -> None:
        if any(a != weights[v][u] for u, row in enumerate(weights) for v, a in enumerate(row)):
            raise BadInput("weights are not symmetric")

    def check_edges(self, weights: Rows) -> None:
        if not any(map(any, weights)):
            raise Undefined("there are no edges")

    def check_communities(self, labels: Labels, n: int) -> None:
        self.check_labels(labels, n, max(labels, default=0) + 1)
