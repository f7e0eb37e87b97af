"""Outside text on its way into a message."""

import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.facts import Named
from bot.domain.money import DIGITS, Money, to_decimal_string
from bot.errors import FormatError
from bot.render.text import (
    about,
    clean,
    counted,
    cut,
    date_token,
    day,
    escape,
    fit,
    link,
    listed,
    mention,
    moment,
    money,
    percent,
    person,
    plain_name,
    safe_url,
    shown,
    width,
)

DUE = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
ANY_TEXT = st.text(st.characters(codec=None), max_size=60)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("<!channel>", "&lt;!channel&gt;"),
        ("&lt;!channel&gt;", "&amp;lt;!channel&amp;gt;"),
        ("R&D <3", "R&amp;D &lt;3"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_escape_writes_each_control_character_once(typed, sent):
    """`&`, `<` and `>` become entities exactly once, whatever they already look like."""
    assert escape(typed) == sent


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("two\r\nlines\tand a tab", "two lines and a tab"),
        ("  many   spaces ", "many spaces"),
        ("line\u2028separator\x00null\x1b[31m", "line separator null [31m"),
        ("spo\u202eofed", "spoofed"),
        ("\u2066isolated\u2069 \u200eleft", "isolated left"),
        ("zero\u200b\u2060\ufeffwidth", "zerowidth"),
        ("a\u200db", "ab"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("نامه\u200cها", "\u2068نامه\u200cها\u2069"),
        ("שלום", "\u2068שלום\u2069"),
        ("Acme עברית Ltd", "\u2068Acme עברית Ltd\u2069"),
        ("*bold* _it_ ~no~ `code` :tada:", "*bold* _it_ ~no~ `code` :tada:"),
        ("half \ud800 a character", "half \ufffd a character"),
        ("\u3164\u2800\u200b", ""),
        ("\n \t", ""),
        (None, ""),
    ],
)
def test_clean_keeps_what_can_be_seen(typed, seen):
    """A name is shown as typed on one line; what cannot be seen or turns the line around is gone."""
    assert clean(typed) == seen


@pytest.mark.parametrize(
    ("typed", "limit", "seen"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("abcd efg", 6, "abcd…"),
        ("😀😀😀", 6, "😀😀😀"),
        ("😀😀😀😀", 6, "😀😀…"),
        ("אבגדהוזח", 6, "\u2068אבג…\u2069"),
        ("abcdeא", 5, "abcd…"),
        ("abcאde", 5, "ab…"),
    ],
)
def test_clean_cuts_with_an_ellipsis(typed, limit, seen):
    """What is too long ends in `…` within the limit, isolates and emoji counted as Slack counts them."""
    assert clean(typed, limit) == seen


@given(ANY_TEXT, st.integers(4, 40))
def test_clean_is_short_single_line_and_stable(typed, limit):
    """Cleaning keeps the limit, leaves one line, and cleaning again changes nothing."""
    once = clean(typed, limit)
    assert width(once) <= limit
    assert once.splitlines() in ([], [once])
    assert clean(once, limit) == once


@given(ANY_TEXT)
def test_shown_is_clean_escaped(typed):
    """What mrkdwn shows of a name is what plain text shows of it."""
    back = shown(typed).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert back == clean(typed)


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("short", 5, "short"),
        ("ab&amp;cd", 6, "ab…"),
        ("ab&amp;cd", 8, "ab&amp;…"),
        ("by <@U0MAYA> today", 10, "by…"),
        ("by <@U0MAYA> today", 13, "by <@U0MAYA>…"),
        ("by \u2068שלום\u2069 today", 6, "by \u2068…\u2069"),
        ("by \u2068שלום\u2069 today", 12, "by \u2068שלום\u2069…"),
    ],
)
def test_fit_never_breaks_a_token_or_an_entity(text, limit, kept):
    """A finished text is cut between its tokens and entities, not inside them."""
    assert fit(text, limit) == kept


@given(st.lists(st.sampled_from(["<@U1>", "&amp;", "&lt;", "a", "😀", " "]), max_size=40), st.integers(1, 60))
def test_fit_keeps_the_limit_with_whole_tokens(units, limit):
    """However the text is made, what is kept is within the limit and holds whole tokens only."""
    kept = fit("".join(units), limit)
    assert width(kept) <= limit
    assert kept.count("<") == kept.count(">") == kept.count("<@U1>")
    assert kept.count("&") == kept.count("&amp;") + kept.count("&lt;")


def test_cut_leaves_a_short_text_alone():
    """A text within the limit is not touched, its own line breaks included."""
    assert cut("two\nlines", 9) == "two\nlines"


@pytest.mark.parametrize(
    ("named", "text"),
    [
        (Named("a@x.example", "Ana", "U0ANA"), "<@U0ANA>"),
        (Named("a@x.example", "Ana", "W012AB"), "<@W012AB>"),
        (Named("a@x.example", "Ana <3"), "Ana &lt;3"),
        (Named("a@x.example"), "a@x.example"),
        (Named("a@x.example", " \n"), "a@x.example"),
        (Named("a@x.example", "Ana", "U1> <!channel"), "Ana"),
        (Named("a@x.example", "Ana", "!here"), "Ana"),
        (Named("a@x.example", "Ana", "U1\n"), "Ana"),
        (Named("", ""), "somebody without a name"),
    ],
)
def test_person_is_a_mention_a_name_or_an_address(named, text):
    """Slack's member id if it is one, else the name, else the e-mail."""
    assert person(named) == text


def test_mention_is_only_for_people_slack_knows():
    """Without a member id there is no mention, and the plain name stays readable."""
    tom = Named("tom@x.example", "Tom & Co")
    assert (mention(tom), plain_name(tom)) == (None, "Tom & Co")


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://crm.example/d/1?a=1&b=2#top", "https://crm.example/d/1?a=1&b=2#top"),
        ("HTTPS://CRM.example:8443/x", "https://crm.example:8443/x"),
        ("http://crm.example/a|b>c<d e", "http://crm.example/a%7Cb%3Ec%3Cd%20e"),
        ("https://crm.example/ä%20b", "https://crm.example/%C3%A4%20b"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://crm.example/\u202etxt", "https://crm.example/txt"),
        ("javascript:alert(1)", None),
        ("mailto:a@x.example", None),
        ("//crm.example/x", None),
        ("crm.example/x", None),
        ("https://", None),
        ("https://bank.example@evil.example/", None),
        ("https://[::1", None),
        ("https://crm.example:99999/", None),
        ("https://a b.example/", None),
        ("https://crm.example/" + "x" * 3000, None),
        ("https://" + "x" * 80 + ".example/", None),
        ("", None),
        (None, None),
    ],
)
def test_safe_url_links_web_addresses_only(url, linked):
    """Only an http or https address with a plain host is linked, and nothing in it can end the link."""
    assert safe_url(url) == linked


@pytest.mark.parametrize(
    ("url", "label", "text"),
    [
        ("https://crm.example/?a=1&b=2", "Acme & Co", "<https://crm.example/?a=1&amp;b=2|Acme &amp; Co>"),
        ("https://crm.example/", "a|b>", "<https://crm.example/|aǀb&gt;>"),
        ("ftp://crm.example/", "a|b>", "a|b&gt;"),
        ("https://crm.example/", "\n", ""),
    ],
)
def test_link_falls_back_to_its_label(url, label, text):
    """A label stays inside its link; without a usable address it stands alone."""
    assert link(url, label) == text


@pytest.mark.parametrize(
    ("fallback", "written"),
    [("20 Nov", "20 Nov"), ("a|b^c>", "a b c&gt;"), ("\n", "that time")],
)
def test_date_token_shows_each_reader_their_own_time(fallback, written):
    """The instant in seconds, Slack's own format, and a fallback that cannot end the token."""
    assert date_token(DUE, fallback) == f"<!date^1795186800^{{date_short_pretty}} {{time}}|{written}>"


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Berlin", "20 Nov, 16:00 (Europe/Berlin)"),
        ("Asia/Tokyo", "21 Nov, 00:00 (Asia/Tokyo)"),
        ("Mars/Olympus", "20 Nov, 15:00 (UTC)"),
        ("../../etc/passwd", "20 Nov, 15:00 (UTC)"),
        ("", "20 Nov, 15:00 (UTC)"),
    ],
)
def test_moment_is_told_in_its_zone(zone, words):
    """A time in words names its zone; an unknown zone becomes UTC."""
    assert moment(DUE, zone) == words


@pytest.mark.parametrize(("year", "words"), [(2026, "3 Nov"), (2027, "3 Nov 2026"), (None, "3 Nov 2026")])
def test_day_names_the_year_where_it_matters(year, words):
    """The year is told only where it is another than the one expected."""
    assert day(date(2026, 11, 3), year) == words


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "text"),
    [
        (1250000, "EUR", "en_US", "€12,500.00"),
        (123450, "EUR", "de", "1.234,50\xa0€"),
        (123456700, "INR", "en_IN", "₹12,34,567.00"),
        (-500, "USD", "en_US", "-$5.00"),
        (0, "USD", "en_US", "$0.00"),
        (1000000, "JPY", "en_US", "¥1,000,000"),
        (1234, "KWD", "en_US", "KWD\xa01.234"),
        (12345, "CLF", "en_US", "CLF\xa01.2345"),
        (1250000, "CHF", "en_US", "CHF\xa012,500.00"),
        (150, "IQD", "en_US", "IQD\xa00.150"),
        (10**30, "USD", "en_US", "10000000000000000000000000000.00 USD"),
    ],
)
def test_money_is_written_as_the_locale_does(minor, currency, locale, text):
    """Symbol, groups and sign are the locale's, the digits those of ISO 4217."""
    assert money(Money(minor, currency), locale) == text


@given(st.integers(-(10**18), 10**18), st.sampled_from(sorted(DIGITS)))
def test_money_shows_every_digit(minor, currency):
    """The written amount has exactly the digits and the sign of the amount, in every currency."""
    text = money(Money(minor, currency))
    digits = "".join(char for char in text if char.isdecimal() or char == ".").strip(".")
    sign = "-" if text.startswith("-") else ""
    assert Decimal(sign + digits) == Decimal(to_decimal_string(Money(minor, currency)))


def test_money_of_no_currency_is_refused():
    """An amount in an unknown code is never shown as if it were known: it has to be told as text."""
    with pytest.raises(FormatError):
        money(Money(100, "ABC"))


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(2, 5), "40%"),
        (Fraction(1, 3), "33.3%"),
        (Fraction(2, 3), "66.7%"),
        (Fraction(1, 8), "12.5%"),
        (Fraction(1, 2000), "0.1%"),
        (Fraction(1, 2001), "under 0.1%"),
        (Fraction(0), "0%"),
        (Fraction(1), "100%"),
        (Fraction(-1, 2), "-50%"),
    ],
)
def test_percent_has_at_most_one_decimal(share, text):
    """A share is rounded half up to a tenth of a percent; a real share is never shown as nothing."""
    assert percent(share) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 deals"), (1, "1 deal"), (2, "2 deals"), (8800, "8,800 deals")]
)
def test_counted_agrees_with_its_number(number, text):
    """One thing is singular, any other number plural."""
    assert counted(number, "deal") == text


@pytest.mark.parametrize(
    ("parts", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_listed_reads_as_a_sentence(parts, text):
    """None, one, two and three things are listed as a person would say them."""
    assert listed(parts) == text


def test_babel_is_loaded_only_when_money_is_shown():
    """A process that renders no money does not pay for the locale data."""
    code = "import sys, bot.render.card, bot.render.nudge, bot.render.pipeline; print('babel' in sys.modules)"
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert run.stdout == "False\n"


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (381_375, "EUR", "€3,814"),
        (1_000_000, "USD", "$10,000"),
        (-123_456, "USD", "-$1,235"),
        (999, "USD", "$9.99"),
        (0, "USD", "$0.00"),
        (12_345, "JPY", "¥12,345"),
        (12_345_678, "KWD", "KWD\xa012,346"),
    ],
)
def test_an_estimate_has_no_cents(minor, currency, shown):
    """An estimate of ten units or more is told in whole units, half up; a small one and a currency without cents stay."""
    assert about(Money(minor, currency)) == shown
