-- name: rows
select count(*) from millrace.{table}
