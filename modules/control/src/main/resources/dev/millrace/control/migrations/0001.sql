create table run (
    run_id text not null,
    stage text not null,
    pipeline text not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    exit_code integer,
    sentence text,
    facts jsonb,
    primary key (run_id, stage)
);
comment on table run is 'Every attempt of a stage, and how it ended.';

create table fence (
    table_name text primary key,
    fence bigint not null
);
comment on table fence is 'The number of the last holder of a table''s lock: whoever comes with a smaller one is an orphan.';

create table hour (
    table_name text not null,
    hour text not null,
    generation bigint not null,
    held boolean not null,
    made_of jsonb not null,
    landed bigint not null,
    clean bigint not null,
    duplicate bigint not null,
    quarantined bigint not null,
    published bigint not null,
    plan_id text not null,
    changed_at timestamptz not null,
    primary key (table_name, hour),
    check (landed = clean + duplicate + quarantined)
);
comment on table hour is 'The stamp and the books of each landing hour as last examined; published: rows of it in the clean table.';

create table hour_object (
    table_name text not null,
    hour text not null,
    object text not null,
    etag text not null,
    size bigint not null,
    repeats text,
    present boolean not null,
    published boolean not null,
    landed bigint not null,
    clean bigint not null,
    duplicate bigint not null,
    quarantined bigint not null,
    primary key (table_name, hour, object),
    foreign key (table_name, hour) references hour on delete cascade,
    check (landed = clean + duplicate + quarantined)
);
comment on table hour_object is 'The books of each landed object; present: seen at the last listing; repeats: the earlier object with the same content.';

create table hour_reason (
    table_name text not null,
    hour text not null,
    reason text not null,
    records bigint not null,
    primary key (table_name, hour, reason),
    foreign key (table_name, hour) references hour on delete cascade
);

create table edge (
    table_name text not null,
    hour text not null,
    period text not null,
    rows bigint not null,
    content text not null,
    keys text not null,
    primary key (table_name, hour, period),
    foreign key (table_name, hour) references hour on delete cascade
);
comment on table edge is 'What each hour feeds into each event period: an order-independent digest of its rows, and one of their keys.';

create table plan (
    plan_id text primary key,
    pipeline text not null,
    created_at timestamptz not null,
    body jsonb not null,
    committed_at timestamptz
);

create table plan_shard (
    plan_id text not null references plan on delete cascade,
    shard integer not null,
    body jsonb not null,
    primary key (plan_id, shard)
);

create table partition (
    table_name text not null,
    period text not null,
    layer text not null check (layer in ('base', 'model')),
    made_of jsonb not null,
    content text not null,
    rows bigint not null,
    duplicates bigint not null,
    duplicate_content text not null,
    run_id text not null,
    built_at timestamptz not null,
    primary key (table_name, period)
);
comment on table partition is 'The stamp and the content of each period of a base table or model.';
