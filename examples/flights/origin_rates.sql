-- How punctual flights from an airport were of late, for the moment $at. `flights` holds those landed by then.
select
  origin,
  avg(late::int) filter (where landed > $at - interval 3 hours) as origin_late_3h,
  avg(late::int) filter (where landed > $at - interval 1 day) as origin_late_24h,
  avg(late::int) as origin_late_7d
from flights
where landed > $at - interval 7 days
group by origin
