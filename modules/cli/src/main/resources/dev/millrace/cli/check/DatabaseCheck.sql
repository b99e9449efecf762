-- name: rights
select
    has_database_privilege(current_database(), 'create') as may_create_schemas,
    (
        select count(*) = 2
        from pg_catalog.pg_namespace as schema
        where schema.nspname in ('millrace', 'millrace_internal')
            and has_schema_privilege(schema.oid, 'create')
    ) as may_create_tables
