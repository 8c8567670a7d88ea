import { type Call, editText, form, type Reply } from "../aws-calls/call.ts";
import type { Emulator } from "../aws-calls/routes.ts";

/** Forwards a call to its service's emulator, or to another one. */
export type Send = (call: Call, emulator?: Emulator) => Promise<Reply>;

/** One thing that an emulator forgets, invents or lacks, and how the AWS proxy corrects it. */
export interface EmulatorPatch {
  readonly service: string;
  /** An operation's name, or what the method and path of a REST call match. */
  readonly operation: string | RegExp;
  /** What the emulator does wrong. The patch is needed for as long as this sentence is true. */
  readonly reason: string;
  /**
   * How much of the response is the AWS proxy's own, copied from the request or invented, so that it proves nothing; such
   * an operation is listed in `known-gaps.ts`. @default - nothing: the emulator's response, at most in another form
   */
  readonly echo?: "whole" | "part";
  respond(call: Call, send: Send): Promise<Reply>;
}

/** The first patch for a call. */
export function patchFor(patches: readonly EmulatorPatch[], call: Call): EmulatorPatch | undefined {
  return patches.find(
    ({ service, operation }) =>
      service === call.service &&
      (typeof operation === "string" ? operation === call.operation : operation.test(call.operation)),
  );
}

/** A patch that forwards the call and edits the text of a successful response. */
export function editsResponse(
  patch: Omit<EmulatorPatch, "respond">,
  edit: (text: string, call: Call) => string,
): EmulatorPatch {
  return { ...patch, respond: async (call, send) => editText(await send(call), (text) => edit(text, call)) };
}

/** A patch that forwards a query call as it is, and stores what the emulator will forget once the call has succeeded. */
export function storesFields(
  patch: Omit<EmulatorPatch, "respond">,
  store: (fields: URLSearchParams, response: string) => void,
): EmulatorPatch {
  return {
    ...patch,
    async respond(call, send) {
      const reply = await send(call);
      if (reply.status < 300) store(form(call), reply.body.toString());
      return reply;
    },
  };
}
