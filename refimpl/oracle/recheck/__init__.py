"""Certificates, checked without running the algorithm that produced the value.

    1. the checksum is that of the file's contents
    2. the proof: one function for each task, on `certify` alone, never on the rooms
    3. the attainable digits are those that follow from the case

A case that must be refused is the exception: its rule is what the reference says, so the reference is asked.
"""

from collections.abc import Callable, Mapping

from refimpl.errors import RefimplError, Refuted
from refimpl.oracle import tasks
from refimpl.oracle.attainable import with_attainable
from refimpl.oracle.case import Case, Numbers, is_signed
from refimpl.oracle.certificates import Decided, Refusal
from refimpl.oracle.recheck import (
    coins,
    dbscan,
    descent,
    graphs,
    kmeans,
    linkage,
    mixtures,
    moments,
    nmf,
    pca,
    power,
    preprocess,
    silhouette,
    sweep,
)

_PROOFS: Mapping[str, Callable[[Case, Numbers], None]] = {
    **moments.PROOFS,
    **kmeans.PROOFS,
    **descent.PROOFS,
    **silhouette.PROOFS,
    **sweep.PROOFS,
    **linkage.PROOFS,
    **dbscan.PROOFS,
    **graphs.PROOFS,
    **coins.PROOFS,
    **mixtures.PROOFS,
    **power.PROOFS,
    **pca.PROOFS,
    **nmf.PROOFS,
    **preprocess.PROOFS,
}

_WITH_ALTERNATIVES = frozenset(
    f"{prefix}.{name}"
    for prefix, names in {
        "kmeans": ("step", "run", "fit"),
        "kmedoids": ("run",),
        "kmedians": ("run",),
        "coins": ("step", "run"),
        "gmm": ("step", "run"),
        "bernoulli": ("step", "run"),
        "binomial": ("step", "run"),
    }.items()
    for name in names
)
"""The tasks in which something is decided otherwise by another convention; their proofs prove that too."""


def recheck(case: Case) -> None:
    """Raise an error of the family, which says what fails, unless the case is proven by its certificate."""
    if not is_signed(case):
        raise Refuted("sha256 is not that of the contents: the file was changed after it was made")
    prove(case)


def prove(case: Case) -> None:
    """Raise as `recheck` does, whatever the checksum says."""
    task = tasks.task_named(case.task)
    if case.id.partition("/")[0] != case.task:
        raise Refuted(f"id {case.id!r} does not begin with the task {case.task!r}")
    if (case.expected is None) == (case.refused is None):
        raise Refuted("a case has either expected results or the kind of a refusal")
    if case.expected is None:
        _prove_refusal(case)
        return
    tasks.check(task, case.input, case.params)
    try:
        _prove_results(case, case.expected, {output.name for output in task.outputs})
    except RefimplError:
        raise
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise Refuted(f"the certificate does not fit the case: {error}") from None


def _prove_results(case: Case, expected: Numbers, names: set[str]) -> None:
    if set(expected) != names:
        raise Refuted(f"expected has {sorted(expected)} where the task has {sorted(names)}")
    if case.branches and not isinstance(case.certificate, Decided):
        raise Refuted("there are branches, but nothing was decided on the way")
    if case.task not in _WITH_ALTERNATIVES and any(outcome.alternatives for outcome in case.outcomes):
        raise Refuted(f"there are alternatives, but no convention decides anything in {case.task}")
    _PROOFS[case.task](case, expected)
    if case != with_attainable(case):
        raise Refuted("attainable is not what follows from the sensitivity of the results")


def _prove_refusal(case: Case) -> None:
    from refimpl.oracle.solve import solve  # only here: no other proof may lean on what it proves

    if case.branches or case.alternatives or case.attainable or not isinstance(case.certificate, Refusal):
        raise Refuted("a case that must be refused has no results")
    try:
        solve(case.task, case.input, case.params)
    except RefimplError as error:
        if (error.kind, str(error)) != (case.refused, case.certificate.rule):
            raise Refuted(f"the refusal is of kind {error.kind!r} and says: {error}") from None
        return
    raise Refuted("the input breaks no rule")
