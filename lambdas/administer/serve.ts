import { newId } from "../../domain/tenancy/ids.ts";
import { administer, type ControlRequest, type ControlResponse, type ControlTools, failure } from "./administer.ts";
import { authenticate, type Identity } from "./authenticate.ts";
import { ControlError } from "./call/control-error.ts";

/** A request of the control API as it comes in. */
export interface ReceivedRequest extends Omit<ControlRequest, "caller"> {
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
}

/** Checks the admin key of a request and responds to it. @throws what is no error of the caller's */
export async function serve(request: ReceivedRequest, tools: ControlTools): Promise<ControlResponse> {
  const { authorization, ...rest } = request;
  let caller: Identity;
  try {
    caller = await authenticate(authorization, tools.store, tools.now());
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    tools.log({ msg: "refused", decision_id: newId("decision", tools.now()), rule: error.code, path: request.path });
    return failure(error);
  }
  return administer({ ...rest, caller }, tools);
}
