"""The advertising channels: the lecture's own table where it lies beside the project, and a made-up one everywhere.

Figures that are printed in the lecture, or that follow from its table, are stored here and in fixtures/lecture; the
table itself is no part of the project.
"""

import hashlib
import json
import re
from fractions import Fraction as Q
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from refimpl import cli, linear, moments, silhouette
from refimpl.applications import ad_channels, ad_table, many_starts
from refimpl.errors import BadInput, EmptyData
from refimpl.numbers import ball, fixed, parse, rounded
from refimpl.oracle import store

ROOT = Path(__file__).parent.parent
LECTURE = ROOT.parent / "shared" / "data" / "ad_performance.txt"
MADE_UP = store.fixtures() / "data" / "ad_channels.txt"

needs_the_lecture = pytest.mark.skipif(
    not LECTURE.is_file(), reason="the lecture's table, which has no licence, does not lie beside the project"
)

GOLDEN = {
    # K: J, mean silhouette, the first start that leads there
    2: ("2711.6393", "0.46692821", 2),
    3: ("1485.8513", "0.54904646", 1),
    4: ("1199.5253", "0.56968547", 1),
    5: ("986.6592", "0.48186604", 9),
    6: ("815.6001", "0.45477667", 11),
    7: ("693.9930", "0.48204261", 10),
    8: ("586.7191", "0.51450727", 21),
    9: ("518.5194", "0.52697493", 8),
}
LOCAL = ("594.0712", "0.50447223", 23)
"""The minimum of K = 8 whose silhouette the lecture prints."""

FIFTY = "0.56968546922927197357177190918760832325555433249442"
"""The mean silhouette for K = 4."""

CLASSES = ["0.54453970", "0.62394103", "0.67853776", "0.61381967"]
"""Those of the four classes, in the words of the lecture."""

CLASS_MEAN = "0.61520954"

UV_MEANS = ["539.12", "461.38", "973.64", "622.84"]
"""The true means of the first column, in the lecture's order of the clusters."""


def lecture(name: str) -> list[list[str]]:
    """The rows of a printed table."""
    rows: list[list[str]] = json.loads((store.fixtures() / "lecture" / f"{name}.json").read_text("utf-8"))["rows"]
    return rows


def run(*arguments: object) -> str:
    done = CliRunner().invoke(cli.commands, ["run", "ad-channels", *map(str, arguments)], catch_exceptions=False)
    return done.stdout


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """The default run on the lecture's table, but for the starts that find nothing new."""
    document: dict[str, Any] = json.loads(run(LECTURE, "--restarts", 24, "--digits", 50, "--format", "json"))
    return document


def to_decimals(text: str, decimals: int) -> str:
    return fixed(parse(text), decimals)


# ---------------------------------------------------------------------- the lecture's own table


@needs_the_lecture
def test_the_table_is_the_one_that_provenance_tells() -> None:
    content = LECTURE.read_bytes()
    assert hashlib.sha256(content).hexdigest() == ad_table.DIGEST
    assert ad_table.DIGEST == "154d07c078daa331367426237c1c810fe65892f27b0a089660b4fa23c846bf0d"
    table = ad_table.parsed(content, "it")
    assert (len(table.names), table.missing, table.lecture) == (889, 2, True)
    assert [len(set(column)) for column in table.categories] == [4, 6, 4, 8, 6]
    made_up = ad_table.parsed(MADE_UP.read_bytes(), "it")
    assert made_up.header == table.header
    rows = {line.partition("\t")[2] for line in content.decode("utf-8-sig").splitlines()[1:]}
    ours = [line.partition("\t")[2] for line in MADE_UP.read_text("utf-8").splitlines()[1:]]
    assert not rows & set(ours)
    numbers = {cell.strip() for row in rows for cell in row.split("\t")[:6] if "." in cell}
    shared = [cell for row in ours for cell in row.split("\t")[:6] if cell in numbers and len(cell) > 6]
    assert not shared  # no number of many digits is from there


@needs_the_lecture
def test_every_silhouette_of_the_lecture_and_every_j_are_found(found: dict[str, Any]) -> None:
    rows = found["clusterings"]
    lowest = {row["k"]: row for row in reversed(rows)}
    assert found["best"] == 4
    assert sorted(lowest) == [*range(2, 10)]
    for k, (j, mean, first) in GOLDEN.items():
        row = lowest[k]
        assert (to_decimals(row["distortion"], 4), to_decimals(row["silhouette"], 8), row["first"]) == (j, mean, first)
        assert row["printed"] == (None if k == 8 else mean)
    assert [row["k"] for row in rows] == [2, 3, 4, 5, 6, 7, 8, 8, 9]
    local = rows[7]
    assert (to_decimals(local["distortion"], 4), to_decimals(local["silhouette"], 8), local["first"]) == LOCAL
    assert local["printed"] == LOCAL[1]
    printed = [[str(k), mean if k != 8 else LOCAL[1]] for k, (_, mean, _) in GOLDEN.items()]
    assert printed == lecture("ad-silhouettes")
    assert lowest[4]["silhouette"] == FIFTY


@needs_the_lecture
def test_labels_are_fixed_points_of_exact_k_means(found: dict[str, Any]) -> None:
    points = ad_table.parsed(LECTURE.read_bytes(), "it").points()
    for row in found["clusterings"]:
        minimum = many_starts.exactly(points, row["labels"])
        assert (minimum.steps, minimum.labels) == (0, row["labels"])
        assert rounded(minimum.distortion, 50) == row["distortion"]


@needs_the_lecture
def test_the_profile_has_the_means_and_the_lecture_the_standard_deviations(found: dict[str, Any]) -> None:
    profile, printed = found["profile"], {row[0]: row[1:] for row in lecture("ad-profile")}
    order = [profile["counts"].index(int(count)) for count in printed["counts"]]
    assert profile["k"] == 4
    assert [to_decimals(rounded(Q(profile["counts"][j], 889), 9), 2) for j in order] == printed["percentage"]
    for i, feature in enumerate(profile["features"]):
        decimals = 3 if i else 2
        deviations = [to_decimals(feature["deviations"][j], decimals) for j in order]
        means = [to_decimals(feature["means"][j], decimals) for j in order]
        assert [parse(x) for x in deviations] == [parse(x) for x in printed[feature["name"]]]
        assert not any(parse(a) == parse(b) for a, b in zip(means, printed[feature["name"]], strict=True))
        if i == 0:
            assert means == UV_MEANS
            assert max(range(4), key=lambda j: parse(means[j])) == 2  # not the cluster 3 that the lecture names
    shown = {row["name"]: [row["values"][j] for j in order] for row in profile["categories"]}
    told = {name: cells for name, cells in printed.items() if name in shown}
    assert len(told) == 3
    assert told == {name: shown[name] for name in told}


@needs_the_lecture
def test_silhouettes_of_classes_are_other_numbers(found: dict[str, Any]) -> None:
    row = next(row for row in found["clusterings"] if row["k"] == 4)
    assert [to_decimals(x, 8) for x in row["classes"]] == CLASSES
    mean = sum(map(parse, row["classes"])) / 4
    assert fixed(mean, 8) == CLASS_MEAN
    assert fixed(mean, 8) != row["printed"]


@needs_the_lecture
def test_people_read_both_minima_and_the_printed_numbers() -> None:
    said = run(LECTURE, "--k", "8", "--restarts", 24)
    assert re.search(r"^8 +586\.71912 +0\.51450727 +good +0\.25644204 +1 of 24 +21 *$", said, re.MULTILINE)
    assert re.search(r"^8 +594\.07124 +0\.50447223 +good +0\.27234753 +1 of 24 +23 +0\.50447223$", said, re.MULTILINE)
    assert "the lecture's silhouette for K = 8, 0.50447223, is that of a local minimum, J = 594.07124" in said
    assert "this is the lecture's own table" in said
    assert "by a relative margin of 0.0010 at least" in said


@needs_the_lecture
def test_the_codes_have_the_share_of_the_scatter_that_the_chapter_tells() -> None:
    columns = linear.transpose(ad_table.parsed(LECTURE.read_bytes(), "it").points())
    parts = [moments.variance(column, ddof=0) for column in columns]
    assert fixed(100 * sum(parts[7:]) / sum(parts), 1) == "98.0"


def test_the_chapter_has_these_figures() -> None:
    page = (ROOT / "docs" / "advertising-channels.md").read_text(encoding="utf-8")
    for (k, (j, mean, _)), (_, printed) in zip(GOLDEN.items(), lecture("ad-silhouettes"), strict=True):
        assert f"\n| {k} | {j} | {mean} | {printed} |\n" in page
    printed = next(row[1:] for row in lecture("ad-profile") if row[0] == "日均UV")
    assert f"\n| printed | {' | '.join(printed)} |\n" in page
    assert f"\n| mean | {' | '.join(UV_MEANS)} |\n" in page
    assert f"J = {LOCAL[0]} has the printed silhouette, and start {LOCAL[2]} of the thirty" in page
    assert f"start {GOLDEN[8][2]} leads lower" in page
    assert "98.0 % of the scatter" in page
    assert f"whose mean for K = 4 is {CLASS_MEAN}" in page


# ---------------------------------------------------------------------- the made-up table


def table() -> ad_table.Channels:
    return ad_table.parsed(MADE_UP.read_bytes(), "made up")


def test_the_made_up_table_is_the_one_of_its_provenance() -> None:
    page = (MADE_UP.parent / "PROVENANCE.md").read_text(encoding="utf-8")
    (digest,) = re.findall(r"^\| `ad_channels\.txt` \| 24 \| `([0-9a-f]{64})` \|$", page, re.MULTILINE)
    assert hashlib.sha256(MADE_UP.read_bytes()).hexdigest() == digest
    assert (len(table().names), table().missing, table().lecture) == (24, 2, False)


def test_points_are_scaled_columns_and_codes_as_they_are() -> None:
    channels, points = table(), table().points()
    columns = linear.transpose(points)
    assert len(columns) == 12
    for column in columns[:7]:
        assert (min(column), max(column)) == (0, 1)
    for column, entries in zip(columns[7:], channels.categories, strict=True):
        assert column[0] == 0
        assert sorted(set(column)) == [*range(len(set(entries)))]
    (i,) = [i for i, x in enumerate(channels.numbers[4]) if x is None]
    known = [x for x in channels.numbers[4] if x is not None]
    assert channels.filled()[4][i] == sum(known) / len(known)


def test_measures_are_those_of_the_rooms() -> None:
    points = table().points()
    grid, numbers = many_starts.on_grid(points), ball(30)
    minima = [many_starts.lowest(points, many_starts.endings(grid, k, seed=1, restarts=5))[0] for k in (2, 3, 5)]
    for one in ad_channels.measure(points, minima, numbers):
        labels = one.minimum.labels
        samples = silhouette.samples(points, labels, numbers)
        assert one.clustering.silhouette is not None
        assert one.clustering.ratio is not None
        assert rounded(one.clustering.silhouette, 25) == rounded(linear.total(samples) / len(samples), 25)
        assert rounded(one.clustering.ratio, 25) == rounded(silhouette.ratio(points, labels, numbers), 25)
        pairs = zip(one.classes, silhouette.clusters(points, labels, numbers), strict=True)
        assert all(rounded(a, 25) == rounded(b, 25) for a, b in pairs)


def test_profiles_by_hand() -> None:
    channels = table()
    labels = [0, 0, 0, *[1] * 20, 2]
    features, habits = ad_channels.profile(channels, labels, ball(30))
    first = channels.filled()[0]
    assert features[0].means == [sum(first[:3]) / 3, sum(first[3:23]) / 20, first[23]]
    assert features[0].deviations[2] is None
    deviation = features[0].deviations[0]
    assert deviation is not None
    assert abs(deviation * deviation - moments.variance(first[:3], ddof=1)) < Q(1, 10**20)
    assert (habits[0].values[0], habits[0].shares[0]) == ("jpg", Q(2, 3))
    assert all(share <= 1 for habit in habits for share in habit.shares)


def test_of_equally_frequent_categories_the_first_counts_and_rational_deviations_are_exact() -> None:
    kinds = [(0, "b"), (2, "a"), (4, "a"), (9, "b")]
    rows = [f"c{i}\t{x}\t1\t1\t1\t1\t1\t1\t{kind}\ta\ta\ta\ta" for i, (x, kind) in enumerate(kinds)]
    channels = ad_table.parsed("\n".join([HEAD, *rows]).encode(), "it")
    features, habits = ad_channels.profile(channels, [0, 0, 0, 1], ball(20))
    assert features[0].deviations == [2, None]
    assert features[1].deviations == [0, None]
    assert (habits[0].values, habits[0].shares) == (["a", "b"], [Q(2, 3), 1])
    _, habits = ad_channels.profile(channels, [0, 0, 0, 0], ball(20))
    assert (habits[0].values, habits[0].shares) == (["b"], [Q(1, 2)])


def test_the_command_on_the_made_up_table_says_nothing_of_the_lecture() -> None:
    said = run(MADE_UP, "--k", "2-5", "--restarts", 8)
    assert "2 of them missing" in said
    assert "lecture" not in said
    document = json.loads(run(MADE_UP, "--k", "2-5", "--restarts", 8, "--format", "json"))
    assert document["best"] == max(document["clusterings"], key=lambda row: parse(row["silhouette"]))["k"]
    assert all(row["printed"] is None for row in document["clusterings"])
    assert f"best K by the mean silhouette: {document['best']}" in said
    assert sum(document["profile"]["counts"]) == 24


def test_more_digits_begin_with_fewer() -> None:
    few, many = (json.loads(run(MADE_UP, "--k", 4, "--digits", d, "--format", "json")) for d in (9, 50))
    for a, b in zip(few["clusterings"], many["clusterings"], strict=True):
        for name in ("distortion", "silhouette", "ratio"):
            assert rounded(parse(b[name]), 9) == a[name]


def test_lowest_minima_are_listed_in_their_order() -> None:
    document = json.loads(run(MADE_UP, "--k", 3, "--minima", 4, "--format", "json"))
    js = [parse(row["distortion"]) for row in document["clusterings"]]
    assert len(js) > 1
    assert js == sorted(set(js))
    assert document["profile"]["counts"] == [document["clusterings"][0]["labels"].count(j) for j in range(3)]


def test_any_k_can_be_described_and_a_file_tells_the_format(tmp_path: Path) -> None:
    file = tmp_path / "found.json"
    assert run(MADE_UP, "--k", "2-4", "--profile", 2, "--output", file) == ""
    assert json.loads(file.read_text("utf-8"))["profile"]["k"] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["found.json"]


def test_silhouettes_and_j_are_drawn_twice_the_same(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    one, two, png = tmp_path / "a.svg", tmp_path / "b.svg", tmp_path / "c.png"
    for file in (one, two, png):
        run(MADE_UP, "--k", "2-5", "--restarts", 4, "--plot", file)
    text = one.read_text("utf-8")
    assert text == two.read_text("utf-8")
    assert png.read_bytes().startswith(b"\x89PNG")
    for words in ("mean silhouette", "distortion J", "ad-channels, ad_channels.txt"):
        assert words in text


@pytest.mark.parametrize("name", ["ad-channels", "candidates"])
def test_help_teaches_by_examples_and_is_listed(name: str) -> None:
    said = CliRunner().invoke(cli.commands, ["run", name, "--help"]).output
    assert said.count(f"  refimpl run {name} ") >= 4
    listed = CliRunner().invoke(cli.commands, ["run", "--help"]).output
    assert re.search(rf"^  {name}  +[A-Z]", listed, re.MULTILINE)


HEAD = "\t".join(["name", *"abcdefg", *"vwxyz"])
ROW = "\t".join(["one", *"1234567", *"vwxyz"])


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b"\xff\xfe", BadInput, "byte 0 is no text in UTF-8"),
        (b"", EmptyData, "no line below the headings"),
        (HEAD.encode(), EmptyData, "no line below the headings"),
        (f"{HEAD}\n{ROW}\t9".encode(), BadInput, "line 2 has 14 cells"),
        (f"{HEAD}\n\n{ROW.replace('3', 'x')}".encode(), BadInput, "line 3, column 'c': .*leave the cell empty"),
        (f"{HEAD}\n{ROW.replace('3', '')}".encode(), BadInput, "the column 'c' has no number at all"),
    ],
)
def test_bad_tables(content: bytes, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        ad_table.parsed(content, "it")


def test_a_byte_order_mark_windows_lines_and_spaces_do_no_harm() -> None:
    spaced = ROW.replace("3", " 3.50 ")
    found = ad_table.parsed(f"\ufeff{HEAD}\r\n{spaced}\r\n".encode(), "it")
    assert found.header[0] == "name"
    assert found.numbers[2] == [Q(7, 2)]
    assert found.categories[4] == ["z"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing.txt"], "nothing.txt: No such file.*companion data of a book.*154d07c0.*13 cells separated by tabs"),
        ([MADE_UP, "--k", "1-4"], "give from-to with 2 <= from <= to"),
        ([MADE_UP, "--k", "4-2"], "give from-to with 2 <= from <= to"),
        ([MADE_UP, "--k", "few"], "--k 'few' is no span"),
        ([MADE_UP, "--k", "2-25"], "k is 25 for 24 points"),
        ([MADE_UP, "--k", "2-4", "--profile", "5"], "--profile 5 is not among the K of --k 2-4"),
        ([MADE_UP, "--plot", "a.pdf"], "does not end in .svg or .png"),
        ([MADE_UP, "--output", "no/where.json"], "there is no folder 'no'"),
        ([MADE_UP, "--output", MADE_UP], "this would write over the data"),
    ],
)
def test_refusals_are_one_sentence(arguments: list[object], said: str) -> None:
    done = CliRunner().invoke(cli.commands, ["run", "ad-channels", *map(str, arguments)])
    assert isinstance(done.exception, BadInput), (done.output, done.exception)
    assert re.search(said, str(done.exception))
    assert len(str(done.exception).splitlines()) == 1
    assert done.stdout == ""
