
-- Appends to a log and tells its followers; and the same on the pattern channel that gathers the channel, if there is one.
-- KEYS: meta, log (with keys: the order of keys, the newest of each), the idempotency key if there is one, meta and log of the pattern channel
-- ARGV: 1 epoch if a new one is needed, 2 notification channel, 3 publication, 4 size, 5 ttl, 6 ttl of meta, 7 ttl of idempotency keys,
--       8 whether to be patched, 9 version, 10 its epoch, 11 rate, 12 whether the log has keys, 13 key;
--       of the pattern channel: 14 where its KEYS begin, 15 notification channel, 16 publication, 17 size or 0 without a log, 18 ttl, 19 ttl of meta, 20 key
local pattern = tonumber(ARGV[14])
local own = ARGV[12] == '1' and 3 or 2
local once = KEYS[own + 1]
if pattern == own + 1 then once = nil end
if once then
  local before = redis.call('GET', once)
  if before then
    local at = string.find(before, '|', 1, true)
    return {'at', string.sub(before, 1, at - 1), string.sub(before, at + 1)}
  end
end
local meta = KEYS[1]
local all = known(meta, ARGV[1], tonumber(ARGV[6]), ARGV[2])
local epoch = all[1]

local function at(offset)
  if once then redis.call('SET', once, epoch .. '|' .. offset, 'PX', ARGV[7]) end
  return {'at', epoch, offset}
end

if ARGV[9] ~= '' then
  local last = all[6]
  local covered = last and (#ARGV[9] < #last or #ARGV[9] == #last and ARGV[9] <= last)
  if covered and (ARGV[10] == '' or ARGV[10] == all[7]) then return at(all[2]) end
end

local rate = tonumber(ARGV[11])
if rate > 0 then
  -- As many thousandths of a token each millisecond as there are tokens in a second.
  local full = rate * 1000
  local have = full
  if all[8] then have = math.min(full, tonumber(all[8]) + math.min(1000, math.max(0, now - tonumber(all[9]))) * rate) end
  if have < 1000 then return {'rate'} end
  redis.call('HSET', meta, 'r', string.format('%.0f', have - 1000), 'f', string.format('%.0f', now))
end

local time = string.format('%.0f', now) .. '|'
local said = time .. ARGV[3]
local offset = append(meta, KEYS[2], own == 3 and KEYS[3], all, said, tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[13], ARGV[9], ARGV[10])
redis.call('SPUBLISH', ARGV[2], 'p' .. ARGV[8] .. epoch .. '|' .. offset .. '|' .. said)
if pattern and ARGV[17] == '0' then redis.call('SPUBLISH', ARGV[15], 'u' .. ARGV[16])
elseif pattern then
  local there = known(KEYS[pattern], ARGV[1], tonumber(ARGV[19]), ARGV[15])
  said = time .. ARGV[16]
  local gathered = append(KEYS[pattern], KEYS[pattern + 1], KEYS[pattern + 2], there, said, tonumber(ARGV[17]), tonumber(ARGV[18]), tonumber(ARGV[19]), ARGV[20], '', '')
  redis.call('SPUBLISH', ARGV[15], 'p0' .. there[1] .. '|' .. gathered .. '|' .. said)
end
return at(offset)
