-- Amounts by day. Comments without a colon after their first word are free.
-- period: day
-- grain: dya, amount,, amount
-- input: lines reach same
-- input: by_week reach -1d
-- input: by_week
-- input: evnets reach all
-- reads: lines
select
  current_date as day, -- rand() in a comment is no harm
  'uuid()' as text,
  rand() as amount,
  first(amount) as any_amount,
  first(amount) over (order by day) as first_amount,
  `uuid`() as id,
  unix_timestamp() as at,
  timestamp'now' as then
from lines
join by_year using (day);
-- grain: day
