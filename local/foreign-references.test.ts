import { expect, test } from "vitest";
import { OPERATIONS } from "../contracts/openapi/operations.ts";
import type { ApiKeyItem } from "../contracts/processes/auth.ts";
import { bodyFor, pathFor, startTenantGateway, type TenantObjects, type TestTenant } from "./test/tenants.ts";

const ABSENT: TenantObjects = {
  file: `file-${"0".repeat(32)}`,
  batch: `batch_${"0".repeat(32)}`,
  response: `resp_${"0".repeat(32)}`,
};
const BY_ID = OPERATIONS.filter(({ path }) => /\{(file|batch|response)\}/.test(path));

type Request = readonly [method: string, path: string, body?: unknown];

/** All requests that name an object of a tenant: in the path, in a query and in a body, whole and streamed. */
function requests(of: TenantObjects): Readonly<Record<string, Request>> {
  const kinds = Object.entries(of);
  return Object.fromEntries<Request>([
    ...BY_ID.flatMap((operation) =>
      kinds.map(([kind, id]): [string, Request] => [
        `${operation.operationId} of a ${kind}`,
        [operation.method.toUpperCase(), pathFor(operation, id), bodyFor(operation, { file: id })],
      ]),
    ),
    ...kinds.flatMap(([kind, id]): [string, Request][] => [
      [`files after a ${kind}`, ["GET", `/v1/files?after=${id}`]],
      [`batches after a ${kind}`, ["GET", `/v1/batches?after=${id}`]],
      [
        `a batch over a ${kind}`,
        ["POST", "/v1/batches", { input_file_id: id, endpoint: "/v1/chat/completions", completion_window: "24h" }],
      ],
      ...[false, true].flatMap((stream): [string, Request][] => [
        [
          `a response after a ${kind}, streamed: ${stream}`,
          ["POST", "/v1/responses", { model: "tiny", input: "Hello", previous_response_id: id, stream }],
        ],
        [
          `a response with an item that is a ${kind}, streamed: ${stream}`,
          ["POST", "/v1/responses", { model: "tiny", input: [{ type: "item_reference", id }], stream }],
        ],
      ]),
    ]),
  ]);
}

// documented: foreign-references
test.each<readonly [string, Partial<ApiKeyItem>]>([
  ["another key", {}],
  ["another service account of the project", { projectId: "proj_1", owner: { type: "service_account", id: "svc_2" } }],
  ["another user of the project", { projectId: "proj_1", owner: { type: "user", id: "user-2" } }],
  ["the same user in another project", { projectId: "proj_2", owner: { type: "user", id: "user-1" } }],
])(
  "%s gets for each id, wherever a request names it, the response of an id that nobody has, and never 403",
  async (_, fields) => {
    const { tenant, keys } = await startTenantGateway();
    const as = (one: TestTenant, own: Partial<ApiKeyItem>) => {
      keys.set(one.keyId, { ...one.item, ...own });
      return one;
    };
    const owner = as(tenant(), { projectId: "proj_1", owner: { type: "user", id: "user-1" } });
    const stranger = as(tenant(), fields);
    const objects = await owner.objects();
    const masked = (text: string) =>
      Object.entries(objects)
        .reduce((now, [kind, id]) => now.replaceAll(id, ABSENT[kind as keyof TenantObjects]), text)
        .replaceAll(/req_[0-9a-f]{32}/g, "req_");
    const sent = async (request: Request) => {
      const response = await stranger.call(...request);
      return { status: response.status, text: masked(await response.text()) };
    };
    const absent = requests(ABSENT);
    for (const [name, request] of Object.entries(requests(objects))) {
      const others = await sent(request);
      expect(others, name).toEqual(await sent(absent[name] ?? request));
      if (others.status === 200) expect(JSON.parse(others.text).data, name).toEqual([]);
      else expect([400, 404, 405], name).toContain(others.status);
    }
    expect((await owner.call("GET", `/v1/files/${objects.file}`)).status).toBe(200);
    expect((await owner.call("GET", `/v1/responses/${objects.response}`)).status).toBe(200);
  },
);
