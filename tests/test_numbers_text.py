"""Numbers as text: what is read, what is refused; printed digits are certain and read back."""

import decimal
import random
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from refimpl.errors import BadInput, Undecided, Unsupported
from refimpl.numbers import Ball, ball, certified, exact_text, fixed, parse, rounded

FIXED = settings(deadline=None, derandomize=True)
"""The same examples in every run, however busy the machine."""

WRITTEN = {
    "17": Fraction(17),
    "-3": Fraction(-3),
    "-0": Fraction(0),
    "007": Fraction(7),
    "31/6": Fraction(31, 6),
    "-62/12": Fraction(-31, 6),
    "0.6": Fraction(3, 5),
    "-1.50": Fraction(-3, 2),
    "5.": Fraction(5),
    ".5": Fraction(1, 2),
    "-.5e1": Fraction(-5),
    "1e3": Fraction(1000),
    "1E+3": Fraction(1000),
    "1e-0003": Fraction(1, 1000),
    "5.97e-1251": Fraction(597, 10**1253),
    "1e20000": Fraction(10) ** 20000,
    "0x1.8p-3": Fraction(3, 16),
    "-0X1.8P+1": Fraction(-3),
    "0x10": Fraction(16),
    "0x.8p0": None,
    "0x1.fffffffffffffp1023": Fraction(1.7976931348623157e308),
}
"""Texts and what they mean; None for texts that are refused."""

REFUSED = [
    "", " 17", "17 ", "1 7", "1_000", "NaN", "nan", "inf", "-inf", "Infinity", "1/0", "0/0", "1/-2", "1/2/3",
    "1.5/2", "+5", "--5", ".", "-", "e5", "1e", "1e+", "1e1.5", "0x", "0xg", "1,5", "1,000.5", "½",
    "٣", "１７", "1\n", "\t1",
    "1d5", "0b1", "1+2j", "true", "−5", "1e20001", "1e-20001", "0x1p20001", "0x1p-999999999",
    "1e999999999", "1e-999999999", "1e99999999999999999999",
]  # fmt: skip
"""Texts that are no numbers, or none that we compute with."""


@pytest.mark.parametrize("text", WRITTEN)
def test_parse(text: str) -> None:
    if WRITTEN[text] is None:
        with pytest.raises(BadInput):
            parse(text)
    else:
        assert parse(text) == WRITTEN[text]


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    for reader in (parse, certified, ball(20), lambda text: fixed(parse(text), 2)):
        with pytest.raises(BadInput) as caught:
            reader(text)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 250


def test_long_and_large_texts_cost_nothing() -> None:
    # written out, 10^(10^9) would fill a gigabyte
    for text in (
        "1" * 4001,
        "1" * 10**7,
        "1." + "0" * 10**6,
        "1e" + "9" * 3990,
        "0x1p-" + "9" * 3000,
        "1/" + "1" * 10**6,
    ):
        with pytest.raises(BadInput) as caught:
            parse(text)
        assert len(str(caught.value)) < 250
    assert parse("1" * 4000) == (10**4000 - 1) // 9
    assert parse("1e0000000000000000000000002") == 100


@pytest.mark.parametrize("value", [17, None, 0.5, b"17", ["1"]])
def test_only_text_is_parsed(value: object) -> None:
    with pytest.raises(BadInput, match="string"):
        parse(value)  # type: ignore[arg-type]


def test_certified_widths() -> None:
    for text in ("17", "-3", "31/6", "0x1.8p-3", "1e5", "0", "15e-1"):
        assert certified(text) == (parse(text), 0)
    for text, width in {
        "0.6": Fraction(1, 10),
        "0.60": Fraction(1, 100),
        "17.": Fraction(1),
        "-1.5e3": Fraction(100),
        "5.97e-1251": Fraction(1, 10**1253),
        "0.0": Fraction(1, 10),
        ".25": Fraction(1, 100),
    }.items():
        assert certified(text) == (parse(text), width)


@FIXED
@given(st.fractions())
def test_exact_text_reads_back(value: Fraction) -> None:
    assert parse(exact_text(value)) == value
    assert exact_text(Fraction(17)) == "17"
    assert exact_text(Fraction(31, 6)) == "31/6"
    assert exact_text(-5) == "-5"


def test_exact_text_has_a_limit_that_can_be_read() -> None:
    assert parse(exact_text(10**3999)) == 10**3999
    for value in (Fraction(10**4000), Fraction(1, 10**3999), Fraction(-(10**3999)), Fraction(2) ** 10**6):
        with pytest.raises(Unsupported):
            exact_text(value)


# ---------------------------------------------------------------------- printing


@FIXED
@given(st.fractions() | st.floats(allow_nan=False, allow_infinity=False).map(Fraction), st.integers(1, 60))
def test_rounded_reads_back(value: Fraction, digits: int) -> None:
    text = rounded(value, digits)
    if not value:
        assert text == "0"
        return
    assert "." in text
    written, unit = certified(text)
    assert unit > 0
    assert abs(value - written) * 2 <= unit
    mantissa = text.lstrip("-").split("e")[0].replace(".", "").lstrip("0")
    assert len(mantissa) == digits
    # the standard library as a witness: a quotient of exact integers is rounded once
    with decimal.localcontext() as context:
        context.prec, context.rounding = digits, decimal.ROUND_HALF_EVEN
        context.Emax, context.Emin = 10**6, -(10**6)
        assert Fraction(decimal.Decimal(value.numerator) / value.denominator) == written


@FIXED
@given(st.fractions(min_value=-(10**9), max_value=10**9), st.integers(0, 30))
def test_fixed_reads_back(value: Fraction, decimals: int) -> None:
    text = fixed(value, decimals)
    assert len(text.partition(".")[2]) == decimals
    assert abs(parse(text) - value) * 2 * 10**decimals <= 1
    assert parse(text) != 0 or not text.startswith("-")
    assert fixed(-value, decimals).lstrip("-") == text.lstrip("-")


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        ("0", 5, "0"),
        ("123", 3, "123."),
        ("123", 5, "123.00"),
        ("12345", 3, "1.23e4"),
        ("12355", 4, "1.236e4"),
        ("12345", 4, "1.234e4"),  # a tie goes to the even digit
        ("9.996", 3, "10.0"),
        ("999.6", 3, "1.00e3"),
        ("-0.000001234", 2, "-0.0000012"),
        ("0.0000001234", 2, "1.2e-7"),
        ("0.00000099999", 2, "0.0000010"),
        ("1e20", 21, "100000000000000000000."),
        ("1e21", 22, "1.000000000000000000000e21"),
        ("5", 1, "5."),
        ("50", 1, "5.e1"),
        ("5.97e-1251", 4, "5.970e-1251"),
        ("1/3", 5, "0.33333"),
        ("-2/3", 3, "-0.667"),
    ],
)
def test_rounded_forms(value: str, digits: int, text: str) -> None:
    assert rounded(parse(value), digits) == text
    assert abs(certified(text)[0] - parse(value)) <= certified(text)[1]


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        ("0.45", 2, "0.45"),
        ("-50/3", 2, "-16.67"),
        ("-0.004", 2, "0.00"),
        ("0.125", 2, "0.12"),
        ("0.135", 2, "0.14"),
        ("2.5", 0, "2"),
        ("-3.5", 0, "-4"),
        ("0", 3, "0.000"),
        ("1234567.891", 1, "1234567.9"),
        ("0.05", 1, "0.0"),
        ("0.15", 1, "0.2"),
        ("-0.05", 1, "0.0"),
    ],
)
def test_fixed_forms(value: str, decimals: int, text: str) -> None:
    assert fixed(parse(value), decimals) == text


@FIXED
@given(st.fractions(), st.integers(0, 10**6), st.integers(-80, 80), st.integers(1, 25))
def test_a_ball_prints_only_what_both_ends_agree_on(value: Fraction, r: int, e: int, digits: int) -> None:
    x = Ball.of(value, 100) + Ball(0, r, e, 100)
    for printer in (rounded, fixed):
        low, high = printer(x.lower, digits), printer(x.upper, digits)
        zero_inside = printer is rounded and not x.is_exact and x.contains(0)
        if low == high and not zero_inside:
            assert printer(x, digits) == low
        else:
            with pytest.raises(Undecided):
                printer(x, digits)


def test_ties_and_zeros_of_balls() -> None:
    half, width = Ball.of(Fraction(5, 2), 60), Ball(0, 1, -50, 60)
    assert fixed(half, 0) == "2"
    for undecided in (
        lambda: fixed(half + width, 0),
        lambda: rounded(width, 3),
        lambda: rounded(half + width, 1),
    ):
        with pytest.raises(Undecided):
            undecided()
    assert fixed(width, 3) == "0.000"
    assert fixed(-width - Fraction(1, 1000), 2) == "0.00"
    assert rounded(half - half, 5) == "0"
    with pytest.raises(Undecided):
        rounded(Ball.between(0, 1, 60), 1)


def test_known_digits() -> None:
    assert rounded(ball(50).pi(), 50) == "3.1415926535897932384626433832795028841971693993751"
    assert rounded(ball(60).exp(ball(60)(1)), 40) == "2.718281828459045235360287471352662497757"
    assert rounded(ball(3000).pi(), 3000).endswith("8649423196")
    # log 2 = 0.69314 71805 59945 30941 72321 21458
    assert rounded(ball(40).log(ball(40)(2)), 30) == "0.693147180559945309417232121458"


def test_sizes_are_guarded() -> None:
    tiny, huge = Ball(1, 0, -(10**9), 60), Ball(1, 0, 10**9, 60)
    assert fixed(tiny, 3) == "0.000"
    assert fixed(-tiny, 3) == "0.000"
    vast = ball(20).exp(-(ball(20)(2) ** 5000))
    assert fixed(vast, 4) == "0.0000"
    for refused in (
        lambda: rounded(tiny, 3),
        lambda: rounded(huge, 3),
        lambda: rounded(-huge, 3),
        lambda: fixed(huge, 3),
        lambda: rounded(Fraction(10) ** 20001, 3),
        lambda: rounded(Fraction(1, 10**20001), 3),
        lambda: fixed(10**4001, 0),
    ):
        with pytest.raises(Unsupported):
            refused()
    assert rounded(Fraction(10) ** 20000, 3) == "1.00e20000"
    assert certified(rounded(Fraction(1, 10**19999), 3900))[0] == Fraction(1, 10**19999)
    for bad in (
        lambda: rounded(1, 0),
        lambda: rounded(1, 10**9),
        lambda: fixed(1, -1),
        lambda: fixed(1, 10**9),
    ):
        with pytest.raises(BadInput):
            bad()


def test_repr_never_fails() -> None:
    rng = random.Random(4)
    for _ in range(2000):
        reach = 10 ** rng.randint(0, 25)
        bits = rng.randint(1, 300)
        x = Ball(
            rng.getrandbits(bits) - (1 << (bits - 1)),
            rng.choice((0, 1, rng.getrandbits(60))),
            rng.randint(-reach, reach),
            rng.choice((2, 60, 200)),
        )
        assert repr(x).startswith("[")
        assert len(repr(x)) < 90
