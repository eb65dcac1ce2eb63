"""`python -m local.artifacts`: fetch every program into the cache, so that later starts need no network."""

import sys

from local.errors import LocalError
from local.paths import cache_folder

from . import Cache, java, opensearch, postgres, redis, this_platform


def main() -> int:
    """Fetch and say where things are; return the exit code."""
    reported: dict[str, int] = {}

    def progress(name: str, total: int, done: int) -> None:
        tenths = 10 * done // total if total else 0
        if reported.get(name) != tenths:
            reported[name] = tenths
            print(f"{name}: {10 * tenths} % of {total / 1e6:.0f} MB", flush=True)  # noqa: T201 - a program's own output

    cache = Cache(cache_folder())
    try:
        platform = this_platform()
        found = (
            java(cache),
            opensearch(cache, progress),
            postgres(cache, platform, progress),
            redis(cache, platform, progress),
        )
    except LocalError as error:
        print(error, file=sys.stderr)  # noqa: T201 - likewise
        return 1
    print(*found, sep="\n")  # noqa: T201 - likewise
    return 0


if __name__ == "__main__":
    sys.exit(main())
