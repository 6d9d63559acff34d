"""What all implementations that are wrong on purpose have in common."""

import ctypes
from collections.abc import Mapping
from typing import ClassVar

from textbook import Textbook

WEAK, FAIL, BRANCH, CONVENTION, ERROR = "weak", "fail", "wrong branch", "convention", "error"


class Wrong(Textbook):
    """The textbook with a mistake."""

    spoils: ClassVar[tuple[str, ...]] = ()
    caught: ClassVar[Mapping[str, tuple[str, str]]] = {}
    """case -> (verdict, phrase)."""
    honest: ClassVar[Mapping[str, str]] = {}


def single(x: float) -> float:
    """The nearest binary32 number."""
    return ctypes.c_float(x).value
