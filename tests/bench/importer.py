"""Imports one made file after the other into a store until it is ended: the load beside which others write.

python -m tests.bench.importer STORE FOLDER ROWS SEED
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from tests.bench.importing import import_file
from tests.bench.reports import write_reports


def main() -> None:
    store, folder, rows, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    for number in count():
        made = seed + number
        import_file(Path(store), write_reports(folder / f"reports-{rows}-{made}.csv", rows, made))


if __name__ == "__main__":
    main()
