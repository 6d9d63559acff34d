"""One task on own data: from a table and options to results and the trace of the objective."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from refimpl.oracle import tasks
from refimpl.own_data import (
    clusters,
    coins,
    components,
    covariance,
    density,
    descents,
    factors,
    gaussians,
    graphs,
    power,
    preprocessing,
    silhouettes,
    sweeps,
    tosses,
    trees,
)
from refimpl.own_data.found import Found, Step, Watch
from refimpl.own_data.options import Options
from refimpl.own_data.request import GRAPHS, Request
from refimpl.own_data.table import Contents, Table, scaled

JOBS: Mapping[str, Callable[[Request, Watch], Found]] = {
    **covariance.JOBS,
    **silhouettes.JOBS,
    **sweeps.JOBS,
    **trees.JOBS,
    **density.JOBS,
    **graphs.JOBS,
    **clusters.JOBS,
    **descents.JOBS,
    **coins.JOBS,
    **gaussians.JOBS,
    **tosses.JOBS,
    **components.JOBS,
    **power.JOBS,
    **factors.JOBS,
    **preprocessing.JOBS,
}
"""Every task by its name."""

PLAIN = Options()


@dataclass(frozen=True)
class Outcome:
    """A request and what was found."""

    request: Request
    found: Found


def contents(task: str) -> Contents:
    """Return what the cells of a task's table are."""
    if task in preprocessing.OF_TEXTS:
        return "texts"
    return "graph" if task.startswith(GRAPHS) else "numbers"


def unwatched(step: Step, total: int | None) -> None:
    """Take no notice of a step."""


def run(task: str, table: Table, options: Options = PLAIN, watch: Watch = unwatched) -> Outcome:
    """Return what a task finds on a table; `watch` is told every step.

    Raises BadInput where the options or the data are not what the task needs, and whatever the room raises.
    """
    request = Request(tasks.task_named(task), table, options)
    if options.scale:
        request = replace(request, table=scaled(table))
    return Outcome(request, JOBS[task](request, watch))
