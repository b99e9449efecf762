-- dags/pipelines/consents/models/consent_metrics.sql in the words of DuckDB.
select
    datehour,
    domain,
    country,
    count(*) filter (where type = 'pageview') as pageviews,
    count(*) filter (where type = 'pageview' and has_consent) as pageviews_with_consent,
    count(*) filter (where type = 'consent.asked') as consents_asked,
    count(*) filter (where type = 'consent.asked' and has_consent) as consents_asked_with_consent,
    count(*) filter (where type = 'consent.given') as consents_given,
    count(*) filter (where type = 'consent.given' and has_consent) as consents_given_with_consent,
    count(*) filter (where type = 'pageview')
    / nullif(count(distinct user_id) filter (where type = 'pageview'), 0) as avg_pageviews_per_user
from events
group by datehour, domain, country
