"""Two coins (Nankai lecture, "expectation maximisation", tables 5.3 to 5.5).

In each round one of two coins is picked, each with probability 1/2, and tossed; which one is not told.

Notation: round n shows h_n heads and t_n tails; theta = (theta_A, theta_B) are the probabilities of heads;
gamma_n = p(A | round n, theta) is coin A's responsibility for round n. A round is a sequence of tosses, so
no binomial coefficient enters:

    p(round n | c, theta) = theta_c^(h_n) (1 - theta_c)^(t_n),  c = A, B.                  (C0)

    1. e_step   gamma_n = 1 / (1 + p(round n | B) / p(round n | A))                        (C1)
    2. counts   H_A = sum gamma_n h_n,      T_A = sum gamma_n t_n,                         (C2)
                H_B = sum (1-gamma_n) h_n,  T_B = sum (1-gamma_n) t_n
    3. m_step   theta_c = H_c / (H_c + T_c); a coin without tosses keeps its theta         (C3)
    4. trace    repeat (1, 2, 3); see `em`

    log_likelihood   ln p = sum_n ln((p(round n | A) + p(round n | B)) / 2)                (C4)
    score            d ln p / d theta_c = H_c / theta_c - T_c / (1 - theta_c)              (C5)

Steps 1 to 3 are rational, so numbers come out in the type in which they went in; but the digits of exact
ones grow eightyfold in every step, so that two steps are the most that Fractions serve. (C1) divides once
where the textbook's quotient a / (a + b) uses a twice, so that balls lose fewer digits.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias

from refimpl import em, linear
from refimpl.errors import BadInput, EmptyData, NoMass, Undecided, Undefined
from refimpl.numbers import N, Numbers
from refimpl.trace import last, until

Theta: TypeAlias = tuple[N, N]
"""(theta_A, theta_B), both in [0, 1]."""


@dataclass(frozen=True)
class Rounds:
    """The observed rounds; raises EmptyData or BadInput unless there are as many counts of both kinds."""

    heads: Sequence[int]
    """h, length N."""
    tails: Sequence[int]
    """t, length N."""

    def __post_init__(self) -> None:
        if not self.heads:
            raise EmptyData("heads is empty; give at least one round")
        if len(self.heads) != len(self.tails):
            raise BadInput(f"tails has {len(self.tails)} rounds but heads has {len(self.heads)}; give both")
        for name, counts in (("heads", self.heads), ("tails", self.tails)):
            for n, count in enumerate(counts):
                if count < 0:
                    raise BadInput(f"{name}[{n}] is {count}; give a count of at least 0")

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self.heads, self.tails, strict=True)


@dataclass(frozen=True)
class Posterior(Generic[N]):
    """What the E-step finds."""

    responsibilities: list[N]
    """gamma, length N: coin A's share of each round; B's is 1 - gamma."""
    counts: tuple[tuple[N, N], tuple[N, N]]
    """((H_A, T_A), (H_B, T_B)): expected heads and tails of either coin."""


def e_step(rounds: Rounds, theta: Theta[N]) -> Posterior[N]:
    """Return responsibilities and expected counts at theta. Raises BadInput and NoMass.  (C1, C2)"""
    check(theta)
    gamma = [responsibility(n, h, t, theta) for n, (h, t) in enumerate(rounds)]
    # 1 - gamma_n is B's responsibility, found like A's: by subtraction a small one would lose its digits
    rest = [responsibility(n, h, t, (theta[1], theta[0])) for n, (h, t) in enumerate(rounds)]
    # H_A = sum gamma_n h_n, T_A = sum gamma_n t_n, and B with 1 - gamma_n                 (C2)
    counts = tuple(
        (
            linear.total(share * h for share, h in zip(shares, rounds.heads, strict=True)),
            linear.total(share * t for share, t in zip(shares, rounds.tails, strict=True)),
        )
        for shares in (gamma, rest)
    )
    return Posterior(gamma, (counts[0], counts[1]))


def responsibility(n: int, heads: int, tails: int, theta: Theta[N]) -> N:
    """Return gamma_n of round n, the share of the first coin. Raises NoMass where neither coin can show the round."""
    a, b = theta
    one = a**0
    if impossible(heads, tails, a):
        if impossible(heads, tails, b):
            raise NoMass(f"round {n} ({heads} heads, {tails} tails) is impossible under both coins")
        return one - one
    # gamma_n = 1 / (1 + p(round n | B) / p(round n | A))                                   (C1)
    return linear.quotient(one, likelihood_ratio(heads, tails, b, a) + 1)


def likelihood_ratio(heads: int, tails: int, p: N, q: N) -> N:
    """Return (p/q)^h ((1-p)/(1-q))^t for a coin q that can show the round; 0^0 = 1.

    Both powers are taken at once, bit by bit from the top, as Shamir's trick does: what stands in between is near
    the root of what comes next, so that floats leave their range only where the ratio itself does.
    """
    one = power = p**0  # exact also where p is a ball, which p - p is not
    if impossible(heads, tails, p):
        return one - one
    head = linear.quotient(p, q) if heads else one
    tail = linear.quotient(1 - p, 1 - q) if tails else one
    for bit in reversed(range(max(heads.bit_length(), tails.bit_length()))):
        power = power * power
        if heads >> bit & 1:
            power = power * head
        if tails >> bit & 1:
            power = power * tail
    return power


def impossible(heads: int, tails: int, p: N) -> bool:
    """Return whether a coin with probability p of heads cannot show the round."""
    return (heads > 0 and linear.equals(p, 0)) or (tails > 0 and linear.equals(p, 1))


def m_step(rounds: Rounds, posterior: Posterior[N], theta: Theta[N]) -> Theta[N]:
    """Return the theta that the expected counts imply; a coin without mass keeps its own.  (C3)"""
    a, b = (share_of_heads(*counts, kept) for counts, kept in zip(posterior.counts, theta, strict=True))
    return a, b


def share_of_heads(heads: N, tails: N, kept: N) -> N:
    """Return the share of heads among the expected tosses; what is kept where there are none."""
    if linear.equals(heads + tails, 0):
        return kept
    if linear.equals(heads, 0):
        return heads
    # theta_c = H_c / (H_c + T_c) = 1 / (1 + T_c / H_c), which is exactly 1 where T_c is exactly 0      (C3)
    return linear.quotient(heads**0, linear.quotient(tails, heads) + 1)


def start(rounds: Rounds, theta: Theta[N]) -> em.State[Theta[N], Posterior[N]]:
    """Return the state before any step: theta as given, and the E-step there."""
    return em.start(em.Model(e_step, m_step), rounds, theta)


def step(rounds: Rounds, state: em.State[Theta[N], Posterior[N]]) -> em.State[Theta[N], Posterior[N]]:
    """Return the state after one E-step at the theta of `state` and one M-step."""
    return em.step(em.Model(e_step, m_step), rounds, state)


def trace(rounds: Rounds, state: em.State[Theta[N], Posterior[N]]) -> Iterator[em.State[Theta[N], Posterior[N]]]:
    """Yield `state`, then the state after each further step, for ever."""
    return em.trace(em.Model(e_step, m_step), rounds, state)


def fixed_point(rounds: Rounds, theta: Theta[N], tolerance: N) -> em.State[Theta[N], Posterior[N]]:
    """Return the first state whose step moved neither probability by more than `tolerance`.

    It approximates the limit from `theta`; `certify.krawczyk` proves limits.
    """

    def still(state: em.State[Theta[N], Posterior[N]]) -> bool:
        moves = (abs(new - old) for new, old in zip(state.theta, state.entered, strict=True))
        return all(move <= tolerance for move in moves)

    return last(until(still, (step(rounds, state) for state in trace(rounds, start(rounds, theta)))))


def log_likelihood(rounds: Rounds, theta: Theta[N], numbers: Numbers[N]) -> N:
    """Return ln p(rounds | theta), natural logarithm, the total of all rounds.

    Raises NoMass where a round is impossible under both coins.
    """
    check(theta)
    return linear.total(_log_likelihood(n, h, t, theta, numbers) for n, (h, t) in enumerate(rounds))


def _log_likelihood(n: int, heads: int, tails: int, theta: Theta[N], numbers: Numbers[N]) -> N:
    likely, other = theta
    if impossible(heads, tails, likely):
        likely, other = other, likely
        if impossible(heads, tails, likely):
            raise NoMass(f"round {n} ({heads} heads, {tails} tails) is impossible under both coins")
    ratio = likelihood_ratio(heads, tails, other, likely)
    with contextlib.suppress(Undecided):  # near 1 either coin serves
        if ratio > 1:
            likely, other, ratio = other, likely, likelihood_ratio(heads, tails, likely, other)
    # ln((p_A + p_B) / 2) = h ln theta_c + t ln(1 - theta_c) + ln((1 + ratio) / 2), c the likelier coin  (C4)
    term = numbers.log(linear.quotient(ratio + 1, 2))
    if heads:
        term = term + numbers.log(likely) * heads
    if tails:
        term = term + numbers.log(1 - likely) * tails
    return term


def score(rounds: Rounds, theta: Theta[N]) -> tuple[N, N]:
    """Return the gradient of the log-likelihood; it is zero where EM stands still inside (0, 1)^2.

    By the gradient identity of the Peking lecture it is the posterior mean of the gradient of
    ln p(X, Z | theta). Raises Undefined on the border, where (C5) divides by 0.
    """
    check(theta)
    for name, p in zip(("A", "B"), theta, strict=True):
        if linear.equals(p, 0) or linear.equals(p, 1):
            raise Undefined(f"the score is undefined where theta_{name} is {p}; give theta inside (0, 1)")
    # d ln p / d theta_c = H_c / theta_c - T_c / (1 - theta_c)                              (C5)
    a, b = (
        linear.quotient(heads, p) - linear.quotient(tails, 1 - p)
        for (heads, tails), p in zip(e_step(rounds, theta).counts, theta, strict=True)
    )
    return a, b


def check(theta: Theta[N]) -> None:
    """Raise BadInput unless both probabilities lie in [0, 1]."""
    if len(theta) != 2:
        raise BadInput(f"theta has {len(theta)} entries; give one probability for A and one for B")
    for i, p in enumerate(theta):
        if not 0 <= p <= 1:
            raise BadInput(f"theta[{i}] is {p}; give a probability from 0 to 1")
