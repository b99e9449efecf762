-- name: announce
insert into landing_object (object, source, announced_at) values (?, ?, ?)

-- name: announce_messages
insert into landing_message (source, message_id, object) select ?, unnest(?::text[]), ?

-- name: announce_shard
insert into landing_shard (object, shard, position) values (?, ?, ?)

-- name: landed
update landing_object set landed_at = ? where object = ? and landed_at is null

-- name: moved
insert into stream_position (source, shard, position, moved_at)
select landing_object.source, landing_shard.shard, landing_shard.position, landing_object.landed_at
from landing_shard join landing_object using (object)
where object = ?
on conflict (source, shard) do update set position = excluded.position, moved_at = excluded.moved_at

-- name: forsake
delete from landing_object where object = ? and landed_at is null

-- name: announced
select object from landing_object where source = ? and landed_at is null order by object

-- name: known
select message_id
from landing_message join landing_object using (object)
where landing_message.source = ? and message_id = any (?::text[]) and landed_at is not null

-- name: positions
select shard, position from stream_position where source = ? order by shard

-- name: forget
delete from landing_object where source = ? and landed_at < ?
