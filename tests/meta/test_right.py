"""The oracle tested: implementations that are right in another way pass every golden case, also as a program."""

import sys
from pathlib import Path

import pytest
from golden import cases, compared, scores
from right import ALL, Elkan
from textbook import Textbook
from wrong import LastIndexOnTies

from refimpl.oracle.peers.program import Program
from refimpl.oracle.score import Score


def names(kind: type[Textbook]) -> str:
    return kind.__name__


def judged(kind: type[Textbook]) -> dict[str, Score]:
    """Every score; what is declared otherwise than by the textbook has every answer judged again."""
    alike = kind.conventions == Textbook.conventions and kind.precision == Textbook.precision
    return {identity: compared(kind, identity) for identity in cases()} if alike else scores(kind())


def offered(kind: type[Textbook]) -> set[str]:
    return {identity for identity, case in cases().items() if case.task in kind().hello.tasks}


@pytest.mark.parametrize("kind", ALL, ids=names)
def test_what_is_right_in_another_way_passes_every_case_of_its_tasks(kind: type[Textbook]) -> None:
    found = judged(kind)
    assert {
        identity: f"{score.verdict}: {score.detail}"
        for identity, score in found.items()
        if score.verdict != ("pass" if identity in offered(kind) else "unsupported")
    } == {}
    assert len(offered(kind)) > 100


@pytest.mark.parametrize("kind", ALL, ids=names)
def test_it_is_written_in_another_way(kind: type[Textbook]) -> None:
    assert any(name in vars(Textbook) for base in kind.__mro__ if base is not Textbook for name in vars(base))


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command that serves an adapter of this folder, without the name of the adapter."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    return [sys.executable, "-m", "refimpl", "serve", "--module"]


def test_a_right_implementation_passes_every_case_as_a_program(served: list[str]) -> None:
    with Program([*served, "right:Elkan"]) as program:
        assert program.hello == Elkan().hello
        found = scores(program)
    assert {identity: score.detail for identity, score in found.items() if score.verdict != "pass"} == {}


def test_a_wrong_implementation_has_the_same_scores_as_a_program(served: list[str]) -> None:
    with Program([*served, "wrong:LastIndexOnTies"]) as program:
        assert scores(program, LastIndexOnTies.caught) == scores(LastIndexOnTies(), LastIndexOnTies.caught)
