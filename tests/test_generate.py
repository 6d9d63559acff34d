"""All cases and schemas made again from the catalogue, byte for byte; files are written whole or not at all."""

import errno
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from refimpl import cli
from refimpl.errors import BadInput
from refimpl.numbers import exact_text
from refimpl.oracle import case as cases, catalogue, generate, store, values
from refimpl.oracle.catalogue import Entry
from refimpl.oracle.tasks import TASKS

ROOT = store.fixtures()
SPECS = list(catalogue.specs())
CHEAP = [
    spec
    for spec in SPECS
    if spec[0] in ("kmeans.step/plain", "kmeans.assign/plain", "kmeans.step/refuse-no-centers", "kmeans.fit/thirds")
]
"""Enough specs to see how files are written."""

PARTS = 4
"""The specs of a task are made in so many items, so that slow tasks can be shared out."""

HEAVY_TASKS = ("gmm.run", "gmm.fixed_point", "bernoulli.run", "bernoulli.step")
HEAVY_BYTES = 30_000
"""A case of these tasks whose file is longer takes seconds to make, and some a minute."""


def is_heavy(identity: str) -> bool:
    """Whether a case is left to `refimpl generate --check`, which makes all of them; its proof is not left to it."""
    path = ROOT / "cases" / f"{identity}.json"
    return identity.partition("/")[0] in HEAVY_TASKS and path.is_file() and path.stat().st_size > HEAVY_BYTES


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("task", TASKS)
def test_cases_are_made_again_byte_for_byte(task: str, part: int) -> None:
    """All but the heavy ones, which `refimpl generate --check` makes again; tests of certificates prove them all."""
    mine = [spec for spec in SPECS if spec[0].partition("/")[0] == task and not is_heavy(spec[0])][part::PARTS]
    assert len(mine) + PARTS > 1
    differing = []
    for spec in mine:
        path = ROOT / "cases" / f"{spec[0]}.json"
        if not path.is_file() or path.read_bytes() != cases.encode(generate.make(spec)):
            differing.append(spec[0])
    assert differing == []


@pytest.mark.parametrize("name", ["case", *TASKS])
def test_schemas_are_made_again_byte_for_byte(name: str) -> None:
    made = dict(generate.schemas())
    assert (ROOT / "schema" / f"{name}.schema.json").read_bytes() == made[f"{name}.schema.json"]


def test_descriptions_are_not_indented_as_docstrings_are_before_python_3_13() -> None:
    """Else the bytes of a schema would depend on who makes it."""
    lines = [line for content in dict(generate.schemas()).values() for line in content.decode().splitlines()]
    described = [json.loads("{" + line.strip().rstrip(",") + "}") for line in lines if '"description": ' in line]
    texts = [text for entry in described for text in entry.values() if isinstance(text, str)]
    assert sum("\n" in text for text in texts) >= 2
    assert not [text for text in texts if "\n " in text]


def test_the_files_are_those_of_the_catalogue_and_the_schemas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "make", lambda spec: spec)
    monkeypatch.setattr(generate, "encode", lambda spec: spec[0].encode())
    made = dict(generate.files())
    assert set(made) == {f"cases/{identity}.json" for identity, _ in SPECS} | {
        f"schema/{name}.schema.json" for name in ("case", *TASKS)
    }
    assert len(made) == generate.count()
    assert all(made[f"cases/{identity}.json"] == identity.encode() for identity, _ in SPECS)


def test_few_cases_are_heavy_and_every_task_has_others() -> None:
    heavy = [identity for identity, _ in SPECS if is_heavy(identity)]
    assert len(heavy) <= 24
    assert {identity.partition("/")[0] for identity, _ in SPECS if not is_heavy(identity)} == set(TASKS)
    assert all((ROOT / "cases" / f"{identity}.json").is_file() for identity, _ in SPECS)


def test_no_identity_is_used_twice_and_the_catalogue_knows_every_case() -> None:
    identities = [identity for identity, _ in SPECS]
    assert len(set(identities)) == len(identities) >= 140
    assert generate.strangers(ROOT) == []


def test_making_a_case_twice_gives_the_same_bytes() -> None:
    assert CHEAP
    for spec in CHEAP:
        assert cases.encode(generate.make(spec)) == cases.encode(generate.make(spec))


def test_a_spec_that_is_refused_against_its_will_is_an_error() -> None:
    entry = Entry("x", "t", "r", "s", input={"points": [], "centers": [["0"]]})
    with pytest.raises(BadInput, match=r"kmeans\.step/x: points is empty"):
        generate.make(("kmeans.step/x", entry))


def test_a_spec_that_should_be_refused_and_is_not_is_an_error() -> None:
    entry = Entry("x", "t", "r", "s", input={"points": [["0"]], "centers": [["0"]]}, refused=True)
    with pytest.raises(BadInput, match=r"kmeans\.step/x: the input breaks no rule"):
        generate.make(("kmeans.step/x", entry))


# --- the command ------------------------------------------------------------------------------------


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A catalogue of a few cheap cases; their ids."""
    monkeypatch.setattr(catalogue, "specs", lambda: iter(CHEAP))
    return [spec[0] for spec in CHEAP]


def invoke(*arguments: object) -> Any:
    return CliRunner().invoke(cli.commands, ["generate", *map(str, arguments)])


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_generate_writes_what_check_then_finds_unchanged(few: list[str], tmp_path: Path) -> None:
    root = tmp_path / "new" / "folder"
    written = invoke("--output", root)
    assert written.exit_code == 0
    made = snapshot(root)
    assert {f"cases/{identity}.json" for identity in few} < set(made)
    assert len(made) == len(few) + len(TASKS) + 1
    for name, content in made.items():
        if name.startswith("cases/"):
            assert content == (ROOT / name).read_bytes()
    again = invoke("--output", root, "--check")
    assert again.exit_code == 0
    assert f"{len(made)} files, 0 differ, 0 not in the catalogue" in again.output
    assert snapshot(root) == made
    rewritten = invoke("--output", root)
    assert rewritten.exit_code == 0
    assert f"{len(made)} files, 0 written" in rewritten.output


@pytest.mark.parametrize("damage", ["changed", "missing", "directory"])
def test_check_reports_a_file_that_would_change_and_writes_nothing(few: list[str], tmp_path: Path, damage: str) -> None:
    assert invoke("--output", tmp_path).exit_code == 0
    path = tmp_path / "cases" / f"{few[0]}.json"
    content = path.read_bytes()
    path.unlink()
    if damage == "changed":
        path.write_bytes(content.replace(b"Catches", b"catches", 1))
    elif damage == "directory":
        path.mkdir()
    before = snapshot(tmp_path)
    result = invoke("--output", tmp_path, "--check")
    assert result.exit_code == 1
    assert f"cases/{few[0]}.json: differs" in result.output
    assert "1 differ" in result.output
    assert snapshot(tmp_path) == before
    if damage != "directory":
        assert invoke("--output", tmp_path).exit_code == 0
        assert path.read_bytes() == content


def test_a_schema_that_would_change_is_reported_too(few: list[str], tmp_path: Path) -> None:
    assert invoke("--output", tmp_path).exit_code == 0
    path = tmp_path / "schema" / "kmeans.fit.schema.json"
    path.write_bytes(path.read_bytes() + b"\n")
    result = invoke("--output", tmp_path, "--check")
    assert result.exit_code == 1
    assert "schema/kmeans.fit.schema.json: differs" in result.output


def test_strangers_are_reported_and_left_alone(few: list[str], tmp_path: Path) -> None:
    assert invoke("--output", tmp_path).exit_code == 0
    stranger = tmp_path / "cases" / "kmeans.fit" / "stranger.json"
    stranger.write_bytes(b"{}")
    assert generate.strangers(tmp_path) == ["cases/kmeans.fit/stranger.json"]
    checked = invoke("--output", tmp_path, "--check")
    assert checked.exit_code == 1
    assert "cases/kmeans.fit/stranger.json: not in the catalogue" in checked.output
    written = invoke("--output", tmp_path)
    assert written.exit_code == 0
    assert "cases/kmeans.fit/stranger.json: not in the catalogue" in written.output
    assert stranger.read_bytes() == b"{}"


# --- writing ----------------------------------------------------------------------------------------


class FullDisk(io.BytesIO):
    """A file on a disk that takes the first half only."""

    def __init__(self, path: Path, error: BaseException) -> None:
        super().__init__()
        self.path, self.error = path, error

    def write(self, content: Any) -> int:
        self.path.write_bytes(bytes(content)[: len(content) // 2])
        raise self.error


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()], ids=["full", "interrupted"]
)
@pytest.mark.parametrize("old", [b"old", None], ids=["replacing", "new"])
def test_a_write_that_fails_leaves_the_old_file_whole_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: BaseException, old: bytes | None
) -> None:
    path = tmp_path / "case.json"
    if old is not None:
        path.write_bytes(old)

    def opened(handle: int, mode: str) -> FullDisk:
        temporary = next(p for p in tmp_path.iterdir() if p != path)
        os.close(handle)
        return FullDisk(temporary, error)

    monkeypatch.setattr(store.os, "fdopen", opened)
    with pytest.raises((BadInput, KeyboardInterrupt)) as raised:
        store.write(path, b"new content")
    monkeypatch.undo()
    assert snapshot(tmp_path) == ({} if old is None else {"case.json": old})
    if isinstance(error, OSError):
        assert str(raised.value) == f"{path}: No space left on device; the file was left as it was"


def test_a_file_that_cannot_be_put_into_place_leaves_the_old_one_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "case.json"
    path.write_bytes(b"old")

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(BadInput, match=r"case\.json: Permission denied"):
        store.write(path, b"new")
    assert snapshot(tmp_path) == {"case.json": b"old"}


def test_a_file_is_replaced_in_one_move_and_is_readable_by_all(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "case.json"
    store.write(path, b"old")
    with path.open("rb") as reader:
        store.write(path, b"new")
        assert reader.read() == b"old"  # whoever had it open still reads a whole file
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o644
    assert snapshot(tmp_path) == {"deep/case.json": b"new"}


def test_a_folder_that_cannot_be_made_is_bad_input_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BadInput, match=r"case\.json"):
        store.write(tmp_path / "file" / "case.json", b"new")
    assert snapshot(tmp_path) == {"file": b""}


def test_a_failing_write_ends_generate_with_one_sentence_and_no_half_file(
    monkeypatch: pytest.MonkeyPatch, few: list[str], tmp_path: Path
) -> None:
    assert invoke("--output", tmp_path).exit_code == 0
    path = tmp_path / "cases" / f"{few[0]}.json"
    path.write_bytes(b"damaged")
    before = snapshot(tmp_path)

    def refuse(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    result = invoke("--output", tmp_path)
    assert isinstance(result.exception, BadInput)
    assert str(path) in str(result.exception)
    assert snapshot(tmp_path) == before


# --- named data -------------------------------------------------------------------------------------


def named(text: str, field: str = "points") -> Any:
    """What the catalogue makes of a text in place of a matrix."""
    return catalogue.fields(Entry("x", "t", "r", "s", input={field: text}))[0][field]


def printed(name: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a data file, read without the code under test."""
    header, *rows = (ROOT / "data" / f"{name}.csv").read_text(encoding="ascii").splitlines()
    return header.split(","), [row.split(",") for row in rows]


def test_columns_are_named_in_any_order() -> None:
    _, rows = printed("old_faithful")
    assert named("old_faithful: eruptions_milliminutes, waiting_minutes") == rows
    assert named("old_faithful:waiting_minutes,eruptions_milliminutes") == [row[::-1] for row in rows]
    assert named("old_faithful: waiting_minutes") == [row[1:] for row in rows]


def test_a_pattern_stands_for_all_columns_that_match_in_the_order_of_the_file() -> None:
    header, rows = printed("digits_234")
    assert named("digits_234: pixel_*", "rows") == [row[:64] for row in rows]
    assert named("digits_234: *") == rows
    assert named("digits_234: digit, pixel_?7") == [
        [row[64], *(row[j] for j, title in enumerate(header) if title[-1] == "7")] for row in rows
    ]
    assert named("digits_234: pixel_[02]1") == [[row[1], row[21]] for row in rows]
    assert named("iris: *_length_mm") == [[row[0], row[2]] for row in printed("iris")[1]]


@pytest.mark.parametrize(
    ("cut", "start", "stop"),
    [("0:60", 0, 60), ("60:541", 60, 541), (":3", 0, 3), ("540:", 540, 541), (":", 0, 541), ("7:8", 7, 8)],
)
def test_rows_are_cut_from_the_first_to_before_the_last(cut: str, start: int, stop: int) -> None:
    _, rows = printed("digits_234")
    assert named(f"digits_234[{cut}]: pixel_*", "rows") == [row[:64] for row in rows[start:stop]]
    assert store.dataset("digits_234", ("digit",), start, stop) == [row[64:] for row in rows[start:stop]]


def test_named_rows_of_bits_are_read_as_the_bits_they_are() -> None:
    _, rows = printed("digits_234")
    assert values.rows(named("digits_234[0:5]: pixel_*", "rows"), "rows") == [
        [int(x) for x in r[:64]] for r in rows[:5]
    ]
    _, rows = printed("blog_sample")
    points = values.rows(named("blog_sample: x, y"), "points")
    assert [[exact_text(x) for x in row] for row in points] == [row[:2] for row in rows]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("faithful: x", "there is no data set 'faithful'; give one of blog_sample, digits_234, iris, karate_club, "),
        ("../data/iris: x", "there is no data set '../data/iris'; give one of"),
        (": x", "there is no data set ''; give one of"),
        ("blog_sample: x, z", "blog_sample has no column 'z'; give a name or a pattern of x, y, component"),
        ("blog_sample: X", "blog_sample has no column 'X'; give a name or a pattern of x, y, component"),
        ("blog_sample: x,", "blog_sample has no column ''; give a name or a pattern of x, y, component"),
        (
            "digits_234: pix_*",
            "digits_234 has no column 'pix_*'; give a name or a pattern of pixel_00, pixel_01, ..., pixel_63, digit",
        ),
        (
            "digits_234[60:60]: *",
            "digits_234[60:60] is empty or reaches beyond its 541 rows; "
            "give [START:STOP] with 0 <= START < STOP <= 541",
        ),
        ("digits_234[61:60]: *", "digits_234[61:60] is empty or reaches beyond its 541 rows"),
        ("digits_234[0:542]: *", "digits_234[0:542] is empty or reaches beyond its 541 rows"),
        ("digits_234[541:]: *", "digits_234[541:541] is empty or reaches beyond its 541 rows"),
        ("digits_234[:0]: *", "digits_234[0:0] is empty or reaches beyond its 541 rows"),
        (
            "digits_234[-3:]: *",
            '\'digits_234[-3:]: *\' names no data; write "name: column, column" or "name[0:60]: column, column"',
        ),
        ("digits_234[0:60]", "'digits_234[0:60]' names no data"),
        ("digits_234[0:60:2]: *", "'digits_234[0:60:2]: *' names no data"),
        ("digits_234[0:60: *", "'digits_234[0:60: *' names no data"),
        ("digits_234[0:9999999999]: *", "'digits_234[0:9999999999]: *' names no data"),
    ],
)
def test_a_name_that_names_nothing_is_refused_in_one_sentence(text: str, words: str) -> None:
    with pytest.raises(BadInput) as raised:
        named(text)
    assert str(raised.value).startswith(f"x: input.points: {words}")
    assert "\n" not in str(raised.value)
    with pytest.raises(BadInput, match=r"^x: input\.rows: "):
        named(text, "rows")


def test_text_without_a_colon_and_listed_numbers_are_left_to_the_solver() -> None:
    assert named("iris") == "iris"
    entry = Entry("x", "t", "r", "s", input={"points": [[1, "1/2"], ["3"]], "heads": [4, 0]})
    assert catalogue.fields(entry)[0] == {"points": [["1", "1/2"], ["3"]], "heads": ["4", "0"]}
