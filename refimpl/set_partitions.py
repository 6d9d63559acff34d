"""Partitions of a set: their names, and all of them.

Notation: n elements 0, ..., n-1; a partition is written as labels l_0, ..., l_(n-1), two elements lie in one block
where their labels are equal. The names are canonical if blocks are numbered in the order of their first elements:
l_0 = 0, and no label exceeds those before it by more than 1 (a restricted growth string).

    1. renamed      the same partition with canonical names                                 (T1)
    2. joined       the same partition with two blocks made one                             (T2)
    3. partitions   all of them, each once, in lexicographic order; Bell's number B_n says
                    how many: 1, 2, 5, 15, 52, 203, 877, 4140, 21147, 115975, ...           (T3)
    4. bell         B_(n+1) = sum_k C(n, k) B_k, row by row of Bell's triangle              (T4)

Canonical names make equality of partitions equality of lists.
"""

from collections.abc import Hashable, Iterator, Sequence
from itertools import accumulate

from refimpl.errors import BadInput, Unsupported


def renamed(labels: Sequence[Hashable]) -> list[int]:
    """Return the labels of the same partition in the order of first appearance."""
    names: dict[Hashable, int] = {}
    # blocks are numbered in the order of their first elements                              (T1)
    return [names.setdefault(label, len(names)) for label in labels]


def joined(labels: Sequence[int], a: int, b: int) -> list[int]:
    """Return the canonical labels after blocks a and b have become one.  (T2)"""
    return renamed([a if label == b else label for label in labels])


def partitions(n: int) -> Iterator[list[int]]:
    """Yield the canonical labels of every partition of n elements, in lexicographic order; none where n is 0.  (T3)"""
    if n < 1:
        return
    labels = [0] * n
    while True:
        yield list(labels)
        # the last label that may still grow, which is the last that is among those before it
        k = n - 1
        while k and labels[k] > max(labels[:k]):
            k -= 1
        if not k:
            return
        labels[k] += 1
        labels[k + 1 :] = [0] * (n - k - 1)


def bell(n: int) -> int:
    """Return how many partitions n elements have. Raises BadInput where n is negative."""
    if n < 0:
        raise BadInput(f"n is {n}; give a number of elements that is 0 or more")
    row = [1]
    for _ in range(n):
        # each row begins with the end of the one before                                    (T4)
        row = list(accumulate([row[-1], *row]))
    return row[0]


def check_few(n: int, most: int) -> None:
    """Raise Unsupported where there are more elements than an exhaustive search visits."""
    if n > most:
        raise Unsupported(f"{n} nodes have {bell(n)} partitions, too many to visit all; give at most {most} nodes")
