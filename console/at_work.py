"""The workers of the console: what can be done from any screen, a class per subject.

Each is loaded when it is first needed, because its drawers are heavy and the first screen must not wait for them.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from console.app import ZhihuiApp
    from console.contingency_work import ContingencyWork
    from console.duty_ask_work import DutyAskWork
    from console.emergency_work import EmergencyWork
    from console.handover_work import HandoverWork
    from console.joining import JoinWork
    from console.meeting_work import MeetingWork
    from console.personal_work import PersonalWork
    from console.planned_work import PlannedWork
    from console.rights_work import RightsWork
    from console.sensing_work import SensingWork
    from console.watch_work import WatchWork
    from console.work import TicketWork


class AtWork:
    """Part of the app."""

    @property
    def _app(self) -> ZhihuiApp:
        return cast("ZhihuiApp", self)

    def forget_work(self) -> None:
        """Another officer goes on: nothing that a worker kept is theirs."""
        for name, made in vars(AtWork).items():
            if isinstance(made, cached_property):
                self.__dict__.pop(name, None)

    @cached_property
    def work(self) -> TicketWork:
        """What can be done to tickets."""
        from console.work import TicketWork

        return TicketWork(self._app)

    @cached_property
    def planned(self) -> PlannedWork:
        """What says first what it will do."""
        from console.planned_work import PlannedWork

        return PlannedWork(self._app)

    @cached_property
    def emergency(self) -> EmergencyWork:
        """What belongs to the whole centre: its mode and its logs."""
        from console.emergency_work import EmergencyWork

        return EmergencyWork(self._app)

    @cached_property
    def handing_over(self) -> HandoverWork:
        """The change of shift."""
        from console.handover_work import HandoverWork

        return HandoverWork(self._app)

    @cached_property
    def duty_asks(self) -> DutyAskWork:
        """Leave and exchanges of shifts."""
        from console.duty_ask_work import DutyAskWork

        return DutyAskWork(self._app)

    @cached_property
    def granting(self) -> RightsWork:
        """Roles given and taken, break-glass."""
        from console.rights_work import RightsWork

        return RightsWork(self._app)

    @cached_property
    def meetings(self) -> MeetingWork:
        """Meetings, consultations with residents, mediation."""
        from console.meeting_work import MeetingWork

        return MeetingWork(self._app)

    @cached_property
    def joining(self) -> JoinWork:
        """What belongs together."""
        from console.joining import JoinWork

        return JoinWork(self._app)

    @cached_property
    def contingency(self) -> ContingencyWork:
        """Contingency plans and matter cards."""
        from console.contingency_work import ContingencyWork

        return ContingencyWork(self._app)

    @cached_property
    def sensing(self) -> SensingWork:
        """Sensing devices."""
        from console.sensing_work import SensingWork

        return SensingWork(self._app)

    @cached_property
    def watching(self) -> WatchWork:
        """Sweeps, the hazard register and broadcasts."""
        from console.watch_work import WatchWork

        return WatchWork(self._app)

    @cached_property
    def personal(self) -> PersonalWork:
        """Reads on record, and one field of a ticket in full."""
        from console.personal_work import PersonalWork

        return PersonalWork(self._app)
