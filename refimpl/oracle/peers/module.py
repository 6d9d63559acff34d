"""A peer found by its place in Python: package.module:object."""

import importlib
import sys
from pathlib import Path

from refimpl.errors import BadInput
from refimpl.oracle.peers.peer import Hello, Peer
from refimpl.oracle.visible import one_line


def load(place: str) -> Peer:
    """Return the peer at package.module:object; a class or a function is called without arguments.

    The current folder is searched first, as by `python -m`. Raises BadInput that tells what is missing.
    """
    module_name, _, path = place.partition(":")
    if not module_name or not path:
        raise BadInput(
            f"{place!r} is no place of an adapter; give package.module:object, such as mykm.adapter:MyKMeans"
        )
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: object = importlib.import_module(module_name)
        for name in path.split("."):
            found = getattr(found, name)
        peer = found() if isinstance(found, type) or not hasattr(found, "run") else found  # type: ignore[operator]
        if isinstance(peer, Peer) and isinstance(peer.hello, Hello):
            return peer
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever the user's module does when it is imported
        raise BadInput(f"{place} cannot be loaded: {type(error).__name__}: {one_line(error)}") from None
    raise BadInput(
        f"{place} is no adapter: it has no hello or no run; derive it from refimpl.oracle.peers.adapter.Adapter"
    )
