"""One case, printed as the notes print it: the lecture's tables look like the lecture's.

    moments.covariance   deviations and products with two decimals, where D = 2 and the data are few
    coins.step           table 5.4: the E-step round by round, with two decimals
    coins.run            table 5.5: counts with two decimals and theta with three, iteration by iteration

Every decimal is the correctly rounded one, found from the case's certified numbers.
"""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table

from refimpl import linear
from refimpl.certify import coins
from refimpl.certify.krawczyk import enclose
from refimpl.numbers import Ball, fixed
from refimpl.oracle import eigenvectors, values
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.certificates import (
    Chain,
    Closest,
    Comparisons,
    Eigenpairs,
    Margin,
    MedianPaths,
    MedoidMargin,
    MedoidPaths,
    Runs,
    Sweep,
)
from refimpl.oracle.coin_results import rounds_theta

MOST_ROWS = 30
"""Longer lists are cut in the middle."""

WIDEST = 12
"""Longer numbers are not aligned."""


def show(case: Case) -> Iterator[RenderableType]:
    """Yield what is to be printed, piece by piece."""
    yield f"{case.id}: {case.title}"
    yield case.reason
    yield f"source: {case.source}" + (f"; tags: {', '.join(case.tags)}" if case.tags else "")
    yield ""
    yield from (_named(name, value) for name, value in {**case.input, **case.params}.items())
    if case.expected is None:
        yield f"must be refused as {case.refused}: {getattr(case.certificate, 'rule', '')}"
        return
    if case.task == "moments.covariance" and _is_small(case):
        yield _covariance_table(case)
    if case.task == "coins.step":
        yield _e_step_table(case)
    if case.task == "coins.run" and isinstance(case.certificate, Chain):
        yield _iterations_table(case, case.certificate)
    yield from _results("expected", case.expected)
    for number, branch in enumerate(case.branches):
        yield from _results(f"branch {number + 1} ({branch.admissible})", branch.result)
    if isinstance(case.certificate, Eigenpairs):
        yield from _ties(case.expected, case.certificate)
    for name, digits in case.attainable.items():
        yield f"attainable in binary64: {name} to {digits} digits"
    yield f"certified by: {type(case.certificate).__struct_config__.tag}"
    if isinstance(case.certificate, Runs) and case.certificate.margin:
        yield _margin(case.certificate.margin)
    if isinstance(case.certificate, MedoidPaths) and case.certificate.medoid_margin:
        yield _medoid_margin(case.certificate.medoid_margin)
    if isinstance(case.certificate, MedoidPaths | MedianPaths):
        costs = [text for step in case.certificate.paths[0] for text in (step.entered, step.cost)]
        yield f"the cost after every half-step, which never rises: {', '.join(map(str, _cut(costs)))}"
    if isinstance(case.certificate, Comparisons) and case.certificate.margin:
        yield _closest(case.certificate.margin)
    if isinstance(case.certificate, Sweep):
        yield from (f"start {i}: {_margin(run.margin)}" for i, run in enumerate(case.certificate.runs) if run.margin)


def _ties(expected: Numbers, certificate: Eigenpairs) -> Iterator[RenderableType]:
    groups = [group for group in eigenvectors.tied(expected) if len(group) > 1]
    for group, projector in zip(groups, certificate.projectors, strict=True):
        yield ""
        named = ", ".join(map(str, group))
        yield f"components {named} have one variance: any orthonormal basis of their space is right"
        yield _named("projector onto it", projector)


def _closest(margin: Closest) -> str:
    a, b = margin.pair
    if not margin.rival:
        return f"closest decision: whether points {a} and {b} are neighbours (relative {margin.relative})"
    c, d = margin.rival
    return (
        f"closest decision: merge {margin.step}, counted from 1, is of {a} and {b}, not of {c} and {d} "
        f"(relative {margin.relative})"
    )


def _margin(margin: Margin) -> str:
    return (
        f"closest decision: point {margin.point} goes to center {margin.label}, not {margin.rival}, in step "
        f"{margin.step}, by a gap of {margin.gap} (relative {margin.relative})"
    )


def _medoid_margin(margin: MedoidMargin) -> str:
    return (
        f"closest medoid: cluster {margin.cluster} takes point {margin.medoid}, not {margin.rival}, in step "
        f"{margin.step}, by a gap of {margin.gap} (relative {margin.relative})"
    )


def _results(title: str, results: Numbers) -> Iterator[RenderableType]:
    yield ""
    yield f"{title}:"
    yield from (_named(name, value) for name, value in results.items())


def _named(name: str, value: object) -> str:
    """Return a number, a row, a matrix or each of several matrices as text; columns of short numbers are aligned."""
    if not isinstance(value, list):
        return f"{name}: {value}"
    if any(isinstance(row, list) and any(isinstance(x, list) for x in row) for row in value):
        return "\n".join(_named(f"{name}[{k}]", matrix) for k, matrix in enumerate(value))
    if not any(isinstance(row, list) for row in value):
        return f"{name}: {', '.join(map(str, _cut(value)))}"
    cells = [[str(x) for x in row] if isinstance(row, list) else [str(row)] for row in _cut(value)]
    width = min(max(len(cell) for row in cells for cell in row), WIDEST)
    return "\n".join([f"{name}: {len(value)} rows", *("  " + "  ".join(c.rjust(width) for c in row) for row in cells)])


def _cut(items: Sequence[object]) -> list[object]:
    if len(items) <= MOST_ROWS:
        return list(items)
    half = MOST_ROWS // 2
    return [*items[:half], f"... {len(items) - 2 * half} more ...", *items[-half:]]


def _is_small(case: Case) -> bool:
    points = case.input["points"]
    return (
        isinstance(points, list)
        and len(points) <= MOST_ROWS
        and all(isinstance(row, list) and len(row) == 2 for row in points)
    )


def _covariance_table(case: Case) -> Table:
    points = values.rows(case.input["points"], "points")
    mean = linear.mean(points)
    table = _table(
        f"as the lecture prints it, ddof = {case.params['ddof']}",
        "i",
        "x",
        "y",
        "x-E(X)",
        "y-E(Y)",
        "product",
    )
    for i, (x, y) in enumerate(points, 1):
        u, v = x - mean[0], y - mean[1]
        table.add_row(str(i), fixed(x, 0), fixed(y, 0), fixed(u, 2), fixed(v, 2), fixed(u * v, 2))
    assert case.expected is not None
    c = values.rows(case.expected["covariance"], "covariance")
    table.add_section()
    table.add_row("E", fixed(mean[0], 2), fixed(mean[1], 2), "", "", "")
    table.add_row("Var, Cov", fixed(c[0][0], 2), fixed(c[1][1], 2), "", "", fixed(c[0][1], 2))
    return table


def _e_step_table(case: Case) -> Table:
    rounds, theta = rounds_theta(case.input)
    found = coins.image(rounds, theta)
    table = _table("table 5.4: the E-step", "round", "A", "B", "heads A", "tails A", "heads B", "tails B")
    for n, ((h, t), g) in enumerate(zip(rounds, found.responsibilities, strict=True), 1):
        table.add_row(str(n), *(fixed(x, 2) for x in (g, 1 - g, g * h, g * t, (1 - g) * h, (1 - g) * t)))
    table.add_section()
    table.add_row("sum", "", "", *(fixed(x, 2) for pair in found.counts for x in pair))
    return table


def _iterations_table(case: Case, chain: Chain) -> Table:
    rounds, _ = rounds_theta(case.input)
    columns = ("iteration", "heads A", "tails A", "heads B", "tails B", "theta A", "theta B")
    table = _table("table 5.5: the iterations", *columns)
    for t, state in enumerate(chain.states[:-1], 1):
        box = enclose(values.row(list(state.center), "center"), values.number(state.radius, "radius"), chain.digits)
        found: coins.Image[Ball] = coins.image(rounds, (box[0], box[1]))
        counts = [fixed(x, 2) for pair in found.counts for x in pair]
        table.add_row(str(t), *counts, *(fixed(p, 3) for p in found.theta))
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, justify="right")
    return table
