/* weir
why: what was really earned
strategy: table
*/
SELECT count(*) AS orders, sum(amount) AS revenue
FROM raw.orders
WHERE status = 'paid'
