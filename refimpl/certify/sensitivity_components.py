"""The sensitivity of principal components; see `sensitivity`.

Notation: as in `principal`, c = N - ddof, lambda_k = mu_k / c, T their sum, w_k the components, s_nk the scores. k has
the group G_k of all whose variance is tied with its own; s_n and w_.i are the parts of x_n and e_i along G_k; and
R_k = sum_(j not in G_k) w_j w_j^T / (lambda_k - lambda_j) over all D dimensions.

    d lambda_k / dx_ni   is at most (|w_.i . s_n| + |w_.i| |s_n|) / c, which is 2 |w_ki s_nk| / c            (E1)
                         where nothing is tied
    d w_k / dx_ni        = R_k (e_i s_nk + (x_n - m) w_ki) / c                                              (E2)
    d s_mk / dx_ni       = ([m = n] - 1/N) w_ki + (x_m - m) . dw_k / dx_ni                                  (E3)
    d (lambda_k / T)     = (d lambda_k - lambda_k / T dT) / T,  dT / dx_ni = 2 (x_ni - m_i) / c             (E4)

For dA = e_i y^T + y e_i^T, y = x_n - m, is what a change of x_ni does to A: the mean drops out, because the rows of X
add up to 0. (E1) has the eigenvalues of dA on the space of G_k: those of a b^T + b a^T are a.b +- |a| |b| and 0. In
(E2) what tied components do to each other is left out, because it only turns the basis of their space.

A backward-stable solver of eigenvalues or singular values moves every entry of a matrix by a rounding of the largest
one. So an entry of the points counts as at least as large as the largest entry of the centred points. And it rounds the
entries of w to so many digits of 1, not of themselves, which moves s_m by the largest |x_mi - m_i|: no S of a score is
less.

All is computed in binary64, by + - * / and roots alone, so that it is the same everywhere; S is a tolerance.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt
from typing import NamedTuple, TypeAlias

from refimpl import linear
from refimpl.certify import principal
from refimpl.certify.margin import Row, Rows

Floats: TypeAlias = list[list[float]]

NOTHING = Fraction(1, 10**30)
"""The share of the total variance up to which one counts as 0."""


class Sizes(NamedTuple):
    """S of every result."""

    variances: list[Fraction]
    ratio: list[Fraction]
    components: list[list[Fraction]]
    scores: list[list[Fraction]]
    """N x L"""


def of_components(points: Rows, components: Rows, variances: Row, vectors: Rows, divisor: int) -> Sizes:
    """Return S of the results.

    components: L x D, with their variances, equal ones where they are tied; vectors: all approximate eigenvectors of A;
    divisor: N - ddof.
    """
    a, x = principal.scatter(points, len(components))
    reach = [max(map(abs, row)) for row in x]
    largest = max(reach)
    unit = Fraction(2) ** (largest.numerator.bit_length() - largest.denominator.bit_length())
    y, weights = _floats(x, unit), _floats([[max(abs(z), largest) for z in row] for row in points], unit)
    total = linear.total(row[i] for i, row in enumerate(a)) / divisor
    later = _later(a, x, vectors[len(components) :], divisor)
    # those of variance 0, which a Gram matrix does not know, are what the others lack
    basis = [*zip(_floats(components), variances, strict=True), *(pair for pair in later if pair[1] > NOTHING * total)]
    sizes = Sizes([], [], [], [])
    for k, value in enumerate(variances):
        tied = [w for w, other in basis if other == value]
        turned = _resolvent(basis, value, unit)
        found = _of_component(y, weights, tied, basis[k][0], turned, (divisor, float(value / total)))
        sizes.variances.append(Fraction(found[0]) * unit**2)
        sizes.ratio.append(Fraction(found[1]) * unit**2 / total)
        sizes.components.append([Fraction(z) for z in found[2]])
        sizes.scores.append([max(Fraction(z) * unit, least) for z, least in zip(found[3], reach, strict=True)])
    return sizes._replace(scores=linear.transpose(sizes.scores))


def _of_component(
    y: Floats, weights: Floats, tied: Floats, w: list[float], r: Floats, scale: tuple[int, float]
) -> tuple[float, float, list[float], list[float]]:
    """Return S of a variance, of its share times T, of the entries of w, and of its N scores."""
    c, share = scale
    n, d = len(y), len(w)
    scores, parts = linear.matvec(y, w), linear.transpose([linear.matvec(y, other) for other in tied])
    yr = [linear.matvec(r, row) for row in y]
    yry = [linear.matvec(y, row) for row in yr]
    variance = ratio = 0.0
    component, moved = [0.0] * d, [0.0] * n
    for p in range(n):
        for i, weight in enumerate(weights[p]):
            # |w_.i . s_n| + |w_.i| |s_n|                                                   (E1)
            b = [other[i] for other in tied]
            inner, size = linear.dot(b, parts[p]), sqrt(linear.dot(b, b) * linear.dot(parts[p], parts[p]))
            ends = (inner + size, inner - size) if len(tied) > 1 else (2 * inner,)
            variance += weight * max(map(abs, ends)) / c
            # d lambda_k - lambda_k / T dT                                                  (E4)
            ratio += weight * max(abs(end - share * 2 * y[p][i]) for end in ends) / c
            for j in range(d):
                # R_k (e_i s_nk + (x_n - m) w_ki) / c                                       (E2)
                component[j] += weight * abs(r[j][i] * scores[p] + yr[p][j] * w[i]) / c
            for m in range(n):
                turned = (yr[m][i] * scores[p] + yry[m][p] * w[i]) / c
                # ([m = n] - 1/N) w_ki + (x_m - m) . dw_k / dx_ni                           (E3)
                moved[m] += weight * abs(((m == p) - 1 / n) * w[i] + turned)
    return variance, ratio, component, moved


def _resolvent(basis: Sequence[tuple[list[float], Fraction]], value: Fraction, unit: Fraction) -> Floats:
    """Return R_k; what the basis lacks has variance 0, as dimensions beyond the number of points have."""
    d = range(len(basis[0][0]))
    outside = float(unit**2 / value) if value and len(basis) < len(d) else 0.0
    r = [[outside * (i == j) for j in d] for i in d]
    for w, other in basis:
        factor = (0.0 if other == value else float(unit**2 / (value - other))) - outside
        r = [[x + factor * w[i] * w[j] for j, x in enumerate(row)] for i, row in enumerate(r)]
    return r


def _later(a: Rows, x: Rows, vectors: Rows, divisor: int) -> list[tuple[list[float], Fraction]]:
    """Return the unit eigenvectors in D dimensions that are not asked for, and their variances."""
    found = []
    for v in vectors:
        square = linear.dot(v, v)
        mu = linear.dot(v, linear.matvec(a, v)) / square
        t = v if len(a) == len(x[0]) else linear.matvec(linear.transpose(x), v)
        largest = max(map(abs, t)) or Fraction(1)
        floats = [float(z / largest) for z in t]
        length = sqrt(linear.dot(floats, floats)) or 1.0
        found.append(([z / length for z in floats], mu / divisor))
    return found


def _floats(rows: Rows, unit: Fraction = Fraction(1)) -> Floats:
    return [[float(z / unit) for z in row] for row in rows]
