"""The golden cases as test items of anybody's own suite; pytest finds this plugin when refimpl is installed.

    pytest --refimpl mykm.adapter:MyKMeans            an adapter, asked in this process, so that a debugger works
    pytest --refimpl-exec "node kmeans.js"            a program
    pytest --refimpl ... --refimpl-xfail known.toml   with a list of known deviations, kept by the user:

        "kmeans.fit/tie-broken-by-centring" = "we centre the data first, which rounds the tie away"

Without one of the first two options the plugin does nothing. Everything but the options is imported when it is needed.
"""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from refimpl.errors import BadInput
from refimpl.oracle.visible import one_line, visible

if TYPE_CHECKING:
    from refimpl.oracle.case import Case
    from refimpl.oracle.peers.peer import Peer
    from refimpl.oracle.score import Score

VERDICT = "refimpl verdict"
"""The name of the user property by which a verdict reaches the summary, from other processes too."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("refimpl", "golden cases of K-means and EM (refimpl)")
    group.addoption("--refimpl", metavar="MODULE:OBJECT", help="hold this adapter against the golden cases")
    group.addoption("--refimpl-exec", metavar="COMMAND", help="hold this program against the golden cases")
    group.addoption("--refimpl-task", metavar="TASK", help="only the cases of this task")
    group.addoption("--refimpl-case", metavar="ID", help="only this case")
    group.addoption("--refimpl-xfail", metavar="FILE", type=Path, help='TOML of known deviations: "case id" = "reason"')


def pytest_configure(config: pytest.Config) -> None:
    """Register the golden cases where an implementation is named."""
    place, command = config.getoption("--refimpl"), config.getoption("--refimpl-exec")
    if place is not None and command is not None:
        raise pytest.UsageError("give --refimpl or --refimpl-exec, not both")
    if place is not None or command is not None:
        config.pluginmanager.register(_GoldenCases(config, place, command), "refimpl golden cases")
        return
    for option in ("--refimpl-task", "--refimpl-case", "--refimpl-xfail"):
        if config.getoption(option) is not None:
            raise pytest.UsageError(f"{option} needs an implementation; give --refimpl or --refimpl-exec as well")


class _GoldenCases:
    """The plugin while an implementation is judged."""

    def __init__(self, config: pytest.Config, place: str | None, command: str | None) -> None:
        from refimpl.oracle import store

        self._task, self._case_id = config.getoption("--refimpl-task"), config.getoption("--refimpl-case")
        try:
            self._total = store.asked(store.fixtures(), self._task, self._case_id)
            self._known = _known(config.getoption("--refimpl-xfail"))
            self._peer, self._option = _peer(place, command)
            self._offered = self._peer.hello.tasks  # asked now: a worker of xdist cannot tell what is wrong
        except BadInput as error:
            raise pytest.UsageError(f"refimpl: {error}") from None
        self._verdicts: dict[str, str] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Add an item for each case of a task that the implementation offers; -k and -m choose among them."""
        if self._case_id is not None:  # this case only, and none of the user's own tests
            session.config.hook.pytest_deselected(items=items[:])
            items.clear()
        suite = GoldenSuite.from_parent(session, name="refimpl", nodeid="refimpl", golden=self)
        collected = session.ihook.pytest_make_collect_report(collector=suite)
        session.ihook.pytest_collectreport(report=collected)
        items.extend(collected.result or [])

    def items(self, suite: GoldenSuite) -> Iterator[GoldenItem]:
        """Yield an item for each case."""
        from refimpl.oracle import store

        for case in store.cases(store.fixtures(), task=self._task, case_id=self._case_id):
            if case.task in self._offered:
                item = GoldenItem.from_parent(suite, name=case.id, case=case, peer=self._peer, option=self._option)
                if case.id in self._known:
                    item.add_marker(pytest.mark.xfail(reason=self._known[case.id], raises=Deviation))
                yield item

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a verdict, which may come from another process."""
        for name, verdict in report.user_properties:
            if name == VERDICT and report.when == "call":
                self._verdicts[report.nodeid.removeprefix("refimpl::")] = str(verdict)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print executed / applicable / total, and what passes though the user's list says that it does not."""
        if terminalreporter.config.getoption("--collect-only"):
            return
        applicable = [verdict for verdict in self._verdicts.values() if verdict != "unsupported"]
        executed = sum(verdict != "error" for verdict in applicable)
        terminalreporter.section("refimpl", sep="-")
        counts = f"{executed} / {len(applicable)} / {self._total}"
        terminalreporter.line(f"golden cases executed / applicable / total: {counts}")
        for case_id, reason in self._known.items():
            if self._verdicts.get(case_id) == "pass":
                terminalreporter.line(f"unexpected pass: {case_id} (known as: {reason}); take it off the list")

    def pytest_unconfigure(self) -> None:
        """End a program."""
        from refimpl.oracle.peers.program import Program

        if isinstance(self._peer, Program):
            self._peer.close()


class GoldenSuite(pytest.Collector):
    """The parent of all golden cases."""

    def __init__(self, *, golden: _GoldenCases, **rest: object) -> None:
        """Keep who knows the cases."""
        super().__init__(**rest)  # type: ignore[arg-type] # pytest's own: name and parent
        self._golden = golden

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the golden cases."""
        return self._golden.items(self)


class Deviation(Exception):
    """A verdict that is not a pass."""


class GoldenItem(pytest.Item):
    """One golden case."""

    def __init__(self, *, case: Case, peer: Peer, option: str, **rest: object) -> None:
        """Keep what is asked, and who is."""
        super().__init__(**rest)  # type: ignore[arg-type] # pytest's own: name and parent
        self._case, self._peer, self._option = case, peer, option

    def runtest(self) -> None:
        """Ask the case and judge the answer."""
        from refimpl.oracle.verify import verify

        ((score, _),) = verify(self._peer, [self._case])
        self.user_properties.append((VERDICT, score.verdict))
        if score.verdict == "unsupported":
            pytest.skip(visible(score.detail))
        if score.verdict != "pass":
            raise Deviation(self._told(score))

    def _told(self, score: Score) -> str:
        digits = ", ".join(f"{name} {found:.1f}/{score.attainable[name]:.1f}" for name, found in score.digits.items())
        lines = [f"{score.verdict}: {score.detail}", f"the case: {self._case.title}. {self._case.reason}"]
        if digits:
            lines.append(f"digits of agreement / attainable: {digits}")
        return visible("\n".join([*lines, f"again: pytest {self._option} --refimpl-case {self._case.id}"]))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """Return sentences for a deviation; a fault of refimpl keeps its traceback."""
        if isinstance(excinfo.value, Deviation):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the case lies."""
        from refimpl.oracle import store

        return store.fixtures() / "cases" / f"{self._case.id}.json", None, f"golden case {self._case.id}"


def _peer(place: str | None, command: str | None) -> tuple[Peer, str]:
    """Return the implementation, and the option that names it. Raises BadInput."""
    from refimpl.oracle.peers.module import load
    from refimpl.oracle.peers.program import Program

    if place is not None:
        return load(place), f"--refimpl {shlex.quote(place)}"
    assert command is not None
    return Program(command), f"--refimpl-exec {shlex.quote(command)}"


def _known(path: Path | None) -> Mapping[str, str]:
    """Return the known deviations. Raises BadInput that names the file, the case and the rule."""
    from refimpl.oracle import store

    if path is None:
        return {}
    try:
        known = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; give a readable file") from None
    except (ValueError, RecursionError) as error:
        raise BadInput(
            f'{path}: {one_line(error)}; give lines such as "kmeans.fit/plain" = "why it deviates"'
        ) from None
    for case_id, reason in known.items():
        if not isinstance(reason, str) or not reason.strip():
            raise BadInput(f"{path}: {case_id!r} has no reason; tell in a text why the implementation deviates")
        try:
            store.find(store.fixtures(), case_id)
        except BadInput as error:
            raise BadInput(f"{path}: {error}") from None
    return known
