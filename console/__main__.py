"""`python -m console` is `zhihui`."""

from __future__ import annotations

from console.entry import main

if __name__ == "__main__":
    raise SystemExit(main())
