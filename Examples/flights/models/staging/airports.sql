/* weir
why: the names and places of airports under the words that the other tables use
strategy: view
columns:
  airport: the FAA's code
  feet: height above the sea
*/
SELECT faa AS airport, name, lat AS latitude, lon AS longitude, alt AS feet, tzone AS time_zone
FROM raw.airports
