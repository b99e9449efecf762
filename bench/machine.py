"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib import metadata

from harness.services import Services


def machine(services: Services) -> dict[str, str]:
    """Cores, load at the start, and versions."""
    load = " ".join(f"{value:.2f}" for value in os.getloadavg())
    with services.database("postgres") as connection:
        row = connection.execute("show server_version").fetchone()
    return {
        "cores": str(os.cpu_count()),
        "load at start": load,
        "memory": f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB",
        "system": platform.platform(terse=True),
        "Java": _first_line("java", "-version"),
        "Postgres": str(row[0]) if row else "",
        "DuckDB": metadata.version("duckdb"),
        "psql": _first_line("psql", "--version"),
        "Python": platform.python_version(),
    }


def _first_line(*command: str) -> str:
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return (ended.stdout + ended.stderr).splitlines()[0]
