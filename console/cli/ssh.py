"""`zhihui ssh`: remote street centres through OpenSSH. Set its server up, check it, and the officers' keys."""

from __future__ import annotations

import grp
import os
import pwd
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output
from console.cli import words
from console.cli.findings import show_findings
from console.cli.frame import built, command, new_app, session_of
from console.cli.options import DryRun, Json, option
from console.cli.ssh_keys import keys
from console.exit_codes import OK
from data.errors import NotAllowed

if TYPE_CHECKING:
    from console.remote.site import Site

FOLDER, KEEP, ACCOUNT = "/etc/zhihui/ssh", "/var/lib/zhihui/remote", "zhihui"

app = new_app("远程接入：设置 sshd、检查、密钥", "remote access: set sshd up, check it, keys")
app.add_typer(keys, name="key")

Folder = Annotated[
    str, option("--folder", zh=f"文件所在目录，缺省 {FOLDER}", en=f"folder of the files, by default {FOLDER}")
]


def build() -> Any:
    """The noun."""
    return built(app)


@command(
    app,
    "setup",
    "写出独立的 sshd 设置、密钥查询与会话程序、客户端设置；--dry-run 只显示",
    "write the settings of an sshd of its own, its two programs, the client's settings; --dry-run prints them",
)
def setup(
    context: typer.Context,
    folder: Folder = FOLDER,
    account: Annotated[
        str, option("--account", zh="会话所用账号，缺省 zhihui", en="the account of sessions, by default zhihui")
    ] = ACCOUNT,
    keep: Annotated[
        str, option("--keep", zh=f"草稿与日志所在目录，缺省 {KEEP}", en=f"folder of drafts and logs, by default {KEEP}")
    ] = KEEP,
    listen: Annotated[
        str, option("--listen", zh="监听的 IP 地址，缺省全部", en="the IP address to listen on, by default all")
    ] = "0.0.0.0",  # noqa: S104 - remote centres come from other machines
    port: Annotated[int, option("--port", zh="端口，缺省 22022", en="the port, by default 22022")] = 22022,
    host: Annotated[
        str, option("--host", zh="客户端所见的主机名", en="how clients call this machine")
    ] = "zhihui.example",
    dry_run: DryRun = False,
) -> int:
    """Files are root's; run again, they are written anew, and the host key stays."""
    from console.remote.site import Site, write
    from console.remote.site_check import CUTS_UNUSED, version

    url = session_of(context).url()
    cuts = (version() or ()) >= CUTS_UNUSED
    site = Site(Path(folder), account, url, Path(keep), listen, port, host, sys.executable, cuts)
    site.check()
    if dry_run:
        for file in site.files():
            output.say_line(f"# ---- {site.folder / file.name} (mode {file.mode:o})")
            output.write(file.text.rstrip("\n") + "\n\n")
        return OK
    if os.geteuid() != 0:
        raise NotAllowed(
            "ssh-root",
            "sshd 只信任 root 的文件：请以 root 运行，或用 --dry-run 查看。",
            "sshd trusts only root's files: run this as root, or see them with --dry-run.",
        )
    for path in write(site, group=_group_of(account)):
        output.say_line(str(path))
    _say_what_follows(site)
    return OK


def _group_of(account: str) -> int | None:
    try:
        return pwd.getpwnam(account).pw_gid
    except KeyError:
        return next((entry.gr_gid for entry in grp.getgrall() if entry.gr_name == account), None)


def _say_what_follows(site: Site) -> None:
    output.remark(
        words.say(
            f"接着运行 zhihui ssh check，按提示改正；然后启动：/usr/sbin/sshd -D -f {site.folder}/sshd_config",
            f"Next: zhihui ssh check, and what it says; then start /usr/sbin/sshd -D -f {site.folder}/sshd_config",
        )
    )


@command(
    app,
    "check",
    "检查远程接入：属主与权限、账号、数据文件、sshd；有误时退出码 8",
    "whether remote access is sound: owners and modes, account, store, sshd; exit code 8 when not",
)
def check(context: typer.Context, folder: Folder = FOLDER, json: Json = False) -> int:
    """Changes nothing. Run as root it sees everything."""
    from console.remote.fork_check import fork_finding
    from console.remote.site import read_site
    from console.remote.site_check import account_of, examine

    session_of(context)
    site = read_site(Path(folder))
    account = account_of(site.account)
    about_consoles = [fork_finding(site, account)] if account is not None else []
    return show_findings([*examine(site), *about_consoles], json)
