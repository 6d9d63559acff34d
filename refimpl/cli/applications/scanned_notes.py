"""The application scanned-notes: a scan of handwriting in a few clean colours."""

from fractions import Fraction
from pathlib import Path

import click

from refimpl.cli.applications import pictures
from refimpl.cli.console import FILE, console


@click.command("scanned-notes")
@click.argument("image", type=pictures.IMAGE)
@click.option("--k", type=int, default=8, show_default=True, metavar="K", help="How many colours, paper included.")
@click.option("--white", is_flag=True, help="White paper in place of its own colour.")
@click.option("--value", type=click.IntRange(0, 100), default=25, show_default=True, help="Percent; see above.")
@click.option("--saturation", type=click.IntRange(0, 100), default=20, show_default=True, help="Percent; see above.")
@pictures.SEED
@click.option("--restarts", type=int, default=10, show_default=True, metavar="R", help="The best of so many starts.")
@pictures.ITERATIONS
@click.option("--output", type=FILE, help="Write the image to this file: .png .gif .bmp .tif .jpg.")
def scanned_notes(
    image: Path,
    k: int,
    white: bool,
    value: int,
    saturation: int,
    seed: int,
    restarts: int,
    iterations: int,
    output: Path | None,
) -> None:
    """A scan of handwriting in a few clean colours: paper, and K - 1 inks.

    \b
      refimpl run scanned-notes page.jpg --output clean.png            7 inks on paper of one colour
      refimpl run scanned-notes page.jpg --white --output clean.png    on white paper
      refimpl run scanned-notes page.jpg --k 4 --output clean.png      for few pens
      refimpl run scanned-notes pencil.png --value 15 --output clean.png  keeps fainter strokes

    The most frequent colour is the paper. A pixel is ink if its value (its largest level) or its saturation (how far it
    is from grey) differs from the paper's by --value or --saturation percent or more; everything else becomes
    paper: noise, shadows, and what shines through from the back. Lower percentages keep fainter strokes, higher ones
    remove more. The colours of the ink are clustered by K-means, as in `refimpl run palette`.

    Reading and writing images needs Pillow: pip install 'refimpl[images]'.
    """
    from refimpl.applications import images, palette, scanned_notes as notes

    pictures.check_output(output, image)
    out = console()
    with pictures.watching("scanned-notes", restarts, iterations) as watch:
        picture = images.read(image)
        made = notes.clean(
            picture,
            k,
            value=Fraction(value, 100),
            saturation=Fraction(saturation, 100),
            white=white,
            seed=seed,
            restarts=restarts,
            iterations=iterations,
            watch=watch,
        )
    pictures.introduce(out, image, picture, made.different)
    out.print(f"paper: {palette.hexadecimal(made.background)}{', written as white' if white else ''}")
    if made.clusters is None:
        out.print("nothing is written on it; lower --value or --saturation find fainter strokes")
    else:
        pictures.tell_steps(out, made.clusters, k - 1)
    pictures.print_palette(out, made.palette)
    pictures.print_bits(out, made.palette)
    if output is not None:
        pictures.save(out, picture, made.palette, output, image)
