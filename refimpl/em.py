"""Expectation maximisation: one loop for every model with latent variables (Peking lecture, section 2).

Notation: data X, latent variables Z, parameters theta, and the posterior p(Z | X, theta). Where Z picks one of K
components for each of N observations, r_nk = p(z_n = k | x_n, theta) is component k's responsibility for x_n.

    1. e_step   the posterior's expectations at theta, theta held fixed                    (E)
    2. m_step   the theta that maximises the expected ln p(X, Z | theta), they held fixed  (M)
    3. trace    repeat (E, M) for ever; whoever reads decides when to stop

Why the likelihood never falls: for any distribution q over Z, with KL the divergence of q from the posterior,

    expected    Q(theta, q) = E_q[ln p(X, Z | theta)] = sum_n sum_k q_nk ln p(x_n, k | theta)   (EM1)
    entropy     H(q) = -sum_n sum_k q_nk ln q_nk                                                (EM2)
    divergence  KL(q, r) = sum_n sum_k q_nk (ln q_nk - ln r_nk) >= 0                            (EM3)
                ln p(X | theta) = Q(theta, q) + H(q) + KL(q, r(theta))                          (EM4)

(E) makes KL zero, (M) raises Q at fixed H, and KL can then only grow. And because KL has its minimum there,

                d ln p(X | theta) = E_posterior[d ln p(X, Z | theta)]                           (EM5)

which is `expected` once more, of gradients in place of logarithms.

A model is a pair of functions; `two_coins` is the smallest example.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from refimpl import linear
from refimpl.linear import Matrix
from refimpl.numbers import N, Numbers

Data = TypeVar("Data")
Theta = TypeVar("Theta")
Posterior = TypeVar("Posterior")

Logarithms: TypeAlias = Sequence[Sequence[N | None]]
"""ln p(x_n, k | theta), N x K; None stands for ln 0."""


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


def expected(q: Matrix[N], values: Logarithms[N]) -> N:
    """Return E_q of N x K values: Q of (EM1) where they are ln p(x_n, k | theta), and so for gradients (EM5).

    None stands for ln 0, which may only stand where q_nk is 0: 0 ln 0 = 0.
    """
    return linear.total(
        share * value
        for row, at in zip(q, values, strict=True)
        for share, value in zip(row, at, strict=True)
        if value is not None
    )


def entropy(q: Matrix[N], numbers: Numbers[N]) -> N:
    """Return H(q) in nats, 0 ln 0 = 0.  (EM2)"""
    return -expected(q, _logarithms(q, numbers))


def divergence(q: Matrix[N], r: Matrix[N], numbers: Numbers[N]) -> N:
    """Return KL(q, r) in nats, for r that is 0 only where q is.  (EM3)"""
    return -entropy(q, numbers) - expected(q, _logarithms(r, numbers))


def _logarithms(q: Matrix[N], numbers: Numbers[N]) -> list[list[N | None]]:
    return [[None if linear.equals(share, 0) else numbers.log(share) for share in row] for row in q]
