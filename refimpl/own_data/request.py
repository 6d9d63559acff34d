"""A task on a table with the options that it takes, and what follows from them."""

from dataclasses import dataclass
from fractions import Fraction

from refimpl import preprocess
from refimpl.errors import BadInput
from refimpl.oracle import values
from refimpl.oracle.tasks import Task
from refimpl.oracle.values import Rows, Tree
from refimpl.own_data import start
from refimpl.own_data.kind import MOST_DIGITS, KindName
from refimpl.own_data.options import CHOICES, MEASURES, NEEDS, Options
from refimpl.own_data.table import Table

GRAPHS = ("modularity.", "map_equation.")
"""The tasks of graphs."""

LONGEST = 200
"""Characters of a fraction that is written as it is."""

IRRATIONAL = (
    "bernoulli.",
    "binomial.",
    "choose_k.",
    "coins.",
    "gmm.",
    "linkage.",
    "map_equation.",
    "nmf.",
    "pca.",
    "silhouette.",
)
"""The tasks that need roots or logarithms, or whose fractions grow too long; the M-steps apart."""


@dataclass(frozen=True)
class Request:
    """A task on a table, with options that it takes. Raises BadInput for one that it does not take."""

    task: Task
    table: Table
    options: Options

    def __post_init__(self) -> None:
        fields, params = self.task.input.__struct_fields__, self._params
        needs = {**NEEDS, "weights": ()} if self.is_graph else NEEDS
        usable = {option for name in (*fields, *params) for option in needs.get(name, ())} | set(params)
        if self.is_preprocessing:
            usable.discard("scale")
        for name in CHOICES:
            if getattr(self.options, name) is not None and name not in usable:
                if {name, "k" if name == "ks" else "ks"} & usable:
                    form = "a span such as 2-9" if "ks" in usable else "one number"
                    raise BadInput(f"--k of {self.task.name} is {form}; give that")
                raise BadInput(f"--{name.replace('_', '-')} has no use in {self.task.name}; leave it out")
        for where, given, known in (("input", self.table.fields, fields), ("params", self.table.params, params)):
            for name in given:
                if name not in known:
                    names = ", ".join(known) or "none"
                    raise BadInput(f"{self.table.source}: {where} has {name!r}; {self.task.name} has {names}")
        if not 1 <= self.options.digits <= MOST_DIGITS:
            raise BadInput(f"--digits is {self.options.digits}; give a number from 1 to {MOST_DIGITS}")

    @property
    def _params(self) -> tuple[str, ...]:
        return ("iterations",) if self.task.name == "kmeans.fit" else self.task.params.__struct_fields__

    @property
    def kind(self) -> KindName:
        """The kind of number of the run."""
        irrational = self.task.name.startswith(IRRATIONAL) and not self.task.name.endswith(".m_step")
        return self.options.kind or ("ball" if irrational else "exact")

    @property
    def is_graph(self) -> bool:
        """Whether the task is one of modularity.* and map_equation.*, whose table is a graph."""
        return self.task.name.startswith(GRAPHS)

    @property
    def style(self) -> values.Style:
        """How the results of a golden road are written: a rational one as a fraction in the exact kind alone."""
        return values.Style(self.options.digits, LONGEST if self.kind == "exact" else 0)

    @property
    def is_mixture(self) -> bool:
        """Whether the task is one of gmm.*, bernoulli.* and binomial.*."""
        return self.task.name.startswith(("gmm.", "bernoulli.", "binomial."))

    @property
    def is_matrix(self) -> bool:
        """Whether the task is one of pca.*, nmf.* and power.*, which see the table as a matrix."""
        return self.task.name.startswith(("pca.", "nmf.", "power."))

    @property
    def is_preprocessing(self) -> bool:
        """Whether the task is one of preprocess.*, which give the table back."""
        return self.task.name.startswith("preprocess.")

    @property
    def measure(self) -> str:
        """What dissimilarities are: one of MEASURES. Raises BadInput."""
        found = self.options.dissimilarity or ("table" if self.table.observed == "dissimilarity" else MEASURES[0])
        if found not in MEASURES:
            raise BadInput(f"--dissimilarity is {found!r}; give one of {', '.join(MEASURES)}")
        return found

    def medoids(self) -> list[int]:
        """Return the K starting medoids, indices of rows. Raises BadInput."""
        rule, k, seed = self.options.start, self.options.k, self.options.seed
        if rule is not None:
            return start.medoids(self.table, rule, k, seed, points=self.measure != "table")
        if "medoids" not in self.table.fields:
            raise BadInput(
                f"{self.task.name} needs a start; give --start first, random, k-means++ or indices such as 0,3"
            )
        self._check_alone("medoids", k, seed)
        return values.wholes(self.table.fields["medoids"], "medoids")

    def param(self, name: str, default: Tree = None) -> Tree:
        """Return a parameter: the option, else what the document says, else the default. Raises BadInput."""
        said: Tree = getattr(self.options, _option(name))
        if isinstance(said, str) and name == "chosen":
            said = [cell.strip() for cell in said.split(",")]
        found = said if said is not None else self.table.params.get(name, default)
        if found is None:
            raise BadInput(f"{self.task.name} needs --{_option(name).replace('_', '-')}; see refimpl run --help")
        return found

    def count(self, name: str, least: int) -> int:
        """Return a parameter that is an integer of at least so much. Raises BadInput."""
        found = values.whole(self.param(name), name)
        if found < least:
            raise BadInput(f"--{_option(name).replace('_', '-')} is {found}; give at least {least}")
        return found

    def centers(self) -> Rows:
        """Return the K x D start of K-means. Raises BadInput."""
        rule, k, seed = self.options.start, self.options.k, self.options.seed
        if rule is not None:
            return start.centers(self.table, rule, k, seed)
        if "centers" not in self.table.fields:
            raise BadInput(f"{self.task.name} needs a start; give --start first, random, k-means++, FILE or numbers")
        self._check_alone("centers", k, seed)
        return values.rows(self.table.fields["centers"], "centers")

    def _check_alone(self, what: str, k: int | None, seed: int | None) -> None:
        """Raise BadInput where an option of --start stands beside a start that the document has."""
        if k is not None or seed is not None:
            name = "k" if k is not None else "seed"
            raise BadInput(f"--{name} has no use with the {what} of {self.table.source}; leave it out, or give --start")

    def clusters(self) -> tuple[list[int], list[str]]:
        """Return N labels, indices from 0, and the names of the clusters. Raises BadInput."""
        if self.table.labels:
            return preprocess.codes(self.table.labels), preprocess.categories(self.table.labels)
        if "labels" not in self.table.fields:
            graph = ", or a file with the columns node and community" if self.is_graph else ""
            table = "weights" if self.is_graph else "points"
            raise BadInput(
                f"{self.task.name} needs labels; give the name of their column{graph} by --labels, or JSON, "
                f'{{"input": {{"{table}", "labels"}}}}'
            )
        labels = values.wholes(self.table.fields["labels"], "labels")
        return labels, [str(k) for k in range(max(labels, default=-1) + 1)]

    def theta(self) -> tuple[Fraction, Fraction]:
        """Return the start of EM for two coins. Raises BadInput."""
        if self.options.start is not None:
            rows = start.inline(self.options.start) or [[]]
            if len(rows) != 1 or len(rows[0]) != 2:
                raise BadInput(f"--start is {self.options.start!r}; give the probabilities of A and B, such as 3/5,1/2")
            row = rows[0]
        elif "theta" in self.table.fields:
            row = values.row(self.table.fields["theta"], "theta")
        else:
            raise BadInput(
                f"{self.task.name} needs a start; give the probabilities of A and B, such as --start 3/5,1/2"
            )
        if len(row) != 2:
            raise BadInput(f"theta has {len(row)} entries; give one probability for A and one for B")
        return row[0], row[1]


def _option(param: str) -> str:
    """Return the option by which a parameter is given."""
    return NEEDS.get(param, (param,))[0]
