import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NAME, SignedSource } from "../test/signed-source.ts";
import { missingTools, run } from "../test/tools.ts";

const missing = missingTools("bash", "openssl", "jq");
let signed: SignedSource;
beforeEach(() => {
  signed = new SignedSource();
});
afterEach(() => signed.remove());

const files = (folder: string) => readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();

describe("weights with a signed manifest", () => {
  beforeEach(({ skip }) => skip(missing !== undefined, missing));

  test("are fetched completely, and nothing else is", () => {
    expect(signed.sign()).toMatchObject({ status: 0, stdout: expect.stringContaining("signed 4 files") });
    signed.write("unsigned.py", "import os");
    const { status, stderr } = signed.fetch();
    expect(stderr).toContain(`${NAME}: all there, checksums right`);
    expect(status).toBe(0);
    expect(files(signed.target)).toEqual([
      "config.json",
      "model-00001-of-00002.safetensors",
      "model-00002-of-00002.safetensors",
      "sub",
      "sub/tokenizer.json",
    ]);
    expect(readFileSync(join(signed.target, "sub/tokenizer.json"), "utf8")).toBe("{}");
  });

  test("are refused when one byte of one file differs", () => {
    signed.sign();
    signed.write("model-00002-of-00002.safetensors", "second shar!");
    const { status, stderr } = signed.fetch();
    expect(status).toBe(1);
    expect(stderr).toMatch(/model-00002-of-00002\.safetensors is not what the signed manifest says: got 12 bytes/);
    expect(files(signed.target)).not.toContain("model-00002-of-00002.safetensors");
    expect(files(signed.target).filter((path) => path.endsWith(".part"))).toEqual([]);
  });

  test("are refused when a file is missing", () => {
    signed.sign();
    rmSync(join(signed.source, "config.json"));
    const { status, stderr } = signed.fetch();
    expect(status).toBe(1);
    expect(stderr).toContain("config.json could not be fetched");
  });

  test("are refused when the manifest was changed after it was signed", () => {
    signed.sign();
    const manifest = readFileSync(join(signed.source, "manifest.json"), "utf8");
    signed.write("manifest.json", manifest.replace("config.json", "config.jsox"));
    const { status, stderr } = signed.fetch();
    expect(status).toBe(1);
    expect(stderr).toMatch(/the signature of .*manifest\.json is not by/);
    expect(files(signed.target)).toEqual([]);
  });

  test("are refused when another key signed them", () => {
    const other = join(signed.root, "other.pem");
    signed.makeKeys(other, join(signed.root, "other-public.pem"));
    signed.sign(NAME, other);
    expect(signed.fetch()).toMatchObject({ status: 1, stderr: expect.stringContaining("is not by") });
  });

  test("are refused without a signature", () => {
    signed.sign();
    rmSync(join(signed.source, "manifest.json.sig"));
    expect(signed.fetch()).toMatchObject({ status: 1, stderr: expect.stringContaining("has no signature beside it") });
  });

  test("are refused at another model's location, also with a valid signature", () => {
    signed.sign();
    const elsewhere = join(signed.root, "bucket/weights/meta/Llama/1234");
    mkdirSync(join(elsewhere, ".."), { recursive: true });
    renameSync(signed.source, elsewhere);
    const { status, stderr } = signed.fetch(`file://${elsewhere}/`);
    expect(status).toBe(1);
    expect(stderr).toContain(`the manifest is for ${NAME}, but stands at file://${elsewhere}/`);
  });

  test("are refused when a signed path leaves the folder", () => {
    const manifest = JSON.stringify({
      version: 1,
      name: NAME,
      files: [{ path: "../escaped", bytes: 0, sha256: "0".repeat(64) }],
    });
    signed.write("manifest.json", manifest);
    run("openssl", [
      ...["dgst", "-sha256", "-sign", signed.privateKey],
      ...["-out", join(signed.source, "manifest.json.sig"), join(signed.source, "manifest.json")],
    ]);
    const { status, stderr } = signed.fetch();
    expect(status).toBe(1);
    expect(stderr).toContain("plain relative paths");
  });

  test("that are there already are not fetched again, and an interrupted fetch is continued", () => {
    signed.sign();
    signed.fetch();
    const existing = join(signed.target, "model-00001-of-00002.safetensors");
    const past = new Date("2020-01-01");
    utimesSync(existing, past, past);
    rmSync(join(signed.target, "model-00002-of-00002.safetensors"));
    signed.write("model-00002-of-00002.safetensors.part", "seco", signed.target);
    expect(signed.fetch().status).toBe(0);
    expect(statSync(existing).mtime).toEqual(past);
    expect(readFileSync(join(signed.target, "model-00002-of-00002.safetensors"), "utf8")).toBe("second shard");
    expect(files(signed.target).filter((path) => path.endsWith(".part"))).toEqual([]);
  });

  test("that were tampered with on the engine are fetched again, and unlisted files beside them are removed", () => {
    signed.sign();
    signed.fetch();
    signed.write("config.json", '{"model_type":"evil"}', signed.target);
    signed.write("modeling.py", "import os", signed.target);
    symlinkSync("/etc/passwd", join(signed.target, "link"));
    const { status, stderr } = signed.fetch();
    expect(status).toBe(0);
    expect(stderr).toContain("removing modeling.py, which the manifest does not name");
    expect(readFileSync(join(signed.target, "config.json"), "utf8")).toBe('{"model_type":"phi3"}');
    expect(existsSync(join(signed.target, "modeling.py"))).toBe(false);
    expect(existsSync(join(signed.target, "link"))).toBe(false);
  });

  test("a source without a manifest has an exit status of its own", () => {
    expect(signed.fetch()).toMatchObject({ status: 3, stderr: expect.stringContaining("there is no manifest") });
  });

  test("an address that is neither S3 nor a file is refused", () => {
    const { status, stderr } = signed.fetch("https://example.com/weights/");
    expect(status).toBe(1);
    expect(stderr).toContain("must start with s3:// or file://");
  });
});

describe("signing", () => {
  beforeEach(({ skip }) => skip(missing !== undefined, missing));

  test("ignores the downloader's own files, and refuses links and unusual names", () => {
    signed.write(".cache/huggingface/x", "note");
    signed.sign();
    expect(readFileSync(join(signed.source, "manifest.json"), "utf8")).not.toContain("huggingface");
    signed.write("odd name.bin", "");
    expect(signed.sign()).toMatchObject({ status: 1, stderr: expect.stringContaining("got: odd name.bin") });
    rmSync(join(signed.source, "odd name.bin"));
    symlinkSync("config.json", join(signed.source, "link.json"));
    expect(signed.sign()).toMatchObject({ status: 1, stderr: expect.stringContaining("--local-dir") });
  });

  test("twice gives the same manifest", () => {
    signed.sign();
    const first = readFileSync(join(signed.source, "manifest.json"), "utf8");
    signed.sign();
    expect(readFileSync(join(signed.source, "manifest.json"), "utf8")).toBe(first);
  });
});
