/* weir
why: invoices as the accountants need them
strategy: table
*/
SELECT invoice_id, day, amount
FROM raw.invoices
