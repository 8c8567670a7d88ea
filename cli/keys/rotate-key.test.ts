import { describe, expect, test } from "vitest";
import { type ApiKeyItem, KEY_CHANGES_ID } from "../../contracts/processes/auth.ts";
import { checkKey } from "../../domain/keys/check-key.ts";
import { createKey, type KeyRestrictions } from "../../domain/keys/key-item.ts";
import { type RotateRequest, type RotationRecords, rotateKey, rotationId } from "../../domain/keys/rotate-key.ts";
import { KeyBeforeRestrictions } from "../../domain/keys/test/release-before-restrictions.ts";
import { emptyRegistry } from "../test/empty-registry.ts";

const NOW = new Date("2026-06-01T12:00:00.000Z");
const IDEMPOTENCY_KEY = "0c7c1d0e-5a5c-4d0b-9d55-2f1f7a6a1b11";
const later = (seconds: number) => new Date(NOW.getTime() + 1000 * seconds);

/** A real keys table with one key in it; `rotate` rotates that key. */
async function setUp(restrictions: KeyRestrictions = {}) {
  const keys = await emptyRegistry();
  const { secret, item } = createKey({ name: "k", plan: "standard", createdAt: NOW, ...restrictions });
  await keys.add(item);
  const { keyId } = item;
  const rotate = (request: Partial<RotateRequest> = {}, records: RotationRecords = keys) =>
    rotateKey({ keyId, overlapSeconds: 60, now: NOW, ...request }, records);
  const stored = async () => (await keys.key(keyId)) as ApiKeyItem;
  const works = async (presented: string, at: Date) =>
    checkKey(presented, await stored(), {}, at.getTime()) === undefined;
  return { keys, secret, keyId, rotate, stored, works };
}

const secretOf = (result: Awaited<ReturnType<typeof rotateKey>>) => {
  if (result.outcome !== "rotated") throw new Error(`the outcome is ${result.outcome}`);
  return result.secret;
};

describe("the rotation of a key", () => {
  // documented: key-rotation
  test.each([{}, { models: ["tiny"] }])(
    "lets both secrets work until the overlap ends, to the second: %j",
    async (r) => {
      const { secret, rotate, works } = await setUp(r);
      const next = secretOf(await rotate({ overlapSeconds: 60 }));
      expect([await works(secret, later(59.999)), await works(next, later(59.999))]).toEqual([true, true]);
      expect([await works(secret, later(60)), await works(next, later(60))]).toEqual([false, true]);
    },
  );

  test("without overlap ends the secret before at once", async () => {
    const { secret, rotate, works } = await setUp();
    await rotate({ overlapSeconds: 0 });
    expect(await works(secret, NOW)).toBe(false);
  });

  // documented: key-rotation-idempotent
  test("repeated with its idempotency key gets the same secret for ten minutes and rotates once, then anew", async () => {
    const { secret, rotate, works } = await setUp();
    const first = await rotate({ idempotencyKey: IDEMPOTENCY_KEY });
    expect(await rotate({ idempotencyKey: IDEMPOTENCY_KEY, now: later(599), overlapSeconds: 0 })).toEqual(first);
    expect(await works(secret, later(59))).toBe(true);
    const anew = secretOf(await rotate({ idempotencyKey: IDEMPOTENCY_KEY, now: later(600) }));
    expect(anew).not.toBe(secretOf(first));
    expect(await works(anew, later(600))).toBe(true);
  });

  test("stores the secret so that another idempotency key does not open it, and the table has it in no form", async () => {
    const { keys, keyId, rotate } = await setUp();
    const secret = secretOf(await rotate({ idempotencyKey: IDEMPOTENCY_KEY }));
    const item = await keys.rotation(rotationId(keyId, IDEMPOTENCY_KEY));
    expect(JSON.stringify(item)).not.toContain(secret.slice(19));
    expect(Buffer.from(item?.sealed ?? "", "base64").toString("latin1")).not.toContain(secret.slice(19));
    expect(await keys.rotation(rotationId(keyId, `${IDEMPOTENCY_KEY}0`))).toBeUndefined();
  });

  test("that was cut off before it was applied is completed by its repetition", async () => {
    const { keys, rotate, works } = await setUp();
    const cutOff: RotationRecords = {
      key: (id) => keys.key(id),
      rotation: (id) => keys.rotation(id),
      claim: (rotation, now) => keys.claim(rotation, now),
      applyRotation: async () => Promise.reject(new Error("the process has ended")),
    };
    await expect(rotate({ idempotencyKey: IDEMPOTENCY_KEY }, cutOff)).rejects.toThrow("has ended");
    const secret = secretOf(await rotate({ idempotencyKey: IDEMPOTENCY_KEY }));
    expect(await works(secret, NOW)).toBe(true);
  });

  test("of eight that read the key at the same time is applied once, and the others report a conflict", async () => {
    const { keys, rotate, works } = await setUp();
    const readers: (() => void)[] = [];
    const together: RotationRecords = {
      key: async (id) => {
        const item = await keys.key(id);
        await new Promise<void>((resolve) => {
          readers.push(resolve);
          if (readers.length >= 8) for (const go of readers) go();
        });
        return item;
      },
      rotation: (id) => keys.rotation(id),
      claim: (rotation, now) => keys.claim(rotation, now),
      applyRotation: (before, after, at) => keys.applyRotation(before, after, at),
    };
    const results = await Promise.all(Array.from({ length: 8 }, () => rotate({}, together)));
    const outcomes = results.map(({ outcome }) => outcome).toSorted();
    expect(outcomes).toEqual([...Array(7).fill("conflict"), "rotated"]);
    const secret = results.flatMap((result) => (result.outcome === "rotated" ? result.secret : []))[0] ?? "";
    expect(await works(secret, NOW)).toBe(true);
  });

  test("of two at once with one idempotency key gives both the same secret, which works", async () => {
    const { rotate, works } = await setUp();
    const results = await Promise.all(Array.from({ length: 8 }, () => rotate({ idempotencyKey: IDEMPOTENCY_KEY })));
    const secrets = new Set(results.map(secretOf));
    expect(secrets.size).toBe(1);
    for (const secret of secrets) expect(await works(secret, NOW)).toBe(true);
  });

  test("is refused for a revoked key and for one that does not exist", async () => {
    const { keys, keyId, rotate } = await setUp();
    expect(await rotate({ keyId: "aaaaaaaaaaaa" })).toEqual({ outcome: "absent" });
    await keys.revoke(keyId, NOW);
    expect(await rotate()).toEqual({ outcome: "revoked" });
    expect(await rotate({ keyId: KEY_CHANGES_ID })).toEqual({ outcome: "absent" });
  });
});

test("a list shows keys alone, and the release before reads every item of the table", async () => {
  const { keys, keyId, rotate } = await setUp({ models: ["tiny"] });
  await rotate({ idempotencyKey: IDEMPOTENCY_KEY });
  await keys.revoke(keyId, NOW);
  expect((await keys.list()).map((item) => item.keyId)).toEqual([keyId]);
  for (const id of [keyId, KEY_CHANGES_ID, rotationId(keyId, IDEMPOTENCY_KEY)]) {
    const item = KeyBeforeRestrictions.parse(await keys.item(id));
    expect(item.revokedAt).toBeDefined();
  }
});
