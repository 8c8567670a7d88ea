import { createHash } from "node:crypto";

/**
 * Functions of Valkey, each of which runs as one step. Windows are counted by the server's clock, so that gateways
 * need not agree on the time.
 *
 * A window counter is a hash that expires with its window: `u` is what is counted, `f` the part of it that is settled and
 * can't become less, `g` the microsecond in which it began: what was counted before a counter was lost is not settled in
 * the one that has begun anew. `m` is the limit and `w` the window in milliseconds, of the last request. What was used beyond
 * the limit, as a prompt was longer than estimated, is in a key of its own until the next window counts it: releases before
 * it read the hash as they did. What is in progress is a sorted set of leases, each with the time at which it expires, and a member
 * `total` whose negative score is the sum of their amounts.
 */
const FUNCTIONS = `

local function milliseconds(time)
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function integer(number)
  return string.format('%.0f', number)
end

-- What is counted now, the part of it that is settled, and when the counter began. A call sees keys as they were at its
-- beginning, and the time as it is: between them the window may have ended, and then its counter is removed here.
local function window_use(key, now, window)
  local fields = redis.call('HMGET', key, 'u', 'f', 'g')
  local began = tonumber(fields[3] or 0)
  if began > 0 and math.floor(began / 1000 / window) < math.floor(now / window) then
    redis.call('DEL', key)
    return 0, 0, 0
  end
  return tonumber(fields[1] or 0), tonumber(fields[2] or 0), began
end

local function debt_key(key)
  return key .. ':debt'
end

-- Counts what was used beyond a limit in the window after.
local function owe(key, amount, max, window)
  local used = tonumber(redis.call('HGET', key, 'u'))
  local beyond = math.min(amount, used - max)
  if beyond <= 0 then return end
  redis.call('INCRBY', debt_key(key), integer(beyond))
  redis.call('PEXPIREAT', debt_key(key), integer(redis.call('PEXPIRETIME', key) + window))
end

local function in_progress(key)
  return -tonumber(redis.call('ZSCORE', key, 'total') or 0)
end

local function hold_lease(key, member, amount, expiry)
  if redis.call('ZADD', key, integer(expiry), member) == 1 then
    redis.call('ZINCRBY', key, integer(-amount), 'total')
  end
  if redis.call('PEXPIRETIME', key) < expiry then redis.call('PEXPIREAT', key, integer(expiry)) end
end

local function end_lease(key, member, amount)
  if redis.call('ZREM', key, member) == 0 then return end
  if tonumber(redis.call('ZINCRBY', key, amount, 'total')) >= 0 then redis.call('DEL', key) end
end

local function end_expired(key, now)
  local members = redis.call('ZRANGEBYSCORE', key, '(0', integer(now), 'LIMIT', 0, 1000)
  for _, member in ipairs(members) do end_lease(key, member, string.match(member, '%d+$')) end
end

-- ARGV: lease, lease in ms; then of each key window in seconds (0: in progress), max, amount, least.
-- Granted: 1; then of each key amount, left, ms until its window ends, beginning. Refused: 0, index, left, ms, settled part.
local function reserve(keys, args)
  local time = redis.call('TIME')
  local now = milliseconds(time)
  local plan, refusal = {}, nil
  for index, key in ipairs(keys) do
    local at = 2 + (index - 1) * 4
    local window, max = tonumber(args[at + 1]) * 1000, tonumber(args[at + 2])
    local amount, least = tonumber(args[at + 3]), tonumber(args[at + 4])
    local used, settled, began, reset = 0, 0, 0, 0
    if window == 0 then
      end_expired(key, now)
      used = in_progress(key)
      least = amount
    else
      used, settled, began = window_use(key, now, window)
      if began == 0 then
        used = tonumber(redis.call('GET', debt_key(key)) or 0)
        settled = used
      end
      reset = window - now % window
    end
    local left = math.max(0, max - used)
    local granted = math.min(amount, left)
    if granted < least and (not refusal or reset > refusal[4]) then
      refusal = { 0, index - 1, left, reset, math.min(settled, max) }
    end
    plan[index] = { granted, left - granted, reset, began, window, used, max }
  end
  if refusal then return refusal end
  local answer = { 1 }
  for index, key in ipairs(keys) do
    local granted, left, reset, began, window, used, max = unpack(plan[index])
    if window > 0 then
      redis.call('HINCRBY', key, 'u', integer(granted))
      redis.call('HSET', key, 'm', integer(max), 'w', integer(window))
      if began == 0 then
        began = time[1] * 1000000 + time[2]
        if used > 0 then
          redis.call('HINCRBY', key, 'u', integer(used))
          redis.call('HSET', key, 'f', integer(used))
          redis.call('DEL', debt_key(key))
        end
        redis.call('HSET', key, 'g', integer(began))
        -- A key is there until the clock has passed its time: this one is gone in the first millisecond of the next window.
        redis.call('PEXPIREAT', key, integer(now + reset - 1))
      end
    elseif granted > 0 then
      hold_lease(key, args[1] .. ' ' .. integer(granted), granted, now + tonumber(args[2]))
    end
    for _, number in ipairs({ granted, left, reset, began }) do answer[#answer + 1] = number end
  end
  return answer
end

-- ARGV, of each key: lease, beginning of the counter (0: in progress), amount that was granted, amount that was used.
local function settle(keys, args)
  for index, key in ipairs(keys) do
    local at = (index - 1) * 4
    local lease, began, granted, used = args[at + 1], args[at + 2], args[at + 3], args[at + 4]
    if began == '0' then
      end_lease(key, lease .. ' ' .. granted, granted)
    else
      local current, max, window = unpack(redis.call('HMGET', key, 'g', 'm', 'w'))
      local more = tonumber(used) - tonumber(granted)
      if current == began then
        redis.call('HINCRBY', key, 'u', integer(more))
        redis.call('HINCRBY', key, 'f', used)
      elseif current and more > 0 then
        -- It was used in a window that is over, and not counted there.
        redis.call('HINCRBY', key, 'u', integer(more))
        redis.call('HINCRBY', key, 'f', integer(more))
      end
      if current and max and more > 0 then owe(key, more, tonumber(max), tonumber(window)) end
    end
  end
  return #keys
end

-- ARGV, of each key: lease, amount, ms after which it expires. One that was lost is there again.
local function renew(keys, args)
  local now = milliseconds(redis.call('TIME'))
  for index, key in ipairs(keys) do
    local lease, amount, ms = args[index * 3 - 2], args[index * 3 - 1], args[index * 3]
    hold_lease(key, lease .. ' ' .. amount, amount, now + ms)
  end
  return #keys
end
`;

/** Of this text: gateways of two releases use their own functions on the same counters. */
const VERSION = createHash("sha256").update(FUNCTIONS).digest("hex").slice(0, 12);

export const RESERVE = `sluice_reserve_${VERSION}`;
export const SETTLE = `sluice_settle_${VERSION}`;
export const RENEW = `sluice_renew_${VERSION}`;

/** The library as Valkey loads it (`FUNCTION LOAD REPLACE`). */
export const LIMIT_FUNCTIONS = `#!lua name=sluice_limits_${VERSION}
${FUNCTIONS}
redis.register_function('${RESERVE}', reserve)
redis.register_function('${RENEW}', renew)
redis.register_function{ function_name = '${SETTLE}', callback = settle, flags = { 'allow-oom' } }
`;
