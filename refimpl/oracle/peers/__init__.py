"""The implementations that are judged. A peer is found by its name; its library is imported only then."""

from collections.abc import Callable

from refimpl.errors import BadInput
from refimpl.oracle.peers.peer import Peer


def _scikit_learn() -> Peer:
    from refimpl.oracle.peers.scikit_learn import ScikitLearn

    return ScikitLearn()


PEERS: dict[str, Callable[[], Peer]] = {"scikit-learn": _scikit_learn}
"""By name; the value loads the adapter. Raises BadInput where the library is not installed."""


def peer_named(name: str) -> Peer:
    """Return a peer. Raises BadInput that lists the names, or tells how to install the library."""
    try:
        load = PEERS[name]
    except KeyError:
        raise BadInput(f"there is no peer {name!r}; the peers are {', '.join(PEERS)}") from None
    try:
        return load()
    except ImportError as error:
        raise BadInput(f"{name} cannot be imported ({error}); install it with: pip install 'refimpl[peers]'") from None
