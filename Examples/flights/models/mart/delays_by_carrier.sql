/* weir
why: which airlines let passengers wait, counted at arrival, where a passenger feels it
decisions:
  - late means 15 minutes or more, as the Bureau of Transportation Statistics counts
  - shares are of the flights that arrived; cancelled ones are counted apart, not as late
tags: [report]
contract: contracts/delays_by_carrier.yaml
columns:
  airline: the airline's name
  flights: scheduled flights
  cancelled_percent: of the scheduled flights
  mean_arrival_delay: minutes, over the flights that arrived
  late_percent: arrivals 15 minutes late or more, of the flights that arrived
*/
SELECT
    f.carrier,
    a.name AS airline,
    count(*) AS flights,
    count(*) FILTER (f.is_cancelled) AS cancelled,
    round(100.0 * count(*) FILTER (f.is_cancelled) / count(*), 2) AS cancelled_percent,
    round(avg(f.arrival_delay), 1) AS mean_arrival_delay,
    median(f.arrival_delay) AS median_arrival_delay,
    round(100.0 * count(*) FILTER (f.arrival_delay >= 15) / nullif(count(f.arrival_delay), 0), 1) AS late_percent
FROM staging.flights AS f
JOIN raw.airlines AS a ON a.carrier = f.carrier
GROUP BY f.carrier, a.name
