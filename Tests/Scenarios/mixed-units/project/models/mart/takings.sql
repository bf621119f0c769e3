/* weir
why: what both tills took
strategy: table
*/
SELECT till, sale_id, amount FROM raw.till_a
UNION ALL
SELECT till, sale_id, amount FROM raw.till_b
