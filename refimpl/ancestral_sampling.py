"""Ancestral sampling: points of a mixture drawn by a seed (Peking lecture, section 2; Bishop, 8.1.2 and fig. 9.5).

The parent is drawn before the child: first the component, then the point, given the component.

Notation: u in [0, 1) a uniform number, a multiple of 2^-53; g a standard normal one; K components with weights pi_k
and the parameters of `gaussian_mixture` or `bernoulli_mixture`.

    1. uniforms                  u_1, u_2, ... of the seed, exact
    2. component                 the least k with u < pi_0 + ... + pi_k, of probability pi_k     (A1)
    3. normals                   v = 2 u_1 - 1 and w = 2 u_2 - 1, both anew until 0 < s < 1,
                                 s = v^2 + w^2; then f v and f w, f = sqrt(-2 ln s / s)          (A2)
    4. gaussian_mixture_sample   by 2 the component k, by 3 a point of N(mu_k, Sigma_k)          (A3)
    5. bernoulli_mixture_sample  by 2 the component k, then bit d is 1 where u < mu_kd           (A4)

(A2) is Marsaglia's polar method: (v, w) is even in the unit disc, so that its angle is even, and s is even in (0, 1)
whatever the angle; a pair of standard normal numbers has that angle and the squared radius -2 ln s.

What is decided, (A1), s < 1 and (A4), is decided without rounding u, so that a seed draws the same components and
bits in every kind of number that holds the parameters. A sample begins with every shorter one of its seed.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import accumulate, islice
from random import Random

from refimpl import bernoulli_mixture, gaussian, gaussian_mixture, linear, mixture
from refimpl.errors import BadInput
from refimpl.linear import Vector
from refimpl.numbers import N, Numbers


def uniforms(seed: int) -> Iterator[Fraction]:
    """Return u_1, u_2, ... without an end. Raises BadInput unless the seed is an integer of at least 0.

    Only Random.random() is used: it is the one method whose sequence Python promises never to change. Python drops
    the sign of a seed, so that a negative one would repeat the sequence of another.
    """
    if not isinstance(seed, int) or seed < 0:
        raise BadInput(f"seed is {seed!r}; give an integer of at least 0")
    return map(Fraction, iter(Random(seed).random, None))


def normals(uniforms: Iterator[Fraction], numbers: Numbers[N]) -> Iterator[N]:
    """Yield standard normal numbers in pairs, without an end. Raises Unsupported for exact numbers.  (A2)"""
    while True:
        v, w = 2 * next(uniforms) - 1, 2 * next(uniforms) - 1
        square = v * v + w * w
        if 0 < square < 1:
            # f = sqrt(-2 ln s / s)                                                            (A2)
            s = numbers(square)
            factor = numbers.sqrt(-numbers.log(s) * 2 / s)
            yield factor * numbers(v)
            yield factor * numbers(w)


def component(weights: Vector[N], u: Fraction) -> int:
    """Return the component that u draws; of the weights, at least one is above 0 and they sum to 1.

    A component of weight 0 is never drawn. Where rounded weights add up to less than 1, the rest is the last one's.
    """
    last = max(k for k, weight in enumerate(weights) if not linear.equals(weight, 0))
    # the least k with u < pi_0 + ... + pi_k                                                     (A1)
    return next((k for k, reached in enumerate(accumulate(weights[:last])) if _below(u, reached)), last)


def _below(u: Fraction, p: N) -> bool:
    """Return whether u < p. The denominator of u is a power of 2, by which any kind multiplies without rounding."""
    return p * u.denominator > u.numerator


def gaussian_mixture_sample(
    theta: gaussian_mixture.Theta[N], count: int, seed: int, numbers: Numbers[N]
) -> tuple[list[int], list[list[N]]]:
    """Return labels, length N, and points, N x D, in the unit of the means.  (A3)

    numbers: the kind of theta. Raises BadInput as `gaussian_mixture.check` does or for a negative count or seed,
    NotPositiveDefinite, Unsupported for exact numbers, and Undecided where balls are too wide.
    """
    linear.shape(theta.means, "means")
    gaussian_mixture.check(theta.means, theta)  # the means are points of the same space
    for k, covariance in enumerate(theta.covariances):
        gaussian.factors(covariance, f"covariances[{k}]")
    _check_count(count)
    source = uniforms(seed)
    spring = normals(source, numbers)
    labels, points = [], []
    for _ in range(count):
        k = component(theta.weights, next(source))
        labels.append(k)
        points.append(gaussian.draw(theta.means[k], theta.covariances[k], spring, numbers))
    return labels, points


def bernoulli_mixture_sample(
    theta: bernoulli_mixture.Theta[N], count: int, seed: int
) -> tuple[list[int], list[list[int]]]:
    """Return labels, length N, and rows of bits, N x D.  (A4)

    Exact weights and probabilities are met up to the 53 bits of u. Raises BadInput for weights and probabilities that
    do not fit or lie outside [0, 1] and for a negative count or seed, and Undecided where balls are too wide.
    """
    components, d = linear.shape(theta.probabilities, "probabilities")
    mixture.check_weights(theta.weights, components)
    for k, row in enumerate(theta.probabilities):
        mixture.check_probabilities(row, f"probabilities[{k}]")
    _check_count(count)
    source = uniforms(seed)
    labels, rows = [], []
    for _ in range(count):
        k = component(theta.weights, next(source))
        labels.append(k)
        # x_d = 1 where u < mu_kd                                                                (A4)
        rows.append([int(_below(u, p)) for u, p in zip(islice(source, d), theta.probabilities[k], strict=True)])
    return labels, rows


def _check_count(count: int) -> None:
    if not isinstance(count, int) or count < 0:
        raise BadInput(f"count is {count!r}; give an integer of at least 0")
