select
    count(*) as "rows",
    count(distinct id) as ids,
    count(*) filter (where type = 'pageview') as pageviews,
    count(*) filter (where has_consent) as with_consent,
    -- The same whatever the order of rows, and another one if a single value differs.
    sum(hash(id, "at", domain, type, user_id, country, has_consent, datehour)::hugeint) as content
from events
