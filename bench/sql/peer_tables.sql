-- What the load makes of the contract, with its index, so that the peers' rows cost the database the same.
create schema millrace;
create table millrace.consent_events (
    id text not null,
    at timestamptz not null,
    domain text not null,
    type text not null,
    user_id text not null,
    country text,
    has_consent boolean not null,
    datehour text not null,
    _object text,
    _etag text,
    _record bigint,
    _period text collate "C"
);
create index on millrace.consent_events (_period);
create table millrace.consent_metrics (
    datehour text not null,
    domain text not null,
    country text,
    pageviews bigint not null,
    pageviews_with_consent bigint not null,
    consents_asked bigint not null,
    consents_asked_with_consent bigint not null,
    consents_given bigint not null,
    consents_given_with_consent bigint not null,
    avg_pageviews_per_user double precision,
    _period text collate "C"
);
create index on millrace.consent_metrics (_period);
