"""Why somebody asks for leave or an exchange: for those whom it concerns, and for who may grant it."""

from __future__ import annotations

from core.desk.actor import Actor
from core.desk.permissions import may
from data.masking import mask_text
from data.queries.duty_asks import AskLine


def for_reader(line: AskLine, actor: Actor | None) -> AskLine:
    """A request as somebody may read it: personal data masked, without its words for whoever it does not concern."""
    concerned = actor is not None and (may("duty_grant", actor) or actor.id in (line.officer_id, line.other_id))
    if not concerned:
        return line._replace(reason="", words="")
    return line._replace(reason=mask_text(line.reason), words=mask_text(line.words))
