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
    project: Path
    pipelines: Path

    @staticmethod
    def here(variables: Mapping[str, str] = os.environ) -> Installation:
        """As ``MILLRACE_HOME``, ``MILLRACE_PROJECT`` and ``MILLRACE_PIPELINES`` say.

        Without them, the checkout of this file is the project too. Pipelines lie in the project's ``dags/pipelines``,
        where jobs look for them; whoever names that folder need not name the project.
        """
        home = Path(variables.get("MILLRACE_HOME") or _HERE.parents[2])
        named = variables.get("MILLRACE_PIPELINES")
        project = Path(variables.get("MILLRACE_PROJECT") or (Path(named).parents[1] if named else home))
        return Installation(home, project, Path(named or project / "dags" / "pipelines"))

    def target(self, job: str) -> Path:
        """What the build made of a job."""
        return self.home / "modules" / job / "target"

    @staticmethod
    def java(variables: Mapping[str, str]) -> str:
        """The program that jobs are started with."""
        if java := variables.get("MILLRACE_JAVA"):
            return java
        java_home = variables.get("JAVA_HOME")
        return str(Path(java_home) / "bin" / "java") if java_home else "java"
