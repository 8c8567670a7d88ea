import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { lambdaOf } from "../../test/lambda-of.ts";
import { temporaryFolder } from "../../test/tools.ts";

describe("an invocation", () => {
  test("gets the event and returns the handler's result", async () => {
    const echo = lambdaOf("exports.handler = async (event) => ({ got: event });");
    expect(await echo.invoke({ path: "/v1" })).toEqual({ got: { path: "/v1" } });
  });

  test("without a result returns null", async () => {
    expect(await lambdaOf("exports.handler = () => {};").invoke({})).toBeNull();
  });

  test("finds the state of the one before: the environment stays warm", async () => {
    const counter = lambdaOf("let calls = 0; exports.handler = async () => ++calls;");
    expect([await counter.invoke({}), await counter.invoke({})]).toEqual([1, 2]);
  });

  test("runs beside other invocations and each gets its own result", async () => {
    const waiting = lambdaOf(
      "exports.handler = ({ ms }) => new Promise((resolve) => setTimeout(() => resolve(ms), ms));",
    );
    expect(await Promise.all([200, 1, 100].map((ms) => waiting.invoke({ ms })))).toEqual([200, 1, 100]);
  });

  test("sees the function's environment variables and none of ours", async () => {
    const source = "exports.handler = async () => [process.env.TABLE, process.env.PATH];";
    expect(await lambdaOf(source, { environment: { TABLE: "keys" } }).invoke({})).toEqual(["keys", null]);
  });

  test("has its whole timeout after the bundle is loaded, however long that takes", async () => {
    const load = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 12_000);";
    const late = lambdaOf(`${load} exports.handler = async (_event, context) => context.getRemainingTimeInMillis();`, {
      timeoutSeconds: 1,
    });
    expect(await late.invoke({})).toBeGreaterThan(0);
  });

  test("has its request id and its remaining time", async () => {
    const source = `exports.handler = async (_event, context) => {
      const left = context.getRemainingTimeInMillis();
      return [typeof context.awsRequestId, left > 0 && left <= 15000];
    };`;
    expect(await lambdaOf(source).invoke({})).toEqual(["string", true]);
  });
});

describe("a failure", () => {
  test.each([
    ['throw new Error("no table")', "no table"],
    ['throw "Unauthorized"', "Unauthorized"],
    ["throw { code: 5 }", '{"code":5}'],
  ])("%s is the invocation's error, and the next one runs", async (statement, message) => {
    const failing = lambdaOf(`exports.handler = async ({ ok }) => { if (ok) return 1; ${statement}; };`);
    await expect(failing.invoke({})).rejects.toThrow(message);
    expect(await failing.invoke({ ok: true })).toBe(1);
  });

  test("while loading rejects the invocation with the cause", async () => {
    const broken = lambdaOf('throw new Error("no configuration");');
    await expect(broken.invoke({})).rejects.toThrow("no configuration");
    await expect(broken.invoke({})).rejects.toThrow("no configuration");
  });

  test("a bundle without the handler's export is named", async () => {
    await expect(lambdaOf("exports.other = 1;").invoke({})).rejects.toThrow(/has no export handler/);
  });

  test("a handler that ends its process fails at once, and the next invocation starts anew", async () => {
    const quitting = lambdaOf("exports.handler = async ({ quit }) => { if (quit) process.exit(1); return 1; };");
    await expect(quitting.invoke({ quit: true })).rejects.toThrow("check: Runtime exited before it responded");
    expect(await quitting.invoke({})).toBe(1);
  });
});

describe("the timeout", () => {
  test("ends an invocation that computes for ever, and the function works again", async () => {
    const stuck = lambdaOf("exports.handler = async ({ stuck }) => { while (stuck); return 1; };", {
      timeoutSeconds: 2,
    });
    await expect(stuck.invoke({ stuck: true })).rejects.toThrow("check: Task timed out after 2 seconds");
    expect(await stuck.invoke({})).toBe(1);
  });

  test("of one invocation leaves the ones beside and after it alone", async () => {
    const source = `const environment = Math.random();
      exports.handler = ({ ms }) => new Promise((resolve) => setTimeout(() => resolve(environment), ms));`;
    const slow = lambdaOf(source, { timeoutSeconds: 2 });
    await slow.invoke({ ms: 1 });
    const first = slow.invoke({ ms: 60_000 });
    await slow.invoke({ ms: 1000 });
    const beside = slow.invoke({ ms: 1300 });
    await expect(first).rejects.toThrow("timed out");
    const after = slow.invoke({ ms: 1 });
    expect(typeof (await beside)).toBe("number");
    expect(await after).not.toBe(await beside);
  });
});

describe("the bundle", () => {
  test("may have folders and further files, and CommonJS is what it is taken for", async () => {
    const more = { "lib/": new Uint8Array(), "lib/part.js": strToU8("module.exports = 7;") };
    expect(
      await lambdaOf('const part = require("./lib/part.js"); exports.handler = () => part;', {}, more).invoke({}),
    ).toBe(7);
  });

  test("may have its handler in a folder", async () => {
    const more = { "src/app.js": strToU8("exports.run = async () => 8;") };
    expect(await lambdaOf("", { handler: "src/app.run" }, more).invoke({})).toBe(8);
  });

  test("without the handler's file is refused with both names", () => {
    expect(() => lambdaOf("", { handler: "app.handler" })).toThrow(
      /bundle\.zip has no file for the handler app\.handler/,
    );
  });

  test("is unpacked anew when its content changes, so that an old one is never run", async () => {
    const folder = temporaryFolder();
    const run = async (result: number) => {
      const zip = join(folder, "bundle.zip");
      writeFileSync(zip, zipSync({ "index.js": strToU8(`exports.handler = () => ${result};`) }));
      return lambdaOf("", { zip, workFolder: join(folder, "work") }).invoke({});
    };
    expect([await run(1), await run(2)]).toEqual([1, 2]);
  });
});
