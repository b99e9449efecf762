-- name: partitions
select period, layer, made_of, content, rows, duplicates, duplicate_content, run_id
from partition
where table_name = ?

-- name: save
insert into partition
    (table_name, period, layer, made_of, content, rows, duplicates, duplicate_content, run_id, built_at)
values (?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?)
on conflict (table_name, period) do update set
    layer = excluded.layer,
    made_of = excluded.made_of,
    content = excluded.content,
    rows = excluded.rows,
    duplicates = excluded.duplicates,
    duplicate_content = excluded.duplicate_content,
    run_id = excluded.run_id,
    built_at = excluded.built_at
