"""The root of the commands: the table of nouns, and how a command line is run and its usage errors are said."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.main import get_command

from console import exit_codes, output
from console.cli import words
from console.cli.frame import CONTEXT, Entry, Group, lightened, session_of
from console.cli.session import Session
from console.cli.usage import in_chinese
from console.wall.view import EVERY

NOUNS: dict[str, tuple[str, str]] = {
    "ticket": ("事件：登记、受理、派单直至归档", "tickets: from the report to the archive"),
    "batch": ("从 JSONL 逐条执行操作", "many operations from JSONL in one process"),
    "sweep": ("举一反三：发起排查、看进度、提醒", "sweeps: start one, see how far it is, remind"),
    "hazard": ("隐患台账：一户一档、复查、整改、销号", "the hazard register: files, checks, remedies"),
    "broadcast": ("广播通知：提醒、宣传、公告与回执", "broadcasts: reminders, publicity, notices, receipts"),
    "emergency": ("应急：平战切换、运行记录、报送时限", "emergencies: the mode, the running log, what is owed upward"),
    "phone": ("电话记录：首报、续报、关联事件", "the telephone log: first reports, follow-ups, tickets"),
    "meeting": ("会议：召集、签到、纪要、议定、公示", "meetings: call, attendance, minutes, decisions"),
    "consult": ("征求群众意见：意见征集、表决、告知", "consultations with residents: opinions, votes, notices"),
    "mediate": ("调解：记录每轮、协议履行", "mediation: each round, and what must follow"),
    "review": ("复盘：时间轴、归属、经验教训、整改", "after-action reviews: chart, lessons, follow-up tasks"),
    "org": ("机构：建立、加载、查看、检查、合并拆分", "the organisation: make, load, show, check, redraw"),
    "device": ("感知设备：登记、查看、外出、停用", "sensing devices: register, list, absences, retire"),
    "signal": ("感知信号：一条，或从 JSONL 逐条接收", "signals of devices: one, or many from JSONL"),
    "permission": ("权限：谁可以做什么，为什么", "permissions: who may do what, and why"),
    "grant": ("授权：申请授予或收回角色，由第二人同意", "grants: roles given and taken, agreed to by a second person"),
    "break-glass": (
        "紧急授权：临时取得更高权限，事后复核",
        "break-glass: a wider right for half an hour, reviewed later",
    ),
    "duty": ("值班：上岗、离岗、请假、名单", "duty: on, off, leave, who is there"),
    "handover": ("交接班：制作、说明、移交、签收、历史", "handovers of shifts: pack, note, give, accept, history"),
    "matter": ("事项目录：查看、查找、加载、检查、导出", "matters: list, find, load, check, export"),
    "plan": ("预案：查看、导入、推荐、启动、勾选", "contingency plans: show, import, recommend, activate, tick"),
    "lists": ("清单：三级责任、村社区四清单一目录", "lists: who owns which matter, which certificates are issued"),
    "calendar": ("日历：工作时间与节假日", "calendars: working time and holidays"),
    "engine": ("引擎：时限、升级链、通知", "the engine: due clocks, ladders, notices"),
    "report": ("报表：持有时长、按期率、来源", "reports: custody, on-time rate, sources"),
    "personal": ("个人信息：到期、删除、保全", "personal data: what is due, erased and held"),
    "audit": ("审计：日志链与事件是否一致", "audit: the log's chain, and tickets against it"),
    "db": ("数据库：信息、升级、备份、恢复、演练、检查", "the store: info, upgrade, backup, restore, drill, check"),
    "import": ("导入其他系统的事件", "import tickets of other systems"),
    "export": ("导出事件到 CSV、XLSX、JSONL", "export tickets to CSV, XLSX or JSONL"),
    "account": ("账号：建立、密码、验证码、停用、登录方式", "accounts: add, passwords, codes, disable, how to sign in"),
    "session": ("会话：列出、结束", "sessions: list, end"),
    "sign-in": ("登录", "sign in"),
    "sign-out": ("退出", "sign out"),
    "ssh": ("远程接入：设置 sshd、检查、密钥", "remote access: set sshd up, check it, keys"),
    "doctor": ("检查本机与数据库是否适合运行", "whether this machine and store are fit"),
    "observe": ("只读观察控制台", "the console, read-only"),
    "demo": ("示范街道", "the demo street"),
    "train": ("演练：按脚本计时演练并评分", "training: scenarios against the clock, scored"),
    "wall": ("大屏轮播，只读", "large type for the wall, page after page, read-only"),
    "keys": ("按键：查看、检查自定义按键", "keys: show them, check a keymap file"),
    "theme": ("主题：列表、查看、检查、新建", "themes: list, show, check, make one's own"),
}
KEYWORDS = ("import", "session")
"""Nouns whose name Python keeps for itself, or another module has: their modules end in an underscore."""


def _loader(noun: str) -> Any:
    def load() -> Any:
        module = noun.replace("-", "_") + "_" * (noun in KEYWORDS)
        return import_module(f"console.cli.{module}").build()

    return load


class Root(Group):
    """`zhihui`."""

    entries = {noun: Entry(zh, en, _loader(noun)) for noun, (zh, en) in NOUNS.items()}


def build() -> Any:
    """The whole command tree; nouns are loaded when they are asked for."""
    app = typer.Typer(
        name="zhihui",
        cls=Root,
        help=words.explain(
            "指挥：镇街指挥中心控制台。不带命令即打开控制台。", "A command-centre console. Alone, it opens the console."
        ),
        invoke_without_command=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=CONTEXT,
    )
    app.callback()(_alone)
    return lightened(get_command(app))


def _show_version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        output.write(f"zhihui {version('zhihui')}\n")
        raise typer.Exit(exit_codes.OK)


def _alone(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            callback=_show_version,
            help=words.explain("版本", "version"),
            show_default=False,
        ),
    ] = False,
    line: Annotated[
        str | None,
        typer.Option(
            "--line",
            help=words.explain(
                "控制台到终端的线路：auto（默认，经 SSH 即按慢线）、slow、fast",
                "the console's line to the terminal: auto (the default: over SSH as slow), slow, fast",
            ),
            show_default=False,
        ),
    ] = None,
    theme: Annotated[
        str | None,
        typer.Option("--theme", help=words.explain("控制台主题", "theme of the console"), show_default=False),
    ] = None,
    wall: Annotated[
        bool,
        typer.Option("--wall", help=words.explain("大屏轮播，同 zhihui wall", "as zhihui wall"), show_default=False),
    ] = False,
) -> int:
    del version
    session_of(context).theme = theme
    if context.invoked_subcommand is not None:
        return exit_codes.OK
    session = session_of(context)
    session.require_terminal()
    session.line = line or session.line
    session.wall = EVERY if wall else None
    if session.demo:
        session.training = ("", None)
    return session.open_console()


def run(arguments: Sequence[str], session: Session) -> int:
    """Run a command line with typer; gives the exit code. Raises Refusal."""
    words.choose(_language_of(arguments))
    try:
        code = build().main(args=list(arguments), prog_name="zhihui", standalone_mode=False, obj=session)
    except typer.Abort:
        return exit_codes.INTERRUPTED
    except typer.TyperException as error:
        _say_usage(error)
        return exit_codes.USAGE
    return code if isinstance(code, int) else exit_codes.OK


def _language_of(arguments: Sequence[str]) -> str:
    """The language asked for on the command line: help is written before options are read."""
    for place, word in enumerate(arguments):
        wanted = word.partition("=")[2] if word.startswith("--lang=") else ""
        if word == "--lang" and place + 1 < len(arguments):
            wanted = arguments[place + 1]
        if wanted in words.LANGUAGES:
            return wanted
    return ""


def _say_usage(error: Any) -> None:
    message = error.format_message()
    if "\n" in message and "Usage" in message:
        output.remark(message)
        return
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "zhihui"
    output.remark(f"zhihui: {in_chinese(message) or '命令行有误'}，用法见 {path} --help")
    output.remark(f"zhihui: {message.removesuffix('.')}. See {path} --help [usage]")
