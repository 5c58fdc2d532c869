
-- Removes the oldest rows of the change log, but never the newest, and forgets readers that need a row that is gone.
--
-- KEYS  head, changes, readers
-- ARGV  database id; the times before which what no reader needs goes, and all goes; how many at most
-- Reply how many were removed

local before, bound = tonumber(ARGV[2]), tonumber(ARGV[3])
local newest = struct.unpack('>i8', head, 2)
local rows = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', ARGV[4])
if #rows == 0 then
  return 0
end

local function sequence_of(row)
  return tonumber(string.match(row[1], '^%d+'))
end

local function committed_at(row)
  for i = 1, #row[2], 2 do
    if row[2][i] == 'at' then
      return tonumber(row[2][i + 1])
    end
  end
end

local readers = redis.call('HGETALL', KEYS[3])
local first = sequence_of(rows[1])
local needed = newest
for i = 2, #readers, 2 do
  local from = tonumber(readers[i])
  if from >= first then
    needed = math.min(needed, from)
  end
end

local removed = 0
for _, row in ipairs(rows) do
  local sequence, at = sequence_of(row), committed_at(row)
  if sequence >= newest or not (at and (at < bound or at < before and sequence < needed)) then
    break
  end
  removed, first = removed + 1, sequence + 1
end

for i = 2, #readers, 2 do
  if tonumber(readers[i]) < first then
    redis.call('HDEL', KEYS[3], readers[i - 1])
  end
end
if removed > 0 then
  redis.call('XTRIM', KEYS[2], 'MINID', string.format('%.0f-0', first))
end
return removed
