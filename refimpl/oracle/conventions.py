"""Where mathematics leaves a choice: what a peer may declare, and what is assumed of one that says nothing.

    ties        which center of several nearest ones gets a point
    empty       what becomes of the center of an empty cluster
    labels      used: those of the step; final: assigned once more to the centers that are returned
    objective   updated: J of the labels used, at the centers that are returned; final: J of labels assigned once
                more to them; old: J of the labels used, at the centers that entered the step
    likelihood  entered: at the parameters that entered the step; left: at those that are returned
    scale       total: of all rounds; per-sample: divided by their number
    binomial    omitted: tosses are sequences; included: ln C(h + t, h) is added for every round
    median      midpoint: of an even number of entries that of the two in the middle; other: another number between them
    divisor     of a covariance. asked: n - ddof; n, n-1 and 1 (the scatter matrix) whatever ddof is

A peer that declares labels=final and no objective has the objective "final", for J is that of its labels.
"""

from collections.abc import Mapping

from refimpl.errors import BadInput

CONVENTIONS: Mapping[str, tuple[str, ...]] = {
    "ties": ("lowest-index", "other"),
    "empty": ("keep", "relocate", "split", "drop", "zero", "nan", "error", "other"),
    "labels": ("used", "final"),
    "objective": ("updated", "final", "old"),
    "likelihood": ("entered", "left"),
    "scale": ("total", "per-sample"),
    "binomial": ("omitted", "included"),
    "median": ("midpoint", "other"),
    "divisor": ("asked", "n", "n-1", "1"),
}
"""The values of each convention; the first is that of the golden cases, and of whoever declares none."""


def check(declared: Mapping[str, str]) -> None:
    """Raise BadInput, which lists what there is, unless every convention and its value are known."""
    for name, value in declared.items():
        if name not in CONVENTIONS:
            raise BadInput(f"there is no convention {name!r}; the conventions are {', '.join(CONVENTIONS)}")
        if value not in CONVENTIONS[name]:
            raise BadInput(f"the convention {name} is {value!r}; give one of {', '.join(CONVENTIONS[name])}")


def complete(declared: Mapping[str, str]) -> dict[str, str]:
    """Return the declared conventions, and for the others what is assumed."""
    assumed = {name: values[0] for name, values in CONVENTIONS.items()}
    if declared.get("labels") == "final":
        assumed["objective"] = "final"
    return {**assumed, **declared}
