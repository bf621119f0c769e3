-- Sales with what real tables have: columns that follow from others, measures, few rows that break a rule, and missing
-- values. The same bytes for the same {rows}, on every machine. The first ten columns are a table of their own.
COPY (
    WITH sales AS (
        SELECT
            i, md5_number_lower(i || 'customer') % ({rows} // 5) AS customer, md5_number_lower(i || 'product') % 500 AS product,
            md5_number_lower(i || 'store') % 12 AS store
        FROM range({rows}) AS t (i)
    ),
    places AS (
        SELECT *, md5_number_lower(customer || 'zip') % 800 AS zip, md5_number_lower(product || 'category') % 20 AS category FROM sales
    )
    SELECT
        i AS order_id, customer AS customer_id, lpad(zip::VARCHAR, 5, '0') AS zip,
        'city ' || (md5_number_lower(zip || 'city') % 300) AS city, product AS product_id, 'category ' || category AS category,
        ((md5_number_lower(product || 'price') % 9000) / 100)::DECIMAL(9, 2) AS price, 1 + md5_number_lower(i || 'quantity') % 9 AS quantity,
        DATE '2024-01-01' + (md5_number_lower(i || 'day') % 365)::INTEGER AS day, ['new', 'paid', 'sent'][(1 + md5_number_lower(i || 'status') % 3)::INTEGER] AS status,
        'user' || customer || '@example.com' AS email, price * quantity AS amount, store AS store_id, 'store ' || store AS store_name,
        md5_number_lower(store || 'region') % 4 AS region, month(day) AS month,
        CASE WHEN md5_number_lower(i || 'odd') % 5000 = 0 THEN 'XX' ELSE ['DE', 'FR', 'US', 'GB'][(1 + md5_number_lower(city || 'country') % 4)::INTEGER] END AS country,
        CASE WHEN md5_number_lower(i || 'none') % 10 > 0 THEN md5_number_lower(i || 'coupon') % 50 END AS coupon,
        md5_number_lower(i || 'gift') % 2 AS gift, 'SKU-' || product AS sku
    FROM places
) TO '{file}' (FORMAT csv, HEADER)
