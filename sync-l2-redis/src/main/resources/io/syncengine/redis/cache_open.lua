-- Whether the user may run what the scripts of a cache run. Nothing is left written, and what is first is let through by a
-- Redis that is full, as all after it are then.
--
-- KEYS  one that is never there
-- ARGV  1 if the cache may be written

local nothing = KEYS[1]
if ARGV[1] == '1' then
  redis.call('DEL', nothing)
  redis.call('PEXPIRE', nothing, 1)
  redis.call('SET', nothing, '', 'XX')
  redis.call('HDEL', nothing, 'x')
  redis.call('HEXISTS', nothing, 'x')
  redis.call('HGET', nothing, 'x')
  redis.call('HKEYS', nothing)
  redis.call('PTTL', nothing)
  redis.call('GET', nothing)
end
redis.call('MGET', nothing)
redis.call('GETRANGE', nothing, 0, 0)
redis.call('EXISTS', nothing)
redis.call('HGETALL', nothing)
redis.call('INFO', 'replication')
if ARGV[1] == '1' then
  redis.call('HSET', nothing, 'x', '')
  redis.call('HDEL', nothing, 'x')
end
return 1
