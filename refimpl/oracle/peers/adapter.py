"""An implementation in Python behind the protocol: a method for each task.

    class MyKMeans(Adapter):
        name, version = "mykm", "0.3"
        conventions = {"labels": "final"}

        def kmeans_step(self, points, centers):
            ...
            return {"labels": labels, "centers": centers, "distortion": distortion}

A task such as kmeans.step is the method kmeans_step. Its arguments are the task's input and params by their names;
numbers come as binary64, an entry that is missing as None, what counts or numbers things (labels, medoids, heads, rows
of bits, k, ddof, components, iterations) as int, the rate of kmeans.online also as the text "1/n", categories and the
covariance_type of gmm.* as text. Params with a default may be absent. Results go by name as numbers, nested lists or
arrays.

    raise an error of refimpl.errors     the input breaks the rule of that kind
    raise ValueError or TypeError        the input is refused as bad
    raise NotImplementedError            the implementation does not offer this, and says why
    raise anything else                  a fault of the implementation
"""

from collections.abc import Callable, Mapping
from typing import ClassVar, TypeAlias

from refimpl.errors import BadInput, RefimplError
from refimpl.numbers import parse
from refimpl.oracle.case import Numbers
from refimpl.oracle.peers.peer import Answer, Hello, Refused, Result, Unsupported, Value
from refimpl.oracle.tasks import TASKS
from refimpl.oracle.visible import one_line

Row: TypeAlias = list[float]
Rows: TypeAlias = list[list[float]]
"""Arguments as binary64."""

COUNTED = {
    "labels",
    "heads",
    "tails",
    "rows",
    "k",
    "ddof",
    "components",
    "iterations",
    "chosen",
    "medoids",
    "min_points",
}
"""Arguments that are integers."""

TEXTS = {"categories"}
"""Arguments that are text, whatever they look like."""

WORDS = {"1/n", "full", "tied", "diag", "spherical", "single", "complete", "average", "ward"}
"""Arguments that stay text."""


class Adapter:
    """A peer that is a Python object; derive from it, name it, and write a method for each task."""

    name: ClassVar[str] = "unnamed"
    version: ClassVar[str] = ""
    precision: ClassVar[str] = "binary64"
    conventions: ClassVar[Mapping[str, str]] = {}
    """What the implementation does where mathematics leaves a choice; see `refimpl.oracle.conventions`."""
    omits: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """task -> result -> why there is none."""

    @property
    def hello(self) -> Hello:
        """Who it is: it offers the tasks that it has methods for."""
        tasks = tuple(task for task in TASKS if self._method(task) is not None)
        return Hello(self.name, self.version, "Python", self.precision, tasks, self.conventions, self.omits)

    def run(self, task: str, given: Numbers, params: Numbers) -> Answer:
        """Answer one case; whatever the method raises becomes an answer."""
        method = self._method(task)
        if method is None:
            return Unsupported("the task is not offered")
        try:
            results = method(**{name: self._argument(name, tree) for name, tree in {**given, **params}.items()})
            return Result({name: plain(value) for name, value in results.items()})
        except NotImplementedError as error:
            return Unsupported(one_line(error))
        except RefimplError as error:
            return Refused(error.kind, one_line(error))
        except (ValueError, TypeError) as error:
            return Refused("bad-input", one_line(error))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a peer may fail in any way, and that costs this case alone
            return Refused("internal", f"{type(error).__name__}: {one_line(error)}")

    def number(self, text: str) -> object:
        """Return an input number as the methods get it; override it for another kind of numbers."""
        try:
            return float(parse(text))
        except BadInput:
            return float(text)  # "nan" and "inf", which the implementation is to refuse

    def _argument(self, name: str, tree: object) -> object:
        if isinstance(tree, list):
            return [self._argument(name, x) for x in tree]
        if tree is None:  # an entry that is missing
            return None
        if name in COUNTED:
            return int(str(tree))
        if name in TEXTS:
            return str(tree)
        return tree if tree in WORDS else self.number(str(tree))

    def _method(self, task: str) -> Callable[..., Mapping[str, object]] | None:
        method = getattr(self, task.replace(".", "_"), None)
        return method if callable(method) else None


def plain(value: object) -> Value:
    """Return numbers as the protocol has them: lists for arrays and tuples, Python's numbers for NumPy's."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(x) for x in value]
    if value is None or isinstance(value, int | float | str):
        return value
    return str(value)  # such as Fraction("31/6")
