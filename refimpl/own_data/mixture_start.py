"""Where EM for a mixture starts on a person's own data: the rules of --start, all on exact numbers.

gmm.*         uniform                   means drawn evenly from the box of the data, by the seed: on data that --scale
                                        brought to [0, 1], the start of the blog "GMM by EM in Python"
              first, random, k-means++  means at different points of the data, as for K-means
              k-means                   K-means from a start by k-means++, and an M-step from its clusters
bernoulli.*   uniform                   probabilities drawn evenly from [1/4, 3/4], by the seed (Bishop, 9.3.3)
              k-means                   as above
binomial.*    uniform                   as above
all           numbers                   means or probabilities, written out: '1,2; 3,4', or 3/5,1/2 for coins
              FILE                      as numbers, in CSV; in JSON all parameters, or what an earlier run has found

Where a start has no weights they are 1/K; where it has no covariances each is diagonal with the squared widths of the
columns, which is the unit matrix for data in [0, 1].
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TypeVar

from refimpl import bernoulli_mixture, binomial_mixture, gaussian, gaussian_mixture, kmeans
from refimpl.ancestral_sampling import uniforms
from refimpl.errors import BadInput, NoMass
from refimpl.mixture import ROUNDED
from refimpl.oracle import values
from refimpl.oracle.values import Rows, Tree
from refimpl.own_data import mixture_file, start
from refimpl.own_data.request import Request
from refimpl.two_coins import Rounds

Exactly = Fraction
T = TypeVar("T")

POINTS = ("first", "random", "k-means++")
"""Rules that put the means of Gaussians at points of the data."""


def gaussians(request: Request, shape: gaussian_mixture.Shape[Fraction]) -> gaussian_mixture.Theta[Fraction]:
    """Return K exact components. Raises BadInput, and KTooLarge where there are more of them than points."""
    rules = ("uniform", *POINTS, "k-means")
    rule, points = request.options.start, request.table.rows
    if rule == "k-means":
        return _from_clusters(
            request, lambda r, means: gaussian_mixture.m_step(points, r, _theta(request, means, shape), shape)
        )
    if rule == "uniform":
        k = _drawn(request)
        draws = iter(uniforms(_seed(request)))
        box = [(min(column), max(column)) for column in zip(*points, strict=True)]
        return _theta(request, [[low + (high - low) * next(draws) for low, high in box] for _ in range(k)], shape)
    if rule in POINTS:
        # equal components would stay equal for ever, so that only one of equal points is drawn
        different = replace(request.table, rows=[list(x) for x in dict.fromkeys(map(tuple, points))])
        kmeans.check_k(_drawn(request), len(points))
        if request.options.k > len(different.rows):
            pass
        return _theta(request, start.centers(different, rule, request.options.k, request.options.seed), shape)
    raise NotImplementedError
