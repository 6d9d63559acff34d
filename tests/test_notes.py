"""The notes run: every page prints what it says, every link leads somewhere, and the runner notices mistakes."""

import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest
from notes import ROOT, Failed, execute, pages, visit

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
CODE = re.compile(r"^(`{3,}).*?^\1$|`[^`\n]+`", re.MULTILINE | re.DOTALL)

CHAPTERS = {
    "kmeans.md": 20,
    "two-coins.md": 20,
    "em.md": 18,
    "gaussian-mixtures.md": 25,
    "bernoulli-mixtures.md": 20,
    "kmeans-limit.md": 12,
    "covariance.md": 15,
    "certified.md": 9,
    "eigenfaces.md": 12,
    "three-representations.md": 7,
    "palettes.md": 10,
    "scanned-notes.md": 9,
    "hierarchies-and-density.md": 10,
    "design.md": 5,
}
"""The least number of cells, so that a page whose fences are no longer recognised does not pass in silence."""

ARGUMENTS = {"points", "ddof"}
"""What the glossary names beside modules: arguments of functions."""

PAGE = """# A page

```{code-cell} python
x = 2
print(x)
print(x + 1)
```
```{output}
2
3
```

Twice two is `4`<!--= x * x -->.

```{code-cell} python
x = 5
```
"""


def by_name(path: Path) -> str:
    return path.name


# ---------------------------------------------------------------------- the pages


@pytest.mark.parametrize("path", pages(), ids=by_name)
def test_a_page_prints_what_it_says(path: Path) -> None:
    assert visit(path) == []


@pytest.mark.parametrize(("name", "least"), CHAPTERS.items())
def test_a_chapter_has_its_cells(name: str, least: int) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8").count("\n```{code-cell} python\n") >= least


@pytest.mark.parametrize("path", pages(), ids=by_name)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    broken = []
    for target in LINK.findall(CODE.sub("", path.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        found = path.parent / name if name else path
        if not found.exists() or (anchor and anchor not in anchors(found)):
            broken.append(target)
    assert broken == []


def test_every_page_is_reached_from_the_index() -> None:
    docs = ROOT / "docs"
    linked = set(LINK.findall((docs / "index.md").read_text(encoding="utf-8")))
    assert {path.name for path in docs.glob("*.md")} - {"index.md"} <= linked


def test_every_name_in_the_glossary_exists() -> None:
    rows = [row for row in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines() if row[:1] == "|"]
    names = {name for row in rows for name in re.findall(r"`([\w.]+)`", re.split(r"(?<!\\)\|", row)[-2])}
    assert len(names) > 30
    assert {name for name in names - ARGUMENTS if not exists(name)} == set()


def anchors(path: Path) -> set[str]:
    """The anchors of the headings of a page, as readers of Markdown make them."""
    headings = HEADING.findall(re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def exists(name: str) -> bool:
    """Whether refimpl has a module, function, class or field of this name."""
    found: object = importlib.import_module("refimpl")
    for part in name.split("."):
        if isinstance(found, ModuleType) and not hasattr(found, part):
            try:
                importlib.import_module(f"{found.__name__}.{part}")
            except ModuleNotFoundError:
                return False
        if part in getattr(found, "__dataclass_fields__", {}):
            return True
        if not hasattr(found, part):
            return False
        found = getattr(found, part)
    return True


# ---------------------------------------------------------------------- the runner


def test_a_right_page_has_no_differences() -> None:
    assert execute("page", PAGE) == (PAGE, [])


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [
        ("\n3\n", "\n4\n", "page:10: the cell prints '3', the page says '4'"),
        ("\n3\n```", "\n```", "page:10: the cell prints '3', the page says None"),
        ("\n3\n", "\n3\n\n", "page:11: the cell prints None, the page says ''"),
        ("```{output}\n2\n3\n```\n", "", "page:9: the cell prints '2', the page says None"),
        ("`4`<!--", "`40`<!--", "page:13: x * x is '4', the page says '40'"),
        ("`4`<!--= x * x -->", "`4`<!--= x\n  * 3 -->", "page:13: x * 3 is '6', the page says '4'"),
    ],
    ids=["digit", "line missing", "line too many", "output missing", "value", "value over two lines"],
)
def test_a_difference_is_named_and_repaired(right: str, wrong: str, line: str) -> None:
    page = PAGE.replace(right, wrong, 1)
    made, found = execute("page", page)
    assert found[0] == line
    assert execute("page", made) == (made, [])
    if "\n  * 3" not in wrong:
        assert made == PAGE


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        ("print(x)\n", "print(x)\n1 / 0\n", "page:6: ZeroDivisionError: division by zero"),
        ("x = 2\n", "def f():\n    return y\nf()\n", "page:5: NameError: name 'y' is not defined"),
        ("print(x)\n", "print(x\n", "SyntaxError"),
        ("x * x", "y * y", "page:13: NameError: name 'y' is not defined"),
        ("Twice", "```{output}\n5\n```\nTwice", "page:13: an output needs a cell right above it"),
        ("x = 5\n```\n", "x = 5\n", "page:15: this fence is not closed"),
        ("x = 5\n", "print('```')\n", "page:15: a cell prints whole lines, and no fence"),
        ("x = 5\n", "print(5, end='')\n", "page:15: a cell prints whole lines, and no fence"),
        (
            "```{code-cell} python\nx = 5",
            "  ```{code-cell} python\nx = 5",
            "page:15: a cell begins in the first column",
        ),
    ],
    ids=["exception", "in a function", "syntax", "value", "stray", "open", "fence", "half line", "indented"],
)
def test_a_page_that_cannot_be_run_fails_with_its_line(right: str, wrong: str, sentence: str) -> None:
    with pytest.raises(Failed, match=re.escape(sentence)):
        execute("page", PAGE.replace(right, wrong, 1))


def test_values_see_the_cells_above_them_only() -> None:
    assert execute("page", PAGE + "\nNow it is `25`<!--= x * x -->.\n")[1] == []


def test_update_rewrites_a_page_and_leaves_a_failing_one_alone(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_bytes(PAGE.replace("\n3\n", "\n4\n").encode())
    assert visit(path) == [f"{tmp_path.name}/page.md:10: the cell prints '3', the page says '4'"]
    assert visit(path, update=True) == []
    assert path.read_bytes() == PAGE.encode()
    broken = PAGE.replace("\n3\n", "\n4\n").replace("x = 5", "x = 1 / 0").encode()
    path.write_bytes(broken)
    assert visit(path, update=True) == [f"{tmp_path.name}/page.md:16: ZeroDivisionError: division by zero"]
    assert path.read_bytes() == broken
    assert [p.name for p in tmp_path.iterdir()] == ["page.md"]
