"""A drawing of several K: J with its elbow, and the mean silhouettes where there are any."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from refimpl.own_data import looks


def draw(
    title: str, form: str, ks: Sequence[int], distortions: Sequence[float], silhouettes: Sequence[float], chosen: int
) -> bytes:
    """Return the drawing as "svg" or "png"; silhouettes may be empty, and `chosen` is one of ks."""
    panels = [("distortion J", distortions), ("mean silhouette", silhouettes)][: 2 if silhouettes else 1]
    with looks.style():
        figure = Figure(figsize=(5.6 * len(panels), 4.4), layout="constrained")
        for j, (axes, (name, heights)) in enumerate(
            zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True)
        ):
            _line(axes, name, ks, heights, chosen, looks.colour(j))
        figure.suptitle(looks.plain(title), parse_math=False)
        return looks.saved(figure, form)


def _line(axes: Axes, name: str, ks: Sequence[int], heights: Sequence[float], chosen: int, colour: str) -> None:
    axes.plot(ks, heights, marker="o", color=colour, gid=name.split()[-1])
    height = heights[list(ks).index(chosen)]
    axes.plot([chosen], [height], marker="o", markersize=13, fillstyle="none", color="black", gid="chosen")
    axes.annotate(f"K = {chosen}", (chosen, height), xytext=(10, 10), textcoords="offset points", bbox=looks.BOX)
    axes.set_xlabel("K")
    axes.set_ylabel(name)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.ticklabel_format(axis="y", useOffset=False)
