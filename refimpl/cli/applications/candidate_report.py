"""What `refimpl run candidates` says: tables for people, CSV or JSON."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from refimpl.applications import candidates
from refimpl.applications.candidates import Member
from refimpl.applications.many_starts import Minimum
from refimpl.numbers import ball, rounded
from refimpl.own_data.cells import cut
from refimpl.own_data.report import Block
from refimpl.own_data.table import Table

GUARD = 20
"""Digits more than are printed, which tell on which side of a half an irrational distance lies."""


@dataclass(frozen=True)
class Result:
    """All that was found."""

    table: Table
    minima: Mapping[int, Minimum]
    """By K, in their order."""
    k: int
    """The K that was chosen."""
    rule: str
    restarts: int
    seed: int
    picked: Sequence[Member]
    digits: int

    def pieces(self) -> Iterator[str | Block]:
        """Yield sentences and tables."""
        table, best = self.table, self.minima[self.k]
        scaled = ", each scaled to [0, 1]" if table.spans else ""
        yield f"candidates, {table.source}: {len(table.rows)} rows of {', '.join(table.columns)}{scaled}"
        yield f"K-means from {self.restarts} seeded starts for each K (seed {self.seed}); J exact"
        js = {k: minimum.distortion for k, minimum in self.minima.items()}
        ratios = candidates.ratios(js) if len(js) > 2 else {}
        rows = []
        for k, minimum in self.minima.items():
            ratio = ratios.get(k)
            bend = None if ratio is None else js[k - 1] - 2 * js[k] + js[k + 1]
            starts = f"{minimum.times} of {self.restarts}"
            rows.append([str(k), self._text(js[k]), self._text(ratio), self._text(bend), starts])
        yield Block(["K", "J", "ratio of falls", "bend", "starts"], rows)
        yield f"K = {self.k}, by the elbow ({self.rule})" if ratios else f"K = {self.k}, as given"
        sizes = [best.labels.count(j) for j in range(len(best.centers))]
        chosen = [sum(member.cluster == j for member in self.picked) for j in range(len(sizes))]
        lines = [list(map(str, line)) for line in zip(range(len(sizes)), sizes, chosen, strict=True)]
        yield Block(["cluster", "size", "chosen"], lines)
        yield f"{len(self.picked)} rows chosen"
        yield Block(self._header(), cut([*map(self._line, self.picked)]))

    def csv(self) -> str:
        """Return the chosen rows, a line for each."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self._header())
        writer.writerows(map(self._line, self.picked))
        return out.getvalue()

    def document(self) -> str:
        """Return everything as JSON, with the labels of all rows."""
        found = {
            "source": self.table.source,
            "columns": list(self.table.columns),
            "scaled": bool(self.table.spans),
            "seed": self.seed,
            "restarts": self.restarts,
            "distortions": {str(k): self._text(minimum.distortion) for k, minimum in self.minima.items()},
            "elbow": self.rule if len(self.minima) > 1 else None,
            "k": self.k,
            "labels": self.minima[self.k].labels,
            "chosen": [dict(zip(self._header(), self._cells(member), strict=True)) for member in self.picked],
        }
        return json.dumps(found, ensure_ascii=False, indent=1) + "\n"

    def _header(self) -> list[str]:
        return ["row", *(["id"] if self.table.labels else []), "cluster", "distance"]

    def _cells(self, member: Member) -> list[int | str]:
        named = [self.table.labels[member.row]] if self.table.labels else []
        distance = candidates.distance(member, ball(self.digits + GUARD))
        return [member.row, *named, member.cluster, rounded(distance, self.digits)]

    def _line(self, member: Member) -> list[str]:
        return [*map(str, self._cells(member))]

    def _text(self, x: Fraction | None) -> str:
        return "" if x is None else rounded(x, self.digits)
