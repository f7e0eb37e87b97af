"""Settings: secrets and addresses from the environment and from `.env`. The environment wins."""

from __future__ import annotations

import base64
import binascii
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEY_MARK: Final = "whsec_"
_SHORTEST_SECRET: Final = 16
"""Bytes of a signing key."""
_SHORTEST_TOKEN: Final = 32
_LONGEST_PREFIX: Final = 23
"""A slash command has at most 32 characters with its slash, and `/pipeline` has 9."""
_PREFIX: Final = re.compile(rf"[a-z0-9_-]{{1,{_LONGEST_PREFIX}}}")
_TOKEN: Final = re.compile(rf"[!-~]{{{_SHORTEST_TOKEN},}}")
_HOST: Final = re.compile(r"[^\s/@]+")


def _database_url(value: str) -> str:
    scheme, divider, rest = value.partition("://")
    if divider and scheme == "sqlite" and re.fullmatch(r"/+[^/?].*", rest) and ":memory:" not in rest:
        return value
    if divider and scheme == "postgresql" and rest:
        return value
    if divider and scheme in {"postgres", "postgresql+psycopg", "postgresql+psycopg2"}:
        raise ValueError("write it as postgresql://user:password@host/database")
    raise ValueError("set sqlite:///winbell.db (a file) or postgresql://user:password@host/database")


def _port(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", value) or not 1 <= int(value) <= 65535:
        raise ValueError("set a number from 1 to 65535, such as 3000")
    return int(value)


def _host(value: str) -> str:
    if _HOST.fullmatch(value) is None:
        raise ValueError("set the address to listen on alone, such as 127.0.0.1 or 0.0.0.0")
    return value


def is_address(value: str) -> bool:
    """Whether it is a plain http or https address: no user, query or fragment."""
    try:
        parts = urlsplit(value)
        fit = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return fit and re.search(r"[\s?#@]", value) is None


def _public_address(value: str) -> str:
    if not is_address(value):
        raise ValueError("set a web address such as https://winbell.seller.example")
    return value.rstrip("/")


def _api_address(value: str) -> str:
    """The base address of Slack's Web API. The SDK joins method names to it, so it ends with one slash."""
    if not is_address(value):
        raise ValueError("set a web address such as https://slack.com/api/, or nothing for Slack's own")
    return f"{value.rstrip('/')}/"


def _command_prefix(value: str) -> str:
    if _PREFIX.fullmatch(value) is None:
        raise ValueError(
            f"set at most {_LONGEST_PREFIX} small letters, digits, - and _ without the slash, such as acme-"
        )
    return value


def _signing_keys(value: str) -> str:
    for number, word in enumerate(value.split(), start=1):
        if len(_key(word)) < _SHORTEST_SECRET:
            raise ValueError(
                f"secret {number} must be {_KEY_MARK} followed by the base64 of at least {_SHORTEST_SECRET} "
                "random bytes; several are separated by spaces"
            )
    return value


def _key(word: str) -> bytes:
    """The bytes of one `whsec_…`; none where it is not one."""
    coded = word.removeprefix(_KEY_MARK)
    if coded == word:
        return b""
    try:
        return base64.b64decode(coded + "=" * (-len(coded) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _bearer(value: str) -> str:
    if _TOKEN.fullmatch(value) is None:
        raise ValueError(f"set at least {_SHORTEST_TOKEN} letters, digits or signs, without spaces")
    return value


class Settings(BaseSettings):
    """What the operator set. Immutable; secrets and the database's address are not shown by `repr`."""

    model_config = SettingsConfigDict(
        frozen=True,
        case_sensitive=True,
        env_file_encoding="utf-8-sig",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
        validate_default=False,
    )

    slack_bot_token: SecretStr | None = Field(None, validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = Field(None, validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = Field(None, validation_alias="SLACK_SIGNING_SECRET")
    slack_api_url: Annotated[str | None, BeforeValidator(_api_address)] = Field(
        None, validation_alias="SLACK_API_URL"
    )
    """None means Slack's own."""
    database_url: Annotated[str, BeforeValidator(_database_url)] = Field(
        "sqlite:///winbell.db", validation_alias="WINBELL_DATABASE_URL", repr=False
    )
    agreement: str = Field("agreement.toml", validation_alias="WINBELL_AGREEMENT")
    """The path of the agreement file."""
    host: Annotated[str, BeforeValidator(_host)] = Field("127.0.0.1", validation_alias="WINBELL_HOST")
    port: Annotated[int, BeforeValidator(_port)] = Field(3000, validation_alias="WINBELL_PORT")
    public_url: Annotated[str | None, BeforeValidator(_public_address)] = Field(
        None, validation_alias="WINBELL_PUBLIC_URL"
    )
    """Without a trailing slash."""
    webhook_secret: Annotated[SecretStr | None, BeforeValidator(_signing_keys)] = Field(
        None, validation_alias="WINBELL_WEBHOOK_SECRET"
    )
    webhook_token: Annotated[SecretStr | None, BeforeValidator(_bearer)] = Field(
        None, validation_alias="WINBELL_WEBHOOK_TOKEN"
    )
    command_prefix: Annotated[str, BeforeValidator(_command_prefix)] = Field(
        "", validation_alias="WINBELL_COMMAND_PREFIX"
    )

    @property
    def webhook_secrets(self) -> tuple[bytes, ...]:
        """The signing keys of the generic source, in the order written; none where none is set."""
        words = self.webhook_secret.get_secret_value().split() if self.webhook_secret else []
        return tuple(_key(word) for word in words)

    @property
    def has_generic_source(self) -> bool:
        """Whether the generic source is on: it needs a secret or a token."""
        return self.webhook_secret is not None or self.webhook_token is not None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 (given by keyword)
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (`load` gives the environment itself)
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (not used)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment that `load` was given, then the file."""
        return init_settings, dotenv_settings


VARIABLES: Final = tuple(str(field.validation_alias) for field in Settings.model_fields.values())
"""The names of all variables that are read."""

ENV_TEMPLATE: Final = Path(__file__).with_name("config_template.env").read_text("utf-8")
"""The text of a new `.env`: every variable with what it is, its default and when it is needed."""


def load(env_file: str | None = ".env", environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of `environ` (None: the process's own) and, for what that leaves out, of `env_file`.

    Empty values count as not set, a file that does not exist as empty; other variables are ignored.
    ConfigError, naming the variable and what to set and never its value, for the first that is wrong, and for
    a file that cannot be read.
    """
    given = os.environ if environ is None else environ
    written: dict[str, Any] = {name: given[name].strip() for name in VARIABLES if given.get(name, "").strip()}
    try:
        return Settings(_env_file=env_file, **written)
    except ValidationError as error:
        problem = _sentence(error)
    except OSError as error:
        problem = f"{env_file} cannot be read ({error.strerror}); let this user read it"
    except UnicodeDecodeError:
        problem = f"{env_file} is not UTF-8 text; save it as UTF-8"
    raise ConfigError(problem)


def require_serve(settings: Settings) -> None:
    """ConfigError, naming the variable and what to set, where `serve` lacks something."""
    token = _plain(settings.slack_bot_token)
    if not token:
        raise ConfigError(
            "SLACK_BOT_TOKEN: set the app's bot token (xoxb-…), from its page OAuth & Permissions"
        )
    if not token.startswith("xoxb-"):
        hint = "; the one set belongs in SLACK_APP_TOKEN" if token.startswith("xapp-") else ""
        raise ConfigError(f"SLACK_BOT_TOKEN: set the bot token, which begins with xoxb-{hint}")
    app_token = _plain(settings.slack_app_token)
    if app_token and not app_token.startswith("xapp-"):
        raise ConfigError(
            "SLACK_APP_TOKEN: set the app-level token, which begins with xapp-, or leave it empty"
        )
    if not app_token and not settings.slack_signing_secret:
        raise ConfigError(
            "SLACK_APP_TOKEN: set it (xapp-…) to reach Slack by Socket Mode, or set SLACK_SIGNING_SECRET "
            "if Slack calls Winbell over HTTP"
        )


def _plain(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def _sentence(error: ValidationError) -> str:
    """The first fault: the variable's name and what to set. The value is not repeated."""
    first = error.errors(include_url=False, include_input=False)[0]
    reason = first.get("ctx", {}).get("error", first["msg"])
    return f"{first['loc'][0]}: {reason}"
