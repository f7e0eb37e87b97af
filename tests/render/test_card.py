"""The card of one win."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from bot.domain.facts import Named
from bot.domain.money import Money
from bot.domain.win_facts import Contribution, CreditLine, StoryTouch
from bot.render.card import win_card
from tests.render.examples import ANA, CARD, MAYA, TOM, UNATTRIBUTED, credits_of, eur
from tests.render.judge import spoken

BELL = "🔔"


def shape(facts):
    """The kinds of the card's blocks, in order."""
    return [block["type"] for block in win_card(facts).blocks]


def column(facts, index):
    """The parts of one of the two columns, one line of the column a line; a mention as its token."""
    (section,) = win_card(facts).blocks[2]["rows"][1][index]["elements"]
    return "".join(
        part["text"] if part["type"] == "text" else f"<@{part['user_id']}>" for part in section["elements"]
    ).split("\n")


def story(facts):
    """The line that tells the customer's way."""
    (section,) = win_card(facts).blocks[3]["elements"]
    return section["elements"][0]["text"]


def headline(facts):
    """The large line on top."""
    return win_card(facts).blocks[0]["text"]["text"]


def context(facts):
    """The small print, one line a block."""
    return [
        " ".join(element["text"] for element in block["elements"])
        for block in win_card(facts).blocks
        if block["type"] == "context"
    ]


def test_card_is_heading_facts_two_sides_story_and_small_print():
    """What was won, the two sides beside each other, the way there, how the shares were found."""
    assert shape(CARD) == ["header", "rich_text", "table", "rich_text", "context"]


def test_card_reads_aloud():
    """The notification text says the whole card in sentences."""
    assert win_card(CARD).text == (
        "Won: Fleet renewal 2027, Northwind Robotics, €12,500.00. "
        "Sales: <@U0MAYA>, with Tom Lind (sdr). "
        "Marketing: Robot picking ebook (autumn-2026) with 40%, €5,000.00; "
        "Demo request with 40%, €5,000.00; spring-launch-2026 (campaign) with 20%, €2,500.00. "
        "The way there: Robot picking ebook, 12 Oct 2025, then spring-launch-2026, 3 Nov, "
        "then Demo request, 9 Nov."
    )


def test_both_sides_have_the_same_place():
    """Sales and marketing stand in two columns of one row, titled alike."""
    table = win_card(CARD).blocks[2]
    titles = [cell["elements"][0]["elements"] for cell in table["rows"][0]]
    assert titles == [
        [{"type": "text", "text": "Sales", "style": {"bold": True}}],
        [{"type": "text", "text": "Marketing", "style": {"bold": True}}],
    ]
    assert len(table["rows"]) == 2
    assert table["column_settings"] == [{"is_wrapped": True}, {"is_wrapped": True}]


@pytest.mark.parametrize(
    ("helpers", "lines"),
    [
        ((), ["<@U0MAYA>"]),
        ((Contribution(TOM, "sdr"),), ["<@U0MAYA>", "Tom Lind · sdr"]),
        (
            (Contribution(TOM, "sdr"), Contribution(ANA, "sales engineer")),
            ["<@U0MAYA>", "Tom Lind · sdr", "ana.silva@seller.example · sales engineer"],
        ),
        (
            (Contribution(TOM), Contribution(ANA, " "), Contribution(MAYA, "success")),
            ["<@U0MAYA>", "Tom Lind", "ana.silva@seller.example", "<@U0MAYA> · success"],
        ),
        (
            tuple(Contribution(Named(f"p{n}@x.example")) for n in range(10)),
            ["<@U0MAYA>", *(f"p{n}@x.example" for n in range(8)), "and 2 more"],
        ),
    ],
)
def test_sales_column_names_everybody_who_sold(helpers, lines):
    """None, one, two, three and many contributors stand under the owner, with their roles where told."""
    assert column(replace(CARD, contributors=helpers), 0) == lines


@pytest.mark.parametrize(
    ("helpers", "sentence"),
    [
        ((), "Sales: <@U0MAYA>."),
        ((TOM,), "Sales: <@U0MAYA>, with Tom Lind."),
        ((TOM, ANA), "Sales: <@U0MAYA>, with Tom Lind and ana.silva@seller.example."),
        ((TOM, ANA, MAYA), "Sales: <@U0MAYA>, with Tom Lind, ana.silva@seller.example and <@U0MAYA>."),
        ((TOM,) * 9, f"Sales: <@U0MAYA>, with {', '.join(['Tom Lind'] * 8)} and 1 more."),
    ],
)
def test_sales_sentence_names_everybody_who_sold(helpers, sentence):
    """The text counts people as a sentence does."""
    text = win_card(replace(CARD, contributors=tuple(Contribution(helper) for helper in helpers))).text
    assert text[text.index("Sales:") : text.index(" Marketing:")] == sentence


@pytest.mark.parametrize(
    ("owner", "line"),
    [(MAYA, "<@U0MAYA>"), (TOM, "Tom Lind"), (ANA, "ana.silva@seller.example"), (None, "owner not known")],
)
def test_owner_is_a_mention_a_name_an_address_or_not_known(owner, line):
    """A person whom Slack does not know is named in plain words; a missing owner is said without blame."""
    assert column(replace(CARD, owner=owner, contributors=()), 0) == [line]


@pytest.mark.parametrize(
    ("credit", "line"),
    [
        (CreditLine("Ebook", "autumn", "email", Fraction(1), eur(100)), "Ebook (autumn) · 100% · €1.00"),
        (CreditLine("Ebook", None, "email", Fraction(1), eur(100)), "Ebook · 100% · €1.00"),
        (CreditLine(" ", "autumn", "email", Fraction(1), eur(100)), "autumn (campaign) · 100% · €1.00"),
        (CreditLine(None, None, "email", Fraction(1), eur(100)), "email (channel) · 100% · €1.00"),
        (CreditLine("Ebook", None, None, Fraction(1, 3), None), "Ebook · 33.3%"),
    ],
)
def test_marketing_line_says_what_kind_of_name_it_is(credit, line):
    """An asset stands for itself; where only a campaign or a channel is known, the line says so."""
    assert column(replace(CARD, credits=(credit,)), 1) == [line]


@pytest.mark.parametrize(
    ("count", "last"),
    [
        (8, "Asset 7 · 12.5% · €1,000.00"),
        (9, "and 1 more · 11.1% · €1,000.00"),
        (20, "and 12 more · 60% · €12,000.00"),
    ],
)
def test_more_than_eight_assets_are_summed_up(count, last):
    """Eight lines are shown; the shares and the money of the rest are one line, so that nothing is lost."""
    lines = column(replace(CARD, credits=credits_of(count)), 1)
    assert (len(lines), lines[-1]) == (min(count, 9), last)


def test_summed_up_lines_without_money_show_the_share():
    """If one amount is not known, the sum is not shown either."""
    lines = (*credits_of(9), CreditLine("Ebook", None, None, Fraction(1, 9), None))
    assert column(replace(CARD, credits=lines), 1)[-1] == "and 2 more · 22.2%"


@pytest.mark.parametrize("lines", [UNATTRIBUTED.credits, ()])
def test_unattributed_is_said_plainly(lines):
    """Where no touch is known the column says `unattributed` with the whole amount, and claims nothing."""
    facts = replace(UNATTRIBUTED, credits=lines)
    assert column(facts, 1) == [
        "unattributed · 100% · €12,500.00",
        "No touches are known for this customer.",
    ]
    assert context(facts) == []
    assert win_card(facts).text.endswith("Marketing: unattributed with 100%, €12,500.00.")


@pytest.mark.parametrize(
    ("amount", "text", "line"),
    [
        (eur(1250000), None, f"{BELL} €12,500.00 · Fleet renewal 2027"),
        (Money(1250000, "JPY"), None, f"{BELL} ¥1,250,000 · Fleet renewal 2027"),
        (eur(0), None, "€0.00 · Fleet renewal 2027"),
        (eur(-50000), None, "-€500.00 · Credit note · Fleet renewal 2027"),
        (None, "12500 ABC", "12500 ABC · Fleet renewal 2027"),
        (None, None, "Fleet renewal 2027"),
    ],
)
def test_only_a_positive_amount_is_celebrated(amount, text, line):
    """The amount leads the heading; zero, a credit note and an unknown amount come without the bell."""
    assert headline(replace(CARD, amount=amount, amount_text=text)) == line


@pytest.mark.parametrize(
    ("deal", "customer", "head", "beside"),
    [
        ("Fleet renewal", "Northwind", "Fleet renewal", "Northwind · Won on 20 Nov 2026"),
        ("Northwind", "northwind", "Northwind", "Won on 20 Nov 2026"),
        (None, "Northwind", "Northwind", "Won on 20 Nov 2026"),
        (" ", None, "Deal D-1001", "Won on 20 Nov 2026"),
    ],
)
def test_heading_is_the_deal_else_the_customer_else_the_number(deal, customer, head, beside):
    """A deal is never nameless, and no name is said twice."""
    facts = replace(CARD, deal_name=deal, customer=customer, url=None)
    assert headline(facts) == f"{BELL} €12,500.00 · {head}"
    assert spoken(win_card(facts)).split("\nSales")[0].replace("\n", "").endswith(beside)


@pytest.mark.parametrize(("number", "again"), [(1, False), (2, True), (7, True)])
def test_later_win_says_again(number, again):
    """The second and any later win of a deal say so in the heading and in the text."""
    card = win_card(replace(CARD, number=number))
    assert (card.blocks[0]["text"]["text"].endswith(" · won again"), card.text.startswith("Won again: ")) == (
        again,
        again,
    )


@pytest.mark.parametrize(
    ("days", "left_out", "line"),
    [
        ([date(2026, 11, 3)], 0, "T0, 3 Nov"),
        ([date(2025, 11, 3), date(2026, 1, 1)], 0, "T0, 3 Nov 2025 → T1, 1 Jan"),
        ([date(2026, 11, 3)] * 2, 3, "T0, 3 Nov → … 3 more … → T1, 3 Nov"),
        ([date(2026, 11, 3)] * 3, 1, "T0, 3 Nov → T1, 3 Nov → … 1 more … → T2, 3 Nov"),
        (
            [date(2026, 11, day) for day in range(1, 11)],
            2,
            (
                "T0, 1 Nov → T1, 2 Nov → T2, 3 Nov → T3, 4 Nov → … 4 more … → "
                "T6, 7 Nov → T7, 8 Nov → T8, 9 Nov → T9, 10 Nov"
            ),
        ),
    ],
)
def test_story_is_one_line(days, left_out, line):
    """The touches in order with their days; years only where they differ; what is left out is counted."""
    touches = tuple(StoryTouch(f"T{index}", day) for index, day in enumerate(days))
    assert story(replace(CARD, story=touches, story_left_out=left_out)) == line


@pytest.mark.parametrize(
    ("model", "line"),
    [
        ("position", "Shares: position-based"),
        ("first", "Shares: all to the first touch"),
        ("last", "Shares: all to the last touch"),
        ("linear", "Shares: equal"),
        ("u_lead", "Shares: U-shaped by lead creation"),
        ("w", "Shares: W-shaped"),
        ("full_path", "Shares: full path"),
        ("time_decay", "Shares: time decay"),
        ("something new", "Shares: something new"),
    ],
)
def test_card_says_how_the_shares_were_found(model, line):
    """The small print names the credit model in plain words."""
    assert context(replace(CARD, model=model)) == [line]


@pytest.mark.parametrize(
    ("was_amount", "was_owner", "line"),
    [
        (eur(1200000), None, "Corrected: amount was €12,000.00"),
        (None, MAYA, "Corrected: owner was <@U0MAYA>"),
        (None, TOM, "Corrected: owner was Tom Lind"),
        (eur(0), TOM, "Corrected: amount was €0.00, owner was Tom Lind"),
        (eur(0), MAYA, "Corrected: amount was €0.00, owner was <@U0MAYA>"),
    ],
)
def test_correction_is_one_discreet_line(was_amount, was_owner, line):
    """What was announced first is told in one small line, and nothing else of the card changes."""
    facts = replace(CARD, was_amount=was_amount, was_owner=was_owner)
    assert context(facts) == ["Shares: position-based", line]
    assert win_card(facts).blocks[:-1] == win_card(CARD).blocks


def test_correction_is_told_at_the_end_of_the_text():
    """Read aloud, what was announced first comes last, in one sentence."""
    told = win_card(replace(CARD, was_amount=eur(1200000), was_owner=MAYA)).text
    last = " Corrected: the amount was €12,000.00 and the owner was <@U0MAYA>."
    assert told == win_card(CARD).text + last


@pytest.mark.parametrize("status", ["reopened", "lost", "deleted", "merged"])
def test_withdrawn_card_is_set_back_and_says_what_it_was(status):
    """A win that no longer counts starts with the word for it, small, and strikes what it announced."""
    first, second = win_card(replace(CARD, status=status)).blocks
    assert first["type"] == "context"
    assert first["elements"][0]["text"].startswith(f"{status} · The deal ")
    assert second["elements"][0]["elements"] == [
        {
            "type": "text",
            "text": "€12,500.00 · Fleet renewal 2027 · Northwind Robotics",
            "style": {"strike": True},
        },
        {"type": "text", "text": "\n"},
        {"type": "text", "text": "Was won on 20 Nov 2026"},
        {"type": "text", "text": " by "},
        {"type": "user", "user_id": "U0MAYA"},
        {"type": "text", "text": " · "},
        {"type": "link", "text": "Open the deal", "url": "https://crm.seller.example/deals/D-1001"},
    ]


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (
            "reopened",
            (
                "reopened: Fleet renewal 2027, Northwind Robotics, €12,500.00. "
                "The deal was opened again, so this win does not count. "
                "It was won on 20 Nov 2026 by <@U0MAYA>."
            ),
        ),
        (
            "merged",
            (
                "merged: Fleet renewal 2027, Northwind Robotics, €12,500.00. "
                "The deal became part of another one, so this win is not counted here. "
                "It was won on 20 Nov 2026 by <@U0MAYA>."
            ),
        ),
    ],
)
def test_withdrawn_card_reads_aloud(status, text):
    """The text of a withdrawn card says what happened, and what it was."""
    assert win_card(replace(CARD, status=status)).text == text


@pytest.mark.parametrize("status", ["won", "reopened", "lost", "deleted", "merged"])
def test_card_has_at_most_one_emoji(status):
    """One bell on a win that counts, none on any other card."""
    assert spoken(win_card(replace(CARD, status=status))).count(BELL) == (status == "won")
