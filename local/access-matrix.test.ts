import { expect, test } from "vitest";
import { scopeOf } from "../contracts/openapi/operation-access.ts";
import { OPERATIONS } from "../contracts/openapi/operations.ts";
import { KEY_SCOPES, type KeyScope } from "../contracts/processes/auth.ts";
import { restrict } from "../domain/keys/key-item.ts";
import { bodyFor, pathFor, startTenantGateway, type TenantObjects, type TestOperation } from "./test/tenants.ts";

const SCOPES: readonly (readonly KeyScope[])[] = [
  ["read"],
  ["generate"],
  ["observe"],
  ["logs"],
  ["admin"],
  ["admin", "generate"],
];
const OWNED = ["file", "batch", "response"] as const;
const PROTECTED = OPERATIONS.filter(({ access }) => scopeOf(access) !== undefined);

const contains = (own: KeyScope, scope: KeyScope) => (KEY_SCOPES[own] as readonly KeyScope[]).includes(scope);
const allows = (scopes: readonly KeyScope[], scope: KeyScope) =>
  scopes.some((own) => own === scope || contains(own, scope));
/** The parameter of a path that is the id of something that a tenant owns. */
const ownedIn = ({ path }: TestOperation) => OWNED.find((name) => path.includes(`{${name}}`));
const ABSENT: TenantObjects = { file: `file-${"0".repeat(32)}`, batch: `batch_${"0".repeat(32)}`, response: "resp_0" };

interface Cell {
  readonly name: string;
  readonly operation: TestOperation;
  readonly isAllowed: boolean;
  readonly status: number;
  readonly body: string;
}

/** Sends an operation with each set of scopes: with an object of the key's own, with another tenant's, and with none's. */
async function cellsOf(operation: TestOperation, { tenant, keys }: Awaited<ReturnType<typeof startTenantGateway>>) {
  const cells: Cell[] = [];
  const owner = tenant();
  const stranger = tenant();
  const kind = ownedIn(operation);
  for (const scopes of SCOPES) {
    const isAllowed = allows(scopes, scopeOf(operation.access) ?? "read");
    for (const whose of kind === undefined ? (["own"] as const) : (["own", "foreign", "absent"] as const)) {
      keys.set(owner.keyId, owner.item);
      const objects = kind === undefined && operation.operationId !== "createBatch" ? ABSENT : await owner.objects();
      const caller = whose === "foreign" ? stranger : owner;
      keys.set(caller.keyId, restrict(caller.item, { scopes: [...scopes] }));
      const named = whose === "absent" ? ABSENT : objects;
      const id = kind === undefined ? "tiny" : named[kind];
      const response = await caller.call(
        operation.method.toUpperCase(),
        pathFor(operation, id),
        bodyFor(operation, objects),
      );
      const body = (await response.text()).replaceAll(id, "ID");
      const name = `${operation.operationId} ${scopes.join("+")} ${whose}`;
      cells.push({ name, operation, isAllowed, status: response.status, body });
    }
  }
  return cells;
}

// documented: access-matrix
test("every operation by every set of scopes, with own, foreign and absent ids: 403 without the scope, 404 for what is not one's own", async () => {
  const gateway = await startTenantGateway();
  const cells: Cell[] = [];
  for (const operation of PROTECTED) cells.push(...(await cellsOf(operation, gateway)));
  const wrong = cells.filter(({ name, operation, isAllowed, status }) => {
    if (!isAllowed) return status !== 403;
    if (!name.endsWith("own")) return status !== 404;
    // The provider of an operator's example does not exist here, and the model can't moderate.
    const isAbsentHere = operation.access === "admin" || operation.operationId === "createModeration";
    return [401, 403].includes(status) || (status === 404 && !isAbsentHere);
  });
  expect(wrong.map(({ name, status, body }) => `${name}: ${status} ${body}`)).toEqual([]);
  const absent = new Map(cells.filter(({ name }) => name.endsWith("absent")).map((cell) => [cell.name, cell.body]));
  const foreign = cells.filter(({ name, isAllowed }) => name.endsWith("foreign") && isAllowed);
  for (const { name, body } of foreign) expect(body, name).toBe(absent.get(name.replace("foreign", "absent")));
  expect(foreign.length).toBeGreaterThan(20);
  expect(cells.length).toBeGreaterThan(200);

  const logged = new Map(gateway.log().map(({ decisionId, rule }) => [decisionId, rule]));
  for (const { name, operation, body } of cells.filter(({ status }) => status === 403)) {
    const { error } = JSON.parse(body) as { error: { decision_id?: string; details?: { decision_id?: string } } };
    const id = error.decision_id ?? error.details?.decision_id;
    expect(id, name).toMatch(/^dec_[0-9a-f]{32}$/);
    expect(logged.get(id), name).toBe(`key-lacks-scope:${operation.access}`);
  }
}, 300_000);

test("every operation that needs a scope refuses a request without a key, and one with an unknown key", async () => {
  const { url, keys, tenant } = await startTenantGateway({ config: { trustedAddresses: ["127.0.0.0/8"] } });
  const unknown = tenant();
  keys.delete(unknown.keyId);
  for (const operation of PROTECTED) {
    const method = operation.method.toUpperCase();
    const path = pathFor(operation, "tiny");
    expect((await fetch(url + path, { method })).status, operation.operationId).toBe(401);
    expect((await unknown.call(method, path)).status, operation.operationId).toBe(401);
  }
});
