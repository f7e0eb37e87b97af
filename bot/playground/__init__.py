"""The local, Slack-like workspace: for people who try Winbell, and for tests that tell its story."""
