"""From here on events name their notices, and what becomes of a notice is on record.

An entry among the changes of the organisation says from which event on: of the notices before, nobody can say whether
they are as they were. Those of the console that waited to be shown are shown from their rows, as new ones are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.migrations.versions.r0025_organisation_chain import ACTOR, EVENTS, HEADS, hashed

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

KIND = "notices_held"


def upgrade() -> None:
    op.execute("UPDATE notice SET state = 'sent', sent_at = created_at WHERE channel = 'console' AND state = 'pending'")
    connection = op.get_bind()
    for centre in connection.execute(sa.select(HEADS.c.centre_id)).scalars().all():
        mark(connection, int(centre))


def mark(connection: sa.Connection, centre: int) -> None:
    """Put the entry at the end of a centre's log of changes; none for a centre where nothing has happened."""
    here = {"centre": centre}
    events, newest = connection.execute(
        sa.text("SELECT max(id), max(at) FROM ticket_event WHERE centre_id = :centre"), here
    ).one()
    notice = connection.execute(sa.text("SELECT max(id) FROM notice WHERE centre_id = :centre"), here).scalar()
    if events is None and notice is None:
        return
    number, digest = connection.execute(
        sa.select(HEADS.c.organisation_no, HEADS.c.organisation_hash).where(HEADS.c.centre_id == centre)
    ).one()
    # At the time of the newest event: an upgrade has no clock of its own.
    entry = {
        "centre_id": centre,
        "id": int(number) + 1,
        "at": int(newest or 0),
        "actor": ACTOR,
        "kind": KIND,
        "body": {"from": int(events or 0) + 1, "newest": int(notice or 0), "schema": revision},
    }
    digest = hashed(digest, entry)
    connection.execute(EVENTS.insert().values(**entry, hash=digest))
    connection.execute(
        HEADS.update().where(HEADS.c.centre_id == centre).values(organisation_no=entry["id"], organisation_hash=digest)
    )
