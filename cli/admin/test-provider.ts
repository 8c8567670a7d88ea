import { AdminConnectionTest, AdminProvider } from "../../contracts/api/admin.ts";
import { ProviderSettings } from "../../contracts/targets/target-settings.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import { type AdminOptions, type AdminTools, adminClient } from "./admin-endpoint.ts";
import { pathOf } from "./stored-settings.ts";

export interface TestOptions {
  readonly model?: string;
  readonly connectionOnly?: boolean;
}

/** The fields that the command reads; a newer gateway may send more. */
const ConnectionTest = AdminConnectionTest.strip();
const Provider = AdminProvider.pick({ name: true }).extend({ settings: ProviderSettings }).strip();
const SHOWN_MODELS = 10;

/**
 * `sluice providers test`: connects with the provider's key, and sends a few small requests to one model.
 * @throws {UserError} when anything does not work
 */
export async function testProvider(
  name: string,
  options: AdminOptions & TestOptions,
  tools: AdminTools,
): Promise<void> {
  const client = adminClient(options, tools);
  const path = `${pathOf("providers", name)}/test`;
  const model = options.connectionOnly === true ? undefined : (options.model ?? (await firstModel()));
  const query = model === undefined ? "" : `?model=${encodeURIComponent(model)}`;
  const found = await client.call({ method: "POST", path: path + query }, ConnectionTest);
  if (!found.ok) throw new UserError(`${name} can't be used: ${found.problem ?? "the gateway gave no reason"}`);
  tools.print(connectionLine(name, found.latencyMs, found.models ?? []));
  const { checks = [] } = found;
  if (checks.length === 0) return;
  const rows = checks.map(({ check, ok, problem }) => [check, ok ? "works" : "does not work", problem ?? ""]);
  tools.print(textTable([[`MODEL ${model}`, "", ""], ...rows]));
  const failed = checks.filter(({ ok }) => !ok).map(({ check }) => check);
  if (failed.length > 0) throw new UserError(`${failed.join(", ")} of ${name}/${model} did not work; see above.`);

  async function firstModel(): Promise<string | undefined> {
    const { settings } = await client.call({ method: "GET", path: pathOf("providers", name) }, Provider);
    return Object.keys(settings.models)[0];
  }
}

function connectionLine(name: string, latencyMs: number, models: readonly string[]): string {
  const shown = models.slice(0, SHOWN_MODELS).join(", ");
  const more = models.length > SHOWN_MODELS ? ` and ${models.length - SHOWN_MODELS} more` : "";
  return `${name} responded in ${latencyMs} ms${shown === "" ? "" : ` and has ${shown}${more}`}.`;
}
