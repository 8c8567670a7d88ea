import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { VLLM_OPTIONS } from "../contracts/engine/vllm-options.ts";
import { findTool, missingTools, run } from "./test/tools.ts";

const here = import.meta.dirname;
const TEMPLATES = ["engine/engine.pkr.hcl", "engine/engine.pkrvars.hcl", "gateway/gateway.pkr.hcl"];
const text = (path: string) => readFileSync(join(here, path), "utf8");
const noPacker = missingTools("packer");
const noTofu = missingTools("tofu", "bash");

describe("Packer templates", () => {
  test("are valid for packer", ({ skip }) => {
    skip(noPacker !== undefined, noPacker);
    for (const folder of ["engine", "gateway"]) {
      const { status, stderr, stdout } = run("packer", ["validate", "-syntax-only", join(here, folder)]);
      expect(status, stdout + stderr).toBe(0);
    }
  });

  test("are well-formed HCL in its usual format", ({ skip }) => {
    skip(noTofu !== undefined, noTofu);
    for (const path of TEMPLATES) {
      // OpenTofu's formatter reads any HCL; Packer has its own, which writes the same.
      const script = `"${findTool("tofu")}" fmt - < "${join(here, path)}"`;
      const { status, stdout, stderr } = run("bash", ["-c", script], { TF_CLI_CONFIG_FILE: "/dev/null" });
      expect(status, path + stderr).toBe(0);
      expect(stdout, path).toBe(text(path));
    }
  });

  test("vLLM's image is named by digest, and a tag is refused", () => {
    const image = /^vllm_image\s*= "(.*)"$/m.exec(text("engine/engine.pkrvars.hcl"))?.[1] ?? "";
    const rule = /regex\("(.*)", var\.vllm_image\)/.exec(text("engine/engine.pkr.hcl"))?.[1] ?? "never";
    expect(image).toMatch(new RegExp(rule));
    expect("vllm/vllm-openai:v0.31.0").not.toMatch(new RegExp(rule));
  });

  test("the list of arguments is of the pinned vLLM version", () => {
    const version = /^vllm_version\s*= "(.*)"$/m.exec(text("engine/engine.pkrvars.hcl"))?.[1];
    expect(VLLM_OPTIONS.version).toBe(version);
  });

  test.each(["engine/engine.pkr.hcl", "gateway/gateway.pkr.hcl"])(
    "%s accepts only an exact base image of AWS",
    (path) => {
      expect(text(path)).toMatch(/variable "base_ami" \{[^}]*regex\("\^ami-\[0-9a-f\]\{17\}\$"/);
      expect(/variable "base_ami" \{[\s\S]*?\n\}/.exec(text(path))?.[0]).not.toMatch(/^ +default/m);
      expect(text(path)).toMatch(/owners\s*= \["(amazon|898082745236)"\]/);
      expect(text(path)).toContain('imds_support  = "v2.0"');
      expect(text(path)).toMatch(/encrypt_boot\s*= true/);
    },
  );
});
