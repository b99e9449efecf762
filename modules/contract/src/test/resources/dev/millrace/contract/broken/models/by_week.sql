-- period: week
-- period: day
-- grain: day
-- input: by_week reach same
-- input: lines reach all
-- input: lines reach all
insert into x values ('never ends)
