"""Chance is a pure function of seed, name and index."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mockserver.simulation.chance import Chance, hash_at, normal_at, uniform_at
from mockserver.simulation.noise import smooth_noise

names = st.lists(st.one_of(st.text(max_size=5), st.integers(-9, 9)), max_size=3)


def test_known_draws_never_change() -> None:
    """Another algorithm would give every user another world, so these values are pinned."""
    chance = Chance(7, "room", "a")
    assert chance.stream("x") == 1178898250867620368
    assert [chance.integer(1, 6, "die", n) for n in range(8)] == [4, 3, 4, 6, 3, 1, 3, 4]
    assert chance.normal("z") == -0.4378204345703125
    assert chance.exponential("late") == 1.5886051497607403
    assert chance.code(8, "id") == "6tqpr3i5"
    assert uniform_at(12345, np.arange(3)).tolist() == [
        0.1330796686614273,
        0.20481663336165912,
        0.11954258300911547,
    ]


@given(seed=st.integers(0, 2**63 - 1), first=names, second=names)
def test_another_name_or_seed_is_another_draw(seed: int, first: list, second: list) -> None:
    """Two names never share a stream, so adding a data type cannot shift an old one."""
    drawn = Chance(seed, "a").stream(*first)
    assert drawn == Chance(seed, "a").stream(*first)
    assert drawn != Chance(seed + 1, "a").stream(*first)
    if "\x1f".join(map(str, first)) != "\x1f".join(map(str, second)):
        assert drawn != Chance(seed, "a").stream(*second)


@given(key=st.integers(0, 2**64 - 1), index=st.lists(st.integers(0, 2**40), min_size=1, max_size=20))
def test_a_vector_of_draws_equals_its_scalars(key: int, index: list[int]) -> None:
    """Whether one record or a thousand are made cannot matter."""
    together = hash_at(key, np.array(index)).tolist()
    assert together == [int(hash_at(key, np.array([i]))[0]) for i in index]


def test_draws_have_the_distribution_they_claim() -> None:
    """Means and spreads over many draws; the bounds are five standard errors."""
    n = 20_000
    chance, error = Chance(3, "many"), 5 / n**0.5
    normals = np.array([chance.normal(i) for i in range(n)])
    assert abs(normals.mean()) < error
    assert abs(normals.std() - 1) < error
    assert abs(np.mean([chance.exponential(i) for i in range(n)]) - 1) < error
    assert abs(np.mean([chance.uniform(i) for i in range(n)]) - 0.5) < error
    assert {chance.integer(2, 4, i) for i in range(100)} == {2, 3, 4}
    vector = normal_at(chance.stream("vector"), np.arange(n))
    assert abs(vector.mean()) < error
    assert abs(vector.std() - 1) < error


def test_smooth_noise_is_a_function_of_the_instant_with_variance_one() -> None:
    """Any instant may be asked for alone, and neighbours differ little."""
    t = np.arange(0, 4_000_000, 50)
    curve = smooth_noise(99, t, 1000)
    assert abs(curve.std() - 1) < 0.05
    assert np.abs(np.diff(curve)).max() < 0.6
    assert smooth_noise(99, t[5000:5003], 1000).tolist() == curve[5000:5003].tolist()
