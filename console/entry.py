"""The program's door: `zhihui` opens the console, a plain `zhihui ticket list` answers at once, the rest is typer's.

Whatever goes wrong ends here: a refusal as one line in Chinese and one in English with a documented exit code,
anything unexpected as an incident number.
"""

from __future__ import annotations

import sys

from console import exit_codes, output
from console.cli.session import Session
from data.errors import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.clock import Clock


def main(arguments: Sequence[str] | None = None, clock: Clock | None = None, session: Session | None = None) -> int:
    """Run one command line; gives the exit code. Tests pass their own arguments and clock.

    `session` is one that is fixed already: whoever came in from elsewhere does not choose store, centre or officer.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    session = session or Session(clock, open_console)
    try:
        output.prepare()
        code = _run(given, session)
        output.flush()
    except Refusal as refusal:
        refuse(session.as_it_stands(refusal))
        code = exit_codes.of_refusal(refusal)
    except output.PipeClosed:
        code = exit_codes.PIPE_CLOSED
    except KeyboardInterrupt:
        code = exit_codes.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last guard: nobody is shown a traceback with what people wrote
        code = _incident(error)
    finally:
        session.close()
        _settle_output()
    return code


def refuse(refusal: Refusal) -> None:
    """Say what was refused, in both languages."""
    output.remark(f"zhihui: {refusal.zh}")
    output.remark(f"zhihui: {refusal.en} [{refusal.code}]")
    problems = refusal.details.get("problems")
    for problem in problems if isinstance(problems, list) else []:
        output.remark(f"  {problem['place']}: {problem['zh']} / {problem['en']}")


def _run(given: list[str], session: Session) -> int:
    if "ticket" in given[:9] and "list" in given[:10]:
        from console.cli import hot

        code = hot.run(given, session)
        if code is not None:
            return code
    from console import bare

    if bare.wanted(given, session):
        return open_console(session)
    from console.cli.root import run

    return run(given, session)


def open_console(session: Session) -> int:
    """The console, the wall or a training on the store of a session; gives the exit code. Raises Refusal.

    Where a sign-in is required and nobody has signed in, the console asks for it and shows nothing before; who may
    open it is asked then. The wall and an observer have nobody who could answer.
    """
    from console.cli import permits, words
    from console.cli.proof import must_sign_in
    from console.run import run_console

    attended = session.training is None and session.wall is None and not session.observe
    sign_in = attended and must_sign_in(session)
    if session.training is None and not sign_in:
        permits.demand(session, "observe" if session.wall is None else "wall")

    session.close()
    language = words.chosen() or "zh"
    if session.wall is not None:
        from console.wall.run import run_wall

        return run_wall(
            session.url(), session.centre_code, language, session.clock, session.wall, session.theme, session.line
        )
    if session.training is not None:
        from console.training.run import run_training

        return run_training(*session.training, language)
    return run_console(
        session.url(),
        session.centre_code,
        session.officer,
        language,
        session.clock,
        observe=session.observe,
        line=session.line,
        theme=session.theme,
        origin=session.origin,
        sign_in=sign_in,
    )


def _incident(error: Exception) -> int:
    from console.incidents import record

    number, path = record(error)
    output.remark(f"zhihui: 程序出错，事件编号 {number}" + (f"，详情见 {path}" if path else ""))
    output.remark(f"zhihui: Something went wrong, incident {number}" + (f"; details in {path}" if path else ""))
    return exit_codes.UNEXPECTED


def _settle_output() -> None:
    """Hand out what is left; where that cannot be, point stdout at nothing, so that the interpreter's end is quiet."""
    import os

    try:
        sys.stdout.flush()
    except OSError:
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except (OSError, ValueError):
            return
