"""What the commands on images share: progress, the palette as a table, the sizes of files."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from refimpl.cli.console import steps_shown
from refimpl.cli.printing import check_targets
from refimpl.oracle.visible import visible

if TYPE_CHECKING:  # what is computed is imported when it is asked for
    from refimpl.applications.images import Picture
    from refimpl.applications.palette import Clusters, Palette, Watch

IMAGE = click.Path(path_type=Path, dir_okay=False)
"""The type of an argument that names an image."""

SEED = click.option("--seed", type=int, default=0, show_default=True, metavar="S", help="Draws the start, k-means++.")
ITERATIONS = click.option(
    "--iterations", type=int, default=500, show_default=True, metavar="T", help="The most steps of K-means."
)


def check_output(output: Path | None, file: Path) -> None:
    """Raise BadInput, before anything is computed, where an image cannot be written; warn of a JPEG."""
    from refimpl.applications import images

    if output is None:
        return
    check_targets(file, output, None)
    if images.check_format(output) == "JPEG":
        click.echo(
            f"refimpl: {visible(str(output))}: a JPEG has no palette and changes colours; .png keeps them", err=True
        )


@contextmanager
def watching(label: str, restarts: int, iterations: int) -> "Iterator[Watch]":
    """Show on standard error that an image is read, and then every step, if anybody can see it."""
    from refimpl.numbers import fixed

    with steps_shown(f"{label}: reading") as show:

        def watch(start: int, step: int, distortion: Fraction) -> None:
            begun = "" if restarts == 1 else f"start {start} of {restarts}, "
            show(f"{label}: {begun}step {step}, objective {fixed(distortion, 0)}", step, iterations)

        yield watch


def introduce(out: Console, file: Path, picture: "Picture", different: int) -> None:
    """Print what was read."""
    size = f"{picture.width} x {picture.height} pixels"
    out.print(visible(f"{file}: {size}, {counted(different, 'colour')}"))
    if picture.on_white:
        out.print("transparent pixels were laid on white")


def tell_steps(out: Console, found: "Clusters", k: int) -> None:
    """Print how K-means ended."""
    if len(found.centers) < k:
        out.print(f"no more than {counted(len(found.centers), 'colour')} to choose from: each is kept")
    steps = counted(found.steps, "step")
    if found.settled:
        out.print(f"settled after {steps}: a fixed point of K-means, proven before rounding to whole levels")
    else:
        out.print(f"not settled after {steps}: a palette, but no fixed point of K-means; give more --iterations")


def print_palette(out: Console, palette: "Palette") -> None:
    """Print colours, their pixels and shares, and on a terminal what the colours look like."""
    from refimpl.applications.palette import hexadecimal

    pixels = len(palette.labels)
    table = Table(box=None, pad_edge=False)
    for name in ("colour", "pixels", "share", *([""] if out.is_terminal else [])):
        table.add_column(name, justify="right")
    for colour, count in zip(palette.colours, palette.counts, strict=True):
        name = hexadecimal(colour)
        swatch = [Text("      ", style=f"on {name}")] if out.is_terminal else []
        table.add_row(name, str(count), percent(Fraction(count, pixels)), *swatch)
    out.print()
    out.print(table, soft_wrap=False)
    out.print()


def print_bits(out: Console, palette: "Palette") -> None:
    """Print how many bits a pixel takes."""
    from refimpl.applications import images

    k, pixels = len(palette.colours), len(palette.labels)
    bare, whole = percent(images.share(k)), percent(images.share(k, pixels))
    out.print(f"bits a pixel: {images.depth(k)} of 24, {bare}; with the palette itself {whole}")


def save(out: Console, picture: "Picture", palette: "Palette", output: Path, file: Path) -> None:
    """Write the image, and print the sizes of both files."""
    from refimpl.applications import images
    from refimpl.oracle import store

    form = images.check_format(output)
    content = images.encoded(palette.labels, picture.width, palette.colours, form, picture.profile)
    store.write(output, content)
    before = file.stat().st_size
    ratio = percent(Fraction(len(content), before))
    out.print(visible(f"{file}: {before} bytes; {output}: {len(content)} bytes, {ratio}"))


def percent(share: Fraction) -> str:
    """Return a share as percent with two decimals."""
    from refimpl.numbers import fixed

    return f"{fixed(share * 100, 2)} %"


def counted(n: int, noun: str) -> str:
    """Return a number and its noun."""
    return f"{n} {noun}{'' if n == 1 else 's'}"
