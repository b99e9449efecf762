select
    events.rows::text, events.ids::text, events.content::text,
    metrics.rows::text as metrics, metrics.pageviews::text, metrics.consents::text, metrics.content::text as metrics_content
from
    (
        select
            count(*) as rows,
            count(distinct id) as ids,
            sum(hashtextextended(
                row(id, at, domain, type, user_id, country, has_consent, datehour)::text, 0
            )::numeric) as content
        from millrace.consent_events
    ) as events,
    (
        select
            count(*) as rows,
            sum(pageviews) as pageviews,
            sum(consents_asked + consents_given) as consents,
            sum(hashtextextended(
                row(
                    datehour, domain, country, pageviews, pageviews_with_consent, consents_asked,
                    consents_asked_with_consent, consents_given, consents_given_with_consent, avg_pageviews_per_user
                )::text, 0
            )::numeric) as content
        from millrace.consent_metrics
    ) as metrics
