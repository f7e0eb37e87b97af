"""The agreement that a new installation starts with."""

import re

import pytest

from bot.agreement import TEMPLATE, default, parse
from bot.agreement.schema import every_key
from tests.agreement.contract import KEYS, MORE_KEYS

YEARS = (2026, 2026)
EXAMPLE_LINE = re.compile(r"^#(?=[^ ]|  )")
"""A commented-out line; after the # of a remark stands one space."""

NOT_BESIDE_OTHERS = {"#always = true", '#conversion_file = "rates.csv"'}


def with_examples():
    lines = [line for line in TEMPLATE.splitlines() if line not in NOT_BESIDE_OTHERS]
    return "\n".join(EXAMPLE_LINE.sub("", line) for line in lines)


def written_keys(table, prefix=""):
    for name, value in table.items():
        if isinstance(value, dict) and f"{prefix}{name}" not in KEYS | MORE_KEYS:
            yield from written_keys(value, f"{prefix}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for item in value:
                yield from written_keys(item, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def test_the_template_is_the_defaults_without_a_warning():
    """As it is written, it is valid, changes nothing, and warns of nothing."""
    parsed = parse(TEMPLATE, horizon=YEARS)
    assert parsed.agreement == default(YEARS)
    assert parsed.warnings == ()


def test_every_example_in_the_template_is_valid():
    """With the # removed from all examples it is still an agreement, which uses them."""
    found = parse(with_examples(), horizon=YEARS).agreement
    assert found.admins == ("ops@seller.example",)
    assert [rate.currency for rate in found.rates] == ["EUR", "GBP"]
    assert found.tiers[0].attempts == 6
    assert found.reminders.steps == default(YEARS).reminders.steps


@pytest.mark.parametrize("line", sorted(NOT_BESIDE_OTHERS))
def test_an_example_that_stands_alone_is_in_the_template(line):
    """The examples that exclude others stand in the template as well."""
    assert line in TEMPLATE.splitlines()


def test_every_key_of_the_contract_is_in_the_template():
    """No key has to be looked up elsewhere: each one, and each beside them, stands there, with a value or in words."""
    import tomllib  # noqa: PLC0415 (only here)

    written = {*written_keys(tomllib.loads(with_examples())), "hours.always", "conversion_file"}
    in_words = {f"tier.when.{name}" for name in ("campaign", "asset", "stage", "type", "segment", "team")}
    in_words |= {f"wins.routes.{name}" for name in ("segment", "team")} | {"wins.goal.team"}
    assert (KEYS | MORE_KEYS) - in_words <= written
    remarks = " ".join(line for line in TEMPLATE.splitlines() if line.startswith("# "))
    for name in {path.rpartition(".")[2] for path in in_words}:
        assert re.search(rf"\b{name}\b", remarks)


def test_what_does_not_act_yet_is_marked_in_the_template():
    """Above every key that this version only reads stands "Not yet"; above no other."""
    later = {path for path, acts in every_key() if not acts}
    marked = set()
    for block in re.split(r"\n\n+", TEMPLATE):
        keys = re.findall(r"^#([a-z_]+) =", block, re.MULTILINE)
        if re.search(r"^# Not yet:", block, re.MULTILINE):
            marked |= set(keys)
    assert marked == {path.split(".")[1] for path in later}
