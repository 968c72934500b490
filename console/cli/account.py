"""`zhihui account`: how officers prove who they are."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.frame import built, command, new_app, session_of
from console.cli.options import Csv, Json, Jsonl, argument, form_of, option, show_records
from console.cli.printing import moment
from console.cli.secret_input import ask, ask_new, check, policy, who
from console.cli.session import Session
from console.cli.sign_in import OWED
from console.exit_codes import OK
from data.errors import Conflict, NotAllowed
from data.queries.listing import iso

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.desk.actor import Actor
    from core.identity.accounts import AccountBook, NewPassword

app = new_app("账号：建立、密码、验证码、停用、登录方式", "accounts: add, passwords, codes, disable, how to sign in")

Who = Annotated[str, argument("人员编号", "the officer, by code")]
Own = Annotated[str, argument("本人编号", "oneself, by code")]
STATES = {
    "live": ("有效", "live"),
    "given": ("待改密码", "password to change"),
    "disabled": ("停用", "disabled"),
}
FIELDS = ("officer", "name", "state", "totp", "waits_until", "changed_at")
TITLES = (
    *(("编号", "Officer"), ("姓名", "Name"), ("状态", "State"), ("验证码", "Codes"), ("等待至", "Waits until")),
    ("密码更改", "Password since"),
)
KEY_TITLES = (
    *(("密钥文件", "Key file"), ("密钥", "Key"), ("本密钥", "Here"), ("其他密钥", "Elsewhere")),
    ("明文", "Plain"),
)


def build() -> Any:
    """The noun."""
    return built(app)


def _change(session: Session, work: Callable[[AccountBook], None], actor: Actor | None = None) -> None:
    from core.identity.accounts import AccountBook

    desk, acting = session.desk(), actor or session.actor()
    desk.store.run(lambda connection: work(AccountBook(connection, desk.centre_id, session.now(), acting)))


def _fresh(session: Session, officer: str, password: str, own: bool = False) -> NewPassword:
    """A new password, accepted and hashed before anybody has to wait for the transaction that keeps it."""
    from core.identity.accounts import new_password

    desk = session.desk()
    return new_password(desk.store, desk.centre_id, officer, password, session.now(), own)


def _done(zh: str, en: str) -> int:
    output.remark(words.say(zh, en))
    return OK


def _may(session: Session) -> None:
    """Before a password is asked for."""
    from core.desk.permissions import require_role

    require_role("accounts", "管理账号", "manage accounts", session.actor())


@command(app, "add", "为人员建立账号，本人首次须改密码", "give an officer an account; they change the password first")
def add(context: typer.Context, officer: Who) -> int:
    """The password is asked for without an echo, or read from standard input."""
    session = session_of(context)
    _may(session)
    password = ask_new()
    fresh = _fresh(session, officer, password)
    _change(session, lambda book: book.add(officer, fresh))
    return _done(f"{officer} 已有账号。", f"{officer} has an account.")


@command(app, "password", "更改本人密码", "change the own password")
def password(context: typer.Context, officer: Own = "") -> int:
    """Asks for the old one, then for the new one. Ends the sessions opened with the old one."""
    session = session_of(context)
    actor, _outcome = check(session, who(session, officer))
    chosen = ask_new()
    fresh = _fresh(session, actor.code, chosen, own=True)
    _change(session, lambda book: book.choose_password(fresh), actor)
    return _done("密码已更改，请登录：zhihui sign-in", "The password is changed: sign in with zhihui sign-in.")


@command(app, "totp", "绑定手机，以后登录须输验证码", "pair a phone; signing in takes its codes from then on")
def totp(context: typer.Context, officer: Own = "") -> int:
    """Shows the address and its picture once. A lost phone: the security administrator resets with --totp."""
    from console.cli.pairing import picture
    from core.identity.policy import OFF
    from core.identity.totp import new_secret, pairing_uri

    session = session_of(context)
    if policy(session).totp == OFF:
        raise Conflict("totp-off", "本中心不用验证码。", "This centre does not use one-time codes.")
    actor, _outcome = check(session, who(session, officer))
    row = session.reader().one("SELECT code FROM centre WHERE id = :id", fanout=True, id=session.centre_id())
    secret = new_secret()
    address = pairing_uri(secret, actor.code, f"zhihui-{row[0] if row else ''}")
    output.write(f"{picture(address)}{address}\n")
    output.flush()
    code = ask("手机显示的验证码", "The code that the phone shows")
    _change(session, lambda book: book.pair(secret, code), actor)
    return _done("已绑定。", "Paired.")


@command(app, "key", "验证码密钥：文件、绑定数", "the key of one-time codes: its file, the pairings")
def key_command(
    context: typer.Context,
    seal: Annotated[
        bool, option("--seal", zh="密封旧版本留下的明文", en="seal what an earlier release left plain")
    ] = False,
    json: Json = False,
) -> int:
    """`here` are sealed with this key, `elsewhere` with one that is not here, `plain` not at all."""
    from core.identity.key_file import find_key, key_path
    from core.identity.sealing import count_sealed, seal_plain

    session = session_of(context)
    _may(session)
    store, centre = session.store(), session.desk().centre_id
    if seal:
        seal_plain(store, centre, session.now(), session.actor())
    key = find_key()
    with store.read() as connection:
        sealed = asdict(count_sealed(connection, centre, key))
    record = {"path": key_path(), "key": key.id if key is not None else "", **sealed}
    show_records([record], tuple(record), "json" if json else "", KEY_TITLES)
    return OK


@command(app, "lost-key", "密钥已丢失：解除相关绑定", "the key is lost: undo the pairings that need it")
def lost_key(context: typer.Context, officer: Own = "") -> int:
    """By the security administrator, who is asked for the password alone. The officers pair again."""
    from core.identity.sealing import forget_lost

    session = session_of(context)
    actor, outcome = check(session, who(session, officer), key_is_lost=True)
    if outcome.owes == "password":
        raise NotAllowed("owes-password", *OWED["password"])
    desk = session.desk()
    lost = desk.store.run(lambda connection: forget_lost(connection, desk.centre_id, session.now(), actor))
    said = " ".join(lost)
    return _done(f"已解除绑定，须重新绑定：{said}", f"Not paired any more, to pair again: {said}")


@command(app, "reset", "重设密码，其会话即结束", "set a password anew; ends the officer's sessions")
def reset(
    context: typer.Context,
    officer: Who,
    totp: Annotated[bool, option("--totp", zh="同时解除手机绑定", en="forget the paired phone too")] = False,
) -> int:
    """The officer changes it before anything else."""
    session = session_of(context)
    _may(session)
    chosen = ask_new()
    fresh = _fresh(session, officer, chosen)
    _change(session, lambda book: book.reset(officer, fresh, totp))
    return _done(f"{officer} 的密码已重设。", f"The password of {officer} is set anew.")


@command(app, "disable", "停用账号，其会话即结束", "disable an account; ends its sessions")
def disable(context: typer.Context, officer: Who) -> int:
    """Not the own one."""
    _change(session_of(context), lambda book: book.set_disabled(officer, True))
    return _done(f"{officer} 的账号已停用。", f"The account of {officer} is disabled.")


@command(app, "enable", "重新启用账号", "enable an account again")
def enable(context: typer.Context, officer: Who) -> int:
    """With the password it had."""
    _change(session_of(context), lambda book: book.set_disabled(officer, False))
    return _done(f"{officer} 的账号已启用。", f"The account of {officer} is enabled.")


@command(app, "release", "登录失败后无须再等", "end the wait after failed sign-ins")
def release(context: typer.Context, officer: Who) -> int:
    """By a shift leader, a head, or the security administrator."""
    _change(session_of(context), lambda book: book.release(officer))
    return _done(f"{officer} 可立即登录。", f"{officer} may sign in at once.")


@command(app, "list", "所有账号", "every account")
def list_command(context: typer.Context, json: Json = False, jsonl: Jsonl = False, csv: Csv = False) -> int:
    """With who waits after failures."""
    from core.identity.accounts import AccountBook

    session = session_of(context)
    form = form_of(json, jsonl, csv)
    desk, actor = session.desk(), session.actor()
    found = desk.store.run(lambda connection: AccountBook(connection, desk.centre_id, session.now(), actor).listed())
    zone, records = session.zone(), [asdict(line) for line in found]
    for record in records:
        for name in ("waits_until", "changed_at"):
            record[name] = iso(record[name]) if form else moment(record[name], zone)
        if not form:
            record["state"] = words.say(*STATES[record["state"]])
            record["totp"] = words.say("有", "yes") if record["totp"] else ""
    if records or form:
        show_records(records, FIELDS, form, TITLES, drop=(5,))
        return OK
    return _done("没有账号。", "There are no accounts.")


@command(app, "policy", "查看或设置登录方式", "show or set how officers sign in")
def policy_command(
    context: typer.Context,
    sign_in: Annotated[
        str, option("--sign-in", zh="named 写明即可，required 须登录", en="named takes a name, required a sign-in")
    ] = "",
    totp: Annotated[str, option("--totp", zh="验证码：off、optional、required", en="off, optional or required")] = "",
    hours: Annotated[int, option("--hours", zh="会话时长", en="hours that a session lasts")] = 0,
    shortest: Annotated[int, option("--shortest", zh="密码最短字符数", en="characters of a password, at least")] = 0,
    json: Json = False,
) -> int:
    """Without options it shows the setting. `required` takes a security administrator who has an account."""
    from core.identity.policy import change_policy

    session = session_of(context)
    given = {"sign_in": sign_in, "totp": totp, "hours": hours, "shortest": shortest}
    changes = {name: value for name, value in given.items() if value}
    found = policy(session)
    if changes:
        desk, actor = session.desk(), session.actor()
        found = desk.store.run(
            lambda connection: change_policy(connection, desk.centre_id, session.now(), actor, changes)
        )
    show_records([asdict(found)], tuple(asdict(found)), "json" if json else "", [(name, name) for name in given])
    return OK
