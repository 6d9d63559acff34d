"""The oracle tested: implementations that are right in another way pass every golden case, also as a program."""

import sys
from pathlib import Path

import pytest
from golden import cases, compared, scores, textbook
from right import ALL, Elkan, Exact, FinalLabels
from textbook import Textbook
from wrong import LastIndexOnTies

from refimpl.oracle.peers.adapter import Adapter
from refimpl.oracle.peers.program import Program
from refimpl.oracle.score import Score

DECLARED = [kind for kind in ALL if kind.conventions]
WHOLE = [kind for kind in ALL if kind is not Exact]


def names(kind: type[Textbook]) -> str:
    return kind.__name__


def judged(kind: type[Textbook]) -> dict[str, Score]:
    """Every score; where other conventions are declared, every answer is judged again by them."""
    return scores(kind()) if kind.conventions or kind.precision != "binary64" else dict(compared(kind))


@pytest.mark.parametrize("kind", ALL, ids=names)
def test_what_is_right_in_another_way_passes_every_case_of_its_tasks(kind: type[Textbook]) -> None:
    found = judged(kind)
    offered = [identity for identity in found if cases()[identity].task in kind().hello.tasks]
    assert {identity: f"{found[identity].verdict}: {found[identity].detail}" for identity in offered} == dict.fromkeys(
        offered, "pass: "
    )
    assert len(offered) == len(cases()) - (26 if kind is Exact else 0)
