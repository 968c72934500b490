"""Words of the access log: who signed in, who saw what, who took what out."""

from __future__ import annotations

import re

from data.terms import Term

NUMBER = re.compile(r"[0-9]{4}|[0-9]{7,17}|[0-9]{17}[0-9Xx]")
"""What a search by number takes: the last four digits, or a whole telephone or identity number."""


class AccessKind(Term):
    """What was done."""

    SIGNED_IN = "signed_in", "登录", "signed in"
    SIGN_IN_FAILED = "sign_in_failed", "登录失败", "sign-in failed"
    SIGNED_OUT = "signed_out", "退出", "signed out"
    SESSION_ENDED = "session_ended", "会话被结束", "session ended"
    LOCKED = "locked", "锁定", "locked"
    UNLOCKED = "unlocked", "解锁", "unlocked"
    READ = "read", "查看事件", "read a ticket"
    REVEALED = "revealed", "查看完整个人信息", "saw personal data in full"
    REVEAL_REFUSED = "reveal_refused", "查看过于频繁被拒", "refused: saw too much"
    SEARCHED = "searched", "按号码查找", "searched by a number"
    EXPORTED = "exported", "导出", "exported"
    AUDITED = "audited", "查看审计", "read the audit"
    ANCHORED = "anchored", "留存链头", "anchored the heads"
    REMOVED = "removed", "按期删除", "removed when its time was up"
    ERASED = "erased", "删除个人信息", "erased personal data"
    HELD = "held", "保全", "put a ticket under a hold"
    HOLD_LIFTED = "hold_lifted", "解除保全", "lifted a hold"
    NOTICE_SEEN = "notice_seen", "确认通知", "acknowledged a notice"
    NOTICE_SENT = "notice_sent", "外发通知", "sent a notice out"
    NOTICE_FAILED = "notice_failed", "通知未送达", "gave a notice up"
    BREAK_GLASS = "break_glass", "紧急授权", "break-glass"
    KEY_ADDED = "key_added", "登记密钥", "key added"
    KEY_REVOKED = "key_revoked", "吊销密钥", "key revoked"
    GRANTED = "granted", "授予角色", "role given"
    TAKEN_AWAY = "taken_away", "收回角色", "role taken away"
    HANDOVER = "handover", "交接班", "handover"
    ACCOUNT = "account", "账号变更", "account changed"
    REFUSED = "refused", "拒绝", "refused"


class PersonalField(Term):
    """Fields of a ticket that say who somebody is; shown in full one at a time."""

    REPORTER_NAME = "name", "报告人", "reporter's name"
    REPORTER_PHONE = "phone", "联系电话", "telephone"
    ADDRESS = "address", "地址", "address"
    TITLE = "title", "标题", "title"
    BODY = "text", "内容", "text"

    @property
    def column(self) -> str:
        """The column of the ticket."""
        return _COLUMNS[self.name]


_COLUMNS = {
    "REPORTER_NAME": "reporter_name",
    "REPORTER_PHONE": "reporter_phone",
    "ADDRESS": "address",
    "TITLE": "title",
    "BODY": "body",
}
