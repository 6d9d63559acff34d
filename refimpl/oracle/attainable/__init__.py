"""Attainable digits of every result of a case: `certify.sensitivity`, one module for each family of tasks.

A case that has branches asks for the least over them.
"""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from refimpl.numbers import fixed
from refimpl.oracle.attainable import coins, factors, graphs, kmeans, mixtures, moments, pca, silhouette, sweep
from refimpl.oracle.attainable.digits import Digits
from refimpl.oracle.case import Case, Numbers, Variant

_BY_TASK: Mapping[str, Callable[[Case, Numbers], Digits]] = {
    **moments.BY_TASK,
    **kmeans.BY_TASK,
    **coins.BY_TASK,
    **mixtures.BY_TASK,
    **silhouette.BY_TASK,
    **sweep.BY_TASK,
    **graphs.BY_TASK,
    **factors.BY_TASK,
    **pca.BY_TASK,
}

_ALTERNATIVES: Mapping[str, Callable[[Case], list[dict[str, Digits]]]] = {
    **kmeans.ALTERNATIVES,
    **coins.ALTERNATIVES,
    **mixtures.ALTERNATIVES,
}
"""For each outcome: convention -> digits."""


def with_attainable(case: Case) -> Case:
    """Return the case with the digits of every result, and of those under another convention; none for labels."""
    if case.expected is None:
        return replace(case, attainable={})
    find = _ALTERNATIVES.get(case.task)
    alternatives: list[dict[str, Digits]] = find(case) if find else [{} for _ in case.outcomes]
    expected, *branches = (
        replace(outcome, alternatives=_filled(outcome.alternatives, digits))
        for outcome, digits in zip(case.outcomes, alternatives, strict=True)
    )
    return replace(
        case,
        attainable=_text(_BY_TASK[case.task](case, case.expected)),
        alternatives=expected.alternatives,
        branches=branches,
    )


def _filled(variants: Mapping[str, list[Variant]], digits: Mapping[str, Digits]) -> dict[str, list[Variant]]:
    return {
        name: [replace(variant, attainable=_text(digits.get(name, {}))) for variant in found]
        for name, found in variants.items()
    }


def _text(digits: Digits) -> dict[str, str]:
    return {name: fixed(found, 2) for name, found in digits.items()}
