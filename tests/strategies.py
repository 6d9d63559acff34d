"""What the property tests draw from, exact numbers all of them, and how numbers of other kinds are judged.

Coordinates come in ranges: a whole data set is drawn from one of them, so that each kind of trouble is met
undiluted. `SMALL` is full of ties and coincident points, `RATIONAL` has denominators that no binary64 number
has, `FAR` lies far from the origin, `MIXED` holds sizes from 2^-30 to 2^30 side by side.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar

from hypothesis import strategies as st

from refimpl.errors import Undecided
from refimpl.numbers import EXACT, FLOAT, Ball, Numbers, ball, high
from refimpl.two_coins import Rounds

Rows = list[list[Fraction]]
T = TypeVar("T")

SMALL = st.integers(-3, 3).map(Fraction)
RATIONAL = st.fractions(-5, 5, max_denominator=12)
FAR = st.integers(-4, 4).map(lambda x: Fraction(10**8 + x))
MIXED = st.builds(lambda m, e: Fraction(m) * Fraction(2) ** e, st.integers(-7, 7), st.integers(-30, 30))
RANGES = (SMALL, RATIONAL, FAR, MIXED)
coordinates = st.sampled_from(RANGES)

KINDS: tuple[Numbers[Any], ...] = (EXACT, FLOAT, high(40), ball(40))
INEXACT = KINDS[1:]


class Task(NamedTuple):
    """Points and the centers to start from."""

    points: Rows
    centers: Rows


@st.composite
def pairs(draw: st.DrawFn, least: int = 1, most: int = 6) -> tuple[list[Fraction], list[Fraction]]:
    """Two vectors of one length, each from a range of its own."""
    n = draw(st.integers(least, most))
    return tuple(draw(st.lists(draw(coordinates), min_size=n, max_size=n)) for _ in range(2))  # type: ignore[return-value]


@st.composite
def matrices(
    draw: st.DrawFn, n: tuple[int, int] = (1, 6), d: tuple[int, int] = (1, 3), entries: Any = coordinates
) -> Rows:
    """An n x d matrix with sizes in the given bounds."""
    width, coordinate = draw(st.integers(*d)), draw(entries)
    row = st.lists(coordinate, min_size=width, max_size=width)
    return draw(st.lists(row, min_size=n[0], max_size=n[1]))


@st.composite
def tasks(draw: st.DrawFn, most: int = 7, k: tuple[int, int] = (1, 3)) -> Task:
    """Points, and as many centers at most: either points themselves or free positions in the same range."""
    width, coordinate = draw(st.integers(1, 2)), draw(coordinates)
    row = st.lists(coordinate, min_size=width, max_size=width)
    points = draw(st.lists(row, min_size=k[0], max_size=most))
    few = min(k[1], len(points))
    centers = draw(st.lists(st.one_of(st.sampled_from(points), row), min_size=k[0], max_size=few))
    return Task(points, [list(c) for c in centers])


@st.composite
def labelled(draw: st.DrawFn) -> tuple[Rows, list[int], Rows]:
    """Points, any labels at all, and centers; clusters may be empty."""
    points, centers = draw(tasks())
    index = st.integers(0, len(centers) - 1)
    return points, draw(st.lists(index, min_size=len(points), max_size=len(points))), centers


counts = st.one_of(st.integers(0, 3), st.integers(0, 12))


@st.composite
def rounds(draw: st.DrawFn, most: int = 6, least: int = 0) -> Rounds:
    """A few rounds of up to 24 tosses; a round has at least `least` heads and as many tails."""
    enough = counts.filter(lambda count: count >= least)
    pairs_of_counts = draw(st.lists(st.tuples(enough, enough), min_size=1, max_size=most))
    return Rounds([h for h, _ in pairs_of_counts], [t for _, t in pairs_of_counts])


inside = st.one_of(
    st.fractions(Fraction(1, 20), Fraction(19, 20), max_denominator=20),
    st.integers(1, 63).map(lambda m: Fraction(m, 64)),
    st.sampled_from([Fraction(1, 10**6), 1 - Fraction(1, 10**6), Fraction(1, 2)]),
)
"""A probability that is neither 0 nor 1."""

thetas = st.tuples(inside, inside)
closed_thetas = st.tuples(*[st.one_of(st.sampled_from([Fraction(0), Fraction(1)]), inside)] * 2)
"""Probabilities that may lie on the border."""


def in_kind(numbers: Numbers[Any], value: Any) -> Any:
    """The same nested lists or tuples with every entry of that kind."""
    if isinstance(value, list | tuple):
        return type(value)(in_kind(numbers, x) for x in value)
    return numbers(value)


def exactly(x: Any) -> Fraction:
    """The exact value of a float, an mpf, an int or a Fraction; the midpoint of a ball."""
    if isinstance(x, Ball):
        return x.mid
    if hasattr(x, "_mpf_"):
        sign, man, exponent, _ = x._mpf_
        return (-1) ** sign * int(man) * Fraction(2) ** exponent
    return Fraction(x)


def flat(value: Any) -> list[Any]:
    """All numbers of nested lists or tuples."""
    return [x for part in value for x in flat(part)] if isinstance(value, list | tuple) else [value]


def decided(call: Callable[[Numbers[Any]], T], numbers: Numbers[Any]) -> T:
    """The result of a computation in that kind, with balls of more and more digits while it is undecided."""
    if not numbers.name.startswith("ball"):
        return call(numbers)
    digits = numbers.prec * 3 // 10  # type: ignore[attr-defined]
    while True:
        try:
            return call(ball(digits))
        except Undecided:
            digits *= 2
            assert digits < 2000, "a comparison stays undecided"


def assert_agree(got: Any, truth: Any, scale: Fraction | int = 1) -> None:
    """Every number of `got` is what its kind can know of the exact number in the same place of `truth`.

    A ball contains it and is narrow, an mpf of 40 digits is within 10^-35 of it and a float within 10^-13, both in
    units of `scale`; a Fraction or an int is it.
    """
    found, known = flat(got), flat(truth)
    assert len(found) == len(known)
    for x, t in zip(found, known, strict=True):
        if isinstance(x, Ball):
            assert x.contains(t)
            assert x.rad <= scale / Fraction(10) ** 30
        elif isinstance(x, Fraction | int):
            assert x == t
        else:
            bound = Fraction(10) ** (-13 if isinstance(x, float) else -35)
            assert abs(exactly(x) - t) <= bound * scale


def assert_type(got: Any, like: Any) -> None:
    """Every number of `got` has the type of `like`; integers and Fractions are one type, exact."""
    exact = isinstance(like, Fraction | int)
    for x in flat(got):
        assert isinstance(x, Fraction | int) and not isinstance(x, bool) if exact else type(x) is type(like)


def largest(*values: Any) -> Fraction:
    """The largest modulus among all numbers, and at least 1."""
    return max([Fraction(1), *(abs(x) for value in values for x in flat(value))])


def mean(xs: Sequence[Fraction]) -> Fraction:
    """The mean, written out once more."""
    return sum(xs, Fraction(0)) / len(xs)
