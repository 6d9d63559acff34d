"""What the sensitivity of a mixture needs of its family; notation as in `sensitivity_mixture`.

Gaussians, with z = Sigma_k^-1 (x_n - mu_k), d = x_n - mu'_k and P = Sigma_k^-1:

    g = (1 / pi_k, z_i, (z_i z_j - P_ij) / (1 + [i = j]) for i <= j)                       (K6)
    H = (1 / N, d_i / N_k, (d_i d_j - Sigma'_ij) / N_k): the influence of centered moments,
        in which nothing cancels                                                           (K7)
    an input x_ni moves l_nk by -z_i |x_ni|, mu'_ki by r_nk |x_ni| / N_k, and Sigma'_kij by
        r_nk d_j |x_ni| / N_k, twice that for i = j                                        (K8)

Tosses: whoever evaluates l_nk rounds a sum of logarithms, so that l_nk is an input of the size of their moduli.

    g = (1 / pi_k, h_nd / theta_kd - t_nd / (1 - theta_kd))                                (K9)
    H = (1 / N, (h_nd (1 - theta'_kd) - t_nd theta'_kd) / (H_kd + T_kd))                   (K10)

A parameter on the border, and a component without mass, stay where they are. The scale of a weight or a probability
is its distance from the border; that of mu_i and Sigma_ij is s_i and s_i s_j, where s_i = P_ii^(-1/2) is the standard
deviation of coordinate i for given others: Sigma stays positive definite if one entry moves by less than half of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import sqrt

from refimpl import linear
from refimpl.certify.gaussians import Gaussians
from refimpl.certify.mixture import Parameters
from refimpl.certify.tosses import Tosses
from refimpl.numbers import ball

Column = list[float]

LOGARITHMS = ball(20)


@dataclass(frozen=True)
class Nudge:
    """What an input does by itself, apart from what theta does."""

    n: int
    """The observation that it belongs to."""
    lean: Column
    """dl_nk, length K."""
    moved: dict[int, float] = field(default_factory=dict)
    """d theta'_o where it is not 0."""


@dataclass(frozen=True)
class Slopes:
    """g, H and the nudges of one step; theta has, of each component in turn, its weight and its family's row."""

    gradients: list[list[Column]]
    """g by component and parameter, each of length N."""
    influences: list[dict[int, Column] | None]
    """H by parameter, then by the component whose responsibilities move it; None where it is kept."""
    nudges: list[Nudge]


def slopes_of(
    family: Gaussians | Tosses, theta: Parameters[Fraction], left: Parameters[Fraction], r: Sequence[Column]
) -> Slopes:
    """Return the slopes of the step from theta to left, with these responsibilities."""
    if isinstance(family, Gaussians):
        return _of_gaussians(family, theta, left, r)
    return _of_tosses(family, theta, left, r)


def scales_of(family: Gaussians | Tosses, theta: Parameters[Fraction]) -> Column:
    """Return the scale on which results follow each parameter; 0 on the border."""
    found: Column = []
    for weight, row in zip(*theta, strict=True):
        found.append(float(min(weight, 1 - weight)))
        if isinstance(family, Tosses):
            found += [float(min(p, 1 - p)) for p in row]
            continue
        precision = linear.inverse(family.covariance(row))
        s = [1 / sqrt(precision[i][i]) for i in range(len(precision))]
        found += [*s, *(s[i] * s[j] for i, j in family.pairs)]
    return found


def _of_gaussians(
    family: Gaussians, theta: Parameters[Fraction], left: Parameters[Fraction], r: Sequence[Column]
) -> Slopes:
    d, count, kind = len(family.origin), len(r), family.covariance_type
    size = 1 + d + len(family.pairs)
    gradients: list[list[Column]] = []
    influences: list[dict[int, Column] | None] = []
    zs, offsets, scatters, masses = [], [], [], []
    for k, (weight, row) in enumerate(zip(*theta, strict=True)):
        precision = linear.inverse(family.covariance(row))
        z = [[float(linear.dot(line, linear.subtract(x, row[:d]))) for line in precision] for x in family.points]
        zs.append(z)
        p = [[float(x) for x in line] for line in precision]
        squares = [[(v[i] * v[j] - p[i][j]) / (1 + (i == j)) for v in z] for i, j in family.pairs]
        if kind == "spherical":  # d l / d sigma^2 is the sum over the diagonal
            squares = [[linear.total((v[i] * v[i] - p[i][i]) / 2 for i in range(d)) for v in z]]
        whole = [1 / float(weight)] * count if weight else [0.0] * count
        gradients.append([whole, *linear.transpose(z), *squares])
        mean, sigma = left.components[k][:d], [float(x) for x in left.components[k][d:]]
        offset = [[float(a - m) for a, m in zip(x, mean, strict=True)] for x in family.points]
        offsets.append(offset)
        if kind == "spherical":
            scatters.append([[linear.total(y * y for y in v) / d - sigma[0] for v in offset]])
        else:
            pairs = zip(family.pairs, sigma, strict=True)
            scatters.append([[v[i] * v[j] - s for v in offset] for (i, j), s in pairs])
        masses.append(float(left.weights[k]) * count)
    for k, mass in enumerate(masses):
        if not mass:
            influences += [{k: [1 / count] * count}, *[None] * (size - 1)]
            continue
        influences.append({k: [1 / count] * count})
        influences += [{k: [y / mass for y in column]} for column in zip(*offsets[k], strict=True)]
        for e in range(len(family.pairs)):
            if kind == "tied":  # N_k Sigma_k of every component moves the one Sigma
                influences.append({j: [y / count for y in scatters[j][e]] for j in range(len(masses)) if masses[j]})
            else:
                influences.append({k: [y / mass for y in scatters[k][e]]})
    return Slopes(gradients, influences, _of_points(family, zs, offsets, masses, r))


def _of_points(
    family: Gaussians,
    zs: Sequence[Sequence[Column]],
    offsets: Sequence[Sequence[Column]],
    masses: Column,
    r: Sequence[Column],
) -> list[Nudge]:
    """Return what the coordinates of the points do.  (K8)"""
    d, count = len(family.origin), len(r)
    size = 1 + d + len(family.pairs)
    found = []
    for n, x in enumerate(family.points):
        for i in range(d):
            reach = abs(float(x[i]))
            if not reach:
                continue
            moved: dict[int, float] = {}
            pooled = [0.0] * len(family.pairs)
            for k, mass in enumerate(masses):
                if not mass:
                    continue
                at, share, offset = k * size + 1, r[n][k] * reach / mass, offsets[k][n]
                moved[at + i] = share
                for e, pair in enumerate(family.pairs):
                    if family.covariance_type == "spherical":
                        turn = 2 * offset[i] / d
                    elif i in pair:
                        turn = offset[pair[0] + pair[1] - i] * (1 + (pair[0] == pair[1]))
                    else:
                        continue
                    moved[at + d + e] = share * turn
                    pooled[e] += share * turn * mass / count
            if family.covariance_type == "tied":
                for k, mass in enumerate(masses):
                    if mass:
                        moved |= {k * size + 1 + d + e: x for e, x in enumerate(pooled)}
            found.append(Nudge(n, [-z[n][i] * reach for z in zs], moved))
    return found


def _of_tosses(family: Tosses, theta: Parameters[Fraction], left: Parameters[Fraction], r: Sequence[Column]) -> Slopes:
    count, d = len(r), len(family.heads[0])
    gradients: list[list[Column]] = []
    influences: list[dict[int, Column] | None] = []
    sizes: list[Column] = []
    rounds = list(zip(family.heads, family.tails, strict=True))
    for k, (weight, row) in enumerate(zip(*theta, strict=True)):
        inside = [0 < p < 1 for p in row]
        slopes = [
            (float(1 / p), float(1 / (1 - p))) if free else (0.0, 0.0) for p, free in zip(row, inside, strict=True)
        ]
        whole = [1 / float(weight)] * count if weight else [0.0] * count
        gradients.append(
            [whole, *([h[j] * up - t[j] * down for h, t in rounds] for j, (up, down) in enumerate(slopes))]
        )
        logs = [(_modulus(p), _modulus(1 - p)) for p in row]
        sizes.append([linear.total(a * i + b * j for (a, b), i, j in zip(logs, h, t, strict=True)) for h, t in rounds])
        share = [line[k] for line in r]
        influences.append({k: [1 / count] * count})
        for j in range(d):
            p = float(left.components[k][j])
            tosses = linear.total(s * (h[j] + t[j]) for s, (h, t) in zip(share, rounds, strict=True))
            influences.append(
                {k: [(h[j] * (1 - p) - t[j] * p) / tosses for h, t in rounds]} if tosses and 0 < p < 1 else None
            )
    nudges = [
        Nudge(n, [size[n] * (j == k) for j in range(len(sizes))]) for k, size in enumerate(sizes) for n in range(count)
    ]
    return Slopes(gradients, influences, nudges)


def _modulus(p: Fraction) -> float:
    """Return |ln p|, 0 on the border."""
    return float(abs(LOGARITHMS.log(LOGARITHMS(p)).mid)) if 0 < p < 1 else 0.0
