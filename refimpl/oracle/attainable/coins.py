"""Attainable digits of coins.*"""

from fractions import Fraction

from refimpl.certify import sensitivity, sensitivity_coins
from refimpl.oracle import coin_results, values
from refimpl.oracle.attainable.digits import Digits
from refimpl.oracle.case import Case, Numbers


def _coins(case: Case, expected: Numbers) -> Digits:
    rounds, theta = coin_results.rounds_theta(case.input)
    row = coin_results.in_row(expected)
    if "rate" in expected:
        at = values.row(expected["theta"], "theta")
        sizes = sensitivity_coins.of_fixed_point(rounds, at)
    else:
        iterations = values.whole(case.params.get("iterations", 1), "iterations")
        sizes = sensitivity_coins.of_run(rounds, theta, iterations)
    return {
        name: sensitivity.attainable(row[place], sizes[place], Fraction(1))
        for name, place in coin_results.places(rounds, rate="rate" in expected).items()
    }


def _coins_alternatives(case: Case) -> list[dict[str, Digits]]:
    """Return the digits of ln p at the parameters that leave the last step: they enter the next one."""
    rounds, theta = coin_results.rounds_theta(case.input)
    found: dict[str, Digits] = {}
    for name, variants in case.alternatives.items():
        iterations = values.whole(case.params.get("iterations", 1), "iterations")
        place = coin_results.places(rounds, rate=False)["log_likelihood"]
        sizes = sensitivity_coins.of_run(rounds, theta, iterations + 1)[place]
        at = [values.number(variant.result["log_likelihood"], "log_likelihood") for variant in variants]
        found[name] = {"log_likelihood": sensitivity.attainable(at, sizes, Fraction(1))}
    return [found]


BY_TASK = {f"coins.{name}": _coins for name in ("step", "run", "fixed_point")}

ALTERNATIVES = {f"coins.{name}": _coins_alternatives for name in ("step", "run")}
