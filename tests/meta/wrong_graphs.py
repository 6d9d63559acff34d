"""Modularity and map equation that are wrong on purpose: see `wrong`."""
# ruff: noqa: RUF012  # what a class tells of itself is never changed

import math
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

from mistake import ERROR, FAIL, WEAK, Wrong
from textbook_graphs import Block, Labels, Rows, Vector

Q = ("modularity.score",)
Q_BEST = ("modularity.optimum",)
L = ("map_equation.score",)
L_BEST = ("map_equation.optimum",)
ALL_SCORES = (*Q, *L)
ALL_FOUR = (*Q, *Q_BEST, *L, *L_BEST)


# --- weights ------------------------------------------------------------------------------------------


class HalfTheStrengths(Wrong):
    """What is called 2m is m."""

    spoils = (*Q, *Q_BEST)
    caught = {"modularity.score/two-triangles": (FAIL, "m in the place of 2m")}

    def excess(self, within: float, ends: float) -> float:
        return super().excess(2 * within, 2 * ends)


class EdgesAreAlike(Wrong):
    """A degree is the number of neighbours, whatever the edges weigh."""

    spoils = ALL_FOUR
    caught = {
        "modularity.score/weighted": (FAIL, "degrees that count edges in place of their weights"),
        "modularity.optimum/weighted": (FAIL, "edges that all weigh the same"),
        "map_equation.score/weighted": (FAIL, "the number of edges"),
        "map_equation.optimum/weighted": (FAIL, "edges that all weigh the same"),
    }

    def weight(self, a: float) -> float:
        return float(a > 0)


class LoopsOnce(Wrong):
    """A loop counts once."""

    spoils = ALL_FOUR
    caught = {
        "modularity.score/loops": (FAIL, "a loop that counts once"),
        "map_equation.score/loops": (FAIL, "a loop that counts once"),
    }

    def loop(self, a: float) -> float:
        return a / 2


class LoopsFourTimes(Wrong):
    """The diagonal is doubled, though it is twice the weight of a loop already."""

    spoils = ALL_FOUR
    caught = {"modularity.score/loops": (FAIL, "one that counts four times")}

    def loop(self, a: float) -> float:
        return a * 2


class NoLoops(Wrong):
    """Loops are left out."""

    spoils = ALL_FOUR
    caught = {
        "modularity.score/loops": (FAIL, "one that is left out"),
        "modularity.optimum/loops": (FAIL, "loops that are left out"),
        "map_equation.optimum/loops": (FAIL, "loops that are left out"),
    }

    def loop(self, a: float) -> float:
        return 0.0


class SmallWeightsAreNone(Wrong):
    """What weighs less than 1e-12 is no edge."""

    spoils = (*Q, *L, *L_BEST)
    caught = {
        "map_equation.score/small-numbers": (ERROR, "no edge because they are small"),
        "map_equation.optimum/small-numbers": (ERROR, "no edge because they are small"),
    }

    def weight(self, a: float) -> float:
        return a if a > 1e-12 else 0.0


# --- modularity ---------------------------------------------------------------------------------------


class NoSquare(Wrong):
    """The share of the ends of edges is not squared."""

    spoils = (*Q, *Q_BEST)
    caught = {"modularity.score/weighted": (FAIL, "shares that are not squared")}

    def chance(self, ends: float) -> float:
        return ends


class Resolution(Wrong):
    """Chance counts half."""

    spoils = (*Q, *Q_BEST)
    caught = {"modularity.score/three-communities": (FAIL, "a resolution other than 1")}

    def chance(self, ends: float) -> float:
        return super().chance(ends) / 2


class FirstCommunity(Wrong):
    """A loop returns in its first round."""

    spoils = (*Q, *Q_BEST)
    caught = {"modularity.score/uneven": (FAIL, "the first community alone")}

    def sum_of_terms(self, terms: Vector) -> float:
        return terms[0]


class MeanOfCommunities(Wrong):
    """The mean over communities."""

    spoils = (*Q, *Q_BEST)
    caught = {"modularity.score/uneven": (FAIL, "the mean over communities")}

    def sum_of_terms(self, terms: Vector) -> float:
        return super().sum_of_terms(terms) / len(terms)


class DifferentNodes(Wrong):
    """Only pairs of different nodes are added up."""

    spoils = (*Q, *Q_BEST)
    caught = {"modularity.score/all-singletons": (FAIL, "sums over pairs of different nodes")}

    def modularity_of(self, weights: Rows) -> Callable[[Sequence[Block]], float]:
        strengths = [self.strength(row) for row in weights]
        twice = self.twice(strengths)

        def pairs(blocks: Sequence[Block]) -> float:
            terms = (
                2 * (weights[u][v] / twice - strengths[u] / twice * (strengths[v] / twice))
                for block in blocks
                for u, v in combinations(block, 2)
            )
            return self.total([0.0, *terms])

        return pairs


class NotNegative(Wrong):
    """A community structure worse than none has modularity 0."""

    spoils = Q
    caught = {"modularity.score/all-singletons": (FAIL, "negative values that become 0")}

    def sum_of_terms(self, terms: Vector) -> float:
        return max(0.0, super().sum_of_terms(terms))


class SquaresOfStrengths(Wrong):
    """Strengths are squared before they are divided."""

    spoils = (*Q, *Q_BEST)
    caught = {
        "modularity.score/large-numbers": (FAIL, "squares of strengths that overflow"),
        "modularity.optimum/large-numbers": (FAIL, "squares of strengths that overflow"),
        "modularity.score/small-numbers": (FAIL, "squares of strengths that underflow"),
    }

    def modularity_of(self, weights: Rows) -> Callable[[Sequence[Block]], float]:
        strengths = [self.strength(row) for row in weights]
        twice = self.twice(strengths)

        def communities(blocks: Sequence[Block]) -> float:
            terms = []
            for block in blocks:
                ends = self.total(strengths[u] for u in block)
                terms.append(self.total(weights[u][v] for u in block for v in block) * twice - ends * ends)
            return self.total(terms) / (twice * twice)

        return communities


class MeanOfNodes(Wrong):
    """Each community's ends are divided by its nodes' own number of edges."""

    spoils = Q
    caught = {"modularity.score/isolated-node": (ERROR, "a division by a degree of 0")}

    def modularity_score(self, weights: Rows, labels: Labels) -> dict[str, Any]:
        found = super().modularity_score(weights, labels)
        _ = [1 / self.total(row) for row in weights]
        return found


# --- partitions ---------------------------------------------------------------------------------------


class CountsNames(Wrong):
    """There are as many communities as names, and they are named below that number."""

    spoils = ALL_SCORES
    caught = {
        "modularity.score/label-gap": (FAIL, "labels below that number"),
        "map_equation.score/label-gap": (FAIL, "labels below that number"),
    }

    def community_names(self, labels: Labels) -> Sequence[int]:
        return range(len(set(labels)))


class ConnectedCommunities(Wrong):
    """A community that is not connected is several."""

    spoils = ALL_SCORES
    caught = {
        "modularity.score/across-components": (FAIL, "taken apart where they are not connected"),
        "map_equation.score/across-components": (FAIL, "taken apart where they are not connected"),
    }

    def modularity_score(self, weights: Rows, labels: Labels) -> dict[str, Any]:
        self.graph = weights
        return super().modularity_score(weights, labels)

    def map_equation_score(self, weights: Rows, labels: Labels) -> dict[str, Any]:
        self.graph = weights
        return super().map_equation_score(weights, labels)

    def blocks(self, labels: Labels) -> list[Block]:
        return [part for block in super().blocks(labels) for part in components(self.graph, block)]


class Components(Wrong):
    """Communities are what is connected."""

    spoils = Q_BEST
    caught = {"modularity.optimum/two-triangles": (FAIL, "connected components")}

    def best_modularity(self, weights: Rows, value: Callable[[Sequence[Block]], float]) -> Sequence[Block]:
        return components(weights, tuple(range(len(weights))))


class TwoCommunities(Wrong):
    """The best of all cuts into two."""

    spoils = (*Q_BEST, *L_BEST)
    caught = {
        "modularity.optimum/three-triangles": (FAIL, "a single cut into two communities"),
        "modularity.optimum/complete": (FAIL, "two communities at least"),
        "map_equation.optimum/three-triangles": (FAIL, "a single cut into two modules"),
    }

    def candidates(self, n: int) -> list[list[Block]]:
        return [blocks for blocks in super().candidates(n) if len(blocks) == 2]


class Greedy(Wrong):
    """Communities are merged while that makes Q larger, the best pair first."""

    spoils = Q_BEST
    caught = {"modularity.optimum/greedy-is-not-enough": (FAIL, "greedy merging")}

    def best_modularity(self, weights: Rows, value: Callable[[Sequence[Block]], float]) -> Sequence[Block]:
        blocks: Sequence[Block] = [(u,) for u in range(len(weights))]
        while len(blocks) > 1:
            merged = [
                [*(block for i, block in enumerate(blocks) if i not in (c, d)), tuple(sorted(blocks[c] + blocks[d]))]
                for c, d in combinations(range(len(blocks)), 2)
            ]
            best = max(merged, key=value)
            if value(best) <= value(blocks):
                break
            blocks = best
        return blocks


class OneModule(Wrong):
    """No module is ever worth its name."""

    spoils = L_BEST
    caught = {"map_equation.optimum/two-triangles": (FAIL, "all nodes in one module")}

    def best_codelength(self, weights: Rows, value: Callable[[Sequence[Block]], float]) -> Sequence[Block]:
        return [tuple(range(len(weights)))]


class ByModularity(Wrong):
    """The modules are the communities of the greatest modularity."""

    spoils = L_BEST
    caught = {"map_equation.optimum/heavy-edge-elsewhere": (FAIL, "the optimum of modularity")}

    def best_codelength(self, weights: Rows, value: Callable[[Sequence[Block]], float]) -> Sequence[Block]:
        return self.best_modularity(weights, self.modularity_of(weights))


class Satisfied(Wrong):
    """What is better by less than 1e-10 is not better."""

    spoils = L_BEST
    caught = {"map_equation.optimum/near-tie": (WEAK, "stops at a gain of 1e-10")}

    def best_codelength(self, weights: Rows, value: Callable[[Sequence[Block]], float]) -> Sequence[Block]:
        best, *others = self.candidates(len(weights))
        for blocks in others:
            if value(blocks) < value(best) - 1e-10:
                best = blocks
        return best


# --- the map equation ---------------------------------------------------------------------------------


class NaturalLogarithm(Wrong):
    """Logarithms are natural."""

    spoils = (*L, *L_BEST)
    caught = {"map_equation.score/two-triangles": (FAIL, "natural logarithms")}

    def logarithm(self, x: float) -> float:
        return math.log(x)


class ExitsOnce(Wrong):
    """The edge between two modules is counted at one of its ends."""

    spoils = (*L, *L_BEST)
    caught = {"map_equation.score/two-triangles": (FAIL, "exits that count once for both ends")}

    def index(self, exits: Vector) -> float:
        return super().index([q / 2 for q in exits])

    def codebook(self, visits: Vector, leaving: float) -> float:
        return super().codebook(visits, leaving / 2)


class Teleports(Wrong):
    """The walk jumps to any node with probability 0.15, and these jumps are told."""

    spoils = (*L, *L_BEST)
    caught = {"map_equation.score/two-triangles": (FAIL, "a walk that teleports")}

    def codelength_of(self, weights: Rows) -> Callable[[Sequence[Block]], float]:
        twice = self.total(a for row in weights for a in row)
        even = 0.15 * twice / len(weights) ** 2
        return super().codelength_of([[0.85 * a + even for a in row] for row in weights])


class LoopsLeave(Wrong):
    """Whoever stays at a node by its loop leaves the module."""

    spoils = (*L, *L_BEST)
    caught = {"map_equation.score/loops": (FAIL, "one that leaves its module")}

    def codelength_of(self, weights: Rows) -> Callable[[Sequence[Block]], float]:
        n = len(weights)
        # every loop goes to a node of its own, which is in no module
        apart = [[*(0.0 if u == v else a for v, a in enumerate(row)), row[u]] for u, row in enumerate(weights)]
        return super().codelength_of([*apart, [*(row[u] for u, row in enumerate(weights)), 0.0]][: n + 1])


class NoIndex(Wrong):
    """The names of modules cost nothing."""

    spoils = (*L, *L_BEST)
    caught = {"map_equation.score/three-modules": (FAIL, "a codebook of modules that is left out")}

    def index(self, exits: Vector) -> float:
        return 0.0


class NoWordForLeaving(Wrong):
    """A module is left without a word."""

    spoils = (*L, *L_BEST)
    caught = {"map_equation.score/three-modules": (FAIL, "modules without a word for leaving them")}

    def codebook(self, visits: Vector, leaving: float) -> float:
        return self.words(visits)


class AlwaysLeaves(Wrong):
    """A module that is never left has a word for leaving it, as likely as the rarest of its nodes."""

    spoils = (*L, *L_BEST)
    caught = {"map_equation.score/one-module": (FAIL, "a word for leaving a module that is never left")}

    def codebook(self, visits: Vector, leaving: float) -> float:
        return super().codebook(visits, leaving or min(visits))


class SingletonsNeedNoWords(Wrong):
    """A module of one node has no codebook."""

    spoils = (*L, *L_BEST)
    caught = {"map_equation.score/all-singletons": (FAIL, "modules of one node that need no codebook")}

    def codebook(self, visits: Vector, leaving: float) -> float:
        return super().codebook(visits, leaving) if len(visits) > 1 else 0.0


class LogarithmOfNothing(Wrong):
    """0 log 0 is not known to be 0."""

    spoils = (*L, *L_BEST)
    caught = {"map_equation.score/isolated-node": (ERROR, "the logarithm of 0")}

    def is_used(self, p: float) -> bool:
        return True


class UnscaledLogarithms(Wrong):
    """Weights are divided by their sum at the end, after their logarithms were taken."""

    spoils = L
    caught = {"map_equation.score/large-numbers": (WEAK, "logarithms of weights that are not divided by their sum")}

    def map_equation_score(self, weights: Rows, labels: Labels) -> dict[str, Any]:
        self.check_graph(weights)
        self.check_communities(labels, len(weights))
        blocks, strengths = self.blocks(labels), [self.strength(row) for row in weights]
        exits = [self.total(weights[u][v] for u in b for v in range(len(weights)) if v not in b) for b in blocks]
        ends = [self.total(strengths[u] for u in block) for block in blocks]
        terms = [self.logarithmic(self.total(exits)), *(-2 * self.logarithmic(e) for e in exits)]
        terms += [-self.logarithmic(k) for k in strengths]
        terms += [self.logarithmic(e + s) for e, s in zip(exits, ends, strict=True)]
        return {"codelength": self.total(terms) / (math.log(2) * self.twice(strengths))}

    def logarithmic(self, x: float) -> float:
        return x * math.log(x) if x else 0.0


# --- what has to be refused ---------------------------------------------------------------------------


class NothingIsZero(Wrong):
    """A graph without edges has the value 0."""

    spoils = ALL_FOUR
    caught = {
        "modularity.score/refuse-no-edges": (FAIL, "of 0 where nothing is defined"),
        "modularity.optimum/refuse-no-edges": (FAIL, "of 0 where nothing is defined"),
        "map_equation.score/refuse-no-edges": (FAIL, "of 0 where nothing is defined"),
        "map_equation.optimum/refuse-no-edges": (FAIL, "of 0 where nothing is defined"),
    }

    def check_edges(self, weights: Rows) -> None:
        """No check."""

    def modularity_of(self, weights: Rows) -> Callable[[Sequence[Block]], float]:
        return super().modularity_of(weights) if any(map(any, weights)) else lambda blocks: 0.0

    def codelength_of(self, weights: Rows) -> Callable[[Sequence[Block]], float]:
        return super().codelength_of(weights) if any(map(any, weights)) else lambda blocks: 0.0


class HalfTheMatrix(Wrong):
    """Only the weights above the diagonal are read."""

    spoils = ALL_FOUR
    caught = {
        "modularity.score/refuse-asymmetric": (FAIL, "one half of the matrix"),
        "modularity.optimum/refuse-asymmetric": (FAIL, "one half of the matrix"),
        "map_equation.score/refuse-asymmetric": (FAIL, "one half of the matrix"),
        "map_equation.optimum/refuse-asymmetric": (FAIL, "one half of the matrix"),
    }

    def counted(self, weights: Rows) -> Rows:
        return [[weights[min(u, v)][max(u, v)] for v in range(len(weights))] for u in range(len(weights))]

    def check_symmetric(self, weights: Rows) -> None:
        """No check."""


class AnyWeight(Wrong):
    """Weights may be negative."""

    spoils = ALL_FOUR
    caught = {
        "modularity.score/refuse-negative-weight": (FAIL, "added up with the others"),
        "modularity.optimum/refuse-negative-weight": (FAIL, "added up with the others"),
        "map_equation.score/refuse-negative-weight": (FAIL, "added up with the others"),
        "map_equation.optimum/refuse-negative-weight": (FAIL, "added up with the others"),
    }

    def check_edge_weights(self, weights: Rows) -> None:
        """No check."""


class DropsColumns(Wrong):
    """Columns without a row are dropped."""

    spoils = ALL_FOUR
    caught = {
        "modularity.score/refuse-not-square": (FAIL, "columns that are dropped"),
        "modularity.optimum/refuse-not-square": (FAIL, "columns that are dropped"),
        "map_equation.score/refuse-not-square": (FAIL, "columns that are dropped"),
        "map_equation.optimum/refuse-not-square": (FAIL, "columns that are dropped"),
    }

    def check_square(self, weights: Rows) -> None:
        """No check."""

    def check_symmetric(self, weights: Rows) -> None:
        super().check_symmetric(self.counted(weights))

    def counted(self, weights: Rows) -> Rows:
        return super().counted([row[: len(weights)] for row in weights])


class LooksAtTheFirstNode(Wrong):
    """The first row is looked at before it is known that there is one."""

    spoils = ALL_FOUR
    caught = {
        "modularity.score/refuse-empty": (ERROR, "a crash in place of a sentence"),
        "modularity.optimum/refuse-empty": (ERROR, "a crash in place of a sentence"),
        "map_equation.score/refuse-empty": (ERROR, "a crash in place of a sentence"),
        "map_equation.optimum/refuse-empty": (ERROR, "a crash in place of a sentence"),
    }

    def check_graph(self, weights: Rows) -> None:
        _ = weights[0]
        super().check_graph(weights)


class FillsCommunities(Wrong):
    """Nodes without a label have the last one."""

    spoils = ALL_SCORES
    caught = {
        "modularity.score/refuse-length": (FAIL, "labels that are filled up"),
        "map_equation.score/refuse-length": (FAIL, "labels that are filled up"),
    }

    def modularity_score(self, weights: Rows, labels: Labels) -> dict[str, Any]:
        return super().modularity_score(weights, filled(labels, len(weights)))

    def map_equation_score(self, weights: Rows, labels: Labels) -> dict[str, Any]:
        return super().map_equation_score(weights, filled(labels, len(weights)))


class CutsCommunities(Wrong):
    """Labels without a node are dropped."""

    spoils = ALL_SCORES
    caught = {
        "modularity.score/refuse-length-beyond": (FAIL, "labels that are cut"),
        "map_equation.score/refuse-length-beyond": (FAIL, "labels that are cut"),
    }

    def modularity_score(self, weights: Rows, labels: Labels) -> dict[str, Any]:
        return super().modularity_score(weights, labels[: len(weights)])

    def map_equation_score(self, weights: Rows, labels: Labels) -> dict[str, Any]:
        return super().map_equation_score(weights, labels[: len(weights)])


class CommunitiesFromTheEnd(Wrong):
    """A negative label counts from the end."""

    spoils = ALL_SCORES
    caught = {
        "modularity.score/refuse-negative-label": (FAIL, "an index from the end"),
        "map_equation.score/refuse-negative-label": (FAIL, "an index from the end"),
    }

    def check_communities(self, labels: Labels, n: int) -> None:
        k = max(labels) + 1
        super().check_communities([label % k for label in labels], n)

    def blocks(self, labels: Labels) -> list[Block]:
        k = max(labels) + 1
        return super().blocks([label % k for label in labels])


def filled(labels: Labels, n: int) -> Labels:
    return [*labels, *labels[-1:] * (n - len(labels))]


def components(weights: Rows, nodes: Block) -> list[Block]:
    """The connected parts of some nodes, each in order."""
    left, found = list(nodes), []
    while left:
        part, border = {left[0]}, [left[0]]
        while border:
            u = border.pop()
            new = [v for v in left if weights[u][v] and v not in part]
            part.update(new)
            border += new
        found.append(tuple(sorted(part)))
        left = [u for u in left if u not in part]
    return found
