/* weir
why: how long a customer waited since the order before
strategy: table
*/
SELECT o.order_id, o.customer, o.day,
       o.day - max(p.day) AS days_since
FROM raw.orders AS o
LEFT JOIN raw.orders AS p ON p.customer = o.customer AND p.day < o.day
GROUP BY o.order_id, o.customer, o.day
