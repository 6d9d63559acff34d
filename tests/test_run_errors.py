"""`refimpl run` refuses bad data and options in one sentence: what, where, which rule, and how to mend it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from refimpl import cli, own_data
from refimpl.errors import BadInput, EmptyData, KTooLarge, RefimplError
from refimpl.oracle.case import LARGEST_FILE

MEAN = ("moments.covariance",)
FIT = ("kmeans.fit", "--start", "0;9")
FOUR = b"x\n0\n1\n4\n9\n"
PLANE = b"x,y\n0,0\n1,1\n4,4\n9,9\n"
COINS = b"heads,tails\n5,5\n9,1\n8,2\n4,6\n7,3\n"


def refusal(task: str, *arguments: object, stdin: bytes = FOUR, file: object = "-") -> str:
    """The sentence with which a run is refused."""
    command = ["run", task, str(file), *map(str, arguments)]
    done = CliRunner().invoke(cli.commands, command, input=stdin)
    assert isinstance(done.exception, RefimplError), (done.output, done.exception)
    assert done.stdout == ""
    sentence = str(done.exception)
    assert len(sentence.splitlines()) == 1
    assert len(sentence) < 900  # the longest has the names of all tasks
    return sentence


CSV = {
    "empty": (b"", "standard input: the file is empty; give one line for each point"),
    "blank": (b"\xef\xbb\xbf \r\n\n", "the file is empty"),
    "names only": (b"a,b\n", "there is no row below the names of the columns; give one for each point"),
    "ragged": (b"a,b\n1,2\n3\n", "line 3 and line 1 have 1 and 2 cells; give every row the same number"),
    "long row": (b"1,2\n\n3,4,5\n", "line 3 and line 1 have 3 and 2 cells"),
    "word": (b"a,b\n1,2\n3,x\n", "line 3, column 'b': 'x' is not a number; write an integer"),
    "word without header": (b"51,setosa\n49,setosa\n", "line 1, column 'x1': 'setosa' is not a number"),
    "hint": (b"51,setosa\n", "--columns can leave a column out"),
    "missing": (b"a,b\n1,2\n3, \n", "line 3, column 'b': the value is missing (''); fill it in, or leave the row out"),
    "missing first": (b"1,\n3,4\n", "line 1, column 'x1': the value is missing"),
    "NA": (b"a,b\nNA,2\n", "line 2, column 'a': the value is missing ('NA')"),
    "nan": (b"a\n1\nnan\n", "line 3, column 'a': the value is missing ('nan')"),
    "infinite": (b"a\n1\n-inf\n", "line 3, column 'a': '-inf' is not finite; give a number"),
    "decimal comma": (b"a;b\n1,5;2\n", "line 2, column 'a': '1,5' has a decimal comma; write a decimal point"),
    "division by zero": (b"a\n1/0\n", "line 2, column 'a': '1/0' divides by zero"),
    "endless digits": (
        b"a\n" + b"7" * 5000 + b"\n",
        "line 2, column 'a': a number has 5000 characters, more than 4000",
    ),
    "huge exponent": (b"a\n1e999999\n", "line 2, column 'a': '1e999999' has an exponent beyond 20000"),
    "binary": (b"a\n1\0\n", "a binary file; save the data as CSV or JSON in UTF-8"),
    "latin-1": ("größe\n1\n".encode("latin-1"), "byte 2 is no text in UTF-8; save the data as CSV in UTF-8"),
    "utf-16": ("a\n1\n".encode("utf-16"), "byte 0 is no text in UTF-8"),
    "open quote": (b'a\n"1\n', "close every quotation mark"),
    "one name twice": (b"a,a\n1,2\n", "the column 'a' stands twice; rename it, or choose others with --columns"),
    "too long a file": (b"1\n" * (LARGEST_FILE // 2 + 1), f"more than {LARGEST_FILE} bytes; give a part of the data"),
}


@pytest.mark.parametrize("name", CSV)
def test_bad_csv_is_one_sentence_with_its_place(name: str) -> None:
    content, fragment = CSV[name]
    sentence = refusal(*MEAN, stdin=content)
    assert sentence.startswith("standard input: ")
    assert fragment in sentence


JSON = {
    "half": ("[[1, 2]", "line 1: not JSON (Expecting ',' delimiter); give [[1, 2], ...]"),
    "trailing": ("[[1]]\n]", "line 2: not JSON (Extra data)"),
    "no rows": ("[]", "the list is empty; give one row for each point"),
    "numbers": ("[1, 2]", "row 0 is a single value; give rows all of one form"),
    "empty row": ("[[]]", "row 0 is a list with nothing in it"),
    "mixed": ('[[1], {"x": 1}]', "row 1 is an object; give rows all of one form"),
    "ragged": ("[[1, 2], [3]]", "rows 1 and 0 have 1 and 2 entries; give all the same"),
    "other names": ('[{"x": 1}, {"y": 2}]', "row 1 has the names ['y']; give those of row 0, ['x']"),
    "name twice": ('[{"x": 1, "x": 2}]', "'x' stands twice in one object; keep one"),
    "null": ("[[1], [null]]", "row 1, column 'x0': the value is missing ('')"),
    "NaN": ("[[1], [NaN]]", "row 1, column 'x0': the value is missing ('NaN')"),
    "Infinity": ("[[1], [-Infinity]]", "row 1, column 'x0': '-Infinity' is not finite"),
    "true": ('[{"a": true}]', "row 0, column 'a': 'true' is not a number"),
    "nested": ("[[[1]]]", "row 0, column 'x0': '[\"1\"]' is not a number"),
    "endless digits": (f"[[{'7' * 5000}]]", "a number has 5000 characters, more than 4000"),
    "deep": ("[" * 100_000, "nested too deeply"),
    "object": ('{"points": [[1]]}', "neither rows nor a case"),
    "no points": ('{"input": {}}', "input has neither points nor lists of heads and tails"),
    "points no list": ('{"input": {"points": 3}}', "points is not a list; give a list of rows"),
    "params no object": ('{"input": {"points": [[1]]}, "params": 3}', "neither rows nor a case"),
    "unknown field": ('{"input": {"points": [[1]], "weights": [1]}}', "input has 'weights'; moments.covariance has po"),
    "unknown param": (
        '{"input": {"points": [[1]]}, "params": {"k": 1}}',
        "params has 'k'; moments.covariance has ddof",
    ),
    "uneven": ('{"input": {"heads": [1], "tails": []}}', "there are 1 heads and 0 tails; give both for every round"),
}


@pytest.mark.parametrize("name", JSON)
def test_bad_json_is_one_sentence_with_its_place(name: str) -> None:
    content, fragment = JSON[name]
    sentence = refusal(*MEAN, stdin=content.encode())
    assert sentence.startswith("standard input: ")
    assert fragment in sentence


OPTIONS: dict[tuple[object, ...], str] = {
    ("kmeans.fly",): "there is no task 'kmeans.fly'; the tasks are moments.covariance, ",
    ("palette.run",): ", and applications ad-channels, candidates, palette, scanned-notes",
    ("kmeans.fit", "--start", ""): "--start is empty; give first, random, k-means++, a FILE, or numbers such as",
    ("kmeans.fit",): "kmeans.fit needs a start; give --start first, random, k-means++, FILE or numbers",
    ("kmeans.fit", "--start", "first"): "--start first needs the number of clusters; give --k",
    ("kmeans.fit", "--start", "random", "--k", 2): "--start random draws points; give --seed",
    ("kmeans.fit", "--start", "k-means++", "--k", 2): "--start k-means++ draws points; give --seed",
    ("kmeans.fit", "--start", "first", "--k", 2, "--seed", 1): "--seed has no use with --start first",
    ("kmeans.fit", "--start", "0;9", "--seed", 1): "--seed has no use where --start gives the centers",
    ("kmeans.fit", "--start", "0;9", "--k", 3): "--k is 3, but --start has 2 rows; leave --k out",
    ("kmeans.fit", "--start", "first", "--k", 5): "k is 5 for 4 points; give at most as many clusters as points",
    ("kmeans.fit", "--start", "first", "--k", 0): "k is 0; give at least 1 cluster",
    ("kmeans.fit", "--start", "0;1;2;3;4"): "there are 5 centers for 4 points; give at most as many",
    ("kmeans.fit", "--start", "1,2;3,4"): "--start has a row of 2 numbers; give 1, one for each of 'x'",
    ("kmeans.fit", "--start", "1;2,3"): "--start has a row of 2 numbers; give 1",
    ("kmeans.fit", "--start", "1;x"): "--start '1;x' is not numbers; give first, random, k-means++, a FILE, or numbers",
    ("kmeans.fit", "--start", "no.csv"): "--start 'no.csv' is not a file that exists; give first, ",
    ("kmeans.fit", "--start", "-"): "--start cannot be standard input; give a file, or the numbers themselves",
    (*FIT, "--iterations", 0): "--iterations is 0; give at least 1",
    (*FIT, "--digits", 0): "--digits is 0; give a number from 1 to 1000",
    (*FIT, "--digits", 1001): "--digits is 1001",
    (*FIT, "--rate", 1): "--rate has no use in kmeans.fit; leave it out",
    (*FIT, "--chosen", 1): "--chosen has no use in kmeans.fit; leave it out",
    (*FIT, "--ddof", 1): "--ddof has no use in kmeans.fit; leave it out",
    (*FIT, "--columns", "y"): "standard input: there is no column 'y'; the columns are 'x'",
    (*FIT, "--columns", "1"): "there is no column '1'; the columns are 'x'",
    (*FIT, "--columns", "0-1"): "there is no column '0-1'; the columns are 'x'",
    (*FIT, "--columns", "1-0"): "--columns is empty; give names or indices from 0, such as 0,2",
    (*FIT, "--covariance-type", "full"): "--covariance-type has no use in kmeans.fit; leave it out",
    (*FIT, "--regularisation", 1): "--regularisation has no use in kmeans.fit; leave it out",
    (*FIT, "--columns", ""): "--columns is empty; give names or indices from 0, such as 0,2",
    (*FIT, "--columns", "x,0"): "the column 'x' stands twice",
    (*FIT, "--no-header"): "line 1, column 'x0': 'x' is not a number",
    ("kmeans.step", *FIT[1:], "--iterations", 2): "--iterations has no use in kmeans.step; leave it out",
    ("kmeans.run", *FIT[1:]): "kmeans.run needs --iterations",
    ("kmeans.run", *FIT[1:], "--iterations", -1): "--iterations is -1; give at least 0",
    ("kmeans.online", *FIT[1:], "--rate", 2): 'rate is 2; give "1/n" or a number from 0 to 1',
    ("kmeans.online", *FIT[1:], "--rate", "x"): "rate: 'x' is not a number",
    ("kmeans.seeding",): "kmeans.seeding needs --chosen",
    ("kmeans.seeding", "--chosen", "4"): "chosen[0] is 4; give an index from 0 to 3",
    ("kmeans.seeding", "--chosen", "0,x"): "chosen[1]: 'x' is not a number",
    ("kmeans.seeding", "--chosen", "0", "--k", 2): "--k has no use in kmeans.seeding; leave it out",
    ("kmeans.update",): "kmeans.update needs labels; give the name of their column by --labels, or JSON",
    ("kmeans.optimum",): "kmeans.optimum needs --k",
    ("kmeans.optimum", "--k", 5): "k is 5 for 4 points",
    ("kmeans.optimum", "--k", 2, "--kind", "float"): "--kind float has no use in kmeans.optimum, which is exact",
    ("kmeans.optimum", "--k", 2, "--start", "first"): "--start has no use in kmeans.optimum; leave it out",
    (*MEAN, "--ddof", 4): "ddof is 4 for 4 observations",
    (*MEAN, "--k", 4): "--k has no use in moments.covariance; leave it out",
    (*MEAN, "--plot", "p.svg"): "moments.covariance has no iterations and no labels to draw; leave --plot out",
    ("kmeans.assign", *FIT[1:], "--plot", "p.svg"): "kmeans.assign is drawn in two dimensions; choose two --columns",
    (*FIT, "--plot", "p.pdf"): "--plot p.pdf does not end in .svg or .png",
    (*FIT, "--plot", "no/p.svg"): "no/p.svg: there is no folder 'no'; make it, or give another name",
    (*FIT, "--output", "no/p.csv"): "no/p.csv: there is no folder 'no'",
    (*FIT, "--output", "p.svg", "--plot", "p.svg"): "p.svg: --output and --plot are one file; give two names",
    ("coins.step", "--start", "3/5,1/2"): "there is only the column 'x'; give one of heads and one of tails",
}


@pytest.mark.parametrize("arguments", OPTIONS, ids=lambda arguments: " ".join(map(str, arguments)))
def test_a_wrong_option_is_one_sentence_that_names_it(
    arguments: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert OPTIONS[arguments] in refusal(str(arguments[0]), *arguments[1:])
    assert list(tmp_path.iterdir()) == []


COIN_OPTIONS: dict[tuple[object, ...], str] = {
    ("coins.step",): "coins.step needs a start; give the probabilities of A and B, such as --start 3/5,1/2",
    ("coins.step", "--start", "first"): "--start is 'first'; give the probabilities of A and B, such as 3/5,1/2",
    ("coins.step", "--start", "1;2"): "--start is '1;2'; give the probabilities",
    ("coins.step", "--start", "3/5,3/2"): "theta[1] is 3/2; give a probability from 0 to 1",
    ("coins.step", "--start", "0,0"): "round 0 (5 heads, 5 tails) is impossible under both coins",
    ("coins.step", "--start", "3/5,1/2", "--k", 2): "--k has no use in coins.step; leave it out",
    ("coins.run", "--start", "3/5,1/2"): "coins.run needs --iterations",
    ("coins.fixed_point", "--start", "3/5,1/2", "--kind", "exact"): "--kind exact has no use in coins.fixed_point",
}


@pytest.mark.parametrize("arguments", COIN_OPTIONS, ids=lambda arguments: " ".join(map(str, arguments)))
def test_a_wrong_option_of_coins_is_one_sentence(arguments: tuple[object, ...]) -> None:
    assert COIN_OPTIONS[arguments] in refusal(str(arguments[0]), *arguments[1:], stdin=COINS)


@pytest.mark.parametrize("cell", ["4.5", "-1"])
def test_counts_of_coins_are_whole(cell: str) -> None:
    sentence = refusal("coins.step", "--start", "3/5,1/2", stdin=COINS.replace(b"4,6", f"4,{cell}".encode()))
    assert "standard input: line 5, column 'tails': " in sentence
    assert "is no count; give 0, 1, 2, ..." in sentence


def test_fractions_of_coins_are_refused_before_they_take_for_ever() -> None:
    tosses = b"heads,tails\n" + b"500,500\n900,100\n"
    sentence = refusal("coins.run", "--start", "3/5,1/2", "--iterations", 9, "--kind", "exact", stdin=tosses)
    assert sentence == "step 9 would have more than 1000000 bits in Fractions; give --kind ball, or fewer --iterations"
    arguments = ("--start", "3/5,1/2", "--iterations", 4, "--kind", "exact")
    assert refusal("coins.run", *arguments, stdin=COINS).startswith("step 4 would have more than 1000000 bits")
    long = f"1/{3**400},1/2"
    assert refusal("coins.step", "--start", long, "--kind", "exact", stdin=tosses).endswith("or a shorter --start")


def test_a_start_from_which_no_limit_is_proven_is_told() -> None:
    sentence = refusal("coins.fixed_point", "--start", "0,1", stdin=b"heads,tails\n5,0\n3,0\n")
    assert sentence.startswith("no limit can be proven from this start (coin A receives no toss, ")
    assert sentence.endswith("; take --kind float, or coins.run")


def test_equal_points_do_not_make_more_clusters() -> None:
    for rule in (("first",), ("k-means++", "--seed", 1)):
        sentence = refusal("kmeans.fit", "--k", 3, "--start", *rule, stdin=b"1\n1\n2\n2\n")
        assert sentence == "--k is 3, but standard input has only 2 different points; give at most that"


def test_no_more_than_ten_points_have_a_proven_optimum() -> None:
    points = b"".join(b"%d,%d\n" % (i, i * i) for i in range(11))
    assert "tries all partitions; give at most 10 points, or one column" in refusal(
        "kmeans.optimum", "--k", 2, stdin=points
    )


def test_a_result_beyond_binary64_is_refused() -> None:
    assert "beyond the range of binary64" in refusal(*FIT, "--kind", "float", stdin=b"1e200\n-1e200\n0\n")
    assert "exceeds the range of binary64" in refusal(*FIT, "--kind", "float", stdin=b"1e400\n0\n")


def test_a_span_that_runs_downwards_is_told_the_right_way_round() -> None:
    done = CliRunner().invoke(cli.commands, ["run", "choose_k.sweep", "-", "--k", "9-2"], input=FOUR)
    assert done.exit_code == 2
    assert "'9-2' ends below its beginning; give 2-9" in done.stderr


def test_distances_beyond_binary64_are_refused() -> None:
    sweep = ("choose_k.sweep", "--k", "2-3", "--start", "first", "--kind", "float")
    said = refusal(*sweep, stdin=b"1e308,1\n-1e308,2\n3,4\n5,5\n")
    assert said == "the distances of points add up to more than binary64 holds; give fractions, or another unit"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert refusal(*MEAN, file=tmp_path) == f"{tmp_path}: Is a directory; give a file that can be read"
    missing = tmp_path / "no.csv"
    assert refusal(*MEAN, file=missing) == f"{missing}: No such file or directory; give a file that can be read"


def test_a_start_file_of_the_wrong_width_or_with_a_word_is_named(tmp_path: Path) -> None:
    path = tmp_path / "start.csv"
    path.write_text("1,2\n3,4\n")
    assert "--start has a row of 2 numbers; give 1, one for each of 'x'" in refusal("kmeans.fit", "--start", path)
    path.write_text("x,word\n1,a\nb,c\n")
    assert refusal("kmeans.fit", "--start", path).startswith(f"{path}: line 3, column 'x': 'b' is not a number")


def test_the_data_are_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "four.csv"
    path.write_bytes(FOUR)
    for option in ("--output", "--plot"):
        sentence = refusal(*FIT, option, path, file=path)
        assert sentence == f"{path}: this would write over the data; give another name"
    assert path.read_bytes() == FOUR


def test_a_json_document_has_no_header_line() -> None:
    assert "a JSON document has no header line; leave --header and --no-header out" in refusal(
        *MEAN, "--header", stdin=b"[[1], [2]]"
    )


def test_a_document_with_centers_needs_no_k_and_no_seed() -> None:
    text = b'{"input": {"points": [[0], [1]], "centers": [[0]]}}'
    for option in ("--k", "--seed"):
        sentence = refusal("kmeans.fit", option, 1, stdin=text)
        assert sentence == f"{option} has no use with the centers of standard input; leave it out, or give --start"
    assert "theta has 1 entries" in refusal(
        "coins.step", stdin=b'{"input": {"heads": [1], "tails": [1], "theta": ["1/2"]}}'
    )


def test_the_words_of_the_protocol_are_kept() -> None:
    with pytest.raises(EmptyData):
        own_data.parsed(b"", "data")
    with pytest.raises(KTooLarge):
        own_data.run("kmeans.fit", own_data.parsed(b"1", "data"), own_data.Options(start="first", k=2))
    with pytest.raises(BadInput):
        own_data.read(Path("/no/such/file"))


@pytest.mark.parametrize("content", [b"a\nx\n", b"\xff\xfe\x00", b"[[1], [2, 3]]"])
def test_in_a_process_of_its_own_the_sentence_is_on_standard_error(content: bytes) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "refimpl", "run", "moments.covariance", "-"],
        input=content,
        capture_output=True,
        check=False,
        env={**os.environ, "REFIMPL_TRACEBACK": ""},
    )
    assert (done.returncode, done.stdout) == (2, b"")
    (line,) = done.stderr.splitlines()
    assert line.startswith(b"refimpl: standard input: ")
