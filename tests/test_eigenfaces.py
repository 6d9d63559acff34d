"""Eigenfaces are proven: against mpmath, against the covariance itself, and the 400 faces to 50 digits."""

from collections.abc import Sequence
from fractions import Fraction as Q

import mpmath
import pytest
import spectrum

from refimpl import linear, moments, pca
from refimpl.applications import eigenfaces
from refimpl.applications.faces import album
from refimpl.errors import BadInput, TiedEigenvalues, ZeroVector
from refimpl.numbers import FLOAT, Ball

FEW = 24
COMPONENTS = 8


@pytest.fixture(scope="module")
def faces() -> list[list[int]]:
    return album(6, FEW // 6)


@pytest.fixture(scope="module")
def fitted(faces: list[list[int]]) -> eigenfaces.Eigenfaces:
    return eigenfaces.fit(faces, components=COMPONENTS, ddof=1, digits=30)


def narrow(x: Ball, width: Q) -> bool:
    return x.rad <= width


# ---------------------------------------------------------------------- four hundred faces


def test_36_eigenpairs_of_400_faces_are_proven_to_50_digits() -> None:
    """One test, because finding them takes a while."""
    faces = album()
    enclosures = spectrum.proven(faces)
    assert [x.indices for x in enclosures] == [range(l, l + 1) for l in range(36)]
    for x in enclosures:
        assert x.radius is not None
        assert x.radius <= Q(1, 10**50)
        assert (x.upper - x.lower) / x.lower <= Q(1, 10**50)
    assert spectrum.FILE.read_bytes().decode() == spectrum.text(faces, enclosures)


# ---------------------------------------------------------------------- witnesses


def test_mpmath_finds_the_same_eigenfaces(faces: list[list[int]], fitted: eigenfaces.Eigenfaces) -> None:
    n = len(faces)
    context = mpmath.MPContext()
    context.dps = 60
    mean = [context.mpf(sum(column)) / n for column in zip(*faces, strict=True)]
    centred = [[x - m for x, m in zip(face, mean, strict=True)] for face in faces]
    products = context.matrix([[context.fdot(x, y) for y in centred] for x in centred])
    values, vectors = context.eigsy(products)
    tiny = context.mpf(10) ** -45
    for l, (variance, face) in enumerate(zip(fitted.variances, fitted.faces, strict=True)):
        value, u = values[n - 1 - l], [vectors[i, n - 1 - l] for i in range(n)]
        assert holds(variance, value / (n - 1), tiny * value, context)
        image = [context.fdot(column, u) / context.sqrt(value) for column in zip(*centred, strict=True)]
        first = max(image, key=abs)
        for w, x in zip(face, image, strict=True):
            assert holds(w, x if first > 0 else -x, tiny, context)
        for row, x in zip(fitted.coefficients, u, strict=True):
            assert holds(row[l], context.sqrt(value) * (x if first > 0 else -x), tiny * value, context)


def holds(x: Ball, value: mpmath.mpf, within: mpmath.mpf, context: mpmath.MPContext) -> bool:
    """Whether a ball contains what is near a value."""
    low, high = (context.mpf(end.numerator) / end.denominator for end in (x.lower, x.upper))
    return bool(low - within <= value <= high + within and high - low < context.mpf(10) ** -20 * (1 + abs(value)))


def test_the_balls_solve_the_equation_of_the_covariance(faces: list[list[int]], fitted: eigenfaces.Eigenfaces) -> None:
    """Sigma w = lambda w, by the products with the pictures, and W W^T = I."""
    differences = [[x - m for x, m in zip(face, fitted.mean, strict=True)] for face in faces]
    for l in (0, COMPONENTS - 1):
        w = fitted.faces[l]
        along = [linear.dot(row, w) for row in differences]
        for k in range(0, len(w), 100):
            image = linear.dot(along, [row[k] for row in differences]) / (FEW - 1)
            assert image.overlaps(w[k] * fitted.variances[l])
            assert narrow(image, Q(1, 10**15))
    for i in range(COMPONENTS):
        for j in range(i + 1):
            product = linear.dot(fitted.faces[i], fitted.faces[j])
            assert product.contains(int(i == j))
            assert narrow(product, Q(1, 10**15))


def test_floats_agree_where_the_room_finds_components(faces: list[list[int]], fitted: eigenfaces.Eigenfaces) -> None:
    plain = pca.by_gram([[float(x) for x in face] for face in faces], components=3, ddof=1, numbers=FLOAT)
    for l in range(3):
        assert plain.variances[l] == pytest.approx(float(fitted.variances[l].mid), rel=1e-12)
        assert plain.components[l] == pytest.approx([float(w.mid) for w in fitted.faces[l]], abs=1e-6)


def test_pictures_on_a_line_by_hand() -> None:
    pictures = [[3 * t, 100 - 4 * t] for t in (0, 1, 2, 5)]
    fitted = eigenfaces.fit(pictures, components=1, ddof=0, digits=20)
    assert fitted.mean == [6, 92]
    assert fitted.total == Q(14, 4) * 25  # t varies by 14 around 2, and a step is 5 long
    assert fitted.variances[0].contains(fitted.total)
    ((x, y),) = fitted.faces
    assert x.contains(Q(-3, 5))
    assert y.contains(Q(4, 5))
    for (found,), t in zip(fitted.coefficients, (0, 1, 2, 5), strict=True):
        assert found.contains(5 * (2 - t))
        assert narrow(found, Q(1, 10**15))
    assert eigenfaces.project([[0, 100], [4, 3]], fitted)[1][0].contains(Q(6 - 356, 5))


# ---------------------------------------------------------------------- coefficients, reconstruction, what is lost


def test_coefficients_by_pixels_are_those_by_the_gram_matrix(
    faces: list[list[int]], fitted: eigenfaces.Eigenfaces
) -> None:
    for row, other in zip(eigenfaces.project(faces, fitted), fitted.coefficients, strict=True):
        for x, y in zip(row, other, strict=True):
            assert x.overlaps(y)
            assert narrow(x, Q(1, 10**15))


def test_what_is_lost_is_what_reconstructions_lack(faces: list[list[int]], fitted: eigenfaces.Eigenfaces) -> None:
    left = eigenfaces.lost(fitted)
    assert len(left) == COMPONENTS + 1
    assert left[0].contains(sum(moments.variance(column, ddof=1) for column in linear.transpose(faces)))
    for l in (0, 1, COMPONENTS):
        squares = linear.total(
            linear.squared_distance(eigenfaces.reconstruct(y, fitted, l), face)
            for y, face in zip(fitted.coefficients, faces, strict=True)
        )
        assert squares.overlaps(left[l] * (FEW - 1))
        assert narrow(squares, Q(1, 10**10))


def test_all_components_give_the_pictures_back(faces: list[list[int]]) -> None:
    few = faces[::4]
    fitted = eigenfaces.fit(few, components=len(few) - 1, ddof=1, digits=20)
    assert eigenfaces.lost(fitted)[-1].contains(0)
    for y, face in zip(fitted.coefficients, few, strict=True):
        found = eigenfaces.reconstruct(y, fitted, len(few) - 1)
        assert all(x.contains(level) and narrow(x, Q(1, 10**9)) for x, level in zip(found, face, strict=True))


def test_no_components_give_the_mean(fitted: eigenfaces.Eigenfaces) -> None:
    found = eigenfaces.reconstruct(fitted.coefficients[0], fitted, 0)
    assert all(x.contains(m) for x, m in zip(found, fitted.mean, strict=True))


@pytest.mark.parametrize("order", [[1, 0, 2, 3, 4], [4, 3, 2, 1, 0]])
def test_the_order_of_the_pictures_does_not_matter(faces: list[list[int]], order: Sequence[int]) -> None:
    few = faces[::5]
    one, other = (eigenfaces.fit(rows, components=2, ddof=1, digits=15) for rows in (few, [few[i] for i in order]))
    for face, same in zip(one.faces, other.faces, strict=True):
        assert all(x.overlaps(y) for x, y in zip(face, same, strict=True))


# ---------------------------------------------------------------------- refusals

SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]


@pytest.mark.parametrize(
    ("pictures", "components", "ddof", "error", "sentence"),
    [
        (SQUARE, 0, 1, BadInput, "components is 0 for 4 pictures; give an integer from 1 to 3"),
        (SQUARE, 4, 1, BadInput, "components is 4 for 4 pictures; give an integer from 1 to 3"),
        (SQUARE, 1, 4, BadInput, "ddof is 4 for 4 pictures; give an integer from 0 to 3"),
        ([[1, 0.5]] * 3, 1, 1, BadInput, r"pictures\[0\]\[1\] is 0.5 of type float; give an integer"),
        (
            SQUARE,
            1,
            1,
            TiedEigenvalues,
            "variances 0 and 1 are equal to 20 digits, so that component 0 is not determined; "
            "ask for fewer components or for more digits",
        ),
        (
            [[0, 0], [3, 4], [6, 8]],
            2,
            1,
            ZeroVector,
            "component 1 may have variance 0, and then no direction; ask for at most 1",
        ),
    ],
)
def test_what_is_not_determined_is_refused(
    pictures: list[list[int]], components: int, ddof: int, error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=f"^{sentence}$"):
        eigenfaces.fit(pictures, components=components, ddof=ddof, digits=20)


def test_pictures_of_another_size_are_refused(fitted: eigenfaces.Eigenfaces) -> None:
    with pytest.raises(BadInput, match=r"^pictures have 3 pixels for a fit of 1024; give as many$"):
        eigenfaces.project([[1, 2, 3]], fitted)
    with pytest.raises(BadInput, match=r"^components is 9 for 8 eigenfaces; give at most as many$"):
        eigenfaces.reconstruct(fitted.coefficients[0], fitted, 9)
