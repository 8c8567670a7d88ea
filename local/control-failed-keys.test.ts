import { describe, expect, test } from "vitest";
import { newAdminKey } from "../domain/keys/admin-key.ts";
import { MAX_FAILED_KEYS_PER_MINUTE } from "../domain/keys/failed-keys.ts";
import { controlServer } from "./test/control-server.ts";

/** The control API; `read` sends a key from an address, as the load balancer reports it. */
async function setUp() {
  const server = await controlServer();
  const read = (address: string, secret?: string) =>
    fetch(`${server.url}/organization/projects`, {
      headers: {
        // What a client writes there itself comes before the address that the load balancer saw.
        "x-forwarded-for": `203.0.113.9, ${address}`,
        ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
      },
    });
  const fail = async (address: string, count: number) => {
    for (let index = 0; index < count; index++) expect((await read(address, newAdminKey().secret)).status).toBe(401);
  };
  return { ...server, read, fail };
}

describe("admin keys that are not valid, of one address", () => {
  // documented: control-api-failed-keys
  test("get 429 with Retry-After after 30 in a minute, without a look at the table, and 401 again a minute later", async () => {
    const { owner, read, fail, clock, lines } = await setUp();
    const secret = await owner("org-a");
    await fail("198.51.100.1", MAX_FAILED_KEYS_PER_MINUTE);
    const refused = await read("198.51.100.1", secret);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(50);
    expect(await refused.json()).toMatchObject({ error: { code: "rate_limit_exceeded", type: "rate_limit_error" } });
    expect(lines.at(-1)).toMatchObject({ msg: "refused", rule: "failed-keys-of-address" });
    clock.ms += 60_000;
    expect((await read("198.51.100.1", secret)).status).toBe(200);
  });

  test("take no access from other addresses, from keys that worked there before, or from requests without a key", async () => {
    const { owner, read, fail } = await setUp();
    const [known, other] = [await owner("org-a"), await owner("org-b")];
    expect((await read("198.51.100.1", known)).status).toBe(200);
    await fail("198.51.100.1", MAX_FAILED_KEYS_PER_MINUTE);
    expect((await read("198.51.100.1", known)).status).toBe(200);
    expect((await read("198.51.100.1", other)).status).toBe(429);
    expect((await read("198.51.100.2", other)).status).toBe(200);
    expect((await read("198.51.100.1")).status).toBe(401);
  });

  test("are not counted for requests without a key, and are counted for texts that have no key's form", async () => {
    const { owner, read } = await setUp();
    const secret = await owner("org-a");
    for (let index = 0; index < MAX_FAILED_KEYS_PER_MINUTE; index++) await read("198.51.100.1");
    expect((await read("198.51.100.1", secret)).status).toBe(200);
    for (let index = 0; index < MAX_FAILED_KEYS_PER_MINUTE; index++) await read("198.51.100.3", "guess");
    expect((await read("198.51.100.3", secret)).status).toBe(429);
  });
});
