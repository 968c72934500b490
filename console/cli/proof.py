"""Who acts, proved: a centre that requires it takes nobody's word, neither for deeds nor for reads."""

from __future__ import annotations

import os

from data.errors import BadInput, NotAllowed, NotFound, StoreTrouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from console.cli.session import Session
    from data.queries.identity import Found

BY_PASSWORD = "own_account"  # noqa: S105 - a row of the permissions
"""What asks for the password itself."""
UNATTENDED = frozenset(
    (
        *(
            "engine run",
            "engine once",
            "engine dry-run",
            "engine audit",
            "doctor",
            "ssh setup",
            "ssh check",
            "org init",
        ),
        *("db info", "db check", "db upgrade", "db backup", "db backups", "db restore", "db drill", "db index"),
    )
)
"""What the machine's own services run. They act as no officer; the rights to the store's files decide."""


def prove(session: Session, path: str, operation: str) -> None:
    """Find out who acts in a command. Raises NotAllowed where proof is required and missing."""
    if session.bound or session.proved or operation in (BY_PASSWORD, "program"):
        return
    if path in UNATTENDED and not session.officer:
        return
    from data.queries.identity import REQUIRED, sign_in_values

    try:
        reader, centre = session.reader(), session.centre_id()
    except (NotFound, StoreTrouble, BadInput):  # whatever needs the centre will say so itself
        return
    required = sign_in_values(reader, centre).get("sign_in") == REQUIRED
    found = live(session)
    named = (session.officer or "").strip()
    if found is not None and named in ("", found.officer, found.name):
        from core.desk.actor import Origin

        session.prove(found.officer, Origin(found.id, found.how, found.address, found.fingerprint))
        return
    if not required:
        return
    if found is None:
        raise NotAllowed(
            "sign-in-required",
            "本中心须先登录：zhihui sign-in；只写明经办人不够。",
            "This centre wants a sign-in first: zhihui sign-in. Naming an officer is no proof.",
        )
    raise NotAllowed(
        "signed-in-as-another",
        f"已登录的是 {found.officer}，不能以他人名义操作。",
        f"It is {found.officer} who signed in: nobody acts in another's name.",
    )


def must_sign_in(session: Session) -> bool:
    """Whether the centre wants a proof of who acts and there is none as yet. Raises NotFound, StoreTrouble."""
    if session.bound or session.proved:
        return False
    from data.queries.identity import REQUIRED, sign_in_values

    required = sign_in_values(session.reader(), session.centre_id()).get("sign_in") == REQUIRED
    return required and live(session) is None


def live(session: Session) -> Found | None:
    """The session of whoever signed in at this terminal, if it still stands."""
    from console.cli.token_file import read_token
    from data.queries.identity import session_of_token

    centre = session.centre_id()
    token = read_token(session.url(), centre)
    if not token:
        return None
    return session_of_token(session.reader(), centre, digest(token), session.now())


def digest(token: str) -> str:
    """What the store knows of a token of this account of the machine."""
    from data.queries.identity import digest_of

    return digest_of(token, os.getuid())
