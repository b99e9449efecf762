"""The files that tell Millrace what a scenario's settings and model variant tell the oracle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from oracle.operations import ModelVariant
from oracle.tables import Settings, SourceTable, default_settings, source_tables

_PIPELINES = Path(__file__).resolve().parents[2] / "dags" / "pipelines"
MODELS = {
    "consents": "consent_metrics",
    "checkins": "checkin_daily_hours",
    "symbols": "symbol_daily",
    "mobility": "city_hour_activity",
}
"""The model of each data set that has one."""
_NARROWER = {
    "consents": ("from consent_events\n", "where country is not null\n"),
    "checkins": ("group by cast(checked_in_at as date), user_name, project\n", "having sum(hours) > 0\n"),
    "symbols": (
        "where initials.at >= :period_start and initials.at < :period_end\n",
        "  and initials.symbol rlike '^[a-z]$'\n",
    ),
    "mobility": ("  from track_events\n", "  where context_timezone is not null\n"),
}
"""What the second variant of a model has besides, and after which line."""


def model_path(dataset: str) -> str:
    """Where the contract says its model's SQL is, from the contract's folder."""
    return f"models/{MODELS[dataset]}.sql"


def model_sql(dataset: str, variant: ModelVariant) -> str:
    """The model's SQL: the repository's, or a variant of it."""
    sql = (_PIPELINES / dataset / model_path(dataset)).read_text(encoding="utf-8")
    if variant == "v1":
        return sql
    line, condition = _NARROWER[dataset]
    before, after = sql.split(line)
    return before + line + condition + after


def patched_contract(dataset: str, settings: Settings) -> str:
    """The repository's contract with the settings applied that differ from it; its own text where none does."""
    import yaml

    text = (_PIPELINES / dataset / "contract.yaml").read_text(encoding="utf-8")
    default = default_settings(dataset)
    if settings == default:
        return text
    contract = yaml.safe_load(text)
    tables = {table.name: table for table in source_tables(dataset)}
    for table in contract["schema"]:
        if table["name"] in tables:
            _patch(table, tables[table["name"]], settings, default)
    patched: str = yaml.safe_dump(contract, sort_keys=False, allow_unicode=True, width=1000)
    return patched


def _patch(written: dict[str, Any], table: SourceTable, settings: Settings, default: Settings) -> None:
    changes = _changed_properties(settings, default)
    if not table.key:
        changes.pop("dedupWindow", None)
    _set_properties(written, changes)
    for one, column in zip(written["properties"], table.columns, strict=True):
        _require(one, column.name in settings.required)
        if column.time_formats and settings.time_formats != default.time_formats:
            _set_properties(one, {"timeFormats": list(settings.time_formats)})


def _changed_properties(settings: Settings, default: Settings) -> dict[str, Any]:
    named = {
        "quarantineLimit": (f"{settings.quarantine_limit}%", settings.quarantine_limit != default.quarantine_limit),
        "dedupWindow": (f"{settings.dedup_window}h", settings.dedup_window != default.dedup_window),
        "lookBack": (f"{settings.look_back}h", settings.look_back != default.look_back),
        "repeatedObjects": (settings.repeated_objects, settings.repeated_objects != default.repeated_objects),
        "maxRecordBytes": (f"{settings.max_record_bytes}B", settings.max_record_bytes != default.max_record_bytes),
    }
    return {name: value for name, (value, has_changed) in named.items() if has_changed}


def _set_properties(owner: dict[str, Any], changes: dict[str, Any]) -> None:
    """Sets the custom properties in place, those that are new after those that are there."""
    properties = {entry["property"]: entry["value"] for entry in owner.get("customProperties", [])} | changes
    if properties:
        owner["customProperties"] = [{"property": name, "value": value} for name, value in properties.items()]


def _require(column: dict[str, Any], is_required: bool) -> None:
    column.pop("required", None)
    if is_required:
        column["required"] = True
