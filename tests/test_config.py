"""Settings: what is read, from where, and what is said of wrong ones."""

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import ENV_TEMPLATE, VARIABLES, Settings, load, require_serve
from bot.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
KEY = b"0123456789abcdef"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
TOKEN = "t" * 32
PRIVATE = "geheim-7f3a91"

CONTRACT = {
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_API_URL",
    "WINBELL_DATABASE_URL",
    "WINBELL_AGREEMENT",
    "WINBELL_HOST",
    "WINBELL_PORT",
    "WINBELL_PUBLIC_URL",
    "WINBELL_WEBHOOK_SECRET",
    "WINBELL_COMMAND_PREFIX",
    "WINBELL_WEBHOOK_TOKEN",
}


def read(**environ):
    return load(None, environ)


def complaint(**environ):
    with pytest.raises(ConfigError) as caught:
        read(**environ)
    return str(caught.value)


def shown(settings):
    """Everything but the database's address, which is not shown."""
    return settings.model_dump(exclude={"database_url"})


def test_the_variables_are_those_of_the_contract():
    """Every variable of the public contract is read, and no other."""
    assert set(VARIABLES) == CONTRACT


def test_nothing_set_means_the_defaults():
    """Without settings: a database file, port 3000 on this machine alone, no Slack and no source."""
    settings = read()
    assert settings.database_url == "sqlite:///winbell.db"
    assert shown(settings) == {
        "slack_bot_token": None,
        "slack_app_token": None,
        "slack_signing_secret": None,
        "slack_api_url": None,
        "agreement": "agreement.toml",
        "host": "127.0.0.1",
        "port": 3000,
        "public_url": None,
        "webhook_secret": None,
        "webhook_token": None,
        "command_prefix": "",
    }
    assert settings.webhook_secrets == ()
    assert not settings.has_generic_source


def test_the_environment_wins_over_the_file_and_empty_is_not_set(tmp_path):
    """A value of the environment stands; an empty or blank one leaves it to the file, then to the default."""
    file = tmp_path / ".env"
    file.write_text(
        "\ufeff# ours\nWINBELL_HOST='0.0.0.0'\nWINBELL_PORT=4000\nWINBELL_AGREEMENT=ours.toml\n"
        "WINBELL_PUBLIC_URL=\nOTHER=1\n",
        encoding="utf-8",
    )
    settings = load(str(file), {"WINBELL_HOST": "::1", "WINBELL_PORT": " ", "WINBELL_AGREEMENT": ""})
    assert (settings.host, settings.port, settings.agreement) == ("::1", 4000, "ours.toml")
    assert settings.public_url is None


def test_without_an_environment_given_that_of_the_process_is_read(monkeypatch):
    """By default the process's environment counts, and nothing of it if another is given."""
    monkeypatch.setenv("WINBELL_PORT", "4100")
    assert load(None).port == 4100
    assert load(None, {}).port == 3000


def test_a_file_that_is_missing_is_no_file(tmp_path):
    """Settings may stand in the environment alone."""
    assert load(str(tmp_path / ".env"), {}) == read()


def test_a_file_that_is_no_text_is_explained(tmp_path):
    """A file in another encoding is named, and its content is not."""
    file = tmp_path / ".env"
    file.write_bytes(b"WINBELL_HOST=\xff" + PRIVATE.encode())
    with pytest.raises(ConfigError) as caught:
        load(str(file), {})
    assert str(caught.value) == f"{file} is not UTF-8 text; save it as UTF-8"


def test_settings_do_not_change():
    """Settings are fixed once they are read."""
    with pytest.raises(ValueError, match="frozen"):
        read().port = 4000


@pytest.mark.parametrize(
    ("name", "value", "field", "kept"),
    [
        ("WINBELL_DATABASE_URL", "sqlite:////var/lib/w.db", "database_url", "sqlite:////var/lib/w.db"),
        (
            "WINBELL_DATABASE_URL",
            "postgresql://u:p%40@h:5432/w",
            "database_url",
            "postgresql://u:p%40@h:5432/w",
        ),
        ("WINBELL_DATABASE_URL", "postgresql:///w?host=/run", "database_url", "postgresql:///w?host=/run"),
        ("WINBELL_PORT", "65535", "port", 65535),
        ("WINBELL_PORT", "1", "port", 1),
        ("WINBELL_HOST", "::", "host", "::"),
        ("WINBELL_PUBLIC_URL", "https://w.seller.example/bot/", "public_url", "https://w.seller.example/bot"),
        ("WINBELL_PUBLIC_URL", "http://[::1]:3000", "public_url", "http://[::1]:3000"),
        ("SLACK_API_URL", "http://127.0.0.1:8080/api", "slack_api_url", "http://127.0.0.1:8080/api/"),
        ("SLACK_API_URL", "http://127.0.0.1:8080/api//", "slack_api_url", "http://127.0.0.1:8080/api/"),
        ("WINBELL_COMMAND_PREFIX", "acme-", "command_prefix", "acme-"),
        ("WINBELL_COMMAND_PREFIX", "a" * 23, "command_prefix", "a" * 23),
        ("WINBELL_AGREEMENT", " conf/a.toml ", "agreement", "conf/a.toml"),
    ],
)
def test_a_good_value_is_kept(name, value, field, kept):
    """Each variable arrives in its field, addresses with or without their last slash as they are needed."""
    assert getattr(read(**{name: value}), field) == kept


DATABASE = (
    "WINBELL_DATABASE_URL: set sqlite:///winbell.db (a file) or postgresql://user:password@host/database"
)
POSTGRES = "WINBELL_DATABASE_URL: write it as postgresql://user:password@host/database"
PORT = "WINBELL_PORT: set a number from 1 to 65535, such as 3000"
HOST = "WINBELL_HOST: set the address to listen on alone, such as 127.0.0.1 or 0.0.0.0"
PUBLIC = "WINBELL_PUBLIC_URL: set a web address such as https://winbell.seller.example"
API = "SLACK_API_URL: set a web address such as https://slack.com/api/, or nothing for Slack's own"
PREFIX = (
    "WINBELL_COMMAND_PREFIX: set at most 23 small letters, digits, - and _ without the slash, such as acme-"
)
BEARER = "WINBELL_WEBHOOK_TOKEN: set at least 32 letters, digits or signs, without spaces"


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        (
            "WINBELL_DATABASE_URL",
            [
                "winbell.db",
                "sqlite://",
                "sqlite:///",
                "sqlite:///:memory:",
                "sqlite:///?x=1",
                "mysql://h/w",
                "postgresql://",
            ],
            DATABASE,
        ),
        ("WINBELL_DATABASE_URL", ["postgres://h/w", "postgresql+psycopg://h/w"], POSTGRES),
        ("WINBELL_PORT", ["0", "65536", "-1", "3000.0", "http", "٣٠٠٠", "1" * 5000], PORT),
        ("WINBELL_HOST", ["http://localhost", "a b", "me@host"], HOST),
        (
            "WINBELL_PUBLIC_URL",
            [
                "w.seller.example",
                "ftp://w",
                "https://",
                "https://w?x=1",
                "https://u:p@w",
                "http://[::",
                "http://w:99999",
            ],
            PUBLIC,
        ),
        ("SLACK_API_URL", ["slack.com/api/", "file:///api", "http://a b/api"], API),
        ("WINBELL_COMMAND_PREFIX", ["/acme", "Acme", "acme!", "a" * 24, "acme dev", "é"], PREFIX),
        ("WINBELL_WEBHOOK_TOKEN", ["t" * 31, "t" * 20 + " " + "t" * 20, "ü" * 32], BEARER),
    ],
)
def test_a_wrong_value_is_answered_with_the_name_and_what_to_set(name, values, sentence):
    """One sentence: the variable and what would be right."""
    assert {complaint(**{name: value}) for value in values} == {sentence}


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("whsec_", 1),
        (SECRET.removeprefix("whsec_"), 1),
        ("whsec_" + base64.b64encode(KEY[:15]).decode(), 1),
        (f"{SECRET} whsec_not*base64*at*all*at*all", 2),
        (f"{SECRET},{SECRET}", 1),
    ],
)
def test_a_wrong_signing_secret_is_named_by_its_place(value, number):
    """Which of several secrets is wrong is said; the secret is not."""
    assert complaint(WINBELL_WEBHOOK_SECRET=value) == (
        f"WINBELL_WEBHOOK_SECRET: secret {number} must be whsec_ followed by the base64 of at least 16 "
        "random bytes; several are separated by spaces"
    )


def test_several_signing_secrets_are_taken_in_order():
    """During a change of secrets old and new are both keys; padding may be left out."""
    other = b"another key of more bytes"
    written = f" {SECRET.rstrip('=')}  whsec_{base64.b64encode(other).decode()} "
    assert read(WINBELL_WEBHOOK_SECRET=written).webhook_secrets == (KEY, other)


@pytest.mark.parametrize(
    ("environ", "on"),
    [({}, False), ({"WINBELL_WEBHOOK_SECRET": SECRET}, True), ({"WINBELL_WEBHOOK_TOKEN": TOKEN}, True)],
)
def test_the_generic_source_needs_a_secret_or_a_token(environ, on):
    """Without both the generic source is off."""
    assert read(**environ).has_generic_source is on


def test_secrets_are_not_shown():
    """Neither `repr` nor `str` of the settings holds a secret or the database's password."""
    settings = read(
        SLACK_BOT_TOKEN=f"xoxb-{PRIVATE}",
        SLACK_APP_TOKEN=f"xapp-{PRIVATE}",
        SLACK_SIGNING_SECRET=PRIVATE,
        WINBELL_WEBHOOK_SECRET="whsec_" + base64.b64encode(PRIVATE.encode() * 2).decode(),
        WINBELL_WEBHOOK_TOKEN=PRIVATE * 3,
        WINBELL_DATABASE_URL=f"postgresql://u:{PRIVATE}@h/w",
    )
    texts = f"{settings!r} {settings} {settings.model_dump(exclude={'database_url'})}"
    assert PRIVATE not in texts
    assert base64.b64encode(PRIVATE.encode() * 2).decode() not in texts
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == f"xoxb-{PRIVATE}"


@given(st.sampled_from(VARIABLES), st.text(max_size=60))
def test_any_value_is_taken_or_explained_without_being_repeated(name, value):
    """No value makes reading fail in another way, and none with the mark of a secret is ever repeated."""
    try:
        found = isinstance(load(None, {name: value + PRIVATE}), Settings)
    except ConfigError as error:
        text = str(error)
        found = text.startswith(f"{name}: ") and PRIVATE not in text and error.__context__ is None
    assert found


SERVABLE = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


@pytest.mark.parametrize(
    "environ",
    [
        SERVABLE,
        {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"},
        {**SERVABLE, "SLACK_SIGNING_SECRET": "s"},
    ],
)
def test_serve_needs_a_bot_token_and_a_way_to_slack(environ):
    """With a bot token and an app token or a signing secret, nothing is missing."""
    assert require_serve(read(**environ)) is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"SLACK_BOT_TOKEN": ""},
            "SLACK_BOT_TOKEN: set the app's bot token (xoxb-…), from its page OAuth & Permissions",
        ),
        (
            {"SLACK_BOT_TOKEN": f"xoxp-{PRIVATE}"},
            "SLACK_BOT_TOKEN: set the bot token, which begins with xoxb-",
        ),
        (
            {"SLACK_BOT_TOKEN": f"xapp-{PRIVATE}"},
            (
                "SLACK_BOT_TOKEN: set the bot token, which begins with xoxb-; the one set belongs in "
                "SLACK_APP_TOKEN"
            ),
        ),
        (
            {"SLACK_APP_TOKEN": f"xoxb-{PRIVATE}"},
            "SLACK_APP_TOKEN: set the app-level token, which begins with xapp-, or leave it empty",
        ),
        (
            {"SLACK_APP_TOKEN": ""},
            (
                "SLACK_APP_TOKEN: set it (xapp-…) to reach Slack by Socket Mode, or set SLACK_SIGNING_SECRET"
                " if Slack calls Winbell over HTTP"
            ),
        ),
    ],
)
def test_what_serve_lacks_is_named(change, sentence):
    """The first thing that is missing or mixed up, and what to set."""
    with pytest.raises(ConfigError) as caught:
        require_serve(read(**{**SERVABLE, **change}))
    assert str(caught.value) == sentence


def test_the_example_is_the_template():
    """`.env.example` and what `winbell init` writes are one text."""
    assert (ROOT / ".env.example").read_text("utf-8") == ENV_TEMPLATE


def test_the_template_has_every_variable_and_changes_nothing(tmp_path):
    """Each variable stands once in the template, with its default; used as it is, it sets nothing."""
    lines = [line for line in ENV_TEMPLATE.splitlines() if line and not line.startswith("#")]
    assert sorted(line.partition("=")[0] for line in lines) == sorted(VARIABLES)
    file = tmp_path / ".env"
    file.write_text(ENV_TEMPLATE, encoding="utf-8")
    assert load(str(file), {}) == read()


def test_every_variable_of_the_template_is_explained():
    """Above each variable, or above the group it stands in, is a remark."""
    for block in ENV_TEMPLATE.split("\n\n"):
        assert block.startswith("#")
