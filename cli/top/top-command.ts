import { Command } from "commander";
import { LiveRequestList } from "../../contracts/live/live-requests.ts";
import type { AdminClient } from "../admin/admin-client.ts";
import { type AdminTools, adminClient, withEndpointOptions } from "../admin/admin-endpoint.ts";
import { type ControlTools, controlClient } from "../control/control-endpoint.ts";
import { costsOf } from "../control/usage-pages.ts";
import { UserError } from "../terminal/user-error.ts";
import { ChargeRate } from "./charge-rate.ts";
import { type LiveView, liveView } from "./live-view.ts";
import { type NearLimit, nearLimits, type WatchedLimits, watchedLimits } from "./near-limits.ts";
import { topText } from "./top-text.ts";

/** What the command needs beside the tools of others; tests replace it. */
export interface TopTools {
  readonly admin: AdminTools;
  readonly control: ControlTools;
  /** Replaces what the terminal shows. @default - the output is no terminal */
  readonly show?: ((text: string) => void) | undefined;
  /** Prints a line. */
  print(text: string): void;
  wait(ms: number): Promise<unknown>;
  now(): number;
}

interface TopOptions {
  readonly url?: string;
  readonly key?: string;
  readonly adminKey: string;
  readonly once?: boolean;
  readonly json?: boolean;
}

/** What one second shows. */
export interface TopView extends LiveView {
  /** Nano-dollars. `null` without an admin key, and within the first minute. */
  readonly nanoUsdPerHour: number | null;
  /** `null` without an admin key. */
  readonly near: readonly NearLimit[] | null;
}

const SECOND_MS = 1000;
/** Charges and limits change slowly, and each reading of them is a call for each budget. */
const CONTROL_MS = 15_000;
/** Failures in a row before the command ends. */
const MOST_FAILURES = 10;
const DAY_MS = 86_400_000;

/** `sluice top`: what the service does, second by second. */
export function topCommand(tools: TopTools): Command {
  return withEndpointOptions(new Command("top"))
    .description("show requests in progress, tokens per second, cost per hour and who is near a limit, each second")
    .option("--admin-key <source>", "source of your admin key, for costs and limits", "env:SLUICE_ADMIN_KEY")
    .option("--once", "print one second, and end")
    .option("--json", "print one line of JSON for each second")
    .action((options: TopOptions) => top(options, tools));
}

async function top(options: TopOptions, tools: TopTools): Promise<void> {
  const isOnce = options.once === true || (tools.show === undefined && options.json !== true);
  const gateway = adminClient(options, tools.admin);
  const watch = controlWatch(options, tools);
  const listed = () => gateway.call({ method: "GET", path: "/admin/requests" }, LiveRequestList);
  let before = await listed();
  if (isOnce) await watch?.read();
  let readAt = isOnce ? tools.now() : 0;
  let failures = 0;
  for (;;) {
    if (watch && !isOnce && tools.now() >= readAt + CONTROL_MS) {
      readAt = tools.now();
      // It goes on beside the list, which does not wait for it.
      void watch.read();
    }
    await tools.wait(SECOND_MS);
    try {
      const now = await listed();
      const view = { ...liveView(before, now), ...watch?.view(liveView(before, now)) };
      before = now;
      failures = 0;
      show({ nanoUsdPerHour: null, near: null, ...view }, watch?.problem, options, tools);
    } catch (error) {
      if (!(error instanceof UserError) || isOnce || ++failures >= MOST_FAILURES) throw error;
      const message = error.message;
      if (options.json === true)
        tools.print(JSON.stringify({ at: new Date(tools.now()).toISOString(), error: message }));
      else tools.show?.(`No response: ${message}`);
    }
    if (isOnce) return;
  }
}

function show(view: TopView, problem: string | undefined, options: TopOptions, tools: TopTools): void {
  if (options.json === true)
    return tools.print(JSON.stringify({ ...view, ...(problem === undefined ? {} : { problem }) }));
  const text = topText(view, problem);
  if (options.once === true || tools.show === undefined) return tools.print(text);
  tools.show(text);
}

/** Costs and limits. @returns undefined where there is no admin key: the command shows the rest */
function controlWatch({ url, adminKey }: TopOptions, tools: TopTools): ControlWatch | undefined {
  if (adminKey === "env:SLUICE_ADMIN_KEY" && !tools.control.variable("SLUICE_ADMIN_KEY")) return undefined;
  const client = controlClient({ ...(url === undefined ? {} : { url }), key: adminKey }, tools.control);
  return new ControlWatch(client, () => tools.now());
}

class ControlWatch {
  /** Why the last reading failed. */
  problem: string | undefined;
  readonly #client: AdminClient;
  readonly #now: () => number;
  readonly #rate = new ChargeRate();
  #limits: WatchedLimits = { budgets: [], concurrency: [] };
  #isReading = false;

  constructor(client: AdminClient, now: () => number) {
    this.#client = client;
    this.#now = now;
  }

  /** It does not reject. */
  async read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      const atMs = this.#now();
      const day = Math.floor(atMs / DAY_MS) * (DAY_MS / 1000);
      const rows = await costsOf(this.#client, { start: day });
      this.#rate.add({ atMs, day, nanoUsd: rows.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0) });
      this.#limits = await watchedLimits(this.#client, atMs);
      this.problem = undefined;
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    } finally {
      this.#isReading = false;
    }
  }

  view({ rows }: LiveView): Pick<TopView, "nanoUsdPerHour" | "near"> {
    return { nanoUsdPerHour: this.#rate.perHour() ?? null, near: nearLimits(this.#limits, rows) };
  }
}
