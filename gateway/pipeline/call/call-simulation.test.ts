import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { isLease } from "../../core/lease.ts";
import { type SimulatedCall, type SimulatedHistory, simulateHistory } from "../../test/simulation/call-simulation.ts";
import { CALL_USD, CAP_USD } from "../../test/simulation/simulated-targets.ts";

const HISTORIES = 1500;
const FREE_RETRY = new Set(["died", "refused"]);
/** What an upstream refused or never saw. */
const FREE = new Set(["refused", "busy", "failed", "denied", "refused-request"]);
const FAILURES = new Set([...FREE_RETRY, "busy", "failed", "slow", "denied", "malformed"]);

beforeEach(() => {
  // All histories together last days, and spending is counted anew each month: they begin with one.
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("whatever upstreams, clients and the clock do", () => {
  // Ten seconds of computing, which take minutes where much else computes.
  test("no slot, permit or money is lost or leased twice, and every rule about retries holds", {
    timeout: 300_000,
  }, async () => {
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= HISTORIES; seed++) {
      const history = await simulateHistory(seed, (milliseconds) => vi.advanceTimersByTimeAsync(milliseconds));
      expect(problems(history), `seed ${seed}`).toEqual([]);
      for (const { ended } of history.calls) seen.set(ended, (seen.get(ended) ?? 0) + 1);
      for (const { outcome } of history.outcomes) seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      await history.service.stop();
      history.admission.stop();
    }
    // The histories met what they are about.
    for (const kind of [
      "answered",
      "busy",
      "died",
      "failed",
      "slow",
      "hedged-away",
      "overloaded",
      "ClientGone",
      "RangeError",
    ])
      expect(seen.get(kind) ?? 0, kind).toBeGreaterThan(100);
  });
});

function problems(history: SimulatedHistory): readonly string[] {
  return [
    ...history.violations,
    ...leftBehind(history),
    ...unpaid(history),
    ...history.calls.filter(({ ended }) => ended === "open").map(({ request }) => `a call of ${request} never ended`),
    ...[...Map.groupBy(history.calls, ({ request }) => request)].flatMap(([request, calls]) =>
      requestProblems(request, calls, history),
    ),
    ...budgetProblems(history),
  ];
}

/** What is still held when every request is over. */
function leftBehind({ pool, service, admission, outcomes, now }: SimulatedHistory): readonly string[] {
  const found: string[] = [];
  if (outcomes.length !== 30) found.push(`${outcomes.length} of 30 requests ended`);
  if (admission.size !== 0) found.push(`${admission.size} requests still wait`);
  for (const engine of pool.engines) if (engine.inFlight !== 0) found.push(`${engine.id} holds ${engine.inFlight}`);
  const { targets } = service.registry.table;
  for (const target of targets.values()) {
    if (target.inFlight !== 0) found.push(`${target.id} holds ${target.inFlight}`);
    const generation = { ...GENERATION, model: target.id };
    const reservation = target.tryReserve(generation, { tried: new Set(), insist: true });
    // All breakers are past their longest pause, so a permit that is missing was lost.
    if (!isLease(reservation)) found.push(`${target.id} has no lease: ${reservation.reason} at ${now()}`);
    else reservation.settle("not-sent");
  }
  const { ledger } = service;
  if (!ledger.hasRoom("b", CAP_USD, CAP_USD - ledger.spentUsd("b") - 2e-9)) found.push("money is still set aside at b");
  return found;
}

/** Every call that the provider worked on is paid once, however it ended; others are not. */
function unpaid({ calls, service }: SimulatedHistory): readonly string[] {
  return ["a", "b", "rescue"].flatMap((provider) => {
    const billed = calls.filter(({ targetId, ended }) => targetId.startsWith(`${provider}/`) && !FREE.has(ended));
    const expected = billed.length * CALL_USD;
    const spent = service.ledger.spentUsd(provider);
    return Math.abs(spent - expected) < 1e-9 ? [] : [`${provider} was paid ${spent}, and ${expected} is right`];
  });
}

const GENERATION = {
  route: "/v1/chat/completions",
  model: "tiny",
  tenant: "t",
  share: { id: "t", weight: 1 },
  stream: false,
  wantsUsage: false,
  maxTokens: { field: "max_tokens", value: 1 },
  promptTokensEstimate: 1,
  routedPrompts: new Map(),
  bytes: Buffer.alloc(2),
  fields: {},
} as const;

function requestProblems(
  request: number,
  calls: readonly SimulatedCall[],
  { outcomes }: SimulatedHistory,
): readonly string[] {
  const found: string[] = [];
  const outcome = outcomes.find((one) => one.request === request);
  const attempts = outcome?.facts.attempts ?? 0;
  if (attempts !== calls.length) found.push(`${request} counts ${attempts} attempts, ${calls.length} were made`);
  // Three for each of the two turns that a request can have in the queue, and a lease that was lost to a full engine.
  if (calls.length > 8) found.push(`${request} was sent ${calls.length} times`);
  if (
    calls.filter(({ ended }) => ended === "answered").length > 1 &&
    !calls.some(({ ended }) => ended === "hedged-away")
  )
    found.push(`${request} got two responses`);
  const first = calls.find(({ ended }) => ended === "answered");
  if (outcome?.outcome === "answered" && first === undefined) found.push(`${request} got no response`);
  for (const { beside, isBatch, targetId } of calls) {
    if (beside > 1) found.push(`${request} has ${beside + 1} calls at once`);
    if (beside > 0 && isBatch) found.push(`${request} is a batch's and was hedged`);
    if (beside > 0 && targetId.startsWith("rescue/")) found.push(`${request} was hedged by an emergency target`);
  }
  return found;
}

/** Calls to a target that has failed, and calls beside another one, were granted by the budget. */
function budgetProblems({ calls, granted }: SimulatedHistory): readonly string[] {
  return [...Map.groupBy(calls, ({ request, turn }) => `${request}/${turn}`)].flatMap(([name, own]) => {
    const [first] = own;
    const allowed = first === undefined ? 0 : (granted[first.request]?.[first.turn] ?? 0);
    const needed = retriesOf(own);
    return needed > allowed ? [`${name} made ${needed} retries, ${allowed} were granted`] : [];
  });
}

/** Of the calls of one turn those that need a grant: a server that did no work may be followed by another one for free. */
function retriesOf(calls: readonly SimulatedCall[]): number {
  const failed = new Map<string, string>();
  const upstreams = new Set<string>();
  let isFirstRound = true;
  let retries = 0;
  for (const { targetId, upstreamId, ended, beside } of calls) {
    isFirstRound &&= !upstreams.has(upstreamId);
    upstreams.add(upstreamId);
    const before = failed.get(targetId);
    const isFree = before === undefined || (isFirstRound && FREE_RETRY.has(before));
    if (beside > 0 || !isFree) retries++;
    if (FAILURES.has(ended)) failed.set(targetId, ended);
  }
  return retries;
}
