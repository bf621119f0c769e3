/* weir
why: one row an airport and hour, keyed by UTC, because the hour of New York repeats when summer time ends
strategy: view
columns:
  observed_at: the hour, UTC
  wind_mph: sustained wind, miles an hour
  rain_inches: precipitation in that hour
  visibility_miles: at most 10
*/
SELECT
    origin AS airport,
    timezone('UTC', time_hour) AS observed_at,
    temp AS fahrenheit,
    wind_speed AS wind_mph,
    wind_gust AS gust_mph,
    precip AS rain_inches,
    visib AS visibility_miles
FROM raw.weather
