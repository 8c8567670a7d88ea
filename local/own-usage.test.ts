import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test } from "vitest";
import { usageEvent } from "../domain/usage/test/usage-events.ts";
import { usageAdditions } from "../domain/usage/usage-sums.ts";
import { controlMembers } from "./test/control-members.ts";

/** Two days before the clock of the control server. */
const START = 1_789_800_000;
const ENDED = new Date(1000 * (START + 3600)).toISOString();
const EVENTS = [
  usageEvent({ id: "a", endedAt: ENDED, userId: "user-ada", inputTokens: 10, chargeNanoUsd: 1000 }),
  usageEvent({ id: "b", endedAt: ENDED, userId: "user-bob", inputTokens: 200, chargeNanoUsd: 50_000 }),
  usageEvent({ id: "c", endedAt: ENDED, userId: undefined, inputTokens: 3000, chargeNanoUsd: 700_000 }),
  usageEvent({
    id: "d",
    endedAt: ENDED,
    userId: "user-ada",
    route: "/v1/embeddings",
    inputTokens: 4,
    chargeNanoUsd: 5,
  }),
];

/** Ada, who reads nothing of the organisation but her own usage, and the usage of her and others. */
async function started() {
  const server = await controlMembers();
  const key = await server.joinWithKey("user-ada", "member");
  for (const { series, entry, sums } of usageAdditions(EVENTS))
    await server.document.send(new PutCommand({ TableName: server.usageTable, Item: { series, entry, ...sums } }));
  const get = async (path: string, secret = key) => {
    const response = await fetch(server.url.replace("/v1", path), { headers: { authorization: `Bearer ${secret}` } });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  return { ...server, get };
}

const resultsOf = (body: { data: { results: object[] }[] }) => body.data.flatMap(({ results }) => results);

describe("a person who reads no usage of the organisation", () => {
  // documented: own-usage
  test("reads the usage and costs of the own requests, whatever they are grouped and filtered by", async () => {
    const { get } = await started();
    const usage = await get(
      `/v1/organization/usage/completions?start_time=${START}&group_by[]=user_id&group_by[]=model`,
    );
    expect(usage.status).toBe(200);
    expect(resultsOf(usage.body)).toMatchObject([{ user_id: "user-ada", input_tokens: 10, num_model_requests: 1 }]);
    const embeddings = await get(`/v1/organization/usage/embeddings?start_time=${START}`);
    expect(resultsOf(embeddings.body)).toMatchObject([{ input_tokens: 4 }]);
    const costs = await get(`/v1/organization/costs?start_time=${START}`);
    expect(resultsOf(costs.body)).toMatchObject([{ amount: { value: 0.000001005 } }]);
    const summary = await get("/api/usage/summary?months=1");
    expect(summary.body.data).toMatchObject([{ input_tokens: 14, cost_usd: 0.000001005 }]);
  });

  test("finds nothing by the id of another, and nothing more by a project or a key that others use too", async () => {
    const { get } = await started();
    for (const filter of ["user_ids[]=user-bob", "user_ids[]=user-bob&group_by[]=api_key_id"]) {
      const { status, body } = await get(`/v1/organization/usage/completions?start_time=${START}&${filter}`);
      expect([status, resultsOf(body)], filter).toEqual([200, []]);
    }
    for (const filter of ["project_ids[]=proj_1", "api_key_ids[]=key_key1", "models[]=small", "user_ids[]=user-ada"]) {
      const { body } = await get(`/v1/organization/usage/completions?start_time=${START}&${filter}`);
      expect(resultsOf(body), filter).toMatchObject([{ input_tokens: 10 }]);
    }
    const summary = await get("/api/usage/summary?months=1&user_id=user-bob");
    expect(summary.body.data).toMatchObject([{ tokens: 0 }]);
  });

  test("reads the usage of all once a role permits it", async () => {
    const { get, owner, ownerSecret } = await started();
    const path = `/v1/organization/usage/completions?start_time=${START}`;
    expect(resultsOf((await get(path, ownerSecret)).body)).toMatchObject([{ input_tokens: 3210 }]);
    await owner.users.update("user-ada", { role: "reader" });
    expect(resultsOf((await get(path)).body)).toMatchObject([{ input_tokens: 3210 }]);
  });
});
