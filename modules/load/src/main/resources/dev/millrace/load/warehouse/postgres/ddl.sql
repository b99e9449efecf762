-- name: shape
select
    attribute.attname as name,
    format_type(attribute.atttypid, attribute.atttypmod) as type,
    attribute.attnotnull as required,
    coalesce(col_description(attribute.attrelid, attribute.attnum), '') as description
from pg_catalog.pg_attribute as attribute
where attribute.attrelid = to_regclass(?) and attribute.attnum > 0 and not attribute.attisdropped
order by attribute.attnum

-- name: description
select coalesce(obj_description(to_regclass(?), 'pg_class'), '')

-- name: create
create table if not exists {target} ({definitions})

-- name: definition
{column} {type}

-- name: required_definition
{column} {type} not null

-- name: period_definition
-- The order of bytes is that of time, and quicker to compare than a language's.
{column} {type} collate "C" not null

-- name: index
-- A period is found wherever its rows lie, and the index costs a load half of what a btree does.
create index if not exists {index} on {target} using brin (_period text_bloom_ops (n_distinct_per_range = 32))

-- name: add
alter table {target} add column if not exists {column} {type}

-- name: widen
alter table {target} alter column {column} type {type}

-- name: relax
alter table {target} alter column {column} drop not null

-- name: comment_table
comment on table {target} is {text}

-- name: comment_column
comment on column {target}.{column} is {text}
