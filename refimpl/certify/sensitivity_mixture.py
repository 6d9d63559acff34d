"""The sensitivity of a mixture's results to its inputs, carried from step to step; see `sensitivity`.

Notation as in `mixture`; theta in one row, of each component its weight and then its family's row; l_nk = ln(pi_k
p_k(x_n)); g_nk = d l_nk / d theta_k; T_v = (d theta / d v) |v| for an input v.

    dr_nk = r_nk (dl_nk - sum_j r_nj dl_nj),  dl_nk = g_nk . d theta_k + what v does itself    (K1)
    d theta'_o = sum_n sum_k H_onk dr_nk + what v does itself                                  (K2)
    d ln p = sum_n sum_k r_nk dl_nk                                                            (K3)
    at a fixed point T_v = (I - J)^-1 (what v does itself), and each step rounds theta: another input for each
    theta_o, which moves it by |theta_o|                                                       (K4)
    the rate follows theta as a difference quotient tells, for a step that is small beside the spread of the
    component, however large theta_o is                                                        (K5)

The inputs beside the start, what they do themselves, g and H are told by `sensitivity_families`. The derivatives are
floats: a sensitivity is a tolerance, of which two digits are used. They are made by + - * / alone from correctly
rounded numbers, and are therefore the same on every machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from refimpl import linear
from refimpl.certify.gaussians import Gaussians
from refimpl.certify.mixture import Frame, Parameters, from_row, image, row_of
from refimpl.certify.sensitivity_families import Column, Nudge, scales_of, slopes_of
from refimpl.certify.tosses import Tosses
from refimpl.linear import Matrix
from refimpl.numbers import ball

NUMBERS = ball(30)
"""Every step is computed in these, and continued from the midpoint: tolerances need no enclosure."""

MOST = 4_000_000
"""Products in a step beyond which what observations do counts in the last step only."""

POWER = 200
"""Multiplications after which a vector is taken for the leading one."""

SMALL = 2.0**-20
"""The step of the difference quotient of a rate beside the scale, and a change that two digits do not see."""


@dataclass(frozen=True)
class Sizes:
    """S of the results."""

    responsibilities: list[Column]
    """Relative: S / r, N x K."""
    log_likelihood: float
    theta: Column
    """Of the parameters that leave the step; of each component its weight and its family's row."""


class Step:
    """One step from theta, to first order."""

    def __init__(self, family: Gaussians | Tosses, theta: Parameters[Fraction]) -> None:
        """Take the step."""
        k = len(theta.weights)
        self.entered = theta
        found = image(Frame(family, NUMBERS), from_row([NUMBERS(x) for x in row_of(theta)], k))
        self.left = from_row([x.mid for x in row_of(found.parameters)], k)
        self.r = [[float(x.mid) for x in row] for row in found.responsibilities]
        self.slopes = slopes_of(family, theta, self.left, self.r)
        self.jacobian = self._jacobian()

    def _jacobian(self) -> list[Column]:
        """Return d theta'_o / d theta_b = sum_n r_nk (H_onk - sum_j r_nj H_onj) g_nkb, b one of component k's."""
        shares, found = linear.transpose(self.r), []
        for o, influence in enumerate(self.slopes.influences):
            if influence is None:
                found.append([float(o == b) for b in range(len(self.slopes.influences))])
                continue
            mean = [linear.total(row[k] * h[n] for k, h in influence.items()) for n, row in enumerate(self.r)]
            line: Column = []
            for k, gradient in enumerate(self.slopes.gradients):
                h = influence.get(k) or [0.0] * len(mean)
                weighed = [share * (a - m) for share, a, m in zip(shares[k], h, mean, strict=True)]
                line += [linear.dot(weighed, column) for column in gradient]
            found.append(line)
        return found

    def own(self, nudge: Nudge) -> Column:
        """Return what an input does to theta' itself.  (K2)"""
        r, n = self.r[nudge.n], nudge.n
        mean = linear.dot(r, nudge.lean)
        dr = [share * (lean - mean) for share, lean in zip(r, nudge.lean, strict=True)]
        return [
            (linear.total(h[n] * dr[k] for k, h in influence.items()) if influence else 0.0) + nudge.moved.get(o, 0.0)
            for o, influence in enumerate(self.slopes.influences)
        ]

    def sizes(self, tangents: Sequence[Column], nudges: Sequence[Nudge | None], left: Sequence[Column]) -> Sizes:
        """Return S of the results, given T_v at the theta that entered and at the one that left, for each v."""
        theta = [linear.total(map(abs, column)) for column in zip(*left, strict=True)]
        return Sizes(self._ratios(tangents, nudges), self.likelihood(tangents, nudges), theta)

    def likelihood(self, tangents: Sequence[Column], nudges: Sequence[Nudge | None]) -> float:
        """Return S of ln p, whose slopes in theta are sum_n r_nk g_nk.  (K3)"""
        score = [
            linear.dot(share, column)
            for share, gradient in zip(linear.transpose(self.r), self.slopes.gradients, strict=True)
            for column in gradient
        ]
        return linear.total(
            abs(linear.dot(score, tangent) + (linear.dot(self.r[nudge.n], nudge.lean) if nudge else 0.0))
            for tangent, nudge in zip(tangents, nudges, strict=True)
        )

    def _ratios(self, tangents: Sequence[Column], nudges: Sequence[Nudge | None]) -> list[Column]:
        """Return S / r: the sum of |dl_nk - sum_j r_nj dl_nj| over the inputs.  (K1)"""
        found = [[0.0] * len(row) for row in self.r]
        gradients = [list(zip(*gradient, strict=True)) for gradient in self.slopes.gradients]
        size = len(gradients[0][0])
        for tangent, nudge in zip(tangents, nudges, strict=True):
            parts = [tangent[i : i + size] for i in range(0, len(tangent), size)]
            alone = [nudge.n] if nudge and not any(tangent) else range(len(self.r))
            for n in alone:
                row = self.r[n]
                lean = [linear.dot(part, gradient[n]) for part, gradient in zip(parts, gradients, strict=True)]
                if nudge and nudge.n == n:
                    lean = linear.subtract(lean, [-x for x in nudge.lean])
                mean = linear.dot(row, lean)
                found[n] = [total + abs(a - mean) for total, a in zip(found[n], lean, strict=True)]
        return found


def of_run(family: Gaussians | Tosses, theta: Parameters[Fraction], iterations: int) -> tuple[Sizes, float]:
    """Return S of the results of so many steps, and S of ln p at the parameters that leave the last one."""
    step, begin = Step(family, theta), _floats(theta)
    nothing = [0.0] * len(begin)
    tangents = [[abs(x) * (i == o) for o in range(len(begin))] for i, x in enumerate(begin)]
    tangents += [nothing] * len(step.slopes.nudges)
    inputs: list[Nudge | None] = [*[None] * len(begin), *step.slopes.nudges]
    if not iterations:
        return step.sizes(tangents, inputs, tangents), 0.0
    early = len(begin) ** 2 * len(inputs) <= MOST
    for t in range(iterations):
        if t:
            step = Step(family, step.left)
            inputs = [*[None] * len(begin), *step.slopes.nudges]
        counted = early or t == iterations - 1
        entered, tangents = tangents, []
        for nudge, tangent in zip(inputs, entered, strict=True):
            own = step.own(nudge) if nudge and counted else nothing
            carried = linear.matvec(step.jacobian, tangent) if any(tangent) else nothing
            tangents.append([a + b for a, b in zip(carried, own, strict=True)])
        if early and _still(tangents, entered) and _still([_floats(step.left)], [_floats(step.entered)]):
            break  # the run has settled: what further steps change is not seen in two digits
    after = Step(family, step.left)
    left = after.likelihood(tangents, [*[None] * len(begin), *after.slopes.nudges])
    return step.sizes(entered, inputs, tangents), left


def of_m_step(family: Gaussians | Tosses, left: Parameters[Fraction], r: Matrix[Fraction]) -> Sizes:
    """Return S of the parameters that responsibilities imply; these are inputs too."""
    shares = [[float(x) for x in row] for row in r]
    slopes = slopes_of(family, left, left, shares)
    theta = []
    for o, influence in enumerate(slopes.influences):
        size = linear.total([0.0, *(abs(nudge.moved.get(o, 0.0)) for nudge in slopes.nudges)])
        for k, h in (influence or {}).items():
            size += linear.total(abs(a) * row[k] for a, row in zip(h, shares, strict=True))
        theta.append(size)
    return Sizes([], 0.0, theta)


def of_fixed_point(family: Gaussians | Tosses, theta: Parameters[Fraction]) -> Sizes:
    """Return S of the results at a fixed point but for its rate.  (K4)"""
    step, at = Step(family, theta), _floats(theta)
    pull = linear.inverse([[(i == j) - x for j, x in enumerate(row)] for i, row in enumerate(step.jacobian)])
    tangents = [linear.matvec(pull, step.own(nudge)) for nudge in step.slopes.nudges]
    tangents += [[abs(x) * row[o] for row in pull] for o, x in enumerate(at)]
    return step.sizes(tangents, [*step.slopes.nudges, *[None] * len(at)], tangents)


def of_rate(family: Gaussians | Tosses, theta: Parameters[Fraction], sizes: Column) -> float:
    """Return S of the rate at a limit theta, given S of theta itself, as far as the rate follows theta.  (K5)"""
    rate, row, size = _rate(Step(family, theta)), _flat(theta), 0.0
    for o, (scale, reach) in enumerate(zip(scales_of(family, theta), sizes, strict=True)):
        if scale and reach:
            nudge = scale * SMALL
            there = [*row[:o], row[o] + Fraction(nudge), *row[o + 1 :]]
            size += abs(_rate(Step(family, _unflat(there, len(theta.weights)))) - rate) / nudge * reach
    return size


def _still(now: Sequence[Column], before: Sequence[Column]) -> bool:
    """Return whether nothing moved by more than a millionth of the largest entry of its place."""
    scales = [max(map(abs, column)) for column in zip(*now, strict=True)]
    return all(
        abs(a - b) <= SMALL * scale
        for row, old in zip(now, before, strict=True)
        for a, b, scale in zip(row, old, scales, strict=True)
    )


def _rate(step: Step) -> float:
    """Return the spectral radius of what moves, all eigenvalues being real and not negative."""
    free = [o for o, influence in enumerate(step.slopes.influences) if influence is not None]
    jacobian = [[step.jacobian[o][b] for b in free] for o in free]
    # a start without symmetry, because the leading vector at equal components is antisymmetric
    vector, radius = [1 / (1 + o) for o in range(len(jacobian))], 0.0
    for _ in range(POWER):
        vector = linear.matvec(jacobian, vector)
        radius = max(map(abs, vector))
        if not radius:
            return 0.0
        vector = [x / radius for x in vector]
    return radius


def _flat(theta: Parameters[Fraction]) -> list[Fraction]:
    return [x for weight, row in zip(*theta, strict=True) for x in (weight, *row)]


def _unflat(row: list[Fraction], k: int) -> Parameters[Fraction]:
    size = len(row) // k
    parts = [row[i * size : (i + 1) * size] for i in range(k)]
    return Parameters([part[0] for part in parts], [part[1:] for part in parts])


def _floats(theta: Parameters[Fraction]) -> Column:
    return [float(x) for x in _flat(theta)]
