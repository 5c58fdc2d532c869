-- Reads rows of the change log, and the head, as of one moment.
--
-- KEYS  head, changes
-- ARGV  the first sequence, how many at most
-- Reply the head, then the rows as XRANGE gives them

if ARGV[2] == '0' then
  return { redis.call('GET', KEYS[1]), {} }
end
return { redis.call('GET', KEYS[1]), redis.call('XRANGE', KEYS[2], ARGV[1] .. '-0', '+', 'COUNT', ARGV[2]) }
