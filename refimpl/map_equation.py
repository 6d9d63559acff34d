"""The map equation of InfoMap: how short a random walk can be told by naming modules (Rosvall and Bergstrom 2008).

Notation: n nodes and weights A as in `modularity`, k_u the strength of u, 2m = sum_u k_u, modules i as labels l_u;
s_i the sum of k_u over u in i, e_i the sum of A_uv over u in i and v outside, e = sum_i e_i; f(x) = x log2 x, f(0) = 0.
The walk goes along an edge with a probability proportional to its weight: it is at u with probability k_u / 2m, and
leaves i in a step with e_i / 2m. No teleportation is needed, because the graph is undirected.

    1. codelength   L = f(q) - 2 sum_i f(q_i) - sum_u f(p_u) + sum_i f(q_i + p_i), with
                    q = e / 2m, q_i = e_i / 2m, p_u = k_u / 2m, p_i = s_i / 2m              (I1)
    2. unscaled     2m L is the same sum in e, e_i, k_u and s_i, because what the logarithm
                    of 2m adds to it is 2m log2(2m) (e - 2 e - 2m + e + 2m) / 2m = 0        (I2)
    3. optimum      the least L of all partitions, and every partition that has it:
                    all those that (I2) in fixed point does not tell from the least;        (I3)
                    of these, which are equal: integers a, b, ... and c_a, c_b, ... with
                    sum c_a log2 a = 0 are those with product a^(c_a) = 1, which holds if,
                    in powers of integers without common factors, all exponents are 0;      (I4)
                    and of those that are not, the least, with as many digits as it takes   (I5)

L is in bits for each step. (I1) is the two-level map equation; a single module has e = 0 and L = the entropy of p_u.
Of exact weights, multiplied to integers, (I4) decides every tie, those by symmetry and others; so (I5) ends.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Generic, TypeAlias, cast

from refimpl import linear
from refimpl.errors import BadInput
from refimpl.kmeans import check_labels
from refimpl.linear import Matrix
from refimpl.modularity import check
from refimpl.numbers import Ball, N, Numbers, ball, least
from refimpl.set_partitions import check_few, renamed

MOST = 10
"""Nodes up to which all partitions are visited: 115975 of them."""

DIGITS = 30
"""Of the first comparison; those that follow double it."""

Terms: TypeAlias = dict[int, int]
"""x to c: the sum of c x log2(x), all that depends on the partition in (I2)."""


@dataclass(frozen=True)
class Optimum(Generic[N]):
    """The best of all partitions."""

    partitions: list[list[int]]
    """Every l of the least L, modules in the order of their first nodes; the partitions in lexicographic order."""
    codelength: N
    """L in bits, the same of all."""


def codelength(weights: Matrix[N] | Matrix[Fraction], labels: Sequence[int], numbers: Numbers[N]) -> N:
    """Return L in bits of weights that are exact or of the kind that is given.

    Raises EmptyData, BadInput, and Undefined where there are no edges.
    """
    check(cast(Matrix[N], weights))
    (rows,), _ = linear.cleared(cast(Matrix[N], weights))
    check_labels(labels, len(rows), max(labels, default=0) + 1, "node")
    labels = renamed(labels)  # names as large as one likes need no more room
    k = max(labels) + 1
    zero = rows[0][0] - rows[0][0]
    inside, leaving = [zero] * k, [zero] * k
    for row, i in zip(rows, labels, strict=True):
        inside[i] = inside[i] + linear.total(row)
        leaving[i] = linear.total([leaving[i], *(a for a, j in zip(row, labels, strict=True) if j != i)])
    strengths = [linear.total(row) for row in rows]
    twice = linear.total(strengths)

    def f(x: N) -> N:
        """Return p ln p of p = x / 2m: logarithms of shares are small, those of weights might cancel."""
        return _f(linear.quotient(x, twice), numbers)

    # L = f(q) - 2 sum_i f(q_i) - sum_u f(p_u) + sum_i f(q_i + p_i)                         (I1)
    terms = [f(linear.total(leaving)), *(f(e) * -2 for e in leaving), *(-f(s) for s in strengths)]
    terms += [f(e + s) for e, s in zip(leaving, inside, strict=True)]
    return linear.total(terms) / numbers.log(numbers(2))


def optimum(weights: Matrix[Fraction], numbers: Numbers[N]) -> Optimum[N]:
    """Return the least L and its partitions, of exact weights; only L depends on the kind of numbers.

    Raises as `codelength` does, BadInput where a weight is not exact, Unsupported for more than `MOST` nodes.
    """
    check(weights)
    check_few(len(weights), MOST)
    if not all(isinstance(a, Fraction | int) for row in weights for a in row):
        raise BadInput("weights has an entry that is no exact number; give integers or Fractions to decide ties")
    (rows,), _ = linear.cleared(weights)
    classes: list[tuple[Terms, list[list[int]]]] = []
    for labels, terms in _candidates(cast(list[list[int]], rows)):
        # which of them are equal                                                           (I4)
        for known, members in classes:
            if _is_nothing({x: terms.get(x, 0) - known.get(x, 0) for x in terms | known}):
                members.append(labels)
                break
        else:
            classes.append((terms, [labels]))
    partitions = classes[_least_of([terms for terms, _ in classes])][1]
    return Optimum(partitions, codelength(weights, partitions[0], numbers))


def _least_of(sums: Sequence[Terms]) -> int:
    """Return the index of the least of sums that all differ."""
    left, digits = list(range(len(sums))), DIGITS
    while len(left) > 1:
        # with as many digits as it takes                                                   (I5)
        digits *= 2
        values = [_value(sums[i], digits) for i in left]
        bound = least(values)
        left = [i for i, value in zip(left, values, strict=True) if value.lower <= bound.upper]
    return left[0]


def _candidates(rows: list[list[int]]) -> list[tuple[list[int], Terms]]:
    """Return the partitions whose 2m L may be the least, in lexicographic order."""
    unit = 10**DIGITS
    floors: dict[int, int] = {}

    def floor(x: int) -> int:
        """The integer F with F <= unit f(x) < F + 2, of which most x have the greatest."""
        if x not in floors:
            value = _value({x: 1}, DIGITS + len(str(x)) + 5) * unit
            floors[x] = value.lower.__floor__()
        return floors[x]

    found: list[tuple[int, list[int], Terms]] = []
    bound: int | None = None
    for labels, modules in _flows(rows, [], []):
        e = sum(out for _, out in modules)
        # 2m L, but for the sum over u, which is the same for all                           (I2)
        low = floor(e) + sum(floor(out + s) - 2 * floor(out) - 4 for s, out in modules)
        # each floor is less than 2 too low, and those with -2 were paid for in advance     (I3)
        high = low + 6 * len(modules) + 2
        if bound is None or low <= bound:
            found.append((low, labels, _terms(e, modules)))
            bound = high if bound is None else min(bound, high)
    return [(labels, terms) for low, labels, terms in found if bound is not None and low <= bound]


def _flows(
    rows: list[list[int]], labels: list[int], modules: list[tuple[int, int, list[int]]]
) -> Iterator[tuple[list[int], list[tuple[int, int]]]]:
    """Yield all canonical labels that begin so, in lexicographic order, each with (s_i, e_i) of its modules."""
    u = len(labels)
    if u == len(rows):
        yield labels, [(s, out) for s, out, _ in modules]
        return
    strength = sum(rows[u])
    away = strength - rows[u][u]
    for i, (s, out, nodes) in enumerate(modules):
        grown = (s + strength, out + away - 2 * sum(rows[u][v] for v in nodes), [*nodes, u])
        yield from _flows(rows, [*labels, i], [*modules[:i], grown, *modules[i + 1 :]])
    yield from _flows(rows, [*labels, len(modules)], [*modules, (strength, away, [u])])


def _terms(e: int, modules: list[tuple[int, int]]) -> Terms:
    """Return what depends on the partition in 2m L: f(e) - 2 sum_i f(e_i) + sum_i f(e_i + s_i)."""
    terms: Counter[int] = Counter({e: 1})
    for s, out in modules:
        terms[out] -= 2
        terms[out + s] += 1
    return {x: c for x, c in terms.items() if c and x > 1}


def _value(terms: Terms, digits: int) -> Ball:
    """Return the sum of c x log2(x), 0 where there is nothing to add."""
    numbers = ball(digits)
    logarithms = [numbers.log(numbers(x)) * (c * x) for x, c in terms.items() if x > 1]
    return linear.total([numbers(0), *logarithms]) / numbers.log(numbers(2))


def _is_nothing(terms: Terms) -> bool:
    """Return whether the sum of c x log2(x) is 0, by powers of integers without common factors."""
    powers: dict[int, int] = {}
    waiting = [(x, c * x) for x, c in terms.items()]
    while waiting:
        x, c = waiting.pop()
        if x == 1 or c == 0:
            continue
        shared = next((y for y in powers if gcd(x, y) > 1), None)
        if shared is None:
            powers[x] = c
            continue
        # x^c y^d = (x / g)^c (y / g)^d g^(c + d)
        g, d = gcd(x, shared), powers.pop(shared)
        waiting += [(x // g, c), (shared // g, d), (g, c + d)]
    return not powers


def _f(x: N, numbers: Numbers[N]) -> N:
    """Return x ln x, and 0 at 0."""
    value = _of(x, numbers)
    return value if linear.is_nothing(value) else value * numbers.log(value)


def _of(x: N, numbers: Numbers[N]) -> N:
    """Return an integer in the kind that is given; other numbers are of it."""
    return numbers(x) if isinstance(x, int | Fraction) else x
