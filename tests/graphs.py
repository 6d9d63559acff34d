"""Graphs for tests of communities, and where their numbers come from.

`KARATE` is Zachary's karate club (W. W. Zachary, "An information flow model for conflict and fission in small groups",
Journal of Anthropological Research 33, 1977, 452-473): 34 members, 78 pairs of friends, without the weights of its
figure 3. Members count from 0. The list is that of networkx 3.6.1.
"""

from collections.abc import Iterable

from hypothesis import strategies as st

from refimpl.errors import BadInput, EmptyData, Undefined

Weights = list[list[int]]

KARATE_FRIENDS = """
0: 1 2 3 4 5 6 7 8 10 11 12 13 17 19 21 31; 1: 2 3 7 13 17 19 21 30; 2: 3 7 8 9 13 27 28 32; 3: 7 12 13; 4: 6 10;
5: 6 10 16; 6: 16; 8: 30 32 33; 9: 33; 13: 33; 14: 32 33; 15: 32 33; 18: 32 33; 19: 33; 20: 32 33; 22: 32 33;
23: 25 27 29 32 33; 24: 25 27 31; 25: 31; 26: 29 33; 27: 33; 28: 31 33; 29: 32 33; 30: 32 33; 31: 32 33; 32: 33
"""


def of_edges(n: int, edges: Iterable[tuple[int, int]]) -> Weights:
    """The weights of a graph whose edges all have weight 1."""
    weights = [[0] * n for _ in range(n)]
    for u, v in edges:
        weights[u][v] = weights[v][u] = 1
    return weights


def of_blocks(n: int, *blocks: Iterable[int]) -> list[int]:
    """Labels of blocks that are listed."""
    label = {node: i for i, block in enumerate(blocks) for node in block}
    return [label[node] for node in range(n)]


KARATE = of_edges(
    34,
    [
        (int(line.split(":")[0]), int(v))
        for line in KARATE_FRIENDS.replace("\n", " ").split(";")
        for v in line.split(":")[1].split()
    ],
)
TRIANGLES = of_edges(6, [(0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (3, 5), (4, 5)])
"""Two triangles and a bridge."""
SQUARE = of_edges(4, [(0, 1), (1, 2), (2, 3), (3, 0)])
RING = of_edges(10, [(u, (u + 1) % 10) for u in range(10)])


@st.composite
def graphs(draw: st.DrawFn, most: int = 6, loops: bool = True) -> Weights:
    """Small weights, many of them 0 or equal; at least one edge."""
    n = draw(st.integers(1 if loops else 2, most))
    weights = [[0] * n for _ in range(n)]
    for u in range(n):
        for v in range(u + 1):
            if u != v or loops:
                weights[u][v] = weights[v][u] = draw(st.sampled_from([0, 0, 1, 1, 2, 3]))
    if not any(map(any, weights)):
        weights[0][-1] = weights[-1][0] = 1
    return weights


NO_GRAPHS: list[tuple[Weights, type[Exception], str]] = [
    ([], EmptyData, "weights is empty"),
    ([[0, 1]], BadInput, "weights is 1 x 2; give a square matrix"),
    ([[0, 1], [2, 0]], BadInput, "symmetric"),
    ([[0, -1], [-1, 0]], BadInput, r"weights\[0\]\[1\] is -1"),
    ([[0, 0], [0, 0]], Undefined, "without edges"),
]
"""Weights that are refused: the error, and words of its sentence."""
