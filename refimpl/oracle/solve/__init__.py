"""Expected values, certificates and attainable digits: one module for each family of tasks.

Every solver is a function (input, params) -> Solution. It computes with the rooms on exact numbers, or on balls
where rational arithmetic ends; a wrong input raises the error that the case expects.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from refimpl.oracle import tasks
from refimpl.oracle.case import Numbers
from refimpl.oracle.solve import (
    coins,
    coins_fixed_point,
    graphs,
    kmeans,
    mixtures,
    mixtures_fixed_point,
    moments,
    nmf,
    pca,
    power,
    silhouette,
    sweep,
)
from refimpl.oracle.solve.solution import Solution

Solver: TypeAlias = Callable[[Numbers, Numbers], Solution]

SOLVERS: Mapping[str, Solver] = {
    **moments.SOLVERS,
    **kmeans.SOLVERS,
    **silhouette.SOLVERS,
    **sweep.SOLVERS,
    **graphs.SOLVERS,
    **coins.SOLVERS,
    **coins_fixed_point.SOLVERS,
    **mixtures.SOLVERS,
    **mixtures_fixed_point.SOLVERS,
    **power.SOLVERS,
    **pca.SOLVERS,
    **nmf.SOLVERS,
}
"""By the name of the task."""


def solve(task: str, given: Numbers, params: Numbers) -> Solution:
    """Return the solution of a task. Raises an error of the family where the input breaks a rule."""
    tasks.check(tasks.task_named(task), given, params)
    return SOLVERS[task](given, params)
