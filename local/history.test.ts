import { DeleteCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test } from "vitest";
import { controlServer } from "./test/control-server.ts";
import { CHAT_ID, storeChat } from "./test/stored-chat.ts";

const ACCESS = { reason: "a support case", expires_in_seconds: 900 };
const idOf = (index: number) => `gen_${String(index).padStart(32, "0")}`;
const at = (minute: number) => new Date(Date.now() - minute * 60_000).toISOString();

interface ChatObject {
  readonly id: string;
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[] | null;
  readonly chunks?: readonly (readonly [number, number])[] | null;
}
interface Page {
  readonly data: readonly ChatObject[];
  readonly has_more: boolean;
  readonly next: string | null;
}

/** The control API with an owner, whose project has opted in, and requests to it. */
async function started() {
  const server = await controlServer();
  const secret = await server.owner("org-a");
  const base = server.url.replace(/\/v1$/, "");
  const request = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}, key = secret) =>
    fetch(base + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const json = async <T>(response: Promise<Response>) => (await (await response).json()) as T;
  const project = await json<{ id: string }>(request("POST", "/v1/organization/projects", { name: "search" }));
  const access = (key = secret) =>
    request("POST", `/v1/organization/projects/${project.id}/history_access`, ACCESS, {}, key);
  const page = (query: string) => json<Page>(request("GET", `/api/chats?project=${project.id}${query}`));
  const [owner] = (await json<{ data: readonly { id: string }[] }>(request("GET", "/v1/organization/users"))).data;
  const events = async () =>
    (await json<{ data: readonly { type: string }[] }>(request("GET", "/v1/organization/audit_logs?limit=100"))).data;
  const store = (...[fields, content]: [Parameters<typeof storeChat>[1], Parameters<typeof storeChat>[2]?]) =>
    storeChat(server, { projectId: project.id, ...fields }, content);
  return {
    ...server,
    request,
    json,
    access,
    page,
    events,
    storeChat: store,
    project: project.id,
    ownerId: owner?.id ?? "",
  };
}

describe("the history of a project", () => {
  test("is listed the newest first, page by page, by key, owner and model, without content", async () => {
    const { page, storeChat: stored } = await started();
    for (let index = 0; index < 5; index++)
      await stored({
        id: idOf(index),
        at: at(index),
        ownerId: index < 3 ? "user-a" : "user-b",
        model: index === 4 ? "chat" : "tiny",
      });
    const first = await page("&limit=2");
    expect(first.data.map(({ id }) => id)).toEqual([idOf(0), idOf(1)]);
    expect(first.data[0]).not.toHaveProperty("messages");
    const second = await page(`&limit=3&after=${encodeURIComponent(first.next ?? "")}`);
    expect(second.data.map(({ id }) => id)).toEqual([idOf(2), idOf(3), idOf(4)]);
    const last = await page(`&after=${encodeURIComponent(second.next ?? "x")}`);
    expect([last.data, last.has_more]).toEqual([[], false]);
    expect((await page("&user=user-b")).data).toHaveLength(2);
    expect((await page("&model=chat")).data.map(({ id }) => id)).toEqual([idOf(4)]);
    expect((await page("&api_key_id=key_other")).data).toEqual([]);
  });

  test("has its content closed until somebody opens it with a reason, which the audit log shows with each reading", async () => {
    const { request, access, page, json, events, storeChat: stored, clock } = await started();
    await stored({}, { prompt: "What is planted?", response: "A tree" });
    expect((await page("")).data).toHaveLength(1);
    for (const path of [`/api/chats/${CHAT_ID}`, `/api/chats/${CHAT_ID}/events`]) {
      const refused = await request("GET", path);
      expect([refused.status, await refused.text()], path).toEqual([403, expect.stringContaining("history_access")]);
    }
    expect((await request("GET", `/api/chats?project=${(await page("")).data.length}&q=tree`)).status).toBe(404);
    expect((await access()).status).toBe(200);
    const chat = await json<ChatObject>(request("GET", `/api/chats/${CHAT_ID}`));
    expect(chat.messages).toEqual([
      { role: "user", content: "What is planted?" },
      { role: "assistant", content: "A tree" },
    ]);
    expect(chat.chunks).toEqual([[3.5, expect.any(Number)]]);
    expect((await page("&q=TREE")).data).toHaveLength(1);
    expect((await page("&q=stone")).data).toEqual([]);
    const types = (await events()).map(({ type }) => type);
    expect(types.filter((type) => type === "history.read")).toHaveLength(3);
    expect(types.filter((type) => type === "history.access.granted")).toHaveLength(1);
    expect((await events()).find(({ type }) => type === "history.read")).toMatchObject({
      "history.read": { reason: ACCESS.reason },
    });
    clock.ms += 901_000;
    expect((await request("GET", `/api/chats/${CHAT_ID}`)).status).toBe(403);
  });

  // documented: history-sse-bytes
  test("has the events of a stream byte for byte, also in ranges that follow each other", async () => {
    const { request, access, storeChat: stored } = await started();
    const sse = `data: {"choices":[{"delta":{"content":"Grüße"}}]}\n\n${": ü\n\n".repeat(300_000)}data: [DONE]\n\n`;
    await stored({ isStream: true }, { response: sse, contentType: "text/event-stream; charset=utf-8" });
    await access();
    const path = `/api/chats/${CHAT_ID}/events`;
    const whole = await request("GET", path);
    expect([whole.status, await whole.text()]).toEqual([400, expect.stringContaining("Range")]);
    const pieces: Buffer[] = [];
    for (let from = 0; ; ) {
      const response = await request("GET", path, undefined, { range: `bytes=${from}-` });
      expect([response.status, response.headers.get("content-type")]).toEqual([
        206,
        "text/event-stream; charset=utf-8",
      ]);
      pieces.push(Buffer.from(await response.arrayBuffer()));
      const [, to, length] = /^bytes \d+-(\d+)\/(\d+)$/.exec(response.headers.get("content-range") ?? "") ?? [];
      from = Number(to) + 1;
      if (from === Number(length)) break;
    }
    expect(pieces.length).toBeGreaterThan(1);
    expect(Buffer.concat(pieces).equals(Buffer.from(sse))).toBe(true);
    for (const range of ["bytes=9999999-", "bytes=5-2", "items=0-", "bytes=-5"])
      expect((await request("GET", path, undefined, { range })).status, range).toBe(400);
  });

  test("is exported as JSON Lines, CSV and JSON, in pages that make one file", async () => {
    const { request, access, project, storeChat: stored } = await started();
    for (let index = 0; index < 3; index++)
      await stored({ id: idOf(index), at: at(index) }, { prompt: `=cmd "${index}"`, response: `answer, ${index}` });
    await access();
    const exported = async (format: string) => {
      let text = "";
      let after = "";
      for (let count = 0; count < 5; count++) {
        const response = await request("GET", `/api/chats/export?project=${project}&format=${format}&limit=2${after}`);
        expect(response.status).toBe(200);
        text += await response.text();
        const next = response.headers.get("x-sluice-next");
        if (next === null) break;
        after = `&after=${encodeURIComponent(next)}`;
      }
      return text;
    };
    const lines = (await exported("jsonl"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as ChatObject);
    expect(lines.map(({ id }) => id)).toEqual([idOf(0), idOf(1), idOf(2)]);
    expect(lines[1]?.messages?.[1]?.content).toBe("answer, 1");
    const rows = (await exported("csv")).trim().split("\r\n");
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatch(/^id,created,model,.*,prompt,response$/);
    expect(rows[1]).toContain(`"'=cmd ""0""","answer, 0"`);
    expect((await request("GET", `/api/chats/export?project=${project}&format=xml`)).status).toBe(400);
  });

  test("loses a chat that is deleted, with its content", async () => {
    const { request, page, events, storeChat: stored, document, historyTables } = await started();
    await stored({}, { response: "x".repeat(10) });
    expect((await request("DELETE", `/api/chats/${CHAT_ID}`)).status).toBe(200);
    expect((await page("")).data).toEqual([]);
    expect((await request("GET", `/api/chats/${CHAT_ID}`)).status).toBe(404);
    expect((await document.send(new ScanCommand({ TableName: historyTables.history }))).Items).toEqual([]);
    expect((await events())[0]).toMatchObject({ type: "access.denied" });
    expect((await events()).map(({ type }) => type)).toContain("history.deleted");
  });

  test("shows that content was erased when its data key is gone", async () => {
    const { request, access, json, document, historyTables, storeChat: stored } = await started();
    await stored({});
    await access();
    await document.send(new DeleteCommand({ TableName: historyTables.keys, Key: { subject: "svc_acct_1" } }));
    expect(await json<ChatObject>(request("GET", `/api/chats/${CHAT_ID}`))).toMatchObject({
      messages: null,
      chunks: null,
    });
    expect((await request("GET", `/api/chats/${CHAT_ID}/events`)).status).toBe(404);
  });
});

describe("one's own history", () => {
  test("needs no permission and no reason, and is nobody else's", async () => {
    const { request, json, events, ownerId, storeChat: stored } = await started();
    await stored({ ownerId }, { prompt: "mine" });
    await stored({ id: idOf(1), ownerId: "user-other" }, { prompt: "other" });
    const own = await json<Page>(request("GET", "/api/chats?include[]=content"));
    expect(own.data.map(({ id }) => id)).toEqual([CHAT_ID]);
    expect(own.data[0]?.messages?.[0]?.content).toBe("mine");
    expect((await request("GET", `/api/chats/${CHAT_ID}/events`)).status).toBe(200);
    expect((await events()).map(({ type }) => type)).not.toContain("history.read");
    expect((await request("DELETE", `/api/chats/${CHAT_ID}`)).status).toBe(200);
    expect((await json<Page>(request("GET", "/api/chats"))).data).toEqual([]);
  });
});

describe("a history of another organisation", () => {
  test("is found by no path, and its chat as one that does not exist", async () => {
    const { request, owner, project, storeChat: stored } = await started();
    await stored({});
    const stranger = await owner("org-b");
    const absent = await (await request("GET", `/api/chats/${idOf(9)}`, undefined, {}, stranger)).text();
    for (const [method, path] of [
      ["GET", `/api/chats/${CHAT_ID}`],
      ["GET", `/api/chats/${CHAT_ID}/events`],
      ["DELETE", `/api/chats/${CHAT_ID}`],
    ] as const) {
      const response = await request(method, path, undefined, {}, stranger);
      const text = (await response.text()).replace(CHAT_ID, idOf(9));
      const undecided = (one: string) => one.replace(/dec_\w+/, "dec_");
      expect([response.status, undecided(text)], path).toEqual([404, undecided(absent)]);
    }
    const key = await keyOfProject(request, project);
    const byKey = await request("GET", `/api/chats?key=${key}`, undefined, {}, stranger);
    const byAbsentKey = await request("GET", "/api/chats?key=key_aaaaaaaaaaaa", undefined, {}, stranger);
    const found = (await byKey.text()).replace(key, "key_aaaaaaaaaaaa").replace(/dec_\w+/, "dec_");
    expect([byKey.status, found]).toEqual([404, (await byAbsentKey.text()).replace(/dec_\w+/, "dec_")]);
    for (const path of [`/api/chats?project=${project}`, `/v1/organization/projects/${project}/chats/${CHAT_ID}`])
      expect((await request("GET", path, undefined, {}, stranger)).status, path).toBe(404);
  });
});

/** Makes a service account. @returns the id of its key */
async function keyOfProject(request: Awaited<ReturnType<typeof started>>["request"], project: string): Promise<string> {
  const made = await request("POST", `/v1/organization/projects/${project}/service_accounts`, { name: "app" });
  return ((await made.json()) as { api_key: { id: string } }).api_key.id;
}

describe("data retention", () => {
  test("is chosen for a project, else for the organisation, and gateways read it with their keys", async () => {
    const { sdk, owner, url } = await controlServer();
    const secret = await owner("org-a");
    const { dataRetention, projects } = sdk(secret);
    const { id } = await projects.create({ name: "search" });
    expect((await projects.dataRetention.retrieve(id)).type).toBe("organization_default");
    expect((await dataRetention.retrieve()).type).toBe("modified_abuse_monitoring");
    expect((await projects.dataRetention.update(id, { retention_type: "none" })).type).toBe("none");
    expect((await projects.dataRetention.retrieve(id)).type).toBe("none");
    await projects.dataRetention.update(id, { retention_type: "organization_default" });
    expect((await projects.dataRetention.retrieve(id)).type).toBe("organization_default");
    await expect(
      projects.dataRetention.update(id, { retention_type: "enhanced_zero_data_retention" }),
    ).rejects.toMatchObject({ status: 400 });
    expect((await fetch(`${url}/organization/data_retention`)).status).toBe(401);
  });

  test("stays when limits and models of the project change", async () => {
    const { sdk, owner, post } = await controlServer();
    const secret = await owner("org-a");
    const { projects } = sdk(secret);
    const { id } = await projects.create({ name: "search" });
    await projects.dataRetention.update(id, { retention_type: "none" });
    const limits = [{ metric: "requests", window: "minute", max: 60 }];
    expect((await post(`/organization/limits/project/${id}`, secret, { limits })).status).toBe(200);
    await projects.modelPermissions.update(id, { mode: "allow_list", model_ids: ["tiny"] });
    await projects.modelPermissions.delete(id);
    expect((await projects.dataRetention.retrieve(id)).type).toBe("none");
  });
});
