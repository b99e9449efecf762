"""Tells somebody that a task has failed for good: retries are not told."""

from __future__ import annotations

import json
import logging
import os
import urllib.request
from typing import Any

from millrace.outcome import NotStartedError
from millrace.run import run_id

LOG = logging.getLogger("millrace.alert")
_PATIENCE_SECONDS = 10


def on_failure(context: Any) -> None:
    """One line in the log, and one message to ``MILLRACE_ALERT_URL`` where that is set."""
    thrown = context.get("exception")
    if isinstance(thrown, NotStartedError):
        return
    alert = _alert(context, thrown)
    LOG.error(alert["text"])
    if url := os.environ.get("MILLRACE_ALERT_URL"):
        _post(url, alert)


def _alert(context: Any, thrown: Any) -> dict[str, Any]:
    ti = context["ti"]
    code = getattr(thrown, "code", None)
    return {
        "text": f"{ti.dag_id}: {ti.task_id} failed in run {context['run_id']}. {thrown or 'It ended without a word.'}",
        "pipeline": ti.dag_id,
        "task": ti.task_id,
        "run": run_id(ti.dag_id, context["run_id"]),
        "dag_run": context["run_id"],
        "try": ti.try_number,
        "exit_code": None if code is None else int(code),
        "log_url": getattr(ti, "log_url", None),
    }


def _post(url: str, alert: dict[str, Any]) -> None:
    """A message that cannot be delivered must not hide why the task failed."""
    body = json.dumps(alert).encode()
    try:
        request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS):
            pass
    except (OSError, ValueError) as e:
        LOG.warning("The alert could not be delivered to MILLRACE_ALERT_URL: %s", type(e).__name__)
