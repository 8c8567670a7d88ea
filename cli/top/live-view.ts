import type { LiveRequestList } from "../../contracts/live/live-requests.ts";

/** What one key of a project has in progress for a model. */
export interface LiveRow {
  readonly projectId: string | null;
  readonly keyId: string | null;
  readonly model: string | null;
  readonly requests: number;
  /** Of streams; whole responses have none before their end. */
  readonly tokensPerSecond: number;
  /** Of the oldest request, in seconds. */
  readonly oldestSeconds: number;
}

/** What the service does in the second between two lists. */
export interface LiveView {
  readonly at: string;
  readonly gateways: number;
  /** Whether all gateways are in it. */
  readonly isComplete: boolean;
  readonly requests: number;
  readonly tokensPerSecond: number;
  /** The most requests first. */
  readonly rows: readonly LiveRow[];
}

type Request = LiveRequestList["data"][number];

/** @param before an earlier list; a gateway that is in one of both alone counts no tokens */
export function liveView(before: LiveRequestList, now: LiveRequestList): LiveView {
  const seconds = Math.max(0.001, (Date.parse(now.at) - Date.parse(before.at)) / 1000);
  const tokensOfGateway = new Map(before.gateways.map(({ id, completionTokens }) => [id, completionTokens]));
  const tokensOfRequest = new Map(before.data.map(({ id, completionTokens }) => [id, completionTokens]));
  const tokens = now.gateways.reduce((sum, { id, completionTokens }) => {
    const earlier = tokensOfGateway.get(id);
    return earlier === undefined ? sum : sum + Math.max(0, completionTokens - earlier);
  }, 0);
  const groups = Map.groupBy(now.data, ({ projectId, keyId, model }) => JSON.stringify([projectId, keyId, model]));
  const rows = [...groups.values()].map((requests) => rowOf(requests, tokensOfRequest, seconds));
  return {
    at: now.at,
    gateways: now.gateways.length,
    isComplete: now.reach === "all-gateways" && now.isComplete,
    requests: now.gateways.reduce((sum, { inProgress }) => sum + inProgress, 0),
    tokensPerSecond: tokens / seconds,
    rows: rows.sort((a, b) => b.requests - a.requests || b.tokensPerSecond - a.tokensPerSecond),
  };
}

function rowOf(requests: readonly Request[], before: ReadonlyMap<string, number>, seconds: number): LiveRow {
  const { projectId = null, keyId = null, model = null } = requests[0] ?? {};
  const tokens = requests.reduce((sum, { id, completionTokens }) => sum + completionTokens - (before.get(id) ?? 0), 0);
  return {
    projectId,
    keyId,
    model,
    requests: requests.length,
    tokensPerSecond: Math.max(0, tokens) / seconds,
    oldestSeconds: Math.max(...requests.map(({ ageMs }) => ageMs)) / 1000,
  };
}
