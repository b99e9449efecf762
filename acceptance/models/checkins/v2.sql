-- period: year
-- grain: day, user_name, project
-- input: checkins reach same
select
  cast(checked_in_at as date) as day,
  user_name,
  project,
  cast(sum(hours) as decimal(18, 3)) as hours,
  count(*) as checkins
from checkins
group by cast(checked_in_at as date), user_name, project
having sum(hours) > 0
