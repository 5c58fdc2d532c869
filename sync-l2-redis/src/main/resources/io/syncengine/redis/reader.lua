
-- Registers, moves or forgets a reader of the change log.
--
-- KEYS  head, readers
-- ARGV  database id, the reader's name, the first sequence that it needs, or nothing to forget it
-- Reply 1

if ARGV[3] == '' then
  redis.call('HDEL', KEYS[2], ARGV[2])
else
  redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
end
return 1
