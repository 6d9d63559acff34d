"""Eigenvectors of an answer: their signs and the basis of a space that they share are not judged, all else is."""

import functools
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, strategies as st

from refimpl.numbers import parse
from refimpl.oracle import store
from refimpl.oracle.case import Case
from refimpl.oracle.eigenvectors import are_tied, tied, turned
from refimpl.oracle.peers.peer import Hello, Refused, Result
from refimpl.oracle.score import Score, score
from refimpl.oracle.tasks import TASKS

Q = Fraction
Results = dict[str, Any]

GROUPS = {
    "pca.fit/tied": [[0, 1]],
    "pca.fit/tied-simplex": [[0, 1], [2]],
    "pca.fit/tied-later": [[0], [1, 2]],
    "pca.fit/tied-to-zero": [[0], [1, 2, 3]],
}
"""Cases with components of one variance, and which these are."""

UNTIED = (
    "pca.fit/plain",
    "pca.fit/three-of-six",
    "pca.fit/zero-entries",
    "pca.fit/sign-tie",
    "pca.fit/more-dimensions",
)
NO_COMPONENTS = {"pca.fit": {"components": "there are none"}}

each_tied = pytest.mark.parametrize("identity", GROUPS)
each_untied = pytest.mark.parametrize("identity", UNTIED)


@functools.cache
def case(identity: str) -> Case:
    return store.find(store.fixtures(), identity)


def number(tree: Any) -> Any:
    """Text as exact numbers, in nested lists."""
    return [number(x) for x in tree] if isinstance(tree, list) else parse(str(tree))


def right(identity: str) -> Results:
    """The expected results, as exact numbers."""
    expected = case(identity).expected
    assert expected is not None
    return {name: number(tree) for name, tree in expected.items()}


def told(tree: Any) -> Any:
    """Exact numbers as text."""
    return [told(x) for x in tree] if isinstance(tree, list | tuple) else str(tree)


def judged(identity: str, results: Results, **who: Any) -> Score:
    hello = Hello("fake", "1", "none", "binary64", tuple(TASKS), **who)
    return score(case(identity), hello, Result({name: told(tree) for name, tree in results.items()}))


def mixed(results: Results, turn: Callable[[list[Any]], list[Any]]) -> Results:
    """The results with components, and the columns of scores, replaced by what a function makes of them."""
    columns = [list(column) for column in zip(*results["scores"], strict=True)]
    return {
        **results,
        "components": turn(results["components"]),
        "scores": [list(row) for row in zip(*turn(columns), strict=True)],
    }


def rotated(group: Sequence[int], tangents: Sequence[Fraction]) -> Callable[[list[Any]], list[Any]]:
    """Rotations in the planes of all pairs of a group, each by a rational point of the circle."""

    def turn(lines: list[Any]) -> list[Any]:
        found = list(lines)
        pairs = [(p, q) for q in group for p in group if p < q]
        for (p, q), t in zip(pairs, tangents, strict=False):
            c, s = (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)
            x, y = found[p], found[q]
            found[p] = [c * a + s * b for a, b in zip(x, y, strict=True)]
            found[q] = [c * b - s * a for a, b in zip(x, y, strict=True)]
        return found

    return turn


def signed(signs: Sequence[int]) -> Callable[[list[Any]], list[Any]]:
    return lambda lines: [[sign * a for a in line] for sign, line in zip(signs, lines, strict=True)]


def off(results: Results, noise: Sequence[Fraction]) -> Results:
    """The results with an error in every entry of components and scores."""
    errors = iter(noise)
    return {
        **results,
        **{name: [[x + next(errors) for x in row] for row in results[name]] for name in ("components", "scores")},
    }


def entries(identity: str) -> int:
    results = right(identity)
    return sum(len(row) for name in ("components", "scores") for row in results[name])


fractions = st.fractions(-5, 5, max_denominator=60)
errors = st.fractions(-1, 1, max_denominator=1000).map(lambda x: x / 10**6)


@st.composite
def with_errors(draw: st.DrawFn, identities: Sequence[str]) -> tuple[str, Results]:
    """A case, and its results with errors of up to a millionth."""
    identity = draw(st.sampled_from(list(identities)))
    count = entries(identity)
    return identity, off(right(identity), draw(st.lists(errors, min_size=count, max_size=count)))


# --- groups -------------------------------------------------------------------------------------------


@each_tied
def test_components_of_one_variance_are_a_group(identity: str) -> None:
    expected = case(identity).expected
    assert expected is not None
    assert tied(expected) == GROUPS[identity]
    assert are_tied(expected)


def test_elsewhere_every_component_is_by_itself() -> None:
    for found in store.cases(store.fixtures()):
        if found.task == "pca.fit" and found.expected is not None and found.id not in GROUPS:
            assert tied(found.expected) == [[k] for k in range(int(str(found.params["components"])))]
            assert not are_tied(found.expected)


# --- what is not judged -------------------------------------------------------------------------------


@given(with_errors(tuple(GROUPS)), st.lists(fractions, min_size=6, max_size=6), st.data())
def test_no_rotation_or_reflection_of_a_tied_basis_changes_the_score(
    asked: tuple[str, Results], tangents: list[Fraction], data: st.DataObject
) -> None:
    identity, results = asked
    before, found = judged(identity, results), results
    for group in GROUPS[identity]:
        found = mixed(found, rotated(group, tangents))
    count = len(results["components"])
    found = mixed(found, signed(data.draw(st.lists(st.sampled_from([1, -1]), min_size=count, max_size=count))))
    assert judged(identity, found) == before


@given(with_errors(UNTIED), st.data())
def test_no_sign_changes_the_score(asked: tuple[str, Results], data: st.DataObject) -> None:
    identity, results = asked
    count = len(results["components"])
    signs = data.draw(st.lists(st.sampled_from([1, -1]), min_size=count, max_size=count))
    assert judged(identity, mixed(results, signed(signs))) == judged(identity, results)


@each_tied
def test_a_turned_basis_of_the_golden_space_has_all_digits(identity: str) -> None:
    found = right(identity)
    for group in GROUPS[identity]:
        found = mixed(found, rotated(group, [Q(2, 3), Q(-7, 5), Q(1, 9)]))
    assert found["components"] != right(identity)["components"]
    answered = judged(identity, found)
    assert answered.verdict == "pass"
    assert set(answered.digits.values()) == {15.95}


@pytest.mark.parametrize("identity", ["power.run/plain", "power.run/either-sign", "power.run/negative-eigenvalue"])
def test_the_sign_of_a_single_eigenvector_is_not_judged_and_its_length_is(identity: str) -> None:
    results = right(identity)
    for factor, verdict in ((1, "pass"), (-1, "pass"), (2, "fail"), (Q(-1, 2), "fail"), (0, "fail")):
        assert judged(identity, {**results, "vector": [factor * x for x in results["vector"]]}).verdict == verdict


def test_what_has_no_eigenvectors_is_left_alone() -> None:
    reading: Any = {"labels": [0, 1]}
    assert turned({"labels": [0, 1]}, TASKS["kmeans.assign"].outputs, reading) is reading


# --- what is judged -----------------------------------------------------------------------------------


def replaced(lines: list[Any], k: int, line: list[Any]) -> list[Any]:
    return [*lines[:k], line, *lines[k + 1 :]]


def combined(p: int, q: int, a: Fraction, b: Fraction) -> Callable[[list[Any]], list[Any]]:
    """Line p becomes a times itself and b times line q."""
    return lambda lines: replaced(lines, p, [a * x + b * y for x, y in zip(lines[p], lines[q], strict=True)])


def last_of(identity: str) -> tuple[int, int]:
    """The last two of the largest group."""
    group = max(GROUPS[identity], key=len)
    return group[-2], group[-1]


WRONG_BASES: dict[str, Callable[[int, int], Callable[[list[Any]], list[Any]]]] = {
    "one vector twice": lambda p, q: combined(q, p, Q(0), Q(1)),
    "one vector twice, once with the other sign": lambda p, q: combined(q, p, Q(0), Q(-1)),
    "a vector that is too long by a millionth": lambda p, q: combined(q, p, 1 + Q(1, 10**6), Q(0)),
    "a vector that is half as long": lambda p, q: combined(q, p, Q(1, 2), Q(0)),
    "a vector of zeros": lambda p, q: combined(q, p, Q(0), Q(0)),
    "unit vectors that are not orthogonal": lambda p, q: combined(q, p, Q(4, 5), Q(3, 5)),
    "vectors that are hardly not orthogonal": lambda p, q: combined(q, p, Q(1), Q(1, 10**6)),
}


@each_tied
@pytest.mark.parametrize("what", WRONG_BASES)
def test_what_is_no_orthonormal_basis_is_not_accepted_however_it_is_turned(identity: str, what: str) -> None:
    wrong = mixed(right(identity), WRONG_BASES[what](*last_of(identity)))
    for tangents in ([Q(0)] * 3, [Q(1, 3), Q(5, 2), Q(-2)]):
        found = wrong
        for group in GROUPS[identity]:
            found = mixed(found, rotated(group, tangents))
        answered = judged(identity, found)
        assert answered.verdict in ("weak", "fail")
        assert answered.digits["components"] < 6.5


@pytest.mark.parametrize(
    ("identity", "p", "q"),
    [("pca.fit/tied-simplex", 1, 2), ("pca.fit/tied-later", 0, 1), ("pca.fit/tied-to-zero", 0, 3)],
)
def test_an_orthonormal_basis_of_another_space_is_not_accepted(identity: str, p: int, q: int) -> None:
    for t in (Q(1, 10**7), Q(1, 2), Q(1)):
        answered = judged(identity, mixed(right(identity), rotated([p, q], [t])))
        assert answered.verdict in ("weak", "fail")
        assert answered.digits["components"] < 7


@each_untied
def test_components_that_are_exchanged_or_turned_are_not_accepted_where_nothing_is_tied(identity: str) -> None:
    results = right(identity)
    if len(results["components"]) > 1:
        for t in (Q(1, 10**5), Q(1)):  # by 1 they are exchanged, but for a sign
            assert judged(identity, mixed(results, rotated([0, 1], [t]))).verdict in ("weak", "fail")


@pytest.mark.parametrize("identity", [*GROUPS, *UNTIED])
@pytest.mark.parametrize("name", ["components", "scores"])
def test_a_sign_that_is_turned_in_one_of_both_is_not_accepted(identity: str, name: str) -> None:
    """In any component whose scores are not all 0."""
    results = right(identity)
    for k, variance in enumerate(results["variances"]):
        if variance:
            signs = [-1 if j == k else 1 for j in range(len(results["components"]))]
            other = mixed(results, signed(signs))
            answered = judged(identity, {**results, name: other[name]})
            assert answered.verdict == "fail"
            assert answered.digits["components"] == 15.95
            assert answered.digits["scores"] == 0


@pytest.mark.parametrize("identity", ["pca.fit/tied", "pca.fit/tied-simplex", "pca.fit/tied-later"])
def test_a_basis_that_is_turned_in_one_of_both_is_not_accepted(identity: str) -> None:
    results = right(identity)
    other = mixed(results, rotated(last_of(identity), [Q(1, 2)]))
    for name in ("components", "scores"):
        answered = judged(identity, {**results, name: other[name]})
        assert answered.verdict == "fail"
        assert answered.digits["components"] == 15.95


# --- results that are omitted -------------------------------------------------------------------------


def without(results: Results, name: str = "components") -> Results:
    return {key: tree for key, tree in results.items() if key != name}


@each_untied
def test_scores_without_components_have_either_sign(identity: str) -> None:
    results = right(identity)
    for signs in product((1, -1), repeat=len(results["components"])):
        found = judged(identity, without(mixed(results, signed(signs))), omits=NO_COMPONENTS)
        assert found.verdict == "pass"
        assert found.digits["scores"] == 15.95
        assert "components" not in found.digits
    assert judged(identity, without(results)).verdict == "fail", "it does not say that there are none"


@each_tied
def test_scores_without_components_are_those_of_any_basis(identity: str) -> None:
    results = right(identity)
    for tangents in ([Q(1, 2), Q(3), Q(-1, 7)], [Q(-9, 4), Q(1), Q(0)]):
        found = results
        for group in GROUPS[identity]:
            found = mixed(found, rotated(group, tangents))
        answered = judged(identity, without(found), omits=NO_COMPONENTS)
        assert answered.verdict == "pass"
        assert answered.digits["scores"] == 15.95


@each_tied
@pytest.mark.parametrize("what", WRONG_BASES)
def test_wrong_scores_without_components_are_not_accepted(identity: str, what: str) -> None:
    p, q = last_of(identity)
    if not right(identity)["variances"][q]:
        return  # all of these scores are 0
    answered = judged(identity, without(mixed(right(identity), WRONG_BASES[what](p, q))), omits=NO_COMPONENTS)
    assert answered.verdict in ("weak", "fail")


def test_scores_of_variance_zero_are_zero_also_without_components() -> None:
    results = right("pca.fit/tied-to-zero")
    scores = [[row[0], row[1] + Q(1, 10**3), *row[2:]] for row in results["scores"]]
    for found, omits in ((results, {}), (without(results), NO_COMPONENTS)):
        assert judged("pca.fit/tied-to-zero", found, omits=omits).verdict == "pass"
        assert judged("pca.fit/tied-to-zero", {**found, "scores": scores}, omits=omits).verdict == "fail"


def test_components_without_scores_or_variances_are_judged_by_themselves() -> None:
    for identity in (*GROUPS, *UNTIED):
        results = right(identity)
        for name in ("scores", "variances"):
            omits = {"pca.fit": {name: "there are none"}}
            answered = judged(
                identity, without(mixed(results, signed([-1] * len(results["components"]))), name), omits=omits
            )
            assert answered.verdict == "pass", (identity, name)
            assert name not in answered.digits


# --- refusals -----------------------------------------------------------------------------------------


def refused(identity: str, kind: str = "tied-eigenvalues", **who: Any) -> Score:
    return score(case(identity), Hello("fake", "1", "none", "binary64", tuple(TASKS), **who), Refused(kind, "no"))


@each_tied
def test_components_that_are_a_matter_of_choice_may_be_refused(identity: str) -> None:
    assert refused(identity) == Score(identity, "pass")
    assert refused(identity, conventions={"divisor": "n"}).verdict == "pass"


@each_tied
@pytest.mark.parametrize("kind", ["bad-input", "undefined", "zero-vector", "internal"])
def test_they_may_not_be_refused_as_anything_else(identity: str, kind: str) -> None:
    assert refused(identity, kind).verdict == "error"


@pytest.mark.parametrize(
    "identity", [*UNTIED, "pca.fit/nearly-tied", "pca.fit/nearly-tied-more", "pca.fit/lecture-table", "power.run/tied"]
)
def test_what_is_no_matter_of_choice_may_not_be_refused(identity: str) -> None:
    found = refused(identity)
    assert found.verdict == "error"
    assert found.detail == "refuses legal input: tied-eigenvalues: no"
