"""Scores and answers in the order in which they came, on disk: a verification of any length keeps no more in memory."""

import pickle
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

from refimpl.oracle.peers.peer import Answer
from refimpl.oracle.score import Score


@dataclass(frozen=True)
class Entry:
    """What came of one case, and why."""

    score: Score
    answer: Answer


class Journal:
    """A list of entries that can be added to and read again, in a temporary file; use it in a `with` block."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 # it lives as long as the journal does
        self._length = 0

    def __enter__(self) -> "Journal":
        """The file is open already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file, which removes it."""
        self._file.close()

    def add(self, score: Score, answer: Answer) -> None:
        """Add an entry."""
        self._file.seek(0, 2)
        pickle.dump(Entry(score, answer), self._file)
        self._length += 1

    def __len__(self) -> int:
        """Return how many entries there are."""
        return self._length

    def __iter__(self) -> Iterator[Entry]:
        """Yield all entries; several readers may do so at a time."""
        place = 0
        for _ in range(self._length):
            self._file.seek(place)
            entry: Entry = pickle.load(self._file)  # our own file: nobody else can write to it
            place = self._file.tell()
            yield entry
