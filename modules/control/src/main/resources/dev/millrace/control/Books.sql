-- name: hours
select hour, generation, held, made_of, published, plan_id
from hour
where table_name = ? and hour >= ? and hour < ?

-- name: objects
select hour, object, etag, size, repeats, present, published, landed, clean, duplicate, quarantined
from hour_object
where table_name = ? and hour >= ? and hour < ?
order by hour, object collate "C"

-- name: reasons
select hour, reason, records
from hour_reason
where table_name = ? and hour >= ? and hour < ?

-- name: edges
select hour, period, rows, content, keys
from edge
where table_name = ?
order by hour, period

-- name: announce
insert into hour
    (table_name, hour, generation, held, made_of, landed, clean, duplicate, quarantined, published, plan_id, changed_at)
values (?, ?, 1, false, jsonb_build_object('publishing', ?::text), 0, 0, 0, 0, 0, '', ?)
on conflict (table_name, hour) do update set
    generation = hour.generation + 1,
    made_of = hour.made_of || excluded.made_of

-- name: save_hour
insert into hour
    (table_name, hour, generation, held, made_of, landed, clean, duplicate, quarantined, published, plan_id, changed_at)
values (?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?)
on conflict (table_name, hour) do update set
    generation = excluded.generation,
    held = excluded.held,
    made_of = excluded.made_of,
    landed = excluded.landed,
    clean = excluded.clean,
    duplicate = excluded.duplicate,
    quarantined = excluded.quarantined,
    published = excluded.published,
    plan_id = excluded.plan_id,
    changed_at = excluded.changed_at

-- name: forget_objects
delete from hour_object where table_name = ? and hour = ?

-- name: save_object
insert into hour_object
    (table_name, hour, object, etag, size, repeats, present, published, landed, clean, duplicate, quarantined)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: forget_reasons
delete from hour_reason where table_name = ? and hour = ?

-- name: save_reason
insert into hour_reason (table_name, hour, reason, records) values (?, ?, ?, ?)

-- name: forget_edges
delete from edge where table_name = ? and hour = ?

-- name: save_edge
insert into edge (table_name, hour, period, rows, content, keys) values (?, ?, ?, ?, ?, ?)
