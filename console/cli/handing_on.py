"""Options and steps that the commands for emergencies and calls share: deeds on the centre, and papers to hand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from console import output
from console.cli import words
from console.cli.options import option
from console.cli.session import Session
from data.errors import BadInput
from data.queries.listing import iso

if TYPE_CHECKING:
    from core.accountability.upward import Papers
    from core.desk.deeds.deed import CentreReceipt
    from core.exchange.documents import Document

Format = Annotated[str, option("--format", zh="text、markdown 或 html，缺省 text", en="text, markdown or html")]
Full = Annotated[bool, option("--full", zh="不遮盖（须有权限，留痕）", en="unmasked (needs the right; on record)")]
Why = Annotated[str, option("--reason", zh="不遮盖的原因", en="why it is needed in full")]
Key = Annotated[str, option("--key", zh="幂等键", en="idempotency key")]


def carry_out(session: Session, verb: str, values: dict[str, Any], key: str = "") -> CentreReceipt:
    """Carry out an order on the centre; values that are empty are left out. Raises a Refusal."""
    from core.desk.centre_desk import CentreDesk, read_centre_order

    given = {name: value for name, value in values.items() if value not in ("", None)}
    return CentreDesk(session.desk()).do(read_centre_order(verb, given), session.actor(), key or None)


def say_receipt(receipt: CentreReceipt, json: bool, zh: str, en: str) -> None:
    """What was done: a record for programs, a sentence for people."""
    if json:
        output.write_json(
            {
                "verb": receipt.verb,
                "entry": receipt.number,
                "item": receipt.item,
                "at": iso(receipt.at),
                "replayed": receipt.replayed,
            }
        )
    else:
        output.say_line(words.say(zh, en))


def papers(session: Session, full: bool, reason: str, what: str) -> Papers:
    """Who writes the papers. In full needs the right and a reason, and is written into the centre's log."""
    from core.accountability.upward import Papers

    if full:
        if not reason.strip():
            raise BadInput("reveal-reason", "不遮盖须用 --reason 说明原因。", "Say with --reason why it is needed.")
        carry_out(session, "reveal", {"what": what, "reason": reason})
    return Papers(session.reader(), session.centre_id(), words.chosen() or "zh", full)


def print_document(document: Document, form: str) -> None:
    """A document on stdout; where it goes from there is the shell's to say."""
    from core.exchange.documents import written

    output.write(written(document, form or "text"))
