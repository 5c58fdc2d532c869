-- Tells what was committed or read of items, so that nothing older is left or comes back.
--
-- KEYS  one that is never there, the number of each lane, then the items, lane by lane
-- ARGV  how many lanes; how long the number of a lane is kept; a nonce; 16 times to live of items; for each lane a word: how
--       many of its items are plain, how many are not, 4 bytes each, and the highest sequence among them, 8 bytes; then for
--       each item, the plain ones of a lane first, its value. Plain is what is known as of the highest sequence; before the
--       value of others stands the sequence of what is known of it; if nothing is to be held, it is followed by the revision,
--       and the value is empty. Words and calls are what this costs: a plain item is two words
-- Reply a letter for each item: S stored, K kept what is there, A absent, R refused, H absent until the lane has a number
--       again; then for each lane without one its nonce, for the others nothing

local SEQUENCE, REVISION, VERSION_BYTES, REVISION_BYTES = 2, 10, 8, 41 -- in a value
local KIND, MERGE, HEADER = 18, 84, 84
local TTLS = 16
local call, pcall = redis.call, redis.pcall

-- What is full takes no value: nothing is written by the first command if it is refused, and one that deletes would let all
-- after it through.
local probe = pcall('SET', KEYS[1], '', 'XX', 'PX', 1)
local full = false
if type(probe) == 'table' and probe.err then
  if string.find(probe.err, 'OOM', 1, true) ~= 1 then
    return probe
  end
  full = true
end

local function is_value(there)
  return #there == HEADER and byte(there, 1) == 2 and byte(there, KIND) <= 1 and byte(there, REVISION) < 128
      and sub(there, REVISION, REVISION + VERSION_BYTES - 1) ~= '\0\0\0\0\0\0\0\0'
end

-- Whether what is there is below what is told. Of what is merged the later commit is the newer state.
local function is_lower(there, told, value)
  local body, at = value, REVISION
  if value == '' then
    body, at = told, 9
  end
  if sub(there, REVISION, REVISION + VERSION_BYTES - 1) ~= sub(body, at, at + VERSION_BYTES - 1) then
    return below(there, REVISION, body, at, VERSION_BYTES)
  end
  if sub(there, REVISION, REVISION + REVISION_BYTES - 1) == sub(body, at, at + REVISION_BYTES - 1) then
    return false
  end
  if byte(there, MERGE) ~= 0 or (value ~= '' and byte(value, MERGE) ~= 0) then
    if value == '' then
      return below(there, SEQUENCE, told, 1, 8)
    end
    return below(there, SEQUENCE, value, SEQUENCE, 8)
  end
  return below(there, REVISION, body, at, REVISION_BYTES)
end

local lanes, lane_ttl, nonce = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local numbers = call('MGET', unpack(KEYS, 2, lanes + 1))
local reply, letters = { '' }, {}
local item, argument = 0, 3 + TTLS + lanes
for lane = 1, lanes do
  local key, number, word = KEYS[lane + 1], numbers[lane], ARGV[3 + TTLS + lane]
  local plain, others = struct.unpack('>I4I4', word)
  local highest = sub(word, 9)
  -- A number is 1 and the sequence. Where it was lost: 0, a nonce, and the highest sequence since.
  local known = number and #number == 9 and byte(number, 1) == 1 and sub(number, 2)
  local nonce_there
  if known then
    if known ~= highest and below(known, 1, highest, 1, 8) then
      if full then
        call('DEL', key)
      else
        call('SET', key, '\1' .. highest, 'PX', lane_ttl)
      end
    end
  elseif full then
    call('DEL', key)
  elseif number and #number == 17 and byte(number, 1) == 0 then
    nonce_there = sub(number, 2, 9)
    if below(number, 10, highest, 1, 8) then
      call('SET', key, '\0' .. nonce_there .. highest, 'PX', lane_ttl)
    end
  else
    nonce_there = nonce
    call('SET', key, '\0' .. nonce .. highest, 'PX', lane_ttl)
  end
  reply[1 + lane] = nonce_there or ''

  for n = 1, plain + others do
    local told = highest
    if n > plain then
      argument = argument + 1
      told = ARGV[argument]
    end
    item, argument = item + 1, argument + 1
    local at, value = KEYS[1 + lanes + item], ARGV[argument]
    local there = pcall('GETRANGE', at, '0', '83')
    local letter
    if type(there) == 'string' and is_value(there) then
      if not is_lower(there, told, value) then
        letter = 'K'
      elseif value == '' then
        letter = 'A'
      elseif full then
        letter = 'R'
      else
        letter = 'S'
      end
    else
      if value == '' then
        letter = 'A'
      elseif full then
        letter = 'R'
      elseif not known then
        letter = 'H'
      elseif known ~= told and below(told, 1, known, 1, 8) then
        letter = 'A'
      else
        letter = 'S'
      end
    end
    if letter == 'S' then
      call('SET', at, value, 'PX', ARGV[4 + item % TTLS])
    elseif letter ~= 'K' and there ~= '' then
      call('DEL', at)
    end
    letters[item] = letter
  end
end
reply[1] = table.concat(letters)
return reply
