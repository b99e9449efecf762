"""What the jobs of one DAG run have in common."""

from __future__ import annotations

import hashlib
import re

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_DIGEST_LENGTH = 8


def run_id(pipeline: str, airflow_run_id: str) -> str:
    """Names the run in ledgers, lake and logs. It stays the same however often a task is tried.

    Airflow's run ids are alike in all DAGs and hold characters that are unsafe in object keys.
    """
    name = f"{pipeline}.{airflow_run_id}"
    safe = _UNSAFE.sub("-", name)
    return safe if safe == name else f"{safe}.{hashlib.sha256(name.encode()).hexdigest()[:_DIGEST_LENGTH]}"
