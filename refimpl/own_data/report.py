"""An outcome for people, as tables and sentences, and for machines, as JSON and CSV.

For machines every number is text: "31/6" exactly, a decimal that is certain to one unit of its last digit where the
kind is ball, and the shortest text of a float. People get as many digits as they asked for.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Protocol, cast

from refimpl.dbscan import NOISE
from refimpl.numbers import exact_text
from refimpl.oracle.values import Cell, Tree
from refimpl.own_data import (
    report_graphs,
    report_matrices,
    report_mixtures,
    report_preprocessing,
    report_silhouettes,
    report_sweep,
    report_trees,
)
from refimpl.own_data.cells import Block, beside, both, cut, headline, shown, shown_row, with_column
from refimpl.own_data.job import Outcome
from refimpl.own_data.report_mixtures import Writer
from refimpl.own_data.request import Request

__all__ = ["Block", "blocks", "to_csv", "to_json"]

FORMAT = "refimpl-run/1"


class Report(Protocol):
    """A module that reports some results."""

    def blocks(self, outcome: Outcome, /) -> Iterator[Block | str]:
        """Yield tables and sentences."""

    def to_csv(self, outcome: Outcome, writer: Writer, /) -> None:
        """Write rows."""


PER_ROW = {"labels": "label", "probabilities": "probability", "responsibilities": "responsibility_A"}
"""The results that belong to the rows of the data, and the name of their column in CSV."""


def blocks(outcome: Outcome) -> Iterator[Block | str]:
    """Yield tables and sentences in the order in which a person would ask for them."""
    request, results, trace = outcome.request, outcome.found.results, outcome.found.trace
    yield headline(outcome)
    report = _of_kind(request)
    if report is not None:
        yield from report.blocks(outcome)
        if report is report_sweep:
            return  # its results are rows, and no single numbers
    else:
        yield from report_silhouettes.blocks(outcome)
        yield from report_trees.blocks(outcome)
        yield from _clusters(outcome)
        yield from _coins(outcome)
        yield from _probabilities(outcome)
        yield from _moments(outcome)
    for name, said in SINGLE.items():
        if name in results:
            yield f"{said} = {both(outcome, cast(Cell, results[name]))}"
    steps = len(trace) - 1
    if outcome.found.settled is not None:
        moving = "labels still change; give more --iterations" if "labels changed" in _header(outcome) else MOVING
        yield f"settled after {steps} steps" if outcome.found.settled else f"not settled after {steps} steps: {moving}"
    if steps > 0:
        lines = []
        for step in trace:
            changed = "" if step.changed is None else str(step.changed)
            numbers = [shown(outcome, x) for x in (*(step.theta or ()), step.objective)]
            lines.append([str(step.step), *numbers, changed][: len(_header(outcome))])
        yield Block(_header(outcome), cut(lines))


def _of_kind(request: Request) -> Report | None:
    """Return the module that reports the results of a kind of task; None where what they are tells how."""
    for asked, report in (
        (request.is_mixture, report_mixtures),
        (request.is_matrix, report_matrices),
        (request.is_graph, report_graphs),
        (request.is_preprocessing, report_preprocessing),
        (request.task.name == "choose_k.sweep", report_sweep),
    ):
        if asked:
            return report
    return None


MOVING = "the parameters still move"

SINGLE = {
    "distortion": "J",
    "cost": "J",
    "log_likelihood": "log-likelihood at the last E-step",
    "rate": "rate",
    "loss": "loss",
    "eigenvalue": "eigenvalue",
    "modularity": "modularity",
    "codelength": "codelength in bits",
}
"""The results that are one number, and what it is called."""


def _header(outcome: Outcome) -> tuple[str, ...]:
    """Return the columns of the trace."""
    if "theta" in outcome.found.results:
        return ("step", "theta A", "theta B", "log-likelihood")
    if outcome.request.is_matrix:
        return ("step", "loss" if "loss" in outcome.found.results else "Rayleigh quotient")
    return ("step", "log-likelihood") if outcome.request.is_mixture else ("step", "J", "labels changed")


def _clusters(outcome: Outcome) -> Iterator[Block | str]:
    results = outcome.found.results
    labels, centers = cast(list[int], results.get("labels", [])), cast(list[Tree], results.get("centers", []))
    if not labels and not centers:
        return
    medoids = cast(list[int], results.get("medoids", []))
    k = max(len(centers), len(medoids), max(labels, default=-1) + 1)
    header = ["cluster"] + (["size"] if labels else []) + (list(outcome.request.table.columns) if centers else [])
    # a medoid is a row, which is shown as it is written unless it is one of dissimilarities
    coordinates = beside(outcome, [[]] * len(labels)) if medoids and outcome.request.measure != "table" else []
    header += ["medoid", *(outcome.request.table.columns if coordinates else [])] if medoids else []
    rows = []
    for j in range(k):
        size = [str(labels.count(j))] if labels else []
        row = [f"row {medoids[j]}", *(coordinates[medoids[j]] if coordinates else [])] if medoids else []
        rows.append([str(j), *size, *(shown_row(outcome, centers[j]) if centers else []), *row])
    if NOISE in labels:
        rows.append(["noise", str(labels.count(NOISE))])
    yield Block(header, rows)
    if labels:
        yield "the label of every point is in --format csv and json"


def _coins(outcome: Outcome) -> Iterator[Block]:
    results = outcome.found.results
    if "theta" not in results:
        return
    shares = beside(outcome, [[x] for x in shown_row(outcome, results["responsibilities"])])
    header = ("round", *outcome.request.table.columns, "share of coin A")
    yield Block(header, cut([[str(n), *row] for n, row in enumerate(shares, 1)]))
    pairs = zip("AB", shown_row(outcome, results["theta"]), cast(list[Tree], results["counts"]), strict=True)
    rows = [[coin, theta, *shown_row(outcome, counts)] for coin, theta, counts in pairs]
    yield Block(("coin", "theta", "expected heads", "expected tails"), rows)


def _probabilities(outcome: Outcome) -> Iterator[Block]:
    if "probabilities" in outcome.found.results:
        header = ("point", *outcome.request.table.columns, "probability of being next")
        found = beside(outcome, [[x] for x in shown_row(outcome, outcome.found.results["probabilities"])])
        yield Block(header, cut([[str(n), *row] for n, row in enumerate(found)]))


def _moments(outcome: Outcome) -> Iterator[Block]:
    columns, results = outcome.request.table.columns, outcome.found.results
    for name in ("mean", "covariance", "correlation") if "covariance" in results else ():
        if name in results:
            tree = results[name]
            rows = [("", tree)] if name == "mean" else zip(columns, cast(list[Tree], tree), strict=True)
            yield Block((name, *columns), [[n, *shown_row(outcome, row)] for n, row in rows])


def to_csv(outcome: Outcome) -> str:
    """Return the rows of the data with their results in more columns; a row for each center, component or moment."""
    results, table = outcome.found.results, outcome.request.table
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    report = _of_kind(outcome.request)
    if report is None and "names" in results:
        report = report_silhouettes
    if report is None and "parents" in results and "labels" not in results:
        report = report_trees
    if report is not None:
        report.to_csv(outcome, writer)
        return out.getvalue()
    for name, column in PER_ROW.items():
        if name in results:
            writer.writerows(with_column(table, column, cast(list[Cell], results[name])))
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
    spans = {
        "least": [exact_text(x) for x, _ in request.table.spans],
        "largest": [exact_text(x) for _, x in request.table.spans],
    }
    document: dict[str, object] = {
        "format": FORMAT,
        "task": request.task.name,
        "source": request.table.source,
        "columns": request.table.columns,
        "rows": len(request.table.rows),
        **({"scaled": spans} if request.table.spans else {}),
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
