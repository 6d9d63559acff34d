"""Where the fixtures lie, and safe writing.

An installed package carries them as `refimpl/fixtures`; a checkout has them beside the package.
"""

import contextlib
import csv
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import refimpl
from refimpl.errors import BadInput
from refimpl.oracle.case import Case, read
from refimpl.oracle.tasks import task_named


def fixtures() -> Path:
    """Return the folder of the fixtures."""
    package = Path(refimpl.__file__).parent
    inside = package / "fixtures"
    return inside if inside.is_dir() else package.parent / "fixtures"


def case_files(root: Path) -> list[Path]:
    """Return the case files below a folder, in the order of their ids. Raises BadInput where there are none."""
    files = sorted((root / "cases").glob("*/*.json"))
    if not files:
        raise BadInput(f"{root}: no cases/<task>/<slug>.json below it; give a folder made by `refimpl generate`")
    return files


def _chosen(root: Path, task: str | None, case_id: str | None) -> list[Path]:
    files = case_files(root) if case_id is None else [root / "cases" / f"{case_id}.json"]
    if case_id is not None and not (files[0].is_file() and case_id == f"{files[0].parent.name}/{files[0].stem}"):
        return []
    return [path for path in files if task is None or path.parent.name == task]


def count(root: Path, *, task: str | None = None, case_id: str | None = None) -> int:
    """Return how many cases `cases` would yield."""
    return len(_chosen(root, task, case_id))


def asked(root: Path, task: str | None, case_id: str | None) -> int:
    """Return how many cases a task and an id choose. Raises BadInput where there is no such task, id or case."""
    if task is not None:
        task_named(task)
    total = count(root, task=task, case_id=case_id)
    if total == 0:
        if case_id is not None:
            find(root, case_id)
        raise BadInput(f"{root}: no case is of the task {task!r}" + (f" and has the id {case_id!r}" if case_id else ""))
    return total


def ids(root: Path) -> Iterator[str]:
    """Yield the ids of all cases. Raises BadInput where there are none."""
    return (f"{path.parent.name}/{path.stem}" for path in case_files(root))


def cases(root: Path, *, task: str | None = None, case_id: str | None = None) -> Iterator[Case]:
    """Yield cases one at a time, all or those of a task or with an id. Raises BadInput for a bad file."""
    for path in _chosen(root, task, case_id):
        case = read(path)
        if case.id != f"{path.parent.name}/{path.stem}":
            raise BadInput(f"{path}: id is {case.id!r}; a case lies in cases/<id>.json")
        yield case


def find(root: Path, case_id: str) -> Case:
    """Return one case. Raises BadInput that names the nearest ids."""
    for case in cases(root, case_id=case_id):
        return case
    case_files(root)  # which says so where there are no cases at all
    raise BadInput(f"there is no case {case_id!r}; `refimpl list` shows all ids")


def dataset(name: str, columns: tuple[str, ...], start: int = 0, stop: int | None = None) -> list[list[str]]:
    """Return columns of fixtures/data/<name>.csv as they are printed, row by row, of the rows start <= i < stop.

    columns: names, or patterns such as "pixel_*", each of which stands for all that match it, in the order of the file.
    Raises BadInput where there is no such data set, no such column or no such row.
    """
    folder = fixtures() / "data"
    known = sorted(path.stem for path in folder.glob("*.csv"))
    if name not in known:
        raise BadInput(f"there is no data set {name!r}; give one of {', '.join(known)}")
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *body = csv.reader(file)
    stop = len(body) if stop is None else stop
    if not 0 <= start < stop <= len(body):
        raise BadInput(
            f"{name}[{start}:{stop}] is empty or reaches beyond its {len(body)} rows; "
            f"give [START:STOP] with 0 <= START < STOP <= {len(body)}"
        )
    places = [i for column in columns for i in _places(name, header, column)]
    return [[row[i] for i in places] for row in body[start:stop]]


def _places(name: str, header: list[str], column: str) -> list[int]:
    """Return where in the header a column is, or all that match a pattern."""
    if found := [i for i, title in enumerate(header) if fnmatchcase(title, column)]:
        return found
    titles = ", ".join(header if len(header) <= 8 else [*header[:2], "...", *header[-2:]])
    raise BadInput(f"{name} has no column {column!r}; give a name or a pattern of {titles}")


def write(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write a whole file or none, in one piece or many: into a temporary file beside it, which then takes its place.

    A link is followed, a file keeps its mode, and what is no file, such as /dev/stdout, is written to as it is.
    """
    pieces = [content] if isinstance(content, bytes) else content
    try:
        if str(path) == "/dev/stdout":  # behind which a file may have begun
            sys.stdout.flush()
            sys.stdout.buffer.writelines(pieces)
            return
        if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113 # pathlib stumbles over loops
            with path.open("wb") as device:
                device.writelines(pieces)
            return
        path = Path(os.path.realpath(path))
        if path.is_symlink():
            raise BadInput(f"{path}: the link leads back to itself; give another name")
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; give a folder that can be written to") from None
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                file.write(piece)
        Path(temporary).chmod(path.stat().st_mode if path.exists() else 0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; the file was left as it was") from None
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()


def _umask() -> int:
    """Return the mask of new files, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
