"""How drawings look: one style, colours and marks that do not need each other, names that any font can hold."""

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from refimpl.numbers import parse
from refimpl.oracle.values import Cell

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f")
"""Okabe and Ito's, which people who do not see all colours can tell apart."""

MARKERS = ("o", "s", "^", "D", "v", "P", "*", "<", "h", ">", "p")
"""As many as colours would repeat in step with them: 7 and 11 have no common divisor."""

MOST_NAMED = 20
"""Clusters that a legend can name."""

BOX = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}
"""Behind a number that stands among points."""


@contextmanager
def style() -> Iterator[None]:
    """Set the style of one drawing, whatever a person's own matplotlibrc says."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        matplotlib.rc("svg", hashsalt="refimpl", fonttype="none")  # text stays text: it can be searched, in any script
        matplotlib.rc("axes", grid=True)
        matplotlib.rc("axes.spines", top=False, right=False)
        matplotlib.rc("grid", alpha=0.3)
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a box in a PNG is no reason for a warning
        yield


def saved(figure: Figure, form: str) -> bytes:
    """Return a drawing as "svg" or "png", without date, version or random identifiers."""
    out = io.BytesIO()
    metadata = {"Date": None, "Creator": None} if form == "svg" else {"Software": None}
    figure.savefig(out, format=form, dpi=150, metadata=metadata)
    return out.getvalue()


def colour(k: int) -> str:
    """Return the colour of a cluster, a component or a line."""
    return COLOURS[k % len(COLOURS)]


def marker(k: int) -> str:
    """Return the mark of a cluster or a component."""
    return MARKERS[k % len(MARKERS)]


def size(points: int) -> int:
    """Return how large one of so many marks is."""
    return 22 if points <= 1000 else 7


def draw_lines(axes: Axes, name: str, lines: dict[str, tuple[list[int], list[float]]]) -> None:
    """Draw values by iteration, each line with the iterations that it has."""
    for j, (label, (steps, heights)) in enumerate(lines.items()):
        mark = MARKERS[j] if len(steps) <= 60 else ""
        axes.plot(steps, heights, marker=mark, color=COLOURS[j], label=label, gid=f"line-{j}", markersize=5)
    axes.set_xlabel("iteration")
    axes.set_ylabel(name)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.ticklabel_format(axis="y", useOffset=False)


def name_axes(axes: Axes, x: str, y: str) -> None:
    """Write the names of columns beside the axes."""
    axes.set_xlabel(plain(x), parse_math=False)
    axes.set_ylabel(plain(y), parse_math=False)


def name_below(axes: Axes) -> None:
    """Put the legend below, where it hides nothing."""
    axes.legend(fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3, frameon=False)


def floats(cells: Sequence[Cell]) -> list[float]:
    """Return the numbers of a row of text."""
    return [float(parse(str(cell))) for cell in cells]


def plain(name: str) -> str:
    """Return a name without characters that no drawing can hold."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
