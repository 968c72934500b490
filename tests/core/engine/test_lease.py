"""One engine leads; who is silent is judged by beats and a steady clock, never by the wall clock."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from core import processes
from core.engine.lease import ENGINE_VERSION, LeaseKeeper, LeaseLost
from data.errors import NotAllowed
from data.tables import Lease
from tests.core.engine.rig import Rig


def _pair(rig: Rig) -> tuple[LeaseKeeper, LeaseKeeper]:
    return tuple(LeaseKeeper(rig.store, 1, clock=rig.steady, ttl=5) for _ in range(2))  # type: ignore[return-value]


def _take(rig: Rig, keeper: LeaseKeeper) -> bool:
    if not keeper.may_take():
        return False
    with rig.store.write() as connection:
        return keeper.take(connection, rig.now()) is not None


def _beat(rig: Rig, keeper: LeaseKeeper) -> None:
    with rig.store.write() as connection:
        keeper.beat(connection, rig.now())


def test_only_one_has_it_and_the_fence_grows_with_each_holder(rig: Rig) -> None:
    first, second = _pair(rig)
    assert _take(rig, first)
    assert not _take(rig, second)
    first.release(rig.now())
    assert _take(rig, second), "a lease that was given back is free at once"
    assert (first.fence, second.fence) == (1, 2)


def test_silence_is_counted_from_the_last_beat_that_was_seen(rig: Rig) -> None:
    first, second = _pair(rig)
    _take(rig, first)
    for _ in range(5):
        rig.steady.seconds += 4
        assert not _take(rig, second)
        _beat(rig, first)
    assert not _take(rig, second)
    rig.steady.seconds += 4.9
    assert not _take(rig, second)
    rig.steady.seconds += 0.2
    assert _take(rig, second)


@pytest.mark.parametrize("hours", [-24, -1, 1, 24])
def test_a_wall_clock_that_is_set_neither_frees_nor_keeps_the_lease(rig: Rig, hours: int) -> None:
    first, second = _pair(rig)
    _take(rig, first)
    assert not second.may_take()
    rig.clock.advance(hours=hours)
    assert not second.may_take()
    rig.steady.seconds += 5
    assert second.may_take()


def test_a_deposed_engine_cannot_write(rig: Rig) -> None:
    first, second = _pair(rig)
    _take(rig, first)
    second.may_take()
    rig.steady.seconds += 6
    assert _take(rig, second)
    with pytest.raises(LeaseLost):
        _beat(rig, first)
    assert not first.held
    _beat(rig, second)
    first.release(rig.now())
    assert rig.rows(Lease, "name")[0]["holder"] == second.holder, "nor give back what is not its own"


def test_a_deposed_engine_does_not_sweep(rig: Rig) -> None:
    """Frozen in mid-life, it wakes with an old fence and many due clocks before it."""
    rig.report()
    zombie = rig.engine()
    zombie.once()
    rig.away(minutes=10)
    other = rig.engine()
    assert not other.lease.may_take()
    rig.steady.seconds += 6
    other.once()
    done = len(rig.steps())
    zombie.lease.kept(rig.now())
    assert zombie.once().leading is False
    assert len(rig.steps()) == done
    rig.later(minutes=30)
    assert zombie.once().swept is None
    assert other.once().swept.fired > 0


def test_two_that_see_the_same_silence_do_not_both_get_it(rig: Rig) -> None:
    first, second = _pair(rig)
    third = LeaseKeeper(rig.store, 1, clock=rig.steady, ttl=5)
    _take(rig, first)
    assert not second.may_take()
    assert not third.may_take()
    rig.steady.seconds += 6
    assert second.may_take()
    assert third.may_take()
    with rig.store.write() as connection:
        assert second.take(connection, rig.now()) is not None
    with rig.store.write() as connection:
        assert third.take(connection, rig.now()) is None


def test_an_older_engine_stands_down_and_a_newer_one_takes_over_at_once(rig: Rig) -> None:
    old, _ = _pair(rig)
    new = LeaseKeeper(rig.store, 1, clock=rig.steady, ttl=5, version=ENGINE_VERSION + 1)
    _take(rig, old)
    assert _take(rig, new)
    with pytest.raises(NotAllowed, match="older"):
        old.may_take()
    new.release(rig.now())
    with pytest.raises(NotAllowed, match="older"):
        old.may_take()


def test_a_holder_whose_process_is_gone_is_not_waited_for(rig: Rig) -> None:
    script = "from core.processes import own_identity; print(own_identity())"
    dead = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
    gone = LeaseKeeper(rig.store, 1, clock=rig.steady, ttl=5, holder=dead)
    _take(rig, gone)
    assert processes.is_gone(dead)
    assert _take(rig, LeaseKeeper(rig.store, 1, clock=rig.steady, ttl=5))


def test_only_a_process_of_this_machine_can_be_known_to_be_gone() -> None:
    own = processes.own_identity()
    assert not processes.is_gone(own)
    host, pid, start, place, nonce = own.split(":")
    assert not processes.is_gone(":".join((host, "999999999", start, "elsewhr", nonce)))
    assert not processes.is_gone("somebody")
    assert processes.is_gone(":".join((host, pid, "1", place, nonce))), "the number was given to another process"
    assert processes.short_name(own) == f"{host}:{os.getpid()}"
    assert len(own) <= 120
