-- name: started
insert into run (run_id, stage, pipeline, started_at) values (?, ?, ?, ?)
on conflict (run_id, stage) do update set
    started_at = excluded.started_at,
    finished_at = null,
    exit_code = null,
    sentence = null,
    facts = null

-- name: finished
update run set finished_at = ?, exit_code = ?, sentence = ?, facts = ?::jsonb where run_id = ? and stage = ?

-- name: latest
select run_id, stage, pipeline, started_at, finished_at, exit_code, sentence
from run
where pipeline = ?
order by started_at desc, run_id
limit ?

-- name: since
select run_id, stage, pipeline, started_at, finished_at, exit_code, sentence, coalesce(facts, '{}') as facts
from run
where pipeline = ? and started_at >= ?
order by started_at, run_id, stage
