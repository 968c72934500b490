"""Who may lift the lock of a console, and when it locks by itself."""

from __future__ import annotations

from console.backend.policy_values import PolicyValues
from console.lock_ports import LockState
from core.desk.actor import Origin
from core.rules.policy import read_lock_minutes
from data.errors import NotAllowed, NotFound, Refusal
from data.queries import organisation
from data.queries.identity import REQUIRED, has_account, session_stands, sign_in_values


class LockBackend(PolicyValues):
    """The part of the backend that the locked console talks to."""

    def _minutes(self) -> int:
        """Minutes without a key after which the console locks, by the policy that holds now."""
        try:
            return read_lock_minutes(self._policy_body())
        except Refusal:
            return 0

    def lock_state(self, now: int) -> LockState:
        """When this console locks, and whether the session that it was opened in is over at `now`."""
        session = self.origin.session_id if self.origin is not None else None
        over = session is not None and not session_stands(self._reader(), self.centre.id, session, now)
        return LockState(self._minutes(), over)

    def asks_password(self, officer: str) -> bool:
        """Whether a proof is asked for: of everybody where the centre requires it, else of whoever has an account."""
        reader, centre = self._reader(), self.centre.id
        if sign_in_values(reader, centre).get("sign_in") == REQUIRED:
            return True
        return has_account(reader, centre, self._named(officer))

    def unlock(self, officer: str, password: str, one_time: str) -> str:
        """The officer's code. Raises NotFound or NotAllowed; a failed proof is counted and noted."""
        if not self.asks_password(officer):
            return self._named(officer)
        from console.cli.secret_input import here
        from core.identity.accounts import check_password
        from core.identity.sessions import open_session

        desk = self.desk()
        outcome = check_password(desk.store, self.centre.id, officer, password, one_time, here(), self.seconds())
        if outcome.refusal is not None:
            raise outcome.refusal
        if outcome.owes or outcome.officer is None:
            raise NotAllowed(
                "owes-first",
                "请先在命令行修改密码或绑定手机：zhihui account",
                "First choose an own password or pair a phone: zhihui account.",
            )
        actor = outcome.officer
        if self.origin is None or actor.code != self.officer or not self._stands():
            number = desk.store.run(
                lambda connection: open_session(
                    *(connection, self.centre.id, actor.id or 0, self.seconds(), "password", here(), "", "console")
                )
            )
            self.origin = desk.origin = Origin(number, "password", here(), "")
        return actor.code

    def _stands(self) -> bool:
        return not self.lock_state(self.seconds()).session_over

    def _named(self, officer: str) -> str:
        if not officer:
            raise NotAllowed("unlock-nobody", "请输入人员编号或姓名。", "Say who you are: a code or a name.")
        found = [code for _id, code, name in organisation.officers(self._reader(), self.centre.id)
                 if officer in (code, name)]  # fmt: skip
        if officer in found:
            return officer
        if len(found) != 1:
            raise NotFound("officer-unknown", "没有这名人员，或有多名同名。", "There is no such officer, or several.")
        return found[0]
