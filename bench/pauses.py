"""How long a full garbage collection stops the server: `python -m bench.pauses`.

Once with all that is loaded, and once as the server does it, with what is loaded set aside.
"""

from __future__ import annotations

import gc
import time
from statistics import median

from graph import cli
from graph.schema import create_schema

REPETITIONS = 15


def pause() -> float:
    """Return the seconds that a full collection takes."""
    took = []
    for _ in range(REPETITIONS):
        began = time.perf_counter()
        gc.collect()
        took.append(time.perf_counter() - began)
    return median(took)


def main() -> None:
    loaded = cli, create_schema()
    gc.collect()
    objects, before = len(gc.get_objects()), pause()
    gc.freeze()
    after = pause()
    print(f"{len(loaded)} roots, {objects:,} objects: {before * 1_000:.2f} ms; set aside: {after * 1_000:.3f} ms")


if __name__ == "__main__":
    main()
