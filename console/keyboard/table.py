"""The one table of what keys do. Footer, help, palette and key bindings all read it.

Every main action has an F-key, digit, Enter, Escape, Space or arrow, because letters never arrive while a Chinese
input method is on. Letters and full-width punctuation are aliases only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from console.i18n import mark

EVERYWHERE = frozenset(
    {"queue", "dispatch", "leaders", "timers", "overview", "roster", "ticket", "intake", "review", "replay"}
)
TICKETS = frozenset({"queue", "dispatch", "leaders", "timers", "overview", "ticket", "review"})
FILTERED = frozenset({"queue", "timers"})
LISTS = frozenset({"queue", "dispatch", "leaders", "timers", "overview"})


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do. `keys` are in order of preference; the first is the one that is shown."""

    id: str
    keys: tuple[str, ...]
    call: str
    """The action as Textual calls it."""
    title: str
    help: str
    group: str
    screens: frozenset[str] = EVERYWHERE
    footer: bool = False
    initials: str = ""
    """How the palette finds it from a keyboard without an input method: pinyin and its initials."""
    priority: bool = False
    """Works even while a field has the keys."""
    alike: bool = False
    """One of a row of actions that differ only in their digit; help and palette name the first."""


GO = mark("Go to")
WORK = mark("Work on a ticket")
LIST = mark("Lists")
PROGRAM = mark("Program")
GROUPS = (GO, WORK, LIST, PROGRAM)

ACTIONS: tuple[Action, ...] = (
    Action("help", ("f1", "question_mark", "？"), "app.help", mark("Help"),
           mark("What the focused part does and which keys it has"), PROGRAM, footer=True,
           initials="bangzhu bz", priority=True),
    Action("pane.queue", ("f2", "1"), "app.pane('queue')", mark("Queue"),
           mark("Open tickets by deadline, with the ticket beside them"), GO, footer=True,
           initials="duilie dl daiban db"),
    Action("pane.dispatch", ("f3", "2"), "app.pane('dispatch')", mark("Dispatch"),
           mark("Sections and posts with who is on; send a ticket to one"), GO, footer=True,
           initials="paidan pd fenbo fb"),
    Action("pane.leaders", ("f4", "3"), "app.pane('leaders')", mark("Leaders"),
           mark("What climbed to each leader, what their section holds, who covers whom"), GO, footer=True,
           initials="lingdao ld abgang"),
    Action("pane.timers", ("f5", "4"), "app.pane('timers')", mark("Timers"),
           mark("All running clocks by deadline, and what the ladder does next"), GO, footer=True,
           initials="shixian sx jishi"),
    Action("pane.overview", ("5", "v"), "app.pane('overview')", mark("Overview"),
           mark("The whole street on one screen: figures, deadlines, map, trends, people"), GO, footer=True,
           initials="zonglan zl yipingzhangkong ypzk ditu dt"),
    Action("pane.roster", ("ctrl+x",), "app.pane('roster')", mark("Roster"),
           mark("A week of shifts and posts: who is on and away, gaps, double bookings, what is not signed"), GO,
           initials="zhibanbiao zbb paiban pb yizhou yz lunban lb"),
    Action("intake", ("f6",), "app.pane('intake')", mark("New"),
           mark("Take down a report by telephone"), GO, footer=True, initials="shangbao sb dengji dj xinjian"),
    Action("actions", ("f7", "m"), "screen.actions", mark("Act"),
           mark("Everything that can be done to the ticket, by number"), WORK, TICKETS, footer=True,
           initials="banli bl caozuo cz"),
    Action("next", ("f8", "full_stop", "。"), "screen.next_step", mark("Next"),
           mark("The usual next step of the ticket's stage"), WORK, TICKETS, footer=True, initials="xiayibu xyb"),
    Action("theme", ("f9",), "app.next_theme", mark("Theme"),
           mark("Go on to the next theme; it is remembered on this machine"), PROGRAM, footer=True,
           initials="zhuti zt yanse"),
    Action("themes", ("f21",), "app.choose_theme", mark("Themes"),
           mark("Choose a theme by its name"), PROGRAM, initials="xuanze zhuti xzzt yanse"),
    Action("quit", ("f10", "ctrl+q"), "app.leave", mark("Quit"),
           mark("Leave the console; nothing is lost, the store keeps everything"), PROGRAM, footer=True,
           initials="tuichu tc", priority=True),
    Action("palette", ("f12", "ctrl+p", "colon", "："), "app.command_palette", mark("Commands"),
           mark("Find a command, unit, person or matter by name, pinyin or initials"), PROGRAM, initials="mingling ml"),
    Action("filter", ("slash", "、", "ctrl+f"), "screen.filter", mark("Filter"),
           mark("Show only tickets with these words; Escape shows all again"), LIST, LISTS,
           initials="shaixuan sx guolv sousuo ss"),
    Action("views", ("6",), "screen.views", mark("Views"),
           mark("Saved views with their counts; save the filter that is on"), LIST, FILTERED,
           initials="shitu st baocun bc"),
    *(Action(f"view.{digit}", (f"alt+{digit}",), f"screen.view('{digit}')", mark("View by digit"),
             mark("The saved view with this digit"), LIST, FILTERED, alike=digit > 1) for digit in range(1, 10)),
    Action("sort", ("9", "t"), "screen.sort", mark("Order"),
           mark("By deadline, urgency, age or unit; the cursor stays on its ticket"), LIST, frozenset({"queue"}),
           initials="paixu px shunxu"),
    Action("open", ("enter",), "screen.open_ticket", mark("Open"),
           mark("The whole ticket: history, custody, clocks"), LIST, LISTS, initials="dakai dk xiangqing xq"),
    Action("mark", ("space",), "screen.mark", mark("Mark"),
           mark("Mark the ticket; marks stay with the ticket"), LIST, frozenset({"queue"}), initials="biaoji bj"),
    Action("mark.range", ("minus", "－"), "screen.mark_range", mark("Mark to here"),
           mark("Mark from the ticket marked last to this one"), LIST, frozenset({"queue"}),
           initials="lianxu biaoji lxbj"),
    Action("mark.all", ("asterisk", "＊"), "screen.mark_all", mark("Mark all"),
           mark("Mark every ticket of the list"), LIST, frozenset({"queue"}), initials="quanbu biaoji qbbj"),
    Action("newest", ("home",), "screen.newest", mark("Catch up"),
           mark("Go to the first line and take in what is new"), LIST, LISTS, initials="shuaxin sx zuixin"),
    Action("back", ("escape",), "screen.back", mark("Back"),
           mark("Close a drawer, clear a filter, put a notice away, or go back"), LIST, initials="fanhui fh"),
    Action("acknowledge", ("0", "e"), "screen.acknowledge", mark("Noted"),
           mark("Acknowledge what the banner shows, on the record; it rings no more, on no console"), LIST,
           initials="shoudao sd queren qr"),
    Action("notices", ("ctrl+e",), "screen.notices", mark("Notices"),
           mark("All notices, newest first; what waits is marked"), LIST,
           initials="tongzhi tz xiaoxi xx gaojing gj tixing tx"),
    Action("jump", ("ctrl+g", "g"), "app.jump", mark("Jump"),
           mark("Put a number on every part and line; the number goes there"), LIST,
           initials="tiaozhuan tz tiaodao td"),
    Action("training", ("ctrl+t",), "app.training", mark("Training"),
           mark("In a training: hear the caller again, skip ahead, stop the clock, see the score"), PROGRAM,
           initials="xunlian xl yanlian yl"),
    Action("lock", ("f13", "q"), "app.lock", mark("Lock"),
           mark("Hide people and tickets while you are away; alarms, counts and bell go on"), PROGRAM,
           initials="suoping sp suoding sd"),
    Action("sign_out", ("f23",), "app.sign_out", mark("Sign out"),
           mark("End your session here; what you typed is kept for you, and whoever comes next signs in"), PROGRAM,
           initials="tuichu denglu tcdl zhuxiao zx huanren hr huanban hb"),
    Action("repaint", ("ctrl+l",), "app.repaint", mark("Redraw"),
           mark("Send the whole screen to the terminal again"), PROGRAM, initials="chonghui ch", priority=True),
    Action("as_proposed", ("8", "p"), "screen.as_proposed", mark("As proposed"),
           mark("Accept, assess and send it as the catalogue proposes, all at once; says first what it does"), WORK,
           TICKETS, initials="jianyi jy anjianyi ajy paidan pd"),
    Action("undo", ("7", "ctrl+z", "z"), "screen.undo", mark("Undo"),
           mark("Take back the newest step of the ticket, on the record; says first what it does"), WORK, TICKETS,
           initials="chexiao cx huitui ht"),
    Action("join", ("f20", "ctrl+b", "b"), "screen.join", mark("Joined and tied"),
           mark("What it is likely the same as, and what it is joined or tied to; a digit joins or opens it"), WORK,
           EVERYWHERE, initials="bingan ba chongfu cf guanlian gl hebing hb"),
    Action("plans", ("ctrl+y", "c"), "screen.plans", mark("Plans"),
           mark("Contingency plans that fit, and why; Enter activates one. Then its checklist and questions"), WORK,
           EVERYWHERE, initials="yuan ya yingji yuan yjya qingdan qd"),
    Action("card", ("f18", "x"), "screen.card", mark("Matter card"),
           mark("What the matter is, what to ask, what to do first, who does it, by when"), WORK, EVERYWHERE,
           initials="shixiangka sxk"),
    Action("review", ("f15", "ctrl+w", "h"), "screen.review", mark("Review"),
           mark("Look back on the ticket: chart of all hands, what was late and whose, lessons; Enter replays it"),
           WORK, TICKETS - {"review"}, initials="fupan fp yanshi ys huifang hf"),
    Action("show_field", ("f22",), "screen.show_field", mark("Show in full"),
           mark("One field of the ticket in full, with a reason and on record; it is masked again by itself"), WORK,
           frozenset({"ticket"}), initials="chakan ck dianhua dh xingming xm wanzheng wz"),
    Action("handover", ("ctrl+o",), "screen.handover", mark("Change of shift"),
           mark("The pack of what is open, owed and promised: make it, note, give it, sign for it"), LIST,
           initials="jiaojieban jjb jiaoban jb"),
    Action("duty_asks", ("f24",), "screen.duty_asks", mark("Leave and exchanges"),
           mark("Leave and exchanges of shifts: ask, agree, grant with a substitute; who stands in, what stays open"),
           LIST, initials="qingjia qj huanban hb diaoban db tiban tb zhiban zb"),
    Action("rights", ("alt+0",), "screen.rights", mark("Rights"),
           mark("Roles given and taken away by two persons; break the glass for half an hour, end it, review it"),
           LIST, initials="shouquan sq quanxian qx jinji shouquan jjsq fuhe fh"),
    Action("meetings", ("ctrl+n", "w"), "screen.meetings", mark("Meetings"),
           mark("Call a meeting about the ticket, take attendance, decide, consult, mediate; the coming meetings"),
           WORK, EVERYWHERE - {"intake"}, initials="huiyi hy qiandao qd tiaojie tj zhengqiu zq sanhui sh"),
    Action("emergency", ("ctrl+k", "y"), "screen.emergency", mark("Emergency"),
           mark("Emergency mode, what is owed upward, telephone log and running log"), LIST,
           initials="yingji yj pingzhan pz zhanshi zs dianhua dh baosong bs jishi jsh"),
    Action("watch", ("f16", "f"), "screen.watch", mark("Sweeps and hazards"),
           mark("Sweeps under way, the hazard register with what is due first, broadcasts and who has seen them"), LIST,
           initials="juyifansan jyfs paicha pc yinhuan yh taizhang tz guangbo gb tongzhi"),
    Action("devices", ("f14",), "screen.devices", mark("Devices"),
           mark("Sensing devices, silent ones and those out of touch first; their newest signals; who is away"), LIST,
           initials="ganzhi gz shebei sb menci mc yangan yg chuangan cg"),
    Action("verb.sweep", ("f17", "ctrl+a", "l"), "screen.verb('sweep')", mark("Sweep"),
           mark("Learn from the ticket: many units look for the like of it"), WORK, TICKETS,
           initials="juyifansan jyfs paicha pc"),
    Action("verb.accept", ("a",), "screen.verb('accept')", mark("Accept"),
           mark("Take the report on"), WORK, TICKETS, initials="shouli sl"),
    Action("verb.assess", ("s",), "screen.verb('assess')", mark("Assess"),
           mark("Set matter, urgency and place before sending it on"), WORK, TICKETS, initials="yanpan yp"),
    Action("verb.dispatch", ("ctrl+d", "d"), "screen.verb('dispatch')", mark("Send to a post"),
           mark("Send the ticket to a post, the catalogue's proposal first"), WORK, TICKETS, initials="paidan pd"),
    Action("verb.return", ("ctrl+r", "r"), "screen.verb('return')", mark("Return"),
           mark("Send it back with a reason; the unit's clock goes on"), WORK, TICKETS, initials="tuidan td"),
    Action("verb.remind", ("u",), "screen.verb('remind')", mark("Remind"),
           mark("Urge whoever holds it"), WORK, TICKETS, initials="cuiban cb"),
    Action("verb.take_back", ("ctrl+u", "i"), "screen.verb('take_back')", mark("Take back"),
           mark("Post A takes back what post B took over"), WORK, TICKETS, initials="shouhui sh abgang"),
    Action("verb.grant", ("plus", "＋"), "screen.verb('grant')", mark("Grant"),
           mark("Agree to what was asked for: an extension, a suspension, more hands ..."), WORK,
           frozenset({"leaders", "ticket"}), initials="tongyi ty pizhun pz"),
    Action("verb.decline", ("f19", "n"), "screen.verb('decline')", mark("Decline"),
           mark("Refuse what was asked for, with a reason"), WORK, frozenset({"leaders", "ticket"}),
           initials="butongyi bty bohui bh"),
    Action("verb.note", ("o",), "screen.verb('note')", mark("Note"),
           mark("Write a remark into the history"), WORK, TICKETS, initials="beizhu bz"),
)  # fmt: skip


def action(name: str) -> Action:
    """The action with an id. Raises KeyError."""
    for item in ACTIONS:
        if item.id == name:
            return item
    raise KeyError(name)


def action_of(call: str) -> Action | None:
    """The action that a call is, as Textual makes it."""
    return next((item for item in ACTIONS if item.call == call), None)


def actions_of(screen: str) -> Iterator[Action]:
    """What can be done on a screen, group by group."""
    return (
        item
        for group in GROUPS
        for item in ACTIONS
        if item.group == group and screen in item.screens and not item.alike
    )


KEY_NAMES = {
    "enter": "Enter",
    "escape": "Esc",
    "space": "Space",
    "tab": "Tab",
    "home": "Home",
    "slash": "/",
    "question_mark": "?",
    "colon": ":",
    "full_stop": ".",
    "minus": "-",
    "plus": "+",
    "asterisk": "*",
    "f13": "Shift+F1",
    "f14": "Shift+F2",
    "f15": "Shift+F3",
    "f16": "Shift+F4",
    "f17": "Shift+F5",
    "f18": "Shift+F6",
    "f19": "Shift+F7",
    "f20": "Shift+F8",
    "f21": "Shift+F9",
    "f22": "Shift+F10",
    "f23": "Shift+F11",
    "f24": "Shift+F12",
}


def key_name(key: str) -> str:
    """A key as it is printed on it: F3, Ctrl+P, Enter."""
    if key in KEY_NAMES:
        return KEY_NAMES[key]
    parts = [part.upper() if len(part) <= 3 and part != "alt" else part.capitalize() for part in key.split("+")]
    return "+".join("Ctrl" if part == "CTRL" else part for part in parts)
