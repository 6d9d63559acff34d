"""What is right for a peer, given the conventions that it declares.

A case holds the results under the project's own conventions, and beside them `alternatives`: other labels, another
time of J or of ln p. The rest follows from these by a formula:

    scale=per-sample     ln p / N
    binomial=included    ln p + sum_n ln C(h_n + t_n, h_n), where there are rounds of tosses (T1)
    divisor=d            covariance * (N - ddof) / d, and so the variances of components     (T2)
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from refimpl.numbers import ball
from refimpl.oracle import values
from refimpl.oracle.case import Case, Numbers, Variant
from refimpl.oracle.conventions import CONVENTIONS
from refimpl.oracle.tasks import TASKS
from refimpl.oracle.values import Tree

Declared = Mapping[str, str]
"""Every convention with a value, as `conventions.complete` returns them."""


@dataclass(frozen=True)
class Truth:
    """One admissible outcome."""

    results: Numbers
    attainable: Mapping[str, float]
    """Digits by result, for binary64."""


def truths(case: Case, declared: Declared) -> Iterator[Truth]:
    """Yield the outcomes that the declared conventions admit; none where they make no sense for the case."""
    for outcome in case.outcomes:
        if _admitted(outcome, declared):
            for truth in _at_times(case, outcome, declared):
                converted = _converted(case, truth, declared)
                if converted is not None:
                    yield converted


def deviations(case: Case, declared: Declared) -> Iterator[Declared]:
    """Yield other declarations that would matter for the case, those with the fewest changes first."""
    matter = [name for name in CONVENTIONS if _matters(case, name)]
    others = [dict(zip(matter, found, strict=True)) for found in product(*(CONVENTIONS[name] for name in matter))]
    for changes in range(1, len(matter) + 1):
        for other in others:
            if sum(declared[name] != value for name, value in other.items()) == changes:
                yield {**declared, **other}


def _matters(case: Case, name: str) -> bool:
    has = {output.name for output in TASKS[case.task].outputs}
    if name == "ties":
        return bool(case.branches) or any(output.kind == "labels" for output in TASKS[case.task].outputs)
    if name in ("labels", "objective"):
        return "labels=final" in case.alternatives
    if name == "likelihood":
        return "likelihood=left" in case.alternatives
    if name in ("scale", "binomial"):
        return "log_likelihood" in has and (name == "scale" or "heads" in case.input)
    return name == "divisor" and bool(has & {"covariance", "variances"})


def _admitted(outcome: Variant, declared: Declared) -> bool:
    return outcome.admissible == "always" or declared["ties"] != "lowest-index"


def _at_times(case: Case, outcome: Variant, declared: Declared) -> Iterator[Truth]:
    """Yield the results with labels, J and ln p taken at the declared times."""
    finals = _admitted_of(outcome, "labels=final", declared)
    olds = _admitted_of(outcome, "objective=old", declared)
    lefts = _admitted_of(outcome, "likelihood=left", declared)
    here = Variant({})
    final_matters = "final" in (declared["labels"], declared["objective"])
    for final, old, left in product(
        (finals or [here]) if final_matters else [here],
        (olds or [here]) if declared["objective"] == "old" else [here],
        (lefts or [here]) if declared["likelihood"] == "left" else [here],
    ):
        chosen = [left, old]
        if declared["objective"] == "final":
            chosen.append(_only(final, "distortion"))
        if declared["labels"] == "final":
            chosen.append(_only(final, "labels"))
        results, attainable = dict(outcome.result), dict(case.attainable)
        for variant in chosen:
            results.update(variant.result)
            attainable.update(variant.attainable)
        yield Truth(results, {name: float(digits) for name, digits in attainable.items()})


def _admitted_of(outcome: Variant, name: str, declared: Declared) -> list[Variant]:
    return [variant for variant in outcome.alternatives.get(name, []) if _admitted(variant, declared)]


def _only(variant: Variant, name: str) -> Variant:
    return Variant(
        {name: variant.result[name]} if name in variant.result else {},
        attainable={name: variant.attainable[name]} if name in variant.attainable else {},
    )


def _converted(case: Case, truth: Truth, declared: Declared) -> Truth | None:
    results, attainable = dict(truth.results), dict(truth.attainable)
    if "log_likelihood" in results:
        results["log_likelihood"], gained = _log_likelihood(case, results["log_likelihood"], declared)
        attainable["log_likelihood"] = min(max(attainable["log_likelihood"] + gained, 0.0), 15.95)
    squares = {"covariance", "variances"} & results.keys()
    if squares and declared["divisor"] != "asked":
        count = len(values.rows(case.input["points"], "points"))
        divisor = {"n": count, "n-1": count - 1, "1": 1}[declared["divisor"]]
        if divisor == 0:
            return None
        factor = Fraction(count - values.whole(case.params["ddof"], "ddof"), divisor)
        for name in squares:
            # a certified decimal times a rational: the relative error stays what it was     (T2)
            results[name] = _multiplied(results[name], factor, name)
    return Truth(results, attainable)


def _multiplied(tree: Tree, factor: Fraction, name: str) -> Tree:
    """Return a list or a matrix of numbers, each times a factor."""
    if not isinstance(tree, list):
        return str(values.number(tree, name) * factor)
    return [
        [str(values.number(x, name) * factor) for x in entry]
        if isinstance(entry, list)
        else str(values.number(entry, name) * factor)
        for entry in tree
    ]


def _log_likelihood(case: Case, total: Tree, declared: Declared) -> tuple[Tree, float]:
    """Return ln p as declared, and how many digits more than before can be asked for."""
    included = declared["binomial"] == "included" and "heads" in case.input
    if not included and declared["scale"] == "total":
        return total, 0.0
    before = found = values.number(total, "log_likelihood")
    gained = 0.0
    if included:
        heads, tails = values.wholes(case.input["heads"], "heads"), values.wholes(case.input["tails"], "tails")
        numbers = ball(values.DIGITS + 10)
        # The logarithm of one product; its ball is a billion times narrower than any printed digit.   (T1)
        ways = math.prod(math.comb(h + t, h) for h, t in zip(heads, tails, strict=True))
        found += numbers.log(numbers(ways)).mid
        # The error that the conditioning allows is absolute; relative to a smaller sum it is larger.
        gained = math.log10(abs(found) or 1) - math.log10(abs(before) or 1)
    if declared["scale"] == "per-sample":
        found /= _count(case)
    return str(found), gained


def _count(case: Case) -> int:
    """Return the number of observations."""
    observed = next(case.input[name] for name in ("points", "rows", "heads") if name in case.input)
    assert isinstance(observed, list)
    return len(observed)
