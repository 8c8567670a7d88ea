import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import type { ModelPermissions } from "../../contracts/limits/use-limit.ts";
import { OPERATIONS } from "../../contracts/openapi/operations.ts";
import { createKey, type KeyRestrictions } from "../../domain/keys/key-item.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { routeOf } from "../test/endpoint-paths.ts";
import { errorOf, post, startTestGateway, testConfig } from "../test/test-gateway.ts";

const MODELS = ["a", "b", "c"];
const CASES: readonly (readonly [KeyRestrictions["models"], ModelPermissions | undefined, readonly string[]])[] = [
  [undefined, undefined, MODELS],
  [undefined, { mode: "allow_list", models: ["a"] }, ["a"]],
  [undefined, { mode: "allow_list", models: [] }, []],
  [undefined, { mode: "deny_list", models: ["a"] }, ["b", "c"]],
  [undefined, { mode: "deny_list", models: [] }, MODELS],
  [["a", "b"], { mode: "allow_list", models: ["b", "c"] }, ["b"]],
  [["a", "b"], { mode: "deny_list", models: ["b"] }, ["a"]],
];

/** Paths of all operations that use a model. */
const PATHS = OPERATIONS.filter(({ method }) => method === "post")
  .map(({ path }) => path)
  .filter((path) => routeOf(path, "POST").endpoint?.generation !== undefined);

/** The fields of all of these operations: none of them refuses those of another one. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "/v1/completions": { prompt: "Once" },
  "/v1/embeddings": { input: "Once" },
  "/v1/moderations": { input: "Once" },
  "/v1/responses": { input: "Once" },
  "/tokenize": { prompt: "Once" },
  "/detokenize": { tokens: [1] },
};
const bodyOf = (path: string, model: string) => ({
  model,
  ...(FIELDS[path] ?? { max_tokens: 5, messages: [{ role: "user", content: "Hello" }] }),
});

async function start(models: KeyRestrictions["models"], modelPermissions: ModelPermissions | undefined) {
  const pools = MODELS.map((id) => ({ ...testConfig().models[0]!, id }));
  const gateway = await startTestGateway({ config: { auth: "required", models: pools } });
  const { item, secret } = createKey({ name: "k", plan: "standard", createdAt: new Date(), models });
  gateway.keys.set(item.keyId, { ...item, ...(modelPermissions && { modelPermissions }) });
  return { url: gateway.url, authorization: `Bearer ${secret}` };
}

// documented: model-permissions
test.each(CASES)(
  "with models %j of the key and permissions %j of its project, exactly %j can be seen and used",
  async (models, permissions, allowed) => {
    const { url, authorization } = await start(models, permissions);
    const headers = { authorization };
    const seen = async (more: Record<string, string>) => {
      const response = await fetch(`${url}/v1/models`, { headers: { ...headers, ...more } });
      return ((await response.json()) as { data: { id: string }[] }).data.map(({ id }) => id);
    };
    expect(await seen({})).toEqual(allowed);
    expect(await seen({ "anthropic-version": "2023-06-01" })).toEqual(allowed);
    for (const model of MODELS) {
      const card = await fetch(`${url}/v1/models/${model}`, { headers });
      expect(card.status).toBe(allowed.includes(model) ? 200 : 404);
      for (const path of PATHS) {
        const response = await post(url, path, bodyOf(path, model), headers);
        const text = await response.text();
        // An engine of the test can't moderate; that is another refusal.
        const isHidden = response.status === 404 && text.includes("does not exist here");
        expect(isHidden, `${path} ${model}: ${text}`).toBe(!allowed.includes(model));
        for (const other of MODELS.filter((name) => !allowed.includes(name) && name !== model))
          expect(text).not.toContain(`, ${other}`);
      }
    }
  },
);

test("a WebSocket is refused a model that the project may not use, and serves another", async () => {
  const { url, authorization } = await start(undefined, { mode: "allow_list", models: ["a"] });
  const socket = new WebSocket(`${url.replace("http", "ws")}/v1/chat/completions`, { headers: { authorization } });
  onTestFinished(() => socket.terminate());
  const messages: string[] = [];
  socket.on("message", (data) => messages.push(String(data)));
  await once(socket, "open");
  socket.send(JSON.stringify(bodyOf("/v1/chat/completions", "b")));
  await eventually(() => expect(messages.join("")).toContain("model_not_found"));
  messages.length = 0;
  socket.send(JSON.stringify(bodyOf("/v1/chat/completions", "a")));
  await eventually(() => expect(messages.join("")).toContain("chat.completion"));
});

test("every operation that uses a model is among those that are tested", async () => {
  expect(PATHS.length).toBeGreaterThan(7);
  const { url, authorization } = await start(undefined, undefined);
  for (const path of PATHS.filter((one) => one !== "/v1/moderations"))
    expect((await post(url, path, bodyOf(path, "a"), { authorization })).status, path).toBe(200);
  const refused = await post(url, "/v1/moderations", bodyOf("/v1/moderations", "a"), { authorization });
  await errorOf(refused, 404, "model_not_found");
});
