-- What is known once the flight has landed. The data set has the departure and the arrival delay, not the moment
-- of arrival; it is taken as departure + 30 minutes on the ground + the distance at 7.5 miles a minute.
select
  delay > 15 as late,
  date + to_microseconds(cast(round((30 + distance / 7.5) * 60000000) as bigint)) as landed
from flights
