-- The same for a route, where flights are fewer.
select
  origin,
  destination,
  avg(late::int) filter (where landed > $at - interval 1 day) as route_late_24h,
  avg(late::int) as route_late_7d
from flights
where landed > $at - interval 7 days
group by origin, destination
