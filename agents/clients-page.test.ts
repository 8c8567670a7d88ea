import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { clientsPage } from "./clients-page.ts";
import { PROGRAMS } from "./programs/programs.ts";

const page = readFileSync(join(import.meta.dirname, "../docs/clients.md"), "utf8");

// documented: clients-page
test("docs/clients.md has the settings and versions that the programs run with", () => {
  expect(page, "run node agents/write-clients-page.ts").toBe(clientsPage());
});

test("docs/clients.md has every program, and no value that is left to be filled in", () => {
  for (const { title } of PROGRAMS) expect(page).toContain(`\n## ${title}\n`);
  const exported = page.match(/^export .*$/gm) ?? [];
  expect(exported.length).toBeGreaterThan(PROGRAMS.length);
  for (const line of exported) expect(line).not.toContain("{");
});
