"""The measures of made-up faces, and how they are drawn: (FA1) and (FA2) of `faces`.

Lengths are pixels; the origin of a face is the middle of its head, x to the right, y down. Tones are grey levels, 0
black and 255 white; what is dense has strength 1.
"""

from dataclasses import dataclass, field, fields
from random import Random
from typing import Any, TypeVar

Drawn = TypeVar("Drawn", "Person", "Occasion")


def within(low: float, high: float) -> Any:
    """Return the field of a measure that is drawn evenly from this range."""
    return field(metadata={"range": (low, high)})


@dataclass(frozen=True)
class Person:
    """What all pictures of a person have in common."""

    width: float = within(7.4, 9.6)
    """Half the width of the head."""
    height: float = within(11.4, 13.2)
    """Half its height."""
    jaw: float = within(0.12, 0.42)
    """By how much the head is narrower at the chin."""
    ears: float = within(0.6, 1.5)
    """Half their width."""
    skin: float = within(138, 226)
    """Tone."""
    hair: float = within(12, 96)
    """Tone."""
    hair_line: float = within(1.0, 7.5)
    """From the top of the head down to the hair line; little of it is a bald head."""
    hair_volume: float = within(0.5, 2.8)
    """By how much the hair is wider than the head."""
    hair_length: float = within(-4.0, 15.0)
    """How far down it hangs at the sides."""
    parting: float = within(-1.0, 1.0)
    """Where the hair is parted: -1 is far to the left."""
    eye_distance: float = within(3.0, 4.3)
    """Half the distance between the eyes."""
    eye_height: float = within(-2.4, -0.6)
    """Where the eyes are."""
    eye_width: float = within(1.3, 2.1)
    """Half the width of an eye."""
    eye_opening: float = within(0.6, 1.1)
    """Half the height of an eye that is open."""
    brow_height: float = within(2.0, 3.2)
    """How far a brow is above its eye."""
    brow_tilt: float = within(-0.22, 0.22)
    """How steeply it falls towards the outside."""
    brow_strength: float = within(0.35, 0.95)
    """How dense it is."""
    nose_length: float = within(3.4, 5.4)
    """From the eyes to the nostrils."""
    nose_width: float = within(0.9, 2.0)
    """Half the distance between the nostrils."""
    mouth_height: float = within(5.6, 7.4)
    """Where the mouth is."""
    mouth_width: float = within(2.2, 3.9)
    """Half its width."""
    lips: float = within(0.5, 1.1)
    """Half the height of the lips."""
    beard: float = within(-1.6, 0.8)
    """How dense a beard is; none from 0 down."""
    moustache: float = within(-1.6, 0.9)
    """How dense a moustache is; none from 0 down."""
    glasses: float = within(-2.0, 1.0)
    """How dark the rims of glasses are; none from 0 down."""
    clothes: float = within(20, 210)
    """Tone."""


@dataclass(frozen=True)
class Occasion:
    """What differs from picture to picture."""

    right: float = within(-0.6, 0.6)
    """How far the head is from the middle."""
    down: float = within(-0.5, 0.5)
    """How far it is too low."""
    size: float = within(0.97, 1.04)
    """How large it is."""
    turn: float = within(-0.9, 0.9)
    """Where the face looks: 1 is to the right."""
    tilt: float = within(-0.05, 0.05)
    """Lean of the head, across over down."""
    smile: float = within(-0.35, 1.0)
    """How much the corners of the mouth are up."""
    mouth: float = within(-1.0, 1.0)
    """How far it is open; closed from 0 down."""
    brows: float = within(-0.5, 0.6)
    """How much they are raised."""
    eyes: float = within(0.45, 1.1)
    """How far the eyes are open."""
    gaze: float = within(-0.5, 0.5)
    """Where they look."""
    brightness: float = within(0.93, 1.07)
    """Of the light as a whole."""
    from_right: float = within(-0.16, 0.16)
    """How much more light comes from the right than from the front."""
    from_above: float = within(-0.04, 0.14)
    """How much more comes from above."""
    wall: float = within(98, 118)
    """Tone of what is behind."""


def draw(kind: type[Drawn], source: Random) -> Drawn:
    """Return a `Person` or an `Occasion`, every measure drawn from its range, in the order of the fields."""
    # low + (high - low) u, 0 <= u < 1                                                     (FA1), (FA2)
    ranges = {measure.name: measure.metadata["range"] for measure in fields(kind)}
    return kind(**{name: low + (high - low) * source.random() for name, (low, high) in ranges.items()})
