"""The data files are those that fixtures/data/PROVENANCE.md describes; the printed tables have one form."""

import hashlib
import json
import re
import shutil
from collections.abc import Sequence
from fractions import Fraction as Q
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from refimpl.ancestral_sampling import gaussian_mixture_sample
from refimpl.gaussian_mixture import Theta
from refimpl.numbers import ball, exact_text, parse

DATA = Path(__file__).parent.parent / "fixtures" / "data"
"""The folder of the data files and of their provenance."""

LECTURE = DATA.parent / "lecture"
"""The folder of the tables as printed; `test_errata` checks their numbers."""

PROVENANCE = (DATA / "PROVENANCE.md").read_text(encoding="utf-8")

STATED = {
    name: (int(rows), digest)
    for name, rows, digest in re.findall(
        r"^\| `([^`]+\.csv)` \| (\d+) \| `([0-9a-f]{64})` \|$", PROVENANCE, flags=re.MULTILINE
    )
}
"""File name -> number of rows and SHA-256, as the table in PROVENANCE.md states them."""

COMMON, *SCRIPTS = re.findall(r"^```python\n(.*?)^```$", PROVENANCE, flags=re.MULTILINE | re.DOTALL)
"""What rebuilds the files: the block that comes first, and one for each file."""

BLOG = DATA.parents[2] / "shared" / "data" / "sample.data"
"""The blog's own sample, which is not part of the repository."""

LAW = [
    (30, (Q(0), Q(1)), (Q(3, 10), Q(1, 10))),
    (70, (Q(2), Q(1)), (Q(1, 5), Q(3, 10))),
]
"""Count, mean and variances of the two Gaussians of the blog's sample, which are not correlated."""


def table(name: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows of one data file."""
    header, *rows = (DATA / name).read_bytes().decode("ascii").removesuffix("\n").split("\n")
    return header.split(","), [row.split(",") for row in rows]


def test_every_file_has_its_provenance() -> None:
    assert sorted(STATED) == sorted(path.name for path in DATA.glob("*.csv"))
    assert sorted(STATED) == [
        "blog_sample.csv",
        "digits_234.csv",
        "iris.csv",
        "karate_club.csv",
        "old_faithful.csv",
        "old_faithful_scaled.csv",
    ]
    for name in STATED:
        assert f"\n## {name}\n" in PROVENANCE


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


@pytest.mark.parametrize("name", sorted(STATED))
def test_the_script_rebuilds_the_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (script,) = [script for script in SCRIPTS if f'"{name}",' in script]
    for package in re.findall(r'(?:rows\("|^import )(\w+)', script, flags=re.MULTILINE):
        pytest.importorskip(package, reason=f"{package} is not installed")
    folder = tmp_path / "fixtures" / "data"
    folder.mkdir(parents=True)
    shutil.copy(DATA / "old_faithful.csv", folder)
    if name == "old_faithful.csv":
        (folder / name).unlink()
    monkeypatch.chdir(tmp_path)
    exec(COMMON + script, {})
    assert (folder / name).read_bytes() == (DATA / name).read_bytes()


@pytest.mark.parametrize("name", sorted(STATED))
def test_numbers_are_integers_or_dyadic_and_binary64_holds_them(name: str) -> None:
    _, body = table(name)
    for cell in {cell for row in body for cell in row if not cell.isalpha()}:
        value = parse(cell)
        assert exact_text(value) == cell
        assert value.denominator & (value.denominator - 1) == 0
        assert float(value) == value


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


def test_old_faithful_scaled() -> None:
    header, body = table("old_faithful_scaled.csv")
    assert header == ["eruptions", "waiting"]
    _, source = table("old_faithful.csv")
    for j in range(2):
        xs, scaled = [int(row[j]) for row in source], [parse(row[j]) for row in body]
        low, high = min(xs), max(xs)
        assert (min(scaled), max(scaled)) == (0, 1)
        for x, y in zip(xs, scaled, strict=True):
            assert (y * 2**20).denominator == 1
            assert abs(y - Q(x - low, high - low)) <= Q(1, 2**21)  # the nearest multiple of 2^-20
    assert body[0] == ["299593/524288", "44515/65536"]


def test_digits() -> None:
    header, body = table("digits_234.csv")
    assert header == [*(f"pixel_{8 * row + column:02}" for row in range(8) for column in range(8)), "digit"]
    assert [sum(row[64] == digit for row in body) for digit in "234"] == [177, 183, 181]
    assert {cell for row in body for cell in row[:64]} == {"0", "1"}
    assert [sum(row[:64].count("1") for row in body if row[64] == digit) for digit in "234"] == [3694, 3681, 3706]
    assert body[0][64] == "2"
    assert ["".join(body[0][i : i + 8]) for i in range(0, 64, 8)] == [
        "00001100",
        "00011100",
        "00111100",
        "00001100",
        "00111000",
        "01110000",
        "00111100",
        "00001110",
    ]
    # Pixels that are paper in every image: what a Bernoulli mixture says of them is exactly 0.
    assert [j for j in range(64) if {row[j] for row in body} == {"0"}] == [0, 1, 8, 16, 24, 31, 32, 39, 40, 47, 56]
    assert not any({row[j] for row in body} == {"1"} for j in range(64))


def test_digits_equal_scikit_learn() -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    source = datasets.load_digits()
    assert (source.data.min(), source.data.max()) == (0, 16)
    _, body = table("digits_234.csv")
    expected = [
        [*(str(int(x >= 8)) for x in image.flat), str(digit)]
        for image, digit in zip(source.images, source.target, strict=True)
        if digit in (2, 3, 4)
    ]
    assert body == expected


def test_the_description_of_the_digits_says_what_the_provenance_says() -> None:
    pytest.importorskip("sklearn")
    description = files("sklearn").joinpath("datasets/descr/digits.rst").read_text(encoding="utf-8")
    said = " ".join(description.split())
    for words in ("copy of the test set of the UCI ML hand-written digits", "E. Alpaydin", "July; 1998", "1797"):
        assert words in said
    if version("scikit-learn") == "1.9.1":  # a later one may state a licence
        assert "licen" not in said.lower()
    for page in (PROVENANCE, (DATA.parent / "LICENSE").read_text(encoding="utf-8")):
        for words in ("digits_234.csv", "Optical Recognition of Handwritten Digits", "10.24432/C50P49", "CC BY 4.0"):
            assert words in page


def close_to_the_law(points: Sequence[Sequence[Q]]) -> None:
    """Assert that means, variances and the mixed moment lie within three standard errors, all compared as squares."""
    assert len(points) == 100
    for (n, mean, variance), part in zip(LAW, (points[:30], points[30:]), strict=True):
        assert len(part) == n
        found = [sum(column) / Q(n) for column in zip(*part, strict=True)]
        offsets = [[x - m for x, m in zip(point, found, strict=True)] for point in part]
        for j in range(2):
            assert (found[j] - mean[j]) ** 2 <= 9 * variance[j] / n
            spread = sum(offset[j] ** 2 for offset in offsets) / n
            assert (spread - variance[j]) ** 2 <= 9 * variance[j] ** 2 * Q(2, n)
        mixed = sum(a * b for a, b in offsets) / n
        assert mixed**2 <= 9 * variance[0] * variance[1] / n


def test_blog_sample_has_the_law_of_the_blog() -> None:
    header, body = table("blog_sample.csv")
    assert header == ["x", "y", "component"]
    assert [row[2] for row in body] == ["0"] * 30 + ["1"] * 70
    close_to_the_law([[parse(x) for x in row[:2]] for row in body])


def test_blog_sample_is_rounded_rightly() -> None:
    """Balls contain the true coordinates, and each lies wholly nearer to the printed one than to any other."""
    number = ball(30)
    drawn: list[list[Any]] = []
    for seed, (count, mean, (a, b)) in enumerate(LAW):
        covariance = [[number(a), number(0)], [number(0), number(b)]]
        theta = Theta([number(1)], [[number(m) for m in mean]], [covariance])
        drawn += gaussian_mixture_sample(theta, count, seed, number)[1]
    _, body = table("blog_sample.csv")
    for point, row in zip(drawn, body, strict=True):
        for x, printed in zip(point, row[:2], strict=True):
            value = parse(printed)
            assert (value * 2**20).denominator == 1
            assert abs(x - value) < Q(1, 2**21)


@pytest.mark.skipif(not BLOG.is_file(), reason="the blog's own file does not lie beside the repository")
def test_the_file_of_the_blog_has_that_law_too_and_is_another() -> None:
    content = BLOG.read_bytes()
    assert hashlib.sha256(content).hexdigest() == "e61febe4e9f03884b3d0a3fb15491bbc6b724c11e6a6a7f7b2f721e84743eae3"
    points = [[parse(x) for x in line.split()] for line in content.decode("ascii").splitlines()]
    close_to_the_law(points)
    _, body = table("blog_sample.csv")
    ours = [[parse(x) for x in row[:2]] for row in body]
    assert min(abs(x - y) for a, b in zip(points, ours, strict=True) for x, y in zip(a, b, strict=True)) > Q(1, 2**20)


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
