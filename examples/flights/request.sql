-- What is known when the door closes, row by row. `date` is the actual departure: the decision is taken then.
select
  date as departure,
  origin,
  destination,
  distance,
  hour(date) * 60 + minute(date) as minute_of_day,
  isodow(date) as weekday,
  hour(date) as hour,
  case
    when origin in ('ATL', 'ORD', 'DFW', 'LAX', 'PHX', 'STL', 'DTW', 'MSP', 'LAS', 'DEN') then 'large'
    when origin in ('IAH', 'PHL', 'CLT', 'SFO', 'EWR', 'PIT', 'SEA', 'BOS', 'SLC', 'LGA',
                    'CVG', 'MCO', 'DCA', 'BWI', 'SJC', 'SAN', 'OAK', 'TPA', 'MCI', 'PDX') then 'medium'
    else 'small'
  end as hub_class
from flights
