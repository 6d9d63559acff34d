"""Non-negative factorisation: the rule entry by entry, the loss that never rises, zeros, symmetries, refusals."""

from fractions import Fraction as Q
from itertools import islice, pairwise
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from strategies import KINDS, assert_agree, assert_type, in_kind

from refimpl import nmf, trace as reader
from refimpl.errors import BadInput, EmptyData, RefimplError, Undefined
from refimpl.numbers import Ball, ball

BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)

FEW = settings(max_examples=30)
Rows = list[list[Q]]

SOME = st.sampled_from([Q(0), Q(0), Q(1), Q(2), Q(5), Q(1, 3), Q(7, 4)])
POSITIVE = st.sampled_from([Q(1), Q(2), Q(5), Q(1, 3), Q(7, 4)])


@st.composite
def tasks(draw: st.DrawFn, entry: Any = SOME, r: tuple[int, int] = (1, 3)) -> tuple[Rows, Rows, Rows]:
    """X, W and H, full of zeros; whole rows and columns of zeros are common."""
    n, rank, m = draw(st.integers(1, 4)), draw(st.integers(*r)), draw(st.integers(1, 4))

    def table(rows: int, columns: int) -> Rows:
        found = [[draw(entry) for _ in range(columns)] for _ in range(rows)]
        if entry is SOME:
            for i, j in draw(st.lists(st.tuples(st.integers(0, rows - 1), st.integers(0, columns - 1)), max_size=1)):
                found[i] = [Q(0)] * columns
                for row in found:
                    row[j] = Q(0)
        return found

    return table(n, m), table(n, rank), table(rank, m)


def product(a: Rows, b: Rows) -> Rows:
    return [
        [sum((x * y for x, y in zip(row, column, strict=True)), Q(0)) for column in zip(*b, strict=True)] for row in a
    ]


def transposed(a: Rows) -> Rows:
    return [list(column) for column in zip(*a, strict=True)]


def half_squares(x: Rows, w: Rows, h: Rows) -> Q:
    """J, by |X|^2 - 2 <X, W H> + |W H|^2."""
    wh = product(w, h)
    return (
        sum((a * a - 2 * a * b + b * b for p, q in zip(x, wh, strict=True) for a, b in zip(p, q, strict=True)), Q(0))
        / 2
    )


def quotient(x: Q, a: Q, b: Q) -> Q:
    """The protocol's rule: x * (a / b), where 0/0 counts as 0, and so does 0 * (a / 0)."""
    return x * a / b if b else Q(0)


def iterated(x: Rows, w: Rows, h: Rows) -> tuple[Rows, Rows]:
    """One iteration as it is printed, every product from left to right."""
    ht = transposed(h)
    over, under = product(x, ht), product(product(w, h), ht)
    w = [[quotient(*t) for t in zip(*rows, strict=True)] for rows in zip(w, over, under, strict=True)]
    wt = transposed(w)
    over, under = product(wt, x), product(product(wt, w), h)
    return w, [[quotient(*t) for t in zip(*rows, strict=True)] for rows in zip(h, over, under, strict=True)]


# ---------------------------------------------------------------------- steps


def test_a_step_by_hand() -> None:
    """X = (1 2; 3 4), W = (1, 1), H = (1 1): W becomes (3/2, 7/2), then H (24/29, 34/29)."""
    x, start = [[1, 2], [3, 4]], nmf.State([[1], [1]], [[1, 1]])
    w = [[Q(1 + 2, 2)], [Q(3 + 4, 2)]]
    square = Q(3, 2) ** 2 + Q(7, 2) ** 2
    h = [[(1 * Q(3, 2) + 3 * Q(7, 2)) / square, (2 * Q(3, 2) + 4 * Q(7, 2)) / square]]
    assert nmf.step(x, start) == nmf.State(w, h)
    assert h == [[Q(24, 29), Q(34, 29)]]
    assert nmf.loss(x, start.w, start.h) == Q(0 + 1 + 4 + 9, 2)
    assert_type([nmf.step(x, start).w, nmf.step(x, start).h, nmf.loss(x, [[1], [1]], [[1, 1]])], Q(0))


@FEW
@given(tasks())
def test_a_step_is_the_printed_rule_in_any_association_of_products(task: Any) -> None:
    x, w, h = task
    expected = nmf.State(*iterated(x, w, h))
    assert nmf.step(x, nmf.State(w, h)) == expected
    assert nmf.loss(x, w, h) == half_squares(x, w, h)
    assert nmf.update_w(x, w, h) == expected.w
    assert nmf.update_h(x, expected.w, h) == expected.h


@BY_KIND
@FEW
@given(task=tasks())
def test_the_type_that_goes_in_comes_out_and_all_kinds_agree(kind: Any, task: Any) -> None:
    x, w, h = task
    truth = reader.nth(2, nmf.trace(x, nmf.State(w, h)))
    x_, w_, h_ = (in_kind(kind, value) for value in task)
    found = reader.nth(2, nmf.trace(x_, nmf.State(w_, h_)))
    loss = nmf.loss(x_, found.w, found.h)
    assert_type([found.w, found.h, loss], kind(0))
    assert_agree([found.w, found.h], [truth.w, truth.h], 2**12)
    assert_agree(loss, nmf.loss(x, truth.w, truth.h), 2**12)


def test_a_trace_starts_with_the_start() -> None:
    start = nmf.State([[Q(1)]], [[Q(2)]])
    states = list(islice(nmf.trace([[Q(3)]], start), 3))
    assert states[0] is start
    assert states[1:] == [nmf.State([[Q(3, 2)]], [[2]])] * 2


# ---------------------------------------------------------------------- the loss


@FEW
@given(tasks())
def test_the_loss_never_rises_and_no_entry_turns_negative(task: Any) -> None:
    """Exactly, after either half of a step, with rows and columns of zeros in all three matrices."""
    x, w, h = task
    losses = [nmf.loss(x, w, h)]
    for _ in range(3):
        w = nmf.update_w(x, w, h)
        losses.append(nmf.loss(x, w, h))
        h = nmf.update_h(x, w, h)
        losses.append(nmf.loss(x, w, h))
        assert all(entry >= 0 for row in (*w, *h) for entry in row)
    assert all(after <= before for before, after in pairwise(losses))


@FEW
@given(tasks(), st.data())
def test_a_perfect_factorisation_stays(task: Any, data: Any) -> None:
    """Its loss is 0; only entries that face a row or a column of zeros, and do not matter, become 0."""
    _, w, h = task
    x = product(w, h)
    assert nmf.loss(x, w, h) == 0
    found = nmf.step(x, nmf.State(w, h))
    assert product(found.w, found.h) == x
    if all(map(any, h)) and all(map(any, transposed(w))):
        assert found == nmf.State(w, h)


@FEW
@given(tasks(POSITIVE))
def test_what_stays_has_no_gradient(task: Any) -> None:
    """dJ/dW = W H H^T - X H^T: an entry that is not 0 grows exactly where its derivative is negative."""
    x, w, h = task
    ht = transposed(h)
    over, under = product(x, ht), product(product(w, h), ht)
    found = nmf.update_w(x, w, h)
    for old, new, a, b in zip(w, found, over, under, strict=True):
        for before, after, plus, minus in zip(old, new, a, b, strict=True):
            assert (after > before, after == before) == (minus - plus < 0, minus == plus)


@FEW
@given(tasks(POSITIVE, r=(1, 1)))
def test_of_rank_one_each_half_is_a_least_squares_solution(task: Any) -> None:
    """W H H^T = X H^T has one solution for one row H; so X of rank one is found in one step."""
    x, w, h = task
    found = nmf.update_w(x, w, h)
    square = sum(b * b for b in h[0])
    assert found == [[sum(a * b for a, b in zip(row, h[0], strict=True)) / square] for row in x]
    rank_one = product(w, [x[0]])
    state = nmf.step(rank_one, nmf.State([row[:1] for row in found], h))
    assert nmf.loss(rank_one, state.w, state.h) == 0


# ---------------------------------------------------------------------- zeros


@FEW
@given(tasks())
def test_zeros_stay_zeros(task: Any) -> None:
    x, w, h = task
    found = nmf.step(x, nmf.State(w, h))
    for old, new in ((w, found.w), (h, found.h)):
        assert all(y == 0 for p, q in zip(old, new, strict=True) for z, y in zip(p, q, strict=True) if z == 0)


@BY_KIND
def test_a_zero_denominator_makes_a_zero(kind: Any) -> None:
    """A row of H that is 0 (0/0), a row of W that is 0 (5/0), a row of X that is 0 (0/5): all become 0, exactly."""
    zero_h = nmf.update_w(*(in_kind(kind, m) for m in ([[1, 2]], [[3, 4]], [[0, 0], [1, 1]])))
    zero_w = nmf.update_w(*(in_kind(kind, m) for m in ([[1, 2], [1, 1]], [[0], [1]], [[1, 2]])))
    zero_x = nmf.update_w(*(in_kind(kind, m) for m in ([[0, 0], [1, 1]], [[2], [1]], [[1, 2]])))
    assert_type([zero_h, zero_w, zero_x], kind(0))
    assert zero_h[0][0] == zero_w[0][0] == zero_x[0][0] == 0
    assert_agree([zero_h[0][1], zero_w[1][0], zero_x[1][0]], [Q(3, 2), Q(3, 5), Q(3, 5)])


def test_a_float_denominator_that_underflows_is_refused() -> None:
    with pytest.raises(
        Undefined, match=r"^a denominator of w or h is below the least positive float; scale x, w and h"
    ):
        nmf.update_w([[1.0]], [[1.0]], [[1e-170]])
    assert nmf.update_w([[1e-200]], [[1e-100]], [[1e-100]]) == [[pytest.approx(1e-100, rel=1e-15, abs=0)]]
    assert nmf.update_w([[1.0]], [[0.0]], [[1e-170]]) == [[0.0]]


# ---------------------------------------------------------------------- symmetries


@FEW
@given(tasks())
def test_the_update_of_h_is_that_of_w_for_the_transposed_problem(task: Any) -> None:
    x, w, h = task
    assert nmf.update_h(x, w, h) == transposed(nmf.update_w(transposed(x), transposed(h), transposed(w)))
    assert nmf.loss(x, w, h) == nmf.loss(transposed(x), transposed(h), transposed(w))


@FEW
@given(tasks(), st.data())
def test_factors_may_be_scaled_against_one_another_and_reordered(task: Any, data: Any) -> None:
    """W D and D^-1 H, and components in another order, give the same products, step by step."""
    x, w, h = task
    scales = data.draw(st.lists(POSITIVE, min_size=len(h), max_size=len(h)))
    order = data.draw(st.permutations(range(len(h))))
    other_w = [[row[k] * scales[k] for k in order] for row in w]
    other_h = [[entry / scales[k] for entry in h[k]] for k in order]
    found, other = nmf.step(x, nmf.State(w, h)), nmf.step(x, nmf.State(other_w, other_h))
    assert product(found.w, found.h) == product(other.w, other.h)
    assert other.w == [[row[k] * scales[k] for k in order] for row in found.w]


# ---------------------------------------------------------------------- refusals


@BY_KIND
@pytest.mark.parametrize(
    ("x", "w", "h", "words"),
    [
        ([[1, 2], [3, -1]], [[1], [1]], [[1, 1]], r"matrix\[1\]\[1\] is .*; give a number of at least 0"),
        ([[1, 2]], [[-1]], [[1, 1]], r"w\[0\]\[0\] is .*; give a number of at least 0"),
        ([[1, 2]], [[1]], [[1, Q(-1, 3)]], r"h\[0\]\[1\] is .*; give a number of at least 0"),
        ([[1, 2], [3, 4]], [[1]], [[1, 1]], "w has 1 rows but matrix has 2; give both as many"),
        ([[1, 2]], [[1, 1]], [[1, 1]], "h has 1 rows for the 2 columns of w; give both as many"),
        ([[1, 2]], [[1]], [[1]], "h has 1 columns but matrix has 2; give both as many"),
        (
            [[1, 2], [3]],
            [[1], [1]],
            [[1, 1]],
            r"matrix\[1\] has 1 entries but matrix\[0\] has 2; give rows of one length",
        ),
        ([], [[1]], [[1]], "matrix is empty; give at least one row"),
        ([[1]], [], [[1]], "w is empty; give at least one row"),
        ([[1]], [[1]], [], "h is empty; give at least one row"),
        ([[1]], [[]], [[1]], r"w\[0\] is empty; give every row at least one number"),
    ],
)
def test_refusals_say_what_where_and_how_to_mend_it(kind: Any, x: Any, w: Any, h: Any, words: str) -> None:
    x, w, h = (in_kind(kind, matrix) for matrix in (x, w, h))
    for call in (
        lambda: nmf.check(x, w, h),
        lambda: nmf.loss(x, w, h),
        lambda: nmf.update_w(x, w, h),
        lambda: nmf.update_h(x, w, h),
        lambda: nmf.step(x, nmf.State(w, h)),
        lambda: next(nmf.trace(x, nmf.State(w, h))),
    ):
        with pytest.raises(RefimplError, match=f"^{words}$") as raised:
            call()
        assert type(raised.value) is (EmptyData if [] in (x, w, h) else BadInput)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_entries_are_finite(bad: float) -> None:
    with pytest.raises(BadInput, match=r"^h\[0\]\[0\] is (nan|inf); give a finite number$"):
        nmf.step([[1.0]], nmf.State([[1.0]], [[bad]]))


def test_a_ball_that_reaches_below_zero_may_be_zero() -> None:
    kind = ball(40)
    about_0 = Ball(0, 1, -100, kind(1).prec)
    nmf.check([[about_0]], [[kind(1)]], [[kind(1)]])
    assert nmf.update_w([[about_0]], [[kind(1)]], [[kind(1)]])[0][0].contains(0)
    with pytest.raises(BadInput, match=r"^matrix\[0\]\[0\] is "):
        nmf.check([[about_0 - 1]], [[kind(1)]], [[kind(1)]])
