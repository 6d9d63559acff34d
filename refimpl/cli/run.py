"""The command run: a task on a person's own data."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from refimpl.cli.applications import COMMANDS, TaskOrApplication
from refimpl.cli.console import FILE, span, steps_shown
from refimpl.cli.printing import check_targets, deliver
from refimpl.errors import BadInput

if TYPE_CHECKING:  # what is computed is imported when it is asked for
    from refimpl.own_data import Step, Watch


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
@click.option("--dissimilarity", metavar="V", help="kmedoids.run: squared (the default), manhattan, or table.")
@click.option("--iterations", type=int, metavar="T", help="How many steps; for kmeans.fit the most.")
@click.option("--covariance-type", metavar="TYPE", help="gmm: full (the default), tied, diag or spherical.")
@click.option("--regularisation", metavar="C", help="gmm: add C to the diagonal of every covariance; 0 by default.")
@click.option("--rate", metavar="R", help="kmeans.online: 1/n (the default) or a number from 0 to 1.")
@click.option("--chosen", metavar="I,J", help="kmeans.seeding: indices of the points chosen already.")
@click.option("--ddof", type=int, metavar="D", help="moments.covariance, pca.fit: divide by N - D; 1 by default.")
@click.option("--method", metavar="M", help="linkage.fit: single, complete, average or ward.")
@click.option("--eps", metavar="E", help="dbscan.fit: the radius within which points are neighbours.")
@click.option("--min-points", type=int, metavar="M", help="dbscan.fit: neighbours of a core point, itself included.")
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
    dissimilarity: str | None,
    iterations: int | None,
    covariance_type: str | None,
    regularisation: str | None,
    rate: str | None,
    chosen: str | None,
    ddof: int | None,
    method: str | None,
    eps: str | None,
    min_points: int | None,
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
      refimpl run kmedoids.run iris.csv --columns 0-3 --k 3 --start first --iterations 10
      refimpl run preprocess.one_hot people.csv --columns city --output wide.csv
      refimpl run silhouette.samples labelled.csv --labels species
      refimpl run choose_k.sweep iris.csv --columns 0-3 --k 2-9 --start k-means++ --seed 1 --plot elbow.svg
      refimpl run linkage.fit iris.csv --columns 0-3 --method ward --k 3 --plot tree.svg
      refimpl run dbscan.fit geyser.csv --scale --eps 0.05 --min-points 5 --plot density.svg
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
      linkage.fit          the tree of nearest clusters, by --method; --k cuts it into K clusters
      dbscan.fit           clusters where points lie densely, and noise; --eps and --min-points
      modularity.score     how many more edges lie within the communities of --labels than chance would put there
      map_equation.score   the bits for each step of a walk that is told by modules
      modularity.optimum   the best of all partitions of at most 12 nodes; map_equation.optimum: of 10
      kmeans.optimum       the best of all partitions, for 10 points or for one column
      kmeans.seeding       the law by which k-means++ draws the next point
      kmedoids.run         K-means with rows for centers, and any dissimilarity; --iterations steps
      kmedians.run         K-means with medians, and sums of absolute differences; --iterations steps
      coins.run            EM for two coins; coins.step: one step; coins.fixed_point: its proven limit
      gmm.run              EM for K Gaussians; gmm.step, gmm.fixed_point; gmm.e_step: responsibilities alone
      bernoulli.run        EM for rows of 0 and 1; bernoulli.step, bernoulli.fixed_point, bernoulli.e_step
      binomial.run         EM for K coins and their weights; binomial.step, binomial.fixed_point
      gmm.m_step           the parameters of responsibilities in JSON; bernoulli.m_step
      pca.fit              principal components: variances, directions and scores; --k for the first K
      nmf.run              non-negative factors W and H of the table, K columns and rows; --iterations steps
      power.run            power iteration on a symmetric table: its leading eigenvector, after --iterations steps
      preprocess.min_max   columns from 0 to 1; preprocess.impute_mean: means for empty cells
      preprocess.codes     a column of words as 0, 1, 2, ... as they appear; preprocess.one_hot: a column for each word

    
    --start is one of
      first, random        different points of the data as centers, or as means of Gaussians
      k-means++            the same, far from each other
      uniform              gmm: means from the box of the data; tosses: from 1/4 to 3/4; nmf: W and H from 0 to 1
      k-means              gmm and bernoulli: the clusters of K-means
      ones                 power: a vector of ones, which is the default
      numbers              centers, means or probabilities; coins: 3/5,1/2; power: 1,0,2; nmf: W | H, '1; 2 | 1,1,1'
      indices              kmedoids: the rows that are the first medoids, from 0: 0,3
      FILE                 the same as rows; for mixtures also JSON: weights, means and covariances, for nmf only JSON:
                           w and h; both as written out, or as an earlier run wrote them with --format json

    Rows of FILE are points; for coins they are rounds, with the columns heads and tails (or the first two). Numbers
    are read exactly: 0.1 is one tenth. JSON is a list of rows, a list of objects, or {"input": ..., "params": ...}
    as in a case file; options come before what it says.

    Graphs are undirected: a square table of weights, a loop with twice its weight on the diagonal, or a list of edges
    with the columns source, target and, if you like, weight. Communities are a column of the square table, or a FILE
    with the columns node and community.

    kmedoids.run takes squared distances between rows, or --dissimilarity manhattan, the sums of absolute differences;
    with --dissimilarity table FILE is a square table of them, row by row. preprocess.* give the whole table back with
    --format csv. An empty cell, NA or ? is missing for preprocess.impute_mean, and an error elsewhere but in words.

    A component of Gaussians may collapse onto a point, where the likelihood has no bound; the run ends with a sentence
    then. Another start helps, or --regularisation, which makes the result another one.

    --kind exact computes with fractions, float as the hardware does, high with mpmath, and ball encloses every
    number, so that every digit printed is certain. By default it is ball where there are likelihoods, silhouettes,
    trees, components or factors, else exact. A start and a seed give the same result everywhere.
    """
    from refimpl import own_data
    from refimpl.oracle import store, tasks
    from refimpl.own_data import report

    if task not in tasks.TASKS:
        raise BadInput(
            f"there is no task {task!r}; the tasks are {', '.join(tasks.TASKS)}, and applications {', '.join(COMMANDS)}"
        )
    asked, contents = tasks.TASKS[task], own_data.contents(task)
    check_targets(file, output, plot)
    if str(file) == "-":
        content = sys.stdin.buffer.read()
        table = own_data.parsed(content, "standard input", columns, header=header, labels=labels, contents=contents)
    else:
        table = own_data.read(file, columns, header=header, labels=labels, contents=contents)
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
        method=method,
        eps=eps,
        min_points=min_points,
        dissimilarity=dissimilarity,
    )
    if plot is not None:
        from refimpl.own_data import plot as drawing

        drawn = drawing.check(own_data.Request(asked, table, options), plot)
    with _watching(task) as watch:
        outcome = own_data.run(task, table, options, watch)
    form = form or {".json": "json", ".csv": "csv"}.get(output.suffix.lower() if output else "", "table")
    if plot is not None:
        store.write(plot, drawing.draw(outcome, drawn))
    if form == "table":
        deliver(report.blocks(outcome), output)
    else:
        deliver(report.to_json(outcome) if form == "json" else report.to_csv(outcome), output)


@contextmanager
def _watching(label: str) -> Iterator["Watch"]:
    """Show every step on standard error, if anybody can see it; the bar only moves to and fro if no end is known."""
    with steps_shown(label) as show:

        def watch(step: "Step", total: int | None) -> None:
            height = "" if step.objective is None else f", objective {step.objective[:16]}"
            said = f"{label}: step {step.step}{f' of {total}' if total else ''}{height}"
            show(said, step.step, total)

        yield watch
