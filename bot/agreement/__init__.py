"""Reads what sales and marketing agreed on from `agreement.toml`."""

from bot.agreement.fitting import parse_from
from bot.agreement.parse import Parsed, default, parse
from bot.agreement.template import TEMPLATE

__all__ = ["TEMPLATE", "Parsed", "default", "parse", "parse_from"]
