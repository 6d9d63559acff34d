"""Graphs as people have them: a list of edges between named nodes, and a list of the nodes with their communities.

    edges          columns named source and target, and if there is one named weight, the weights; else all are 1
    communities    columns named node and community, as `refimpl run modularity.optimum --format csv` writes them

A list of edges becomes a square table of weights, its nodes in the order in which they appear. An edge is written once,
in either direction; a loop stands on the diagonal with twice its weight.
"""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from refimpl.errors import BadInput
from refimpl.own_data.lines import content_of, lines_of, text_of
from refimpl.own_data.table import Choice, Table, chosen, is_missing, number_of

ENDS = ("source", "target")
WEIGHT = "weight"
MEMBERS = ("node", "community")

MOST_NODES = 1000
"""A square table of more would have more than a million entries."""


def of_cells(
    source: str, header: Sequence[str], cells: Sequence[Sequence[str]], places: Sequence[str], choice: Choice
) -> Table:
    """Return the table of some cells, which may be a list of edges if a graph is asked for. Raises BadInput."""
    if choice.contents == "graph" and cells and are_edges(header):
        return of_edges(source, header, cells, places, choice)
    return chosen(source, header, cells, places, choice)


def are_edges(header: Sequence[str]) -> bool:
    """Return whether columns are those of a list of edges."""
    return set(ENDS) <= set(map(str.lower, header))


def of_edges(
    source: str, header: Sequence[str], cells: Sequence[Sequence[str]], places: Sequence[str], choice: Choice
) -> Table:
    """Return the square table of a list of edges. Raises BadInput that names the line."""
    if choice.columns is not None:
        raise BadInput(f"{source}: --columns has no use in a list of edges; leave it out")
    names = [name.lower() for name in header]
    for name in (*ENDS, WEIGHT):
        if names.count(name) > 1:
            raise BadInput(f"{source}: there are two columns {name!r}; rename one of them")
    u, v = map(names.index, ENDS)
    w = names.index(WEIGHT) if WEIGHT in names else None
    nodes: dict[str, int] = {}
    found: dict[tuple[int, int], Fraction] = {}
    seen: dict[tuple[int, int], str] = {}
    for row, place in zip(cells, places, strict=True):
        for name in (row[u], row[v]):
            if name == "":
                raise BadInput(f"{source}: {place}: a node has no name; give source and target of every edge")
            nodes.setdefault(name, len(nodes))
        low, high = sorted((nodes[row[u]], nodes[row[v]]))
        if (low, high) in seen:
            raise BadInput(
                f"{source}: {place}: the edge between {row[u]!r} and {row[v]!r} stands in {seen[low, high]} already; "
                "write it once, with the sum of the weights"
            )
        seen[low, high] = place
        found[low, high] = Fraction(1) if w is None else number_of(row[w], f"{source}: {place}, column {header[w]!r}")
        if found[low, high] < 0:
            raise BadInput(f"{source}: {place}: the weight {row[w or 0]} is negative; give a weight that is 0 or more")
    if len(nodes) > MOST_NODES:
        raise BadInput(f"{source}: {len(nodes)} nodes; give at most {MOST_NODES}")
    zero = Fraction(0)
    weights = [[zero] * len(nodes) for _ in nodes]
    for (low, high), weight in found.items():
        weights[low][high] = weights[high][low] = weight if low != high else 2 * weight
    labels = [] if choice.labels is None else _communities(choice.labels, source, list(nodes))
    written = [[str(a) for a in row] for row in weights]
    return Table(source, tuple(nodes), weights, tuple(nodes), written, list(nodes), labels=labels)


def _communities(file: str, source: str, nodes: Sequence[str]) -> list[str]:
    """Return the community of every node. Raises BadInput."""
    if not Path(file).exists():
        raise BadInput(f"{source}: --labels {file!r} is no file; give one with the columns {' and '.join(MEMBERS)}")
    text = text_of(content_of(Path(file)), file)
    if text.lstrip()[:1] in ("{", "["):
        raise BadInput(
            f"{file}: this is JSON; give CSV with the columns {' and '.join(MEMBERS)}, as --format csv has it"
        )
    header, cells, places = lines_of(text, file, header=True)
    names = [name.lower() for name in header]
    if not set(MEMBERS) <= set(names):
        raise BadInput(
            f"{file}: the columns are {', '.join(map(repr, header))}; name two of them {' and '.join(MEMBERS)}"
        )
    node, community = map(names.index, MEMBERS)
    known = set(nodes)
    found: dict[str, str] = {}
    for row, place in zip(cells, places, strict=True):
        if row[node] not in known:
            raise BadInput(f"{file}: {place}: {row[node]!r} is no node of {source}; leave it out")
        if row[node] in found:
            raise BadInput(f"{file}: {place}: {row[node]!r} stands twice; give every node one community")
        if is_missing(row[community]):
            raise BadInput(f"{file}: {place}: the community is missing ({row[community]!r}); fill it in")
        found[row[node]] = row[community]
    for name in nodes:
        if name not in found:
            raise BadInput(f"{file}: the node {name!r} has no community; add a line for it")
    return [found[name] for name in nodes]
