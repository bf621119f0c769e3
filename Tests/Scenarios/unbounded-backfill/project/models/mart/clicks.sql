/* weir
why: clicks of each day
strategy: interval
interval: { column: day, grain: day, lookback: 20000 }
*/
SELECT CAST(clicked_at AS DATE) AS day, count(*) AS clicks
FROM raw.clicks
GROUP BY ALL
