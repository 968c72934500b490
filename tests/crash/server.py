"""A process with the library in it, which has loaded the program once and forks for each command.

`python -m tests.crash.server`: a JSON line for each job on stdin, one on stdout for each that ended.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import traceback
from datetime import datetime
from typing import Any

from tests.crash.shim import Arm, Shim

LOADED = (
    "console.entry", "console.cli.root", "console.cli.acting", "console.cli.hot", "console.incidents", "data.schema",
    "core.desk.desk", "core.engine.loop", "core.exchange.importing", "data.maintenance", "tests.crash.looking",
    "tests.crash.cuts",
    "console.cli.db", "console.cli.audit", "console.cli.ticket", "core.accountability.audit",
    "core.accountability.firings",    "core.accountability.replay",
    "tests.crash.planted",
)  # fmt: skip


def main() -> None:
    """Serve until stdin ends."""
    import gc

    for name in LOADED:
        importlib.import_module(name)
    gc.freeze()
    shim = Shim()
    for line in sys.stdin:
        job = json.loads(line)
        if job["do"] == "load":
            for name in job["modules"]:
                with contextlib.suppress(Exception):
                    importlib.import_module(name)
            gc.freeze()
            answer: dict[str, Any] = {}
        elif job["do"] == "wait":
            answer = _waited(job["pid"])
        else:
            pid = os.fork()
            if not pid:
                _child(job, shim)
            answer = {"pid": pid} if job["do"] == "start" else _waited(pid)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _waited(pid: int) -> dict[str, Any]:
    _, status = os.waitpid(pid, 0)
    return {"code": os.waitstatus_to_exitcode(status)}


def _child(job: dict[str, Any], shim: Shim) -> None:
    """The command, in a process of its own; never returns."""
    code = 99
    try:
        for number, name in ((0, os.devnull), (1, job["out"]), (2, job["err"])):
            flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            handle = os.open(name, flags, 0o600)
            os.dup2(handle, number)
            os.close(handle)
        sys.stdin, sys.stdout, sys.stderr = (
            open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - they last as long as the process
            for number, mode in enumerate("rww")
        )
        os.environ.update(job["env"])
        code = _work(job, shim)
    except BaseException:  # noqa: BLE001 - a process that ends: whoever waits reads why
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _work(job: dict[str, Any], shim: Shim) -> int:
    from core.clock import SetClock
    from tests.crash import planted

    planted.apply(job["plant"])
    if job["call"]:
        module, _, name = job["call"].rpartition(".")
        result = getattr(importlib.import_module(f"tests.crash.{module or 'looking'}"), name)(*job["argv"])
        _keep(job, {"result": result})
        return 0
    from console.entry import main as command

    shim.arm(job["folder"], job["record"], Arm(**job["arm"]))
    code = command(job["argv"], SetClock(datetime.fromisoformat(job["at"])))
    seen, struck = shim.seen()
    shim.arm("", "", Arm())
    _keep(job, {"seen": seen, "struck": struck, "modules": sorted(sys.modules) if job["modules"] else []})
    return code


def _keep(job: dict[str, Any], result: dict[str, Any]) -> None:
    with open(job["result"], "w", encoding="utf-8") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main()
