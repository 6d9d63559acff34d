"""Eigenfaces: the principal components of pictures, with proofs (Nankai lecture, "eigenfaces"; Turk and Pentland 1991).

Notation: N pictures x_n of D pixels, integers; mean m; Z, N x D, the integers z_n = N (x_n - m); u a unit vector of
length N; Sigma the covariance of the pictures, D x D, its eigenvalues lambda_1 >= ...; w_l, length D, the eigenfaces.

    1. products      G = Z Z^T, N x N integers, by `gram`: a D x D matrix is never made           (EF1)
    2. eigenpairs    G u_l = mu_l u_l for the L largest mu, found by `eigenbasis`, proven by      (EF2)
                     `certify.eigenpairs`: mu_l in an interval, each entry of u_l within r of c
    3. variance      lambda_l = mu_l / (N^2 (N - ddof))                                           (EF3)
    4. eigenface     w_l = Z^T u_l / mu_l^(1/2)                                                   (EF4)
    5. coefficients  y_nl = (x_n - m).w_l, which is mu_l^(1/2) u_nl / N for the N pictures        (EF5)
    6. reconstruct   x^ = m + y_1 w_1 + ... + y_l w_l                                             (EF6)
    7. lost          sum_n |x_n - x^_n|^2 / (N - ddof) = tr Sigma - lambda_1 - ... - lambda_l     (EF7)

Why 4: Z^T Z Z^T u = mu Z^T u, and |Z^T u|^2 = u.G u = mu. Sigma is Z^T Z / (N^2 (N - ddof)), which gives 3. Why 5:
z_n.w = (G u)_n / mu^(1/2). Why 7: the w_l are orthonormal, and sum_n y_nl^2 = (N - ddof) lambda_l.

What is proven: an entry of Z^T u differs from that of Z^T c, which is an exact sum, by at most r sum_n |z_nk|. With
the interval of mu that is a ball for every pixel of an eigenface, and from there on balls are computed with. An
eigenface has no sign: here the entry of largest modulus is positive, of those that cannot be told apart the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import mul

from refimpl import gram, linear
from refimpl.certify.eigenpairs import Enclosure, enclose
from refimpl.eigenbasis import leading
from refimpl.errors import BadInput, TiedEigenvalues, ZeroVector
from refimpl.linear import integer_dot
from refimpl.numbers import Ball, ball
from refimpl.numbers.kinds import precision

SPARE = 32
"""Bits of the balls beyond those of the digits that are asked for."""

Pictures = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Eigenfaces:
    """What is proven of the first L principal components of N pictures."""

    mean: list[Fraction]
    """m, length D, grey levels."""
    total: Fraction
    """tr Sigma, the variances of all pixels added up, in squared grey levels."""
    variances: list[Ball]
    """lambda, length L, descending."""
    faces: list[list[Ball]]
    """w, L x D, orthonormal."""
    coefficients: list[list[Ball]]
    """y of the N pictures, N x L, grey levels."""


def eigenpairs(products: Sequence[Sequence[int]], components: int, digits: int) -> list[Enclosure]:
    """Return proven enclosures of at least so many eigenpairs of G, N x N, the largest ones.

    Entries of u are found to so many digits after the point; what is proven of them stands in the enclosures.
    Raises BadInput.
    """
    # G u_l = mu_l u_l                                                                     (EF2)
    matrix = [[Fraction(x) for x in row] for row in products]
    basis = leading(matrix, components, digits)
    return enclose(matrix, basis.vectors, basis.beyond, basis.clusters)


def fit(pictures: Pictures, *, components: int, ddof: int, digits: int) -> Eigenfaces:
    """Return the first so many eigenfaces of N pictures of D grey levels, all integers.

    digits: how many are found of every entry of u. Raises BadInput unless 1 <= components < N and 0 <= ddof < N;
    TiedEigenvalues where so many digits do not tell components apart, and ZeroVector for one that has no variance.
    """
    n, _ = gram.check(pictures, "pictures")
    if not 1 <= components < n:
        raise BadInput(f"components is {components} for {n} pictures; give an integer from 1 to {n - 1}")
    if not 0 <= ddof < n:
        raise BadInput(f"ddof is {ddof} for {n} pictures; give an integer from 0 to {n - 1}")
    products = gram.centred(pictures)  # (EF1)
    sums = [sum(column) for column in zip(*pictures, strict=True)]
    columns = [[n * x - s for x in column] for column, s in zip(zip(*pictures, strict=True), sums, strict=True)]
    reach = [sum(map(abs, column)) for column in columns]
    divisor, bits = n * n * (n - ddof), precision(digits) + SPARE
    variances, faces, coefficients = [], [], []
    for enclosure in eigenpairs(products, components, digits):
        l = enclosure.indices[0]
        if l >= components:
            break
        if enclosure.lower <= 0:
            raise ZeroVector(f"component {l} may have variance 0, and then no direction; ask for at most {l}")
        if enclosure.radius is None:
            raise TiedEigenvalues(
                f"variances {l} and {l + 1} are equal to {digits} digits, so that component {l} is not determined; "
                "ask for fewer components or for more digits"
            )
        ((u,),), unit = linear.cleared([enclosure.vectors[0]])
        c, exponent, r = list(map(int, u)), 1 - unit.bit_length(), _ceiling(enclosure.radius * unit)
        mu = Ball.between(enclosure.lower, enclosure.upper, bits)
        root = ball(digits).sqrt(mu)
        # lambda_l = mu_l / (N^2 (N - ddof))                                               (EF3)
        variances.append(mu / divisor)
        # w_l = Z^T u_l / mu_l^(1/2)                                                       (EF4)
        images = [(integer_dot(column, c), r * size) for column, size in zip(columns, reach, strict=True)]
        sign = _sign(images)
        faces.append([Ball(sign * x, error, exponent, bits) / root for x, error in images])
        # y_nl = mu_l^(1/2) u_nl / N                                                       (EF5)
        coefficients.append([Ball(sign * x, r, exponent, bits) * root / n for x in c])
    total = Fraction(sum(products[i][i] for i in range(n)), divisor)
    return Eigenfaces([Fraction(s, n) for s in sums], total, variances, faces, linear.transpose(coefficients))


def project(pictures: Pictures, fitted: Eigenfaces) -> list[list[Ball]]:
    """Return the coefficients of pictures, those of the fit or others, a row of L for each.

    Raises BadInput unless they are integers, as many pixels as those of the fit.
    """
    _, d = gram.check(pictures, "pictures")
    if d != len(fitted.mean):
        raise BadInput(f"pictures have {d} pixels for a fit of {len(fitted.mean)}; give as many")
    ((mean,),), unit = linear.cleared([fitted.mean])
    differences = [[unit * x - int(m) for x, m in zip(row, mean, strict=True)] for row in pictures]
    moduli = [list(map(abs, row)) for row in differences]
    found = []
    for face in fitted.faces:
        # (x - m).w_l, all on one exponent: an exact sum, and how far it may be off         (EF5)
        low = min(w.e for w in face)
        middles, radii = [w.m << w.e - low for w in face], [w.r << w.e - low for w in face]
        found.append(
            [
                Ball(integer_dot(row, middles), integer_dot(size, radii), low, face[0].prec) / unit
                for row, size in zip(differences, moduli, strict=True)
            ]
        )
    return linear.transpose(found)


def reconstruct(coefficients: Sequence[Ball], fitted: Eigenfaces, components: int) -> list[Ball]:
    """Return x^ of one picture, length D, from the first so many of its L coefficients; 0 of them give the mean.

    Raises BadInput unless 0 <= components <= L.
    """
    if not 0 <= components <= len(fitted.faces):
        raise BadInput(f"components is {components} for {len(fitted.faces)} eigenfaces; give at most as many")
    y, bits = coefficients[:components], fitted.faces[0][0].prec
    # x^ = m + y_1 w_1 + ... + y_l w_l                                                     (EF6)
    columns = zip(fitted.mean, *fitted.faces[:components], strict=True)
    return [linear.total([Ball.of(Fraction(m), bits), *map(mul, y, w)]) for m, *w in columns]


def lost(fitted: Eigenfaces) -> list[Ball]:
    """Return the variance that 0, 1, ..., L components leave, in squared grey levels.

    N - ddof times this is the sum of |x_n - x^_n|^2 over the N pictures.
    """
    left = [Ball.of(fitted.total, fitted.variances[0].prec)]
    for variance in fitted.variances:
        # tr Sigma - lambda_1 - ... - lambda_l                                             (EF7)
        left.append(left[-1] - variance)
    return left


def _sign(images: Sequence[tuple[int, int]]) -> int:
    """Return 1 or -1, by which the first of the entries that may be of largest modulus is made positive."""
    most = max(abs(x) - error for x, error in images)
    return 1 if next(x for x, error in images if abs(x) + error >= most) > 0 else -1


def _ceiling(x: Fraction) -> int:
    """Return the least integer that is at least x."""
    return -(-x.numerator // x.denominator)
