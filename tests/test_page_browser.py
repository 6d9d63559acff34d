"""The page of a report in a real browser: nothing overflows, nothing is fetched, everything can be read and opened."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from refimpl.oracle import store
from refimpl.oracle.journal import Entry
from refimpl.oracle.peers.peer import Answer, Hello, Refused, Result
from refimpl.oracle.report import page
from refimpl.oracle.report.tally import VERDICTS, Report
from refimpl.oracle.score import Score, score
from refimpl.oracle.tasks import TASKS

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
BROWSER = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "/usr/bin/chromium"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="neither chromium nor google-chrome is installed")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESKTOP = (360, 740), (1280, 900)
LOOKS = [(size, scheme) for size in (PHONE, DESKTOP) for scheme in ("light", "dark")]

CONTRAST = """
() => {
  const rgb = text => text.match(/[0-9.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ratio = (a, b) => {
    const [x, y] = [light(rgb(a)), light(rgb(b))];
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  };
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const found = getComputedStyle(e).backgroundColor, parts = rgb(found);
      if (parts.length < 4 || parts[3] > 0) return found;
    }
    return 'rgb(255, 255, 255)';
  };
  const found = [];
  const told = (element, colour, back) => found.push({
    what: `${element.tagName}.${element.getAttribute('class') || ''} ${colour} on ${back}`,
    text: element.textContent.trim().slice(0, 40), ratio: ratio(colour, back),
    size: parseFloat(getComputedStyle(element).fontSize),
  });
  const band = document.querySelector('rect.band');
  for (const element of document.querySelectorAll('body *')) {
    if (['title', 'TITLE', 'STYLE'].includes(element.tagName)) continue;
    if (![...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    const drawn = element.closest('svg');
    const colour = drawn ? getComputedStyle(element).fill : getComputedStyle(element).color;
    told(element, colour, behind(drawn || element));
    if (drawn) told(element, colour, getComputedStyle(band).fill);
  }
  for (const mark of document.querySelectorAll('.mark use')) {
    told(mark, getComputedStyle(mark).color, getComputedStyle(band).fill);
  }
  for (const icon of document.querySelectorAll('svg.icon')) told(icon, getComputedStyle(icon).color, behind(icon));
  return found;
}
"""

PLACES = """
elements => elements.map(e => e.getBoundingClientRect())
  .map(b => [b.left + scrollX, b.top + scrollY, b.right + scrollX, b.bottom + scrollY])
"""


@dataclass
class Opened:
    """A page in the browser, and what it did."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def typical() -> Report:
    """Real scores of all kinds."""
    hello = Hello("a peer", "1.0", "Rust", "binary64", tuple(TASKS), {"labels": "used"})
    entries = []
    for number, case in enumerate(store.cases(store.fixtures())):
        answer: Answer = Refused(case.refused or "bad-input", "no")
        if case.expected is not None and number % 8:
            off = {1: 1e-7, 2: 1e-10}.get(number % 16, 0)
            answer = Result({name: _moved(value, off) for name, value in case.expected.items()})
            if number % 16 == 3 and "labels" in case.expected:
                answer = Result({**case.expected, "labels": [7] * len(answer.values["labels"])})  # type: ignore[arg-type]
        entries.append(Entry(score(case, hello, answer), answer))
    return Report(hello, entries, "refimpl verify --exec './peer --quiet'", len(entries))


def _moved(tree: Any, off: float) -> Any:
    from refimpl.numbers import parse

    if isinstance(tree, list):
        return [_moved(x, off) for x in tree]
    if tree is None or isinstance(tree, int):
        return tree
    return float(parse(tree)) * (1 + off)


def hostile() -> Report:
    """Long words without a place to break, and all that needs escaping; interrupted."""
    word = "W" * 400
    hello = Hello(word, word, word, "binary32", tuple(TASKS), omits={"kmeans.step": {word: word}})
    entries = []
    for task in ("moments.covariance", "kmeans.fit", "coins.fixed_point"):
        case_id = next(store.cases(store.fixtures(), task=task)).id
        for number in range(12):
            digits = {} if number % 4 == 3 else {"centers": 7.2 * number / 11}
            attainable = dict.fromkeys(digits, 7.2)
            found = Score(case_id, VERDICTS[number % 6], f"<b>{word}", digits, attainable)  # type: ignore[arg-type]
            entries.append(Entry(found, Result({"labels": [word], "centers": [[1e300] * 60] * 12})))
    return Report(hello, entries, f"refimpl verify --exec {word}", 10**9)


def crowded() -> Report:
    """More cases than are drawn."""
    hello = Hello("a peer", "1.0", "C", "binary64", ("kmeans.fit", "kmeans.online"))
    entries = []
    for task, number in (("kmeans.fit", 1000), ("kmeans.online", 60)):
        for i in range(number):
            verdict, digits = ("fail", {}) if i % 90 == 7 else ("pass", {"centers": 15.95 - i % 13})
            found = Score(f"{task}/c-{i}", verdict, "", digits, dict.fromkeys(digits, 15.95))  # type: ignore[arg-type]
            entries.append(Entry(found, Result({})))
    return Report(hello, entries, "refimpl verify a-peer", len(entries))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    made = {}
    for name, report in (("typical", typical()), ("hostile", hostile()), ("crowded", crowded())):
        made[name] = folder / f"{name}.html"
        made[name].write_bytes("".join(page.to_html(report, store.fixtures())).encode())
    return made


def opened(browser: Any, file: Path, size: tuple[int, int], scheme: str) -> Opened:
    width, height = size
    found = Opened(browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme))
    found.page.on("request", lambda request: found.requests.append(request.url))
    found.page.on("console", lambda message: found.complaints.append(message.text))
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    found.page.goto(file.as_uri())
    return found


@pytest.mark.parametrize("name", ["typical", "hostile"])
def test_the_page_fits_can_be_read_and_asks_for_nothing(browser: Any, files: dict[str, Path], name: str) -> None:
    shown = opened(browser, files[name], PHONE, "light")
    shown.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    for size, scheme in LOOKS:
        shown.page.set_viewport_size({"width": size[0], "height": size[1]})
        shown.page.emulate_media(color_scheme=scheme)
        _check_looks(shown, size, scheme)
    assert shown.requests == [files[name].as_uri()]
    assert shown.complaints == []
    shown.page.close()


def _check_looks(shown: Opened, size: tuple[int, int], scheme: str) -> None:
    wide, room = shown.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= room == size[0]
    out = shown.page.evaluate(
        """() => [...document.querySelectorAll('h1, h2, p, section, figure, details, dl, ul, pre, div, footer')]
        .filter(e => !e.parentElement.closest('.scroll, pre'))
        .filter(e => e.getBoundingClientRect().right > innerWidth || e.getBoundingClientRect().left < 0)
        .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert out == []
    texts = shown.page.evaluate(CONTRAST)
    assert len(texts) > 300
    assert [text for text in texts if text["ratio"] < 4.5] == []
    assert [text for text in texts if text["size"] < 14 and text["text"]] == []
    light = [int(x) for x in _css(shown.page, "body", "backgroundColor")[4:-1].split(",")]
    assert max(light) < 40 if scheme == "dark" else min(light) > 230


def _css(of: Any, selector: str, name: str) -> str:
    return str(of.evaluate("([s, n]) => getComputedStyle(document.querySelector(s))[n]", [selector, name]))


@pytest.mark.parametrize("name", ["typical", "hostile", "crowded"])
def test_the_marks_lie_inside_the_picture_and_its_texts_do_not_overlap(
    browser: Any, files: dict[str, Path], name: str
) -> None:
    shown = opened(browser, files[name], PHONE, "light").page
    for size in (PHONE, DESKTOP):
        shown.set_viewport_size({"width": size[0], "height": size[1]})
        _check_picture(shown.locator("svg.picture"), size)
    shown.close()


def _check_picture(picture: Any, size: tuple[int, int]) -> None:
    assert picture.is_visible()
    box = picture.bounding_box()
    assert box["width"] > 0.7 * min(size[0], 992)
    assert box["height"] > 200
    marks = picture.locator(".mark use").evaluate_all(PLACES)
    assert len(marks) > 30
    for left, top, right, bottom in marks:
        assert 4 <= right - left <= 12
        assert 4 <= bottom - top <= 12
        assert box["x"] <= left
        assert right <= box["x"] + box["width"] + 0.5
        assert box["y"] <= top
        assert bottom <= box["y"] + box["height"]
    texts = picture.locator("text").evaluate_all(PLACES)
    for i, a in enumerate(texts):
        for b in texts[i + 1 :]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (a, b)


def test_marks_stand_at_their_digits(browser: Any, files: dict[str, Path]) -> None:
    shown = opened(browser, files["typical"], PHONE, "light").page
    middle = "e => { const b = e.getBoundingClientRect(); return (b.left + b.right) / 2 }"
    numbers = shown.locator("svg.picture text.quiet").filter(has_text=re.compile("^(0|16)$")).all()
    axis = {number.text_content(): number.evaluate(middle) for number in numbers}
    unit = (axis["16"] - axis["0"]) / 16
    checked = 0
    for mark in shown.locator("g.mark.v-fail, g.mark.v-weak").all():
        title = mark.locator("title").text_content()
        if " has " in title:
            digits = float(title.partition(" has ")[2].split()[0])
            assert mark.locator("use").evaluate(middle) == pytest.approx(
                axis["0"] + unit * digits, abs=0.06 * unit + 0.5
            )
            checked += 1
    assert checked > 3
    shown.close()


def test_failures_and_long_inputs_open_and_close(browser: Any, files: dict[str, Path]) -> None:
    shown = opened(browser, files["typical"], PHONE, "light").page
    first = shown.locator("details.failure").first
    command = first.locator("pre.command")
    assert command.is_visible()
    first.locator("summary").first.click()
    assert not command.is_visible()
    folded = shown.locator("details.folded").first
    numbers = folded.locator("pre")
    assert not numbers.is_visible()
    folded.locator("summary").focus()
    shown.keyboard.press("Enter")
    assert numbers.is_visible()
    assert numbers.bounding_box()["height"] <= 22 * 16 + 1
    shown.close()


def test_a_wide_table_scrolls_by_itself_and_keeps_the_names_of_the_tasks(browser: Any, files: dict[str, Path]) -> None:
    shown = opened(browser, files["typical"], PHONE, "light").page
    card = shown.locator(".scroll")
    assert card.evaluate("e => e.scrollWidth > e.clientWidth")
    card.evaluate("e => e.scrollLeft = 10000")
    task, edge = shown.locator("tbody th").first.bounding_box(), card.bounding_box()
    assert task["x"] == pytest.approx(edge["x"], abs=2)
    last = shown.locator("tbody tr").first.locator("td").last.bounding_box()
    assert last["x"] + last["width"] <= edge["x"] + edge["width"] + 1
    assert last["x"] >= task["x"] + task["width"]
    shown.close()


def test_a_page_in_the_dark_is_printed_light(browser: Any, files: dict[str, Path]) -> None:
    shown = opened(browser, files["typical"], DESKTOP, "dark").page
    assert max(int(x) for x in _css(shown, "body", "backgroundColor")[4:-1].split(",")) < 40
    shown.emulate_media(media="print", color_scheme="dark")
    assert min(int(x) for x in _css(shown, "body", "backgroundColor")[4:-1].split(",")) > 230
    assert [text for text in shown.evaluate(CONTRAST) if text["ratio"] < 4.5] == []
    shown.close()
