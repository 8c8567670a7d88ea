import type { Access } from "../../contracts/openapi/operation-access.ts";
import type { AdminApi } from "../admin/admin-api.ts";
import type { LiveApi } from "../admin/live-api.ts";
import type { BatchService } from "../batches/batch-service.ts";
import type { GatewayResponse } from "../core/response.ts";
import type { EngineDirectory } from "../engines/engine-directory.ts";
import type { CardPricing } from "../pages/model-cards.ts";
import type { referencePages } from "../pages/reference/reference-page.ts";
import type { Endpoint } from "../pipeline/endpoint.ts";
import type { GenerationTools } from "../pipeline/generate.ts";
import type { Identified } from "../pipeline/request-states.ts";
import type { ResponseStore } from "../responses/response-store.ts";
import type { TargetService } from "../routing/target-service.ts";

/** What handlers use of the gateway. */
export interface EndpointTools {
  readonly environment: string;
  readonly version: string;
  /** Unix seconds at which this gateway was made; the age of every model. */
  readonly createdAt: number;
  readonly isDraining: () => boolean;
  readonly directory: EngineDirectory;
  readonly targets: TargetService;
  readonly pricing: CardPricing;
  readonly pages: ReturnType<typeof referencePages>;
  readonly admin: AdminApi;
  readonly live: LiveApi;
  /** `undefined` in a deployment without files and batches. */
  readonly batches: BatchService | undefined;
  /** Stored responses. @default - none are stored */
  readonly responses: ResponseStore | undefined;
  readonly generation: GenerationTools;
}

/** An endpoint before it has its tools, and the access that its operation names. */
export interface EndpointDefinition extends Omit<Endpoint, "handle" | "access"> {
  handle(request: Identified, tools: EndpointTools): GatewayResponse | Promise<GatewayResponse>;
}

export function withTools(definition: EndpointDefinition, access: Access, tools: EndpointTools): Endpoint {
  return { ...definition, access, handle: (request) => definition.handle(request, tools) };
}
