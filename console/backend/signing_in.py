"""Signing in at a console: what an officer who has proved who they are owes before the session begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from console.backend.unlocking import UnlockBackend
from console.lock_ports import Entered, Pairing
from core.desk.actor import Actor, Origin
from data.errors import NotAllowed

if TYPE_CHECKING:
    from core.identity.accounts import AccountBook

PROOF_STANDS = 15 * 60
"""Seconds after a proof in which what is owed can be made up for."""


class SignInBackend(UnlockBackend):
    """The part of the backend that signs officers in."""

    _owes: tuple[Actor, int] | None = None
    """Who has proved who they are and owes something, and when that was."""
    _secret = ""

    def _owing(self, actor: Actor, owes: str) -> Entered:
        self._owes = (replace(actor, origin=Origin(None, "password", self._address(), "")), self.seconds())
        return Entered(owes=owes)

    def unlock(self, officer: str, password: str, one_time: str) -> Entered:
        self.forget_proof()
        return super().unlock(officer, password, one_time)

    def choose_password(self, password: str) -> Entered:
        from core.identity.accounts import new_password

        debtor = self._debtor().code
        fresh = new_password(self.desk().store, self.centre.id, debtor, password, self.seconds(), own=True)
        return self._made_up(lambda book: book.choose_password(fresh))

    def pairing(self) -> Pairing:
        from core.identity.totp import new_secret, pairing_uri

        officer = self._debtor().code
        self._secret = self._secret or new_secret()
        return Pairing(pairing_uri(self._secret, officer, f"zhihui-{self.centre.code}"), self._secret)

    def pair(self, one_time: str) -> Entered:
        secret = self._secret
        return self._made_up(lambda book: book.pair(secret, one_time))

    def forget_proof(self) -> None:
        self._owes, self._secret = None, ""

    def _made_up(self, make_up: Callable[[AccountBook], None]) -> Entered:
        """Make up for what is owed; then the next thing, or the session."""
        from core.identity.accounts import AccountBook

        actor, store = self._debtor(), self.desk().store

        def work(book: AccountBook) -> str:
            make_up(book)
            return book.owed()

        owes = store.run(lambda connection: work(AccountBook(connection, self.centre.id, self.seconds(), actor)))
        if not owes:
            self.forget_proof()
        return self._proved(actor, owes)

    def _debtor(self) -> Actor:
        """Who owes something. Raises NotAllowed when the proof is too old."""
        actor, at = self._owes or (None, 0)
        if actor is None or not 0 <= self.seconds() - at < PROOF_STANDS:
            self.forget_proof()
            raise NotAllowed("proof-old", "时间过长，请重新登录。", "That took too long: sign in again.")
        return actor
