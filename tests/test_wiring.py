"""How the bot meets the network."""

import socket

import pytest
import uvicorn

from bot.errors import ConfigError
from bot.wiring import listen


def on(port):
    """Uvicorn's setting for a port of this machine; 0 is any free one."""
    return uvicorn.Config("nobody:asks", host="127.0.0.1", port=port)


def test_an_answer_leaves_at_once():
    """A connection does not hold back the second half of an answer until the first is received."""
    with (
        listen(on(0)) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as connection,
    ):
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_that_is_taken_is_named():
    """Whoever installs it is told what to change."""
    with (
        listen(on(0)) as first,
        pytest.raises(ConfigError, match=r"WINBELL_PORT: 127\.0\.0\.1:\d+ cannot be used"),
    ):
        listen(on(first.getsockname()[1]))
