"""A changed agreement file is in force without a restart, told once; a faulty one stops nothing."""

from __future__ import annotations

import signal

from tests.support.process import company

HOURS = "[hours]\nalways = true\n\n[[tier]]\nfirst_contact_hours = "


async def test_a_change_is_told_and_a_fault_stops_nothing(tmp_path):
    """The file is saved, and within 20 seconds the channel reads what changed; then what is wrong with the next one."""
    async with company(tmp_path) as it:
        it.by_http()
        it.agree(f"{HOURS}4\n")
        async with it.serve() as process:
            it.agree(f"{HOURS}2\n")
            (told,) = await it.slack.wait_for(lambda: it.slack.messages("#sales-ops"), seconds=20)
            assert told.text.split("\n")[1:] == [
                "Tier all: first contact within 2 working hours, before within 4."
            ]
            it.agree(f"{HOURS}two\n")
            await it.slack.wait_for(lambda: len(it.slack.messages("#sales-ops")) > 1, seconds=20)
            assert it.slack.messages("#sales-ops")[1].text.startswith(
                "agreement.toml cannot be put in force: line 5: this is not TOML: "
            )
            assert (await it.gets("/readyz"))[0] == 200
            process.send(signal.SIGTERM)
            ended = await process.ended()
        assert (ended.code, len(it.slack.messages("#sales-ops"))) == (0, 2)
        assert ended.err.count("the agreement file is not valid; the agreement in force stays") == 1
        assert "another agreement is in force" in ended.err
