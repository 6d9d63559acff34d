"""A sweep over K for people, and as CSV."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import cast

from refimpl import choose_k, silhouette
from refimpl.errors import BadInput
from refimpl.numbers import parse
from refimpl.oracle.values import Cell, Tree
from refimpl.own_data.cells import Block, shown
from refimpl.own_data.job import Outcome
from refimpl.own_data.report_mixtures import Writer
from refimpl.own_data.report_silhouettes import WORDS

HEADER = ("K", "J", "silhouette", "within / between")


def blocks(outcome: Outcome) -> Iterator[Block | str]:
    """Yield a row for each K, and the K that two habits would choose."""
    yield Block(HEADER, [[str(k), *(shown(outcome, x) for x in row)] for k, *row in _rows(outcome)])
    bent, best = habits(outcome.found.results)
    if best is not None:
        mean = next(parse(str(mean)) for k, _, mean, _ in _rows(outcome) if k == best and mean is not None)
        yield f"the greatest mean silhouette is that of K = {best}, {WORDS[silhouette.verdict(mean)]}"
    if bent is not None:
        yield f"J bends most at K = {bent}, its elbow"


def habits(results: Mapping[str, Tree]) -> tuple[int | None, int | None]:
    """Return the K at the elbow of J, which takes three neighbouring K, and that of the greatest mean silhouette."""
    ks, js, means = (cast(list[Cell], results[name]) for name in ("k", "distortion", "silhouette"))
    numbers = [int(str(k)) for k in ks]
    known = [(parse(str(mean)), -k) for k, mean in zip(numbers, means, strict=True) if mean is not None]
    bent = None
    with suppress(BadInput):
        bent = choose_k.elbow(dict(zip(numbers, (parse(str(j)) for j in js), strict=True)))
    return bent, -max(known)[1] if known else None


def to_csv(outcome: Outcome, writer: Writer) -> None:
    """Write a row for each K."""
    writer.writerow(["k", "distortion", "silhouette", "ratio"])
    for row in _rows(outcome):
        writer.writerow(["" if x is None else x for x in row])


def _rows(outcome: Outcome) -> list[tuple[Cell, ...]]:
    columns = (cast(list[Cell], outcome.found.results[name]) for name in ("k", "distortion", "silhouette", "ratio"))
    return list(zip(*columns, strict=True))
