"""The command run: a task on a person's own data."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from refimpl.cli.applications import TaskOrApplication
from refimpl.cli.console import FILE, WIDE, console, span
from refimpl.errors import BadInput
from refimpl.oracle.visible import visible

if TYPE_CHECKING:  # what is computed is imported when it is asked for
    from refimpl.own_data import Outcome, Step, Watch


@click.command(cls=TaskOrApplication)
@click.argument("task")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--columns", metavar="A,B", help="Only these columns: names, indices from 0, or spans: 0-63.")
@click.option("--header/--no-header", default=None, help="Line 1 has names; by default if no number is in it.")
@click.option("--scale", is_flag=True, default=None, help="Bring each column of points to [0, 1] first, exactly.")
@click.option("--k", callback=span, metavar="K", help="How many clusters, components or factors; choose_k.sweep: 2-9.")
@click.option("--labels", metavar="COLUMN", help="The column of the clusters; for a list of edges a FILE.")
@click.option("--start", metavar="RULE", help="A rule of the list above, FILE or numbers: '1,2; 3,4'.")
@click.option("--seed", type=int, metavar="S", help="An integer for rules that draw: the same draws everywhere.")
@click.option("--restarts", type=int, metavar="R", help="choose_k.sweep: the best of R starts for each K.")
@click.option("--iterations", type=int, metavar="T", help="How many steps; for kmeans.fit the most.")
@click.option("--covariance-type", metavar="TYPE", help="gmm: full (the default), tied, diag or spherical.")
@click.option("--regularisation", metavar="C", help="gmm: add C to the diagonal of every covariance; 0 by default.")
@click.option("--rate", metavar="R", help="kmeans.online: 1/n (the default) or a number from 0 to 1.")
@click.option("--chosen", metavar="I,J", help="kmeans.seeding: indices of the points chosen already.")
@click.option("--ddof", type=int, metavar="D", help="moments.covariance, pca.fit: divide by N - D; 1 by default.")
@click.option("--kind", type=click.Choice(["exact", "float", "high", "ball"]), help="By default ball or exact.")
@click.option("--digits", type=int, default=10, show_default=True, help="Significant digits that are printed.")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), help="By default table.")
@click.option("--output", type=FILE, help="Write to this file; its name may tell the format: .json, .csv.")
@click.option("--plot", type=FILE, help="Draw to this file, .svg or .png; needs refimpl[plot].")
def run(
    task: str,
    file: Path,
    columns: str | None,
    header: bool | None,
    scale: bool | None,
    k: int | tuple[int, int] | None,
    labels: str | None,
    start: str | None,
    seed: int | None,
    restarts: int | None,
    iterations: int | None,
    covariance_type: str | None,
    regularisation: str | None,
    rate: str | None,
    chosen: str | None,
    ddof: int | None,
    kind: Literal["exact", "float", "high", "ball"] | None,
    digits: int,
    form: str | None,
    output: Path | None,
    plot: Path | None,
) -> None:
    """Run TASK on your own data in FILE: CSV or JSON, - for standard input.

    \b
      refimpl run moments.covariance heights.csv
      refimpl run kmeans.fit iris.csv --columns 0,1,2,3 --k 3 --start k-means++ --seed 1
      refimpl run kmeans.fit geyser.csv --start '2000,50; 4500,80' --plot clusters.svg
      refimpl run kmeans.run big.csv --k 5 --start first --iterations 20 --kind float --output labels.csv
      refimpl run silhouette.samples labelled.csv --labels species
      refimpl run choose_k.sweep iris.csv --columns 0-3 --k 2-9 --start k-means++ --seed 1 --plot elbow.svg
      refimpl run modularity.optimum friends.csv --output communities.csv
      refimpl run map_equation.score friends.csv --labels communities.csv
      refimpl run coins.run tosses.csv --start 3/5,1/2 --iterations 10 --digits 30
      refimpl run gmm.run geyser.csv --scale --k 2 --start uniform --seed 2 --iterations 100 --plot gaussians.svg
      refimpl run bernoulli.run images.csv --k 3 --start uniform --seed 1 --iterations 40 --kind float
      refimpl run pca.fit iris.csv --columns 0-3 --plot components.svg
      refimpl run nmf.run counts.csv --k 2 --start uniform --seed 1 --iterations 50
      refimpl run power.run matrix.csv --start 1,0,0 --iterations 20
      echo '[[0],[1],[4],[9]]' | refimpl run kmeans.optimum - --k 2

    \b
    TASK is one of
      moments.covariance   mean, covariance and correlation of the columns
      kmeans.fit           K-means until the labels repeat; kmeans.run: --iterations steps; kmeans.step: one
      kmeans.online        K-means point by point
      kmeans.assign        the nearest center of every point; kmeans.update: means, of --labels
      silhouette.samples   how much nearer rows are to their own cluster than to the next; silhouette.clusters
      choose_k.sweep       J, mean silhouette and within/between distance for each K of a span such as --k 2-9
      modularity.score     how many more edges lie within the communities of --labels than chance would put there
      map_equation.score   the bits for each step of a walk that is told by modules
      modularity.optimum   the best of all partitions of at most 12 nodes; map_equation.optimum: of 10
      kmeans.optimum       the best of all partitions, for 10 points or for one column
      kmeans.seeding       the law by which k-means++ draws the next point
      coins.run            EM for two coins; coins.step: one step; coins.fixed_point: its proven limit
      gmm.run              EM for K Gaussians; gmm.step, gmm.fixed_point; gmm.e_step: responsibilities alone
      bernoulli.run        EM for rows of 0 and 1; bernoulli.step, bernoulli.fixed_point, bernoulli.e_step
      binomial.run         EM for K coins and their weights; binomial.step, binomial.fixed_point
      gmm.m_step           the parameters of responsibilities in JSON; bernoulli.m_step
      pca.fit              principal components: variances, directions and scores; --k for the first K
      nmf.run              non-negative factors W and H of the table, K columns and rows; --iterations steps
      power.run            power iteration on a symmetric table: its leading eigenvector, after --iterations steps

    
    --start is one of
      first, random        different points of the data as centers, or as means of Gaussians
      k-means++            the same, far from each other
      uniform              gmm: means from the box of the data; tosses: from 1/4 to 3/4; nmf: W and H from 0 to 1
      k-means              gmm and bernoulli: the clusters of K-means
      ones                 power: a vector of ones, which is the default
      numbers              centers, means or probabilities; coins: 3/5,1/2; power: 1,0,2; nmf: W | H, '1; 2 | 1,1,1'
      FILE                 the same as rows; for mixtures also JSON: weights, means and covariances, for nmf only JSON:
                           w and h; or what an earlier run wrote with --format json

    Rows of FILE are points; for coins they are rounds, with the columns heads and tails (or the first two). Numbers
    are read exactly: 0.1 is one tenth. JSON is a list of rows, a list of objects, or {"input": ..., "params": ...}
    as in a case file; options come before what it says.

    Graphs are undirected: a square table of weights, a loop with twice its weight on the diagonal, or a list of edges
    with the columns source, target and, if you like, weight. Communities are a column of the square table, or a FILE
    with the columns node and community.

    A component of Gaussians may collapse onto a point, where the likelihood has no bound; the run ends with a sentence
    then. Another start helps, or --regularisation, which makes the result another one.

    --kind exact computes with fractions, float as the hardware does, high with mpmath, and ball encloses every
    number, so that every digit printed is certain. By default it is ball where there are likelihoods, silhouettes,
    components or factors, else exact. A start and a seed give the same result everywhere.
    """
    from refimpl import own_data
    from refimpl.oracle import store, tasks
    from refimpl.own_data import report
    from refimpl.own_data.request import GRAPHS

    asked, graph = tasks.task_named(task), task.startswith(GRAPHS)
    for target in (output, plot):
        _check_target(target, file)
    if plot is not None and plot == output:
        raise BadInput(f"{plot}: --output and --plot are one file; give two names")
    if str(file) == "-":
        content = sys.stdin.buffer.read()
        table = own_data.parsed(content, "standard input", columns, header=header, labels=labels, graph=graph)
    else:
        table = own_data.read(file, columns, header=header, labels=labels, graph=graph)
    options = own_data.Options(
        start=start,
        k=None if isinstance(k, tuple) else k,
        ks=k if isinstance(k, tuple) else None,
        seed=seed,
        restarts=restarts,
        iterations=iterations,
        rate=rate,
        chosen=chosen,
        ddof=ddof,
        kind=kind,
        digits=digits,
        scale=scale,
        labels=labels,
        covariance_type=covariance_type,
        regularisation=regularisation,
    )
    if plot is not None:
        from refimpl.own_data import plot as drawing

        drawn = drawing.check(own_data.Request(asked, table, options), plot)
    with _watching(task) as watch:
        outcome = own_data.run(task, table, options, watch)
    form = form or {".json": "json", ".csv": "csv"}.get(output.suffix.lower() if output else "", "table")
    if plot is not None:
        store.write(plot, drawing.draw(outcome, drawn))
    if form == "table" and output is None:
        _print(outcome, console())
        return
    text = io.StringIO()
    if form == "table":
        _print(outcome, Console(file=text, width=WIDE, highlight=False, markup=False, emoji=False, color_system=None))
    else:
        text.write(report.to_json(outcome) if form == "json" else report.to_csv(outcome))
    if output is None:
        click.echo(text.getvalue(), nl=False)
    else:
        store.write(output, text.getvalue().encode())


def _check_target(target: Path | None, file: Path) -> None:
    """Raise BadInput, before anything is computed, where a file cannot be written or is the data themselves."""
    if target is None:
        return
    if not target.parent.is_dir():
        raise BadInput(f"{target}: there is no folder {str(target.parent)!r}; make it, or give another name")
    if target.exists() and file.exists() and target.samefile(file):
        raise BadInput(f"{target}: this would write over the data; give another name")


@contextmanager
def _watching(label: str) -> Iterator["Watch"]:
    """Show every step on standard error, if anybody can see it; the bar only moves to and fro if no end is known."""
    stderr = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as progress:
        bar = progress.add_task(label, total=None)

        def watch(step: "Step", total: int | None) -> None:
            height = "" if step.objective is None else f", objective {step.objective[:16]}"
            said = f"{label}: step {step.step}{f' of {total}' if total else ''}{height}"
            progress.update(bar, completed=step.step, total=total, description=said)

        yield watch


def _print(outcome: "Outcome", out: Console) -> None:
    from refimpl.own_data.report import Block, blocks

    apart = False  # a table stands apart from what is above and below it
    for block in blocks(outcome):
        if apart or isinstance(block, Block):
            out.print()
        apart = isinstance(block, Block)
        if isinstance(block, Block):
            table = Table(box=None, pad_edge=False)
            for name in block.header:
                table.add_column(visible(name), justify="right")
            for row in block.rows:
                table.add_row(*map(visible, row))
            out.print(table, soft_wrap=False)
        else:
            out.print(visible(block))
