"""Reference K-means, EM and mixtures on plain lists, and the oracle that judges other implementations by them.

The rooms (`refimpl.kmeans`, `refimpl.two_coins`, `refimpl.gaussian_mixture`, ...) are the algorithms; `refimpl.numbers`
says what a number is; `refimpl.certify` proves results; `refimpl.oracle` holds others to them.
"""

__version__ = "0.1.0"
