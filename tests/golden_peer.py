"""A peer that answers what the cases expect; what it gets wrong on purpose stands in the environment."""

import os
from typing import Any

from refimpl.oracle import case as cases, store
from refimpl.oracle.peers.peer import Answer, Hello, Result, Unsupported

TASKS = ("kmeans.step", "coins.step")

WRONG = "GOLDEN_WRONG"
"""The variable with the ids, separated by blanks."""


class Golden:
    """Knows the cases of two tasks by heart."""

    def __init__(self) -> None:
        self.hello = Hello("golden", "1", "none", "binary64", TASKS)
        wrong = os.environ.get(WRONG, "").split()
        self.known: dict[str, Answer] = {}
        for task in TASKS:
            for found in store.cases(store.fixtures(), task=task):
                self.known[repr((found.task, found.input, found.params))] = self.answer(found, found.id in wrong)

    def answer(self, found: cases.Case, wrong: bool) -> Answer:
        if found.expected is None:
            return Unsupported("nothing is known of refusals")
        results: Any = found.expected
        return Result({**results, next(iter(results)): "x"} if wrong else results)

    def run(self, task: str, given: Any, params: Any) -> Answer:
        return self.known[repr((task, given, params))]
