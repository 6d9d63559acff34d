"""The tasks gmm.* on own data: float, high or ball, and exact where there is an M-step alone."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from refimpl import gaussian_mixture, linear, mixture
from refimpl.errors import BadInput, Diverges, Undecided, Undefined
from refimpl.gaussian_mixture import COVARIANCE_TYPES, Shape, Theta
from refimpl.linear import Matrix
from refimpl.numbers import EXACT, N, Numbers, exact_text, rounded
from refimpl.oracle import values
from refimpl.oracle.values import Rows, Tree
from refimpl.own_data import mixture_start
from refimpl.own_data.found import Found, Watch
from refimpl.own_data.kind import computed, written_row, written_rows
from refimpl.own_data.mixture_limit import limit
from refimpl.own_data.mixtures import ONE, Expectation, Steps, Text, certain, em, in_kind
from refimpl.own_data.request import Request

SMALLEST, SMALLEST_FLOAT = Fraction(1, 10**20), Fraction(1, 2**50)
"""A variance that falls below this, in the squared width of the data, vanishes."""


def m_step(request: Request, watch: Watch) -> Found:
    """Run gmm.m_step, which is rational, and whose responsibilities only a document can give."""
    fields, points, shape = request.table.fields, request.table.rows, _shape(request)
    if "responsibilities" not in fields:
        given = '{"input": {"points", "responsibilities"}}'
        raise BadInput(f"{request.task.name} needs responsibilities; give JSON, {given}")
    r = values.rows(fields["responsibilities"], "responsibilities")

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        theta = gaussian_mixture.m_step(of_kind(numbers, points), of_kind(numbers, r), None, _in(numbers, shape))
        return Found(written(theta, lambda x, unit: write(x), [ONE] * len(points[0])))

    if request.kind == "ball":  # a ball could not tell a covariance of 0 from a small one; Fractions can
        return compute(EXACT, lambda x: rounded(x, request.options.digits))
    return computed(request.kind, request.options.digits, compute)


def run(request: Request, watch: Watch) -> Found:
    """Run gmm.e_step, gmm.step, gmm.run or gmm.fixed_point."""
    table, shape, name = request.table, _shape(request), request.task.name
    if request.kind == "exact":
        said = f"--kind exact has no use in {name}, whose responsibilities are exponentials"
        raise BadInput(f"{said}; take ball, high or float")
    if name != "gmm.e_step":
        _check_data(request, shape)
    start = mixture_start.gaussians(request, shape)
    units = [max(column) - min(column) or ONE for column in zip(*table.rows, strict=True)]

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        text = certain(write, request.options.digits)
        weights = [numbers(x) for x in start.weights]
        theta = Theta(weights, of_kind(numbers, start.means), [of_kind(numbers, x) for x in start.covariances])
        return em(request, watch, numbers, text, _steps(request, numbers, text, shape, units), theta)

    found = in_kind(request, compute)
    if name != "gmm.fixed_point":
        return found
    given: dict[str, Tree] = {
        "points": written_rows(exact_text, table.rows),
        "weights": written_row(exact_text, start.weights),
        "means": written_rows(exact_text, start.means),
        "covariances": [[[*map(exact_text, row)] for row in covariance] for covariance in start.covariances],
    }
    return limit(request, found, given, {"covariance_type": shape.covariance_type})


def _shape(request: Request) -> Shape[Fraction]:
    """Return how covariances are estimated. Raises BadInput."""
    params = request.task.params.__struct_fields__
    name = request.param("covariance_type", "full") if "covariance_type" in params else "full"
    if name not in COVARIANCE_TYPES:
        raise BadInput(f"--covariance-type is {name!r}; give one of {', '.join(COVARIANCE_TYPES)}")
    added = request.param("regularisation", "0") if "regularisation" in params else "0"
    return Shape(name, values.number(added, "regularisation"))


def _in(numbers: Numbers[N], shape: Shape[Fraction]) -> Shape[N]:
    return Shape(shape.covariance_type, numbers(Fraction(shape.regularisation)))


def of_kind(numbers: Numbers[N], matrix: Matrix[Fraction]) -> list[list[N]]:
    """Return the matrix in another kind of number."""
    return [[numbers(x) for x in row] for row in matrix]


def written(theta: Theta[N], text: Text[N], units: Sequence[Fraction]) -> dict[str, Tree]:
    """Return the parameters by name; the units are those of the D columns."""
    return {
        "weights": [text(x, ONE) for x in theta.weights],
        "means": [[text(x, unit) for x, unit in zip(mean, units, strict=True)] for mean in theta.means],
        "covariances": [
            [
                [text(x, u * v) for x, v in zip(row, units, strict=True)]
                for row, u in zip(covariance, units, strict=True)
            ]
            for covariance in theta.covariances
        ],
    }


def _steps(
    request: Request, numbers: Numbers[N], text: Text[N], shape: Shape[Fraction], units: Sequence[Fraction]
) -> Steps[Theta[N], N]:
    points = of_kind(numbers, request.table.rows)
    model = gaussian_mixture.model(numbers, _in(numbers, shape))
    smallest = SMALLEST_FLOAT if request.kind == "float" else SMALLEST
    a_little = Shape(shape.covariance_type, numbers(smallest * min(units) ** 2 / 2))

    def expect(theta: Theta[N]) -> Expectation[N]:
        joint = gaussian_mixture.log_joint(points, theta, numbers)
        likely = text(mixture.log_likelihood(joint, numbers), ONE)
        return Expectation(likely, lambda: mixture.responsibilities(joint, numbers))

    def maximise(n: int, r: list[list[N]], before: Theta[N]) -> Theta[N]:
        said = f"step {n}: {COLLAPSE}; {mixture_start.remedy(request)}"
        try:
            theta = model.m_step(points, r, before)
        except Diverges:
            raise Diverges(said) from None
        except Undecided:
            # no number of digits tells a variance from 0 that is squared in every step; with a little added they do
            if not shape.regularisation and is_narrow(gaussian_mixture.m_step(points, r, before, a_little)):
                raise Diverges(said) from None
            raise
        if not shape.regularisation and is_narrow(theta):
            raise Diverges(said)
        return theta

    def is_narrow(theta: Theta[N]) -> bool:
        least = numbers(smallest)
        return any(p < least for covariance in theta.covariances for p in _pivots(covariance, numbers, units))

    def row(theta: Theta[N]) -> list[tuple[N, Fraction]]:
        squares = [u * v for u in units for v in units]
        found = [(x, ONE) for x in theta.weights]
        for mean, covariance in zip(theta.means, theta.covariances, strict=True):
            found += zip(mean, units, strict=True)
            found += zip((x for line in covariance for x in line), squares, strict=True)
        return found

    return Steps(expect, maximise, row, lambda theta: written(theta, text, units))


COLLAPSE = "a component collapses: its covariance becomes singular, where the likelihood has no bound"


def _pivots(covariance: Matrix[N], numbers: Numbers[N], units: Sequence[Fraction]) -> list[N]:
    """Return the pivots of a covariance whose coordinates are measured in the units."""
    pairs = zip(covariance, units, strict=True)
    _, pivots = linear.ldl([[x / numbers(u * v) for x, v in zip(row, units, strict=True)] for row, u in pairs])
    return pivots


def _check_data(request: Request, shape: Shape[Fraction]) -> None:
    """Raise Diverges where the covariance of all points is singular, and with it that of every component."""
    table, d = request.table, len(request.table.columns)
    if shape.regularisation:
        return
    columns = linear.transpose(table.rows)
    constant = [name for name, x in zip(table.columns, columns, strict=True) if min(x) == max(x)]
    if constant if shape.covariance_type != "spherical" else len(constant) == d:
        said = f"the column {constant[0]!r} has one value only"
        remedy = "leave it out with --columns"
    elif shape.covariance_type in ("full", "tied") and _are_dependent(table.rows):
        said = f"the {len(table.rows)} points lie in less than {d} dimensions"
        remedy = "leave a column out, or take --covariance-type diag"
    else:
        return
    raise Diverges(f"{table.source}: {said}, so that every covariance is singular; {remedy}")


def _are_dependent(points: Rows) -> bool:
    (rows,), _ = linear.cleared(points)
    n = len(rows)
    offsets = [[n * x - total for x in column] for column in linear.transpose(rows) for total in [linear.total(column)]]
    try:
        linear.ldl([[Fraction(linear.dot(x, y)) for y in offsets] for x in offsets])
    except Undefined:
        return True
    return False


JOBS = {
    "gmm.e_step": run,
    "gmm.m_step": m_step,
    "gmm.step": run,
    "gmm.run": run,
    "gmm.fixed_point": run,
}
