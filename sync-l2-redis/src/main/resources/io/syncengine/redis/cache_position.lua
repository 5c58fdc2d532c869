-- What comes before the scripts that move a position of a space: it is still the one that was begun, and this server is one
-- that it was told to. What is written is let through by a full Redis, since the first write is one that needs no memory.
--
-- KEYS  the state of the space
-- ARGV  how long it is kept, the nonce with which it was begun

local replication = redis.call('INFO', 'replication')
local born = redis.pcall('HGET', KEYS[1], 'born')
if born ~= ARGV[2]
    or redis.call('HEXISTS', KEYS[1], 'node:' .. string.match(replication, 'master_replid:(%w+)')) == 0 then
  return redis.error_reply('DISTRUSTED this server may have lost what it was told')
end
local base = redis.call('HGET', KEYS[1], 'base')

