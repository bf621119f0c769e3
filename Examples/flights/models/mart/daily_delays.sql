/* weir
why: how the delays of a day ran, to find the days on which everything went wrong
strategy: interval
interval: { column: flight_date, grain: day, batch: 31 }
tags: [report]
columns:
  flight_date: day of the scheduled departure in New York
  late: arrivals 15 minutes late or more
*/
SELECT
    flight_date,
    origin,
    count(*) AS flights,
    count(*) FILTER (is_cancelled) AS cancelled,
    count(*) FILTER (arrival_delay >= 15) AS late,
    round(avg(departure_delay), 1) AS mean_departure_delay,
    round(avg(arrival_delay), 1) AS mean_arrival_delay,
    max(arrival_delay) AS worst_arrival_delay
FROM staging.flights
GROUP BY flight_date, origin
