"""The commands dump and score: cases out as a file, answers back in as a file."""

import shlex
import shutil
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import click

from refimpl.cli.console import FILE, FIXTURES, emit, with_progress
from refimpl.cli.report import conclude, forms
from refimpl.errors import BadInput
from refimpl.oracle.visible import visible


@click.command()
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--task", help="Only the cases of this task.")
@click.option("--output", type=FILE, help="Write to this file rather than to standard output.")
@FIXTURES
def dump(form: str, task: str | None, output: Path | None, fixtures: Path | None) -> None:
    """Write what every golden case asks, for a program that reads files: JSON Lines, or CSV with a number a line.

    \b
      refimpl dump --task kmeans.step --format csv --output cases.csv
      ... your program reads cases.csv and writes answers.csv ...
      refimpl score answers.csv --task kmeans.step

    In CSV the columns are id, part (input or params), name, row, column, value; rows and columns count from 0, and a
    list that is empty has one line whose part is "empty".
    """
    from refimpl.oracle import exchange, store

    root = fixtures or store.fixtures()
    store.asked(root, task, None)
    cases = store.cases(root, task=task)
    lines = exchange.to_csv(cases) if form == "csv" else exchange.to_json_lines(cases)
    if output is not None:
        store.write(output, (line.encode() for line in lines))
    else:
        emit(lines)


@click.command()
@click.argument("results", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--name", default="answers", show_default=True, help="Of the implementation, for the report.")
@click.option("--precision", default="binary64", show_default=True, help="In which it computes, or binary32.")
@click.option("--convention", "declared", metavar="NAME=VALUE", multiple=True, help="As labels=final; may be repeated.")
@click.option("--task", help="Only the cases of this task.")
@click.option("--case", "case_id", help="Only this case; prints the answer beside what is expected.")
@FIXTURES
@forms
def score(
    results: Path,
    name: str,
    precision: str,
    declared: tuple[str, ...],
    task: str | None,
    case_id: str | None,
    fixtures: Path | None,
    form: str,
    junit: Path | None,
    html: Path | None,
) -> None:
    """Judge the answers in the file RESULTS (- for standard input), JSON Lines or CSV, as `verify` would.

    JSON Lines, one answer a line, in any order:

    \b
      {"id": "kmeans.step/plain", "result": {"labels": [0, 1], "centers": [["1/2"], [3.5]], "distortion": 0.5}}
      {"id": "kmeans.step/refuse-nan", "error": {"kind": "bad-input", "message": "NaN"}}
      {"id": "kmeans.step/empty-cluster", "unsupported": "we have no rule for that"}

    CSV, one number a line, those of a case together; a list has no column, a single number neither row nor column:

    \b
      id,name,row,column,value
      kmeans.step/plain,labels,0,,0
      kmeans.step/plain,centers,0,0,0.5
      kmeans.step/plain,distortion,,,0.5
      kmeans.step/refuse-nan,error,,,bad-input

    The conventions are listed in the documentation, docs/verify-yours. Exit status 1 if any case is not passed.
    """
    from refimpl.oracle import exchange, store
    from refimpl.oracle.journal import Journal
    from refimpl.oracle.peers.peer import Hello
    from refimpl.oracle.report.tally import Report
    from refimpl.oracle.verify import judged

    root = fixtures or store.fixtures()
    total = store.asked(root, task, case_id)
    with ExitStack() as stack:
        answers = exchange.Answers(stack.enter_context(_open(results)), str(results))
        answers.check_ids(store.ids(root))
        hello = Hello(name, "", "", precision, answers.tasks, _conventions(declared))
        journal = stack.enter_context(Journal())
        for case in with_progress(store.cases(root, task=task, case_id=case_id), total, f"score {name}"):
            answer = answers.answer(case)
            journal.add(judged(case, hello, answer), answer)
        words = ["refimpl", "score", str(results), "--name", name, "--precision", precision]
        words += [word for text in declared for word in ("--convention", text)]
        words += ["--fixtures", str(fixtures)] if fixtures else []
        report = Report(hello, journal, visible(shlex.join(words)), total)
        conclude(report, form, root, junit=junit, html=html, single=case_id is not None)


def _conventions(declared: tuple[str, ...]) -> Mapping[str, str]:
    found = {}
    for text in declared:
        name, equals, value = text.partition("=")
        if not equals:
            raise BadInput(f"--convention {text}: give NAME=VALUE, such as labels=final")
        found[name] = value
    return found


def _open(path: Path) -> IO[bytes]:
    """Return a file that can be read twice. Raises BadInput."""
    if str(path) == "-" and sys.stdin is None:
        raise BadInput("standard input is closed; give a file of answers")
    try:
        file = sys.stdin.buffer if str(path) == "-" else path.open("rb")
        if str(path) != "-" and path.is_file():
            return file
        with file:
            spool = tempfile.TemporaryFile()  # noqa: SIM115 # the caller closes it
            shutil.copyfileobj(file, spool)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; give a file of answers") from None
    spool.seek(0)
    return spool
