"""`winbell demo` as a process: it opens, ends on Ctrl-C without a trace, and says what to do when it cannot open."""

import signal
import socket
from datetime import datetime

import aiohttp
import pytest

from tests.support.process import Process, asked, free_port, winbell

OPENS_WITHIN = 60.0
"""Seconds; five on an idle machine, and others may be busy on this one."""


async def wins(port):
    """The messages in #wins that the page shows; none while nobody answers."""
    try:
        async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/_/state") as answer:
            state = await answer.json()
    except aiohttp.ClientError:
        return []
    now = datetime.fromtimestamp(state["now"])  # noqa: DTZ006  # only its minutes are looked at
    shown = next((one["messages"] for one in state["channels"] if one["name"] == "wins"), [])
    return shown if len(shown) == 4 and now.minute < 30 else []


async def test_it_opens_ends_on_ctrl_c_and_opens_again(tmp_path):
    """Exit 0, no traceback, the port is free again; the second time it opens on the same file."""
    port = free_port()
    for _ in range(2):
        async with Process(tmp_path, "demo", "--port", str(port)) as process:
            await asked(lambda: wins(port), OPENS_WITHIN)
            process.send(signal.SIGINT)
            ended = await process.ended()
        assert (ended.code, ended.err) == (0, "")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    assert [line.partition(":")[0] for line in ended.out.splitlines()] == [
        "Winbell's local workspace is open",
        "It starts from the stage team",
        "Press Ctrl-C to close it. Nothing leaves this machine.",
    ]
    assert f"http://127.0.0.1:{port}" in ended.out
    assert sorted(path.name for path in tmp_path.iterdir() if "stderr" not in path.name) == [
        "winbell-demo.db",
        "winbell-demo.db.lock",
    ]


async def test_a_port_in_use_is_told_with_the_way_out(tmp_path):
    """The sentence names the port and the option that chooses another; nothing is left behind."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = await winbell(tmp_path, "demo", "--port", str(port))
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        f"winbell: port {port} is taken, perhaps by another demo; choose another with --port {port + 1}, "
        "or --port 0 for any free one\n"
    )
    assert not (tmp_path / "winbell-demo.db").exists()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
async def test_it_may_be_ended_while_it_opens(tmp_path, sign):
    """Ctrl-C right after the start leaves no traceback either."""
    port = free_port()
    async with Process(tmp_path, "demo", "--port", str(port)) as process:
        await asked(lambda: answers(port), OPENS_WITHIN)
        process.send(sign)
        ended = await process.ended()
    assert "Traceback" not in ended.err


async def answers(port):
    """Whether somebody listens."""
    try:
        async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/_/state"):
            return True
    except aiohttp.ClientError:
        return False
