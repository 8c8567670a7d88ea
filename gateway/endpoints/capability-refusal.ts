import { GatewayError } from "../core/gateway-error.ts";

/** No target of the model can do what an endpoint is for. @param remedy a sentence */
export function capabilityRefusal(model: string, what: string, remedy: string): GatewayError {
  return new GatewayError("invalid_request", {
    message: `No target of the model ${JSON.stringify(model.slice(0, 80))} can ${what}. ${remedy}`,
    param: "model",
  });
}
