"""Certificates of choose_k.sweep: what the proof refuses, the ratio by pairs, and what moves it."""

from fractions import Fraction
from typing import Any

import pytest
from msgspec.structs import replace

from refimpl import silhouette
from refimpl.certify import sensitivity_silhouette, silhouettes
from refimpl.errors import Refuted, Unsupported
from refimpl.numbers import EXACT, FLOAT, ball
from refimpl.oracle import recheck, store
from refimpl.oracle.case import Case
from refimpl.oracle.certificates import Paths, Sweep

PLANE = [[Fraction(x) for x in row] for row in ((0, 0), (1, 2), (2, 1), (7, 7), (8, 9), (9, 6))]
LABELS = [0, 0, 0, 1, 1, 1]


def case(slug: str) -> Case:
    return store.find(store.fixtures(), f"choose_k.sweep/{slug}")


def sweep(found: Case) -> Sweep:
    assert isinstance(found.certificate, Sweep)
    return found.certificate


def refused(found: Case, word: str) -> None:
    with pytest.raises(Refuted, match=word):
        recheck.prove(found)


def test_a_run_for_every_start() -> None:
    found = case("plane")
    refused(replace(found, certificate=replace(sweep(found), runs=sweep(found).runs[:1])), "1 entries for 2 starts")


def test_the_runs_are_followed_step_by_step() -> None:
    found = case("moves-first")
    first, second = sweep(found).runs
    (path,) = first.paths
    for wrong, word in (
        (replace(first, paths=[path[:-1]]), "stops too early"),
        (replace(first, paths=[[*path, path[-1]]]), "goes on after step"),
        (replace(first, paths=[[path[-1], path[-1]]]), "not those of nearest centers"),
        (replace(first, margin=None), "margin"),
    ):
        refused(replace(found, certificate=replace(sweep(found), runs=[wrong, second])), word)
    refused(replace(found, certificate=first), "which the task needs")


def test_every_end_of_a_tie_is_an_outcome() -> None:
    found = case("tie-at-the-start")
    (branch,) = found.branches
    first, second = sweep(found).runs
    refused(replace(found, branches=[]), "admissible")
    refused(replace(found, branches=[replace(branch, admissible="always")]), "admissible")
    refused(replace(found, branches=[branch, branch]), "admissible")
    one = replace(first, paths=first.paths[:1])
    refused(replace(found, branches=[], certificate=replace(sweep(found), runs=[one, second])), "is not followed")


@pytest.mark.parametrize("slug", ["plane", "line", "tie-at-the-start"])
@pytest.mark.parametrize("name", ["distortion", "silhouette", "ratio"])
def test_one_digit_more_or_less_is_refused(slug: str, name: str) -> None:
    found = case(slug)
    outcomes: list[Any] = [found.expected, *(branch.result for branch in found.branches)]
    for number, outcome in enumerate(outcomes):
        for i, text in enumerate(outcome[name]):
            other = "0" if text is None else f"{text[:-1]}{(int(text[-1]) + 1) % 10}"
            changed = {**outcome, name: [*outcome[name][:i], other, *outcome[name][i + 1 :]]}
            if number:
                wrong = replace(found, branches=[replace(found.branches[0], result=changed)])
            else:
                wrong = replace(found, expected=changed)
            refused(wrong, name)


def test_the_ratio_is_that_of_the_room_by_another_formula() -> None:
    numbers = ball(40)
    assert abs((silhouettes.ratio(PLANE, LABELS, numbers) - silhouette.ratio(PLANE, LABELS, numbers)).mid) < 10**-38
    line = [[Fraction(x)] for x in (0, 1, 5, 9)]
    assert (
        silhouettes.ratio(line, [0, 0, 1, 1], EXACT) == Fraction(5, 13) == silhouette.ratio(line, [0, 0, 1, 1], EXACT)
    )
    with pytest.raises(Unsupported):
        silhouettes.ratio(PLANE, LABELS, EXACT)


def test_the_sensitivity_of_the_ratio_is_that_of_difference_quotients() -> None:
    step = 2.0**-20
    size = 0.0
    for n, row in enumerate(PLANE):
        for d, x in enumerate(row):
            ends = []
            for sign in (1, -1):
                moved = [[float(a) for a in other] for other in PLANE]
                moved[n][d] += sign * step
                ends.append(silhouette.ratio(moved, LABELS, FLOAT))
            size += abs((ends[0] - ends[1]) / (2 * step) * float(x))
    assert float(sensitivity_silhouette.of_ratio(PLANE, LABELS)) == pytest.approx(size, rel=1e-6)


def test_a_certificate_of_one_run_is_none_of_a_sweep() -> None:
    found = case("line")
    refused(replace(found, certificate=Paths(None, [])), "which the task needs")
