"""Expectation maximisation: one loop for every model with latent variables (Peking lecture, section 2).

Notation: data X, latent variables Z, parameters theta, and the posterior p(Z | X, theta).

    1. e_step   the posterior's expectations at theta, theta held fixed                    (E)
    2. m_step   the theta that maximises the expected ln p(X, Z | theta), they held fixed  (M)
    3. trace    repeat (E, M) for ever; whoever reads decides when to stop

A model is a pair of functions; `two_coins` is the smallest example.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

Data = TypeVar("Data")
Theta = TypeVar("Theta")
Posterior = TypeVar("Posterior")


@dataclass(frozen=True)
class Model(Generic[Data, Theta, Posterior]):
    """What the loop has to know of a model."""

    e_step: Callable[[Data, Theta], Posterior]
    """(data, theta) -> expectations under p(Z | X, theta)."""
    m_step: Callable[[Data, Posterior, Theta], Theta]
    """(data, expectations, theta that they were taken at) -> new theta; the old one is for what has no mass."""


@dataclass(frozen=True)
class State(Generic[Theta, Posterior]):
    """What one step leaves behind."""

    entered: Theta
    """The parameters that entered the step; likelihoods are told of these."""
    posterior: Posterior
    """The expectations at `entered`."""
    theta: Theta
    """The parameters that left the step."""


def start(model: Model[Data, Theta, Posterior], data: Data, theta: Theta) -> State[Theta, Posterior]:
    """Return the state before any step: theta as given and the expectations there."""
    return State(theta, model.e_step(data, theta), theta)


def step(model: Model[Data, Theta, Posterior], data: Data, state: State[Theta, Posterior]) -> State[Theta, Posterior]:
    """Return the state after one E-step at the parameters of `state` and one M-step."""
    posterior = model.e_step(data, state.theta)
    return State(state.theta, posterior, model.m_step(data, posterior, state.theta))


def trace(
    model: Model[Data, Theta, Posterior], data: Data, state: State[Theta, Posterior]
) -> Iterator[State[Theta, Posterior]]:
    """Yield `state`, then the state after each further step, for ever."""
    while True:
        yield state
        state = step(model, data, state)
