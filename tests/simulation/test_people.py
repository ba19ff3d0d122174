"""People have the names that Faker itself would draw."""

import pytest
from faker import Faker

from mockserver.simulation.chance import Chance
from mockserver.simulation.story.people import Namer


def test_names_are_those_of_faker() -> None:
    """Two hundred people, each from a seed of their own."""
    namer, faker = Namer(), Faker("en_US")
    for number in range(200):
        chance = Chance(3, "person", number)
        faker.seed_instance(chance.stream("faker"))
        first, last = faker.first_name(), faker.last_name()
        person = namer.person(chance)
        assert (person.first_name, person.email) == (first, f"{first}.{last}@example.com".lower())


@pytest.mark.parametrize("awkward", [False, True])
def test_an_address_is_plain_whatever_the_name(awkward: bool) -> None:
    """Lower-case letters, digits and dots within; where a name has none, a code of eight."""
    namer = Namer(awkward=awkward)
    people = [namer.person(Chance(3, "person", number)) for number in range(60)]
    boxes = [person.email.removesuffix("@example.com") for person in people]
    assert all(box and set(box) <= set("abcdefghijklmnopqrstuvwxyz0123456789.") for box in boxes)
    assert not any(box.startswith(".") or box.endswith(".") for box in boxes)
    assert any(not person.first_name.isascii() for person in people) == awkward
