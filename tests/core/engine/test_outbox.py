"""Notices out: by webhook to a real server, signed, masked, again after failures, and never lost."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from core.desk.orders import Report
from core.engine import outbox as rules
from core.engine.outbox import Outbox
from core.engine.webhook import Answer, Webhook, clear_webhook, http_poster, read_webhook, set_webhook
from data.errors import BadInput
from data.tables import OrganisationEvent, Setting, Ticket, table
from tests.core.engine.receiver import Receiver, receiving
from tests.core.engine.rig import ADMIN, Rig

SECRET = "a-secret-of-the-street"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def _hook(rig: Rig, url: str, secret: str = SECRET) -> Webhook:
    with rig.store.write() as connection:
        return set_webhook(connection, 1, url, secret, ADMIN, rig.now())


def _one_notice(rig: Rig, title: str = "井盖缺失") -> None:
    """A ladder step, with a notice for the console and one for the webhook."""
    rig.report(title)
    engine = rig.engine()
    engine.once(send=False)
    rig.later(minutes=4)
    engine.once(send=False)


def _outbox(rig: Rig, **options: object) -> Outbox:
    return Outbox(rig.store, rig.clock, 1, steady_clock=rig.steady, seed=1, **options)  # type: ignore[arg-type]


def _waiting(rig: Rig) -> dict[str, object]:
    return next(row for row in rig.notices() if row["channel"] == "webhook")


def test_a_notice_arrives_signed_and_under_its_own_key(rig: Rig, receiver: Receiver) -> None:
    _hook(rig, receiver.url)
    _one_notice(rig)
    sent = _outbox(rig).send_due()
    assert (sent.sent, sent.again, sent.failed) == (1, 0, 0)
    (request,) = receiver.requests
    notice = _waiting(rig)
    assert request["headers"]["Idempotency-Key"] == str(notice["id"])
    moment, digest = (part.split("=")[1] for part in request["headers"]["X-Zhihui-Signature"].split(","))
    wanted = hmac.new(SECRET.encode(), moment.encode() + b"." + request["body"], hashlib.sha256).hexdigest()
    assert hmac.compare_digest(digest, wanted)
    assert (notice["state"], notice["attempts"], notice["sent_at"]) == ("sent", 1, rig.now())
    (body,) = receiver.bodies
    assert (body["kind"], body["severity"], body["officer"], body["centre"]) == ("remind", "warning", "zhang", "demo")
    assert body["id"] == str(notice["id"])
    assert _outbox(rig).send_due().sent == 0


def test_personal_data_and_control_characters_stay_inside(rig: Rig, receiver: Receiver) -> None:
    _hook(rig, receiver.url)
    _one_notice(rig, "联系人：王小明 13812345678 \x1b]52;c;x\x07")
    _outbox(rig).send_due()
    (body,) = receiver.bodies
    assert "13812345678" not in str(body)
    assert "138****5678" in body["title"]
    assert "王小明" not in str(body)
    assert "\x1b" not in body["title"]


def test_a_confidential_ticket_says_only_that_there_is_something(rig: Rig, receiver: Receiver) -> None:
    _hook(rig, receiver.url)
    rig.desk.do(Report(title="家暴求助", source="phone", direct=True), rig.duty)
    tickets = table(Ticket)
    with rig.store.write() as connection:
        connection.execute(update(tickets).where(tickets.c.centre_id == 1).values(confidential=True))
    assert _outbox(rig).send_due().sent == 1
    assert "家暴" not in str(receiver.bodies)
    with rig.store.write() as connection:
        connection.execute(update(tickets).where(tickets.c.centre_id == 1).values(confidential=False))


@pytest.mark.parametrize("status", [500, 503, 429, 408, 301])
def test_what_may_heal_is_tried_again_later_and_later(file_rig: Rig, receiver: Receiver, status: int) -> None:
    rig = file_rig
    receiver.behaviour = lambda number: status if number < 4 else 200
    _hook(rig, receiver.url)
    _one_notice(rig)
    box = _outbox(rig)
    waits = []
    for _ in range(3):
        assert box.send_due().again == 1
        notice = _waiting(rig)
        assert (notice["state"], notice["error"]) == ("pending", f"HTTP {status}")
        waits.append(int(str(notice["next_try_at"])) - rig.now())
        assert box.send_due().sent == 0, "not before its time"
        rig.later(seconds=waits[-1])
    assert box.send_due().sent == 1
    for wait, base in zip(waits, (5, 10, 20), strict=True):
        assert base / 2 <= wait <= base * 1.5 + 1
    assert len(set(receiver.keys)) == 1, "the same key each time, so that the receiver can tell"


@pytest.mark.parametrize("status", [400, 401, 404, 410, 422])
def test_a_refusal_for_good_is_final(file_rig: Rig, receiver: Receiver, status: int) -> None:
    receiver.behaviour = lambda _: status
    _hook(file_rig, receiver.url)
    _one_notice(file_rig)
    assert _outbox(file_rig).send_due().failed == 1
    notice = _waiting(file_rig)
    assert (notice["state"], notice["error"]) == ("failed", f"HTTP {status}")


def test_it_is_given_up_after_so_many_attempts(file_rig: Rig, receiver: Receiver) -> None:
    receiver.behaviour = lambda _: 500
    _hook(file_rig, receiver.url)
    _one_notice(file_rig)
    box = _outbox(file_rig)
    for _ in range(rules.MAX_ATTEMPTS):
        box.send_due()
        file_rig.later(seconds=1000)
    assert box.send_due().again == 0
    notice = _waiting(file_rig)
    assert (notice["state"], notice["attempts"]) == ("failed", rules.MAX_ATTEMPTS)
    assert len(receiver.requests) == rules.MAX_ATTEMPTS


def test_the_receiver_may_say_how_long_to_wait(file_rig: Rig, receiver: Receiver) -> None:
    receiver.behaviour = lambda _: (429, {"Retry-After": "77"})
    _hook(file_rig, receiver.url)
    _one_notice(file_rig)
    _outbox(file_rig).send_due()
    assert int(str(_waiting(file_rig)["next_try_at"])) == file_rig.now() + 77


def test_a_receiver_that_is_too_slow_counts_as_not_reached(file_rig: Rig, receiver: Receiver) -> None:
    receiver.delay = 1.0
    _hook(file_rig, receiver.url)
    _one_notice(file_rig)
    box = _outbox(file_rig, timeout=0.2)
    assert box.send_due().again == 1
    assert "Timeout" in str(_waiting(file_rig)["error"])


def test_one_that_hangs_up_in_the_middle_gets_it_again_under_the_same_key(file_rig: Rig, receiver: Receiver) -> None:
    receiver.behaviour = lambda number: -1 if number == 1 else 200
    _hook(file_rig, receiver.url)
    _one_notice(file_rig)
    box = _outbox(file_rig)
    assert box.send_due().again == 1
    file_rig.later(seconds=10)
    assert box.send_due().sent == 1
    assert len(receiver.requests) == 2
    assert len(set(receiver.keys)) == 1


def test_a_dead_receiver_is_left_alone_and_costs_the_others_no_attempt(file_rig: Rig, receiver: Receiver) -> None:
    with receiving() as gone:
        dead = gone.url
    rig = file_rig
    _hook(rig, dead)
    for number in range(30):
        rig.report(f"第 {number} 件")
    engine = rig.engine()
    engine.once(send=False)
    rig.later(minutes=4)
    engine.once(send=False)
    box = _outbox(rig)
    assert box.send_due().again == 1
    assert [row["attempts"] for row in rig.notices() if row["channel"] == "webhook"].count(0) == 29
    assert box.send_due().again == 0
    _hook(rig, receiver.url)
    rig.later(seconds=20)
    assert box.send_due().sent == 30
    assert len(set(receiver.keys)) == 30


def test_a_sender_that_dies_loses_nothing(rig: Rig, receiver: Receiver) -> None:
    _hook(rig, receiver.url)
    _one_notice(rig)

    def die(*_: object) -> Answer:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _outbox(rig, post=die).send_due()
    assert _waiting(rig)["state"] == "sending"
    assert _outbox(rig).send_due().sent == 0, "another may still be at it"
    rig.later(seconds=rules.DEADLINE)
    assert _outbox(rig).send_due().sent == 1
    assert _waiting(rig)["attempts"] == 2


def test_many_senders_at_once_send_each_notice_once(rig: Rig, receiver: Receiver) -> None:
    _hook(rig, receiver.url)
    for number in range(20):
        rig.report(f"第 {number} 件")
    engine = rig.engine()
    engine.once(send=False)
    rig.later(minutes=4)
    engine.once(send=False)
    threads = [threading.Thread(target=_outbox(rig).send_due) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receiver.keys) == len(set(receiver.keys)) == 20


def test_a_late_answer_of_a_deposed_sender_changes_nothing(file_rig: Rig, receiver: Receiver) -> None:
    rig = file_rig
    _hook(rig, receiver.url)
    _one_notice(rig)

    def slow(*_: object) -> Answer:
        rig.later(seconds=rules.DEADLINE)
        assert _outbox(rig).send_due().sent == 1
        return Answer(error="too late")

    _outbox(rig, post=slow).send_due()
    assert (_waiting(rig)["state"], _waiting(rig)["error"]) == ("sent", "")


def test_a_wall_clock_that_is_set_back_does_not_hold_notices_up(file_rig: Rig, receiver: Receiver) -> None:
    _hook(file_rig, receiver.url)
    _one_notice(file_rig)
    file_rig.clock.advance(hours=-1)
    assert _outbox(file_rig).send_due().sent == 1


def test_notices_of_the_desk_have_arrived_with_their_rows(rig: Rig) -> None:
    rig.desk.do(Report(title="领导交办", source="phone", direct=True), rig.duty)
    notice = rig.notices()[0]
    assert (notice["channel"], notice["state"], notice["sent_at"]) == ("console", "sent", notice["created_at"])


# ------------------------------------------------------------------------------------------------ setting


def test_setting_and_clearing_is_written_down_without_the_secret(rig: Rig, receiver: Receiver) -> None:
    webhook = _hook(rig, receiver.url, "")
    assert len(webhook.secret) >= 32
    _one_notice(rig)
    with rig.store.write() as connection:
        assert clear_webhook(connection, 1, ADMIN, rig.now())
    with rig.store.write() as connection:
        assert not clear_webhook(connection, 1, ADMIN, rig.now())
        assert read_webhook(connection, 1) is None
    assert (_waiting(rig)["state"], _outbox(rig).send_due().sent) == ("failed", 0)
    events = rig.rows(OrganisationEvent)
    assert [event["body"] for event in events] == [{"url": receiver.url}, {"url": ""}]
    assert webhook.secret not in str(events)
    assert rig.rows(Setting, "name")[0]["value"] == {"names": []}


@pytest.mark.parametrize(
    "url",
    ["", "ftp://x/y", "file:///etc/passwd", "javascript:alert(1)", "//host/x", "http://", "http://u:p@host/",
     "http://h/ x", "http://h/\x1b[2J", "http://[::1", "http://h:99999/", "http://" + "h" * 600, "https://主机/x"],
)  # fmt: skip
def test_only_web_addresses_without_a_password_are_taken(file_rig: Rig, url: str) -> None:
    with pytest.raises(BadInput) as refused:
        _hook(file_rig, url)
    assert refused.value.code == "webhook-url"
    assert "\x1b" not in refused.value.zh
    assert not file_rig.rows(Setting, "name")


@pytest.mark.parametrize("secret", ["short", "no\ncontrol-characters", "不是英文的密钥不是英文的密钥不是"])
def test_a_poor_secret_is_refused(file_rig: Rig, secret: str) -> None:
    with pytest.raises(BadInput):
        _hook(file_rig, "https://example.org/hook", secret)


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    with receiving() as elsewhere:
        receiver.behaviour = lambda _: (302, {"Location": elsewhere.url})
        answer = http_poster(2.0)(Webhook(receiver.url, SECRET), "1", {}, 0)
        assert (answer.arrived, answer.final, answer.error) == (False, False, "HTTP 302")
        assert not elsewhere.requests
