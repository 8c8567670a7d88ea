import { describe, expect, test } from "vitest";
import type { ApiKeyItem } from "../../contracts/processes/auth.ts";
import { createKey } from "../../domain/keys/key-item.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { KeyRevocations } from "./key-revocations.ts";

const key = () => createKey({ name: "k", plan: "standard", createdAt: new Date() }).item;
const revoked = (item: ApiKeyItem) => ({ ...item, revokedAt: new Date().toISOString() });

/** Revocations over a store that the test changes; `change` counts a change of keys. */
function setUp() {
  const items = new Map<string, ApiKeyItem>();
  const state = { drops: 0, now: 0, isBroken: false, reads: [] as string[] };
  const revocations = new KeyRevocations({
    keys: {
      get: async (keyId) => {
        state.reads.push(keyId);
        if (state.isBroken) throw new Error("no table");
        return items.get(keyId);
      },
    },
    drops: () => state.drops,
    now: () => state.now,
  });
  const notified: string[] = [];
  const add = (name: string) => {
    const item = key();
    items.set(item.keyId, item);
    const end = revocations.watch(item.keyId, () => notified.push(name));
    return { item, end };
  };
  return { revocations, items, state, notified, add };
}

describe("watched keys", () => {
  test("are read when keys have changed, and each watcher of a revoked one is notified once", async () => {
    const { revocations, items, state, notified, add } = setUp();
    const [a, b] = [add("a"), add("b")];
    revocations.watch(a.item.keyId, () => notified.push("a too"));
    revocations.start();
    items.set(a.item.keyId, revoked(a.item));
    state.drops++;
    await eventually(() => expect(notified).toEqual(["a", "a too"]));
    expect(state.reads.toSorted()).toEqual([a.item.keyId, b.item.keyId].toSorted());
    items.delete(b.item.keyId);
    state.drops++;
    await eventually(() => expect(notified).toEqual(["a", "a too", "b"]));
    revocations.stop();
  });

  test("are read again after five seconds without a change, and after a read that failed", async () => {
    const { revocations, items, state, notified, add } = setUp();
    const { item } = add("a");
    revocations.start();
    items.set(item.keyId, revoked(item));
    state.isBroken = true;
    state.drops++;
    await eventually(() => expect(state.reads).toHaveLength(1));
    state.isBroken = false;
    state.now += 4999;
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(notified).toEqual([]);
    state.now += 1;
    await eventually(() => expect(notified).toEqual(["a"]));
    revocations.stop();
  });

  test("are not read when their watch has ended", async () => {
    const { revocations, state, notified, add } = setUp();
    const [a, b] = [add("a"), add("b")];
    a.end();
    revocations.start();
    state.drops++;
    await eventually(() => expect(state.reads).toEqual([b.item.keyId]));
    expect(notified).toEqual([]);
    revocations.stop();
  });
});
