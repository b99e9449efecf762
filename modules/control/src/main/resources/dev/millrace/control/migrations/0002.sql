-- The lake's catalog, just as Iceberg would make it when it is first asked for. Made here, under the lock of migrations: jobs
-- that start at once on a new control database would otherwise all try to, and all but one would fail.
create table if not exists lake_catalog.iceberg_tables (
    catalog_name varchar(255) not null,
    table_namespace varchar(255) not null,
    table_name varchar(255) not null,
    metadata_location varchar(1000),
    previous_metadata_location varchar(1000),
    primary key (catalog_name, table_namespace, table_name)
);
alter table lake_catalog.iceberg_tables add column if not exists iceberg_type varchar(5);

create table if not exists lake_catalog.iceberg_namespace_properties (
    catalog_name varchar(255) not null,
    namespace varchar(255) not null,
    property_key varchar(255),
    property_value varchar(1000),
    primary key (catalog_name, namespace, property_key)
);
