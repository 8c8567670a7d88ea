import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OPERATIONS } from "../contracts/openapi/operations.ts";
import { chatRequest } from "./test/batch-storage.ts";
import { bodyFor, pathFor, startTenantGateway, type TenantGateway, type TestOperation } from "./test/tenants.ts";

const BY_ID = OPERATIONS.filter(({ path }) => /\{(file|batch|response)\}/.test(path));
const CHAT = "/v1/chat/completions";

interface Owner {
  readonly call: ReturnType<TenantGateway["tenant"]>["call"];
  /** Text that is in everything that it stores, and in nothing of another tenant's. */
  readonly mark: string;
  /** Ids of its objects, each kind together. */
  readonly ids: readonly string[];
}

/** A tenant with a file, a batch and a response, all of which have its mark in them. */
async function owner({ tenant }: TenantGateway, name: string): Promise<Owner> {
  const { call } = tenant();
  const mark = `mark-of-${name}`;
  const idOf = async (response: Promise<Response>) => ((await (await response).json()) as { id: string }).id;
  const form = new FormData();
  form.append("purpose", "batch");
  form.append("file", new File([JSON.stringify(chatRequest(mark))], `${mark}.jsonl`));
  const file = await idOf(call("POST", "/v1/files", form));
  const batch = await idOf(
    call("POST", "/v1/batches", {
      input_file_id: file,
      endpoint: CHAT,
      completion_window: "24h",
      metadata: { mark },
    }),
  );
  const response = await idOf(
    call("POST", "/v1/responses", { model: "tiny", input: mark, instructions: mark, metadata: { mark } }),
  );
  return { call, mark, ids: [file, batch, response] };
}

/** An id as somebody might guess it from another one. */
const guess = fc.constantFrom<(id: string) => string>(
  (id) => id,
  (id) => id,
  (id) => id.toUpperCase(),
  (id) => `${id} `,
  (id) => `${id}/`,
  (id) => `../${id}`,
  (id) => id.slice(0, -1),
  (id) => `${id}%00`,
  (id) => `key:x#${id}`,
  (id) => `${id}/content`,
  (id) => `${id}?limit=100`,
);

/** Bodies that name an object of `id`, in every field that may name one. */
const REFERENCES = [
  ["/v1/responses", (id: string) => ({ model: "tiny", input: "Hello", previous_response_id: id })],
  ["/v1/responses", (id: string) => ({ model: "tiny", input: [{ type: "item_reference", id }] })],
  ["/v1/batches", (id: string) => ({ input_file_id: id, endpoint: CHAT, completion_window: "24h" })],
] as const;

const marksIn = (text: string) => new Set(text.match(/mark-of-\w+/g) ?? []);

describe("a tenant", () => {
  // documented: tenant-isolation
  test("reads, changes and refers to nothing of another one, whatever id it knows or guesses, in any operation", async () => {
    const gateway = await startTenantGateway();
    const owners = await Promise.all(["one", "two", "three"].map((name) => owner(gateway, name)));
    const before = await Promise.all(owners.map(snapshot));
    const index = fc.nat({ max: owners.length - 1 });
    const operation = fc.constantFrom<TestOperation>(...BY_ID);
    await fc.assert(
      fc.asyncProperty(index, index, fc.nat({ max: 2 }), guess, operation, async (caller, other, which, change, by) => {
        fc.pre(caller !== other);
        const { call, mark } = owners[caller]!;
        const id = change(owners[other]!.ids[which]!);
        const response = await call(by.method.toUpperCase(), pathFor(by, id), bodyFor(by, { file: id }));
        expect([400, 404, 405]).toContain(response.status);
        expect([...marksIn(await response.text())].filter((found) => found !== mark && !id.includes(found))).toEqual(
          [],
        );
      }),
      { numRuns: 400 },
    );
    await fc.assert(
      fc.asyncProperty(
        index,
        index,
        fc.nat({ max: 2 }),
        fc.constantFrom(...REFERENCES),
        async (caller, other, which, [path, body]) => {
          fc.pre(caller !== other);
          const response = await owners[caller]!.call("POST", path, body(owners[other]!.ids[which]!));
          expect([400, 404]).toContain(response.status);
          expect([...marksIn(await response.text())]).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
    expect(await Promise.all(owners.map(snapshot))).toEqual(before);
  });

  test("lists its own files and batches alone, page by page, also behind another one's id", async () => {
    const gateway = await startTenantGateway();
    const owners = await Promise.all(["one", "two", "three"].map((name) => owner(gateway, name)));
    for (const { call, mark, ids } of owners)
      for (const path of ["/v1/files", "/v1/batches"]) {
        const after = owners.flatMap((other) => other.ids).filter((id) => !ids.includes(id));
        for (const query of ["", "?limit=1", ...after.map((id) => `?after=${id}`)]) {
          const text = await (await call("GET", path + query)).text();
          expect(
            [...marksIn(text)].filter((found) => found !== mark),
            `${path}${query}`,
          ).toEqual([]);
          if (query === "") expect(marksIn(text)).toContain(mark);
        }
      }
  });

  // documented: tenant-isolation-caches
  test("gets no response from the cache that another one's request stored, exact or semantic, whole or streamed", async () => {
    const semantic = { embeddingModel: "embedder", threshold: 0.5, maxEntries: 1000 };
    const gateway = await startTenantGateway({
      config: { cache: { ttlSeconds: 3600, routeTtlSeconds: {}, memoryMiB: 8, semantic } },
      // All texts are the same to this model.
      embed: async () => Float32Array.from([1, 0]),
    });
    const tenants = [gateway.tenant(), gateway.tenant(), gateway.tenant()];
    const request = fc.record({
      text: fc.constantFrom("Hello", "Hello!", "What is the capital of France?"),
      stream: fc.boolean(),
    });
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 2 }), request, async (who, { text, stream }) => {
        const { call } = tenants[who]!;
        const body = { model: "tiny", temperature: 0, stream, messages: [{ role: "user", content: text }] };
        const response = await call("POST", CHAT, body);
        await response.text();
        const kind = `${who} ${stream}`;
        if (response.headers.get("x-sluice-cache") === "hit") expect(seen, kind).toContain(kind);
        seen.add(kind);
      }),
      { numRuns: 60 },
    );
    const hits = gateway.log().filter(({ cache }) => cache === "hit");
    expect(hits.length).toBeGreaterThan(10);
  });
});

/** All that a tenant has, as it reads it itself, but for a batch's progress. */
async function snapshot({ call, ids }: Owner): Promise<unknown> {
  const [file, batch, response] = ids;
  const read = async (path: string) => (await call("GET", path)).text();
  const { metadata, id } = JSON.parse(await read(`/v1/batches/${batch}`));
  return {
    file: await read(`/v1/files/${file}/content`),
    batch: { metadata, id },
    response: await read(`/v1/responses/${response}`),
  };
}
