"""What the applications share: options that read a span of K, seeds and restarts, and the search with its bar."""

import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from refimpl.cli.console import FILE, with_progress
from refimpl.errors import BadInput

if TYPE_CHECKING:
    from refimpl.applications.many_starts import Ending

COUNT = click.IntRange(1)

C = TypeVar("C", bound=Callable[..., None])

SEED, RESTARTS = 3, 30
"""With these, every lowest minimum known of the lecture's table is found, and the one that it prints for K = 8."""


def search_options(span: str, restarts: int = RESTARTS) -> Callable[[C], C]:
    """Return a decorator that adds --k, --seed and --restarts, with defaults."""

    def add(command: C) -> C:
        for option in (
            click.option("--restarts", type=COUNT, default=restarts, show_default=True, help="Starts per K."),
            click.option("--seed", type=int, default=SEED, show_default=True, help="The same draws everywhere."),
            click.option("--k", "span", metavar="SPAN", default=span, show_default=True, help="One K, or from-to."),
        ):
            command = option(command)
        return command

    return add


def output_options(*forms: str) -> Callable[[C], C]:
    """Return a decorator that adds --format, --output and --plot."""

    def add(command: C) -> C:
        form = click.Choice(forms)
        for option in (
            click.option("--plot", type=FILE, help="Draw J over K to this file, .svg or .png; needs refimpl[plot]."),
            click.option("--output", type=FILE, help="Write to this file; its name may tell the format."),
            click.option("--format", "form", type=form, help="By default table."),
        ):
            command = option(command)
        return command

    return add


def form_of(form: str | None, output: Path | None, *forms: str) -> str:
    """Return the format that is asked for, or that the name of the output tells, or a table."""
    told = output.suffix.lower().lstrip(".") if output else ""
    return form or (told if told in forms else "table")


def span_of(text: str, least: int) -> list[int]:
    """Return the K of "2-9" or "4". Raises BadInput."""
    match = re.fullmatch(r"\s*([0-9]{1,6})\s*(?:-\s*([0-9]{1,6})\s*)?", text)
    if match is None:
        raise BadInput(f"--k {text!r} is no span; give one K such as 4, or from-to such as 2-9")
    low, high = int(match[1]), int(match[2] or match[1])
    if not least <= low <= high:
        raise BadInput(f"--k {text!r}: give from-to with {least} <= from <= to")
    return [*range(low, high + 1)]


def searched(
    points: Sequence[Sequence[Fraction]], ks: Sequence[int], seed: int, restarts: int, label: str
) -> "dict[int, list[Ending]]":
    """Return where all starts of each K end, while a bar counts them. Raises KTooLarge."""
    from refimpl.applications import many_starts

    grid = many_starts.on_grid(points)
    found: dict[int, list[Ending]] = {k: [] for k in ks}

    def runs() -> "Iterator[tuple[int, Ending]]":
        for k in sorted(ks, reverse=True):  # so that a K that is too large is told at once
            for ending in many_starts.endings(grid, k, seed=seed, restarts=restarts):
                yield k, ending

    for k, ending in with_progress(runs(), restarts * len(ks), label):
        found[k].append(ending)
    return found
