/* weir
why: every sale of both shops, once
strategy: merge
key: [receipt]
*/
SELECT shop, number, receipt, amount
FROM raw.sales
