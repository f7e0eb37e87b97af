"""A word to the admins."""

from bot.domain.facts import Notice
from bot.render.notice import notice
from tests.render.examples import NOTICE
from tests.render.judge import spoken


def test_notice_says_what_and_what_to_do():
    """What happened comes first, what to do about it below."""
    assert notice(NOTICE).text == f"{NOTICE.what}\n{NOTICE.advice}"
    assert spoken(notice(NOTICE)) == f"{NOTICE.what}\n\n\n{NOTICE.advice}"


def test_notice_is_cut_but_never_empty():
    """A long report is cut after 1,000 characters; an empty one still says that something needs a look."""
    assert notice(Notice("x" * 2000, "")).text == "x" * 999 + "…"
    assert notice(Notice("", " ")).text == "Something needs a look."
