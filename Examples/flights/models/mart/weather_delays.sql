/* weir
why: how much of the waiting is weather; an hour of poor sight costs more than an airline can win back
decisions:
  - a flight is matched with the weather of the hour of its scheduled departure
  - flights without weather for their hour are not left out; they are the row named unknown
tags: [report]
columns:
  visibility: poor is below 1 mile, fair is below 5
*/
SELECT
    CASE
        WHEN w.visibility_miles IS NULL THEN 'unknown'
        WHEN w.visibility_miles < 1 THEN 'poor'
        WHEN w.visibility_miles < 5 THEN 'fair'
        ELSE 'good'
    END AS visibility,
    count(*) AS flights,
    round(100.0 * count(*) FILTER (f.is_cancelled) / count(*), 1) AS cancelled_percent,
    round(avg(f.departure_delay), 1) AS mean_departure_delay
FROM staging.flights AS f
LEFT JOIN staging.weather AS w
    ON w.airport = f.origin AND w.observed_at = date_trunc('hour', f.scheduled_at)
GROUP BY ALL
