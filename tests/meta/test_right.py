"""The oracle tested: implementations that are right in another way pass every golden case, also as a program."""

import sys
from pathlib import Path

import pytest
from golden import cases, compared, scores
from right import ALL, Bounded, Elkan, Hamerly
from textbook import Rows, Textbook, Vector
from wrong import LastIndexOnTies

from refimpl.oracle.peers.program import Program
from refimpl.oracle.score import Score

NOT_APPLICABLE = {
    "Binary32": {
        "moments.covariance/magnitude-1e-150",
        "moments.covariance/magnitude-1e150",
        "kmeans.assign/magnitude-1e-150",
        "kmeans.assign/magnitude-1e150",
        "kmeans.assign/near-tie-seen",
        "kmeans.assign/offset-1e8",
        "kmeans.assign/offset-1e8-plane",
        "kmeans.assign/offset-1e8-plane-seen",
        "kmeans.step/offset-1e8",
        "kmeans.run/offset-1e8",
        "kmeans.fit/magnitude-1e-150",
        "kmeans.fit/magnitude-1e150",
        "kmeans.fit/offset-1e8",
        "kmeans.seeding/offset-1e8",
        "coins.step/thousand-tosses",
        "gmm.e_step/far-away",
        "gmm.e_step/iris",
        "binomial.step/thousand-tosses",
        "power.run/large-numbers",
        "power.run/small-numbers",
        "pca.fit/large-numbers",
        "pca.fit/offset-1e8",
        "pca.fit/offset-twenty",
        "pca.fit/offset-three",
        "pca.fit/small-numbers",
        "nmf.run/hundred-steps",
        "nmf.run/large-numbers",
        "silhouette.samples/large-numbers",
        "silhouette.samples/small-numbers",
        "silhouette.samples/offset-1e8",
        "silhouette.clusters/offset-1e8",
        "choose_k.sweep/large-numbers",
        "choose_k.sweep/offset-1e8",
        "modularity.score/large-numbers",
        "modularity.score/small-numbers",
        "modularity.optimum/large-numbers",
        "map_equation.score/large-numbers",
        "map_equation.score/small-numbers",
        "map_equation.optimum/small-numbers",
    },
    "NoEmptyClusters": {
        "kmeans.update/empty-keeps",
        "kmeans.step/empty-cluster",
        "kmeans.step/equal-centers",
        "kmeans.step/more-centers-than-distinct-points",
        "kmeans.step/stale-inertia",
        "kmeans.fit/all-points-equal",
        "kmeans.fit/crossed-squares",
        "kmeans.fit/empty-cluster",
        "kmeans.fit/more-centers-than-distinct-points",
        "kmeans.fit/stale-inertia",
    },
    "SampleMoments": {"moments.covariance/single-observation"},
}
"""By implementation: the cases of its tasks that ask for more than it declares to have."""


def names(kind: type[Textbook]) -> str:
    return kind.__name__


def judged(kind: type[Textbook]) -> dict[str, Score]:
    """Every score."""
    return {identity: compared(kind, identity) for identity in cases()}


def offered(kind: type[Textbook]) -> set[str]:
    return {identity for identity, case in cases().items() if case.task in kind().hello.tasks}


@pytest.mark.parametrize("kind", ALL, ids=names)
def test_what_is_right_in_another_way_passes_every_case_of_its_tasks(kind: type[Textbook]) -> None:
    found = judged(kind)
    applicable = offered(kind) - NOT_APPLICABLE.get(kind.__name__, set())
    assert {
        identity: f"{score.verdict}: {score.detail}"
        for identity, score in found.items()
        if score.verdict != ("pass" if identity in applicable else "unsupported")
    } == {}
    assert len(applicable) > 100


@pytest.mark.parametrize("kind", [Elkan, Hamerly], ids=names)
def test_bounds_save_distances_between_points_and_centers(kind: type[Bounded]) -> None:
    case = cases()["kmeans.fit/iris-3"]

    def compared_with_centers(base: type[Textbook]) -> int:
        count = 0

        class Counting(base):  # type: ignore[misc, valid-type]
            def squared_distance(self, x: Vector, y: Vector) -> float:
                nonlocal count
                count += x in self.seen
                return super().squared_distance(x, y)

            def assign(self, points: Rows, centers: Rows) -> list[int]:
                self.seen = points
                return super().assign(points, centers)

        Counting().run(case.task, case.input, case.params)
        return count

    assert compared_with_centers(kind) < 0.8 * compared_with_centers(Textbook)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command that serves an adapter of this folder, without the name of the adapter."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    return [sys.executable, "-m", "refimpl", "serve", "--module"]


def test_a_right_implementation_passes_every_case_as_a_program(served: list[str]) -> None:
    short = [identity for identity, case in cases().items() if len(str(case.input)) < 3_000]
    with Program([*served, "right:Elkan"]) as program:
        assert program.hello == Elkan().hello
        found = scores(program, short)
    assert {identity: score.detail for identity, score in found.items() if score.verdict != "pass"} == {}
    assert {cases()[identity].task for identity in found} == set(Elkan().hello.tasks)


def test_a_wrong_implementation_has_the_same_scores_as_a_program(served: list[str]) -> None:
    with Program([*served, "wrong:LastIndexOnTies"]) as program:
        assert scores(program, LastIndexOnTies.caught) == scores(LastIndexOnTies(), LastIndexOnTies.caught)
