"""Times of jobs that take turns, so that a busy machine slows all of them alike; the fastest turn counts."""

import time
from collections.abc import Callable, Mapping


def fastest(jobs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the seconds of each job's fastest turn."""
    best = dict.fromkeys(jobs, float("inf"))
    for _ in range(rounds):
        for name, job in jobs.items():
            start = time.perf_counter()
            job()
            best[name] = min(best[name], time.perf_counter() - start)
    return best


def ratios(title: str, best: Mapping[str, float], of: str) -> str:
    """Return a line: the time of `of`, and all others as multiples of it."""
    others = ", ".join(f"{name} {seconds / best[of]:.2f}" for name, seconds in best.items() if name != of)
    return f"{title}: {of} {best[of] * 1e6:.2f} us = 1; {others}"
