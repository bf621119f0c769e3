/* weir
why: what became of each order
strategy: merge
key: [order_id]
watermark: ordered_at
*/
SELECT order_id, ordered_at, updated_at, status
FROM raw.orders
