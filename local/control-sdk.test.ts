import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import type { ControlOperation } from "../contracts/control/operations/operation.ts";
import { CONTROL_OPERATIONS, type ControlOperationId } from "../contracts/control/operations/operations.ts";
import type { RecordOf } from "../contracts/control/records.ts";
import type { ControlStore } from "../lambdas/administer/store/control-store.ts";
import { type MadeIds, type OwnCall, SDK_CALLS } from "./test/control/sdk-calls.ts";
import { controlServer } from "./test/control-server.ts";
import { CHAT_ID, storeChat } from "./test/stored-chat.ts";

/** As the function that sends notices stores it. */
async function storeDelivery(store: ControlStore, { webhook: webhookId, delivery: id }: MadeIds): Promise<void> {
  const times = { createdAt: 1, triedUntil: 2, nextAttemptAt: 2, updatedAt: 2, expiresAt: 2_000_000_000 };
  const event = { noticeId: "evt_1", type: "key.revoked", status: "failed", attempts: 9 } as const;
  const record = { kind: "webhookDelivery", version: 1, id, webhookId, ...event, ...times } as const;
  expect(await store.write("org-a", [{ action: "create", record }])).toBe(true);
}
const MEMBER: RecordOf<"user"> = {
  kind: "user",
  version: 1,
  id: "user-member",
  email: "member@example.com",
  role: "reader",
  addedAt: 1,
};

/** Makes the owner of the organisation a member of a project, who may have keys of it. */
async function joinAsOwner({ store }: Pick<Awaited<ReturnType<typeof controlServer>>, "store">, projectId: string) {
  const { records } = await store.list("org-a", { kind: "user", limit: 10 });
  const userId = records.find(({ role }) => role === "owner")?.id ?? "";
  const record = { kind: "membership", version: 1, projectId, userId, role: "member", addedAt: 1 } as const;
  await store.write("org-a", [{ action: "create", record }]);
}

describe("the official SDK", () => {
  // documented: control-api-sdk
  test("can call every operation of the control API, and each response has its schema, no field more", async () => {
    const server = await controlServer();
    const { url, owner, store } = server;
    const adminAPIKey = await owner("org-a");
    await store.write("org-a", [{ action: "create", record: MEMBER }]);
    const responses: { readonly method: string; readonly path: string; readonly body: unknown }[] = [];
    const client = new OpenAI({
      adminAPIKey,
      apiKey: "unused",
      baseURL: url,
      maxRetries: 0,
      fetch: async (address, request) => {
        const response = await fetch(address, request);
        const { pathname } = new URL(String(address));
        responses.push({
          method: request?.method?.toUpperCase() ?? "GET",
          path: pathname,
          body: await response.clone().json(),
        });
        return response;
      },
    });
    const { organization } = client.admin;
    const own: OwnCall = (method, path, body) => client[method](path, { body, __security: { adminAPIKeyAuth: true } });
    const made: MadeIds = {
      project: "",
      user: MEMBER.id,
      invite: "",
      adminKey: "",
      account: "",
      key: "",
      group: "",
      role: "",
      projectRole: "",
      credit: "",
      webhook: "",
      delivery: "delivery_1",
      alert: "",
      projectAlert: "",
      chat: CHAT_ID,
    };
    const called: string[] = [];
    for (const [id, call] of Object.entries(SDK_CALLS)) {
      if (id === "createProjectApiKey") await joinAsOwner(server, made.project);
      if (id === "listChats") await storeChat(server, { projectId: made.project });
      if (id === "resendWebhookDelivery") await storeDelivery(server.store, made);
      await call(organization, made, own);
      const { method, path, response }: ControlOperation = CONTROL_OPERATIONS[id as ControlOperationId];
      const last = responses.at(-1);
      expect(last?.method, id).toBe(method);
      expect(last?.path, id).toMatch(new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`));
      expect(response.safeParse(last?.body).error, id).toBeUndefined();
      called.push(id);
    }
    expect(called.toSorted()).toEqual(Object.keys(CONTROL_OPERATIONS).toSorted());
    expect(responses).toHaveLength(called.length);
  });
});
