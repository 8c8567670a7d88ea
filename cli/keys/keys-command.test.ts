import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, onTestFinished, test } from "vitest";
import { KeyScope } from "../../contracts/processes/auth.ts";
import { hashApiKey } from "../../domain/keys/api-key.ts";
import { checkKey } from "../../domain/keys/check-key.ts";
import { bind } from "../../local/http/server.ts";
import { LOCAL_CREDENTIALS } from "../../local/runtime/aws-environment.ts";
import { LocalDynamoDb } from "../../local/services/dynamodb/local-dynamodb.ts";
import { CLOSED_PORT } from "../../test-support/closed-port.ts";
import { UserError } from "../terminal/user-error.ts";
import { DynamoKeyRegistry } from "./key-registry.ts";
import type { KeyTable, KeyTableOptions } from "./key-table.ts";
import { keysCommand } from "./keys-command.ts";

/** The command against a real keys table; `run` returns its output. */
async function cli(change: Partial<KeyTable> = {}) {
  const dynamodb = new LocalDynamoDb(undefined);
  const bound = await bind(0, "", (request, response) => dynamodb.handle(request, response));
  const endpoint = `http://127.0.0.1:${bound.port}`;
  const client = new DynamoDBClient({ endpoint, region: "eu-west-1", credentials: LOCAL_CREDENTIALS });
  onTestFinished(async () => {
    client.destroy();
    await bound.close();
    await dynamodb.close();
  });
  const table = { name: "sluice-dev-keys", hash_key: "keyId", attribute: [{ name: "keyId", type: "S" }] };
  await dynamodb.createTable(table);
  const clock = { now: new Date("2026-02-03T04:05:06Z") };
  const requested: KeyTableOptions[] = [];
  const run = async (...args: string[]) => {
    const printed: string[] = [];
    const command = keysCommand({
      print: (text) => printed.push(text),
      table: async (options) => {
        requested.push(options);
        const plans = ["anonymous", "standard"];
        return { environment: "dev", table: table.name, region: "eu-west-1", endpoint, plans, ...change };
      },
      registry: (keyTable) => new DynamoKeyRegistry(keyTable),
      now: () => clock.now,
    });
    await command.parseAsync(args, { from: "user" });
    return printed.join("\n");
  };
  const stored = async () => (await client.send(new ScanCommand({ TableName: table.name }))).Items ?? [];
  return { run, stored, clock, requested };
}

test("the help of `keys create` names every scope", () => {
  const unused = () => expect.fail("nothing is run");
  const command = keysCommand({ print: unused, table: unused, registry: unused, now: unused });
  const help = command.commands.find((one) => one.name() === "create")?.helpInformation() ?? "";
  expect(help.replaceAll(/\s+/g, " ")).toContain(`what the key may do: ${KeyScope.options.join(", ")} (default`);
});

const secretIn = (text: string) => /^sk-sl-[a-z2-7]{12}-[A-Za-z0-9_-]{49}$/m.exec(text)?.[0] ?? "";
const idOf = (secret: string) => secret.split("-")[2] ?? "";

describe("sluice keys create", () => {
  test("prints the secret once, with id, plan and environment", async () => {
    const { run } = await cli();
    const text = await run("create", "--name", "me");
    const secret = secretIn(text);
    expect(secret).not.toBe("");
    expect(text.split(secret)).toHaveLength(2);
    expect(text).toContain(`Id ${idOf(secret)}, plan standard, environment dev.`);
    expect(text).toContain("not shown again");
  });

  test("with --scope admin creates a key that may change providers and routes and not use models, and refuses a scope that is none", async () => {
    const { run, stored } = await cli();
    expect(await run("create", "--name", "ops", "--scope", "admin")).toContain("Scope admin.");
    expect((await stored())[0]?.scopes).toEqual({ L: [{ S: "admin" }] });
    await expect(run("create", "--name", "ops", "--scope", "root")).rejects.toThrow(
      /must be read or generate or observe or logs or admin, got "root"/,
    );
  });

  test("stores the hash and never the secret", async () => {
    const { run, stored } = await cli();
    const secret = secretIn(await run("create", "--name", " me ", "--plan", "anonymous"));
    const items = await stored();
    expect(items).toEqual([
      {
        keyId: { S: idOf(secret) },
        hash: { S: hashApiKey(secret) },
        name: { S: "me" },
        plan: { S: "anonymous" },
        createdAt: { S: "2026-02-03T04:05:06.000Z" },
      },
    ]);
    expect(JSON.stringify(items)).not.toContain(secret.slice(-43));
  });

  test("creates a key that is verified until it is revoked", async () => {
    const { run, stored } = await cli();
    const secret = secretIn(await run("create", "--name", "me"));
    const item = async () =>
      Object.fromEntries(Object.entries((await stored())[0] ?? {}).map(([name, value]) => [name, value.S])) as never;
    expect(checkKey(secret, await item(), {}, Date.now())).toBeUndefined();
    await run("revoke", idOf(secret));
    expect(checkKey(secret, await item(), {}, Date.now())).toBe("invalid");
  });

  test("refuses a plan that the environment does not have, and names those that it has", async () => {
    const { run, stored } = await cli();
    await expect(run("create", "--name", "me", "--plan", "gold")).rejects.toThrow(
      new UserError('--plan must be a usage plan of dev, got "gold"; use anonymous or standard.'),
    );
    expect(await stored()).toEqual([]);
  });

  test("stores the highest priority of its requests, and refuses an unknown priority", async () => {
    const { run, stored } = await cli();
    await run("create", "--name", "me", "--priority", "critical");
    expect(await stored()).toEqual([expect.objectContaining({ maxPriority: { S: "critical" } })]);
    await expect(run("create", "--name", "me", "--priority", "urgent")).rejects.toThrow(
      new UserError('--priority must be a priority, got "urgent"; use critical or normal or batch.'),
    );
    expect(await stored()).toHaveLength(1);
  });

  test("refuses a name that is empty or too long", async () => {
    const { run } = await cli();
    await expect(run("create", "--name", "  ")).rejects.toThrow("--name must have 1 to 100 characters, got 0");
    await expect(run("create", "--name", "n".repeat(101))).rejects.toThrow("got 101");
  });

  test("uses the table that the options name", async () => {
    const { run, requested } = await cli();
    await run("create", "--name", "me", "--aws", "--environment", "prod");
    expect(requested).toEqual([{ aws: true, environment: "prod" }]);
  });
});

describe("sluice keys list", () => {
  test("prints that there are no keys, and how to create one", async () => {
    expect(await (await cli()).run("list")).toBe("No keys in dev; create one with `sluice keys create --name NAME`.");
  });

  test("shows ids, names, plans and states in columns, and neither secret nor hash", async () => {
    const { run, clock } = await cli();
    const first = secretIn(await run("create", "--name", "a long name of somebody"));
    clock.now = new Date("2026-02-04T00:00:00Z");
    const second = secretIn(await run("create", "--name", "b", "--plan", "anonymous"));
    clock.now = new Date("2026-03-01T12:00:00Z");
    await run("revoke", idOf(first));
    const text = await run("list");
    expect(text.split("\n")).toEqual([
      "ID            NAME                     PLAN       CREATED           LAST USED  STATE",
      `${idOf(first)}  a long name of somebody  standard   2026-02-03T04:05  -          revoked 2026-03-01T12:00`,
      `${idOf(second)}  b                        anonymous  2026-02-04T00:00  -          active`,
    ]);
    for (const secret of [first, second]) {
      expect(text).not.toContain(secret.slice(-43));
      expect(text).not.toContain(hashApiKey(secret));
    }
  });
});

describe("sluice keys create with restrictions", () => {
  test("stores them, and says so", async () => {
    const { run, stored } = await cli();
    const text = await run(
      ...["create", "--name", "job", "--expires", "90d", "--models", "tiny,small", "big"],
      ...["--addresses", "203.0.113.0/24", "2001:db8::/32", "--project", "proj_1", "--scope", "read,generate"],
    );
    expect(text).toContain("Scope read, generate. Models tiny, small, big.");
    expect(text).toContain("Addresses 203.0.113.0/24, 2001:db8::/32. Expires 2026-05-04T04:05:06.000Z.");
    expect((await stored())[0]).toMatchObject({
      hash: { S: "0".repeat(64) },
      restrictedHash: { S: hashApiKey(secretIn(text)) },
      expiresAt: { S: "2026-05-04T04:05:06.000Z" },
      models: { L: [{ S: "tiny" }, { S: "small" }, { S: "big" }] },
      addresses: { L: [{ S: "203.0.113.0/24" }, { S: "2001:db8::/32" }] },
      scopes: { L: [{ S: "read" }, { S: "generate" }] },
      projectId: { S: "proj_1" },
    });
  });

  test.each([
    [["--expires", "soon"], '--expires must be a time span, got "soon"; write it like 90d, 24h, 30m or 0.'],
    [
      ["--expires", "2026-13-01"],
      '--expires must be a date or a time with zone in ISO 8601, got "2026-13-01"; write it',
    ],
    [
      ["--expires", "2027-01-31T12:00"],
      'with zone in ISO 8601, got "2027-01-31T12:00"; write it like 2027-01-31, 2027-01',
    ],
    [["--expires", "2026-01-01"], "--expires must be in the future, got 2026-01-01T00:00:00.000Z; write a later"],
    [["--addresses", "203.0.113.7"], '--addresses must be ranges in CIDR notation, got "203.0.113.7"; write one like'],
  ])("refuses %j with the rule and the remedy, and stores nothing", async (args, message) => {
    const { run, stored } = await cli();
    await expect(run("create", "--name", "job", ...args)).rejects.toThrow(message);
    expect(await stored()).toEqual([]);
  });

  test("lists a key's expiry, before and after", async () => {
    const { run, clock } = await cli();
    await run("create", "--name", "job", "--expires", "2026-03-01");
    expect(await run("list")).toContain("active until 2026-03-01T00:00");
    clock.now = new Date("2026-03-01T00:00:00Z");
    expect(await run("list")).toContain("expired 2026-03-01T00:00");
  });
});

describe("sluice keys rotate", () => {
  test("prints a new secret of the same id, and until when the one before works", async () => {
    const { run } = await cli();
    const secret = secretIn(await run("create", "--name", "me"));
    const text = await run("rotate", idOf(secret), "--overlap", "2h");
    expect(idOf(secretIn(text))).toBe(idOf(secret));
    expect(secretIn(text)).not.toBe(secret);
    expect(text).toContain("before this one works until 2026-02-03T06:05:06.000Z.");
    expect(await run("rotate", idOf(secret), "--overlap", "0")).toContain("before this one no longer works.");
  });

  test("prints the same secret for the same idempotency key, and refuses one that could be guessed", async () => {
    const { run } = await cli();
    const id = idOf(secretIn(await run("create", "--name", "me")));
    const args = ["rotate", id, "--idempotency-key", "5b0c0c36-6a0f-4c54-9f38-6a4c0f3a9e10"];
    expect(secretIn(await run(...args))).toBe(secretIn(await run(...args)));
    await expect(run("rotate", id, "--idempotency-key", "abc")).rejects.toThrow(
      "--idempotency-key must have 16 to 255 characters, got 3; use a random one, such as the output of uuidgen.",
    );
  });

  test("refuses an unknown and a revoked key, with the remedy", async () => {
    const { run } = await cli();
    const id = idOf(secretIn(await run("create", "--name", "me")));
    await run("revoke", id);
    await expect(run("rotate", id)).rejects.toThrow(/is revoked and can't be rotated; make a new key/);
    await expect(run("rotate", "aaaaaaaaaaaa")).rejects.toThrow(/no key aaaaaaaaaaaa in dev; `sluice keys list`/);
  });
});

describe("sluice keys revoke", () => {
  test("prints the revoked id; a second call does not change the date", async () => {
    const { run, clock } = await cli();
    const id = idOf(secretIn(await run("create", "--name", "me")));
    expect(await run("revoke", id)).toBe(`Revoked ${id}: all gateways refuse it within 1 s.`);
    clock.now = new Date("2027-01-01T00:00:00Z");
    await run("revoke", id);
    expect(await run("list")).toContain("revoked 2026-02-03T04:05");
  });

  test("refuses an unknown id and names the command that lists the ids", async () => {
    const { run } = await cli();
    await expect(run("revoke", "aaaaaaaaaaaa")).rejects.toThrow(
      new UserError("There is no key aaaaaaaaaaaa in dev; `sluice keys list` shows the ids."),
    );
  });
});

describe("an error of AWS is explained, with its remedy:", () => {
  test("a table that does not exist", async () => {
    const { run } = await cli({ table: "sluice-other-keys" });
    await expect(run("list")).rejects.toThrow(
      new UserError("The local stack has no table sluice-other-keys; stop it and run `npm start` again."),
    );
  });

  test("an address without a listener", async () => {
    const endpoint = `http://127.0.0.1:${CLOSED_PORT}`;
    await expect((await cli({ endpoint })).run("list")).rejects.toThrow(
      new UserError(
        `Can't reach DynamoDB at ${endpoint} (ECONNREFUSED); check the network, and that the local stack runs.`,
      ),
    );
  });
});
