-- name: next
select count(*) from plan where plan_id = ? or starts_with(plan_id, ? || '.')

-- name: freeze
insert into plan (plan_id, pipeline, created_at, body) values (?, ?, ?, ?::jsonb)

-- name: freeze_shard
insert into plan_shard (plan_id, shard, body) values (?, ?, ?::jsonb)

-- name: body
select body from plan where plan_id = ?

-- name: shard
select body from plan_shard where plan_id = ? and shard = ?

-- name: committed
update plan set committed_at = ? where plan_id = ?
