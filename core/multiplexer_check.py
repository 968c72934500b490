"""What tmux, screen and an SSH client between us and the terminal should be set to, for `zhihui doctor`."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping

from data.findings import Finding

TMUX_WANTED: tuple[tuple[str, str, Callable[[str], bool], str, str], ...] = (
    ("default-terminal", "tmux-256color", lambda value: "256color" in value, "颜色只有 16 种", "only 16 colours"),
    ("escape-time", "20", lambda value: value.isdigit() and int(value) <= 100, "Esc 键迟缓", "Escape is slow"),
    ("extended-keys", "on", lambda value: value in ("on", "always"), "部分组合键收不到", "some chords do not arrive"),
    ("set-clipboard", "on", lambda value: value in ("on", "external"), "不能复制到剪贴板", "no copying"),
)
"""Option of tmux, what to set it to, whether a value will do, and what is wrong otherwise."""
SECONDS = 2.0


def between_findings(environment: Mapping[str, str]) -> list[Finding]:
    """Everything that stands between us and the terminal."""
    found = tmux_findings(tmux_options()) if environment.get("TMUX") else []
    if environment.get("STY"):
        found.append(screen_finding(environment))
    if environment.get("SSH_CONNECTION"):
        found.append(ssh_finding(environment))
    return found


def tmux_options() -> dict[str, str]:
    """The options of the tmux that we run in; empty when it does not tell."""
    options: dict[str, str] = {}
    program = shutil.which("tmux")
    if program is None:
        return options
    for scope in ("-sA", "-gA"):
        try:
            told = subprocess.run([program, "show-options", scope], capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - our own words
        except (OSError, subprocess.TimeoutExpired):
            continue
        for line in told.stdout.decode("utf-8", "replace").splitlines():
            name, _blank, value = line.partition(" ")
            options.setdefault(name.rstrip("*"), value.strip("\"'"))
    return options


def tmux_findings(options: Mapping[str, str]) -> list[Finding]:
    """One finding for each option that should be another; one that all is well otherwise."""
    wrong = [
        Finding(
            f"tmux-{name}",
            "warn",
            f"tmux 的 {name} 为 {options[name]!a}：{zh}。",
            f"tmux has {name} {options[name]!a}: {en}.",
            f"在 ~/.tmux.conf 中写入 set -g {name} {value}",
            f"Put into ~/.tmux.conf: set -g {name} {value}",
        )
        for name, value, will_do, zh, en in TMUX_WANTED
        if name in options and not will_do(options[name])
    ]
    if not wrong and options:
        wrong.append(Finding("tmux", "ok", "tmux 设置合适。", "The settings of tmux are fit."))
    return wrong


def screen_finding(environment: Mapping[str, str]) -> Finding:
    """GNU screen draws Chinese only in its UTF-8 mode, and says nowhere which mode it is in."""
    many = "256color" in environment.get("TERM", "")
    return Finding(
        "screen",
        "ok" if many else "warn",
        "在 screen 中运行。" if many else "在 screen 中运行，只有 16 种颜色。",
        "Inside screen." if many else "Inside screen, with 16 colours.",
        "以 screen -U 启动，或在 ~/.screenrc 中写入 defutf8 on 和 term screen-256color",
        "Start it as screen -U, or put into ~/.screenrc: defutf8 on, and term screen-256color",
    )


def ssh_finding(environment: Mapping[str, str]) -> Finding:
    """Over SSH the client's own settings decide about characters and keys."""
    return Finding(
        "ssh",
        "ok",
        f"经 SSH 连接，客户端终端类型 {environment.get('TERM', '')!a}。",
        f"Over SSH, from a terminal {environment.get('TERM', '')!a}.",
        "Xshell、PuTTY、SecureCRT：字符编码选 UTF-8，终端类型填 xterm-256color，功能键选 Xterm，开启压缩，"
        "歧义宽度选窄，字体选等宽中文字体；按键请用 zhihui doctor --keys 检查。",
        "Xshell, PuTTY, SecureCRT: character set UTF-8, terminal type xterm-256color, function keys Xterm,"
        " compression on, ambiguous width narrow, a monospaced Chinese font; test keys with zhihui doctor --keys.",
    )
