import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { poolLease } from "../test/lease-fixture.ts";
import { embedByTarget } from "./embed-by-target.ts";

/** The vector that an embedding with these values gives. @param values as JSON */
async function vectorOf(values: string): Promise<Float32Array> {
  const server = createServer((_, response) => response.end(`{"data":[{"index":0,"embedding":${values}}]}`));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { lease, target } = poolLease("pool", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(async () => {
    await lease.upstream.pool.close();
    server.close();
  });
  const embed = embedByTarget("embedder", () => [{ ...target, tryReserve: () => lease }]);
  return await embed("text", AbortSignal.timeout(5000));
}

test("an embedding's numbers are the vector of a text", async () => {
  expect(await vectorOf("[0.5, -2, 1e-3]")).toEqual(new Float32Array([0.5, -2, 1e-3]));
});

test.each(["[]", '"AAAA"', '["1","2"]', "[[1,2],[3]]", "[1,null]", "[1,true]", "[1e39,1]", "[1,-1e400]"])(
  "an embedding of %s is no vector",
  async (values) => {
    await expect(vectorOf(values)).rejects.toThrow("embedder sent no vector of finite numbers for an embedding");
  },
);
