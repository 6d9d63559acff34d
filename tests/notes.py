"""The notes, executed: every cell of docs/*.md is run, and what it prints is held against the page.

Three things in a page are read, all else is prose:

    ```{code-cell} python                 Python; the cells of a page share one namespace, from top to bottom
    ```{output}                           right below a cell: exactly what it prints; absent if it is nothing
    `0.40969`<!--= fixed(rate, 5) -->     a value in prose: str() of the expression after the cells above it

    python -m tests.notes                 report the first difference of every page
    python -m tests.notes --update        rewrite outputs and values in place; a page whole or not at all
"""

import contextlib
import io
import re
import sys
import traceback
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).parent.parent

FENCE = re.compile(
    r"^(?P<indent>[ \t>]*)(?P<mark>`{3,}|~{3,})(?P<info>[^`\n]*)\n(?P<body>.*?)^[ \t>]*(?P=mark)[ \t]*\n"
    r"(?:```\{output\}\n(?P<said>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
VALUE = re.compile(r"`([^`\n]+)`<!--=(.+?)-->", re.DOTALL)
LOOSE = re.compile(r"^[ \t>]*(```|~~~)[^`\n]*$", re.MULTILINE)


class Failed(Exception):
    """A page that cannot be run; the sentence begins with page and line."""


def execute(name: str, page: str) -> tuple[str, list[str]]:
    """Return the page as it should be, and every difference as one line. Raises Failed."""
    space: dict[str, object] = {"__name__": "__main__"}
    pieces, found, end = [], [], 0
    for fence in [*FENCE.finditer(page), None]:
        prose = page[end : fence.start() if fence else len(page)]
        pieces.append(_prose(name, prose, page.count("\n", 0, end) + 1, space, found))
        if fence:
            end = fence.end()
            pieces.append(_fence(name, fence, page.count("\n", 0, fence.start()) + 1, space, found))
    return "".join(pieces), found


def _prose(name: str, text: str, line: int, space: dict[str, object], found: list[str]) -> str:
    if loose := LOOSE.search(text):
        raise Failed(f"{name}:{line + text.count(chr(10), 0, loose.start())}: this fence is not closed")

    def computed(match: re.Match[str]) -> str:
        at, expression = line + text.count("\n", 0, match.start()), " ".join(match[2].split())
        value = str(_guarded(name, at, "eval", expression, space))
        if value != match[1]:
            found.append(f"{name}:{at}: {expression} is {value!r}, the page says {match[1]!r}")
        return f"`{value}`<!--={match[2]}-->"

    return VALUE.sub(computed, text)


def _fence(name: str, fence: re.Match[str], line: int, space: dict[str, object], found: list[str]) -> str:
    cell, indent = fence["info"].startswith("{code-cell}"), fence["indent"]
    if fence["info"] == "{output}" or (not cell and fence["said"] is not None):
        raise Failed(f"{name}:{line}: an output needs a cell right above it")
    if not cell:
        return fence[0]
    if indent:
        raise Failed(f"{name}:{line}: a cell begins in the first column")
    with contextlib.redirect_stdout(io.StringIO()) as out:
        _guarded(name, line, "exec", "\n" * line + fence["body"], space)
    printed, said = out.getvalue(), fence["said"] or ""
    if "```" in printed or (printed and not printed.endswith("\n")):
        raise Failed(f"{name}:{line}: a cell prints whole lines, and no fence")
    source = fence[0].removesuffix(f"```{{output}}\n{said}```\n")
    pairs = zip_longest(printed.split("\n")[:-1], said.split("\n")[:-1])
    for n, (new, old) in enumerate(pairs, line + source.count("\n") + 1):
        if new != old:
            found.append(f"{name}:{n}: the cell prints {new!r}, the page says {old!r}")
    return source + (f"```{{output}}\n{printed}```\n" if printed else "")


def _guarded(name: str, line: int, mode: str, source: str, space: dict[str, object]) -> object:
    try:
        return eval(compile(source, name if mode == "exec" else "value", mode), space)
    except Exception as error:
        at = [
            line,
            *(frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name),
        ]
        if isinstance(error, SyntaxError) and mode == "exec":
            at.append(error.lineno)
        raise Failed(f"{name}:{at[-1]}: {type(error).__name__}: {error}") from error


def pages() -> list[Path]:
    """Return the pages that are run."""
    return [*sorted((ROOT / "docs").glob("*.md")), *ROOT.glob("README.md")]


def visit(path: Path, *, update: bool = False) -> list[str]:
    """Return what is wrong with a page, as lines; with `update` rewrite it, unless it cannot be run."""
    page = path.read_bytes().decode()
    try:
        made, found = execute(f"{path.parent.name}/{path.name}", page)
    except Failed as failure:
        return [str(failure)]
    if update and made != page:
        temporary = path.with_name(f".{path.name}.new")
        temporary.write_bytes(made.encode())
        temporary.replace(path)
    return [] if update else found


if __name__ == "__main__":
    wrong = [line for path in pages() for line in visit(path, update="--update" in sys.argv)[:1]]
    sys.exit("\n".join(wrong) or 0)
