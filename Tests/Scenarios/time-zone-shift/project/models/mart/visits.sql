/* weir
why: visits of a day, as the shop in Vienna counts them
strategy: table
*/
SELECT CAST(seen_at AS DATE) AS day, count(*) AS visits
FROM raw.visits
GROUP BY ALL
