-- Makes a new ground truth where there is none, and tells what stands there.
--
-- KEYS  head, meta
-- ARGV  1 if it may be made; the new head; then name and value of each entry of meta
-- Reply the head, then the entries of meta

if ARGV[1] == '1' and redis.call('EXISTS', KEYS[1], KEYS[2]) == 0 then
  redis.call('SET', KEYS[1], ARGV[2])
  redis.call('HSET', KEYS[2], unpack(ARGV, 3))
end
return { redis.call('GET', KEYS[1]), redis.call('HGETALL', KEYS[2]) }
