import { Command } from "commander";
import { exportCommand } from "../export-command.ts";

/** A control API, a key of it, and the time that commands see. */
interface LedgerServer {
  readonly server: { readonly url: string };
  readonly secret: string;
  readonly nowMs: () => number;
}

/** Tools of a command that calls this control API. @returns them, and the lines that the command prints */
export function ledgerTools({ server, secret, nowMs }: LedgerServer) {
  const printed: string[] = [];
  const tools = {
    print: (text: string) => printed.push(text),
    localUrl: () => server.url.replace(/\/v1$/, ""),
    variable: () => secret,
    now: nowMs,
  };
  return { printed, tools };
}

/** What `sluice export` prints of the last seven days, in nano-dollars. */
export async function exportedNanoUsd(ledger: LedgerServer): Promise<number> {
  const { printed, tools } = ledgerTools(ledger);
  await new Command().addCommand(exportCommand(tools)).parseAsync(["export", "--since", "7d"], { from: "user" });
  const [names = "", ...rows] = printed.join("\n").split(/\r?\n/);
  const column = names.split(",").indexOf("nano_usd");
  return rows.reduce((sum, row) => sum + Number(row.split(",")[column]), 0);
}
