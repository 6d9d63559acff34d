"""What mixtures share: responsibilities from logarithms however small, likelihoods, labels and refusals."""

from fractions import Fraction as Q
from itertools import islice
from math import prod
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from mixture_strategies import compositions, raw, responsibilities
from strategies import INEXACT, KINDS, assert_agree, assert_type, exactly, in_kind

from refimpl import bernoulli_mixture, gaussian_mixture, mixture
from refimpl.errors import BadInput, EmptyData, NoMass, Undecided
from refimpl.numbers import EXACT, FLOAT, Ball, ball, high

BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
BY_INEXACT = pytest.mark.parametrize("kind", INEXACT, ids=lambda kind: kind.name)

B = ball(40)

VALUES = [Q(0), *(Q(m, 64) for m in (1, 7, 21, 40, 64)), Q(1, 2**200)]


@st.composite
def joints(draw: st.DrawFn) -> list[list[Q]]:
    """Joint probabilities p(x_n, k), in every row one above 0; binary64 holds each of them."""
    n, k = draw(st.integers(1, 9)), draw(st.integers(1, 4))
    source = draw(raw(n * k))
    rows = [[VALUES[byte % len(VALUES)] for byte in islice(source, k)] for _ in range(n)]
    return [row if any(row) else [Q(1), *row[1:]] for row in rows]


def logarithms(joint: Any, numbers: Any) -> Any:
    return [[None if p == 0 else numbers.log(numbers(p)) for p in row] for row in joint]


def bayes(joint: Any) -> list[list[Q]]:
    return [[p / sum(row) for p in row] for row in joint]


# ---------------------------------------------------------------------- responsibilities and likelihood


@settings(max_examples=40)
@given(joints())
def test_shares_are_bayes_formula(joint: Any) -> None:
    assert mixture.shares(joint) == bayes(joint)
    assert_type(mixture.shares(in_kind(FLOAT, joint)), 0.0)
    assert_agree(mixture.shares(in_kind(B, joint)), bayes(joint))


@BY_INEXACT
@settings(max_examples=40)
@given(joint=joints())
def test_responsibilities_of_logarithms_are_bayes_formula(kind: Any, joint: Any) -> None:
    """The logarithm of 2^-200 is about -139, of which binary64 and 40 digits know three digits less."""
    found = mixture.responsibilities(logarithms(joint, kind), kind)
    assert_type(found, kind(0))
    assert_agree(found, bayes(joint), 10**2)


@BY_INEXACT
@settings(max_examples=40)
@given(joint=joints())
def test_the_log_likelihood_is_the_logarithm_of_the_product_of_sums(kind: Any, joint: Any) -> None:
    found = mixture.log_likelihood(logarithms(joint, kind), kind)
    truth = ball(90).log(ball(90)(prod((sum(row) for row in joint), start=Q(1))))
    assert_type(found, kind(0))
    assert abs(exactly(found) - truth.mid) <= Q(1, 10 ** (11 if kind is FLOAT else 34))
    assert not isinstance(found, Ball) or found.overlaps(truth)


@settings(max_examples=40)
@given(joints(), st.integers(-(10**9), 10**9))
def test_a_constant_moves_the_likelihood_and_leaves_the_responsibilities(joint: Any, shift: int) -> None:
    """p(x_n, k) e^c in every row adds N c."""
    before = logarithms(joint, B)
    after = [[None if a is None else a + shift for a in row] for row in before]
    pairs = zip(mixture.responsibilities(before, B), mixture.responsibilities(after, B), strict=True)
    assert all(x.overlaps(y) for old, new in pairs for x, y in zip(old, new, strict=True))
    moved = mixture.log_likelihood(after, B) - mixture.log_likelihood(before, B)
    assert moved.contains(len(joint) * shift)
    assert moved.rad < Q(1, 10**25)


@pytest.mark.parametrize("far", [-(10**3), -(10**6), -(10**15), 10**15])
@pytest.mark.parametrize("gap", [0, 1, 10**3, 10**6])
def test_nothing_underflows_however_far_the_logarithms_lie(far: int, gap: int) -> None:
    """Shares 1 / (1 + e^-gap) and e^-gap / (1 + e^-gap), positive even where they are 10^-434294."""
    row = [B(far), None, B(far - gap)]
    (found,) = mixture.responsibilities([row], B)
    assert all(x > 0 for x in (found[0], found[2]))
    assert (found[1].m, found[1].r) == (0, 0)
    assert (found[0] + found[1] + found[2]).contains(1)
    tail = B.exp(B(-gap))
    assert found[2].overlaps(tail / (tail + 1))
    assert found[0].overlaps(1 / (tail + 1))
    assert mixture.log_likelihood([row], B).overlaps(far + B.log(tail + 1))
    floats = mixture.responsibilities([[float(far), None, float(far - gap)]], FLOAT)[0]
    assert sum(floats) == 1.0
    assert floats[1] == 0.0
    assert_agree(floats, [x.mid for x in found], 10)


@BY_INEXACT
@pytest.mark.parametrize("order", [1, -1])
def test_the_largest_logarithm_may_stand_anywhere(kind: Any, order: int) -> None:
    """e^1000 has no binary64 value, but neither has it a need of one."""
    row = [-2000, -1000, 0, 1000, 2000][::order]
    (found,) = mixture.responsibilities([in_kind(kind, row)], kind)
    assert exactly(found[row.index(2000)]) >= 1 - Q(1, 10**30)
    assert abs(exactly(mixture.log_likelihood([in_kind(kind, row)], kind)) - 2000) < Q(1, 10**9)


def test_of_two_balls_that_overlap_either_serves_as_the_largest() -> None:
    """Logarithms known to 1/1024 only: the responsibilities still contain those of all points."""
    about = [Ball(-1, 1, -10, B.prec), Ball(0, 1, -10, B.prec), Ball(1, 1, -10, B.prec)]
    for row in (about, about[::-1]):
        (found,) = mixture.responsibilities([row], B)
        assert all(x.contains(Q(1, 3)) for x in found)
        assert all(x.rad < Q(1, 100) for x in found)
        assert abs(mixture.log_likelihood([row], B) - B.log(B(3))) < Q(1, 100)


def test_an_observation_without_mass_is_named() -> None:
    for call in (
        lambda: mixture.responsibilities([[0.0], [None]], FLOAT),
        lambda: mixture.log_likelihood([[0.0], [None], [None]], FLOAT),
        lambda: mixture.shares([[Q(1), Q(0)], [Q(0), Q(0)]]),
        lambda: mixture.shares([[0.5], [0.0]]),
    ):
        with pytest.raises(NoMass, match=r"^observation 1 is impossible under every component; give "):
            call()


@BY_KIND
def test_one_component_takes_everything(kind: Any) -> None:
    assert_agree(mixture.shares([[kind(Q(1, 7))], [kind(3)]]), [[Q(1)], [Q(1)]])
    if kind is not EXACT:
        assert_agree(mixture.responsibilities([[kind(-7)], [kind(3)]], kind), [[Q(1)], [Q(1)]])
        assert_agree(mixture.log_likelihood([[kind(-7)], [kind(3)]], kind), Q(-4))


def test_the_logarithm_of_nothing_is_none() -> None:
    for kind in INEXACT:
        assert mixture.logarithm(kind(0), kind) is None
        assert_agree(mixture.logarithm(kind(1), kind), Q(0))
        half = mixture.logarithm(kind(Q(1, 2)), kind)
        assert_agree(kind.exp(half), Q(1, 2))
    assert mixture.logarithm(Q(0), EXACT) is None
    assert mixture.logarithm(Q(1), EXACT) == 0


# ---------------------------------------------------------------------- sizes and labels


@BY_KIND
@settings(max_examples=30)
@given(r=st.tuples(st.integers(1, 10), st.integers(1, 3)).flatmap(lambda nk: responsibilities(*nk)))
def test_sizes_are_column_sums_and_add_up_to_n(kind: Any, r: Any) -> None:
    found = mixture.sizes(in_kind(kind, r))
    assert_type(found, kind(0))
    assert_agree(found, [sum(column) for column in zip(*r, strict=True)], 100)
    assert sum(mixture.sizes(r)) == len(r)


@pytest.mark.parametrize("kind", [EXACT, FLOAT, high(40)], ids=lambda kind: kind.name)
def test_the_label_is_the_largest_and_the_lowest_index_on_a_tie(kind: Any) -> None:
    rows = [[2, 1, 1], [1, 2, 1], [1, 1, 2], [2, 2, 0], [0, 2, 2], [2, 0, 2], [1, 1, 1]]
    r = [[kind(Q(x, 4)) for x in row] for row in rows]
    assert mixture.labels(r) == [0, 1, 2, 0, 1, 0, 0]


def test_balls_that_overlap_leave_the_label_undecided() -> None:
    third = B(Q(1, 3))
    assert mixture.labels([[B(Q(1, 4)), B(Q(3, 4))], [B(1), B(0)]]) == [1, 0]
    with pytest.raises(Undecided):
        mixture.labels([[third, third, third]])


# ---------------------------------------------------------------------- refusals


@BY_KIND
@settings(max_examples=20)
@given(pi=st.integers(1, 4).flatmap(lambda k: st.sampled_from(compositions(15, k))))
def test_weights_that_sum_to_one_are_accepted_in_every_kind(kind: Any, pi: Any) -> None:
    mixture.check_weights(in_kind(kind, pi), len(pi))
    mixture.check_responsibilities([in_kind(kind, pi)] * 2, 2, len(pi))
    for digits in (5, 10):
        mixture.check_weights(in_kind(ball(digits), pi), len(pi))


THIRD = B(Q(1, 3))
ABOUT_0 = Ball(0, 1, -100, B.prec)


@pytest.mark.parametrize(
    ("pi", "words"),
    [
        ([Q(1)], "weights has 1 entries for 2 components; give one for each"),
        ([Q(1, 3)] * 3, "weights has 3 entries for 2 components; give one for each"),
        ([Q(3, 2), Q(-1, 2)], "weights[0] is 3/2; give a number from 0 to 1"),
        ([Q(1, 2), Q(-1, 2)], "weights[1] is -1/2; give a number from 0 to 1"),
        ([Q(1, 2), Q(1, 3)], "the sum of weights is 5/6; give numbers that sum to 1"),
        ([Q(1, 2), Q(1, 2) + Q(1, 10**40)], "give numbers that sum to 1"),
        ([Q(1, 2), Q(1, 2) - Q(1, 10**40)], "give numbers that sum to 1"),
        ([0, 0], "the sum of weights is 0; give numbers that sum to 1"),
        ([0.5, 0.499], "the sum of weights is 0.999; give numbers that sum to 1"),
        ([0.5, 0.5 + 2.0**-29], "give numbers that sum to 1"),
        ([0.5, 0.5 - 2.0**-29], "give numbers that sum to 1"),
        ([0.5, float("nan")], "weights[1] is nan; give a number from 0 to 1"),
        ([float("inf"), 0.5], "weights[0] is inf; give a number from 0 to 1"),
        ([-0.5, 1.5], "weights[0] is -0.5; give a number from 0 to 1"),
        ([THIRD, THIRD], "give numbers that sum to 1"),
        ([THIRD, THIRD - 1], "give a number from 0 to 1"),
        ([high(40)(2), high(40)(-1)], "weights[0] is 2.0; give a number from 0 to 1"),
    ],
)
def test_weights_are_refused_in_one_sentence(pi: Any, words: str) -> None:
    with pytest.raises(BadInput) as raised:
        mixture.check_weights(pi, 2)
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def test_rounded_weights_may_miss_one_by_two_to_the_minus_thirty() -> None:
    mixture.check_weights([0.5, 0.5 + 2.0**-31], 2)
    mixture.check_weights([0.5, 0.5 - 2.0**-31], 2)
    mixture.check_weights([high(40)(Q(1, 3)), high(40)(Q(2, 3))], 2)
    mixture.check_weights([ABOUT_0, 1 - ABOUT_0], 2)


@pytest.mark.parametrize("pi", [[ABOUT_0, B(2)], [ABOUT_0, B(-1), B(2)], [ABOUT_0, B(Q(1, 2))]], ids=str)
def test_a_ball_about_nothing_hides_no_offence_after_it(pi: Any) -> None:
    with pytest.raises(BadInput, match=r"^(the sum of )?weights"):
        mixture.check_weights(pi, len(pi))


@pytest.mark.parametrize(
    ("r", "error", "words"),
    [
        ([], EmptyData, "responsibilities is empty"),
        ([[], []], BadInput, "responsibilities[0] is empty"),
        ([[1, 0]], BadInput, "responsibilities has 1 rows for 2 observations; give one for each"),
        ([[1, 0]] * 3, BadInput, "responsibilities has 3 rows for 2 observations; give one for each"),
        ([[1], [1]], BadInput, "responsibilities has 1 columns for 2 components; give one for each"),
        ([[1, 0, 0]] * 2, BadInput, "responsibilities has 3 columns for 2 components; give one for each"),
        ([[1, 0], [1]], BadInput, "responsibilities[1] has 1 entries but responsibilities[0] has 2"),
        ([[1, 0], [Q(1, 2), Q(1, 3)]], BadInput, "the sum of responsibilities[1] is 5/6; give numbers that sum to 1"),
        ([[1, 0], [-1, 2]], BadInput, "responsibilities[1][0] is -1; give a number from 0 to 1"),
        ([[1.0, 0.0], [0.5, float("nan")]], BadInput, "responsibilities[1][1] is nan; give a finite number"),
    ],
)
def test_responsibilities_are_refused_by_row_and_column(r: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error) as raised:
        mixture.check_responsibilities(r, 2, 2)
    assert type(raised.value) is error
    assert words in str(raised.value)


PROBABILITIES: list[tuple[Any, str]] = [
    ([[0, 1], [Q(1, 2), Q(-1, 9)]], "probabilities[1][1] is -1/9; give a probability from 0 to 1"),
    ([[0.5, 1.5]], "probabilities[0][1] is 1.5; give a probability from 0 to 1"),
    ([[float("nan")]], "probabilities[0][0] is nan; give a probability from 0 to 1"),
    ([[B(0), B(2)]], "probabilities[0][1] is "),
]


@pytest.mark.parametrize(("table", "words"), PROBABILITIES)
def test_probabilities_lie_between_nought_and_one(table: Any, words: str) -> None:
    def check(rows: Any) -> None:
        for k, row in enumerate(rows):
            mixture.check_probabilities(row, f"probabilities[{k}]")

    check([[0, 1, Q(1, 2)], [0.0, 1.0, 0.5], in_kind(B, [0, 1, Q(1, 3)])])
    with pytest.raises(BadInput) as raised:
        check(table)
    assert words in str(raised.value)


# ---------------------------------------------------------------------- refusals by the rooms

ROWS = [[0, 1], [1, 1], [0, 0]]
ROOMS: list[Any] = [
    (gaussian_mixture, lambda k: gaussian_mixture.Theta([Q(1, k)] * k, [[0, 0]] * k, [[[1, 0], [0, 1]]] * k)),
    (bernoulli_mixture, lambda k: bernoulli_mixture.Theta([Q(1, k)] * k, [[Q(1, 2), Q(1, 3)]] * k)),
]
BY_ROOM = pytest.mark.parametrize(("room", "theta"), ROOMS, ids=["gaussian", "bernoulli"])


@BY_ROOM
def test_what_is_kept_has_a_row_for_every_component(room: Any, theta: Any) -> None:
    with pytest.raises(BadInput):
        room.m_step(ROWS, [[1, 0]] * 3, theta(1))


@pytest.mark.parametrize("r", [[[1, 0]] * 2, [[1]] * 3, [[1, 0, 0]] * 3])
@BY_ROOM
def test_the_score_refuses_responsibilities_of_another_shape(room: Any, theta: Any, r: Any) -> None:
    with pytest.raises(BadInput) as raised:
        room.score(ROWS, theta(2), r)
    assert "responsibilities" in str(raised.value)
