/* weir
why: where each plane was last, without reading the whole year again for every new day
strategy: merge
key: [tailnum]
watermark: last_seen_at
lookback: 3 days
columns:
  last_seen_at: scheduled departure of its last flight out of New York, UTC
  last_destination: where that flight went
*/
SELECT
    tailnum,
    max(scheduled_at) AS last_seen_at,
    arg_max(destination, scheduled_at) AS last_destination,
    arg_max(carrier, scheduled_at) AS last_carrier
FROM staging.flights
WHERE tailnum IS NOT NULL AND NOT is_cancelled
GROUP BY tailnum
