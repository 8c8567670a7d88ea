import { UserError } from "../terminal/user-error.ts";
import type { OperatorTools } from "./operator-tools.ts";

/** Asks the operator for consent. @throws {UserError} unless the operator types yes */
export async function consent(text: string, tools: Pick<OperatorTools, "prompt">): Promise<void> {
  const typed = await tools.prompt(`${text} [yes/no] `);
  if (!/^y(es)?$/i.test(typed.trim())) throw new UserError("Declined: nothing more was changed.");
}
