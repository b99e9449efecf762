-- name: patience
select set_config('lock_timeout', ?, false)

-- name: take
select pg_advisory_lock(hashtextextended('millrace table ' || ?, 0))

-- name: fence
insert into fence (table_name, fence) values (?, 1)
on conflict (table_name) do update set fence = fence.fence + 1
returning fence

-- name: confirm
select fence from fence where table_name = ? for update
