"""The loop of expectation and maximisation, on models small enough to follow by hand."""

from fractions import Fraction as Q
from itertools import islice

import pytest

from refimpl import em


def model_that_notes(notes: list[tuple[object, ...]]) -> em.Model[str, int, str]:
    """A model of theta -> theta + 1, and every call noted with all its arguments."""

    def e_step(data: str, theta: int) -> str:
        notes.append(("E", data, theta))
        return f"expectations at {theta}"

    def m_step(data: str, posterior: str, theta: int) -> int:
        notes.append(("M", data, posterior, theta))
        return theta + 1

    return em.Model(e_step, m_step)


def test_the_start_is_theta_as_given_with_the_expectations_there() -> None:
    notes: list[tuple[object, ...]] = []
    state = em.start(model_that_notes(notes), "data", 7)
    assert (state.entered, state.posterior, state.theta) == (7, "expectations at 7", 7)
    assert notes == [("E", "data", 7)]


def test_a_step_is_one_expectation_and_one_maximisation_at_the_theta_that_entered() -> None:
    notes: list[tuple[object, ...]] = []
    state = em.step(model_that_notes(notes), "data", em.State(1, "stale", 4))
    assert (state.entered, state.posterior, state.theta) == (4, "expectations at 4", 5)
    assert notes == [("E", "data", 4), ("M", "data", "expectations at 4", 4)]


def test_a_trace_begins_with_the_state_given_and_chains_its_steps() -> None:
    model = model_that_notes([])
    states = list(islice(em.trace(model, "data", em.start(model, "data", 0)), 4))
    assert [state.theta for state in states] == [0, 1, 2, 3]
    assert [state.entered for state in states] == [0, 0, 1, 2]
    assert [state.posterior for state in states[1:]] == [f"expectations at {n}" for n in range(3)]


def test_a_trace_takes_no_step_before_it_is_asked() -> None:
    notes: list[tuple[object, ...]] = []
    model = model_that_notes(notes)
    states = em.trace(model, "data", em.State(0, "", 0))
    assert next(states).theta == 0
    assert notes == []
    assert next(states).theta == 1
    assert len(notes) == 2


def test_states_are_not_changed_afterwards() -> None:
    state = em.State(1, "p", 2)
    with pytest.raises(AttributeError):
        state.theta = 3  # type: ignore[misc]


def test_missing_observations_of_a_mean_are_filled_in_exactly() -> None:
    """Two numbers seen (1 and 2) and one missing, unit variance: E sets the missing one to theta, M takes the mean.

    theta' = (1 + 2 + theta) / 3, so that theta_t = 3/2 + (theta_0 - 3/2) / 3^t.
    """
    model: em.Model[tuple[int, int], Q, Q] = em.Model(
        lambda seen, theta: sum(seen) + theta, lambda seen, total, theta: Q(total) / (len(seen) + 1)
    )
    states = islice(em.trace(model, (1, 2), em.start(model, (1, 2), Q(9))), 6)
    assert [state.theta for state in states] == [Q(3, 2) + Q(15, 2) / 3**t for t in range(6)]
