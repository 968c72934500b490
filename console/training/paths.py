"""Where a trainee's scores are kept. Light: the command that lists them loads no screen."""

from __future__ import annotations

import os

from console.incidents import log_path


def scores_path() -> str:
    """The trainee's scores, in the XDG state folder."""
    return os.path.join(os.path.dirname(log_path()), "training.jsonl")
