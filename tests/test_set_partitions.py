"""Partitions of a set: all of them and their names, by brute force."""

from itertools import product

import pytest

from refimpl.errors import BadInput, Unsupported
from refimpl.set_partitions import bell, check_few, joined, partitions, renamed


@pytest.mark.parametrize("n", range(1, 7))
def test_all_partitions_come_once_in_lexicographic_order(n: int) -> None:
    expected = sorted({tuple(renamed(labels)) for labels in product(range(n), repeat=n)})
    assert [tuple(labels) for labels in partitions(n)] == expected
    assert len(expected) == bell(n)


def test_no_element_has_one_partition_that_is_not_listed() -> None:
    assert list(partitions(0)) == []
    assert [bell(n) for n in range(8)] == [1, 1, 2, 5, 15, 52, 203, 877]


def test_names_are_those_of_first_appearance() -> None:
    assert renamed([7, -1, 7, 0, -1]) == [0, 1, 0, 2, 1]
    assert renamed("abca") == [0, 1, 2, 0]
    assert joined([0, 1, 2, 1], 0, 2) == [0, 1, 0, 1]
    assert joined([0, 1, 2, 1], 1, 2) == [0, 1, 1, 1]


def test_too_many_are_refused() -> None:
    check_few(5, 5)
    with pytest.raises(Unsupported, match="6 nodes have 203 partitions"):
        check_few(6, 5)
    with pytest.raises(BadInput, match="n is -1"):
        bell(-1)
