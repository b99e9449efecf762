"""Real servers of queues and of streams, and what of their messages has landed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from harness.ports import free_port
from harness.product import Product
from harness.services import ROOT

_PATIENCE_SECONDS = 60
_BATCH = 10
# The steps of `land` at which it may die.
LAND = ("land.received", "land.announced", "land.written", "land.booked", "land.deleted")
KEYS = {"accessKey": "test", "secretKey": {"env": "MILLRACE_TEST_SECRET_KEY"}}


def client(service: str, endpoint: str) -> Any:
    """A client of a local server."""
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client(service, endpoint_url=endpoint, region_name="us-east-1", **keys)  # type: ignore[call-overload]


@contextmanager
def serving(command: Sequence[str], environment: dict[str, str], log: Path, *, folder: Path) -> Iterator[None]:
    """A server, ended when the block ends."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        yield
    finally:
        # It keeps nothing, and some wait for their clients before they end.
        process.kill()
        process.wait(timeout=_PATIENCE_SECONDS)


def await_answer(service: Any, call: str, log: Path) -> None:
    """Waits until the server answers."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            getattr(service, call)()
            return
        except (BotoCoreError, ClientError):
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8", errors="replace")[-2000:]
            time.sleep(0.1)


@contextmanager
def queue_server(folder: Path) -> Iterator[Any]:
    """An SQS; gives a client of it."""
    port = free_port()
    environment = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "PERSIST_STATE": "0",
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / "s3"),
        "SERVICES": "sqs",
    }
    command = [str(Path(sys.executable).parent / "ministack")]
    with serving(command, environment, folder / "queues.log", folder=folder):
        sqs = client("sqs", f"http://127.0.0.1:{port}")
        await_answer(sqs, "list_queues", folder / "queues.log")
        yield sqs


@contextmanager
def stream_server(folder: Path) -> Iterator[Any]:
    """A Kinesis that splits and merges shards as AWS does; gives a client of it."""
    package = ROOT / ".millrace" / "servers" / "node_modules" / "kinesis-local"
    if not package.exists():
        raise FileNotFoundError(f"{package} is not there: ./millrace test python installs it")
    plain, tls = free_port(), free_port()
    environment = {
        "KINESIS_MOCK_PLAIN_PORT": str(plain),
        "KINESIS_MOCK_TLS_PORT": str(tls),
        "LOG_LEVEL": "ERROR",
        "SHARD_LIMIT": "100",
    }
    # It reads a file beside it.
    with serving(["node", "main.js"], environment, folder / "streams.log", folder=package):
        kinesis = client("kinesis", f"http://127.0.0.1:{plain}")
        await_answer(kinesis, "list_streams", folder / "streams.log")
        yield kinesis


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue, as whoever sends to it sees it."""

    sqs: Any
    name: str
    address: str

    @staticmethod
    def make(sqs: Any, name: str) -> Queue:
        """A new queue."""
        return Queue(sqs, name, sqs.create_queue(QueueName=name)["QueueUrl"])

    def send(self, bodies: Sequence[str]) -> dict[str, str]:
        """Sends messages; gives back their bodies by their ids."""
        sent: dict[str, str] = {}
        for first in range(0, len(bodies), _BATCH):
            some = bodies[first : first + _BATCH]
            entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(some)]
            answer = self.sqs.send_message_batch(QueueUrl=self.address, Entries=entries)
            assert not answer.get("Failed"), answer
            sent |= {one["MessageId"]: some[int(one["Id"])] for one in answer["Successful"]}
        return sent

    def receive(self) -> list[str]:
        """The ids of messages that another consumer gets now."""
        answer = self.sqs.receive_message(QueueUrl=self.address, MaxNumberOfMessages=_BATCH, VisibilityTimeout=1)
        return [message["MessageId"] for message in answer.get("Messages", [])]

    def count(self) -> tuple[int, int]:
        """How many messages wait, and how many are hidden as somebody holds them."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=self.address, AttributeNames=names)["Attributes"]
        return int(found[names[0]]), int(found[names[1]])


def landed_messages(product: Product, prefix: str) -> list[dict[str, Any]]:
    """Every message in every object, in the order of keys."""
    keys = [content["Key"] for content in product.objects(prefix)]
    return [json.loads(line) for key in keys for line in product.landed(key).splitlines()]
