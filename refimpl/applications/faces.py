"""Four hundred made-up faces: 40 people, 10 pictures of each, 32 x 32 pixels, the same on every machine for ever.

The Nankai lecture shows 400 faces of this shape. No package of the Python index carries a set of faces under a clear
free licence (scikit-learn downloads Olivetti's, and that of scikit-image's small set is unclear), so these are drawn,
by numbers.

    1. person    draw every measure of a `Person` evenly from its range: what all pictures share          (FA1)
    2. occasion  draw every measure of an `Occasion` likewise: pose, expression and light of a picture    (FA2)
    3. portrait  paint the picture and shake every pixel a little: `portrait`, (FA5) to (FA9)               (FA3)
    4. album     a seed for each person, so that more people leave the others as they are, and more       (FA4)
                 pictures of a person the first ones

Only Random.random() is used, the one method whose sequence Python promises never to change, and only + - * / and < on
its numbers, which binary64 rounds alike everywhere.
"""

from collections.abc import Iterator
from random import Random

from refimpl.applications.measures import Occasion, Person, draw
from refimpl.applications.portrait import paint
from refimpl.errors import BadInput


def album(people: int = 40, pictures: int = 10, *, seed: int = 0) -> list[list[int]]:
    """Return people x pictures faces, those of a person together, each 1024 grey levels 0..255, line by line.

    A function of its arguments alone. Raises BadInput unless there is at least one picture of one person.
    """
    return [picture for _, _, picture in sittings(people, pictures, seed=seed)]


def sittings(people: int = 40, pictures: int = 10, *, seed: int = 0) -> Iterator[tuple[Person, Occasion, list[int]]]:
    """Yield what `album` returns, each picture with its person and its occasion. Raises as `album` does."""
    for name, count in (("people", people), ("pictures", pictures)):
        if count < 1:
            raise BadInput(f"{name} is {count}; give at least 1")
    seeds = Random(seed)
    for _ in range(people):
        source = Random(int(seeds.random() * 2**53))  # (FA4)
        person = draw(Person, source)  # (FA1)
        for _ in range(pictures):
            occasion = draw(Occasion, source)  # (FA2)
            yield person, occasion, paint(person, occasion, source)  # (FA3)
