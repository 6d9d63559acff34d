"""Attainable digits of gmm.*, bernoulli.* and binomial.*"""

from fractions import Fraction
from functools import lru_cache

import msgspec

from refimpl.certify import sensitivity, sensitivity_mixture
from refimpl.oracle import mixture_input, values
from refimpl.oracle.attainable.digits import Digits
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.certificates import FixedPoint, Reached

FAMILIES = ("gmm", "bernoulli", "binomial")


def _mixture(case: Case, expected: Numbers) -> Digits:
    problem = mixture_input.problem(case.task, case.input, case.params)
    if isinstance(case.certificate, FixedPoint):
        sizes = sensitivity_mixture.of_fixed_point(problem.family, mixture_input.theta_of(problem, expected))
    else:
        sizes, _ = _of_run(_asked(case))
    return _mixture_digits(case, problem, expected, sizes)


def _m_step(case: Case, expected: Numbers) -> Digits:
    problem, r = mixture_input.without_start(case.task, case.input, case.params)
    theta = mixture_input.theta_of(problem, expected)
    return _mixture_digits(case, problem, expected, sensitivity_mixture.of_m_step(problem.family, theta, r))


def _mixture_digits(
    case: Case, problem: mixture_input.Problem, expected: Numbers, sizes: sensitivity_mixture.Sizes
) -> Digits:
    found: Digits = {}
    largest = values.largest(values.rows(case.input["points"], "points")) if "points" in case.input else Fraction(1)
    for name, tree in expected.items():
        entries = [values.number(x, name) for x in values.leaves(tree)]
        if name == "responsibilities":
            ratios = (Fraction(x) for row in sizes.responsibilities for x in row)
            spread = [x * ratio for x, ratio in zip(entries, ratios, strict=True)]
        elif name == "log_likelihood":
            spread = [Fraction(sizes.log_likelihood)]
        elif name == "rate":
            theta = mixture_input.theta_of(problem, expected)
            spread = [Fraction(sensitivity_mixture.of_rate(problem.family, theta, sizes.theta))]
        else:
            spread = [Fraction(x) for x in mixture_input.places(problem, sizes.theta)[name]]
        scale = largest ** {"means": 1, "covariances": 2}.get(name, 0)
        found[name] = sensitivity.attainable(entries, spread, scale)
    return found


def _mixture_alternatives(case: Case) -> list[dict[str, Digits]]:
    """Return the digits of ln p at the parameters that leave the last step."""
    found: dict[str, Digits] = {}
    for name, variants in case.alternatives.items():
        _, left = _of_run(_asked(case))
        at = [values.number(variant.result["log_likelihood"], "log_likelihood") for variant in variants]
        found[name] = {"log_likelihood": sensitivity.attainable(at, [Fraction(left)], Fraction(1))}
    return [found]


def _asked(case: Case) -> bytes:
    """Return what a run's sensitivity depends on."""
    if isinstance(case.certificate, Reached):
        steps = len(case.certificate.states)  # the last of them enters the last step, and leaves it
    else:
        steps = 0 if case.task.endswith(".e_step") else values.whole(case.params.get("iterations", 1), "iterations")
    return msgspec.json.encode((case.task, case.input, case.params, steps))


@lru_cache(maxsize=1)
def _of_run(asked: bytes) -> tuple[sensitivity_mixture.Sizes, float]:
    """Return S of the results and of ln p at the parameters that leave; both are found in one run."""
    task, given, params, steps = msgspec.json.decode(asked)
    problem = mixture_input.problem(task, given, params)
    return sensitivity_mixture.of_run(problem.family, problem.theta, steps)


BY_TASK = {
    **{f"{prefix}.m_step": _m_step for prefix in ("gmm", "bernoulli")},
    **{f"{prefix}.{name}": _mixture for prefix in FAMILIES for name in ("e_step", "step", "run", "fixed_point")},
}

ALTERNATIVES = {f"{prefix}.{name}": _mixture_alternatives for prefix in FAMILIES for name in ("step", "run")}
