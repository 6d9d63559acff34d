"""Modularity, computed another way than in the room; notation as in `modularity`.

    1. score    (2m)^2 Q = sum over u, v with l_u = l_v of B_uv, B_uv = 2m A_uv - k_u k_v   (Y1)
    2. block    (2m)^2 times what a community T adds is b(T) = 2m w_T - s_T^2, with w_T the
                sum of A_uv over u and v in T, s_T that of k_u over u in T                   (Y2)
    3. optimum  best(S) = max over T that has the lowest node of S of b(T) + best(S - T)    (Y3)

The room has the score from (Y2) and visits every partition for the optimum, adding up (Y1). Here 3 goes through the
3^n / 2 pairs of a set and a part of it, and all is done in integers.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from refimpl import linear
from refimpl.certify.margin import Rows


def modularity(weights: Rows, labels: Sequence[int]) -> Fraction:
    """Return Q of a graph with edges."""
    rows, strengths, twice = integers(weights)
    # sum over u, v with l_u = l_v of B_uv                                                  (Y1)
    found = sum(
        twice * a - k * s
        for row, k, c in zip(rows, strengths, labels, strict=True)
        for a, s, d in zip(row, strengths, labels, strict=True)
        if c == d
    )
    return Fraction(found, twice * twice)


def optimum(weights: Rows) -> Fraction:
    """Return the greatest Q of all partitions of the nodes."""
    rows, _, twice = integers(weights)
    inside, ends = of_subsets(rows)
    # 2m w_T - s_T^2                                                                        (Y2)
    b = [twice * w - s * s for w, s in zip(inside, ends, strict=True)]
    best = [0] * len(b)
    for nodes in range(1, len(b)):
        # max over T that has the lowest node of S of b(T) + best(S - T)                    (Y3)
        best[nodes] = max(b[part] + best[nodes ^ part] for part in parts(nodes))
    return Fraction(best[-1], twice * twice)


def integers(weights: Rows) -> tuple[list[list[int]], list[int], int]:
    """Return A multiplied to integers, with k and 2m in the same unit."""
    (rows,), _ = linear.cleared(weights)
    found = [[int(a) for a in row] for row in rows]
    strengths = [sum(row) for row in found]
    return found, strengths, sum(strengths)


def of_subsets(rows: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    """Return w_T and s_T of every set T of nodes, a set being the sum of 2^u over its nodes u."""
    inside, ends = [0], [0]
    for v, row in enumerate(rows):
        strength = sum(row)
        to = [0]  # the weight between v and each set of the nodes before it
        for u in range(v):
            to += [w + row[u] for w in to]
        inside += [w + 2 * t + row[v] for w, t in zip(inside, to, strict=True)]
        ends += [s + strength for s in ends]
    return inside, ends


def parts(nodes: int) -> Iterator[int]:
    """Yield the subsets of a set that has nodes, those alone that have its lowest one."""
    low = nodes & -nodes
    rest = nodes ^ low
    part = rest
    while True:
        yield part | low
        if not part:
            return
        part = (part - 1) & rest
