-- name: link
insert into replayed_record (object, record, original_object, original_etag, original_record)
select ?, line.record, ?, ?, line.original_record
from unnest(?::integer[]) with ordinality as line (original_record, record)
on conflict (object, record) do nothing
