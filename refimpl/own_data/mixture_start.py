"""Where EM for a mixture starts on a person's own data: the rules of --start, all on exact numbers.

gmm.*         uniform                   means drawn evenly from the box of the data, by the seed: on data that --scale
                                        brought to [0, 1], the start of the blog "GMM by EM in Python"
              first, random, k-means++  means at different points of the data, as for K-means
              k-means                   K-means from a start by k-means++, and an M-step from its clusters
bernoulli.*   uniform                   probabilities drawn evenly from [1/4, 3/4], by the seed (Bishop, 9.3.3)
              k-means                   as above
binomial.*    uniform                   as above
all           numbers                   means or probabilities, written out: '1,2; 3,4', or 3/5,1/2 for coins
              FILE                      JSON with all parameters, or with what an earlier run has found; but for coins
                                        also CSV, with a row for each component

Where a start has no weights they are 1/K; where it has no covariances each is diagonal with the squared widths of the
columns, which is the unit matrix for data that fill [0, 1].
"""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from typing import TypeVar

from refimpl import bernoulli_mixture, binomial_mixture, gaussian, gaussian_mixture, kmeans
from refimpl.ancestral_sampling import uniforms
from refimpl.errors import BadInput, Diverges, NoMass, RefimplError
from refimpl.oracle.values import Rows
from refimpl.own_data import mixture_file, start
from refimpl.own_data.request import Request

T = TypeVar("T")

UNIFORM, CLUSTERS = "uniform", "k-means"
POINTS = ("first", "random", "k-means++")
"""Rules that put the means of Gaussians at points of the data."""


def gaussians(request: Request, shape: gaussian_mixture.Shape[Fraction]) -> gaussian_mixture.Theta[Fraction]:
    """Return K exact components. Raises BadInput, KTooLarge where there are more of them than points, and Diverges."""
    table, rule = request.table, request.options.start
    if rule == CLUSTERS:
        return _from_clusters(request, lambda r: gaussian_mixture.m_step(table.rows, r, None, shape))
    if rule == UNIFORM:
        k, seed = _drawn(request)
        draws = uniforms(seed)
        box = [(min(column), max(column)) for column in zip(*table.rows, strict=True)]
        means = [[low + (high - low) * u for (low, high), u in zip(box, draws, strict=False)] for _ in range(k)]
    elif rule in POINTS:
        means = _points(request, rule)
    else:
        return _given_gaussians(request, shape)
    return gaussian_mixture.Theta(_even(len(means)), means, [_wide(request, shape)] * len(means))


def _given_gaussians(request: Request, shape: gaussian_mixture.Shape[Fraction]) -> gaussian_mixture.Theta[Fraction]:
    found = mixture_file.given(request, (UNIFORM, *POINTS, CLUSTERS))
    k, points = len(found.components), request.table.rows
    covariances = [_wide(request, shape)] * k if found.covariances is None else found.covariances
    theta = gaussian_mixture.Theta(found.weights, found.components, covariances)

    def check() -> None:
        gaussian_mixture.check(points, theta)
        gaussian_mixture.check_type(theta, shape.covariance_type)
        for i, covariance in enumerate(covariances):
            gaussian.factors(covariance, f"covariances[{i}]")

    _checked(found.where, check)
    return theta


def bernoullis(request: Request, rows: bernoulli_mixture.Bits) -> bernoulli_mixture.Theta[Fraction]:
    """Return K exact components. Raises BadInput, and KTooLarge where there are more of them than rows."""
    rule = request.options.start
    if rule == CLUSTERS:
        return _from_clusters(request, lambda r: bernoulli_mixture.m_step(rows, r))
    if rule == UNIFORM:
        probabilities = _about_a_half(request, len(rows[0]))
        return bernoulli_mixture.Theta(_even(len(probabilities)), probabilities)
    found = mixture_file.given(request, (UNIFORM, CLUSTERS))
    theta = bernoulli_mixture.Theta(found.weights, found.components)
    _checked(found.where, lambda: bernoulli_mixture.check(rows, theta))
    return theta


def binomials(request: Request) -> binomial_mixture.Theta[Fraction]:
    """Return K exact coins. Raises BadInput, and KTooLarge where there are more of them than rounds."""
    if request.options.start == UNIFORM:
        probabilities = _about_a_half(request, 1)
        return binomial_mixture.Theta(_even(len(probabilities)), [p for (p,) in probabilities])
    found = mixture_file.given(request, (UNIFORM,))
    theta = binomial_mixture.Theta(found.weights, [p for (p,) in found.components])
    _checked(found.where, lambda: binomial_mixture.check(theta))
    return theta


def _even(k: int) -> list[Fraction]:
    return [Fraction(1, k)] * k


def _drawn(request: Request) -> tuple[int, int]:
    """Return K and the seed of a rule that draws. Raises BadInput and KTooLarge."""
    rule, k, seed = request.options.start, request.options.k, request.options.seed
    if k is None:
        raise BadInput(f"--start {rule} needs the number of components; give --k")
    kmeans.check_k(k, len(request.table.rows))
    if seed is None:
        raise BadInput(f"--start {rule} draws; give --seed with any integer, and the run can be repeated")
    return k, seed


def _about_a_half(request: Request, d: int) -> Rows:
    """Return K x D probabilities from [1/4, 3/4]."""
    k, seed = _drawn(request)
    draws = uniforms(seed)
    return [[Fraction(1, 4) + u / 2 for u in islice(draws, d)] for _ in range(k)]


def _points(request: Request, rule: str) -> Rows:
    table, k, seed = request.table, request.options.k, request.options.seed
    if rule == "random" and k is not None:
        # equal components stay equal for ever, so that of equal points only one is drawn
        kmeans.check_k(k, len(table.rows))
        table = replace(table, rows=start.different(table, k))
    return start.centers(table, rule, k, seed)


def _wide(request: Request, shape: gaussian_mixture.Shape[Fraction]) -> Rows:
    """Return a covariance as wide as the data, D x D; a column of one value has the regularisation alone."""
    columns = list(zip(*request.table.rows, strict=True))
    squares = [(max(column) - min(column)) ** 2 or Fraction(shape.regularisation) for column in columns]
    d = len(squares)
    if shape.covariance_type == "spherical":
        squares = [sum(squares, Fraction(0)) / d] * d
    for name, square in zip(request.table.columns, squares, strict=True):
        if not square:
            raise BadInput(
                f"{request.table.source}: the column {name!r} has one value only, and no Gaussian fits it; leave it "
                "out with --columns"
            )
    return [[squares[i] if i == j else Fraction(0) for j in range(d)] for i in range(d)]


def _from_clusters(request: Request, maximise: Callable[[Rows], T]) -> T:
    """Return the M-step of the clusters of K-means, which starts by k-means++."""
    k, seed = _drawn(request)
    points = request.table.rows
    state, _ = kmeans.fit(points, start.centers(request.table, "k-means++", k, seed))
    try:
        return maximise([[Fraction(label == j) for j in range(k)] for label in state.labels])
    except NoMass:
        raise NoMass(f"K-means leaves one of {k} clusters without a point; {remedy(request)}") from None
    except Diverges:
        raise Diverges(f"a cluster of K-means has no points for a covariance of its own; {remedy(request)}") from None


def remedy(request: Request) -> str:
    """Return what helps against a component that vanishes, as far as the task takes it."""
    start = "give another --start or --seed"
    return f"{start}, or --regularisation" if "regularisation" in request.task.params.__struct_fields__ else start


def _checked(where: str, check: Callable[[], None]) -> None:
    """Check parameters that somebody wrote, and say where."""
    try:
        check()
    except RefimplError as error:
        raise type(error)(f"{where}: {error}") from None
