"""Winbell: a self-hosted Slack bot that makes sales and marketing one team."""
