import { respondStaticPage } from "../pages/static-page.ts";
import type { EndpointDefinition } from "./endpoint-definition.ts";

const PAGE = { body: undefined, client: undefined, generation: undefined } as const;

export const getOpenApi: EndpointDefinition = {
  ...PAGE,
  handle: (request, { pages }) => respondStaticPage(request, pages.openApi()),
};

export const getReference: EndpointDefinition = {
  ...PAGE,
  handle: (request, { pages }) => respondStaticPage(request, pages.reference()),
};
