"""Whole payloads, as files to be read. WINBELL_GOLDEN=write writes them anew; then look at the difference."""

import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.domain.facts import Contribution
from bot.render import answers
from bot.render.card import win_card
from bot.render.notice import notice
from bot.render.nudge import nudge
from bot.render.pipeline import pipeline
from tests.render import examples as ex
from tests.render.judge import faults

FOLDER = Path(__file__).parent / "golden"
OURS = ("<@U0MAYA>", "<https://crm.seller.example/", "<!date^1795186800")

CASES = {
    "card_won": win_card(ex.CARD),
    "card_won_again": win_card(replace(ex.CARD, number=2, won_on=date(2027, 2, 1))),
    "card_corrected_amount": win_card(replace(ex.CARD, was_amount=ex.eur(1200000))),
    "card_corrected_owner": win_card(replace(ex.CARD, owner=ex.ANA, was_owner=ex.MAYA)),
    "card_corrected_both": win_card(replace(ex.CARD, was_amount=ex.eur(1200000), was_owner=ex.TOM)),
    "card_unattributed": win_card(ex.UNATTRIBUTED),
    "card_nine_assets": win_card(replace(ex.CARD, credits=ex.credits_of(10), story_left_out=4)),
    "card_nobody_known": win_card(replace(ex.CARD, owner=None, contributors=(), url=None)),
    "card_two_helpers": win_card(
        replace(ex.CARD, contributors=(Contribution(ex.TOM), Contribution(ex.ANA, "sales engineer")))
    ),
    "card_no_amount": win_card(
        replace(ex.CARD, amount=None, credits=tuple(replace(c, amount=None) for c in ex.CARD.credits))
    ),
    "card_unknown_currency": win_card(
        replace(
            ex.CARD,
            amount=None,
            amount_text="12500 ABC",
            credits=tuple(replace(c, amount=None) for c in ex.CARD.credits),
        )
    ),
    "card_zero": win_card(replace(ex.UNATTRIBUTED, amount=ex.eur(0), credits=())),
    "card_negative": win_card(replace(ex.UNATTRIBUTED, amount=ex.eur(-50000), credits=())),
    "card_reopened": win_card(replace(ex.CARD, status="reopened")),
    "card_lost": win_card(replace(ex.CARD, status="lost")),
    "card_deleted": win_card(replace(ex.CARD, status="deleted", owner=None, url=None)),
    "card_merged": win_card(replace(ex.CARD, status="merged", owner=ex.TOM)),
    "nudge_two_leads": nudge(ex.NUDGE),
    "nudge_one_answered": nudge(replace(ex.NUDGE, leads=(ex.AT_RISK, ex.SETTLED))),
    "nudge_all_settled": nudge(
        replace(
            ex.NUDGE,
            leads=(
                ex.SETTLED,
                replace(ex.AT_RISK, state="seen"),
                replace(ex.BREACHED, state="closed"),
            ),
        )
    ),
    "nudge_channel": nudge(
        replace(ex.NUDGE, to_channel=True, leads=(replace(ex.AT_RISK, owner=ex.TOM), ex.BREACHED), more=7)
    ),
    "nudge_channel_without_owner": nudge(
        replace(ex.NUDGE, to_channel=True, leads=(replace(ex.AT_RISK, owner=None),))
    ),
    "pipeline_team": pipeline(ex.PIPELINE),
    "pipeline_listed_apart": pipeline(
        replace(ex.PIPELINE, whose="Maya Okafor", not_converted=ex.APART, unknown_stages=("On hold", "Legal"))
    ),
    "pipeline_empty": pipeline(ex.EMPTY_PIPELINE),
    "notice": notice(ex.NOTICE),
    "answer_not_yours": answers.not_yours(),
    "answer_already_answered": answers.already_answered(),
    "answer_gone": answers.gone(),
    "answer_nothing_found": answers.nothing_found("northwing"),
    "answer_unknown_words": answers.unknown_words("everything please", "/pipeline [mine|team]"),
    "answer_busy": answers.busy(),
    "answer_failed": answers.failed("7f3a"),
}


@pytest.mark.parametrize("name", CASES)
def test_payload_is_the_one_on_file(name):
    """The message is exactly the one that was looked at when its file was written."""
    file = FOLDER / f"{name}.json"
    if os.environ.get("WINBELL_GOLDEN") == "write":
        text = json.dumps(CASES[name].as_dict(), indent=1, ensure_ascii=False)
        file.write_text(text + "\n", encoding="utf-8")
    assert json.loads(file.read_text(encoding="utf-8")) == CASES[name].as_dict()


@pytest.mark.parametrize("name", CASES)
def test_payload_is_one_that_slack_takes(name):
    """Slack takes every message on file, and acts on nothing in it but our own mentions, links and dates."""
    assert faults(CASES[name], OURS) == []


def test_every_file_has_its_case():
    """No file is left over from a message that is gone."""
    assert {file.stem for file in FOLDER.iterdir()} == set(CASES)
