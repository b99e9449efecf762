-- name: exists
select to_regclass(?) is not null

-- name: fast
select _period, count(*), coalesce(sum(hash_record_extended(row({values}), 0)), 0)
from {target}
where ? or _period = any (?)
group by _period

-- name: md5
select _period, count(*), coalesce(sum(('x' || substr(md5({values}), 1, 15))::bit(60)::bigint), 0)
from {target}
where ? or _period = any (?)
group by _period

-- name: fast_text
{column}::text

-- name: fast_boolean
boolsend({column})

-- name: fast_int4
int4send({column})

-- name: fast_int8
int8send({column})

-- name: fast_numeric
numeric_send({column})

-- name: fast_float8
float8send({column} + 0)

-- name: fast_date
date_send({column})

-- name: fast_timestamptz
timestamptz_send({column})

-- name: md5_text
coalesce(octet_length({column}) || ':' || {column}, '-')

-- name: md5_boolean
case {column} when true then '1:t' when false then '1:f' else '-' end

-- name: md5_int4
coalesce(length({column}::text) || ':' || {column}, '-')

-- name: md5_int8
coalesce(length({column}::text) || ':' || {column}, '-')

-- name: md5_numeric
coalesce(length({column}::text) || ':' || {column}, '-')

-- name: md5_float8
coalesce('16:' || encode(float8send({column} + 0), 'hex'), '-')

-- name: md5_date
coalesce(length(({column} - date '1970-01-01')::text) || ':' || ({column} - date '1970-01-01'), '-')

-- name: md5_timestamptz
coalesce(length((extract(epoch from {column}) * 1000000)::bigint::text) || ':' || (extract(epoch from {column}) * 1000000)::bigint, '-')
