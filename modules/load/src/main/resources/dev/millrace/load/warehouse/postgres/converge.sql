-- name: filled_periods
select asked.period
from unnest(?) as asked (period)
where exists (select from {target} as held where held._period = asked.period)

-- name: create_staging
create unlogged table {staging} (like {target})

-- name: analyze_staging
analyze {staging}

-- name: drop_staging
drop table if exists {staging}

-- name: copy
copy {into} ({columns}) from stdin (format binary)

-- name: settings
set local enable_nestloop = off;
set local enable_mergejoin = off;
set local jit = off;
set local work_mem = '64MB'

-- name: delete
delete from {target} as held
where held._period = any (?)
    and not exists (select from {staging} as staged where staged._period = held._period and {match})

-- name: update
update {target} as held
set {assign}
from {staging} as staged
where held._period = any (?)
    and staged._period = held._period
    and {match}
    and ({held}) is distinct from ({staged})

-- name: insert
insert into {target} ({columns})
select {staged}
from {staging} as staged
where not exists (
    select from {target} as held
    where held._period = any (?) and held._period = staged._period and {match}
)

-- name: delete_periods
delete from {target} where _period = any (?)

-- name: insert_periods
insert into {target} ({columns})
select {staged}
from {staging} as staged
where staged._period = any (?)

-- name: count_periods
select _period, count(*) from {target} where _period = any (?) group by _period

-- name: summarize
select brin_summarize_new_values(to_regclass(?))

-- name: match_required
held.{column} = staged.{column}

-- name: match_nullable
-- A comparison that a hash join can use, unlike "is not distinct from".
coalesce(held.{column}, {stand_in}) = coalesce(staged.{column}, {stand_in}) and (held.{column} is null) = (staged.{column} is null)

-- name: stand_in_text
''

-- name: stand_in_number
0

-- name: stand_in_boolean
false

-- name: stand_in_date
date '2000-01-01'

-- name: stand_in_timestamptz
timestamptz '2000-01-01 00:00:00+00'
