"""The data files are those that fixtures/data/PROVENANCE.md describes; the printed tables have one form."""

import hashlib
import json
import re
from pathlib import Path

import pytest

DATA = Path(__file__).parent.parent / "fixtures" / "data"
"""The folder of the data files and of their provenance."""

LECTURE = DATA.parent / "lecture"
"""The folder of the tables as printed; `test_errata` checks their numbers."""

STATED = {
    name: (int(rows), digest)
    for name, rows, digest in re.findall(
        r"^\| `([^`]+\.csv)` \| (\d+) \| `([0-9a-f]{64})` \|$",
        (DATA / "PROVENANCE.md").read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
}
"""File name -> number of rows and SHA-256, as the table in PROVENANCE.md states them."""


def table(name: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows of one data file."""
    header, *rows = (DATA / name).read_bytes().decode("ascii").removesuffix("\n").split("\n")
    return header.split(","), [row.split(",") for row in rows]


def test_every_file_has_its_provenance() -> None:
    assert sorted(STATED) == sorted(path.name for path in DATA.glob("*.csv"))
    assert sorted(STATED) == ["iris.csv", "old_faithful.csv"]


@pytest.mark.parametrize("name", sorted(STATED))
def test_digest_and_form(name: str) -> None:
    rows, digest = STATED[name]
    content = (DATA / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == digest
    assert b"\r" not in content
    assert content.endswith(b"\n")
    header, body = table(name)
    assert len(body) == rows
    assert {len(row) for row in body} == {len(header)}


def test_old_faithful() -> None:
    header, body = table("old_faithful.csv")
    assert header == ["eruptions_milliminutes", "waiting_minutes"]
    assert body[:3] == [["3600", "79"], ["1800", "54"], ["3333", "74"]]
    assert body[-1] == ["4467", "74"]
    points = [(int(e), int(w)) for e, w in body]
    assert all([str(e), str(w)] == row for (e, w), row in zip(points, body, strict=True))  # plain integers
    eruptions, waiting = zip(*points, strict=True)
    assert (sum(eruptions), min(eruptions), max(eruptions)) == (948677, 1600, 5100)
    assert (sum(waiting), min(waiting), max(waiting)) == (19284, 43, 96)
    # Second moments; the mixed one also notices a swap of two entries within a column.
    assert sum(e * e for e in eruptions) == 3661818975
    assert sum(w * w for w in waiting) == 1417266
    assert sum(e * w for e, w in points) == 71046395


def test_eruptions_are_whole_seconds() -> None:
    # PROVENANCE.md: all but three durations lie within half a milliminute of a whole number of seconds.
    _, body = table("old_faithful.csv")

    def distance(e: int) -> int:
        """60 e milliseconds to the nearest whole second, in milliseconds; half a milliminute is 30 ms."""
        return min(60 * e % 1000, -60 * e % 1000)

    assert sorted(int(e) for e, _ in body if distance(int(e)) > 30) == [3966, 4366, 4716]


def test_iris_equals_scikit_learn() -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    source = datasets.load_iris()
    _, body = table("iris.csv")
    # In binary64, 10 * 5.1 is not 51 exactly; the decimal that repr gives, times ten, is.
    assert [[repr(float(x)) for x in row] for row in source.data] == [
        [f"{int(x) // 10}.{int(x) % 10}" for x in row[:4]] for row in body
    ]
    assert [str(source.target_names[i]) for i in source.target] == [row[4] for row in body]


def test_iris() -> None:
    header, body = table("iris.csv")
    assert header == ["sepal_length_mm", "sepal_width_mm", "petal_length_mm", "petal_width_mm", "species"]
    assert [row[4] for row in body] == [s for s in ("setosa", "versicolor", "virginica") for _ in range(50)]
    columns = [[int(row[j]) for row in body] for j in range(4)]
    assert [sum(c) for c in columns] == [8765, 4586, 5637, 1799]
    assert [min(c) for c in columns] == [43, 20, 10, 1]
    assert [max(c) for c in columns] == [79, 44, 69, 25]
    # Rows 35 and 38 tell the copies apart: R's has these values, the UCI copy has 49,31,15,1 twice.
    assert body[34] == ["49", "31", "15", "2", "setosa"]
    assert body[37] == ["49", "36", "14", "1", "setosa"]
    assert body[101] == body[142]
    assert len({tuple(row) for row in body}) == 149


@pytest.mark.parametrize("name", ["covariance", "table-5.3", "table-5.4", "table-5.5"])
def test_printed_tables_have_one_form(name: str) -> None:
    text = (LECTURE / f"{name}.json").read_bytes()
    assert b"\r" not in text
    assert text.endswith(b"}\n")
    entry = json.loads(text.decode("utf-8"))
    assert entry["format"] == "refimpl-lecture/1"
    assert entry["id"] == name
    assert set(entry["title"]) == {"en", "zh"}
    assert set(entry["source"]) == {"document", "where"}
    for table in [entry, *([entry["implied"]] if "implied" in entry else [])]:
        assert all(set(c) == {"name", "title_zh", "meaning"} for c in table["columns"])
        assert len({c["name"] for c in table["columns"]}) == len(table["columns"])
        assert all(len(row) == len(table["columns"]) for row in table["rows"])
        assert all(isinstance(cell, str) for row in table["rows"] for cell in row)
        assert len(table.get("footer", table["columns"])) == len(table["columns"])
    assert entry.get("start", {"theta_a": "0.6", "theta_b": "0.5"}) == {"theta_a": "0.6", "theta_b": "0.5"}
    assert ("start" in entry) == (name in {"table-5.4", "table-5.5"})
