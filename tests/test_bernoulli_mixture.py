"""Bernoulli mixtures: Bayes' formula bit by bit, symmetries, borders, every small data set, and refusals."""

from collections.abc import Callable, Iterator
from fractions import Fraction as Q
from itertools import combinations_with_replacement, islice, pairwise, permutations, product
from math import prod
from typing import Any

import pytest
from hypothesis import assume, given, settings, strategies as st
from mixture_strategies import CLOSED, Bernoullis, assert_near, bernoullis, numbers_of, of_kind
from strategies import INEXACT, KINDS, Rows, assert_agree, assert_type, exactly, in_kind

from refimpl import bernoulli_mixture as room, em
from refimpl.bernoulli_mixture import Theta
from refimpl.errors import BadInput, EmptyData, NoMass, Undefined, Unsupported
from refimpl.numbers import EXACT, FLOAT, Ball, ball

BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
BY_INEXACT = pytest.mark.parametrize("kind", INEXACT, ids=lambda kind: kind.name)

B = ball(60)
Bits = list[list[int]]


def joint(rows: Any, theta: Theta[Q]) -> Rows:
    """pi_k prod_d p(x_d | k), bit by bit: a column either shows what it must or has a factor."""
    found = []
    for x in rows:
        row = []
        for weight, mu in zip(theta.weights, theta.probabilities, strict=True):
            for p, bit in zip(mu, x, strict=True):
                weight = weight * (p if bit == 1 else 1 - p)
            row.append(weight)
        found.append(row)
    return found


def likelihood(rows: Any, theta: Theta[Q]) -> Q:
    return prod((sum(row) for row in joint(rows, theta)), start=Q(1))


def posterior(rows: Any, theta: Theta[Q]) -> Rows:
    return [[p / sum(row) for p in row] for row in joint(rows, theta)]


def maximum(rows: Any, r: Rows, kept: Theta[Q]) -> Theta[Q]:
    """Expected counts of components, and of ones among them."""
    sizes = [sum(row[k] for row in r) for k in range(len(r[0]))]
    probabilities = [
        [sum(row[k] for row, x in zip(r, rows, strict=True) if x[d] == 1) / size for d in range(len(rows[0]))]
        if size
        else kept.probabilities[k]
        for k, size in enumerate(sizes)
    ]
    return Theta([size / len(rows) for size in sizes], probabilities)


def step(rows: Any, theta: Theta[Q]) -> em.State[Theta[Q], Rows]:
    """One exact step of the room."""
    return em.step(room.model(EXACT), rows, em.State(theta, [], theta))


# ---------------------------------------------------------------------- one step


@settings(max_examples=50)
@given(bernoullis(probabilities=CLOSED))
def test_an_exact_step_is_bayes_formula_and_shares_of_ones(task: Bernoullis) -> None:
    rows, theta = task
    assume(likelihood(rows, theta))
    r = posterior(rows, theta)
    state = step(rows, theta)
    assert room.joint(rows, theta) == joint(rows, theta)
    assert state.posterior == room.e_step(rows, theta, EXACT) == r
    assert numbers_of(state.theta) == numbers_of(maximum(rows, r, theta)) == numbers_of(room.m_step(rows, r, theta))


@BY_KIND
@settings(max_examples=20)
@given(task=bernoullis())
def test_all_kinds_agree_and_the_type_that_goes_in_comes_out(kind: Any, task: Bernoullis) -> None:
    """At the parameters that the kind can hold; ln 10^-6 costs a digit or two."""
    rows = task.rows
    theta = of_kind(kind, task.theta)
    held = Theta(*(in_kind(exactly, field) for field in numbers_of(theta)))  # type: ignore[arg-type]
    r = room.e_step(rows, theta, kind)
    assert_type(r, kind(0))
    assert_agree(r, posterior(rows, held), 100)
    q = in_kind(exactly, r)
    found = room.m_step(rows, r)
    assert_type(numbers_of(found), kind(0))
    assert_agree(found.weights, maximum(rows, q, held).weights, 100)
    heavy = [k for k, weight in enumerate(found.weights) if exactly(weight) > Q(1, 1000)]
    best = maximum(rows, posterior(rows, held), held)
    assert_agree([found.probabilities[k] for k in heavy], [best.probabilities[k] for k in heavy], 10**5)


@BY_INEXACT
@settings(max_examples=20)
@given(task=bernoullis(probabilities=CLOSED))
def test_the_log_likelihood_is_the_logarithm_of_the_exact_product(kind: Any, task: Bernoullis) -> None:
    assume(likelihood(*task))
    truth = ball(90).log(ball(90)(likelihood(*task)))
    found = room.log_likelihood(task.rows, of_kind(kind, task.theta), kind)
    assert_type(found, kind(0))
    assert_near(found, truth, 8 if kind is FLOAT else 30)
    assert not isinstance(found, Ball) or found.overlaps(truth)
    joints = zip(room.log_joint(task.rows, of_kind(kind, task.theta), kind), joint(*task), strict=True)
    assert all((a is None) == (p == 0) for row, other in joints for a, p in zip(row, other, strict=True))


@pytest.mark.parametrize("d", [1, 2, 4])
@settings(max_examples=10)
@given(data=st.data())
def test_the_probabilities_of_all_rows_add_up_to_one(d: int, data: Any) -> None:
    theta = data.draw(bernoullis(d=(d, d), probabilities=CLOSED)).theta
    assert sum(sum(row) for row in room.joint(list(product((0, 1), repeat=d)), theta)) == 1


def test_a_trace_repeats_the_two_steps() -> None:
    rows, theta = [[1, 0], [1, 1], [0, 1]], Theta([Q(1, 3), Q(2, 3)], [[Q(1, 4), Q(1, 2)], [Q(2, 3), Q(1, 5)]])
    states = list(islice(room.trace(rows, theta, EXACT), 3))
    assert states[0].theta == states[0].entered == theta
    assert states[0].posterior == posterior(rows, theta)
    for old, new in pairwise(states):
        assert new.entered == old.theta
        assert new.posterior == posterior(rows, old.theta)
        assert numbers_of(new.theta) == numbers_of(maximum(rows, new.posterior, old.theta))


# ---------------------------------------------------------------------- symmetries


@settings(max_examples=40)
@given(bernoullis(d=(1, 3), probabilities=CLOSED), st.data())
def test_names_of_bits_and_every_order_carry_over(task: Bernoullis, data: Any) -> None:
    """0 and 1 exchanged in some columns; columns, rows and components in another order."""
    rows, theta = task
    assume(likelihood(rows, theta))
    n, d, k = len(rows), len(rows[0]), len(theta.weights)
    flips = data.draw(st.lists(st.booleans(), min_size=d, max_size=d))
    order, columns, parts = (data.draw(st.permutations(range(size))) for size in (n, d, k))

    def bits(x: Any) -> list[Any]:
        return [1 - x[i] if flips[i] else x[i] for i in columns]

    def moved(theta: Theta[Q]) -> Theta[Q]:
        return Theta([theta.weights[i] for i in parts], [bits(theta.probabilities[i]) for i in parts])

    there = step(rows, theta)
    back = step([bits(rows[i]) for i in order], moved(theta))
    assert back.posterior == [[there.posterior[i][j] for j in parts] for i in order]
    assert numbers_of(back.theta) == numbers_of(moved(there.theta))


# ---------------------------------------------------------------------- closed forms and borders


@BY_KIND
@settings(max_examples=10)
@given(task=bernoullis(k=(1, 1)))
def test_one_component_takes_the_means_of_the_columns(kind: Any, task: Bernoullis) -> None:
    states = list(islice(room.trace(task.rows, of_kind(kind, task.theta), kind), 3))
    truth = [[Q(1)], [[Q(sum(column), len(column)) for column in zip(*task.rows, strict=True)]]]
    assert_agree(numbers_of(states[1].theta), truth)
    assert_agree(numbers_of(states[2].theta), truth)


@settings(max_examples=15)
@given(bernoullis(k=(2, 3)))
def test_components_with_equal_parameters_stay_equal(task: Bernoullis) -> None:
    """A saddle: r_nk = pi_k, so that each takes the means of the columns."""
    rows, theta = task
    equal = Theta(theta.weights, [theta.probabilities[0]] * len(theta.weights))
    for state in islice(room.trace(rows, equal, EXACT), 1, 4):
        assert state.theta.weights == theta.weights
        assert all(mu == [Q(sum(c), len(c)) for c in zip(*rows, strict=True)] for mu in state.theta.probabilities)


@BY_KIND
def test_a_weight_of_nothing_stays_and_keeps_its_probabilities(kind: Any) -> None:
    rows = [[1, 0], [1, 1], [0, 1], [0, 0]]
    theta = of_kind(kind, Theta([Q(1, 2), Q(0), Q(1, 2)], [[Q(1, 4), Q(1, 2)], [Q(1, 3), Q(1)], [Q(3, 4), Q(1, 8)]]))
    for state in islice(room.trace(rows, theta, kind), 3):
        assert exactly(state.theta.weights[1]) == 0
        assert state.theta.probabilities[1] is theta.probabilities[1]
        assert all(exactly(row[1]) == 0 for row in state.posterior)


@BY_KIND
@settings(max_examples=10)
@given(task=bernoullis(n=(2, 4), d=(2, 2), k=(2, 3)))
def test_constant_columns_become_exactly_nought_or_one_and_stay(kind: Any, task: Bernoullis) -> None:
    """And 0 ln 0 = 0: no row contradicts them, in whatever kind."""
    rows = [[0, 1, *x] for x in task.rows]
    theta = Theta(task.theta.weights, [[Q(1, 3), Q(2, 7), *mu] for mu in task.theta.probabilities])
    numbers = ball(80) if kind.name.startswith("ball") else kind
    for state in islice(room.trace(rows, of_kind(numbers, theta), numbers), 1, 3 if kind is EXACT else 4):
        for mu in state.theta.probabilities:
            assert (exactly(mu[0]), exactly(mu[1])) == (0, 1)
            assert not isinstance(mu[0], Ball) or (mu[0].is_exact and mu[1].is_exact)
    if kind is not EXACT:
        without = Theta(state.entered.weights, [mu[2:] for mu in state.entered.probabilities])
        less = room.log_likelihood(task.rows, without, numbers)
        assert_near(room.log_likelihood(rows, state.entered, numbers), less, 12 if kind is FLOAT else 30)


@BY_KIND
@pytest.mark.parametrize("number", [0, 2])
def test_a_row_impossible_under_every_component_is_named(kind: Any, number: int) -> None:
    theta = of_kind(kind, Theta([Q(1, 2), Q(1, 2)], [[Q(0), Q(1, 2)], [Q(1, 3), Q(1)]]))
    rows = [[0, 1], [0, 1], [0, 1]]
    rows[number] = [1, 0]
    calls: list[Callable[[], object]] = [
        lambda: room.e_step(rows, theta, kind),
        lambda: room.predict(rows, theta, kind),
    ]
    if kind is not EXACT:
        calls.append(lambda: room.log_likelihood(rows, theta, kind))
    for call in calls:
        with pytest.raises(NoMass, match=rf"^observation {number} is impossible under every component; give "):
            call()
    assert_agree(room.e_step([[0, 0], [1, 1]], theta, kind), [[Q(1), Q(0)], [Q(0), Q(1)]])


@BY_INEXACT
def test_six_hundred_columns_underflow_nowhere(kind: Any) -> None:
    """All joint probabilities lie below 10^-300; of the two components one is 3^600 or 3^2 times as likely."""
    near, far = [1] * 600, [1, 0] * 299 + [1, 1]
    exact = Theta([Q(1, 2)] * 2, [[Q(1, 4)] * 600, [Q(3, 4)] * 600])
    theta = of_kind(kind, exact)
    assert_agree(room.e_step([near, far], theta, kind), posterior([near, far], exact), 10**4)
    assert room.predict([near, [1 - x for x in near]], theta, kind) == [1, 0]
    if kind.name.startswith("ball"):
        assert all(x > 0 for x in room.e_step([near], theta, kind)[0])


@settings(max_examples=20)
@given(bernoullis())
def test_new_rows_go_to_their_likeliest_class(task: Bernoullis) -> None:
    truth = [max(range(len(row)), key=row.__getitem__) for row in joint(*task)]
    assert room.predict(task.rows, task.theta, EXACT) == truth


# ---------------------------------------------------------------------- every small world


def canonical(rows: Bits) -> tuple[Any, ...]:
    """The least data set among all that differ by names of bits, order of columns and order of rows."""
    d = len(rows[0])
    return min(
        tuple(sorted(tuple(x[i] ^ flips[i] for i in columns) for x in rows))
        for columns in permutations(range(d))
        for flips in product((0, 1), repeat=d)
    )


def worlds() -> Iterator[Bits]:
    """One of each class of the 4096 binary 4 x 3 data sets; symmetries carry every run over to the others."""
    multisets = combinations_with_replacement(list(product((0, 1), repeat=3)), 4)
    for world in sorted({canonical([list(x) for x in rows]) for rows in multisets}):
        yield [list(x) for x in world]


def starts() -> list[Theta[Q]]:
    """A small grid, closed under names of bits and the order of columns; 0 and 1 are met as well."""
    inner = [Theta([Q(1, 3), Q(2, 3)], [list(mu[:3]), list(mu[3:])]) for mu in product((Q(1, 4), Q(3, 4)), repeat=6)]
    outer = [Theta([Q(1, 2)] * 2, [[Q(1, 2)] * 3, list(mu)]) for mu in product((Q(0), Q(1, 2), Q(1)), repeat=3)]
    return inner + outer


def test_one_exact_step_from_every_start_in_every_small_world() -> None:
    """Weights sum to 1, columns keep their means, the exact likelihood never falls, and a naive step agrees."""
    taken = 0
    for rows in worlds():
        means = [Q(sum(column), 4) for column in zip(*rows, strict=True)]
        for theta in starts():
            state = step(rows, theta)
            new = state.theta
            assert state.posterior == posterior(rows, theta)
            assert numbers_of(new) == numbers_of(maximum(rows, state.posterior, theta))
            assert sum(new.weights) == 1
            assert all(0 <= p <= 1 for mu in new.probabilities for p in mu)
            assert means == [
                sum(w * mu[d] for w, mu in zip(new.weights, new.probabilities, strict=True)) for d in range(3)
            ]
            before, after = likelihood(rows, theta), likelihood(rows, new)
            assert after > before or (after == before and numbers_of(new) == numbers_of(theta))
            taken += 1
    assert taken == 19 * 91


def test_the_small_worlds_are_all_there_are() -> None:
    """The classes hold 4096 data sets together."""
    classes = {canonical(rows): 0 for rows in worlds()}
    for rows in product(product((0, 1), repeat=3), repeat=4):
        if tuple(sorted(rows)) == rows:
            classes[canonical([list(x) for x in rows])] += 24 // prod(
                prod(range(1, rows.count(x) + 1)) for x in set(rows)
            )
    assert sum(classes.values()) == 4096
    assert min(classes.values()) > 0


# ---------------------------------------------------------------------- refusals

ROWS = [[0, 1], [1, 1]]
GOOD = Theta([Q(1, 2)] * 2, [[Q(1, 2), Q(1, 3)], [Q(1, 4), Q(1, 5)]])

BAD: list[tuple[str, Any, type[Exception], str]] = [
    ("rows", [], EmptyData, "rows is empty; give at least one row of bits"),
    ("rows", [[]], BadInput, "rows[0] is empty; give every row at least one bit"),
    ("rows", [[0, 1], [1]], BadInput, "rows[1] has 1 bits but rows[0] has 2; give rows of one length"),
    ("rows", [[0, 1], [1, 2]], BadInput, "rows[1][1] is 2; give 0 or 1"),
    ("rows", [[0, -1]], BadInput, "rows[0][1] is -1; give 0 or 1"),
    ("rows", [[0, 1], [float("nan"), 0]], BadInput, "rows[1][0] is nan; give 0 or 1"),
    ("rows", [[0, 0.5]], BadInput, "rows[0][1] is 0.5; give 0 or 1"),
    ("rows", [[0], [1]], BadInput, "probabilities[0] has 2 entries for rows of 1 bits; give 1"),
    ("weights", [1], BadInput, "weights has 1 entries for 2 components; give one for each"),
    ("weights", [Q(1, 2), Q(1, 3)], BadInput, "the sum of weights is 5/6; give numbers that sum to 1"),
    ("probabilities", [], EmptyData, "probabilities is empty; give at least one row"),
    ("probabilities", [[Q(1, 2)] * 2], BadInput, "weights has 2 entries for 1 components; give one for each"),
    ("probabilities", [[Q(1, 2)]] * 2, BadInput, "probabilities[0] has 1 entries for rows of 2 bits; give 2"),
    ("probabilities", [[0, 1], [0]], BadInput, "probabilities[1] has 1 entries but probabilities[0] has 2; give"),
    ("probabilities", [[0, 1], [0, Q(7, 6)]], BadInput, "probabilities[1][1] is 7/6; give a probability from 0 to 1"),
    ("probabilities", [[0.5, float("nan")]] * 2, BadInput, "probabilities[0][1] is nan; give a finite number"),
]


@pytest.mark.parametrize(("what", "value", "error", "words"), BAD)
def test_bad_input_is_refused_in_one_sentence(what: str, value: Any, error: type[Exception], words: str) -> None:
    rows = value if what == "rows" else ROWS
    fields = {"weights": GOOD.weights, "probabilities": GOOD.probabilities}
    theta = Theta(**(fields | {what: value} if what != "rows" else fields))
    calls: list[Callable[[], object]] = [
        lambda: room.e_step(rows, theta, EXACT),
        lambda: room.e_step(rows, theta, FLOAT),
        lambda: room.joint(rows, theta),
        lambda: room.log_likelihood(rows, theta, FLOAT),
        lambda: room.predict(rows, theta, EXACT),
        lambda: next(room.trace(rows, theta, EXACT)),
    ]
    if "rows" in words.split()[0]:
        calls.append(lambda: room.m_step(rows, [[1, 0]] * max(1, len(rows)), GOOD))
    for call in calls:
        with pytest.raises(error) as raised:
            call()
        assert type(raised.value) is error
        assert str(raised.value).startswith(words)
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("r", "error", "words"),
    [
        ([[1, 0]], BadInput, "responsibilities has 1 rows for 2 observations; give one for each"),
        ([[1, 0], [1, 1]], BadInput, "the sum of responsibilities[1] is 2; give numbers that sum to 1"),
        ([[1, 0], [1, 0]], NoMass, "component 1 has no mass: all its responsibilities are 0; give it some"),
    ],
)
def test_the_m_step_refuses_what_it_cannot_use(r: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error) as raised:
        room.m_step(ROWS, r)
    assert type(raised.value) is error
    assert str(raised.value).startswith(words)


@BY_KIND
@pytest.mark.parametrize("border", [0, 1])
def test_the_score_is_undefined_on_the_border(kind: Any, border: int) -> None:
    theta = of_kind(kind, Theta([Q(1)], [[Q(1, 2), Q(border)]]))
    with pytest.raises(
        Undefined, match=r"^the score is undefined where probabilities\[0\]\[1\] is .*; give one inside"
    ):
        room.score([[0, border]], theta, [[kind(1)]])


def test_exact_numbers_have_no_log_likelihood() -> None:
    with pytest.raises(Unsupported):
        room.log_likelihood(ROWS, GOOD, EXACT)


@pytest.mark.parametrize("kind", [EXACT, FLOAT], ids=str)
def test_bits_that_are_floats_are_refused(kind: Any) -> None:
    with pytest.raises(BadInput, match=r"^rows\[0\]\[0\] is 1\.0; give 0 or 1$"):
        room.e_step([[1.0, 0.0]], of_kind(kind, GOOD), kind)  # type: ignore[list-item]
