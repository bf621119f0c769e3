/* weir
why: what a passenger may expect of a route, whoever flies it
decisions:
  - airports that the FAA's list does not know (Puerto Rico, the Virgin Islands) keep their code as name
tags: [report]
columns:
  p90_arrival_delay: nine of ten flights arrived with at most this delay, in minutes
  mph: mean speed over ground in the air
*/
SELECT
    f.origin,
    f.destination,
    coalesce(a.name, f.destination) AS destination_name,
    count(*) AS flights,
    count(DISTINCT f.carrier) AS carriers,
    any_value(f.miles) AS miles,
    round(avg(f.arrival_delay), 1) AS mean_arrival_delay,
    quantile_disc(f.arrival_delay, 0.9) AS p90_arrival_delay,
    round(avg(60.0 * f.miles / f.air_minutes), 0) AS mph
FROM staging.flights AS f
LEFT JOIN staging.airports AS a ON a.airport = f.destination
GROUP BY f.origin, f.destination, a.name
