"""What `refimpl run ad-channels` says: tables for people, or JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from refimpl import silhouette
from refimpl.applications import ad_channels
from refimpl.applications.ad_channels import Feature, Habit, Measured
from refimpl.applications.ad_table import Channels
from refimpl.numbers import Ball, ball, fixed, rounded
from refimpl.oracle import store
from refimpl.own_data.report import Block

PRINTED_DIGITS = 8
"""Of a silhouette in the lecture's table."""


@dataclass(frozen=True)
class Result:
    """All that was found; `pieces` and `document` raise Undecided where its balls do not determine a digit."""

    table: Channels
    source: str
    rows: Sequence[tuple[int, Measured]]
    """Clusterings and their K; of those of one K the lowest J comes first."""
    margins: Sequence[Fraction | None]
    """Of each row the least relative margin of a nearest mean."""
    restarts: int
    seed: int
    asked: int | None
    """The K that is to be described; None for the best."""
    digits: int
    guard: int

    @cached_property
    def best(self) -> int:
        """The K of the greatest mean silhouette."""
        return ad_channels.best(self.rows)

    @cached_property
    def described(self) -> tuple[int, Measured]:
        """The clustering whose clusters are described, and its K."""
        return next((k, one) for k, one in self.rows if k == (self.asked or self.best))

    @cached_property
    def profile(self) -> tuple[list[Feature], list[Habit]]:
        """Its clusters, column by column."""
        return ad_channels.profile(self.table, self.described[1].minimum.labels, ball(self.digits + self.guard))

    def pieces(self) -> Iterator[str | Block]:
        """Yield sentences and tables."""
        table, printed = self.table, self._printed()
        filled = f", {table.missing} of them missing and set to the mean of their column" if table.missing else ""
        known = "; this is the lecture's own table" if table.lecture else ""
        size = f"{len(table.names)} channels, 7 columns of numbers{filled}, 5 of categories"
        yield f"ad-channels, {self.source}: {size}{known}"
        yield f"K-means from {self.restarts} seeded starts for each K (seed {self.seed}); J exact, silhouettes enclosed"
        header = [
            "K",
            "J",
            "silhouette",
            "",
            "within/between",
            "starts",
            "first start",
            *(["lecture"] if printed else []),
        ]
        lines = []
        for i, (k, one) in enumerate(self.rows):
            mean, ratio, minimum = one.clustering.silhouette, one.clustering.ratio, one.minimum
            assert mean is not None
            word = silhouette.verdict(mean)
            line = [str(k), self._text(minimum.distortion), self._text(mean), word, self._text(ratio)]
            line += [f"{minimum.times} of {self.restarts}", str(minimum.first)]
            lines.append([*line, *([printed.get(i, "")] if printed else [])])
        yield Block(header, lines)
        least = min(margin for margin in self.margins if margin is not None)
        by = rounded(least, 2)
        yield f"every channel is nearest to the mean of its own cluster, by a relative margin of {by} at least"
        yield f"best K by the mean silhouette: {self.best}"
        yield from self._errata()
        yield from self._clusters()

    def _errata(self) -> Iterator[str]:
        told = {i for i, (k, _) in enumerate(self.rows) if i and self.rows[i - 1][0] == k}
        for i, text in self._printed().items():
            if i in told:
                k, one = self.rows[i]
                j = self._text(one.minimum.distortion)
                yield f"the lecture's silhouette for K = {k}, {text}, is that of a local minimum, J = {j}"

    def _clusters(self) -> Iterator[str | Block]:
        k, one = self.described
        features, habits = self.profile
        labels = one.minimum.labels
        sizes = [labels.count(j) for j in range(len(one.minimum.centers))]
        header = [f"K = {k}", *(f"cluster {j}" for j in range(len(sizes)))]
        shares = [self._percent(Fraction(size, len(labels))) for size in sizes]
        classes = [self._text(s) for s in one.classes]
        yield Block(header, [["channels", *map(str, sizes)], ["share", *shares], ["silhouette of the class", *classes]])
        yield "means of the clusters"
        yield Block(header, [[f.name, *map(self._text, f.means)] for f in features])
        yield "sample standard deviations: how far the channels of a cluster scatter"
        yield Block(header, [[f.name, *map(self._text, f.deviations)] for f in features])
        yield "the most frequent category, and its share of the cluster"
        shown = [
            [h.name, *(f"{v} {self._percent(s)}" for v, s in zip(h.values, h.shares, strict=True))] for h in habits
        ]
        yield Block(header, shown)

    def document(self) -> str:
        """Return everything as JSON, with the labels."""
        printed, (k, one) = self._printed(), self.described
        features, habits = self.profile
        found = {
            "source": self.source,
            "channels": len(self.table.names),
            "missing": self.table.missing,
            "lecture": self.table.lecture,
            "seed": self.seed,
            "restarts": self.restarts,
            "best": self.best,
            "clusterings": [
                {
                    "k": k,
                    "distortion": self._text(one.minimum.distortion),
                    "silhouette": self._text(one.clustering.silhouette),
                    "ratio": self._text(one.clustering.ratio),
                    "classes": [self._text(s) for s in one.classes],
                    "starts": one.minimum.times,
                    "first": one.minimum.first,
                    "printed": printed.get(i),
                    "labels": one.minimum.labels,
                }
                for i, (k, one) in enumerate(self.rows)
            ],
            "profile": {
                "k": k,
                "counts": [one.minimum.labels.count(j) for j in range(len(one.minimum.centers))],
                "features": [
                    {
                        "name": f.name,
                        "means": [*map(self._text, f.means)],
                        "deviations": [*map(self._text, f.deviations)],
                    }
                    for f in features
                ],
                "categories": [
                    {"name": h.name, "values": h.values, "shares": [*map(self._text, h.shares)]} for h in habits
                ],
            },
        }
        return json.dumps(found, ensure_ascii=False, indent=1) + "\n"

    def _printed(self) -> dict[int, str]:
        """Return what the lecture prints, by the index of the row to which it belongs; of its own table only."""
        if not self.table.lecture:
            return {}
        lines = json.loads((store.fixtures() / "lecture" / "ad-silhouettes.json").read_text(encoding="utf-8"))["rows"]
        found = {}
        for i, (k, one) in enumerate(self.rows):
            mean = one.clustering.silhouette
            assert mean is not None
            if [str(k), text := rounded(mean, PRINTED_DIGITS)] in lines:
                found[i] = text
        return found

    def _text(self, x: Ball | Fraction | None) -> str:
        return "undefined" if x is None else rounded(x, self.digits)

    @staticmethod
    def _percent(share: Fraction) -> str:
        return f"{fixed(100 * share, 1)} %"
