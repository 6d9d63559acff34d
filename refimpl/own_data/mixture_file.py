"""Parameters of a mixture that a person writes out: on the command line, in a file, or in the document of the data.

A file in JSON holds {"weights", "means", "covariances"} for Gaussians and {"weights", "probabilities"} for tosses, a
case with its input, or what an earlier run has written with --format json. Means or probabilities have to be there.
So may the factors {"w", "h"} of nmf.run stand in a file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

from refimpl import kmeans
from refimpl.errors import BadInput
from refimpl.mixture import ROUNDED
from refimpl.oracle import values
from refimpl.oracle.case import LARGEST_FILE
from refimpl.oracle.values import Rows, Tree
from refimpl.own_data import start
from refimpl.own_data.document import tree_of
from refimpl.own_data.request import Request

NAMES = {
    "gmm": ("means", "weights", "covariances"),
    "bernoulli": ("probabilities", "weights"),
    "binomial": ("probabilities", "weights"),
    "nmf": ("w", "h"),
}
"""What a start has in a file; the first is needed."""


@dataclass(frozen=True)
class Given:
    """Parameters that somebody wrote."""

    where: str
    """Who wrote them, for sentences."""
    components: Rows
    """Means or probabilities, K x D, or K x 1 for coins."""
    weights: list[Fraction]
    """Length K."""
    covariances: list[Rows] | None
    """K x D x D; None where there are none."""


def given(request: Request, rules: Sequence[str]) -> Given:
    """Return the parameters that the start names or the document of the data holds. Raises BadInput and KTooLarge.

    rules: those that serve instead, for sentences.
    """
    rule, k, seed = request.options.start, request.options.k, request.options.seed
    main, *_ = _names(request)
    if rule is None and main not in request.table.fields:
        raise BadInput(f"{request.task.name} needs a start; give --start {', '.join(rules)}, FILE or numbers")
    if seed is not None:
        raise BadInput("--seed has no use where the start gives the parameters; leave it out")
    if rule is None:
        found = _of_fields(request, request.table.source, request.table.fields)
    else:
        fields = of_file(request, rule)
        if fields is not None:
            found = _of_fields(request, rule, fields)
        else:
            rows = _written_out(request, rule, rules)
            found = Given("--start", rows, _even(len(rows)), None)
    if k not in (None, len(found.components)):
        raise BadInput(f"--k is {k}, but the start has {len(found.components)} components; leave --k out")
    if rule is not None and not request.task.name.endswith(".e_step"):  # which may ask about one new point
        kmeans.check_k(len(found.components), len(request.table.rows))
    return found


def _names(request: Request) -> tuple[str, ...]:
    return NAMES[request.task.name.partition(".")[0]]


def _even(k: int) -> list[Fraction]:
    return [Fraction(1, k)] * k


def _written_out(request: Request, rule: str, rules: Sequence[str]) -> Rows:
    if not request.task.name.startswith("binomial."):
        return start.given(request.table, rule, None, None, rules)
    rows = start.inline(rule)
    if rows is None or len(rows) != 1:
        raise BadInput(f"--start is {rule!r}; give {', '.join(rules)}, a JSON file, or probabilities such as 3/5,1/2")
    return [[p] for p in rows[0]]


def of_file(request: Request, rule: str) -> Mapping[str, Tree] | None:
    """Return the parameters in a JSON object; None where the rule names no such file."""
    path = Path(rule)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):  # `start` says what is wrong with it
        return None
    if len(content) > LARGEST_FILE or not text.lstrip().startswith("{"):
        return None
    names = _names(request)
    form = "{" + ", ".join(f'"{name}": ...' for name in names) + "}"
    tree = cast(Mapping[str, object], tree_of(text, rule, form))
    for part in ("results", "input"):
        inner = tree.get(part)
        if isinstance(inner, dict):
            found = {name: inner[name] for name in names if name in inner}
            break
    else:
        found = {**tree}
    for name in found:
        if name not in names:
            raise BadInput(f"{rule}: there is {name!r}; give {form}")
    if names[0] not in found:
        raise BadInput(f"{rule}: there are no {names[0]}; give {form}")
    return cast(Mapping[str, Tree], found)


def _of_fields(request: Request, where: str, fields: Mapping[str, Tree]) -> Given:
    main, *_ = _names(request)
    try:
        if request.task.name.startswith("binomial."):
            components = [[p] for p in values.row(fields[main], main)]
        else:
            components = values.rows(fields[main], main)
        if not components:
            raise BadInput(f"{main} is empty; give at least one component")
        weights = values.row(fields["weights"], "weights") if "weights" in fields else _even(len(components))
        covariances = values.matrices(fields["covariances"], "covariances") if "covariances" in fields else None
    except BadInput as error:
        raise BadInput(f"{where}: {error}") from None
    return Given(where, components, _summing_to_one(weights), covariances)


def _summing_to_one(weights: list[Fraction]) -> list[Fraction]:
    """Return weights that were rounded when they were written, divided by their sum; others are left to the room."""
    whole = sum(weights, Fraction(0))
    return [w / whole for w in weights] if abs(whole - 1) * ROUNDED <= 1 else weights
