-- period: day
-- grain: datehour, domain, country
-- input: consent_events reach same
select
  datehour,
  domain,
  country,
  count_if(type = 'pageview') as pageviews,
  count_if(type = 'pageview' and has_consent) as pageviews_with_consent,
  count_if(type = 'consent.asked') as consents_asked,
  count_if(type = 'consent.asked' and has_consent) as consents_asked_with_consent,
  count_if(type = 'consent.given') as consents_given,
  count_if(type = 'consent.given' and has_consent) as consents_given_with_consent,
  try_divide(
    cast(count_if(type = 'pageview') as double),
    cast(count(distinct case when type = 'pageview' then user_id end) as double)
  ) as avg_pageviews_per_user
from consent_events
where country is not null
group by datehour, domain, country
