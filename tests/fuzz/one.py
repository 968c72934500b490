"""One target under the coverage-guided fuzzer, in a process of its own, with arguments as libFuzzer has them.

Needs atheris (`make fuzz` installs it). Everything of ours is instrumented, and so is what reads TOML.
"""

from __future__ import annotations

import sys

import atheris


def main(name: str, arguments: list[str]) -> None:
    """Fuzz until a limit of libFuzzer or a finding ends the process."""
    with atheris.instrument_imports(include=["console", "core", "data", "tests.fuzz.targets", "tests.fuzz.planted"]):
        from tests.fuzz import planted, targets

    target = planted.TARGETS[name] if name in planted.TARGETS else targets.TARGETS[name]
    atheris.Setup([name, *arguments], lambda given: targets.answered(target, given))
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
