"""Digits of agreement and verdicts, on answers of small peers that are made up for the purpose."""

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from itertools import permutations, product
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st

from refimpl import kmeans, map_equation, modularity
from refimpl.numbers import FLOAT, certified, parse
from refimpl.oracle import store
from refimpl.oracle.case import Case
from refimpl.oracle.digits import agreement
from refimpl.oracle.match import MOST_COMPONENTS, rearranged
from refimpl.oracle.peers.peer import Answer, Hello, Refused, Result, Unsupported
from refimpl.oracle.score import Score, score
from refimpl.oracle.tasks import TASKS
from refimpl.oracle.verify import verify

FINAL = {"labels": "final"}
OTHER = {"ties": "other"}


@functools.cache
def case(identity: str) -> Case:
    return store.find(store.fixtures(), identity)


def hello(precision: str = "binary64", tasks: tuple[str, ...] = tuple(TASKS), **more: Any) -> Hello:
    return Hello("fake", "1", "none", precision, tasks, **more)


def right(identity: str, **other: Any) -> dict[str, Any]:
    """The expected results of a case, some of them replaced."""
    expected = case(identity).expected
    assert expected is not None
    return {**expected, **other}


def judged(identity: str, results: Mapping[str, Any], **who: Any) -> Score:
    return score(case(identity), hello(**who), Result(results))


def value(tree: Any) -> Any:
    """Text as exact numbers, in nested lists."""
    return [value(x) for x in tree] if isinstance(tree, list) else parse(tree) if isinstance(tree, str) else tree


# --- digits of agreement ----------------------------------------------------------------------------


@given(st.fractions(Fraction(1, 10**17), Fraction(9, 10), max_denominator=10**18))
def test_digits_are_the_exact_logarithm_rounded_down_to_hundredths(error: Fraction) -> None:
    digits, _ = agreement(1 + error, "1", lambda: Fraction(1))
    hundredths = round(digits * 100)
    # 10^(-k/100) >= error > 10^(-(k+1)/100), in the hundredth power
    assert error**100 <= Fraction(1, 10**hundredths)
    assert error**100 > Fraction(1, 10 ** (hundredths + 1))


@pytest.mark.parametrize("exponent", [1, 2, 5, 13, 15, 16, 40, 400])
def test_a_power_of_ten_has_exactly_its_digits(exponent: int) -> None:
    for sign in (1, -1):
        error = Fraction(sign, 10**exponent)
        assert agreement(1 + error, "1", lambda: Fraction(1))[0] == exponent
        assert agreement(-3 * (1 + error), "-3", lambda: Fraction(1))[0] == exponent


def test_digits_are_computed_where_no_quotient_is_a_binary64_number() -> None:
    truth = Fraction(10) ** 3000
    assert agreement(truth + Fraction(10) ** 2990, "1" + "0" * 3000, lambda: Fraction(1))[0] == 10
    assert agreement(parse("1.001e-300"), "1e-300", lambda: Fraction(1))[0] == 3
    assert agreement(Fraction(0), "1e-3000", lambda: Fraction(1))[0] > 2000, "below binary64's range 0 is right"
    assert agreement(Fraction(10) ** 3000, "1", lambda: Fraction(1))[0] == 0


def test_no_error_is_infinitely_many_digits_and_no_digit_is_zero_not_less() -> None:
    assert agreement([Fraction(1), Fraction(0)], ["1", "0"], lambda: Fraction(1))[0] == math.inf
    assert agreement(Fraction(70), "1", lambda: Fraction(1))[0] == 0.0
    assert agreement(Fraction(-1), "1", lambda: Fraction(1))[0] == 0.0


def test_an_array_has_the_digits_of_its_worst_entry_which_is_named() -> None:
    answer = [[Fraction(1), Fraction(2) + Fraction(2, 10**9)], [Fraction(3) + Fraction(3, 10**4), Fraction(4)]]
    assert agreement(answer, [["1", "2"], ["3", "4"]], lambda: Fraction(1)) == (4.0, "[1][0]")


def test_where_the_truth_is_zero_the_error_is_relative_to_the_largest_entry_of_the_array() -> None:
    assert agreement([Fraction(1, 10), Fraction(-1000)], ["0", "-1000"], lambda: Fraction(7))[0] == 4
    assert agreement([Fraction(1, 10), Fraction(0)], ["0", "0"], lambda: Fraction(100))[0] == 3


def test_an_entry_beside_a_large_one_is_judged_by_its_own_size() -> None:
    assert agreement([Fraction(11, 10), Fraction(10**9)], ["1", "1000000000"], lambda: Fraction(1))[0] == 1


def test_a_covariance_of_zero_is_judged_by_the_scale_of_its_matrix() -> None:
    identity = "moments.covariance/uncorrelated-not-independent"
    results = right(identity)
    largest = max(parse(x) for row in results["covariance"] for x in row)
    assert results["covariance"][0][1] == "0"
    off = float(largest) * 1e-6
    results["covariance"] = [[results["covariance"][0][0], off], [off, results["covariance"][1][1]]]
    assert 5.98 <= judged(identity, results).digits["covariance"] <= 6.0


def test_a_distortion_of_zero_is_judged_by_the_scale_of_the_data() -> None:
    identity = "kmeans.fit/every-point-a-cluster"  # the largest coordinate is 5
    assert judged(identity, right(identity, distortion="25e-14")).digits["distortion"] == 14
    assert judged(identity, right(identity, distortion="25e-14")).verdict == "pass"
    assert judged(identity, right(identity, distortion="25e-5")).verdict == "fail"


@pytest.mark.parametrize(("precision", "cap"), [("binary64", 15.95), ("binary32", 7.2)])
def test_digits_are_capped_at_what_the_precision_can_hold(precision: str, cap: float) -> None:
    found = judged("coins.step/lecture", right("coins.step/lecture"), precision=precision)
    assert found.verdict == "pass"
    assert set(found.digits.values()) == {cap}
    assert max(found.attainable.values()) <= cap


# --- verdicts ---------------------------------------------------------------------------------------

ONE_NUMBER = "kmeans.optimum/rectangle"
"""Its results are labels, which are right here, and one number."""


def with_attainable(text: str) -> Case:
    return msgspec.structs.replace(case(ONE_NUMBER), attainable={"distortion": text})


def with_digits(hundredths: int) -> Fraction:
    """A relative error that has exactly so many hundredths of digits, and hardly less."""
    power = Context(prec=60).power(Decimal(10), Decimal(-hundredths) / 100)
    return Fraction(power) * (1 - Fraction(1, 10**9))


def distortion_verdict(attainable: int, digits: int, precision: str = "binary64") -> str:
    truth = parse(case(ONE_NUMBER).expected["distortion"])  # type: ignore[index, arg-type]
    answer = truth * (1 + with_digits(digits))
    results = right(ONE_NUMBER, distortion=f"{answer.numerator}/{answer.denominator}")
    made = with_attainable(f"{attainable // 100}.{attainable % 100:02}")
    found = score(made, hello(precision), Result(results))
    assert found.digits["distortion"] * 100 == pytest.approx(min(digits, 1595 if precision == "binary64" else 720))
    return found.verdict


IN_CASES = sorted(
    {
        round(float(text) * 100)
        for path in store.case_files(store.fixtures())
        for text in msgspec.json.decode(path.read_bytes()).get("attainable", {}).values()
    }
)
"""Hundredths of the attainable digits of all golden cases."""


@pytest.mark.parametrize("attainable", IN_CASES)
def test_pass_is_attainable_less_two_and_weak_is_half_of_attainable(attainable: int) -> None:
    half = -(-attainable // 2)
    assert distortion_verdict(attainable, attainable) == "pass"
    if attainable < 402:  # then half of it is the higher threshold
        assert distortion_verdict(attainable, half) == "pass"
        assert half == 0 or distortion_verdict(attainable, half - 1) == "fail"
        return
    assert distortion_verdict(attainable, attainable - 200) == "pass"
    assert distortion_verdict(attainable, attainable - 201) == "weak"
    assert distortion_verdict(attainable, half) == "weak"
    assert distortion_verdict(attainable, half - 1) == "fail"
    assert distortion_verdict(attainable, 0) == "fail"


def test_the_threshold_of_a_pass_is_exact_for_every_attainable_number_of_digits() -> None:
    wrong = [a for a in range(401, 1596, 7) if distortion_verdict(a, a - 200) != "pass"]
    assert wrong == []
    assert [a for a in range(401, 1596, 7) if distortion_verdict(a, a - 201) == "pass"] == []


def test_where_little_is_attainable_less_than_two_digits_pass() -> None:
    assert distortion_verdict(150, 75) == "pass"  # half of attainable is more than attainable - 2


# --- components in another order ----------------------------------------------------------------------

COMPONENTS = {
    "gmm.step/old-means": 2,
    "gmm.run/overlapping": 2,
    "gmm.fixed_point/diag": 2,
    "bernoulli.run/five-iterations": 2,
    "bernoulli.step/likelihood-before": 2,
    "binomial.step/three-coins": 3,
    "binomial.fixed_point/three-coins": 3,
}
"""Cases with components that differ, and how many."""

BY_COMPONENT = ("weights", "means", "covariances", "probabilities")


def reordered(results: Mapping[str, Any], order: Sequence[int], names: Sequence[str] | None = None) -> dict[str, Any]:
    """The results with components in another order, or only some of the results."""
    found = dict(results)
    for name in names if names is not None else results:
        if name == "responsibilities":
            found[name] = [[row[k] for k in order] for row in results[name]]
        elif name in BY_COMPONENT:
            found[name] = [results[name][k] for k in order]
    return found


@pytest.mark.parametrize("identity", COMPONENTS)
def test_components_in_any_order_are_matched(identity: str) -> None:
    results = right(identity)
    for order in permutations(range(COMPONENTS[identity])):
        found = judged(identity, reordered(results, order))
        assert found.verdict == "pass", (order, found.detail)
        assert set(found.digits.values()) == {15.95}


@pytest.mark.parametrize("identity", COMPONENTS)
def test_results_in_different_orders_are_not_matched(identity: str) -> None:
    """All but one in another order, and one alone, where that makes a difference."""
    results, tried = right(identity), 0
    names = [name for name in results if name in ("responsibilities", *BY_COMPONENT)]
    for order in list(permutations(range(COMPONENTS[identity])))[1:]:
        for name in names:
            for some in ([name], [other for other in names if other != name]):
                if reordered(results, order, [name])[name] != results[name]:
                    tried += 1
                    found = judged(identity, reordered(results, order, some))
                    assert found.verdict == "fail", (order, some)
                    assert " digits of " in found.detail
    assert tried >= 4


@pytest.mark.parametrize("identity", ["gmm.step/old-means", "bernoulli.run/five-iterations"])
def test_components_in_another_order_are_judged_by_their_digits(identity: str) -> None:
    results = reordered(right(identity), (1, 0))
    name = "means" if "means" in results else "probabilities"
    results[name] = value(results[name])
    results[name][0][0] *= 1 + Fraction(1, 10**3)
    found = judged(identity, results)
    assert found.verdict == "fail"
    assert name in found.detail


@pytest.mark.parametrize(
    ("identity", "names"),
    [
        ("gmm.e_step/plain", ["responsibilities"]),
        ("gmm.m_step/soft", ["weights", "means", "covariances"]),
        ("bernoulli.m_step/soft", ["weights", "probabilities"]),
    ],
)
def test_components_of_a_single_half_step_are_numbered_as_they_are_given(identity: str, names: list[str]) -> None:
    assert set(names) <= set(right(identity))
    k = len(
        right(identity).get("weights", right(identity)["responsibilities"][0] if "responsibilities" in names else [])
    )
    assert judged(identity, reordered(right(identity), range(k)[::-1])).verdict == "fail"
    assert judged(identity, right(identity)).verdict == "pass"


def test_the_order_of_components_and_a_convention_are_found_together() -> None:
    identity = "binomial.step/three-coins"
    likelihood = case(identity).alternatives["likelihood=left"][0].result["log_likelihood"]
    results = reordered(right(identity, log_likelihood=likelihood), (2, 0, 1))
    assert judged(identity, results, conventions={"likelihood": "left"}).verdict == "pass"
    assert judged(identity, results).verdict == "convention"


def test_many_components_are_answered_in_the_order_of_the_start() -> None:
    identity, k = "binomial.step/three-coins", MOST_COMPONENTS + 1
    results = {
        "weights": [f"1/{k}"] * k,
        "probabilities": [f"{i + 1}/{k + 1}" for i in range(k)],
        "responsibilities": [[f"1/{k}"] * k],
    }
    exact = value(results)
    swapped = reordered(exact, (1, 0, *range(2, k)))
    assert rearranged(case(identity), results, swapped) is None
    fewer = {name: tree[: k - 1] for name, tree in exact.items() if name != "responsibilities"}
    told = {name: tree[: k - 1] for name, tree in results.items() if name != "responsibilities"}
    assert rearranged(case(identity), told, reordered(fewer, (1, 0, *range(2, k - 1)))) == fewer
    assert rearranged(case(identity), told, fewer) is None, "it is in order"


def test_binary32_is_asked_for_as_much_less_as_it_holds_less() -> None:
    for identity in ("coins.step/lecture", "kmeans.step/small-spread", "moments.covariance/offset-1e8"):
        double, single = (judged(identity, right(identity), precision=p) for p in ("binary64", "binary32"))
        for name, digits in double.attainable.items():
            assert single.attainable[name] == pytest.approx(max(digits - (15.95 - 7.2), 0.0))


def test_an_honest_binary32_answer_passes_as_binary32_and_not_as_binary64() -> None:
    import struct

    identity = "coins.step/lecture"
    rounded = {
        name: [[single(x) for x in row] if isinstance(row, list) else single(row) for row in tree]
        if isinstance(tree, list)
        else single(tree)
        for name, tree in right(identity).items()
        for single in [lambda text: struct.unpack("f", struct.pack("f", float(parse(text))))[0]]
    }
    assert judged(identity, rounded, precision="binary32").verdict == "pass"
    assert judged(identity, rounded).verdict in ("weak", "fail")


def test_the_worst_result_decides_and_is_named() -> None:
    identity = "kmeans.step/plain"
    centers = value(right(identity)["centers"])
    centers[1][0] *= 1 + Fraction(1, 10**9)
    found = judged(identity, right(identity, centers=[[str(x) for x in row] for row in centers]))
    assert found.verdict == "weak"
    assert found.detail.startswith("centers[1][0] has 9.0 digits of 15.9")
    assert found.closest == (9.0, 15.95)


def test_weak_does_not_hide_fail() -> None:
    identity = "kmeans.step/plain"
    results = right(identity)
    results["centers"] = [[str(value(x) * (1 + Fraction(1, 10**9))) for x in row] for row in results["centers"]]
    results["distortion"] = str(value(results["distortion"]) * (1 + Fraction(1, 10**3)))
    assert judged(identity, results).verdict == "fail"


# --- discrete outcomes ------------------------------------------------------------------------------


def test_labels_that_no_branch_has_are_a_wrong_branch() -> None:
    found = judged("kmeans.step/plain", right("kmeans.step/plain", labels=[0, 1, 1, 1, 1]))
    assert found.verdict == "wrong branch"
    assert "labels[1] is 1, where 0 is right (2 of 5 differ)" in found.detail


@pytest.mark.parametrize("labels", [[0, 0, 0, 1, 7], [0, 0, 0, 1, -1], [10**15] * 5])
def test_labels_out_of_range_are_a_wrong_branch(labels: list[int]) -> None:
    assert judged("kmeans.step/plain", right("kmeans.step/plain", labels=labels)).verdict == "wrong branch"


def test_a_label_that_no_machine_counts_to_fails() -> None:
    found = judged("kmeans.step/plain", right("kmeans.step/plain", labels=[10**30] * 5))
    assert found.verdict == "fail"
    assert "no index or count" in found.detail


def under_final(identity: str) -> dict[str, Any]:
    found = case(identity)
    return {**right(identity), **found.alternatives["labels=final"][0].result}


@pytest.mark.parametrize("identity", ["kmeans.step/plain", "kmeans.run/one-iteration"])
def test_labels_of_the_last_centers_are_right_if_declared_and_a_convention_if_not(identity: str) -> None:
    final, used = under_final(identity), right(identity)
    assert final["labels"] != used["labels"] or final["distortion"] != used["distortion"]
    assert judged(identity, final, conventions=FINAL).verdict == "pass"
    assert judged(identity, used, conventions={"labels": "used"}).verdict == "pass"
    assert judged(identity, used).verdict == "pass"
    for results, conventions in ((final, {}), (final, {"labels": "used"}), (used, FINAL)):
        found = judged(identity, results, conventions=conventions)
        assert found.verdict == "convention"
        assert "right with labels=" in found.detail


def test_wrong_digits_under_an_undeclared_convention_are_no_convention() -> None:
    final = under_final("kmeans.step/plain")
    final["distortion"] = "12345"
    assert judged("kmeans.step/plain", final).verdict not in ("pass", "weak", "convention")


@pytest.mark.parametrize("identity", ["kmeans.fit/tie-broken-by-centring", "kmeans.step/tie-broken-by-centring"])
def test_another_way_to_break_a_tie_is_right_for_those_who_declare_it(identity: str) -> None:
    branch = case(identity).branches[0]
    assert branch.admissible == "other-ties"
    assert judged(identity, branch.result, conventions=OTHER).verdict == "pass"
    for conventions in ({}, {"ties": "lowest-index"}):
        found = judged(identity, branch.result, conventions=conventions)
        assert found.verdict == "convention"
        assert "tie" in found.detail
    assert judged(identity, right(identity), conventions=OTHER).verdict == "pass"


def test_another_tie_and_labels_of_the_last_centers_may_be_declared_together() -> None:
    identity = "kmeans.step/tie-broken-by-centring"
    branch = case(identity).branches[0]
    results = {**branch.result, **branch.alternatives["labels=final"][0].result}
    assert judged(identity, results, conventions={**OTHER, **FINAL}).verdict == "pass"
    assert judged(identity, results, conventions=FINAL).verdict == "convention"


def test_a_margin_below_what_binary64_sees_is_no_failure_for_anybody() -> None:
    identity = "kmeans.assign/near-tie-unseen"
    branches = case(identity).branches
    assert [branch.admissible for branch in branches] == ["always"]
    for conventions in ({}, {"ties": "lowest-index"}, OTHER):
        assert judged(identity, branches[0].result, conventions=conventions).verdict == "pass"
    assert judged("kmeans.assign/near-tie-seen", {"labels": [1, 1]}).verdict == "wrong branch"


def test_another_number_of_iterations_fails() -> None:
    identity = "kmeans.fit/plain"
    assert judged(identity, right(identity)).verdict == "pass"
    found = judged(identity, right(identity, iterations=right(identity)["iterations"] - 1))
    assert found.verdict == "fail"
    assert "iterations is 2; 3 is right" in found.detail


# --- matching ---------------------------------------------------------------------------------------

MATCHED = ["kmeans.step/plain", "kmeans.run/three-iterations", "kmeans.fit/thirds", "kmeans.fit/iris-3"]


def renumbered(results: Mapping[str, Any], order: list[int]) -> dict[str, Any]:
    """The same results with cluster k called order[k]."""
    centers = [results["centers"][order.index(k)] for k in range(len(order))]
    return {**results, "labels": [order[label] for label in results["labels"]], "centers": centers}


@pytest.mark.parametrize("identity", MATCHED)
def test_clusters_of_a_run_may_be_numbered_otherwise(identity: str) -> None:
    results = right(identity)
    k = len(results["centers"])
    orders = [[1, 0]] if k == 2 else [[1, 2, 0], [2, 0, 1], [0, 2, 1], [2, 1, 0]]
    for order in orders:
        assert judged(identity, renumbered(results, order)).verdict == "pass"
        mixed = {**renumbered(results, order), "centers": results["centers"]}
        assert judged(identity, mixed).verdict == "fail"  # labels renumbered, centers not


def test_clusters_without_points_keep_their_order_when_others_are_renumbered() -> None:
    identity = "kmeans.step/more-centers-than-distinct-points"
    results = right(identity)
    assert set(results["labels"]) == {0, 1}
    assert judged(identity, renumbered(results, [1, 0, 2])).verdict == "pass"
    assert judged(identity, renumbered(results, [2, 0, 1])).verdict == "pass"


def test_two_clusters_called_the_same_are_not_matched() -> None:
    results = right("kmeans.fit/thirds")
    merged = {**results, "labels": [0 if label == 1 else label for label in results["labels"]]}
    assert judged("kmeans.fit/thirds", merged).verdict == "wrong branch"


def test_one_cluster_under_two_names_is_not_matched() -> None:
    identity = "kmeans.step/more-centers-than-distinct-points"
    assert right(identity)["labels"] == [0, 0, 1, 1]
    assert judged(identity, right(identity, labels=[0, 2, 1, 1])).verdict == "wrong branch"


@pytest.mark.parametrize("identity", ["kmeans.assign/plain", "kmeans.assign/iris"])
def test_labels_of_given_centers_may_not_be_numbered_otherwise(identity: str) -> None:
    labels = right(identity)["labels"]
    turned = [{0: 1, 1: 0}.get(label, label) for label in labels]
    assert turned != labels
    assert judged(identity, {"labels": turned}).verdict == "wrong branch"


@pytest.mark.parametrize("identity", ["coins.step/lecture", "coins.run/lecture-10", "coins.fixed_point/lecture"])
def test_coins_may_not_be_exchanged(identity: str) -> None:
    results = right(identity)
    exchanged = {
        **results,
        "theta": results["theta"][::-1],
        "counts": results["counts"][::-1],
        "responsibilities": [str(1 - parse(g)) for g in results["responsibilities"]],
    }
    assert judged(identity, results).verdict == "pass"
    assert judged(identity, exchanged).verdict == "fail"


# --- what an answer looks like ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "write",
    [
        lambda x: f"{x.numerator}/{x.denominator}",
        lambda x: float(x).hex(),
        lambda x: repr(float(x)),
        lambda x: f"{float(x):.17e}",
        float,
    ],
    ids=["rational", "hex", "decimal", "exponent", "json"],
)
def test_numbers_may_be_rationals_hex_floats_decimals_or_json_numbers(write: Callable[[Fraction], Any]) -> None:
    identity = "kmeans.step/plain"
    results = right(identity)
    results["centers"] = [[write(parse(x)) for x in row] for row in results["centers"]]
    results["distortion"] = write(parse(results["distortion"]))
    found = judged(identity, results)
    assert found.verdict == "pass"
    assert found.digits["centers"] >= 15.6


@pytest.mark.parametrize("wrong", [[0, 0, 0, 1], [0, 0, 0, 1, 1, 1], 0, [[0], [0], [0], [1], [1]], [], "00011", None])
def test_labels_of_another_shape_fail_and_are_named(wrong: Any) -> None:
    found = judged("kmeans.step/plain", right("kmeans.step/plain", labels=wrong))
    assert found.verdict == "fail"
    assert "labels" in found.detail


@pytest.mark.parametrize("wrong", [["1", "2"], [["1"]], [["1"], ["2"], ["3"]], [["1", "1"], ["2", "2"]], "1", None, {}])
def test_centers_of_another_shape_fail_and_are_named(wrong: Any) -> None:
    found = judged("kmeans.step/plain", right("kmeans.step/plain", centers=wrong))
    assert found.verdict == "fail"
    assert "centers" in found.detail


NO_NUMBERS = [math.nan, math.inf, -math.inf, "nan", "inf", "", "x", "1/0", True, None, {}, [], "1e999999999"]


@pytest.mark.parametrize("wrong", NO_NUMBERS, ids=repr)
def test_what_is_no_finite_number_fails(wrong: Any) -> None:
    assert judged("kmeans.step/plain", right("kmeans.step/plain", distortion=wrong)).verdict == "fail"


@pytest.mark.parametrize("wrong", [math.nan, "nan", "x", True, None, "1e999999999"], ids=repr)
def test_the_place_of_an_entry_that_is_no_number_is_named(wrong: Any) -> None:
    results = right("kmeans.step/plain")
    centers = [list(row) for row in results["centers"]]
    centers[1][0] = wrong
    found = judged("kmeans.step/plain", {**results, "centers": centers})
    assert found.verdict == "fail"
    assert "centers[1][0]" in found.detail


@pytest.mark.parametrize("wrong", [0.5, "1/2", math.nan, True, None, "x"], ids=repr)
def test_a_label_that_is_no_integer_fails(wrong: Any) -> None:
    found = judged("kmeans.step/plain", right("kmeans.step/plain", labels=[0, 0, 0, 1, wrong]))
    assert found.verdict == "fail"


@pytest.mark.parametrize("name", ["labels", "centers", "distortion"])
def test_a_missing_result_fails_and_is_named(name: str) -> None:
    results = right("kmeans.step/plain")
    del results[name]
    found = judged("kmeans.step/plain", results)
    assert found.verdict == "fail"
    assert name in found.detail


def test_an_undefined_entry_is_null_and_a_number_in_its_place_fails() -> None:
    identity = "moments.covariance/constant-column"
    results = right(identity)
    assert results["correlation"][0][1] is None
    assert judged(identity, results).verdict == "pass"
    for wrong in (0, 1, "0", math.nan):
        correlation = [[results["correlation"][0][0], wrong], [wrong, None]]
        assert judged(identity, {**results, "correlation": correlation}).verdict == "fail"
    plain = right("moments.covariance/lecture-table")
    assert (
        judged("moments.covariance/lecture-table", {**plain, "correlation": [[1, None], [None, 1]]}).verdict == "fail"
    )


# --- refusals ---------------------------------------------------------------------------------------


def test_refusing_what_must_be_refused_passes_and_answering_it_fails() -> None:
    for identity in ("kmeans.step/refuse-no-centers", "coins.step/refuse-impossible", "moments.covariance/refuse-nan"):
        refused = case(identity)
        assert refused.refused is not None
        assert score(refused, hello(), Refused(refused.refused, "no")).verdict == "pass"
        answered = score(refused, hello(), Result({"labels": [0, 0]}))
        assert answered.verdict == "fail"
        assert refused.refused in answered.detail


def test_a_crash_is_no_refusal() -> None:
    found = score(case("kmeans.step/refuse-no-centers"), hello(), Refused("internal", "IndexError"))
    assert found.verdict == "error"
    assert not found.executed


def test_refusing_legal_input_is_an_error() -> None:
    found = score(case("kmeans.step/plain"), hello(), Refused("bad-input", "I do not like it"))
    assert found.verdict == "error"
    assert "bad-input: I do not like it" in found.detail
    assert not found.executed


def test_what_is_unsupported_is_not_judged() -> None:
    for identity in ("kmeans.step/plain", "kmeans.step/refuse-no-centers"):
        found = score(case(identity), hello(), Unsupported("not today"))
        assert (found.verdict, found.detail, found.executed) == ("unsupported", "not today", False)


# --- kmeans.optimum ---------------------------------------------------------------------------------


def test_any_minimiser_will_do() -> None:
    identity = "kmeans.optimum/two-minimisers"
    expected = right(identity)
    points = value(case(identity).input["points"])
    k = int(case(identity).params["k"])  # type: ignore[arg-type]
    best = parse(expected["distortion"])

    def distortion(labels: list[int]) -> Fraction:
        return kmeans.distortion(points, labels, kmeans.update(points, labels, [points[0]] * k))

    minimisers = 0
    for number in range(k ** len(points)):
        labels = [number // k**n % k for n in range(len(points))]
        verdict = judged(identity, {"distortion": expected["distortion"], "labels": labels}).verdict
        assert (verdict == "pass") == (distortion(labels) == best)
        minimisers += verdict == "pass"
    assert minimisers == 4  # two partitions, each with its clusters numbered in two ways


def test_a_distortion_that_is_not_the_optimum_fails_even_if_it_is_that_of_its_labels() -> None:
    identity = "kmeans.optimum/rectangle"
    points = value(case(identity).input["points"])
    labels = [1 - label if n in (0, 3) else label for n, label in enumerate(right(identity)["labels"])]
    k = int(case(identity).params["k"])  # type: ignore[arg-type]
    j = kmeans.distortion(points, labels, kmeans.update(points, labels, [points[0]] * k))
    assert j > parse(right(identity)["distortion"])
    assert judged(identity, {"distortion": str(j), "labels": labels}).verdict == "fail"
    found = judged(identity, {"distortion": right(identity)["distortion"], "labels": labels})
    assert found.verdict == "fail"
    assert "labels" in found.detail


@pytest.mark.parametrize("labels", [[0, 1, 2, 3], [-5, 10, 7, 9]])
def test_more_clusters_than_k_are_no_optimum(labels: list[int]) -> None:
    identity = "kmeans.optimum/fewer-distinct-points"
    assert case(identity).params["k"] in (3, "3")
    assert judged(identity, {"distortion": "0", "labels": labels}).verdict not in ("pass", "weak")


def test_fewer_clusters_than_k_may_be_optimal() -> None:
    assert judged("kmeans.optimum/fewer-distinct-points", {"distortion": "0", "labels": [0, 0, 2, 2]}).verdict == "pass"


# --- optima of graphs ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("identity", "room"),
    [
        ("modularity.optimum/square", modularity.modularity),
        ("modularity.optimum/loops", modularity.modularity),
        ("map_equation.optimum/complete", lambda weights, labels: map_equation.codelength(weights, labels, FLOAT)),
    ],
)
def test_any_optimal_partition_will_do(identity: str, room: Callable[[Any, list[int]], Any]) -> None:
    name = TASKS[case(identity).task].attained
    weights, best = value(case(identity).input["weights"]), right(identity)[name]
    optima = 0
    for labels in product(range(3), repeat=len(weights)):
        verdict = judged(identity, {name: best, "labels": list(labels)}).verdict
        assert (verdict == "pass") == (abs(room(weights, list(labels)) - parse(best)) < 1e-12)
        optima += verdict == "pass"
    assert optima > 1


@pytest.mark.parametrize("task", ["modularity.optimum", "map_equation.optimum"])
def test_a_value_that_is_that_of_its_labels_but_no_optimum_fails(task: str) -> None:
    identity, name = f"{task}/two-triangles", TASKS[task].attained
    weights, labels = value(case(identity).input["weights"]), [0, 0, 0, 0, 1, 1]
    own = (
        modularity.modularity(weights, labels)
        if name == "modularity"
        else Fraction(map_equation.codelength(weights, labels, FLOAT))
    )
    assert judged(identity, {name: str(own), "labels": labels}).verdict == "fail"
    found = judged(identity, {name: right(identity)[name], "labels": labels})
    assert found.verdict == "fail"
    assert f"the {name} of its labels" in found.detail
    wrong = judged(identity, {name: right(identity)[name], "labels": [0, 0, 0, 6, 6, 6]})
    assert (wrong.verdict, wrong.detail) == ("fail", "labels[3] is 6, which is no index below 6")


# --- what a peer declares ---------------------------------------------------------------------------


def omitting(task: str, *names: str) -> dict[str, dict[str, str]]:
    return {task: dict.fromkeys(names, "there is none")}


def test_results_that_a_peer_omits_are_not_judged() -> None:
    results = right("kmeans.fit/plain")
    del results["iterations"]
    omits = omitting("kmeans.fit", "iterations")
    assert judged("kmeans.fit/plain", results).verdict == "fail"
    assert judged("kmeans.fit/plain", results, omits=omits).verdict == "pass"
    assert judged("kmeans.fit/plain", {**results, "iterations": 77}, omits=omits).verdict == "pass"
    assert judged("kmeans.fit/plain", results, omits=omitting("kmeans.run", "iterations")).verdict == "fail"
    for name in ("centers", "distortion"):
        fewer = {key: tree for key, tree in right("kmeans.fit/plain").items() if key != name}
        found = judged("kmeans.fit/plain", fewer, omits=omitting("kmeans.fit", name))
        assert found.verdict == "pass"
        assert name not in found.digits


@pytest.mark.parametrize("name", ["labels", "distortion"])
def test_a_peer_may_omit_results_of_an_optimum(name: str) -> None:
    identity = "kmeans.optimum/rectangle"
    results = right(identity)
    del results[name]
    assert judged(identity, results, omits=omitting("kmeans.optimum", name)).verdict == "pass"


@pytest.mark.parametrize("name", ["labels", "centers", "distortion"])
def test_a_peer_may_omit_results_and_have_another_rule_for_empty_clusters(name: str) -> None:
    identity = "kmeans.step/empty-cluster"
    results = right(identity)
    del results[name]
    found = judged(identity, results, omits=omitting("kmeans.step", name), conventions={"empty": "relocate"})
    assert found.verdict in ("pass", "unsupported")


RELOCATED = {"labels": [0, 0, 1], "centers": [["11/2"], [7]], "distortion": "1/2"}
"""Points 5, 6, 7: the center without points went to the farthest point."""


def test_another_rule_for_empty_clusters_is_judged_by_its_own_consistency() -> None:
    identity = "kmeans.step/empty-cluster"
    moved = {"empty": "relocate"}
    found = judged(identity, RELOCATED, conventions=moved)
    assert found.verdict == "unsupported"
    assert "relocate" in found.detail
    wrong = judged(identity, {**RELOCATED, "distortion": "2"}, conventions=moved)
    assert wrong.verdict == "fail"
    assert "distortion is 2" in wrong.detail
    stray = judged(identity, {**RELOCATED, "labels": [0, 0, 2]}, conventions=moved)
    assert stray.verdict == "fail"
    assert judged(identity, RELOCATED).verdict in ("wrong branch", "fail")  # whoever keeps centers may not


def test_an_absurd_distortion_under_another_empty_rule_fails_in_one_sentence() -> None:
    results = {**RELOCATED, "distortion": "1e3000"}
    assert judged("kmeans.step/empty-cluster", results, conventions={"empty": "relocate"}).verdict == "fail"


def test_another_rule_for_empty_clusters_is_no_excuse_where_none_is_empty() -> None:
    identity = "kmeans.step/plain"
    assert judged(identity, right(identity), conventions={"empty": "relocate"}).verdict == "pass"
    wrong = right(identity, labels=[0, 1, 1, 1, 1])
    assert judged(identity, wrong, conventions={"empty": "relocate"}).verdict == "wrong branch"


# --- a peer held against cases ----------------------------------------------------------------------


class Fake:
    """A peer that answers every case in the same way."""

    def __init__(self, who: Hello, answer: Answer) -> None:
        self.hello, self.answer = who, answer
        self.asked: list[str] = []

    def run(self, task: str, given: Any, params: Any) -> Answer:
        self.asked.append(task)
        return self.answer


def test_a_task_that_is_not_offered_is_not_asked() -> None:
    peer = Fake(hello(tasks=("kmeans.assign",)), Refused("bad-input", "never"))
    cases = [case(i) for i in ("kmeans.assign/plain", "kmeans.step/plain", "kmeans.assign/refuse-dimension")]
    verdicts = [found.verdict for found, _ in verify(peer, cases)]
    assert verdicts == ["error", "unsupported", "pass"]
    assert peer.asked == ["kmeans.assign", "kmeans.assign"]


def test_verify_yields_the_answer_that_each_score_judges() -> None:
    answer = Result(right("kmeans.assign/plain"))
    peer = Fake(hello(), answer)
    ((found, judged_answer),) = verify(peer, [case("kmeans.assign/plain")])
    assert found == score(case("kmeans.assign/plain"), peer.hello, answer)
    assert judged_answer is answer


IDENTITIES = [f"{path.parent.name}/{path.stem}" for path in store.case_files(store.fixtures())]


@pytest.mark.parametrize("identity", IDENTITIES)
def test_the_golden_answer_passes_and_so_does_every_admissible_branch(identity: str) -> None:
    found = case(identity)
    for outcome in found.outcomes:
        conventions = {} if outcome.admissible == "always" else OTHER
        assert score(found, hello(conventions=conventions), Result(outcome.result)).verdict == "pass"
        for variant in outcome.alternatives.get("labels=final", []):
            others = {} if "always" == outcome.admissible == variant.admissible else OTHER
            results = {**outcome.result, **variant.result}
            assert score(found, hello(conventions={**others, **FINAL}), Result(results)).verdict == "pass"
    if found.refused is not None:
        assert score(found, hello(), Refused(found.refused, "no")).verdict == "pass"


def test_the_certified_text_is_what_answers_are_compared_with() -> None:
    text = right("coins.step/lecture")["log_likelihood"]
    exact, unit = certified(text)
    assert unit > 0
    assert agreement(exact, text, lambda: Fraction(1))[0] == math.inf
