-- name: lock
select pg_advisory_xact_lock(7238946501287340)

-- name: prepare
create schema if not exists millrace;
create schema if not exists lake_catalog;
create table if not exists millrace.migration (
    version integer primary key,
    migrated_at timestamptz not null default now()
)

-- name: version
select coalesce(max(version), 0) from millrace.migration

-- name: migrated
insert into millrace.migration (version) values (?)
