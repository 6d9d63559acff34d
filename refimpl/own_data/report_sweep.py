"""A sweep over K for people, and as CSV."""

from collections.abc import Iterator
from typing import cast

from refimpl import choose_k, silhouette
from refimpl.errors import BadInput
from refimpl.numbers import parse
from refimpl.oracle.values import Cell
from refimpl.own_data.cells import Block, shown
from refimpl.own_data.job import Outcome
from refimpl.own_data.report_mixtures import Writer
from refimpl.own_data.report_silhouettes import WORDS

HEADER = ("K", "J", "silhouette", "within / between")


def blocks(outcome: Outcome) -> Iterator[Block | str]:
    """Yield a row for each K, and the K that two habits would choose."""
    yield Block(HEADER, [[str(k), *(shown(outcome, x) for x in row)] for k, *row in _rows(outcome)])
    known = [(parse(str(mean)), k) for k, _, mean, _ in _rows(outcome) if mean is not None]
    if known:
        most = max(mean for mean, _ in known)
        k = min(int(str(k)) for mean, k in known if mean == most)
        yield f"the greatest mean silhouette is that of K = {k}, {WORDS[silhouette.verdict(most)]}"
    try:
        bent = choose_k.elbow({int(str(k)): parse(str(j)) for k, j, *_ in _rows(outcome)})
        yield f"J bends most at K = {bent}, its elbow"
    except BadInput:
        pass  # an elbow takes three neighbouring K


def to_csv(outcome: Outcome, writer: Writer) -> None:
    """Write a row for each K."""
    writer.writerow(["k", "distortion", "silhouette", "ratio"])
    for row in _rows(outcome):
        writer.writerow(["" if x is None else x for x in row])


def _rows(outcome: Outcome) -> list[tuple[Cell, ...]]:
    columns = (cast(list[Cell], outcome.found.results[name]) for name in ("k", "distortion", "silhouette", "ratio"))
    return list(zip(*columns, strict=True))
