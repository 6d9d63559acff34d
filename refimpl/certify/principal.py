"""Principal components, proven from approximate eigenvectors of a scatter matrix.

Notation: N points x_n in D dimensions, X the N x D matrix of rows x_n - mean; A = X X^T where fewer than N components
of D > N are asked for, else X^T X; A has n rows and the eigenvalues mu_1 >= ... >= mu_n. The variances are
mu_k / (N - ddof), and 0 in dimensions beyond n. A component w is the unit vector along a direction t, and its scores
are X t / |t|.

    1. matrix      a_ij from sums of products, as in (I2); never by centring                               (H1)
    2. group       an eigenvalue, and how often it is one: `eigenpairs` tells apart, and what it does not  (H2)
                   tell apart must be equal by `multiplicity`
    3. rational    mu is rational: v_1, ..., v_g span the null space of A - mu I, orthogonal by Gram and   (H3)
                   Schmidt without roots; each is t, or t = X^T v, and all are exact
    4. irrational  mu is simple and u enclosed: t = u, |t| = 1, with scores X u;                           (H4)
                   or t = X^T u, |t|^2 = mu, with X t = mu u
    5. zero        an entry that its enclosure cannot tell from 0 must be 0 by (M3)                        (H5)

X^T v is an eigenvector of X^T X for the same mu, because X^T X X^T v = mu X^T v, and |X^T v|^2 = mu |v|^2; two of them
are orthogonal if the v are. It is 0 where mu is 0, but X X^T always has the eigenvalue 0, last and with the eigenvector
of ones; with fewer than N components asked for, whoever asks for one of variance 0 asks for a part of a tie.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from refimpl import linear
from refimpl.certify.eigenpairs import Enclosure, enclose
from refimpl.certify.margin import Row, Rows
from refimpl.certify.multiplicity import Characteristic, eigenspace
from refimpl.errors import Refuted, TiedEigenvalues, Unsupported
from refimpl.linear import integer_dot


class Interval(NamedTuple):
    """A number that lies between two others; an exact one between itself and itself."""

    lower: Fraction
    upper: Fraction

    @classmethod
    def of(cls, value: Fraction) -> "Interval":
        """Return an exact number."""
        return cls(value, value)

    @property
    def doubtful(self) -> bool:
        """Whether it may be 0, and may be another number."""
        return self.lower <= 0 <= self.upper and self.lower != self.upper


@dataclass(frozen=True)
class Direction:
    """A component and its scores, before they are divided by |t|."""

    square: Interval
    """|t|^2, more than 0."""
    entries: list[Interval]
    """t, length D."""
    scores: list[Interval]
    """X t, length N."""


@dataclass(frozen=True)
class Group:
    """One eigenvalue."""

    indices: range
    """From 0: as many as its multiplicity."""
    mu: Interval
    directions: list[Direction]
    """As many as indices: orthogonal, and exact where there are several."""


def scatter(points: Rows, components: int) -> tuple[Rows, Rows]:
    """Return A, n x n, and X, N x D.  (H1)"""
    (rows,), unit = linear.cleared(points)
    integers = [[int(x) for x in row] for row in rows]
    n, columns = len(integers), list(zip(*integers, strict=True))
    sums = [sum(column) for column in columns]
    x = [[Fraction(n * a - s, n * unit) for a, s in zip(row, sums, strict=True)] for row in integers]
    if not components < n < len(columns):
        # n sum x y - sum x sum y, over n
        products = [
            [n * integer_dot(a, b) - s * t for b, t in zip(columns, sums, strict=True)]
            for a, s in zip(columns, sums, strict=True)
        ]
        return [[Fraction(y, n * unit**2) for y in row] for row in products], x
    # (x_i - m).(x_j - m) = x_i.x_j - m.x_i - m.x_j + m.m
    means = [integer_dot(sums, row) for row in integers]
    square = integer_dot(sums, sums)
    products = [
        [n * n * integer_dot(a, b) - n * (s + t) + square for b, t in zip(integers, means, strict=True)]
        for a, s in zip(integers, means, strict=True)
    ]
    return [[Fraction(y, (n * unit) ** 2) for y in row] for row in products], x


def groups(points: Rows, components: int, vectors: Rows) -> list[Group]:
    """Return the groups that hold the first so many components, from n approximate eigenvectors of A.

    Raises Refuted where something is not proven, for which more digits may help; TiedEigenvalues where the last
    component is not determined, because another has the same variance; Unsupported for equal eigenvalues that are
    irrational.
    """
    a, x = scatter(points, components)
    if len(vectors) != len(a):
        raise Refuted(f"there are {len(vectors)} vectors for a matrix of {len(a)} rows")
    polynomial, found = Characteristic(a), []
    for enclosure in enclose(a, vectors):
        if enclosure.indices.start >= components:
            break
        found.append(_group(a, x, enclosure, polynomial))
        last = found[-1]
        if last.indices.stop > components:
            raise TiedEigenvalues(
                f"component {components - 1} is not determined: variance {last.indices.start} is the same as others "
                "that are not asked for; ask for fewer components, or for all that are tied"
            )
    return found


def _group(a: Rows, x: Rows, enclosure: Enclosure, polynomial: Characteristic) -> Group:
    gram, several = len(x[0]) > len(a), len(enclosure.indices) > 1
    mu = polynomial.candidate(enclosure)
    if mu is not None and (space := eigenspace(a, mu)):
        if len(space) < len(enclosure.indices):
            raise Refuted(f"variances {_named(enclosure)} differ, but are not told apart")
        return Group(enclosure.indices, Interval.of(mu), [_exact(x, v, gram=gram) for v in space])
    if several and len(polynomial.multiplicities(enclosure)) > 1:
        raise Refuted(f"variances {_named(enclosure)} differ, but are not told apart")
    if several:
        raise Unsupported(f"variances {_named(enclosure)} are equal and irrational, and no basis is written for them")
    interval = Interval(enclosure.lower, enclosure.upper)
    direction = _enclosed(x, enclosure, interval, gram=gram)
    for name, forms in (
        ("entries", linear.transpose(x) if gram else _identity(len(a))),
        ("scores", _identity(len(a)) if gram else x),
    ):
        intervals = getattr(direction, name)
        doubtful = [i for i, y in enumerate(intervals) if y.doubtful]
        # f.u = 0                                                                          (H5)
        for i, zero in zip(doubtful, polynomial.vanish(enclosure, [forms[i] for i in doubtful]), strict=True):
            if not zero:
                raise Refuted(f"{name}[{i}] of component {enclosure.indices.start} is not told apart from 0")
            intervals[i] = Interval.of(Fraction(0))
    return Group(enclosure.indices, interval, [direction])


def _named(enclosure: Enclosure) -> str:
    return " and ".join(map(str, enclosure.indices))


def _exact(x: Rows, v: Row, *, gram: bool) -> Direction:
    """Return the direction of an exact eigenvector.  (H3)"""
    t = linear.matvec(linear.transpose(x), v) if gram else v
    return Direction(
        Interval.of(linear.dot(t, t)), list(map(Interval.of, t)), [Interval.of(y) for y in linear.matvec(x, t)]
    )


def _enclosed(x: Rows, enclosure: Enclosure, mu: Interval, *, gram: bool) -> Direction:
    """Return the direction of an eigenvector all of whose entries are known up to a radius.  (H4)"""
    (c,), radius = enclosure.vectors, enclosure.radius
    assert radius is not None
    u = [Interval(y - radius, y + radius) for y in c]
    if not gram:
        return Direction(Interval.of(Fraction(1)), u, [_product(row, c, radius) for row in x])
    if mu.lower <= 0:
        raise Refuted(f"eigenvalue {enclosure.indices.start} is not told apart from 0")
    scores = [Interval(min(y.lower * bound for bound in mu), max(y.upper * bound for bound in mu)) for y in u]
    return Direction(mu, [_product(column, c, radius) for column in linear.transpose(x)], scores)


def _product(row: Row, c: Row, radius: Fraction) -> Interval:
    """Return row.u for all u whose entries are within a radius of those of c."""
    middle, off = linear.dot(row, c), radius * sum(map(abs, row))
    return Interval(middle - off, middle + off)


def _identity(n: int) -> Rows:
    return [[Fraction(i == j) for j in range(n)] for i in range(n)]
