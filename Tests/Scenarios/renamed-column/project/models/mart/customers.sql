/* weir
why: what each customer bought
strategy: table
*/
SELECT cust_id, count(*) AS orders, sum(amount) AS spent
FROM raw.orders
GROUP BY cust_id
