"""Proofs of coins.*: the EM map written another way, enclosed at another precision."""

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from refimpl.certify import coins, krawczyk
from refimpl.errors import Refuted
from refimpl.numbers import Ball, ball
from refimpl.oracle import values
from refimpl.oracle.case import Case, Numbers, Variant
from refimpl.oracle.certificates import Box, Chain, Exact, FixedPoint, Reached
from refimpl.oracle.coin_results import Point, named, rounds_theta
from refimpl.oracle.recheck.agreement import agree, certificate, printed
from refimpl.two_coins import Rounds

MORE = 25
"""Digits by which proofs exceed those in which the inclusions were found."""


def step(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless the textbook's quotients give the same fractions."""
    certificate(case, Exact)
    rounds, theta = rounds_theta(case.input)
    found = coins.image(rounds, theta)
    log_likelihood = _log_likelihood(rounds, theta)
    _agree(case, rounds, [*_row(found), log_likelihood], left=_log_likelihood(rounds, found.theta))


def run(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless every box is sent into the next, and the last but one determines all digits."""
    chain = certificate(case, Chain)
    rounds, theta = rounds_theta(case.input)
    iterations = values.iterations(case.params)
    boxes = _check_start(chain.states, theta)
    if len(boxes) != iterations + 1:
        raise Refuted(f"certificate.states has {len(boxes)} states for {iterations} iterations and the start")
    f, derivative = coins.maps(rounds)
    digits = chain.digits + MORE
    krawczyk.check_run(f, derivative, boxes, digits)
    a, b = krawczyk.enclose(*boxes[max(iterations - 1, 0)], digits)
    found, numbers = coins.image(rounds, (a, b)), ball(digits)
    row = _row(found)
    if iterations == 0:  # the start itself is what leaves a run of no steps
        row[-2:] = theta
    left = coins.log_likelihood(rounds, found.theta, numbers) if iterations else None
    _agree(case, rounds, [*row, coins.log_likelihood(rounds, (a, b), numbers)], left=left)


def fixed_point(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless the fixed point exists, is reached from the start, and has these results and rate."""
    rounds, theta = rounds_theta(case.input)
    if isinstance(case.certificate, Reached):
        _check_reached(case, rounds, theta, case.certificate)
        return
    proof = certificate(case, FixedPoint)
    center, radius = prove_limit(rounds, theta, proof)
    _check_limit(case, rounds, center, radius, proof.digits + MORE)


def prove_limit(rounds: Rounds, theta: Point, proof: FixedPoint) -> tuple[Point, Fraction]:
    """Return the box of the fixed point. Raises Refuted unless it exists there and the run from theta goes to it."""
    f, derivative = coins.maps(rounds)
    digits = proof.digits + MORE
    center, radius = _box(proof.box)
    if radius == 0:
        if coins.image(rounds, (center[0], center[1])).theta != center:
            raise Refuted("certificate.box is not a fixed point")
    else:
        krawczyk.check_exists(f, derivative, center, radius, digits)
    basin = krawczyk.Basin(
        values.row(list(proof.basin.center), "certificate.basin.center"),
        values.rows([list(v) for v in proof.basin.basis], "certificate.basin.basis"),
        values.number(proof.basin.radius, "certificate.basin.radius"),
    )
    q = krawczyk.check_basin(derivative, basin, center, radius, proof.coarse)
    agree(proof.contraction, values.rounded_up(q), "certificate.contraction")
    boxes = _check_start(proof.states, theta)
    krawczyk.check_run(f, derivative, boxes, digits)
    krawczyk.check_enters(basin, *boxes[-1], digits)
    return center, radius


def _check_reached(case: Case, rounds: Rounds, theta: Point, proof: Reached) -> None:
    states = values.rows([list(state) for state in proof.states], "certificate.states")
    agree(states[0], list(theta), "certificate.states[0]")
    for t, (now, after) in enumerate(zip(states, [*states[1:], states[-1]], strict=True)):
        if list(coins.image(rounds, (now[0], now[1])).theta) != after:
            raise Refuted(f"certificate.states[{t}] is not followed by its image, or does not stand still")
        if now == after and t < len(states) - 1:
            raise Refuted(f"the run stands still at state {t} already")
    _check_limit(case, rounds, states[-1], Fraction(0), values.DIGITS + MORE)


def _check_limit(case: Case, rounds: Rounds, center: Sequence[Fraction], radius: Fraction, digits: int) -> None:
    """Compare the results at the fixed point; the rate is proven by the sign of the characteristic polynomial."""
    assert case.expected is not None
    rate, half = printed(case.expected["rate"], "rate")
    at: tuple[Fraction, Fraction] | tuple[Ball, Ball]
    if radius == 0:
        at = center[0], center[1]
        row = [*_row(coins.image(rounds, at)), _log_likelihood(rounds, at)]
        krawczyk.check_rate(coins.jacobian(rounds, at), rate, half)
    else:
        a, b = krawczyk.enclose(center, radius, digits)
        # F(theta*) = theta*, and the box is narrower than its image: theta is printed from the box
        row = [
            *_row(coins.image(rounds, (a, b)))[:-2],
            a,
            b,
            coins.log_likelihood(rounds, (a, b), ball(digits)),
        ]
        krawczyk.check_rate(coins.jacobian(rounds, (a, b)), rate, half)
    _agree(case, rounds, row)


def _agree(
    case: Case,
    rounds: Rounds,
    row: Sequence[Fraction | Ball],
    *,
    left: Fraction | Ball | None = None,
) -> None:
    """Compare the results, and ln p at the parameters that leave the step, where there is such a step."""
    assert case.expected is not None
    variants = [] if left is None else [Variant({"log_likelihood": values.written(left)})]
    told = {name: [_bare(v) for v in found] for name, found in case.alternatives.items()}
    if told != ({"likelihood=left": variants} if variants else {}):
        raise Refuted("alternatives are not ln p at the parameters that leave the step")
    for name, value in named(rounds, row).items():
        agree(case.expected[name], value, name)


def _bare(variant: Variant) -> Variant:
    """Return it without its attainable digits, which are proven for all cases together."""
    return msgspec.structs.replace(variant, attainable={})


def _row(found: coins.Image[Fraction] | coins.Image[Ball]) -> list[Fraction | Ball]:
    return [*found.responsibilities, *found.counts[0], *found.counts[1], *found.theta]


def _log_likelihood(rounds: Rounds, theta: Point) -> Fraction | Ball:
    if set(theta) <= {0, 1} and all(coins.likelihood(p, h, t) == 1 for h, t in rounds for p in theta):
        return Fraction(0)  # every round is certain; a ball about 0 would not prove it
    numbers = ball(values.DIGITS + MORE)
    return coins.log_likelihood(rounds, (numbers(theta[0]), numbers(theta[1])), numbers)


def _box(box: Box) -> tuple[Point, Fraction]:
    a, b = values.row(box.center, "certificate.center")
    return (a, b), values.number(box.radius, "certificate.radius")


def _check_start(states: Sequence[Box], theta: Point) -> list[tuple[Point, Fraction]]:
    boxes = [_box(state) for state in states]
    if boxes[0] != (theta, Fraction(0)):
        raise Refuted("certificate.states[0] is not the start")
    return boxes


PROOFS = {"coins.step": step, "coins.run": run, "coins.fixed_point": fixed_point}
