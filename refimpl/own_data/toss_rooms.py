"""Bernoulli and binomial mixtures behind one face: parameters as the certificates have them, D = 1 for coins."""

from dataclasses import dataclass
from typing import Protocol

from refimpl import bernoulli_mixture, binomial_mixture, mixture
from refimpl.certify.mixture import Parameters
from refimpl.em import Logarithms
from refimpl.numbers import N, Numbers
from refimpl.two_coins import Rounds


class Room(Protocol):
    """A mixture of tosses over given observations."""

    @property
    def size(self) -> tuple[int, int]:
        """How many tosses there are in all different observations, and N D."""

    def log_joint(self, theta: Parameters[N], numbers: Numbers[N]) -> Logarithms[N]:
        """Return ln pi_k + ln p(x_n | k), N x K."""

    def shares(self, theta: Parameters[N]) -> list[list[N]]:
        """Return the responsibilities without a logarithm, N x K."""

    def m_step(self, r: list[list[N]], before: Parameters[N], numbers: Numbers[N]) -> Parameters[N]:
        """Return the parameters that follow."""


@dataclass(frozen=True)
class Bernoulli:
    """Rows of bits."""

    rows: bernoulli_mixture.Bits

    @property
    def size(self) -> tuple[int, int]:
        """A bit is a toss."""
        d = len(self.rows[0])
        return len(set(map(tuple, self.rows))) * d, len(self.rows) * d

    def log_joint(self, theta: Parameters[N], numbers: Numbers[N]) -> Logarithms[N]:
        """As the room has it."""
        return bernoulli_mixture.log_joint(self.rows, bernoulli_mixture.Theta(*theta), numbers)

    def shares(self, theta: Parameters[N]) -> list[list[N]]:
        """As the room has them for exact numbers."""
        return mixture.shares(bernoulli_mixture.joint(self.rows, bernoulli_mixture.Theta(*theta)))

    def m_step(self, r: list[list[N]], before: Parameters[N], numbers: Numbers[N]) -> Parameters[N]:
        """As the room has it."""
        theta = bernoulli_mixture.model(numbers).m_step(self.rows, r, bernoulli_mixture.Theta(*before))
        return Parameters(theta.weights, theta.probabilities)


@dataclass(frozen=True)
class Binomial:
    """Rounds of tosses of one coin."""

    rounds: Rounds

    @property
    def size(self) -> tuple[int, int]:
        """Heads and tails of different rounds."""
        return sum(h + t for h, t in set(self.rounds)), 2 * len(self.rounds.heads)

    def log_joint(self, theta: Parameters[N], numbers: Numbers[N]) -> Logarithms[N]:
        """As the room has it."""
        return binomial_mixture.log_joint(self.rounds, _coins(theta), numbers)

    def shares(self, theta: Parameters[N]) -> list[list[N]]:
        """As the room has them for exact numbers."""
        return mixture.shares(binomial_mixture.joint(self.rounds, _coins(theta)))

    def m_step(self, r: list[list[N]], before: Parameters[N], numbers: Numbers[N]) -> Parameters[N]:
        """As the room has it."""
        theta = binomial_mixture.m_step(self.rounds, r, _coins(before))
        return Parameters(theta.weights, [[p] for p in theta.probabilities])


def _coins(theta: Parameters[N]) -> binomial_mixture.Theta[N]:
    return binomial_mixture.Theta(theta.weights, [p for (p,) in theta.components])
