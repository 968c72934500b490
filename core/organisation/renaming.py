"""An organisation under another code or name: one template for many streets."""

from __future__ import annotations

from dataclasses import replace

from core.organisation.model import Organisation


def under(organisation: Organisation, code: str = "", name: str = "") -> Organisation:
    """The same organisation whose centre has this code and name; an empty one stays as it is."""
    old, new = organisation.code, code or organisation.code
    return replace(
        organisation,
        code=new,
        name=name or organisation.name,
        units=tuple(
            replace(
                unit,
                code=new if unit.code == old else unit.code,
                parent=new if unit.parent == old else unit.parent,
                name=name if name and unit.code == old else unit.name,
            )
            for unit in organisation.units
        ),
        appointments=tuple(
            replace(entry, unit=new) if entry.unit == old else entry for entry in organisation.appointments
        ),
    )
