-- period: day
-- grain: day, symbol
-- input: symbol_events reach all
with liked as (
  select uuid, count(*) as followups
  from symbol_events
  where event = 'followup'
  group by uuid
),
initials as (
  select
    uuid,
    symbol,
    at,
    row_number() over (partition by uuid order by at, symbol) as turn
  from symbol_events
  where event = 'initial'
)
select
  cast(initials.at as date) as day,
  initials.symbol,
  count(*) as count,
  min(initials.at) as earliest,
  max(initials.at) as latest,
  coalesce(sum(case when initials.turn = 1 then liked.followups end), 0) as followups
from initials
left join liked on liked.uuid = initials.uuid
where initials.at >= :period_start and initials.at < :period_end
  and initials.symbol rlike '^[a-z]$'
group by cast(initials.at as date), initials.symbol
