"""The EM map of mixtures by moments, and its derivative: against the rooms, difference quotients, series of Arb, and
the observed information at limits.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction as Q
from functools import cache
from itertools import islice
from typing import Any

import flint
import pytest
from hypothesis import given, settings, strategies as st
from mixture_strategies import bernoullis, binomials, determinant, gaussians, inverse, of_kind, of_type
from strategies import decided, flat, in_kind

from refimpl import bernoulli_mixture, binomial_mixture, em, gaussian_mixture, linear
from refimpl.certify import krawczyk
from refimpl.certify.gaussians import Gaussians
from refimpl.certify.jets import Jet, Jets, variables
from refimpl.certify.mixture import (
    Frame,
    Parameters,
    at,
    check_chain,
    coordinates,
    from_row,
    image,
    jacobian,
    maps,
    moments,
    responsibilities,
    row_of,
)
from refimpl.certify.tosses import Tosses
from refimpl.errors import DomainError, NoMass, Refuted, Undecided, Unsupported
from refimpl.gaussian_mixture import COVARIANCE_TYPES, Shape, Theta
from refimpl.numbers import EXACT, FLOAT, Ball, ball, high

TYPES = pytest.mark.parametrize("kind", COVARIANCE_TYPES)
PLANE = [[Q(x), Q(y)] for x, y in ((0, 0), (1, 4), (3, 1), (2, 2), (9, 3), (10, 8), (12, 5), (11, 7), (6, 6), (5, 2))]
LINE = [[Q(x)] for x in (1, 2, 3, 4, 4, 6, 6, 6, 7, 9, 9, 11, 11, 14)]
BITS = [[0] * 3] * 3 + [[1] * 3] * 3 + [[0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]
ROUNDS = [(9, 1), (3, 0), (8, 4), (2, 6), (1, 9), (4, 4), (0, 3), (7, 2)]
HALF = [Q(1, 2), Q(1, 2)]


def bits(rows: Sequence[Sequence[int]]) -> Tosses:
    return Tosses(rows, [[1 - x for x in row] for row in rows])


def plane(kind: Any, c: Q = Q(0)) -> tuple[Gaussians, Parameters[Q]]:
    spread = {"full": (4, 1, 4), "tied": (4, 1, 4), "diag": (4, 3), "spherical": (4,)}[kind]
    return Gaussians(PLANE, kind, c), Parameters(HALF, [[*map(Q, (*mean, *spread))] for mean in ((2, 2), (10, 6))])


def of_rows(weights: str, *rows: str) -> Parameters[Q]:
    return Parameters([*map(Q, weights.split())], [[*map(Q, row.split())] for row in rows])


TASKS: dict[str, tuple[Any, Parameters[Q]]] = {
    **{kind: plane(kind) for kind in COVARIANCE_TYPES},
    "line": (Gaussians(LINE), of_rows("5/8 3/8", "35/8 73/16", "83/8 85/16")),
    "bernoulli": (bits(BITS), of_rows("1/2 1/2", "3/4 2/3 3/4", "1/4 1/3 1/4")),
    "binomial": (Tosses(*zip(*[([h], [t]) for h, t in ROUNDS], strict=True)), of_rows("1/2 1/2", "3/4", "1/3")),
}
"""The runs from here come to stable limits."""

MORE: dict[str, tuple[Any, Parameters[Q]]] = {
    **TASKS,
    "three tied": (Gaussians(LINE, "tied"), of_rows("1/4 1/2 1/4", "2 3", "6 3", "11 3")),
    "three coins": (TASKS["binomial"][0], of_rows("1/4 1/4 1/2", "4/5", "2/5", "1/5")),
    "ten tosses": (Tosses([[h] for h in range(11)], [[10 - h] for h in range(11)]), of_rows("1/3 2/3", "1/3", "3/5")),
    "regularised": plane("full", Q(3, 2)),
}
EVERY = pytest.mark.parametrize("name", list(MORE))
STABLE = pytest.mark.parametrize("name", list(TASKS))
NUMBERS = high(60)
MP = NUMBERS.pi().context  # type: ignore[attr-defined]


def given_in(numbers: Any, theta: Parameters[Q]) -> Any:
    return from_row(in_kind(numbers, row_of(theta)), len(theta.weights))


def started(name: str, numbers: Any) -> list[Any]:
    """Coordinates after the first step."""
    family, theta = MORE[name]
    return coordinates(Frame(family, numbers), given_in(numbers, theta))


# ---------------------------------------------------------------------- the map, against the rooms


def overlap(found: Any, truth: Any) -> bool:
    pairs = list(zip(found, truth, strict=True))
    return all(x.overlaps(y) and max(x.rad, y.rad) < Q(1, 10**25) * (1 + abs(x.mid)) for x, y in pairs)


def in_row(family: Gaussians, theta: Any) -> list[Any]:
    pairs = zip(theta.means, theta.covariances, strict=True)
    return row_of(Parameters(theta.weights, [family.row(m, s) for m, s in pairs]))


def stepped(model: Any, data: Any, theta: Any) -> Any:
    _, after = islice(em.trace(model, data, em.start(model, data, theta)), 2)
    return after


@TYPES
@settings(max_examples=8)
@given(drawn=gaussians(), c=st.sampled_from([Q(0), Q(0), Q(3, 7)]))
def test_a_step_and_its_likelihood_are_those_of_the_room_of_gaussians(kind: Any, drawn: Any, c: Q) -> None:
    family, theta = Gaussians(drawn.points, kind, c), of_type(drawn.theta, kind)

    def both(numbers: Any) -> tuple[Any, Any]:
        points, start, frame = in_kind(numbers, drawn.points), of_kind(numbers, theta), Frame(family, numbers)
        after = stepped(gaussian_mixture.model(numbers, Shape(kind, numbers(c))), points, start)
        entered = from_row(in_row(family, start), len(theta.weights))
        found = image(frame, entered)
        left = row_of(found.parameters)
        assert overlap(row_of(at(family, coordinates(frame, entered), numbers)), left)  # (W4)
        here = [*left, *flat(found.responsibilities), family.log_likelihood(entered, frame)]
        there = [*in_row(family, after.theta), *flat(after.posterior)]
        return here, [*there, gaussian_mixture.log_likelihood(points, start, numbers)]

    assert overlap(*decided(both, ball(60)))


@settings(max_examples=40)
@given(drawn=st.one_of(bernoullis(), binomials()))
def test_a_step_and_its_likelihood_are_those_of_the_rooms_of_tosses(drawn: Any) -> None:
    coins = hasattr(drawn, "rounds")
    room, data = (binomial_mixture, drawn.rounds) if coins else (bernoulli_mixture, drawn.rows)
    table = [[p] for p in drawn.theta.probabilities] if coins else drawn.theta.probabilities
    family = Tosses([[h] for h in data.heads], [[t] for t in data.tails]) if coins else bits(data)
    theta, exact, numbers = Parameters(drawn.theta.weights, table), Frame(family, EXACT), ball(60)
    found, after = image(exact, theta), stepped(room.model(EXACT), data, drawn.theta)
    assert found.responsibilities == after.posterior
    assert found.parameters.weights == after.theta.weights
    assert found.parameters.components == [[p] if coins else list(p) for p in after.theta.probabilities]
    here = family.log_likelihood(given_in(numbers, theta), Frame(family, numbers))
    assert here.overlaps(room.log_likelihood(data, of_kind(numbers, drawn.theta), numbers))
    if all(any(row) for row in zip(*family.heads, strict=True)):
        assert at(family, coordinates(exact, theta), EXACT) == found.parameters


def with_a_component_of_weight_0(kind: Any) -> tuple[list[Any], list[Any]]:
    """Parameters after a step, by the proof and by the room."""
    family, theta = plane(kind)
    first, last = theta.components
    rows, numbers = [first, [*first[:-1], Q(9)] if kind != "tied" else first, last], ball(60)
    found = image(Frame(family, numbers), given_in(numbers, Parameters([Q(1, 2), Q(0), Q(1, 2)], rows)))
    start = Theta([Q(1, 2), Q(0), Q(1, 2)], [row[:2] for row in rows], [family.covariance(row) for row in rows])
    model = gaussian_mixture.model(numbers, Shape(kind, numbers(0)))
    assert [x.mid for x in found.parameters.components[1][:2]] == first[:2]
    assert all(row[1] == 0 for row in found.responsibilities)
    return row_of(found.parameters), in_row(
        family, stepped(model, in_kind(numbers, PLANE), of_kind(numbers, start)).theta
    )


@pytest.mark.parametrize("kind", ["full", "tied", "diag", "spherical"])
def test_a_component_of_weight_0_is_left_as_it_is_but_for_what_is_tied(kind: Any) -> None:
    assert overlap(*with_a_component_of_weight_0(kind))


def test_equal_components_are_exact_and_others_need_the_exponential() -> None:
    family, theta = plane("full")
    found = image(Frame(family, EXACT), Parameters([Q(1, 3), Q(2, 3)], [theta.components[0]] * 2))
    assert found.responsibilities == [[Q(1, 3), Q(2, 3)]] * len(PLANE)
    assert found.parameters.components[0] == found.parameters.components[1]
    assert found.parameters.components[0][:2] == linear.mean(PLANE)
    with pytest.raises(Unsupported):
        image(Frame(family, EXACT), theta)
    first, other = theta.components[0], [*theta.components[0][:-1], Q(9)]
    assert not family.are_alike(Parameters(HALF, [first, other]))
    assert family.are_alike(Parameters([Q(1), Q(0)], [first, other]))
    assert family.are_alike(Parameters([Q(0), Q(1)], [first, other]))


def test_impossible_observations_are_named_and_the_only_possible_component_has_all_of_one() -> None:
    family, numbers = bits([[1, 0], [0, 1]]), ball(30)
    with pytest.raises(NoMass, match="observation 1 "):
        image(Frame(family, EXACT), of_rows("1/2 1/2", "1 0", "1 1/2"))
    r = responsibilities(Frame(family, numbers), given_in(numbers, of_rows("1/3 2/3", "1/3 0", "4/5 2/7")))
    assert r[1] == [0, 1]
    assert r[1][1].is_exact
    assert not r[0][0].is_exact


def test_a_column_of_ones_is_certain_also_where_shares_are_balls() -> None:
    family, numbers = bits([[1, 0, 0], [1, 1, 0]]), ball(30)
    found = image(
        Frame(family, numbers), given_in(numbers, of_rows("1/3 2/3", "1/3 1/7 1/5", "4/5 2/7 1/9"))
    ).parameters
    assert all(row[0] == 1 and row[2] == 0 and not row[1].is_exact for row in found.components)


@settings(max_examples=20)
@given(drawn=gaussians(n=(4, 4)), kind=st.sampled_from(COVARIANCE_TYPES))
def test_features_lie_within_1_in_units_that_are_powers_of_2(drawn: Any, kind: Any) -> None:
    family = Gaussians([[x * 1000 + 10**8 for x in row] for row in drawn.points], kind)
    columns = linear.transpose(family.features)
    largest = [max(map(abs, column)) for column in columns[: 1 + len(family.origin)]]
    assert max(largest) <= 1
    assert all(x > Q(1, 2) or x == 0 or kind == "spherical" for x in largest)
    assert all(u.numerator & (u.numerator - 1) == 0 == u.denominator & (u.denominator - 1) for u in family.units)
    assert family.average == [sum(column) / len(column) for column in columns]


@EVERY
def test_moments_of_all_components_add_up_to_those_of_the_data(name: str) -> None:
    family, theta = MORE[name]
    frame = Frame(family, ball(40))
    shares = list(zip(*responsibilities(frame, given_in(ball(40), theta)), strict=True))
    for count in (family.statistics, len(family.features[0])):
        sums = [linear.total(column) for column in zip(*(moments(frame, s, count) for s in shares), strict=True)]
        assert len(sums) == count
        assert all(x.contains(a) for x, a in zip(sums, family.average, strict=False))
    assert from_row(row_of(theta), len(theta.weights)) == theta


# ---------------------------------------------------------------------- the derivative


def arb(x: Q) -> Any:
    return flint.arb(flint.fmpq(x.numerator, x.denominator))


def summed(terms: Any) -> Any:
    return sum(terms, flint.arb_series([0]))


def series_image(family: Any, s: Sequence[Any]) -> list[Any]:
    """F in coordinates, written the naive way: inverses by Cramer, determinants by Leibniz, powers multiplied out."""
    m, average = family.statistics, [arb(x) for x in family.average]
    features = [[arb(x) for x in row] for row in family.features]
    rows = [list(s[i : i + m]) for i in range(0, len(s), m)]
    rows.append([a - summed(column) for a, column in zip(average, zip(*rows, strict=True), strict=False)])
    if isinstance(family, Tosses):
        joint = [[toss(row, h, t) for row in rows] for h, t in zip(family.heads, family.tails, strict=True)]
    else:
        d, kind, columns = len(family.origin), family.covariance_type, []
        means = [[a / row[0] for a in row[1 : 1 + d]] for row in rows]
        for row, mean in zip(rows, means, strict=True):
            # S = B / w - v v^T, or what the components leave of that of the data
            every = [(row[0], mean)] if kind != "tied" else [(x[0], v) for x, v in zip(rows, means, strict=True)]
            whole, over = (average, 1) if kind == "tied" else (row, row[0])
            spread = [[flint.arb_series([0])] * d for _ in range(d)]
            for e, (i, j) in enumerate(family.pairs if kind != "spherical" else [(i, i) for i in range(d)]):
                b = whole[1 + d + e * (kind != "spherical")]
                v = [summed(y * y for y in v) / d if kind == "spherical" else v[i] * v[j] for _, v in every]
                share = 1 / over / d if kind == "spherical" else 1 / over
                less = summed(w * x for (w, _), x in zip(every, v, strict=True)) if kind == "tied" else v[0]
                spread[i][j] = spread[j][i] = b * share - less
            for i, unit in enumerate(family.units):
                spread[i][i] = spread[i][i] + arb(family.regularisation / unit**2)
            root, p, column = determinant(spread).sqrt(), inverse(spread), []
            for f in features:
                z = linear.subtract(f[1 : 1 + d], mean)
                q = summed(z[i] * p[i][j] * z[j] for i in range(d) for j in range(d))
                column.append(row[0] * (-q / 2).exp() / root)
            columns.append(column)
        joint = linear.transpose(columns)
    shares = [[p / summed(row) for p in row] for row in joint]
    pairs = [(k, i) for k in range(len(rows) - 1) for i in range(m)]
    return [summed(r[k] * f[i] for r, f in zip(shares, features, strict=True)) / len(features) for k, i in pairs]


def toss(row: Any, heads: Sequence[int], tails: Sequence[int]) -> Any:
    d, found = len(heads), row[0]
    for j, (h, t) in enumerate(zip(heads, tails, strict=True)):
        all_tails = row[1 + d + j] if len(row) > 1 + d else (h + t) * row[0] - row[1 + j]
        p = row[1 + j] / (row[1 + j] + all_tails)
        for factor in [p] * h + [1 - p] * t:
            found = found * factor
    return found


def meets(x: Ball, a: Any) -> bool:
    (m, e), (r, f) = a.mid().man_exp(), a.rad().man_exp()
    return abs(x.mid - int(m) * Q(2) ** int(e)) <= x.rad + int(r) * Q(2) ** int(f)


@pytest.fixture
def two_terms() -> Iterator[None]:
    prec, cap = flint.ctx.prec, flint.ctx.cap
    flint.ctx.prec, flint.ctx.cap = 250, 2
    yield
    flint.ctx.prec, flint.ctx.cap = prec, cap


@pytest.mark.usefixtures("two_terms")
@EVERY
def test_the_map_and_its_jacobian_are_those_of_power_series(name: str) -> None:
    family, _ = MORE[name]
    s = [Q(round(x.mid * 2**40), 2**40) for x in started(name, ball(40))]
    f, j = maps(family, 60, 50)
    values, slopes = f([ball(60)(x) for x in s]), j([ball(60)(x) for x in s])
    assert {len(slopes), *map(len, slopes)} == {len(s)}
    for b in range(len(s)):
        found = series_image(family, [flint.arb_series([arb(x), int(a == b)]) for a, x in enumerate(s)])
        for a, series in enumerate(found):
            assert meets(values[a], series[0])
            assert meets(slopes[a][b], series[1])
            assert values[a].rad < Q(1, 10**50)
            assert slopes[a][b].rad < Q(1, 10**35)


@EVERY
def test_the_jacobian_is_the_limit_of_difference_quotients(name: str) -> None:
    """Symmetric quotients at e and e / 2 err by C e^2 and C e^2 / 4."""
    family, _ = MORE[name]
    s, frame, e = started(name, NUMBERS), Frame(family, NUMBERS), NUMBERS("1e-13")
    j, b, ends = jacobian(frame, s), len(s) // 2, {}
    for step in (e, -e, e / 2, -e / 2):
        ends[step] = coordinates(frame, at(family, [x + step * (a == b) for a, x in enumerate(s)], NUMBERS))
    for a, row in enumerate(j):
        coarse, fine = ((ends[step][a] - ends[-step][a]) / (2 * step) for step in (e, e / 2))
        assert abs((4 * fine - coarse) / 3 - row[b]) < NUMBERS("1e-36")


@EVERY
def test_boxes_enclose_what_their_points_give(name: str) -> None:
    f, j = maps(MORE[name][0], 40, 25)
    center = [x.mid for x in started(name, ball(40))]
    box = krawczyk.enclose(center, Q(1, 10**8), 40)
    inside = [ball(40)(c + Q((-1) ** i * i, len(center) * 10**8)) for i, c in enumerate(center)]
    assert all(wide.contains(x.mid) for wide, x in zip(f(box), f(inside), strict=True))
    pairs = list(zip(flat(j(box)), flat(j(inside)), strict=True))
    assert all(wide.contains(x.mid) and wide.rad < Q(1, 10) for wide, x in pairs)
    assert all(x.rad < Q(1, 10**15) for _, x in pairs)


def test_points_without_such_moments_are_refused() -> None:
    """A variance that is not positive, a weight beyond 1, a probability below 0: nothing is claimed of these."""
    for name, where, value in (("full", 3, Q(0)), ("diag", 0, Q(9, 8)), ("tied", 1, Q(9)), ("bernoulli", 1, Q(-1, 9))):
        f, j = maps(MORE[name][0], 40, 25)
        s = [*started(name, ball(40))]
        s[where] = ball(40)(value)
        for function in (j, f) if name in ("full", "tied") else (j,):
            with pytest.raises((DomainError, Undecided)):
                function(s)


# ---------------------------------------------------------------------- limits


def eigenvalues(matrix: Any) -> list[Any]:
    """Real ones, the largest first."""
    found, _ = MP.eig(MP.matrix(matrix))
    assert all(abs(MP.im(x)) < 1e-12 for x in found)
    return sorted((MP.re(x) for x in found), reverse=True)


@cache
def limit(name: str) -> list[Any]:
    """EM, then Newton's method."""
    family, s = TASKS[name][0], started(name, NUMBERS)
    frame = Frame(family, NUMBERS)
    for t in range(46):
        after = coordinates(frame, at(family, s, NUMBERS))
        if t >= 40:
            slopes = [[x - (a == b) for b, x in enumerate(row)] for a, row in enumerate(jacobian(frame, s))]
            move = MP.lu_solve(MP.matrix(slopes), MP.matrix(linear.subtract(after, s)))
            after = linear.subtract(s, list(move))
        s = after
    image = coordinates(frame, at(family, s, NUMBERS))
    assert all(abs(x - y) < NUMBERS("1e-50") for x, y in zip(s, image, strict=True))
    return s


@pytest.mark.parametrize("name", [name for name in MORE if name != "regularised"])
def test_eigenvalues_are_real_and_not_negative_anywhere(name: str) -> None:
    assert eigenvalues(jacobian(Frame(MORE[name][0], NUMBERS), started(name, NUMBERS)))[-1] > -1e-12


def text(x: Any) -> Q:
    return Q(MP.nstr(x, 25, min_fixed=-9, max_fixed=9))


@STABLE
def test_the_rate_is_the_largest_eigenvalue_and_that_of_a_run(name: str) -> None:
    family, s = TASKS[name][0], limit(name)
    frame = Frame(family, NUMBERS)
    found = eigenvalues(jacobian(frame, s))
    assert 0.01 < found[0] < 1
    box = krawczyk.enclose([Q(MP.nstr(x, 60)) for x in s], Q(1, 10**45), 60)
    slopes, half = jacobian(Frame(family, ball(60)), box), Q(1, 2 * 10**24)
    assert krawczyk.check_rate(slopes, text(found[0]), half) is None
    for wrong in (found[1], found[0] + 1e-20, found[0] - 1e-20):
        with pytest.raises((Refuted, Undecided)):
            krawczyk.check_rate(slopes, text(wrong), half)
    run = [x + NUMBERS("1e-9") * (-1) ** i for i, x in enumerate(s)]
    for _ in range(30):
        before, run = run, coordinates(frame, at(family, run, NUMBERS))
    a, b = (MP.norm(MP.matrix(linear.subtract(x, s))) for x in (before, run))
    assert abs(b / a / found[0] - 1) < 1e-3


def test_a_limit_and_its_eigenvalues_in_closed_form() -> None:
    weight, *heads = limit("bernoulli")
    assert abs(weight - NUMBERS(Q(1, 2))) < NUMBERS("1e-50")
    assert all(abs(h / weight - (3 + NUMBERS.sqrt(NUMBERS(3))) / 6) < NUMBERS("1e-50") for h in heads)
    found = eigenvalues(jacobian(Frame(TASKS["bernoulli"][0], NUMBERS), limit("bernoulli")))
    assert all(abs(a - NUMBERS(b)) < 1e-20 for a, b in zip(found, (Q(25, 27), Q(2, 3), Q(2, 3), Q(1, 3)), strict=True))


def log_joint(family: Any, weight: Any, row: Sequence[Any], numbers: Any) -> list[Any]:
    """Ln pi_k p_k(x_n) of one component, constants left out."""
    if isinstance(family, Tosses):
        pairs = list(zip(family.heads, family.tails, strict=True))
        logs = [(numbers.log(p), numbers.log(1 - p)) for p in row]
        return [
            numbers.log(weight) + sum(a * i + b * j for (a, b), i, j in zip(logs, h, t, strict=True)) for h, t in pairs
        ]
    d = len(family.origin)
    sigma = family.spread(row, row[0] * 0)
    p, constant, found = inverse(sigma), numbers.log(weight) - numbers.log(determinant(sigma)) / 2, []
    for x in family.points:
        z = [numbers(a) - m for a, m in zip(x, row, strict=False)]
        found.append(constant - sum(z[i] * p[i][j] * z[j] for i in range(d) for j in range(d)) / 2)
    return found


@STABLE
def test_observed_information_is_positive_definite_and_its_share_of_the_complete_one_is_the_rate(name: str) -> None:
    """With I_o and I_c the second derivatives of -ln p and -Q at the limit, in free parameters: the score is 0, I_o is
    positive definite, and EM's eigenvalues are those of I_c^-1 (I_c - I_o) (Dempster, Laird and Rubin 1977).
    """
    family, shared = TASKS[name][0], 3 * (name == "tied")
    theta = at(family, limit(name), NUMBERS)
    r = [[float(x) for x in row] for row in responsibilities(Frame(family, NUMBERS), theta)]
    first, second = theta.components
    values = [float(x) for x in (theta.weights[0], *first[: len(first) - shared], *second)]
    numbers = Jets(Jets(FLOAT, len(values)), len(values))
    weight, *free = variables(variables(values))
    size = len(first) - shared
    rows = [[*free[:size], *free[len(free) - shared :]] if shared else free[:size], free[size:]]
    columns = [log_joint(family, w, row, numbers) for w, row in zip((weight, 1 - weight), rows, strict=True)]
    logs = linear.transpose(columns)
    total = sum(numbers.log(sum(numbers.exp(a) for a in row)) for row in logs)
    none = Jets(FLOAT, len(values))(0)
    pairs = zip(flat(logs), flat(r), strict=True)
    expected = sum(a * Jet(Jet(x, none.slopes), [none] * len(values)) for a, x in pairs)
    assert all(abs(slope.value) < 1e-10 for slope in (*total.slopes, *expected.slopes))
    observed, complete = ([[-x for x in slope.slopes] for slope in f.slopes] for f in (total, expected))
    assert min(linear.ldl(observed)[1]) > 1e-6
    assert min(linear.ldl(complete)[1]) > 1e-6
    missing = [linear.subtract(a, b) for a, b in zip(complete, observed, strict=True)]
    by_information = eigenvalues([linear.solve(complete, column) for column in linear.transpose(missing)])
    by_moments = eigenvalues(jacobian(Frame(family, NUMBERS), limit(name)))
    longest = max(len(by_information), len(by_moments))
    pairs = ([*found, *[0] * (longest - len(found))] for found in (by_information, by_moments))
    assert all(abs(a - b) < 1e-7 for a, b in zip(*pairs, strict=True))


# ---------------------------------------------------------------------- chains


@pytest.mark.parametrize("name", ["binomial", "bernoulli", "line"])
def test_a_chain_holds_and_one_changed_number_breaks_it(name: str) -> None:
    family, theta = MORE[name]
    frame, states = Frame(family, ball(80)), [given_in(ball(80), theta)]
    for radius in (Q(1, 10**50), Q(1, 10**45), Q(1, 10**40)):
        found = row_of(image(frame, states[-1]).parameters)
        states.append(from_row([Ball.between(x.mid - radius, x.mid + radius, 280) for x in found], 2))
    assert check_chain(frame, states) is None
    for t in range(1, 4):
        for i, x in enumerate(row_of(states[t])):
            row = [y + 3 * x.rad * (i == j) for j, y in enumerate(row_of(states[t]))]
            with pytest.raises(Refuted, match=f"state {t} of the run .* of state {t - 1}, entry {i}$"):
                check_chain(frame, [*states[:t], from_row(row, 2), *states[t + 1 :]])
    with pytest.raises(Refuted):
        check_chain(frame, states[::-1])
