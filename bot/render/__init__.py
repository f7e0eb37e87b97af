"""Facts in, Slack payload out: every message that Winbell shows, drawn by pure functions."""
