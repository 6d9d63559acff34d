"""networkx's communities behind the protocol.

    modularity.score                community.modularity(G, communities)
    modularity.optimum              community.louvain_communities(G, seed=1)             (NetworkX)
                                    community.greedy_modularity_communities(G, "weight") (Greedy)

Both searches are heuristics, held to the true optimum all the same. G is `from_numpy_array(A)` with half the diagonal:
networkx counts a loop of weight a with 2a in the degree of its node, and so it needs a where the cases have 2a.
"""

import networkx as nx
import numpy as np

from refimpl.errors import BadInput
from refimpl.oracle.peers.adapter import Rows
from refimpl.oracle.peers.quiet import Quiet

SEED = 1
"""Of Louvain's method, which goes through the nodes in a random order."""

Communities = list[set[int]]


class NetworkX(Quiet):
    """The installed networkx, with Louvain's method."""

    name = "networkx"
    version = nx.__version__

    def modularity_score(self, weights: Rows, labels: list[int]) -> dict[str, object]:
        """Communities as sets, which tell nothing of the names."""
        if any(label < 0 for label in labels):
            raise NotImplementedError("communities are sets of nodes there, without labels that might be negative")
        communities = [{u for u, label in enumerate(labels) if label == c} for c in sorted(set(labels))]
        return {"modularity": _modularity(_graph(weights), communities)}

    def modularity_optimum(self, weights: Rows) -> dict[str, object]:
        """What the search finds, and its modularity."""
        graph = _graph(weights)
        communities = self.search(graph)
        label = {u: c for c, nodes in enumerate(communities) for u in nodes}
        return {"modularity": _modularity(graph, communities), "labels": [label[u] for u in range(len(weights))]}

    def search(self, graph: nx.Graph) -> Communities:
        """Return communities of as great a modularity as the method finds."""
        return list(nx.community.louvain_communities(graph, seed=SEED))


class Greedy(NetworkX):
    """The same, with the merging of Clauset, Newman and Moore."""

    name = "networkx-greedy"

    def search(self, graph: nx.Graph) -> Communities:
        """Return what merging ends with."""
        return [set(nodes) for nodes in nx.community.greedy_modularity_communities(graph, weight="weight")]


def _graph(weights: Rows) -> nx.Graph:
    """Return the graph. Raises BadInput where networkx refuses the matrix."""
    matrix = np.array(weights, dtype=float)
    np.fill_diagonal(matrix, matrix.diagonal() / 2)
    try:
        return nx.from_numpy_array(matrix)
    except nx.NetworkXException as error:
        raise BadInput(str(error)) from None


def _modularity(graph: nx.Graph, communities: Communities) -> object:
    try:
        return nx.community.modularity(graph, communities)
    except nx.NetworkXException as error:  # no partition
        raise BadInput(str(error)) from None
