import { UserError } from "../terminal/user-error.ts";
import type { OperatorTools } from "./operator-tools.ts";

/** @throws {UserError} unless the operator says yes */
export async function consent(question: string, tools: Pick<OperatorTools, "ask">): Promise<void> {
  const answer = await tools.ask(`${question} [yes/no] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new UserError("Declined: nothing more was changed.");
}
