-- period: day
-- grain: city, hour
-- input: track_events reach same
-- input: weather reach same
with activity as (
  select
    replace(regexp_extract(context_timezone, '[^/]*$', 0), '_', ' ') as city,
    date_trunc('hour', original_timestamp_time) as hour,
    count(*) as events,
    count(distinct anonymous_id) as riders
  from track_events
  group by 1, 2
),
observed as (
  select
    city,
    date_trunc('hour', date_time) as hour,
    avg(try_cast(currently_temperature as decimal(18, 6))) as temperature,
    avg(try_cast(currently_precipintensity as decimal(18, 6))) as precipitation,
    avg(try_cast(currently_windspeed as decimal(18, 6))) as windspeed
  from weather
  group by 1, 2
)
select
  activity.city,
  activity.hour,
  activity.events,
  activity.riders,
  try_cast(observed.temperature as decimal(9, 3)) as temperature,
  try_cast(observed.precipitation as decimal(12, 6)) as precipitation,
  try_cast(observed.windspeed as decimal(9, 3)) as windspeed
from activity
left join observed on observed.city = activity.city and observed.hour = activity.hour
