"""The application palette: an image in K colours, by K-means."""

from pathlib import Path

import click

from refimpl.cli.applications import pictures
from refimpl.cli.console import FILE, console


@click.command()
@click.argument("image", type=pictures.IMAGE)
@click.option("--k", type=int, default=8, show_default=True, metavar="K", help="How many colours, 1 to 256.")
@pictures.SEED
@click.option("--restarts", type=int, default=1, show_default=True, metavar="R", help="The best of so many starts.")
@pictures.ITERATIONS
@click.option("--output", type=FILE, help="Write the image to this file: .png .gif .bmp .tif .jpg.")
def palette(image: Path, k: int, seed: int, restarts: int, iterations: int, output: Path | None) -> None:
    """An image in K colours: every pixel gets the mean colour of its cluster.

    \b
      refimpl run palette photo.jpg                            the 8 colours that stand for all, as a table
      refimpl run palette photo.jpg --k 16 --output small.png  the image in 16 colours
      refimpl run palette photo.jpg --k 16 --restarts 5        the best of five starts
      refimpl run palette logo.png --k 2 --output logo.gif     line art in one bit a pixel

    The colours of all pixels are clustered by K-means, from a start drawn by k-means++. It is computed with integers
    and fractions: the same image, K and seed give the same palette everywhere, and that no step would move it is
    proven. Another start may end in another local minimum, with other colours; --restarts takes the best of several.

    Pixels are turned as the camera says, and transparent ones are laid on white. PNG, GIF, BMP and TIFF store a
    palette; JPEG has none, and is mostly larger then.

    Reading and writing images needs Pillow: pip install 'refimpl[images]'.
    """
    from refimpl.applications import images, palette as palettes
    from refimpl.numbers import fixed

    palettes.check_k(k)
    pictures.check_output(output, image)
    out = console()
    with pictures.watching("palette", restarts, iterations) as watch:
        picture = images.read(image)
        made, found = palettes.few_colours(picture, k, seed=seed, restarts=restarts, iterations=iterations, watch=watch)
    pictures.introduce(out, image, picture, len(found.labels))
    pictures.tell_steps(out, found, k)
    pictures.print_palette(out, made)
    pictures.print_bits(out, made)
    out.print(f"mean squared change of a level: {fixed(made.error, 2)}")
    if output is not None:
        pictures.save(out, picture, made, output, image)
