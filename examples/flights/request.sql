-- What is known when the door closes, row by row. `date` is the actual departure: the decision is taken then.
select
  date as departure,
  origin,
  destination,
  distance,
  hour(date) * 60 + minute(date) as minute_of_day,
  isodow(date) as weekday,
  hour(date) as hour,
  -- Hubs as the FAA classes them by their share of passengers: at least 1 %, at least 0.25 %, less.
  case
    when origin in ('ATL', 'BOS', 'BWI', 'CLT', 'CVG', 'DEN', 'DFW', 'DTW', 'EWR', 'FLL', 'HNL',
                    'IAD', 'IAH', 'JFK', 'LAS', 'LAX', 'LGA', 'MCO', 'MIA', 'MSP', 'ORD', 'PDX',
                    'PHL', 'PHX', 'PIT', 'SAN', 'SEA', 'SFO', 'SLC', 'STL', 'TPA') then 'large'
    when origin in ('ABQ', 'ANC', 'AUS', 'BDL', 'BNA', 'BUF', 'BUR', 'CLE', 'CMH', 'DAL', 'DCA',
                    'ELP', 'HOU', 'IND', 'JAX', 'MCI', 'MDW', 'MEM', 'MKE', 'MSY', 'OAK', 'OGG',
                    'OKC', 'OMA', 'ONT', 'PBI', 'RDU', 'RNO', 'RSW', 'SAT', 'SJC', 'SMF', 'SNA',
                    'TUL', 'TUS') then 'medium'
    else 'small'
  end as hub_class
from flights
