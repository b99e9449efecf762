-- name: lock
select pg_advisory_xact_lock(7238946501287341)

-- name: prepare
create schema if not exists millrace;
create schema if not exists millrace_internal;
create table if not exists millrace_internal.version (
    version integer not null
);
create table if not exists millrace_internal.ledger (
    table_name text not null,
    period text not null,
    content text not null,
    rows bigint not null,
    fence bigint not null,
    run_id text not null,
    loaded_at timestamptz not null,
    primary key (table_name, period)
);
comment on table millrace_internal.ledger is 'What each period of each table was loaded from; written in the load''s own transaction.';
create table if not exists millrace_internal.fence (
    table_name text primary key,
    fence bigint not null,
    committed bigint not null
);
comment on table millrace_internal.fence is 'The number of each table''s last attempt, and of the last that committed: an attempt with a smaller number is an orphan.'

-- name: exists
select to_regclass('millrace_internal.ledger') is not null

-- name: set_version
insert into millrace_internal.version (version)
select ? where not exists (select from millrace_internal.version)

-- name: version
select max(version) from millrace_internal.version

-- name: ledger
select period, content, rows, fence, run_id
from millrace_internal.ledger
where table_name = ?

-- name: take_fence
insert into millrace_internal.fence as held (table_name, fence, committed) values (?, 1, 0)
on conflict (table_name) do update set fence = held.fence + 1
returning fence

-- name: confirm_fence
select fence from millrace_internal.fence where table_name = ? for update

-- name: commit_fence
update millrace_internal.fence set committed = ? where table_name = ?

-- name: committed
select committed from millrace_internal.fence where table_name = ? for update

-- name: save
insert into millrace_internal.ledger (table_name, period, content, rows, fence, run_id, loaded_at)
values (?, ?, ?, ?, ?, ?, ?)
on conflict (table_name, period) do update set
    content = excluded.content,
    rows = excluded.rows,
    fence = excluded.fence,
    run_id = excluded.run_id,
    loaded_at = excluded.loaded_at

-- name: forget
delete from millrace_internal.ledger where table_name = ? and period = ?

-- name: staging_tables
select relname
from pg_catalog.pg_class
where relnamespace = 'millrace_internal'::regnamespace and relkind = 'r' and starts_with(relname, 'staging_')

-- name: patience
select set_config('lock_timeout', ?, false)

-- name: patience_in_transaction
select set_config('lock_timeout', ?, true)
