"""The words of contingency plans. As in `data.terms`."""

from __future__ import annotations

from data.terms import Term


class Shortfall(Term):
    """A need of a contingency plan that is not met; the codes are what programs and the plan's pages say."""

    NO_SUCH_UNIT = "NO-SUCH-UNIT", "无此单位", "no such unit"
    FORCE_NOT_LINKED = "FORCE-NOT-LINKED", "力量未联动", "force not linked"
    POST_VACANT = "POST-VACANT", "岗位空缺", "post vacant"
    NOBODY_ON_DUTY = "NOBODY-ON-DUTY", "无人在岗", "nobody on duty"
    NO_PLACE = "NO-PLACE", "未定位到社区网格", "place not known"
    LIST_STOPS = "LIST-STOPS", "清单不允许", "stopped by the lists"
    NO_LEAD = "NO-LEAD", "无主办", "no lead"
    NO_UPWARD_LIMITS = "NO-UPWARD-LIMITS", "无报送时限", "no limits for reports upward"
    NO_ACKNOWLEDGEMENT = "NO-ACKNOWLEDGEMENT", "超时未签收", "not acknowledged"
    NOT_ON_SCENE = "NOT-ON-SCENE", "超时未到场", "not on the scene"
    PART_OVERDUE = "PART-OVERDUE", "协办超时", "part overdue"
    REPORT_OVERDUE = "REPORT-OVERDUE", "报送超时", "report overdue"
