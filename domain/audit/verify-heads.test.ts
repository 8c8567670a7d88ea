import { generateKeyPairSync } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { headFile } from "./chain-files.ts";
import { auditPublicKey, headText, parseHead } from "./signed-head.ts";
import { faultsOf, HEADS, INTACT, KEY, MINUTES } from "./test/altered-chain.ts";
import { signed, signingKey, writtenChain } from "./test/written-chain.ts";

describe("a head", () => {
  const heads = fc.nat(HEADS.length - 1);

  test("is not believed after a change of any byte", async () => {
    await fc.assert(
      fc.asyncProperty(heads, fc.nat(), fc.integer({ min: 1, max: 255 }), async (index, position, mask) => {
        const faults = await faultsOf((files) => {
          const content = Buffer.from(files.get(HEADS[index]!)!);
          const at = position % content.length;
          content[at] = content[at]! ^ mask;
          files.set(HEADS[index]!, content);
        });
        expect(faults[0]).toMatchObject({ file: headFile(index + 1), seq: index + 1 });
        expect(["malformed", "signature"]).toContain(faults[0]?.kind);
      }),
      { numRuns: 100 },
    );
  });

  test("that another key has signed is not believed, even if it names the right key", async () => {
    const other = signingKey();
    for (const [index, file] of HEADS.entries()) {
      const { statement } = parseHead(String(INTACT.get(file)))!;
      for (const key of [KEY.fingerprint, other.fingerprint]) {
        const faults = await faultsOf((files) => files.set(file, signed({ ...statement, key }, other)));
        expect(faults[0]).toMatchObject({ kind: "signature", seq: index + 1 });
      }
    }
  });

  test("with another text of the same signature is not believed", async () => {
    const { statement, signature } = parseHead(String(INTACT.get(HEADS[0]!)))!;
    const faults = await faultsOf((files) =>
      files.set(HEADS[0]!, Buffer.from(headText({ statement, signature: `${signature}\n` }))),
    );
    expect(faults[0]).toMatchObject({ kind: "signature", seq: 1 });
  });

  test("is foreign in a file of another number or in another chain", async () => {
    const moved = await faultsOf((files) => files.set(HEADS[3]!, INTACT.get(HEADS[4]!)!));
    expect(moved[0]).toMatchObject({ kind: "foreign", seq: 4, text: "the file has the head 5" });
    const other = writtenChain("org-b", MINUTES, KEY);
    const foreign = await faultsOf((files) => files.set(HEADS[3]!, other.get(`org-b/${headFile(4)}`)!));
    expect(foreign[0]).toMatchObject({ kind: "foreign", seq: 4, text: "the head is one of the chain org-b" });
  });

  test("that was signed again by the right key, over a changed event, is found by the head after it", async () => {
    for (const index of [0, 2, 3, 5, 6]) {
      const { statement } = parseHead(String(INTACT.get(HEADS[index]!)))!;
      const last = "ab".repeat(32);
      const faults = await faultsOf((files) => files.set(HEADS[index]!, signed({ ...statement, last }, KEY)));
      expect(faults.map(({ kind, seq, file }) => [kind, seq, file])).toContainEqual([
        "changed",
        index + 2,
        headFile(index + 2),
      ]);
    }
  });

  test("of an earlier time or with fewer entries than the one before is found", async () => {
    const { statement } = parseHead(String(INTACT.get(HEADS[7]!)))!;
    for (const part of [{ at: "2026-11-29T09:00:00.000Z" }, { entries: 39 }])
      expect(await faultsOf((files) => files.set(HEADS[7]!, signed({ ...statement, ...part }, KEY)))).toMatchObject([
        { kind: "changed", seq: 8 },
      ]);
  });
});

test("a public key on another curve is refused with its type", () => {
  const { publicKey } = generateKeyPairSync("ed25519");
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  expect(() => auditPublicKey(pem)).toThrow(/on the curve P-256, got ed25519; use the public key/);
});
