"""The application candidates: the rows nearest the centers of as many clusters as the elbow tells."""

import sys
from pathlib import Path
from typing import Literal

import click

from refimpl.cli.applications.options import COUNT, form_of, output_options, search_options, searched, span_of
from refimpl.cli.console import with_progress
from refimpl.cli.printing import check_targets, deliver
from refimpl.errors import BadInput


@click.command(short_help="A few rows of many: those nearest the centers of clusters, K by the elbow.")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--per-cluster", type=COUNT, metavar="M", help="Choose the M nearest of every cluster.")
@click.option("--count", type=COUNT, metavar="C", help="Choose C in all, as evenly from the clusters as can be.")
@click.option("--id", "name", metavar="COLUMN", help="The column that names the rows, and is no feature.")
@click.option("--columns", metavar="A,B", help="Only these features: names, indices from 0, or spans: 1-8.")
@click.option("--header/--no-header", default=None, help="Line 1 has names; by default if no number is in it.")
@click.option("--scale", is_flag=True, help="Bring each feature to [0, 1] first, exactly.")
@search_options("1-16", 10)
@click.option("--elbow", "rule", type=click.Choice(["ratio", "bend"]), default="ratio", show_default=True)
@click.option("--digits", type=click.IntRange(1, 50), default=8, show_default=True, help="All of them are certain.")
@output_options("table", "csv", "json")
def candidates(
    file: Path,
    per_cluster: int | None,
    count: int | None,
    name: str | None,
    columns: str | None,
    header: bool | None,
    scale: bool,
    span: str,
    seed: int,
    restarts: int,
    rule: Literal["ratio", "bend"],
    digits: int,
    form: str | None,
    output: Path | None,
    plot: Path | None,
) -> None:
    """Cluster the rows of FILE by their features, choose K by the elbow of J, and choose the rows nearest the centers.

    \b
      refimpl run candidates structures.csv --id structure --scale --count 88 --output chosen.csv
      refimpl run candidates structures.csv --id structure --scale --per-cluster 8 --plot elbow.svg
      refimpl run candidates structures.csv --columns 1-8 --k 11 --per-cluster 1
      refimpl run candidates iris.csv --id species --k 1-8 --elbow bend --count 20 --format json

    In the Peking lecture K-means chooses 88 of 1287 structures of a crystal for costlier computations. It does not
    say how many of each cluster; here they are the M that are nearest to every center, or C in all: the nearest of
    every cluster, then the second nearest, and so on. Of equal distances the lowest row counts.

    FILE is CSV or JSON as for the tasks, - for standard input. Rows count from 0 below the header. For each K of
    --k the lowest J of --restarts seeded starts stays. J, distances and the choice are exact for the clusters that
    were found; that no partition has a lower J is not proven.

    --elbow ratio, for spans of any width, takes the K at which J_(K-1) / J_K is greatest beside J_K / J_(K+1); bend
    takes the greatest J_(K-1) - 2 J_K + J_(K+1), which in a wide span mostly is at its beginning. With one K there is
    nothing to choose.
    """
    from refimpl import choose_k, own_data
    from refimpl.applications import candidates as choosing, many_starts
    from refimpl.cli.applications import candidate_report
    from refimpl.oracle import store
    from refimpl.own_data.table import scaled

    ks = span_of(span, 1)
    if len(ks) == 2:
        raise BadInput(f"--k {span}: an elbow needs three K or more; give a wider span, or one K")
    if (per_cluster is None) == (count is None):
        raise BadInput("how many are to be chosen? give either --per-cluster M or --count C")
    check_targets(file, output, plot)
    if plot is not None:
        from refimpl.own_data import plot as drawing

        if len(ks) == 1:
            raise BadInput(f"--plot draws J over K, and --k {span} is one K; give a span, or leave --plot out")
        drawn = drawing.form_of(plot)
    if str(file) == "-":
        content = sys.stdin.buffer.read()
        table = own_data.parsed(content, "standard input", columns, header=header, labels=name)
    else:
        table = own_data.read(file, columns, header=header, labels=name)
    table = scaled(table) if scale else table
    if count is not None and count > len(table.rows):
        raise BadInput(f"--count is {count}, but {table.source} has {len(table.rows)} rows; give at most that")
    found = searched(table.rows, ks, seed, restarts, "candidates")
    minima = {k: many_starts.lowest(table.rows, found[k])[0] for k in with_progress(ks, len(ks), "exactly")}
    js = {k: minimum.distortion for k, minimum in minima.items()}
    chosen = ks[0] if len(ks) == 1 else choosing.elbow(js) if rule == "ratio" else choose_k.elbow(js)
    best = minima[chosen]
    many_starts.closest(table.rows, best)  # which refutes it, were it no fixed point
    members = choosing.ranked(table.rows, best.labels, best.centers)
    picked = choosing.in_all(members, count) if count is not None else choosing.each(members, per_cluster or 1)
    result = candidate_report.Result(table, minima, chosen, rule, restarts, seed, picked, digits)
    if plot is not None:
        from refimpl.own_data import plot_sweep

        heights = [*map(float, js.values())]
        panels = [plot_sweep.Panel("distortion J", heights, chosen, "elbow")]
        if rule == "ratio" and min(heights) > 0:  # it is a bend on a logarithmic scale
            panels.append(plot_sweep.Panel("J, logarithmic", heights, chosen, "elbow", logarithmic=True))
        store.write(plot, plot_sweep.draw(f"candidates, {Path(table.source).name}", drawn, ks, panels))
    written = {"csv": result.csv, "json": result.document, "table": result.pieces}
    deliver(written[form_of(form, output, "csv", "json")](), output)
