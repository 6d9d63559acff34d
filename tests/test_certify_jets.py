"""Derivatives that formulas find by themselves, against difference quotients, power series of Arb, and textbooks."""

from collections.abc import Callable, Iterator
from fractions import Fraction as Q
from typing import Any

import flint
import pytest
from hypothesis import given, settings, strategies as st

from refimpl import linear
from refimpl.certify.jets import Jet, Jets, variables
from refimpl.errors import DomainError, Undecided
from refimpl.numbers import EXACT, FLOAT, Ball, ball, high

Formula = Callable[[Any, Any], Any]

RATIONAL: list[Formula] = [
    lambda x, y: x + y,
    lambda x, y: 3 + x,
    lambda x, y: y + 3,
    lambda x, y: x - y,
    lambda x, y: 3 - y,
    lambda x, y: x - 2,
    lambda x, y: -x,
    lambda x, y: x * y,
    lambda x, y: 2 * x,
    lambda x, y: y * -5,
    lambda x, y: x / y,
    lambda x, y: 3 / x,
    lambda x, y: y / 3,
    lambda x, y: x**0 + y,
    lambda x, y: x**1,
    lambda x, y: (x + y) ** 5,
    lambda x, y: x**-3,
    lambda x, y: x * x * y - y / x,
    lambda x, y: (x * y + 1) / (x * x + y * y + 1),
    lambda x, y: ((x + y) ** 3 - x / y) * 2 / (1 + y * y),
    lambda x, y: abs(-x) * abs(y) - abs(x - 1),
    lambda x, y: linear.dot([x, y, x, y, x, y, x, y, x], [y, y, x, x, y, y, x, x, y]),
    lambda x, y: linear.total([x, y * x, y, x, x, y, x * y, y, x]),
    lambda x, y: linear.solve([[x * x + 1, y], [y, y * y + 2]], [x, y])[1],
]

TRANSCENDENT: list[tuple[str, Callable[[Any, Any, Any], Any]]] = [
    ("exp", lambda n, x, y: n.exp(x * y)),
    ("log", lambda n, x, y: n.log(x + y * y)),
    ("sqrt", lambda n, x, y: n.sqrt(x * x + y)),
    ("all", lambda n, x, y: n.exp(n.sqrt(y) / x) * n.log(x + 2) / (y + n.log(y + 3)) - n.pi() * x),
]

points = st.tuples(*[st.fractions(Q(1, 9), 5, max_denominator=12).filter(lambda q: q != 1)] * 2)


def jet(formula: Formula, point: tuple[Q, Q]) -> Jet[Q]:
    return formula(*variables(point))


@pytest.mark.parametrize("i", range(len(RATIONAL)))
@settings(max_examples=8)
@given(point=points)
def test_slopes_of_rational_formulas_are_exact(i: int, point: tuple[Q, Q]) -> None:
    """Symmetric quotients at e and e / 2 err by C e^2 and C e^2 / 4."""
    x, y = point
    formula, e = RATIONAL[i], Q(1, 2**150)
    found = jet(formula, point)
    assert found.value == formula(x, y)
    assert len(found.slopes) == 2

    def quotient(j: int, step: Q) -> Q:
        a, b = ((x + s * step, y) if j == 0 else (x, y + s * step) for s in (1, -1))
        return (formula(*a) - formula(*b)) / (2 * step)

    for j, slope in enumerate(found.slopes):
        assert abs((4 * quotient(j, e / 2) - quotient(j, e)) / 3 - slope) < Q(1, 2**400)


def fraction(x: Any) -> Q:
    man, exp = x.man_exp()
    return int(man) * Q(2) ** int(exp)


def overlaps(x: Ball, a: Any) -> bool:
    """Whether a ball of ours and one of Arb's have a point in common."""
    return abs(x.mid - fraction(a.mid())) <= x.rad + fraction(a.rad())


class Series:
    """The functions of Arb's power series in one direction, which is where its derivatives come from."""

    def __getattr__(self, name: str) -> Any:
        return lambda x: getattr(x, name)()

    def pi(self) -> Any:
        return flint.arb_series([flint.arb.pi()])


@pytest.fixture
def two_terms() -> Iterator[None]:
    prec, cap = flint.ctx.prec, flint.ctx.cap
    flint.ctx.prec, flint.ctx.cap = 200, 2
    yield
    flint.ctx.prec, flint.ctx.cap = prec, cap


@pytest.mark.usefixtures("two_terms")
@pytest.mark.parametrize("name", [name for name, _ in TRANSCENDENT])
def test_slopes_are_the_coefficients_of_power_series(name: str) -> None:
    formula, numbers = dict(TRANSCENDENT)[name], ball(50)
    jets = Jets(numbers, 2)
    for x, y in ((Q(1, 3), Q(2)), (Q(7, 2), Q(1, 9)), (Q(5, 4), Q(13, 7))):
        found = formula(jets, *variables([numbers(x), numbers(y)]))
        for j in range(2):
            a, b = (
                flint.arb_series([flint.arb(flint.fmpq(v.numerator, v.denominator)), int(j == k)])
                for k, v in enumerate((x, y))
            )
            series = formula(Series(), a, b)
            assert overlaps(found.value, series[0])
            assert overlaps(found.slopes[j], series[1])
            assert found.slopes[j].rad < Q(1, 10**45)


def test_values_and_slopes_of_boxes_hold_those_of_their_points() -> None:
    numbers, radius = ball(40), Q(1, 1000)
    jets = Jets(numbers, 2)
    for _, formula in TRANSCENDENT:
        box = [Ball.between(c - radius, c + radius, 140) for c in (Q(3, 2), Q(4, 5))]
        wide = formula(jets, *variables(box))
        for a, b in ((1, 1), (-1, 1), (Q(1, 3), Q(-2, 5))):
            inside = formula(jets, *variables([numbers(Q(3, 2) + a * radius), numbers(Q(4, 5) + b * radius)]))
            assert wide.value.overlaps(inside.value)
            assert all(s.contains(t.mid) for s, t in zip(wide.slopes, inside.slopes, strict=True))


def test_jets_of_jets_have_second_derivatives() -> None:
    """Those of f = e^(xy) ln x: f_xx = f y^2 + 2 y e^(xy) / x - e^(xy) / x^2 and f_xy by hand; f_xy = f_yx."""
    numbers = high(40)
    inner = Jets(numbers, 2)
    outer = Jets(inner, 2)
    x, y = numbers(Q(3, 2)), numbers(Q(2, 5))
    a, b = variables(variables([x, y]))
    f = outer.exp(a * b) * outer.log(a)
    power, log = numbers.exp(x * y), numbers.log(x)
    (xx, xy), (yx, yy) = (slope.slopes for slope in f.slopes)
    for found, truth in (
        (xx, power * (y * y * log + 2 * y / x - 1 / (x * x))),
        (xy, power * (log + x * y * log + 1)),
        (yx, power * (log + x * y * log + 1)),
        (yy, power * x * x * log),
        (f.slopes[0].value, power * (y * log + 1 / x)),
        (f.value.slopes[1], power * x * log),
    ):
        assert abs(found - truth) < numbers(Q(1, 10**36))


def test_variables_and_constants() -> None:
    x, y, z = variables([Q(5), Q(0), Q(-1, 2)])
    assert [x.value, y.value, z.value] == [5, 0, Q(-1, 2)]
    assert [list(v.slopes) for v in (x, y, z)] == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    jets = Jets(EXACT, 3)
    assert "exact" in jets.name
    two = jets(2)
    assert (two.value, list(two.slopes)) == (2, [0, 0, 0])
    assert list((two * x + 1).slopes) == [2, 0, 0]
    assert all(s == 0 and s.is_exact for s in Jets(ball(20), 2).pi().slopes)
    assert list((y**2).slopes) == [0, 0, 0]  # x^2 at 0
    assert list((y**1).slopes) == [0, 1, 0]
    assert list((y**0).slopes) == [0, 0, 0]
    assert (y**0).value == 1


def test_jets_are_ordered_by_their_values() -> None:
    x, y = variables([Q(1), Q(2)])
    assert x < y
    assert x <= y
    assert y > x
    assert y >= x
    assert not x > y
    assert not x >= y
    assert x < 2
    assert x <= 1
    assert y > 1
    assert y >= 2
    assert not x > 1
    assert not y < 2
    assert x == 1
    assert x != y
    assert x == Jet(Q(1), [Q(7), Q(7)])
    assert linear.equals(x - 1, 0)
    assert list(abs(x - y).slopes) == [-1, 1]
    assert abs(x - y).value == 1


def test_what_balls_do_not_decide_jets_do_not_either() -> None:
    (x,) = variables([Ball.between(-1, 1, 60)])
    for call in (lambda: x == 0, lambda: x > 0, lambda: abs(x), lambda: 1 / x, lambda: Jets(ball(20), 1).log(x)):
        with pytest.raises(Undecided):
            call()


def test_jets_raise_as_their_numbers_do() -> None:
    (x,) = variables([Q(0)])
    with pytest.raises(ZeroDivisionError):
        1 / x
    (y,) = variables([ball(20)(-1)])
    for function in (Jets(ball(20), 1).log, Jets(ball(20), 1).sqrt):
        with pytest.raises(DomainError):
            function(y)


def test_jets_of_other_lengths_do_not_mix() -> None:
    (x,), (y, _) = variables([Q(1)]), variables([Q(2), Q(3)])
    for call in (lambda: x + y, lambda: x * y, lambda: x / y, lambda: x - y):
        with pytest.raises(ValueError, match="zip"):
            call()


def test_integers_stay_exact() -> None:
    x, y = variables([6, 4])
    q = x / y
    assert q.value == Q(3, 2)
    assert list(q.slopes) == [Q(1, 4), Q(-3, 8)]
    assert (x / 4).value == Q(3, 2)
    assert all(not isinstance(s, float) for s in (*q.slopes, *(x / 4).slopes, *(1 / x).slopes))
    f = Jets(FLOAT, 2).exp(variables([0.0, 1.0])[0])
    assert (f.value, list(f.slopes)) == (1.0, [1.0, 0.0])
