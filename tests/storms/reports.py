"""The storm of reports: handed in at a rate by several programs, consoles open; then held against the store."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from core.desk.duplicates import duplicates_of, traits_of_ticket
from data.reader import Reader
from tests.bench.figures import percentile
from tests.bench.run import OFFICER, program
from tests.storms.messages import NEW, SENT_AGAIN, TOLD_AGAIN, Message, storm
from tests.storms.pipes import Pipe, cpu_of
from tests.storms.screens import Screen, type_on

CENTRE = 1
LEADER = "wang"
UNSEEN = 60.0
"""Seconds after which an urgent ticket counts as never seen."""
IN_TIME_ONLY = True
"""Whether what could not be handed in by the end stays out."""
SAMPLE = 60
"""Doubles whose first report is looked for among what is proposed."""
INDEXED_WITHIN = 120.0


@dataclass(frozen=True)
class Storm:
    """How hard it blows."""

    rate: float = 10_000
    """Messages a minute."""
    minutes: float = 10
    writers: int = 2
    consoles: int = 2
    urgent_every: int = 400
    """One message in so many is an emergency."""
    seed: str = "1"

    @property
    def amount(self) -> int:
        """Messages in all."""
        return int(self.rate * self.minutes)


@dataclass
class Result:
    """What came of a storm."""

    storm: Storm
    seconds: float = 0.0
    handed: dict[int, float] = field(default_factory=dict)
    answers: dict[int, dict[str, Any]] = field(default_factory=dict)
    committed: dict[int, float] = field(default_factory=dict)
    seen: dict[int, list[float | None]] = field(default_factory=dict)
    """For each urgent message when each console had painted it."""
    keys: list[float | None] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """What the programs had to say at their end, where it was trouble."""
    wrong: list[str] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)
    """Seconds of processor time, by who took them."""
    proposed: tuple[int, int] = (0, 0)
    """Doubles whose first report is proposed, and how many were looked at."""

    @property
    def rate(self) -> float:
        """Messages a minute that were really taken in."""
        return len(self.answers) / self.seconds * 60

    def to_screen(self, since: Mapping[int, float]) -> list[float]:
        """Seconds from some moment of each urgent message until each console had painted it."""
        return [max(at - since[place], 0.0) for place, found in self.seen.items() for at in found if at is not None]

    @property
    def unseen(self) -> int:
        """Urgent messages that a console never painted."""
        return sum(at is None for found in self.seen.values() for at in found)


def blow(blowing: Storm, environment: Mapping[str, str], store: str) -> Result:
    """Run the storm on a store that stands, with an engine and consoles of their own, and look what is left."""
    messages = list(storm(blowing.amount, blowing.urgent_every, blowing.seed))
    result = Result(blowing)
    with contextlib.ExitStack() as stack:
        running = stack.enter_context(engine(environment))
        screens = [stack.enter_context(Screen(environment)) for _ in range(blowing.consoles)]
        typing = stack.enter_context(Screen({**environment, "ZHIHUI_OFFICER": LEADER}))
        for screen in screens:
            screen.want(message.sign for message in messages if message.sign)
        calm = threading.Event()
        typist = threading.Thread(
            target=lambda: result.keys.extend(type_on(typing, calm, Random(blowing.seed))), daemon=True
        )
        typist.start()
        before = [screen.cpu() for screen in (*screens, typing)]
        _hand_in(messages, result, screens, environment)
        calm.set()
        typist.join(60)
        after = [screen.cpu() for screen in (*screens, typing)]
        result.cpu["consoles with the queue"] = sum(after[:-1]) - sum(before[:-1])
        result.cpu["console with the form"] = after[-1] - before[-1]
        result.cpu["engine"] = cpu_of(running)
    hold_against(messages, result, environment, store)
    return result


def _hand_in(messages: list[Message], result: Result, screens: list[Screen], environment: Mapping[str, str]) -> None:
    """Every message at its time, by one of the writers; an officer looks after what is urgent."""
    blowing = result.storm
    with contextlib.ExitStack() as stack:
        pipes = [stack.enter_context(Pipe(environment)) for _ in range(blowing.writers)]
        desk = stack.enter_context(Pipe(environment))
        began = time.perf_counter() + 0.5
        shares = [messages[number :: blowing.writers] for number in range(blowing.writers)]
        threads = [
            threading.Thread(target=_write, args=(pipe, share, result, began), daemon=True)
            for pipe, share in zip(pipes, shares, strict=True)
        ]
        for thread in threads:
            thread.start()
        for message in messages:
            if message.sign:
                _look_after(message, result, screens, desk, began)
        for thread in threads:
            thread.join()
    result.seconds = max(result.committed.values()) - began
    ends = [pipe.said.strip()[-300:] for pipe in (*pipes, desk)]
    result.said = [said for said in ends if "Traceback" in said or "[store-" in said]
    result.cpu["programs that hand in"] = sum(pipe.cpu for pipe in pipes)


def _write(pipe: Pipe, messages: list[Message], result: Result, began: float) -> None:
    end = began + result.storm.minutes * 60
    for message in messages:
        wait = began + message.place * 60 / result.storm.rate - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        elif IN_TIME_ONLY and time.perf_counter() > end:
            return  # what does not come in at the rate stays out: the rate says so
        result.handed[message.place] = time.perf_counter()
        pipe.give(message.line, _keeper(message.place, result))


def _keeper(place: int, result: Result) -> Any:
    def answered(answer: dict[str, Any], at: float) -> None:
        result.committed[place], result.answers[place] = at, answer

    return answered


def _look_after(message: Message, result: Result, screens: list[Screen], desk: Pipe, began: float) -> None:
    """See an urgent ticket on every screen, and take it off then: a false alarm."""
    due = began + message.place * 60 / result.storm.rate
    while message.place not in result.handed:
        if IN_TIME_ONLY and time.perf_counter() > max(due, began + result.storm.minutes * 60) + 1:
            return  # it stayed out
        time.sleep(0.01)
    while message.place not in result.committed:
        time.sleep(0.01)
    until = result.committed[message.place] + UNSEEN
    result.seen[message.place] = [screen.when(message.sign, until) for screen in screens]
    answer = result.answers.get(message.place)
    if answer is None or not answer["ok"]:
        return
    order = {"verb": "refuse", "ticket": answer["ticket"], "as": LEADER, "reason": "误报"}
    desk.give(order, lambda *_: None)


@contextlib.contextmanager
def engine(environment: Mapping[str, str]) -> Iterator[int]:
    """A real `zhihui engine run` beside it all."""
    child = subprocess.Popen(
        [*program(), "engine", "run"], env=dict(environment), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield child.pid
    finally:
        child.terminate()
        child.wait(30)


# ------------------------------------------------------------------------------------------------ what is left


def hold_against(messages: list[Message], result: Result, environment: Mapping[str, str], store: str) -> None:
    """Nothing lost, nothing doubled, and what is alike is proposed."""
    wrong = result.wrong
    wrong += result.said
    messages = [message for message in messages if message.place in result.handed]
    unanswered = [message.place for message in messages if message.place not in result.answers]
    refused = Counter(answer["error"] for answer in result.answers.values() if not answer["ok"])
    wrong += [f"{len(unanswered)} messages were never answered"] * bool(unanswered)
    wrong += [f"refused: {dict(refused)}"] * bool(refused)
    tickets: dict[str, set[str]] = defaultdict(set)
    first: Counter[str] = Counter()
    for message in messages:
        answer = result.answers.get(message.place)
        if answer is not None and answer["ok"]:
            tickets[message.key].add(answer["ticket"])
            first[message.key] += not answer["replayed"]
    doubled = [key for key, codes in tickets.items() if len(codes) != 1 or first[key] != 1]
    wrong += [f"{len(doubled)} keys were done more or less than once: {doubled[:3]}"] * bool(doubled)
    with Reader(f"sqlite:///{store}" if "://" not in store else store) as reader:
        wrong += _against_store(messages, tickets, reader)
        result.proposed = _proposed(messages, tickets, reader, Random(result.storm.seed))
    for command in (("audit", "verify"), ("db", "check"), ("engine", "audit")):
        done = subprocess.run(
            [*program(), *command], env=dict(environment), capture_output=True, text=True, check=False
        )
        if done.returncode:
            wrong.append(f"zhihui {' '.join(command)} says {done.returncode}: {(done.stdout + done.stderr)[-300:]}")


def _against_store(messages: list[Message], tickets: Mapping[str, set[str]], reader: Reader) -> Iterator[str]:
    rows = reader.rows("SELECT code, title FROM ticket WHERE centre_id = :centre AND source = 'phone'", centre=CENTRE)
    stored = {str(code): str(title) for code, title in rows}
    titles = Counter(stored.values())
    lost = doubled = 0
    for message in messages:
        if message.kind == SENT_AGAIN:
            continue
        codes = tickets.get(message.key, set())
        lost += not any(stored.get(code) == message.line["title"] for code in codes)
        doubled += message.kind == NEW and titles[message.line["title"]] > 1
    if lost:
        yield f"{lost} acknowledged reports are not in the store"
    if doubled:
        yield f"{doubled} reports stand there twice"


def _proposed(
    messages: list[Message], tickets: Mapping[str, set[str]], reader: Reader, dice: Random
) -> tuple[int, int]:
    """Whether the first report is among what is proposed for what somebody else told of once more."""
    keys = {message.place: message.key for message in messages}
    told = [
        message
        for message in messages
        if message.kind == TOLD_AGAIN and message.key in tickets and keys.get(message.of) in tickets
    ]
    found = 0
    sample = dice.sample(told, min(SAMPLE, len(told)))
    for message in sample:
        (code,), (first,) = tickets[message.key], tickets[keys[message.of]]
        row = reader.one("SELECT id FROM ticket WHERE centre_id = :centre AND code = :code", centre=CENTRE, code=code)
        assert row is not None
        traits = traits_of_ticket(reader, CENTRE, int(row[0]))
        assert traits is not None
        proposed = duplicates_of(reader, CENTRE, traits, frozenset({int(row[0])}))
        found += first in {one.ticket.code for one in proposed}
    return found, len(sample)


# ------------------------------------------------------------------------------------------------ what is printed


def figures(result: Result) -> list[tuple[str, str, str, str]]:
    """What was measured, the figure, the goal, and whether it was reached."""
    blowing = result.storm
    kinds = Counter("found done" if answer["replayed"] else "done" for answer in result.answers.values())
    keys = [took for took in result.keys if took is not None]
    rows = [
        _row("messages a minute", f"{result.rate:,.0f}", f"{blowing.rate:,.0f}", result.rate >= blowing.rate * 0.99),
        ("answered", f"{len(result.answers):,}: {kinds['done']:,} made, {kinds['found done']:,} found done", "all", ""),
        _row("lost or doubled", str(len(result.wrong)), "0", not result.wrong),
        _row("doubles proposed", "{} of {}".format(*result.proposed), "all", len(set(result.proposed)) == 1),
    ]
    if result.seen:
        rows.append(_row("urgent, never on a screen", str(result.unseen), "0", not result.unseen))
    for name, times, goal in (
        ("urgent: commit to painted", result.to_screen(result.committed), 2.0),
        ("urgent: handed in to painted", result.to_screen(result.handed), 2.0),
        ("a key in the form to painted", keys, 0.5),
    ):
        if times:
            p50, p99 = percentile(times, 0.5), percentile(times, 0.99)
            said = (
                f"p50 {p50 * 1000:,.0f} ms, p99 {p99 * 1000:,.0f} ms, worst {max(times) * 1000:,.0f} ms ({len(times)})"
            )
            rows.append(_row(name, said, f"p99 {goal:g} s", p99 <= goal))
    each = len(result.answers) or 1
    rows += [(f"processor: {who}", f"{took:.1f} s, {took / each * 1000:.1f} ms a message", "", "")
             for who, took in result.cpu.items()]  # fmt: skip
    if len(keys) < len(result.keys):
        rows.append(_row("keys never painted", str(len(result.keys) - len(keys)), "0", False))
    return rows


def _row(name: str, figure: str, goal: str, reached: bool) -> tuple[str, str, str, str]:
    return name, figure, goal, "reached" if reached else "NOT REACHED"


def street(folder: Path) -> Path:
    """A store with the small street."""
    from data.location import locate
    from data.store import Store
    from tests.street import small_street

    path = folder / "storm.db"
    store = Store(locate(str(path)), create=True)
    small_street(store)
    store.close()
    return path


__all__ = ["OFFICER", "Result", "Storm", "blow", "figures", "street"]
