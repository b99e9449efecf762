"""What is in the lake, as another reader of Iceberg tables sees it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from pyiceberg.catalog.sql import SqlCatalog
from sqlalchemy import URL

from harness.product import Product
from harness.services import Services


class LakeView:
    """The lake's tables of one product, named as ``base.checkins``."""

    def __init__(self, services: Services, product: Product) -> None:
        self._s3 = services.s3()
        self._bucket = f"{product.landing.removesuffix('-landing')}-lake"
        url = URL.create(
            "postgresql+psycopg",
            services.user,
            services.password,
            services.host,
            services.port,
            product.control,
            {"options": "-csearch_path=lake_catalog"},
        )
        self._catalog = SqlCatalog(
            "millrace",
            **{
                "uri": url.render_as_string(hide_password=False),
                "init_catalog_tables": "false",
                "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO",
                "s3.endpoint": services.endpoint,
                "s3.access-key-id": services.access_key,
                "s3.secret-access-key": services.secret_key,
                "s3.region": "us-east-1",
            },
        )

    def tables(self) -> list[str]:
        """Every table that is there."""
        found: list[str] = []
        for namespace in self._catalog.list_namespaces():
            found += [".".join(table) for table in self._catalog.list_tables(namespace)]
        return sorted(found)

    def files(self, table: str) -> dict[str, set[str]]:
        """The data files of the present snapshot, by partition."""
        by_partition: dict[str, set[str]] = defaultdict(set)
        for task in self._catalog.load_table(table).scan().plan_files():
            by_partition[str(task.file.partition[0])].add(task.file.file_path)
        return dict(by_partition)

    def places(self, table: str) -> list[tuple[Any, ...]]:
        """Hour, object, ETag and record number of every row that landed in the table."""
        columns = ("_hour", "_object", "_etag", "_record")
        found = self._catalog.load_table(table).scan(selected_fields=columns).to_arrow()
        return [tuple(row[column] for column in columns) for row in found.to_pylist()]

    def snapshots(self, table: str) -> tuple[int | None, list[int]]:
        """The present snapshot, and all that are kept."""
        metadata = self._catalog.load_table(table).metadata
        return metadata.current_snapshot_id, sorted(snapshot.snapshot_id for snapshot in metadata.snapshots)

    def state(self) -> dict[str, Any]:
        """Everything that a run that does nothing leaves as it is."""
        return {table: (self.snapshots(table), self.files(table)) for table in self.tables()}

    def keys(self) -> set[str]:
        """Every object below the lake's root, referenced or not."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket)
        return {content["Key"] for page in pages for content in page.get("Contents", [])}
