"""Who may go on at a console, and when it locks by itself."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from console.backend.policy_values import PolicyValues
from console.lock_ports import Asked, Entered, LockState
from core.desk.actor import Actor, Origin
from core.rules.permission_table import held_grants
from core.rules.policy import read_lock_minutes
from data.errors import NotAllowed, NotFound, Refusal
from data.queries import organisation
from data.queries.identity import REQUIRED, has_account, session_stands, sign_in_values

if TYPE_CHECKING:
    from sqlalchemy import Connection

CHANGEOVER = "changeover"
"""Why a session ended: another officer went on at its console."""


class UnlockBackend(PolicyValues):
    """The part of the backend that takes proofs, and opens and ends the session of a console."""

    _opened: int | None = None
    """The session that was opened on this console; it ends with it."""

    def _minutes(self) -> int:
        """Minutes without a key after which the console locks, by the policy that holds now."""
        try:
            return read_lock_minutes(self._policy_body())
        except Refusal:
            return 0

    def lock_state(self, now: int) -> LockState:
        """When this console locks, whether what it was opened with proves nobody at `now`, and how one goes on."""
        session, minutes = self._session(), self._minutes()
        if self.signed_out:
            return LockState(minutes)
        if session is None:
            return LockState(minutes, session_over=self._required())
        reader, centre = self._reader(), self.centre.id
        return LockState(
            minutes,
            session_over=not session_stands(reader, centre, session, now),
            key_alone=self.remote and self._required() and not has_account(reader, centre, self.officer or ""),
        )

    def asks(self, officer: str) -> Asked:
        """A proof is asked of everybody where the centre requires it, else of whoever has an account."""
        if not officer:
            raise NotAllowed("unlock-nobody", "请输入人员编号或姓名。", "Say who you are: a code or a name.")
        if self.remote and self._code(officer) != self.officer:
            raise NotAllowed(
                "lock-own-session",
                "远程会话只能由本人继续；换人请另行连接。",
                "A session over SSH is its own officer's: whoever else goes on connects anew.",
            )
        reader, centre = self._reader(), self.centre.id
        if not self._required() and not has_account(reader, centre, self._named(officer).code):
            return Asked()
        return Asked(True, sign_in_values(reader, centre).get("totp") != "off")

    def unlock(self, officer: str, password: str, one_time: str) -> Entered:
        """A failed proof is counted and noted."""
        asked = self.asks(officer)
        if not asked.password:
            return self._enter(self._named(officer), proved=False)
        from core.identity.accounts import check_password

        outcome = check_password(
            *(self.desk().store, self.centre.id, self._code(officer), password, one_time, self._address()),
            self.seconds(),
        )
        if outcome.refusal is not None:
            raise outcome.refusal
        if outcome.officer is None:
            raise AssertionError
        return self._proved(outcome.officer, outcome.owes)

    def _proved(self, actor: Actor, owes: str) -> Entered:
        """Somebody has proved who they are. Raises NotAllowed where that officer may not open the console."""
        self._admit(actor)
        return self._owing(actor, owes) if owes else self._enter(actor, proved=True)

    def _owing(self, actor: Actor, owes: str) -> Entered:
        raise NotImplementedError

    # ------------------------------------------------------------------------------------------- the session

    def sign_out(self) -> None:
        """End the session on record, whoever opened it."""
        try:
            self._end_session(self._session())
        finally:
            self._came_in(None)
            self.officer, self.signed_out = None, True
            self._scoping.forget()

    def part(self) -> None:
        """The console comes to its end: so does the session that was opened on it."""
        session, self._opened = self._opened, None
        with suppress(Refusal):  # a store that takes nothing now ends it when its time is up
            self._end_session(session)

    def close(self) -> None:
        self.part()
        super().close()

    def _end_session(self, session: int | None) -> None:
        """Note that an officer signed out. Raises StoreTrouble."""
        actor = self._person(self.officer) if session is not None else None
        if session is None or actor is None:
            return
        from core.identity.sessions import end_session

        with suppress(NotFound):  # whoever ended it was noted then
            self.desk().store.run(
                lambda connection: end_session(connection, self.centre.id, session, self.seconds(), actor)
            )

    def _enter(self, actor: Actor, proved: bool) -> Entered:
        """Somebody goes on: in the session that stands, or in another one, which ends that."""
        self._admit(actor)
        own = self._is(actor)
        if (proved and not (own and self._stands())) or not own:
            self._came_in(self.desk().store.run(lambda connection: self._change_session(connection, actor, proved)))
        return Entered(self.officer if own and self.officer else actor.code)  # as named: it is the same officer

    def _change_session(self, connection: Connection, actor: Actor, proved: bool) -> Origin | None:
        from core.identity.sessions import end_session, open_session

        now, address, former, came = self.seconds(), self._address(), self._session(), None
        if proved:
            number = open_session(*(connection, self.centre.id, actor.id or 0, now, "password", address, "", "console"))
            came = Origin(number, "password", address, "")
        if former is not None:
            with suppress(NotFound):
                why = "" if self._is(actor) else CHANGEOVER
                end_session(connection, self.centre.id, former, now, replace(actor, origin=came), why)
        return came

    def _came_in(self, origin: Origin | None) -> None:
        """Whoever acts from now on came in like this."""
        self.origin = origin
        self._opened = origin.session_id if origin is not None else None
        if self._desk is not None:
            self._desk.origin = origin

    def _stands(self) -> bool:
        session = self._session()
        return session is not None and session_stands(self._reader(), self.centre.id, session, self.seconds())

    def _session(self) -> int | None:
        return self.origin.session_id if self.origin is not None else None

    # ------------------------------------------------------------------------------------------- who

    @property
    def remote(self) -> bool:
        """Whether somebody came in over SSH with a key."""
        return self.origin is not None and self.origin.how == "ssh-key"

    def _address(self) -> str:
        if self.origin is not None and self.remote:
            return self.origin.address
        from console.cli.secret_input import here

        return here()

    def _required(self) -> bool:
        return sign_in_values(self._reader(), self.centre.id).get("sign_in") == REQUIRED

    def _admit(self, actor: Actor) -> None:
        """Raises NotAllowed for whom the console is not."""
        roles, vacant = organisation.roles_now(self._reader(), self.centre.id, actor.code, self.seconds()) or ((), ())
        if not held_grants("console", roles, vacant):
            who = actor.code
            raise NotAllowed("not-permitted", f"{who} 没有“打开控制台”的权限。", f"{who} may not open the console.")

    def _is(self, actor: Actor) -> bool:
        return self.officer is not None and self.officer in (actor.code, actor.name)

    def _person(self, named: str | None) -> Actor | None:
        """The one officer of this code or name."""
        found = [
            Actor(code, name, number)
            for number, code, name in organisation.officers(self._reader(), self.centre.id)
            if named in (code, name)
        ]
        exact = [one for one in found if one.code == named] or found
        return exact[0] if len(exact) == 1 else None

    def _code(self, officer: str) -> str:
        """The code of the one officer of this name; what is nobody's stays as it was typed."""
        person = self._person(officer)
        return person.code if person is not None else officer

    def _named(self, officer: str) -> Actor:
        person = self._person(officer)
        if person is None:
            raise NotFound("officer-unknown", "没有这名人员，或有多名同名。", "There is no such officer, or several.")
        return person
