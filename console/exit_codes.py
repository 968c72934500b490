"""What the program's exit codes mean. `docs/exit-codes.md` says the same; a test compares them."""

from __future__ import annotations

from data.errors import BadInput, Conflict, NotAllowed, NotFound, Refusal, StoreTrouble

OK = 0
UNEXPECTED = 1
"""Something that should not happen; the incident's number is on stderr, its details in the log file."""
USAGE = 2
"""The command line or a value in it cannot be understood."""
MISSING = 3
"""What was named does not exist."""
NOT_ALLOWED = 4
"""The officer may not do this, or the ticket's stage forbids it."""
CONFLICT = 5
"""Somebody else changed the ticket, or an idempotency key was used for something else."""
STORE = 6
"""The store cannot be opened, read or written; or the output cannot."""
PARTLY = 7
"""Some of many were not done: rejected rows, refused orders."""
FAILED = 8
"""A check found something wrong: the audit, the organisation, the store or the machine."""
INTERRUPTED = 130
"""Stopped by the interrupt key."""
PIPE_CLOSED = 141
"""Whoever read the output went away."""

_OF_REFUSAL: dict[type[Refusal], int] = {
    BadInput: USAGE,
    NotFound: MISSING,
    NotAllowed: NOT_ALLOWED,
    Conflict: CONFLICT,
    StoreTrouble: STORE,
}


def of_refusal(refusal: Refusal) -> int:
    """The exit code for a refusal."""
    for kind in type(refusal).__mro__:
        if kind in _OF_REFUSAL:
            return _OF_REFUSAL[kind]
    return UNEXPECTED
