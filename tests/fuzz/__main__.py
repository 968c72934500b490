"""`python -m tests.fuzz`: every reader of bytes from outside under a coverage-guided fuzzer, and a planted bug.

The exit code is 1 when anything was found, or when the planted bug was not.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests.fuzz.corpus import keep, kept
from tests.fuzz.planted import TARGETS as PLANTED
from tests.fuzz.targets import TARGETS, Target

REPOSITORY = Path(__file__).resolve().parents[2]
MEMORY_MIB = 512
"""A target that takes more is a finding (reliability.md 3, fault i)."""
SLOWEST = 10
"""Seconds that one input may take."""
LONGEST = 12_288
"""Bytes of an input."""
KEPT_MOST, KEPT_BYTES = 30, 400
"""New inputs of one run that are kept, and their length at most."""
STARTING = 120
"""Seconds that a process may take to load and to read its corpus, beside the time that it fuzzes."""
PLANTED_RUNS = 2_000_000
_TRIES, _FEATURES, _MEMORY = (
    re.compile(pattern, re.MULTILINE) for pattern in (r"^#(\d+)\s", r"\bft: (\d+)", r"\brss: (\d+)Mb")
)
"""What libFuzzer says of itself as it goes."""


@dataclass(frozen=True)
class Fuzzed:
    """What came of one target."""

    name: str
    tries: int
    features: int
    peak_mib: int
    found: str
    """What was found, as the last lines of its traceback; empty when it held."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz what is asked for, two at a time or one per core, and say how it went."""
    wanted = _parser().parse_args(arguments)
    names = wanted.only.split(",") if wanted.only else list(TARGETS)
    if unknown := [name for name in names if name not in TARGETS]:
        _say(f"no target {', '.join(unknown)}; there are: {', '.join(TARGETS)}")
        return 2
    _say(f"# seed {wanted.seed}; {wanted.seconds} s for each of {len(names)} targets")
    with ThreadPoolExecutor(wanted.jobs) as pool:
        ends = list(pool.map(lambda name: _fuzz(name, TARGETS[name], wanted), names))
    canary = _fuzz("planted", PLANTED["planted"], wanted)
    for end in ends:
        _say(_row(end))
    _say(f"{'planted':18} {'found' if canary.found else 'NOT FOUND'}")
    _say(f"# {sum(end.tries for end in ends):,} tries, {sum(bool(end.found) for end in ends)} findings")
    for end in ends:
        if end.found:
            _say(f"\n== {end.name}\n{end.found}")
    return int(any(end.found for end in ends) or not canary.found)


def _fuzz(name: str, target: Target, wanted: argparse.Namespace) -> Fuzzed:
    with tempfile.TemporaryDirectory(prefix=f"zhihui-fuzz-{name}-") as folder:
        room = Path(folder)
        _lay_out(room, name, target)
        limit = [f"-runs={PLANTED_RUNS}"] if name in PLANTED else [f"-max_total_time={wanted.seconds}"]
        ended = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.one", name, *limit, *_options(room, wanted.seed), str(room / "inputs")],
            cwd=REPOSITORY,
            env={**os.environ, "HOME": folder, "XDG_CONFIG_HOME": folder, "PYTHONUTF8": "1"},
            capture_output=True,
            timeout=wanted.seconds * 3 + 2 * STARTING,
        )
        said = ended.stderr.decode("utf-8", "replace") + ended.stdout.decode("utf-8", "replace")
        if wanted.keep and name in TARGETS:
            keep(name, _worth_keeping(room, name))
        tries, features, memory = (
            max(map(int, pattern.findall(said)), default=0) for pattern in (_TRIES, _FEATURES, _MEMORY)
        )
        return Fuzzed(name, tries, features, memory, _finding(room, said) if ended.returncode else "")


def _lay_out(room: Path, name: str, target: Target) -> None:
    """The folders and the dictionary of one run."""
    inputs = room / "inputs"
    inputs.mkdir()
    for given in [*kept(name), *(word.encode("utf-8", "surrogatepass") for word in target.words)]:
        (inputs / sha256(given).hexdigest()).write_bytes(given)
    quoted = ("".join(f"\\x{byte:02x}" for byte in word.encode("utf-8", "surrogatepass")) for word in target.words)
    (room / "words").write_text("".join(f'"{word}"\n' for word in quoted) or '"a"\n', "ascii")


def _options(room: Path, seed: int) -> list[str]:
    return [
        *(f"-seed={seed}", f"-dict={room / 'words'}", f"-artifact_prefix={room}/found-", f"-max_len={LONGEST}"),
        *(f"-timeout={SLOWEST}", f"-rss_limit_mb={MEMORY_MIB}", "-verbosity=1"),
    ]


def _worth_keeping(room: Path, name: str) -> list[bytes]:
    """What was kept before, whatever broke a promise, and some short inputs that the fuzzer found to reach more."""
    before = kept(name)
    reached = sorted((path.read_bytes() for path in (room / "inputs").iterdir()), key=lambda given: (len(given), given))
    added = [given for given in reached if len(given) <= KEPT_BYTES and given not in before][-KEPT_MOST:]
    return [*before, *added, *(path.read_bytes() for path in room.glob("found-*"))]


def _finding(room: Path, said: str) -> str:
    inputs = [repr(path.read_bytes()[:300]) for path in room.glob("found-*")]
    begin = said.find("Uncaught Python exception")
    lines = said[begin:].splitlines()[:40] if begin >= 0 else said.splitlines()[-15:]
    return "\n".join([*lines, *(f"input: {text}" for text in inputs)])


def _row(end: Fuzzed) -> str:
    held = "FOUND" if end.found else "held"
    return f"{end.name:18} {end.tries:>12,} tries {end.features:>7,} features {end.peak_mib:>5} MiB  {held}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--only", default="", help=f"some of: {', '.join(TARGETS)}")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31), help="repeats the fuzzer's choices")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="targets at once")
    parser.add_argument("--keep", action="store_true", help="write what was worth it into tests/fuzz/corpus")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
