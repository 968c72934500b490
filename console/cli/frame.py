"""The frame that every command stands in: global options wherever they are typed, nouns loaded when asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from console.cli import permits, words
from console.cli.on_record import note_page
from console.cli.session import Session
from data.errors import BadInput, NotAllowed

declare = typer.Option
CONTEXT = {"help_option_names": ["-h", "--help"]}


class Entry(NamedTuple):
    """A command or noun of a group: help in both languages, and how to build it."""

    zh: str
    en: str
    build: Callable[[], Any]


class PlainOption(TyperOption):
    """An option that takes what was typed as it is: turning it into a type would load a validation library."""

    def process_value(self, ctx: Any, value: Any) -> Any:
        """The text, or what the option's callback makes of it."""
        return self.callback(ctx, self, value) if self.callback is not None else value


class Command(TyperCommand):
    """A command that also takes the global options."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        settings["params"] = [*(settings.get("params") or []), *global_options()]
        super().__init__(*arguments, **settings)

    def get_help_option(self, ctx: Any) -> Any:
        """The option that shows the help."""
        return _lighten(super().get_help_option(ctx))

    def invoke(self, ctx: Any) -> Any:
        """Run the command, if the officer who is named may."""
        path = ctx.command_path.partition(" ")[2]
        permits.demand(session_of(ctx), path)
        note_page(session_of(ctx), path, ctx.params)
        return super().invoke(ctx)


class Group(TyperGroup):
    """A group that also takes the global options, and builds a command only when it is asked for."""

    entries: ClassVar[dict[str, Entry]] = {}
    aliases: ClassVar[dict[str, str]] = {}

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        settings["params"] = [*(settings.get("params") or []), *global_options()]
        super().__init__(*arguments, **settings)
        self._built: dict[str, Any] = {}
        if self.entries:
            self.commands = dict.fromkeys(self.entries)  # type: ignore[assignment]

    def get_help_option(self, ctx: Any) -> Any:
        """The option that shows the help."""
        return _lighten(super().get_help_option(ctx))

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order in which they are written down."""
        return list(self.entries or self.commands)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name or alias, built now if need be; None when there is none."""
        if not self.entries:
            return super().get_command(ctx, cmd_name)
        name = self.aliases.get(cmd_name, cmd_name)
        if name not in self.entries:
            return None
        if name not in self._built:
            self._built[name] = self.entries[name].build()
        return self._built[name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands, without building them."""
        if not self.entries:
            super().format_commands(ctx, formatter)
            return
        with formatter.section("Commands"):
            formatter.write_dl([(name, words.explain(item.zh, item.en)) for name, item in self.entries.items()])


def new_app(zh: str = "", en: str = "", cls: type[TyperGroup] = Group) -> typer.Typer:
    """A noun."""
    return typer.Typer(
        cls=cls,
        help=words.explain(zh, en),
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=CONTEXT,
    )


def command(app: typer.Typer, name: str, zh: str, en: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Put a function into a noun as a command. It gives the exit code."""
    text = words.explain(zh, en)
    # As the short help too, which is otherwise cut in the list of commands.
    return app.command(name, cls=Command, help=text, short_help=text, context_settings=CONTEXT)


def single(function: Callable[..., int], name: str, zh: str, en: str) -> Any:
    """A command on its own, built."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    command(app, name, zh, en)(function)
    return get_command(app)


def built(app: typer.Typer) -> Any:
    """A noun, built."""
    return get_command(app)


def session_of(context: typer.Context) -> Session:
    """The session of this run."""
    found = context.find_root().obj
    if not isinstance(found, Session):
        raise TypeError("the command line was not started by console.entry")
    return found


# ------------------------------------------------------------------------------------------------ global options


def _unbound(ctx: typer.Context) -> Session:
    """The session, where store, centre and officer may be chosen. Raises NotAllowed where they are fixed."""
    session = session_of(ctx)
    if session.bound:
        raise NotAllowed(
            "session-bound",
            "本会话的数据、中心和经办人已定，不能另选。",
            "Store, centre and officer of this session are fixed.",
        )
    return session


def _take_store(ctx: typer.Context, value: str | None) -> None:
    if value is not None and not ctx.resilient_parsing:
        _unbound(ctx).choose_store(value)


def _take_centre(ctx: typer.Context, value: str | None) -> None:
    if value is not None and not ctx.resilient_parsing:
        _unbound(ctx).centre_code = value


def _take_officer(ctx: typer.Context, value: str | None) -> None:
    if value is not None and not ctx.resilient_parsing:
        _unbound(ctx).officer = value


def _take_language(ctx: typer.Context, value: str | None) -> None:
    if value is None or ctx.resilient_parsing:
        return
    if value not in words.LANGUAGES:
        raise BadInput("language", "--lang 只能是 zh 或 en。", "--lang must be zh or en.")
    words.choose(value)


def _take_demo(ctx: typer.Context, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        _unbound(ctx).demo = True


_options: list[Any] = []


def global_options() -> list[Any]:
    """The options that every command takes."""
    if not _options:
        app = typer.Typer(add_completion=False)
        app.command()(_with_global_options)
        _options.extend(lightened(get_command(app)).params)
    return _options


def lightened(built_command: Any) -> Any:
    """A command whose options are all plain."""
    for param in built_command.params:
        _lighten(param)
    return built_command


def _lighten(param: Any) -> Any:
    if type(param) is TyperOption:
        param.__class__ = PlainOption
    return param


def _option(*names: str, zh: str, en: str, callback: Any, **more: Any) -> Any:
    return declare(
        *names, help=words.explain(zh, en), callback=callback, expose_value=False, show_default=False, **more
    )


def _with_global_options(
    of_the_run_store: Annotated[
        str | None,
        _option("--store", zh="数据文件或数据库地址", en="store: a path or a database URL", callback=_take_store),
    ] = None,
    of_the_run_centre: Annotated[
        str | None, _option("--centre", zh="指挥中心编码", en="command centre, by code", callback=_take_centre)
    ] = None,
    of_the_run_officer: Annotated[
        str | None, _option("--as", zh="经办人编号或姓名", en="officer who acts", callback=_take_officer)
    ] = None,
    of_the_run_language: Annotated[
        str | None, _option("--lang", zh="语言：zh 或 en", en="language: zh or en", callback=_take_language)
    ] = None,
    of_the_run_demo: Annotated[
        bool, _option("--demo", zh="用示范街道的数据", en="work on the demo street", callback=_take_demo)
    ] = False,
) -> None:
    """Carries the global options; never called. Their names are long so that no command has one of the same name."""
    del of_the_run_store, of_the_run_centre, of_the_run_officer, of_the_run_language, of_the_run_demo
