"""Who acts at the console in memory, and how somebody else goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from console.intake_ports import OfficerRow
from console.lock_ports import Asked, Entered, Pairing
from data.errors import BadInput, NotAllowed


class MemoryLock:
    """The part of the backend that knows two officers."""

    officer: str | None = "lin"
    signed_out = False
    remote = False
    silent: Exception | None = None
    """Why the end of a session cannot be put on record."""
    passwords: Mapping[str, str] = {}
    """Of officers with an account."""

    def officers(self) -> Sequence[OfficerRow]:
        return [OfficerRow("lin", "林", "流转调度岗", "lin"), OfficerRow("zhou", "周", "城市更新岗A", "zhou csgxg")]

    def act_as(self, officer: str) -> None:
        self.officer, self.signed_out = officer, False

    def asks(self, officer: str) -> Asked:
        return Asked(officer in self.passwords, officer in self.passwords)

    def unlock(self, officer: str, password: str, one_time: str) -> Entered:
        if self.passwords.get(officer, password) != password:
            raise NotAllowed("wrong-password", "密码不对。", "The password is wrong.")
        found = [one.code for one in self.officers() if officer in (one.code, one.name)]
        if not found:
            raise BadInput("officer-unknown", "没有这名人员。", "There is no such officer.")
        return Entered(found[0])

    def choose_password(self, password: str) -> Entered:
        raise NotImplementedError

    def pairing(self) -> Pairing:
        raise NotImplementedError

    def pair(self, one_time: str) -> Entered:
        raise NotImplementedError

    def forget_proof(self) -> None:
        """Nobody owes anything here."""

    def sign_out(self) -> None:
        self.officer, self.signed_out = None, True
        if self.silent is not None:
            raise self.silent
