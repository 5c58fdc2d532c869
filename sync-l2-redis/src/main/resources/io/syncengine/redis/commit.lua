-- Writes a batch, its change row and the head: all, or nothing. A script that fails half way is not undone, so all that may
-- fail comes before the first write; that the user may run each command was tried when the tier was opened.
--
-- KEYS  head, changes, ids, tombstones, tombstone_ids, then the key of each item
-- ARGV  database id, tag, origin, time of the commit, 1 to fence, length of what stands before an id in a key, 1 to restore:
--       to write also over the same revision and what is damaged, with a change row that says that nothing was there;
--       then for each item its envelope from the revision on, and the revision of its base or nothing
-- Reply the row's sequence (0: no row), the tag of the row before, and for each item: A applied, B applied over what is
--       damaged, U unchanged, S stale, C conflict, E expired or D damaged, followed by revision and leaf of what is there;
--       for C by all of it

local REVISION, KIND_AT, ACCEPTED_AT, HEADER = 41, 9, 76, 73 -- in an envelope from the revision on
local PREFIX, STORED = 9, 92 -- what stands before the revision; the fixed part
local TOMBSTONE = 1
local FIXED, ITEMS = 7, 5 -- arguments and keys before those of the items

local function is_envelope(there)
  return #there == STORED and byte(there, 1) == 1 and byte(there, PREFIX + KIND_AT) <= 1
      and byte(there, PREFIX + 1) < 128 and sub(there, PREFIX + 1, PREFIX + 8) ~= string.rep('\0', 8)
end

local function in_pieces(words, call)
  for from = 1, #words, 1000 do
    call(unpack(words, from, math.min(from + 999, #words)))
  end
end

-- These fail here, not half way, if they are of another type.
redis.call('ZCARD', KEYS[3])
redis.call('ZCARD', KEYS[4])
redis.call('ZCARD', KEYS[5])
local sequence = struct.unpack('>i8', head, 2)
local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
if (newest and newest[1] or '0-0') ~= string.format('%.0f-0', sequence) then
  return redis.error_reply('TORN the change log does not end where its head says')
end

-- The horizon is never negative; a time that is lies before it.
local function expired(body)
  return byte(body, ACCEPTED_AT) > 127 or below(body, ACCEPTED_AT, head, 26, 8)
end

-- An item of which the indexes know, and nothing else.
local function is_lost(id)
  return redis.call('ZSCORE', KEYS[3], id) or redis.call('ZSCORE', KEYS[4], id)
end

local fenced, restoring = ARGV[5] == '1', ARGV[7] == '1'
local reply, applied, stored = {}, {}, {}
for i = 1, #KEYS - ITEMS do
  local body, base = ARGV[FIXED + 2 * i - 1], ARGV[FIXED + 2 * i]
  local there = redis.pcall('GETRANGE', KEYS[ITEMS + i], 0, STORED - 1)
  local outcome, damaged
  if type(there) == 'table' then
    if not string.find(there.err, 'WRONGTYPE', 1, true) then
      return there
    end
    damaged, there = true, ''
  elseif there ~= '' and not is_envelope(there) then
    damaged, there = true, ''
  elseif there == '' and restoring then
    damaged = is_lost(sub(KEYS[ITEMS + i], ARGV[6] + 1))
  end
  if damaged then
    outcome = restoring and 'B' or 'D'
  elseif not fenced then
    outcome = 'A'
  elseif there == '' and expired(body) then
    outcome = 'E'
  else
    local revision = sub(there, PREFIX + 1, PREFIX + REVISION)
    if revision == sub(body, 1, REVISION) then
      outcome = restoring and 'A' or 'U'
    elseif base ~= '' and base ~= revision then
      outcome = 'C'
    elseif there == '' or below(there, PREFIX + 1, body, 1, REVISION) then
      outcome = 'A'
    else
      outcome = 'S'
    end
  end
  if outcome == 'C' then
    reply[2 + i] = outcome .. (redis.call('GET', KEYS[ITEMS + i]) or '')
  else
    reply[2 + i] = outcome .. sub(there, PREFIX + 1, PREFIX + HEADER)
  end
  if outcome == 'A' or outcome == 'B' then
    applied[#applied + 1] = i
    stored[i] = there
  end
end

reply[1] = 0
reply[2] = sub(head, 10, 17)
if #applied == 0 then
  return reply
end

sequence = sequence + 1
local highest = sub(head, 18, 25)
local changes, new_ids, no_ids, new_tombstones, no_tombstones, new_tombstone_ids = {}, {}, {}, {}, {}, {}
for _, i in ipairs(applied) do
  local body, there = ARGV[FIXED + 2 * i - 1], stored[i]
  local id = sub(KEYS[ITEMS + i], ARGV[6] + 1)
  local before = there == '' and 0 or restoring and 3 or byte(there, PREFIX + KIND_AT) + 1
  changes[#changes + 1] = struct.pack('>I2', #id) .. id .. sub(body, 1, HEADER) .. string.char(before)
      .. ((before == 1 or before == 3) and sub(there, PREFIX + REVISION + 1, PREFIX + HEADER) or '')
  if below(highest, 1, body, 1, 8) then
    highest = sub(body, 1, 8)
  end
  if byte(body, KIND_AT) == TOMBSTONE then
    new_tombstones[#new_tombstones + 1] = struct.unpack('>i8', body, ACCEPTED_AT)
    new_tombstones[#new_tombstones + 1] = id
    new_tombstone_ids[#new_tombstone_ids + 1] = 0
    new_tombstone_ids[#new_tombstone_ids + 1] = id
    no_ids[#no_ids + 1] = id
  elseif before ~= 1 then
    new_ids[#new_ids + 1] = 0
    new_ids[#new_ids + 1] = id
    no_tombstones[#no_tombstones + 1] = id
  end
end

-- The first write: refused, with nothing done, by a Redis that is full, a replica, or one that cannot save.
redis.call('XADD', KEYS[2], string.format('%.0f-0', sequence), 'tag', ARGV[2], 'origin', ARGV[3], 'at', ARGV[4],
    'changes', table.concat(changes))
local number = struct.pack('>i8', sequence)
for _, i in ipairs(applied) do
  redis.call('SET', KEYS[ITEMS + i], '\1' .. number .. ARGV[FIXED + 2 * i - 1])
end
in_pieces(new_ids, function(...) redis.call('ZADD', KEYS[3], ...) end)
in_pieces(no_ids, function(...) redis.call('ZREM', KEYS[3], ...) end)
in_pieces(new_tombstones, function(...) redis.call('ZADD', KEYS[4], ...) end)
in_pieces(no_tombstones, function(...) redis.call('ZREM', KEYS[4], ...) end)
in_pieces(new_tombstone_ids, function(...) redis.call('ZADD', KEYS[5], ...) end)
in_pieces(no_tombstones, function(...) redis.call('ZREM', KEYS[5], ...) end)
redis.call('SET', KEYS[1], '\1' .. number .. ARGV[2] .. highest .. sub(head, 26))
reply[1] = sequence
return reply
