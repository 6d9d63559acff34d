"""The page of a report, without a browser: what stands on it, that all of it is there, and that it needs nothing."""

import math
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from refimpl.cli import commands
from refimpl.oracle import store
from refimpl.oracle.case import Case
from refimpl.oracle.journal import Entry, Journal
from refimpl.oracle.peers.peer import Answer, Broken, Hello, Refused, Result, Unsupported
from refimpl.oracle.report import page, shown as showing, text
from refimpl.oracle.report.tally import VERDICTS, Report
from refimpl.oracle.score import Score, score
from refimpl.oracle.tasks import TASKS

ROOT = store.fixtures()
HERE = Path(__file__).parent.parent
HELLO = Hello(
    "fake & <co>",
    "1.0",
    "none",
    "binary64",
    tuple(task for task in TASKS if task != "kmeans.seeding"),
    conventions={"labels": "used", "likelihood": "entered"},
    omits={"kmeans.fit": {"iterations": "there is no count"}},
)
COMMAND = "refimpl verify --exec 'fake <it>'"
VOID = {"meta", "link", "br"}


class Element:
    """A node of the page."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes = tag, attributes
        self.children: list[Element | str] = []

    def all(self, tag: str, name: str = "") -> list["Element"]:
        """All elements below with a tag, or a class."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if child.tag == tag and (not name or name in child.attributes.get("class", "").split()):
                    found.append(child)
                found += child.all(tag, name)
        return found

    @property
    def text(self) -> str:
        """All text below."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    @property
    def words(self) -> str:
        """All text below, with single spaces."""
        return " ".join(self.text.split())


class Reader(HTMLParser):
    """A parser that insists on every tag being closed in its order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute of {tag} stands twice"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parsed(html: str) -> Element:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [reader.root]
    return reader.root


def answer_to(case: Case, number: int) -> Answer:
    """Right answers and all kinds of wrong ones, in turn."""
    if case.task not in HELLO.tasks:
        return Unsupported("the task is not offered")
    if case.expected is None:
        return Refused(case.refused or "", "no") if number % 2 else Result({"centers": [[1, 2], [3, 4]]})
    off = {2: 1e-6, 3: 1e-10, 6: 1e-14}.get(number % 9)
    if number % 9 == 4:
        return Refused("bad-input", "I do not\nlike </svg> \x00\x1b[31m \ud800 <it>")
    if number % 9 == 5:
        return Broken("crash", "ended with status 139; on standard error: </details><script>boom()</script>")
    if number % 9 == 7 and "labels" in case.expected:
        return Result({**case.expected, "labels": [99] * len(case.expected["labels"])})  # type: ignore[arg-type]
    if number % 9 == 8:
        return Unsupported("it is odd & even")
    if off is None:
        return Result(case.expected)
    return Result({k: v if k in ("labels", "iterations") else moved(v, off) for k, v in case.expected.items()})


def moved(tree: Any, off: float) -> Any:
    from refimpl.numbers import parse

    if isinstance(tree, list):
        return [moved(x, off) for x in tree]
    return None if tree is None else float(parse(str(tree))) * (1 + off)


@cache
def entries(task: str | None = None) -> list[Entry]:
    """Every golden case, or those of a task, with its real score."""
    made = []
    for number, case in enumerate(store.cases(ROOT, task=task)):
        answer = answer_to(case, number)
        made.append(Entry(score(case, HELLO, answer), answer))
    return made


def reported(of: Iterable[Entry] | None = None, hello: Hello = HELLO, asked: int | None = None) -> Report:
    chosen = entries() if of is None else list(of)
    return Report(hello, chosen, COMMAND, len(chosen) if asked is None else asked)


def html(report: Report | None = None, root: Path = ROOT) -> str:
    return "".join(page.to_html(report or reported(), root))


@cache
def typical() -> Element:
    return parsed(html())


def synthetic(task: str, verdicts: Iterable[str]) -> list[Entry]:
    return [
        Entry(Score(f"{task}/plain", verdict, "short", {"centers": i % 150 / 10}, {"centers": 15.5}), Result({}))  # type: ignore[arg-type]
        for i, verdict in enumerate(verdicts)
    ]


def test_the_answers_of_these_tests_have_every_verdict() -> None:
    assert {entry.score.verdict for entry in entries()} >= {"pass", "weak", "fail", "wrong branch", "error"}
    assert sum(1 for _ in reported().failures) > 50


def test_the_page_needs_nothing_but_itself() -> None:
    found = typical()
    tags = {element.tag for element in walk(found)}
    assert tags & {"script", "img", "iframe", "object", "embed", "video", "audio", "base", "form"} == set()
    ids = [element.attributes["id"] for element in walk(found) if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    for element in walk(found):
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            assert name not in ("src", "srcset", "action", "data", "poster", "xlink:href")
            if name == "href":
                assert value == "data:," or value.removeprefix("#") in ids
            if name.startswith("aria-labelledby"):
                assert value in ids
            assert "url(" not in value
    (style,) = found.all("style")
    for word in ("url(", "@import", "@font-face", "//", "expression"):
        assert word not in style.text
    (policy,) = (m for m in found.all("meta") if m.attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy.attributes["content"].startswith("default-src 'none'")


def walk(element: Element) -> Iterable[Element]:
    for child in element.children:
        if isinstance(child, Element):
            yield child
            yield from walk(child)


def test_what_a_peer_says_is_text_and_nothing_else() -> None:
    hello = Hello("<script>alert(1)</script>", '"><img src=x>', "</title>\u202e", "binary64", HELLO.tasks)
    made = html(reported(hello=hello))
    made.encode()  # lone surrogates cannot be
    found = parsed(made)
    assert found.all("script") == found.all("img") == []
    (heading,) = found.all("h1")
    assert heading.text == '<script>alert(1)</script> "><img src=x>'
    (title,) = found.all("title")[:1]
    assert title.text.startswith(heading.text)
    assert "<b>alert" not in made
    refusing = next(e for e in entries() if "</svg>" in e.score.detail)
    (section,) = (s for s in found.all("details", "failure") if refusing.score.case_id == s.all("h3")[0].text)
    assert "refuses: bad-input: I do not\nlike </svg> \N{REPLACEMENT CHARACTER}" in section.text
    for character in made:
        assert character.isprintable() or character == "\n"


def test_the_page_has_the_same_bytes_every_time() -> None:
    some = entries("kmeans.step")
    with Journal() as journal:
        for entry in some:
            journal.add(entry.score, entry.answer)
        made = html(Report(HELLO, journal, COMMAND, len(journal)))
    assert made == html(reported(some))
    again = """
import sys
sys.path.insert(0, "tests")
import test_page
sys.stdout.buffer.write(test_page.html(test_page.reported(test_page.entries("kmeans.step"))).encode())
"""
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    done = subprocess.run([sys.executable, "-c", again], capture_output=True, check=True, env=environment, cwd=HERE)
    assert done.stdout.decode() == made


def test_the_head_tells_who_the_peer_is_and_what_came_of_it() -> None:
    found = typical()
    (header,) = found.all("header")
    assert header.all("h1")[0].text == "fake & <co> 1.0"
    assert f"none, binary64, against {len(entries())} golden cases" in header.words
    report = reported()
    assert header.all("p", "verdict")[0].text == text.verdict(report)
    assert "passed" not in header.all("p", "verdict")[0].attributes["class"].split()
    facts = [(f.all("dt")[0].text, f.all("dd")[0].text) for f in header.all("div")]
    total = sum(row.total for row in report.rows if row.applicable)
    assert facts == [("executed", str(report.executed)), ("applicable", str(report.applicable)), ("total", str(total))]
    assert header.all("p", "partial") == []


def test_conventions_that_are_assumed_are_marked() -> None:
    chosen = {li.text: li.attributes.get("class") for li in typical().all("ul", "chosen")[0].all("li")}
    assert chosen["labels: used"] is None
    assert chosen["likelihood: entered"] is None
    assert chosen["ties: lowest-index (assumed)"] == "assumed"
    assert len(chosen) == 9
    assert sum(name == "assumed" for name in chosen.values()) == 7


def test_a_partial_report_says_how_far_it_went() -> None:
    found = parsed(html(reported(entries()[:7], asked=171)))
    (banner,) = found.all("p", "partial")
    assert banner.text == "Partial: the verification was interrupted after 7 of 171 cases."
    assert "interrupted" in found.all("p", "verdict")[0].text


def test_the_table_counts_what_the_report_counts() -> None:
    (table,) = typical().all("table")
    heads = [th.words for th in table.all("thead")[0].all("th")]
    report = reported()
    offered = [row for row in report.rows if row.applicable]
    verdicts = [v for v in VERDICTS if v == "pass" or any(row.verdicts[v] for row in offered)]
    assert heads == ["task", "executed", "applicable", "total", "worst digits", "median digits", *verdicts]

    def pair(digits: tuple[float, float] | None) -> str:
        return f"{digits[0]:.1f}/{digits[1]:.1f}" if digits else "–"

    rows = [[c.words for c in tr.children if isinstance(c, Element)] for tr in table.all("tbody")[0].all("tr")]
    assert rows == [
        [row.task, str(row.executed), str(row.applicable), str(row.total), pair(row.worst), pair(row.median)]
        + [str(row.verdicts[v] or "·") for v in verdicts]
        for row in offered
    ]
    sums = [c.words for c in table.all("tfoot")[0].all("tr")[0].children if isinstance(c, Element)]
    assert sums[0] == "together"
    assert sums[1:3] == [str(report.executed), str(report.applicable)]
    assert sums[6:] == [str(sum(row.verdicts[v] for row in offered)) for v in verdicts]


def expected_marks(of: Iterable[Entry]) -> dict[str, Score]:
    with_numbers = {name for name, task in TASKS.items() if any(output.kind == "numbers" for output in task.outputs)}
    return {
        e.score.case_id: e.score
        for e in of
        if e.score.case_id.partition("/")[0] in with_numbers
        and (e.score.digits or e.score.verdict not in ("pass", "unsupported"))
    }


def picture(of: Element) -> Element:
    (found,) = of.all("svg", "picture")
    return found


def test_every_case_with_digits_is_a_mark_at_its_digits() -> None:
    drawn = picture(typical())
    marks = {mark.all("title")[0].text.partition(":")[0]: mark for mark in drawn.all("g", "mark")}
    assert len(marks) == len(drawn.all("g", "mark"))
    expected = expected_marks(entries())
    assert set(marks) == set(expected)
    axis = {t.text: percent(t, "x") for t in drawn.all("text", "quiet") if t.text.isdigit()}
    zero, unit = axis["0"], (axis["16"] - axis["0"]) / 16
    for identity, found in expected.items():
        mark = marks[identity]
        (use,) = mark.all("use")
        title = mark.all("title")[0].text
        slug = found.verdict.replace(" ", "-")
        assert use.attributes["href"].removesuffix("-small") == f"#mark-{slug}"
        assert f"v-{slug}" in mark.attributes["class"].split()
        assert title.startswith(f"{identity}: {found.verdict}, ")
        if found.closest is None:
            assert use.attributes["x"] == "16"
            assert "no digits" in title
            continue
        digits, attainable = found.closest
        assert math.isclose(percent(use, "x"), zero + unit * digits, abs_tol=0.02)
        (limit,) = mark.all("line", "limit")
        assert math.isclose(percent(limit, "x1"), zero + unit * attainable, abs_tol=0.02)
        name = title.split()[-6] if found.verdict == "pass" else title.split(", ")[1].split()[0]
        assert (found.digits[name], found.attainable[name]) == (digits, attainable)


def percent(element: Element, name: str) -> float:
    value = element.attributes[name]
    assert value.endswith("%")
    return float(value[:-1])


def test_marks_of_one_task_lie_below_each_other_with_failures_above() -> None:
    heights: dict[str, list[tuple[float, str]]] = {}
    for mark in picture(typical()).all("g", "mark"):
        y = float(mark.attributes["transform"].removeprefix("translate(0 ").removesuffix(")"))
        title = mark.all("title")[0].text
        heights.setdefault(title.partition("/")[0], []).append((y, title.split(": ")[1].partition(",")[0]))
    assert len(heights) > 5
    top = 0.0
    for found in heights.values():
        found.sort()
        assert found[0][0] > top
        top = found[-1][0]
        assert all(b[0] - a[0] >= 5 for a, b in pairwise(found))
        verdicts = [verdict == "pass" for _, verdict in found]
        assert verdicts == sorted(verdicts)
    assert top < float(picture(typical()).attributes["height"])


def test_every_verdict_has_a_shape_of_its_own_and_the_legend_has_them() -> None:
    shapes = {
        e.attributes["id"]: (e.tag, e.attributes.get("d"))
        for e in typical().all("defs")[0].children
        if isinstance(e, Element)
    }
    slugs = [verdict.replace(" ", "-") for verdict in VERDICTS]
    assert {f"mark-{slug}" for slug in slugs} <= set(shapes)
    assert len({shapes[f"mark-{slug}"] for slug in slugs}) == len(slugs)
    legend = [li.words for li in typical().all("ul", "legend")[0].all("li")]
    assert legend == [v for v in VERDICTS if any(row.verdicts[v] for row in reported().rows)] + ["attainable"]


def test_the_picture_has_a_text_for_those_who_cannot_see_it() -> None:
    drawn = picture(typical())
    assert drawn.attributes["role"] == "img"
    sizes = Counter(identity.partition("/")[0] for identity in expected_marks(entries()))
    for row in reported().rows:
        if sizes[row.task]:
            failed = sum(row.verdicts[v] for v in VERDICTS if v != "pass")
            assert f"{row.task}: {sizes[row.task]} cases, {failed} failed" in drawn.attributes["aria-label"]
            assert row.worst is not None
            assert f"worst {row.worst[0]:.1f} digits of {row.worst[1]:.1f}." in drawn.attributes["aria-label"]


@pytest.mark.parametrize(
    ("failures", "passes", "drawn", "words"),
    [
        (12, 388, 400, ""),
        (12, 1000, 346, "346 of 1012 cases are drawn, all 12 failures and every 3rd pass"),
        (0, 4400, 400, "400 of 4400 cases are drawn, no failure and every 11th pass"),
        (900, 500, 400, "400 of 1400 cases are drawn, every 3rd failure and every 5th pass"),
        (350, 60, 235, "235 of 410 cases are drawn, every 2nd failure and all 60 passes"),
    ],
)
def test_the_picture_of_many_cases_is_a_sample_that_says_so(
    tmp_path: Path, failures: int, passes: int, drawn: int, words: str
) -> None:
    verdicts = [
        "fail" if i * failures // (failures + passes) != (i + 1) * failures // (failures + passes) else "pass"
        for i in range(failures + passes)
    ]
    assert verdicts.count("fail") == failures
    found = parsed(html(reported(synthetic("kmeans.step", verdicts)), tmp_path))
    marks = picture(found).all("g", "mark")
    assert len(marks) == drawn
    caption = found.all("figcaption")[0].words
    assert (words in caption) if words else ("cases are drawn" not in caption)
    if "all 12" in words:
        assert sum("v-fail" in mark.attributes["class"] for mark in marks) == 12


def test_tasks_with_labels_only_are_in_the_table_and_not_in_the_picture() -> None:
    labels = [entry for entry in entries() if entry.score.case_id.startswith("kmeans.assign/")]
    found = parsed(html(reported(labels)))
    assert found.all("svg", "picture") == []
    assert "kmeans.assign" in found.all("table")[0].text
    assert "kmeans.assign" not in picture(typical()).text


def test_every_failure_has_its_reason_input_and_command() -> None:
    sections = typical().all("details", "failure")
    failures = list(reported().failures)[: page.MOST_FAILURES]
    assert [s.all("h3")[0].text for s in sections] == [e.score.case_id for e in failures]
    (heading,) = (h for h in typical().all("h2") if "failures" in h.text)
    assert heading.text == f"{reported().failed} failures"
    for section, entry in zip(sections, failures, strict=True):
        case = store.find(ROOT, entry.score.case_id)
        assert "open" in section.attributes
        assert entry.score.verdict in section.all("summary")[0].words
        assert shown(entry.score.detail) == section.all("p", "detail")[0].text
        assert section.all("span", "reason")[0].text == case.reason
        assert case.title in section.text
        (command,) = section.all("pre", "command")
        assert command.text == f"{COMMAND} --case {entry.score.case_id}"
        values = {label.all("b")[0].text for label in section.all("p", "label")}
        assert {*case.input, *case.params} <= values
        numbers = " ".join(pre.text for pre in section.all("pre")).replace(",", " ").split()
        for given in case.input.values():
            for cell in flat(given)[:8]:
                assert str(cell) in numbers or len(str(cell)) > 21


def test_a_list_of_matrices_is_shown_with_all_its_numbers() -> None:
    identity = "gmm.step/old-means"
    case = store.find(ROOT, identity)
    assert case.expected is not None
    section = failure(identity, Result({**case.expected, "weights": ["1", "0"]}))
    numbers = " ".join(pre.text for pre in section.all("pre")).replace(",", " ").split()
    assert set(flat(case.input["covariances"])) <= set(numbers)
    assert "entries]" not in section.text


def shown(said: str) -> str:
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in said)


def flat(tree: Any) -> list[Any]:
    return [x for row in tree for x in flat(row)] if isinstance(tree, list) else [tree]


def failure(identity: str, answer: Answer, hello: Hello = HELLO) -> Element:
    judged = score(store.find(ROOT, identity), hello, answer)
    (found,) = parsed(html(reported([Entry(judged, answer)], hello))).all("details", "failure")
    return found


def test_an_answer_stands_above_what_is_expected() -> None:
    right = store.find(ROOT, "kmeans.fit/tie-broken-by-centring").expected
    assert right is not None
    found = failure("kmeans.fit/tie-broken-by-centring", Result({**right, "centers": [[5.5], [0.6666667]]}))
    (centers,) = (
        d
        for d in found.all("div")
        if d.all("p", "label")[:1] and d.all("b")[0].text == "centers" and d.all("div", "beside")
    )
    assert [pre.text for pre in centers.all("pre")] == ["5.5, 0.6666667", "5.5, 0.66666666666666667"]
    assert [s.text for s in centers.all("div", "beside")[0].all("span")] == ["answered", "expected, rounded"]
    (short,) = centers.all("span", "short")
    assert short.text == "7.3 digits of 15.9"
    assert "iterations" not in [b.text for b in found.all("b")]  # which this peer does not have


def test_what_is_expected_follows_the_declared_conventions() -> None:
    hello = Hello("x", "", "", "binary64", HELLO.tasks, {"labels": "final"})
    case = store.find(ROOT, "kmeans.run/one-iteration")
    assert case.expected is not None
    final = case.alternatives["labels=final"][0].result["labels"]
    assert final != case.expected["labels"]
    found = failure(case.id, Result({**case.expected, "centers": [[-1]] * len(case.expected["centers"])}), hello)  # type: ignore[arg-type]
    assert ", ".join(map(str, final)) in [pre.text for pre in found.all("pre")]  # type: ignore[arg-type]


def test_an_answer_that_is_no_result_is_told_in_words() -> None:
    found = failure("kmeans.step/plain", Broken("crash", "ended with status 3"))
    assert "answered: crash: it ended with status 3" in found.words
    assert {s.text for s in found.all("span")} & {"answered"} == set()
    found = failure("kmeans.step/refuse-no-centers", Result({"labels": [0]}))
    assert "expected: must be refused as " in found.words
    found = failure("kmeans.step/plain", Result({}))
    assert "has no labels" in found.words
    assert found.words.count("answered nothing") == 3


def test_after_two_hundred_failures_the_rest_is_counted(tmp_path: Path) -> None:
    many = synthetic("kmeans.step", ["fail"] * 205)
    found = parsed(html(reported(many), tmp_path))
    assert len(found.all("details", "failure")) == 200
    assert "and 5 more; see --format json" in found.words
    assert "more; see" not in parsed(html(reported(many[:200]), tmp_path)).words


def test_long_inputs_are_folded_and_cut() -> None:
    section = next(s for s in typical().all("details", "failure") if "150 × 4 numbers" in s.text)
    folded = section.all("details", "folded")[0]
    assert "open" not in folded.attributes
    assert folded.all("pre")[0].text.count("\n") == 149
    long = showing.shown("points", [[str(i), "1/3", *["0"] * 40] for i in range(1000)])
    assert (long.shape, long.folded) == ("1000 × 42", True)
    assert long.left == "800 more rows and 18 more columns"
    assert long.lines.count("\n") == 199
    assert len(long.lines.splitlines()[0].split()) == 24
    row = showing.shown("labels", [0] * 5000)
    assert (row.shape, row.folded, row.left) == ("5000", True, "4680 more numbers")
    assert not showing.shown("labels", [0] * 10).folded


@pytest.mark.parametrize(
    ("value", "rounding", "expected"),
    [
        ("31/6", False, "31/6"),
        ("31/6", True, "5.1666666666666667"),
        ("11/2", True, "5.5"),
        ("-7/2", True, "-3.5"),
        ("2/1", True, "2"),
        ("0x1.8p-3", True, "0x1.8p-3"),
        ("0.79678907180328900876512345", False, "0.79678907180328901"),
        ("1.2345678901234567890123e-30", True, "1.2345678901234568e-30"),
        (2.5, True, "2.5"),
        (math.nan, True, "nan"),
        (None, True, "null"),
        (True, True, "True"),
        ({"a": 1}, True, "[1 entries]"),
        ([[[[1]]]], True, "[1 entries]"),
        ("no number, " * 20, True, ("no number, " * 20)[:60] + "… (160 more characters)"),
        ("1e999999999999", True, "1e999999999999"),
        ("9" * 6000, True, "9" * 60 + "… (5940 more characters)"),
        ("1/0" + "0" * 30, True, "1/0" + "0" * 30),
    ],
)
def test_numbers_are_short_and_what_is_none_is_harmless(value: Any, rounding: bool, expected: str) -> None:
    assert showing._number(value, rounding)[0] == expected
    assert showing.shown("x", value, rounding=rounding).name == "x"


def test_the_decimal_points_of_a_column_stand_below_each_other() -> None:
    aligned = showing.shown("x", [["1.5", "10"], ["-22.25", "7"]])
    assert aligned.lines == "  1.5   10\n-22.25   7"
    assert showing.shown("x", [[1], [2, 3], 4, []]).lines == "1\n2  3\n4\n"


def test_long_words_of_a_peer_are_cut() -> None:
    hello = Hello("n" * 5000, "1", "C", "binary64", HELLO.tasks, omits={"kmeans.step": {"labels": "w" * 5000}})
    found = parsed(html(reported(entries("kmeans.step"), hello)))
    assert found.all("h1")[0].text == "n" * 200 + "… (4800 more characters) 1"
    assert "w" * 1001 not in found.text
    many = [Entry(Score("kmeans.step/plain", "unsupported", f"reason {i}"), Unsupported("")) for i in range(300)]
    passing = entries_with("pass")[:1]
    notes = parsed(html(reported([*many, *with_task(passing, "kmeans.step")]))).all("ul", "notes")[0].all("li")
    assert len(notes) == 101
    assert notes[-1].text.endswith("more; see --format json")


def entries_with(verdict: str) -> list[Entry]:
    return [entry for entry in entries() if entry.score.verdict == verdict]


def with_task(of: list[Entry], task: str) -> list[Entry]:
    return [Entry(Score(f"{task}/plain", "pass"), entry.answer) for entry in of]


def test_the_notes_are_those_of_the_table() -> None:
    notes = [li.text for li in typical().all("ul", "notes")[0].all("li")]
    assert notes == list(text.notes(reported()))
    assert "not offered: kmeans.seeding" in notes


def test_a_peer_that_passes_gets_a_page_without_failures() -> None:
    found = parsed(html(reported(entries_with("pass"))))
    (verdict,) = found.all("p", "verdict")
    assert verdict.text == "passed: every applicable case"
    assert "passed" in verdict.attributes["class"].split()
    assert found.all("details", "failure") == []
    assert not any("failure" in heading.text for heading in found.all("h2"))
    assert len(picture(found).all("g", "mark")) == len(expected_marks(entries_with("pass")))
    assert "none" not in [t.text for t in picture(found).all("text")]


def test_a_case_that_cannot_be_read_any_more_costs_only_itself(tmp_path: Path) -> None:
    found = parsed(html(reported(), tmp_path))
    sections = found.all("details", "failure")
    assert len(sections) == min(reported().failed, page.MOST_FAILURES)
    assert all("The case cannot be read: " in s.text and s.all("pre", "command") for s in sections)


def test_nothing_at_all_is_a_page_too() -> None:
    found = parsed(html(reported([])))
    assert "nothing was executed" in found.all("p", "verdict")[0].text
    assert found.all("svg", "picture") == []


def test_the_footer_names_the_version_and_no_clock() -> None:
    import refimpl

    (footer,) = typical().all("footer")
    assert f"refimpl {refimpl.__version__}." in footer.words
    assert [dt.text for dt in footer.all("dt")] == list(VERDICTS)


def test_verify_writes_the_page(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    command = f"{sys.executable} -m refimpl serve"
    done = CliRunner().invoke(
        commands, ["verify", "--exec", command, "--case", "kmeans.step/plain", "--html", str(file)]
    )
    assert done.exit_code == 0, done.output
    found = parsed(file.read_text(encoding="utf-8"))
    assert found.all("p", "verdict")[0].text == "passed: every applicable case"
    assert len(picture(found).all("g", "mark")) == 1


def test_the_template_engine_is_imported_for_pages_only() -> None:
    code = "import sys, refimpl.cli, refimpl.cli.verify, refimpl.oracle.report.text, refimpl.oracle.report.machine\n"
    code += "assert 'jinja2' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=HERE)
    assert done.returncode == 0, done.stderr
