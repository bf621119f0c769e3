/* weir
why: what each order brought, as paid
strategy: table
*/
SELECT o.order_id, o.day, p.amount
FROM raw.orders AS o
JOIN raw.payments AS p ON p.order_id = o.order_id
