"""The oracle tested: mistakes are put into a right implementation, one at a time, and the cases that name them notice.

A mistake that is another convention in truth is no mistake any more where it is declared.
"""

import pytest
from golden import cases, compared, textbook
from textbook import Textbook
from wrong import ALL, Wrong

from refimpl.oracle.tasks import TASKS

FINE = ("pass", "unsupported")

CONVENTIONS = [kind for kind in ALL if kind.honest]


def names(kind: type[Wrong]) -> str:
    return kind.__name__


def noticed(kind: type[Wrong], task: str) -> bool:
    """Whether a case of the task has a verdict that is not fine; asked first are those that may be quick to tell."""
    asked = [identity for identity, case in cases().items() if case.task == task]
    asked.sort(key=lambda identity: (identity not in kind.caught, len(str(cases()[identity].input))))
    return any(compared(kind, identity).verdict not in FINE for identity in asked)


def test_the_textbook_passes_every_golden_case_of_every_task() -> None:
    assert set(Textbook().hello.tasks) == set(TASKS)
    assert {
        identity: right.score.detail for identity, right in textbook().items() if right.score.verdict != "pass"
    } == {}
    assert len(textbook()) == len(cases())


@pytest.mark.parametrize("kind", ALL, ids=names)
def test_the_cases_that_name_a_mistake_notice_it_and_no_other_task_does(kind: type[Wrong]) -> None:
    assert kind.__doc__
    assert kind.caught
    for identity, (verdict, phrase) in kind.caught.items():
        found = compared(kind, identity)
        assert found.verdict == verdict, found
        assert phrase in cases()[identity].reason
    assert [task for task in TASKS if noticed(kind, task)] == list(kind.spoils)


@pytest.mark.parametrize("kind", CONVENTIONS, ids=names)
def test_a_convention_is_no_mistake_where_it_is_declared(kind: type[Wrong]) -> None:
    declared = type(kind.__name__, (kind,), {"conventions": kind.honest})
    rooms = {task.partition(".")[0] for task in kind.spoils}
    found = {identity: compared(declared, identity) for identity in cases() if identity.partition(".")[0] in rooms}
    failed = {identity: score.detail for identity, score in found.items() if score.verdict not in FINE}
    assert failed == {}
    assert set(kind.caught) <= set(found)


def test_every_case_is_there_for_a_mistake_or_says_what_it_shows() -> None:
    named = {identity for kind in ALL for identity in kind.caught}
    shows = {identity for identity, case in cases().items() if case.reason.startswith("Shows ")}
    assert set(cases()) - named == shows
    assert all(cases()[identity].reason.startswith("Catches ") for identity in named)
