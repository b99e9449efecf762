-- What a landed object's records are, in the words of DuckDB.
select
    id,
    datetime at time zone 'UTC' as "at",
    domain,
    type,
    "user".id as user_id,
    "user".country as country,
    json_array_length("user".token, '$.purposes.enabled') > 0 as has_consent,
    datehour,
    filename as _object
from read_json(
    $files,
    format = 'newline_delimited',
    compression = 'gzip',
    columns = {
        id: 'varchar',
        datetime: 'timestamp',
        domain: 'varchar',
        type: 'varchar',
        "user": 'struct(id varchar, country varchar, token varchar)'
    },
    filename = true,
    hive_partitioning = true,
    hive_types_autocast = false
)
