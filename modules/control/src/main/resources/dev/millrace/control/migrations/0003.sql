-- What was taken from queues and streams. An object is announced here before it is written, with all that is in it, so that
-- whoever comes after a run that died can tell whether its messages have landed.
create table landing_object (
    object text primary key,
    source text not null,
    announced_at timestamptz not null,
    landed_at timestamptz
);
create index landing_object_announced on landing_object (source) where landed_at is null;

create table landing_message (
    source text not null,
    message_id text not null,
    object text not null references landing_object on delete cascade,
    primary key (source, message_id)
);
create index landing_message_object on landing_message (object);

-- How far an object brings each shard of its stream, and how far they have come.
create table landing_shard (
    object text not null references landing_object on delete cascade,
    shard text not null,
    position text not null,
    primary key (object, shard)
);

create table stream_position (
    source text not null,
    shard text not null,
    position text not null,
    moved_at timestamptz not null,
    primary key (source, shard)
);

-- Where the records of an object were found that Firehose had not delivered.
create table replayed_record (
    object text not null,
    record integer not null,
    original_object text not null,
    original_etag text not null,
    original_record integer not null,
    primary key (object, record)
);
