"""The implementations that are judged: any program behind the wire protocol.

An adapter in Python is such a program too: it is served by a process of its own, so that whatever it does costs one
case and no report.
"""

import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from refimpl.errors import BadInput


@dataclass(frozen=True)
class Known:
    """An adapter that comes with refimpl."""

    place: str
    """package.module:object."""
    library: str
    """What has to be importable."""


PEERS: dict[str, Known] = {
    "scikit-learn": Known("refimpl.oracle.peers.scikit_learn:ScikitLearn", "sklearn"),
    "scipy": Known("refimpl.oracle.peers.scipy_vq:SciPy", "scipy"),
    "numpy": Known("refimpl.oracle.peers.numpy_moments:NumPy", "numpy"),
    "kmedoids": Known("refimpl.oracle.peers.kmedoids_alternating:Alternating", "kmedoids"),
    "stepmix": Known("refimpl.oracle.peers.stepmix_lca:StepMix", "stepmix"),
    "scikit-learn-pca": Known("refimpl.oracle.peers.scikit_learn_pca:Auto", "sklearn"),
    "scikit-learn-pca-full": Known("refimpl.oracle.peers.scikit_learn_pca:Full", "sklearn"),
    "scikit-learn-pca-covariance-eigh": Known("refimpl.oracle.peers.scikit_learn_pca:CovarianceEigh", "sklearn"),
    "scikit-learn-pca-arpack": Known("refimpl.oracle.peers.scikit_learn_pca:Arpack", "sklearn"),
    "scikit-learn-pca-randomized": Known("refimpl.oracle.peers.scikit_learn_pca:Randomized", "sklearn"),
    "numpy-eigh": Known("refimpl.oracle.peers.numpy_pca:Eigh", "numpy"),
    "numpy-svd": Known("refimpl.oracle.peers.numpy_pca:Svd", "numpy"),
    "scipy-eigh": Known("refimpl.oracle.peers.scipy_pca:Eigh", "scipy"),
    "scipy-svd": Known("refimpl.oracle.peers.scipy_pca:Svd", "scipy"),
    "networkx": Known("refimpl.oracle.peers.networkx_communities:NetworkX", "networkx"),
    "networkx-greedy": Known("refimpl.oracle.peers.networkx_communities:Greedy", "networkx"),
    "infomap": Known("refimpl.oracle.peers.infomap_modules:Infomap", "infomap"),
}
"""By the name of the library, and of the road where there are several."""


def named(name: str) -> Sequence[str]:
    """Return the command that serves a known peer. Raises BadInput that lists the names, or tells what to install."""
    try:
        known = PEERS[name]
    except KeyError:
        raise BadInput(f"there is no peer {name!r}; the peers are {', '.join(PEERS)}") from None
    if importlib.util.find_spec(known.library) is None:
        raise BadInput(f"{name} is not installed; install it with: pip install 'refimpl[peers]'")
    return module(known.place)


def module(place: str) -> Sequence[str]:
    """Return the command that serves the adapter at package.module:object."""
    return [sys.executable, "-m", "refimpl", "serve", "--module", place]
