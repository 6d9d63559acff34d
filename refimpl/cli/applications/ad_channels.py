"""The application ad-channels: the Peking lecture's clusters of advertising channels."""

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from refimpl.cli.applications.options import COUNT, form_of, output_options, search_options, searched, span_of
from refimpl.cli.console import with_progress
from refimpl.cli.printing import check_targets, deliver
from refimpl.errors import BadInput, Undecided

if TYPE_CHECKING:
    from refimpl.applications.many_starts import Minimum

GUARD = (12, 100)
"""Digits more than are printed: at first, and where these do not determine a digit."""


@click.command(name="ad-channels", short_help="Advertising channels in clusters: silhouettes, best K, profile.")
@click.argument("file", type=click.Path(path_type=Path))
@search_options("2-9")
@click.option("--minima", type=COUNT, default=1, show_default=True, help="So many lowest minima per K.")
@click.option("--profile", type=int, metavar="K", help="Describe the clusters of this K rather than of the best.")
@click.option("--digits", type=click.IntRange(1, 50), default=8, show_default=True, help="All of them are certain.")
@output_options("table", "json")
def ad_channels(
    file: Path,
    span: str,
    seed: int,
    restarts: int,
    minima: int,
    profile: int | None,
    digits: int,
    form: str | None,
    output: Path | None,
    plot: Path | None,
) -> None:
    """Cluster the advertising channels in FILE, choose K by the mean silhouette, and describe the clusters.

    \b
      refimpl run ad-channels ad_performance.txt
      refimpl run ad-channels ad_performance.txt --k 4 --digits 50
      refimpl run ad-channels ad_performance.txt --k 8 --minima 5
      refimpl run ad-channels fixtures/data/ad_channels.txt --k 2-6 --plot channels.svg
      refimpl run ad-channels ad_performance.txt --profile 9 --format json --output channels.json

    FILE has a line for each channel, 13 cells separated by tabs: a name, seven numbers, five categories; the first
    line has the headings, and a number that is missing is an empty cell. The Peking lecture's own table comes with a
    book (ad_performance.txt, 889 channels) and is no part of refimpl; fixtures/data/ad_channels.txt is a made-up one.

    As in the lecture, missing numbers become the mean of their column, the seven columns are brought to [0, 1],
    and categories are coded 0, 1, 2, ... in the order in which they appear, unscaled. For each K the lowest J of
    --restarts seeded starts stays. J is exact, and silhouettes are enclosed: each digit that is printed is certain.
    That no partition has a lower J is not.

    Where FILE is the lecture's own, its printed silhouettes stand beside ours; for K = 8 it printed that of a local
    minimum, which is shown as well.
    """
    from refimpl.applications import ad_channels as channels_of, ad_table, many_starts
    from refimpl.choose_k import elbow
    from refimpl.cli.applications import ad_report
    from refimpl.numbers import ball
    from refimpl.oracle import store

    ks = span_of(span, 2)
    if profile is not None and profile not in ks:
        raise BadInput(f"--profile {profile} is not among the K of --k {span}; give one of these")
    check_targets(file, output, plot)
    if plot is not None:
        from refimpl.own_data import plot as drawing

        drawn = drawing.form_of(plot)
    table = ad_table.parsed(_content(file), str(file))
    points = table.points()
    found = searched(points, ks, seed, restarts, "ad-channels")
    chosen: list[tuple[int, Minimum]] = []
    margins: list[Fraction | None] = []
    for k in with_progress(ks, len(ks), "exactly"):
        lowest = many_starts.lowest(points, found[k], minima)
        other = channels_of.printed(points, k, found[k]) if table.lecture else None
        if other is not None and other.labels not in [minimum.labels for minimum in lowest]:
            lowest.append(other)
        chosen += [(k, minimum) for minimum in lowest]
        margins += [many_starts.closest(points, minimum) for minimum in lowest]
    for guard in GUARD:
        measured = channels_of.measure(points, [minimum for _, minimum in chosen], ball(digits + guard))
        rows = [(k, one) for (k, _), one in zip(chosen, measured, strict=True)]
        result = ad_report.Result(table, str(file), rows, margins, restarts, seed, profile, digits, guard)
        try:
            text = result.document() if form_of(form, output, "json") == "json" else [*result.pieces()]
            break
        except Undecided:
            if guard == GUARD[-1]:
                raise
    if plot is not None:
        from refimpl.own_data import plot_sweep

        lowest_of = {k: one.clustering for k, one in reversed(rows)}
        js = {k: lowest_of[k].distortion for k in ks}
        means = [float(mean.mid) for k in ks for mean in (lowest_of[k].silhouette,) if mean is not None]
        panels = [
            plot_sweep.Panel("distortion J", [*map(float, js.values())], elbow(js) if len(ks) > 2 else None, "elbow"),
            plot_sweep.Panel("mean silhouette", means, result.best, "best"),
        ]
        store.write(plot, plot_sweep.draw(f"ad-channels, {file.name}", drawn, ks, panels))
    deliver(text, output)


def _content(file: Path) -> bytes:
    """Return the bytes of the table. Raises BadInput, which tells where the lecture's own comes from."""
    from refimpl.applications.ad_table import DIGEST, FORMAT
    from refimpl.oracle.case import LARGEST_FILE

    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise BadInput(
            f"{file}: {error.strerror}; the lecture's table is no part of refimpl but companion data of a book, "
            f"ad_performance.txt with the SHA-256 {DIGEST}; any table serves that has {FORMAT}"
        ) from None
    if len(content) > LARGEST_FILE:
        raise BadInput(f"{file}: more than {LARGEST_FILE} bytes; give a part of the channels")
    return content
