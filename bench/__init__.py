"""End-to-end benchmarks, with peers on the same work side by side: docs/reference/benchmarks.md.

They drive the product as the acceptance tests do, and so find the tests' harness beside them.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "acceptance"))
