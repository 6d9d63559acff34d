"""Images of K colours: every pixel has its nearest center's colour, and the command says and writes the same."""

import time
from fractions import Fraction as Q
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, strategies as st
from PIL import Image

from refimpl import cli, kmeans
from refimpl.applications import images, palette, scenes
from refimpl.applications.images import Colour, Picture
from refimpl.certify import nearest_means
from refimpl.errors import BadInput, Refuted

RED, BLUE, DARK = (250, 0, 0), (0, 0, 250), (0, 0, 240)


def picture(pixels: list[Colour], width: int) -> Picture:
    red, green, blue = (bytes(level) for level in zip(*pixels, strict=True))
    return Picture((red, green, blue), width)


def png(path: Path, drawn: Picture) -> Path:
    Image.frombytes("RGB", (drawn.width, drawn.height), bytes(x for pixel in drawn.pixels() for x in pixel)).save(path)
    return path


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(cli.commands, ["run", "palette", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture(scope="module")
def lake() -> Picture:
    return scenes.landscape(64, 48)


# ---------------------------------------------------------------------- the arithmetic


def test_a_picture_of_two_reds_and_blues() -> None:
    drawn = picture([RED, BLUE, DARK, RED, RED, BLUE], 3)
    made, found = palette.few_colours(drawn, 2, seed=0)
    assert (made.colours, made.counts) == (
        [(0, 0, 247), RED],
        [3, 3],
    )  # 246 2/3, rounded; equal counts: the darker first
    assert list(made.labels) == [1, 0, 0, 1, 1, 0]
    assert made.error == Q(2 * 3**2 + 7**2, 3 * 6)
    assert found.settled
    assert sorted(found.centers) == [[0, 0, Q(740, 3)], [250, 0, 0]]


@given(st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=30), st.integers(1, 5), st.integers(0, 3))
def test_every_pixel_has_the_rounded_mean_of_its_cluster(pixels: list[Colour], k: int, seed: int) -> None:
    made, found = palette.few_colours(picture(pixels, 1), k, seed=seed)
    assert found.settled
    assert len(made.colours) == min(k, len(set(pixels)))
    assert sum(made.counts) == len(pixels)
    means = dict(zip(palette.rounded(found.centers), found.centers, strict=True))
    for pixel, label in zip(pixels, made.labels, strict=True):
        nearest = min(sum((a - c) ** 2 for a, c in zip(pixel, center, strict=True)) for center in found.centers)
        if len(means) == len(found.centers):  # no two centers were rounded to one colour
            center = means[made.colours[label]]
            assert sum((a - c) ** 2 for a, c in zip(pixel, center, strict=True)) == nearest
    for counts in (made.counts,):
        assert counts == sorted(counts, reverse=True)
        assert counts == [list(made.labels).count(i) for i in range(len(counts))]
    points = [list(map(Q, pixel)) for pixel in pixels]
    again = kmeans.step(points, kmeans.start(points, found.centers)) if len(found.centers) <= len(points) else None
    assert again is None or again.centers == found.centers  # a fixed point of K-means of the pixels, one by one
    change = sum(
        (a - b) ** 2
        for pixel, label in zip(pixels, made.labels, strict=True)
        for a, b in zip(pixel, made.colours[label], strict=True)
    )
    assert made.error == Q(change, 3 * len(pixels))


def test_no_more_colours_than_there_are_and_these_are_kept(lake: Picture) -> None:
    made, found = palette.few_colours(picture([RED, BLUE, RED], 3), 8)
    assert (made.colours, made.error, len(found.centers)) == ([RED, BLUE], 0, 2)
    one, _ = palette.few_colours(lake, 1)
    levels = [sum(plane) for plane in lake.planes]
    assert one.colours == palette.rounded([[Q(total, lake.size) for total in levels]])


def test_more_starts_are_never_worse_and_the_seed_draws_them(lake: Picture) -> None:
    _, one = palette.few_colours(lake, 4, seed=0)
    _, best = palette.few_colours(lake, 4, seed=0, restarts=6)
    assert best.distortion < one.distortion  # this seed's first start ends in another local minimum
    colours, counts = lake.colours()
    assert palette.few_colours(lake, 4, seed=0, restarts=6)[1] == best
    changes = (
        w * sum((a - c) ** 2 for a, c in zip(colour, best.centers[label], strict=True))
        for colour, w, label in zip(colours, counts, best.labels, strict=True)
    )
    assert sum(changes) == best.distortion


def test_too_few_steps_prove_nothing_and_say_so(lake: Picture) -> None:
    steps = []
    _, found = palette.few_colours(lake, 8, iterations=2, watch=lambda start, step, j: steps.append((start, step, j)))
    assert (found.settled, found.steps, [step[:2] for step in steps]) == (False, 2, [(1, 1), (1, 2)])
    assert steps[1][2] <= steps[0][2]


def test_what_is_no_fixed_point_is_not_returned(lake: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(palette.kmeans_boxes, "assign", lambda box, centers: [0] * len(box.indices))
    with pytest.raises(Refuted):
        palette.few_colours(lake, 3)


def test_centers_are_rounded_half_up() -> None:
    assert palette.rounded([[Q(1, 2), Q(3, 2), Q(509, 2)], [Q(1, 3), Q(0), Q(255)]]) == [(1, 2, 255), (0, 0, 255)]
    assert palette.hexadecimal((1, 2, 255)) == "#0102ff"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"k": 0}, "k is 0; give 1 to 256 colours, which is what a palette holds"),
        ({"k": 257}, "k is 257; give 1 to 256 colours, which is what a palette holds"),
        ({"k": 2, "iterations": 0}, "iterations is 0; give at least 1"),
        ({"k": 2, "restarts": 0}, "restarts is 0; give at least 1"),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadInput, match=f"^{sentence}$"):
        palette.few_colours(picture([RED], 1), **options)


def test_a_photograph_of_two_hundred_thousand_colours_takes_less_than_a_minute() -> None:
    """Exactly, with proof, in pure Python; a busy machine counts the time of this process alone."""
    photograph = scenes.landscape(640, 480)
    begun = time.process_time()
    made, found = palette.few_colours(photograph, 8)
    assert time.process_time() - begun < 60
    assert len(found.labels) == 198_144
    assert found.settled
    assert made.colours[0] == (137, 159, 189)
    colours, counts = photograph.colours()
    wrong = [*found.labels]
    wrong[0] = (wrong[0] + 1) % 8
    with pytest.raises(Refuted):
        nearest_means.check(colours, counts, wrong, found.centers)


# ---------------------------------------------------------------------- the command


def test_the_command_says_and_writes_what_the_room_finds(lake: Picture, tmp_path: Path) -> None:
    file, small = png(tmp_path / "lake.png", lake), tmp_path / "small.png"
    done = invoke(file, "--k", 4, "--seed", 0, "--restarts", 6, "--output", small)
    assert done.exit_code == 0
    made, found = palette.few_colours(lake, 4, seed=0, restarts=6)
    lines = done.stdout.splitlines()
    assert lines[0] == f"{file}: 64 x 48 pixels, {len(found.labels)} colours"
    assert (
        lines[1]
        == f"settled after {found.steps} steps: a fixed point of K-means, proven before rounding to whole levels"
    )
    rows = [line.split() for line in lines[4:8]]
    assert [row[:2] for row in rows] == [
        [palette.hexadecimal(colour), str(count)] for colour, count in zip(made.colours, made.counts, strict=True)
    ]
    assert sum(Q(row[2]) for row in rows) == pytest.approx(100, abs=0.02)
    assert "bits a pixel: 2 of 24, 8.33 %; with the palette itself 8.46 %" in lines
    before, after = file.stat().st_size, small.stat().st_size
    assert after < before / 5
    assert lines[-1].startswith(f"{file}: {before} bytes; {small}: {after} bytes, ")
    assert list(images.read(small).pixels()) == [made.colours[label] for label in made.labels]
    with Image.open(small) as image:
        assert image.mode == "P"


def test_without_an_output_the_palette_is_told_and_nothing_written(lake: Picture, tmp_path: Path) -> None:
    file = png(tmp_path / "lake.png", lake)
    done = invoke(file, "--k", 2)
    assert (done.exit_code, [path.name for path in tmp_path.iterdir()]) == (0, ["lake.png"])
    assert "mean squared change of a level: " in done.stdout


def test_the_command_tells_of_white_few_colours_and_unsettled_steps(lake: Picture, tmp_path: Path) -> None:
    glass = tmp_path / "glass.png"
    Image.frombytes("RGBA", (2, 1), bytes([0, 0, 0, 0, 9, 9, 9, 255])).save(glass)
    said = invoke(glass).stdout.splitlines()
    assert said[0] == f"{glass}: 2 x 1 pixels, 2 colours"
    assert said[1] == "transparent pixels were laid on white"
    assert said[2] == "no more than 2 colours to choose from: each is kept"
    said = invoke(png(tmp_path / "lake.png", lake), "--iterations", 1).stdout.splitlines()
    assert said[1] == "not settled after 1 step: a palette, but no fixed point of K-means; give more --iterations"


def test_one_pixel_is_an_image_of_one_colour(tmp_path: Path) -> None:
    said = invoke(png(tmp_path / "dot.png", picture([RED], 1)), "--k", 1).stdout
    assert "1 x 1 pixels, 1 colour\n" in said
    assert "#fa0000       1  100.00 %" in said
    assert "bits a pixel: 0 of 24, 0.00 %; with the palette itself 100.00 %" in said


def test_a_jpeg_is_written_with_a_warning(lake: Picture, tmp_path: Path) -> None:
    small = tmp_path / "small.jpg"
    done = invoke(png(tmp_path / "lake.png", lake), "--output", small)
    assert done.exit_code == 0
    assert done.stderr == f"refimpl: {small}: a JPEG has no palette and changes colours; .png keeps them\n"
    assert len(images.read(small).colours()[0]) > 8


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--output", "lake.png"], "this would write over the data; give another name"),
        (["--output", "no/small.png"], "there is no folder 'no'; make it, or give another name"),
        (["--output", "small.txt"], "small.txt: the suffix tells no format of these; give one of .png .gif"),
        (["--k", "300"], "k is 300; give 1 to 256 colours, which is what a palette holds"),
        (["--iterations", "0"], "iterations is 0; give at least 1"),
    ],
)
def test_the_command_refuses_in_one_sentence(
    arguments: list[str], sentence: str, lake: Picture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = png(Path("lake.png"), lake)
    before = file.read_bytes()
    with pytest.raises(BadInput) as raised:
        invoke(file, *arguments)
    assert sentence in str(raised.value)
    assert file.read_bytes() == before
    assert [path.name for path in Path().iterdir()] == ["lake.png"]


def test_the_help_teaches_by_examples() -> None:
    said = invoke("--help").stdout
    assert "refimpl run palette photo.jpg --k 16 --output small.png" in said
    run = CliRunner().invoke(cli.commands, ["run", "--help"]).stdout
    assert "palette" in run.split("Applications")[1]
