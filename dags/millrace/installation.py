"""Where things lie: the one module that knows folders and variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).resolve()


@dataclass(frozen=True, slots=True)
class Installation:
    """The checkout that jobs are started from, and the project whose pipelines they run."""

    home: Path
    pipelines: Path

    @staticmethod
    def here(variables: Mapping[str, str] = os.environ) -> Installation:
        """As ``MILLRACE_HOME`` and ``MILLRACE_PIPELINES`` say; without them, the checkout of this file."""
        home = Path(variables.get("MILLRACE_HOME") or _HERE.parents[2])
        pipelines = Path(variables.get("MILLRACE_PIPELINES") or home / "dags" / "pipelines")
        return Installation(home, pipelines)

    @property
    def project(self) -> Path:
        """The folder with ``millrace.yaml``, of which ``dags/pipelines`` is a part."""
        return self.pipelines.parent.parent

    def target(self, job: str) -> Path:
        """What the build made of a job."""
        return self.home / "modules" / job / "target"
