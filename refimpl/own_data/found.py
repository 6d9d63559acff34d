"""What a run on own data finds, and the steps that it tells on the way.

A number in a result is text, as everywhere outside of the rooms: whoever prints, stores or draws it reads it back
exactly, and no digit is written that was not decided.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from refimpl.oracle.values import Tree


@dataclass(frozen=True)
class Step:
    """One line of the trace."""

    step: int
    """Its number; 0 is the start."""
    objective: str | None
    """J of this step, or ln p at its parameters, or the Rayleigh quotient; None where a task has none of them."""
    changed: int | None = None
    """How many labels differ from those of the step before; None up to step 1, whose labels are the start's."""
    theta: tuple[str, str] | None = None
    """(theta_A, theta_B) after this step."""


Watch: TypeAlias = Callable[[Step, int | None], None]
"""Is told every step as it is done, and how many there will be where that is known."""


@dataclass(frozen=True)
class Found:
    """What a task finds."""

    results: Mapping[str, Tree]
    """By the names of the task's outputs."""
    trace: tuple[Step, ...] = ()
    settled: bool | None = None
    """Whether the iteration came to its end; None where it has none."""
