import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test } from "vitest";
import type { ControlRecord } from "../contracts/control/records.ts";
import { MAX_LISTED_MEMBERS, MAX_MEMBERS } from "../contracts/scim/resources.ts";
import { controlItem } from "../domain/tenancy/control-items.ts";
import { newId } from "../domain/tenancy/ids.ts";
import { filter, identityProvider, patch } from "./test/identity-provider.ts";

type Provider = Awaited<ReturnType<typeof identityProvider>>;

/** Stores records as they are, 25 in a request of DynamoDB. */
async function stored({ document, controlTable }: Provider, records: readonly ControlRecord[]) {
  for (let start = 0; start < records.length; start += 25) {
    const requests = records
      .slice(start, start + 25)
      .map((record) => ({ PutRequest: { Item: controlItem("org-a", record) } }));
    await document.send(new BatchWriteCommand({ RequestItems: { [controlTable]: requests } }));
  }
}

/** Each of 200 changes is a transaction: a minute on a busy machine. */
const MINUTES_MS = 300_000;
const ids = (count: number) => Array.from({ length: count }, (_, index) => newId("user", 1_790_000_000_000 + index));
const users = (all: readonly string[]) =>
  all.map(
    (id, index) =>
      ({
        kind: "user",
        version: 1,
        id,
        email: `u${index}@example.com`,
        role: "reader",
        addedAt: 1_790_000_000,
      }) as const,
  );

describe("a group with many members", () => {
  // documented: scim-large-group
  test(
    "is shown with 10,000 in one response of less than 1 MB, is not sent back by a PATCH, and beyond that is shown without them",
    async () => {
      const provider = await identityProvider();
      const { scim, assigned } = provider;
      const { id } = (await scim("POST", "/Groups", { displayName: "Everybody" })).body;
      const links = ids(MAX_LISTED_MEMBERS).map(
        (userId) => ({ kind: "groupUser", version: 1, groupId: id, userId, addedAt: 1_790_000_000 }) as const,
      );
      await stored(provider, links);
      const whole = await scim("GET", `/Groups/${id}`);
      expect(whole.body.members?.map(({ value }) => value)).toEqual(links.map(({ userId }) => userId));
      expect(Buffer.byteLength(whole.text)).toBeLessThan(1_000_000);
      const one = await assigned("one");
      const added = await scim(
        "PATCH",
        `/Groups/${id}`,
        patch({ op: "Add", path: "members", value: [{ value: one }] }),
      );
      expect([added.status, added.text]).toEqual([204, ""]);
      expect((await scim("GET", `/Groups${filter(`id eq "${id}" and members eq "${one}"`)}`)).body.totalResults).toBe(
        1,
      );
      expect((await scim("GET", `/Groups/${id}`)).body).toMatchObject({ status: "400", scimType: "tooMany" });
      const short = (await scim("GET", `/Groups/${id}?excludedAttributes=members`)).body;
      expect([short.displayName, short.members]).toEqual(["Everybody", undefined]);
      const removed = patch({ op: "Remove", path: `members[value eq "${one}"]` });
      expect((await scim("PATCH", `/Groups/${id}?excludedAttributes=members`, removed)).status).toBe(200);
      expect((await scim("GET", `/Groups/${id}`)).body.members?.length).toBe(MAX_LISTED_MEMBERS);
    },
    MINUTES_MS,
  );

  test(
    "gets more members than one request adds by the same request, which is sent again after a 503",
    async () => {
      const provider = await identityProvider();
      const { scim, members } = provider;
      const all = ids(MAX_MEMBERS + 5);
      await stored(provider, users(all));
      const body = { displayName: "Everybody", members: all.map((value) => ({ value })) };
      expect((await scim("POST", "/Groups", body)).status).toBe(413);
      const { id } = (await scim("POST", "/Groups", { displayName: "Everybody" })).body;
      const first = await scim("PUT", `/Groups/${id}`, body);
      expect([first.status, first.headers.get("retry-after")]).toEqual([503, "1"]);
      expect(first.body.detail).toContain(`${MAX_MEMBERS} of ${all.length}`);
      expect((await members(id)).length).toBe(MAX_MEMBERS);
      expect((await scim("PUT", `/Groups/${id}`, body)).status).toBe(200);
      expect(await members(id)).toEqual(all);
    },
    MINUTES_MS,
  );
});
