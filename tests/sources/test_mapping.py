"""The map of an import file: what it may say, and how its faults are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import FormatError
from bot.sources.mapping import Expression, ValueMap, parse_map
from bot.sources.schema import SHAPES

EXAMPLES = Path(__file__).parents[2] / "examples"

DEALS = """
type = "deal.updated"
timestamp = "modified_at"
timezone = "America/New_York"
[columns]
id = "opportunity_id"
owner_email = "{sales_agent}@maven.example"
currency = "=USD"
stage = "deal_stage"
[values.stage]
Won = "won"
"Closed lost" = "lost"
"""


def test_a_map():
    """A map says the type, the time, the zone, where each field comes from and what values mean."""
    found = parse_map(DEALS, "map.toml")
    assert (found.type, found.timestamp, found.timezone) == (
        "deal.updated",
        Expression(("", ""), ("modified_at",)),
        "America/New_York",
    )
    assert found.columns == {
        "id": Expression(("", ""), ("opportunity_id",)),
        "owner_email": Expression(("", "@maven.example"), ("sales_agent",)),
        "currency": Expression(("USD",), ()),
        "stage": Expression(("", ""), ("deal_stage",)),
    }
    assert [found.values["stage"].value(text) for text in ("Won", "CLOSED LOST", "open")] == [
        "won",
        "lost",
        "open",
    ]


def test_time_and_zone_may_be_left_out():
    """A map need not say when and where."""
    found = parse_map('type = "lead.deleted"\n[columns]\nid = "id"', "map.toml")
    assert (found.timestamp, found.timezone, found.values) == (None, None, {})


@pytest.mark.parametrize(
    ("source", "cells", "text"),
    [
        ("stage", ["Won"], "Won"),
        ("{first} {last}", ["Ines", "Alba"], "Ines Alba"),
        ("{first} {last}", ["", "Alba"], "Alba"),
        ("{first} {last}", ["", ""], ""),
        ("{agent}@maven.example", ["ines"], "ines@maven.example"),
        ("{agent}@maven.example", [""], ""),
        ("{a}{a}", ["x", "x"], "xx"),
        ("=USD", [], "USD"),
        ("={not} a column", [], "{not} a column"),
    ],
)
def test_expressions(source, cells, text):
    """A column, a join, which is empty when all its parts are, or a constant makes the text of a field."""
    found = parse_map(f'type = "deal.updated"\n[columns]\nid = "id"\nname = "{source}"', "map.toml")
    assert found.columns["name"].value(cells) == text


def test_values_are_compared_exactly_first():
    """A value is translated by its exact spelling, then without case; what is not listed stays."""
    values = ValueMap({"a": "1", "A": "2"}, {"a": "2", "b": "3"})
    assert [values.value(text) for text in ("a", "A", "B", "c")] == ["1", "2", "3", "c"]


TYPES = ", ".join(sorted(SHAPES))
CAMPAIGN_FIELDS = "name, channel, assets, starts_on, ends_on"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[columns]", f"type: is missing; valid are {TYPES}"),
        ("type = 3", f"type: is 3; valid are {TYPES}"),
        (
            'type = "lead.deleted"\ncolums = 1\n[columns]\nid = "id"',
            "colums: is not a key of a map; valid are type, timestamp, timezone, columns, values",
        ),
        ('type = "lead.deleted"', "columns.id: is missing; lead.deleted needs id"),
        (
            'type = "deal.merged"\n[columns]\nid = "id"',
            "columns.merged_from: is missing; deal.merged needs merged_from",
        ),
        (
            'type = "touch.recorded"\n[columns]\nasset = "page"',
            "columns.lead_id: is missing; touch.recorded needs lead_id or email",
        ),
        (
            'type = "campaign.updated"\n[columns]\nname = "n"\nspend = "s"',
            f"columns.spend: is not a field of campaign.updated; valid are {CAMPAIGN_FIELDS}",
        ),
        (
            'type = "campaign.updated"\n[columns]\nname = "n"\nchanel = "c"\nasset = "a"',
            (
                f"columns.chanel: is not a field of campaign.updated; valid are {CAMPAIGN_FIELDS}; "
                f"columns.asset: is not a field of campaign.updated; valid are {CAMPAIGN_FIELDS}"
            ),
        ),
        (
            'type = "lead.deleted"\ntimezone = "Mars"\n[columns]\nid = "id"',
            "timezone: 'Mars' is not a time zone; use an IANA name like UTC",
        ),
        (
            'type = "lead.deleted"\ntimezone = 2\n[columns]\nid = "id"',
            "timezone: must be a text; it is 2",
        ),
        (
            'type = "lead.deleted"\ntimestamp = ""\n[columns]\nid = "id"',
            'timestamp: must be the name of a column, a join like "{a} {b}", or a constant like "=text"',
        ),
        (
            'type = "lead.deleted"\n[columns]\nid = "{id"',
            (
                "columns.id: '{id' must have each column in braces, like {first} {last}; "
                "columns.id: is missing; lead.deleted needs id"
            ),
        ),
        (
            'type = "lead.deleted"\n[columns]\nid = "{}"',
            (
                "columns.id: '{}' must have each column in braces, like {first} {last}; "
                "columns.id: is missing; lead.deleted needs id"
            ),
        ),
        (
            'type = "lead.deleted"\ncolumns = 1',
            "columns: must be a table, written [columns]; columns.id: is missing; lead.deleted needs id",
        ),
        (
            'type = "lead.deleted"\n[columns]\nid = "id"\n[values.stage]\na = "b"',
            "values.stage: columns has no such field; add it there",
        ),
        (
            'type = "lead.deleted"\n[columns]\nid = "id"\n[values.id]\na = 1',
            'values.id: must be a table of texts: their value = "ours"',
        ),
        (
            'type = "lead.deleted"\nvalues = []\n[columns]\nid = "id"',
            "values: must be a table, written [values]",
        ),
    ],
)
def test_faults(text, reason):
    """Every fault of a map is told at once, each by its key, with what would be valid."""
    with pytest.raises(FormatError) as caught:
        parse_map(text, "map.toml")
    assert (caught.value.field, caught.value.reason) == ("map.toml", reason)


@pytest.mark.parametrize("text", ["type = ", 'type = "lead.deleted"\ntype = "x"', "a map"])
def test_a_file_that_is_not_toml(text):
    """What is not TOML is refused with the reader's own reason and place."""
    with pytest.raises(FormatError, match=r"^map\.toml: is not TOML: .+ \(at .+\)$"):
        parse_map(text, "map.toml")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*-import.toml")), ids=lambda path: path.name)
def test_the_examples_are_valid(path):
    """Every example map is valid."""
    assert parse_map(path.read_text("utf-8"), path.name).columns != {}
