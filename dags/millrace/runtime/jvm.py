"""How the JVM of a job is started, wherever that is."""

from __future__ import annotations

from collections.abc import Mapping

from millrace.runtime import JobCall

# Compiling thoroughly takes longer than reading so much with code compiled quickly.
_SMALL_BYTES = 32 << 20
# What a JVM needs besides its heap: code, threads, buffers of compression and of the network.
_HEAP_SHARE = 0.75


def command(java: str, folder: str, call: JobCall, variables: Mapping[str, str]) -> list[str]:
    """``java``, and all of its arguments. The folder holds what the build wrote; options between win over it."""
    return [java, f"@{folder}/job.args", *_options(call, variables), f"@{folder}/main.args", *call.arguments]


def _options(call: JobCall, variables: Mapping[str, str]) -> list[str]:
    quickly = ["-XX:TieredStopAtLevel=1"] if call.bytes < _SMALL_BYTES else []
    heap = [f"-Xmx{int(call.resources.memory * _HEAP_SHARE) >> 20}m"] if call.resources.memory else []
    own = variables.get(f"MILLRACE_{call.job.upper()}_JAVA_OPTIONS", "").split()
    return [*quickly, *heap, *own]
