"""The driver hands output to a terminal that may take none, and waits for nothing."""

from __future__ import annotations

import os
import threading

from textual.drivers._writer_thread import WriterThread

from console.terminal.driver import STUCK_LIMIT, WAITING_LIMIT, ConsoleDriver
from tests.console.pilots import street_app


async def test_bells_do_not_wait_for_a_terminal_that_takes_nothing() -> None:
    """The writer waits in a pipe that nobody reads; whoever rings goes on, and the frames stop long before."""
    theirs, ours = os.pipe()
    driver = ConsoleDriver(street_app())
    with os.fdopen(ours, "w") as file:
        driver._writer_thread = WriterThread(file)
        driver._writer_thread.start()
        ringing = threading.Thread(target=lambda: [driver.write("\a" * 65536) for _ in range(100)], daemon=True)
        ringing.start()
        ringing.join(30)
        assert not ringing.is_alive(), "rings until the terminal reads"
        assert driver.behind
        assert WAITING_LIMIT <= driver._writer_thread._queue.qsize() <= STUCK_LIMIT
        reading = threading.Thread(target=lambda: all(iter(lambda: os.read(theirs, 65536), b"")), daemon=True)
        reading.start()
        driver._writer_thread.stop()
    reading.join(30)
    os.close(theirs)
