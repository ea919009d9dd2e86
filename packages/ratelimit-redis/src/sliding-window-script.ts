/**
 * Counts what was taken within the window up to this moment, on the server's clock: a sorted set with one member for each
 * request that was allowed, by its time in us. A member tells its cost and the sum up to it, so that what is in the window is
 * a difference of two members, however many lie between. Beyond 1,000 members those within the same thousandth of the window
 * are kept as one, with the time of the last: memory is bounded, and what is taken is then given back that much later, never
 * sooner. A refusal adds nothing.
 * In: the key; limit, window in ms, cost. Out: allowed (1 or 0), remaining, ms until it would be allowed.
 */
export const SLIDING_WINDOW_SCRIPT = `
local limit, window, cost = tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000, tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local key = KEYS[1]

local function at(rank)
  local found = redis.call('ZRANGE', key, rank, rank, 'WITHSCORES')
  if not found[1] then return nil end
  local sum, own = string.match(found[1], '^(.-):(.*)$')
  return { member = found[1], at = tonumber(found[2]), sum = tonumber(sum), cost = tonumber(own) }
end

local trimmed = redis.pcall('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now - window))
if type(trimmed) == 'table' and trimmed.err then
  if not string.find(trimmed.err, 'WRONGTYPE', 1, true) then return trimmed end
  redis.call('DEL', key)
end
local last = at(-1)
if last and last.at > now + window then
  -- The clock was set back by more than a window: what was counted says nothing about this one.
  redis.call('DEL', key)
  last = nil
end
local sum, used = 0, 0
if last then
  local first = at(0)
  now, sum = math.max(now, last.at), last.sum
  used = sum - first.sum + first.cost
end

if used + cost > limit + 1e-6 then
  -- The first member whose going makes room enough; the sums grow from member to member.
  local low, high = 0, redis.call('ZCARD', key) - 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if sum - at(middle).sum + cost <= limit + 1e-6 then high = middle else low = middle + 1 end
  end
  return { 0, math.max(0, math.floor(limit - used + 1e-6)), math.ceil((at(low).at + window - now) / 1000) }
end

local own = cost
local slot = window / 1000
if last and redis.call('ZCARD', key) >= 1000 and math.floor(last.at / slot) == math.floor(now / slot) then
  redis.call('ZREM', key, last.member)
  own = own + last.cost
end
redis.call('ZADD', key, string.format('%.0f', now), string.format('%024.6f:%.17g', sum + cost, own))
redis.call('PEXPIRE', key, string.format('%.0f', math.ceil(window / 1000) + 1000))
return { 1, math.floor(limit - used - cost + 1e-6), 0 }
`;
