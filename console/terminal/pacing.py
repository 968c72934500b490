"""Decides when the next frame may go over a long line.

Whatever is sent ahead of what the line carries waits in buffers on the way, and keys are answered behind it. So each
frame ends with a question that the terminal answers when it has drawn it, and only little is sent ahead of the
answers: two frames or 2 kB, so that the echo of a key does not wait for a tick. What is left out loses nothing: the
next frame is computed from the newest state. A terminal that answers nothing is paced by time instead.

The answers also tell whether anybody is still there: sshd may not look, and TCP takes a quarter of an hour.
"""

from __future__ import annotations

from collections import deque
from statistics import median
from time import monotonic
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

QUESTION = "\x1b[6n"
FRAMES_AHEAD = 2
BYTES_AHEAD = 2048
STALLED = 2.0
"""Seconds after which nothing more is sent ahead of an answer: only a silent session lets sshd look for its peer."""
PATIENCE = 4.0
"""Seconds without an answer after which a terminal that still sends keys, or never answered, counts as mute."""
MUTE_RATE = 6000
"""Bytes per second to a mute terminal: what 64 kbit/s carry beside the headers of packets."""
MUTE_AHEAD = 0.3
"""Seconds' worth of bytes that may be on the way to a mute terminal."""
MUTE_REST = 5.5
"""Seconds between frames to a mute terminal from which no key has come for as long: sshd asks for its peer only after
five seconds of silence, and gives it up after seven such questions, so within 45 seconds."""
ASK_AGAIN = 5.0
"""Seconds between questions to a mute terminal."""
REMIND_AT_MOST = 60.0
"""Seconds between questions while nothing comes back at all, in the end."""
STILL_THERE = 11.0
"""Seconds in which nothing came back after which a line on which nothing moves is asked, too."""
GIVEN_UP = 33.0
"""Seconds without an answer or a key after which nobody is there any more; with the wait before the first question it
stays below 45."""
IN_VAIN = 3
"""Questions more that must have been open by then: a program that was stopped itself has heard nothing either."""
SAMPLES = 5

State = Literal["new", "answering", "waiting", "mute"]


class _Frame(NamedTuple):
    sent_at: float
    size: int


class Pacer:
    """What is on the way to the terminal."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._flying: deque[_Frame] = deque()
        self._times: deque[float] = deque(maxlen=SAMPLES)
        self._answered = False
        self._mute = False
        self._heard_at = clock()
        self._asked_at = 0.0
        self._remind_after = PATIENCE
        self._in_vain = 0
        self._sent_at = 0.0
        self._through_at = 0.0
        """When a mute terminal has got everything, by our reckoning."""
        self.outage: tuple[float, float] | None = None
        """The last time when nothing was answered for longer than `PATIENCE`: its length, and when it ended."""

    @property
    def round_trip(self) -> float | None:
        """Seconds from a frame to its answer: the median of the last few."""
        return median(self._times) if self._times else None

    @property
    def waiting_for(self) -> float:
        """Seconds since the oldest frame was sent that has no answer; zero when all have."""
        return self._clock() - self._flying[0].sent_at if self._flying else 0.0

    @property
    def state(self) -> State:
        """`waiting`: nothing has come for longer than `PATIENCE`, not even keys."""
        self._look()
        if self._mute:
            return "mute"
        if self.waiting_for > PATIENCE:
            return "waiting"
        return "answering" if self._answered else "new"

    @property
    def silent_for(self) -> float:
        """Seconds for which nothing came, neither an answer nor a key, although one was asked for."""
        asked_at = self._flying[0].sent_at if self._flying else 0.0
        return self._clock() - max(self._heard_at, asked_at)

    @property
    def gone(self) -> bool:
        """Whether nobody is at the other end any more: 33 to 44 seconds after the last answer or key.

        Never where the terminal has not answered yet: there, silence tells nothing.
        """
        asked = self._answered and self.state in ("waiting", "mute") and self._in_vain >= IN_VAIN
        return asked and self.silent_for >= GIVEN_UP

    def may_send(self) -> bool:
        """Whether the line has room for a frame."""
        self._look()
        if self._mute:
            return self.wait() <= 0
        if not self._flying:
            return True
        if self.waiting_for > STALLED:
            return False
        return len(self._flying) < FRAMES_AHEAD or sum(frame.size for frame in self._flying) <= BYTES_AHEAD

    def wait(self) -> float:
        """Seconds until a mute terminal may get the next frame; zero where only an answer helps."""
        if not self._mute:
            return 0.0
        now = self._clock()
        rest = self._sent_at + MUTE_REST - now if self._rests(now) else 0.0
        return max(self._through_at - MUTE_AHEAD - now, rest, 0.0)

    def _rests(self, now: float) -> bool:
        """Whether nobody types at a terminal that answers nothing."""
        return self._mute and now - self._heard_at > MUTE_REST

    def send(self, size: int) -> str:
        """Note a frame of `size` bytes. Gives its ending: the question, or nothing to a mute terminal asked lately."""
        now = self._sent_at = self._clock()
        if not self._mute:
            self._flying.append(_Frame(now, size))
        else:
            self._through_at = max(self._through_at, now) + size / MUTE_RATE
            if now - self._asked_at < ASK_AGAIN:
                return ""
            self._in_vain += 1
        self._asked_at = now
        return QUESTION

    def remind(self) -> str:
        """The question once more when answers are missing, in ever longer steps while nothing comes back at all.

        Also the first one, when nothing was sent and nothing came for a while.
        """
        now = self._clock()
        if self.state == "answering" and not self._flying and now - self._heard_at >= STILL_THERE:
            return self.send(0)
        patience = max(self._remind_after, 2 * MUTE_REST) if self._rests(now) else self._remind_after
        if self.state not in ("waiting", "mute") or now - self._asked_at < patience:
            return ""
        self._asked_at = now
        self._in_vain += 1
        self._remind_after = min(2 * self._remind_after, REMIND_AT_MOST)
        return QUESTION

    def believe(self) -> None:
        """The terminal answered other questions before: one that is silent from now on has gone."""
        self._answered = True

    def answered(self, amount: int = 1) -> None:
        """The terminal answered `amount` questions, the oldest; after an outage nobody knows which, so all count."""
        now = self._clock()
        if self.waiting_for > PATIENCE:
            self.outage = (self.waiting_for, now)
            self._flying.clear()
        self._be_patient()
        self._answered, self._mute, self._heard_at = True, False, now
        for _ in range(min(amount, len(self._flying))):
            self._times.append(now - self._flying.popleft().sent_at)

    def heard(self) -> None:
        """Keys came: the line works, whether the terminal answers or not."""
        self._heard_at = self._clock()
        self._be_patient()

    def _be_patient(self) -> None:
        """Something came: reminders start over."""
        self._remind_after, self._in_vain = PATIENCE, 0

    def _look(self) -> None:
        """Give up waiting for a terminal that never answered, or that sends keys and no answers."""
        if not self._flying or self._mute or self.waiting_for <= PATIENCE:
            return
        if not self._answered or self._heard_at - self._flying[0].sent_at > PATIENCE:
            self._mute = True
            self._flying.clear()
            self._times.clear()
