"""The figures of the notes are what the script draws, and every image of a page exists and is described."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from figures import FIGURES, FOLDER, visit
from notes import ROOT, pages

IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<target>[^)\s]+)\)")

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_what_the_script_draws(name: str) -> None:
    assert visit(name) == ""


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_a_card_with_a_title_and_nothing_from_elsewhere(name: str) -> None:
    root = ElementTree.parse(FOLDER / f"{name}.svg").getroot()
    first, card, *others = root
    assert (first.tag, bool(first.text)) == (f"{SVG}title", True)
    assert (card.tag, card.get("fill")) == (f"{SVG}rect", "#fcfbf8")  # dark pages shine through nowhere
    drawn = {element.tag.removeprefix(SVG) for parent in others for element in parent.iter()}
    assert drawn <= {"circle", "clipPath", "defs", "image", "linearGradient", "path", "rect", "stop", "text", "tspan"}
    links = [(parent.tag, key, value) for parent in root.iter() for key, value in parent.items() if "href" in key]
    for tag, key, value in links:
        assert (tag, key) == (f"{SVG}image", "href")
        assert value.startswith("data:image/png;base64,")
    assert (FOLDER / f"{name}.svg").stat().st_size < 150_000


def test_every_image_of_a_page_exists_and_every_figure_is_shown() -> None:
    shown = set()
    for page in pages():
        for image in IMAGE.finditer(page.read_text(encoding="utf-8")):
            if re.match(r"[a-z]+:", image["target"]):
                continue
            path = (page.parent / image["target"]).resolve()
            assert path.is_file(), f"{page.name}: {image['target']}"
            assert len(image["alt"]) > 40, f"{page.name}: {image['target']} needs a description"
            shown.add(path.relative_to(ROOT.resolve()))
    assert {Path("docs/figures") / f"{name}.svg" for name in FIGURES} == shown & {
        path.relative_to(ROOT) for path in FOLDER.glob("*.svg")
    }
    assert {path.stem for path in FOLDER.glob("*")} == set(FIGURES)


def test_a_changed_figure_is_noticed_and_redrawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "kmeans-blind"
    monkeypatch.setattr("figures.FOLDER", tmp_path)
    assert "is not what" in visit(name)
    assert visit(name, update=True) == ""
    file = tmp_path / f"{name}.svg"
    right = file.read_bytes()
    assert right == (FOLDER / file.name).read_bytes()
    file.write_bytes(right.replace(b"M", b"L", 1))
    assert "is not what" in visit(name)
    assert visit(name, update=True) == ""
    assert file.read_bytes() == right
