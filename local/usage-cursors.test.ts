import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { usageEvent } from "../domain/usage/test/usage-events.ts";
import { usageAdditions } from "../domain/usage/usage-sums.ts";
import { controlServer } from "./test/control-server.ts";

const DAY = 86_400;
/** Two days before the clock of the control server. */
const START = Math.floor(1_790_000_000 / DAY) * DAY - 2 * DAY;

/** @returns sends a query to an organisation with usage on three days */
async function started() {
  const server = await controlServer();
  const secret = await server.owner("org-a");
  const events = [0, 1, 2].map((day) =>
    usageEvent({ id: `req_${day}`, endedAt: new Date((START + day * DAY) * 1000).toISOString() }),
  );
  for (const { series, entry, sums } of usageAdditions(events))
    await server.document.send(new PutCommand({ TableName: server.usageTable, Item: { series, entry, ...sums } }));
  return async (path: string) => {
    const headers = { authorization: `Bearer ${secret}` };
    const response = await fetch(`${server.url}/organization/${path}`, { headers });
    return { status: response.status, body: (await response.json()) as { next_page: string } };
  };
}

// documented: usage-foreign-cursor
test("usage is not read by the cursor of another request: 400 with the rule, whatever differs", async () => {
  const get = await started();
  const path = `usage/completions?start_time=${START}&group_by[]=model&group_by[]=project_id&models[]=chat&models[]=tiny`;
  const { body } = await get(`${path}&limit=1`);
  const cursor = body.next_page;
  expect(cursor).toMatch(new RegExp(`^page_${START + DAY}_[0-9a-f]{12}$`));
  const reordered = `usage/completions?models[]=tiny&models[]=chat&group_by[]=project_id&group_by[]=model&start_time=${START}`;
  for (const same of [path, reordered]) expect((await get(`${same}&limit=2&page=${cursor}`)).status).toBe(200);
  const others = [
    path.replace(String(START), String(START - DAY)),
    path.replace("models[]=tiny", "models[]=other"),
    path.replace("&group_by[]=model", ""),
    path.replace("completions", "embeddings"),
    `${path}&end_time=${START + 9 * DAY}`,
    `${path}&bucket_width=1h`,
    `${path}&project_ids[]=p1`,
    `costs?start_time=${START}`,
  ].map((other) => `${other}&page=${cursor}`);
  const forged = `${path}&page=${cursor.replace(String(START + DAY), String(START - 30 * DAY))}`;
  expect(forged).not.toContain(cursor);
  const message = expect.stringContaining("`page` must be the `next_page` of a page with the same times");
  for (const other of [...others, forged])
    expect(await get(other), other).toMatchObject({ status: 400, body: { error: { param: "page", message } } });
  const costs = `costs?start_time=${START}&limit=1&line_items[]=chat,%20input_tokens`;
  const { next_page: ofItems } = (await get(costs)).body;
  expect((await get(`${costs}&page=${ofItems}`)).status).toBe(200);
  for (const other of [costs.replace("input", "output"), costs.replace(/&line_items.*/, "&group_by[]=line_item")])
    expect(await get(`${other}&page=${ofItems}`), other).toMatchObject({
      status: 400,
      body: { error: { param: "page" } },
    });
  expect(await get(`${path}&page=page_${START}`)).toMatchObject({ status: 400, body: { error: { param: "page" } } });
});
