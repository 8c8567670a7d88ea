import type { Call, Reply } from "../aws-calls/call.ts";
import type { Emulator } from "../aws-calls/routes.ts";

/** Passes a call on to its service's emulator, or to another one. */
export type Send = (call: Call, emulator?: Emulator) => Promise<Reply>;

/** One thing that an emulator forgets, invents or lacks, and what the front door does about it. */
export interface Amendment {
  readonly service: string;
  /** An operation's name, or what the method and path of a REST call match. */
  readonly operation: string | RegExp;
  /** What the emulator does wrong: the sentence that says when this amendment may go. */
  readonly reason: string;
  /**
   * How much of the answer is the front door's own, from what was asked or made up, so that it proves nothing; such a thing
   * stands in `excused.ts`. @default - nothing: the emulator's answer, put into another form at most
   */
  readonly echo?: "whole" | "part";
  answer(call: Call, send: Send): Promise<Reply>;
}

/** The first amendment for a call. */
export function amendmentFor(amendments: readonly Amendment[], call: Call): Amendment | undefined {
  return amendments.find(
    ({ service, operation }) =>
      service === call.service &&
      (typeof operation === "string" ? operation === call.operation : operation.test(call.operation)),
  );
}
