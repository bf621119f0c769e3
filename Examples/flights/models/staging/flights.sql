/* weir
why: one row a flight, with real timestamps instead of clock digits, so that every later table counts alike
decisions:
  - a flight without a departure time was cancelled; nothing else in the data says so
  - a flight that departed but has no arrival delay was diverted or its arrival was never reported
  - the departure is the schedule plus the delay, because dep_time does not say on which day a flight left after midnight
tags: [core]
contract: contracts/staging_flights.yaml
columns:
  flight_id: day, airline, number and origin, which together happen once
  flight_date: day of the scheduled departure in New York
  scheduled_at: scheduled departure, UTC
  departed_at: departure from the gate, UTC; empty when cancelled
  departure_delay: minutes, negative when early
  arrival_delay: minutes, negative when early; empty when cancelled or diverted
  is_cancelled: never left
  is_diverted: left, but no arrival at the destination is known
*/
SELECT
    strftime(make_date(year, month, day), '%Y%m%d') || '-' || carrier || flight || '-' || origin AS flight_id,
    make_date(year, month, day) AS flight_date,
    carrier,
    flight AS flight_number,
    tailnum,
    origin,
    dest AS destination,
    timezone('UTC', time_hour) + to_minutes(minute) AS scheduled_at,
    timezone('UTC', time_hour) + to_minutes(minute) + to_minutes(dep_delay) AS departed_at,
    dep_delay AS departure_delay,
    arr_delay AS arrival_delay,
    air_time AS air_minutes,
    distance AS miles,
    dep_time IS NULL AS is_cancelled,
    dep_time IS NOT NULL AND arr_delay IS NULL AS is_diverted
FROM raw.flights
