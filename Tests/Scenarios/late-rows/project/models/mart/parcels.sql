/* weir
why: parcels that arrived each day
strategy: interval
interval: { column: day, grain: day }
*/
SELECT day, count(*) AS parcels
FROM raw.parcels
GROUP BY day
