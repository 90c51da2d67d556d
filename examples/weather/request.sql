-- What is known at dawn, row by row.
select
  location,
  temp_min as low,
  dayofyear(date) as day_of_year,
  month(date) as month,
  temp_min + 8 as rule_of_thumb
from days
