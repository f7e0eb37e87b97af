"""Reads what sales and marketing agreed on from `agreement.toml`."""

from bot.agreement.parse import Parsed, default, parse
from bot.agreement.template import TEMPLATE

__all__ = ["TEMPLATE", "Parsed", "default", "parse"]
