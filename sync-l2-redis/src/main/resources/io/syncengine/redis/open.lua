-- Makes a new ground truth where there is none, and tells what stands there.
--
-- KEYS  head, meta, changes, ids, tombstones, and one that is never there
-- ARGV  1 if it may be made; the new head; then name and value of each entry of meta
-- Reply the head, then the entries of meta

local nothing = KEYS[6]
if ARGV[1] == '1' then
  -- Whether the user may run what the scripts run. None of it writes anything, and the first is let through by a Redis that
  -- is full, as all after it are then.
  redis.call('DEL', nothing)
  redis.call('ZREM', nothing, '')
  redis.call('ZADD', nothing, 'XX', 0, '')
  redis.call('SET', nothing, '', 'XX')
  redis.call('XADD', nothing, 'NOMKSTREAM', '1-0', 'tag', '')
end
redis.call('GETRANGE', nothing, 0, 0)
redis.call('ZCARD', nothing)
redis.call('ZSCORE', nothing, '')
redis.call('ZRANGEBYLEX', nothing, '-', '+')
redis.call('ZRANGEBYSCORE', nothing, 0, 0)
redis.call('XRANGE', nothing, '-', '+')
redis.call('XREVRANGE', nothing, '+', '-')

if ARGV[1] == '1' and redis.call('EXISTS', unpack(KEYS, 1, 5)) == 0 then
  redis.call('HSET', KEYS[2], unpack(ARGV, 3))
  redis.call('SET', KEYS[1], ARGV[2])
end
return { redis.call('GET', KEYS[1]), redis.call('HGETALL', KEYS[2]) }
