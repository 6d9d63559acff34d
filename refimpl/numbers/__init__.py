"""What a number is: EXACT, FLOAT, high(digits), ball(digits), and numbers as text.

Whoever needs only + - * / and < takes no kind at all (type in, type out); whoever needs exp, log or sqrt
takes a `Numbers`.
"""

from refimpl.numbers.balls import Ball
from refimpl.numbers.extremes import greatest, least, ranked
from refimpl.numbers.kinds import EXACT, FLOAT, Mpf, N, Number, Numbers, ball, high, rational
from refimpl.numbers.printing import fixed, rounded
from refimpl.numbers.text import certified, exact_text, parse

__all__ = [
    "EXACT",
    "FLOAT",
    "Ball",
    "Mpf",
    "N",
    "Number",
    "Numbers",
    "ball",
    "certified",
    "exact_text",
    "fixed",
    "greatest",
    "high",
    "least",
    "parse",
    "ranked",
    "rational",
    "rounded",
]
