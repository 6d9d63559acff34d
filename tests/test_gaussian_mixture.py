"""Gaussian mixtures: naive witnesses, all covariance types, closed forms, collapse and refusals."""

import contextlib
from collections.abc import Callable
from fractions import Fraction as Q
from itertools import islice, pairwise
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from mixture_strategies import (
    MP,
    Gaussians,
    assert_near,
    gaussians,
    naive_joint,
    naive_m_step,
    numbers_of,
    of_kind,
    of_type,
    shaped,
    weighed,
)
from strategies import INEXACT, KINDS, assert_agree, assert_type, exactly, flat, in_kind, largest

from refimpl import em, gaussian_mixture as room
from refimpl.errors import (
    BadInput,
    Diverges,
    EmptyData,
    NoMass,
    NotPositiveDefinite,
    RefimplError,
    Undecided,
    Unsupported,
)
from refimpl.gaussian_mixture import COVARIANCE_TYPES, Shape, Theta
from refimpl.numbers import EXACT, FLOAT, ball, high

BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
BY_INEXACT = pytest.mark.parametrize("kind", INEXACT, ids=lambda kind: kind.name)
BY_TYPE = pytest.mark.parametrize("covariance_type", COVARIANCE_TYPES)

B = ball(60)


def run(task: Gaussians, numbers: Any, steps: int, covariance_type: Any = "full", c: Any = 0) -> list[Any]:
    """The start, made to be of that type, and so many steps."""
    data, theta = in_kind(numbers, task.points), of_kind(numbers, of_type(task.theta, covariance_type))
    return list(islice(room.trace(data, theta, numbers, Shape(covariance_type, c)), steps + 1))


# ---------------------------------------------------------------------- one step against witnesses


@settings(max_examples=20)
@given(gaussians())
def test_the_e_step_and_the_likelihood_are_the_naive_ones_of_mpmath(task: Gaussians) -> None:
    joint = naive_joint(task)
    truth = [[p / sum(row) for p in row] for row in joint]
    for numbers in (B, high(60)):
        data, theta = in_kind(numbers, task.points), of_kind(numbers, task.theta)
        assert_near(room.e_step(data, theta, numbers), truth)
        assert_near(room.log_joint(data, theta, numbers), [[MP.log(p) for p in row] for row in joint])
        assert_near(room.log_likelihood(data, theta, numbers), sum(MP.log(sum(row)) for row in joint))


@BY_TYPE
@settings(max_examples=15)
@given(task=weighed())
def test_the_m_step_is_the_mean_of_squares_less_the_square_of_the_mean(covariance_type: Any, task: Any) -> None:
    """Whatever is kept: components with mass have no use for it."""
    points, r = task
    d, k = len(points[0]), len(r[0])
    kept = Theta([Q(1, k)] * k, [[Q(7)] * d] * k, [[[Q(11)] * d] * d] * k)
    for before in (None, kept):
        found = room.m_step(points, r, before, Shape(covariance_type))
        assert numbers_of(found) == numbers_of(naive_m_step(points, r, covariance_type))


@BY_TYPE
@BY_KIND
@settings(max_examples=8)
@given(task=weighed())
def test_the_m_step_keeps_the_type_and_all_kinds_agree(kind: Any, covariance_type: Any, task: Any) -> None:
    """At responsibilities that the kind can hold and that sum to 1 nearly; floats know twelve digits or so."""
    points, r = task
    held = [[exactly(kind(x)) for x in row] for row in r]
    truth = naive_m_step(points, held, covariance_type)
    found = room.m_step(in_kind(kind, points), in_kind(kind, held), None, Shape(covariance_type))
    assert_type([list(field) for field in numbers_of(found)], kind(0))
    assert_agree(numbers_of(found), numbers_of(truth), 10 * largest(numbers_of(truth)))


@BY_INEXACT
@settings(max_examples=12)
@given(task=gaussians())
def test_the_e_step_keeps_the_type_and_all_kinds_agree(kind: Any, task: Gaussians) -> None:
    joint = naive_joint(task)
    data, theta = in_kind(kind, task.points), of_kind(kind, task.theta)
    found = room.e_step(data, theta, kind)
    assert_type(found, kind(0))
    assert_near(found, [[p / sum(row) for p in row] for row in joint], 12 if kind is FLOAT else 30)
    value = room.log_likelihood(data, theta, kind)
    assert_type(value, kind(0))
    assert_near(value, sum(MP.log(sum(row)) for row in joint), 12 if kind is FLOAT else 30)


@BY_TYPE
@settings(max_examples=8)
@given(task=weighed(), c=st.sampled_from([Q(1, 3), Q(2), 5]))
def test_regularisation_is_added_to_the_diagonal_alone(covariance_type: Any, task: Any, c: Any) -> None:
    points, r = task
    plain, found = (room.m_step(points, r, None, Shape(covariance_type, x)) for x in (0, c))
    assert (found.weights, found.means) == (plain.weights, plain.means)
    for old, new in zip(plain.covariances, found.covariances, strict=True):
        assert new == [[x + c * (i == j) for j, x in enumerate(row)] for i, row in enumerate(old)]


@BY_TYPE
def test_a_trace_repeats_the_two_steps(covariance_type: Any) -> None:
    points = [[Q(x), Q(y)] for x, y in ((0, 0), (1, 3), (2, -1), (6, 5), (7, 7), (5, 6))]
    identity = [[Q(1), Q(0)], [Q(0), Q(1)]]
    theta = Theta([Q(1, 3), Q(2, 3)], [[Q(0), Q(1)], [Q(5), Q(5)]], [identity] * 2)
    numbers, shape = high(40), Shape(covariance_type, high(40)(Q(1, 8)))
    states = run(Gaussians(points, theta), numbers, 3, covariance_type, numbers(Q(1, 8)))
    data = in_kind(numbers, points)
    assert states[0].theta == states[0].entered == of_kind(numbers, theta)
    assert states[0].posterior == room.e_step(data, states[0].theta, numbers)
    for old, new in pairwise(states):
        assert new.entered == old.theta
        assert new.posterior == room.e_step(data, old.theta, numbers)
        assert new.theta == room.m_step(data, new.posterior, old.theta, shape)
    assert states[1] == em.step(room.model(numbers, shape), data, states[0])
    assert next(room.trace(data, states[0].theta, numbers)).theta == states[0].theta


# ---------------------------------------------------------------------- closed forms and conventions


@BY_TYPE
@BY_KIND
@settings(max_examples=5)
@given(task=gaussians(k=(1, 1)))
def test_one_component_takes_mean_and_covariance_with_divisor_n(
    kind: Any, covariance_type: Any, task: Gaussians
) -> None:
    n, d = len(task.points), len(task.points[0])
    mean = [sum(column) / n for column in zip(*task.points, strict=True)]
    spread = [[sum((x[i] - mean[i]) * (x[j] - mean[j]) for x in task.points) / n for j in range(d)] for i in range(d)]
    if kind is EXACT:
        found = room.m_step(task.points, [[1]] * n, None, Shape(covariance_type))
    else:
        found = run(task, kind, 2, covariance_type)[2].theta
    truth = [[Q(1)], [mean], [shaped(spread, covariance_type)]]
    assert_agree(numbers_of(found), truth, 10 * largest(truth))


@BY_TYPE
@settings(max_examples=6)
@given(task=gaussians(k=(3, 3)))
def test_components_with_equal_parameters_stay_equal(covariance_type: Any, task: Gaussians) -> None:
    """A saddle: r_nk = pi_k, so that every component takes the mean and the covariance of all points, for ever."""
    theta = of_type(task.theta, covariance_type)
    equal = Theta(theta.weights, [theta.means[0]] * 3, [theta.covariances[0]] * 3)
    whole = naive_m_step(task.points, [[Q(1)]] * len(task.points), covariance_type)
    for state in run(Gaussians(task.points, equal), ball(60), 3, covariance_type)[1:]:
        assert_agree(numbers_of(state.theta), [theta.weights, list(whole.means) * 3, list(whole.covariances) * 3])


@BY_INEXACT
@pytest.mark.parametrize("covariance_type", ["full", "diag", "spherical"])
def test_a_weight_of_nothing_stays_and_keeps_its_parameters(kind: Any, covariance_type: Any) -> None:
    points = [[Q(x)] for x in (0, 1, 2, 6, 7)]
    theta = Theta([Q(1, 2), Q(0), Q(1, 2)], [[Q(0)], [Q(3)], [Q(6)]], [[[Q(1)]], [[Q(1, 7)]], [[Q(2)]]])
    without = Theta(*([field[0], field[2]] for field in numbers_of(theta)))
    states = run(Gaussians(points, theta), kind, 3, covariance_type)
    for state, other in zip(states, run(Gaussians(points, without), kind, 3, covariance_type), strict=True):
        assert exactly(state.theta.weights[1]) == 0
        assert all(exactly(row[1]) == 0 for row in state.posterior)
        assert state.theta.means[1] is states[0].theta.means[1]
        assert state.theta.covariances[1] is states[0].theta.covariances[1]
        rest = Theta(*([field[0], field[2]] for field in numbers_of(state.theta)))
        assert_agree(numbers_of(rest), [in_kind(exactly, list(f)) for f in numbers_of(other.theta)], 100)


def test_tied_covariances_are_one_and_count_every_point_once() -> None:
    """0, 2 and 10, 12, 14: scatters 2 and 8, of five points; a component without mass adds nothing."""
    points = [[Q(x)] for x in (0, 2, 10, 12, 14)]
    r = [[1, 0, 0]] * 2 + [[0, 0, 1]] * 3
    kept = Theta([Q(1, 3)] * 3, [[Q(0)], [Q(5)], [Q(9)]], [[[Q(7)]]] * 3)
    found = room.m_step(points, r, kept, Shape("tied"))
    assert numbers_of(found) == [[Q(2, 5), 0, Q(3, 5)], [[1], [5], [12]], [[[2]]] * 3]


@BY_TYPE
@pytest.mark.parametrize("distance", [40, 1000])
def test_a_thousand_sigma_away_nothing_underflows(covariance_type: Any, distance: int) -> None:
    """r_0 = 1 / (1 + e^(x - 1/2)) at x = 1000 between N(0, 1) and N(1, 1): 10^-434, positive in balls."""
    theta = Theta([Q(1, 2)] * 2, [[Q(0)], [Q(1)]], [[[Q(1)]]] * 2)
    points = [[Q(distance)], [Q(-distance)], [Q(0)]]
    r = room.e_step(in_kind(B, points), of_kind(B, theta), B)
    ratio = B.exp(B(distance - Q(1, 2)))
    assert all(x > 0 for x in flat(r))
    assert all((row[0] + row[1]).contains(1) for row in r)
    assert r[0][0].overlaps(1 / (ratio + 1))
    floats = room.e_step(in_kind(FLOAT, points), of_kind(FLOAT, theta), FLOAT)
    assert all(abs(row[0] + row[1] - 1) < 2.0**-50 for row in floats)
    assert_near(floats, r, 14)
    states = run(Gaussians(points, theta), FLOAT, 1, covariance_type, 1.0)
    assert all(x == x for x in flat(numbers_of(states[1].theta)))


@BY_TYPE
@settings(max_examples=15)
@given(task=weighed())
def test_far_from_the_origin_binary64_keeps_its_digits(covariance_type: Any, task: Any) -> None:
    """At 10^8, where the mean of squares less the square of the mean would keep none."""
    points, r = task
    far = [[x + 10**8 for x in row] for row in points]
    truth = naive_m_step(points, [[exactly(float(x)) for x in row] for row in r], covariance_type)
    found = room.m_step(in_kind(FLOAT, far), in_kind(FLOAT, r), None, Shape(covariance_type))
    for old, new in zip(truth.covariances, found.covariances, strict=True):
        assert max(abs(exactly(x) - t) for x, t in zip(flat(new), flat(old), strict=True)) < max(flat(old)) / 10**7


@settings(max_examples=12)
@given(gaussians(n=(5, 7), k=(2, 3)))
def test_new_points_go_to_their_likeliest_component(task: Gaussians) -> None:
    truth = [max(range(len(row)), key=row.__getitem__) for row in naive_joint(task)]
    data, theta = in_kind(B, task.points), of_kind(B, task.theta)
    try:
        assert room.predict(data, theta, B) == truth
    except Undecided:
        assert any(x.overlaps(y) for row in room.e_step(data, theta, B) for x, y in pairwise(row))
    same = Theta([0.5, 0.5], [[1.0], [-1.0]], [[[1.0]]] * 2)
    assert room.predict([[0.0], [-3.0], [2.0]], same, FLOAT) == [0, 1, 0]


# ---------------------------------------------------------------------- collapse


@BY_TYPE
@BY_KIND
def test_a_component_on_one_point_diverges(kind: Any, covariance_type: Any) -> None:
    """The type "tied" diverges only where every component sits on a point; "spherical" not on a line."""
    r = in_kind(kind, [[1, 0], [0, 1], [0, 1]])
    apart, together = in_kind(kind, [[0, 0], [4, 5], [7, 2]]), in_kind(kind, [[0, 0], [4, 5], [4, 5]])
    with pytest.raises(Diverges, match=r"^a component collapses: .*; give another start, or a regularisation$"):
        room.m_step(together if covariance_type == "tied" else apart, r, None, Shape(covariance_type))
    along = in_kind(kind, [[0, 5], [1, 5], [7, 5]])
    if covariance_type != "spherical":
        with pytest.raises(Diverges):
            room.m_step(along, in_kind(kind, [[1]] * 3), None, Shape(covariance_type))
    regular = room.m_step(together, r, None, Shape(covariance_type, kind(2)))
    assert_agree(regular.covariances[0], [[Q(2), Q(0)], [Q(0), Q(2)]])


@pytest.mark.parametrize("variance", [Q(1, 10), Q(1, 2), Q(2)])
def test_a_tight_component_shrinks_to_its_point_and_the_likelihood_rises_without_end(variance: Q) -> None:
    """0, 0, 0, 5, 6, 7: proven steps until the variance lies below 2^-(2^60), where balls cannot tell it from 0."""
    numbers, points = ball(40), [[ball(40)(x)] for x in (0, 0, 0, 5, 6, 7)]
    theta = Theta([Q(1, 2)] * 2, [[Q(0)], [Q(6)]], [[[variance]], [[Q(1)]]])
    states = room.trace(points, of_kind(numbers, theta), numbers)
    thetas = []
    with pytest.raises((Diverges, Undecided)):
        thetas.extend(state.theta for state in islice(states, 9))
    assert len(thetas) >= 2
    for old, new in pairwise(thetas):
        assert new.covariances[0][0][0] * 2**5 < old.covariances[0][0][0]
        assert room.log_likelihood(points, new, numbers) > room.log_likelihood(points, old, numbers)
    floats = room.trace([[float(x)] for x in (0, 0, 0, 5, 6, 7)], of_kind(FLOAT, theta), FLOAT)
    with pytest.raises(Diverges):
        list(islice(floats, 9))


# ---------------------------------------------------------------------- refusals

POINTS = [[0, 0], [1, 2], [4, 1]]
EYE = [[1, 0], [0, 1]]
GOOD = Theta([Q(1, 2)] * 2, [[0, 0], [3, 3]], [EYE, EYE])

BAD: list[tuple[str, Any, type[Exception], str]] = [
    ("points", [], EmptyData, "points is empty; give at least one row"),
    ("points", [[]], BadInput, "points[0] is empty; give every row at least one number"),
    ("points", [[0, 0], [1]], BadInput, "points[1] has 1 entries but points[0] has 2; give rows of one length"),
    ("points", [[0], [1]], BadInput, "means[0] has 2 entries for points of 1 dimensions; give 1"),
    ("points", [[0.0, float("nan")]], BadInput, "points[0][1] is nan; give a finite number"),
    ("points", [[0.0, 1.0], [float("inf"), 0.0]], BadInput, "points[1][0] is inf; give a finite number"),
    ("weights", [1], BadInput, "weights has 1 entries for 2 components; give one for each"),
    ("weights", [Q(1, 2), Q(1, 3)], BadInput, "the sum of weights is 5/6; give numbers that sum to 1"),
    ("weights", [0.5, float("nan")], BadInput, "weights[1] is nan; give a number from 0 to 1"),
    ("means", [], EmptyData, "means is empty; give at least one row"),
    ("means", [[0, 0]], BadInput, "weights has 2 entries for 1 components; give one for each"),
    ("means", [[0], [1]], BadInput, "means[0] has 1 entries for points of 2 dimensions; give 2"),
    ("means", [[0.0, 0.0], [0.0, float("nan")]], BadInput, "means[1][1] is nan; give a finite number"),
    ("covariances", [EYE], BadInput, "covariances has 1 matrices for 2 components; give one for each"),
    ("covariances", [EYE, [[1]]], BadInput, "covariances[1] has 1 x 1 entries for points of 2 dimensions; give 2 x 2"),
    ("covariances", [EYE, [[1, 2], [3, 9]]], BadInput, "covariances[1][1][0] is 3 but covariances[1][0][1] is 2; give"),
    ("covariances", [EYE, [[1, 2], [2, 1]]], NotPositiveDefinite, "covariances[1] is not positive definite: "),
    ("covariances", [[[1, 1], [1, 1]], EYE], NotPositiveDefinite, "covariances[0] is not positive definite: "),
    ("covariances", [EYE, [[1.0, 0.0], [0.0, float("inf")]]], BadInput, "covariances[1][1][1] is inf; give a finite"),
]
"""What is spoilt, how, and the sentence about it."""


@pytest.mark.parametrize(("what", "value", "error", "words"), BAD)
def test_bad_input_is_refused_in_one_sentence(what: str, value: Any, error: type[Exception], words: str) -> None:
    fields = {"weights": GOOD.weights, "means": GOOD.means, "covariances": GOOD.covariances}
    points = value if what == "points" else POINTS
    theta = Theta(**(fields | {what: value} if what != "points" else fields))
    calls: list[Callable[[], object]] = [
        lambda: room.e_step(points, theta, FLOAT),
        lambda: room.log_joint(points, theta, FLOAT),
        lambda: room.log_likelihood(points, theta, FLOAT),
        lambda: room.predict(points, theta, FLOAT),
        lambda: next(room.trace(points, theta, FLOAT)),
    ]
    for call in calls:
        with pytest.raises(error) as raised:
            call()
        assert type(raised.value) is error
        assert str(raised.value).startswith(words)
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("points", "r", "error", "words"),
    [
        ([], [], EmptyData, "points is empty; give at least one row"),
        (POINTS, [[1]] * 2, BadInput, "responsibilities has 2 rows for 3 observations; give one for each"),
        (POINTS, [[1], [1], [Q(1, 2)]], BadInput, "the sum of responsibilities[2] is 1/2; give numbers that sum to 1"),
        (POINTS, [[1, 0], [2, -1], [1, 0]], BadInput, "responsibilities[1][0] is 2; give a number from 0 to 1"),
        (POINTS, [[1, 0], [1], [1, 0]], BadInput, "responsibilities[1] has 1 entries but responsibilities[0] has 2"),
        (POINTS, [[1, 0]] * 3, NoMass, "component 1 has no mass: all its responsibilities are 0; give it some, or"),
    ],
)
def test_the_m_step_refuses_what_it_cannot_use(points: Any, r: Any, error: type[Exception], words: str) -> None:
    for covariance_type in COVARIANCE_TYPES:
        with pytest.raises(error) as raised:
            room.m_step(points, r, None, Shape(covariance_type))
        assert type(raised.value) is error
        assert str(raised.value).startswith(words)


def test_shapes_are_refused_by_name() -> None:
    with pytest.raises(BadInput) as raised:
        Shape("round")  # type: ignore[arg-type]
    assert str(raised.value) == "covariance_type is 'round'; give one of full, tied, diag, spherical"
    for c in (-1, Q(-1, 9), -0.5, ball(40)(-1), float("-inf")):
        with pytest.raises(BadInput, match=r"^regularisation is .*; give a number of at least 0$"):
            Shape("full", c)


@pytest.mark.parametrize(
    ("covariance_type", "spreads", "words"),
    [
        ("tied", [EYE, [[1, 0], [0, 2]]], "covariances[1][1][1] is 2; for the type 'tied' give 1"),
        ("diag", [EYE, [[2, 1], [1, 2]]], "covariances[1][0][1] is 1; for the type 'diag' give 0"),
        ("spherical", [[[2, 1], [1, 2]], EYE], "covariances[0][0][1] is 1; for the type 'spherical' give 0"),
        ("spherical", [EYE, [[1, 0], [0, 2]]], "covariances[1][1][1] is 2; for the type 'spherical' give 1"),
    ],
)
def test_a_run_starts_from_covariances_of_its_type(covariance_type: Any, spreads: Any, words: str) -> None:
    theta = Theta(GOOD.weights, GOOD.means, spreads)
    for kind in INEXACT:
        with pytest.raises(BadInput, match=r"^covariances"):
            next(room.trace(in_kind(kind, POINTS), of_kind(kind, theta), kind, Shape(covariance_type)))
    with pytest.raises(BadInput) as raised:
        next(room.trace(POINTS, theta, FLOAT, Shape(covariance_type)))
    assert str(raised.value) == words


def test_exact_numbers_have_no_e_step() -> None:
    with pytest.raises(Unsupported, match=r"irrational; compute in ball\(digits\)"):
        room.e_step(POINTS, GOOD, EXACT)


@pytest.mark.parametrize("c", [float("nan"), float("inf")])
def test_a_regularisation_is_finite(c: float) -> None:
    with pytest.raises(BadInput, match=r"^regularisation is "):
        Shape("full", c)


def test_points_beyond_the_range_of_squares_are_refused_or_give_numbers() -> None:
    theta = of_kind(FLOAT, Theta([Q(1, 2)] * 2, [[0], [1]], [[[1]]] * 2))
    with contextlib.suppress(RefimplError):
        assert all(x == x for x in flat(room.e_step([[1e200]], theta, FLOAT)))
