"""The map equation, computed another way than in the room; notation as in `map_equation`.

    1. score      L = q H(q_1 / q, ...) + sum_i p_i H(q_i / p_i, and p_u / p_i of its nodes), with p_i = q_i + sum p_u
                  and H the entropy of a distribution: the codebook of the modules and one for each module    (Z1)
    2. module     2m L = f(e) + sum_i g_i - sum_u f(k_u), with g_i = f(e_i + s_i) - 2 f(e_i)                  (Z2)
    3. integers   each f(x) 10^D is rounded to an integer, wrong by 1 at most, so that the sum of a
                  partition is wrong by 3 n + 1 at most, f(k_u) left out                                      (Z3)
    4. search     for every set S of nodes and every e, the least sum of g_i over its partitions whose
                  e_i sum to e, each from a part with the lowest node of S and the rest                       (Z4)
    5. rivals     the partitions whose sum (Z3) is within 2 (3 n + 1) of the least: a minimiser is among them (Z5)
    6. equality   sum c_x x log2 x over two partitions is equal if for every prime p the sum of c_x x v_p(x)
                  is, v_p(x) being the power of p in x                                                        (Z6)
    7. rational   L is rational where the sum without powers of 2 is 0: 2m L = sum c_x x v_2(x)               (Z7)

6: the product of x^(c_x x) is 1 if and only if all its prime powers are 0. 7: if it has a root that is a power of 2, it
is a power of 2 itself. The room visits every partition, and takes its integers apart by their common factors alone.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from math import gcd
from typing import TypeAlias

from refimpl import linear
from refimpl.certify.margin import Rows
from refimpl.certify.modularities import integers, of_subsets, parts
from refimpl.errors import Refuted, Undecided, Unsupported
from refimpl.numbers import Ball, N, Numbers, ball

DIGITS = 40
"""D, of the integers of the search."""

MOST = 12_800
"""Digits beyond which two sums that differ are not told apart."""

LARGEST_FACTOR = 10**5
"""Primes up to it are tried; what they leave of an integer is a prime if it is below the square."""

Terms: TypeAlias = Mapping[int, int]
"""x to c_x of a sum of c_x x log2 x."""

Table: TypeAlias = dict[int, int]
"""e to the least sum of g."""


def codelength(weights: Rows, labels: Sequence[int], numbers: Numbers[N]) -> N:
    """Return L in bits of a graph with edges."""
    rows, strengths, twice = integers(weights)
    flows = [(Fraction(e, twice), [Fraction(strengths[u], twice) for u in block]) for block, e in _blocks(rows, labels)]
    leaving = [q for q, _ in flows]
    # the codebook of the modules and one for each module                                   (Z1)
    nats = [_entropy(leaving, numbers), *(_entropy([q, *visits], numbers) for q, visits in flows)]
    return linear.total(nats) / numbers.log(numbers(2))


def _entropy(rates: Sequence[Fraction], numbers: Numbers[N]) -> N:
    """Return r H(r_1 / r, r_2 / r, ...) in nats, r the sum of the rates."""
    total = sum(rates, Fraction(0))
    terms = [numbers.log(numbers(total / rate)) * numbers(rate) for rate in rates if rate]
    return linear.total([numbers(0), *terms])


def exactly(weights: Rows, labels: Sequence[int]) -> Fraction | None:
    """Return L where it is rational, else None. Raises Unsupported where the weights have large prime factors."""
    rows, strengths, twice = integers(weights)
    rows, strengths, twice = _shortened(rows, strengths, twice)
    powers = _prime_powers(_terms(rows, labels))
    twos = powers.pop(2, 0)
    # 2m L = sum c_x x v_2(x)                                                               (Z7)
    return None if any(powers.values()) else Fraction(twos, twice)


def check_least(weights: Rows, labels: Sequence[int]) -> None:
    """Raise Refuted, naming a better one, unless no partition has a shorter codelength than that of the labels.

    Raises Unsupported where the weights have large prime factors, and Undecided where digits do not suffice.
    """
    rows, _, _ = _shortened(*integers(weights))
    own = _terms(rows, labels)
    for blocks in _rivals(rows):
        rival = [next(i for i, block in enumerate(blocks) if block >> u & 1) for u in range(len(rows))]
        difference = _difference(_terms(rows, rival), own)
        # for every prime p the sum of c_x x v_p(x) is equal                                (Z6)
        if any(_prime_powers(difference).values()) and _sign(difference) < 0:
            raise Refuted(f"labels have a longer codelength than {rival}")


def _shortened(rows: list[list[int]], strengths: list[int], twice: int) -> tuple[list[list[int]], list[int], int]:
    """Return the same without a common factor, which does not change L."""
    factor = gcd(*(a for row in rows for a in row))
    return [[a // factor for a in row] for row in rows], [k // factor for k in strengths], twice // factor


def _blocks(rows: Sequence[Sequence[int]], labels: Sequence[int]) -> list[tuple[list[int], int]]:
    """Return the nodes of every module, and e_i."""
    blocks = [[u for u, label in enumerate(labels) if label == i] for i in sorted(set(labels))]
    return [(block, sum(a for u in block for v, a in enumerate(rows[u]) if v not in block)) for block in blocks]


def _terms(rows: Sequence[Sequence[int]], labels: Sequence[int]) -> Terms:
    """Return what 2m L is a sum of.  (Z2)"""
    found: Counter[int] = Counter()
    blocks = _blocks(rows, labels)
    for block, e in blocks:
        found[e] -= 2
        found[e + sum(sum(rows[u]) for u in block)] += 1
    found[sum(e for _, e in blocks)] += 1
    for row in rows:
        found[sum(row)] -= 1
    return {x: c for x, c in found.items() if x > 1 and c}


def _difference(a: Terms, b: Terms) -> Terms:
    return {x: a.get(x, 0) - b.get(x, 0) for x in sorted(a.keys() | b.keys())}


def _rivals(rows: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield the blocks, as sets of `of_subsets`, of all partitions that may be the best."""
    n = len(rows)
    inside, ends = of_subsets(rows)
    out = [s - w for s, w in zip(ends, inside, strict=True)]
    f = _rounded_to_integers()
    g = [f(e + s) - 2 * f(e) for e, s in zip(out, ends, strict=True)]  # (Z2)
    tables: list[Table] = [{} for _ in g]
    tables[0][0] = 0
    for nodes in range(1, len(g)):
        if nodes & 1 and nodes != len(g) - 1:
            continue  # the first node leaves with the first part
        mine = tables[nodes]
        for part in parts(nodes):
            added, leaving = g[part], out[part]
            # the least sum of g_i over its partitions whose e_i sum to e                   (Z4)
            for e, least in tables[nodes ^ part].items():
                if mine.get(e + leaving, least + added + 1) > least + added:
                    mine[e + leaving] = least + added
    # within 2 (3 n + 1) of the least                                                       (Z5)
    bound = min(f(e) + least for e, least in tables[-1].items()) + 2 * (3 * n + 1)
    for e in tables[-1]:
        yield from _within(tables, g, out, len(g) - 1, e, bound - f(e))


def _within(
    tables: Sequence[Table], g: Sequence[int], out: Sequence[int], nodes: int, e: int, bound: int
) -> Iterator[list[int]]:
    """Yield the partitions of a set whose e_i sum to e and whose g_i to at most the bound."""
    if not nodes:
        yield []
        return
    for part in parts(nodes):
        least = tables[nodes ^ part].get(e - out[part])
        if least is not None and g[part] + least <= bound:
            for others in _within(tables, g, out, nodes ^ part, e - out[part], bound - g[part]):
                yield [part, *others]


def _rounded_to_integers() -> Callable[[int], int]:
    """Return the function that tells f(x) 10^D as an integer, wrong by 1 at most.  (Z3)"""

    @cache
    def f(x: int) -> int:
        if x < 2:
            return 0
        value = _value({x: 1}, DIGITS + len(str(x)) + 5) * 10**DIGITS
        if value.rad > Fraction(1, 2):
            raise Undecided(f"{DIGITS} digits of {x} log2 {x} need more than {len(str(x)) + 5} others")
        nearest: int = round(value.mid)
        return nearest

    return f


def _value(terms: Terms, digits: int) -> Ball:
    """Return the sum of c_x x log2 x of integers above 1."""
    numbers = ball(digits)
    return linear.total([numbers(0), *(numbers.log(numbers(x)) * (c * x) for x, c in terms.items())]) / numbers.log(
        numbers(2)
    )


def _sign(terms: Terms) -> int:
    """Return the sign of a sum that is not 0."""
    digits = DIGITS
    while digits < MOST:
        value = _value(terms, digits)
        if abs(value.mid) > value.rad:
            return 1 if value.mid > 0 else -1
        digits *= 2
    raise Undecided(f"{MOST} digits do not tell two codelengths apart, which differ")


def _prime_powers(terms: Terms) -> dict[int, int]:
    """Return for every prime p the sum of c_x x v_p(x), by trial division.  (Z6)"""
    found: Counter[int] = Counter()
    for x, c in terms.items():
        rest, p = x, 2
        while p * p <= rest and p <= LARGEST_FACTOR:
            while rest % p == 0:
                rest //= p
                found[p] += c * x
            p += 1
        if p <= LARGEST_FACTOR or p * p > rest:
            found[rest] += c * x
        else:
            raise Unsupported(
                f"{x} leaves a factor after division by all primes up to {LARGEST_FACTOR}; give smaller weights"
            )
    del found[1]
    return dict(found)
