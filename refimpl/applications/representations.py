"""Three ways to represent a picture by K vectors (Nankai lecture, "cluster centres, eigenfaces, non-negative factors").

Notation: X, N x D, pictures; V, K x D, the vectors; S, N x K, shares: the picture x_n is represented by
s_n1 v_1 + ... + s_nK v_K. The three ways differ in what shares may be.

    1. centres     one share is 1 and the others 0: v_k is a centre of K-means, and a picture is      (RP1)
                   represented by the nearest one
    2. eigenfaces  the first share is 1, the others any number: v_1 is the mean, then come K - 1      (RP2)
                   eigenfaces, with the coefficients as shares
    3. parts       no share and no entry of V is negative: S and V are W and H of `nmf`, a picture    (RP3)
                   is put together from parts and nothing is taken away; from the start
                   W even draws, v_k the mean of PATTERNS pictures that are drawn
    4. error       sum_n |x_n - s_n V|^2 / (N D), the mean over all pixels                            (RP4)
    5. spread      (sum |v|)^2 / (D sum v^2): 1 where all entries have one modulus, 1 / D where       (RP5)
                   only one is not 0; the share of the pixels that a vector uses, so to speak

Order of the errors. Centres, any at all, lie in an affine space of K - 1 dimensions, and the point of it that is
nearest to x_n is no further away than the nearest centre. Among all these spaces mean and K - 1 eigenfaces have the
least sum of squared distances, the eigenvalues that are left: 2 <= 1. Likewise the sums of K parts lie in a space of K
dimensions: mean and K eigenfaces have at most the error of 3. Centres of pictures, with shares 0 and 1, are parts: the
best parts are at least as good as the best centres. None of this says how good those are that an algorithm finds.

1 is exact, 2 is proven, 3 is computed with floats by + - * / and is the same everywhere, but nothing of it is proven.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Generic, cast

from refimpl import kmeans_starts, linear, nmf, trace
from refimpl.applications import eigenfaces
from refimpl.errors import BadInput, Undefined
from refimpl.linear import Vector
from refimpl.numbers import Ball, N

PATTERNS = 4
"""Pictures whose mean is the start of a part: less noise than one has, and parts that differ."""

Pictures = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Representation(Generic[N]):
    """N pictures by K vectors."""

    vectors: list[list[N]]
    """V, K x D, grey levels; eigenfaces have unit length."""
    shares: list[list[N]]
    """S, N x K."""
    error: N
    """The mean squared difference of a pixel, in squared grey levels."""


def by_centres(pictures: Pictures, k: int, *, seed: int, starts: int) -> Representation[Fraction]:
    """Return centres of K-means, the best of so many seeded starts, and a share of 1 in the nearest.  (RP1)

    Raises BadInput, and KTooLarge for more centres than pictures.
    """
    points = [[Fraction(x) for x in picture] for picture in pictures]
    state = kmeans_starts.restarts(points, kmeans_starts.seeded_starts(points, k, seed=seed, count=starts))
    shares = [[Fraction(label == j) for j in range(k)] for label in state.labels]
    return Representation(state.centers, shares, state.distortion / (len(points) * len(points[0])))


def by_eigenfaces(pictures: Pictures, k: int, *, digits: int) -> Representation[Ball]:
    """Return the mean and K - 1 eigenfaces, and the coefficients along them.  (RP2)

    Raises as `eigenfaces.fit` does for K - 1 components.
    """
    fitted = eigenfaces.fit(pictures, components=k - 1, ddof=0, digits=digits)
    bits = fitted.variances[0].prec
    mean = [Ball.of(m, bits) for m in fitted.mean]
    shares = [[Ball.of(1, bits), *row] for row in fitted.coefficients]
    return Representation([mean, *fitted.faces], shares, eigenfaces.lost(fitted)[-1] / len(mean))


def by_parts(pictures: Pictures, k: int, *, seed: int, iterations: int) -> Representation[float]:
    """Return K parts without negative entries after so many steps of `nmf`, and how much of each is taken.  (RP3)

    A function of its arguments alone. Raises BadInput for negative grey levels, and unless k and iterations are at
    least 1.
    """
    for name, count in (("k", k), ("iterations", iterations)):
        if count < 1:
            raise BadInput(f"{name} is {count}; give at least 1")
    points = [[float(x) for x in picture] for picture in pictures]
    n, source = len(points), Random(seed)
    h = [linear.mean([points[int(source.random() * n)] for _ in range(PATTERNS)]) for _ in range(k)]
    w = [[source.random() for _ in range(k)] for _ in range(n)]
    state = trace.nth(iterations, nmf.trace(points, nmf.State(w, h)))
    error = 2 * nmf.loss(points, state.w, state.h) / (n * len(points[0]))
    return Representation(state.h, state.w, error)


def picture(found: Representation[N], n: int) -> list[N]:
    """Return what stands for picture n: s_n1 v_1 + ... + s_nK v_K, length D."""
    return [linear.dot(found.shares[n], column) for column in zip(*found.vectors, strict=True)]


def spread(vector: Vector[N]) -> N:
    """Return which share of its D entries a vector uses, from 1 / D to 1. Raises Undefined for a vector of zeros."""
    linear.shape([vector], "vector")
    square = linear.dot(vector, vector)
    if linear.equals(square, 0):
        raise Undefined("the vector is 0, of which no entry is used; give one that is not")
    # (sum |v|)^2 / (D sum v^2)                                                            (RP5)
    size = linear.total([cast(N, abs(x)) for x in vector])
    return linear.quotient(size * size, square * len(vector))
