-- What is known in the evening: the highest temperature of the day, in degrees Celsius.
select
  temp_max as high
from days
