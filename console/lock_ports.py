"""What the locked console needs of its backend, and one at which nobody is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LockState:
    """When the console locks: after minutes without a key (0: never), and at once when the session is over."""

    minutes: int = 0
    session_over: bool = False
    key_alone: bool = False
    """Whether the key of this remote session is the officer's only proof: it is given again by connecting anew."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an officer is asked for."""

    password: bool = False
    one_time: bool = False
    """A one-time code beside it."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of a proof: the code of the officer who goes on here, or what that officer owes first."""

    officer: str = ""
    owes: str = ""
    """`password`: an own one; `totp`: a paired phone."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """What a phone needs: the address as a picture shows it, and the secret to type in instead."""

    address: str
    secret: str


class LockPort(Protocol):
    """Who may go on at a console. Whatever is refused raises `data.errors.Refusal`; then everything stays hidden."""

    @property
    def signed_out(self) -> bool:
        """Whether somebody must say who they are before anything is shown."""
        ...

    @property
    def remote(self) -> bool:
        """Whether the officer came in over SSH: the key is theirs, and nobody else goes on in that session."""
        ...

    def asks(self, officer: str) -> Asked:
        """How an officer proves who they are: those with an account do, and where a sign-in is required everybody."""
        ...

    def unlock(self, officer: str, password: str, one_time: str) -> Entered:
        """Take a proof; the session of another officer who was here ends. A write."""
        ...

    def choose_password(self, password: str) -> Entered:
        """The own password of the officer who has just proved who they are and owes one. A write."""
        ...

    def pairing(self) -> Pairing:
        """What the phone of that officer is paired with."""
        ...

    def pair(self, one_time: str) -> Entered:
        """Pair it, once it shows a right code. A write."""
        ...

    def forget_proof(self) -> None:
        """The officer who owes something went away."""
        ...

    def sign_out(self) -> None:
        """End the session on record; nobody acts here any more, also where that cannot be written. A write."""
        ...
