import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { OWN_FOLDER } from "../lib/installation.ts";
import { repositoryWorkflow, SHARED_WORKFLOWS } from "./repository-workflows.ts";

const workflows = join(OWN_FOLDER, ".github/workflows");
const templates = join(OWN_FOLDER, "cli/init/repository/dot-github/workflows");
const read = (folder: string, name: string) => readFileSync(join(folder, name), "utf8");
const shared = SHARED_WORKFLOWS.map((name) => [name, repositoryWorkflow(read(workflows, name))] as const);

describe("workflows of a team's repository", () => {
  test.each(shared)("%s calls the package's command, after it has installed the packages", (_, text) => {
    expect(text).toContain("npx --no-install sluice");
    expect(text).not.toMatch(/npm run/);
    const [, ...afterNode] = text.split(/uses: actions\/setup-node@/);
    expect(afterNode.length).toBeGreaterThan(0);
    for (const steps of afterNode) {
      const [before = ""] = steps.split("npx --no-install sluice");
      expect(before).toContain("run: npm ci --omit=optional");
    }
  });

  test("a step that installs packages has the condition of the step that brings Node", () => {
    const step = [
      "      - uses: actions/setup-node@0 # v6",
      "        if: vars.ROLE != ''",
      "        with:",
      "          node-version: 24",
      "",
    ].join("\n");
    expect(repositoryWorkflow(step)).toBe(`${step}      - if: vars.ROLE != ''\n        run: npm ci --omit=optional\n`);
  });

  test("a page of the documentation is the package's", () => {
    expect(repositoryWorkflow("# docs/operations.md says how")).toBe(
      "# node_modules/sluice/docs/operations.md says how",
    );
  });

  test("use the commits of actions that the project's own workflows use", () => {
    const uses = (text: string) => [...text.matchAll(/uses: (.*)$/gm)].map(([, action = ""]) => action);
    const own = new Set(readdirSync(workflows).flatMap((name) => uses(read(workflows, name))));
    const plan = uses(read(templates, "plan.yml"));
    expect(plan.length).toBeGreaterThan(4);
    expect(plan.filter((action) => !own.has(action))).toEqual([]);
  });

  test("have no permission but reading and the exchange of a token, and every job a time limit", () => {
    const text = read(templates, "plan.yml");
    expect(text).toMatch(/^permissions: \{\}$/m);
    expect(text.match(/: write/g)).toEqual([": write"]);
    expect(text).toMatch(/id-token: write/);
    expect(text.match(/timeout-minutes/g)).toHaveLength(2);
  });
});
