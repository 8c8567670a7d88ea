import { describe, expect, test } from "vitest";
import { importedPackages, type ProjectManifest, packageManifest } from "./package-manifest.ts";

const project: ProjectManifest = {
  version: "1.2.3",
  description: "d",
  license: "Apache-2.0",
  dependencies: { zod: "4.0.0", cdktf: "0.21.0", "node-llama-cpp": "3.0.0", esbuild: "0.28.2" },
  overrides: { "node-llama-cpp": {} },
};

describe("the packages that compiled files import", () => {
  test("are found in imports of values, of types, of effects and at run time, over several lines, each once", () => {
    const texts = [
      'import * as z from "zod";\nimport {\n  App,\n} from "cdktf";\nimport "a-side-effect";\n',
      'export { x } from "@aws-sdk/client-s3/dist/x.js";\nconst engine = await import("node-llama-cpp");\n',
      'import type { A } from "zod";\nimport { readFile } from "node:fs";\nimport { b } from "./b.js";\n',
    ];
    expect(importedPackages(texts)).toEqual(["@aws-sdk/client-s3", "a-side-effect", "cdktf", "node-llama-cpp", "zod"]);
  });

  test("are not found in texts and messages", () => {
    expect(importedPackages(['const text = `it came from "somewhere"`;\n// from "nowhere"\n'])).toEqual([]);
  });
});

describe("the manifest of the package", () => {
  test("has the imported packages in the project's exact versions, and no others; the local engine's is optional", () => {
    expect(packageManifest(project, ["cdktf", "node-llama-cpp", "zod"])).toMatchObject({
      name: "sluice",
      version: "1.2.3",
      dependencies: { cdktf: "0.21.0", zod: "4.0.0" },
      optionalDependencies: { "node-llama-cpp": "3.0.0" },
    });
    expect(JSON.stringify(packageManifest(project, ["zod"]))).not.toMatch(/esbuild|devDependencies|"private"/);
  });

  test("an imported package that the project does not depend on is refused with its name", () => {
    expect(() => packageManifest(project, ["zod", "left-pad"])).toThrow(/import left-pad, .*; add it there/);
  });
});
