import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { onTestFinished } from "vitest";
import { newApiKey } from "../../domain/api-key.ts";
import { provide } from "../../gateway/test/provider-fixture.ts";
import { startRoutesTable } from "../../gateway/test/routes-table.ts";
import { startTestGateway } from "../../gateway/test/test-gateway.ts";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import type { AdminTools } from "../admin/admin-endpoint.ts";

/** A real gateway with a provider `a`, a route `chat` to it and an admin's key; `cli` runs a command against it. */
export async function startAdminService() {
  const [provider, other] = [await provide(), await provide()];
  const { changeStore, spendStore } = await startRoutesTable();
  const gateway = await startTestGateway({
    changeStore,
    spendStore,
    config: { providers: [providerConfig("a", provider.origin)], routes: [routeConfig("chat", ["a/small"])] },
  });
  const { keyId, hash, secret } = newApiKey();
  const item = { keyId, hash, name: "x", plan: "standard", createdAt: "2026-01-01T00:00:00Z" };
  gateway.keys.set(keyId, { ...item, scopes: ["admin"] });
  const variables: Record<string, string> = { SLUICE_API_KEY: secret };
  const cli = (make: (tools: AdminTools) => Command, localUrl: string | null = gateway.url) => {
    return async (...args: string[]): Promise<string> => {
      const printed: string[] = [];
      const command = make({
        print: (text) => printed.push(text),
        localUrl: () => localUrl ?? undefined,
        variable: (name) => variables[name],
      });
      for (const part of [command, ...command.commands])
        part.exitOverride().configureOutput({ writeErr: () => undefined });
      await command.parseAsync(args, { from: "user" });
      return printed.join("\n");
    };
  };
  return { ...gateway, provider, other, secret, variables, cli };
}

/** A file with this content, until the test is over. */
export function fileOf(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-admin-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "file");
  writeFileSync(file, content);
  return file;
}
