"""Golden cases with one entry changed."""

from typing import Any

import msgspec

from refimpl.oracle import store
from refimpl.oracle.case import Case


def changed(identity: str, way: list[Any], value: Any) -> Case:
    """Return a case whose entry at the end of the way is another."""
    raw = msgspec.to_builtins(store.find(store.fixtures(), identity))
    place = raw
    for key in way[:-1]:
        place = place[key]
    assert place[way[-1]] != value
    place[way[-1]] = value
    return msgspec.convert(raw, Case)
