"""Orders about personal data."""

from __future__ import annotations

from typing import ClassVar

from core.desk.centre_orders import CentreOrder
from core.desk.orders import Code, Reason
from data.access_terms import PersonalField


class ShowField(CentreOrder):
    """Have one field of one ticket in full (查看一项个人信息)."""

    verb: ClassVar[str] = "show_field"
    ticket: Code
    field: PersonalField
    reason: Reason


class FindNumber(CentreOrder):
    """Look for tickets by a telephone or identity number, or its last four digits; the number itself is not kept."""

    verb: ClassVar[str] = "find_number"
    digits: Code
    reason: Reason
