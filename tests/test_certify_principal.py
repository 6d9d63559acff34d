"""Principal components are proven: against Arb, against their definition, and where digits or proofs are falsified."""

import random
from collections.abc import Sequence
from fractions import Fraction as Q
from typing import Any

import flint
import msgspec
import pytest
from hypothesis import assume, given, settings, strategies as st

from refimpl import linear, moments
from refimpl.certify.eigenpairs import Enclosure
from refimpl.certify.multiplicity import Characteristic, eigenspace
from refimpl.certify.sensitivity_components import of_components
from refimpl.errors import RefimplError, Refuted, TiedEigenvalues, Undefined, Unsupported
from refimpl.numbers import rounded
from refimpl.oracle import recheck, values
from refimpl.oracle.attainable import with_attainable
from refimpl.oracle.case import Case
from refimpl.oracle.certificates import Eigenpairs
from refimpl.oracle.solve import solve

Rows = Sequence[Sequence[Q]]
HALF = Q(1, 10**48)


def case(points: Sequence[Sequence[int | Q]], components: int, ddof: int = 0) -> Case:
    given_, params = {"points": [[str(x) for x in row] for row in points]}, {"components": components, "ddof": ddof}
    solution = solve("pca.fit", given_, params)
    return with_attainable(
        Case(
            id="pca.fit/here",
            task="pca.fit",
            title="",
            reason="",
            source="",
            tags=[],
            licence="CC0-1.0",
            input=given_,
            params=params,
            expected=solution.expected,
            certificate=solution.certificate,
        )
    )


def numbers(tree: Any) -> list[Q]:
    return [values.number(x, "") for x in values.leaves(tree)]


def is_exact(text: str) -> bool:
    return "." not in text and "e" not in text


@st.composite
def clouds(draw: st.DrawFn) -> list[list[int]]:
    """Few points with small coordinates: many ties, zeros and rational eigenvalues."""
    d = draw(st.integers(1, 5))
    most = draw(st.sampled_from([1, 2, 9, 10**6]))
    row = st.lists(st.integers(-most, most), min_size=d, max_size=d)
    return draw(st.lists(row, min_size=2, max_size=6))


# ---------------------------------------------------------------------- what is found


@settings(max_examples=60, deadline=None)
@given(clouds(), st.data())
def test_components_are_what_they_are_defined_to_be(points: list[list[int]], data: st.DataObject) -> None:
    d = len(points[0])
    count = data.draw(st.integers(1, d))
    if len({tuple(x) for x in points}) == 1 or tie_at(points, count):
        with pytest.raises((Undefined, TiedEigenvalues, Unsupported)):
            case(points, count)
        return
    try:
        found = case(points, count)
    except Unsupported:
        assume(False)
    recheck.prove(found)
    expected: Any = found.expected
    variances, ratio = numbers(expected["variances"]), numbers(expected["ratio"])
    components, scores = [[numbers(row) for row in expected[name]] for name in ("components", "scores")]
    sigma = moments.covariance_matrix([[Q(x) for x in row] for row in points], ddof=0)
    total = linear.total(sigma[i][i] for i in range(d))
    assert variances == sorted(variances, reverse=True)
    for k, w in enumerate(components):
        assert abs(ratio[k] * total - variances[k]) <= HALF * total
        for j, other in enumerate(components):
            assert abs(linear.dot(w, other) - (j == k)) <= HALF
        for x, y in zip(linear.matvec(sigma, w), w, strict=True):
            assert abs(x - variances[k] * y) <= HALF * total
        largest = max(map(abs, w))
        assert next(x for x in w if abs(x) >= largest - HALF) > 0
    mean = linear.mean([[Q(x) for x in row] for row in points])
    for row, y in zip(points, scores, strict=True):
        for w, score in zip(components, y, strict=True):
            assert abs(linear.dot(linear.subtract(row, mean), w) - score) <= HALF * 10**8


def spectrum(points: list[list[int]]) -> list[tuple[flint.fmpq_poly, int]]:
    """The irreducible factors of the characteristic polynomial of the covariance, with their multiplicities."""
    sigma = moments.covariance_matrix([[Q(x) for x in row] for row in points], ddof=0)
    matrix = flint.fmpq_mat([[flint.fmpq(x.numerator, x.denominator) for x in row] for row in sigma])
    return list(matrix.charpoly().factor()[1])


def eigenvalues(points: list[list[int]]) -> list[tuple[float, bool, int]]:
    """(value, whether it is rational, multiplicity), descending."""
    found = []
    for factor, multiplicity in spectrum(points):
        for root, _ in factor.complex_roots():
            found.append((float(root.real.mid()), factor.degree() == 1, multiplicity))
    return sorted(found, reverse=True)


def tie_at(points: list[list[int]], count: int) -> bool:
    """Whether the first so many components end within equal eigenvalues."""
    ends, end = set(), 0
    for _, _, multiplicity in eigenvalues(points):
        end += multiplicity
        ends.add(end)
    return count not in ends


@settings(max_examples=60, deadline=None)
@given(clouds())
def test_what_is_rational_or_zero_is_written_exactly_and_nothing_else(points: list[list[int]]) -> None:
    """The factors of the characteristic polynomial and the eigenvectors are those of FLINT and Arb."""
    assume(len({tuple(x) for x in points}) > 1)
    d = len(points[0])
    spread = eigenvalues(points)
    count = 0
    for _, rational, multiplicity in spread:
        if (multiplicity > 1 and not rational) or count + multiplicity > d:
            break
        count += multiplicity
    assume(count)
    expected: Any = case(points, count).expected
    exact = [rational for _, rational, multiplicity in spread for _ in range(multiplicity)][:count]
    assert [is_exact(x) for x in expected["variances"]] == exact
    sigma = moments.covariance_matrix([[Q(x) for x in row] for row in points], ddof=0)
    for k, (w, rational) in enumerate(zip(expected["components"], exact, strict=True)):
        for text in w:
            x = values.number(text, "")
            if is_exact(text) and x:
                assert rational  # an irrational eigenvalue has no unit vector with a rational entry in these examples
            if not is_exact(text):
                assert abs(x) > Q(1, 10**40)
        if not rational:
            # 0 exactly where the eigenvector of the exact matrix is 0 at 150 digits
            context_digits = flint.ctx.dps
            flint.ctx.dps = 150
            try:
                matrix = flint.acb_mat(
                    [[flint.acb(flint.fmpq(y.numerator, y.denominator)) for y in row] for row in sigma]
                )
                roots = sorted((z.real.mid() for f, m in spectrum(points) for z, _ in f.complex_roots()), reverse=True)
                spot = roots[[i for i, (_, _, m) in enumerate(spread) for _ in range(m)][k]]
                shifted = matrix - flint.acb_mat([[flint.acb(spot) * (i == j) for j in range(d)] for i in range(d)])
                near = flint.acb_mat(
                    [[flint.acb(flint.arb(10) ** -100) * (i == j) for j in range(d)] for i in range(d)]
                )
                image = (shifted + near).inv() * flint.acb_mat([[flint.acb(i + 1)] for i in range(d)])
                entries = [abs(image[i, 0].real.mid()) for i in range(d)]
            finally:
                flint.ctx.dps = context_digits
            largest = max(entries)
            assert [text == "0" for text in w] == [bool(x < largest * flint.arb(10) ** -50) for x in entries]


# ---------------------------------------------------------------------- what is refuted

IRIS = [[51, 35, 14], [49, 30, 14], [70, 32, 47], [64, 32, 45], [63, 33, 60], [58, 27, 51]]
TRIANGLE = [[6, 0, 0], [0, 6, 0], [0, 0, 6]]
WIDE = [[3, 1, 4, 1, 5], [2, 6, 5, 3, 5], [9, 7, 9, 3, 2], [8, 4, 6, 2, 6]]
LINE = [[1, 7], [3, 11], [6, 17], [10, 25]]


def last_digit(text: str) -> str:
    """The same number, one unit of its last digit off; an exact one becomes another."""
    if is_exact(text):
        return str(Q(text) + 1)
    mantissa, e, exponent = text.partition("e")
    return mantissa[:-1] + str((int(mantissa[-1]) + 1) % 10 if mantissa[-1] != "9" else 8) + e + exponent


def replaced(tree: Any, path: Sequence[int], text: str) -> Any:
    if not path:
        return text
    return [replaced(x, path[1:], text) if i == path[0] else x for i, x in enumerate(tree)]


def paths(tree: Any) -> list[list[int]]:
    return [[i, *rest] for i, x in enumerate(tree) for rest in paths(x)] if isinstance(tree, list) else [[]]


@pytest.mark.parametrize("points", [IRIS, TRIANGLE, WIDE, LINE], ids=["irrational", "tied", "wide", "rank one"])
def test_every_digit_is_needed(points: list[list[int]]) -> None:
    good = case(points, 2, ddof=1)
    recheck.prove(good)
    assert good.expected is not None
    for name in good.expected:
        for path in paths(good.expected[name]):
            tree: Any = good.expected[name]
            text = tree
            for i in path:
                text = text[i]
            wrong = {**good.expected, name: replaced(tree, path, last_digit(text))}
            with pytest.raises(Refuted, match=name if name != "mean" else "mean"):
                recheck.prove(msgspec.structs.replace(good, expected=wrong))


def negative(text: str) -> str:
    return text if text == "0" else text[1:] if text[0] == "-" else "-" + text


def test_both_signs_are_right_but_not_one_of_each() -> None:
    good = case(IRIS, 2, ddof=1)
    assert good.expected is not None
    (w, other), scores = (good.expected[name] for name in ("components", "scores"))
    turned = [negative(x) for x in w]
    moved = [[negative(x), y] for x, y in scores]
    recheck.prove(
        msgspec.structs.replace(good, expected={**good.expected, "components": [turned, other], "scores": moved})
    )
    for changed in ({"components": [turned, other]}, {"scores": moved}, {"components": [[turned[0], *w[1:]], other]}):
        with pytest.raises(Refuted, match="is not proven"):
            recheck.prove(msgspec.structs.replace(good, expected={**good.expected, **changed}))


def proof(good: Case) -> Eigenpairs:
    assert isinstance(good.certificate, Eigenpairs)
    return good.certificate


@pytest.mark.parametrize("points", [IRIS, WIDE], ids=["scatter", "gram"])
def test_vectors_that_are_off_prove_nothing(points: list[list[int]]) -> None:
    good = case(points, 2, ddof=1)
    vectors = proof(good).vectors
    off = [[str(values.number(x, "") + Q(i == 0, 10**40)) for i, x in enumerate(v)] for v in vectors]
    for wrong in (off, vectors[::-1], vectors[:-1], [vectors[0], *vectors[:-1]], [*vectors[:-1], ["0"] * len(vectors)]):
        with pytest.raises(RefimplError):
            recheck.prove(msgspec.structs.replace(good, certificate=Eigenpairs(wrong)))


def test_projectors_belong_to_ties() -> None:
    good = case(TRIANGLE, 2, ddof=1)
    (projector,) = proof(good).projectors
    assert projector == [["2/3", "-1/3", "-1/3"], ["-1/3", "2/3", "-1/3"], ["-1/3", "-1/3", "2/3"]]
    for wrong in ([], [projector, projector], [[["2/3", "-1/3", "1/3"], *projector[1:]]]):
        with pytest.raises(Refuted, match="projectors"):
            recheck.prove(
                msgspec.structs.replace(good, certificate=msgspec.structs.replace(proof(good), projectors=wrong))
            )


def test_another_basis_of_a_tie_is_right_but_not_golden() -> None:
    """The proof holds one basis; `eigenvectors.turned` lets an answer have any."""
    good = case(TRIANGLE, 2, ddof=1)
    assert good.expected is not None
    with pytest.raises(Refuted):
        recheck.prove(
            msgspec.structs.replace(good, expected={**good.expected, "components": good.expected["components"][::-1]})
        )  # type: ignore[index]


def test_equal_irrational_variances_are_unsupported() -> None:
    """Points of a plane twice over, in two planes: every variance is there twice."""
    plane = [[0, 0], [2, 1], [3, 3], [5, 4]]
    points = [[*x, *y] for x in plane for y in plane]
    with pytest.raises(Unsupported, match="irrational"):
        case(points, 2)
    with pytest.raises(Unsupported, match="irrational"):
        case(points, 4)


def test_too_many_of_both_are_unsupported() -> None:
    source = random.Random(1)
    points = [[source.randint(0, 9) for _ in range(65)] for _ in range(66)]
    with pytest.raises(Unsupported, match="64 points or dimensions"):
        case(points, 2)


# ---------------------------------------------------------------------- sensitivity


def moved_results(points: Rows, count: int, ddof: int) -> list[Q]:
    solution: Any = solve(
        "pca.fit", {"points": [[str(x) for x in row] for row in points]}, {"components": count, "ddof": ddof}
    ).expected
    return [x for name in ("variances", "ratio", "components", "scores") for x in numbers(solution[name])]


@pytest.mark.parametrize("points", [IRIS[:4], WIDE, [[3], [5], [11]]], ids=["scatter", "gram", "one dimension"])
@pytest.mark.parametrize("shift", [0, 1000])
def test_sensitivity_is_that_of_difference_quotients(points: list[list[int]], shift: int) -> None:
    rows = [[Q(x + shift) for x in row] for row in points]
    count = min(2, len(rows[0]))
    good: Any = case(rows, count, 1)
    components, variances = (
        [[Q(x) for x in map(values.number, w, w)] for w in good.expected["components"]],
        numbers(good.expected["variances"]),
    )
    vectors = [numbers(v) for v in proof(good).vectors]
    sizes = of_components(rows, components, variances, vectors, len(rows) - 1)
    found = [
        *sizes.variances,
        *sizes.ratio,
        *(x for row in sizes.components for x in row),
        *(x for row in sizes.scores for x in row),
    ]
    mean = linear.mean(rows)
    largest = max(abs(x - m) for row in rows for x, m in zip(row, mean, strict=True))
    at, step = moved_results(rows, count, 1), Q(1, 10**20)
    expected = [Q(0)] * len(at)
    for n, row in enumerate(rows):
        for i, x in enumerate(row):
            nudged = [[y + step * ((m, j) == (n, i)) for j, y in enumerate(other)] for m, other in enumerate(rows)]
            there = moved_results(nudged, count, 1)
            expected = [
                s + abs(b - a) / step * max(abs(x), largest) for s, a, b in zip(expected, at, there, strict=True)
            ]
    # a score is never less sensitive than to the rounding of the entries of w
    reach = [max(abs(x - m) for x, m in zip(row, mean, strict=True)) for row in rows for _ in range(count)]
    expected[-len(reach) :] = map(max, expected[-len(reach) :], reach)
    for a, b in zip(found, expected, strict=True):
        assert abs(a - b) <= Q(1, 10**9) * max(b, 1)


def test_sensitivity_of_a_tie_bounds_what_its_space_does() -> None:
    """The variances of a tie move by no more than S, and its projector, seen from the golden basis, as S says."""
    rows = [[Q(x) for x in row] for row in TRIANGLE]
    good: Any = case(rows, 2, 1)
    components = [numbers(w) for w in good.expected["components"]]
    vectors = [numbers(v) for v in proof(good).vectors]
    sizes = of_components(rows, components, numbers(good.expected["variances"]), vectors, 2)
    at, step, largest = numbers(good.expected["variances"]), Q(1, 10**15), Q(4)
    variance, projected = Q(0), [[Q(0)] * 3 for _ in range(2)]
    for n in range(3):
        for i in range(3):
            nudged = [[y + step * ((m, j) == (n, i)) for j, y in enumerate(other)] for m, other in enumerate(rows)]
            there: Any = case(nudged, 2, 1).expected
            weight = max(abs(rows[n][i]), largest) / step
            variance += weight * max(abs(a - b) for a, b in zip(numbers(there["variances"]), at, strict=True))
            w = [numbers(v) for v in there["components"]]
            for k, b in enumerate(components):
                image = [sum((linear.dot(b, v) * v[j] for v in w), Q(0)) for j in range(3)]
                projected[k] = [p + weight * abs(x - y) for p, x, y in zip(projected[k], image, b, strict=True)]
    assert variance * Q(999, 1000) <= sizes.variances[0] <= 2 * variance
    for row, line in zip(projected, sizes.components, strict=True):
        for a, b in zip(row, line, strict=True):
            assert abs(a - b) <= Q(1, 10**6)


# ---------------------------------------------------------------------- the characteristic polynomial


def enclosure(lower: Q, upper: Q, vector: Sequence[Q], radius: Q) -> Enclosure:
    return Enclosure(range(1), lower, upper, [list(vector)], Q(0), radius, Q(0))


def test_a_rational_eigenvalue_is_an_integer_over_the_common_denominator() -> None:
    polynomial = Characteristic([[Q(2, 3), Q(1, 3)], [Q(1, 3), Q(2, 3)]])
    around = [enclosure(x - Q(1, 9), x + Q(1, 9), [Q(1), Q(0)], Q(0)) for x in (Q(1), Q(1, 3), Q(2, 3))]
    assert [polynomial.candidate(x) for x in around] == [1, Q(1, 3), Q(2, 3)]
    assert Characteristic([[Q(2), Q(1)], [Q(1), Q(1)]]).candidate(enclosure(Q(5, 2), Q(27, 10), [Q(1)], Q(0))) is None
    matrix = [[Q(2, 3), Q(1, 3)], [Q(1, 3), Q(2, 3)]]
    assert [eigenspace(matrix, x) for x in (Q(1), Q(1, 3), Q(2, 3))] == [[[1, 1]], [[-1, 1]], []]
    assert eigenspace([[Q(1)] * 3 for _ in range(3)], Q(0)) == [[-1, 1, 0], [Q(-1, 2), Q(-1, 2), 1]]
    with pytest.raises(Refuted, match="too wide"):
        polynomial.candidate(enclosure(Q(1, 4), Q(2), [Q(1), Q(0)], Q(0)))


def test_a_form_vanishes_on_an_eigenvector_exactly_or_not_at_all() -> None:
    """Eigenvalues 2 + sqrt 2, 2 and 2 - sqrt 2: of the first (1, sqrt 2, 1), on which (1, 0, -1) vanishes."""
    polynomial = Characteristic([[Q(x) for x in row] for row in ((2, 1, 0), (1, 2, 1), (0, 1, 2))])
    near = enclosure(Q(34, 10), Q(35, 10), [Q(1, 2), Q(707, 1000), Q(1, 2)], Q(1, 100))
    forms = [
        [Q(x) for x in f] for f in ((1, 0, -1), (1, 0, 0), (Q(1, 2), 0, Q(-1, 2)), (10**9, 1, -(10**9)), (0, 0, 0))
    ]
    assert polynomial.vanish(near, [[Q(x) for x in f] for f in forms]) == [True, False, True, False, True]
    with pytest.raises(Refuted, match="no entry"):
        polynomial.vanish(enclosure(Q(34, 10), Q(35, 10), [Q(1, 2), Q(7, 10), Q(1, 2)], Q(1)), [[Q(1)] * 3])


def test_different_variances_must_be_written_differently() -> None:
    """Two that differ by a share of 2e-60: as fractions they do, with fifty digits they would not."""
    far = 10**30 + Q(1, 10**30)
    good = case([[far, 0], [-far, 0], [0, 10**30], [0, -(10**30)]], 2)
    recheck.prove(good)
    assert good.expected is not None
    digits = [rounded(values.number(x, ""), 50) for x in values.leaves(good.expected["variances"])]
    assert digits[0] == digits[1]
    with pytest.raises(Refuted, match=r"variances\[1\] differs"):
        recheck.prove(msgspec.structs.replace(good, expected={**good.expected, "variances": digits}))
