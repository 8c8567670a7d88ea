import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import type OpenAI from "openai";
import type { UsageEvent } from "../../../contracts/usage/usage-event.ts";
import { seededNumbers, usageEvent } from "../../../domain/usage/test/usage-events.ts";
import { usageAdditions } from "../../../domain/usage/usage-sums.ts";
import { controlServer } from "../control-server.ts";

type Usage = OpenAI["admin"]["organization"]["usage"];
export type Page = Awaited<ReturnType<Usage["completions"] | Usage["costs"]>>;
export const DAY = 86_400;
/** The clock of the control server is some minutes behind this. */
export const NOW = 1_790_000_000;
export const TODAY = Math.floor(NOW / DAY) * DAY;

/** An organisation whose usage is that of events in the last three days. */
export async function used(events: readonly UsageEvent[]) {
  const server = await controlServer();
  const secret = await server.owner("org-a");
  const puts = usageAdditions(events).map(({ series, entry, sums }) => ({
    PutRequest: { Item: { series, entry, ...sums } },
  }));
  for (let index = 0; index < puts.length; index += 25) {
    const RequestItems = { [server.usageTable]: puts.slice(index, index + 25) };
    await server.document.send(new BatchWriteCommand({ RequestItems }));
  }
  const get = async (path: string) => {
    const response = await fetch(`${server.url}/organization/${path}`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    return { status: response.status, body: (await response.json()) as { error: { message: string; param: string } } };
  };
  return { ...server, secret, organization: server.sdk(secret), get };
}

const below = seededNumbers(5);
const some = <T>(values: readonly T[]): T => values[below(values.length)] as T;
/** 120 events of two projects, two keys and two models, of chat and embeddings. */
export const EVENTS: readonly UsageEvent[] = Array.from({ length: 120 }, (_, index) => {
  const isEmbedding = below(4) === 0;
  return usageEvent({
    id: `req_${index}`,
    endedAt: new Date((TODAY - 2 * DAY + below(2 * DAY + 600)) * 1000).toISOString(),
    route: isEmbedding ? "/v1/embeddings" : "/v1/chat/completions",
    projectId: some(["proj_a", "proj_b"]),
    userId: some(["user-a", undefined]),
    keyId: some(["aaaaaaaaaaaa", "bbbbbbbbbbbb"]),
    model: some(["tiny", "chat, large"]),
    isBatch: below(3) === 0,
    inputTokens: below(1000),
    outputTokens: isEmbedding ? 0 : below(1000),
    chargeNanoUsd: 2000 + below(1_000_000),
    inputChargeNanoUsd: below(2000),
    status: below(5) === 0 ? 503 : 200,
    durationMs: below(9000),
    firstTokenMs: some([undefined, below(900)]),
  });
});
/** Whether an event is one of embeddings. */
export const isEmbedding = ({ route }: UsageEvent) => route === "/v1/embeddings";
export const sumOf = (events: readonly UsageEvent[], value: (event: UsageEvent) => number) =>
  events.reduce((sum, event) => sum + value(event), 0);

interface Result {
  readonly [group: string]: unknown;
}
/** The results of a page, each with the beginning of its bucket. */
export const results = (page: Page) =>
  page.data.flatMap(({ start_time, results: all }) =>
    (all as unknown as readonly Result[]).map((result) => ({ start: start_time, result })),
  );
