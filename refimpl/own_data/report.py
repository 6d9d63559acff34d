"""An outcome for people, as tables and sentences, and for machines, as JSON and CSV.

For machines every number is text: "31/6" exactly, a decimal that is certain to one unit of its last digit where the
kind is ball, and the shortest text of a float. People get as many digits as they asked for.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import cast

from refimpl.numbers import parse, rounded
from refimpl.oracle.values import Cell, Tree
from refimpl.own_data.job import Outcome

KINDS = {
    "exact": "exact numbers",
    "float": "binary64",
    "high": "mpmath's numbers, whose errors are not counted",
    "ball": "balls: every digit is certain",
}

FORMAT = "refimpl-run/1"

MOST_ROWS = 20
"""Longer tables are cut in the middle."""

PER_ROW = {"labels": "label", "probabilities": "probability", "responsibilities": "responsibility_A"}
"""The results that belong to the rows of the data, and the name of their column in CSV."""


@dataclass(frozen=True)
class Block:
    """A table for people."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def blocks(outcome: Outcome) -> Iterator[Block | str]:
    """Yield tables and sentences in the order in which a person would ask for them."""
    request, results, trace = outcome.request, outcome.found.results, outcome.found.trace
    table = request.table
    size = f"{len(table.rows)} rows of {', '.join(table.columns)}"
    yield f"{request.task.name}, {table.source}: {size}; {KINDS[request.kind]}"
    yield from _clusters(outcome)
    yield from _coins(outcome)
    if "probabilities" in results:
        header = ("point", *table.columns, "probability of being next")
        yield Block(header, _cut([[str(n), *row] for n, row in enumerate(_beside(outcome, "probabilities"))]))
    for name in ("mean", "covariance", "correlation"):
        if name in results:
            rows = [results[name]] if name == "mean" else cast(list[Tree], results[name])
            names = [""] if name == "mean" else table.columns
            yield Block((name, *table.columns), [[n, *_row(outcome, row)] for n, row in zip(names, rows, strict=True)])
    for name, said in (("distortion", "J"), ("log_likelihood", "log-likelihood at the last E-step"), ("rate", "rate")):
        if name in results:
            yield f"{said} = {_both(outcome, cast(Cell, results[name]))}"
    steps = len(trace) - 1
    if outcome.found.settled is not None:
        moving = "theta still moves" if "theta" in results else "labels still change; give more --iterations"
        yield f"settled after {steps} steps" if outcome.found.settled else f"not settled after {steps} steps: {moving}"
    if steps > 0:
        coins = trace[0].theta is not None
        header = ("step", *(("theta A", "theta B", "log-likelihood") if coins else ("J", "labels changed")))
        lines = []
        for step in trace:
            changed = "" if step.changed is None else str(step.changed)
            numbers = [_shown(outcome, x) for x in (*(step.theta or ()), step.objective)]
            lines.append([str(step.step), *numbers, *([] if coins else [changed])])
        yield Block(header, _cut(lines))


def _clusters(outcome: Outcome) -> Iterator[Block | str]:
    results = outcome.found.results
    labels, centers = cast(list[int], results.get("labels", [])), cast(list[Tree], results.get("centers", []))
    if not labels and not centers:
        return
    k = max(len(centers), max(labels, default=-1) + 1)
    header = ["cluster"] + (["size"] if labels else []) + (list(outcome.request.table.columns) if centers else [])
    rows = []
    for j in range(k):
        size = [str(labels.count(j))] if labels else []
        rows.append([str(j), *size, *(_row(outcome, centers[j]) if centers else [])])
    yield Block(header, rows)
    if labels:
        yield "the label of every point is in --format csv and json"


def _coins(outcome: Outcome) -> Iterator[Block]:
    results = outcome.found.results
    if "theta" not in results:
        return
    shares = _beside(outcome, "responsibilities")
    header = ("round", *outcome.request.table.columns, "share of coin A")
    yield Block(header, _cut([[str(n), *row] for n, row in enumerate(shares, 1)]))
    pairs = zip("AB", _row(outcome, results["theta"]), cast(list[Tree], results["counts"]), strict=True)
    rows = [[coin, theta, *_row(outcome, counts)] for coin, theta, counts in pairs]
    yield Block(("coin", "theta", "expected heads", "expected tails"), rows)


def _beside(outcome: Outcome, name: str) -> list[list[str]]:
    """Return the chosen columns as written, each row with its result for people."""
    table = outcome.request.table
    places = [table.header.index(column) for column in table.columns]
    found = _row(outcome, outcome.found.results[name])
    return [[*(cells[j] for j in places), x] for cells, x in zip(table.cells, found, strict=True)]


def _row(outcome: Outcome, row: Tree) -> list[str]:
    return [_shown(outcome, x) for x in cast(list[Cell], row)]


def _shown(outcome: Outcome, cell: Cell) -> str:
    """Return a number with the digits asked for, and no zeros behind a number that ends before."""
    if cell is None:
        return "undefined"
    if outcome.request.kind != "float" and "." in str(cell):
        return str(cell)  # with these digits already
    value = parse(str(cell))
    text = rounded(value, outcome.request.options.digits)
    if "e" in text or parse(text) != value:
        return text
    return text.rstrip("0").removesuffix(".") if "." in text else text


def _both(outcome: Outcome, cell: Cell) -> str:
    """Return a quotient beside its decimals."""
    return f"{cell} = {_shown(outcome, cell)}" if "/" in str(cell) else _shown(outcome, cell)


def _cut(rows: list[list[str]]) -> list[list[str]]:
    half = MOST_ROWS // 2
    return rows if len(rows) <= MOST_ROWS else [*rows[:half], ["..."] * len(rows[0]), *rows[-half:]]


def to_csv(outcome: Outcome) -> str:
    """Return the rows of the data with their result in one more column; a row for each center, or each moment."""
    results, table = outcome.found.results, outcome.request.table
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for name, column in PER_ROW.items():
        if name in results:
            while column in table.header:
                column += "_"
            writer.writerow([*table.header, column])
            found = zip(table.cells, cast(list[Cell], results[name]), strict=True)
            writer.writerows([*cells, x] for cells, x in found)
            return out.getvalue()
    if "centers" in results:
        writer.writerow(["cluster", *table.columns])
        writer.writerows([j, *cast(list[Cell], row)] for j, row in enumerate(cast(list[Tree], results["centers"])))
        return out.getvalue()
    writer.writerow(["moment", "of", *table.columns])
    writer.writerow(["mean", "", *cast(list[Cell], results["mean"])])
    for name in ("covariance", "correlation"):
        rows = zip(table.columns, cast(list[list[Cell]], results[name]), strict=True)
        writer.writerows([name, column, *row] for column, row in rows)
    return out.getvalue()


def to_json(outcome: Outcome) -> str:
    """Return a document with a line for each field, result and step."""
    request, found = outcome.request, outcome.found
    said = {name: value for name, value in asdict(request.options).items() if value is not None}
    document: dict[str, object] = {
        "format": FORMAT,
        "task": request.task.name,
        "source": request.table.source,
        "columns": request.table.columns,
        "rows": len(request.table.rows),
        "kind": request.kind,
        "digits": said.pop("digits"),
        "options": {name: value for name, value in said.items() if name != "kind"},
        "results": found.results,
    }
    if found.settled is not None:
        document["settled"] = found.settled
    if found.trace:
        steps = [{name: x for name, x in asdict(step).items() if x is not None} for step in found.trace]
        document["trace"] = steps
    return "{\n" + ",\n".join(f" {_dumps(name)}: {_field(value)}" for name, value in document.items()) + "\n}\n"


def _field(value: object) -> str:
    if isinstance(value, dict) and value:
        return "{\n" + ",\n".join(f"  {_dumps(k)}: {_dumps(v)}" for k, v in value.items()) + "\n }"
    if isinstance(value, list):
        return "[\n" + ",\n".join(f"  {_dumps(x)}" for x in value) + "\n ]"
    return _dumps(value)


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
