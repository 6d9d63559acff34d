"""Scanned notes: on a page that was drawn one knows which pixels are ink, and can count what cleaning keeps."""

from collections import Counter
from fractions import Fraction as Q
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from refimpl import cli
from refimpl.applications import images, palette, scanned_notes, scenes
from refimpl.applications.images import WHITE, Colour, Picture
from refimpl.applications.scanned_notes import Notes
from refimpl.applications.scenes import Page
from refimpl.errors import BadInput

CREAM = (240, 232, 215)


def picture(pixels: list[Colour], width: int = 1) -> Picture:
    red, green, blue = (bytes(level) for level in zip(*pixels, strict=True))
    return Picture((red, green, blue), width)


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(cli.commands, ["run", "scanned-notes", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture(scope="module")
def page() -> Page:
    return scenes.page()


@pytest.fixture(scope="module")
def cleaned(page: Page) -> Notes:
    return scanned_notes.clean(page.scan)


# ---------------------------------------------------------------------- the drawn page


def test_a_page_becomes_eight_colours(page: Page, cleaned: Notes) -> None:
    assert len(page.scan.colours()[0]) > 40_000
    assert len(cleaned.palette.colours) == len(set(cleaned.palette.colours)) == 8
    assert set(cleaned.palette.labels) == set(range(8))
    assert cleaned.clusters is not None
    assert cleaned.clusters.settled


def test_strokes_are_kept_and_little_else(page: Page, cleaned: Notes) -> None:
    found = [label > 0 for label in cleaned.palette.labels]
    true = [ink is not None for ink in page.inks]
    both = sum(a and b for a, b in zip(found, true, strict=True))
    assert both / sum(true) > 0.985  # recall
    assert both / sum(found) > 0.88  # precision: the rest are edges that a pen covers by less than half
    edges = sum(a and not b and near(n, true, 480) for n, (a, b) in enumerate(zip(found, true, strict=True)))
    assert (both + edges) / sum(found) > 0.999


def near(n: int, true: list[bool], width: int) -> bool:
    """Whether one of the eight pixels around n is ink."""
    return any(
        0 <= m < len(true) and true[m] for down in (-width, 0, width) for m in (n + down - 1, n + down, n + down + 1)
    )


def test_what_is_blank_becomes_paper_of_one_colour(page: Page, cleaned: Notes) -> None:
    true = [ink is not None for ink in page.inks]
    blank = [n for n in range(len(true)) if not true[n] and not near(n, true, 480)]
    assert len(blank) > 100_000
    assert sum(cleaned.palette.labels[n] == 0 for n in blank) / len(blank) > 0.9999


def test_every_ink_has_a_colour_of_its_own(page: Page, cleaned: Notes) -> None:
    """Most pixels of one ink have one colour of the palette, and no two inks have the same."""
    most = {}
    for ink in scenes.INKS:
        labels = Counter(
            label for label, true in zip(cleaned.palette.labels, page.inks, strict=True) if true == ink
        ).most_common(1)
        most[ink] = labels[0][0]
    assert len(set(most.values())) == len(scenes.INKS)
    for ink, label in most.items():
        assert max(abs(a - b) for a, b in zip(cleaned.palette.colours[label], scenes.INKS[ink], strict=True)) < 24


def test_one_start_may_mix_two_inks(page: Page) -> None:
    """Black and green become one dark colour in a local minimum, which is why there are several starts."""
    once, best = scanned_notes.clean(page.scan, restarts=1), scanned_notes.clean(page.scan, restarts=4)
    assert once.clusters is not None
    assert best.clusters is not None
    assert best.clusters.distortion < once.clusters.distortion * Q(8, 10)


# ---------------------------------------------------------------------- the parts


def test_the_background_is_the_mean_of_the_fullest_box() -> None:
    colours = [(0, 0, 0), (240, 232, 212), (241, 232, 214), (243, 235, 215), (244, 232, 214)]
    assert scanned_notes.background(colours, [4, 1, 2, 2, 4]) == (242, 233, 214)
    # (240 + 2 * 241 + 2 * 243) / 5 = 241.6; alone (0, 0, 0) and (244, ...) are more frequent than each of these
    assert scanned_notes.background([(0, 0, 0), (4, 4, 4)], [3, 3]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("colour", "ink"),
    [
        (CREAM, False),
        ((177, 171, 158), False),  # a shadow: value 63/255 lower, which is less than a quarter
        ((176, 170, 158), True),  # 64/255
        ((240, 232, 168), False),  # saturation 3/10 against 25/240 = 0.104: 0.196 more
        ((240, 232, 166), True),  # 0.204 more
        ((0, 0, 0), True),
        ((255, 255, 255), False),  # light, grey
    ],
)
def test_ink_differs_in_value_or_saturation(colour: Colour, ink: bool) -> None:
    assert scanned_notes.is_ink(colour, CREAM) == ink


def test_a_difference_of_exactly_the_threshold_is_ink() -> None:
    grey = (100, 100, 100)
    assert scanned_notes.is_ink((151, 151, 151), grey, value=Q(1, 5))
    assert not scanned_notes.is_ink((150, 150, 150), grey, value=Q(1, 5))
    assert scanned_notes.is_ink((100, 80, 80), grey, saturation=Q(1, 5))


def test_the_paper_comes_first_and_may_be_white() -> None:
    scan = picture([CREAM] * 4 + [(0, 0, 200), (0, 0, 200), (0, 0, 200), (200, 0, 0), (239, 233, 214)], 9)
    for white, first in ((False, CREAM), (True, WHITE)):
        notes = scanned_notes.clean(scan, white=white)
        assert notes.background == CREAM
        assert notes.palette.colours == [first, (0, 0, 200), (200, 0, 0)]
        assert list(notes.palette.labels) == [0, 0, 0, 0, 1, 1, 1, 2, 0]


def test_a_page_without_ink_is_paper() -> None:
    notes = scanned_notes.clean(picture([CREAM, (238, 231, 216)]))
    assert (notes.clusters, notes.palette.counts) == (None, [2])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"k": 1}, "k is 1; give at least 2, for the paper and an ink"),
        ({"k": 257}, "k is 257; give 1 to 256 colours, which is what a palette holds"),
        ({"value": Q(3, 2)}, "value is 3/2; give a threshold from 0 to 1"),
        ({"saturation": Q(-1)}, "saturation is -1; give a threshold from 0 to 1"),
        ({"restarts": 0}, "restarts is 0; give at least 1"),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, int], sentence: str) -> None:
    with pytest.raises(BadInput, match=f"^{sentence}$"):
        scanned_notes.clean(picture([CREAM, (0, 0, 0)]), **options)  # type: ignore[arg-type]


# ---------------------------------------------------------------------- the command


def test_the_command_writes_a_small_clean_page(page: Page, cleaned: Notes, tmp_path: Path) -> None:
    file, clean = tmp_path / "page.png", tmp_path / "clean.png"
    scan = page.scan
    pixels = bytes(x for pixel in scan.pixels() for x in pixel)
    Image.frombytes("RGB", (scan.width, scan.height), pixels).save(file, optimize=True)
    done = invoke(file, "--white", "--output", clean)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[1] == f"paper: {palette.hexadecimal(cleaned.background)}, written as white"
    before, after = file.stat().st_size, clean.stat().st_size
    assert lines[-1].startswith(f"{file}: {before} bytes; {clean}: {after} bytes, ")
    assert after < before / 20
    colours = [WHITE, *cleaned.palette.colours[1:]]
    assert list(images.read(clean).pixels()) == [colours[label] for label in cleaned.palette.labels]


def test_the_command_tells_of_a_blank_page(tmp_path: Path) -> None:
    file = tmp_path / "blank.png"
    Image.new("RGB", (4, 4), CREAM).save(file)
    said = invoke(file).stdout
    assert "paper: #f0e8d7\nnothing is written on it; lower --value or --saturation find fainter strokes\n" in said


def test_the_command_takes_thresholds_in_percent(tmp_path: Path) -> None:
    file = tmp_path / "faint.png"
    faint = Image.new("RGB", (4, 4), CREAM)
    faint.putpixel((1, 1), (200, 193, 179))
    faint.save(file)
    assert "#c8c1b3" not in invoke(file).stdout
    assert "#c8c1b3" in invoke(file, "--value", 10).stdout
    assert invoke(file, "--value", 101).exit_code == 2


def test_a_command_never_writes_over_the_scan(tmp_path: Path) -> None:
    file = tmp_path / "page.png"
    Image.new("RGB", (4, 4), CREAM).save(file)
    with pytest.raises(BadInput, match="this would write over the data"):
        invoke(file, "--output", file)


def test_the_help_teaches_by_examples() -> None:
    assert "refimpl run scanned-notes page.jpg --white --output clean.png" in invoke("--help").stdout
