-- Reads a part of a log, which begins if there was none.
-- KEYS: meta, log
-- ARGV: 1 epoch if a new one is needed, 2 notification channel, 3 ttl, 4 ttl of meta, 5 that of one without publications, 6 'forward' or 'backward',
--       7 the offset that is excluded, or '', 8 how many
local meta, ttl = KEYS[1], tonumber(ARGV[4])
local all = known(meta, ARGV[1], ttl, ARGV[2])
local epoch, top = all[1], tonumber(all[2])
if top == 0 then ttl = math.min(ttl, tonumber(ARGV[5])) end
touch(meta, all, ttl)
local old = now - tonumber(ARGV[3])
while true do
  local oldest = redis.call('LINDEX', KEYS[2], 0)
  if not oldest or tonumber(string.sub(oldest, 1, string.find(oldest, '|', 1, true) - 1)) > old then break end
  redis.call('LPOP', KEYS[2])
end
local size = redis.call('LLEN', KEYS[2])
local first = top - size + 1
local count = tonumber(ARGV[8])
local from, to
if ARGV[6] == 'forward' then
  from = first
  if ARGV[7] ~= '' then from = math.max(first, tonumber(ARGV[7]) + 1) end
  to = math.min(top, from + count - 1)
else
  to = top
  if ARGV[7] ~= '' then to = math.min(top, tonumber(ARGV[7]) - 1) end
  from = math.max(first, to - count + 1)
end
local found = {}
if from <= to and count > 0 then found = redis.call('LRANGE', KEYS[2], from - first, to - first) end
return {epoch, string.format('%.0f', first), string.format('%.0f', top), string.format('%.0f', from), found}
