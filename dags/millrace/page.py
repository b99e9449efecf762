"""A contract as the page that Airflow shows of its DAG."""

from __future__ import annotations

from collections.abc import Iterator

from millrace.contract import Contract, Table

_KINDS = ("purpose", "usage", "limitations")
_SETTINGS = (
    *("prefix", "layout", "format", "queue", "stream", "eventTime", "period", "dedupWindow", "lookBack"),
    *("quarantineLimit", "model"),
)


def page(contract: Contract) -> str:
    """In Markdown."""
    return "\n".join(_lines(contract)) + "\n"


def _lines(contract: Contract) -> Iterator[str]:
    yield f"# {contract.title}"
    if contract.mistake:
        yield ""
        yield f"**The contract cannot be read, so nothing is scheduled:** {contract.mistake}"
        yield ""
        yield f"`./millrace contract check {contract.pipeline}` tells all mistakes."
        return
    for kind in _KINDS:
        if text := contract.description.get(kind):
            yield ""
            yield text if kind == "purpose" else f"**{kind.capitalize()}:** {text}"
    yield ""
    facts = [f"Contract `{contract.pipeline}`, version {contract.version}"]
    facts += [f"domain {contract.domain}"] if contract.domain else []
    yield ", ".join(facts) + "."
    yield f"Scheduled `{contract.schedule}` (UTC); a run starts {contract.settle} after the end of its interval."
    for table in contract.tables:
        yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    yield ""
    yield f"## {table.name}"
    yield ""
    if table.description:
        yield table.description
        yield ""
    settings = [f"{name} `{table.settings[name]}`" for name in _SETTINGS if name in table.settings]
    if settings:
        yield ", ".join(settings) + "."
        yield ""
    yield "| column | type | required | description |"
    yield "|---|---|---|---|"
    for column in table.columns:
        required = "yes" if column.required else ""
        yield f"| `{column.name}` | {column.type} | {required} | {_cell(column.description)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
