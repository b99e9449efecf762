"""What happens to a data set, one step after another, and a file format to replay it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any, Literal

from oracle.tables import Settings

ModelVariant = Literal["v1", "v2"]


@dataclass(frozen=True, slots=True)
class Put:
    """An object lands under its key, anew or in place of another."""

    key: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Remove:
    """An object goes from the landing bucket."""

    key: str


@dataclass(frozen=True, slots=True)
class ChangeSettings:
    """From now on the contract says this."""

    settings: Settings


@dataclass(frozen=True, slots=True)
class ChangeModel:
    """From now on the model's SQL is this variant."""

    variant: ModelVariant


@dataclass(frozen=True, slots=True)
class Run:
    """All stages over the landing hours from ``from_hour`` up to, but without, ``to_hour``."""

    from_hour: str
    to_hour: str


Operation = Put | Remove | ChangeSettings | ChangeModel | Run


@dataclass(frozen=True, slots=True)
class Scenario:
    """Operations on one data set, beginning with an empty bucket, the contract and the model of the repository."""

    dataset: str
    seed: int
    operations: tuple[Operation, ...]

    def to_json(self) -> str:
        """A text from which ``from_json`` makes the same scenario."""
        operations = [_to_members(operation) for operation in self.operations]
        members = {"dataset": self.dataset, "seed": self.seed, "operations": operations}
        return json.dumps(members, ensure_ascii=True, indent=1)

    @staticmethod
    def from_json(text: str) -> Scenario:
        """The scenario that ``to_json`` wrote."""
        members = json.loads(text)
        operations = tuple(_of_members(operation) for operation in members["operations"])
        return Scenario(members["dataset"], members["seed"], operations)


def _to_members(operation: Operation) -> dict[str, Any]:
    match operation:
        case Put(key, data):
            return {"do": "put", "key": key, "data": base64.b64encode(data).decode("ascii")}
        case Remove(key):
            return {"do": "remove", "key": key}
        case ChangeSettings(settings):
            return {"do": "settings", "settings": settings.to_json()}
        case ChangeModel(variant):
            return {"do": "model", "variant": variant}
        case Run(from_hour, to_hour):
            return {"do": "run", "from": from_hour, "to": to_hour}


def _of_members(members: dict[str, Any]) -> Operation:
    match members["do"]:
        case "put":
            return Put(members["key"], base64.b64decode(members["data"]))
        case "remove":
            return Remove(members["key"])
        case "settings":
            return ChangeSettings(Settings.from_json(members["settings"]))
        case "model":
            return ChangeModel(members["variant"])
        case "run":
            return Run(members["from"], members["to"])
        case unknown:
            raise ValueError(f"no operation '{unknown}'")
