"""Proof of nmf.run: the updates entry by entry, in fractions or in finer balls."""

from refimpl.certify import factors
from refimpl.linear import Matrix
from refimpl.numbers import N, ball
from refimpl.oracle import nmf_results, values
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.certificates import Enclosure, Exact
from refimpl.oracle.recheck.agreement import agree, certificate

MORE = 25
"""Digits by which the proof exceeds those in which the results were found."""

LONGEST = 3
"""Iterations beyond which no proof is taken up in fractions, whose digits grow by a factor in each."""


def run(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless the same iterations by another formula give the same digits."""
    x, w, h = nmf_results.matrices(case.input)
    iterations = values.iterations(case.params)
    if isinstance(case.certificate, Exact) and iterations <= LONGEST:
        proven = _run(x, w, h, iterations)
    else:
        numbers = ball(certificate(case, Enclosure).digits + MORE)
        data, left, right = (nmf_results.in_kind(numbers, matrix) for matrix in (x, w, h))
        proven = _run(data, left, right, iterations)
    for name, value in proven.items():
        agree(expected[name], value, name)


def _run(x: Matrix[N], w: Matrix[N], h: Matrix[N], iterations: int) -> Numbers:
    for _ in range(iterations):
        w, h = factors.step(x, w, h)
    return nmf_results.named(w, h, factors.loss(x, w, h))


PROOFS = {"nmf.run": run}
