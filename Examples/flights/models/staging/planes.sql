/* weir
why: the registry only says what a plane is today; here stays what it was before, so that old flights keep their plane
decisions:
  - a tail number that leaves the registry is closed and not deleted
strategy: scd2
key: [tailnum]
scd2: { deletes: close }
columns:
  tailnum: the registration
  built: year, where known
*/
SELECT tailnum, year AS built, type, manufacturer, model, engines, seats, engine
FROM raw.planes
