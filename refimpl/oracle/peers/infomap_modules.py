"""Infomap's modules behind the protocol.

    map_equation.score      Network.run(initial_partition=labels, no_infomap=True, two_level=True).codelength
    map_equation.optimum    Network.run(two_level=True, seed=1, num_trials=10): its codelength and its modules

The search is a heuristic, held to the true optimum all the same. The network is `from_scipy_sparse_matrix(A)`, which is
undirected, so that nothing teleports, and which has a node for every row. A loop counts with its weight in the strength
of its node, which in A is twice what networkx would call its weight.
"""

from typing import Any

import infomap
import numpy as np
from scipy.sparse import csr_array

from refimpl.errors import BadInput
from refimpl.oracle.peers.adapter import Rows
from refimpl.oracle.peers.quiet import Quiet

SEED, TRIALS = 1, 10
"""Of the search."""


class Infomap(Quiet):
    """The installed Infomap."""

    name = "infomap"
    version = infomap.__version__

    def map_equation_score(self, weights: Rows, labels: list[int]) -> dict[str, object]:
        """The partition as it is given, without a search."""
        if len(labels) != len(weights):
            raise NotImplementedError("a partition is a mapping there, which may leave out nodes")
        result = _run(weights, initial_partition=dict(enumerate(labels)), no_infomap=True)
        return {"codelength": result.codelength}

    def map_equation_optimum(self, weights: Rows) -> dict[str, object]:
        """The best of some trials."""
        result = _run(weights, seed=SEED, num_trials=TRIALS)
        modules = result.modules()
        names = sorted(set(modules.values()))
        return {"codelength": result.codelength, "labels": [names.index(modules[u]) for u in range(len(weights))]}


def _run(weights: Rows, **options: Any) -> infomap.Result:
    """Return what a run on the network of the weights finds. Raises BadInput or ValueError where it is refused."""
    try:
        matrix = np.array(weights, dtype=float) if weights else np.zeros((0, 0))
        network = infomap.Network.from_scipy_sparse_matrix(csr_array(matrix))
        return network.run(two_level=True, **options)
    except infomap.InfomapError as error:
        raise BadInput(str(error)) from None
