"""The locator: every value that `tomllib` reads is found, and at the line where it stands."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.simulation.scenario.toml_lines import Steps, line_of, repetition, toml_lines
from mockserver.words.resources import data_path

TEXT = '''\
# a comment with [brackets], "quotes" and key = 1
about = "a [table] = # not a comment"   # but this is one
'quoted key' = 1
a.b . "c.d" = 2

[first] # a table
list = [ # whose elements
  "one", # ] not the end
  'two',

  [ 3, 4 ],
]
text = """
[no.table]
key = "x" \\""" still
"""""
raw = \'\'\'
# no comment '' here
\'\'\'
inline = { x = 1, "y z" = [5,
  6], deep.er = {} }
after = 2024-10-20 14:30:00Z

[outer.inner]
key = 1

[outer]
key = 1

[[items]]
name = "a"
[items.part]
key = 1
[[items]]
name = "b"
[items.part]
key = 1
[last]
'''


def paths(value: Any, above: Steps = ()) -> Iterator[Steps]:
    """The way to everything in a value, itself included."""
    yield above
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, held in inner:
        yield from paths(held, (*above, step))


@pytest.mark.parametrize(
    ("where", "line"),
    [
        (("about",), 2),
        (("quoted key",), 3),
        (("a",), 4),
        (("a", "b", "c.d"), 4),
        (("first",), 6),
        (("first", "list"), 7),
        (("first", "list", 0), 8),
        (("first", "list", 1), 9),
        (("first", "list", 2, 1), 11),
        (("first", "text"), 13),
        (("first", "raw"), 17),
        (("first", "inline", "y z", 1), 21),
        (("first", "inline", "deep", "er"), 21),
        (("first", "after"), 22),
        (("outer", "inner", "key"), 25),
        (("outer",), 27),
        (("items", 0, "name"), 31),
        (("items", 0, "part", "key"), 33),
        (("items", 1), 34),
        (("items", 1, "part", "key"), 37),
        (("last",), 38),
    ],
)
def test_a_value_is_found_at_its_line(where: Steps, line: int) -> None:
    """Whatever stands around it: comments, strings of many lines, lists and tables within a line."""
    assert toml_lines(TEXT)[where] == line


@pytest.mark.parametrize(
    ("where", "line"),
    [(("first", "missing"), 6), (("outer", "inner", "a", "b"), 24), (("missing",), 1), ((), 1)],
)
def test_what_is_missing_is_found_at_what_would_hold_it(where: Steps, line: int) -> None:
    """The table's header, or the first line of the file."""
    assert line_of(toml_lines(TEXT), where) == line


def test_everything_is_found_and_nothing_else() -> None:
    """The locator and `tomllib` see the same keys and elements."""
    assert set(toml_lines(TEXT)) == set(paths(tomllib.loads(TEXT)))
    assert repetition(TEXT) is None


@pytest.mark.parametrize("path", sorted(data_path("scenarios").glob("*.toml")), ids=lambda path: path.stem)
def test_every_key_of_a_shipped_scenario_stands_in_the_line_that_is_found(path: Any) -> None:
    """The line of a value contains its key."""
    text = path.read_text(encoding="utf-8")
    lines = toml_lines(text)
    assert set(lines) == set(paths(tomllib.loads(text)))
    for where, line in lines.items():
        if where and isinstance(where[-1], str):
            assert where[-1] in text.splitlines()[line - 1]


def test_a_text_that_is_no_toml_is_no_reason_to_fail() -> None:
    """What comes before the nonsense is found, and what comes after is found at its nearest table."""
    lines = toml_lines("[good]\nkey = 1\n]]] nonsense\n[bad]\nkey = 2\n")
    assert line_of(lines, ("good", "key")) == 2
    assert line_of(lines, ("bad", "key")) == 1


SCALARS = (
    "1",
    "-2.5e3",
    "true",
    "2024-10-20T14:30:00Z",
    "2024-10-20 14:30:00",
    '"plain"',
    r'"[x] = \" # {"',
    "'[y] = \" # }'",
    '"""\n[no.table]\nkey = """',
    '"""a "" \\""" b"""""',
    "'''\n# no ''comment\n'''",
)
NOISE = ("", "# [table] key = 1", '  # "quote', "# '''", "\t")
SEPARATORS = (", ", " ,\n  ", ", # ] comment\n")


class Writer:
    """A TOML text in the making, and the line of everything in it."""

    def __init__(self) -> None:
        self.text = ""
        self.lines: dict[Steps, int] = {}

    def note(self, where: Steps) -> None:
        self.lines[where] = self.text.count("\n") + 1


@st.composite
def documents(draw: st.DrawFn) -> Writer:
    """Tables with noise between them, some below others, in any order."""
    writer = Writer()
    tables: list[Steps] = [()]
    names = [(f"t{n}",) for n in range(3)] + [(f"t{n}", "sub table") for n in range(3)]
    tables += draw(st.permutations(names))[: draw(st.integers(0, 6))]
    for table in tables:
        writer.text += "".join(f"{line}\n" for line in draw(st.lists(st.sampled_from(NOISE), max_size=2)))
        if table:
            writer.note(table)
            spaced = draw(st.sampled_from([".", " . "])).join(key if " " not in key else f'"{key}"' for key in table)
            writer.text += f"[{spaced}]  # [comment]\n"
        for number in range(draw(st.integers(0, 3))):
            write_pair(draw, writer, table, f"k{number}", 0)
            writer.text += draw(st.sampled_from(["\n", " # end\n", "\n\n"]))
    return writer


def write_pair(draw: st.DrawFn, writer: Writer, above: Steps, name: str, depth: int) -> None:
    keys, written = draw(
        st.sampled_from(
            [((name,), name), ((name,), f"'{name}'"), ((name, "a.b"), f'{name}."a.b"'), ((name, "c"), f"{name} . c")]
        )
    )
    writer.note((*above, *keys))
    writer.text += f"{written} = "
    write_value(draw, writer, (*above, *keys), depth)


def write_value(draw: st.DrawFn, writer: Writer, where: Steps, depth: int) -> None:
    kind = draw(st.sampled_from(["scalar", "list", "table"] if depth < 2 else ["scalar"]))
    count = draw(st.integers(0, 3))
    if kind == "scalar":
        writer.text += draw(st.sampled_from(SCALARS))
    elif kind == "list":
        writer.text += draw(st.sampled_from(["[", "[ # [\n"]))
        for number in range(count):
            writer.note((*where, number))
            write_value(draw, writer, (*where, number), depth + 1)
            writer.text += draw(st.sampled_from(SEPARATORS))
        writer.text += "]"
    else:
        writer.text += "{ "
        for number in range(count):
            writer.text += ", " if number else ""
            write_pair(draw, writer, where, f"i{number}", depth + 1)
        writer.text += " }"


@given(documents())
def test_any_document_is_found_line_by_line(written: Writer) -> None:
    """What was written where is found there, and everything that was written is found."""
    lines = toml_lines(written.text)
    assert set(lines) == set(paths(tomllib.loads(written.text)))
    assert {where: lines[where] for where in written.lines} == written.lines
    assert repetition(written.text) is None


@given(documents(), st.data())
def test_any_key_or_header_that_is_written_again_is_named(written: Writer, data: st.DataObject) -> None:
    """In the tables at the top, whatever stands between the two."""
    table = tomllib.loads(written.text)
    tables = {name: held for name, held in table.items() if name.startswith("t") and isinstance(held, dict)}
    repeated = data.draw(st.sampled_from(sorted(tables))) if tables else "t0"
    header = f"[{repeated}]\n"
    text = f"{written.text}{header}" if tables else f"{header}{written.text}\n{header}"
    found = repetition(text)
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assert found is not None
        assert (found.steps, found.second) == ((repeated,), text.count("\n"))
    else:
        # A table that others were below of may still have its one header.
        assert found is None
