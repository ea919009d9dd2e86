/** What all scripts begin with. KEYS: services, leases, version. Time is the server's, and stands still in a script. */
const HEAD = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function version()
  return tonumber(redis.call('GET', KEYS[3]) or '0') or 0
end
local function isLive(id)
  local lease = redis.call('ZSCORE', KEYS[2], id)
  return not lease or tonumber(lease) > now
end
local function incarnation(text)
  local isRead, record = pcall(cjson.decode, text)
  return isRead and type(record) == 'table' and type(record.incarnation) == 'string' and record.incarnation or nil
end
local function nextExpiryMs()
  local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
  return first[2] and math.max(0, first[2] - now) or -1
end
-- Each message names the version before, so that whoever missed one knows; an empty service is forgotten after an hour.
local function tell(channel, change)
  local previous = version()
  local new = math.max(previous + 1, time[1] * 1000000 + time[2])
  redis.call('SET', KEYS[3], string.format('%.0f', new))
  if redis.call('HLEN', KEYS[1]) == 0 then redis.call('PEXPIRE', KEYS[3], 3600000) end
  redis.call('PUBLISH', channel, string.format('{"previous":%.0f,"version":%.0f,', previous, new) .. change .. '}')
end
`;

/** Prolongs the lease of a record that is still held as it was put. ARGV: id, SHA-1 of the record, TTL in ms. Gives 1 or 0. */
export const BEAT = `${HEAD}
local held = redis.call('HGET', KEYS[1], ARGV[1])
if not held or redis.sha1hex(held) ~= ARGV[2] or not isLive(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[2], string.format('%.0f', now + ARGV[3]), ARGV[1])
return 1`;

/** Puts a record, and tells of it unless it is held already. ARGV: channel, id, record, TTL in ms, incarnation. Gives '' or the greater incarnation that holds the id. */
export const PUT = `${HEAD}
local function isGreater(a, b)
  for at = 1, math.max(#a, #b) do
    local x, y = string.byte(a, at) or -1, string.byte(b, at) or -1
    if x ~= y then return x > y end
  end
  return false
end
local held = redis.call('HGET', KEYS[1], ARGV[2])
if held and not isLive(ARGV[2]) then held = false end
local holder = held and incarnation(held)
if holder and holder ~= ARGV[5] and isGreater(holder, ARGV[5]) then return holder end
redis.call('ZADD', KEYS[2], string.format('%.0f', now + ARGV[4]), ARGV[2])
if held == ARGV[3] then return '' end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
tell(ARGV[1], string.format('"ttlMs":%d,"put":', ARGV[4]) .. ARGV[3])
return ''`;

/** Removes a record. ARGV: channel, id, its incarnation or '' for any. */
export const REMOVE = `${HEAD}
local held = redis.call('HGET', KEYS[1], ARGV[2])
if not held or (ARGV[3] ~= '' and incarnation(held) ~= ARGV[3]) then return 0 end
redis.call('HDEL', KEYS[1], ARGV[2])
redis.call('ZREM', KEYS[2], ARGV[2])
tell(ARGV[1], '"removed":[' .. cjson.encode(ARGV[2]) .. ']')
return 1`;

/**
 * Removes what has expired. ARGV: channel. Gives the version as it was before, the number of records after, and the ms
 * until the next one expires, -1 if none will.
 */
export const SWEEP = `${HEAD}
local before = version()
local gone = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 500)
if #gone > 0 then
  redis.call('HDEL', KEYS[1], unpack(gone))
  redis.call('ZREM', KEYS[2], unpack(gone))
  local ids = {}
  for at, id in ipairs(gone) do ids[at] = cjson.encode(id) end
  tell(ARGV[1], '"removed":[' .. table.concat(ids, ',') .. ']')
end
return { string.format('%.0f', before), redis.call('HLEN', KEYS[1]), nextExpiryMs() }`;

/**
 * Reads a page of records. ARGV: cursor, '0' for the first page, and how many about. Gives version, number of records, ms
 * until the next one expires, the next cursor, '0' after the last page, and then id and record of each that has not expired.
 */
export const READ = `${HEAD}
local expired = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now)) do expired[id] = true end
local page = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
local answer = { string.format('%.0f', version()), redis.call('HLEN', KEYS[1]), nextExpiryMs(), page[1] }
for at = 1, #page[2], 2 do
  if not expired[page[2][at]] then
    answer[#answer + 1] = page[2][at]
    answer[#answer + 1] = page[2][at + 1]
  end
end
return answer`;
