"""Binomial mixtures by EM: several coins with free weights (`two_coins` with K coins, and the weights learnt).

Notation: round n shows h_n heads and t_n tails of one of K coins; pi_k is the weight with which coin k is picked and
theta_k its probability of heads; r_nk the responsibility of coin k for round n. A round is a sequence of tosses, so
no binomial coefficient enters:

    p(round n | k) = theta_k^h_n (1 - theta_k)^t_n,  with 0^0 = 1                          (L0)

    1. e_step  r_nk = pi_k p(round n | k) / sum_j pi_j p(round n | j)                      (L1)
    2. m_step  pi_k = (1/N) sum_n r_nk                                                     (L2)
               theta_k = sum_n r_nk h_n / sum_n r_nk (h_n + t_n)                           (L3)
    3. trace   repeat (1, 2); see `em`

    log_likelihood  ln p = sum_n ln sum_k pi_k p(round n | k)                              (L4)

With K = 2 and the weights held at 1/2 this is `two_coins`. A coin without tosses keeps its theta. On exact numbers
(L1) multiplies (L0) out; on all others it adds logarithms, as `bernoulli_mixture` does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeAlias

from refimpl import em, linear, mixture
from refimpl.errors import BadInput
from refimpl.linear import Vector
from refimpl.numbers import EXACT, N, Numbers
from refimpl.two_coins import Rounds, share_of_heads

Responsibilities: TypeAlias = list[list[N]]


@dataclass(frozen=True)
class Theta(Generic[N]):
    """The parameters."""

    weights: Vector[N]
    """pi, length K, sum 1."""
    probabilities: Vector[N]
    """theta, length K, each from 0 to 1."""


def log_joint(rounds: Rounds, theta: Theta[N], numbers: Numbers[N]) -> em.Logarithms[N]:
    """Return ln pi_k + ln p(round n | k), N x K; None where it is ln 0. Raises as `check` does."""
    check(theta)
    columns = []
    for weight, p in zip(theta.weights, theta.probabilities, strict=True):
        logs = [mixture.logarithm(x, numbers) for x in (weight, p, 1 - p)]
        columns.append([_total(logs, (1, h, t)) for h, t in rounds])
    return list(zip(*columns, strict=True))


def _total(logs: list[N | None], counts: tuple[int, int, int]) -> N | None:
    """Return sum count * log, 0 ln 0 = 0; None where it is ln 0."""
    terms = [None if log is None else log * count for log, count in zip(logs, counts, strict=True) if count]
    possible = [term for term in terms if term is not None]
    return linear.total(possible) if len(possible) == len(terms) else None


def joint(rounds: Rounds, theta: Theta[N]) -> list[list[N]]:
    """Return pi_k p(round n | k), N x K, multiplied out: exact for exact numbers. Raises as `check` does.  (L0)"""
    check(theta)
    return [
        [weight * p**h * (1 - p) ** t for weight, p in zip(theta.weights, theta.probabilities, strict=True)]
        for h, t in rounds
    ]


def e_step(rounds: Rounds, theta: Theta[N], numbers: Numbers[N]) -> Responsibilities[N]:
    """Return the responsibilities, N x K. Raises as `check` does, and NoMass for an impossible round.  (L1)"""
    if numbers is EXACT:
        return mixture.shares(joint(rounds, theta))
    return mixture.responsibilities(log_joint(rounds, theta, numbers), numbers)


def log_likelihood(rounds: Rounds, theta: Theta[N], numbers: Numbers[N]) -> N:
    """Return ln p(rounds | theta) in nats, the total of all rounds. Raises as `e_step` does.  (L4)"""
    return mixture.log_likelihood(log_joint(rounds, theta, numbers), numbers)


def m_step(rounds: Rounds, r: Responsibilities[N], kept: Theta[N]) -> Theta[N]:
    """Return the parameters that maximise the expected ln p(rounds, coins); `kept` is for a coin without tosses.

    Raises BadInput unless there is a row of responsibilities for each round, an entry for each coin.
    """
    mixture.check_responsibilities(r, len(rounds.heads), len(kept.probabilities))
    return _maximum(rounds, r, kept)


def _maximum(rounds: Rounds, r: Responsibilities[N], kept: Theta[N]) -> Theta[N]:
    probabilities = []
    for share, old in zip(linear.transpose(r), kept.probabilities, strict=True):
        # theta_k = sum_n r_nk h_n / sum_n r_nk (h_n + t_n)                                (L3)
        heads = linear.total(r_n * h for r_n, h in zip(share, rounds.heads, strict=True))
        tails = linear.total(r_n * t for r_n, t in zip(share, rounds.tails, strict=True))
        probabilities.append(share_of_heads(heads, tails, old))
    # pi_k = (1/N) sum_n r_nk                                                              (L2)
    return Theta([linear.quotient(size, len(r)) for size in mixture.sizes(r)], probabilities)


def model(numbers: Numbers[N]) -> em.Model[Rounds, Theta[N], Responsibilities[N]]:
    """Return the pair of steps that `em` repeats."""
    return em.Model(lambda rounds, theta: e_step(rounds, theta, numbers), _maximum)


def trace(rounds: Rounds, theta: Theta[N], numbers: Numbers[N]) -> Iterator[em.State[Theta[N], Responsibilities[N]]]:
    """Yield the start, then the state after each step, for ever."""
    mixtures = model(numbers)
    return em.trace(mixtures, rounds, em.start(mixtures, rounds, theta))


def check(theta: Theta[N]) -> None:
    """Raise BadInput unless there are as many weights as probabilities, all from 0 to 1, and weights sum to 1."""
    if not theta.probabilities:
        raise BadInput("probabilities is empty; give one for each coin")
    mixture.check_weights(theta.weights, len(theta.probabilities))
    mixture.check_probabilities(theta.probabilities, "probabilities")
