import type { Call, Reply } from "../aws-calls/call.ts";
import type { Emulator } from "../aws-calls/routes.ts";

/** Passes a call on to its service's emulator, or to another one. */
export type Send = (call: Call, emulator?: Emulator) => Promise<Reply>;

/** One thing that an emulator forgets, invents or lacks, and what the AWS proxy does about it. */
export interface EmulatorPatch {
  readonly service: string;
  /** An operation's name, or what the method and path of a REST call match. */
  readonly operation: string | RegExp;
  /** What the emulator does wrong: the sentence that says when this patch may go. */
  readonly reason: string;
  /**
   * How much of the answer is the AWS proxy's own, from what was asked or made up, so that it proves nothing; such a thing
   * stands in `known-gaps.ts`. @default - nothing: the emulator's answer, put into another form at most
   */
  readonly echo?: "whole" | "part";
  answer(call: Call, send: Send): Promise<Reply>;
}

/** The first patch for a call. */
export function patchFor(patches: readonly EmulatorPatch[], call: Call): EmulatorPatch | undefined {
  return patches.find(
    ({ service, operation }) =>
      service === call.service &&
      (typeof operation === "string" ? operation === call.operation : operation.test(call.operation)),
  );
}
