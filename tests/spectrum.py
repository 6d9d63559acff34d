"""The 36 largest eigenvalues of the covariance of the 400 faces, to 50 digits, as tests/eigenfaces.txt has them.

    python tests/spectrum.py --update    prove them again, and rewrite the file

Every digit is proven: it is printed from an enclosure, by `rounded`, which refuses one that is not determined.
"""

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from refimpl import gram
from refimpl.applications.eigenfaces import eigenpairs
from refimpl.applications.faces import album
from refimpl.certify.eigenpairs import Enclosure
from refimpl.numbers import Ball, rounded

FILE = Path(__file__).parent / "eigenfaces.txt"

COUNT, DIGITS = 36, 50

BITS = 400
"""Enclosures of eigenvalues are much narrower than those of vectors: nothing is lost here."""

HEAD = """\
# The {count} largest eigenvalues of the covariance, divisor {divisor}, of refimpl.applications.faces.album().
# {digits} significant digits, all proven; written by python tests/spectrum.py --update
# sha256 of the {size} grey levels: {digest}
"""


def proven(faces: Sequence[Sequence[int]]) -> list[Enclosure]:
    """Enclosures of the eigenpairs of the centred Gram matrix."""
    return eigenpairs(gram.centred(faces), COUNT, DIGITS)


def text(faces: Sequence[Sequence[int]], enclosures: Sequence[Enclosure]) -> str:
    """What the file has to contain."""
    n, levels = len(faces), b"".join(map(bytes, faces))
    head = HEAD.format(
        count=COUNT, divisor=n - 1, digits=DIGITS, size=len(levels), digest=hashlib.sha256(levels).hexdigest()
    )
    values = [Ball.between(x.lower, x.upper, BITS) / (n * n * (n - 1)) for x in enclosures]
    return head + "".join(f"{rounded(value, DIGITS)}\n" for value in values)


if __name__ == "__main__":
    if "--update" not in sys.argv:
        sys.exit(__doc__)
    pictures = album()
    FILE.write_bytes(text(pictures, proven(pictures)).encode())
