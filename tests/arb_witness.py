"""Arb as the witness of balls: inputs that try hard, and comparisons that are themselves sound.

A point is taken inside each input ball; Arb computes the truth for these points at a much higher precision;
our ball must contain Arb's whole enclosure of it. The radius is compared with Arb's for the same input balls
at the same precision. All comparisons are made on integers.
"""

import random
from collections.abc import Callable, Sequence

import flint

from refimpl.numbers.balls import Ball, unrounded
from refimpl.numbers.dyadic import shifted

FACTOR = 8
"""Our radius may exceed Arb's so many times ..."""
ULPS = 16
"""... and so many units in the last place of the result."""

Arb = flint.arb


def random_ball(rng: random.Random, prec: int, reach: int, positive: bool = False) -> Ball:
    """A ball of modulus about 2^-reach .. 2^reach: exact, narrow, middling or wide, long or short."""
    shape = rng.randrange(10)
    bits = prec if shape < 7 else rng.randint(1, prec)
    m = rng.getrandbits(bits) | 1 << (bits - 1)
    r = 0
    if shape in (3, 4, 5):
        r = rng.getrandbits(rng.randint(1, 30))
    elif shape == 6:
        bits = rng.randint(20, 60)
        m = rng.getrandbits(bits) | 1 << (bits - 1)
        r = rng.getrandbits(rng.randint(1, 30))
    if positive:
        r = min(r, m - 1)
    elif rng.random() < 0.5:
        m = -m
    top = rng.randint(-reach, reach) if rng.random() < 0.8 else rng.randint(-2, 2)
    return unrounded(m, r, top - bits, prec)


def point_of(rng: random.Random, x: Ball) -> Ball:
    """An exact point of the ball, often one of its ends."""
    t = rng.choice((-x.r, x.r, rng.randint(-x.r, x.r)))
    return unrounded(x.m + t, 0, x.e, x.prec)


def to_arb(x: Ball) -> Arb:
    """The same ball in Arb; its radius has at most 30 bits here, which Arb keeps exactly."""
    return Arb((x.m, x.e), (x.r, x.e))


def from_arb(x: Arb, prec: int) -> Ball | None:
    """A ball with exactly Arb's end points; None for an unbounded one."""
    if not x.is_finite():
        return None
    (m, e), (r, f) = x.mid().man_exp(), x.rad().man_exp()
    m, e, r, f = int(m), int(e), int(r), int(f)
    if not m:
        e = f
    if not r:
        f = e
    least = min(e, f)
    return unrounded(m << (e - least), r << (f - least), least, prec)


def compare(
    ours: Callable[..., Ball],
    theirs: Callable[..., Arb],
    rng: random.Random,
    inputs: Sequence[Ball],
    context: str,
    extra: int = 100,
    width: bool = True,
) -> None:
    """Fail if our ball misses the truth, or if it is wider than FACTOR times Arb's and ULPS units.

    The radius is compared only if `width`.
    `extra` is the number of bits by which the truth is computed more precisely than asked for.
    """
    prec = max(x.prec for x in inputs)
    result = ours(*inputs)
    points = [point_of(rng, x) for x in inputs]
    flint.ctx.prec = prec + extra
    truth = from_arb(theirs(*map(to_arb, points)), prec)
    assert truth is not None, f"{context}: Arb does not know {points}"
    assert result.contains_ball(truth), f"{context}: {spell(inputs)} {spell([result])} {spell([truth])}"
    if not width:
        return
    flint.ctx.prec = prec
    peer = from_arb(theirs(*map(to_arb, inputs)), prec)
    if peer is not None and peer.e - result.e < 10**5:  # otherwise Arb's ball is wider by far
        # everything in units 2^(top - prec - 40), 2^-40 ulps
        top = max(result.m.bit_length(), result.r.bit_length()) + result.e
        unit = top - prec - 40
        width, allowed = shifted(result.r, result.e - unit), shifted(peer.r, peer.e - unit)
        assert width <= FACTOR * allowed + (ULPS << 40), (
            f"{context}: {spell(inputs)} gives {spell([result])}, Arb {spell([peer])}"
        )


def spell(balls: Sequence[Ball]) -> str:
    """All that is needed to repeat a case."""
    return ", ".join(f"unrounded({x.m}, {x.r}, {x.e}, {x.prec})" for x in balls)
