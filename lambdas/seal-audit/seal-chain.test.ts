import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../domain/audit/canonical-json.ts";
import { headFile, segmentFile } from "../../domain/audit/chain-files.ts";
import { newChain, nextSegment } from "../../domain/audit/seal.ts";
import { FIRST_MINUTE, sampleEvent } from "../../domain/audit/test/written-chain.ts";
import { MAX_EVENTS_PER_SEGMENT, sealAll, sealChain } from "./seal-chain.ts";
import type { StoredChain } from "./sealing-ports.ts";
import { Deployment, KEY, NEW_KEY, signerOf } from "./test/sealer-deployment.ts";

describe("a run of the sealer", () => {
  test("writes a segment and a head, and a head alone where nothing happened", async () => {
    const deployment = new Deployment();
    deployment.add(3);
    await deployment.minute();
    await deployment.minute();
    expect([...deployment.files.keys()]).toEqual([
      `org-a/${segmentFile(1)}`,
      `org-a/${headFile(1)}`,
      `org-a/${headFile(2)}`,
    ]);
    expect(deployment.chain.unsealed).toEqual([]);
    expect(await deployment.verify()).toEqual({ faults: [], entries: 3 });
  });

  // documented: sealer-ends-at-any-step
  test("that ends at any step, before or after it took effect, loses no event and seals none twice", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            added: fc.nat(4),
            kill: fc.option(fc.record({ call: fc.integer({ min: 1, max: 5 }), isDone: fc.boolean() }), {
              nil: undefined,
            }),
          }),
          { minLength: 1, maxLength: 12 },
        ),
        async (minutes) => {
          const deployment = new Deployment();
          for (const { added, kill } of minutes) {
            deployment.add(added);
            deployment.kill = kill;
            await deployment.minute();
          }
          for (let rest = 0; rest < 3; rest++) await deployment.minute();
          expect(await deployment.verify()).toEqual({ faults: [], entries: deployment.eventCount });
          expect(new Set(deployment.sealed).size).toBe(deployment.eventCount);
          expect(deployment.chain.unsealed).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });

  // documented: sealer-clock
  test("whose clock was set back, or is that of another machine, continues a chain that verifies", async () => {
    const deployment = new Deployment();
    for (const [index, setBack] of [0, 61_000, 3_600_000, 0].entries()) {
      deployment.add(index);
      deployment.now -= setBack;
      await deployment.minute();
    }
    deployment.now = FIRST_MINUTE + 10 * 60_000;
    await deployment.minute();
    expect(await deployment.verify()).toEqual({ faults: [], entries: 6 });
  });

  test("beside another one writes the same, and one of the two stores it", async () => {
    const deployment = new Deployment();
    deployment.add(5);
    const { chain } = deployment;
    deployment.add(2);
    const results = await Promise.all([
      sealChain(chain, deployment.tools),
      sealChain(deployment.chain, deployment.tools),
    ]);
    expect(results.toSorted()).toEqual([false, true]);
    await deployment.minute();
    expect(await deployment.verify()).toEqual({ faults: [], entries: 7 });
    expect(new Set(deployment.sealed).size).toBe(7);
  });

  test("that read a chain's end before another run and its marks after it gives way to that run", async () => {
    const deployment = new Deployment();
    const { end, version } = deployment.chain;
    deployment.add(2);
    await deployment.minute();
    expect(await sealChain({ end, version, unsealed: [] }, deployment.tools)).toBe(false);
    const head = headFile(2);
    deployment.files.set(`org-a/${head}`, deployment.files.get(`org-a/${headFile(1)}`)!);
    await expect(sealChain(deployment.chain, deployment.tools)).rejects.toThrow(/is no head that continues/);
  });

  test("seals as many segments as there are events for, until its time is over", async () => {
    const deployment = new Deployment();
    deployment.add(2 * MAX_EVENTS_PER_SEGMENT + 1);
    expect(await sealAll({ ...deployment.tools, deadlineMs: deployment.now + 1 })).toEqual({ unsealed: 0, errors: [] });
    expect(await deployment.verify()).toEqual({ faults: [], entries: 2 * MAX_EVENTS_PER_SEGMENT + 1 });
    deployment.add(1);
    expect(await sealAll({ ...deployment.tools, deadlineMs: deployment.now })).toEqual({ unsealed: 1, errors: [] });
    expect(deployment.chain.unsealed).toHaveLength(1);
  });

  test("refuses a segment that another one wrote, and an event that was changed before it was sealed", async () => {
    const foreign = new Deployment();
    foreign.add(2);
    foreign.files.set(`org-a/${segmentFile(1)}`, Buffer.from(nextSegment(newChain("org-a"), [sampleEvent(9)]).text));
    await expect(sealChain(foreign.chain, foreign.tools)).rejects.toThrow(
      /org-a\/segments\/000000000001\.jsonl in the audit bucket has other events than the table/,
    );
    const changed = new Deployment();
    changed.add(1);
    changed.kill = { call: 2, isDone: true }; // the segment is written, its head is not
    await changed.minute();
    changed.change(String(sampleEvent(1).id), { ...sampleEvent(1), type: "project.archived" });
    await expect(sealChain(changed.chain, changed.tools)).rejects.toThrow(/has other events than the table/);
  });

  // documented: sealer-key-change
  test("whose key was changed continues what a run with the former key had begun, and the new key signs over it", async () => {
    for (const call of [1, 2, 3, 4, 5])
      for (const isDone of [true, false]) {
        const deployment = new Deployment();
        deployment.add(2);
        await deployment.minute();
        deployment.add(3);
        deployment.kill = { call, isDone };
        await deployment.minute();
        deployment.signer = signerOf(NEW_KEY);
        for (let rest = 0; rest < 3; rest++) await deployment.minute();
        expect(await deployment.verify(), `${call} ${isDone}`).toEqual({ faults: [], entries: 5 });
        expect(deployment.chain.unsealed).toEqual([]);
        const newest = JSON.parse(String(deployment.files.get(`org-a/${headFile(deployment.chain.end.heads)}`)));
        expect(newest.statement.key).toBe(NEW_KEY.fingerprint);
      }
  });

  test("names the key of a head that it can't check, since no head before it has that key", async () => {
    const deployment = new Deployment();
    deployment.kill = { call: 2, isDone: true }; // the first head is written, the chain's end is not stored
    await deployment.minute();
    deployment.signer = signerOf(NEW_KEY);
    await expect(sealChain(deployment.chain, deployment.tools)).rejects.toThrow(
      new RegExp(
        `names the key ${KEY.fingerprint}, and the sealer signs with ${NEW_KEY.fingerprint}: the signing key was changed`,
      ),
    );
    deployment.signer = signerOf(KEY);
    await deployment.minute();
    deployment.signer = signerOf(NEW_KEY);
    await deployment.minute();
    expect(await deployment.verify()).toEqual({ faults: [], entries: 0 });
  });

  test("refuses a head that names the former key and has no signature of it", async () => {
    const deployment = new Deployment();
    await deployment.minute();
    deployment.kill = { call: 2, isDone: true };
    await deployment.minute();
    const file = `org-a/${headFile(2)}`;
    const head = JSON.parse(String(deployment.files.get(file)));
    head.signature = await signerOf(NEW_KEY).sign(head.statement);
    deployment.files.set(file, Buffer.from(canonicalJson(head)));
    deployment.signer = signerOf(NEW_KEY);
    await expect(sealChain(deployment.chain, deployment.tools)).rejects.toThrow(/heads\/000000000002\.json/);
  });

  test("refuses a head that its key has not signed", async () => {
    const deployment = new Deployment();
    await deployment.minute();
    const text = String(deployment.files.get(`org-a/${headFile(1)}`)).replace(/"number":1/, '"number":2');
    deployment.files.set(`org-a/${headFile(2)}`, Buffer.from(text));
    await expect(sealChain(deployment.chain, deployment.tools)).rejects.toThrow(
      /org-a\/heads\/000000000002\.json in the audit bucket is no head that continues the chain/,
    );
  });

  test("reports the error of one chain and seals the others", async () => {
    const deployment = new Deployment();
    const { tools } = deployment;
    const broken: StoredChain = { end: newChain("org-b"), version: 0, unsealed: ["x"] };
    const table = {
      ...tools.table,
      chains: async () => [broken, deployment.chain],
      events: async () => {
        throw new Error("the table has no event x");
      },
    };
    const { errors, unsealed } = await sealAll({ ...tools, table, deadlineMs: deployment.now + 1 });
    expect([unsealed, errors.map(({ message }) => message)]).toEqual([1, ["the table has no event x"]]);
    expect(deployment.chain.end.heads).toBe(1);
  });
});
