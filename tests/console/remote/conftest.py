"""One street behind one real sshd for all tests of remote sessions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.clock import SystemClock
from core.desk.orders import Accept, Dispatch, Report
from data.store import Store
from tests.remote_sshd import Remote, remote_street
from tests.street import small_street

OWNED = "\x1b]0;owned\x07\x1b[2J[@click=app.leave]x[/]\x9b2J"
"""What a terminal must never get from a ticket."""


@pytest.fixture(scope="session")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Remote]:
    """Two officers with a key each (`zhang`, `li`), and two tickets: one at the post of `li`, and one with escape
    sequences in its title that only the desk sees."""
    desk = small_street(Store(f"sqlite:///{tmp_path_factory.mktemp('remote')}/street.db", create=True), SystemClock())
    zhang = desk.actor("zhang")
    code = desk.do(Report(title="井盖缺失", community="C01"), zhang).ticket
    for order in (Accept(ticket=code), Dispatch(ticket=code, to="CSGX")):
        desk.do(order, zhang)
    desk.do(Report(title=OWNED, community="C01"), zhang)
    with remote_street(desk) as found:
        for officer in ("zhang", "li"):
            found.add(officer, officer)
        yield found
    desk.store.close()
