"""The answer to `/pipeline`."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.facts import NotConverted, PipelineRow
from bot.domain.money import Money
from bot.render.pipeline import pipeline
from tests.render.examples import APART, EMPTY_PIPELINE, PIPELINE, usd
from tests.render.judge import faults


def stages(view):
    """The paragraphs with figures, line by line."""
    return [
        "".join(part["text"] for part in block["elements"][0]["elements"]).split("\n")
        for block in pipeline(view).blocks
        if block["type"] == "rich_text"
    ]


def small_print(view):
    """The lines in small letters but the last, which is the time."""
    context = [block for block in pipeline(view).blocks if block["type"] == "context"]
    return [block["elements"][0]["text"] for block in context[:-1]]


def rows_of(count):
    """That many stages with one deal of 1.00 each."""
    return tuple(PipelineRow(f"Stage {index}", 1, usd(100), usd(10)) for index in range(count))


def test_total_comes_first_then_the_stages_in_order():
    """Count, amount and weighted amount of all open deals, then of each stage as given."""
    assert stages(PIPELINE) == [
        ["Total · 13 deals", "$165,000.50 · weighted $25,500.15"],
        ["Prospecting · 12 deals", "$120,000.00 · weighted $12,000.00"],
        ["Engaging · 1 deal", "$45,000.50 · weighted $13,500.15"],
    ]


def test_answer_reads_aloud():
    """The text holds every figure that the blocks show."""
    assert pipeline(replace(PIPELINE, not_converted=APART, unknown_stages=("On hold",))).text == (
        "Open pipeline, team: 13 deals, $165,000.50, weighted $25,500.15.\n"
        "Prospecting: 12 deals, $120,000.00, weighted $12,000.00.\n"
        "Engaging: 1 deal, $45,000.50, weighted $13,500.15.\n"
        "Win rate 63.2%, median cycle 47.5 days, velocity $1,234.57 a day.\n"
        "No rate, so not in the total: 2 deals with 5000.00 EUR, 1 deal with 70 without a currency.\n"
        "Stages the agreement does not name: On hold.\n"
        "As of 20 Nov, 15:00 (UTC)."
    )


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "Win rate 63.2%, median cycle 47.5 days, velocity $1,234.57 a day"),
        ({"win_rate": None, "velocity_per_day": None}, "Median cycle 47.5 days"),
        ({"win_rate": None, "cycle_days_median": 1.0}, "Median cycle 1 day, velocity $1,234.57 a day"),
        (
            {"win_rate": 0.0, "velocity_per_day": Decimal("-0.005")},
            "Win rate 0%, median cycle 47.5 days, velocity -$0.01 a day",
        ),
    ],
)
def test_figures_that_are_not_defined_are_left_out(changes, line):
    """Only what can be computed is told."""
    assert small_print(replace(PIPELINE, **changes)) == [line]


def test_figures_are_left_out_where_none_is_defined():
    """Without a closed deal there is no small print but the time."""
    view = replace(PIPELINE, win_rate=None, cycle_days_median=None, velocity_per_day=None)
    assert small_print(view) == []


def test_what_cannot_be_counted_in_is_listed_apart():
    """Deals without a rate and stages that nobody agreed on are named, up to eight of each."""
    view = replace(
        PIPELINE,
        win_rate=None,
        cycle_days_median=None,
        velocity_per_day=None,
        not_converted=(NotConverted("EUR", 1, "5000.00"),) * 9,
        unknown_stages=("On hold", "", *("Legal",) * 10),
    )
    assert small_print(view) == [
        f"No rate, so not in the total: {', '.join(['1 deal with 5000.00 EUR'] * 8)}, and 1 more",
        f"Stages the agreement does not name: On hold, no stage, {', '.join(['Legal'] * 6)}, and 4 more",
    ]


@pytest.mark.parametrize(
    ("count", "shown", "last"),
    [
        (20, 20, ["Stage 19 · 1 deal", "$1.00 · weighted $0.10"]),
        (21, 20, ["2 more stages · 2 deals", "$2.00 · weighted $0.20"]),
        (200, 20, ["181 more stages · 181 deals", "$181.00 · weighted $18.10"]),
    ],
)
def test_many_stages_are_summed_up(count, shown, last):
    """Twenty lines at most; the rest is one line with its sums, so that the lines add up to the total."""
    lines = stages(replace(PIPELINE, rows=rows_of(count)))[1:]
    assert (len(lines), lines[-1]) == (shown, last)


@pytest.mark.parametrize("stage", [None, "", " \n"])
def test_deal_without_a_stage_has_a_line(stage):
    """A stage without a name is called that."""
    rows = (PipelineRow(stage, 1, usd(100), usd(0)),)
    assert stages(replace(PIPELINE, rows=rows))[1] == ["no stage · 1 deal", "$1.00 · weighted $0.00"]


def test_empty_pipeline_says_so_kindly():
    """No open deals is an answer, not a table of zeros."""
    payload = pipeline(EMPTY_PIPELINE)
    assert payload.text == "No open deals at the moment (team)."
    assert stages(EMPTY_PIPELINE) == [["No open deals at the moment (team)."]]


def test_pipeline_of_nobody_is_the_teams():
    """A name that cannot be shown never leaves the heading open."""
    assert pipeline(replace(EMPTY_PIPELINE, whose="\u200b")) == pipeline(EMPTY_PIPELINE)


def test_pipeline_of_deals_that_have_no_rate_is_not_empty():
    """Deals that cannot be converted are told even if nothing else is open."""
    view = replace(EMPTY_PIPELINE, not_converted=(NotConverted("EUR", 2, "5000.00"),))
    assert small_print(view) == ["No rate, so not in the total: 2 deals with 5000.00 EUR"]


def test_other_currency_has_its_own_digits():
    """Velocity is rounded to the digits of the report's currency."""
    yen = PipelineRow("Engaging", 1, Money(100, "JPY"), Money(30, "JPY"))
    view = replace(PIPELINE, rows=(yen,), total=yen, velocity_per_day=Decimal("1234.5"), win_rate=None)
    assert small_print(view) == ["Median cycle 47.5 days, velocity ¥1,235 a day"]


def test_answer_is_one_that_slack_takes():
    """The longest answer is within every limit."""
    view = replace(
        PIPELINE,
        rows=rows_of(500),
        not_converted=APART * 100,
        unknown_stages=("x" * 200,) * 100,
        whose="y" * 500,
    )
    assert faults(pipeline(view), ("<!date^1795186800",)) == []
